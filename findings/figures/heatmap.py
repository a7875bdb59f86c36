"""Forces and themes: the weaknesses of each pair."""

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from agencies.tables import Cell, Column, Table

from ..models.life import WEAKNESSES
from ..statistics.forces import by_force
from ..statistics.themes import tally_by_force_and_theme
from .cells import in_order
from .figure import Section, figure


@figure(
    "forces-by-theme",
    number="6",
    title=_("Forces and themes"),
    counts=_(
        "Published weaknesses of the window attributed to the force under the theme; beneath, how many of them "
        "are serious or critical."
    ),
    of=_(
        "The territorial forces, and others that a weakness is attributed to. “–”: no report that concerns the force "
        "was read in the window, so that nothing can be said. “0”: read, and none found."
    ),
    leaves_out=_("Reports that nobody has read."),
)
def forces_by_theme(scope):
    on = scope.on
    counts = tally_by_force_and_theme(scope.findings_within.weaknesses(), on)
    read = by_force(scope.read, scope.findings)
    named = {pk for pk, _theme in counts} - set(scope.known.forces.values_list("pk", flat=True))
    forces = [*scope.known.forces, *Agency.objects.filter(pk__in=named)]
    themes = list(scope.known.themes())
    used = {theme for _force, theme in counts}
    themes = [theme for theme in themes if not theme.is_retired or theme.pk in used]
    most = max((row["weaknesses"] for row in counts.values()), default=0)
    rows = []
    for force in forces:
        was_read = force.pk in read
        cells = [
            _heat(scope, force, theme, counts.get((force.pk, theme.pk)), was_read, most) for theme in themes
        ]
        total = sum(
            counts[force.pk, theme.pk]["weaknesses"] for theme in themes if (force.pk, theme.pk) in counts
        )
        rows.append(
            {
                "force": force,
                "total": total,
                "cells": cells,
                "read": read.get(force.pk, {"read": 0})["read"],
                "was_read": was_read,
            }
        )
    orders = {
        "force": lambda row: row["force"].official_name,
        "total": lambda row: row["total"] if row["was_read"] or row["total"] else None,
        "read": lambda row: row["read"],
    }
    for index, theme in enumerate(themes):
        orders[theme.code] = lambda row, index=index: row["cells"][index].value
    by_name = sorted(rows, key=lambda row: row["force"].official_name)
    ordered = in_order(by_name, scope.sort, orders, default="force")
    table = Table(
        code="forces-by-theme",
        title=_("Weaknesses by force and theme"),
        columns=(
            Column(_("Force"), sort="force"),
            Column(_("Reports read"), numeric=True, sort="read", short=_("Read")),
            Column(_("All weaknesses"), numeric=True, sort="total", short=_("All")),
            *(Column(theme.name, numeric=True, sort=theme.code) for theme in themes),
        ),
        rows=tuple(
            (
                Cell(row["force"].name, scope.agency_url(row["force"])),
                Cell(
                    row["read"],
                    scope.inspections_url(force=row["force"].slug, read="yes") if row["read"] else "",
                    _("reports read"),
                ),
                Cell(
                    row["total"] if row["was_read"] or row["total"] else None,
                    scope.findings_url(agency=row["force"].slug, about_police="", finding_type=WEAKNESSES)
                    if row["total"]
                    else "",
                    _("weaknesses") if row["was_read"] or row["total"] else _("no report read"),
                ),
                *row["cells"],
            )
            for row in ordered
        ),
    )
    return Section(table=table)


def _heat(scope, force, theme, counts, was_read, most):
    if counts is None:
        return Cell(0, label=_("none found"), level=0) if was_read else Cell(None, label=_("no report read"))
    url = scope.findings_url(agency=force.slug, about_police="", theme=theme.code, finding_type=WEAKNESSES)
    n, serious = counts["weaknesses"], counts["serious"]
    # Four shades from one weakness to the most that any force has; the number itself is always written.
    level = 1 + (min(n, most) - 1) * 3 // (most - 1) if most > 1 else 1
    note = _now("%(n)s serious") % {"n": serious} if serious else ""
    return Cell(n, url, _("weaknesses"), note=note, level=level)
