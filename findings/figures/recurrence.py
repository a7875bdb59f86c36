"""Weaknesses that came back."""

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from agencies.tables import Cell, Column, Table

from ..models.life import WEAKNESSES
from ..statistics.themes import linked_to_earlier, recurrence, recurring_pairs
from .figure import Section, Value, figure


@figure(
    "recurrence",
    takes=("force", "council", "theme", "inspection"),
    number="8",
    title=_("Weaknesses that came back"),
    counts=_(
        "Pairs of a force and a theme with a weakness in the window and an earlier published one, in another "
        "inspection published at most 36 months before."
    ),
    of=_("Pairs of a force and a theme with a weakness in the window."),
    leaves_out=_(
        "Weaknesses of two inspections published on the same day: neither is the earlier one. Reports that "
        "nobody has read add nothing, so that the figure can only be too low."
    ),
)
def recurring_themes(scope):
    pairs = recurrence(scope.recurring)
    value = Value(
        n=pairs.n,
        total=pairs.total,
        label=_("pairs of a force and a theme had a weakness in the 36 months before, too"),
        url=scope.figure_url("recurrence") if pairs.total else "",
        nothing=_("No weaknesses"),
    )
    rows = recurring_pairs(scope.recurring)
    forces = Agency.objects.in_bulk({row["attributed_to"] for row in rows})
    themes = {theme.pk: theme for theme in scope.known.themes()}
    listed = sorted(
        rows,
        key=lambda row: (
            not row["n"],
            forces[row["attributed_to"]].official_name,
            themes[row["counted_as"]].order,
        ),
    )
    cells = []
    for row in listed:
        force, theme = forces[row["attributed_to"]], themes[row["counted_as"]]
        urls = {"theme": theme.code, "finding_type": WEAKNESSES, "agency": force.slug, "about_police": ""}
        cells.append(
            (
                Cell(force.full_name, scope.agency_url(force)),
                Cell(theme.name, theme.get_absolute_url()),
                Cell(_now("Yes") if row["n"] else _now("No")),
                Cell(row["weaknesses"], scope.findings_url(**urls), _("weaknesses in the window")),
                Cell(
                    row["n"],
                    scope.findings_url(**urls, recurring="true") if row["n"] else "",
                    _("with an earlier one"),
                ),
            )
        )
    table = Table(
        code="recurrence",
        title=_("Pairs of a force and a theme with a weakness in the window"),
        columns=(
            Column(_("Force")),
            Column(_("Theme")),
            Column(_("Came back")),
            Column(_("Weaknesses in the window"), numeric=True),
            Column(_("Weaknesses with an earlier one"), numeric=True),
        ),
        rows=tuple(cells),
        empty=_("No weakness of the window is attributed to police."),
    )
    return Section(values=(value,), table=table)


@figure(
    "linked",
    takes=("force", "council", "inspection"),
    number="8",
    title=_("Linked to an earlier finding"),
    counts=_(
        "Published weaknesses of the window that an inspector linked to an earlier finding of the same."
    ),
    of=_("Published weaknesses of the window attributed to police."),
    leaves_out=_("Likenesses that nobody linked: those are counted as recurrence."),
)
def linked(scope):
    counts = linked_to_earlier(scope.findings_within)
    value = Value(
        n=counts["n"],
        total=counts["total"],
        label=_("weaknesses are linked to an earlier finding of the same"),
        url=scope.findings_url(linked="true", finding_type=WEAKNESSES),
        total_url=scope.findings_url(finding_type=WEAKNESSES),
        nothing=_("No weaknesses"),
    )
    return Section(values=(value,))
