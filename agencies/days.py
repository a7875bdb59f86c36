"""Days and months: when a day begins here, and what "twelve months" means."""

import calendar
from datetime import datetime, time

from django.db.models.functions import ExtractDay, ExtractMonth, ExtractYear
from django.utils import timezone


def start_of(day):
    """The moment the day begins in the register's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


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
