"""Forms of cases referred back and of what agencies had raised with each other before."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.forms import AgencyField, Lines
from agencies.models import Agency, Kind
from agencies.screened import Screened

from .models import CaseReferral, Finding, LocalEscalation, ReferralOutcome

DAY_INVALID = _("Write a date such as 23/5/2016 or 23 May 2016.")
NO_CHILD = _("Nothing by which a child or a family could be recognised.")


def concerned(inspection):
    """The agencies that the inspection is about: nearly always one of them is meant."""
    first = [inspection.inspected_agency, *inspection.participating_agencies.all()]
    force = inspection.force()
    return first if force is None or force in first else [first[0], force, *first[1:]]


def refuse_days_to_come(form, *names):
    for name in names:
        if (form.cleaned_data.get(name) or timezone.localdate()) > timezone.localdate():
            form.add_error(name, _("This day is still to come."))


class CaseReferralForm(Screened, forms.ModelForm):
    to_agency = AgencyField(
        label=_("Referred to"),
        error_messages={
            "required": _("Choose which agency the case was sent to."),
            "invalid_choice": _("Choose an agency from the list."),
        },
    )
    finding = forms.ModelChoiceField(
        label=_("Finding that it belongs to"),
        queryset=Finding.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=_("None in particular"),
    )

    class Meta:
        model = CaseReferral
        fields = ["to_agency", "finding", "referred_on", "reason"]
        widgets = {"reason": Lines({"rows": 5}), "referred_on": forms.DateInput({"data-date": True})}
        help_texts = {"reason": NO_CHILD}
        error_messages = {
            "reason": {"required": _("Say why the case was sent back.")},
            "referred_on": {"invalid": DAY_INVALID},
        }

    def __init__(self, *args, user, inspection, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.inspection = inspection
        agencies = Agency.objects.visible_to(user).exclude(kind=Kind.INSPECTORATE)
        self.fields["to_agency"].offer(agencies, concerned(inspection), _("In this inspection"))
        findings = Finding.objects.visible_to(user).filter(inspection=inspection).exclude(status="withdrawn")
        self.fields["finding"].queryset = findings
        self.fields["finding"].label_from_instance = lambda finding: finding.summary[:110]
        if self.instance.finding_id:
            self.initial["finding"] = self.instance.finding.public_id

    def clean(self):
        cleaned = super().clean()
        refuse_days_to_come(self, "referred_on")
        return cleaned

    def values(self):
        """Field values for the model's verbs."""
        return {name: self.cleaned_data[name] for name in self._meta.fields}


class OutcomeForm(Screened, forms.Form):
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=ReferralOutcome.choices,
        widget=forms.RadioSelect({"data-small": True}),
        error_messages={"required": _("Choose what came of it.")},
    )
    resolved_on = forms.DateField(
        label=_("Resolved on"),
        required=False,
        widget=forms.DateInput({"data-date": True}),
        help_text=_("Leave empty where it is not known."),
        error_messages={"invalid": DAY_INVALID},
    )
    outcome_note = forms.CharField(
        label=_("What came of it"),
        required=False,
        widget=Lines({"rows": 4}),
        max_length=2000,
        help_text=NO_CHILD,
    )

    def __init__(self, *args, referral, **kwargs):
        self.referral = referral
        super().__init__(*args, **kwargs)

    def clean(self):
        cleaned = super().clean()
        refuse_days_to_come(self, "resolved_on")
        first, last = self.referral.referred_on, cleaned.get("resolved_on")
        if first and last and last < first:
            self.add_error("resolved_on", _("A case cannot be resolved before it was referred."))
        return cleaned


class LocalEscalationForm(Screened, forms.ModelForm):
    by_agency = AgencyField(
        label=_("Raised by"), error_messages={"required": _("Choose who raised the concern.")}
    )
    to_agency = AgencyField(
        label=_("Raised with"), error_messages={"required": _("Choose with whom it was raised.")}
    )

    class Meta:
        model = LocalEscalation
        fields = ["by_agency", "to_agency", "level", "escalated_on", "outcome", "note"]
        widgets = {
            "level": forms.RadioSelect({"data-small": True}),
            "outcome": forms.RadioSelect({"data-small": True}),
            "escalated_on": forms.DateInput({"data-date": True}),
            "note": Lines({"rows": 4}),
        }
        help_texts = {"note": NO_CHILD}
        error_messages = {"escalated_on": {"invalid": DAY_INVALID}}

    def __init__(self, *args, user, finding, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.finding, self.instance.inspection = finding, finding.inspection
        agencies = Agency.objects.visible_to(user).exclude(kind=Kind.INSPECTORATE)
        first = concerned(finding.inspection)
        for name in ("by_agency", "to_agency"):
            self.fields[name].offer(agencies, first, _("In this inspection"))
        self.fields["level"].choices = LocalEscalation._meta.get_field("level").choices
        self.fields["outcome"].choices = [
            choice for choice in LocalEscalation._meta.get_field("outcome").flatchoices if choice[0]
        ] + [("", _("Not known"))]

    def clean(self):
        cleaned = super().clean()
        refuse_days_to_come(self, "escalated_on")
        if cleaned.get("by_agency") and cleaned.get("by_agency") == cleaned.get("to_agency"):
            self.add_error("to_agency", _("An agency raises a concern with another one."))
        return cleaned

    def values(self):
        """Field values for the model's verbs."""
        return {name: self.cleaned_data[name] for name in self._meta.fields}
