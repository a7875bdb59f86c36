"""Forms to write a recommendation, to replace one by another, and to say who follows it up."""

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from agencies.days import months_after
from agencies.forms import AgencyField, Autocomplete, Lines
from agencies.models import Agency, Kind, Role, User
from agencies.screened import Screened
from agencies.working_days import OutsideCalendar
from inspections.models import ClockUnit, clocks

from .follow_up_forms import DATE_INVALID, LONGEST, RADIOS
from .models import Finding, Priority, Recommendation


def offer_addressees(field, user, finding):
    """Those whom the inspection concerns come first: nearly every recommendation goes to one of them."""
    agencies = Agency.objects.visible_to(user).exclude(kind=Kind.INSPECTORATE)
    inspection = finding.inspection
    concerned = [finding.attributed_to, inspection.inspected_agency, inspection.force()]
    concerned += inspection.participating_agencies.all()
    first = list(dict.fromkeys(agency for agency in concerned if agency))
    field.offer(agencies, first, _("In this inspection"))


class RecommendationForm(Screened, forms.ModelForm):
    addressee = AgencyField(
        label=_("Addressed to"),
        help_text=_("Who is asked to act. It may be another agency than the one whose practice it is."),
        error_messages={
            "required": _("Choose who is asked to act."),
            "invalid_choice": _("Choose an agency from the list."),
        },
    )

    class Meta:
        model = Recommendation
        fields = [
            "addressee",
            "text",
            "priority",
            "due_printed",
            "timescale",
            "timescale_length",
            "timescale_unit",
        ]
        widgets = {
            "text": Lines({"rows": 4}),
            "priority": forms.RadioSelect(RADIOS),
            "due_printed": forms.DateInput({"data-date": True}),
            "timescale_length": forms.TextInput({"inputmode": "numeric", "data-width": "4"}),
        }
        help_texts = {
            "text": _("What the inspectorate recommends. No names of children or families."),
            "due_printed": _("For example, 31/12/2026. It counts before any time that is reckoned."),
            "timescale_length": _("For example, 3. Counted from the day on which it is issued."),
        }
        error_messages = {
            "text": {"required": _("Write what is recommended.")},
            "due_printed": {"invalid": DATE_INVALID},
        }

    def __init__(self, *args, user, finding, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.finding = self.finding = finding
        self.fields["priority"].choices = Priority.choices
        self.fields["timescale_unit"].choices = [("", "---------"), *ClockUnit.choices]
        offer_addressees(self.fields["addressee"], user, finding)

    def clean_due_printed(self):
        day, inspection = self.cleaned_data["due_printed"], self.finding.inspection
        before = inspection.published_on or inspection.fieldwork_to
        if day and before and day < before:
            raise forms.ValidationError(
                _("It cannot be due before %(day)s, the day of the report.") % {"day": date_format(before)}
                if inspection.published_on
                else _("It cannot be due before fieldwork ends on %(day)s.") % {"day": date_format(before)}
            )
        return day

    def clean(self):
        cleaned = super().clean()
        length, unit = cleaned.get("timescale_length"), cleaned.get("timescale_unit")
        if {"timescale_length", "timescale_unit"} & set(self.errors):
            return cleaned
        if bool(length) != bool(unit):
            missing = "timescale_unit" if length else "timescale_length"
            self.add_error(missing, _("Give the length of the timescale together with its unit."))
        elif length and not self._can_be_reckoned(length, unit):
            self.add_error("timescale_length", _("A timescale is ten years at most."))
        return cleaned

    def _can_be_reckoned(self, length, unit):
        today = timezone.localdate()
        try:
            due = clocks.add(today, length, unit, self.finding.inspection.inspected_agency.nation)
        except OutsideCalendar:
            return False
        return due <= months_after(today, LONGEST)

    def values(self):
        """Field values for the model's verbs."""
        return {name: self.cleaned_data[name] for name in self._meta.fields}


class SupersedeForm(Screened, forms.Form):
    """The recommendation that takes the place of another one."""

    finding = forms.CharField(
        label=_("Of the finding"),
        max_length=50,
        help_text=_("Reference of a published finding: the same one, or one of a later inspection."),
        error_messages={"required": _("Give the reference of the finding.")},
    )
    addressee = AgencyField(
        label=_("Addressed to"),
        error_messages={
            "required": _("Choose who is asked to act."),
            "invalid_choice": _("Choose an agency from the list."),
        },
    )
    text = forms.CharField(
        label=_("Recommendation"),
        widget=Lines({"rows": 4}),
        max_length=4000,
        help_text=_("No names of children or families."),
        error_messages={"required": _("Write what is recommended.")},
    )
    priority = forms.ChoiceField(
        label=_("Priority"), choices=Priority.choices, widget=forms.RadioSelect(RADIOS)
    )
    reason = forms.CharField(
        label=_("Reason"),
        widget=Lines({"rows": 3}),
        max_length=2000,
        help_text=_("Kept in the history of both."),
        error_messages={"required": _("Say why it is superseded.")},
    )

    def __init__(self, *args, user, recommendation, **kwargs):
        initial = {
            "finding": recommendation.finding.reference,
            "addressee": recommendation.addressee_id,
            "text": recommendation.text,
            "priority": recommendation.priority,
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.user, self.recommendation = user, recommendation
        offer_addressees(self.fields["addressee"], user, recommendation.finding)

    def clean_finding(self):
        reference = self.cleaned_data["finding"].strip()
        published = Finding.objects.visible_to(self.user).published().select_related("inspection")
        finding = published.filter(reference__iexact=reference).first()
        if finding is None:
            raise forms.ValidationError(_("No published finding has the reference “%s”.") % reference)
        if not finding.takes_recommendations_from(self.user):
            raise forms.ValidationError(
                _("This is a strength.")
                if finding.is_strength
                else _("You do not work on the inspection of this finding.")
            )
        return finding

    def values(self):
        return {name: self.cleaned_data[name] for name in ("addressee", "text", "priority")}


class PersonField(forms.ModelChoiceField):
    widget = Autocomplete

    def label_from_instance(self, person):
        return f"{person.get_full_name()} ({person.agency.name})"


class AssignForm(Screened, forms.Form):
    to = PersonField(
        label=_("Followed up by"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Nobody in particular"),
        help_text=_("Somebody of an inspectorate that takes part in the inspection."),
        error_messages={"invalid_choice": _("Choose somebody from the list.")},
    )

    def __init__(self, *args, recommendation, **kwargs):
        super().__init__(*args, initial={"to": recommendation.assigned_to_id}, **kwargs)
        inspection = recommendation.inspection
        taking_part = [
            inspection.lead_inspectorate_id,
            *inspection.partner_inspectorates.values_list("pk", flat=True),
        ]
        self.fields["to"].queryset = (
            User.objects.filter(
                is_active=True, role__in=(Role.INSPECTOR, Role.MANAGER), agency__in=taking_part
            )
            .select_related("agency")
            .order_by("last_name", "first_name", "pk")
        )
