"""Logging and changing findings: fast, safe against double sending, lost sessions and two editors."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from agencies import held
from agencies.editing import differences, hidden_fields, read_version
from agencies.models import EditConflict
from inspections.models import IllegalTransition, Inspection
from inspections.read_log import noted

from ..forms import FindingForm, citation_differences, citation_formset, cited, record_id
from ..models import Finding


def finding_log(request, public_id):
    user, inspection = request.user, noted(request, _inspection(request, public_id))
    kept = held.take(request)
    data = request.POST or kept
    form = FindingForm(data, user=user, inspection=inspection, initial=_carried(request))
    citations = citation_formset(inspection, data)
    if asks_only_to_redraw(request):
        return _redrawn(request, inspection)
    if request.method == "POST" and form.is_valid() & citations.is_valid():
        token = held.submission_token(request.POST.get(held.KEY_FIELD), user)
        values, places = form.values(), cited(citations)
        try:
            with transaction.atomic():
                finding = Finding.log(
                    by=user, inspection=inspection, values=values, citations=places, submission_key=token
                )
        except IntegrityError:
            if not token:
                raise
            return _sent_again(request, inspection, token)
        messages.success(request, _("The finding is logged as a draft."))
        if "another" in request.POST:
            carried = f"?attributed_to={finding.attributed_to_id}"
            return redirect(reverse("finding_log", args=[inspection.public_id]) + carried)
        return redirect(finding)
    return _page(request, inspection, form, citations, put_back=kept)


def finding_edit(request, public_id):
    finding = _visible(request, public_id)
    if not finding.may_be_edited_by(request.user):
        if request.method == "POST" and finding.inspection.is_worked_on_by(request.user):
            return _came_too_late(request, finding)
        raise PermissionDenied
    kept = held.take(request)
    data = request.POST or kept
    form = FindingForm(data, instance=finding, user=request.user, inspection=finding.inspection)
    citations = citation_formset(finding.inspection, data, finding)
    if asks_only_to_redraw(request):
        return _redrawn(request, finding.inspection, finding)
    version = request.POST.get("version") or (kept or {}).get("version") or finding.version
    if request.method == "POST" and form.is_valid() & citations.is_valid():
        return _save(request, finding, form, citations, expect=read_version(request))
    return _page(
        request, finding.inspection, form, citations, finding=finding, version=version, put_back=kept
    )


def findings_earlier(request, public_id):
    """The earlier findings of the chosen agency and theme, as a part of the form."""
    inspection = _inspection(request, public_id)
    form = FindingForm(
        initial={name: request.GET.get(name) for name in ("attributed_to", "theme")},
        user=request.user,
        inspection=inspection,
    )
    return render(request, "findings/_earlier.html", {"form": form, "inspection": inspection})


def _save(request, finding, form, citations, expect):
    """Saves the edit, or shows both versions when somebody else changed the finding meanwhile."""
    try:
        finding.edit(by=request.user, values=form.values(), citations=cited(citations), expect=expect)
    except EditConflict as conflict:
        current = conflict.current
        theirs = FindingForm(instance=current, user=request.user, inspection=finding.inspection)
        rows = differences(form, theirs) + citation_differences(citations, current)
        if rows:
            return _page(
                request,
                finding.inspection,
                form,
                citations,
                finding=current,
                version=current.version,
                conflict=rows,
            )
    except IllegalTransition as error:
        messages.error(request, str(error))
        return _page(
            request, finding.inspection, form, citations, finding=finding, version=expect, conflict=[]
        )
    messages.success(request, _("The finding is saved."))
    return redirect(finding)


def _sent_again(request, inspection, token):
    """The form was sent before. The same text is the same finding; changed text becomes an edit of it."""
    finding = get_object_or_404(Finding, author=request.user, submission_key=token or None)
    form = FindingForm(request.POST, user=request.user, inspection=inspection, instance=finding)
    citations = citation_formset(inspection, request.POST, finding)
    theirs = FindingForm(instance=finding, user=request.user, inspection=inspection)
    rows = differences(form, theirs)
    citations.is_valid()
    rows += citation_differences(citations, finding)
    if not rows:
        messages.success(request, _("The finding is logged as a draft."))
        return redirect(finding)
    return _page(
        request,
        inspection,
        form,
        citations,
        finding=finding,
        version=finding.version,
        conflict=rows,
        sent_before=True,
    )


def asks_only_to_redraw(request):
    """Buttons that work without script: another citation, or the earlier findings. Nothing is saved."""
    return request.method == "POST" and ({"add_citation", "show_earlier"} & set(request.POST))


def to_redraw(request):
    """What was sent, with room for another citation where that was asked for."""
    data = request.POST.copy()
    if "add_citation" in data:
        total = data.get("citations-TOTAL_FORMS", "1")
        data["citations-TOTAL_FORMS"] = str(min((record_id(total) or 0) + 1, 30))
    return data


def _redrawn(request, inspection, finding=None):
    data = to_redraw(request)
    form = FindingForm(data, instance=finding, user=request.user, inspection=inspection)
    return _page(
        request,
        inspection,
        form,
        citation_formset(inspection, data, finding),
        finding=finding,
        version=request.POST.get("version", ""),
        quiet=True,
    )


def _carried(request):
    """After “Save and add another” the agency stays chosen."""
    agency = request.GET.get("attributed_to", "")
    return {} if record_id(agency) is None else {"attributed_to": agency}


def _inspection(request, public_id):
    """The inspection to log on: 404 when it is not visible, 403 when the person may not log on it."""
    inspection = get_object_or_404(
        Inspection.objects.visible_to(request.user).select_related("framework", "inspected_agency"),
        public_id=public_id,
    )
    if not inspection.takes_findings_from(request.user):
        raise PermissionDenied
    return inspection


def _visible(request, public_id):
    found = Finding.objects.visible_to(request.user).select_related(
        "inspection__framework", "inspection__inspected_agency", "theme", "attributed_to"
    )
    return noted(request, get_object_or_404(found, public_id=public_id))


def _came_too_late(request, finding):
    """The finding was sent on or agreed while the form was open: nothing is saved, nothing typed is lost."""
    messages.error(
        request,
        _("This finding is now “%(status)s”, so it was not changed. Your words are kept in the form below.")
        % {"status": finding.get_status_display()},
    )
    form = FindingForm(request.POST, instance=finding, user=request.user, inspection=finding.inspection)
    citations = citation_formset(finding.inspection, request.POST, finding)
    theirs = FindingForm(
        instance=_visible(request, finding.public_id), user=request.user, inspection=finding.inspection
    )
    rows = differences(form, theirs)
    return _page(
        request,
        finding.inspection,
        form,
        citations,
        finding=finding,
        version=finding.version,
        conflict=rows,
        status=403,
    )


def _page(request, inspection, form, citations, *, finding=None, version="", conflict=None, **context):
    quiet, status = context.pop("quiet", False), context.pop("status", 200 if conflict is None else 409)
    if quiet:
        # Redrawn on request, not submitted: what is missing is not an error yet.
        held.without_errors(form)
        held.without_errors(citations)
    context |= {
        "section": "findings",
        "inspection": inspection,
        "finding": finding,
        "form": form,
        "citations": citations,
        "hidden": hidden_fields(request, version),
        "conflict": conflict,
        "has_errors": form.is_bound and bool(form.errors or citations.total_error_count()),
    }
    return render(request, "findings/finding_form.html", context, status=status)
