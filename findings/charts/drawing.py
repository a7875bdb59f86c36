"""What the charts are drawn with: lines of text, numbers in words, places that do not overlap.

Text is 12 units high: `static/scss/_charts.scss` sets that size, and widths are reckoned with it here.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

WIDTH = 360
LINE = 14  # from one line of text to the next
DASH = "–"  # nothing known, or nothing to count


@dataclass(frozen=True)
class Words:
    """One line of text; x is its middle or its start (the template knows which), y its baseline."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class KeyEntry:
    """What a look means: `code` ends its CSS class; with `texture` it is filled with the pattern of that code."""

    code: str
    label: str
    texture: bool = False


@dataclass(frozen=True)
class Plate:
    """The plain ground behind words that stand on a texture."""

    x: float
    y: float
    width: float
    height: float


def n_of(n, total):
    return _("%(n)s of %(total)s") % {"n": n, "total": total}


def rounded(length):
    """One decimal is finer than any screen; whole numbers without it."""
    tenths = round(length, 1)
    return int(tenths) if tenths == int(tenths) else tenths


def lines_at(x, y, lines):
    return tuple(Words(rounded(x), rounded(y + LINE * index), line) for index, line in enumerate(lines))


def plate_behind(words, width):
    """A plate of this width behind one line of text around its middle."""
    return Plate(rounded(words.x - width / 2), words.y - LINE, rounded(width), LINE + 5)


def width_of(text):
    """About how wide the text is in Arial of 12 units; rather too wide than too narrow."""
    return sum(_width_of_letter(letter) for letter in text)


def _width_of_letter(letter):
    if ord(letter) >= 0x2E80:
        return 12
    for letters, width in ((" .,:;'’!|iljtf", 3.4), ("r-()/", 4.2), ("mwMW@%", 10)):
        if letter in letters:
            return width
    return 8.4 if letter.isupper() else 6.7


def wrapped(text, width, most=3):
    """The text in lines no wider than this, at most so many; what does not fit ends in an ellipsis."""
    lines = [""]
    for word in text.split():
        while width_of(word) > width:
            cut = next(n for n in range(min(len(word), 200), 0, -1) if n == 1 or width_of(word[:n]) <= width)
            lines, word = [*lines, word[:cut]], word[cut:]
        joined = f"{lines[-1]} {word}".strip()
        lines = [*lines[:-1], joined] if width_of(joined) <= width else [*lines, word]
    lines = [line for line in lines if line]
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], _cut(lines[most - 1], width)]


def _cut(text, width):
    """The text with an ellipsis at its end, within the width."""
    while width_of(f"{text}…") > width and len(text) > 1:
        text = text[:-1]
    return f"{text}…"


def stacked(texts, width):
    """Each text as its lines: one where all fit in the width; else broken before the last two words, else at each."""
    if all(width_of(text) <= width - 2 for text in texts):
        return [[text] for text in texts]
    in_two = [text.rsplit(" ", 2) if text.count(" ") > 1 else text.split(" ") for text in texts]
    in_two = [[lines[0], " ".join(lines[1:])] if len(lines) > 1 else lines for lines in in_two]
    if all(width_of(line) <= width - 2 for lines in in_two for line in lines):
        return in_two
    return [[wrapped(word, width - 2, most=1)[0] for word in text.split()[:3]] for text in texts]


def spread(middles, widths, low, high):
    """The middles, moved apart as little as needed for things of these widths not to overlap between low and high."""
    moved, edge = [], low
    for middle, width in zip(middles, widths, strict=True):
        moved.append(max(middle, edge + width / 2))
        edge = moved[-1] + width / 2
    edge = high
    for index in range(len(moved) - 1, -1, -1):
        moved[index] = min(moved[index], edge - widths[index] / 2)
        edge = moved[index] - widths[index] / 2
    return moved
