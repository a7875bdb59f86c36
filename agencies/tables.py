"""A table as an idea: drawn as HTML by components/data_table.html and heatmap.html, taken away by takeaway.py.

The page that counts builds the `Table`; what is on the screen and what is in the file then cannot differ.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.utils.formats import localize

LONG = 15  # rows
NOTHING = "–"  # drawn where there is no value: not inspected, not known; never the same as 0


@dataclass(frozen=True)
class Cell:
    value: str | int | float | date | None
    url: str = ""
    label: str = ""  # after the value, for screen readers: "serious weaknesses"; what the dash means
    note: str = ""  # small text under the value; in files only behind a value that is text
    level: int | None = None  # 0 to 4: the shade in a heatmap
    shown: str = ""  # drawn instead of the value: "12 of 43 (28%)" where the value is 0.28

    @property
    def text(self):
        """What the page shows: never empty."""
        if self.shown:
            return self.shown
        if self.value is None or self.value == "":
            return NOTHING
        return localize(round(self.value, 1) if isinstance(self.value, float) else self.value)


@dataclass(frozen=True)
class Column:
    label: str
    numeric: bool = False
    sort: str = ""  # its key in ?sort=; "" does not sort
    short: str = ""  # drawn in the narrow heads of a heatmap; the label stays for screen readers and files


@dataclass(frozen=True)
class Table:
    """`rows` may be a generator, which can be read once: a page that draws, or a download, not both."""

    code: str  # a slug, one of its own on the page: anchor and file name
    title: str
    columns: tuple[Column, ...]
    rows: Iterable[tuple[Cell, ...]]  # the first cell of a row is its heading
    definition: str = ""
    definition_url: str = ""
    note: str = ""
    empty: str = ""  # what no rows mean
    take_urls: tuple[tuple[str, str], ...] = ()  # (format, URL): takeaway.links()

    @cached_property
    def drawn(self):
        """[(heading, [(column, cell)…])…]; a row that does not fit the columns is an error."""
        return [(row[0], list(zip(self.columns, row, strict=True))[1:]) for row in self.rows]

    @property
    def is_long(self):
        """More rows than are read as cards one below the other."""
        return len(self.drawn) > LONG

    @property
    def shortened(self):
        """Columns whose heads are drawn short, and so need a key."""
        return [column for column in self.columns if column.short and column.short != column.label]
