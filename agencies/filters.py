"""Filters of the list of agencies."""

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .models import Agency, Kind, Nation

LONGEST_SEARCH = 200  # characters
MOST_WORDS = 10


def few_words(text):
    """A validator: each word is looked for in every row, so there is an end to them."""
    if len(text.split()) > MOST_WORDS:
        raise ValidationError(_("Search for at most %(most)s words."), params={"most": MOST_WORDS})


class WordsFilter(filters.CharFilter):
    """Words to search for: all of them, anywhere, in any order. Too many are an error beside the field."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs, max_length=LONGEST_SEARCH, validators=[few_words])


class AgencyFilter(filters.FilterSet):
    name = WordsFilter(method="by_name", label=_("Name or code"))
    kind = filters.MultipleChoiceFilter(
        choices=Kind.choices, label=_("Kind"), widget=forms.CheckboxSelectMultiple({"data-small": True})
    )
    nation = filters.MultipleChoiceFilter(
        choices=Nation.choices, label=_("Nation"), widget=forms.CheckboxSelectMultiple({"data-small": True})
    )
    region = filters.ChoiceFilter(
        label=_("Region"),
        empty_label=_("Any region"),
    )
    closed = filters.ChoiceFilter(
        choices=[("no", _("Open now")), ("yes", _("Closed"))],
        method="by_closed",
        label=_("Open or closed"),
        empty_label=_("Either"),
    )

    class Meta:
        model = Agency
        fields = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        visible = self.queryset.exclude(region="").order_by("region")
        regions = visible.values_list("region", flat=True).distinct()
        self.filters["region"].extra["choices"] = [(region, region) for region in regions]

    def by_name(self, queryset, name, value):
        condition = Q()
        for word in value.split():
            condition &= (
                Q(name__icontains=word)
                | Q(official_name__icontains=word)
                | Q(code__iexact=word)
                | Q(short_code__iexact=word)
            )
        return queryset.filter(condition)

    def by_closed(self, queryset, name, value):
        today = timezone.localdate()
        if value == "yes":
            return queryset.filter(closed_on__lt=today)
        return queryset.open_on(today)
