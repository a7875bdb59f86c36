"""Days and months: when a day begins here, and what "twelve months" means."""

import calendar
from datetime import datetime, time

from django.db.models.functions import ExtractDay, ExtractMonth, ExtractYear
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _


class NoSuchMoment(ValueError):
    """A time that a day does not have, or has twice. The message can be shown to the person."""


def start_of(day):
    """The moment the day begins in the register's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


def moment_at(day, time):
    """The moment at that time of the day in the register's time zone.

    Raises NoSuchMoment for times over which the clocks go forward, and those that come twice when they go back.
    """
    zone = timezone.get_current_timezone()
    first, second = (datetime.combine(day, time, tzinfo=zone).replace(fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first
    if first.utcoffset() < second.utcoffset():
        words = _("The clocks go forward on %(day)s, and this time is left out. Choose another one.")
    else:
        words = _("The clocks go back on %(day)s, and this time comes twice. Choose another one.")
    raise NoSuchMoment(words % {"day": date_format(day, "j F Y")})


def months_before(day, months):
    """The same day of the month that many months earlier; the last of a shorter month (29 February: 28)."""
    return months_after(day, -months)


def months_after(day, months):
    """The same day of the month that many months later; the last of a shorter month (29 February: 28)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return day.replace(year=year, month=month + 1, day=min(day.day, last))


def day_number(field):
    """A date column as the number 20160805, so that SQL adds whole years alike on every engine: + 10000 each."""
    return ExtractYear(field) * 10000 + ExtractMonth(field) * 100 + ExtractDay(field)
