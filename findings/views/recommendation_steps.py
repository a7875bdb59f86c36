"""Steps of a recommendation that take no more than a reason, replacing one, giving one to somebody; and how each
step is taken: asked to confirm, refused in one sentence, never taken twice."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import held
from agencies.editing import hidden_fields, read_version
from agencies.forms import ReasonForm
from agencies.models import EditConflict
from inspections.models import IllegalTransition
from inspections.read_log import noted

from ..follow_up_forms import DatedReasonForm
from ..models import Recommendation
from ..models.follow_up import CLOSED, NEEDS_REASON, OPEN, TRANSITIONS
from ..recommendation_forms import AssignForm, SupersedeForm
from .recommendation_rows import SHOWN_WITH

# verb: whether the person may take the step at all; whether it is possible now is asked apart.
RIGHTS = {
    "issue": lambda found, user: found.inspection.is_managed_by(user) and found.author_id != user.pk,
    "withdraw": lambda found, user: found.inspection.is_worked_on_by(user),
    "close_not_implemented": Recommendation.may_be_verified_by,
    "reopen": Recommendation.may_be_reopened_by,
}


def recommendation_step(request, public_id, verb):
    """One step of a recommendation's life: asks to confirm, and why where a reason is needed."""
    if verb not in RIGHTS:
        raise Http404
    found, user = visible(request, public_id), request.user
    hindrance = hindrance_of(found, TRANSITIONS[verb][0])
    # Who could take it but for the status is told so; a step of other people's is refused.
    may = RIGHTS[verb](found, user) if hindrance else verb in found.next_steps_for(user)
    allow(request, may, hindrance)
    kept = held.take(request)
    form_class = DatedReasonForm if verb in ("close_not_implemented", "reopen") else ReasonForm
    form = form_class(request.POST or kept, required=verb in NEEDS_REASON)
    taken, status = take(
        request,
        found,
        form,
        lambda expect: getattr(found, verb)(by=user, expect=expect, **form.cleaned_data),
        hindrance=hindrance,
        day="on",
    )
    label = TRANSITIONS[verb][2]
    if taken:
        messages.success(request, _("Done: %(step)s.") % {"step": str(label).lower()})
        return redirect(found)
    notes = [NOTES[verb]] if verb in NOTES else []
    return step_page(request, found, verb, form, label=label, notes=notes, put_back=kept, status=status)


NOTES = {
    "issue": gettext_lazy("It gets its reference and its due date, and everybody who signs in can read it."),
    "withdraw": gettext_lazy("It stays in the history and is never issued. This cannot be undone."),
    "close_not_implemented": gettext_lazy("It is closed without being done. An inspectorate can reopen it."),
    "reopen": gettext_lazy(
        "It is open again. Its age still counts from the day on which it was first issued."
    ),
}


def recommendation_supersede(request, public_id):
    """Replaces the recommendation by a new one, which is issued at once."""
    found, user = visible(request, public_id), request.user
    hindrance = hindrance_of(found, TRANSITIONS["supersede"][0])
    allow(request, found.may_be_superseded_by(user), hindrance)
    kept = held.take(request)
    form = SupersedeForm(request.POST or kept, user=user, recommendation=found)

    def act(expect):
        cleaned = form.cleaned_data
        about = {"finding": cleaned["finding"], "reason": cleaned["reason"]}
        found.supersede(by=user, values=form.values(), expect=expect, **about)

    def is_done(current):
        later = Recommendation.objects.visible_to(user).filter(supersedes=current, author=user)
        return later.filter(**form.values(), finding=form.cleaned_data["finding"]).exists()

    taken, status = take(request, found, form, act, hindrance=hindrance, is_done=is_done)
    if taken:
        messages.success(request, _("The recommendation is superseded by this one."))
        return redirect(Recommendation.objects.visible_to(user).get(supersedes=found))
    notes = [
        _("The new one is issued at once. It keeps the age of this one, and its due date where it has one.")
    ]
    if found.due_on:
        notes.append(_("Due now: %(day)s.") % {"day": date_format(found.due_on)})
    return step_page(
        request, found, "supersede", form, label=_("Supersede"), notes=notes, put_back=kept, status=status
    )


def recommendation_assign(request, public_id):
    """Gives the following up to somebody, or to nobody in particular."""
    found, user = visible(request, public_id), request.user
    hindrance = hindrance_of(found, (*OPEN, *CLOSED))
    may = found.finding.is_published and found.inspection.is_worked_on_by(user)
    allow(request, may, hindrance)
    kept = held.take(request)
    form = AssignForm(request.POST or kept, recommendation=found)

    def is_done(current):
        return current.assigned_to == form.cleaned_data["to"]

    taken, status = take(
        request,
        found,
        form,
        lambda expect: found.assign(by=user, to=form.cleaned_data["to"], expect=expect),
        hindrance=hindrance,
        is_done=is_done,
    )
    if taken:
        messages.success(request, _("It is saved who follows it up."))
        return redirect(found)
    label = _("Choose who follows it up")
    return step_page(
        request, found, "assign", form, label=label, button=_("Save"), put_back=kept, status=status
    )


# How a step is taken


def visible(request, public_id):
    """The recommendation with what pages show of it; 404 when the person may not see it."""
    recommendations = Recommendation.objects.visible_to(request.user).select_related(
        *SHOWN_WITH,
        "finding__inspection__lead_inspectorate",
        "author",
        "claimed_by__agency",
        "assigned_to__agency",
    )
    return noted(request, get_object_or_404(recommendations, public_id=public_id))


def hindrance_of(found, statuses):
    """Why a step from one of these statuses is not possible now, as a sentence; "" when it is."""
    try:
        found.refuse_unless(statuses)
    except IllegalTransition as refusal:
        return str(refusal)
    return ""


def allow(request, has_right, hindrance):
    """403 for who may not take the step, and for opening the page of one that is not possible now. A form that
    was sent too late is let through: `take` says so, and what was typed stays on the page."""
    if not has_right or (hindrance and request.method != "POST"):
        raise PermissionDenied


def take(request, found, form, act, *, hindrance="", day="", is_done=lambda current: False, changed=""):
    """(whether the step is taken, status of its page otherwise). Else the form says what is in the way.

    `act(expect)` calls the verb. `day`: the field whose day the verb may refuse. `is_done(current)`: whether this
    person's same words are there already: the form was sent twice, which counts once. `changed`: the sentence for a
    record of another kind that somebody else changed.
    """
    if request.method != "POST":
        return False, 200
    if not form.is_valid() and not hindrance:
        return False, 200
    try:
        # Not an older version, and not one to come: what is allowed was asked of this one.
        if hindrance or read_version(request) != found.version:
            raise EditConflict(found)
        act(found.version)
    except EditConflict as conflict:
        if form.is_valid() and _follows_own(request, conflict.current) and is_done(conflict.current):
            return True, 302
        form.add_error(None, hindrance or changed or CHANGED)
    except IllegalTransition as refusal:
        form.add_error(None, str(refusal))
    except ValidationError as refusal:
        _say(form, refusal, day)
        return False, 200
    else:
        return True, 302
    found.refresh_from_db()
    return False, 409


def _follows_own(request, current):
    """Whether this person made the very next change after the version that the form was filled in against."""
    seen = read_version(request)
    return seen > 0 and current.events().filter(sequence=seen + 1, by=request.user).exists()


CHANGED = gettext_lazy("Somebody changed this recommendation meanwhile. Read it again before you decide.")


def _say(form, refusal, day):
    """What a verb refuses, beside the field that it is about."""
    places = getattr(refusal, "error_dict", None) or {day: refusal.error_list}
    for name, errors in places.items():
        form.add_error(name if name in form.fields else None, errors)


def step_page(request, found, verb, form, *, label, button="", notes=(), put_back=None, status=200, **more):
    """The page of a step. `notes`: sentences above the form."""
    context = {
        "section": "recommendations",
        "recommendation": found,
        "verb": verb,
        "label": label,
        "button": button or label,
        "notes": notes,
        "form": form,
        "hidden": hidden_fields(request, found.version),
        "put_back": put_back is not None,
        "has_errors": form.is_bound and bool(form.errors),
        **more,
    }
    return render(request, "findings/recommendation_step.html", context, status=status)
