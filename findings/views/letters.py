"""Letters: the list, one letter with its reply, writing, sending and closing one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agencies import held
from agencies.editing import differences, hidden_fields, read_version
from agencies.forms import ReasonForm
from agencies.listing import filtered, page_of
from agencies.models import EditConflict
from inspections.models import IllegalTransition
from inspections.read_log import noted

from ..documents.files import file_of
from ..history import timeline
from ..letter_filters import LetterFilter
from ..letter_forms import ConfirmForm, LetterForm, SendForm
from ..letter_reply_forms import ReplyForm
from ..letters.composed import Composed
from ..letters.document import document_of
from ..letters.freezing import NotCounted, digest_of_all, taken
from ..models import Commitment, Letter
from ..models.letter_life import LETTER_NEEDS_REASON, LETTER_TRANSITIONS

SORTS = {
    "sent": ("sent_on", "pk"),
    "level": ("level", "-sent_on", "pk"),
    "to": ("to_agency__official_name", "-sent_on", "pk"),
    "reply": ("reply_due_on", "pk"),
}


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
    found = visible_letter(request, public_id)
    at_work = found.is_of(request.user) or request.user.is_auditor
    context = {
        "section": "letters",
        "letter": found,
        "composed": Composed(found, request.user),
        "at_work": at_work,
        "commitments": [
            (commitment, commitment.may_be_reported_by(request.user))
            for commitment in Commitment.objects.visible_to(request.user)
            .filter(letter=found)
            .select_related("letter")
        ],
        "may_edit": found.may_be_edited_by(request.user),
        "steps": [(verb, LETTER_TRANSITIONS[verb][2]) for verb in found.next_steps_for(request.user)],
        "history": timeline(found.events(), Letter) if at_work else [],
    }
    return render(request, "findings/letter.html", context)


@require_POST
def letter_file(request, public_id):
    """The letter as a PDF, a Word file or plain text, as this person may read it."""
    found = visible_letter(request, public_id)
    address = request.build_absolute_uri(found.get_absolute_url())
    return file_of(request, document_of(Composed(found, request.user), address=address))


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
        return redirect(_next(request, written))
    return _form_page(request, form, put_back=kept)


def letter_edit(request, public_id):
    found = visible_letter(request, public_id)
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
            return redirect(_next(request, found))
        except EditConflict as conflict:
            theirs = LetterForm(instance=conflict.current, user=request.user)
            context["conflict"], version = differences(form, theirs), conflict.current.version
        except IllegalTransition as refusal:
            form.add_error(None, str(refusal))
            context["conflict"] = []
    return _form_page(request, form, version=version, **context)


def letter_step(request, public_id, verb):
    """Agrees to a letter, sends, closes or withdraws it, or records its reply."""
    if verb not in LETTER_TRANSITIONS:
        raise Http404
    found = visible_letter(request, public_id)
    if verb not in found.next_steps_for(request.user):
        possible = found.status in LETTER_TRANSITIONS[verb][0]
        if request.method == "GET" or possible or not found.takes_part(request.user):
            raise PermissionDenied
    kept, status, problem, frozen = held.take(request), 200, "", ()
    if verb == "send":
        try:
            frozen = taken(found, request.user)
        except NotCounted as refusal:
            problem = str(refusal)
    composed = Composed(found, request.user)
    form = _step_form(verb, request.POST or kept, frozen, composed)
    if request.method == "POST" and form.is_valid():
        try:
            _refuse_what_was_not_seen(request, found, form, problem)
            _take(found, verb, request.user, form, frozen)
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
    if verb == "send" and status == 409:
        form = _again(form)
    context = {
        "section": "letters",
        "letter": found,
        "verb": verb,
        "label": LETTER_TRANSITIONS[verb][2],
        "composed": composed if verb in ("agree", "send") else None,
        "problem": problem,
        "form": form,
        "hidden": hidden_fields(request, found.version),
        "put_back": bool(kept),
        "has_errors": form.is_bound and bool(form.errors),
    }
    return render(request, "findings/letter_step.html", context, status=status)


def _step_form(verb, data, frozen, composed):
    if verb == "send":
        return SendForm(data, digest=digest_of_all(frozen))
    if verb == "reply":
        return ReplyForm(data, asks=composed.asks, facts=composed.facts)
    if verb in ("agree", "acknowledge"):
        return ConfirmForm(data)
    return ReasonForm(data, required=verb in LETTER_NEEDS_REASON)


def _again(form):
    """The same form with its errors, for the figures as they are now."""
    again = SendForm({"seen": form.digest}, digest=form.digest)
    again.full_clean()
    again._errors = form.errors
    return again


def _refuse_what_was_not_seen(request, found, form, problem):
    if read_version(request) != found.version:
        raise EditConflict(found)
    if problem:
        raise IllegalTransition(problem)
    if isinstance(form, SendForm) and form.is_outdated:
        raise IllegalTransition(
            _("A figure of this letter changed since you opened this page. Read it again before you send it.")
        )


@transaction.atomic
def _take(found, verb, user, form, frozen):
    expect = found.version
    if verb == "send":
        found.send(by=user, frozen=frozen, expect=expect)
    elif verb == "reply":
        found.record_reply(
            by=user,
            text=form.cleaned_data["text"],
            on=form.cleaned_data["on"],
            answers=form.answers(),
            disputes=form.disputes(),
            expect=expect,
        )
        for values in form.commitments():
            Commitment.undertake(by=user, letter=found, values=values)
    elif verb in ("agree", "acknowledge"):
        getattr(found, verb)(by=user, expect=expect)
    else:
        getattr(found, verb)(by=user, reason=form.cleaned_data["reason"], expect=expect)


def visible_letter(request, public_id):
    found = Letter.objects.visible_to(request.user).select_related(
        "from_agency", "to_agency", "author", "agreed_by"
    )
    return noted(request, get_object_or_404(found, public_id=public_id))


def _next(request, letter):
    """Where saving leads: to the choice of a figure, if that was asked, else to the letter."""
    if "add_figure" in request.POST:
        return reverse("letter_figure_add", args=[letter.public_id])
    return letter.get_absolute_url()


def _form_page(request, form, *, letter=None, version="", conflict=None, put_back=None):
    context = {
        "section": "letters",
        "letter": letter,
        "form": form,
        "figures": Composed(letter, request.user).figures.values() if letter else (),
        "hidden": hidden_fields(request, version),
        "conflict": conflict,
        "put_back": put_back is not None,
        "has_errors": form.is_bound and bool(form.errors),
    }
    return render(request, "findings/letter_form.html", context, status=200 if conflict is None else 409)
