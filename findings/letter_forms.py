"""Forms of letters: writing one, sending it, recording its reply."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.forms import AgencyField, Lines
from agencies.models import Agency
from agencies.screened import Screened

from .letters.text import has_broken_places, names_in
from .models import Finding, Letter, Level

MOST_FINDINGS = 200


def published_findings(text, user):
    """The published findings whose references the text names; a ValidationError says which are none."""
    wanted = list(dict.fromkeys(re.findall(r"[^\s,;]+", text.upper())))
    if len(wanted) > MOST_FINDINGS:
        raise forms.ValidationError(_("A letter names at most %d findings.") % MOST_FINDINGS)
    visible = Finding.objects.visible_to(user).published().filter(reference__in=wanted)
    found = {finding.reference.upper(): finding for finding in visible}
    if unknown := [reference for reference in wanted if reference not in found]:
        raise forms.ValidationError(_("No published finding has this reference: %s.") % ", ".join(unknown))
    return list(found.values())


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
        fields = [
            "level",
            "from_post",
            "to_agency",
            "to_post",
            "subject",
            "text",
            "asks",
            "enclosures",
            "reply_due_on",
        ]
        widgets = {
            "text": Lines({"rows": 16}),
            "asks": Lines({"rows": 4}),
            "enclosures": Lines({"rows": 2}),
            "reply_due_on": forms.DateInput({"data-date": True}),
        }
        help_texts = {
            "text": _(
                "An empty line parts paragraphs. A line that begins with “# ” or “## ” is a heading, lines that "
                "begin with “- ” are a list. {{ name }} stands for a figure of this letter, {{ SIF-2016-STO-01 }} for a finding."
            ),
            "reply_due_on": _("For example, 31/10/2026. Leave empty if no reply is asked for."),
        }
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
        return published_findings(self.cleaned_data["references"], self.user)

    def clean(self):
        """The text names figures of this letter and published findings, and nothing else; such findings are among
        those that the letter is about."""
        cleaned = super().clean()
        text = cleaned.get("text", "")
        if has_broken_places(text):
            self.add_error("text", _("Between {{ and }} stands one name, without spaces in it."))
        figures = set(self.instance.figures.values_list("name", flat=True)) if self.instance.pk else set()
        wanted = {name.upper(): name for name in names_in(text) if name not in figures}
        visible = Finding.objects.visible_to(self.user).published()
        found = {finding.reference.upper(): finding for finding in visible.filter(reference__in=wanted)}
        if unknown := [name for upper, name in wanted.items() if upper not in found]:
            words = _("No figure of this letter and no published finding has this name: %s.")
            self.add_error("text", words % ", ".join(unknown))
        about = cleaned.get("references")
        if about is not None:
            cleaned["references"] = list(dict.fromkeys([*about, *found.values()]))
        return cleaned

    def _post_clean(self):
        # Who writes is not a field: the model's own checks need it.
        if not self.instance.pk:
            self.instance.from_agency = self.user.agency
        super()._post_clean()

    def values(self):
        """Field values for the model's verbs."""
        values = {name: self.cleaned_data[name] for name in self._meta.fields}
        return {**values, "findings": self.cleaned_data["references"]}


class ConfirmForm(Screened, forms.Form):
    """Nothing to fill in: the step asks to confirm."""


class SendForm(ConfirmForm):
    """What is sent is what was shown: `seen` is the digest of the figures as the page showed them."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data=None, *, digest):
        super().__init__(data, initial={"seen": digest})
        self.digest = digest

    @property
    def is_outdated(self):
        return self.cleaned_data["seen"] != self.digest
