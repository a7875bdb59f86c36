"""Choosing a figure for a letter: which, as of which day, of which window, and of whom."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from agencies.forms import Autocomplete

from .letters.freezing import offered
from .scope_form import ScopeForm

OF = ("force", "council", "theme")


class FigureForm(ScopeForm):
    """Stands in the address: nothing is saved by it."""

    code = forms.ChoiceField(label=_("Figure"), widget=Autocomplete)

    field_order = ["code", "as_of", "window", "published_from", "published_to", *OF, "corrected"]

    def __init__(self, data, *, user):
        super().__init__(data, user=user, takes=OF)
        self.fields["code"].choices = [
            ("", ""),
            *sorted(
                ((code, str(figure.title)) for code, figure in offered().items()), key=lambda pair: pair[1]
            ),
        ]
        labels = {"force": _("Of the force"), "council": _("Of the council"), "theme": _("Of the theme")}
        for name, label in labels.items():
            field = self.fields[name]
            field.label, field.empty_label = label, ""
            field.widget = Autocomplete()
            field.widget.choices = field.choices
            field.label_from_instance = lambda record: capfirst(str(getattr(record, "full_name", record)))

    def query(self):
        """What was asked, as the figure's address says it: the day written out, so that it stays the same day."""
        asked = {name: self.cleaned_data[name] for name in OF if self.cleaned_data[name]}
        named = {
            name: getattr(record, "code", None) if name == "theme" else record.slug
            for name, record in asked.items()
        }
        return self.period.query | named
