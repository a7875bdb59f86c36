"""Writing action plans: begun for an agency, changed until submitted; nothing typed is lost or overwritten."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from agencies import held
from agencies.editing import differences, hidden_fields, read_version
from agencies.models import EditConflict
from inspections.models import IllegalTransition, Inspection

from ..models import ActionPlan
from ..plan_forms import PlanForm, action_differences, action_formset, asks_only_to_redraw, to_redraw
from .plans import visible_plan


def plan_begin(request, public_id):
    """A new plan: of the person's own agency, or for an agency chosen among those that have something to act on."""
    user, inspection = request.user, _inspection(request, public_id)
    agencies = ActionPlan.agencies_to_plan_for(user, inspection).order_by("official_name")
    if not agencies:
        raise PermissionDenied
    agency = _chosen(agencies, request.GET.get("agency", ""))
    if agency is None:
        context = {"section": "recommendations", "inspection": inspection, "agencies": agencies}
        return render(request, "findings/plan_agency.html", context)
    plan = ActionPlan(inspection=inspection, by_agency=agency)
    if request.method == "POST" and asks_only_to_redraw(request.POST):
        return _redrawn(request, plan)
    kept = held.take(request)
    form, actions = _forms(plan, request.POST or kept)
    if request.method == "POST" and form.is_valid() & actions.is_valid():
        return _begin(request, inspection, agency, form, actions)
    return _page(request, plan, form, actions, put_back=kept)


def plan_edit(request, public_id):
    plan = visible_plan(request, public_id)
    if not plan.may_be_edited_by(request.user):
        if request.method == "POST" and plan.is_written_by(request.user):
            return _came_too_late(request, plan)
        raise PermissionDenied
    if request.method == "POST" and asks_only_to_redraw(request.POST):
        return _redrawn(request, plan)
    kept = held.take(request)
    form, actions = _forms(plan, request.POST or kept)
    version = request.POST.get("version") or (kept or {}).get("version") or plan.version
    if request.method == "POST" and form.is_valid() & actions.is_valid():
        return _save(request, plan, form, actions, expect=read_version(request))
    return _page(request, plan, form, actions, version=version, put_back=kept)


def _inspection(request, public_id):
    inspections = Inspection.objects.visible_to(request.user)
    return get_object_or_404(inspections.select_related("framework", "inspected_agency"), public_id=public_id)


def _chosen(agencies, slug):
    """The agency that the address names, or the only one; None while it is to be chosen."""
    if len(agencies) == 1:
        return agencies[0]
    return next((agency for agency in agencies if agency.slug == slug), None)


def _forms(plan, data):
    return PlanForm(data, instance=plan), action_formset(plan, data)


def _begin(request, inspection, agency, form, actions):
    token = held.submission_token(request.POST.get(held.KEY_FIELD), request.user)
    try:
        plan = ActionPlan.begin(
            by=request.user,
            inspection=inspection,
            by_agency=agency,
            values=form.values(),
            actions=actions.values(),
            submission_key=token,
        )
    except IntegrityError:
        if not token:
            raise
        return _sent_again(request, token)
    except IllegalTransition as refusal:
        form.add_error(None, str(refusal))
        plan = ActionPlan(inspection=inspection, by_agency=agency)
        return _page(request, plan, form, actions, status=409)
    messages.success(request, _("The plan is saved. It is not submitted yet."))
    return redirect(plan)


def _sent_again(request, token):
    """The form was sent before. The same text is the same plan; changed text becomes an edit of it."""
    visible = ActionPlan.objects.visible_to(request.user)
    plan = get_object_or_404(visible, author=request.user, submission_key=token)
    form, actions = _forms(plan, request.POST)
    rows = _differences(request, form, actions, plan)
    if not rows:
        messages.success(request, _("The plan is saved. It is not submitted yet."))
        return redirect(plan)
    words = _(
        "The form was sent once before, with other words. Your words are in the form below: save to change the plan "
        "that is already there."
    )
    return _page(
        request,
        plan,
        form,
        actions,
        version=plan.version,
        conflict=rows,
        conflict_title=_("You have begun this plan already"),
        conflict_words=words,
    )


def _save(request, plan, form, actions, expect):
    """Saves the edit, or shows both versions when somebody else changed the plan meanwhile."""
    try:
        plan.edit(by=request.user, values=form.values(), actions=actions.values(), expect=expect)
    except EditConflict as conflict:
        current = conflict.current
        if rows := _differences(request, form, actions, current):
            return _page(request, current, form, actions, version=current.version, conflict=rows)
    except IllegalTransition as refusal:
        form.add_error(None, str(refusal))
        return _page(request, plan, form, actions, version=expect, status=409)
    messages.success(request, _("The plan is saved. It is not submitted yet."))
    return redirect(plan)


def _came_too_late(request, plan):
    """It was submitted while the form was open: nothing is saved, nothing typed is lost."""
    messages.error(
        request,
        _("This plan is now “%(status)s”, so it was not changed. Your words are kept in the form below.")
        % {"status": plan.get_status_display()},
    )
    form, actions = _forms(plan, request.POST)
    rows = _differences(request, form, actions, plan)
    return _page(request, plan, form, actions, version=plan.version, conflict=rows, status=403)


def _differences(request, form, actions, plan):
    """Where what was sent differs from the plan as it is saved."""
    form.is_valid()
    actions.is_valid()
    saved = visible_plan(request, plan.public_id)
    return differences(form, PlanForm(instance=saved)) + action_differences(actions, saved)


def _redrawn(request, plan):
    data, goes_on = to_redraw(request.POST)
    form, actions = _forms(plan, data)
    for part in (form, actions):
        # Redrawn on request, not submitted: what is missing is not an error yet.
        held.without_errors(part)
    if 0 <= goes_on < len(actions.forms):
        actions.forms[goes_on].fields["recommendation"].widget.attrs["autofocus"] = True
    return _page(request, plan, form, actions, version=request.POST.get("version", ""))


def _page(request, plan, form, actions, *, version="", conflict=None, put_back=None, status=0, **more):
    context = {
        "section": "recommendations",
        "plan": plan if plan.pk else None,
        "inspection": plan.inspection,
        "agency": plan.by_agency,
        "records_for": "" if request.user.is_respondent else plan.by_agency.full_name,
        "form": form,
        "actions": actions,
        "hidden": hidden_fields(request, version),
        "conflict": conflict,
        "put_back": put_back is not None,
        "has_errors": form.is_bound and bool(form.errors or actions.total_error_count()),
        **more,
    }
    status = status or (200 if conflict is None else 409)
    return render(request, "findings/plan_form.html", context, status=status)
