"""Recommendations: the list, and one recommendation with its whole story."""

from django.db.models import Case, F, Prefetch, Value, When
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import takeaway
from agencies.listing import filtered, page_of
from agencies.sign_in import fresh

from ..models import (
    Action,
    ActionPlan,
    Evidence,
    Recommendation,
    RecommendationStatus,
    Response,
    Status,
    Verification,
)
from ..models.follow_up import TRANSITIONS
from ..recommendation_filters import RecommendationFilter
from ..recommendation_history import recommendation_timeline
from ..recommendation_words import due_in_words, origin_of, scale_of, span
from .comments import comments_on
from .evidence import evidence_of
from .list_files import about_list
from .recommendation_dates import proposed_change
from .recommendation_rows import SHOWN_WITH, recommendations_table, rows_of
from .recommendation_steps import RIGHTS, visible

STATUS_RANK = Case(
    *(When(status_then=status, then=Value(rank)) for rank, status in enumerate(RecommendationStatus.values)),
    default=Value(len(RecommendationStatus.values)),
)
SORTS = {
    "due": (F("due_on_then").asc(nulls_last=True), "reference", "pk"),
    "issued": (F("issued_on").asc(nulls_last=True), "reference", "pk"),
    "addressee": ("addressee__official_name", F("due_on_then").asc(nulls_last=True), "pk"),
    "status": (STATUS_RANK, F("due_on_then").asc(nulls_last=True), "pk"),
}


def recommendations(request):
    listing = filtered(RecommendationFilter, request, Recommendation.objects.visible_to(request.user))
    if listing["has_errors"]:
        listing["results"] = listing["results"].as_known_on(None)
    else:
        listing["filter"].count_choices()
    page = page_of(request, listing["results"].select_related(*SHOWN_WITH), SORTS, default="due")
    day = listing["filter"].day
    file_format = takeaway.asked(request)
    # What is not understood is told on the page: an empty file would read as "none".
    if file_format and not listing["has_errors"]:
        if not day and fresh.proof_is_needed(
            request, listing["results"].exclude(finding__status=Status.PUBLISHED, issued_on__isnull=False)
        ):
            return fresh.ask(request)
        table = recommendations_table(page["ordered"], day)
        return takeaway.download(table, about_list(request, listing, table.title, day), file_format, day)
    context = {
        "section": "recommendations",
        **listing,
        **page,
        "rows": rows_of(page["page_obj"].object_list, day),
        "as_of": day,
        "take_urls": takeaway.links(request),
    }
    return render(request, "findings/recommendations.html", context)


def recommendation(request, public_id):
    """One recommendation with its whole story, as far as the person may read it."""
    user, today = request.user, timezone.localdate()
    found = visible(request, public_id)
    others = Recommendation.objects.visible_to(user).select_related("finding")
    shows_follow_up = found.shows_follow_up_to(user)
    context = {
        "section": "recommendations",
        "recommendation": found,
        "finding": found.finding,
        "inspection": found.inspection,
        "citations": found.finding.citations.select_related("report"),
        "predecessor": others.filter(pk=found.supersedes_id).first(),
        "successor": others.filter(supersedes=found).first(),
        "verifications": _verifications(user, found),
        "shows_follow_up": shows_follow_up,
        "is_followed": user.is_auditor or found.is_followed_by(user),
        "history": recommendation_timeline(found.history_for(user)),
        **_dates(found, user, today),
        **(_sent_in(user, found) if shows_follow_up else {}),
        **_steps(user, found),
        **comments_on(request, found.finding, found),
    }
    return render(request, "findings/recommendation.html", context)


def _dates(found, user, today):
    """Its dates in words."""
    if not found.is_issued:
        return {}
    is_moved = found.is_open and found.due_on != found.due_first
    unanswered = found.status in TRANSITIONS["respond"][0]
    return {
        "origin": origin_of(found, user),
        "due_words": due_in_words(found.due_on, today) if found.is_open else "",
        "first_due_words": due_in_words(found.due_first, today) if is_moved else "",
        "is_overdue": found.is_open and found.due_on is not None and found.due_on < today,
        "answer_words": due_in_words(found.answer_due_on, today)
        if unanswered and found.answer_due_on
        else "",
        "age": span(found.first_issued_on, today) if found.is_open else "",
    }


def _verifications(user, found):
    """[(verification, its place on the scale)], the latest first."""
    seen = Prefetch("evidence", Evidence.objects.visible_to(user), to_attr="seen")
    rows = (
        Verification.objects.visible_to(user)
        .filter(recommendation=found)
        .select_related("by__agency", "through__inspected_agency", "through__framework")
        .prefetch_related(seen)
        .order_by("-on", "-pk")
    )
    return [(row, scale_of(row.progress)) for row in rows]


def _sent_in(user, found):
    """What the agency sent in and what became of it."""
    responses = list(
        Response.objects.visible_to(user)
        .filter(recommendation=found)
        .select_related("by_agency", "by__agency")
        .order_by("-number")
    )
    for_this = Prefetch("actions", Action.objects.filter(recommendation=found), to_attr="for_this")
    plans = ActionPlan.objects.visible_to(user).filter(actions__recommendation=found).distinct()
    changes = found.due_date_changes.select_related("proposed_by__agency", "decided_by__agency")
    return {
        "response": next((response for response in responses if response.is_current), None),
        "earlier_responses": [response for response in responses if not response.is_current],
        "plans": plans.select_related("by_agency").prefetch_related(for_this),
        **evidence_of(found, user),
        "due_date_changes": changes.order_by("-pk"),
    }


def _steps(user, found):
    """What the person may do next: (label, address) of each step, the likeliest first."""
    allowed = found.next_steps_for(user)
    answers = found.is_answered_by(user)
    verifies = found.is_open and found.could_be_verified_by(user)
    change = proposed_change(found) if found.is_open else None
    again = found.is_open and found.status not in TRANSITIONS["respond"][0]
    steps = [
        ("recommendation_edit", _("Change"), found.may_be_edited_by(user)),
        ("recommendation_respond", _("Respond"), "respond" in allowed),
        ("recommendation_claim", _("Claim completion"), "claim" in allowed),
        ("recommendation_verify", _("Verify"), verifies),
        (
            "recommendation_date_decide",
            _("Decide on the due date"),
            change and found.may_decide_a_date(user, change),
        ),
        ("recommendation_respond", _("A further version of the response"), again and answers),
        ("recommendation_date", _("Propose another due date"), found.may_propose_a_date(user) and not change),
        ("recommendation_assign", _("Choose who follows it up"), found.may_be_assigned_by(user)),
        ("recommendation_supersede", _("Supersede"), "supersede" in allowed),
    ]
    confirmed = [
        (TRANSITIONS[verb][2], reverse("recommendation_step", args=[found.public_id, verb]))
        for verb in allowed
        if verb in RIGHTS
    ]
    offered = [(label, reverse(route, args=[found.public_id])) for route, label, may in steps if may]
    return {"steps": [*offered, *confirmed]}
