"""Filters of the list of recommendations, with the number of rows behind each choice."""

import django_filters as filters
from django import forms
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.filters import WordsFilter
from agencies.forms import Autocomplete
from agencies.models import Agency, Kind
from inspections.models import Inspection

from .choices import AsKnown, AsOfFilter, Counted, Flag, checkboxes, date_filter
from .models import Finding, Priority, Recommendation, RecommendationStatus, Status, Theme
from .statistics import follow_up
from .statistics.follow_up_words import MEASURE_LABELS

NOW, ORIGINAL = "now", "original"


class Checkbox(forms.CheckboxInput):
    """A box for a Flag: what the address says is left to the field, which knows what is no answer."""

    def __init__(self, attrs=None):
        super().__init__(attrs, check_test=lambda value: str(value).lower() in ("true", "1"))

    def value_from_datadict(self, data, files, name):
        return data.get(name)

    def format_value(self, value):
        return "true"


def _agency(label, field, **more):
    """One agency that the person may see, by the slug in the address."""
    return filters.ModelChoiceFilter(
        field_name=field,
        to_field_name="slug",
        queryset=lambda request: Agency.objects.visible_to(request.user),
        label=label,
        **{"empty_label": _("Any agency"), "widget": Autocomplete, **more},
    )


class RecommendationFilter(AsKnown):
    """As of a day status and due dates are those known then: `RecommendationQuerySet.as_known_on`.

    A filter that a figure's link needs and nobody chooses by hand is added with a hidden widget; one that says
    yes or no stands in `flags` too if its box shows a number.
    """

    q = WordsFilter(method="by_text", label=_("Words"))
    addressee = _agency(_("Addressed to"), "addressee")
    about = _agency(_("About the practice of"), "finding__attributed_to", method="by_practice")
    status = filters.MultipleChoiceFilter(
        choices=RecommendationStatus.choices,
        field_name="status_then",
        label=_("Status"),
        widget=checkboxes(),
        distinct=False,
    )
    open = Flag(method="by_open", label=_("Open"), widget=Checkbox)
    overdue = filters.ChoiceFilter(
        choices=[(NOW, _("By the due date now")), (ORIGINAL, _("By the due date first set"))],
        method="by_overdue",
        label=_("Overdue"),
        empty_label=_("Overdue or not"),
    )
    undated = Flag(method="by_no_date", label=_("Without a due date"), widget=Checkbox)
    claimed = Flag(method="by_claimed", label=_("Completion claimed"), widget=Checkbox)
    mine = Flag(method="by_me", label=_("Followed up by me"), widget=Checkbox)
    theme = filters.ModelMultipleChoiceFilter(
        to_field_name="code",
        queryset=lambda request: Theme.objects.visible_to(request.user),
        method="by_theme",
        label=_("Theme"),
        widget=checkboxes(),
    )
    priority = filters.MultipleChoiceFilter(
        choices=Priority.choices, label=_("Priority"), widget=checkboxes(), distinct=False
    )
    inspection = filters.ModelChoiceFilter(
        field_name="finding__inspection",
        to_field_name="public_id",
        queryset=lambda request: Inspection.objects.visible_to(request.user).select_related(
            "inspected_agency", "framework"
        ),
        label=_("Inspection"),
        empty_label=_("Any inspection"),
        widget=Autocomplete,
    )
    issued_from = date_filter("issued_on", "gte", _("Issued from"))
    issued_to = date_filter("issued_on", "lte", _("Issued to"))
    as_of = AsOfFilter()
    corrected = Flag(
        method="by_nothing",
        label=_("Findings as corrected, without those withdrawn since"),
        widget=forms.HiddenInput,
    )
    measure = filters.ChoiceFilter(
        choices=[*MEASURE_LABELS.items()],
        method="by_measure",
        label=_("Counted as"),
        widget=forms.HiddenInput,
    )
    about_police = Flag(
        method="by_police", label=_("About the practice of a police force"), widget=forms.HiddenInput
    )
    council = _agency(
        _("Inspected council"), "finding__inspection__inspected_agency", widget=forms.HiddenInput
    )
    published_from = date_filter(
        "finding__inspection__published_on",
        "gte",
        _("Inspection published from"),
        widget=forms.HiddenInput,
    )
    published_to = date_filter(
        "finding__inspection__published_on",
        "lte",
        _("Inspection published to"),
        widget=forms.HiddenInput,
    )
    force = filters.ModelChoiceFilter(
        method="by_practice",
        to_field_name="slug",
        queryset=lambda request: Agency.objects.visible_to(request.user).forces(),
        label=_("About the practice of the force"),
        widget=forms.HiddenInput,
    )
    finding = filters.ModelChoiceFilter(
        to_field_name="public_id",
        queryset=lambda request: Finding.objects.visible_to(request.user),
        label=_("Finding"),
        widget=forms.HiddenInput,
    )

    counted = {
        "addressee": ("addressee__slug", True),
        "about": ("finding__attributed_to__slug", True),
        "status": ("status_then", True),
        "theme": ("finding__theme__code", True),
        "priority": ("priority", True),
    }
    flags = ("open", "undated", "claimed", "mine")

    class Meta:
        model = Recommendation
        fields = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not (self.request.user.is_inspector or self.request.user.is_manager):
            # Nobody else follows any up: the box would only ever say 0.
            self.filters["mine"].extra["widget"] = forms.HiddenInput

    def base(self, queryset, counting=""):
        """As of a day: what figures count. Else what is visible, without what was taken back or lost with its
        finding, unless that is asked for."""
        if self.day:
            # Through the findings: what an earlier version was attributed to counts for the days before.
            return (
                Recommendation.objects.issued_before(self.day).of_findings(self._known).as_known_on(self.day)
            )
        standing = queryset.exclude(finding__status=Status.WITHDRAWN)
        if counting != "status" and not self.form.cleaned_data.get("status"):
            standing = standing.exclude(status=RecommendationStatus.WITHDRAWN)
        return standing.as_known_on(None)

    @property
    def counted_on(self):
        return self.day or timezone.localdate()

    @property
    def _known(self):
        """The findings that figures of the day count."""
        corrected = bool(self.form.cleaned_data.get("corrected"))
        return Finding.objects.known_to(self.request.user, on=self.counted_on, corrected=corrected)

    def by_nothing(self, queryset, name, value):
        """Says in which version findings are read (`_known`) and narrows nothing by itself."""
        return queryset

    def by_practice(self, queryset, name, agency):
        """Attributed to the agency: as of a day by what the finding said then."""
        if not agency:
            return queryset
        if self.day:
            return queryset.of_findings(self._known.filter(attributed_to=agency))
        return queryset.filter(finding__attributed_to=agency)

    def by_police(self, queryset, name, value):
        if not value:
            return queryset
        if self.day:
            return queryset.of_findings(self._known.about_police())
        return queryset.filter(finding__attributed_to__kind=Kind.POLICE_FORCE)

    def by_measure(self, queryset, name, value):
        """What a figure counts: of recommendations issued before the day, on which alone there is something to say."""
        if not value:
            return queryset
        issued = Recommendation.objects.issued_before(self.counted_on)
        counted = follow_up.measured(issued, value, self.counted_on, self._known)
        return queryset.filter(pk__in=counted.values("pk"))

    def by_text(self, queryset, name, value):
        # Words of a withdrawn finding's recommendations are shown to nobody, nor found by trying.
        condition = ~Q(finding__status=Status.WITHDRAWN)
        for word in value.split():
            condition &= (
                Q(text__icontains=word)
                | Q(reference__icontains=word)
                | Q(addressee__official_name__icontains=word)
                | Q(finding__theme__name__icontains=word)
                | Q(finding__attributed_to__official_name__icontains=word)
                | Q(finding__inspection__inspected_agency__official_name__icontains=word)
            )
        return queryset.filter(condition)

    def by_open(self, queryset, name, value):
        return queryset.open() if value else queryset

    def by_overdue(self, queryset, name, value):
        return queryset.overdue(self.counted_on, by_original=value == ORIGINAL) if value else queryset

    def by_no_date(self, queryset, name, value):
        return queryset.undated() if value else queryset

    def by_claimed(self, queryset, name, value):
        return queryset.claimed() if value else queryset

    def by_me(self, queryset, name, value):
        return queryset.filter(assigned_to=self.request.user) if value else queryset

    def by_theme(self, queryset, name, themes):
        """A theme stands for those merged into it too."""
        if not themes:
            return queryset
        families = Theme.families(self.day)
        members = set().union(*(families[theme.pk] for theme in themes))
        return queryset.filter(finding__theme_id__in=members)

    # The numbers beside the choices

    def count_choices(self):
        super().count_choices()
        self._count_inspections()
        others = self.filtered_by_all_but("overdue")
        overdue = self.form.fields["overdue"]
        overdue.widget.choices = [
            (value, Counted(label, self.by_overdue(others, "overdue", value).count()) if value else label)
            for value, label in overdue.choices
        ]
        for name in self.flags:
            box = self.form[name]
            if not box.is_hidden:
                box.label = Counted(box.label, self.filters[name].filter(self.qs, True).count())

    def _count_inspections(self):
        """Those with recommendations only: nobody looks through hundreds of others."""
        rows = self.filtered_by_all_but("inspection").order_by().values_list("finding__inspection")
        counts = dict(rows.annotate(n=Count("pk")))
        field, chosen = self.form.fields["inspection"], self.form.cleaned_data.get("inspection")
        used = field.queryset.filter(pk__in={*counts, *([chosen.pk] if chosen else [])})
        field.widget.choices = [
            ("", field.empty_label),
            *((found.public_id, Counted(found, counts.get(found.pk, 0))) for found in used),
        ]

    def rolled_up(self, name, counts):
        if name != "theme":
            return counts
        themes = {theme.pk: theme.code for theme in self.form.fields["theme"].queryset}
        return {
            themes[pk]: sum(counts.get(themes[member], 0) for member in family)
            for pk, family in Theme.families(self.day).items()
            if pk in themes
        }
