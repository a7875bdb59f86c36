"""What the reader sees of a sentence: its words, who is named, what falls short, and what stands around it."""

import re

from .actors import ACTORS, STANDING
from .cues import CUES
from .sentences import clauses, sentences
from .topics import TOPICS
from .words import found

WORD = re.compile(r"[A-Za-z][A-Za-z’'-]*")
COMMON = frozenset(
    re.findall(
        r"\w+",
        """
    the a an of to and in for is are was were be been by with that this on as at or from their its 
    it they them which who has have had
""",
    )
)
# Names of the field that are no names of places or persons.
KEPT = frozenset(
    ("Police", "Constabulary", "Merlin", "Merlins", "Board", "Encompass", "Operation", "Working", "Together")
)
POINTS_BACK = re.compile(
    r"(?:This|These|They|It|Their|Such|Those|For example|In addition|Furthermore|Similarly|As a result|Consequently|However|"
    r"Despite this|Some|In one|In some|In a|Also|Although|While)\b"
)
AGENCIES = ("police", "council", "health", "probation", "education")
FALLING_SHORT = ("police attendance", "police gave", "police act", "police held to account")
UNREAD = ("about", "next steps", "facts")  # parts that say nothing about practice


def words_of(text):
    """Lower-case words, with names of places and persons as one mark: what is learnt is not about any council."""
    words = []
    for place, mark in enumerate(WORD.finditer(text)):
        word = mark[0]
        name = place and word[0].isupper() and not word.isupper() and word not in KEPT
        if name and words and words[-1][0] == "NAME":
            continue
        words.append(("NAME" if name else word.lower().replace("’", "'"), mark.span()))
    return words


class Passage:
    """A paragraph with what was found in each of its sentences.

    `echoes` are the topics in which the same report finds the police wanting elsewhere: what it then says of
    “partners” without naming them may mean the police too.
    """

    def __init__(self, paragraph, echoes=frozenset()):
        self.paragraph, self.text, self.echoes = paragraph, paragraph.text, echoes
        self.sentences = list(sentences(self.text))
        self.actors = [found(ACTORS, self.text, *span) for span in self.sentences]
        self.cues = [found(CUES, self.text, *span) for span in self.sentences]
        self.standing = [found(STANDING, self.text, *span) for span in self.sentences]
        self.names_police = any("police" in actors for actors in self.actors)

    def police_topics(self):
        """Topics of the sentences in which the police are named where something falls short."""
        for place, (start, end) in enumerate(self.sentences):
            standing = self.standing[place]
            if (
                "police" not in self.actors[place]
                or "shortfall" not in self.cues[place]
                or "only police" in standing
            ):
                continue
            for first, last in clauses(self.text, start, end):
                police, short = self.actors[place]["police"], self.cues[place]["shortfall"]
                if _first_within(police, first, last) and _first_within(short, first, last):
                    yield from found(TOPICS, self.text, start, end)
                    break

    def features(self, place):
        """{feature: (start, end) of the words it stands for, or None}. A feature is there or not; it has no size."""
        start, end = self.sentences[place]
        actors, cues, standing = self.actors[place], self.cues[place], self.standing[place]
        seen = {}
        for kind, spans in {**actors, **cues, **standing}.items():
            seen[f"has {kind}"] = spans[0]
        if len(cues.get("shortfall", ())) > 1:
            seen["has shortfalls"] = cues["shortfall"][1]
        self._by_clause(seen, start, end, actors, cues)
        if "police" in actors:
            for kind, spans in {**cues, **standing}.items():
                seen[f"police and {kind}"] = spans[0]
            for kind in actors:
                if kind != "police":
                    seen[f"police and {kind}"] = None
            for kind in FALLING_SHORT:
                if kind in standing and ("shortfall" in cues or "hint" in cues):
                    seen[f"{kind}, falling short"] = standing[kind][0]
            if actors["police"][0][0] - start < 25:
                seen["police first"] = actors["police"][0]
        self._subject(seen, actors, cues)
        self._around(seen, place)
        part = self.paragraph.part
        seen[f"in {part}"] = None
        for kind in ("police", "partners", "council", "health"):
            if kind in actors:
                seen[f"in {part}: {kind}"] = None
                if "shortfall" in cues:
                    seen[f"in {part}: {kind} and shortfall"] = cues["shortfall"][0]
        if "praise" not in cues:
            seen["nothing praised"] = None
        if "shortfall" not in cues:
            unsaid = "no shortfall" if "need" in cues or "hint" in cues else "nothing short"
            seen[unsaid] = seen[f"in {part}: {unsaid}"] = None
            if "police" in actors:
                seen[f"police, {unsaid}"] = seen[f"in {part}: police, {unsaid}"] = None
        if "police" not in actors and ("shortfall" in cues or "need" in cues):
            echoed = [kind for kind in found(TOPICS, self.text, start, end) if kind in self.echoes]
            for kind in echoed:
                seen[f"echo of {kind}"] = None
            if echoed:
                seen["echo"] = None
                if "partners" in actors:
                    seen["echo among partners"] = actors["partners"][0]
        for word, (first, last) in words_of(self.text[start:end]):
            if word not in COMMON:
                seen[f"word {word}"] = (start + first, start + last)
        return seen

    def _by_clause(self, seen, start, end, actors, cues):
        for first, last in clauses(self.text, start, end):
            kinds = [kind for kind, spans in actors.items() if _first_within(spans, first, last)]
            for cue, spans in cues.items():
                if span := _first_within(spans, first, last):
                    for kind in kinds:
                        seen[f"clause {kind} and {cue}"] = span

    def _subject(self, seen, actors, cues):
        if "shortfall" not in cues:
            return
        falls_short = cues["shortfall"][0][0]
        before = sorted(
            (span, kind) for kind, spans in actors.items() for span in spans if span[0] < falls_short
        )
        if before:
            seen[f"shortfall of {before[-1][1]}"] = before[-1][0]
            seen[f"shortfall after {before[0][1]}"] = before[0][0]
        else:
            seen["shortfall of nobody named"] = cues["shortfall"][0]

    def _around(self, seen, place):
        actors = self.actors[place]
        if place:
            for kind in {**self.actors[place - 1], **self.cues[place - 1]}:
                seen[f"before: {kind}"] = None
            if POINTS_BACK.match(self.text, self.sentences[place][0]):
                seen["points back"] = None
                for kind in self.actors[place - 1]:
                    seen[f"points back to {kind}"] = None
                if "police" in self.actors[place - 1]:
                    for kind in self.cues[place]:
                        seen[f"points back to police with {kind}"] = None
        if not any(kind in actors for kind in AGENCIES):
            spoken_of = next(
                (kinds for kinds in reversed(self.actors[:place]) if any(kind in kinds for kind in AGENCIES)),
                {},
            )
            for kind in AGENCIES:
                if kind in spoken_of:
                    seen[f"speaks on of {kind}"] = None
                    if "shortfall" in self.cues[place]:
                        seen[f"speaks on of {kind}, shortfall"] = self.cues[place]["shortfall"][0]
        if self.names_police:
            seen["passage names police"] = None
            for kind in self.cues[place]:
                seen[f"passage names police, {kind}"] = None
        if place + 1 < len(self.sentences) and "police" in self.actors[place + 1]:
            seen["after: police"] = None


def _first_within(spans, first, last):
    return next((span for span in spans if first <= span[0] < last), None)


def passages_of(report):
    """The passages of a report that may be about the police, each knowing what the others say."""
    passages = [Passage(paragraph) for paragraph in report.paragraphs if paragraph.part not in UNREAD]
    kept = [
        passage
        for passage in passages
        if passage.names_police or any("partners" in kinds for kinds in passage.actors)
    ]
    echoes = frozenset(topic for passage in kept for topic in passage.police_topics())
    for passage in kept:
        passage.echoes = echoes
    return kept


def sentence_features(passage, place):
    """What decides type, attribution and severity of one sentence."""
    return passage.features(place)


def about(passage, place):
    """What decides the theme of one sentence: its words and pairs of words, those around it and those of its headings."""
    start, end = passage.sentences[place]
    seen = {}
    words = words_of(passage.text[start:end])
    for at, (word, (first, last)) in enumerate(words):
        if word not in COMMON:
            seen[f"word {word}"] = (start + first, start + last)
        if at:
            before, (earlier, _) = words[at - 1]
            seen[f"words {before} {word}"] = (start + earlier, start + last)
    for around in (place - 1, place + 1):
        if 0 <= around < len(passage.sentences):
            for word, _ in words_of(passage.text[slice(*passage.sentences[around])]):
                if word not in COMMON:
                    seen[f"near {word}"] = None
    for heading in passage.paragraph.headings[-1:]:
        for word, _ in words_of(heading):
            seen[f"heading {word}"] = None
    for kind, spans in found(TOPICS, passage.text, start, end).items():
        seen[f"topic {kind}"] = spans[0]
    for kind in found(TOPICS, passage.text):
        seen[f"passage topic {kind}"] = None
    return seen


def gravity(passage, place):
    """What decides how serious a weakness is: kinds of words, topics and the part of the report, but no single words."""
    seen = {**about(passage, place), **sentence_features(passage, place)}
    return {
        feature: span
        for feature, span in seen.items()
        if not feature.startswith(("word ", "words ", "near ", "heading "))
    }
