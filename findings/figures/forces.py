"""Figures of forces: force by force, the inspections and the councils of one."""

from dataclasses import replace

from django.db.models import Count, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Policing
from agencies.tables import Cell, Column, Table
from inspections.models.life import READ_FOR_POLICE

from ..statistics.forces import by_force, inspected, with_serious_weakness
from ..statistics.themes import tally_by
from .cells import NOTHING, THREE_COLUMNS, in_order, life_of, read_of, three_cells
from .figure import Section, Value, figure

ORDERS = {
    "force": lambda row: row["force"].official_name,
    "inspections": lambda row: (row["concerned"] or {"inspections": 0})["inspections"],
    "weaknesses": lambda row: row["tally"]["weaknesses"] if _is_known(row) else None,
    "serious": lambda row: row["tally"]["serious"] if _is_known(row) else None,
    "strengths": lambda row: row["tally"]["strengths"] if _is_known(row) else None,
}


def _is_known(row):
    """Whether a report on the force was read, or a finding says what none read would."""
    return bool((row["concerned"] or {"read": 0})["read"]) or any(row["tally"][name] for name in NOTHING)


@figure(
    "forces-with-serious-weakness",
    number="3",
    title=_("Forces with a serious weakness"),
    counts=_(
        "Territorial forces with at least one published serious or critical weakness attributed to them by an "
        "inspection of the window."
    ),
    of=_(
        "Territorial forces that an inspection of the window concerns: the force itself was inspected, polices the "
        "inspected council on the last day of fieldwork or took part; or a finding is attributed to it."
    ),
    leaves_out=_(
        "Forces without an inspection in the window: listed as such, not as clean. A force whose reports "
        "nobody has read counts among the inspected ones; how many have a report read stands beside it."
    ),
)
def forces_with_serious_weakness(scope):
    forces = scope.known.forces
    seen = inspected(forces, scope.inspections, scope.findings)
    n, total = with_serious_weakness(forces, scope.inspections, scope.findings).count(), seen.count()
    read = inspected(forces, scope.read, scope.findings).count()
    value = Value(
        n=n,
        total=total,
        read=read,
        label=_("forces have a serious weakness found in the window"),
        url=scope.figure_url("forces-with-serious-weakness"),
        tone="alert" if n else "",
        nothing=_("No forces inspected"),
        note=_now("%(n)s of %(all)s territorial forces were not inspected")
        % {"n": forces.count() - total, "all": forces.count()},
    )
    return Section(values=(value,), table=force_table(scope))


def force_table(scope):
    """Every territorial force with what was published in the window; those not inspected named as such."""
    forces = list(scope.known.forces)
    others = Agency.objects.forces().filter(pk__in=scope.findings_within.values("attributed_to"))
    special = list(others.exclude(pk__in=[force.pk for force in forces]))
    return force_rows(
        scope,
        [*forces, *special],
        code="forces",
        title=_("Territorial forces, and others with a finding"),
        sortable=True,
    )


def force_rows(scope, forces, *, code, title, sortable=False):
    """A row for each of the forces: its inspections of the window, and its findings."""
    counts = by_force(scope.inspections, scope.known.findings)
    tallies = {row["attributed_to"]: row for row in tally_by(scope.findings_within, "attributed_to")}
    rows = [
        {"force": force, "concerned": counts.get(force.pk), "tally": tallies.get(force.pk, NOTHING)}
        for force in forces
    ]
    if sortable:
        rows = in_order(sorted(rows, key=ORDERS["force"]), scope.sort, ORDERS, "force")
    columns = (
        Column(_("Force"), sort="force"),
        Column(_("Inspections"), numeric=True, sort="inspections"),
        Column(_("Read for findings"), numeric=True),
        Column(_("With a weakness of the force"), numeric=True),
        Column(_("With a serious one"), numeric=True),
        Column(_("Weaknesses"), numeric=True, sort="weaknesses"),
        Column(_("Serious or critical"), numeric=True, sort="serious"),
        Column(_("Strengths"), numeric=True, sort="strengths"),
    )
    return Table(
        code=code,
        title=title,
        columns=columns if sortable else tuple(replace(column, sort="") for column in columns),
        rows=tuple(_force_row(scope, row) for row in rows),
        note=_("“–”: no inspection of the window concerns the force, or no report on it was read."),
    )


def _force_row(scope, row):
    force, counts = row["force"], row["concerned"]
    slug = force.slug
    name = Cell(force.full_name, scope.agency_url(force))
    urls = scope.three_urls(agency=slug, about_police="")
    read = counts["read"] if counts else 0
    none = Cell(None, label=_("not inspected") if not counts else _("no report read"))
    three = three_cells(row["tally"], urls) if _is_known(row) else (none, none, none)
    if not counts:
        return (name, Cell(0, label=_("not inspected")), *[none] * 3, *three)
    shares = (
        Cell(
            counts["found"],
            scope.inspections_url(force=slug, read="yes", about=slug) if counts["found"] else "",
            _("with a weakness"),
        ),
        Cell(
            counts["serious"],
            scope.inspections_url(force=slug, read="yes", about=slug, weakness="serious")
            if counts["serious"]
            else "",
            _("with a serious weakness"),
        ),
    )
    return (
        name,
        Cell(counts["inspections"], scope.inspections_url(force=slug), _("inspections")),
        Cell(read, scope.inspections_url(force=slug, read="yes") if read else "", _("read for findings")),
        *(shares if read else (none, none)),
        *three,
    )


@figure(
    "force-inspections",
    takes=("force",),
    needs=("force",),
    number="1, 3",
    title=_("Inspections read that found a weakness of the force"),
    counts=_(
        "Inspections with at least one published weakness attributed to the force, alone or with partners."
    ),
    of=_(
        "Inspections of the window that concern the force (of the force itself, of a council that it policed on the "
        "last day of fieldwork, or in which it took part) and whose findings about the police are recorded here. A "
        "joint inspection counts once for each force that it concerns."
    ),
    leaves_out=_("Inspections whose reports nobody has read: their number is given."),
)
def force_inspections(scope):
    counts = by_force(scope.inspections, scope.known.findings).get(scope.force.pk) if scope.force else None
    counts = counts or {"inspections": 0, "read": 0, "found": 0, "serious": 0}
    slug = scope.force.slug if scope.force else ""
    note = read_of(counts["read"], counts["inspections"])
    values = tuple(
        Value(
            n=counts[name],
            total=counts["read"],
            label=label,
            url=scope.inspections_url(read="yes", about=slug, **filters),
            total_url=scope.inspections_url(read="yes"),
            nothing=_("No inspections read"),
            note=note,
            tone="alert" if name == "serious" and counts[name] else "",
        )
        for name, label, filters in (
            (
                "serious",
                _("inspections read found a serious weakness of this force"),
                {"weakness": "serious"},
            ),
            ("found", _("inspections read found a weakness of this force"), {}),
        )
    )
    return Section(values=values)


@figure(
    "councils",
    takes=("force",),
    needs=("force",),
    number="10",
    title=_("Councils of the force"),
    counts=_(
        "For each council that the force polices or policed: inspections of the window, those read for findings, "
        "and the findings about the force in them."
    ),
    of=_("Councils with a recorded time of policing by the force."),
    leaves_out=_("Findings about the force in inspections of councils that it never policed."),
)
def councils(scope):
    policed = (
        Policing.objects.filter(force=scope.force, authority__in=scope.known.agencies)
        .select_related("authority")
        .order_by("authority__name", "valid_from")
    )
    councils = {policing.authority_id: policing.authority for policing in policed}
    inspected_ones = {
        row["inspected_agency"]: row
        for row in scope.inspections.order_by().values("inspected_agency").annotate(**_reading())
    }
    tallies = {
        row["inspection__inspected_agency"]: row
        for row in tally_by(scope.findings_within, "inspection__inspected_agency")
    }
    rows = []
    for pk, council in councils.items():
        counts = inspected_ones.get(pk, {"inspections": 0, "read": 0})
        urls = scope.three_urls(council=council.slug)
        tallied = tallies.get(pk, NOTHING)
        none = Cell(None, label=_("no report read"))
        is_known = counts["read"] or any(tallied[name] for name in NOTHING)
        three = three_cells(tallied, urls) if is_known else (none,) * 3
        rows.append(
            (
                Cell(council.full_name, scope.agency_url(council), note=life_of(council)),
                Cell(
                    counts["inspections"],
                    scope.inspections_url(agency=council.slug) if counts["inspections"] else "",
                    _("inspections"),
                ),
                Cell(
                    counts["read"],
                    scope.inspections_url(agency=council.slug, read="yes") if counts["read"] else "",
                    _("read for findings"),
                ),
                *three,
            )
        )
    table = Table(
        code="councils",
        title=_("Councils policed, with findings about the force"),
        columns=(
            Column(_("Council")),
            Column(_("Inspections"), numeric=True),
            Column(_("Read for findings"), numeric=True),
            *THREE_COLUMNS,
        ),
        rows=tuple(rows),
        empty=_("This force polices no council area."),
    )
    return Section(table=table)


def _reading():
    return {"inspections": Count("pk"), "read": Count("pk", filter=Q(coverage__in=READ_FOR_POLICE))}
