"""Figures by theme: weaknesses and strengths, inspections with each theme, themes on the rise."""

from django.utils.translation import gettext_lazy as _

from agencies.tables import Cell, Column, Table

from ..statistics.forces import inspected
from ..statistics.themes import (
    councils_inspected,
    inspections_by_theme,
    recurrence_by_theme,
    rising,
    spread_over_councils,
    spread_over_forces,
    tally,
    tally_by_theme,
)
from .cells import THREE_COLUMNS, read_of, three_cells
from .figure import Section, Value, figure


@figure(
    "findings",
    takes=("force", "council", "inspection"),
    number="7",
    title=_("Weaknesses and strengths"),
    counts=_(
        "Published findings of the window attributed to police: weaknesses (areas for improvement, weaknesses, areas "
        "for priority action, causes of concern), those of them that are serious or critical, and strengths. Three "
        "counts; no ratio is formed of them."
    ),
    leaves_out=_("Observations, and findings attributed to others."),
)
def findings(scope):
    counts, urls = tally(scope.findings_within), scope.three_urls()
    total, read = scope.inspections_total, scope.read_total
    note = read_of(read, total)
    if not read and not any(counts.values()):
        # Silence of reports that nobody has read is not "none".
        counts, urls = dict.fromkeys(counts), dict.fromkeys(urls, "")
    return Section(
        values=(
            Value(
                counts["serious"],
                _("serious or critical weaknesses"),
                urls["serious"],
                tone="alert" if counts["serious"] else "",
            ),
            Value(counts["weaknesses"], _("weaknesses of any severity"), urls["weaknesses"]),
            Value(counts["strengths"], _("strengths"), urls["strengths"], tone="good", note=note),
        )
    )


@figure(
    "themes",
    takes=("force", "council", "inspection"),
    number="6, 7, 10",
    title=_("By theme"),
    counts=_(
        "For each theme: the inspections with at least one weakness of it attributed to police (an inspection counts "
        "once, however many weaknesses it found); the weaknesses, the serious ones and the strengths; the "
        "territorial forces with at least one weakness of it. Of a force: the councils in whose inspections a "
        "weakness of it was found."
    ),
    of=_(
        "Inspections of the window whose findings about the police are recorded here; territorial forces that an "
        "inspection of the window concerns; of a force: the councils inspected among these."
    ),
    leaves_out=_(
        "Inspections whose reports nobody has read for findings. Merged themes are counted with the one "
        "that took them over by the as-of day."
    ),
)
def themes(scope):
    read, on = scope.read, scope.on
    total = scope.read_total
    # Of a force only inspections that concern it: n is then never more than N.
    inspections = inspections_by_theme(read, scope.findings, on)
    heads, spread, spread_total = _spread(scope)
    recurring = recurrence_by_theme(scope.recurring)
    rows = []
    for row in tally_by_theme(scope.findings_within, on):
        theme = row["theme"]
        pairs = recurring.get(theme.pk)
        n = inspections.get(theme.pk, 0)
        rows.append(
            (
                Cell(theme.name, theme.get_absolute_url()),
                Cell(
                    n,
                    scope.inspections_url(read="yes", found=theme.code, **scope.about) if n else "",
                    _("inspections with a weakness"),
                ),
                Cell(total, scope.inspections_url(read="yes"), _("inspections read")),
                *three_cells(row, scope.three_urls(theme=theme.code)),
                *(_spread_cells(scope, theme, heads, spread.get(theme.pk, 0), spread_total) if heads else ()),
                Cell(
                    pairs.n if pairs else 0,
                    scope.figure_url("recurrence", theme=theme.code) if pairs else "",
                    _("forces where it came back"),
                ),
            )
        )
    table = Table(
        code="themes",
        title=_("Findings about the police by theme"),
        columns=(
            Column(_("Theme")),
            Column(_("Inspections with a weakness"), numeric=True),
            Column(_("Inspections read"), numeric=True),
            *THREE_COLUMNS,
            *(Column(head, numeric=True) for head in heads),
            Column(_("Forces where it came back"), numeric=True),
        ),
        rows=tuple(rows),
        empty=_("No published finding of the window is attributed to police."),
    )
    return Section(table=table)


def _spread(scope):
    """(heads, {theme id: n}, total): over the councils of a force, or nationally over the forces; else nothing."""
    if scope.force:
        counts = spread_over_councils(scope.force, scope.read, scope.known.findings, scope.on)
        total = councils_inspected(scope.force, scope.read)
        return (_("Councils with it"), _("Councils inspected")), counts, total
    if scope.council or scope.inspection:
        return (), {}, 0
    forces = inspected(scope.known.forces, scope.inspections, scope.findings)
    heads = (_("Forces with it"), _("Forces inspected"))
    return heads, spread_over_forces(scope.known.forces, scope.findings_within, scope.on), forces.count()


def _spread_cells(scope, theme, heads, n, total):
    url = scope.figure_url("spread", theme=theme.code) if n else ""
    return Cell(n, url, heads[0]), Cell(total, label=heads[1])


@figure(
    "rising",
    takes=("force",),
    number="6",
    title=_("Themes on the rise"),
    counts=_(
        "Themes found in a larger share of the inspections read than in the window before: the same days a year "
        "earlier; for days of your choice, as many days just before."
    ),
    of=_(
        "Inspections of each window whose findings about the police are recorded here; both counts are shown."
    ),
    leaves_out=_("Windows with fewer than five inspections read: no rise is claimed from so few."),
)
def rising_themes(scope):
    before = scope.period.before
    if before is None:
        return Section(note=_("Choose a window: there is nothing before everything."))
    earlier = scope.of(period=before)
    rises = rising(scope.read, earlier.read, scope.findings, scope.on)
    rows = [
        (
            Cell(rise.theme.name, rise.theme.get_absolute_url()),
            Cell(
                rise.n,
                scope.inspections_url(read="yes", found=rise.theme.code, **scope.about),
                _("inspections in the window"),
            ),
            Cell(rise.total, scope.inspections_url(read="yes"), _("read in the window")),
            Cell(
                rise.n_before,
                earlier.inspections_url(read="yes", found=rise.theme.code, **scope.about),
                _("inspections before"),
            ),
            Cell(rise.total_before, earlier.inspections_url(read="yes"), _("read before")),
        )
        for rise in rises
    ]
    table = Table(
        code="rising",
        title=_("Themes found in a larger share of inspections than before"),
        columns=(
            Column(_("Theme")),
            Column(_("Inspections with it"), numeric=True),
            Column(_("Inspections read"), numeric=True),
            Column(_("Before: with it"), numeric=True),
            Column(_("Before: inspections read"), numeric=True),
        ),
        rows=tuple(rows),
        note=_("The window before: %(period)s.") % {"period": before},
        empty=_("None; or fewer than five inspections were read in one of the two windows."),
    )
    return Section(table=table)
