"""The text of a letter: headings, paragraphs, lists, and where figures and findings stand in it.

Written as plain text. An empty line parts paragraphs; a line that begins with "# " is a heading, with "## " one below it, lines
that begin with "- " are a list. {{ name }} stands for a figure of the letter, {{ SIF-2016-STO-01 }} for a finding; a figure's
table stands in a paragraph of its own.
"""

import re
from dataclasses import dataclass

PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z0-9][A-Za-z0-9.-]*)\s*\}\}")
KINDS = {"#": "heading", "##": "subheading", "-": "list"}  # by what a line begins with
LIKE_ONE = re.compile(r"\{\{|\}\}")


@dataclass(frozen=True)
class Named:
    """A place in the text for the figure or finding of this name."""

    name: str


@dataclass(frozen=True)
class Block:
    """`kind`: heading, subheading, paragraph, list. `lines`: of a list its items, else one; each a tuple of words and `Named`."""

    kind: str
    lines: tuple[tuple[str | Named, ...], ...]

    @property
    def alone(self):
        """The name that is all there is of a paragraph: where a table can stand."""
        line = self.lines[0]
        is_alone = self.kind == "paragraph" and len(self.lines) == 1 and len(line) == 1
        return line[0].name if is_alone and isinstance(line[0], Named) else None


def blocks_of(text):
    """The blocks of a text, in order."""
    found = []
    for part in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").strip()):
        lines = [line.rstrip() for line in part.split("\n") if line.strip()]
        while lines:
            kind = _kind(lines[0])
            taken = 1
            while kind in ("paragraph", "list") and taken < len(lines) and _kind(lines[taken]) == kind:
                taken += 1
            chunk, lines = lines[:taken], lines[taken:]
            if kind == "paragraph":
                found.append(Block(kind, (_runs("\n".join(chunk)),)))
            else:
                found.append(Block(kind, tuple(_runs(line.split(maxsplit=1)[1]) for line in chunk)))
    return found


def names_in(text):
    """The names that stand in the text, each once, in order."""
    return list(dict.fromkeys(PLACEHOLDER.findall(text)))


def has_broken_places(text):
    """Whether braces are left that name nothing: {{ }} or {{ two words }}."""
    return bool(LIKE_ONE.search(PLACEHOLDER.sub("", text)))


def _kind(line):
    first, _blank, rest = line.strip().partition(" ")
    return KINDS.get(first, "paragraph") if rest else "paragraph"


def _runs(words):
    runs, at = [], 0
    for match in PLACEHOLDER.finditer(words):
        if match.start() > at:
            runs.append(words[at : match.start()])
        runs.append(Named(match[1]))
        at = match.end()
    if at < len(words):
        runs.append(words[at:])
    return tuple(runs)
