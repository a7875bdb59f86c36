"""Linking a finding to the earlier published one that it repeats, before its publication and after."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from agencies import held
from agencies.editing import hidden_fields, read_version
from agencies.models import EditConflict
from inspections.models import IllegalTransition

from ..finding_forms import RecurrenceForm
from .finding_steps import visible_finding


def finding_recurrence(request, public_id):
    finding = visible_finding(request, public_id)
    if not finding.may_be_linked_by(request.user):
        raise PermissionDenied
    kept, status = held.take(request), 200
    form = RecurrenceForm(request.POST or kept, user=request.user, finding=finding)
    if request.method == "POST" and form.is_valid():
        try:
            if read_version(request) != finding.version:
                raise EditConflict(finding)
            earlier, reason = form.chosen(), form.cleaned_data["reason"]
            finding.link_recurrence(by=request.user, earlier=earlier, reason=reason, expect=finding.version)
        except EditConflict:
            form.add_error(
                None, _("Somebody changed this finding meanwhile. Read it again before you decide.")
            )
            status = 409
        except IllegalTransition as refusal:
            form.add_error(None, str(refusal))
            status = 409
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, _linked(finding.recurrence_of))
            return redirect(finding)
    context = {
        "section": "findings",
        "finding": finding,
        "form": form,
        "hidden": hidden_fields(request, finding.version),
        "put_back": bool(kept),
        "has_errors": form.is_bound and bool(form.errors),
    }
    return render(request, "findings/finding_recurrence.html", context, status=status)


def _linked(earlier):
    if earlier is None:
        return _("The finding is linked to no earlier one.")
    return _("The finding is linked to %(reference)s.") % {"reference": earlier.reference}
