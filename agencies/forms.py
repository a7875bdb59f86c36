"""Form fields and widgets for choosing agencies and people, and the form that asks why."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Agency, Kind
from .screened import Screened


class Lines(forms.Textarea):
    """Text of several lines. Browsers send a line break as CR LF; it is kept as LF, as files and commands write it.

    Otherwise opening and saving a text that did not come from a browser would be a change of it.
    """

    def value_from_datadict(self, data, files, name):
        value = super().value_from_datadict(data, files, name)
        return value.replace("\r\n", "\n") if isinstance(value, str) else value


class Autocomplete(forms.Select):
    """A select that script turns into a type-ahead; without script it stays a select."""

    def __init__(self, attrs=None, choices=()):
        super().__init__({"data-autocomplete": True, **(attrs or {})}, choices)


class RepeatedSelect(forms.SelectMultiple):
    """Several values as several type-ahead selects of one name: those chosen, and some empty ones."""

    template_name = "agencies/widgets/repeated_select.html"
    use_fieldset = True
    SPARE = 3

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        chosen = [str(item) for item in (value or []) if str(item)]
        single = Autocomplete(choices=[("", ""), *self.choices])
        base = context["widget"]["attrs"].get("id", f"id_{name}")
        context["selects"] = [
            single.get_context(
                name,
                item,
                {
                    "id": f"{base}_{index}",  # the error summary leads to the first of a group: _0
                    "aria-label": f"{self.item_label} {index + 1}",
                },
            )["widget"]
            for index, item in enumerate([*chosen, *[""] * self.SPARE])
        ]
        return context

    item_label = _("Choice")

    def value_from_datadict(self, data, files, name):
        return [value for value in super().value_from_datadict(data, files, name) or [] if value]


def grouped(agencies, first=(), first_label=""):
    """Choices by kind of agency, those named in `first` on top in a group of their own."""
    choices = [("", "")]
    if first:
        choices.append((first_label, [(agency.pk, agency.full_name) for agency in first]))
    on_top = {agency.pk for agency in first}
    groups = {}
    for agency in agencies:
        if agency.pk not in on_top:
            groups.setdefault(agency.kind, []).append((agency.pk, agency.full_name))
    for kind in Kind:
        if kind in groups:
            choices.append((kind.label, sorted(groups[kind], key=lambda choice: choice[1])))
    return choices


class AgencyField(forms.ModelChoiceField):
    """One agency, chosen by typing. `offer` fills in what this person may choose."""

    widget = Autocomplete

    def __init__(self, **kwargs):
        super().__init__(Agency.objects.none(), **kwargs)

    def offer(self, agencies, first=(), first_label=""):
        self.queryset = agencies
        self.choices = grouped(agencies, first, first_label)


class SeveralField(forms.ModelMultipleChoiceField):
    """Refuses a number that no id can be like any other unknown one, instead of asking the database."""

    def clean(self, value):
        for item in value or ():
            if str(item).isdecimal() and len(str(item)) > 18:
                raise forms.ValidationError(
                    self.error_messages["invalid_choice"], code="invalid_choice", params={"value": item}
                )
        return super().clean(value)


class AgenciesField(SeveralField):
    """Several agencies, each chosen by typing."""

    widget = RepeatedSelect

    def __init__(self, **kwargs):
        super().__init__(Agency.objects.none(), **kwargs)

    def offer(self, agencies):
        self.queryset = agencies
        self.choices = grouped(agencies)[1:]


class ReasonForm(Screened, forms.Form):
    """Why: kept in the history of the record."""

    reason = forms.CharField(
        label=_("Reason"),
        widget=Lines({"rows": 3}),
        max_length=2000,
        help_text=_("Kept in the history."),
    )

    def __init__(self, *args, required=True, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = required
