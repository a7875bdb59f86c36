"""What on a page belongs to the text: running headers, page numbers and footnotes are told from the body."""

import re
from collections import Counter
from dataclasses import dataclass

from .pages import Line

EDGE = 0.11  # of the page's height: how far running lines reach from its top and bottom
OFTEN = 3  # pages on which a line at the edge has to stand to be a running one
SMALLER = 0.92  # of the body's size: at most that are the letters of footnotes


@dataclass(frozen=True)
class Note:
    """A footnote: its figure as printed, empty where it has none, and its lines."""

    mark: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Layout:
    """The body of each page in reading order, the footnotes, and the usual size of letters."""

    body: tuple[tuple[Line, ...], ...]
    notes: tuple[Note, ...]
    size: float
    left: float
    right: float

    @property
    def lines(self):
        return [line for page in self.body for line in page]


def lay_out(pages):
    """The layout of the printed lines of all pages."""
    size = _usual(pages, lambda line: line.size) or 12.0
    pages = _without_running(pages)
    body, notes = [], []
    for lines in pages:
        kept, found = _footnotes(lines, size)
        body.append(tuple(kept))
        notes += found
    text = [[line for line in lines if line.size == size] for lines in body]
    lefts = sorted(line.left for lines in text for line in lines)
    left = lefts[int(len(lefts) * 0.05)] if lefts else 72
    rights = sorted(line.right for lines in text for line in lines)
    right = rights[int(len(rights) * 0.95)] if rights else 525
    return Layout(tuple(body), tuple(notes), size, left, right)


def _usual(pages, of):
    counts = Counter()
    for lines in pages:
        for line in lines:
            counts[of(line)] += len(line.text)
    return counts.most_common(1)[0][0] if counts else None


def _without_running(pages):
    """Pages without their numbers and without what stands at the edge of several of them."""
    seen = Counter()
    for lines in pages:
        seen.update({_at_the_edge(line) for line in lines} - {None})
    kept = []
    for lines in pages:
        rest = [line for line in lines if not (_at_the_edge(line) and seen[_at_the_edge(line)] >= OFTEN)]
        kept.append([line for line in rest if not _is_page_number(line)])
    return kept


def _at_the_edge(line):
    """What tells a running line, its figures left out as page numbers change; None inside the page."""
    if EDGE * line.height < line.base < (1 - EDGE) * line.height:
        return None
    words = re.sub(r"\d+", "0", line.text).strip(" |")
    return (words, round(line.base / 6), line.size)


def _is_page_number(line):
    edge = line.base < EDGE * line.height or line.base > (1 - EDGE) * line.height
    return edge and bool(re.fullmatch(r"(page )?\d{1,3}( of \d{1,3})?", line.text.strip(), re.IGNORECASE))


def _footnotes(lines, size):
    """(the lines of the body, the footnotes): the small print at the foot of a page from its first figure on."""
    first = len(lines)
    while first and lines[first - 1].size <= SMALLER * size and lines[first - 1].base < lines[0].height * 0.6:
        first -= 1
    foot = lines[first:]
    starts = [place for place, line in enumerate(foot) if _note_mark(line)]
    if not starts:
        return lines, []
    notes = []
    for place, end in zip(starts, [*starts[1:], len(foot)], strict=True):
        notes.append(Note(_note_mark(foot[place]), tuple(foot[place:end])))
    return lines[:first] + foot[: starts[0]], notes


def _note_mark(line):
    if line.mark:
        return line.mark
    found = re.match(r"(\d{1,2}) ?(?=[A-Z‘“(a-z])", line.text)
    return found[1] if found else ""
