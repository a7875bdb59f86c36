"""What a figure may be asked of: the day, the window, and of whom. What is not understood is an error."""

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Kind
from inspections.models import Inspection
from inspections.periods import PeriodForm, Window

from .choices import FlagField
from .figures import Scope
from .models import Theme
from .statistics.known import Known


def _hidden(model, name, label):
    """A choice that stands in the address only; empty until the form fills in what is visible."""
    return forms.ModelChoiceField(
        model.objects.none(),
        to_field_name=name,
        required=False,
        label=label,
        widget=forms.HiddenInput,
        error_messages=NOT_KNOWN,
    )


NOT_KNOWN = {"invalid_choice": _("Nothing of this name is known here.")}


class ScopeForm(PeriodForm):
    """The period, and where a page leaves it open the force, council, theme or inspection."""

    force = _hidden(Agency, "slug", _("Force"))
    council = _hidden(Agency, "slug", _("Council"))
    theme = _hidden(Theme, "code", _("Theme"))
    inspection = _hidden(Inspection, "public_id", _("Inspection"))
    corrected = FlagField(
        required=False,
        label=_("As corrected, without findings withdrawn since"),
        widget=forms.HiddenInput,
    )

    def __init__(self, *args, user, takes=(), **kwargs):
        super().__init__(*args, **kwargs)
        agencies = Agency.objects.visible_to(user)
        querysets = {
            "force": agencies.forces(),
            "council": agencies.filter(kind=Kind.LOCAL_AUTHORITY),
            "theme": Theme.objects.visible_to(user),
            "inspection": Inspection.objects.visible_to(user).published(),
        }
        for name, queryset in querysets.items():
            if name in takes:
                self.fields[name].queryset = queryset
            else:
                del self.fields[name]


def scope_of(data, user, *, default=Window.YEAR, takes=(), form_class=ScopeForm, sort="", **of):
    """(form, Scope): what is asked, as it stands in an address; the scope is None while the form has errors.

    `takes`: which parts of the scope the address may hold; `of`: those that the page itself is about.
    """
    form = form_class(data, user=user, takes=takes, default=default)
    if not form.is_valid():
        return form, None
    cleaned = form.cleaned_data
    parts = {name: cleaned[name] for name in takes} | of
    if parts.get("theme"):
        parts["theme"] = parts["theme"].counted_with(form.period.as_of)
    known = Known(user, form.period.as_of, corrected=bool(cleaned["corrected"]))
    return form, Scope(known, form.period, sort=sort, **parts)
