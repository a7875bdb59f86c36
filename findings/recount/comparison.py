"""A figure beside its recount: every number, every cell of its table, every list behind them."""

import re
from dataclasses import dataclass

from ..behind import opens_a_list
from ..figures import FIGURES
from . import RECOUNTS
from .expected import AS_SHOWN, Told


@dataclass(frozen=True)
class Mismatch:
    figure: str
    what: str
    expected: object
    got: object


def mismatches(code, sample, lists):
    """Every difference between the figure and its recount, and the links that open something else."""
    if code not in RECOUNTS:
        yield Mismatch(code, "recount", "one in findings.recount", "none")
        return
    sample = sample.for_figure(FIGURES[code])
    if sample is None:
        return
    expected, section = RECOUNTS[code](sample.asked), FIGURES[code].of_scope(sample.scope)
    differences = [
        *_of_numbers(expected.numbers, section.values, lists),
        *_of_table(expected, section.table, lists),
    ]
    yield from (Mismatch(code, *difference) for difference in differences)


def _of_numbers(numbers, values, lists):
    if len(numbers) != len(values):
        yield "numbers", len(numbers), len(values)
        return
    for place, (number, value) in enumerate(zip(numbers, values, strict=True), 1):
        for name in ("n", "total", "read", "percent"):
            if getattr(number, name) != getattr(value, name):
                yield f"number {place}, {name}", getattr(number, name), getattr(value, name)
        if right := _misprint(number, value):
            yield f"number {place}, as printed", right, str(value)
        told = tuple(map(int, re.findall(r"\d+", str(value.note))))
        if number.told is not None and value.note and number.told != told:
            yield f"number {place}, note", number.told, str(value.note)
        yield from _of_list(f"number {place}, list", value.url, value.n, number.listed, lists)
        yield from _of_list(f"number {place}, list of all", value.total_url, value.total, AS_SHOWN, lists)
        yield from _of_list(
            f"number {place}, list of those read", value.read_url, value.read, AS_SHOWN, lists
        )


def _misprint(number, value):
    """What is wrong with the words: a share shows n of N, nothing of nothing and unread reports show none."""
    words = str(value)
    if number.percent is not None:
        right = f"{number.n:g} of {number.total} ({number.percent}%)"
        return right if words != right else None
    if "%" in words:
        return "no percentage"
    return "words instead of 0 of 0" if number.total == 0 and any(c.isdigit() for c in words) else None


def _of_list(what, url, shown, listed, lists):
    if not url or not opens_a_list(url):
        return
    expected = (shown or 0) if listed is AS_SHOWN else listed
    behind = lists.rows_behind(url)
    if behind != expected:
        yield f"{what} {url}", expected, behind


def _of_table(expected, table, lists):
    if (expected.rows is None) != (table is None):
        yield "table", "none" if expected.rows is None else "one", "none" if table is None else "one"
    if expected.rows is None or table is None:
        return
    labels = [str(column.label) for column in table.columns]
    rows = [tuple(row) for row in table.rows]
    wanted = expected.rows
    if expected.columns is not None:
        yield from _of_columns(expected, labels)
        rows, wanted, labels = _in_common(expected, rows, labels)
    if expected.by_position:
        if len(rows) != len(wanted):
            yield "rows", len(wanted), len(rows)
            return
        for want, row in zip(wanted, rows, strict=True):
            yield from _of_row(str(row[0].value), want[1:], row[1:], labels[1:], lists)
        return
    yield from _of_rows(wanted, rows, labels, lists)


def _of_columns(expected, labels):
    """A column that the recount expects may be left out where there is nothing in it."""
    for label in sorted(set(labels) - set(expected.columns)):
        yield f"column “{label}”", "none", "one"
    for place, label in enumerate(expected.columns):
        if label not in labels and any(_plain(row[place]) for row in expected.rows):
            yield f"column “{label}”", [row[place] for row in expected.rows if _plain(row[place])], "none"


def _in_common(expected, rows, labels):
    shared = [label for label in expected.columns if label in labels]
    rows = [tuple(row[labels.index(label)] for label in shared) for row in rows]
    wanted = [tuple(row[expected.columns.index(label)] for label in shared) for row in expected.rows]
    return rows, wanted, shared


def _of_rows(wanted, rows, labels, lists):
    """Rows of the same heading belong together; several of one heading by their contents, then in order."""
    by_heading, left = {}, list(rows)
    for want in sorted(wanted, key=_sortable):
        by_heading.setdefault(_plain(want[0]), []).append(want)
    for heading, wants in by_heading.items():
        of_it = [row for row in left if _plain(row[0]) == heading]
        left = [row for row in left if _plain(row[0]) != heading]
        pairs, spare = [], list(of_it)
        for exact in (True, False):
            for want in list(wants):
                row = next((row for row in spare if not exact or _contents(row) == _contents(want)), None)
                if row is not None:
                    pairs.append((want, row))
                    wants.remove(want)
                    spare.remove(row)
        for want, row in pairs:
            yield from _of_row(str(heading), want, row, labels, lists)
        for want in wants:
            yield f"row “{heading}”", _contents(want), "none"
        left += spare
    for row in left:
        yield f"row “{_plain(row[0])}”", "none", _contents(row)


def _of_row(heading, want, row, labels, lists):
    if len(want) != len(row):
        yield f"row “{heading}”, cells", len(want), len(row)
        return
    for label, told, cell in zip(labels, want, row, strict=True):
        where = f"row “{heading}”, {label}"
        if _plain(told) != _plain(cell):
            yield where, _plain(told), _plain(cell)
        note = told.note if isinstance(told, Told) else None
        if note is not None and note != str(cell.note):
            yield f"{where}, note", note, str(cell.note)
        listed = told.listed if isinstance(told, Told) else AS_SHOWN
        yield from _of_list(f"{where}, list", cell.url, cell.value, listed, lists)


def _plain(cell):
    """The value of a cell, expected or shown; words are compared as they are printed."""
    value = cell.value if hasattr(cell, "value") else cell
    if value is None or isinstance(value, (int, float)) or hasattr(value, "isoformat"):
        return value
    return str(value)


def _contents(row):
    return tuple(_plain(cell) for cell in row)


def _sortable(row):
    return [str(part) for part in _contents(row)]
