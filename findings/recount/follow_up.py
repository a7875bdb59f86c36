"""What became of recommendations: counted again from the words of their definitions."""

import calendar
from datetime import date, timedelta

from .asked import is_weakness, months_back
from .expected import Number, expect

OPEN = ("issued", "responded", "plan_submitted", "in_progress", "completion_claimed", "reopened")
VERIFIED, NOT_IMPLEMENTED, SUPERSEDED = "closed_verified", "closed_not_implemented", "superseded"
# (label, issued at least so many months before the day, and fewer than so many)
BANDS = (
    ("Up to 3 months", 0, 3),
    ("3 to 6 months", 3, 6),
    ("6 to 12 months", 6, 12),
    ("12 to 24 months", 12, 24),
    ("Over 24 months", 24, None),
)


def months_on(day, months):
    """The same day of a later month, or its last day where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def median(numbers):
    """The middle one, or the mean of the middle two; None of nothing."""
    ordered = sorted(numbers)
    n = len(ordered)
    return (ordered[(n - 1) // 2] + ordered[n // 2]) / 2 if n else None


# One recommendation on the day


def stage(row, on):
    """The one in which the day began: the last that was entered before it."""
    return [stage for stage in row["stages"] if stage["since"] < on][-1]


def is_open(row, on):
    return stage(row, on)["status"] in OPEN


def entered(row, on, *statuses):
    """The days before this one on which it entered one of these statuses."""
    return [s["since"] for s in row["stages"] if s["status"] in statuses and s["since"] < on]


def due(row, on):
    """(as first set, as valid on the day), or (None, None) while it had none."""
    before = [change for change in row["changes"] if change["decided_on"] < on]
    if before:
        now = before[-1]["due_on"]
    elif row["changes"]:
        now = row["changes"][0]["was"]
    else:
        now = row["due_on"]
    return (row["due_first"], now) if now else (None, None)


def answered_on(row, on):
    """The day of the first response, where that was before this day."""
    first = row["responses"][0]["received_on"] if row["responses"] else None
    return first if first and first < on else None


# Figures


def found_again(asked):
    """Verified closures more than 24 months old; those followed by a linked weakness within 24 months."""
    old = again = 0
    links = {}
    for finding in asked.known_findings:
        if is_weakness(finding) and finding["recurrence_of_id"]:
            published_on = finding["inspection"]["published_on"]
            links.setdefault(finding["recurrence_of_id"], []).append(published_on)
    for row in asked.recommendations:
        closures = [day for day in entered(row, asked.on, VERIFIED) if day < months_back(asked.on, 24)]
        followed = [
            day
            for closed in closures
            for day in links.get(row["finding_id"], [])
            if closed < day <= months_on(closed, 24)
        ]
        old += bool(closures)
        again += bool(followed)
    return expect(Number(again, old))


def days_to_response(asked):
    on, rows = asked.on, asked.recommendations_within
    answers = [(answered_on(row, on), row) for row in rows]
    days = [(answer - row["issued_on"]).days for answer, row in answers if answer]
    passed = [
        (answer, row)
        for answer, row in answers
        if row["answer_due_on"] and row["answer_due_on"] < on and (answer or is_open(row, on))
    ]
    unanswered = [row for answer, row in passed if not answer]
    return expect(
        Number(median(days), told=(len(days), len(rows)), listed=len(days)),
        Number(len(unanswered), len(passed)),
    )


def overdue(asked):
    on = asked.on
    dates = [due(row, on) for row in asked.recommendations if is_open(row, on)]
    dated = [(first, now) for first, now in dates if now]
    return expect(
        Number(sum(1 for first, _now in dated if first < on), len(dated)),
        Number(sum(1 for _first, now in dated if now < on), len(dated)),
        Number(len(dates) - len(dated), len(dates)),
    )


def slippage(asked):
    on = asked.on
    standing = [row for row in asked.recommendations_within if stage(row, on)["status"] != SUPERSEDED]
    dates = [(first, now) for first, now in (due(row, on) for row in standing) if now]
    moved = [(now - first).days for first, now in dates if now != first]
    return expect(
        Number(len(moved), len(dates)),
        Number(median(moved)),
    )


def open_recommendations(asked):
    on = asked.on
    rows = [row for row in asked.recommendations if is_open(row, on)]
    bands = []
    for label, least, most in BANDS:
        of_it = [
            row
            for row in rows
            if row["first_issued_on"] < (months_back(on, least) if least else on)
            and (most is None or row["first_issued_on"] >= months_back(on, most))
        ]
        late = [row for row in of_it if due(row, on)[0] and due(row, on)[0] < on]
        bands.append((label, len(of_it), len(late)))
    return expect(Number(len(rows), len(asked.recommendations)), rows=bands)


def closure(asked):
    on = asked.on
    issued = [
        row
        for row in asked.recommendations
        if months_back(on, 24) <= row["first_issued_on"] < months_back(on, 12)
        and stage(row, on)["status"] != SUPERSEDED
    ]
    in_time = [
        row
        for row in issued
        if any(day <= months_on(row["first_issued_on"], 12) for day in entered(row, on, VERIFIED))
    ]
    return expect(Number(len(in_time), len(issued)))


def claims(asked):
    on = asked.on
    claimed = [
        stage(row, on)["since"]
        for row in asked.recommendations
        if stage(row, on)["status"] == "completion_claimed"
    ]
    closed = [row for row in asked.recommendations if entered(row, on, VERIFIED, NOT_IMPLEMENTED)]
    return expect(
        Number(sum(1 for since in claimed if (on - since) > timedelta(60)), len(claimed)),
        Number(sum(1 for row in closed if entered(row, on, "reopened")), len(closed)),
    )


def addressees(asked):
    on, rows = asked.on, []
    for agency in {row["addressee_id"] for row in asked.recommendations}:
        of_it = [row for row in asked.recommendations if row["addressee_id"] == agency]
        open_ones = [row for row in of_it if is_open(row, on)]
        late = [row for row in open_ones if due(row, on)[0] and due(row, on)[0] < on]
        rows.append((asked.rows.name(agency), len(of_it), len(open_ones), len(late)))
    numbers = []
    if asked.inspection is None and (agency := asked.force or asked.council):
        every = asked.recommendations_of(asked.known_findings)
        to_it = [row for row in every if row["addressee_id"] == agency]
        numbers.append(Number(sum(1 for row in to_it if is_open(row, on)), len(to_it)))
    return expect(*numbers, rows=rows)
