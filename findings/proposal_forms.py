"""Forms of the page on which a proposed finding is decided: the finding as it would be logged, and what to merge into."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import Truncator
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from agencies.forms import Autocomplete
from agencies.screened import Screened

from .forms import FindingForm
from .models import Finding, Proposal, Status
from .models.life import SERIOUS

FINDING, PROPOSAL = "finding:", "proposal:"


class ProposalForm(FindingForm):
    """The finding that a proposal would become. Unsent it is filled in from the proposal; what is sent is screened as
    if somebody had written all of it."""

    def __init__(self, data=None, *, user, proposal):
        self.proposal = proposal
        super().__init__(
            data,
            user=user,
            inspection=proposal.report.inspection,
            initial=None if data is not None else as_proposed(proposal),
        )
        # A finding that repeats an earlier one is linked on its own page, which offers them.
        del self.fields["recurrence_of"]
        self.fields["summary"].help_text = _(
            "The report’s words are filled in. One or two sentences of your own are better. "
            "No names of children or families."
        )

    def values(self):
        return {name: self.cleaned_data[name] for name in self.fields}


def as_proposed(proposal):
    """Initial values; a severity that needs a reason has the report's deciding words for one."""
    values = {
        "finding_type": proposal.finding_type,
        "attributed_to": proposal.attributed_to_id,
        "with_partners": proposal.with_partners,
        "theme": proposal.theme_id,
        "severity": proposal.severity,
        "summary": Truncator(proposal.words).chars(1000),
    }
    if proposal.severity in SERIOUS and proposal.reasons:
        words = "; ".join(f"“{words}”" for words in proposal.deciding_words)
        values["severity_rationale"] = _now("The report’s words: %(words)s.") % {"words": words}
    return values


class MergeForm(Screened, forms.Form):
    """What says the same: a finding of the same inspection, or another proposal that is still open."""

    into = forms.ChoiceField(
        label=_("It says the same as"),
        required=False,
        widget=Autocomplete,
        error_messages={"invalid_choice": _("Choose one from the list: that one was decided meanwhile.")},
    )

    def __init__(self, data=None, *, user, proposal):
        super().__init__(data)
        findings = (
            Finding.objects.visible_to(user)
            .filter(inspection=proposal.report.inspection_id)
            .exclude(status=Status.WITHDRAWN)
            .order_by("-pk")
        )
        others = (
            Proposal.objects.visible_to(user)
            .open()
            .filter(report=proposal.report_id)
            .exclude(pk=proposal.pk)
            .order_by("order", "pk")
        )
        if proposal.group is not None:
            others = others.exclude(group=proposal.group)
        self.findings = {f"{FINDING}{found.public_id}": found for found in findings}
        self.others = {f"{PROPOSAL}{found.public_id}": found for found in others}
        choices = [("", "")]
        if self.findings:
            labels = [(key, _finding_label(found)) for key, found in self.findings.items()]
            choices.append((_("Findings of this inspection"), labels))
        if self.others:
            labels = [(key, str(found)) for key, found in self.others.items()]
            choices.append((_("Proposals to be decided"), labels))
        self.fields["into"].choices = choices

    @property
    def has_choices(self):
        return bool(self.findings or self.others)

    def clean_into(self):
        into = self.cleaned_data["into"]
        if not into:
            raise ValidationError(_("Choose what it says the same as."))
        return into

    def target(self):
        """Arguments of Proposal.merge."""
        into = self.cleaned_data["into"]
        return {"finding": self.findings[into]} if into in self.findings else {"into": self.others[into]}


def _finding_label(finding):
    name = finding.reference or finding.get_status_display()
    return f"{name}: {Truncator(finding.summary).chars(80)}"
