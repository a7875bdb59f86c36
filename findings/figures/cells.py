"""Cells that several figures share, and the order of rows."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from agencies.tables import Cell, Column

NOTHING = {"weaknesses": 0, "serious": 0, "strengths": 0}
THREE_COLUMNS = (
    Column(_("Weaknesses"), numeric=True),
    Column(_("Serious or critical"), numeric=True),
    Column(_("Strengths"), numeric=True),
)
THREE_LABELS = {
    "weaknesses": _("weaknesses"),
    "serious": _("serious or critical weaknesses"),
    "strengths": _("strengths"),
}


def three_cells(counts, urls):
    """Cells of weaknesses, serious weaknesses and strengths, each opening its rows."""
    return tuple(
        Cell(counts[name], urls[name] if counts[name] else "", label) for name, label in THREE_LABELS.items()
    )


def read_of(read, total):
    """How many of the window's inspections are read, in words; nothing of none."""
    if not total:
        return ""
    return _now("Inspections of the window read for findings: %(read)s of %(total)s") % {
        "read": read,
        "total": total,
    }


def in_order(rows, sort, orders, default):
    """The rows in the asked order: `orders` names a key function for each ?sort=; "-" turns it round.

    Rows whose key is None, because nothing is known, come last either way.
    """
    key = sort.removeprefix("-")
    if key not in orders:
        key, sort = default.removeprefix("-"), default
    known = [row for row in rows if orders[key](row) is not None]
    unknown = [row for row in rows if orders[key](row) is None]
    return [*sorted(known, key=orders[key], reverse=sort.startswith("-")), *unknown]


def life_of(agency):
    if agency.closed_on:
        return _now("until %(day)s") % {"day": date_format(agency.closed_on, "j F Y")}
    if agency.opened_on and agency.opened_on.year > 2000:
        return _now("since %(day)s") % {"day": date_format(agency.opened_on, "j F Y")}
    return ""
