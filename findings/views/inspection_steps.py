"""Steps of an inspection's life: each asks to confirm, for what it needs, and why where a reason is needed."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from agencies import held
from agencies.editing import hidden_fields, read_version
from agencies.models import EditConflict
from agencies.sign_in.fresh import fresh_sign_in
from inspections.models import IllegalTransition, Inspection
from inspections.models.life import NEEDS_REASON, TRANSITIONS
from inspections.read_log import noted

from .. import publication
from ..inspection_forms import FORMS, StepForm
from ..models import AccuracyComment, Finding, Status

SHOWN_WITH = (
    "framework__grade_scale",
    "inspected_agency",
    "lead_inspectorate",
    "follows__framework",
    "follows__inspected_agency",
)


def visible_inspection(request, public_id):
    found = Inspection.objects.visible_to(request.user).select_related(*SHOWN_WITH)
    return noted(request, get_object_or_404(found, public_id=public_id))


def reads_at_work(user, inspection):
    """Whether the person reads its unpublished matter as one of those who make it, or as an auditor."""
    return Inspection.objects.visible_to(user).worked_on_by(user).filter(pk=inspection.pk).exists()


@fresh_sign_in(when=lambda request, public_id, verb: verb == "publish")
def inspection_step(request, public_id, verb):
    if verb not in TRANSITIONS:
        raise Http404
    found = visible_inspection(request, public_id)
    if not found.is_worked_on_by(request.user):
        raise PermissionDenied
    allowed = verb in found.next_steps_for(request.user)
    if not allowed and (request.method == "GET" or found.status in TRANSITIONS[verb][0]):
        raise PermissionDenied
    kept = held.take(request)
    form = FORMS.get(verb, StepForm)(request.POST or kept, inspection=found, required=verb in NEEDS_REASON)
    status = 200
    if request.method == "POST" and form.is_valid():
        status = attempt(request, found, form, lambda: _take(found, verb, request.user, form))
        if status == 302:
            messages.success(request, _("Done: %(step)s.") % {"step": str(TRANSITIONS[verb][2]).lower()})
            return redirect(found)
    context = {
        "verb": verb,
        "label": TRANSITIONS[verb][2],
        "agreed": Finding.objects.filter(inspection=found, status=Status.AGREED).count(),
        "undecided": _undecided(request.user, found) if verb == "embargo" else 0,
        **form_context(request, found, form, kept),
    }
    return render(request, "findings/inspection_step.html", context, status=status)


def attempt(request, inspection, form, verb):
    """Calls the verb on the version that the person saw; the status of the answer. Refusals stand in the form then."""
    try:
        # Not an older version, and not one to come: what is allowed was asked of this one.
        if read_version(request) != inspection.version:
            raise EditConflict(inspection)
        verb()
    except EditConflict:
        words = _("Somebody changed this inspection meanwhile. Read it again before you decide.")
        form.add_error(None, words)
        return 409
    except IllegalTransition as refusal:
        form.add_error(None, str(refusal))
        return 409
    except ValidationError as refusal:
        form.add_error("on" if "on" in form.fields else None, refusal.messages)
        return 200
    return 302


def form_context(request, inspection, form, kept):
    """What a page with one form about an inspection needs."""
    return {
        "section": "inspections",
        "inspection": inspection,
        "form": form,
        "hidden": hidden_fields(request, inspection.version),
        "put_back": bool(kept),
        "has_errors": form.is_bound and bool(form.errors),
    }


def _take(inspection, verb, user, form):
    given = {"by": user, "reason": form.cleaned_data["reason"], "expect": inspection.version, **form.values()}
    if verb == "publish":
        publication.publish(inspection, **given)
    else:
        inspection.move(verb, **given)


def _undecided(user, inspection):
    return AccuracyComment.objects.visible_to(user).filter(inspection=inspection).undecided().count()
