"""The day as of which figures are given, and the window of publication dates that they cover."""

from dataclasses import dataclass
from datetime import date, timedelta

from django import forms
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.days import months_before


class Window(models.TextChoices):
    YEAR = "year", gettext_lazy("Last 12 months")
    FINANCIAL = "financial", gettext_lazy("Financial year, from 1 April")
    ACADEMIC = "academic", gettext_lazy("Academic year, from 1 September")
    ALL = "all", gettext_lazy("Everything so far")
    CUSTOM = "custom", gettext_lazy("Days of your choice")


FIRST_DAY = date(1990, 1, 1)  # before anything that is recorded
YEAR_BEGINS = {Window.FINANCIAL: (4, 1), Window.ACADEMIC: (9, 1)}  # month and day


@dataclass(frozen=True)
class Period:
    """A window of publication dates, half-open [start, end), read as of a day: nothing later is known.

    Source: the conventions of the register's statistics (docs/data.md).
    """

    as_of: date
    window: str
    start: date
    end: date

    @classmethod
    def ending(cls, as_of, window=Window.YEAR):
        """The 12 months before the day, or the year in which the day before it falls, up to it."""
        if window == Window.YEAR:
            return cls(as_of, window, months_before(as_of, 12), as_of)
        if window == Window.ALL:
            return cls(as_of, window, FIRST_DAY, as_of)
        month, day = YEAR_BEGINS[window]
        last = as_of - timedelta(1)
        start = last.replace(month=month, day=day)
        return cls(as_of, window, start if start <= last else months_before(start, 12), as_of)

    @property
    def last_day(self):
        return self.end - timedelta(1)

    @property
    def before(self):
        """The window to compare with: the same days a year earlier; for days of one's choice as many days before.

        None before everything.
        """
        if self.window == Window.ALL:
            return None
        if self.window == Window.CUSTOM:
            return Period(self.as_of, self.window, self.start - (self.end - self.start), self.start)
        return Period(self.as_of, Window.CUSTOM, months_before(self.start, 12), months_before(self.end, 12))

    @property
    def query(self):
        """The period as it stands in the address of a dashboard."""
        query = {"as_of": self.as_of.isoformat(), "window": str(self.window)}
        if self.window == Window.CUSTOM:
            query |= self.published
        return query

    @property
    def published(self):
        """The window as the filters of the lists say it: both days inclusive."""
        return {"published_from": self.start.isoformat(), "published_to": self.last_day.isoformat()}

    def __str__(self):
        if self.window == Window.ALL:
            return _("published before %(day)s, as known on that day") % {
                "day": date_format(self.as_of, "j F Y")
            }
        return _("published from %(start)s to %(end)s, as known on %(day)s") % {
            "start": date_format(self.start, "j F Y"),
            "end": date_format(self.last_day, "j F Y"),
            "day": date_format(self.as_of, "j F Y"),
        }


def not_in_the_future(day):
    """A validator: what will be known one day cannot be counted yet."""
    if day > timezone.localdate():
        raise forms.ValidationError(_("This day is still to come. Give today or an earlier day."))


def within_the_calendar(day):
    """A validator: days with which can be reckoned."""
    if not 1000 < day.year < 9999:
        raise forms.ValidationError(_("Give a day of our time."))


def not_before_records(day):
    """A validator: the years that dates of inspections can have, with room for two windows before."""
    if day < FIRST_DAY:
        raise forms.ValidationError(_("Nothing is recorded for days before 1990."))


NOT_A_DAY = {"invalid": gettext_lazy("This is not a day. Write it like 17/10/2016.")}


def _day(label, help_text=""):
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=False,
        widget=forms.DateInput({"data-date": True}),
        validators=[not_before_records],
        error_messages=NOT_A_DAY,
    )


class PeriodForm(forms.Form):
    """The period of a dashboard, from its address. Without values: the default window, to today."""

    as_of = forms.DateField(
        label=gettext_lazy("As known on"),
        help_text=gettext_lazy("For example, 17/10/2016. Empty: today."),
        required=False,
        widget=forms.DateInput({"data-date": True}),
        validators=[not_before_records, not_in_the_future],
        error_messages=NOT_A_DAY,
    )
    window = forms.ChoiceField(label=gettext_lazy("Published in"), choices=Window.choices)
    published_from = _day(gettext_lazy("From"), gettext_lazy("Only for days of your choice."))
    published_to = _day(gettext_lazy("To, inclusive"))

    def __init__(self, data, *args, default=Window.YEAR, **kwargs):
        if not data.get("window"):
            data = data.copy()
            data["window"] = default
        super().__init__(data, *args, **kwargs)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("window") == Window.CUSTOM and not self.errors:
            self._check_days(cleaned.get("published_from"), cleaned.get("published_to"), self._as_of)
        return cleaned

    def _check_days(self, start, last, as_of):
        if start is None:
            self.add_error("published_from", _("Give the first day."))
        elif last is not None and last < start:
            self.add_error("published_to", _("The last day cannot be before the first."))
        elif last is not None and last >= as_of:
            self.add_error("published_to", _("The last day must be before the day as of which is counted."))
        elif start >= as_of:
            self.add_error(
                "published_from", _("The first day must be before the day as of which is counted.")
            )

    @property
    def _as_of(self):
        return self.cleaned_data.get("as_of") or timezone.localdate()

    @property
    def period(self):
        """The period asked for; of a valid form only."""
        window = self.cleaned_data["window"]
        if window != Window.CUSTOM:
            return Period.ending(self._as_of, Window(window))
        last = self.cleaned_data.get("published_to")
        end = last + timedelta(1) if last else self._as_of
        return Period(self._as_of, Window.CUSTOM, self.cleaned_data["published_from"], end)
