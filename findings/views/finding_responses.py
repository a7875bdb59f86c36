"""What an agency says of a finding about it: written by its safeguarding lead, or recorded for it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import held
from agencies.editing import differences, hidden_fields, read_version
from agencies.models import EditConflict
from inspections.models import IllegalTransition

from ..finding_forms import FindingResponseForm
from ..models import Response
from .finding_steps import visible_finding


def finding_respond(request, public_id):
    finding = visible_finding(request, public_id)
    if not finding.may_be_answered_by(request.user):
        raise PermissionDenied
    kept = held.take(request)
    given = _given(finding, request.user)
    form = FindingResponseForm(request.POST or kept, user=request.user, initial=_values(given))
    if request.method == "POST" and form.is_valid():
        if given and not form.has_changed():  # sent twice, or as it stands already
            return _recorded(request, finding)
        return _respond(request, finding, form, given)
    version = (request.POST or kept or {}).get("version") or finding.version
    return _page(request, finding, form, given, version=version, put_back=bool(kept))


def responses_to(finding, user):
    """[{current, earlier}] of each agency's response to the finding itself that the person may read."""
    rows = Response.objects.visible_to(user).filter(finding=finding, recommendation=None)
    found = {}
    for row in rows.select_related("by_agency", "by").order_by("by_agency", "-number"):
        if row.is_current:
            found[row.by_agency_id] = {
                "current": row,
                "earlier": [],
                # It was given to what the finding said before it was corrected.
                "is_of_earlier": bool(finding.corrected_at and row.at < finding.corrected_at),
            }
        else:
            found[row.by_agency_id]["earlier"].append(row)
    return sorted(found.values(), key=lambda given: given["current"].at, reverse=True)


def _given(finding, user):
    """The latest response of the agency that the finding is attributed to, or None."""
    rows = Response.objects.visible_to(user).current()
    return rows.filter(finding=finding, recommendation=None, by_agency=finding.attributed_to_id).first()


def _values(given):
    if given is None:
        return {}
    return {"position": given.position, "text": given.text, "received_on": given.received_on}


def _respond(request, finding, form, given):
    values = {"received_on": timezone.localdate(), **form.cleaned_data}
    try:
        if read_version(request) != finding.version:
            raise EditConflict(finding)
        finding.respond(by=request.user, expect=finding.version, **values)
    except EditConflict as conflict:
        given = _given(conflict.current, request.user)
        theirs = FindingResponseForm(user=request.user, initial=_values(given))
        rows = differences(form, theirs) if given else []
        form.add_error(
            None, _("Somebody changed this finding meanwhile. Read it again before you send this.")
        )
        version = conflict.current.version
        return _page(request, finding, form, given, version=version, conflict=rows or None, status=409)
    except IllegalTransition as refusal:
        form.add_error(None, str(refusal))
        return _page(request, finding, form, given, version=finding.version, status=409)
    return _recorded(request, finding)


def _recorded(request, finding):
    messages.success(request, _("The response is recorded."))
    return redirect(finding)


def _page(request, finding, form, given, *, version, conflict=None, put_back=False, status=200):
    context = {
        "section": "findings",
        "finding": finding,
        "given": given,
        "form": form,
        "hidden": hidden_fields(request, version),
        "conflict": conflict,
        "put_back": put_back,
        "has_errors": form.is_bound and bool(form.errors),
    }
    return render(request, "findings/finding_respond.html", context, status=status)
