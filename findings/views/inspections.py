"""Inspections: the list, one inspection with its findings, and the steps of its life."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F, Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import held, takeaway
from agencies.editing import hidden_fields, read_version
from agencies.forms import ReasonForm
from agencies.listing import filtered, page_of, url_with
from agencies.models import EditConflict
from inspections.models import IllegalTransition, Inspection, Judgement
from inspections.models.life import NEEDS_REASON, TRANSITIONS
from inspections.periods import Period, Window

from .. import publication
from ..figures import FIGURES, Scope
from ..history import timeline
from ..inspection_filters import InspectionFilter
from ..models import Finding, Status
from ..statistics.known import Known
from ..statistics.themes import tally
from .dashboard import follow_up
from .inspection_tallies import with_tallies
from .links import links
from .list_files import about_list, inspections_table
from .plans import plans_panel

SORTS = {
    "published": (F("published_on").asc(nulls_last=True), "pk"),
    "agency": ("inspected_agency__official_name", "pk"),
    "framework": ("framework__code", F("published_on").desc(nulls_first=True), "pk"),
    "status": ("status", "pk"),
}


def overall(user):
    """Prefetch of the overall judgement that the person may see, as `inspection.overall`."""
    judgements = Judgement.objects.visible_to(user).filter(area__code="overall-effectiveness")
    return Prefetch("judgements", judgements.select_related("grade"), to_attr="overall")


def inspections(request):
    listing = filtered(InspectionFilter, request, Inspection.objects.visible_to(request.user))
    if not listing["has_errors"]:
        listing["filter"].count_choices()
    results = (
        listing["results"]
        .select_related("framework", "inspected_agency")
        .prefetch_related(overall(request.user))
    )
    page = page_of(request, results, SORTS, default="-published")
    day = listing["filter"].day
    file_format = takeaway.asked(request)
    # What is not understood is told on the page: an empty file would read as "none".
    if file_format and not listing["has_errors"]:
        table = inspections_table(request.user, page["ordered"], day)
        return takeaway.download(table, about_list(request, listing, table.title, day), file_format, day)
    context = {
        "section": "inspections",
        **listing,
        **page,
        "as_of": day,
        "take_urls": takeaway.links(request),
        "rows": with_tallies(request.user, page["page_obj"].object_list, day),
        "may_add": request.user.is_inspector or request.user.is_manager,
    }
    return render(request, "findings/inspections.html", context)


def inspection(request, public_id):
    found = _visible(request, public_id)
    user = request.user
    findings = (
        Finding.objects.visible_to(user)
        .filter(inspection=found)
        .exclude(status=Status.WITHDRAWN)
        .select_related("attributed_to", "theme")
        .prefetch_related("citations")
    )
    works_on_it = found.is_worked_on_by(user) or user.is_auditor
    context = {
        "section": "inspections",
        "inspection": found,
        "force": found.force(),
        "judgements": Judgement.objects.visible_to(user)
        .filter(inspection=found)
        .select_related("area", "grade", "subject"),
        "stated_dates": found.stated_dates.all(),
        "reports": found.reports.all(),
        "groups": grouped(findings),
        "tally": tally(findings.published()),
        "urls": links(inspection=found.public_id),
        "findings_url": url_with("/findings/", inspection=found.public_id),
        "followed_by": Inspection.objects.visible_to(user).filter(follows=found).select_related("framework"),
        "may_log": found.takes_findings_from(user),
        "may_edit": found.may_be_edited_by(user),
        "team": found.team.select_related("agency") if works_on_it else [],
        "works_on_it": works_on_it,
        "partners": found.partner_inspectorates.all(),
        "participating": found.participating_agencies.all(),
        "steps": [(verb, TRANSITIONS[verb][2]) for verb in found.next_steps_for(user)],
        "history": timeline(found.events(), Inspection) if works_on_it else [],
        **plans_panel(user, found),
        **_as_dashboard(user, found),
    }
    return render(request, "findings/inspection.html", context)


def _as_dashboard(user, inspection):
    """What the page shares with the dashboards: the inspection counts in figures from the day after publication."""
    on = timezone.localdate()
    if not inspection.is_public or inspection.published_on is None or inspection.published_on >= on:
        return {}
    scope = Scope(Known(user, on), Period.ending(on, Window.ALL), inspection=inspection)
    followed, more = follow_up(scope, others=("cases-referred-back",))
    return {
        "values": [FIGURES[code].of_scope(scope) for code in ("recurrence", "linked", "days-to-publication")],
        "by_theme": FIGURES["inspection"].of_scope(scope).table,
        "sections": followed,
        **more,
    }


def grouped(findings):
    """[(agency, [(theme, weaknesses, strengths, observations)])], the agency with most findings first."""
    agencies = {}
    for finding in findings:
        themes = agencies.setdefault(finding.attributed_to, {})
        group = themes.setdefault(finding.theme, {"weaknesses": [], "strengths": [], "observations": []})
        kind = "weaknesses" if finding.is_weakness else "strengths" if finding.is_strength else "observations"
        group[kind].append(finding)
    ranked = sorted(agencies.items(), key=lambda item: -sum(map(_size, item[1].values())))
    return [
        (agency, sorted(themes.items(), key=lambda item: (item[0].order, item[0].name)))
        for agency, themes in ranked
    ]


def _size(group):
    return sum(len(findings) for findings in group.values())


class PublishForm(ReasonForm):
    on = forms.DateField(
        label=gettext_lazy("Published on"),
        help_text=gettext_lazy("The date printed in the report: for example, 5/8/2016."),
        initial=timezone.localdate,
        widget=forms.DateInput({"data-date": True}),
    )
    field_order = ["on", "reason"]


def inspection_step(request, public_id, verb):
    """One step of an inspection's life: asks to confirm, and why where a reason is needed."""
    if verb not in TRANSITIONS:
        raise Http404
    found = _visible(request, public_id)
    if not found.is_worked_on_by(request.user):
        raise PermissionDenied
    allowed = verb in found.next_steps_for(request.user)
    if not allowed and (request.method == "GET" or found.status in TRANSITIONS[verb][0]):
        raise PermissionDenied
    form_class = PublishForm if verb == "publish" else ReasonForm
    kept = held.take(request)
    form = form_class(request.POST or kept, required=verb in NEEDS_REASON)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            # Not an older version, and not one to come: what is allowed was asked of this one.
            if read_version(request) != found.version:
                raise EditConflict(found)
            _take(found, verb, request.user, form.cleaned_data, expect=found.version)
            messages.success(request, _("Done: %(step)s.") % {"step": str(TRANSITIONS[verb][2]).lower()})
            return redirect(found)
        except EditConflict:
            form.add_error(
                None, _("Somebody changed this inspection meanwhile. Read it again before you decide.")
            )
            status = 409
        except IllegalTransition as error:
            form.add_error(None, str(error))
            status = 409
        except ValidationError as error:
            form.add_error("on" if "on" in form.fields else None, error.messages)
    context = {
        "section": "inspections",
        "inspection": found,
        "verb": verb,
        "label": TRANSITIONS[verb][2],
        "form": form,
        "hidden": hidden_fields(request, found.version),
        "put_back": kept is not None,
        "has_errors": form.is_bound and bool(form.errors),
        "agreed": Finding.objects.filter(inspection=found, status=Status.AGREED).count(),
    }
    return render(request, "findings/inspection_step.html", context, status=status)


def _take(inspection, verb, user, cleaned, expect):
    if verb == "publish":
        publication.publish(inspection, by=user, on=cleaned["on"], reason=cleaned["reason"], expect=expect)
    else:
        inspection.move(verb, by=user, reason=cleaned["reason"], expect=expect)


def _visible(request, public_id):
    return get_object_or_404(
        Inspection.objects.visible_to(request.user).select_related(
            "framework__grade_scale",
            "inspected_agency",
            "lead_inspectorate",
            "follows__framework",
            "follows__inspected_agency",
        ),
        public_id=public_id,
    )
