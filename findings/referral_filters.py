"""Filters of the list of cases referred back, with the number of rows behind each choice."""

from datetime import timedelta

import django_filters as filters
from django import forms
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.forms import Autocomplete
from agencies.models import Agency, Kind
from inspections.models import Inspection

from .choices import AsKnown, AsOfFilter, Counted, Flag, date_filter
from .models import CaseReferral, ReferralOutcome
from .statistics.correspondence import cases_by_outcome, with_outcome


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
        queryset=lambda request: Inspection.objects.visible_to(request.user).select_related(
            "inspected_agency", "framework"
        ),
        label=_("Inspection"),
        empty_label=_("Any inspection"),
        widget=Autocomplete,
    )
    published_from = date_filter("inspection__published_on", "gte", _("Inspection published from"))
    published_to = date_filter("inspection__published_on", "lte", _("Inspection published to"))
    as_of = AsOfFilter()
    corrected = Flag(
        method="by_nothing",
        label=_("Findings as corrected, without those withdrawn since"),
        widget=forms.HiddenInput,
    )

    counted = {
        "to_agency": ("to_agency__slug", True),
        "council": ("inspection__inspected_agency__slug", True),
    }

    class Meta:
        model = CaseReferral
        fields = []

    @property
    def counted_on(self):
        """The day before which an outcome counts as known. Without a day what was recorded today counts too."""
        return self.day or timezone.localdate() + timedelta(days=1)

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
        return with_outcome(queryset, value, self.counted_on)

    # The numbers beside the choices

    def count_choices(self):
        super().count_choices()
        others, field = self.filtered_by_all_but("outcome"), self.form.fields["outcome"]
        counts = cases_by_outcome(others, self.counted_on)
        counts["any"] = sum(counts[outcome] for outcome in ReferralOutcome.values)
        counts["days"] = with_outcome(others, "days", self.counted_on).count()
        field.widget.choices = [
            (value, Counted(label, counts[value]) if value else label) for value, label in field.choices
        ]
        self._count_inspections()

    def _count_inspections(self):
        """Those with cases only: nobody looks through hundreds of others."""
        rows = self.filtered_by_all_but("inspection").order_by().values_list("inspection")
        counts = dict(rows.annotate(n=Count("pk")))
        field, chosen = self.form.fields["inspection"], self.form.cleaned_data.get("inspection")
        used = field.queryset.filter(pk__in={*counts, *([chosen.pk] if chosen else [])})
        field.widget.choices = [
            ("", field.empty_label),
            *((found.public_id, Counted(found, counts.get(found.pk, 0))) for found in used),
        ]
