"""Steps of a finding's life: each asks to confirm, and why where a reason is needed; and whose desk it is on."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from agencies import held
from agencies.editing import hidden_fields, read_version
from agencies.forms import ReasonForm
from agencies.models import EditConflict
from agencies.sign_in.fresh import fresh_sign_in
from inspections.models import IllegalTransition, Inspection
from inspections.read_log import noted

from .. import publication
from ..finding_forms import AssignForm
from ..models import Finding
from ..models.life import NEEDS_REASON, TRANSITIONS

SHOWN_WITH = ("theme", "attributed_to", "inspection__inspected_agency", "inspection__framework")


def visible_finding(request, public_id):
    found = Finding.objects.visible_to(request.user).select_related("inspection", *SHOWN_WITH)
    return noted(request, get_object_or_404(found, public_id=public_id))


def shows_inspection(inspection, user):
    """Whether to lead the person on to the inspection: somebody who only reviews one of its findings may not see it."""
    return inspection.is_public or Inspection.objects.visible_to(user).filter(pk=inspection.pk).exists()


@fresh_sign_in(when=lambda request, public_id, verb: verb == "publish")
def finding_step(request, public_id, verb):
    """One step of a finding's life: asks to confirm, and why where a reason is needed."""
    if verb not in TRANSITIONS or verb == "withdraw":
        raise Http404
    found = visible_finding(request, public_id)
    if verb not in found.next_steps_for(request.user):
        # Not possible any more is a conflict to be told of; never allowed to this person is a refusal.
        possible = found.status in TRANSITIONS[verb][0]
        if request.method == "GET" or possible or not found.is_read_at_work_by(request.user):
            raise PermissionDenied
    return _step(request, found, verb)


def _is_published(request, public_id):
    return Finding.objects.visible_to(request.user).published().filter(public_id=public_id).exists()


@fresh_sign_in(when=_is_published)
def finding_withdraw(request, public_id):
    found = visible_finding(request, public_id)
    if not found.may_be_withdrawn_by(request.user):
        raise PermissionDenied
    return _step(request, found, "withdraw")


def finding_assign(request, public_id):
    """Puts it on somebody's desk: for review, to an inspector who then reads this one finding."""
    found = visible_finding(request, public_id)
    if not found.may_be_assigned_by(request.user):
        raise PermissionDenied
    kept, status = held.take(request), 200
    form = AssignForm(request.POST or kept, finding=found)
    if request.method == "POST" and form.is_valid():
        to = form.cleaned_data["assigned_to"]
        try:
            if read_version(request) != found.version:
                raise EditConflict(found)
            found.assign(by=request.user, to=to, reason=form.cleaned_data["reason"], expect=found.version)
        except EditConflict:
            form.add_error(
                None, _("Somebody changed this finding meanwhile. Read it again before you decide.")
            )
            status = 409
        except IllegalTransition as refusal:
            form.add_error(None, str(refusal))
            status = 409
        else:
            messages.success(request, _assigned(to))
            return _onward(request, found)
    context = {
        "section": "findings",
        "finding": found,
        "form": form,
        "hidden": hidden_fields(request, found.version),
        "put_back": bool(kept),
        "has_errors": form.is_bound and bool(form.errors),
    }
    return render(request, "findings/finding_assign.html", context, status=status)


def _assigned(to):
    if to is None:
        return _("The finding is with nobody in particular.")
    return _("The finding is with %(name)s.") % {"name": to.get_full_name()}


def _step(request, found, verb):
    kept = held.take(request)
    form = ReasonForm(request.POST or kept, required=verb in NEEDS_REASON)
    if request.method == "POST" and form.is_valid():
        try:
            # Not an older version, and not one to come: what is allowed was asked of this one.
            if read_version(request) != found.version:
                raise EditConflict(found)
            _take(found, verb, by=request.user, reason=form.cleaned_data["reason"])
        except (EditConflict, IllegalTransition) as problem:
            form.add_error(None, _why_not(problem, verb))
            return _step_page(request, found, verb, form, status=409)
        messages.success(request, _("Done: %(step)s.") % {"step": str(TRANSITIONS[verb][2]).lower()})
        return _onward(request, found)
    return _step_page(request, found, verb, form, put_back=bool(kept))


def _take(found, verb, *, by, reason):
    if verb == "publish":  # its recommendations are issued with it
        publication.publish_finding(found, by=by, reason=reason, expect=found.version)
    else:
        found.move(verb, by=by, reason=reason, expect=found.version)


def _onward(request, found):
    """Back to the finding; whoever only reviewed it does not see it any more."""
    still_seen = Finding.objects.visible_to(request.user).filter(pk=found.pk).exists()
    return redirect(found) if still_seen else redirect("work")


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
