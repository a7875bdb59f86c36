"""Findings: the list, one finding with its history, its steps and its withdrawal."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, F, Value, When
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from agencies import held, takeaway
from agencies.editing import hidden_fields, read_version
from agencies.forms import ReasonForm
from agencies.listing import filtered, page_of
from agencies.models import EditConflict
from inspections.models import IllegalTransition

from ..filters import FindingFilter
from ..history import timeline
from ..models import Finding, Severity
from ..models.life import NEEDS_REASON, TRANSITIONS
from .list_files import about_list, findings_table

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
SHOWN_WITH = ("theme", "attributed_to", "inspection__inspected_agency", "inspection__framework")


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
        *SHOWN_WITH, "inspection__lead_inspectorate", "author", "recurrence_of__inspection__inspected_agency"
    )
    found = visible.filter(public_id=public_id).first()
    if found is None:
        return _tombstone(request, public_id)
    recurrences = Finding.objects.visible_to(request.user).filter(recurrence_of=found)
    context = {
        "section": "findings",
        "finding": found,
        "inspection": found.inspection,
        "citations": found.citations.select_related("report"),
        "recurrences": recurrences.select_related("inspection__inspected_agency", "inspection__framework"),
        "may_edit": found.may_be_edited_by(request.user),
        "may_withdraw": found.may_be_withdrawn_by(request.user),
        "steps": [(verb, TRANSITIONS[verb][2]) for verb in found.next_steps_for(request.user)],
        "history": timeline(found.history_for(request.user), Finding),
    }
    return render(request, "findings/finding.html", context)


def _tombstone(request, public_id):
    withdrawn = get_object_or_404(
        Finding.objects.tombstones(request.user).select_related("inspection__inspected_agency"),
        public_id=public_id,
    )
    event = withdrawn.events().filter(verb="withdraw").last()
    context = {"section": "findings", "finding": withdrawn, "event": event}
    return render(request, "findings/tombstone.html", context)


def finding_step(request, public_id, verb):
    """One step of a finding's life: asks to confirm, and why where a reason is needed."""
    if verb not in TRANSITIONS or verb == "withdraw":
        raise Http404
    found = _visible(request, public_id)
    if verb not in found.next_steps_for(request.user):
        # Not possible any more is a conflict to be told of; never allowed to this person is a refusal.
        possible = found.status in TRANSITIONS[verb][0]
        if request.method == "GET" or possible or not found.inspection.is_worked_on_by(request.user):
            raise PermissionDenied
    return _step(request, found, verb)


def finding_withdraw(request, public_id):
    found = _visible(request, public_id)
    if not found.may_be_withdrawn_by(request.user):
        raise PermissionDenied
    return _step(request, found, "withdraw")


def _visible(request, public_id):
    return get_object_or_404(
        Finding.objects.visible_to(request.user).select_related("inspection", *SHOWN_WITH),
        public_id=public_id,
    )


def _step(request, found, verb):
    kept = held.take(request)
    form = ReasonForm(request.POST or kept, required=verb in NEEDS_REASON)
    if request.method == "POST" and form.is_valid():
        try:
            # Not an older version, and not one to come: what is allowed was asked of this one.
            if read_version(request) != found.version:
                raise EditConflict(found)
            reason = form.cleaned_data["reason"]
            found.move(verb, by=request.user, reason=reason, expect=found.version)
        except (EditConflict, IllegalTransition) as problem:
            form.add_error(None, _why_not(problem, verb))
            return _step_page(request, found, verb, form, status=409)
        messages.success(request, _("Done: %(step)s.") % {"step": str(TRANSITIONS[verb][2]).lower()})
        return redirect(found)
    return _step_page(request, found, verb, form, put_back=kept is not None)


def _why_not(problem, verb):
    """One sentence: that the step is not possible any more, or that there is something new to read first."""
    if isinstance(problem, EditConflict):
        try:
            problem.current.refuse_unless(TRANSITIONS[verb][0])
        except IllegalTransition as illegal:
            problem = illegal
        else:
            return _("Somebody changed this finding meanwhile. Read it again before you decide.")
    return str(problem)


def _step_page(request, found, verb, form, status=200, put_back=False):
    context = {
        "section": "findings",
        "finding": found,
        "verb": verb,
        "label": TRANSITIONS[verb][2],
        "form": form,
        "hidden": hidden_fields(request, found.version),
        "put_back": put_back,
        "has_errors": bool(form.errors),
    }
    return render(request, "findings/finding_step.html", context, status=status)
