"""Filters of the list of inspections, with the number of rows behind each choice."""

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from agencies.filters import LONGEST_SEARCH, WordsFilter
from agencies.forms import Autocomplete
from agencies.models import Agency, Kind
from inspections.models import Framework, Inspection, Judgement, JudgementArea
from inspections.models import Status as InspectionStatus
from inspections.periods import FIRST_DAY

from .choices import AsKnown, AsOfFilter, Flag, checkboxes, date_filter
from .models import Finding, Theme
from .statistics.grades import latest
from .statistics.shares import with_weakness


def _questions(user):
    """Every question that a framework judges, as an address says it: SIF:overall-effectiveness."""
    areas = JudgementArea.objects.filter(framework__in=Framework.objects.visible_to(user))
    return [
        (area.history_key(), f"{area.framework.code}, {area.name}")
        for area in areas.select_related("framework")
    ]


class InspectionFilter(AsKnown):
    q = WordsFilter(method="by_text", label=_("Words"))
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
        method="by_finding",
        label=_("Weakness attributed to police"),
        empty_label=_("With or without"),
    )
    about = filters.ModelChoiceFilter(
        to_field_name="slug",
        queryset=lambda request: Agency.objects.visible_to(request.user),
        method="by_finding",
        label=_("With a weakness attributed to"),
        widget=forms.HiddenInput,
    )
    found = filters.ModelChoiceFilter(
        to_field_name="code",
        queryset=lambda request: Theme.objects.visible_to(request.user),
        method="by_finding",
        label=_("With a weakness under the theme"),
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
    as_of = AsOfFilter()
    corrected = Flag(
        method="by_finding",
        label=_("Findings as corrected, without those withdrawn since"),
        widget=forms.HiddenInput,
    )
    inspection = filters.ModelChoiceFilter(
        to_field_name="public_id",
        queryset=lambda request: Inspection.objects.visible_to(request.user).select_related(
            "inspected_agency", "framework"
        ),
        method="by_inspection",
        label=_("Inspection"),
        widget=forms.HiddenInput,
    )
    joint = Flag(field_name="framework__joint", label=_("Joint inspections"), widget=forms.HiddenInput)
    question = filters.ChoiceFilter(
        choices=(), method="by_grade_given", label=_("Question"), widget=forms.HiddenInput
    )
    judged = filters.ChoiceFilter(
        choices=[("forces", _("Territorial forces")), ("others", _("Other agencies"))],
        method="by_grade_given",
        label=_("Agency graded"),
        widget=forms.HiddenInput,
    )
    cycle = filters.CharFilter(label=_("Cycle"), max_length=LONGEST_SEARCH, widget=forms.HiddenInput)
    given = filters.CharFilter(
        max_length=LONGEST_SEARCH, method="by_grade_given", label=_("Latest grade"), widget=forms.HiddenInput
    )
    lacks = filters.ChoiceFilter(
        choices=[
            ("date", _("Its date of publication")),
            ("fieldwork", _("Its last day of fieldwork")),
            ("reading", _("Findings about the police: its report is not read")),
        ],
        method="by_lacking",
        label=_("Lacks"),
        widget=forms.HiddenInput,
    )
    fieldwork_known = Flag(
        method="by_fieldwork_known", label=_("Last day of fieldwork known"), widget=forms.HiddenInput
    )

    counted = {
        "framework": ("framework__code", True),
        "inspectorate": ("lead_inspectorate__slug", True),
        "status": ("status", True),
    }

    class Meta:
        model = Inspection
        fields = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        user = self.request.user
        self.filters["question"].extra["choices"] = lambda: _questions(user)  # asked only when one is chosen

    def by_text(self, queryset, name, value):
        condition = Q()
        for word in value.split():
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

    def by_finding(self, queryset, name, value):
        """Four filters ask for one finding that fits them all (`_with_finding`), so none narrows by itself."""
        return queryset

    def by_read(self, queryset, name, value):
        read = queryset.read_for_police()
        return read if value == "yes" else queryset.exclude(pk__in=read.values("pk"))

    def by_counting(self, queryset, name, value):
        return queryset.published().counting_in_share() if value else queryset

    def by_inspection(self, queryset, name, inspection):
        return queryset.filter(pk=inspection.pk) if inspection else queryset

    def by_lacking(self, queryset, name, value):
        if value == "date":
            return queryset.filter(published_on=None)
        if value == "fieldwork":
            return queryset.filter(fieldwork_to=None)
        return self.by_read(queryset, name, "no") if value == "reading" else queryset

    def by_fieldwork_known(self, queryset, name, value):
        return queryset.exclude(Q(fieldwork_to=None) | Q(published_on=None)) if value else queryset

    def by_grade_given(self, queryset, name, value):
        """These filters ask together for one grade (`_with_grade`), so none narrows by itself."""
        return queryset

    def base(self, queryset, counting=""):
        """What the list reads: as of a day what was public then; with the finding and the grade asked for."""
        known = queryset.known_on(self.day) if self.day else queryset
        return self._with_grade(self._with_finding(known))

    def _with_finding(self, queryset):
        asked = self.form.cleaned_data
        if not (asked.get("weakness") or asked.get("about") or asked.get("found")):
            return queryset
        user = self.request.user
        if self.day:
            findings = Finding.objects.known_to(user, on=self.day, corrected=bool(asked.get("corrected")))
        else:
            findings = Finding.objects.visible_to(user).published()
        theme = asked.get("found")
        return with_weakness(
            queryset,
            findings,
            agency=asked.get("about"),
            themes=Theme.families(self.day)[theme.pk] if theme else None,
            serious=asked.get("weakness") == "serious",
        )

    def _with_grade(self, queryset):
        """Inspections that gave the grade of a question which is the agency's latest of those asked for.

        Latest among the inspections of the window, the cycle, the force and the agency: as figures count it.
        """
        asked = self.form.cleaned_data
        if not asked.get("question"):
            return queryset
        last = asked.get("published_to")
        framework, _colon, code = asked["question"].partition(":")
        given = Judgement.objects.visible_to(self.request.user).filter(
            area__framework__code=framework,
            area__code=code,
            inspection__in=self.by_force(queryset.published(), "force", asked.get("force")),
            inspection__published_on__gte=asked.get("published_from") or FIRST_DAY,
        )
        if asked.get("agency"):
            given = given.filter(inspection__inspected_agency=asked["agency"])
        if last:
            given = given.filter(inspection__published_on__lte=last)
        if asked.get("cycle"):
            given = given.filter(inspection__cycle=asked["cycle"])
        police = Q(subject__kind=Kind.POLICE_FORCE)
        if asked.get("judged"):
            territorial = police & Q(subject__special=False)
            given = given.filter(territorial) if asked["judged"] == "forces" else given.exclude(police)
        given = latest(given)
        if asked.get("given"):
            given = given.filter(grade__code=asked["given"])
        return queryset.filter(pk__in=given.values("inspection"))
