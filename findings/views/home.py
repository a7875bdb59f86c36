"""The first page: the first of what waits for this person, and the national picture in brief."""

from django.shortcuts import render
from django.utils import timezone

from agencies.listing import url_with
from agencies.models import Agency
from inspections.models import Inspection
from inspections.periods import Period, Window

from ..figures import FIGURES, Scope
from ..models import Finding, Status
from ..models.life import WEAKNESSES
from ..statistics.known import Known
from ..statistics.themes import tally_by, tally_by_theme
from ..work.queue import Queue
from .dashboard import HEADLINE, LETTER_DAY, listed, sections_of

SHOWN = 10
FIRST = 5  # of what waits
SHOWN_WITH = ("theme", "attributed_to", "inspection__inspected_agency", "inspection__framework")


def home(request):
    user = request.user
    context = {"section": "home"}
    if user.has_work:
        queue = Queue(user, timezone.localdate())
        context |= {"waiting": queue[:FIRST], "waiting_total": queue.count()}
    if user.is_inspector or user.is_manager:
        context |= _desk(user)
    if user.is_respondent:
        context |= _agency_desk(user)
    if not user.is_inspector:
        context |= _national(user)
    return render(request, "findings/home.html", context)


def _desk(user):
    """Their inspections under way and their drafts."""
    ours = Inspection.objects.visible_to(user).worked_on_by(user)
    under_way = ours.under_way().select_related("framework", "inspected_agency")
    mine = Finding.objects.visible_to(user).filter(author=user, status=Status.DRAFT)
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
        "drafts_total": mine.count(),
        "drafts_url": url_with("/findings/", mine="on", status="draft"),
    }


def _agency_desk(user):
    findings = Finding.objects.visible_to(user).filter(attributed_to=user.agency).select_related(*SHOWN_WITH)
    return {
        "agency_desk": True,
        "weaknesses": findings.published()
        .weaknesses()
        .order_by("-inspection__published_on", "reference")[:SHOWN],
        "weaknesses_total": findings.published().weaknesses().count(),
        "weaknesses_url": url_with(
            "/findings/", agency=user.agency.slug, finding_type=WEAKNESSES, status="published"
        ),
    }


def _national(user):
    """The headline figures of today and of the letter, by year; themes and forces that lead."""
    today = timezone.localdate()
    scope = Scope(Known(user, today), Period.ending(today))
    letter = Scope(Known(user, LETTER_DAY), Period.ending(LETTER_DAY))
    everything = scope.of(period=Period.ending(today, Window.ALL))
    findings = everything.findings_within
    forces = sorted(
        tally_by(findings, "attributed_to"), key=lambda row: (-row["serious"], -row["weaknesses"])
    )[:SHOWN]
    named = Agency.objects.visible_to(user).in_bulk([row["attributed_to"] for row in forces])
    return {
        "national": True,
        "scope": scope,
        "headline": listed(sections_of(scope, HEADLINE), HEADLINE),
        "letter_scope": letter,
        "letter": listed(sections_of(letter, HEADLINE), HEADLINE),
        "letter_total": letter.inspections.counting_in_share().count(),
        "years": FIGURES["years"].of_scope(everything).table,
        "themes": [
            row | _three_urls(everything, theme=row["theme"].code) for row in tally_by_theme(findings, today)
        ][:5],
        "forces": [
            row
            | {"force": named[row["attributed_to"]]}
            | _three_urls(everything, agency=named[row["attributed_to"]].slug, about_police="")
            for row in forces
        ],
    }


def _three_urls(scope, **filters):
    return {f"{name}_url": url for name, url in scope.three_urls(**filters).items()}
