"""Filters of the list of letters."""

import django_filters as filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.forms import Autocomplete
from agencies.models import Agency

from .choices import AsKnown, AsOfFilter, checkboxes, date_filter
from .models import Letter, LetterStatus, Level


class LetterFilter(AsKnown):
    level = filters.MultipleChoiceFilter(
        choices=Level.choices, label=_("Level"), widget=checkboxes(), distinct=False
    )
    status = filters.MultipleChoiceFilter(
        choices=LetterStatus.choices, label=_("Status"), widget=checkboxes(), distinct=False
    )
    sender = filters.ModelChoiceFilter(
        field_name="from_agency",
        to_field_name="slug",
        queryset=lambda request: Agency.objects.visible_to(request.user),
        label=_("From"),
        empty_label=_("Anybody"),
        widget=Autocomplete,
    )
    addressee = filters.ModelChoiceFilter(
        field_name="to_agency",
        to_field_name="slug",
        queryset=lambda request: Agency.objects.visible_to(request.user),
        label=_("To"),
        empty_label=_("Anybody"),
        widget=Autocomplete,
    )
    reply = filters.ChoiceFilter(
        choices=[
            ("late", _("Not replied by the date asked")),
            ("in_time", _("Replied in time")),
            ("replied_late", _("Replied late")),
        ],
        method="by_reply",
        label=_("Reply"),
        empty_label=_("Any"),
    )
    sent_from = date_filter("sent_on", "gte", _("Sent from"))
    sent_to = date_filter("sent_on", "lte", _("Sent to"))
    as_of = AsOfFilter()

    counted = {"level": ("level", True), "status": ("status", True)}

    class Meta:
        model = Letter
        fields = []

    def base(self, queryset, counting=""):
        return queryset.known_on(self.day) if self.day else queryset

    def by_reply(self, queryset, name, value):
        return queryset.by_reply(value, self.day or timezone.localdate())
