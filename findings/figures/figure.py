"""A figure: what it counts and of what, in words, and how its numbers, its table and its chart are made."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from agencies.tables import Table
from agencies.takeaway import FORMATS

from ..statistics.shares import percent_of


@dataclass(frozen=True)
class Value:
    """n of total, or n alone; each opens its rows. While reports are unread no share is given."""

    n: int | float | None
    label: str
    url: str = ""
    total: int | None = None
    total_url: str = ""
    read: int | None = None  # how many of total were read for findings; None where reading does not matter
    read_url: str = ""
    tone: str = ""  # alert, good
    nothing: str = ""  # said instead of "0 of 0"
    note: str = ""
    note_url: str = ""

    @property
    def percent(self):
        """Whole percent; None below 5, of nothing, and while reports are unread."""
        if self.total is None or self.unread:
            return None
        return percent_of(self.n, self.total)

    @property
    def unread(self):
        return self.total - self.read if self.read is not None else 0

    @property
    def number(self):
        """The number alone, as it is printed."""
        return "–" if self.n is None else f"{self.n:g}"

    @property
    def instead(self):
        """What is said in place of "n of N" where that would mislead: of nothing, or while reports are unread.

        "0 of 24" of reports that nobody has read would be taken for "none found".
        """
        if self.total == 0 and self.nothing:
            return str(self.nothing)
        if self.n is None or self.read == 0:
            return _("Not known")
        return _("%(n)s so far") % {"n": self.number} if self.unread else ""

    def __str__(self):
        if self.instead:
            return self.instead
        if self.total is None:
            return self.number
        words = _("%(n)s of %(total)s") % {"n": self.number, "total": self.total}
        return f"{words} ({self.percent}%)" if self.percent is not None else words


@dataclass(frozen=True)
class Section:
    """What a dashboard shows of a figure: `url` is the page of its definition and rows."""

    values: tuple[Value, ...] = ()
    table: Table | None = None
    chart: object = None
    note: str = ""
    title: str = ""
    url: str = ""


@dataclass(frozen=True)
class Figure:
    """A figure's definition. `number`: its row in the register's list of statistics (docs/data.md)."""

    code: str
    number: str
    title: str
    counts: str
    of: str
    leaves_out: str
    make: Callable = field(repr=False)
    windowed: bool = True  # False: of all that is known on the day, whatever the window
    takes: tuple[str, ...] = ()  # the parts of a scope that it can be asked of, beside the national one
    needs: tuple[str, ...] = ()  # one of these it must be asked of

    def of_scope(self, scope):
        """The section of this scope, its table with definition and files to take away."""
        url = scope.figure_url(self.code)
        section = replace(self.make(scope), title=self.title, url=url)
        if section.table is None:
            return section
        take_urls = tuple((name.upper(), scope.takeaway_url(self.code, name)) for name in FORMATS)
        return replace(section, table=replace(section.table, definition_url=url, take_urls=take_urls))


FIGURES = {}


def figure(code, *, number, title, counts, of="", leaves_out="", **asked):
    """Registers the function that makes a figure's section from a scope."""

    def register(make):
        FIGURES[code] = Figure(code, number, title, counts, of, leaves_out, make, **asked)
        return make

    return register
