"""The figures of a pack: each as the dashboards count it, with the source that says how, of what and as of when."""

from dataclasses import replace

from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from agencies.tables import Cell, Column, Table

from ..documents import Source, TableBlock
from ..figures import FIGURES

ROWS = 10  # of a long table: the rest is behind its source


class Numbers:
    """The figures of one scope, each counted once."""

    def __init__(self, scope):
        self.scope = scope
        self._sections = {}

    def section(self, code):
        if code not in self._sections:
            self._sections[code] = FIGURES[code].of_scope(self.scope)
        return self._sections[code]

    def source(self, code):
        """Where the figure is defined and counted: its title, day and window, and its page."""
        figure = FIGURES[code]
        day = _now("known on %(day)s") % {"day": date_format(self.scope.on, "j F Y")}
        period = str(self.scope.period) if figure.windowed else day
        title = _now("Register, figure “%(title)s”") % {"title": figure.title}
        return Source(title, period, self.scope.figure_url(code))

    def values(self, codes, *, code, title):
        """A table of these figures’ numbers, a row for each: n of N, what is read, and the figure as its source."""
        rows, cites = [], {}
        for figure_code in codes:
            for value in self.section(figure_code).values:
                cites[len(rows), 0] = (self.source(figure_code),)
                label = str(value.label)
                words = label[:1].upper() + label[1:]
                rows.append((Cell(words, note=_beside(value)), Cell(str(value), value.url)))
        columns = (Column(_("What was counted")), Column(_("Number"), numeric=True))
        return TableBlock(Table(code, title, columns, tuple(rows)), cites)

    def table(self, code, *, rows=ROWS, only=None, leave=(), note="", empty=""):
        """The figure’s table: its first rows, of those that `only` lets through, without the columns of the labels
        in `leave`. `note` and `empty`: what it then means that rows are not there."""
        found = self.section(code).table
        kept = [row for row in found.rows if only is None or only(row)]
        more = ""
        if len(kept) > rows:
            more = _now("The first %(n)s of %(total)s rows.") % {"n": rows, "total": len(kept)}
        places = [place for place, column in enumerate(found.columns) if column.label not in leave]
        shown = replace(
            found,
            columns=tuple(found.columns[place] for place in places),
            rows=tuple(tuple(row[place] for place in places) for row in kept[:rows]),
            note=" ".join(filter(None, (more, note if kept else "", str(found.note)))),
            empty=empty or found.empty,
            take_urls=(),
        )
        return TableBlock(shown, sources=(self.source(code),))


def _beside(value):
    """How many are read, where not all are; and the figure’s own note."""
    read = ""
    if value.unread:
        words = _now("Read for findings: %(read)s of %(total)s; no share until all are")
        read = words % {"read": value.read, "total": value.total}
    return "; ".join(filter(None, (read, str(value.note))))
