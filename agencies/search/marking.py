"""Where a text has the words that were looked for: pieces to be drawn, marked or not. Never markup of the text's own."""

from functools import lru_cache
from typing import NamedTuple

import snowballstemmer

from .index import LONGEST
from .words import WORD, folded

EXCERPT = 260  # characters
LEAD = 60  # of them before the first word that is marked


class Piece(NamedTuple):
    text: str
    is_marked: bool


@lru_cache(maxsize=20_000)
def stem(word):
    """What the index keeps of an English word, near enough for marking it."""
    return snowballstemmer.stemmer("english").stemWord(
        word
    )  # it holds the word: one for each, also among threads


def places(text, words):
    """[(start, end, stem)] of the words in the text. `words`: [(word, whether it may go on)]."""
    exact = {stem(word) for word, _begun in words}
    begun = tuple(stem(word) for word, begun in words if begun)
    initials = {word[0] for word, _begun in words if word}
    found = []
    for match in WORD.finditer(folded(text[:LONGEST])):
        word = match[0]
        if word[0] not in initials:
            continue
        root = stem(word)
        if root in exact or (begun and root.startswith(begun)):
            found.append((match.start(), match.end(), root))
    return found


def marked(text, words):
    """The whole text in pieces."""
    return _pieces(text, places(text, words), 0, len(text))


def excerpt(text, words):
    """The part of the text with most of the words, in pieces; its beginning where it has none of them."""
    found = places(text, words)
    if len(text) <= EXCERPT:
        return _pieces(text, found, 0, len(text))
    first = _densest(found)
    start = _at_a_blank(text, max(0, first - LEAD)) if first else 0
    end = _at_a_blank(text, start + EXCERPT, forward=False, after=start)
    pieces = _pieces(text, found, start, end)
    before = [Piece("… ", False)] if start else []
    after = [Piece(" …", False)] if end < len(text) else []
    return [*before, *pieces, *after]


def _densest(found):
    """Where the part begins that has most different words; 0 without any."""
    best, at, last = 0, 0, 0
    within = {}
    for start, _end, root in reversed(found):  # from behind, so that of equals the first is taken
        within[root] = start
        last = sum(1 for place in within.values() if place - start < EXCERPT - LEAD)
        if last >= best:
            best, at = last, start
    return at


def _at_a_blank(text, place, forward=True, after=0):
    """The place, moved to the nearest blank so that no word is cut; the place itself where none is near."""
    if place <= 0 or place >= len(text):
        return max(0, min(place, len(text)))
    if forward:
        blank = text.find(" ", place, place + LEAD)
        return blank + 1 if blank >= 0 else place
    blank = text.rfind(" ", max(after, place - LEAD), place)
    return blank if blank > after else place


def _pieces(text, found, start, end):
    pieces, at = [], start
    for begin, finish, _root in found:
        if begin < at or finish > end:
            continue
        if begin > at:
            pieces.append(Piece(text[at:begin], False))
        pieces.append(Piece(text[begin:finish], True))
        at = finish
    if at < end:
        pieces.append(Piece(text[at:end], False))
    return pieces
