"""Forms of the steps of an inspection's life: what each asks besides why."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.days import NoSuchMoment, moment_at
from agencies.forms import ReasonForm
from agencies.working_days import OutsideCalendar, add_working_days
from inspections.periods import NOT_A_DAY, within_the_calendar

DAYS_TO_COMMENT = 10  # working days that are proposed


class StepForm(ReasonForm):
    """A step that asks for nothing but a reason; the others derive from it."""

    def __init__(self, *args, inspection, **kwargs):
        super().__init__(*args, **kwargs)
        self.inspection = inspection

    def values(self):
        """What the verb of the model takes besides the reason."""
        return {}


class PublishForm(StepForm):
    on = forms.DateField(
        label=_("Published on"),
        help_text=_("The date printed in the report: for example, 5/8/2016."),
        initial=timezone.localdate,
        widget=forms.DateInput({"data-date": True}),
    )
    field_order = ["on", "reason"]

    def values(self):
        return {"on": self.cleaned_data["on"]}


class FactualAccuracyForm(StepForm):
    """Until when the agencies may say what is not right."""

    comments_due_on = forms.DateField(
        label=_("Comments are due on"),
        required=False,
        widget=forms.DateInput({"data-date": True}),
        validators=[within_the_calendar],
        error_messages=NOT_A_DAY,
    )
    field_order = ["comments_due_on", "reason"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["comments_due_on"]
        field.help_text = _("Proposed: %s working days from today. Empty: no day is set.") % DAYS_TO_COMMENT
        nation = self.inspection.inspected_agency.nation
        try:
            field.initial = add_working_days(timezone.localdate(), DAYS_TO_COMMENT, nation)
        except OutsideCalendar:
            field.help_text = _("Empty: no day is set.")

    def clean_comments_due_on(self):
        day = self.cleaned_data["comments_due_on"]
        if day and day < timezone.localdate():
            raise forms.ValidationError(_("This day is past. Give today or a later day."))
        return day

    def values(self):
        return {"comments_due_on": self.cleaned_data["comments_due_on"]}


class ClockTimeField(forms.TimeField):
    """A time of day as people write it: 9:30, 09.30, 9:30am, 9 am."""

    widget = forms.TimeInput({"class": "govuk-input--width-10"}, format="%H:%M")

    def __init__(self, **kwargs):
        super().__init__(input_formats=["%H:%M", "%H:%M:%S", "%I:%M%p", "%I%p"], **kwargs)

    def to_python(self, value):
        if isinstance(value, str):
            value = value.replace(" ", "").replace(".", ":").replace("noon", "pm").lower()
        return super().to_python(value)


class EmbargoForm(StepForm):
    """The moment at which it publishes itself, in London's time; both left empty: none."""

    embargo_day = forms.DateField(
        label=_("Day of release"),
        required=False,
        widget=forms.DateInput({"data-date": True}),
        validators=[within_the_calendar],
        error_messages=NOT_A_DAY,
        help_text=_("For example, 5/6/2027. Leave day and time empty to publish it by hand."),
    )
    embargo_time = ClockTimeField(
        label=_("Time of release"),
        required=False,
        error_messages={"invalid": _("This is not a time of day. Write it like 9:30am.")},
        help_text=_("As clocks in London show it: for example, 9:30am."),
    )
    field_order = ["embargo_day", "embargo_time", "reason"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if planned := self.inspection.embargo_until:
            local = timezone.localtime(planned)
            self.initial = {"embargo_day": local.date(), "embargo_time": local.time(), **self.initial}

    def clean(self):
        cleaned = super().clean()
        day, time = cleaned.get("embargo_day"), cleaned.get("embargo_time")
        cleaned["embargo_until"] = None
        if {"embargo_day", "embargo_time"} & set(self.errors):
            return cleaned
        if day and time is None:
            self.add_error("embargo_time", _("Give the time too."))
        elif time is not None and not day:
            self.add_error("embargo_day", _("Give the day too."))
        elif day:
            self._set_moment(cleaned, day, time)
        return cleaned

    def _set_moment(self, cleaned, day, time):
        try:
            cleaned["embargo_until"] = moment_at(day, time)
        except NoSuchMoment as refusal:
            self.add_error("embargo_time", str(refusal))
            return
        if cleaned["embargo_until"] <= timezone.now():
            name = "embargo_day" if day < timezone.localdate() else "embargo_time"
            self.add_error(name, _("This moment is past. Give one that is still to come."))

    def values(self):
        return {"embargo_until": self.cleaned_data["embargo_until"]}


FORMS = {"publish": PublishForm, "send_for_factual_accuracy": FactualAccuracyForm, "embargo": EmbargoForm}
