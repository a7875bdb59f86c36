"""Where two inspectorates seem to differ."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from agencies.tables import Cell, Column, Table

from ..models.life import SERIOUS, WEAKNESSES
from ..statistics.forces import DIVERGENCE_MONTHS, diverging, recently_serious
from ..statistics.themes import tally_by
from .figure import Section, Value, figure


@figure(
    "divergence",
    takes=("force",),
    number="19",
    title=_("Where inspectorates seem to differ"),
    counts=_(
        "Forces with a published serious weakness found by one inspectorate in the 24 months before the as-of day, and "
        "a latest grade of good or better by another on protecting vulnerable people or overall effectiveness. A "
        "prompt to look at both sources, not a contradiction: they asked different questions."
    ),
    of=_("Forces with a published serious weakness in these 24 months."),
    leaves_out=_(
        "HMIC and HMICFRS count as one inspectorate. Grades of other questions. Forces without a recorded "
        "grade: this register does not hold all of them."
    ),
    windowed=False,
)
def divergence(scope):
    findings, grades = diverging(scope.findings, scope.known.judgements, scope.on)
    looked = recently_serious(scope.findings, scope.on)
    n = findings.order_by().values("attributed_to").distinct().count()
    total = looked.order_by().values("attributed_to").distinct().count()
    value = Value(
        n=n,
        total=total,
        label=_("forces with a serious weakness have a good or better grade by another inspectorate"),
        url=scope.figure_url("divergence") if total else "",
        nothing=_("No forces with a serious weakness"),
    )
    counts = {
        (row["attributed_to"], row["inspection__lead_inspectorate__name"]): row["weaknesses"]
        for row in tally_by(findings, "attributed_to", "inspection__lead_inspectorate__name")
    }
    rows = []
    for judgement in grades.select_related(
        "subject",
        "grade",
        "area",
        "inspection__lead_inspectorate",
        "inspection__framework",
        "inspection__inspected_agency",
    ).order_by("subject__official_name", "area__order", "pk"):
        force, inspection = judgement.subject, judgement.inspection
        found = {name: n for (pk, name), n in counts.items() if pk == force.pk}
        rows.append(
            (
                Cell(force.full_name, scope.agency_url(force)),
                Cell(
                    sum(found.values()),
                    scope.findings_url(
                        window=False,
                        agency=force.slug,
                        about_police="",
                        finding_type=WEAKNESSES,
                        severity=SERIOUS,
                        diverging="yes",
                    ),
                    _("serious weaknesses"),
                    note=", ".join(sorted(found)),
                ),
                Cell(judgement.grade.label, inspection.get_absolute_url()),
                Cell(str(judgement.area)),
                Cell(inspection.lead_inspectorate.name),
                Cell(inspection.published_on),
            )
        )
    table = Table(
        code="divergence",
        title=_("Serious weaknesses beside good grades"),
        columns=(
            Column(_("Force")),
            Column(_("Serious weaknesses"), numeric=True),
            Column(_("Latest grade")),
            Column(_("Question")),
            Column(_("Graded by")),
            Column(_("Published")),
        ),
        rows=tuple(rows),
        note=_now("Serious weaknesses published in the %(months)s months before %(day)s.")
        % {"months": DIVERGENCE_MONTHS, "day": date_format(scope.on, "j F Y")},
        empty=_("None among the grades that are recorded here."),
    )
    return Section(values=(value,), table=table)
