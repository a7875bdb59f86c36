"""Forms of letters: writing one, sending it, recording its reply."""

import re

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.forms import AgencyField, Lines
from agencies.models import Agency
from agencies.screened import Screened

from .models import Finding, Letter, Level

MOST_FINDINGS = 200


class LetterForm(Screened, forms.ModelForm):
    to_agency = AgencyField(
        label=_("To"),
        error_messages={
            "required": _("Choose whom the letter goes to."),
            "invalid_choice": _("Choose an agency from the list."),
        },
    )
    references = forms.CharField(
        label=_("Findings it is about"),
        required=False,
        widget=Lines({"rows": 3}),
        help_text=_("References of published findings, such as SIF-2016-STO-01, parted by spaces or lines."),
    )

    class Meta:
        model = Letter
        fields = ["level", "to_agency", "subject", "text", "asks", "reply_due_on"]
        widgets = {
            "text": Lines({"rows": 12}),
            "asks": Lines({"rows": 4}),
            "reply_due_on": forms.DateInput({"data-date": True}),
        }
        help_texts = {"reply_due_on": _("For example, 31/10/2026. Leave empty if no reply is asked for.")}
        error_messages = {
            "level": {"required": _("Choose the level.")},
            "subject": {"required": _("Say what the letter is about.")},
            "reply_due_on": {"invalid": _("Write a date such as 23/5/2016 or 23 May 2016.")},
        }

    def __init__(self, *args, user, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)
        levels = [choice for choice in Level.choices if user.is_manager or choice[0] <= Level.LEAD]
        self.fields["level"].choices = [("", "---------"), *levels]
        self.fields["to_agency"].offer(Agency.objects.visible_to(user).exclude(pk=user.agency_id))
        if self.instance.pk and "references" not in self.initial:
            named = self.instance.findings.order_by("reference").values_list("reference", flat=True)
            self.initial["references"] = "\n".join(filter(None, named))

    def clean_references(self):
        wanted = list(dict.fromkeys(re.findall(r"[^\s,;]+", self.cleaned_data["references"].upper())))
        if len(wanted) > MOST_FINDINGS:
            raise forms.ValidationError(_("A letter names at most %d findings.") % MOST_FINDINGS)
        found = {
            finding.reference.upper(): finding
            for finding in Finding.objects.visible_to(self.user).published().filter(reference__in=wanted)
        }
        if unknown := [reference for reference in wanted if reference not in found]:
            raise forms.ValidationError(
                _("No published finding has this reference: %s.") % ", ".join(unknown)
            )
        return list(found.values())

    def _post_clean(self):
        # Who writes is not a field: the model's own checks need it.
        if not self.instance.pk:
            self.instance.from_agency = self.user.agency
        super()._post_clean()

    def values(self):
        """Field values for the model's verbs."""
        values = {name: self.cleaned_data[name] for name in self._meta.fields}
        return {**values, "findings": self.cleaned_data["references"]}


class SendForm(Screened, forms.Form):
    """Nothing to fill in: sending asks to confirm."""


class ReplyForm(Screened, forms.Form):
    on = forms.DateField(
        label=_("Replied on"),
        initial=timezone.localdate,
        widget=forms.DateInput({"data-date": True}),
        help_text=_("The day of the reply: for example, 18/10/2016."),
    )
    text = forms.CharField(label=_("The reply"), widget=Lines({"rows": 10}), max_length=20000)

    def clean_on(self):
        if self.cleaned_data["on"] > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come."))
        return self.cleaned_data["on"]
