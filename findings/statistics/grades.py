"""Grades: how many agencies at each, latest and earlier ones of one agency, moves on one scale."""

from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count, Exists, OuterRef, Q


def latest(judgements, *columns):
    """Of several grades of one agency on one question the latest by publication. "Not graded" is no grade.

    With columns, the latest within each of their values.
    """
    given = judgements.filter(grade__isnull=False)
    later = given.filter(
        Q(inspection__published_on__gt=OuterRef("inspection__published_on"))
        | Q(inspection__published_on=OuterRef("inspection__published_on"), pk__gt=OuterRef("pk")),
        **{column: OuterRef(column) for column in ("subject", "area", *columns)},
    )
    return given.filter(~Exists(later))


def distributions(judgements, *columns):
    """{(question id, columns…): {grade id: agencies whose latest grade it is}}, in one query (statistic 4).

    An agency counts once for each question; with a column such as the inspection's cycle, once in each of its
    values.
    """
    rows = (
        latest(judgements, *columns)
        .order_by()
        .values("area", "grade", *columns)
        .annotate(n=Count("subject", distinct=True))
    )
    counts = {}
    for row in rows:
        key = (row["area"], *(row[column] for column in columns))
        counts.setdefault(key, {})[row["grade"]] = row["n"]
    return counts


BETTER, WORSE, SAME, NOT_COMPARABLE, FIRST = "better", "worse", "same", "not_comparable", "first"


@dataclass(frozen=True)
class Move:
    """One grade, and how it compares with the one before on the same question (statistic 5)."""

    judgement: object
    move: str
    before: object = None


def moves(judgements):
    """[Move] by agency, question and then day. Grades of two scales are not comparable.

    A question is the same across frameworks when its code is. `judgements` come with area, grade and
    inspection selected; those without a grade are left out.
    """
    given = judgements.filter(grade__isnull=False).order_by(
        "subject", "area__code", "inspection__published_on", "pk"
    )
    found = []
    for _question, rows in groupby(given, key=lambda judgement: (judgement.subject_id, judgement.area.code)):
        before = None
        for judgement in rows:
            found.append(Move(judgement, _move(before, judgement), before))
            before = judgement
    return found


def _move(before, after):
    if before is None:
        return FIRST
    if before.grade.scale_id != after.grade.scale_id:
        return NOT_COMPARABLE
    if before.grade.rank == after.grade.rank:
        return SAME
    return BETTER if after.grade.rank < before.grade.rank else WORSE
