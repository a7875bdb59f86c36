"""Drafting letters from a start: what there is, what it asks, and the drafts that it makes."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext

from agencies import held
from agencies.editing import hidden_fields

from ..figures import Scope
from ..letter_start_forms import AlertForm, OfDayForm, OfPlanForm, ToInspectorateForm, ToLetterForm
from ..letters import starts
from ..models import Letter

# code: (title, what it makes, form, function)
STARTS = {
    "police-contribution": (
        gettext_lazy("Patterns of what the police contribute"),
        gettext_lazy(
            "To another inspectorate: the headline figure, theme by theme with forces and councils, the most serious "
            "case, what is asked."
        ),
        ToInspectorateForm,
        starts.police_contribution,
    ),
    "reassurance": (
        gettext_lazy("Request for reassurance to all chief constables"),
        gettext_lazy("One draft for each territorial force, with what was found of that force and no other."),
        OfDayForm,
        starts.reassurance,
    ),
    "alert": (
        gettext_lazy("Alert to another inspectorate"),
        gettext_lazy("Published findings about bodies that it inspects."),
        AlertForm,
        starts.alert,
    ),
    "plan-received": (
        gettext_lazy("Plan received"),
        gettext_lazy("To the agency that sent in an action plan."),
        OfPlanForm,
        starts.plan_received,
    ),
    "plan-returned": (
        gettext_lazy("Plan does not reflect the findings"),
        gettext_lazy("To the agency, with the recommendations that its plan says nothing about."),
        OfPlanForm,
        starts.plan_returned,
    ),
    "answer": (
        gettext_lazy("Reply to a letter"),
        gettext_lazy("To whoever wrote to your inspectorate, with what they asked."),
        ToLetterForm,
        starts.answer,
    ),
}


def letter_starts(request):
    if not request.user.is_manager:
        raise PermissionDenied
    listed = [(code, title, words) for code, (title, words, _form, _make) in STARTS.items()]
    return render(request, "findings/letter_starts.html", {"section": "letters", "starts": listed})


def letter_start(request, code):
    if code not in STARTS:
        raise Http404
    if not request.user.is_manager:
        raise PermissionDenied
    title, words, form_class, make = STARTS[code]
    kept = held.take(request)
    initial = {name: request.GET[name] for name in ("plan", "letter") if name in request.GET}
    form = form_class(request.POST or kept, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        return _draft(request, make, form)
    context = {
        "section": "letters",
        "code": code,
        "title": title,
        "words": words,
        "form": form,
        "hidden": hidden_fields(request),
        "put_back": bool(kept),
        "has_errors": form.is_bound and bool(form.errors),
    }
    return render(request, "findings/letter_start.html", context)


def _draft(request, make, form):
    """All drafts or none; the same form sent twice makes them once."""
    user, token = request.user, held.submission_token(request.POST.get(held.KEY_FIELD), request.user)
    asked = dict(form.cleaned_data)
    findings = asked.pop("references", ())
    scope = Scope(form.known(), form.period())
    made = make(scope, on=asked.pop("reply_due_on", None), findings=findings, **asked)
    made = made if isinstance(made, list) else [made]
    try:
        with transaction.atomic():
            letters = [
                Letter.draft(
                    by=user,
                    values=start.values,
                    figures=start.figures,
                    submission_key=f"{token[:56]}-{number}" if token else "",
                )
                for number, start in enumerate(made)
            ]
    except IntegrityError:
        if not token:
            raise
        mine = Letter.objects.visible_to(user).filter(author=user)
        letters = list(mine.filter(submission_key__startswith=f"{token[:56]}-"))
    messages.success(
        request,
        ngettext("%d letter is saved as a draft.", "%d letters are saved as drafts.", len(letters))
        % len(letters),
    )
    if len(letters) == 1:
        return redirect(letters[0])
    return redirect(f"{reverse('letters')}?status=draft")
