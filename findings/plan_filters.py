"""Filters of the list of action plans."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from agencies.forms import Autocomplete
from agencies.models import Agency
from inspections.models import Inspection

from .choices import Countable, checkboxes
from .models import ActionPlan, PlanStatus


def _agencies(request):
    """Those with a plan that the person may see."""
    plans = ActionPlan.objects.visible_to(request.user)
    return Agency.objects.visible_to(request.user).filter(pk__in=plans.values("by_agency_id"))


def _inspections(request):
    plans = ActionPlan.objects.visible_to(request.user)
    found = Inspection.objects.visible_to(request.user).filter(pk__in=plans.values("inspection_id"))
    return found.select_related("inspected_agency", "framework")


class PlanFilter(Countable):
    status = filters.MultipleChoiceFilter(
        choices=PlanStatus.choices, label=_("Status"), widget=checkboxes(), distinct=False
    )
    agency = filters.ModelChoiceFilter(
        field_name="by_agency",
        to_field_name="slug",
        queryset=_agencies,
        label=_("Plan of"),
        empty_label=_("Any agency"),
        widget=Autocomplete,
    )
    inspection = filters.ModelChoiceFilter(
        to_field_name="public_id",
        queryset=_inspections,
        label=_("Inspection"),
        empty_label=_("Any inspection"),
        widget=Autocomplete,
    )

    counted = {"status": ("status", False)}

    class Meta:
        model = ActionPlan
        fields = []
