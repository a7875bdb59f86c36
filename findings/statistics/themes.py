"""Findings by theme: tallies, inspections with each theme, recurrence, spread, themes on the rise."""

from dataclasses import dataclass

from django.db.models import Case, Count, Exists, F, OuterRef, Q, When

from agencies.days import day_number
from inspections.models import Concern

from ..models import FindingType, Theme
from ..models.life import SERIOUS, WEAKNESSES
from .shares import percent_of

IS_WEAKNESS = Q(finding_type__in=WEAKNESSES)
IS_SERIOUS = IS_WEAKNESS & Q(severity__in=SERIOUS)
IS_STRENGTH = Q(finding_type=FindingType.STRENGTH)
COUNTS = ("weaknesses", "serious", "strengths")
YEARS = 10000  # of a day_number


def _tally_counts():
    return {
        "weaknesses": Count("pk", filter=IS_WEAKNESS),
        "serious": Count("pk", filter=IS_SERIOUS),
        "strengths": Count("pk", filter=IS_STRENGTH),
    }


def tally(findings):
    """{weaknesses, serious, strengths} of these findings (statistic 7: counts, no ratio)."""
    return findings.aggregate(**_tally_counts())


def tally_by(findings, *columns):
    """[{columns…, weaknesses, serious, strengths}] of these findings, one row for each value of the columns."""
    return list(findings.order_by().values(*columns).annotate(**_tally_counts()).order_by(*columns))


def tally_by_theme(findings, on=None):
    """[{theme, weaknesses, serious, strengths}], most serious first (statistics 6 and 7).

    Merged themes are counted with the one that took them over, as merged by that day.
    """
    rows = tally_by(findings.annotate(counted_as=Theme.counted_as(on)), "counted_as")
    themes = Theme.objects.in_bulk([row["counted_as"] for row in rows])
    named = [{**row, "theme": themes[row.pop("counted_as")]} for row in rows]
    return sorted(named, key=lambda row: (-row["serious"], -row["weaknesses"], row["theme"].order))


def tally_by_force_and_theme(findings, on=None):
    """{(force id, theme id): {weaknesses, serious, strengths}} of findings attributed to police forces."""
    counted = findings.about_police().annotate(counted_as=Theme.counted_as(on))
    return {
        (row.pop("attributed_to"), row.pop("counted_as")): row
        for row in tally_by(counted, "attributed_to", "counted_as")
    }


def inspections_by_theme(inspections, findings, on=None):
    """{theme id: inspections with at least one weakness of it attributed to police} (statistic 6).

    Of the inspections passed; an inspection with several weaknesses of a theme counts once.
    """
    rows = (
        findings.weaknesses()
        .about_police()
        .filter(inspection__in=inspections)
        .annotate(counted_as=Theme.counted_as(on))
        .order_by()
        .values("counted_as")
        .annotate(n=Count("inspection", distinct=True))
    )
    return {row["counted_as"]: row["n"] for row in rows}


@dataclass(frozen=True)
class Rise:
    """A theme in two windows: in n of N inspections read, and before that in n of N."""

    theme: Theme
    n: int
    total: int
    n_before: int
    total_before: int


MIN_READ = 5  # inspections read in each window, below which a rise says nothing


def rising(now, before, findings, on=None):
    """Themes found in a larger share of the inspections read than in the window before, the steepest first.

    `now` and `before`: the inspections read in each window. Nothing is said of windows with fewer than five.
    """
    total, total_before = now.count(), before.count()
    if total < MIN_READ or total_before < MIN_READ:
        return []
    counts, earlier = inspections_by_theme(now, findings, on), inspections_by_theme(before, findings, on)
    themes = Theme.objects.in_bulk(counts)
    rises = [
        Rise(themes[theme], n, total, earlier.get(theme, 0), total_before)
        for theme, n in counts.items()
        if n * total_before > earlier.get(theme, 0) * total
    ]
    return sorted(
        rises, key=lambda r: (r.n_before * r.total - r.n * r.total_before, r.theme.order, r.theme.name)
    )


@dataclass(frozen=True)
class Pairs:
    """Recurring pairs of a force and a theme, of all pairs with a weakness in the window."""

    n: int
    total: int

    @property
    def percent(self):
        return percent_of(self.n, self.total)


def recurring(findings, start, end, on=None, *, among=None):
    """Weaknesses of police in the window [start, end), with `recurs`: whether the force had the theme before.

    Before: a weakness of the same force and theme in another inspection published earlier, at most 36 months
    before this one's (statistic 8). `findings` reach back beyond the window; `among` them, where given, are
    those of which is asked.
    """
    earlier = _by_day(findings, on).filter(
        attributed_to=OuterRef("attributed_to"),
        counted_as=OuterRef("counted_as"),
        inspection__published_on__lt=OuterRef("inspection__published_on"),
        day__gte=OuterRef("since"),
    )
    within = _by_day(findings if among is None else among, on).filter(
        inspection__published_on__gte=start, inspection__published_on__lt=end
    )
    return within.annotate(recurs=Exists(earlier.exclude(inspection=OuterRef("inspection"))))


def _by_day(findings, on):
    """Weaknesses of police with the day as a number, and `since`: the day 36 months before it (29 February: 28)."""
    day = day_number("inspection__published_on")
    leap_day = Q(inspection__published_on__month=2, inspection__published_on__day=29)
    return (
        findings.weaknesses()
        .about_police()
        .annotate(
            counted_as=Theme.counted_as(on),
            day=day,
            since=Case(When(leap_day, then=day - 3 * YEARS - 1), default=day - 3 * YEARS),
        )
    )


def recurrence(weaknesses):
    """Pairs (force, theme) of `recurring` weaknesses with an earlier one, of all pairs (statistic 8)."""
    rows = recurrence_by(weaknesses, "counted_as", "attributed_to").values()
    return Pairs(sum(pairs.n for pairs in rows), sum(pairs.total for pairs in rows))


def recurrence_by_theme(weaknesses):
    """{theme id: Pairs}: of the forces with a weakness of the theme in the window, those that had it before."""
    return recurrence_by(weaknesses, "counted_as", "attributed_to")


def recurrence_by_force(weaknesses):
    """{force id: Pairs}: of the themes of its weaknesses in the window, those that it had before."""
    return recurrence_by(weaknesses, "attributed_to", "counted_as")


def recurrence_by(weaknesses, column, counted):
    """{value of the column: Pairs} over different values of the counted column."""
    rows = (
        weaknesses.order_by()
        .values(column)
        .annotate(n=Count(counted, distinct=True, filter=Q(recurs=True)), total=Count(counted, distinct=True))
    )
    return {row[column]: Pairs(row["n"], row["total"]) for row in rows}


def recurring_pairs(weaknesses):
    """[{attributed_to, counted_as, weaknesses, n}]: each pair (force, theme), and how many of it recur."""
    return list(
        weaknesses.order_by()
        .values("attributed_to", "counted_as")
        .annotate(weaknesses=Count("pk"), n=Count("pk", filter=Q(recurs=True)))
        .order_by("attributed_to", "counted_as")
    )


def councils_of(force, inspections):
    """The inspections, of those passed, of councils that the force policed then (rows of `Concern`)."""
    return Concern.objects.filter(force=force, polices=1, inspection__in=inspections)


def councils_inspected(force, inspections):
    """How many different councils these inspections inspected while the force policed them (statistic 10)."""
    return councils_of(force, inspections).values("inspection__inspected_agency").distinct().count()


def spread_over_councils(force, inspections, findings, on=None):
    """{theme id: councils of the force in whose inspections a weakness of it was found} (statistic 10).

    Of the inspections passed (read ones): `councils_inspected` of them is the whole. A council inspected twice
    counts once.
    """
    rows = (
        findings.weaknesses()
        .filter(
            attributed_to=force,
            inspection__in=councils_of(force, inspections).values("inspection"),
        )
        .annotate(counted_as=Theme.counted_as(on))
        .order_by()
        .values("counted_as")
        .annotate(n=Count("inspection__inspected_agency", distinct=True))
    )
    return {row["counted_as"]: row["n"] for row in rows}


def spread_over_forces(forces, findings, on=None):
    """{theme id: those of the forces with at least one weakness of it} (statistic 10, nationally)."""
    rows = (
        findings.weaknesses()
        .filter(attributed_to__in=forces)
        .annotate(counted_as=Theme.counted_as(on))
        .order_by()
        .values("counted_as")
        .annotate(n=Count("attributed_to", distinct=True))
    )
    return {row["counted_as"]: row["n"] for row in rows}


def linked_to_earlier(findings):
    """{n, total}: weaknesses that an inspector linked to an earlier finding, of all of these weaknesses."""
    return findings.weaknesses().aggregate(
        n=Count("pk", filter=Q(recurrence_of__isnull=False)), total=Count(F("pk"))
    )
