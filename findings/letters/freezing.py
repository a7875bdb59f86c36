"""What a figure of a letter says: counted now, or as it was sent, with the very rows behind it."""

import hashlib
import json

from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from inspections.periods import Window

from ..behind import opens_a_list, records_behind
from ..figures import FIGURES
from ..scope_form import scope_of
from .rows import row_of, with_what_rows_say
from .text import names_in

# Their rows are not public: what one person may read another may not.
NOT_FOR_LETTERS = {"letters"}
MOST_ROWS = 20000


class NotCounted(Exception):
    """A figure cannot be counted; the message says why, in words for the person."""


def offered():
    """The figures that a letter can hold, {code: Figure}, in the order of the register's list."""
    return {code: figure for code, figure in FIGURES.items() if code not in NOT_FOR_LETTERS}


def scope_asked(code, query, user):
    """(Figure, Scope) of what is asked; raises NotCounted where it cannot be asked."""
    figure = offered().get(code)
    if figure is None:
        raise NotCounted(_("There is no such figure."))
    form, scope = scope_of(
        QueryDict(query), user, takes=figure.takes, default=Window.ALL if figure.needs else Window.YEAR
    )
    if scope is None:
        raise NotCounted(" ".join(error for errors in form.errors.values() for error in errors))
    if figure.needs and not any(getattr(scope, name) for name in figure.needs):
        raise NotCounted(_("Say of which force, council or inspection."))
    return figure, scope


def counted_now(letter_figure, user, *, corrected=False):
    """What the figure says now, as kept in `LetterFigure.frozen`; raises NotCounted.

    `corrected`: with findings as they read now, without those withdrawn since the day.
    """
    figure, scope = scope_asked(letter_figure.code, letter_figure.query, user)
    return as_kept(figure, scope.corrected if corrected else scope, letter_figure.place)


def as_kept(figure, scope, place):
    """One number or the table of a figure, as plain values that can be kept for good."""
    section = figure.of_scope(scope)
    kept = {
        "code": figure.code,
        "title": str(figure.title),
        "counts": str(figure.counts),
        "of": str(figure.of),
        "leaves_out": str(figure.leaves_out),
        "scope": ", ".join(
            str(part) for part in (scope.force, scope.council, scope.theme, scope.inspection) if part
        ),
        "window": str(scope.period) if figure.windowed else _("everything known on the day"),
        "as_of": scope.on.isoformat(),
        "url": section.url,
    }
    if place is None:
        if section.table is None:
            raise NotCounted(_("This figure has no table."))
        return kept | _table(section.table)
    if place >= len(section.values):
        raise NotCounted(_("This figure has no such number."))
    return kept | _number(section.values[place])


def _number(value):
    return {
        "words": str(value),
        "label": str(value.label),
        "n": value.n,
        "total": value.total,
        "percent": value.percent,
        "read": value.read,
        "note": str(value.note),
        "counted_url": value.url,
        "of_url": value.total_url,
    }


def _table(table):
    rows = [
        [_cell(cell, column) for cell, column in zip(row, table.columns, strict=True)] for row in table.rows
    ]
    return {
        "words": str(table.title),
        "label": str(table.title),
        "columns": [{"label": str(column.label), "numeric": column.numeric} for column in table.columns],
        "rows": rows,
        "note": str(table.note),
        "empty": str(table.empty),
    }


def _cell(cell, column):
    value = cell.value
    if hasattr(value, "isoformat"):
        value = date_format(value, "j F Y")
    elif value is not None and not isinstance(value, (int, float)):
        value = str(value)
    return {"value": value, "text": str(cell.text), "url": cell.url, "numeric": column.numeric}


def addresses_of(kept):
    """{place: address of the list} of what stands behind a number or the cells of a table."""
    if "rows" not in kept:
        found = {"counted": kept["counted_url"], "of": kept["of_url"]}
    else:
        found = {
            f"{row}.{column}": cell["url"]
            for row, cells in enumerate(kept["rows"], 1)
            for column, cell in enumerate(cells, 1)
        }
    return {place: url for place, url in found.items() if url and opens_a_list(url)}


def rows_behind(kept, user):
    """[{places, kind, key, at_version, words}]: each record behind the figure once; raises NotCounted for too many."""
    rows = {}
    for place, url in addresses_of(kept).items():
        for record in with_what_rows_say(records_behind(url, user)):
            row = row_of(record)
            found = rows.setdefault((row["kind"], row["key"]), row | {"places": []})
            found["places"].append(place)
            if len(rows) > MOST_ROWS:
                raise NotCounted(_("There are more rows behind this figure than a letter keeps."))
    return list(rows.values())


def taken(letter, user):
    """[(figure, what it says, rows)] of each figure in the letter's text, as `Letter.send` wants them."""
    wanted = names_in(letter.text)
    found = []
    for figure in letter.figures.filter(name__in=wanted).order_by("pk"):
        kept = counted_now(figure, user)
        rows = rows_behind(kept, user)
        found.append((figure, kept | {"digest": digest_of(kept, rows), "row_count": len(rows)}, rows))
    return found


def digest_of_all(frozen):
    """One digest of all that is taken for a letter: what the sender was shown."""
    return digest_of([kept["digest"] for _figure, kept, _rows in frozen], [])


def digest_of(kept, rows):
    """SHA-256 over a figure and its rows: stands in the history, to compare them with."""
    text = json.dumps([kept, rows], sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
