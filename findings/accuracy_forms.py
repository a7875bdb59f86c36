"""Forms of the factual accuracy round: one line of comments, and what is decided on it."""

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from agencies.forms import AgencyField, Autocomplete, Lines
from agencies.screened import Screened

from .models import AccuracyComment, Decision, Finding, Status
from .models.accuracy import agencies_in_round

NO_NAMES = _("No names of children or families.")


class FindingField(forms.ModelChoiceField):
    """One finding of an inspection, chosen by typing. `offer` fills in those that may be chosen."""

    widget = Autocomplete

    def __init__(self, **kwargs):
        super().__init__(
            Finding.objects.none(),
            to_field_name="public_id",
            required=False,
            empty_label=_("None in particular"),
            **kwargs,
        )

    def offer(self, findings):
        self.queryset = findings.select_related("theme", "attributed_to").order_by("theme__order", "pk")

    def label_from_instance(self, finding):
        words = Truncator(" ".join(finding.summary.split())).chars(90)
        return f"{words} ({finding.attributed_to.full_name}, {finding.theme.name})"


class AccuracyCommentForm(Screened, forms.ModelForm):
    """What an agency says is not right. Those who record it for an agency choose which one."""

    by_agency = AgencyField(
        label=_("From"),
        error_messages={
            "required": _("Choose whose comment it is."),
            "invalid_choice": _("Choose an agency that the inspection concerns."),
        },
    )
    finding = FindingField(
        label=_("Finding"),
        error_messages={"invalid_choice": _("Choose an agreed finding about this agency.")},
    )

    class Meta:
        model = AccuracyComment
        fields = ["by_agency", "finding", "place", "text"]
        widgets = {"text": Lines({"rows": 6})}
        help_texts = {"text": NO_NAMES}
        error_messages = {"text": {"required": _("Say what is not right.")}}

    def __init__(self, *args, user, inspection, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.inspection = inspection
        self.own_agency = user.agency if user.is_respondent else None
        agreed = Finding.objects.visible_to(user).filter(inspection=inspection, status=Status.AGREED)
        if self.own_agency:
            del self.fields["by_agency"]
            agreed = agreed.filter(attributed_to=self.own_agency)
        else:
            self.fields["by_agency"].offer(agencies_in_round(inspection))
        self.fields["finding"].offer(agreed)

    def clean(self):
        cleaned = super().clean()
        agency, finding = self.own_agency or cleaned.get("by_agency"), cleaned.get("finding")
        if agency and finding and finding.attributed_to_id != agency.pk:
            self.add_error("finding", self.fields["finding"].error_messages["invalid_choice"])
        return cleaned

    def values(self):
        """What `AccuracyComment.submit` takes."""
        given = {name: self.cleaned_data[name] for name in ("finding", "place", "text")}
        return {**given, "by_agency": self.own_agency or self.cleaned_data["by_agency"]}


class DecisionForm(Screened, forms.Form):
    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=Decision.choices,
        widget=forms.RadioSelect({"data-small": True}),
        error_messages={"required": _("Choose what is decided.")},
    )
    decision_reason = forms.CharField(
        label=_("Reason for the decision"),
        widget=Lines({"rows": 5}),
        max_length=4000,
        help_text=_("The agency reads it."),
        error_messages={"required": _("Say why it was decided so.")},
    )
