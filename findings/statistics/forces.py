"""Force by force: inspections and weaknesses of each, who was not inspected, where inspectorates differ."""

from datetime import date

from django.db.models import BigIntegerField, Case, Count, Exists, F, OuterRef, Q, Value, When

from agencies.days import months_before
from agencies.models import Kind, Nation, Succession
from inspections.models import Concern
from inspections.models.life import READ_FOR_POLICE

COVERAGE_MONTHS = 36
DIVERGENCE_MONTHS = 24
# The questions on which two inspectorates can be said to differ about the protection of children.
COMPARABLE = ("protecting-vulnerable-people", "overall-effectiveness")
GOOD_OR_BETTER = ("outstanding", "good")


def by_force(inspections, findings):
    """{force id: {inspections, read, found, serious, councils, councils_found}} of the forces concerned.

    Unit: inspections that concern the force, a joint one once for each force; `read` of them for findings about
    the police; `found` of those with a weakness attributed to this force, `serious` with a serious one.
    `councils` and `councils_found`: the different councils that it policed among read and found.
    """
    weaknesses = findings.weaknesses().filter(
        inspection=OuterRef("inspection"), attributed_to=OuterRef("force")
    )
    read = Q(inspection__coverage__in=READ_FOR_POLICE)
    council = Q(polices=1)
    rows = (
        Concern.objects.filter(inspection__in=inspections)
        .annotate(has_weakness=Exists(weaknesses), has_serious=Exists(weaknesses.serious()))
        .order_by()
        .values("force")
        .annotate(
            inspections=Count("inspection"),
            read=Count("inspection", filter=read),
            found=Count("inspection", filter=read & Q(has_weakness=True)),
            serious=Count("inspection", filter=read & Q(has_serious=True)),
            councils=Count("inspection__inspected_agency", distinct=True, filter=read & council),
            councils_found=Count(
                "inspection__inspected_agency",
                distinct=True,
                filter=read & council & Q(has_weakness=True),
            ),
        )
    )
    return {row.pop("force"): row for row in rows}


def by_council(force, inspections, weaknesses):
    """[{council id, read, found}] of the councils that these inspections inspected while the force policed them.

    `read`: how many of the inspections; `found`: those with one of the weaknesses.
    """
    return list(
        Concern.objects.filter(
            force=force,
            polices=1,
            inspection__in=inspections,
        )
        .annotate(
            has_weakness=Exists(weaknesses.filter(inspection=OuterRef("inspection"))),
            council=F("inspection__inspected_agency"),
        )
        .order_by()
        .values("council")
        .annotate(read=Count("inspection"), found=Count("inspection", filter=Q(has_weakness=True)))
    )


def inspected(forces, inspections, findings):
    """Those of the forces that one of the inspections concerns, or that one of its findings is attributed to."""
    concerned = Concern.objects.filter(force=OuterRef("pk"), inspection__in=inspections)
    attributed = findings.filter(attributed_to=OuterRef("pk"), inspection__in=inspections)
    return forces.filter(Exists(concerned) | Exists(attributed))


def with_serious_weakness(forces, inspections, findings):
    """Those of the forces with at least one serious weakness found by one of the inspections (statistic 3)."""
    serious = findings.weaknesses().serious().filter(inspection__in=inspections)
    return forces.filter(Exists(serious.filter(attributed_to=OuterRef("pk"))))


def expected(agencies, on: date):
    """Those of the agencies that inspections are expected of on that day: territorial forces, councils of England.

    Ofsted does not inspect Welsh councils: their silence is not a gap.
    """
    councils = Q(kind=Kind.LOCAL_AUTHORITY, nation=Nation.ENGLAND)
    forces = Q(kind=Kind.POLICE_FORCE, special=False)
    return agencies.open_on(on).filter(councils | forces)


def not_inspected(agencies, inspections, on: date):
    """Those of the agencies that no inspection concerned in the 36 months before the day (statistic 20).

    `inspections`: all known on that day. A council is concerned by its own inspections, a force by those that
    `Concern` names.
    """
    recent = inspections.published_within(months_before(on, COVERAGE_MONTHS), on)
    own = recent.filter(inspected_agency=OuterRef("pk"))
    concerning = Concern.objects.filter(force=OuterRef("pk"), inspection__in=recent)
    return agencies.filter(~Exists(own), ~Exists(concerning))


def _one_inspectorate(column):
    """An expression: the inspectorate in that column, or the one that succeeded it (HMIC: HMICFRS)."""
    successors = dict(
        Succession.objects.filter(predecessor__kind=Kind.INSPECTORATE).values_list("predecessor", "successor")
    )
    renamed = []
    for predecessor in successors:
        last, seen = predecessor, set()
        while last in successors and last not in seen:
            seen.add(last)
            last = successors[last]
        renamed.append(When(**{column: predecessor}, then=Value(last)))
    return Case(*renamed, default=F(column), output_field=BigIntegerField())


def good_grades(judgements):
    """The latest grades of police forces that are good or better, by inspectorate and comparable question.

    `judgements`: all known. Latest: no later grade by the same inspectorate (or its predecessor) on the same
    question, on whatever scale. Grades are never compared across scales; each stands for itself.
    """
    given = judgements.filter(
        subject__kind=Kind.POLICE_FORCE, area__code__in=COMPARABLE, grade__isnull=False
    ).annotate(by=_one_inspectorate("inspection__lead_inspectorate"))
    later = given.filter(
        Q(inspection__published_on__gt=OuterRef("inspection__published_on"))
        | Q(inspection__published_on=OuterRef("inspection__published_on"), pk__gt=OuterRef("pk")),
        subject=OuterRef("subject"),
        area__code=OuterRef("area__code"),
        by=OuterRef("by"),
    )
    return given.filter(~Exists(later), grade__code__in=GOOD_OR_BETTER)


def diverging(findings, judgements, on: date):
    """(serious weaknesses, good grades): each of a force for which two inspectorates differ (statistic 19).

    Serious weaknesses published in the 24 months before the day, where another inspectorate's latest grade of
    the force is good or better, and those grades. A prompt to look, not a contradiction.
    """
    recent = (
        findings.weaknesses()
        .serious()
        .about_police()
        .filter(
            inspection__published_on__gte=months_before(on, DIVERGENCE_MONTHS),
            inspection__published_on__lt=on,
        )
        .annotate(by=_one_inspectorate("inspection__lead_inspectorate"))
    )
    good = good_grades(judgements)
    others_good = good.filter(subject=OuterRef("attributed_to")).exclude(by=OuterRef("by"))
    others_serious = recent.filter(attributed_to=OuterRef("subject")).exclude(by=OuterRef("by"))
    return recent.filter(Exists(others_good)), good.filter(Exists(others_serious))


def recently_serious(findings, on: date):
    """Serious weaknesses of police published in the 24 months before the day: what divergence is looked for in."""
    start = months_before(on, DIVERGENCE_MONTHS)
    serious = findings.weaknesses().serious().about_police()
    return serious.filter(inspection__published_on__gte=start, inspection__published_on__lt=on)
