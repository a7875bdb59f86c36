"""Full names: capitalised words beside one another that are nothing else that is known.

A run of capitalised words is read from left to right. Names of agencies and the like, and words that inspections write
with a capital, part it; two words that are left beside each other are taken for a name, and so is one of them with
initials or after “Mr” or “Mrs”. A given name is one also before a word that is known for something else ("Sarah
Sutton"), unless that word ends the name of a place or organisation ("Victoria Road").
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from . import words

GAP = re.compile(r"[ \t_]{1,4}\Z")
AFTER_INITIAL = re.compile(r"\.?[ \t_]{0,4}\Z")
AFTER_TITLE = re.compile(r"\.?[ \t_]{1,4}\Z")
INVERTED = re.compile(r",[ \t]{1,3}\Z")
BEGINS = re.compile(r"(?:\A|[.!?:;\u2022\u2013\u2014*(\"\u201c\n\t-])[ \t'\"\u201c(]{0,4}\Z")
TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "master"})
SURNAMES_TOO = frozenset({"church", "close", "hall", "lane", "lodge", "park", "temple", "ward", "way"})
NAMED_AFTER = frozenset({"operation", "project", "programme", "scheme"})
BETWEEN = "de da dos do del della di van von der den bin bint binti ibn al el ap ab ferch ben la le ul ur"
LINKS = frozenset(BETWEEN.split())
# What ends an ordinary word; the second kind only at the beginning of a sentence, because it ends surnames too.
ORDINARY = re.compile(
    r".{3,}(?:tions?|sions?|ments|ness|ities|ously|ally|ively|edly|ious|eous|ible|ical|ional|ships?|isms?|ology|isations?)\Z"
)
ORDINARY_AT_BEGINNING = re.compile(r".{4,}(?:ing|ings|ly)\Z")
ROMAN = re.compile(r"[IVX]+\Z")
VOWEL = re.compile(r"[AEIOUY]")
MOST_WORDS = 8  # of a known name


@dataclass
class Word:
    start: int
    end: int
    text: str
    begins: bool  # a sentence

    def __post_init__(self):
        self.lower = self.text.lower().removesuffix("'s").removesuffix("s'")
        self.is_initial = len(self.text) == 1
        self.is_link = self.text in LINKS
        self.is_given = not self.is_initial and _is_given(self.lower)
        self.is_known = not self.is_initial and (_is_short_form(self.text) or _is_known(self.lower))
        if self.begins and not self.is_given and ORDINARY_AT_BEGINNING.match(self.lower):
            self.is_known = True

    @property
    def is_strange(self):
        return not (self.is_known or self.is_initial or self.is_link)

    @property
    def is_institution(self):
        return self.lower in words.institutions() or self.text.lower() in words.institutions()


@lru_cache(maxsize=5000)
def _is_given(lower):
    return any(part in words.given() for part in lower.split("-"))


def _is_known(lower):
    parts = lower.split("-")
    return all(
        part in words.known()
        or part.removesuffix("s") in words.known()
        or (ORDINARY.match(part) and part not in words.given())
        for part in parts
        if part
    )


def _is_short_form(text):
    """Acronyms are written like names in capitals: no vowel, two letters, or Roman numerals are taken for no name."""
    letters = text.replace("'", "").replace("-", "")
    return letters.isupper() and (len(letters) < 3 or not VOWEL.search(letters) or bool(ROMAN.match(letters)))


def found(text, known=()):
    """(start, end) of each name in the plain text. `known`: further names that are nobody's here, as written."""
    phrases = frozenset(phrase for name in known for phrase in phrases_of(name))
    before = None
    for run in _runs(text):
        masked = _masked(run, phrases)
        if before and len(run) == 1 and _is_inverted(text, before, run[0]):
            yield before.start, run[0].end
        yield from _names(text, run, masked)
        before = run[-1] if len(run) == 1 and run[-1].is_strange else None


def phrases_of(name):
    """The words with capitals that stand beside each other in a known name: "Isle of Wight Council" has one pair."""
    return [tuple(word.lower for word in run) for run in _runs(name) if len(run) > 1]


def _runs(text):
    """Lists of capitalised words beside each other, with what links them ("van", "bin")."""
    run, links = [], []
    for match in words.WORD.finditer(text):
        start, end = match.span()
        last = (links or run or [None])[-1]
        is_beside = last is not None and _is_beside(last, text[last.end : start])
        if run and not is_beside:
            yield run
            run, links = [], []
        if match[0][0].isupper():
            run += links
            links = []
            run.append(Word(start, end, match[0], bool(BEGINS.search(text[max(0, start - 6) : start]))))
        elif run and len(links) < 3 and match[0] in LINKS:
            links.append(Word(start, end, match[0], False))
        elif run:
            yield run
            run, links = [], []
    if run:
        yield run


def _is_beside(word, gap):
    if word.is_initial and len(gap) < 6:
        return bool(AFTER_INITIAL.match(gap))
    if word.lower in TITLES and len(gap) < 6:
        return bool(AFTER_TITLE.match(gap))
    return len(gap) < 5 and bool(GAP.match(gap))


def _masked(run, phrases):
    """For each word whether it is part of a known name of several words."""
    lower = [word.lower for word in run]
    masked = [False] * len(run)
    for place in range(len(run)) if phrases else ():
        for length in range(min(MOST_WORDS, len(run) - place), 1, -1):
            if tuple(lower[place : place + length]) in phrases:
                masked[place : place + length] = [True] * length
                break
    return masked


def _names(text, run, masked):
    place = 0
    while place < len(run):
        first = place
        while place < len(run) and not masked[place] and _may_be_of_name(run[place]):
            place += 1
        segment = run[first:place]
        before = run[first - 1] if first and not masked[first - 1] else None
        after = run[place] if place < len(run) and not masked[place] else None
        if segment and (span := _name_in(text, segment, before, after)):
            yield span
        place += 1


def _may_be_of_name(word):
    return word.is_strange or word.is_given or word.is_initial or word.is_link


def _name_in(text, segment, before, after):
    """(start, end) of the name that these words are, between a known word before and one after; None if they are none."""
    while segment and (segment[0].is_link or _is_article(text, segment[0])):
        segment = segment[1:]
    strange = [word for word in segment if word.is_strange]
    named = [word for word in segment if word.is_strange or word.is_given]
    if not named:
        return None
    if before is not None and before.lower in TITLES:
        return before.start, segment[-1].end
    if before is not None and before.lower in NAMED_AFTER:
        return None
    if after is not None and after.is_institution and (len(named) > 1 or after.lower not in SURNAMES_TOO):
        return None
    if strange and (
        len(named) > 1 or segment[0].is_initial or (segment[-1].is_initial and named[0].is_given)
    ):
        return segment[0].start, segment[-1].end
    alone = named[0]
    if len(named) == 1 and alone.is_strange and alone.is_given and after is not None and not after.begins:
        return alone.start, after.end
    return None


def _is_article(text, word):
    """ "A" and "I" as words: not the initial of a name, which has a full stop."""
    return word.text in ("A", "I") and text[word.end : word.end + 1] != "."


def _is_inverted(text, surname, given):
    """ "SMITH, John"."""
    gap = text[surname.end : given.start]
    return given.is_given and given.is_strange and len(gap) < 5 and bool(INVERTED.match(gap))
