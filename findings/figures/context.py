"""What stands around a figure: the timeline of an agency, forces to compare with, what one inspection found."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.geography import neighbours_of
from agencies.models import Agency
from agencies.tables import Cell, Column, Table
from inspections.models import Judgement

from ..models import Theme
from ..statistics.themes import tally_by, tally_by_theme
from .cells import NOTHING, THREE_COLUMNS, three_cells
from .figure import Section, figure
from .forces import force_rows

LATEST = 25  # inspections that a timeline draws; its table has them all


@figure(
    "timeline",
    number="–",
    takes=("force", "council"),
    needs=("force", "council"),
    title=_("Timeline"),
    counts=_(
        "Inspections by all inspectorates that concern the agency, with what each found: findings attributed to it (of "
        "a council’s inspections: those about the police), and its own overall grade; and findings withdrawn since."
    ),
    leaves_out=_(
        "Letters and responses are not recorded yet. Inspections whose date of publication is not known."
    ),
)
def timeline(scope):
    inspections = scope.inspections.select_related("framework", "inspected_agency", "lead_inspectorate")
    counts = {row["inspection"]: row for row in tally_by(scope.findings_within, "inspection")}
    grades = {}
    for judgement in (
        Judgement.objects.visible_to(scope.known.user)
        .filter(
            inspection__in=scope.inspections,
            area__code="overall-effectiveness",
            grade__isnull=False,
            subject=scope.force or scope.council,
        )
        .select_related("grade", "area")
    ):
        grades.setdefault(judgement.inspection_id, judgement)
    entries = [
        {
            "on": inspection.published_on,
            "inspection": inspection,
            "counts": (found := counts.get(inspection.pk, NOTHING)),
            # A finding says what a report that nobody has read would not.
            "read": inspection.is_read_for_police or any(found[name] for name in NOTHING),
            "judgement": grades.get(inspection.pk),
        }
        for inspection in inspections.order_by("-published_on", "-pk")
    ]
    rows = tuple(
        (
            Cell(entry["inspection"].published_on),
            Cell(str(entry["inspection"]), entry["inspection"].get_absolute_url()),
            Cell(entry["inspection"].lead_inspectorate.name),
            Cell(
                entry["judgement"].grade.label if entry["judgement"] else None,
                label="" if entry["judgement"] else _("no grade of its own"),
            ),
            *(
                Cell(
                    entry["counts"][name] if entry["read"] else None,
                    label="" if entry["read"] else _("not read"),
                )
                for name in NOTHING
            ),
        )
        for entry in entries
    )
    table = Table(
        code="timeline",
        title=_("Inspections, latest first"),
        columns=(
            Column(_("Published")),
            Column(_("Inspection")),
            Column(_("Inspectorate")),
            Column(_("Grade of its own")),
            *THREE_COLUMNS,
        ),
        rows=rows,
        empty=_("No inspection of the window concerns it."),
    )
    drawn = entries[:LATEST]
    withdrawn = list(
        scope.withdrawn_since.select_related(
            "inspection__inspected_agency",
            "inspection__framework",
            "version_of__inspection__inspected_agency",
            "version_of__inspection__framework",
        )
    )
    for finding in withdrawn:
        now = finding.as_now
        drawn.append({"on": timezone.localdate(now.withdrawn_at), "withdrawn": now})
    drawn.sort(key=lambda entry: entry["on"], reverse=True)
    return Section(table=table, chart=drawn)


@figure(
    "neighbours",
    number="–",
    takes=("force",),
    needs=("force",),
    title=_("Beside its neighbours"),
    counts=_(
        "The same counts for the forces that share a land boundary with this one. For context only: inspections differ "
        "in number and kind, so that the counts do not rank forces."
    ),
    leaves_out=_("The groups of most similar forces: they are not recorded here."),
)
def neighbours(scope):
    national = scope.of(force=None)
    forces = list(Agency.objects.filter(slug__in=neighbours_of(scope.force.slug)).order_by("official_name"))
    table = force_rows(
        national, [scope.force, *forces], code="neighbours", title=_("This force and those around it")
    )
    return Section(table=table)


@figure(
    "attributed",
    number="7",
    takes=("council",),
    needs=("council",),
    title=_("Findings attributed to the council"),
    counts=_("Published findings attributed to the council itself, by theme."),
    leaves_out=_("Findings about others in its inspections."),
)
def attributed(scope):
    findings = scope.known.findings.filter(
        attributed_to=scope.council,
        inspection__published_on__gte=scope.period.start,
        inspection__published_on__lt=scope.period.end,
    )
    own = {"agency": scope.council.slug, "about_police": "", "council": ""}
    rows = tuple(
        (
            Cell(row["theme"].name, row["theme"].get_absolute_url()),
            *three_cells(row, scope.three_urls(theme=row["theme"].code, **own)),
        )
        for row in tally_by_theme(findings, scope.on)
    )
    table = Table(
        code="attributed",
        title=_("Findings attributed to the council, by theme"),
        columns=(
            Column(_("Theme")),
            *THREE_COLUMNS,
        ),
        rows=rows,
        empty=_("No published finding of the window is attributed to the council."),
    )
    return Section(table=table)


@figure(
    "inspection",
    number="7",
    takes=("inspection",),
    needs=("inspection",),
    title=_("What the inspection found"),
    counts=_("Published findings of the inspection, by the agency that each is attributed to and by theme."),
    leaves_out=_("Observations."),
    windowed=False,
)
def inspection(scope):
    findings = scope.known.findings.filter(inspection=scope.inspection)
    rows = tally_by(findings.annotate(counted_as=Theme.counted_as(scope.on)), "attributed_to", "counted_as")
    agencies = Agency.objects.in_bulk({row["attributed_to"] for row in rows})
    themes = Theme.objects.in_bulk({row["counted_as"] for row in rows})
    ordered = sorted(
        rows,
        key=lambda row: (
            agencies[row["attributed_to"]].official_name,
            themes[row["counted_as"]].order,
            themes[row["counted_as"]].name,
        ),
    )
    cells = []
    for row in ordered:
        agency, theme = agencies[row["attributed_to"]], themes[row["counted_as"]]
        urls = scope.three_urls(window=False, agency=agency.slug, about_police="", theme=theme.code)
        cells.append(
            (
                Cell(agency.full_name, scope.agency_url(agency)),
                Cell(theme.name, theme.get_absolute_url()),
                *three_cells(row, urls),
            )
        )
    table = Table(
        code="inspection",
        title=_("Published findings by agency and theme"),
        columns=(
            Column(_("Attributed to")),
            Column(_("Theme")),
            *THREE_COLUMNS,
        ),
        rows=tuple(cells),
        empty=_("No published finding is recorded here."),
    )
    return Section(table=table)
