"""Forms of the steps of follow-up: what an agency answers and claims, what is verified, dates that change."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.days import months_after
from agencies.forms import Lines, ReasonForm
from agencies.screened import Screened
from inspections.models import Inspection

from .models import Evidence, Position, Progress, RecommendationStatus, VerificationKind
from .models.follow_up import NOT_DONE
from .recommendation_words import PROGRESS

DATE_INVALID = _("Write a date such as 23/5/2016 or 23 May 2016.")
LONGEST = 120  # months ahead that anything may be due
RADIOS = {"data-small": True}
NOT_THROUGH_YOURS = _(
    "Give a published inspection that your inspectorate led or took part in: you verify through that one."
)


class DayField(forms.DateField):
    """A day on which something happened: today or earlier."""

    widget = forms.DateInput({"data-date": True})

    def __init__(self, **kwargs):
        kwargs.setdefault("initial", timezone.localdate)
        super().__init__(**{"error_messages": {"invalid": DATE_INVALID}, **kwargs})

    def clean(self, value):
        day = super().clean(value)
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come."))
        return day


class OnBehalfForm(Screened, forms.Form):
    """What an agency says. It says so today; who records it on its behalf says on which day it came in."""

    day_name = "on"  # of the field that who records for the agency fills in

    def __init__(self, *args, for_agency, **kwargs):
        super().__init__(*args, **kwargs)
        if not for_agency:
            del self.fields[self.day_name]

    @property
    def day(self):
        return self.cleaned_data.get(self.day_name) or timezone.localdate()


class RespondForm(OnBehalfForm):
    day_name = "received_on"

    position = forms.ChoiceField(
        label=_("Position"),
        choices=Position.choices,
        widget=forms.RadioSelect(RADIOS),
        error_messages={"required": _("Choose the position.")},
    )
    text = forms.CharField(
        label=_("Response"),
        widget=Lines({"rows": 8}),
        max_length=10000,
        help_text=_("No names of children or families."),
        error_messages={"required": _("Write the response.")},
    )
    received_on = DayField(label=_("Received on"), help_text=_("For example, 23/5/2026."))

    def values(self):
        return {
            "position": self.cleaned_data["position"],
            "text": self.cleaned_data["text"],
            "received_on": self.day,
        }


class ClaimForm(OnBehalfForm):
    text = forms.CharField(
        label=_("What was done"),
        widget=Lines({"rows": 8}),
        max_length=10000,
        help_text=_(
            "What has changed, since when, and how it can be seen. No names of children or families."
        ),
        error_messages={"required": _("Write what was done.")},
    )
    on = DayField(label=_("Claimed on"), help_text=_("The day on which the agency said so."))

    def values(self):
        return {"text": self.cleaned_data["text"], "on": self.day}


def progress_choices():
    """The four steps of the scale, each with one line that says what it means."""
    return [(value, f"{label}. {PROGRESS[value]}") for value, label in Progress.choices]


class EvidenceField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, evidence):
        return f"{evidence.description} ({evidence.file_name})"


class VerifyForm(Screened, forms.Form):
    kind = forms.ChoiceField(
        label=_("How it was verified"),
        choices=VerificationKind.choices,
        widget=forms.RadioSelect(RADIOS),
        error_messages={"required": _("Choose how it was verified.")},
    )
    on = DayField(label=_("Verified on"), help_text=_("For example, 23/5/2026."))
    progress = forms.ChoiceField(
        label=_("Progress"),
        choices=progress_choices,
        widget=forms.RadioSelect(RADIOS),
        error_messages={"required": _("Choose how far it has come.")},
    )
    text = forms.CharField(
        label=_("What it rests on"),
        widget=Lines({"rows": 6}),
        max_length=10000,
        help_text=_("What was read, seen and heard. No names of children or families."),
        error_messages={"required": _("Say what it rests on.")},
    )
    through = forms.CharField(
        label=_("Through the inspection"),
        required=False,
        max_length=40,
        help_text=_("Reference of the published inspection that saw it, such as JTAI-2018-STO."),
    )
    evidence = EvidenceField(
        label=_("Evidence it rests on"),
        queryset=Evidence.objects.none(),
        to_field_name="public_id",
        required=False,
        widget=forms.CheckboxSelectMultiple(RADIOS),
    )
    closes = forms.BooleanField(
        label=_("Close the recommendation: it is done"),
        required=False,
        help_text=_("On reasonable or good progress only."),
    )

    def __init__(self, *args, user, recommendation, **kwargs):
        super().__init__(*args, **kwargs)
        self.user, self.recommendation = user, recommendation
        evidence = Evidence.objects.visible_to(user).current().filter(recommendation=recommendation)
        self.fields["evidence"].queryset = evidence
        if not evidence:
            del self.fields["evidence"]
        if recommendation.status != RecommendationStatus.CLAIMED:
            del self.fields["closes"]
        if not recommendation.may_be_verified_by(user):
            self.fields["through"].required = True
            self.fields["through"].error_messages["required"] = NOT_THROUGH_YOURS

    def clean_through(self):
        reference = self.cleaned_data["through"].strip()
        if not reference:
            return None
        published = Inspection.objects.visible_to(self.user).published()
        through = published.filter(reference__iexact=reference).first()
        if through is None:
            raise forms.ValidationError(_("No published inspection has the reference “%s”.") % reference)
        if through == self.recommendation.inspection:
            raise forms.ValidationError(_("This is the inspection that the recommendation comes from."))
        if through.published_on and through.published_on < self.recommendation.issued_on:
            raise forms.ValidationError(
                _("This inspection was published before the recommendation was issued.")
            )
        if not self.recommendation.may_be_verified_by(self.user, through):
            raise forms.ValidationError(NOT_THROUGH_YOURS)
        return through

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("closes") and cleaned.get("progress") in NOT_DONE:
            self.add_error("closes", _("A recommendation is closed on reasonable or good progress only."))
        return cleaned

    def values(self):
        return {
            **self.cleaned_data,
            "closes": self.cleaned_data.get("closes", False),
            "evidence": list(self.cleaned_data.get("evidence", ())),
        }


class DatedReasonForm(ReasonForm):
    """Why, and on which day it happened."""

    on = DayField(label=_("On"), help_text=_("The day on which it was decided: for example, 23/5/2026."))
    field_order = ["reason", "on"]


def day_to_propose(day):
    """The day; ValidationError for one that nobody can be asked to meet."""
    today = timezone.localdate()
    if day <= today:
        raise forms.ValidationError(_("Propose a day to come."))
    if day > months_after(today, LONGEST):
        raise forms.ValidationError(_("Propose a day within ten years."))
    return day


class DueDateForm(Screened, forms.Form):
    due_on = forms.DateField(
        label=_("Due date proposed"),
        widget=forms.DateInput({"data-date": True}),
        help_text=_("For example, 31/3/2027."),
        error_messages={"required": _("Give the day."), "invalid": DATE_INVALID},
    )
    reason = forms.CharField(
        label=_("Reason"),
        widget=Lines({"rows": 4}),
        max_length=2000,
        help_text=_("Why the date should change. Whoever decides on it reads this."),
        error_messages={"required": _("Say why the date should change.")},
    )

    def clean_due_on(self):
        return day_to_propose(self.cleaned_data["due_on"])


class DecideForm(Screened, forms.Form):
    APPROVE, REFUSE = "approve", "refuse"

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            (APPROVE, _("Approve: it is due on the day proposed")),
            (REFUSE, _("Refuse: the date stays")),
        ],
        widget=forms.RadioSelect(RADIOS),
        error_messages={"required": _("Approve or refuse it.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        widget=Lines({"rows": 3}),
        max_length=2000,
        help_text=_("Needed to refuse. The agency reads it."),
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("decision") == self.REFUSE and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Say why it is refused."))
        return cleaned

    @property
    def approves(self):
        return self.cleaned_data["decision"] == self.APPROVE
