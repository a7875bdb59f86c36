"""Shares of inspections: with a weakness attributed to police, by year and by quarter; days to publication."""

from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import ExtractQuarter, ExtractYear

from inspections.models.life import READ_FOR_POLICE

from .medians import median_days


def percent_of(n, total):
    """Whole percent, rounded half up; None where a percentage says nothing: below 5, or of nothing."""
    return (200 * n + total) // (2 * total) if total >= 5 else None


@dataclass(frozen=True)
class Share:
    """n of total inspections, of which only `read` have had their findings about the police recorded."""

    any: int
    serious: int
    total: int
    read: int

    @property
    def unread(self):
        return self.total - self.read


def police_weakness_share(inspections, findings):
    """Inspections with at least one weakness, and one serious weakness, attributed to a police force.

    Unit: inspections. The caller passes those that count: published in a window, graded, of frameworks that
    evaluate partnership working (`counting_in_share`: statistic 1), or joint ones (statistic 2), never both
    together. An inspection whose report nobody has read for findings counts in `total` but can add nothing to
    `any`; `read` says how many were read.
    """
    return Share(**inspections.aggregate(**_share_counts(findings)))


def police_weakness_share_by_year(inspections, findings):
    """{year of publication: Share}, newest first. Definition as police_weakness_share."""
    rows = (
        inspections.order_by()
        .annotate(year=ExtractYear("published_on"))
        .values("year")
        .annotate(**_share_counts(findings))
        .order_by("-year")
    )
    return {row.pop("year"): Share(**row) for row in rows}


def police_weakness_share_by_quarter(inspections, findings):
    """{(year, quarter of the calendar year) of publication: Share}, oldest first; quarters without any left out."""
    rows = (
        inspections.order_by()
        .annotate(year=ExtractYear("published_on"), quarter=ExtractQuarter("published_on"))
        .values("year", "quarter")
        .annotate(**_share_counts(findings))
        .order_by("year", "quarter")
    )
    return {(row.pop("year"), row.pop("quarter")): Share(**row) for row in rows}


def _share_counts(findings):
    weaknesses = findings.weaknesses().about_police().filter(inspection=OuterRef("pk"))
    return {
        "any": Count("pk", filter=Exists(weaknesses)),
        "serious": Count("pk", filter=Exists(weaknesses.serious())),
        "total": Count("pk"),
        "read": Count("pk", filter=Q(coverage__in=READ_FOR_POLICE)),
    }


def with_weakness(inspections, findings, *, agency=None, themes=None, serious=False):
    """Those of the inspections with at least one weakness: attributed to the agency, else to any police force;
    of these themes (ids) and serious or critical, where asked."""
    weaknesses = findings.weaknesses()
    weaknesses = weaknesses.filter(attributed_to=agency) if agency else weaknesses.about_police()
    if themes is not None:
        weaknesses = weaknesses.filter(theme__in=themes)
    if serious:
        weaknesses = weaknesses.serious()
    return inspections.filter(Exists(weaknesses.filter(inspection=OuterRef("pk"))))


@dataclass(frozen=True)
class Days:
    """The median of a number of days among n of total inspections; None of nothing."""

    median: float | None
    n: int
    total: int


def days_to_publication(inspections):
    """Days from the last day of fieldwork to publication: the median (statistic 17).

    Unit: calendar days; an even number of inspections gives the mean of the middle two. Among the inspections
    whose last day of fieldwork is known; `total` counts the others too.
    """
    dated = inspections.exclude(fieldwork_to=None).exclude(published_on=None)
    n = dated.count()
    median = median_days(dated, F("published_on") - F("fieldwork_to"), n)
    return Days(median, n, inspections.count())
