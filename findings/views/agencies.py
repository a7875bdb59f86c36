"""The page of one agency: a force across all its councils and all inspectorates, a council, any other body."""

from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from agencies.listing import url_with
from agencies.models import Agency, Kind, Nation, Policing
from inspections.models import Inspection, Judgement
from inspections.periods import Window

from ..charts import grade_history
from ..models import Finding
from ..statistics.themes import tally_by_theme
from .dashboard import corrections, follow_up, listed, presets, sections_of, trend_chart, undated
from .inspection_tallies import with_tallies
from .inspections import overall
from .links import links
from .scope import asked

SHOWN_WITH = ("theme", "attributed_to", "inspection__inspected_agency", "inspection__framework")
SHOWN = 25  # inspections on the page of another body; the list behind its link shows them all
OF_A_FORCE = ("force-inspections", "findings", "recurrence", "linked", "days-to-publication")
TABLES_OF_A_FORCE = (
    "themes",
    "trend",
    "councils",
    "grade-history",
    "timeline",
    "neighbours",
    "divergence",
    "data-quality",
)
OF_A_COUNCIL = ("serious-weakness", "any-weakness", "joint-serious-weakness", "findings", "recurrence")
TABLES_OF_A_COUNCIL = ("themes", "attributed", "grade-history", "timeline", "data-quality")


def agency(request, slug):
    found = get_object_or_404(Agency.objects.visible_to(request.user), slug=slug)
    context = {
        "section": "agencies",
        "agency": found,
        "closed": found.closed_on is not None and found.closed_on < timezone.localdate(),
        "successions": found.successions.select_related("successor"),
        "predecessions": found.predecessions.select_related("predecessor"),
        "unpublished": _attributed(request.user, found).unpublished()[:SHOWN],
        "is_welsh": found.nation == Nation.WALES,
    }
    page = {Kind.POLICE_FORCE: _force, Kind.LOCAL_AUTHORITY: _council}.get(found.kind, _other)
    template, more = page(request, found)
    return render(request, template, {**context, **more})


def _attributed(user, agency):
    findings = Finding.objects.visible_to(user).filter(attributed_to=agency)
    return findings.select_related(*SHOWN_WITH)


def _dashboard(request, values, tables, **of):
    """What the dashboards of a force and of a council share."""
    form, scope = asked(request, default=Window.ALL, **of)
    context = {"form": form, "presets": presets(request), "sort": request.GET.get("sort", "")}
    if scope is None:
        return context, None
    sections = sections_of(scope, (*values, *tables))
    followed, more = follow_up(scope)
    sections |= followed
    context |= {
        "scope": scope,
        "sections": sections,
        "values": listed(sections, values),
        "grades": grade_history(sections["grade_history"].chart),
        "inspections_url": scope.inspections_url(),
        "inspections_total": scope.inspections_total,
        "read_total": scope.read_total,
        "briefing_url": url_with("/briefings/", **scope.query),
        **more,
        **undated(scope),
        **corrections(scope, values[:1]),
    }
    return context, scope


def _force(request, force):
    context, scope = _dashboard(request, OF_A_FORCE, TABLES_OF_A_FORCE, force=force)
    if scope is not None:
        serious = scope.findings_within.standing().weaknesses().serious()
        recent = serious.select_related(*SHOWN_WITH, "version_of")
        context |= {
            "recent": recent.order_by("-inspection__published_on", "reference")[:10],
            "serious": scope.three_urls()["serious"],
            "serious_total": context["sections"]["findings"].values[0].n,
            "trend_chart": trend_chart(context["sections"]["trend"]),
            "compare_url": url_with("/compare/", **scope.day_query, agency=force.slug, start="true"),
        }
    return "findings/force.html", context


def _council(request, council):
    context, _scope = _dashboard(request, OF_A_COUNCIL, TABLES_OF_A_COUNCIL, council=council)
    context |= {
        "policed": Policing.objects.filter(authority=council).select_related("force").order_by("valid_from"),
        "under_way": Inspection.objects.visible_to(request.user)
        .filter(inspected_agency=council)
        .under_way()
        .select_related("framework", "inspected_agency"),
    }
    return "findings/council.html", context


def _other(request, agency):
    user = request.user
    inspections = Inspection.objects.visible_to(user)
    if agency.kind == Kind.INSPECTORATE:
        inspections = inspections.filter(lead_inspectorate=agency)
        url = url_with("/inspections/", inspectorate=agency.slug)
    else:
        inspections = inspections.filter(inspected_agency=agency)
        url = url_with("/inspections/", agency=agency.slug)
    themes = [
        {**row, **links(theme=row["theme"].code, agency=agency.slug)}
        for row in tally_by_theme(_attributed(user, agency).published())
    ]
    newest = inspections.select_related("framework", "inspected_agency").prefetch_related(overall(user))
    return "findings/agency.html", {
        "themes": themes,
        "most": max((row["weaknesses"] for row in themes), default=0),
        "inspections": with_tallies(user, newest[:SHOWN]),
        "inspections_total": inspections.count(),
        "inspections_url": url,
        "grades": _grades(user, agency),
    }


def _grades(user, agency):
    """The agency's own grades, newest inspection first; each names its scale, as scales do not compare."""
    return (
        Judgement.objects.filter(
            subject=agency, inspection__in=Inspection.objects.visible_to(user).published()
        )
        .select_related("area", "grade__scale", "inspection__framework", "inspection__inspected_agency")
        .order_by("-inspection__published_on", "inspection", "area__order")[:60]
    )
