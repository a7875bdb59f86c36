"""The form by which an administrator opens one inspection before publication."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.forms import Lines
from agencies.public_ids import PATTERN
from agencies.screened import Screened

from .models.break_glass import LONGEST

ID = re.compile(rf"(?:^|/inspections/)({PATTERN})(?:/|$)")


class BreakGlassForm(Screened, forms.Form):
    address = forms.CharField(
        label=_("Address of the inspection"),
        max_length=500,
        help_text=_("As it was sent to you by somebody who sees it, or the 16 letters and digits in it."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        widget=Lines({"rows": 4}),
        max_length=2000,
        help_text=_("Those who manage the inspection and auditors read it."),
    )
    minutes = forms.TypedChoiceField(
        label=_("For how long"),
        choices=[(minutes, _("%(minutes)s minutes") % {"minutes": minutes}) for minutes in (15, 30, LONGEST)],
        coerce=int,
        widget=forms.RadioSelect({"data-small": True}),
    )

    def clean_address(self):
        """The public id in it."""
        found = ID.search(self.cleaned_data["address"])
        if found is None:
            raise forms.ValidationError(_("Give the address of one inspection."))
        return found.group(1)
