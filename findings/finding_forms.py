"""Forms of what is done with a logged finding: whose desk it is on, corrections, links to earlier ones, responses."""

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.forms import Autocomplete, Lines
from agencies.models import User
from agencies.screened import Screened
from inspections.periods import NOT_A_DAY, not_in_the_future, within_the_calendar

from .forms import EarlierFindingField, FindingForm
from .models import Finding, Position
from .recurrence import suggestions


def optional_reason(**kwargs):
    return forms.CharField(
        label=_("Reason"),
        widget=Lines({"rows": 3}),
        max_length=2000,
        required=False,
        help_text=_("Kept in the history."),
        **kwargs,
    )


class PersonField(forms.ModelChoiceField):
    """One person, chosen by typing."""

    widget = Autocomplete

    def label_from_instance(self, person):
        return f"{person.get_full_name()} ({person.get_role_display()}, {person.agency.name})"


class AssignForm(Screened, forms.Form):
    assigned_to = PersonField(
        label=_("Who deals with it next"),
        queryset=User.objects.none(),
        required=False,
        empty_label="",
        error_messages={"invalid_choice": _("Choose somebody from the list.")},
    )
    reason = optional_reason()

    def __init__(self, *args, finding, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["assigned_to"]
        field.queryset = (
            finding.people_to_assign().select_related("agency").order_by("first_name", "last_name")
        )
        field.initial = finding.assigned_to_id
        field.help_text = (
            _(
                "Leave it empty for nobody in particular. An inspector reads this finding alone, not the "
                "inspection, until they agree or return it."
            )
            if finding.status == "in_review"
            else _("Leave it empty for nobody in particular.")
        )


class CorrectionForm(FindingForm):
    """What a published finding is to say from now on, and why: that is read by everybody."""

    reason = forms.CharField(
        label=_("Why it is corrected"),
        widget=Lines({"rows": 3}),
        max_length=2000,
        help_text=_("Everybody reads this beside the earlier version. No names of children or families."),
        error_messages={"required": _("Say why it is corrected.")},
    )


class RecurrenceForm(Screened, forms.Form):
    """Which earlier finding it repeats: one of those suggested, or one named by its reference."""

    recurrence_of = EarlierFindingField(
        label=_("Is it one of these again?"),
        queryset=Finding.objects.none(),
        to_field_name="public_id",
        required=False,
        blank=True,
        empty_label=_("No, or not known"),
        error_messages={"invalid_choice": _("Choose one of the earlier findings of this agency and theme.")},
    )
    reference = forms.CharField(
        label=_("Or the reference of another earlier finding"),
        required=False,
        max_length=50,
        help_text=_("For example SIF-2016-STO-03. It counts instead of what is chosen above."),
    )
    reason = optional_reason()

    def __init__(self, *args, user, finding, **kwargs):
        super().__init__(*args, **kwargs)
        self.earlier = Finding.objects.visible_to(user).earlier_than(finding.inspection)
        field = self.fields["recurrence_of"]
        earlier = suggestions(
            self.earlier, finding.attributed_to_id, finding.theme_id, finding.recurrence_of_id
        )
        field.offer(earlier, finding.inspection)
        if finding.recurrence_of_id:
            field.initial = finding.recurrence_of.public_id

    def clean_reference(self):
        reference = self.cleaned_data["reference"].strip()
        if not reference:
            return None
        found = self.earlier.filter(reference__iexact=reference).first()
        if found is None:
            raise forms.ValidationError(
                _(
                    "No published finding of another inspection, and none published earlier, has this reference."
                )
            )
        return found

    def chosen(self):
        """The earlier finding, or None."""
        return self.cleaned_data["reference"] or self.cleaned_data["recurrence_of"]


class FindingResponseForm(Screened, forms.Form):
    """What the agency says of a finding. Those who record it for the agency say when it came."""

    position = forms.ChoiceField(
        label=_("Position"),
        choices=Position.choices,
        widget=forms.RadioSelect({"data-small": True}),
        error_messages={"required": _("Choose the agency’s position.")},
    )
    text = forms.CharField(
        label=_("Response"),
        widget=Lines({"rows": 8}),
        max_length=10000,
        help_text=_("No names of children or families."),
        error_messages={"required": _("Write what the agency says.")},
    )
    received_on = forms.DateField(
        label=_("Received on"),
        widget=forms.DateInput({"data-date": True}),
        validators=[not_in_the_future, within_the_calendar],
        error_messages={"required": _("Give the day on which it was received."), **NOT_A_DAY},
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        if user.is_respondent:
            del self.fields["received_on"]  # today: an agency does not date its own answer
