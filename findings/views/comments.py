"""Comments on findings and recommendations: shown with them, posted, and taken back by who posted them."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from agencies import held
from agencies.editing import hidden_fields
from agencies.forms import ReasonForm
from agencies.models import TypedText
from inspections.models import IllegalTransition
from inspections.read_log import noted

from ..comment_forms import CommentForm
from ..models import Comment, Finding, Recommendation


def comments_on(request, finding, recommendation=None):
    """What components/comments.html needs: the comments this person may read, and the form to post one."""
    context = {"comments": _readable(request.user, finding, recommendation)}
    about = recommendation or finding
    if about.may_be_commented_by(request.user):
        url = comment_url(about)
        context |= {
            "comment_form": CommentForm(user=request.user, about=about),
            "comment_url": url,
            "comment_hidden": hidden_fields(request),
            "comment_begun": TypedText.objects.of(request.user, url).exists(),
        }
    return context


def comment_url(about):
    route = "recommendation_comment" if isinstance(about, Recommendation) else "finding_comment"
    return reverse(route, args=[about.public_id])


def finding_comment(request, public_id):
    finding = get_object_or_404(
        Finding.objects.visible_to(request.user).select_related("inspection", "attributed_to"),
        public_id=public_id,
    )
    return _comment(request, noted(request, finding), finding)


def recommendation_comment(request, public_id):
    recommendation = get_object_or_404(
        Recommendation.objects.visible_to(request.user).select_related(
            "addressee", "finding__inspection", "finding__attributed_to"
        ),
        public_id=public_id,
    )
    return _comment(request, noted(request, recommendation), recommendation.finding, recommendation)


def comment_withdraw(request, public_id):
    """Takes one's own comment back. That there was one stays."""
    comments = Comment.objects.visible_to(request.user).select_related("finding", "recommendation")
    comment = noted(request, get_object_or_404(comments, public_id=public_id))
    about = comment.recommendation or comment.finding
    if comment.by_id != request.user.pk or (comment.withdrawn_at and request.method == "GET"):
        raise PermissionDenied
    kept = held.take(request)
    form = ReasonForm(request.POST or kept, required=False)
    if request.method == "POST" and form.is_valid():
        comment.withdraw(by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("The comment is taken back: its words are no longer shown."))
        return redirect(f"{about.get_absolute_url()}#comments")
    context = {
        "section": "findings",
        "comment": comment,
        "about": about,
        "form": form,
        "hidden": hidden_fields(request),
        "put_back": bool(kept),
        "has_errors": form.is_bound and bool(form.errors),
    }
    return render(request, "findings/comment_withdraw.html", context)


def _readable(user, finding, recommendation):
    comments = Comment.objects.visible_to(user).filter(finding=finding, recommendation=recommendation)
    return comments.select_related("by__agency", "with_agency", "of_inspectorate")


def _comment(request, about, finding, recommendation=None):
    if not about.may_be_commented_by(request.user):
        raise PermissionDenied
    kept = held.take(request)
    form = CommentForm(request.POST or kept, user=request.user, about=about)
    if request.method == "POST" and form.is_valid():
        token = held.submission_token(request.POST.get(held.KEY_FIELD), request.user)
        to = {"finding": finding, "recommendation": recommendation, "submission_key": token}
        try:
            with transaction.atomic():
                Comment.post(by=request.user, **to, **form.values())
        except IntegrityError:
            if not token:
                raise
            return _sent_again(request, about, form, token)
        except IllegalTransition as refusal:  # returned to draft, or withdrawn, while the form was open
            form.add_error(None, str(refusal))
            return _page(request, about, form, status=409)
        return _posted(request, about)
    return _page(request, about, form, put_back=bool(kept))


def _posted(request, about):
    messages.success(request, _("The comment is posted."))
    return redirect(f"{about.get_absolute_url()}#comments")


def _sent_again(request, about, form, token):
    """The same words sent twice are one comment; other words are not posted before they are sent once more."""
    comment = get_object_or_404(
        Comment.objects.visible_to(request.user), by=request.user, submission_key=token
    )
    if form.values() == {"text": comment.text, "audience": comment.audience}:
        return _posted(request, about)
    request.POST = request.POST.copy()
    request.POST[held.KEY_FIELD] = held.new_submission_key(request.user)
    form.add_error(
        None,
        _(
            "This form was posted already, with other words. Those below are not posted yet: "
            "post them to add another comment."
        ),
    )
    return _page(request, about, form, status=409)


def _page(request, about, form, status=200, put_back=False):
    of_recommendation = isinstance(about, Recommendation)
    context = {
        "section": "recommendations" if of_recommendation else "findings",
        "about": about,
        "words": about.text if of_recommendation else about.summary,
        "comment_form": form,
        "comment_url": comment_url(about),
        "comment_hidden": hidden_fields(request),
        "put_back": put_back,
        "has_errors": form.is_bound and bool(form.errors),
    }
    return render(request, "findings/comment.html", context, status=status)
