"""Proposed findings: one beside its passage and page, decided by keys or by buttons; and how right the reader was."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from agencies import held
from agencies.editing import hidden_fields, read_version
from agencies.models import EditConflict
from inspections.models import IllegalTransition
from inspections.read_log import noted

from ..models import Proposal
from ..proposal_forms import MergeForm, ProposalForm
from ..proposal_reading import marked, next_after, surroundings
from ..statistics.reader import agreement


def proposal(request, public_id):
    found, user = _visible(request, public_id), request.user
    may_decide = found.may_be_decided_by(user)
    if request.method == "GET":
        kept = held.take(request) if may_decide else None
        return _page(request, found, may_decide, data=kept, put_back=bool(kept))
    if not may_decide:
        raise PermissionDenied
    if "reject" in request.POST:
        return _decide(request, found, lambda expect: found.reject(by=user, expect=expect), _("Rejected."))
    if "reopen" in request.POST:
        return _decide(
            request,
            found,
            lambda expect: found.reopen(by=user, expect=expect),
            _("To be decided again."),
            stays=True,
        )
    return _merge(request, found) if "merge" in request.POST else _accept(request, found)


def _accept(request, found):
    form = ProposalForm(request.POST, user=request.user, proposal=found)
    if not form.is_valid():
        return _page(request, found, True, form=form, data=request.POST)
    token = held.submission_token(request.POST.get(held.KEY_FIELD), request.user)

    def accept(expect):
        found.accept(by=request.user, values=form.values(), expect=expect, submission_key=token)

    return _decide(
        request, found, accept, _("Accepted: the finding is logged as a draft."), form=form, token=token
    )


def _merge(request, found):
    form = MergeForm(request.POST, user=request.user, proposal=found)
    if not form.is_valid():
        return _page(request, found, True, merge_form=form, data=request.POST)
    return _decide(
        request,
        found,
        lambda expect: found.merge(by=request.user, expect=expect, **form.target()),
        _("Merged."),
        merge_form=form,
    )


def _decide(request, found, decide, done, *, form=None, merge_form=None, token="", stays=False):
    """Takes the decision and leads on to the next; 409 for whoever comes second, whose words stay in the form."""
    try:
        decide(read_version(request))
    except (EditConflict, IllegalTransition):
        current = _visible(request, found.public_id)
        if token and current.finding is not None and current.finding.submission_key == token:
            messages.success(request, done)  # the same form sent twice
            return redirect(_onward(request, current))
        return _page(request, current, True, form=form, data=request.POST, status=409, late=True)
    except ValidationError as refusal:
        (form or merge_form or ProposalForm(request.POST, user=request.user, proposal=found)).add_error(
            None, refusal.messages
        )
        return _page(request, found, True, form=form, merge_form=merge_form, data=request.POST)
    messages.success(request, done)
    return redirect(found if stays else _onward(request, found))


def _onward(request, found):
    return next_after(Proposal.objects.visible_to(request.user), found) or found.report


def _page(
    request,
    found,
    may_decide,
    *,
    form=None,
    merge_form=None,
    data=None,
    status=200,
    late=False,
    put_back=False,
):
    user = request.user
    decides = may_decide and found.is_open
    if decides or late:
        form = form or ProposalForm(data, user=user, proposal=found)
        merge_form = merge_form or MergeForm(user=user, proposal=found)
    ours = Proposal.objects.visible_to(user).filter(report=found.report_id)
    context = {
        "section": "reports",
        "proposal": found,
        "report": found.report,
        "may_decide": may_decide,
        "decides": decides,
        "late": late,
        "form": form,
        "merge_form": merge_form,
        "parts": marked(found),
        **surroundings(found),
        "others": list(found.goes_with_it()) if found.is_open else list(found.merged.all()),
        "next": next_after(ours, found),
        "to_decide": ours.open().count(),
        "hidden": hidden_fields(request, found.version),
        "put_back": put_back,
        "has_errors": any(
            part is not None and part.is_bound and bool(part.errors) for part in (form, merge_form)
        ),
    }
    return render(request, "findings/proposal.html", context, status=status)


def reader_figures(request):
    """How often people agreed with what was proposed, by theme, type and month."""
    if not request.user.reads_reports:
        raise PermissionDenied
    proposals = Proposal.objects.visible_to(request.user)
    context = {"section": "reports", "tables": agreement(proposals), "to_decide": proposals.open().count()}
    return render(request, "findings/reader_figures.html", context)


def _visible(request, public_id):
    found = Proposal.objects.visible_to(request.user).select_related(
        "report__inspection__framework",
        "report__inspection__inspected_agency",
        "theme",
        "attributed_to",
        "finding",
        "merged_into",
        "decided_by",
        "decided_theme",
        "decided_attributed_to",
    )
    return noted(request, get_object_or_404(found, public_id=public_id))
