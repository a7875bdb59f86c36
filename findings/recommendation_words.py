"""What pages say of a recommendation's dates and progress: spans of time, overdue, where its due date comes from."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies.working_days import OutsideCalendar
from inspections.models import Clock, Purpose, clocks

from .models import DueBasis, Progress

MONTHS_FROM = 60  # days: a shorter span is said in days
YEARS_FROM = 24  # months

# The scale on which progress is verified, and what each step means.
PROGRESS = {
    Progress.NONE: gettext_lazy("Nothing that matters to children has changed yet."),
    Progress.INSUFFICIENT: gettext_lazy(
        "Some of it is done, but too little or too slowly to make the difference."
    ),
    Progress.REASONABLE: gettext_lazy("Most of it is done and it shows in practice."),
    Progress.GOOD: gettext_lazy("It is done, it shows in practice, and it lasts."),
}


def span(start, end):
    """The time from one day to a later one: 1 day, 59 days, 14 months, 3 years, 2 years and 1 month."""
    days = (end - start).days
    if days < MONTHS_FROM:
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    months = (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
    if months < YEARS_FROM:
        return ngettext("%(n)s month", "%(n)s months", months) % {"n": months}
    years, months = divmod(months, 12)
    whole = ngettext("%(n)s year", "%(n)s years", years) % {"n": years}
    if not months:
        return whole
    part = ngettext("%(n)s month", "%(n)s months", months) % {"n": months}
    return _("%(years)s and %(months)s") % {"years": whole, "months": part}


def due_in_words(due, on):
    """How far off the due date of an open recommendation is on that day."""
    if due is None:
        return _("No due date")
    if due < on:
        return _("Overdue by %(span)s") % {"span": span(due, on)}
    return _("Due today") if due == on else _("Due in %(span)s") % {"span": span(on, due)}


def origin_of(recommendation, user):
    """Where the due date as first set comes from, in a sentence; "" without one."""
    if recommendation.due_first is None:
        return ""
    basis = recommendation.due_basis
    if basis == DueBasis.TIMESCALE:
        words = _("Counted from the timescale in the report: %(length)s %(unit)s after %(day)s.")
        return words % {
            "length": recommendation.timescale_length,
            "unit": recommendation.get_timescale_unit_display(),
            "day": date_format(recommendation.issued_on),
        }
    if basis == DueBasis.CLOCK:
        return _by_the_clock(recommendation, user)
    if basis == DueBasis.NONE:
        return _("Agreed later: none was set when it was issued.")
    return f"{recommendation.get_due_basis_display()}."


def _by_the_clock(recommendation, user):
    """With the length of the clock, where the framework's clocks as they are now still give that day."""
    inspection = recommendation.inspection
    purposes = (Purpose.ACTION_PLAN, Purpose.RESPONSE)
    found = Clock.objects.visible_to(user).filter(framework=inspection.framework_id, purpose__in=purposes)
    for clock in sorted(found, key=lambda clock: purposes.index(clock.purpose)):
        start = getattr(inspection, clocks.START_FIELDS[clock.starts_from])
        if start and clock.is_valid_on(start) and _ends_on(clock, start, recommendation):
            words = _("Counted by the framework’s clock: %(length)s %(unit)s from %(day)s (%(event)s).")
            return words % {
                "length": clock.length,
                "unit": clock.get_unit_display(),
                "day": date_format(start),
                "event": clock.get_starts_from_display().lower(),
            }
    return f"{recommendation.get_due_basis_display()}."


def _ends_on(clock, start, recommendation):
    nation = recommendation.inspection.inspected_agency.nation
    try:
        return clocks.add(start, clock.length, clock.unit, nation) == recommendation.due_first
    except OutsideCalendar:
        return False


def scale_of(progress):
    """[(label, whether it is this one)] of the four steps of progress, from least to most."""
    return [(label, value == progress) for value, label in Progress.choices]
