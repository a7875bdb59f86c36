"""Action plans: the list, one plan with what it covers, the steps of its life, and progress of its actions."""

from django.contrib import messages
from django.db.models import Case, Count, F, Q, Value, When
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import held
from agencies.editing import hidden_fields
from agencies.forms import ReasonForm
from agencies.listing import filtered, page_of
from inspections.models import IllegalTransition
from inspections.read_log import noted

from ..models import ActionPlan, ActionStatus, PlanStatus
from ..models.plan_life import PLAN_NEEDS_REASON, PLAN_TRANSITIONS, SENT_IN
from ..plan_coverage import coverage_of
from ..plan_filters import PlanFilter
from ..plan_forms import ProgressForm, SubmitForm
from ..plan_history import plan_timeline
from .recommendation_steps import allow, take

SHOWN_WITH = ("by_agency", "inspection__inspected_agency", "inspection__framework")
# Submitted ones wait for a decision, returned ones for the agency.
WAITING = Case(
    When(status=PlanStatus.SUBMITTED, then=Value(0)),
    When(status=PlanStatus.RETURNED, then=Value(1)),
    When(status=PlanStatus.DRAFT, then=Value(2)),
    default=Value(3),
)
SORTS = {
    "waiting": (WAITING, "submitted_on", "pk"),
    "submitted": (F("submitted_on").asc(nulls_last=True), "pk"),
    "agency": ("by_agency__official_name", "pk"),
}
CHANGED = gettext_lazy("Somebody changed this plan meanwhile. Read it again before you decide.")


def plans(request):
    listing = filtered(PlanFilter, request, ActionPlan.objects.visible_to(request.user))
    if not listing["has_errors"]:
        listing["filter"].count_choices()
    results = with_progress(listing["results"]).select_related(*SHOWN_WITH)
    context = {
        "section": "recommendations",
        **listing,
        **page_of(request, results, SORTS, default="waiting"),
    }
    return render(request, "findings/plans.html", context)


def with_progress(plans):
    """Annotates how many actions a plan has that were not dropped, and how many of these are done."""
    undropped = ~Q(actions__status=ActionStatus.DROPPED)
    return plans.annotate(
        n_actions=Count("actions", filter=undropped),
        n_done=Count("actions", filter=Q(actions__status=ActionStatus.DONE)),
    )


def plans_panel(user, inspection):
    """What components/plans_panel.html needs: the plans after this inspection that the person may see, and whether
    they may begin one."""
    found = with_progress(ActionPlan.objects.visible_to(user).filter(inspection=inspection))
    may_begin = inspection.is_public and ActionPlan.agencies_to_plan_for(user, inspection).exists()
    return {"plans": found.select_related("by_agency").order_by(*SORTS["waiting"]), "may_plan": may_begin}


def plan(request, public_id):
    found, user = visible_plan(request, public_id), request.user
    returned = found.events().filter(verb="return").last() if found.status == PlanStatus.RETURNED else None
    context = {
        "section": "recommendations",
        "plan": found,
        "inspection": found.inspection,
        "coverage": coverage_of(found, user),
        "groups": grouped(found),
        "returned": returned,
        "is_ours": found.is_written_by(user),
        "may_edit": found.may_be_edited_by(user),
        "may_report": found.may_report_progress(user),
        "may_plan": found.status == PlanStatus.ACCEPTED
        and ActionPlan.agencies_to_plan_for(user, found.inspection).filter(pk=found.by_agency_id).exists(),
        "steps": [(verb, PLAN_TRANSITIONS[verb][2]) for verb in found.next_steps_for(user)],
        "history": plan_timeline(found.history_for(user)),
    }
    return render(request, "findings/plan.html", context)


def grouped(plan):
    """[(recommendation, its actions)] in the order of the plan."""
    groups = {}
    for action in plan.actions.select_related("recommendation__finding"):
        groups.setdefault(action.recommendation, []).append(action)
    return list(groups.items())


def plan_step(request, public_id, verb):
    """Submits, accepts or returns a plan: asks to confirm, beside what the plan says nothing about."""
    if verb not in PLAN_TRANSITIONS:
        raise Http404
    found, user = visible_plan(request, public_id), request.user
    hindrance = _hindrance(found, PLAN_TRANSITIONS[verb][0])
    allow(request, found.has_right(user, verb), hindrance)
    kept = held.take(request)
    form = _step_form(verb, request.POST or kept, user)
    taken, status = take(
        request,
        found,
        form,
        lambda expect: _act(found, verb, form, by=user, expect=expect),
        hindrance=hindrance,
        day="on",
        is_done=lambda current: _is_done(current, verb, form, user),
        changed=CHANGED,
    )
    if taken:
        messages.success(request, DONE[verb])
        return redirect(found)
    coverage = coverage_of(found, user)
    context = {
        "verb": verb,
        "label": PLAN_TRANSITIONS[verb][2],
        "coverage": coverage,
        "is_blocked": verb == "submit" and (bool(coverage.unanswered) or not found.covered().exists()),
        "records_for": "" if user.is_respondent or verb != "submit" else found.by_agency.full_name,
    }
    return _step_page(request, "findings/plan_step.html", found, form, kept, status, context)


def plan_progress(request, public_id, number):
    """What the agency says of one action, known by its place in the plan."""
    found, user = visible_plan(request, public_id), request.user
    action = get_object_or_404(found.actions.select_related("recommendation"), order=number)
    hindrance = _hindrance(found, SENT_IN)
    allow(request, found.is_written_by(user), hindrance)
    kept = held.take(request)
    form = ProgressForm(request.POST or kept, plan=found, action=action)
    taken, status = take(
        request,
        found,
        form,
        lambda expect: found.report_progress(by=user, action=action, expect=expect, **form.cleaned_data),
        hindrance=hindrance,
        is_done=lambda current: current.actions.filter(pk=action.pk, **form.cleaned_data).exists(),
        changed=CHANGED,
    )
    if taken:
        messages.success(request, _("The progress is saved."))
        return redirect(f"{found.get_absolute_url()}#action-{action.order}")
    context = {"action": action}
    return _step_page(request, "findings/plan_progress.html", found, form, kept, status, context)


# How steps are taken

DONE = {
    "submit": gettext_lazy("The plan is submitted."),
    "accept": gettext_lazy("The plan is accepted."),
    "return": gettext_lazy("The plan is returned to the agency."),
}


def visible_plan(request, public_id):
    """The plan with what pages show of it; 404 when the person may not see it."""
    visible = ActionPlan.objects.visible_to(request.user).select_related(
        *SHOWN_WITH, "inspection__lead_inspectorate", "author__agency", "submitted_by__agency"
    )
    return noted(request, get_object_or_404(visible, public_id=public_id))


def _hindrance(found, statuses):
    """Why this is not possible now, as a sentence; "" when it is."""
    try:
        found.refuse_unless(statuses)
    except IllegalTransition as refusal:
        return str(refusal)
    return ""


def _step_form(verb, data, user):
    if verb == "submit":
        return SubmitForm(data, for_agency=not user.is_respondent)
    form = ReasonForm(data, required=verb in PLAN_NEEDS_REASON)
    labels = {"accept": _("Note"), "return": _("In what the plan does not reflect the findings")}
    form.fields["reason"].label = labels[verb]
    form.fields["reason"].help_text = _("The agency reads it.")
    return form


def _act(found, verb, form, *, by, expect):
    if verb == "submit":
        found.submit(by=by, on=form.day, expect=expect)
    elif verb == "accept":
        found.accept(by=by, reason=form.cleaned_data["reason"], expect=expect)
    else:
        found.send_back(by=by, reason=form.cleaned_data["reason"], expect=expect)


def _is_done(current, verb, form, user):
    """Whether the same person took the same step with the same words just before: the form was sent twice."""
    last = current.events().last()
    same_words = last.reason == form.cleaned_data.get("reason", "")
    return (last.verb, last.by_id) == (verb, user.pk) and same_words


def _step_page(request, template, found, form, kept, status, more):
    context = {
        "section": "recommendations",
        "plan": found,
        "form": form,
        "hidden": hidden_fields(request, found.version),
        "put_back": bool(kept),
        "has_errors": form.is_bound and bool(form.errors),
        **more,
    }
    return render(request, template, context, status=status)
