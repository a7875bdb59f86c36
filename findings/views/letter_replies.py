"""Commitments that a reply made: how far each is."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from agencies import held
from agencies.editing import differences, hidden_fields, read_version
from agencies.models import EditConflict

from ..letter_reply_forms import CommitmentForm
from ..models import Commitment
from .letters import visible_letter


def commitment_report(request, public_id, commitment_id):
    letter = visible_letter(request, public_id)
    visible = Commitment.objects.visible_to(request.user).filter(letter=letter)
    found = get_object_or_404(visible.select_related("letter"), public_id=commitment_id)
    if not found.may_be_reported_by(request.user):
        raise PermissionDenied
    kept, conflict, status = held.take(request), None, 200
    form = CommitmentForm(request.POST or kept, instance=found)
    version = request.POST.get("version") or (kept or {}).get("version") or found.version
    if request.method == "POST" and form.is_valid():
        try:
            found.report(by=request.user, expect=read_version(request), **form.cleaned_data)
            messages.success(request, _("The progress is saved."))
            return redirect(found)
        except EditConflict as newer:
            conflict = differences(form, CommitmentForm(instance=newer.current))
            version, status = newer.current.version, 409
    context = {
        "section": "letters",
        "letter": letter,
        "commitment": found,
        "form": form,
        "hidden": hidden_fields(request, version),
        "conflict": conflict,
        "put_back": bool(kept),
        "has_errors": form.is_bound and bool(form.errors),
    }
    return render(request, "findings/commitment_report.html", context, status=status)
