"""Proposes findings: each passage that speaks of the police or their partners, sentence by sentence."""

from dataclasses import replace

from .agency_names import force_named
from .candidates import Candidate, Reason
from .features import about, gravity, passages_of, sentence_features
from .repeats import groups
from .weights import current

KEPT = 0.4  # of a threshold: what a sentence needs to be part of a range that has begun
APART = 2.0  # how much likelier another theme must be to be proposed by itself
SHOWN = 6  # deciding words, at most, for each question
POLICE = "police weakness"


def propose(report, weights=None):
    """The candidates of a report as read, in its order."""
    weights = weights or current()
    facts = {fact.name: fact.value for fact in reversed(report.facts)}
    found = []
    for passage in passages_of(report):
        found += _of_passage(passage, weights, facts)
    numbers = groups(found)
    return tuple(replace(candidate, group=number) for candidate, number in zip(found, numbers, strict=True))


def _of_passage(passage, weights, facts):
    seen = [sentence_features(passage, place) for place in range(len(passage.sentences))]
    likely = [weights.classifiers["type"].likelihoods(features) for features in seen]
    proposed = False
    for kind in (POLICE, "strength", "other weakness"):
        if kind == "strength" and not passage.names_police:
            continue
        if kind == "other weakness" and proposed:
            continue
        threshold = weights.thresholds[kind]
        sure = [chance[kind] for chance in likely]
        if max(sure) < threshold:
            continue
        proposed = True
        places = [place for place, chance in enumerate(sure) if chance >= threshold * KEPT]
        topics = {place: about(passage, place) for place in places}
        for together in _by_theme(places, sure, threshold, topics, weights.classifiers["theme"]):
            yield _candidate(passage, kind, together, sure, seen, weights, facts)
    if not proposed and passage.names_police:
        sure = [
            chance["neither"] * ("police" in actors)
            for chance, actors in zip(likely, passage.actors, strict=True)
        ]
        places = [max(range(len(sure)), key=sure.__getitem__)]
        yield _candidate(passage, "neither", places, sure, seen, weights, facts)


def _by_theme(places, sure, threshold, topics, classifier):
    """The places in runs of one theme. Only a sentence that would be proposed by itself, and is plainly about another
    theme than the run before it, begins another run."""
    runs, theme = [[places[0]]], None
    for place in places:
        if sure[place] >= threshold:
            likely = classifier.likelihoods(topics[place])
            best = max(likely, key=likely.get)
            if theme and best != theme and likely[best] >= APART * likely[theme]:
                runs.append([])
                theme = best
            theme = theme or best
        if place not in runs[-1]:
            runs[-1].append(place)
    return [run for run in runs if run]


def _candidate(passage, kind, places, sure, seen, weights, facts):
    top = max(places, key=sure.__getitem__)
    start, end = passage.sentences[places[0]][0], passage.sentences[places[-1]][1]
    topic = about(passage, top)
    theme = _theme(passage, places, sure, weights.classifiers["theme"])
    weakness = kind in (POLICE, "other weakness")
    party = _party(kind, weights.classifiers["attributed to"].likelihoods(seen[top]))
    severity = weights.classifiers["severity"].best(gravity(passage, top)) if weakness else ""
    reasons = [
        *_words(seen[top], weights.classifiers["type"], kind, "type"),
        *_words(topic, weights.classifiers["theme"], theme, "theme"),
    ]
    paragraph = passage.paragraph
    return Candidate(
        page=paragraph.page_at(start),
        label=paragraph.label,
        part=paragraph.part,
        text=paragraph.text,
        start=start,
        end=end,
        type="weakness" if weakness else "strength" if kind == "strength" else "neutral",
        police_role=kind in (POLICE, "strength"),
        attributed_to=party,
        agency=_agency(party, passage.text[slice(*passage.sentences[top])], facts),
        theme=theme,
        severity=severity,
        group=0,
        sureness=round(sure[top], 3),
        reasons=tuple(reasons),
    )


def _theme(passage, places, sure, classifier):
    """The likeliest theme of the range; each sentence has a say as large as it is sure."""
    said = dict.fromkeys(classifier.classes, 0.0)
    for place in places:
        for theme, chance in classifier.likelihoods(about(passage, place)).items():
            said[theme] += sure[place] * chance
    return max(said, key=said.get)


def _party(kind, likely):
    """Whose practice it is: of those who may be responsible for a finding of this kind the likeliest."""
    if kind in (POLICE, "strength"):
        allowed = ("police", "partnership")
    elif kind == "other weakness":
        allowed = tuple(party for party in likely if party != "police")
    else:
        allowed = tuple(likely)
    return max(allowed, key=likely.get)


def _agency(party, sentence, facts):
    if party == "police":
        return force_named(sentence) or facts.get("police_force", "")
    if party == "local authority":
        return facts.get("local_authority", "")
    return ""


def _words(features, classifier, name, aspect):
    """The ranges of the words that pulled most towards the answer, in the order of the text, each once."""
    pulls = {}
    for feature, span in features.items():
        if span:
            pulls[span] = pulls.get(span, 0.0) + classifier.pull(feature, name)
    strongest = sorted((span for span, pull in pulls.items() if pull > 0), key=lambda span: -pulls[span])
    kept = []
    for start, end in strongest:
        if len(kept) < SHOWN and not any(start < last and first < end for first, last in kept):
            kept.append((start, end))
    return [Reason(start, end, aspect) for start, end in sorted(kept)]
