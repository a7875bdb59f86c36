"""Administration of themes, and what administrators may read: published findings and the history."""

from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q
from django.shortcuts import redirect
from django.urls import path
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies.admin_site import site
from agencies.models import Agency, Event, Policing, Succession, User
from agencies.people_admin import DESKS
from agencies.record_admin import (
    ADMIN_WIDGETS,
    ReadOnlyAdmin,
    RecordAdmin,
    RecordList,
    readable_here,
    record_link,
    record_url,
)
from agencies.screened import Screened
from agencies.timeline import changes_of, looked_again
from inspections.admin import since_publication
from inspections.models import Clock, Framework, Grade, GradeScale, Inspection, JudgementArea, Report

from .models import Finding, Status, Theme
from .work.handover import on_the_desk

DESKS.append(on_the_desk)


class RetireForm(Screened, forms.Form):
    """Why a theme goes, and which one carries it on."""

    default_renderer = ADMIN_WIDGETS
    required_css_class = "required"

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        widget=forms.Textarea({"rows": 3, "class": "vLargeTextField"}),
        max_length=2000,
        help_text=gettext_lazy("Kept in the history."),
    )
    into = forms.ModelChoiceField(
        Theme.objects.none(),
        label=gettext_lazy("Merge into"),
        required=False,
        empty_label=gettext_lazy("No other theme: only retire it"),
        help_text=gettext_lazy("Findings keep their theme and are counted with the one chosen here as well."),
    )

    def __init__(self, *args, theme, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = Theme.objects.current().exclude(pk=theme.pk)


@admin.register(Theme, site=site)
class ThemeAdmin(RecordAdmin):
    fieldsets = [
        (
            None,
            {
                "fields": ["code", "name", "definition", "includes", "excludes", "parent", "order"],
                "description": gettext_lazy(
                    "A theme is never deleted. Retire it, or merge it into another: its findings keep it. "
                    "A retired theme is not changed any more."
                ),
            },
        ),
        (gettext_lazy("Use"), {"fields": ["published_findings", "retired_on", "retired_into"]}),
    ]
    readonly_fields = ["published_findings", "retired_on", "retired_into"]
    autocomplete_fields = ["parent"]
    list_display = ["name", "code", "parent", "order", "retired_on", "retired_into", "published_findings"]
    list_select_related = ["parent", "retired_into"]
    list_filter = [("retired_on", admin.EmptyFieldListFilter)]
    search_fields = ["code", "name", "definition"]

    def get_queryset(self, request):
        published = Count("findings", filter=Q(findings__status=Status.PUBLISHED))
        return super().get_queryset(request).annotate(published_count=published)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not (obj and obj.is_retired)

    @admin.display(description=gettext_lazy("published findings"), ordering="published_count")
    def published_findings(self, theme):
        return getattr(theme, "published_count", 0)

    def get_urls(self):
        retire = path(
            "<path:object_id>/retire/",
            self.admin_site.admin_view(self.retire_view),
            name="findings_theme_retire",
        )
        return [retire, *super().get_urls()]

    def record_tools(self, request, record):
        return [] if record.is_retired else [(_("Retire or merge"), record_url(record, "retire"))]

    def retire_view(self, request, object_id):
        theme = self.get_object(request, unquote(object_id))
        if theme is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_change_permission(request, theme):
            raise PermissionDenied
        form = RetireForm(request.POST or None, theme=theme)
        if request.method == "POST" and form.is_valid():
            try:
                theme.retire(by=request.user, **form.cleaned_data)
                messages.success(
                    request, _("“%(theme)s” is retired. Its findings keep it.") % {"theme": theme}
                )
                return redirect(record_url(theme))
            except ValidationError as refusal:
                form.add_error(None, refusal)
        explanation = ngettext(
            "%(count)s published finding has this theme and keeps it.",
            "%(count)s published findings have this theme and keep it.",
            theme.published_count,
        ) % {"count": theme.published_count}
        return self.record_page(
            request,
            theme,
            "admin/record_form.html",
            title=_("Retire: %s") % theme,
            explanation=explanation,
            form=form,
            submit=_("Retire"),
        )


@admin.register(Finding, site=site)
class FindingAdmin(ReadOnlyAdmin):
    key = "public_id"
    fields = [
        "reference",
        "of_inspection",
        "finding_type",
        "attributed_to",
        "with_partners",
        "theme",
        "severity",
        "severity_rationale",
        "systemic",
        "summary",
        "detail",
        "cited",
        "recurs_from",
        "published_at",
    ]
    list_display = ["reference", "of_inspection", "attributed_to", "theme", "finding_type", "severity"]
    list_select_related = [
        "inspection__inspected_agency",
        "inspection__framework",
        "attributed_to",
        "theme",
    ]
    list_filter = ["finding_type", "severity", "systemic", "theme", "inspection__framework"]
    search_fields = ["reference", "summary", "attributed_to__name", "attributed_to__official_name"]
    date_hierarchy = "inspection__published_on"
    ordering = ["-inspection__published_on", "reference"]

    def events_of(self, request, record):
        return record.history_for(request.user)

    @admin.display(description=gettext_lazy("inspection"), ordering="inspection__published_on")
    def of_inspection(self, finding):
        return record_link(finding.inspection)

    @admin.display(description=gettext_lazy("recurrence of"))
    def recurs_from(self, finding):
        earlier = finding.recurrence_of
        if earlier is None or not earlier.is_published:
            return self.get_empty_value_display()
        return record_link(earlier)

    @admin.display(description=gettext_lazy("where the report says it"))
    def cited(self, finding):
        rows = ((citation, citation.quotation) for citation in finding.citations.all())
        return format_html_join("", "<div>{} {}</div>", rows) or self.get_empty_value_display()


REFERENCE_DATA = (
    Agency,
    Policing,
    Succession,
    User,
    Framework,
    Clock,
    GradeScale,
    Grade,
    JudgementArea,
    Theme,
)
PUBLISHED_MATTER = (Inspection, Finding)


def readable_events(events, user):
    """The events that an administrator may read: of reference data and people, and of what is published.

    What agencies answered to findings is not for administrators (`Response.visible_to`), nor is its event.
    """
    readable = Q(subject_type__in=[model._meta.label_lower for model in REFERENCE_DATA])
    readable |= Q(
        subject_type=Report._meta.label_lower, subject_id__in=readable_here(Report.objects, user).values("pk")
    )
    for model in PUBLISHED_MATTER:
        visible = Q(
            subject_type=model._meta.label_lower,
            subject_id__in=readable_here(model.objects, user).values("pk"),
        )
        readable |= visible & Q(pk__in=since_publication(Event.objects.filter(visible)).values("pk"))
    answers = Q(subject_type=Finding._meta.label_lower, verb="respond")
    return events.filter(readable).exclude(answers)


class KindFilter(admin.SimpleListFilter):
    title = gettext_lazy("kind of record")
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        return [
            (model._meta.label_lower, capfirst(model._meta.verbose_name_plural))
            for model in (*REFERENCE_DATA, *PUBLISHED_MATTER, Report)
        ]

    def queryset(self, request, queryset):
        return queryset.filter(subject_type=self.value()) if self.value() else queryset


class EventList(RecordList):
    """A page of events, each with its record: one query for each kind of record on the page."""

    def get_results(self, request):
        super().get_results(request)
        self.result_list = with_subjects(request, list(self.result_list))


def with_subjects(request, events):
    for kind in {event.subject_type for event in events}:
        records = site.get_model_admin(model := apps.get_model(kind))
        ids = {event.subject_id for event in events if event.subject_type == kind}
        relations = records.list_select_related or []
        visible = records.get_queryset(request).select_related(*relations)
        found = visible.in_bulk(ids)
        for event in events:
            if event.subject_type == kind:
                event.subject, event.subject_model = found.get(event.subject_id), model
    return events


@admin.register(Event, site=site)
class EventAdmin(ReadOnlyAdmin):
    key = "hash"  # from numbers one could count the events in between, of what is hidden
    fields = ["at", "by", "channel", "verb", "kind", "subject_link", "reason", "looked_again", "changes"]
    list_display = ["at", "by", "verb", "kind", "subject_link", "channel", "reason"]
    list_display_links = ["at"]
    list_select_related = ["by"]
    list_filter = [KindFilter, "channel", "verb"]
    search_fields = ["reason", "verb", "by__email", "by__first_name", "by__last_name"]
    date_hierarchy = "at"
    ordering = ["-at", "-pk"]

    def get_queryset(self, request):
        return readable_events(super().get_queryset(request), request.user)

    def get_changelist(self, request, **kwargs):
        return EventList

    def get_object(self, request, object_id, from_field=None):
        event = super().get_object(request, object_id, from_field)
        return event and with_subjects(request, [event])[0]

    @admin.display(description=gettext_lazy("kind of record"))
    def kind(self, event):
        return capfirst(event.subject_model._meta.verbose_name)

    @admin.display(description=gettext_lazy("record"))
    def subject_link(self, event):
        if event.subject is None:
            return self.get_empty_value_display()
        return format_html('<a href="{}">{}</a>', record_url(event.subject, "history"), event.subject)

    @admin.display(description=gettext_lazy("looked at again"))
    def looked_again(self, event):
        lines = ((line,) for line in looked_again(event, event.subject_model))
        return format_html_join("", "<div>{}</div>", lines) or self.get_empty_value_display()

    @admin.display(description=gettext_lazy("changes"))
    def changes(self, event):
        rows = (
            (change["label"], change["before"], change["after"])
            for change in changes_of(event, event.subject_model)
        )
        return format_html_join("", "<div>{}: {} → {}</div>", rows) or self.get_empty_value_display()
