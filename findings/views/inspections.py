"""Inspections: the list, and one inspection with its findings and all that belongs to it."""

from django.db.models import F, Prefetch
from django.shortcuts import render
from django.utils import timezone

from agencies import takeaway
from agencies.listing import filtered, page_of, url_with
from agencies.sign_in import fresh
from inspections.break_glass_views import opened_for
from inspections.models import Inspection, Judgement
from inspections.models.life import PUBLIC, TRANSITIONS
from inspections.periods import Period, Window

from ..figures import FIGURES, Scope
from ..history import timeline
from ..inspection_filters import InspectionFilter
from ..models import Finding, Status
from ..statistics.known import Known
from ..statistics.themes import tally
from .accuracy import accuracy_panel
from .dashboard import follow_up
from .embargo import release_panel
from .escalations import of_inspection
from .inspection_steps import visible_inspection
from .inspection_tallies import with_tallies
from .links import links
from .list_files import about_list, inspections_table
from .plans import plans_panel
from .recommendation_rows import recommendations_panel

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
        if not day and fresh.proof_is_needed(request, listing["results"].exclude(status__in=PUBLIC)):
            return fresh.ask(request)
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
    found = visible_inspection(request, public_id)
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
        "steps": [
            (verb, TRANSITIONS[verb][2])
            for verb in found.next_steps_for(user)
            if not (verb == "publish" and found.on_hold)
        ],
        "history": timeline(found.events(), Inspection) if works_on_it else [],
        **opened_for(user, found),
        **accuracy_panel(user, found),
        **release_panel(user, found),
        "panel": of_inspection(user, found),
        "may_record": found.takes_findings_from(user),
        **recommendations_panel(user, inspection=found),
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
