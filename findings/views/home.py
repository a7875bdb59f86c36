"""The first page: what waits for this person, and the national picture in brief."""

from datetime import date, timedelta

from django.shortcuts import render
from django.utils import timezone

from agencies.listing import url_with
from agencies.models import Agency
from inspections.models import Inspection

from ..models import Finding, Status
from ..models.life import WEAKNESSES
from ..statistics.shares import police_weakness_share, police_weakness_share_by_year
from ..statistics.themes import tally_by, tally_by_theme
from .links import links

SHOWN = 10
# The chief inspector's letter on the police's contribution: the twelve months before it are the measure's origin.
LETTER_FROM, LETTER_DAY = date(2015, 10, 17), date(2016, 10, 17)
SHOWN_WITH = ("theme", "attributed_to", "inspection__inspected_agency", "inspection__framework")


def home(request):
    user = request.user
    context = {"section": "home"}
    if user.is_inspector or user.is_manager:
        context |= _desk(user)
    if user.is_respondent:
        context |= _agency_desk(user)
    if not user.is_inspector:
        context |= _national(user)
    return render(request, "findings/home.html", context)


def _desk(user):
    """Their inspections under way, their drafts, and what waits for them."""
    inspections = Inspection.objects.visible_to(user)
    ours = inspections.worked_on_by(user)
    findings = Finding.objects.visible_to(user).select_related(*SHOWN_WITH)
    under_way = ours.under_way().select_related("framework", "inspected_agency")
    waiting = findings.waiting_for(user) if user.is_manager else findings.filter(author=user).returned()
    mine = findings.filter(author=user, status=Status.DRAFT)
    others = mine.exclude(pk__in=mine.returned().values("pk"))
    return {
        "desk": True,
        "under_way": under_way[:SHOWN],
        "under_way_total": under_way.count(),
        "under_way_url": url_with(
            "/inspections/", status=["planned", "fieldwork", "drafting", "factual_accuracy", "embargoed"]
        ),
        "recent": ours.published().select_related("framework", "inspected_agency")[:SHOWN]
        if user.is_inspector
        else [],
        "drafts": others[:SHOWN],
        "drafts_total": mine.count(),
        "drafts_url": url_with("/findings/", mine="on", status="draft"),
        "waiting": waiting[:SHOWN],
        "waiting_total": waiting.count(),
        "waiting_url": url_with("/findings/", to_review="true") if user.is_manager else "",
    }


def _agency_desk(user):
    findings = Finding.objects.visible_to(user).filter(attributed_to=user.agency).select_related(*SHOWN_WITH)
    for_comment = findings.filter(status=Status.AGREED)
    return {
        "agency_desk": True,
        "for_comment": for_comment[:SHOWN],
        "for_comment_total": for_comment.count(),
        "weaknesses": findings.published()
        .weaknesses()
        .order_by("-inspection__published_on", "reference")[:SHOWN],
        "weaknesses_total": findings.published().weaknesses().count(),
        "weaknesses_url": url_with(
            "/findings/", agency=user.agency.slug, finding_type=WEAKNESSES, status="published"
        ),
    }


def _national(user):
    """The share of inspections with weaknesses attributed to police, by year; themes and forces that lead."""
    today = timezone.localdate()
    start = (
        today.replace(year=today.year - 1) if (today.month, today.day) != (2, 29) else today - timedelta(365)
    )
    inspections = Inspection.objects.visible_to(user).published().counting_in_share()
    findings = Finding.objects.visible_to(user).published().about_police()
    years = [
        {"year": year, "share": share, **_share_urls(f"{year}-01-01", f"{year}-12-31")}
        for year, share in police_weakness_share_by_year(
            inspections.exclude(published_on=None), findings
        ).items()
    ]
    forces = sorted(
        tally_by(findings, "attributed_to"), key=lambda row: (-row["serious"], -row["weaknesses"])
    )
    named = Agency.objects.in_bulk([row["attributed_to"] for row in forces[:SHOWN]])
    return {
        "national": True,
        "window_from": start,
        "window_to": today - timedelta(1),
        "share": police_weakness_share(inspections.published_within(start, today), findings),
        "share_urls": _share_urls(start.isoformat(), (today - timedelta(1)).isoformat()),
        "letter": police_weakness_share(inspections.published_within(LETTER_FROM, LETTER_DAY), findings),
        "letter_urls": _share_urls(LETTER_FROM.isoformat(), (LETTER_DAY - timedelta(1)).isoformat()),
        "letter_day": LETTER_DAY,
        "years": years,
        "themes": [
            {**row, **links(theme=row["theme"].code, about_police="true")} for row in tally_by_theme(findings)
        ][:5],
        "forces": [
            {**row, "force": named[row["attributed_to"]], **links(agency=named[row["attributed_to"]].slug)}
            for row in forces[:SHOWN]
        ],
    }


def _share_urls(start, end):
    """The lists behind n and N: `end` is the last day, as the filter's dates are inclusive."""
    window = {
        "counts_in_share": "true",
        "status": ["published", "closed"],
        "published_from": start,
        "published_to": end,
    }
    return {
        "total_url": url_with("/inspections/", **window),
        "any_url": url_with("/inspections/", **window, weakness="any"),
        "serious_url": url_with("/inspections/", **window, weakness="serious"),
        "read_url": url_with("/inspections/", **window, read="yes"),
    }
