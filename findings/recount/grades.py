"""Grades: distributions by question, and one agency's grades over time: counted again."""

from .agencies import GOOD_OR_BETTER_ON
from .expected import Told, expect


def _latest(judgements, key):
    """{key: {agency: its latest grade}}, of judgements oldest first."""
    latest = {}
    for judgement in judgements:
        latest.setdefault(key(judgement), {})[judgement["subject_id"]] = judgement
    return latest


def _grades(asked, scale):
    return [grade for grade in asked.rows.grades if grade["scale_id"] == scale]


def _distribution(asked, latest, heading, *, forces=None):
    """A row for each question; a link opens the inspections that gave the grades, which may be fewer."""
    labels = []
    for given in latest.values():
        for grade in _grades(asked, next(iter(given.values()))["grade__scale_id"]):
            if grade["label"] not in labels:
                labels.append(grade["label"])
    rows = []
    for key, given in latest.items():
        first = next(iter(given.values()))
        scale = {grade["label"] for grade in _grades(asked, first["grade__scale_id"])}
        cells = []
        for label in labels:
            at = [judgement for judgement in given.values() if judgement["grade__label"] == label]
            cells.append(_agencies(at) if label in scale else None)
        row = [heading(key, first), *cells, _agencies(given.values())]
        if forces is not None:
            row.append(len(forces - set(given)))
        rows.append(row)
    last = ["Not recorded"] if forces is not None else []
    return expect(rows=rows, columns=["Question", *labels, "Graded", *last])


def _agencies(judgements):
    judgements = list(judgements)
    return Told(len(judgements), listed=len({judgement["inspection_id"] for judgement in judgements}))


def grades_of_councils(asked):
    given = [
        judgement
        for judgement in asked.known_grades
        if judgement["inspection_id"] in asked.inspections
        and not asked.rows.is_force(judgement["subject_id"])
    ]
    latest = _latest(given, lambda judgement: judgement["area_id"])
    return _distribution(
        asked, latest, lambda key, first: f"{first['area__framework__code']}: {first['area__name']}"
    )


def grades_of_forces(asked):
    given = [
        judgement
        for judgement in asked.known_grades
        if judgement["inspection"]["cycle"]
        and asked.rows.is_force(judgement["subject_id"])
        and not asked.rows.agencies[judgement["subject_id"]]["special"]
    ]
    latest = _latest(given, lambda judgement: (judgement["area_id"], judgement["inspection"]["cycle"]))
    return _distribution(
        asked, latest, lambda key, first: f"{key[1]}: {first['area__name']}", forces=asked.forces
    )


def _history(asked, agency):
    """[(judgement, is the latest on its question, the other cells of its row)] of one agency, oldest first."""
    grades = [judgement for judgement in asked.known_grades if judgement["subject_id"] == agency]
    newest = {judgement["area__code"]: judgement["pk"] for judgement in grades}
    before, rows = {}, []
    for judgement in grades:
        question, day = judgement["area__code"], judgement["inspection"]["published_on"]
        cells = (
            judgement["grade__label"],
            _compared(judgement, before.get(question)),
            judgement["grade__scale__name"],
            day,
            _age(day, asked.on),
        )
        rows.append((judgement, newest[question] == judgement["pk"], cells))
        before[question] = judgement
    return rows


def grade_history(asked):
    return expect(
        rows=[
            (Told(judgement["area__name"], note="latest" if latest else ""), *cells)
            for judgement, latest, cells in _history(asked, asked.force or asked.council)
        ]
    )


def latest_grades(asked):
    return expect(
        rows=[
            (asked.rows.name(force), judgement["area__name"], *cells)
            for force in asked.forces
            for judgement, latest, cells in _history(asked, force)
            if latest and judgement["area__code"] in GOOD_OR_BETTER_ON
        ]
    )


def _compared(judgement, earlier):
    if earlier is None:
        return "First grade known"
    if earlier["grade__scale_id"] != judgement["grade__scale_id"]:
        words = "Not comparable: another scale"
    elif judgement["grade__rank"] < earlier["grade__rank"]:  # rank 1 is the best
        words = "Better than before"
    elif judgement["grade__rank"] > earlier["grade__rank"]:
        words = "Worse than before"
    else:
        words = "As before"
    return f"{words} ({earlier['grade__label']}, {earlier['inspection']['published_on']:%B %Y})"


def _age(day, on):
    """Whole years and months that have passed."""
    months = 12 * (on.year - day.year) + on.month - day.month
    if on.day < day.day:
        months -= 1
    years, rest = months // 12, months % 12
    words = [f"{years} year{'' if years == 1 else 's'}"] if years else []
    if rest or not years:
        words.append(f"{rest} month{'' if rest == 1 else 's'}")
    return " ".join(words)
