"""To whom recommendations are addressed: often not to those whose practice they are about."""

from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from agencies.tables import Cell, Column, Table

from ..statistics import follow_up
from .figure import Section, Value, figure
from .measured import ABOUT_POLICE, NO_RECOMMENDATIONS, TAKES


@figure(
    "addressees",
    takes=TAKES,
    number="12, 14",
    title=_("Recommendations by addressee"),
    counts=_(
        "Recommendations about the police by the agency they are addressed to: often not the one whose practice it is. "
        "On the page of a force or a council also the recommendations that are addressed to it, whomever they are "
        "about, and how many of them are open."
    ),
    of=_("Recommendations issued before the day, whatever the window."),
    leaves_out=ABOUT_POLICE,
    windowed=False,
)
def addressees(scope):
    rows = follow_up.by_addressee(scope.recommendations, scope.on, scope.known.findings)
    agencies = Agency.objects.in_bulk({row["addressee"] for row in rows})
    cells = []
    for row in sorted(rows, key=lambda row: (-row["open"], agencies[row["addressee"]].official_name)):
        agency = agencies[row["addressee"]]
        urls = {
            name: scope.recommendations_url(measure, addressee=agency.slug)
            for name, measure in (("total", ""), ("open", "open"), ("overdue", "overdue"))
        }
        cells.append(
            (
                Cell(agency.full_name, scope.agency_url(agency)),
                Cell(row["total"], urls["total"], _("recommendations")),
                Cell(row["open"], urls["open"] if row["open"] else "", _("open")),
                Cell(row["overdue"], urls["overdue"] if row["overdue"] else "", _("past the date first set")),
            )
        )
    table = Table(
        code="addressees",
        title=_("Recommendations by addressee, most open ones first"),
        columns=(
            Column(_("Addressed to")),
            Column(_("Recommendations"), numeric=True),
            Column(_("Open"), numeric=True),
            Column(_("Past the due date first set"), numeric=True),
        ),
        rows=tuple(cells),
        empty=NO_RECOMMENDATIONS,
    )
    agency = None if scope.inspection else scope.force or scope.council
    return Section(values=(_addressed_to(scope, agency),) if agency else (), table=table)


def _addressed_to(scope, agency):
    """The open ones of all that are addressed to the agency, whomever they are about."""
    addressed = scope.known.recommendations.addressed_to(agency)
    counts = follow_up.counts(addressed, scope.on, scope.known.findings)
    anywhere = {"force": "", "council": "", "about_police": "", "addressee": agency.slug}
    return Value(
        n=counts["open"],
        total=counts["all"],
        label=_("recommendations addressed to it are open, whomever they are about"),
        url=scope.recommendations_url("open", **anywhere),
        total_url=scope.recommendations_url(**anywhere),
        nothing=NO_RECOMMENDATIONS,
    )
