"""What a document says: its title, marking, blocks and sources, before anybody writes it in a format.

All words are plain text. What no file can hold, and what turns the direction of the words after it round, is shown as
U+FFFD: a name in Arabic or Hebrew stays as it is, but no text that somebody typed can make 42 read 24.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from urllib.parse import urljoin, urlsplit

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.tables import Table

UNWRITABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u2028-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]"
)


def written(words):
    """The words as every format can hold them; "\\n" breaks a line."""
    return UNWRITABLE.sub("\ufffd", str(words).replace("\r\n", "\n").replace("\r", "\n"))


def apart(words):
    """Words in letters that run from right to left stand apart, so that they do not move the figures beside them."""
    if any(unicodedata.bidirectional(letter) in ("R", "AL", "AN") for letter in words):
        return "\n".join(f"\u2068{line}\u2069" for line in words.split("\n"))
    return words


def opened(url):
    """The address if it is one that a reader may open: of the web, or a page of the register; else ""."""
    if url.startswith("/") and not url.startswith("//"):
        return written(url)
    return written(url) if urlsplit(url).scheme in ("http", "https") else ""


# Runs: what stands in a paragraph, an item of a list or a cell


@dataclass(frozen=True)
class Text:
    words: str
    strong: bool = False

    def __post_init__(self):
        object.__setattr__(self, "words", apart(written(self.words)))


@dataclass(frozen=True)
class Link:
    words: str
    url: str  # one that nobody may open leaves the words alone

    def __post_init__(self):
        object.__setattr__(self, "words", apart(written(self.words)))
        object.__setattr__(self, "url", opened(self.url))


@dataclass(frozen=True)
class Source:
    """Where something stands: a report and the place in it, or a figure and what it counts; equal ones are one."""

    title: str
    place: str = ""  # "page 12, paragraph 47"
    url: str = ""

    def __post_init__(self):
        for name in ("title", "place"):
            object.__setattr__(self, name, written(getattr(self, name)))
        object.__setattr__(self, "url", opened(self.url))

    @property
    def words(self):
        return f"{self.title}, {self.place}" if self.place else self.title


@dataclass(frozen=True)
class Cite:
    """A reference to a source: the number that it has in the document’s list, in brackets."""

    source: Source


Runs = tuple[Text | Link | Cite, ...]


# Blocks: `kind` names the template that draws one


@dataclass(frozen=True)
class Heading:
    words: str
    level: int = 2  # 2 or 3; the title is 1

    kind = "heading"

    def __post_init__(self):
        object.__setattr__(self, "words", written(self.words))
        if self.level not in (2, 3):
            raise ValueError("A heading is of level 2 or 3: level 1 is the title")


@dataclass(frozen=True)
class Paragraph:
    runs: Runs

    kind = "paragraph"

    @property
    def all_runs(self):
        return self.runs


@dataclass(frozen=True)
class Items:
    """A list, each item a line of runs."""

    items: tuple[Runs, ...]
    numbered: bool = False

    kind = "items"

    @property
    def all_runs(self):
        return tuple(run for item in self.items for run in item)


@dataclass(frozen=True)
class TableBlock:
    """A table. `cites`: {(row, column): sources}, whose numbers stand behind the words of the cell; `sources`: of all of
    it, in its note."""

    table: Table
    cites: dict[tuple[int, int], tuple[Source, ...]] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()

    kind = "table"

    @property
    def id(self):
        return f"table-{self.table.code}"

    @cached_property
    def title(self):
        return written(self.table.title)

    @cached_property
    def note(self):
        """Runs: the note of the table, and where all of it comes from."""
        words = (Text(self.table.note),) if self.table.note else ()
        if not self.sources:
            return words
        source = _("Source:") if not words else f" {_('Source:')}"
        return (*words, Text(f"{source} "), *(Cite(source) for source in self.sources))

    @cached_property
    def empty(self):
        """What it means that there are no rows."""
        return written(self.table.empty or _("Nothing is recorded here."))

    @cached_property
    def heads(self):
        """[(words, whether numbers stand below)…]"""
        return [(written(column.label), column.numeric) for column in self.table.columns]

    @cached_property
    def rows(self):
        """[(runs of the row’s heading, [(whether a number, runs of a cell)…])…]: what the page shows, notes in brackets."""
        return [
            (
                self._cell(head, (number, 0)),
                [
                    (column.numeric, self._cell(cell, (number, place)))
                    for place, (column, cell) in enumerate(cells, 1)
                ],
            )
            for number, (head, cells) in enumerate(self.table.drawn)
        ]

    def _cell(self, cell, place):
        words = f"{cell.text} ({cell.note})" if cell.note else str(cell.text)
        first = Link(words, cell.url) if cell.url else Text(words)
        return (first, *(Cite(source) for source in self.cites.get(place, ())))

    @property
    def all_runs(self):
        cells = (cell for head, others in self.rows for cell in (head, *(runs for _numeric, runs in others)))
        return (*(run for cell in cells for run in cell), *self.note)


@dataclass(frozen=True)
class Chart:
    """A picture of findings.charts and the table of its figures; formats without pictures give the table alone."""

    template: str  # in components/charts: "grade_bars", "grade_history", "quarters", "tile_map"
    drawing: object  # of findings.charts
    table: TableBlock

    kind = "chart"

    @property
    def id(self):
        return f"chart-{self.table.table.code}"

    @property
    def summary(self):
        return written(self.drawing.summary)

    @property
    def all_runs(self):
        return self.table.all_runs


Block = Heading | Paragraph | Items | TableBlock | Chart


def paragraph(*parts):
    """A paragraph of runs; what is no run is taken as words."""
    return Paragraph(tuple(Text(part) if isinstance(part, str) else part for part in parts))


# The whole


@dataclass(frozen=True)
class Marking:
    """What stands on every page: may it be passed on? `code` names the pages of print: draft, embargoed, restricted, published."""

    code: str
    words: str

    @classmethod
    def draft(cls):
        return cls("draft", _("Draft: not sent, not for use"))

    @classmethod
    def embargoed(cls, until):
        moment = date_format(timezone.localtime(until), "DATETIME_FORMAT")
        return cls("embargoed", _("Embargoed until %(moment)s") % {"moment": moment})

    @classmethod
    def published(cls):
        return cls("published", _("Holds published matter only"))

    @classmethod
    def restricted(cls):
        """What agencies answered is in it."""
        words = _("Holds what agencies answered: not to be published")
        return cls("restricted", words)


@dataclass(frozen=True)
class Document:
    """`code`: a slug, the file’s name; `address`: of its page, absolute, to which addresses within it are relative;
    `as_of`: the day on which what it says was known."""

    code: str
    title: str
    blocks: tuple[Block, ...]
    marking: Marking
    generated_by: str
    generated_at: datetime
    address: str
    as_of: date | None = None
    subtitle: str = ""
    language: str = "en-GB"

    def __post_init__(self):
        for name in ("title", "subtitle", "generated_by"):
            object.__setattr__(self, name, written(getattr(self, name)))

    @cached_property
    def sources(self):
        """(source…) in the order in which they are first referred to: the n-th is number n."""
        return tuple(dict.fromkeys(run.source for run in self._all_runs() if isinstance(run, Cite)))

    @cached_property
    def _numbers(self):
        return {source: number for number, source in enumerate(self.sources, 1)}

    def number_of(self, source):
        return self._numbers[source]

    def _all_runs(self) -> Iterator[Text | Link | Cite]:
        for block in self.blocks:
            yield from getattr(block, "all_runs", ())

    def absolute(self, url):
        """The address as a file has it, which stands on no server."""
        return urljoin(self.address, url)

    @cached_property
    def about(self):
        """((label, value)…): the day, who wrote it out and when; it stands under the title, and in files at each foot."""
        moment = date_format(timezone.localtime(self.generated_at), "DATETIME_FORMAT")
        day = [(_("As known on"), date_format(self.as_of, "DATE_FORMAT"))] if self.as_of else []
        return (
            *day,
            (_("Written out by"), self.generated_by),
            (_("Written out on"), moment),
        )

    @property
    def running(self):
        """The same in one line."""
        return " · ".join(f"{label}: {value}" for label, value in self.about)

    @property
    def file_name(self):
        """Without its ending."""
        return "-".join(filter(None, (self.code, self.as_of.isoformat() if self.as_of else "")))
