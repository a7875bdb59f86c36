"""Who was not inspected."""

from django.db.models import Max
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from agencies.days import months_before
from agencies.tables import Cell, Column, Table

from ..statistics.forces import COVERAGE_MONTHS, expected, not_inspected
from .cells import life_of
from .figure import Section, Value, figure


@figure(
    "coverage",
    number="20",
    title=_("Not inspected in 36 months"),
    counts=_(
        "Territorial forces and councils that no inspection concerned in the 36 months before the as-of day: "
        "silence, which is not to be read as good."
    ),
    of=_(
        "Territorial forces of England and Wales, and councils of England, that existed on the as-of day. Ofsted does "
        "not inspect Welsh councils."
    ),
    leaves_out=_(
        "Welsh councils. A council that was formed since may have a predecessor that was inspected. Whatever is "
        "not recorded in this register is not known to it."
    ),
    windowed=False,
)
def coverage(scope):
    due = expected(scope.known.agencies, scope.on)
    silent = not_inspected(due, scope.known.inspections, scope.on)
    values = []
    for forces, label in (
        (True, _("territorial forces not inspected in 36 months")),
        (False, _("English councils not inspected in 36 months")),
    ):
        kind = {"kind": "police_force"} if forces else {"kind": "local_authority"}
        values.append(
            Value(
                silent.filter(**kind).count(),
                label,
                scope.figure_url("coverage"),
                total=due.filter(**kind).count(),
                nothing=_("None exist"),
            )
        )
    latest = _latest_inspections(scope, silent)
    rows = tuple(
        (
            Cell(agency.full_name, scope.agency_url(agency), note=life_of(agency)),
            Cell(agency.get_kind_display()),
            Cell(agency.region),
            Cell(latest.get(agency.pk), label="" if latest.get(agency.pk) else _("none known")),
        )
        for agency in silent.order_by("kind", "official_name")
    )
    table = Table(
        code="coverage",
        title=_now("No inspection known from %(start)s to the as-of day")
        % {"start": _day(months_before(scope.on, COVERAGE_MONTHS))},
        columns=(
            Column(_("Agency")),
            Column(_("Kind")),
            Column(_("Region")),
            Column(_("Latest inspection of its own")),
        ),
        rows=rows,
        empty=_("All were inspected."),
        note=_("“–”: no inspection of its own is recorded here."),
    )
    return Section(values=tuple(values), table=table)


def _latest_inspections(scope, agencies):
    rows = scope.known.inspections.filter(inspected_agency__in=agencies).order_by().values("inspected_agency")
    return dict(rows.annotate(latest=Max("published_on")).values_list("inspected_agency", "latest"))


def _day(day):
    return date_format(day, "j F Y")
