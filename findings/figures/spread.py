"""How far a theme spreads: over the councils of a force, over the forces of the country."""

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from agencies.tables import Cell, Column, Table

from ..models.life import WEAKNESSES
from ..statistics.forces import by_council, inspected
from ..statistics.themes import tally_by
from .figure import Section, Value, figure


@figure(
    "spread",
    takes=("force", "theme"),
    number="10",
    title=_("Spread of a theme"),
    counts=_(
        "Of a force: the councils in whose inspections a weakness of the force under the theme was found. Nationally: "
        "the territorial forces with a weakness of it. A council inspected twice counts once."
    ),
    of=_(
        "The councils inspected while the force policed them, in inspections of the window read for findings; "
        "nationally the territorial forces that an inspection of the window concerns."
    ),
    leaves_out=_("Councils whose reports nobody has read."),
)
def spread(scope):
    if scope.force:
        return _spread_over_councils(scope)
    return _spread_over_forces(scope)


def _weaknesses(scope):
    weaknesses = scope.findings_within.weaknesses()
    if scope.theme is None:
        return weaknesses
    return weaknesses.filter(theme__in=scope.theme.families(scope.on)[scope.theme.pk])


def _spread_over_councils(scope):
    themed = {"found": scope.theme.code} if scope.theme else {}
    rows = by_council(scope.force, scope.read, _weaknesses(scope))
    councils = Agency.objects.in_bulk([row["council"] for row in rows])
    rows = sorted(
        ({**row, "council": councils[row["council"]]} for row in rows),
        key=lambda row: (not row["found"], row["council"].official_name),
    )
    n = sum(1 for row in rows if row["found"])
    cells = tuple(
        (
            Cell(row["council"].full_name, scope.agency_url(row["council"])),
            Cell(_now("Yes") if row["found"] else _now("No")),
            Cell(
                row["found"],
                scope.inspections_url(
                    read="yes", agency=row["council"].slug, about=scope.force.slug, **themed
                )
                if row["found"]
                else "",
                _("inspections with a weakness"),
            ),
            Cell(
                row["read"],
                scope.inspections_url(read="yes", agency=row["council"].slug),
                _("inspections read"),
            ),
        )
        for row in rows
    )
    value = Value(
        n,
        _("councils inspected have a weakness of the force"),
        total=len(rows),
        nothing=_("None inspected"),
    )
    table = Table(
        code="spread",
        title=_("Councils in whose inspections it was found"),
        columns=(
            Column(_("Council")),
            Column(_("Found")),
            Column(_("Inspections with a weakness"), numeric=True),
            Column(_("Inspections read"), numeric=True),
        ),
        rows=cells,
        empty=_("No council’s report of the window has been read for findings."),
    )
    return Section(values=(value,), table=table)


def _spread_over_forces(scope):
    forces = inspected(scope.known.forces, scope.inspections, scope.findings)
    weaknesses = _weaknesses(scope)
    counts = {row["attributed_to"]: row["weaknesses"] for row in tally_by(weaknesses, "attributed_to")}
    listed = sorted(forces, key=lambda force: (-counts.get(force.pk, 0), force.official_name))
    themed = {"theme": scope.theme.code} if scope.theme else {}
    cells = tuple(
        (
            Cell(force.full_name, scope.agency_url(force)),
            Cell(_now("Yes") if force.pk in counts else _now("No")),
            Cell(
                counts.get(force.pk, 0),
                scope.findings_url(agency=force.slug, about_police="", finding_type=WEAKNESSES, **themed)
                if force.pk in counts
                else "",
                _("weaknesses"),
            ),
        )
        for force in listed
    )
    value = Value(
        sum(1 for force in listed if force.pk in counts),
        _("territorial forces have a weakness of it")
        if scope.theme
        else _("territorial forces have a weakness"),
        total=len(listed),
        nothing=_("No forces inspected"),
    )
    table = Table(
        code="spread",
        title=_("Territorial forces that an inspection of the window concerns"),
        columns=(Column(_("Force")), Column(_("Has it")), Column(_("Weaknesses"), numeric=True)),
        rows=cells,
        empty=_("No inspection of the window concerns a force."),
    )
    return Section(values=(value,), table=table)
