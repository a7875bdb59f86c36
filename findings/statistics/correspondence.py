"""Letters between agencies and cases that inspectors referred back, as of a day (statistic 18)."""

from django.db.models import Count, F, Q

from ..models import ReferralOutcome
from ..models.letter_reading import reply_is
from .medians import median_days

REPLIES = ("in_time", "replied_late", "late")


def letters_by_level(letters, day):
    """[{level, total, in_time, replied_late, late}] of these letters, as answered when that day began."""
    replies = {how: Count("pk", filter=reply_is(how, day)) for how in REPLIES}
    rows = letters.order_by().values("level").annotate(total=Count("pk"), **replies)
    return list(rows.order_by("level"))


def outcome_known(day):
    """The outcome was recorded as of before that day, or stands in the report without a day."""
    return ~Q(outcome="") & (Q(resolved_on=None) | Q(resolved_on__lt=day))


def with_outcome(cases, outcome, day):
    """Cases with that outcome on the day; "none": not known yet, "any": known, "days": known after how many days."""
    if outcome == "none":
        return cases.exclude(outcome_known(day))
    known = cases.filter(outcome_known(day))
    if outcome == "days":
        return known.filter(referred_on__isnull=False, resolved_on__isnull=False)
    return known if outcome == "any" else known.filter(outcome=outcome)


def cases_by_outcome(cases, day):
    """{outcome: n} with every outcome, "none": not known when that day began, "days": known after how many days."""
    known, dated = outcome_known(day), Q(referred_on__isnull=False, resolved_on__isnull=False)
    asked = {outcome: Count("pk", filter=known & Q(outcome=outcome)) for outcome in ReferralOutcome.values}
    return cases.aggregate(**asked, none=Count("pk", filter=~known), days=Count("pk", filter=known & dated))


def days_to_outcome(cases, day, n):
    """The median of the days from referral to resolution, of n cases."""
    return median_days(with_outcome(cases, "days", day), F("resolved_on") - F("referred_on"), n)
