"""Administration of frameworks, their grades and clocks, of published inspections, and of reports."""

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.admin_site import site
from agencies.models import Channel, Event
from agencies.record_admin import ReadOnlyAdmin, RecordAdmin, RecordForm, readable_here, record_link

from .models import Clock, Framework, Grade, GradeScale, Inspection, JudgementArea, Passage, Report

PUBLICATION = ("publish", "recorded as published")  # the verbs that make a record public


def since_publication(events):
    """Of these events those from their record's publication on: earlier ones hold the words of drafts."""
    publication = Event.objects.filter(
        subject_type=OuterRef("subject_type"), subject_id=OuterRef("subject_id"), verb__in=PUBLICATION
    )
    return events.filter(sequence__gte=Subquery(publication.order_by("sequence").values("sequence")[:1]))


def list_of(model, **query):
    """The address of a list in the administration."""
    return reverse(f"admin:inspections_{model._meta.model_name}_changelist", query=query)


@admin.register(Framework, site=site)
class FrameworkAdmin(RecordAdmin):
    fieldsets = [
        (
            None,
            {
                "fields": ["code", "name", "inspectorates", "joint", "evaluates_partnership", "grade_scale"],
            },
        ),
        (
            gettext_lazy("Validity"),
            {
                "fields": ["valid_from", "valid_to"],
                "description": gettext_lazy(
                    "A framework is never deleted: give it its last day, and its inspections stay as they are."
                ),
            },
        ),
        (None, {"fields": ["source"]}),
    ]
    autocomplete_fields = ["inspectorates", "grade_scale"]
    list_display = ["code", "name", "grade_scale", "joint", "evaluates_partnership", "valid_from", "valid_to"]
    list_select_related = ["grade_scale"]
    list_filter = ["joint", "evaluates_partnership", "grade_scale"]
    search_fields = ["code", "name"]

    def record_tools(self, request, record):
        return [
            (_("Judgement areas"), list_of(JudgementArea, framework__id__exact=record.pk)),
            (_("Clocks"), list_of(Clock, framework__id__exact=record.pk)),
        ]


@admin.register(Clock, site=site)
class ClockAdmin(RecordAdmin):
    fieldsets = [
        (None, {"fields": ["framework", "purpose", "starts_from", "length", "unit"]}),
        (
            gettext_lazy("Validity"),
            {
                "fields": ["valid_from", "valid_to"],
                "description": gettext_lazy(
                    "When the time given changes, give the old clock its last day and add a new one."
                ),
            },
        ),
        (None, {"fields": ["source"]}),
    ]
    autocomplete_fields = ["framework"]
    list_display = ["__str__", "starts_from", "valid_from", "valid_to"]
    list_select_related = ["framework"]
    list_filter = ["framework", "purpose", "starts_from"]
    search_fields = ["framework__code", "framework__name"]


@admin.register(JudgementArea, site=site)
class JudgementAreaAdmin(RecordAdmin):
    fields = ["framework", "code", "name", "order", "subject_kind"]
    autocomplete_fields = ["framework"]
    list_display = ["name", "framework", "order", "code", "subject_kind"]
    list_select_related = ["framework"]
    list_filter = ["framework"]
    search_fields = ["code", "name", "framework__code", "framework__name"]


@admin.register(GradeScale, site=site)
class GradeScaleAdmin(RecordAdmin):
    fields = ["code", "name"]
    list_display = ["name", "code"]
    search_fields = ["code", "name"]

    def record_tools(self, request, record):
        return [(_("Grades"), list_of(Grade, scale__id__exact=record.pk))]


@admin.register(Grade, site=site)
class GradeAdmin(RecordAdmin):
    fields = ["scale", "code", "label", "rank"]
    autocomplete_fields = ["scale"]
    list_display = ["label", "scale", "rank", "code"]
    list_select_related = ["scale"]
    list_filter = ["scale"]
    search_fields = ["code", "label", "scale__name"]


class InspectionAdminForm(RecordForm):
    reason = forms.CharField(
        label=gettext_lazy("Reason for the change"),
        widget=forms.Textarea({"rows": 3, "class": "vLargeTextField"}),
        max_length=2000,
        help_text=gettext_lazy("The inspection is published: the history says why it was changed."),
    )

    def clean_partner_inspectorates(self):
        partners = self.cleaned_data["partner_inspectorates"]
        if any(partner.pk == self.instance.lead_inspectorate_id for partner in partners):
            raise forms.ValidationError(_("The lead inspectorate is not its own partner."))
        return partners

    def clean_follows(self):
        follows = self.cleaned_data["follows"]
        if follows is not None and follows.pk == self.instance.pk:
            raise forms.ValidationError(_("An inspection does not follow itself."))
        return follows


@admin.register(Inspection, site=site)
class InspectionAdmin(RecordAdmin):
    """Published inspections: administrators keep their reference data and see no others."""

    form = InspectionAdminForm
    key = "public_id"
    fieldsets = [
        (
            None,
            {
                "fields": ["reference", "status", "framework", "lead_inspectorate", "inspected_agency"],
                "description": gettext_lazy(
                    "Only published inspections are kept here, and they are never deleted. Judgements and "
                    "findings are changed by the inspectorate that made them."
                ),
            },
        ),
        (
            gettext_lazy("Reference data"),
            {
                "fields": [
                    "fieldwork_from",
                    "fieldwork_to",
                    "pre_publication_letter_on",
                    "published_on",
                    "cycle",
                    "topic",
                    "lead_inspector",
                    "report_url",
                    "recommendations_printed",
                    "coverage",
                    "partner_inspectorates",
                    "participating_agencies",
                    "follows",
                    "reason",
                ]
            },
        ),
        (gettext_lazy("As published"), {"fields": ["judgements_given", "dates_in_sources", "notes"]}),
    ]
    readonly_fields = [
        "reference",
        "status",
        "framework",
        "lead_inspectorate",
        "inspected_agency",
        "judgements_given",
        "dates_in_sources",
        "notes",
    ]
    autocomplete_fields = ["partner_inspectorates", "participating_agencies", "follows"]
    list_display = [
        "reference",
        "inspected_agency",
        "framework",
        "lead_inspectorate",
        "published_on",
        "coverage",
    ]
    list_select_related = ["inspected_agency", "framework", "lead_inspectorate"]
    list_filter = ["framework", "coverage", "inspected_agency__kind", "inspected_agency__nation"]
    search_fields = [
        "reference",
        "inspected_agency__name",
        "inspected_agency__official_name",
        "framework__code",
        "cycle",
        "topic",
    ]
    date_hierarchy = "published_on"

    def has_add_permission(self, request):
        return False

    def get_queryset(self, request):
        return super().get_queryset(request).select_related(*self.list_select_related)

    def get_fieldsets(self, request, obj=None):
        """`follows` is left as it is while the earlier inspection is not published."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or not obj.follows_id or self.get_queryset(request).filter(pk=obj.follows_id).exists():
            return fieldsets
        return [
            (name, {**options, "fields": [field for field in options["fields"] if field != "follows"]})
            for name, options in fieldsets
        ]

    def change_record(self, request, record, form):
        record.edit(
            by=request.user,
            channel=Channel.ADMIN,
            values=form.values(),
            expect=form.cleaned_data["seen_version"],
            reason=form.cleaned_data["reason"],
        )

    def events_of(self, request, record):
        return since_publication(super().events_of(request, record))

    @admin.display(description=gettext_lazy("judgements"))
    def judgements_given(self, inspection):
        judgements = inspection.judgements.select_related("area", "grade", "subject")
        rows = ((judgement.area, judgement.subject, judgement.given) for judgement in judgements)
        return format_html_join("", "<div>{} – {}: {}</div>", rows) or self.get_empty_value_display()

    @admin.display(description=gettext_lazy("dates in sources"))
    def dates_in_sources(self, inspection):
        rows = ((stated,) for stated in inspection.stated_dates.all())
        return format_html_join("", "<div>{}</div>", rows) or self.get_empty_value_display()


@admin.register(Report, site=site)
class ReportAdmin(ReadOnlyAdmin):
    key = "sha256"
    fields = ["title", "of_inspection", "file_name", "sha256", "pages", "url"]
    list_display = ["title", "of_inspection", "pages", "file_name"]
    list_select_related = ["inspection__inspected_agency", "inspection__framework"]
    list_filter = ["inspection__framework"]
    search_fields = ["title", "file_name", "sha256", "inspection__reference"]

    @admin.display(description=gettext_lazy("inspection"), ordering="inspection")
    def of_inspection(self, report):
        return record_link(report.inspection)


@admin.register(Passage, site=site)
class PassageAdmin(ReadOnlyAdmin):
    fields = ["of_report", "page", "paragraph", "text"]
    list_display = ["of_report", "page", "paragraph", "text"]
    list_display_links = None
    list_select_related = ["report"]
    search_fields = ["text", "paragraph", "report__title"]

    def get_queryset(self, request):
        return super().get_queryset(request).filter(report__in=readable_here(Report.objects, request.user))

    @admin.display(description=gettext_lazy("report"), ordering="report")
    def of_report(self, passage):
        return record_link(passage.report)
