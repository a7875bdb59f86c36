"""Filters of the read log."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from agencies.forms import Autocomplete

from .models import Inspection, ReadLogEntry


def _inspections(request):
    """Those that the person may see, with a row that they may read."""
    rows = ReadLogEntry.objects.visible_to(request.user)
    found = Inspection.objects.visible_to(request.user).filter(pk__in=rows.values("inspection_id"))
    return found.select_related("inspected_agency", "framework")


class ReadLogFilter(filters.FilterSet):
    inspection = filters.ModelChoiceFilter(
        to_field_name="public_id",
        queryset=_inspections,
        label=_("Inspection"),
        empty_label=_("Any inspection"),
        widget=Autocomplete,
    )
    how = filters.ChoiceFilter(
        choices=[("right", _("By right")), ("break-glass", _("By break-glass"))],
        method="by_how",
        label=_("How"),
        empty_label=_("Either"),
    )

    class Meta:
        model = ReadLogEntry
        fields = []

    def by_how(self, queryset, name, value):
        return queryset.filter(break_glass__isnull=value == "right")
