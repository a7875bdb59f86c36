"""The page of one agency: a force across all its councils and all inspectorates, a council, any other body."""

from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from agencies.listing import url_with
from agencies.models import Agency, Kind, Nation, Policing
from inspections.models import Inspection, Judgement

from ..models import Finding
from ..statistics import tally, tally_by, tally_by_theme, tally_by_year, with_weakness_of
from .inspections import overall, with_tallies
from .links import links

SHOWN_WITH = ("theme", "attributed_to", "inspection__inspected_agency", "inspection__framework")
SHOWN = 25  # inspections on the page; the list behind its link shows them all


def agency(request, slug):
    found = get_object_or_404(Agency.objects.visible_to(request.user), slug=slug)
    context = {
        "section": "agencies",
        "agency": found,
        "closed": found.closed_on is not None and found.closed_on < timezone.localdate(),
        "successions": found.successions.select_related("successor"),
        "predecessions": found.predecessions.select_related("predecessor"),
    }
    page = {Kind.POLICE_FORCE: _force, Kind.LOCAL_AUTHORITY: _council}.get(found.kind, _other)
    template, more = page(request.user, found)
    return render(request, template, {**context, **more})


def _attributed(user, agency):
    """What every agency page says of the findings attributed to it."""
    findings = Finding.objects.visible_to(user).filter(attributed_to=agency)
    published = findings.published()
    themes = [
        {**row, **links(theme=row["theme"].code, agency=agency.slug)} for row in tally_by_theme(published)
    ]
    return {
        "tally": tally(published),
        "urls": links(agency=agency.slug),
        "themes": themes,
        "most": max((row["weaknesses"] for row in themes), default=0),
        "unpublished": findings.unpublished().select_related(*SHOWN_WITH)[:SHOWN],
        "recent": published.weaknesses()
        .serious()
        .select_related(*SHOWN_WITH)
        .order_by("-inspection__published_on", "reference")[:10],
    }


def _year_links(agency, year):
    if year is None:
        return links(agency=agency.slug, undated="true")
    return links(agency=agency.slug, published_from=f"{year}-01-01", published_to=f"{year}-12-31")


def _force(user, force):
    inspections = Inspection.objects.visible_to(user).published().of_force(force)
    councils = list(
        Policing.objects.filter(force=force)
        .select_related("authority")
        .order_by("authority__name", "valid_from")
    )
    published = Finding.objects.visible_to(user).published().filter(attributed_to=force)
    by_council = {
        row["inspection__inspected_agency"]: row
        for row in tally_by(published, "inspection__inspected_agency")
    }
    read = inspections.read_for_police()
    with_weakness = with_weakness_of(read, force)
    public = {"force": force.slug, "status": ["published", "closed"]}
    return "findings/force.html", {
        **_attributed(user, force),
        "years": [{**row, **_year_links(force, row["year"])} for row in tally_by_year(published)],
        "inspections": _latest(user, read, of=force),
        "inspections_total": inspections.count(),
        "read_total": read.count(),
        "with_weakness_total": with_weakness.count(),
        "with_weakness_url": url_with("/inspections/", **public, read="yes", about=force.slug),
        "read_url": url_with("/inspections/", **public, read="yes"),
        "inspections_url": url_with("/inspections/", **public),
        "grades": _grades(user, force),
        "councils": [
            (
                policing,
                by_council.get(policing.authority_id),
                links(agency=force.slug, council=policing.authority.slug),
            )
            for policing in councils
        ],
        "councils_read": _councils_in(read),
        "councils_with_weakness": _councils_in(with_weakness),
        "is_welsh": force.nation == Nation.WALES,
    }


def _councils_in(inspections):
    """How many different councils these inspections inspected."""
    return (
        inspections.order_by()
        .filter(inspected_agency__kind=Kind.LOCAL_AUTHORITY)
        .values("inspected_agency")
        .distinct()
        .count()
    )


def _council(user, council):
    inspections = Inspection.objects.visible_to(user).filter(inspected_agency=council)
    about_police = (
        Finding.objects.visible_to(user)
        .published()
        .about_police()
        .filter(inspection__inspected_agency=council)
    )
    return "findings/council.html", {
        **_attributed(user, council),
        "inspections": _latest(user, inspections),
        "inspections_total": inspections.count(),
        "inspections_url": url_with("/inspections/", agency=council.slug),
        "policed": Policing.objects.filter(authority=council).select_related("force").order_by("valid_from"),
        "police_themes": [
            {**row, **links(theme=row["theme"].code, council=council.slug, about_police="true")}
            for row in tally_by_theme(about_police)
        ],
        "grades": _grades(user, council),
        "is_welsh": council.nation == Nation.WALES,
    }


def _other(user, agency):
    inspections = Inspection.objects.visible_to(user)
    if agency.kind == Kind.INSPECTORATE:
        inspections = inspections.filter(lead_inspectorate=agency)
        url = url_with("/inspections/", inspectorate=agency.slug)
    else:
        inspections = inspections.filter(inspected_agency=agency)
        url = url_with("/inspections/", agency=agency.slug)
    return "findings/agency.html", {
        **_attributed(user, agency),
        "inspections": _latest(user, inspections),
        "inspections_total": inspections.count(),
        "inspections_url": url,
        "grades": _grades(user, agency),
    }


def _latest(user, inspections, of=None):
    newest = inspections.select_related("framework", "inspected_agency").prefetch_related(overall(user))
    return with_tallies(user, newest[:SHOWN], of)


def _grades(user, agency):
    """The agency's own grades, newest inspection first; each names its scale, as scales do not compare."""
    return (
        Judgement.objects.filter(
            subject=agency, inspection__in=Inspection.objects.visible_to(user).published()
        )
        .select_related("area", "grade__scale", "inspection__framework", "inspection__inspected_agency")
        .order_by("-inspection__published_on", "inspection", "area__order")[:60]
    )
