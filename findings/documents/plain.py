"""A document as plain text for an e-mail: 72 columns, tables aligned where they fit, links as a numbered list."""

import re
import textwrap
import unicodedata

from django.utils.translation import gettext as _

from .content import Cite, Link

WIDTH = 72
GAP = 2  # between the columns of a table


def plain(document):
    """The document as text that ends in a line break."""
    return _Writer(document).text()


def columns_of(words):
    """How many columns the words take: letters of East Asia two, marks on other letters none."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in words
    )


def wrapped(words, first="", others=None):
    """The words in lines of 72 columns; each line break in them is kept, a word longer than a line stays whole."""
    others = first if others is None else others
    lines = []
    for line in words.split("\n"):
        room = textwrap.TextWrapper(
            width=WIDTH,
            initial_indent=others if lines else first,
            subsequent_indent=others,
            break_long_words=False,
            break_on_hyphens=False,
        )
        lines += room.wrap(line) or [""]
    return lines


class _Writer:
    def __init__(self, document):
        self.document = document
        self.links = {}  # {address: its number}

    def text(self):
        document = self.document
        lines = [*wrapped(document.marking.words.upper()), "", *self._underlined(document.title, "=")]
        lines += wrapped(document.subtitle) if document.subtitle else []
        lines += ["", *(line for pair in document.about for line in wrapped(": ".join(pair), "", "  "))]
        for block in document.blocks:
            lines += ["", *getattr(self, f"_{block.kind}")(block)]
        if document.sources:
            lines += ["", *self._underlined(_("Sources"), "-")]
            for number, source in enumerate(document.sources, 1):
                lines += wrapped(source.words, f"[{number}] ", "    ")
                lines += [f"    {document.absolute(source.url)}"] if source.url else []
        if self.links:
            lines += ["", *self._underlined(_("Links"), "-")]
            lines += [f"({self._link_mark(number)}) {url}" for url, number in self.links.items()]
        return "\n".join(line.rstrip() for line in lines) + "\n"

    def _underlined(self, words, mark):
        lines = wrapped(re.sub(r"\s+", " ", words))
        return [*lines, mark * min(max((columns_of(line) for line in lines), default=1), WIDTH)]

    @staticmethod
    def _link_mark(number):
        return _("link %(number)s") % {"number": number}

    def _words(self, runs, *, links=True):
        """The runs as words: a source as [3], a link with its number in the list at the end."""
        said = ""
        for run in runs:
            if isinstance(run, Cite):
                said += f"[{self.document.number_of(run.source)}]"
            elif isinstance(run, Link) and run.url and links:
                url = self.document.absolute(run.url)
                number = self.links.setdefault(url, len(self.links) + 1)
                said += f"{run.words} ({self._link_mark(number)})"
            else:
                said += run.words
        return said

    def _heading(self, block):
        words = re.sub(r"\s+", " ", block.words)
        return ["", *self._underlined(words, "-")] if block.level == 2 else wrapped(words)

    def _paragraph(self, block):
        return wrapped(self._words(block.runs))

    def _items(self, block):
        lines = []
        for number, item in enumerate(block.items, 1):
            mark = f"{number}. " if block.numbered else "- "
            lines += wrapped(self._words(item), mark, " " * len(mark))
        return lines

    def _chart(self, block):
        return self._table(block.table)

    def _table(self, block):
        """Rows in columns where they fit; else each row as a list under its heading. The register’s own links are left out."""
        rows = [
            [re.sub(r"\s+", " ", self._words(cell, links=False)).strip() for cell in row]
            for row in ((head, *(cell for _numeric, cell in others)) for head, others in block.rows)
        ]
        lines = wrapped(block.title)
        if not rows:
            lines += wrapped(block.empty)
        elif (widths := self._widths(block, rows)) is not None:
            lines += self._aligned(block, rows, widths)
        else:
            lines += self._listed(block, rows)
        return [*lines, "", *wrapped(self._words(block.note))] if block.note else lines

    def _widths(self, block, rows):
        """How wide the columns are, or None when they do not fit side by side."""
        heads = [words for words, _numeric in block.heads]
        cells = [max(columns_of(row[place]) for row in rows) for place in range(len(heads))]
        longest = [max(map(columns_of, words.split() or [""])) for words in heads]
        widths = [max(pair) for pair in zip(cells, longest, strict=True)]
        return widths if sum(widths) + GAP * (len(widths) - 1) <= WIDTH else None

    def _aligned(self, block, rows, widths):
        heads = [
            textwrap.wrap(words, width, break_long_words=False, break_on_hyphens=False) or [""]
            for (words, _numeric), width in zip(block.heads, widths, strict=True)
        ]
        tall = max(map(len, heads))
        above = [[*[""] * (tall - len(lines)), *lines] for lines in heads]
        numeric = [is_number for _words, is_number in block.heads]
        lines = [self._line([column[place] for column in above], widths, numeric) for place in range(tall)]
        rule = (" " * GAP).join("-" * width for width in widths)
        return ["", *lines, rule, *(self._line(row, widths, numeric) for row in rows)]

    @staticmethod
    def _line(cells, widths, numeric):
        padded = []
        for words, width, is_number in zip(cells, widths, numeric, strict=True):
            gap = " " * (width - columns_of(words))
            padded.append(gap + words if is_number else words + gap)
        return (" " * GAP).join(padded)

    @staticmethod
    def _listed(block, rows):
        lines = []
        heads = [words for words, _numeric in block.heads]
        for row in rows:
            lines += ["", *wrapped(row[0], "* ", "  ")]
            for head, words in list(zip(heads, row, strict=True))[1:]:
                lines += wrapped(f"{head}: {words}", "    ", "      ")
        return lines
