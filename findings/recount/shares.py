"""Shares of inspections with a weakness of the police, by quarter; days to publication: counted again."""

from dataclasses import replace
from datetime import date, timedelta

from .asked import is_read, is_serious, is_weakness
from .expected import Number, expect


def _graded(asked):
    return {row["inspection_id"] for row in asked.rows.judgements if row["grade_id"] is not None}


def _evaluating(asked, inspections):
    """Graded inspections that evaluate partnership working; joint ones are counted apart."""
    graded = _graded(asked)
    return {
        pk: row
        for pk, row in inspections.items()
        if row["framework__evaluates_partnership"] and not row["framework__joint"] and pk in graded
    }


def _joint(inspections):
    return {pk: row for pk, row in inspections.items() if row["framework__joint"]}


def _with(asked, inspections, belongs):
    """How many of the inspections have a finding that belongs."""
    found = {finding["inspection_id"] for finding in asked.findings if belongs(finding)}
    return sum(1 for pk in inspections if pk in found)


def _read(inspections):
    return sum(1 for row in inspections.values() if is_read(row))


def _share(asked, inspections, belongs):
    n = _with(asked, inspections, belongs)
    return expect(Number(n, len(inspections), _read(inspections)))


def serious_weakness(asked):
    return _share(asked, _evaluating(asked, asked.inspections), is_serious)


def any_weakness(asked):
    return _share(asked, _evaluating(asked, asked.inspections), is_weakness)


def joint_serious_weakness(asked):
    return _share(asked, _joint(asked.inspections), is_serious)


def joint_any_weakness(asked):
    return _share(asked, _joint(asked.inspections), is_weakness)


def _quarters(on):
    """(label, first day, first day after) of twelve quarters, the last one that of the day before, latest first."""
    day = on - timedelta(1)
    for _number in range(12):
        quarter = (day.month - 1) // 3
        start = date(day.year, quarter * 3 + 1, 1)
        end = date(day.year + 1, 1, 1) if quarter == 3 else date(day.year, quarter * 3 + 4, 1)
        yield f"{day.year} Q{quarter + 1}", start, min(end, on)
        day = start - timedelta(1)


def trend(asked):
    rows = []
    for label, start, end in _quarters(asked.on):
        quarter = replace(asked, start=start, end=end)
        rows.append((label, *_cells(quarter, _evaluating(quarter, quarter.inspections))))
    return expect(rows=rows)


def _cells(asked, inspections):
    """All, those read, with a weakness, with a serious one; nothing is said of what nobody inspected or read."""
    read = _read(inspections)
    if not inspections:
        return 0, None, None, None
    if not read:
        return len(inspections), 0, None, None
    found, serious = _with(asked, inspections, is_weakness), _with(asked, inspections, is_serious)
    return len(inspections), read, found, serious


def years(asked):
    of_years = {}
    for pk, row in _evaluating(asked, asked.inspections).items():
        of_years.setdefault(row["published_on"].year, {})[pk] = row
    return expect(rows=[(str(year), *_cells(asked, of_year)) for year, of_year in of_years.items()])


def days_to_publication(asked):
    days = sorted(
        (row["published_on"] - row["fieldwork_to"]).days
        for row in asked.inspections.values()
        if row["fieldwork_to"] is not None
    )
    n = len(days)
    median = (days[(n - 1) // 2] + days[n // 2]) / 2 if n else None
    return expect(Number(median, told=(n, len(asked.inspections)), listed=n))
