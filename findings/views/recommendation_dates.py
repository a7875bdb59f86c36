"""Another due date for a recommendation: proposed by one person, decided by another."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies import held

from ..follow_up_forms import DecideForm, DueDateForm
from ..models import ChangeStatus
from ..models.follow_up import OPEN
from .recommendation_answers import on_behalf
from .recommendation_steps import allow, hindrance_of, step_page, take, visible


def recommendation_date(request, public_id):
    """Proposes another due date."""
    found, user = visible(request, public_id), request.user
    hindrance = hindrance_of(found, OPEN)
    if proposed_change(found) is not None:
        hindrance = hindrance or _("A change of the due date is proposed already and not decided yet.")
    allow(request, found.is_answered_by(user), hindrance)
    kept = held.take(request)
    form = DueDateForm(request.POST or kept)

    def is_done(current):
        proposed = proposed_change(current)
        if proposed is None or proposed.proposed_by_id != user.pk:
            return False
        return form.cleaned_data == {"due_on": proposed.due_on, "reason": proposed.reason}

    taken, status = take(
        request,
        found,
        form,
        lambda expect: found.propose_due_date(by=user, expect=expect, **form.cleaned_data),
        hindrance=hindrance,
        day="due_on",
        is_done=is_done,
    )
    if taken:
        messages.success(request, _("The date is proposed. A manager of the inspectorate decides."))
        return redirect(found)
    due = (
        _("Due now: %(day)s.") % {"day": date_format(found.due_on)}
        if found.due_on
        else _("No due date is set.")
    )
    notes = [*on_behalf(found, user), due, _("The date first set is kept whatever is decided.")]
    label = _("Propose another due date")
    return step_page(
        request,
        found,
        "date",
        form,
        label=label,
        button=_("Propose"),
        notes=notes,
        put_back=kept,
        status=status,
    )


def recommendation_date_decide(request, public_id):
    """Approves or refuses the due date that somebody else proposed."""
    found, user = visible(request, public_id), request.user
    change = proposed_change(found)
    hindrance = hindrance_of(found, OPEN)
    if change is None:
        hindrance = hindrance or _("No change of the due date waits for a decision.")
    manages = found.finding.is_published and found.inspection.is_managed_by(user)
    allow(request, manages and (change is None or change.proposed_by_id != user.pk), hindrance)
    kept = held.take(request)
    form = DecideForm(request.POST or kept)

    def act(expect):
        cleaned = form.cleaned_data
        found.decide_due_date(by=user, approve=form.approves, reason=cleaned["reason"], expect=expect)

    def is_done(current):
        latest = current.due_date_changes.last()
        wanted = ChangeStatus.APPROVED if form.approves else ChangeStatus.REFUSED
        said = (wanted, user.pk, form.cleaned_data["reason"])
        return latest is not None and said == (latest.status, latest.decided_by_id, latest.decision_reason)

    taken, status = take(request, found, form, act, hindrance=hindrance, is_done=is_done)
    if taken:
        told = _("The due date is approved.") if form.approves else _("The due date stays as it is.")
        messages.success(request, told)
        return redirect(found)
    label = _("Decide on the due date")
    return step_page(
        request,
        found,
        "date_decide",
        form,
        label=label,
        button=_("Save the decision"),
        put_back=kept,
        status=status,
        change=proposed_change(found),
    )


def proposed_change(found):
    """The change of the due date that waits for a decision, or None."""
    changes = found.due_date_changes.filter(status=ChangeStatus.PROPOSED)
    return changes.select_related("proposed_by__agency").first()
