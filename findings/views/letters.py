"""Letters: the list, one letter with its reply, writing, sending and closing one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from agencies import held
from agencies.editing import differences, hidden_fields, read_version
from agencies.forms import ReasonForm
from agencies.listing import filtered, page_of
from agencies.models import EditConflict
from inspections.models import IllegalTransition
from inspections.read_log import noted

from ..history import timeline
from ..letter_filters import LetterFilter
from ..letter_forms import LetterForm, ReplyForm, SendForm
from ..models import Letter
from ..models.letters import LETTER_TRANSITIONS

SORTS = {
    "sent": ("sent_on", "pk"),
    "level": ("level", "-sent_on", "pk"),
    "to": ("to_agency__official_name", "-sent_on", "pk"),
    "reply": ("reply_due_on", "pk"),
}
FORMS = {"send": SendForm, "reply": ReplyForm, "close": ReasonForm, "withdraw": ReasonForm}


def may_write(user):
    return user.is_inspector or user.is_manager


def letters(request):
    listing = filtered(LetterFilter, request, Letter.objects.visible_to(request.user))
    if not listing["has_errors"]:
        listing["filter"].count_choices()
    results = listing["results"].select_related("from_agency", "to_agency")
    context = {
        "section": "letters",
        **listing,
        **page_of(request, results, SORTS, default="-sent"),
        "as_of": listing["filter"].day,
        "may_write": may_write(request.user),
    }
    return render(request, "findings/letters.html", context)


def letter(request, public_id):
    found = _visible(request, public_id)
    at_work = found.is_of(request.user) or request.user.is_auditor
    context = {
        "section": "letters",
        "letter": found,
        "asks": [line for line in found.asks.splitlines() if line.strip()],
        "findings": found.visible_findings(request.user)
        .select_related("attributed_to", "theme", "inspection__inspected_agency", "inspection__framework")
        .order_by("reference"),
        "may_edit": found.may_be_edited_by(request.user),
        "steps": [(verb, LETTER_TRANSITIONS[verb][2]) for verb in found.next_steps_for(request.user)],
        "history": timeline(found.events(), Letter) if at_work else [],
    }
    return render(request, "findings/letter.html", context)


def letter_add(request):
    if not may_write(request.user):
        raise PermissionDenied
    kept = held.take(request)
    form = LetterForm(request.POST or kept, user=request.user)
    if request.method == "POST" and form.is_valid():
        token = held.submission_token(request.POST.get(held.KEY_FIELD), request.user)
        try:
            with transaction.atomic():
                written = Letter.draft(by=request.user, values=form.values(), submission_key=token)
        except IntegrityError:
            if not token:
                raise
            # The same form sent twice: the first one counts.
            written = get_object_or_404(Letter, author=request.user, submission_key=token)
        messages.success(request, _("The letter is saved as a draft."))
        return redirect(written)
    return _form_page(request, form, put_back=kept)


def letter_edit(request, public_id):
    found = _visible(request, public_id)
    if not found.may_be_edited_by(request.user):
        raise PermissionDenied
    kept = held.take(request)
    form = LetterForm(request.POST or kept, instance=found, user=request.user)
    version = request.POST.get("version") or (kept or {}).get("version") or found.version
    context = {"letter": found, "put_back": kept}
    if request.method == "POST" and form.is_valid():
        try:
            found.edit(by=request.user, values=form.values(), expect=read_version(request))
            messages.success(request, _("The letter is saved."))
            return redirect(found)
        except EditConflict as conflict:
            theirs = LetterForm(instance=conflict.current, user=request.user)
            context["conflict"], version = differences(form, theirs), conflict.current.version
        except IllegalTransition as refusal:
            form.add_error(None, str(refusal))
            context["conflict"] = []
    return _form_page(request, form, version=version, **context)


def letter_step(request, public_id, verb):
    """Sends, closes or withdraws a letter, or records its reply."""
    if verb not in LETTER_TRANSITIONS:
        raise Http404
    found = _visible(request, public_id)
    if verb not in found.next_steps_for(request.user):
        possible = found.status in LETTER_TRANSITIONS[verb][0]
        if request.method == "GET" or possible or not found.is_of(request.user):
            raise PermissionDenied
    kept, status = held.take(request), 200
    form = FORMS[verb](
        request.POST or kept, **({"required": verb == "withdraw"} if FORMS[verb] is ReasonForm else {})
    )
    if request.method == "POST" and form.is_valid():
        try:
            if read_version(request) != found.version:
                raise EditConflict(found)
            _take(found, verb, request.user, form.cleaned_data)
            messages.success(
                request, _("Done: %(step)s.") % {"step": str(LETTER_TRANSITIONS[verb][2]).lower()}
            )
            return redirect(found)
        except EditConflict:
            form.add_error(
                None, _("Somebody changed this letter meanwhile. Read it again before you decide.")
            )
            status = 409
        except IllegalTransition as refusal:
            form.add_error(None, str(refusal))
            status = 409
        except ValidationError as refusal:
            form.add_error("on" if "on" in form.fields else None, refusal.messages)
    context = {
        "section": "letters",
        "letter": found,
        "verb": verb,
        "label": LETTER_TRANSITIONS[verb][2],
        "form": form,
        "hidden": hidden_fields(request, found.version),
        "put_back": bool(kept),
        "has_errors": form.is_bound and bool(form.errors),
    }
    return render(request, "findings/letter_step.html", context, status=status)


def _take(found, verb, user, cleaned):
    expect = found.version
    if verb == "send":
        found.send(by=user, expect=expect)
    elif verb == "reply":
        found.record_reply(by=user, text=cleaned["text"], on=cleaned["on"], expect=expect)
    elif verb == "close":
        found.close(by=user, reason=cleaned["reason"], expect=expect)
    else:
        found.withdraw(by=user, reason=cleaned["reason"], expect=expect)


def _visible(request, public_id):
    found = Letter.objects.visible_to(request.user).select_related("from_agency", "to_agency", "author")
    return noted(request, get_object_or_404(found, public_id=public_id))


def _form_page(request, form, *, letter=None, version="", conflict=None, put_back=None):
    context = {
        "section": "letters",
        "letter": letter,
        "form": form,
        "hidden": hidden_fields(request, version),
        "conflict": conflict,
        "put_back": put_back is not None,
        "has_errors": form.is_bound and bool(form.errors),
    }
    return render(request, "findings/letter_form.html", context, status=200 if conflict is None else 409)
