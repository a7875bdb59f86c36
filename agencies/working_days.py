"""Working days: Monday to Friday without the bank holidays of the nation, one-off ones included.

Source of the bank holidays: the library `holidays`. It knows one-off ones once they have been proclaimed, so a day
reckoned years ahead may move when the library is brought up to date.
"""

from bisect import bisect_right
from datetime import date, timedelta
from functools import lru_cache

from django.utils.translation import gettext as _
from holidays import country_holidays

from .models import Nation

# England and Wales have the same bank holidays by law. A body without a nation works across both, or for the
# whole country from England: it has theirs. Scotland and Northern Ireland are none of the register's nations yet;
# their names here are those that they would have.
CALENDARS = {
    "": "ENG",
    Nation.ENGLAND.value: "ENG",
    Nation.WALES.value: "WLS",
    "scotland": "SCT",
    "northern_ireland": "NIR",
}
MOST = 5000  # working days that are added at once: twenty years


class OutsideCalendar(ValueError):
    """A day or a number of days that cannot be reckoned with. The message can be shown to the person."""


def is_working_day(day, nation):
    """Whether people work on the day in the nation (a `Nation` value; empty: England and Wales).

    Raises OutsideCalendar for years whose bank holidays are not known.
    """
    return day in _working_days(day.year, _calendar(nation))


def add_working_days(day, number, nation):
    """The working day that is the given number (1 to MOST) of working days after the day, which is not counted.

    `nation`: a `Nation` value; empty: England and Wales. Raises OutsideCalendar for other numbers, and for years
    whose bank holidays are not known.
    """
    if not 1 <= number <= MOST:
        raise OutsideCalendar(_("Give a number of working days from 1 to %(most)s.") % {"most": MOST})
    calendar, year = _calendar(nation), day.year
    days = _working_days(year, calendar)
    index = bisect_right(days, day) + number - 1
    while index >= len(days):
        index -= len(days)
        year += 1
        days = _working_days(year, calendar)
    return days[index]


def _calendar(nation):
    try:
        return CALENDARS[nation]
    except KeyError:
        raise ValueError(f"No working days are known for the nation “{nation}”") from None


@lru_cache(maxsize=512)
def _working_days(year, calendar):
    """The working days of one year, in order."""
    known = country_holidays("GB", subdiv=calendar, expand=False)
    if not known.start_year <= year <= known.end_year:
        raise OutsideCalendar(
            _("Bank holidays are known for the years %(first)s to %(last)s, not for %(year)s.")
            % {"first": known.start_year, "last": known.end_year, "year": year}
        )
    bank_holidays = country_holidays("GB", subdiv=calendar, years=year, expand=False)
    first = date(year, 1, 1)
    length = (date(year, 12, 31) - first).days + 1
    days = (first + timedelta(number) for number in range(length))
    return tuple(day for day in days if day.weekday() < 5 and day not in bank_holidays)
