"""When an inspection is published: its embargo, changed or taken away, and publication put on hold."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import held
from inspections.models import Status
from inspections.models.life import PUBLIC

from .. import publication
from ..inspection_forms import EmbargoForm, StepForm
from .inspection_steps import attempt, form_context, reads_at_work, visible_inspection
from .recommendation_steps import allow


def inspection_embargo(request, public_id):
    """Another moment of release, or none, while the embargo lasts."""
    found = visible_inspection(request, public_id)
    allow(request, found.is_managed_by(request.user), not found.may_change_embargo(request.user))
    kept, status, user = held.take(request), 200, request.user
    form = EmbargoForm(request.POST or kept, inspection=found)
    if request.method == "POST" and form.is_valid():
        reason, until = form.cleaned_data["reason"], form.cleaned_data["embargo_until"]
        status = attempt(
            request,
            found,
            form,
            lambda: found.change_embargo(by=user, until=until, reason=reason, expect=found.version),
        )
        if status == 302:
            messages.success(request, _("The embargo is changed."))
            return redirect(found)
    context = form_context(request, found, form, kept)
    return render(request, "findings/inspection_embargo.html", context, status=status)


def inspection_hold(request, public_id):
    """Puts publication on hold, or lifts the hold: whichever is possible now."""
    found = visible_inspection(request, public_id)
    allow(request, found.is_managed_by(request.user), not found.may_be_held_by(request.user))
    kept, status, user = held.take(request), 200, request.user
    form = StepForm(request.POST or kept, inspection=found, required=not found.on_hold)
    if request.method == "POST" and form.is_valid():
        change = found.lift_hold if found.on_hold else found.hold
        done = _("The hold is lifted.") if found.on_hold else _("Publication is on hold.")
        reason = form.cleaned_data["reason"]
        status = attempt(request, found, form, lambda: change(by=user, reason=reason, expect=found.version))
        if status == 302:
            messages.success(request, done)
            return redirect(found)
    context = {
        "ends_at_once": found.on_hold and found.has_embargo_ended(timezone.now()),
        **form_context(request, found, form, kept),
    }
    return render(request, "findings/inspection_hold.html", context, status=status)


def release_panel(user, inspection):
    """What components/release_panel.html needs: when the inspection is published, for those who may know; else {}.

    Those who make it know all; of a hold the reason only those who work on it. An agency that checks it knows the
    day once it is embargoed, and nothing of holds.
    """
    if inspection.status in (*PUBLIC, Status.CANCELLED):
        return {}
    embargoed = inspection.status == Status.EMBARGOED
    until = inspection.embargo_until
    ended = inspection.has_embargo_ended(timezone.now())
    if user.is_respondent:
        known = until if not (ended or inspection.on_hold) else None
        return {"release": {"for_agency": True, "until": known}} if embargoed else {}
    if not reads_at_work(user, inspection):
        return {}
    may_hold = inspection.may_be_held_by(user)
    if not (embargoed or until or inspection.on_hold or may_hold):
        return {}
    works_on_it = user.is_auditor or inspection.is_worked_on_by(user)
    shows_reason = inspection.on_hold and works_on_it
    return {
        "release": {
            "embargoed": embargoed,
            "until": until,
            "ended": ended and embargoed,
            "problem": publication.why_not_released(inspection, timezone.now()) if works_on_it else "",
            "on_hold": inspection.on_hold,
            "held_by": inspection.events().filter(verb="put on hold").last() if shows_reason else None,
            "may_change": inspection.may_change_embargo(user),
            "may_hold": may_hold,
        }
    }
