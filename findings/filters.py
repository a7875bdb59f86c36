"""Filters of the list of findings, with the number of rows behind each choice."""

from datetime import timedelta

import django_filters as filters
from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.filters import WordsFilter
from agencies.forms import Autocomplete
from agencies.models import Agency, Kind
from inspections.models import Framework, Inspection, Judgement
from inspections.periods import FIRST_DAY

from .choices import AsKnown, AsOfFilter, Flag, checkboxes, date_filter
from .models import Finding, FindingType, Severity, Status, Theme
from .statistics import quality
from .statistics.forces import diverging, recently_serious
from .statistics.themes import recurring


class FindingFilter(AsKnown):
    q = WordsFilter(method="by_text", label=_("Words"))
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
    as_of = AsOfFilter()
    corrected = Flag(
        method="by_corrected",
        label=_("As corrected, without those withdrawn since"),
        widget=forms.HiddenInput,
    )
    withdrawn = Flag(method="by_withdrawn", label=_("Withdrawn since"), widget=forms.HiddenInput)
    reworded = Flag(method="by_reworded", label=_("Corrected since"), widget=forms.HiddenInput)
    recurring = Flag(
        method="by_recurring",
        label=_("Weakness of the same force and theme in the 36 months before"),
        widget=forms.HiddenInput,
    )
    linked = Flag(
        method="by_linked", label=_("Linked to an earlier finding of the same"), widget=forms.HiddenInput
    )
    lacks = filters.ChoiceFilter(
        choices=[
            ("citation", _("A page of a report")),
            ("paragraph", _("A paragraph")),
            ("rationale", _("A reason for its severity")),
            ("theme", _("A theme of its own")),
        ],
        method="by_lacking",
        label=_("Lacks"),
        widget=forms.HiddenInput,
    )
    diverging = filters.ChoiceFilter(
        choices=[("yes", _("Yes")), ("looked", _("Looked for in these"))],
        method="by_diverging",
        label=_("Another inspectorate’s latest grade is good or better"),
        widget=forms.HiddenInput,
    )

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
        # Words of a withdrawn finding are shown to nobody as of an earlier day, nor found by trying.
        condition = Q()
        if self.day:
            condition = ~Q(status=Status.WITHDRAWN) & ~Q(version_of__status=Status.WITHDRAWN)
        for word in value.split():
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
        families = Theme.families(self.day)
        return queryset.filter(theme_id__in=set().union(*(families[theme.pk] for theme in themes)))

    def by_status(self, queryset, name, values):
        """Withdrawn findings are shown only when asked for."""
        return queryset.filter(status__in=values) if values else queryset

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

    def by_corrected(self, queryset, name, value):
        return queryset.standing() if value else queryset

    def by_withdrawn(self, queryset, name, value):
        return queryset.withdrawn() if value else queryset

    def by_reworded(self, queryset, name, value):
        return queryset.reworded() if value else queryset

    def by_linked(self, queryset, name, value):
        return queryset.filter(recurrence_of__isnull=False) if value else queryset

    def by_lacking(self, queryset, name, value):
        lacking = {
            "citation": quality.without_citation,
            "paragraph": quality.without_paragraph,
            "rationale": quality.without_rationale,
            "theme": quality.under_other,
        }
        return lacking[value](queryset) if value else queryset

    def by_recurring(self, queryset, name, value):
        if not value:
            return queryset
        start = self.form.cleaned_data.get("published_from") or FIRST_DAY
        last = self.form.cleaned_data.get("published_to")
        end = last + timedelta(1) if last else self.counted_on
        recur = recurring(self.countable, start, end, self.counted_on).filter(recurs=True)
        return queryset.filter(pk__in=recur.values("pk"))

    def by_diverging(self, queryset, name, value):
        if value == "looked":
            return queryset.filter(pk__in=recently_serious(self.countable, self.counted_on).values("pk"))
        if value == "yes":
            known = Inspection.objects.visible_to(self.request.user).known_on(self.counted_on)
            judgements = Judgement.objects.visible_to(self.request.user).filter(inspection__in=known)
            findings, _grades = diverging(self.countable, judgements, self.counted_on)
            return queryset.filter(pk__in=findings.values("pk"))
        return queryset

    @property
    def counted_on(self):
        return self.day or timezone.localdate()

    @property
    def countable(self):
        """The findings that figures of that day count."""
        return self._known_on(self.counted_on)

    def _known_on(self, day):
        corrected = bool(self.form.cleaned_data.get("corrected"))
        return Finding.objects.known_to(self.request.user, on=day, corrected=corrected)

    def base(self, queryset, counting=""):
        """As of a day: what figures count, those withdrawn since among them. Else without withdrawn ones."""
        if self.day:
            return self._known_on(self.day)
        asked_for = counting == "status" or self.form.cleaned_data.get("status")
        return queryset if asked_for else queryset.exclude(status=Status.WITHDRAWN)

    def rolled_up(self, name, counts):
        if name != "theme":
            return counts
        themes = {theme.pk: theme.code for theme in self.form.fields["theme"].queryset}
        return {
            themes[pk]: sum(counts.get(themes[member], 0) for member in family)
            for pk, family in Theme.families(self.day).items()
            if pk in themes
        }
