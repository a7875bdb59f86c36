"""The factual accuracy round: an agency's comments on the facts line by line, and what was decided on each."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Case, Count, Q, Value, When
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from agencies import held
from agencies.editing import differences, hidden_fields, read_version, say_sent_before
from agencies.listing import page_of, url_with
from agencies.models import EditConflict
from inspections.models import IllegalTransition, Status
from inspections.read_log import noted

from ..accuracy_forms import AccuracyCommentForm, DecisionForm
from ..models import AccuracyComment, Finding
from ..models.accuracy import agencies_in_round
from .inspection_steps import reads_at_work, visible_inspection
from .recommendation_steps import allow

IS_DECIDED = Case(When(decision="", then=Value(0)), default=Value(1))
SORTS = {"undecided": (IS_DECIDED, "by_agency__official_name", "by_agency", "at", "pk")}
COUNTS = {"total": Count("pk"), "undecided": Count("pk", filter=Q(decision=""))}


def accuracy_comments(request, public_id):
    """For those who make the inspection all comments, undecided ones first; for an agency its own."""
    found, user = visible_inspection(request, public_id), request.user
    comments = AccuracyComment.objects.visible_to(user).filter(inspection=found)
    counts = comments.aggregate(**COUNTS)
    if not reads_at_work(user, found) and not _is_shown_own(user, found, counts["total"]):
        raise PermissionDenied
    shown = comments.select_related("by_agency", "finding__theme", "by__agency", "decided_by__agency")
    page = page_of(request, shown, SORTS, default="undecided")
    may_decide = found.status == Status.FACTUAL_ACCURACY and found.is_worked_on_by(user)
    noted(request, found, always=True)  # what was said of the draft is not published with it
    context = {
        "section": "inspections",
        "inspection": found,
        **page,
        **counts,
        "decided": counts["total"] - counts["undecided"],
        "rows": _rows(user, found, page["page_obj"].object_list),
        "may_add": found.may_be_commented_by(user),
        "may_decide": may_decide,
        "is_open": found.status == Status.FACTUAL_ACCURACY,
    }
    return render(request, "findings/accuracy_comments.html", context)


def accuracy_comment_add(request, public_id):
    """One line from an agency: by its safeguarding lead, or recorded for it by those who work on the inspection."""
    found, user = visible_inspection(request, public_id), request.user
    hindrance = "" if found.may_be_commented_by(user) else _over()
    allow(request, found.is_worked_on_by(user) or _is_concerned(user, found), hindrance)
    kept = held.take(request)
    form = AccuracyCommentForm(
        request.POST or kept, user=user, inspection=found, initial=_same_agency(request, found)
    )
    if request.method == "POST" and not hindrance and form.is_valid():
        token = held.submission_token(request.POST.get(held.KEY_FIELD), user)
        try:
            hindrance = _submit(user, found, form, token)
        except IntegrityError:
            if not token:
                raise
            return _sent_again(request, found, form, token)
        if form.is_valid() and not hindrance:
            return _submitted(request, found, form)
    if hindrance:
        form.add_error(None, hindrance)
    return _form_page(request, found, form, kept, status=409 if hindrance else 200)


def _submit(user, inspection, form, token):
    """Why it was not possible any more, or "". What the model refuses of a field stands in the form then."""
    try:
        with transaction.atomic():
            AccuracyComment.submit(by=user, inspection=inspection, submission_key=token, **form.values())
    except IllegalTransition:
        return _over()
    except ValidationError as refusal:  # a finding returned to draft, or an agency taken out, in this moment
        for name, words in refusal.message_dict.items():
            form.add_error(name if name in form.fields else None, words)
    return ""


def accuracy_comment_decide(request, public_id, comment_id):
    """Upheld, partly or not, and why: while the round lasts."""
    found, user = visible_inspection(request, public_id), request.user
    comments = AccuracyComment.objects.visible_to(user).filter(inspection=found)
    comments = comments.select_related("by_agency", "finding__theme")
    comment = noted(request, get_object_or_404(comments, public_id=comment_id))
    hindrance = "" if found.status == Status.FACTUAL_ACCURACY else _no_decision()
    allow(request, found.is_worked_on_by(user), hindrance)
    kept, conflict = held.take(request), None
    form = DecisionForm(request.POST or kept, initial=_decision(comment))
    version = (request.POST or kept or {}).get("version") or comment.version
    if request.method == "POST" and not hindrance and form.is_valid():
        try:
            _decide(request, comment, form)
            messages.success(request, _("The decision is saved."))
            return redirect("accuracy_comments", found.public_id)
        except EditConflict as changed:
            comment, version = changed.current, changed.current.version
            conflict = differences(form, DecisionForm(initial=_decision(comment)))
        except IllegalTransition:
            hindrance = _no_decision()
    if hindrance and form.is_bound:
        form.add_error(None, hindrance)
    status = 409 if hindrance or conflict is not None else 200
    context = {"comment": comment, "conflict": conflict, **_form_context(request, found, form, kept, version)}
    return render(request, "findings/accuracy_comment_decide.html", context, status=status)


def _decide(request, comment, form):
    """Raises EditConflict when somebody decided meanwhile; the same decision of this person's sent twice is one."""
    given = form.cleaned_data
    try:
        comment.decide(
            by=request.user,
            decision=given["decision"],
            reason=given["decision_reason"],
            expect=read_version(request),
        )
    except EditConflict as changed:
        current = changed.current
        if current.decided_by_id != request.user.pk or _decision(current) != given:
            raise


def accuracy_panel(user, inspection):
    """What components/accuracy_panel.html needs: how the round stands, for those whom it concerns; else {}."""
    counts = AccuracyComment.objects.visible_to(user).filter(inspection=inspection).aggregate(**COUNTS)
    is_open = inspection.status == Status.FACTUAL_ACCURACY
    if not counts["total"] and not is_open:
        return {}
    may_add = inspection.may_be_commented_by(user)
    return {"accuracy": {**counts, "is_open": is_open, "may_add": may_add}}


def _is_shown_own(user, inspection, total):
    return user.is_respondent and (total > 0 or inspection.may_be_commented_by(user))


def _is_concerned(user, inspection):
    return user.is_respondent and agencies_in_round(inspection).filter(pk=user.agency_id).exists()


def _rows(user, inspection, comments):
    """[{comment, finding}]: the finding only where the person sees it, which may have been taken back since."""
    seen = set(Finding.objects.visible_to(user).filter(inspection=inspection).values_list("pk", flat=True))
    return [
        {
            "comment": comment,
            "finding": comment.finding if comment.finding_id in seen else None,
            "is_decided": bool(comment.decision),
            "agency": comment.by_agency,
        }
        for comment in comments
    ]


def _same_agency(request, inspection):
    """The agency of the comment before, when several are recorded one after the other."""
    if slug := request.GET.get("agency"):
        return {"by_agency": agencies_in_round(inspection).filter(slug=slug).first()}
    return {}


def _decision(comment):
    return {"decision": comment.decision, "decision_reason": comment.decision_reason}


def _submitted(request, inspection, form):
    messages.success(request, _("The comment is saved."))
    if "another" not in request.POST:
        return redirect("accuracy_comments", inspection.public_id)
    agency = form.cleaned_data.get("by_agency")
    address = reverse("accuracy_comment_add", args=[inspection.public_id])
    return redirect(url_with(address, agency=agency.slug if agency else ""))


def _sent_again(request, inspection, form, token):
    """The same words sent twice are one comment; other words are not saved before they are sent once more."""
    own = AccuracyComment.objects.visible_to(request.user).filter(by=request.user)
    comment = get_object_or_404(own, submission_key=token)
    if form.values() == {name: getattr(comment, name) for name in form.values()}:
        return _submitted(request, inspection, form)
    say_sent_before(request, form)
    return _form_page(request, inspection, form, None, status=409)


def _form_page(request, inspection, form, kept, status=200):
    own = AccuracyComment.objects.visible_to(request.user).filter(inspection=inspection, by=request.user)
    context = {"number": own.count() + 1, **_form_context(request, inspection, form, kept)}
    return render(request, "findings/accuracy_comment_form.html", context, status=status)


def _form_context(request, inspection, form, kept, version=""):
    return {
        "section": "inspections",
        "inspection": inspection,
        "form": form,
        "hidden": hidden_fields(request, version),
        "put_back": bool(kept),
        "has_errors": form.is_bound and bool(form.errors),
    }


def _over():
    return _("The factual accuracy check is over: nothing was saved. Your words are kept in the form below.")


def _no_decision():
    return _(
        "The factual accuracy check is over: no decision was saved. Your words are kept in the form below."
    )
