"""What became of recommendations, as of a day: open and overdue, answered, closed, claimed (statistics 9, 11-16, 21).

Each count is named in `MEASURES`, which also makes the list behind it: a number and its rows cannot differ.
"""

from datetime import timedelta

from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q

from agencies.days import day_number, months_before

from ..models.follow_up import OPEN, RecommendationStatus
from ..models.stages import Stage
from .medians import median_days
from .themes import YEARS

_S = RecommendationStatus
DAYS_TO_VERIFY = 60
MONTHS_TO_CLOSE = 12
MONTHS_TO_COME_BACK = 24
EVERY = 10**9  # rows
# {code: (issued first so many months before the day, but not so many)}; None: any number
BANDS = {"0-3": (3, 0), "3-6": (6, 3), "6-12": (12, 6), "12-24": (24, 12), "over-24": (None, 24)}
IS_OPEN = Q(status_then__in=OPEN)
IS_DATED = Q(due_on_then__isnull=False)
IS_ANSWERED = Q(answered_on__isnull=False)
STANDS = ~Q(status_then=_S.SUPERSEDED)  # whose successor counts instead, from the first dates


def as_on(recommendations, day, findings):
    """Recommendations issued before the day with what held when it began: `as_known_on`, and what happened before.

    `findings`: all known on the day, among which a weakness may repeat the recommendation's finding.
    """
    answer = Q(responses__number=1, responses__received_on__lt=day)
    closed_long_ago = _entered(day, _S.CLOSED).filter(since__lt=months_before(day, MONTHS_TO_COME_BACK))
    closed = _entered(day, _S.CLOSED).annotate(number=day_number("since"))
    return recommendations.as_known_on(day).alias(
        first_answer=FilteredRelation("responses", condition=answer),
        answered_on=F("first_answer__received_on"),
        was_closed=Exists(_entered(day, _S.CLOSED, _S.NOT_IMPLEMENTED)),
        was_reopened=Exists(_entered(day, _S.REOPENED)),
        # No later than the same day a year after first issue; of 29 February: 28 February.
        was_closed_in_time=Exists(closed.filter(number__lte=day_number(OuterRef("first_issued_on")) + YEARS)),
        was_closed_long_ago=Exists(closed_long_ago),
        was_found_again=Exists(closed_long_ago.filter(Exists(_linked_within_24_months(findings)))),
    )


def _entered(day, *statuses):
    """Stages of the recommendation in one of these statuses that were entered before the day."""
    return Stage.objects.filter(recommendation=OuterRef("pk"), status__in=statuses, since__lt=day)


def _linked_within_24_months(findings):
    """Weaknesses linked to the finding of the stage's recommendation, published in the 24 months after it."""
    return (
        findings.weaknesses()
        .annotate(number=day_number("inspection__published_on"))
        .filter(
            recurrence_of=OuterRef("recommendation__finding"),
            inspection__published_on__gt=OuterRef("since"),
            number__lte=day_number(OuterRef("since")) + 2 * YEARS,
        )
    )


def _aged(day, band):
    """[D - 3 months, D), [D - 6 months, D - 3 months) …"""
    oldest, youngest = BANDS[band]
    issued = Q(first_issued_on__lt=months_before(day, youngest))
    return issued & Q(first_issued_on__gte=months_before(day, oldest)) if oldest else issued


def conditions(day):
    """{measure: condition on `as_on`}: what is counted as of the day."""
    overdue = IS_OPEN & Q(due_first_then__lt=day)
    closure_due = STANDS & Q(
        first_issued_on__gte=months_before(day, 2 * MONTHS_TO_CLOSE),
        first_issued_on__lt=months_before(day, MONTHS_TO_CLOSE),
    )
    answer_passed = Q(answer_due_on__lt=day)
    verify_by = day - timedelta(DAYS_TO_VERIFY)
    return {
        "open": IS_OPEN,
        "overdue": overdue,
        "overdue-now": IS_OPEN & Q(due_on_then__lt=day),
        "open-dated": IS_OPEN & IS_DATED,
        "open-undated": IS_OPEN & ~IS_DATED,
        "without-plan": Q(status_then__in=(_S.ISSUED, _S.RESPONDED, _S.REOPENED)),
        **{f"open-{band}": IS_OPEN & _aged(day, band) for band in BANDS},
        **{f"overdue-{band}": overdue & _aged(day, band) for band in BANDS},
        "answered": IS_ANSWERED,
        "answer-passed": answer_passed & (IS_ANSWERED | IS_OPEN),
        "unanswered": answer_passed & ~IS_ANSWERED & IS_OPEN,
        "dated": STANDS & IS_DATED,
        "date-moved": STANDS & IS_DATED & ~Q(due_on_then=F("due_first_then")),
        "closure-due": closure_due,
        "closed-in-time": closure_due & Q(was_closed_in_time=True),
        "claimed": Q(status_then=_S.CLAIMED),
        "claimed-long": Q(status_then=_S.CLAIMED, since_then__lt=verify_by),
        "closed": Q(was_closed=True),
        "reopened": Q(was_closed=True, was_reopened=True),
        "closed-long-ago": Q(was_closed_long_ago=True),
        "found-again": Q(was_found_again=True),
    }


def measured(recommendations, measure, day, findings):
    """Those that the measure counts as of the day."""
    return as_on(recommendations, day, findings).filter(conditions(day)[measure])


def counts(recommendations, day, findings):
    """{"all" and each measure: n}, in one query."""
    counted = {measure: Count("pk", filter=condition) for measure, condition in conditions(day).items()}
    # Cut at a number that is never reached: without that PostgreSQL finds each status and date anew for every count.
    rows = as_on(recommendations, day, findings).order_by()[:EVERY]
    return rows.aggregate(all=Count("pk"), **counted)


def days_to_response(recommendations, day, findings, n):
    """The median of the days from issue to first response among the n answered (statistic 11)."""
    answered = measured(recommendations, "answered", day, findings)
    return median_days(answered, F("answered_on") - F("issued_on"), n)


def days_moved(recommendations, day, findings, n):
    """The median of the days from the due date first set to the one valid on the day, among the n moved (13)."""
    moved = measured(recommendations, "date-moved", day, findings)
    return median_days(moved, F("due_on_then") - F("due_first_then"), n)


def by_addressee(recommendations, day, findings):
    """[{addressee, total, open, overdue}] of these recommendations."""
    asked = conditions(day)
    named = {name: Count("pk", filter=asked[name]) for name in ("open", "overdue")}
    rows = as_on(recommendations, day, findings).order_by().values("addressee")
    return list(rows.annotate(total=Count("pk"), **named).order_by("addressee"))
