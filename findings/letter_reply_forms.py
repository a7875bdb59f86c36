"""Replying to a letter: a position on each thing asked, facts that are disputed, what is undertaken."""

from django import forms
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from agencies.forms import Lines
from agencies.screened import Screened
from inspections.periods import within_the_calendar

from .follow_up_forms import DATE_INVALID
from .models import ActionStatus, AskPosition, Commitment

SPARE_DISPUTES = 3
SPARE_COMMITMENTS = 5


class ReplyForm(Screened, forms.Form):
    """One fieldset for each thing asked (`ask_groups`), rows for disputed facts and for commitments."""

    on = forms.DateField(
        label=_("Replied on"),
        initial=timezone.localdate,
        widget=forms.DateInput({"data-date": True}),
        help_text=_("The day of the reply: for example, 18/10/2016."),
    )
    text = forms.CharField(label=_("The reply"), widget=Lines({"rows": 10}), max_length=20000)

    def __init__(self, data=None, *, asks, facts):
        """`asks`: what was asked, in order; `facts`: (name, words) of each figure and finding of the letter."""
        super().__init__(data)
        self.asks = asks
        for order, _ask in enumerate(asks, 1):
            self.fields[f"position_{order}"] = forms.ChoiceField(
                label=_("Position"),
                required=False,
                choices=[("", _now("Not said")), *AskPosition.choices],
            )
            self.fields[f"answer_{order}"] = _text(_("Answer"))
        if facts:
            choices = [("", ""), *((name, Truncator(words).chars(100)) for name, words in facts)]
            for row in range(1, SPARE_DISPUTES + 1):
                self.fields[f"disputed_{row}"] = forms.ChoiceField(
                    label=_("What is disputed"), required=False, choices=choices
                )
                self.fields[f"why_{row}"] = _text(_("Why"))
        for row in range(1, SPARE_COMMITMENTS + 1):
            self.fields[f"undertaken_{row}"] = _text(_("What will be done"), rows=2, most=2000)
            self.fields[f"owner_{row}"] = forms.CharField(
                label=_("Owner"), required=False, max_length=120, help_text=_("A post, not a person.")
            )
            self.fields[f"due_{row}"] = forms.DateField(
                label=_("Due on"),
                required=False,
                widget=forms.DateInput({"data-date": True}),
                validators=[within_the_calendar],
                error_messages={"invalid": DATE_INVALID},
            )
        self.NAMES_EXPECTED = frozenset(name for name in self.fields if name.startswith("owner_"))

    # How the page draws them

    @property
    def ask_groups(self):
        """[(what was asked, its fields)]"""
        return [
            (ask, [self[f"position_{order}"], self[f"answer_{order}"]])
            for order, ask in enumerate(self.asks, 1)
        ]

    @property
    def dispute_groups(self):
        rows = range(1, SPARE_DISPUTES + 1) if "disputed_1" in self.fields else ()
        return [[self[f"disputed_{row}"], self[f"why_{row}"]] for row in rows]

    @property
    def commitment_groups(self):
        rows = range(1, SPARE_COMMITMENTS + 1)
        return [[self[f"{name}_{row}"] for name in ("undertaken", "owner", "due")] for row in rows]

    # What they say

    def clean_on(self):
        if self.cleaned_data["on"] > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come."))
        return self.cleaned_data["on"]

    def clean(self):
        cleaned = super().clean()
        for order, _ask in enumerate(self.asks, 1):
            if cleaned.get(f"answer_{order}") and not cleaned.get(f"position_{order}"):
                self.add_error(f"position_{order}", _("Choose the position that the answer takes."))
        for row in range(1, SPARE_DISPUTES + 1):
            about, why = cleaned.get(f"disputed_{row}"), cleaned.get(f"why_{row}")
            if about and not why:
                self.add_error(f"why_{row}", _("Say why it is disputed."))
            if why and not about:
                self.add_error(f"disputed_{row}", _("Choose what is disputed."))
        for row in range(1, SPARE_COMMITMENTS + 1):
            others = cleaned.get(f"owner_{row}") or cleaned.get(f"due_{row}")
            if others and not cleaned.get(f"undertaken_{row}"):
                self.add_error(f"undertaken_{row}", _("Say what will be done."))
        return cleaned

    def answers(self):
        """Field values of the answers."""
        cleaned = self.cleaned_data
        return [
            {
                "order": order,
                "ask": ask,
                "position": cleaned[f"position_{order}"],
                "text": cleaned[f"answer_{order}"],
            }
            for order, ask in enumerate(self.asks, 1)
            if cleaned[f"position_{order}"]
        ]

    def disputes(self):
        rows = range(1, SPARE_DISPUTES + 1) if "disputed_1" in self.fields else ()
        return [
            {"about": self.cleaned_data[f"disputed_{row}"], "text": self.cleaned_data[f"why_{row}"]}
            for row in rows
            if self.cleaned_data[f"disputed_{row}"]
        ]

    def commitments(self):
        cleaned = self.cleaned_data
        return [
            {
                "text": cleaned[f"undertaken_{row}"],
                "owner": cleaned[f"owner_{row}"],
                "due_on": cleaned[f"due_{row}"],
            }
            for row in range(1, SPARE_COMMITMENTS + 1)
            if cleaned[f"undertaken_{row}"]
        ]


def _text(label, *, rows=3, most=4000):
    return forms.CharField(label=label, required=False, widget=Lines({"rows": rows}), max_length=most)


class CommitmentForm(Screened, forms.ModelForm):
    """How far a commitment is."""

    class Meta:
        model = Commitment
        fields = ["status", "note"]
        widgets = {"note": Lines({"rows": 3})}

    def clean(self):
        cleaned = super().clean()
        ended = cleaned.get("status") in (ActionStatus.DONE, ActionStatus.DROPPED)
        if ended and not cleaned.get("note"):
            self.add_error("note", _("Say what was done, or why it was dropped."))
        return cleaned
