"""Dates as reports print them: "6 July 2015", "6 – 30 July 2015", "between 16 May and 20 May"."""

import re
from datetime import date

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?"
)
_DAY = r"(?P<day>\d{1,2})(?:\s?(?:st|nd|rd|th))?"
DATE = re.compile(
    rf"(?<![\d.,]){_DAY}(?:\s+(?:of\s+)?(?P<month>{_MONTH})\b\.?,?)?(?:\s*(?P<year>20\d\d))?(?![\d%])", re.I
)
BETWEEN = re.compile(r"\s*(?:–|—|-|to|and|until|through|,|&|;)+\s*", re.I)


def dates_in(text, year=None):
    """The dates of the first run of dates in the text, with months and years filled in from those after them.

    `year`: that of a last date which prints none. Dates that do not exist, or lack a month or a year, are left out.
    """
    for run in _runs(text):
        found = _filled(run, year)
        if found:
            return found
    return []


def first_date(text):
    """The first full date in the text, or None."""
    for match in DATE.finditer(text):
        if match["month"] and match["year"]:
            return _date(int(match["day"]), _month(match["month"]), int(match["year"]))
    return None


def _runs(text):
    """Dates that follow each other with nothing but a dash or a joining word between."""
    run, end = [], None
    for match in DATE.finditer(text):
        between = text[end : match.start()] if end is not None else ""
        if run and not BETWEEN.fullmatch(between):
            yield run
            run = []
        run.append(match)
        end = match.end()
    if run:
        yield run


def _filled(run, year):
    found, month, later = [], None, None
    for match in reversed(run):
        own = _month(match["month"]) if match["month"] else month
        if match["year"]:
            year = int(match["year"])
        elif year and later and own and own > later.month:
            year -= 1
        month = own
        day = _date(int(match["day"]), own, year)
        if day:
            found.append(day)
            later = day
    return found[::-1]


def _month(word):
    return MONTHS.index(word[:3].lower()) + 1


def _date(day, month, year):
    try:
        return date(year, month, day)
    except (ValueError, TypeError):
        return None
