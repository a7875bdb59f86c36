"""Figures by theme: inspections and findings, recurrence, spread, themes on the rise, forces by theme."""

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from agencies.tables import Cell, Column, Table

from ..models.life import WEAKNESSES
from ..statistics.forces import by_council, by_force, inspected
from ..statistics.themes import (
    councils_inspected,
    found_again,
    inspections_by_theme,
    recurrence,
    recurrence_by_theme,
    recurring_pairs,
    rising,
    spread_over_councils,
    spread_over_forces,
    tally,
    tally_by,
    tally_by_force_and_theme,
    tally_by_theme,
)
from .figure import Section, Value, figure

THREE = (
    Column(_("Weaknesses"), numeric=True, sort="weaknesses"),
    Column(_("Serious or critical"), numeric=True, sort="serious"),
    Column(_("Strengths"), numeric=True, sort="strengths"),
)
THREE_LABELS = {
    "weaknesses": _("weaknesses"),
    "serious": _("serious or critical weaknesses"),
    "strengths": _("strengths"),
}


def three_cells(counts, urls):
    """Cells of weaknesses, serious weaknesses and strengths, each opening its rows."""
    return tuple(
        Cell(counts[name], urls[name] if counts[name] else "", label) for name, label in THREE_LABELS.items()
    )


def read_of(read, total):
    """How many of the window's inspections are read, in words; nothing of none."""
    if not total:
        return ""
    return _now("%(read)s of %(total)s inspections of the window are read for findings") % {
        "read": read,
        "total": total,
    }


def in_order(rows, sort, orders, default):
    """The rows in the asked order: `orders` names a key function for each ?sort=; "-" turns it round."""
    key = sort.removeprefix("-")
    if key not in orders:
        key, sort = default.removeprefix("-"), default
    return sorted(rows, key=orders[key], reverse=sort.startswith("-"))


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
    if scope.force:
        spread = spread_over_councils(scope.force, read, scope.known.findings, on)
        spread_total = councils_inspected(scope.force, read)
        spread_heads = (_("Councils"), _("of councils inspected"))
    else:
        spread = spread_over_forces(scope.findings_within, on)
        spread_total = inspected(scope.known.forces, scope.inspections, scope.findings).count()
        spread_heads = (_("Forces"), _("of forces inspected"))
    recurring = recurrence_by_theme(scope.recurring)
    rows = []
    for row in tally_by_theme(scope.findings_within, on):
        theme = row["theme"]
        pairs = recurring.get(theme.pk)
        n = inspections.get(theme.pk, 0)
        about = {"about": scope.force.slug} if scope.force else {}
        rows.append(
            (
                Cell(theme.name, theme.get_absolute_url()),
                Cell(
                    n,
                    scope.inspections_url(read="yes", found=theme.code, **about) if n else "",
                    _("inspections with a weakness"),
                ),
                Cell(total, scope.inspections_url(read="yes"), _("inspections read")),
                *three_cells(row, scope.three_urls(theme=theme.code)),
                Cell(spread.get(theme.pk, 0), scope.figure_url("spread", theme=theme.code), spread_heads[0]),
                Cell(spread_total, label=spread_heads[1]),
                Cell(
                    pairs.n if pairs else 0,
                    scope.figure_url("recurrence", theme=theme.code) if pairs else "",
                    _("recurring"),
                ),
            )
        )
    table = Table(
        code="themes",
        title=_("Findings about the police by theme"),
        columns=(
            Column(_("Theme")),
            Column(_("Inspections with a weakness"), numeric=True),
            Column(_("of inspections read"), numeric=True),
            *(Column(column.label, numeric=True) for column in THREE),
            Column(spread_heads[0], numeric=True),
            Column(spread_heads[1], numeric=True),
            Column(_("Recurring"), numeric=True),
        ),
        rows=tuple(rows),
        empty=_("No published finding of the window is attributed to police."),
    )
    return Section(table=table)


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
                Cell(force.full_name, force.get_absolute_url()),
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
            Column(_("with an earlier one"), numeric=True),
        ),
        rows=tuple(cells),
        empty=_("No weakness of the window is attributed to police."),
    )
    return Section(values=(value,), table=table)


@figure(
    "found-again",
    takes=("force", "council", "inspection"),
    number="9",
    title=_("Found again"),
    counts=_(
        "Published weaknesses of the window that an inspector linked to an earlier finding of the same."
    ),
    of=_("Published weaknesses of the window attributed to police."),
    leaves_out=_(
        "Likenesses that nobody linked: those are counted as recurrence. Closures are not recorded yet."
    ),
)
def linked_again(scope):
    counts = found_again(scope.findings_within)
    value = Value(
        n=counts["n"],
        total=counts["total"],
        label=_("weaknesses are linked to an earlier finding of the same"),
        url=scope.findings_url(linked="true", finding_type=WEAKNESSES),
        total_url=scope.findings_url(finding_type=WEAKNESSES),
        nothing=_("No weaknesses"),
    )
    return Section(values=(value,))


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
                scope.inspections_url(read="yes", found=rise.theme.code, weakness="any"),
                _("inspections in the window"),
            ),
            Cell(rise.total, scope.inspections_url(read="yes"), _("read in the window")),
            Cell(
                rise.n_before,
                earlier.inspections_url(read="yes", found=rise.theme.code, weakness="any"),
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
            Column(_("In the window"), numeric=True),
            Column(_("of inspections read"), numeric=True),
            Column(_("In the window before"), numeric=True),
            Column(_("of inspections read then"), numeric=True),
        ),
        rows=tuple(rows),
        note=_("The window before: %(period)s.") % {"period": before},
        empty=_("None; or fewer than five inspections were read in one of the two windows."),
    )
    return Section(table=table)


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
            Cell(row["council"].full_name, row["council"].get_absolute_url()),
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
        nothing=_("No councils inspected"),
    )
    table = Table(
        code="spread",
        title=_("Councils in whose inspections it was found"),
        columns=(
            Column(_("Council")),
            Column(_("Found")),
            Column(_("Inspections with a weakness"), numeric=True),
            Column(_("of inspections read"), numeric=True),
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
            Cell(force.full_name, force.get_absolute_url()),
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
        _("territorial forces have a weakness of it"),
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
        "total": lambda row: row["total"],
        "read": lambda row: row["read"],
    }
    for index, theme in enumerate(themes):
        orders[theme.code] = lambda row, index=index: (
            row["cells"][index].value or (0 if row["was_read"] else -1)
        )
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
                Cell(row["force"].name, row["force"].get_absolute_url()),
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
