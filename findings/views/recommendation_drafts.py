"""Writing recommendations: a new one of a finding, and changes of one that is not issued yet."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from agencies import held
from agencies.editing import differences, hidden_fields, read_version
from agencies.models import EditConflict
from inspections.models import IllegalTransition
from inspections.read_log import noted

from ..models import Finding, Recommendation
from ..recommendation_forms import RecommendationForm
from .recommendation_steps import allow, visible


def recommendation_add(request, public_id):
    user = request.user
    finding = get_object_or_404(
        Finding.objects.visible_to(user).select_related(
            "attributed_to", "theme", "inspection__inspected_agency", "inspection__framework"
        ),
        public_id=public_id,
    )
    if finding.is_strength:
        raise PermissionDenied
    noted(request, finding)
    hindrance = "" if finding.takes_recommendations_from(user) else _none_now(finding)
    allow(request, finding.inspection.is_worked_on_by(user), hindrance)
    kept = held.take(request)
    form = RecommendationForm(request.POST or kept, user=user, finding=finding)
    if request.method == "POST" and form.is_valid() and not hindrance:
        token = held.submission_token(request.POST.get(held.KEY_FIELD), user)
        try:
            with transaction.atomic():
                drafted = Recommendation.draft(
                    by=user, finding=finding, values=form.values(), submission_key=token
                )
        except IntegrityError:
            if not token:
                raise
            return _sent_again(request, finding, token)
        except IllegalTransition as refusal:  # agreed or withdrawn in this very moment
            hindrance = str(refusal)
        else:
            messages.success(request, _("The recommendation is saved as a draft."))
            return redirect(drafted)
    return _page(request, finding, form, hindrance=hindrance, put_back=kept)


def recommendation_edit(request, public_id):
    found, user = visible(request, public_id), request.user
    finding = found.finding
    hindrance = "" if found.may_be_edited_by(user) else _none_now(finding, found)
    allow(request, finding.inspection.is_worked_on_by(user), hindrance)
    kept = held.take(request)
    form = RecommendationForm(request.POST or kept, instance=found, user=user, finding=finding)
    version = request.POST.get("version") or (kept or {}).get("version") or found.version
    conflict = None
    if request.method == "POST" and form.is_valid() and not hindrance:
        try:
            found.edit(by=user, values=form.values(), expect=read_version(request))
        except EditConflict as changed:
            current = changed.current
            theirs = RecommendationForm(instance=current, user=user, finding=finding)
            conflict, version = differences(form, theirs), current.version
        except IllegalTransition as refusal:
            hindrance = str(refusal)
        else:
            messages.success(request, _("The recommendation is saved."))
            return redirect(found)
    return _page(
        request,
        finding,
        form,
        recommendation=found,
        version=version,
        hindrance=hindrance,
        conflict=conflict,
        put_back=kept,
    )


def _none_now(finding, recommendation=None):
    """Why no recommendation of the finding can be written now."""
    about = finding
    if recommendation and recommendation.is_issued:
        about = recommendation
    words = _("This is now “%(status)s”, so nothing was saved. Your words are kept in the form below.")
    return words % {"status": about.get_status_display()}


def _sent_again(request, finding, token):
    """The form was sent before. The same words are the same recommendation; changed ones become an edit of it."""
    user = request.user
    own = Recommendation.objects.visible_to(user).filter(author=user)
    drafted = get_object_or_404(own, submission_key=token)
    form = RecommendationForm(request.POST, instance=drafted, user=user, finding=finding)
    saved = own.get(pk=drafted.pk)
    rows = differences(form, RecommendationForm(instance=saved, user=user, finding=finding))
    if rows:
        more = {"version": saved.version, "conflict": rows, "sent_before": True}
        return _page(request, finding, form, recommendation=saved, **more)
    messages.success(request, _("The recommendation is saved as a draft."))
    return redirect(drafted)


def _page(request, finding, form, *, recommendation=None, version="", hindrance="", put_back=None, **more):
    conflict, sent_before = more.get("conflict"), more.get("sent_before", False)
    if hindrance and form.is_bound:
        form.add_error(None, hindrance)
    context = {
        "section": "recommendations",
        "finding": finding,
        "inspection": finding.inspection,
        "recommendation": recommendation,
        "form": form,
        "hidden": hidden_fields(request, version),
        "conflict": conflict,
        "sent_before": sent_before,
        "put_back": put_back is not None,
        "has_errors": form.is_bound and bool(form.errors),
    }
    status = 409 if hindrance or conflict is not None else 200
    return render(request, "findings/recommendation_form.html", context, status=status)
