"""Evidence: listed with its recommendation, added, replaced by a new version, taken back, and given out."""

import hashlib

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import held
from agencies.editing import hidden_fields
from agencies.files import download, store
from agencies.forms import ReasonForm
from agencies.models import Event
from inspections.models import IllegalTransition
from inspections.read_log import noted

from ..evidence_forms import EvidenceForm, as_initial
from ..models import Evidence
from ..models.follow_up import OPEN
from .recommendation_answers import on_behalf
from .recommendation_steps import allow, hindrance_of, take, visible

CHANGED = gettext_lazy("Somebody replaced this file or took it back meanwhile.")


def evidence_of(recommendation, user):
    """What components/evidence_list.html needs: the files that the person may see, each with its earlier versions,
    the current ones first; whether the person answers for the agency while it is open; the address to add one."""
    rows = Evidence.objects.visible_to(user).filter(recommendation=recommendation)
    files = {row.pk: row for row in rows.select_related("by__agency", "by_agency", "replaced_by")}
    may_change = recommendation.is_open and recommendation.is_answered_by(user)
    reasons = _reasons(row for row in files.values() if row.withdrawn_on)
    for row in files.values():
        row.may_be_read = row.destroyed_on is None and row.may_be_read_by(user)
        row.reason = reasons.get(row.pk, "")
    latest = [row for row in files.values() if not hasattr(row, "replaced_by")]
    latest.sort(key=lambda row: row.withdrawn_on is not None)
    return {
        "evidence": [(row, _earlier(row, files)) for row in latest],
        "answers": may_change,
        "evidence_add_url": reverse("evidence_add", args=[recommendation.public_id]) if may_change else "",
    }


def _earlier(row, files):
    """The versions before this one, the latest first."""
    found = []
    while row.replaces_id in files:
        row = files[row.replaces_id]
        found.append(row)
    return found


def _reasons(withdrawn):
    """{primary key: why it was taken back}"""
    ids = [row.pk for row in withdrawn]
    if not ids:
        return {}
    events = Event.objects.filter(
        subject_type=Evidence._meta.label_lower, subject_id__in=ids, verb="withdrawn"
    )
    return dict(events.values_list("subject_id", "reason"))


def evidence_add(request, public_id):
    recommendation = visible(request, public_id)
    hindrance = hindrance_of(recommendation, OPEN)
    allow(request, recommendation.is_answered_by(request.user), hindrance)
    return _add(request, recommendation, hindrance)


def evidence_replace(request, public_id):
    """A new version; the one before stays listed, and is given out to those who may."""
    replaced = _visible_evidence(request, public_id)
    hindrance = _hindrance(replaced)
    allow(request, replaced.recommendation.is_answered_by(request.user), hindrance)
    return _add(request, replaced.recommendation, hindrance, replaces=replaced)


def evidence_withdraw(request, public_id):
    """Takes a file back: it stays on record, and its content is not given out any more."""
    found, user = _visible_evidence(request, public_id), request.user
    hindrance = _hindrance(found)
    allow(request, found.recommendation.is_answered_by(user), hindrance)
    kept = held.take(request)
    form = ReasonForm(request.POST or kept)
    taken, status = take(
        request,
        found,
        form,
        lambda expect: found.withdraw(by=user, reason=form.cleaned_data["reason"], expect=expect),
        hindrance=hindrance,
        is_done=lambda current: current.withdrawn_on is not None,
        changed=CHANGED,
    )
    if taken:
        messages.success(request, _("The file is taken back."))
        return redirect(_back_to(found.recommendation))
    context = {
        "section": "recommendations",
        "evidence": found,
        "recommendation": found.recommendation,
        "form": form,
        "hidden": hidden_fields(request, found.version),
        "put_back": bool(kept),
        "has_errors": form.is_bound and bool(form.errors),
    }
    return render(request, "findings/evidence_withdraw.html", context, status=status)


def evidence_download(request, public_id):
    """The file, as it was sent in. 410 once it was destroyed; 403 for what was taken back."""
    found = _visible_evidence(request, public_id)
    if not found.may_be_read_by(request.user):
        raise PermissionDenied
    if found.destroyed_on is not None:
        context = {
            "section": "recommendations",
            "evidence": found,
            "recommendation": found.recommendation,
        }
        return render(request, "findings/evidence_destroyed.html", context, status=410)
    return download(
        request,
        key=found.stored_key,
        name=found.file_name,
        content_type=found.content_type,
        sha256=found.sha256,
    )


def _visible_evidence(request, public_id):
    shown_with = ("addressee", "finding__inspection", "finding__attributed_to")
    found = Evidence.objects.visible_to(request.user).select_related(
        "by__agency", "by_agency", "replaced_by", *(f"recommendation__{name}" for name in shown_with)
    )
    return noted(request, get_object_or_404(found, public_id=public_id))


def _hindrance(evidence):
    """Why the file can neither be replaced nor taken back now, as a sentence; "" when it can."""
    try:
        evidence.refuse_unless_current()
    except IllegalTransition as refusal:
        return str(refusal)
    return hindrance_of(evidence.recommendation, OPEN)


def _back_to(recommendation):
    return f"{recommendation.get_absolute_url()}#evidence"


def _add(request, recommendation, hindrance, replaces=None):
    kept = held.take(request)
    form = EvidenceForm(
        request.POST or kept, request.FILES or None, initial=as_initial(replaces) if replaces else None
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        token = held.submission_token(request.POST.get(held.KEY_FIELD), request.user)
        if (earlier := _sent_before(request.user, token)) or hindrance:
            return _not_added(request, recommendation, form, earlier, hindrance, replaces)
        try:
            with store(form.cleaned_data["file"]) as stored:
                Evidence.add(
                    by=request.user,
                    recommendation=recommendation,
                    stored=stored,
                    values=form.values(),
                    replaces=replaces,
                    submission_key=token,
                )
        except (IntegrityError, IllegalTransition) as problem:
            earlier = _sent_before(request.user, token)
            if earlier is None and isinstance(problem, IntegrityError):
                raise
            return _not_added(request, recommendation, form, earlier, str(problem), replaces)
        except ValidationError as refusal:
            form.add_error(None if hasattr(refusal, "error_dict") else "file", refusal)
        else:
            return _added(request, recommendation)
    elif request.method == "POST" and hindrance:
        form.add_error(None, hindrance)
        status = 409
    return _form_page(request, recommendation, form, replaces, status=status, put_back=bool(kept))


def _added(request, recommendation):
    messages.success(request, _("The evidence is added."))
    return redirect(_back_to(recommendation))


def _sent_before(user, token):
    """What this person's same form added when it was sent before; None when it was not."""
    if not token:
        return None
    return Evidence.objects.visible_to(user).filter(by=user, submission_key=token).first()


def _not_added(request, recommendation, form, earlier, hindrance, replaces):
    """The same form sent twice counts once. Another file in it, or other words, is asked for once more."""
    if earlier is None:
        form.add_error(None, hindrance)
        return _form_page(request, recommendation, form, replaces, status=409)
    values = form.values()
    same_file = _sha256(form.cleaned_data["file"]) == earlier.sha256
    if same_file and values == {name: getattr(earlier, name) for name in values}:
        return _added(request, recommendation)
    request.POST = request.POST.copy()
    request.POST[held.KEY_FIELD] = held.new_submission_key(request.user)
    form.add_error(
        None,
        _(
            "This form was sent already, and what it held then is saved (%(name)s). What is in it now is not: to add "
            "it too, choose its file again and save."
        )
        % {"name": earlier.file_name},
    )
    return _form_page(request, recommendation, form, replaces, status=409)


def _sha256(file):
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()


def _form_page(request, recommendation, form, replaces, *, status=200, put_back=False):
    context = {
        "section": "recommendations",
        "recommendation": recommendation,
        "replaces": replaces,
        "notes": on_behalf(recommendation, request.user),
        "form": form,
        "hidden": hidden_fields(request),
        "put_back": put_back,
        "has_errors": form.is_bound and bool(form.errors),
    }
    return render(request, "findings/evidence_form.html", context, status=status)
