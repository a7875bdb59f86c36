"""Figures: pure functions, queryset in, numbers out, counted in SQL. Definitions: docs/data.md.

Every function takes querysets that already hold only published, non-withdrawn records the person may see.
"""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import ExtractYear

from .models import Finding, FindingType, Theme
from .models.life import SERIOUS, WEAKNESSES

IS_WEAKNESS = Q(finding_type__in=WEAKNESSES)
IS_SERIOUS = IS_WEAKNESS & Q(severity__in=SERIOUS)
IS_STRENGTH = Q(finding_type=FindingType.STRENGTH)


@dataclass(frozen=True)
class Share:
    """n of total inspections, of which only `read` have had their findings about the police recorded."""

    any: int
    serious: int
    total: int
    read: int

    @staticmethod
    def percent_of(n, total):
        """Whole percent, rounded half up; None where a percentage says nothing: below 5, or of nothing."""
        return (200 * n + total) // (2 * total) if total >= 5 else None

    @property
    def percent_any(self):
        return self.percent_of(self.any, self.total)

    @property
    def percent_serious(self):
        return self.percent_of(self.serious, self.total)

    @property
    def unread(self):
        return self.total - self.read


def police_weakness_share(inspections):
    """Inspections with at least one weakness, and one serious weakness, attributed to a police force.

    Unit: inspections. The caller passes those that count: published in a window, graded, of frameworks that
    evaluate partnership working (`counting_in_share`), or joint ones, never both together. An inspection
    whose report nobody has read for findings counts in `total` but can add nothing to `any`; `read` says how
    many were read.
    """
    return Share(**inspections.aggregate(**_share_counts()))


def police_weakness_share_by_year(inspections):
    """{year of publication: Share}, newest first. Definition as police_weakness_share."""
    rows = (
        inspections.order_by()
        .annotate(year=ExtractYear("published_on"))
        .values("year")
        .annotate(**_share_counts())
        .order_by("-year")
    )
    return {row.pop("year"): Share(**row) for row in rows}


def _share_counts():
    weaknesses = Finding.objects.published().weaknesses().about_police().filter(inspection=OuterRef("pk"))
    return {
        "any": Count("pk", filter=Exists(weaknesses)),
        "serious": Count("pk", filter=Exists(weaknesses.serious())),
        "total": Count("pk"),
        "read": Count("pk", filter=Q(coverage__in=("all", "police"))),
    }


def with_weakness_of(inspections, agency):
    """Those of the inspections with at least one published weakness attributed to the agency."""
    weaknesses = Finding.objects.published().weaknesses().filter(attributed_to=agency)
    return inspections.filter(Exists(weaknesses.filter(inspection=OuterRef("pk"))))


def tally(findings):
    """{weaknesses, serious, strengths} of these findings."""
    return findings.aggregate(**_tally_counts())


def tally_by(findings, *columns):
    """[{columns…, weaknesses, serious, strengths}] of these findings, one row for each value of the columns."""
    return list(findings.order_by().values(*columns).annotate(**_tally_counts()).order_by(*columns))


def tally_by_theme(findings):
    """[{theme, weaknesses, serious, strengths}] for themes in use, merged themes counted with their successor."""
    counts = {row.pop("theme"): row for row in tally_by(findings, "theme")}
    families = Theme.families()
    rows = []
    for theme in Theme.objects.filter(retired_into=None):
        parts = [counts[member] for member in families[theme.pk] if member in counts]
        if parts:
            rows.append(
                {"theme": theme}
                | {name: sum(part[name] for part in parts) for name in ("weaknesses", "serious", "strengths")}
            )
    return sorted(rows, key=lambda row: (-row["serious"], -row["weaknesses"], row["theme"].order))


def tally_by_year(findings):
    """[{year, weaknesses, serious, strengths}] by year of publication of the inspection, newest first."""
    rows = (
        findings.order_by()
        .annotate(year=ExtractYear("inspection__published_on"))
        .values("year")
        .annotate(**_tally_counts())
        .order_by("-year")
    )
    return list(rows)


def _tally_counts():
    return {
        "weaknesses": Count("pk", filter=IS_WEAKNESS),
        "serious": Count("pk", filter=IS_SERIOUS),
        "strengths": Count("pk", filter=IS_STRENGTH),
    }
