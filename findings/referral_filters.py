"""Filters of the list of cases referred back."""

from datetime import timedelta

import django_filters as filters
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.forms import Autocomplete
from agencies.models import Agency, Kind
from inspections.models import Inspection

from .choices import AsKnown, AsOfFilter, Flag, date_filter
from .models import CaseReferral, ReferralOutcome
from .statistics.correspondence import with_outcome


class CaseReferralFilter(AsKnown):
    to_agency = filters.ModelChoiceFilter(
        to_field_name="slug",
        queryset=lambda request: Agency.objects.visible_to(request.user),
        label=_("Referred to"),
        empty_label=_("Any agency"),
        widget=Autocomplete,
    )
    council = filters.ModelChoiceFilter(
        field_name="inspection__inspected_agency",
        to_field_name="slug",
        queryset=lambda request: Agency.objects.visible_to(request.user).filter(kind=Kind.LOCAL_AUTHORITY),
        label=_("Council inspected"),
        empty_label=_("Any council"),
        widget=Autocomplete,
    )
    outcome = filters.ChoiceFilter(
        choices=[
            ("none", _("Not known yet")),
            ("any", _("Known")),
            ("days", _("Known, with the days it took")),
            *ReferralOutcome.choices,
        ],
        method="by_outcome",
        label=_("Outcome"),
        empty_label=_("Any"),
    )
    inspection = filters.ModelChoiceFilter(
        to_field_name="public_id",
        queryset=lambda request: Inspection.objects.visible_to(request.user),
        label=_("Inspection"),
        widget=forms.HiddenInput,
    )
    published_from = date_filter("inspection__published_on", "gte", _("Inspection published from"))
    published_to = date_filter("inspection__published_on", "lte", _("Inspection published to"))
    as_of = AsOfFilter()
    corrected = Flag(
        method="by_nothing",
        label=_("Findings as corrected, without those withdrawn since"),
        widget=forms.HiddenInput,
    )

    class Meta:
        model = CaseReferral
        fields = []

    def base(self, queryset, counting=""):
        """As of a day: what figures count, those of findings withdrawn since among them."""
        if not self.day:
            return queryset
        corrected = bool(self.form.cleaned_data.get("corrected"))
        return CaseReferral.objects.known_to(self.request.user, on=self.day, corrected=corrected)

    def by_nothing(self, queryset, name, value):
        """Says which findings count (`base`) and narrows nothing by itself."""
        return queryset

    def by_outcome(self, queryset, name, value):
        # Without a day: as it stands now, what was recorded today included.
        return with_outcome(queryset, value, self.day or timezone.localdate() + timedelta(days=1))
