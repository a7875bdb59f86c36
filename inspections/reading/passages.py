"""From printed lines to passages: paragraphs and bullets, joined across lines and pages, under their headings."""

import re
from dataclasses import dataclass, field

# Signs that stand for nothing but a bullet, letters of symbol fonts among them; and those that need a space after them.
SIGNS = "\uf06e\uf0a7\uf0b7\uf0a8\uf076\uf0d8\uf071\uf02d◼■▪●•○◦‣\u2043"
BULLET = re.compile(rf"^(?:[{SIGNS}]\s*|[∙·–—o-]\s+)(?=\S)")
NUMBER = re.compile(r"^(\d{1,3})[.)](?:\s+|(?=[A-Z]))(?=\S)")
LOOSE_NUMBER = re.compile(r"^(\d{1,3})\s+(?=[A-Z])")
ENDED = re.compile(r"[.?!:;][’”\"')\]]*$")
PITCH = 1.45  # of the size: lines that are further apart than this begin a new paragraph
INDENT = 6  # points within which two lines stand on one margin


@dataclass
class Passage:
    """A passage while it is read. `kind`: "heading", "number", "bullet" or "text"; `number` as printed."""

    kind: str
    number: str
    left: float
    page: int
    size: float
    bold: bool
    text: str = ""
    breaks: list = field(default_factory=list)
    last: object = None
    hang: float = 0.0
    parts: list = field(default_factory=list)  # offsets at which bullets within the passage begin

    def add(self, line, words, apart=" "):
        """Puts a line's words to the end of the text."""
        if self.text:
            broken = self.last is not None and self.last.hyphen
            self.text += "" if broken else apart
        if line.page != self.page and (not self.breaks or self.breaks[-1][1] != line.page):
            self.breaks.append((len(self.text), line.page))
        self.text += words
        self.last = line


def passages(layout):
    """The passages of the body in reading order; headings are passages of their kind."""
    reader = _Reader(layout)
    for line in layout.lines:
        reader.take(line)
    return reader.found


class _Reader:
    def __init__(self, layout):
        self.layout = layout
        self.found = []
        self.number = 0  # the last number of a paragraph

    @property
    def current(self):
        return self.found[-1] if self.found else None

    def take(self, line):
        words = line.text
        current = self.current
        bullet, number = BULLET.match(words), self._number(line)
        if not bullet and not number and self._is_heading(line):
            self._heading(line)
        elif number:
            self.number = int(number[1])
            self._begin("number", number[1], line, words[number.end() :])
        elif bullet:
            self._bullet(line, words[bullet.end() :])
        elif current and current.kind != "heading" and self._goes_on(line):
            current.add(line, words, apart="\n" if self._apart(line) else " ")
            if not current.hang and line.left > current.left + INDENT:
                current.hang = line.left
        else:
            self._begin("text", "", line, words)

    def _begin(self, kind, number, line, words):
        passage = Passage(kind, number, line.left, line.page, line.size, line.bold)
        if kind in ("number", "bullet") and len(line.cells) > 1:
            passage.hang = line.cells[1].left
        passage.add(line, words)
        self.found.append(passage)

    def _bullet(self, line, words):
        """A bullet further in than the passage before it is a part of that passage."""
        current = self.current
        if current and current.kind in ("number", "bullet") and line.left > current.left + INDENT:
            current.parts.append(len(current.text) + 1)
            current.add(line, words, apart="\n")
        else:
            self._begin("bullet", "", line, words)

    def _number(self, line):
        """The match of a paragraph's printed number: one that may follow the last, at the margin."""
        if line.bold and line.size > self.layout.size:
            return None
        for pattern, ahead in ((NUMBER, 3), (LOOSE_NUMBER, 1)):
            match = pattern.match(line.text)
            if not match or line.left > self.layout.left + 24 or len(line.text) < match.end() + 2:
                continue
            number = int(match[1])
            if self.number < number <= self.number + ahead or (number == 1 and pattern is NUMBER):
                return match
        return None

    def _is_heading(self, line):
        if line.size >= 1.1 * self.layout.size:
            return len(line.text) < 200
        return line.bold and line.size >= 0.95 * self.layout.size and len(line.text) < 160

    def _heading(self, line):
        current = self.current
        if (
            current
            and current.kind == "heading"
            and current.page == line.page
            and current.size == line.size
            and current.bold == line.bold
            and 0 < current.last.base - line.base < 1.7 * line.size
        ):
            current.add(line, line.text)
        else:
            self._begin("heading", "", line, line.text)

    def _goes_on(self, line):
        """Whether a line without number or bullet belongs to the passage before it."""
        current, last = self.current, self.current.last
        if abs(line.size - last.size) > 0.6:
            return False
        inside = current.kind in ("number", "bullet")
        if line.page == last.page:
            near = last.base - line.base < PITCH * line.size and line.base <= last.base + line.size
            if inside and self._apart(line):
                return True
            if inside:
                return near and (line.left > current.left - INDENT) and not self._left_behind(line)
            return near and abs(line.left - current.left) < 3 * INDENT
        if inside:
            # Over the page: the hanging indent goes on, whatever the sentence.
            hang = current.hang or current.left
            return abs(line.left - hang) < 2 * INDENT if current.hang else not ENDED.search(current.text)
        if abs(line.left - current.left) > 3 * INDENT:
            return False
        return not ENDED.search(current.text) or last.right > self.layout.right - 45

    def _apart(self, line):
        """A further paragraph of a bullet or of a numbered one: on its hanging indent, after a little room."""
        current, last = self.current, self.current.last
        if current.kind not in ("number", "bullet") or not current.hang > current.left + INDENT:
            return False
        room = last.base - line.base
        return (
            line.page == last.page
            and PITCH * line.size <= room < 3 * line.size
            and abs(line.left - current.hang) < INDENT / 2
        )

    def _left_behind(self, line):
        """At the margin again after lines that hung further in: a new paragraph, not the bullet's."""
        current = self.current
        return bool(current.hang) and line.left < current.hang - INDENT and line.left <= current.left + INDENT
