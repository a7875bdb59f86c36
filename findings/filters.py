"""Filters of the lists of findings and of inspections, with the number of rows behind each choice."""

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from agencies.forms import Autocomplete
from agencies.models import Agency, Kind
from inspections.models import Framework, Inspection, Judgement
from inspections.models import Status as InspectionStatus

from .choices import Countable, Flag, checkboxes, date_filter
from .models import Finding, FindingType, Severity, Status, Theme
from .statistics import with_weakness_of


class FindingFilter(Countable):
    q = filters.CharFilter(method="by_text", label=_("Words"))
    force = filters.ModelChoiceFilter(
        field_name="attributed_to",
        to_field_name="slug",
        queryset=lambda request: Agency.objects.visible_to(request.user).forces(),
        label=_("Police force"),
        empty_label=_("Any force"),
        widget=Autocomplete,
    )
    agency = filters.ModelChoiceFilter(
        field_name="attributed_to",
        to_field_name="slug",
        queryset=lambda request: Agency.objects.visible_to(request.user),
        label=_("Attributed to"),
        widget=forms.HiddenInput,
    )
    council = filters.ModelChoiceFilter(
        field_name="inspection__inspected_agency",
        to_field_name="slug",
        queryset=lambda request: Agency.objects.visible_to(request.user).filter(kind=Kind.LOCAL_AUTHORITY),
        label=_("Council inspected"),
        empty_label=_("Any council"),
        widget=Autocomplete,
    )
    theme = filters.ModelMultipleChoiceFilter(
        to_field_name="code",
        queryset=lambda request: Theme.objects.visible_to(request.user),
        method="by_theme",
        label=_("Theme"),
        widget=checkboxes(),
    )
    finding_type = filters.MultipleChoiceFilter(
        choices=FindingType.choices, label=_("Type"), widget=checkboxes(), distinct=False
    )
    severity = filters.MultipleChoiceFilter(
        choices=Severity.choices, label=_("Severity"), widget=checkboxes(), distinct=False
    )
    status = filters.MultipleChoiceFilter(
        choices=Status.choices, method="by_status", label=_("Status"), widget=checkboxes()
    )
    about_police = Flag(method="by_police", label=_("Attributed to a police force"), widget=forms.HiddenInput)
    systemic = filters.ChoiceFilter(
        choices=[("yes", _("Systemic")), ("no", _("Not systemic"))],
        method="by_systemic",
        label=_("Systemic"),
        empty_label=_("Either"),
    )
    framework = filters.ModelMultipleChoiceFilter(
        field_name="inspection__framework__code",
        to_field_name="code",
        queryset=lambda request: Framework.objects.visible_to(request.user),
        label=_("Framework"),
        widget=checkboxes(),
        distinct=False,
    )
    inspectorate = filters.ModelMultipleChoiceFilter(
        field_name="inspection__lead_inspectorate__slug",
        to_field_name="slug",
        queryset=lambda request: Agency.objects.visible_to(request.user).filter(kind=Kind.INSPECTORATE),
        label=_("Inspectorate in the lead"),
        widget=checkboxes(),
        distinct=False,
    )
    published_from = date_filter("inspection__published_on", "gte", _("Published from"))
    published_to = date_filter("inspection__published_on", "lte", _("Published to"))
    inspection = filters.ModelChoiceFilter(
        to_field_name="public_id",
        queryset=lambda request: Inspection.objects.visible_to(request.user).select_related(
            "inspected_agency", "framework"
        ),
        label=_("Inspection"),
        widget=forms.HiddenInput,
    )
    mine = Flag(method="by_me", label=_("Only those that I logged"), widget=forms.CheckboxInput)

    to_review = Flag(method="by_waiting", label=_("Waiting for my review"), widget=forms.HiddenInput)
    undated = Flag(method="by_no_date", label=_("Date of publication not known"), widget=forms.HiddenInput)

    counted = {
        "force": ("attributed_to__slug", True),
        "council": ("inspection__inspected_agency__slug", True),
        "theme": ("theme__code", False),
        "finding_type": ("finding_type", False),
        "severity": ("severity", False),
        "status": ("status", True),
        "framework": ("inspection__framework__code", True),
        "inspectorate": ("inspection__lead_inspectorate__slug", True),
    }

    class Meta:
        model = Finding
        fields = []

    def by_text(self, queryset, name, value):
        condition = Q()
        for word in value.split()[:10]:
            condition &= (
                Q(summary__icontains=word)
                | Q(detail__icontains=word)
                | Q(reference__icontains=word)
                | Q(theme__name__icontains=word)
                | Q(attributed_to__official_name__icontains=word)
                | Q(inspection__inspected_agency__official_name__icontains=word)
            )
        return queryset.filter(condition)

    def by_theme(self, queryset, name, themes):
        """A theme stands for those merged into it too."""
        if not themes:
            return queryset
        families = Theme.families()
        return queryset.filter(theme_id__in=set().union(*(families[theme.pk] for theme in themes)))

    def by_status(self, queryset, name, values):
        """Withdrawn findings are shown only when asked for."""
        return queryset.filter(status__in=values) if values else queryset.exclude(status=Status.WITHDRAWN)

    def by_police(self, queryset, name, value):
        return queryset.about_police() if value else queryset

    def by_systemic(self, queryset, name, value):
        return queryset.filter(systemic=value == "yes")

    def by_me(self, queryset, name, value):
        return queryset.filter(author=self.request.user) if value else queryset

    def by_waiting(self, queryset, name, value):
        return queryset.waiting_for(self.request.user) if value else queryset

    def by_no_date(self, queryset, name, value):
        return queryset.filter(inspection__published_on=None) if value else queryset

    def filtered_by_all_but(self, name):
        queryset = super().filtered_by_all_but(name)
        return queryset if name == "status" else self._without_withdrawn(queryset)

    def filter_queryset(self, queryset):
        return self._without_withdrawn(super().filter_queryset(queryset))

    def _without_withdrawn(self, queryset):
        return queryset if self.form.cleaned_data.get("status") else queryset.exclude(status=Status.WITHDRAWN)

    def rolled_up(self, name, counts):
        if name != "theme":
            return counts
        themes = {theme.pk: theme.code for theme in self.form.fields["theme"].queryset}
        return {
            themes[pk]: sum(counts.get(themes[member], 0) for member in family)
            for pk, family in Theme.families().items()
            if pk in themes
        }


class InspectionFilter(Countable):
    q = filters.CharFilter(method="by_text", label=_("Words"))
    framework = filters.ModelMultipleChoiceFilter(
        field_name="framework__code",
        to_field_name="code",
        queryset=lambda request: Framework.objects.visible_to(request.user),
        label=_("Framework"),
        widget=checkboxes(),
        distinct=False,
    )
    inspectorate = filters.ModelMultipleChoiceFilter(
        field_name="lead_inspectorate__slug",
        to_field_name="slug",
        queryset=lambda request: Agency.objects.visible_to(request.user).filter(kind=Kind.INSPECTORATE),
        label=_("Inspectorate in the lead"),
        widget=checkboxes(),
        distinct=False,
    )
    agency = filters.ModelChoiceFilter(
        field_name="inspected_agency",
        to_field_name="slug",
        queryset=lambda request: Agency.objects.visible_to(request.user).exclude(kind=Kind.INSPECTORATE),
        label=_("Inspected agency"),
        empty_label=_("Any agency"),
        widget=Autocomplete,
    )
    force = filters.ModelChoiceFilter(
        to_field_name="slug",
        queryset=lambda request: Agency.objects.visible_to(request.user).forces(),
        method="by_force",
        label=_("Police force concerned"),
        empty_label=_("Any force"),
        widget=Autocomplete,
    )
    grade = filters.MultipleChoiceFilter(
        choices=[
            ("outstanding", _("Outstanding")),
            ("good", _("Good")),
            ("adequate", _("Adequate")),
            ("requires-improvement", _("Requires improvement")),
            ("inadequate", _("Inadequate")),
        ],
        method="by_grade",
        label=_("Overall grade"),
        widget=checkboxes(),
    )
    status = filters.MultipleChoiceFilter(
        choices=InspectionStatus.choices, label=_("Status"), widget=checkboxes(), distinct=False
    )
    weakness = filters.ChoiceFilter(
        choices=[("any", _("Of any severity")), ("serious", _("Serious or critical"))],
        method="by_weakness",
        label=_("Weakness attributed to police"),
        empty_label=_("With or without"),
    )
    about = filters.ModelChoiceFilter(
        to_field_name="slug",
        queryset=lambda request: Agency.objects.visible_to(request.user),
        method="by_about",
        label=_("With a weakness attributed to"),
        widget=forms.HiddenInput,
    )
    read = filters.ChoiceFilter(
        choices=[("yes", _("Recorded")), ("no", _("Not recorded"))],
        method="by_read",
        label=_("Findings about the police"),
        empty_label=_("Recorded or not"),
    )
    counts_in_share = Flag(
        method="by_counting",
        label=_("Graded inspections that evaluate partnership working"),
        widget=forms.HiddenInput,
    )
    published_from = date_filter("published_on", "gte", _("Published from"))
    published_to = date_filter("published_on", "lte", _("Published to"))

    counted = {
        "framework": ("framework__code", True),
        "inspectorate": ("lead_inspectorate__slug", True),
        "status": ("status", True),
    }

    class Meta:
        model = Inspection
        fields = []

    def by_text(self, queryset, name, value):
        condition = Q()
        for word in value.split()[:10]:
            condition &= (
                Q(reference__icontains=word)
                | Q(inspected_agency__official_name__icontains=word)
                | Q(inspected_agency__name__icontains=word)
                | Q(topic__icontains=word)
                | Q(cycle__icontains=word)
                | Q(framework__name__icontains=word)
            )
        return queryset.filter(condition)

    def by_force(self, queryset, name, force):
        return queryset.of_force(force) if force else queryset

    def by_grade(self, queryset, name, codes):
        if not codes:
            return queryset
        given = Judgement.objects.visible_to(self.request.user).filter(
            inspection=OuterRef("pk"), area__code="overall-effectiveness", grade__code__in=codes
        )
        return queryset.filter(Exists(given))

    def by_weakness(self, queryset, name, value):
        weaknesses = Finding.objects.published().weaknesses().about_police().filter(inspection=OuterRef("pk"))
        return queryset.filter(Exists(weaknesses.serious() if value == "serious" else weaknesses))

    def by_about(self, queryset, name, agency):
        return with_weakness_of(queryset, agency) if agency else queryset

    def by_read(self, queryset, name, value):
        read = queryset.read_for_police()
        return read if value == "yes" else queryset.exclude(pk__in=read.values("pk"))

    def by_counting(self, queryset, name, value):
        return queryset.published().counting_in_share() if value else queryset
