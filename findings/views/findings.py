"""Findings: the list, one finding with all that followed from it, and what it said before it was corrected."""

from django.db.models import Case, F, Q, Value, When
from django.shortcuts import get_object_or_404, render

from agencies import takeaway
from agencies.listing import filtered, page_of
from agencies.sign_in import fresh
from agencies.timeline import changes_of
from inspections.read_log import noted

from ..filters import FindingFilter
from ..history import finding_timeline
from ..models import Finding, Severity, Status
from ..models.life import TRANSITIONS
from ..recurrence import repeats
from .comments import comments_on
from .escalations import of_finding
from .finding_responses import responses_to
from .finding_steps import SHOWN_WITH, shows_inspection
from .list_files import about_list, findings_table
from .recommendation_rows import recommendations_panel

SEVERITY_RANK = Case(
    *(When(severity=severity, then=Value(rank)) for rank, severity in enumerate(Severity.values, 1)),
    default=Value(0),
)
SORTS = {
    "published": (F("inspection__published_on").asc(nulls_last=True), "reference", "pk"),
    "severity": (SEVERITY_RANK, F("inspection__published_on").asc(nulls_last=True), "pk"),
    "agency": ("attributed_to__official_name", "pk"),
    "theme": ("theme__order", "theme__name", "pk"),
    "inspection": ("inspection__inspected_agency__official_name", "inspection__published_on", "pk"),
}


def findings(request):
    listing = filtered(FindingFilter, request, Finding.objects.visible_to(request.user))
    if not listing["has_errors"]:
        listing["filter"].count_choices()
    day = listing["filter"].day
    shown_with = (*SHOWN_WITH, "version_of") if day else SHOWN_WITH
    page = page_of(request, listing["results"].select_related(*shown_with), SORTS, default="-published")
    file_format = takeaway.asked(request)
    # What is not understood is told on the page: an empty file would read as "none".
    if file_format and not listing["has_errors"]:
        if not day and fresh.proof_is_needed(request, listing["results"].exclude(status=Status.PUBLISHED)):
            return fresh.ask(request)
        table = findings_table(page["ordered"], day)
        return takeaway.download(table, about_list(request, listing, table.title, day), file_format, day)
    context = {
        "section": "findings",
        **listing,
        **page,
        "sorts": SORTS,
        "as_of": day,
        "take_urls": takeaway.links(request),
    }
    return render(request, "findings/findings.html", context)


def finding(request, public_id):
    visible = Finding.objects.visible_to(request.user).select_related(
        *SHOWN_WITH,
        "inspection__lead_inspectorate",
        "author",
        "assigned_to",
        "recurrence_of__inspection__inspected_agency",
    )
    found = visible.filter(public_id=public_id).first()
    if found is None:
        return _earlier_version(request, public_id) or _tombstone(request, public_id)
    noted(request, found)
    context = {
        "section": "findings",
        "finding": found,
        "inspection": found.inspection,
        "shows_inspection": shows_inspection(found.inspection, request.user),
        "citations": found.citations.select_related("report"),
        "earlier_versions": _earlier_versions(found, request.user),
        "responses": responses_to(found, request.user) if found.is_published else [],
        "works_on_it": request.user.is_auditor or found.is_read_at_work_by(request.user),
        **_may(found, request.user),
        **recommendations_panel(request.user, finding=found),
        "panel": of_finding(request.user, found),
        "may_record": found.inspection.takes_findings_from(request.user),
        **repeats(found, request.user),
        **comments_on(request, found),
        "history": finding_timeline(found.history_for(request.user)),
    }
    return render(request, "findings/finding.html", context)


def _may(found, user):
    """What this person may do with the finding now."""
    return {
        "may_edit": found.may_be_edited_by(user),
        "may_assign": found.may_be_assigned_by(user),
        "may_correct": found.may_be_corrected_by(user),
        "may_answer": found.may_be_answered_by(user),
        "may_link": found.may_be_linked_by(user),
        "may_withdraw": found.may_be_withdrawn_by(user),
        "steps": [(verb, TRANSITIONS[verb][2]) for verb in found.next_steps_for(user)],
    }


def _earlier_versions(found, user):
    """What it said before, newest first."""
    if found.corrected_at is None:
        return []
    return Finding.objects.earlier_versions_for(user).filter(version_of=found).order_by("-replaced_at", "-pk")


def _earlier_version(request, public_id):
    """The page of what a finding said before it was corrected; None when there is none under that id."""
    versions = Finding.objects.earlier_versions_for(request.user).select_related(*SHOWN_WITH, "version_of")
    earlier = versions.filter(public_id=public_id).first()
    if earlier is None:
        return None
    event = _correction_of(earlier)
    context = {
        "section": "findings",
        "finding": earlier,
        "current": earlier.version_of,
        "inspection": earlier.inspection,
        "shows_inspection": True,
        "citations": earlier.citations.select_related("report"),
        "event": event,
        "changes": changes_of(event, Finding) if event else [],
    }
    return render(request, "findings/finding_version.html", context)


def _correction_of(earlier):
    """The event that replaced this version: the first correction for the first version, and so on."""
    number = int(earlier.reference.rpartition(".v")[2])
    return earlier.version_of.events().filter(verb="corrected")[number - 1 : number].first()


def _tombstone(request, public_id):
    """Of a withdrawn finding, also under the addresses of its earlier versions."""
    withdrawn = get_object_or_404(
        Finding.objects.tombstones(request.user)
        .filter(Q(public_id=public_id) | Q(earlier_versions__public_id=public_id))
        .select_related("inspection__inspected_agency")
        .distinct()
    )
    event = withdrawn.events().filter(verb="withdraw").last()
    context = {"section": "findings", "finding": withdrawn, "event": event}
    return render(request, "findings/tombstone.html", context)
