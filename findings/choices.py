"""Filters whose choices say how many rows stand behind them, and the small parts they are made of."""

import django_filters as filters
from django import forms
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from inspections.periods import NOT_A_DAY, not_before_records, not_in_the_future, within_the_calendar


class Counted(str):
    """A choice's label with its count; `plain` is the label alone."""

    def __new__(cls, label, count):
        counted = super().__new__(cls, f"{label} ({count})")
        counted.plain = str(label)
        return counted


def checkboxes():
    return forms.CheckboxSelectMultiple({"data-small": True})


def date_filter(field, lookup, label, widget=None):
    return filters.DateFilter(
        field_name=field,
        lookup_expr=lookup,
        label=label,
        widget=widget or forms.DateInput({"data-date": True}),
        validators=[within_the_calendar],
        error_messages=NOT_A_DAY,
    )


class AsOfFilter(filters.DateFilter):
    """The day as of which the list is read. The rows of that day are the queryset that the view passes."""

    def __init__(self):
        super().__init__(
            label=_("As known on"),
            widget=forms.DateInput({"data-date": True}),
            validators=[not_in_the_future, not_before_records],
            error_messages=NOT_A_DAY,
        )

    def filter(self, queryset, value):
        return queryset


class FlagField(forms.NullBooleanField):
    """Set or not. An address that says anything else is wrong, not a list without the filter."""

    def to_python(self, value):
        understood = super().to_python(value)
        if understood is None and value not in self.empty_values:
            raise forms.ValidationError(_("This is either true or left out."))
        return understood or None


class Flag(filters.BooleanFilter):
    field_class = FlagField


class Countable(filters.FilterSet):
    """A FilterSet whose choices can say how many rows each would show under the other filters.

    `counted`: {name of the filter: (column whose values are counted, whether choices without rows are left
    out)}. Counts are of the rows that the person may see, like the list itself.
    """

    counted = {}

    def base(self, queryset, counting=""):
        """What the list reads before any filter narrows it; or what the choices of that filter are counted of."""
        return queryset

    def filter_queryset(self, queryset):
        return super().filter_queryset(self.base(queryset))

    def filtered_by_all_but(self, name):
        queryset = self.base(self.queryset, counting=name)
        for other, value in self.form.cleaned_data.items():
            if other != name:
                queryset = self.filters[other].filter(queryset, value)
        return queryset

    def count_choices(self):
        """Puts the counts into the labels of the choices: one query for each counted filter."""
        for name, (column, only_used) in self.counted.items():
            rows = self.filtered_by_all_but(name).order_by().values_list(column).annotate(n=Count("pk"))
            counts = self.rolled_up(name, {str(value): n for value, n in rows})
            chosen = set(self.data.getlist(name)) if hasattr(self.data, "getlist") else set()
            field = self.form.fields[name]
            choices = []
            for value, label in field.choices:
                key = str(value)
                if key and only_used and not counts.get(key) and key not in chosen:
                    continue
                choices.append((key, Counted(label, counts.get(key, 0)) if key else label))
            field.widget.choices = choices

    def rolled_up(self, name, counts):
        return counts


class AsKnown(Countable):
    """A list that can be read as of a day, by its filter `as_of`: what was public then, as figures count it."""

    @property
    def day(self):
        """The day as of which the list is read, or None: now, with what is not published yet."""
        return self.form.cleaned_data.get("as_of")
