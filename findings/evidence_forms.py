"""Forms of evidence: a file with what it shows, and taking one back."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.files.forms import AsksForFileAgain, EvidenceFileField
from agencies.forms import Lines
from agencies.screened import Screened

from .follow_up_forms import DATE_INVALID
from .models import Evidence, EvidenceKind
from .models.evidence import proposed_retention, refuse_retention


class EvidenceForm(AsksForFileAgain, Screened, forms.Form):
    """The file comes last: when it is refused, it is what has to be done again."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=EvidenceKind.choices,
        widget=forms.RadioSelect({"data-small": True}),
        error_messages={"required": _("Choose the kind of evidence.")},
    )
    description = forms.CharField(
        label=_("What it shows"),
        widget=Lines({"rows": 3}),
        max_length=Evidence._meta.get_field("description").max_length,
        help_text=_("No names of children or families, here or in the file."),
        error_messages={"required": _("Say what it shows.")},
    )
    source = forms.CharField(
        label=_("Where it comes from"),
        required=False,
        max_length=Evidence._meta.get_field("source").max_length,
        help_text=_("For example: audit team, June 2026."),
    )
    retain_until = forms.DateField(
        label=_("Keep until"),
        initial=lambda: proposed_retention(timezone.localdate()),
        widget=forms.DateInput({"data-date": True}),
        help_text=_(
            "Six years from now unless your retention schedule says otherwise. After this day the file is destroyed, "
            "but never while the recommendation is open."
        ),
        error_messages={"required": _("Give the day until which it is kept."), "invalid": DATE_INVALID},
    )
    file = EvidenceFileField(label=_("File"))

    def clean_retain_until(self):
        day = self.cleaned_data["retain_until"]
        try:
            refuse_retention(day)
        except forms.ValidationError as refusal:
            raise forms.ValidationError(refusal.messages) from None
        return day

    def values(self):
        """Field values for the model's verb."""
        names = ("kind", "description", "source", "retain_until")
        return {name: self.cleaned_data[name] for name in names}


def as_initial(evidence):
    """What a new version begins with: as it was, kept for its time from now on."""
    return {
        "kind": evidence.kind,
        "description": evidence.description,
        "source": evidence.source,
    }
