"""Figures of grades: distributions by question, and one agency's grades over time."""

from collections import Counter

from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from agencies.listing import url_with
from agencies.models import Kind
from agencies.tables import Cell, Column, Table
from inspections.models import Grade, JudgementArea

from ..statistics.forces import COMPARABLE
from ..statistics.grades import BETTER, FIRST, NOT_COMPARABLE, SAME, WORSE, distributions, moves
from .figure import Section, figure

MOVES = {
    FIRST: _("First grade known"),
    BETTER: _("Better than before"),
    WORSE: _("Worse than before"),
    SAME: _("As before"),
    NOT_COMPARABLE: _("Not comparable: another scale"),
}
GRADE_COLUMNS = (
    Column(_("Question")),
    Column(_("Grade")),
    Column(_("Compared with the one before")),
    Column(_("Scale")),
    Column(_("Published")),
    Column(_("Age")),
)


def _grades_by_scale():
    scales = {}
    for grade in Grade.objects.order_by("rank"):
        scales.setdefault(grade.scale_id, []).append(grade)
    return scales


def _distribution(scope, counts, code, title, *, recorded=None):
    """Table and chart of {(question id, cycle): {grade id: n}}; `recorded`, for forces: the same of those of the day."""
    of_forces = recorded is not None
    areas = JudgementArea.objects.select_related("framework").in_bulk({key[0] for key in counts})
    scales = _grades_by_scale()
    grade_labels = list(
        dict.fromkeys(
            grade.label for key in counts for grade in scales[areas[key[0]].framework.grade_scale_id]
        )
    )
    forces = scope.known.forces.count() if of_forces else None
    ordered = sorted(counts, key=lambda key: (key[1:], areas[key[0]].framework.code, areas[key[0]].order))
    rows, bars = [], []
    for key in ordered:
        area, cycle = areas[key[0]], key[1] if len(key) > 1 else ""
        grades = scales[area.framework.grade_scale_id]
        total = sum(counts[key].values())
        missing = forces - sum(recorded.get(key, {}).values()) if of_forces else 0
        asked = {"question": area.history_key(), "cycle": cycle}
        urls = {grade.label: _grade_url(scope, of_forces, **asked, given=grade.code) for grade in grades}
        by_label = {grade.label: counts[key].get(grade.pk, 0) for grade in grades}
        label = f"{cycle}: {area}" if cycle else f"{area.framework.code}: {area}"
        cells = [
            Cell(by_label[name], urls[name] if by_label[name] else "", name)
            if name in by_label
            else Cell(None, label=_("not on this scale"))
            for name in grade_labels
        ]
        row = [Cell(label), *cells, Cell(total, _grade_url(scope, of_forces, **asked), _("graded"))]
        if of_forces:
            row.append(Cell(missing, label=_("forces not recorded")))
        rows.append(tuple(row))
        bars.append(
            {
                "label": label,
                "parts": [
                    {
                        "label": grade.label,
                        "code": grade.code,
                        "n": by_label[grade.label],
                        "url": urls[grade.label],
                    }
                    for grade in grades
                ],
                "total": total + missing,
                "missing": missing,
                "missing_label": _("not recorded"),
            }
        )
    columns = [
        Column(_("Question")),
        *(Column(name, numeric=True) for name in grade_labels),
        Column(_("Graded"), numeric=True),
    ]
    if of_forces:
        columns.append(Column(_("Not recorded"), numeric=True))
    table = Table(
        code=code,
        title=title,
        columns=tuple(columns),
        rows=tuple(rows),
        empty=_("No grades are known."),
        note=_("No average is formed of grades, and two scales are never compared."),
    )
    return Section(table=table, chart=bars)


def _grade_url(scope, of_forces, **asked):
    if of_forces:
        return url_with("/inspections/", as_of=scope.on.isoformat(), judged="forces", **asked)
    return scope.inspections_url(judged="others", **asked)


@figure(
    "grades-of-councils",
    takes=("force",),
    number="4",
    title=_("Grades given to councils and safeguarding boards"),
    counts=_(
        "For each question of a framework: the agencies at each grade, by their latest grade in the window. An agency "
        "counts once for each question."
    ),
    of=_("Agencies graded on the question in the window."),
    leaves_out=_("“Not graded” is no grade. Grades of forces, which are given in cycles and counted there."),
)
def grades_of_councils(scope):
    judgements = scope.known.judgements.filter(inspection__in=scope.inspections).exclude(
        subject__kind=Kind.POLICE_FORCE
    )
    counts = distributions(judgements)
    return _distribution(
        scope,
        counts,
        "grades-of-councils",
        _("Councils and safeguarding boards at each grade, by question"),
    )


@figure(
    "grades-of-forces",
    number="4",
    title=_("Grades given to forces"),
    counts=_(
        "For each question and cycle of inspections: the forces at each grade, by their latest grade of the cycle."
    ),
    of=_(
        "Forces graded on the question in the cycle. Beside it the territorial forces whose grade is not recorded here: "
        "missing, not good."
    ),
    leaves_out=_("“Not graded” is no grade. Grades published after the as-of day."),
    windowed=False,
)
def grades_of_forces(scope):
    judgements = scope.known.judgements.filter(
        subject__kind=Kind.POLICE_FORCE, subject__special=False
    ).exclude(inspection__cycle="")
    counts = distributions(judgements, "inspection__cycle")
    recorded = distributions(judgements.filter(subject__in=scope.known.forces), "inspection__cycle")
    title = _("Forces at each grade, by cycle and question")
    return _distribution(scope, counts, "grades-of-forces", title, recorded=recorded)


@figure(
    "grade-history",
    takes=("force", "council"),
    needs=("force", "council"),
    number="5",
    title=_("Grades over time"),
    counts=_(
        "Each grade of the agency with its age on the as-of day, and how it compares with the one before on the "
        "same question."
    ),
    leaves_out=_(
        "A grade on another scale is not comparable: the five-tier scale of 2021/22 is not the four-tier one "
        "before it. “Not graded” is no grade."
    ),
    windowed=False,
)
def grade_history(scope):
    agency = scope.force or scope.council
    judgements = scope.known.judgements.filter(subject=agency).select_related(
        "area", "grade__scale", "inspection__framework", "inspection__inspected_agency"
    )
    made = moves(judgements)
    newest = {}
    for move in made:
        newest[move.judgement.area.code] = move
    ordered = sorted(
        made,
        key=lambda move: (-move.judgement.inspection.published_on.toordinal(), move.judgement.area.order),
    )
    rows = tuple(_grade_row(scope, move, newest[move.judgement.area.code] is move) for move in ordered)
    table = Table(
        code="grade-history",
        title=_("Grades, latest first"),
        columns=GRADE_COLUMNS,
        rows=rows,
        empty=_("No grade of its own is recorded here."),
    )
    return Section(table=table, chart=_series(made))


def _grade_row(scope, move, is_latest):
    judgement = move.judgement
    day = judgement.inspection.published_on
    compared = str(MOVES[move.move])
    if move.before is not None:
        compared += f" ({move.before.grade.label}, {date_format(move.before.inspection.published_on, 'F Y')})"
    return (
        Cell(str(judgement.area), note=_now("latest") if is_latest else ""),
        Cell(judgement.grade.label, judgement.inspection.get_absolute_url()),
        Cell(compared),
        Cell(judgement.grade.scale.name),
        Cell(day),
        Cell(age(day, scope.on)),
    )


def age(day, on):
    """Whole years and months from the day to the other, in words."""
    months = (on.year - day.year) * 12 + on.month - day.month - (on.day < day.day)
    years, months = divmod(max(0, months), 12)
    words = [
        ngettext("%(n)s year", "%(n)s years", years) % {"n": years} if years else "",
        ngettext("%(n)s month", "%(n)s months", months) % {"n": months} if months or not years else "",
    ]
    return " ".join(filter(None, words))


@figure(
    "latest-grades",
    number="5",
    title=_("Latest grades of forces"),
    counts=_(
        "The latest grade of each territorial force on protecting vulnerable people and on overall effectiveness, its age "
        "on the as-of day, and how it compares with the one before, if that is on the same scale."
    ),
    leaves_out=_("Grades that are not recorded here. Two scales are never compared."),
    windowed=False,
)
def latest_grades(scope):
    judgements = scope.known.judgements.filter(
        subject__in=scope.known.forces, area__code__in=COMPARABLE
    ).select_related("subject", "area", "grade__scale", "inspection__inspected_agency")
    newest = {(move.judgement.subject_id, move.judgement.area.code): move for move in moves(judgements)}
    ordered = sorted(
        newest.values(), key=lambda move: (move.judgement.subject.official_name, move.judgement.area.name)
    )
    rows = []
    for move in ordered:
        force = move.judgement.subject
        rows.append((Cell(force.full_name, scope.agency_url(force)), *_grade_row(scope, move, False)))
    table = Table(
        code="latest-grades",
        title=_("Latest grade of each force"),
        columns=(Column(_("Force")), *GRADE_COLUMNS),
        rows=tuple(rows),
        empty=_("No grade of a force is known."),
    )
    return Section(table=table)


def _series(made):
    """What the chart of grades over time draws: a series for each question and scale.

    Only questions graded more than once: a single grade is no history, and the table has it.
    """
    scales = _grades_by_scale()
    series = {}
    times = Counter(move.judgement.area.code for move in made)
    for move in made:
        judgement = move.judgement
        if times[judgement.area.code] == 1:
            continue
        key = (judgement.grade.scale_id, judgement.area.code)
        line = series.setdefault(
            key,
            {
                "question": str(judgement.area),
                "scale_name": judgement.grade.scale.name,
                "ranks": [(grade.rank, grade.label) for grade in scales[judgement.grade.scale_id]],
                "points": [],
            },
        )
        line["points"].append(
            {
                "on": judgement.inspection.published_on,
                "label": judgement.grade.label,
                "rank": judgement.grade.rank,
                "url": judgement.inspection.get_absolute_url(),
            }
        )
    return list(series.values())
