"""How late, how soon and how long: the dates of an item in words."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ..recommendation_words import MONTHS_FROM, span

SOON = 7  # days


def state_of(due, on):
    """late, soon (within seven days), later, or "" without a date: what the queue colours by."""
    if due is None:
        return ""
    if due < on:
        return "late"
    return "soon" if (due - on).days <= SOON else "later"


def when_in_words(due, since, on):
    """One phrase for an item: how late it is, else how soon it is due, else how long it waits."""
    if due is not None:
        return _due_in_words(due, on)
    if since is None:
        return _("No date")
    if since >= on:
        return _("Since today")
    return _("Waiting for %(span)s, since %(day)s") % {"span": span(since, on), "day": date_format(since)}


def _due_in_words(due, on):
    day = date_format(due)
    if due < on:
        return _("Late by %(span)s: was due on %(day)s") % {"span": span(due, on), "day": day}
    if due == on:
        return _("Due today, %(day)s") % {"day": day}
    left = (due - on).days
    if left == 1:
        return _("Due tomorrow, %(day)s") % {"day": day}
    if left < MONTHS_FROM:
        return _("Due in %(span)s, on %(day)s") % {"span": span(on, due), "day": day}
    return _("Due on %(day)s") % {"day": day}
