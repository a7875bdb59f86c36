"""Correcting a published finding: it reads differently from now on, and what it said before stays readable."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from agencies import held
from agencies.editing import differences, hidden_fields, read_version
from agencies.models import EditConflict
from inspections.models import IllegalTransition

from ..finding_forms import CorrectionForm
from ..forms import FindingForm, citation_differences, citation_formset, cited
from .finding_steps import visible_finding
from .logging import asks_only_to_redraw, to_redraw


def finding_correct(request, public_id):
    finding = visible_finding(request, public_id)
    if not finding.may_be_corrected_by(request.user):
        raise PermissionDenied
    kept, redraws = held.take(request), asks_only_to_redraw(request)
    data = to_redraw(request) if redraws else (request.POST or kept)
    form = CorrectionForm(data, instance=finding, user=request.user, inspection=finding.inspection)
    citations = citation_formset(finding.inspection, data, finding)
    if redraws:
        held.without_errors(form)
        held.without_errors(citations)
    elif request.method == "POST" and form.is_valid() & citations.is_valid():
        return _correct(request, finding, form, citations)
    version = (data or {}).get("version") or finding.version
    return _page(request, finding, form, citations, version=version, put_back=bool(kept))


def _correct(request, finding, form, citations):
    seen = read_version(request)
    try:
        finding.correct(
            by=request.user,
            values=form.values(),
            citations=cited(citations),
            reason=form.cleaned_data["reason"],
            expect=seen,
        )
    except EditConflict as conflict:
        current = conflict.current
        theirs = FindingForm(instance=current, user=request.user, inspection=finding.inspection)
        rows = differences(form, theirs) + citation_differences(citations, current)
        if rows:
            return _page(
                request, current, form, citations, version=current.version, conflict=rows, status=409
            )
    except IllegalTransition as refusal:
        form.add_error(None, str(refusal))
        return _page(request, finding, form, citations, version=seen, status=409)
    except ValidationError as refusal:
        for name, errors in refusal.error_dict.items():
            form.add_error(name if name in form.fields else None, errors)
        return _page(request, finding, form, citations, version=seen)
    else:
        if finding.version == seen:
            form.add_error(None, _("You have changed nothing, so there is nothing to correct."))
            return _page(request, finding, form, citations, version=seen)
    messages.success(request, _("The finding is corrected. What it said before stays readable."))
    return redirect(finding)


def _page(request, finding, form, citations, *, version, conflict=None, put_back=False, status=200):
    context = {
        "section": "findings",
        "finding": finding,
        "inspection": finding.inspection,
        "form": form,
        "citations": citations,
        "hidden": hidden_fields(request, version),
        "conflict": conflict,
        "put_back": put_back,
        "has_errors": form.is_bound and bool(form.errors or citations.total_error_count()),
    }
    return render(request, "findings/finding_correct.html", context, status=status)
