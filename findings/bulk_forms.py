"""The form of a change of several records: which change, its value, and why."""

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.forms import Autocomplete, Lines
from agencies.models import Role, User
from agencies.screened import Screened

from .bulk import CHANGES
from .follow_up_forms import day_to_propose
from .models import Theme


class PersonField(forms.ModelChoiceField):
    def label_from_instance(self, person):
        return f"{person.get_full_name()} ({person.get_role_display()})"


class BulkForm(Screened, forms.Form):
    """Fields that belong to another change than the chosen one are not asked for."""

    change = forms.ChoiceField(
        label=_("What to change"),
        widget=forms.RadioSelect({"data-small": True}),
        error_messages={"required": _("Choose what to change.")},
    )
    to = PersonField(
        label=_("Assign to"),
        queryset=User.objects.none(),
        required=False,
        empty_label="",
        widget=Autocomplete,
    )
    theme = forms.ModelChoiceField(
        label=_("New theme"),
        queryset=Theme.objects.none(),
        required=False,
        empty_label="",
        widget=Autocomplete,
    )
    due_on = forms.DateField(
        label=_("New due date"),
        required=False,
        widget=forms.DateInput({"data-date": True}),
        help_text=_("For example, 31/3/2027. A manager of the lead inspectorate decides on it."),
        error_messages={"invalid": _("Write a date such as 23/5/2016 or 23 May 2016.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        widget=Lines({"rows": 3}),
        max_length=2000,
        help_text=_("Kept in the history of each record. Needed for everything but assigning."),
    )

    def __init__(self, *args, user, model, **kwargs):
        super().__init__(*args, **kwargs)
        self.changes = CHANGES[model]
        self.fields["change"].choices = [(change.code, change.label) for change in self.changes.values()]
        self.fields["to"].queryset = User.objects.filter(
            is_active=True, role__in=(Role.INSPECTOR, Role.MANAGER), agency_id=user.agency_id
        ).exclude(agency=None)
        self.fields["theme"].queryset = Theme.objects.visible_to(user).current()
        wanted = {change.field for change in self.changes.values()}
        for name in {"to", "theme", "due_on"} - wanted:
            del self.fields[name]
        for change in self.changes.values():
            if change.field:
                # Script shows the field for its change only; without script it is always there.
                self.fields[change.field].widget.attrs |= {
                    "data-show-when": "change",
                    "data-show-values": change.code,
                }

    def clean_due_on(self):
        day = self.cleaned_data["due_on"]
        # Of another change than this one the field may hold anything.
        return day_to_propose(day) if day and self.data.get("change") == "due_on" else day

    def clean(self):
        cleaned = super().clean()
        change = self.changes.get(cleaned.get("change"))
        if change is None:
            return cleaned
        if change.field and not cleaned.get(change.field) and change.field not in self.errors:
            self.add_error(change.field, _("Say what it becomes."))
        if change.needs_reason and not cleaned.get("reason", "").strip() and "reason" not in self.errors:
            self.add_error("reason", _("Say why."))
        return cleaned

    @property
    def chosen(self):
        """The change that was chosen, of a valid form."""
        return self.changes[self.cleaned_data["change"]]

    @property
    def value(self):
        return self.cleaned_data[self.chosen.field] if self.chosen.field else None
