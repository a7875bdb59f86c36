"""What agencies raised with each other before an inspection, and cases that inspectors sent back to one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from agencies import held, takeaway
from agencies.editing import differences, hidden_fields, read_version, say_sent_before
from agencies.listing import filtered, page_of
from agencies.models import EditConflict
from agencies.sign_in import fresh
from inspections.models import IllegalTransition, Inspection
from inspections.read_log import noted

from ..history import timeline
from ..models import CaseReferral, Finding, LocalEscalation, Status
from ..referral_filters import CaseReferralFilter
from ..referral_forms import CaseReferralForm, LocalEscalationForm, OutcomeForm
from .list_files import about_list, cases_table
from .recommendation_steps import allow

SORTS = {
    "referred": (F("referred_on").asc(nulls_first=True), "pk"),
    "agency": ("to_agency__official_name", "pk"),
    "inspection": ("inspection__inspected_agency__official_name", "pk"),
}
SHOWN_WITH = ("to_agency", "finding", "inspection__inspected_agency", "inspection__framework")


def of_inspection(user, inspection):
    """What the panel of an inspection shows: the cases and escalations that the person may see."""
    return _panel(user, {"inspection": inspection}) | {"inspection": inspection}


def of_finding(user, finding):
    """What the panel of a finding shows."""
    return _panel(user, {"finding": finding}) | {"inspection": finding.inspection}


def _panel(user, about):
    referrals = CaseReferral.objects.visible_to(user).filter(**about).select_related("to_agency", "finding")
    escalations = LocalEscalation.objects.visible_to(user).filter(**about)
    return {
        "referrals": list(referrals),
        "escalations": list(escalations.select_related("by_agency", "to_agency", "finding")),
    }


def case_referrals(request):
    listing = filtered(CaseReferralFilter, request, CaseReferral.objects.visible_to(request.user))
    if not listing["has_errors"]:
        listing["filter"].count_choices()
    page = page_of(request, listing["results"].select_related(*SHOWN_WITH), SORTS, default="-referred")
    day = listing["filter"].day
    file_format = takeaway.asked(request)
    # What is not understood is told on the page: an empty file would read as "none".
    if file_format and not listing["has_errors"]:
        public = CaseReferral.objects.visible_to(request.user).public()
        if not day and fresh.proof_is_needed(request, listing["results"].exclude(pk__in=public)):
            return fresh.ask(request)
        table = cases_table(page["ordered"], day)
        return takeaway.download(table, about_list(request, listing, table.title, day), file_format, day)
    context = {
        "section": "inspections",
        **listing,
        **page,
        "as_of": day,
        "take_urls": takeaway.links(request),
    }
    return render(request, "findings/case_referrals.html", context)


def case_referral(request, public_id):
    found = _visible(request, CaseReferral, public_id)
    at_work = found.may_be_changed_by(request.user) or request.user.is_auditor
    shows_finding = found.finding_id and Finding.objects.visible_to(request.user).filter(pk=found.finding_id)
    context = {
        "section": "inspections",
        "referral": found,
        "finding": found.finding if shows_finding and shows_finding.exists() else None,
        "may_change": found.may_be_changed_by(request.user),
        "history": timeline(found.events(), CaseReferral) if at_work else [],
    }
    return render(request, "findings/case_referral.html", context)


def case_referral_add(request, public_id):
    inspection = get_object_or_404(
        Inspection.objects.visible_to(request.user).select_related("framework", "inspected_agency"),
        public_id=public_id,
    )
    if not inspection.takes_findings_from(request.user):
        raise PermissionDenied
    noted(request, inspection)
    kept = held.take(request)
    form = CaseReferralForm(request.POST or kept, user=request.user, inspection=inspection)
    if request.method == "POST" and form.is_valid():
        record = _once(
            request,
            CaseReferral,
            form,
            lambda token: CaseReferral.refer(
                by=request.user, inspection=inspection, values=form.values(), submission_key=token
            ),
        )
        if record is None:
            return _form_page(request, "case_referral_form", form, status=409, inspection=inspection)
        messages.success(request, _("The case is recorded."))
        return redirect(record)
    return _form_page(request, "case_referral_form", form, put_back=kept, inspection=inspection)


def case_referral_edit(request, public_id):
    found = _changeable(request, CaseReferral, public_id)
    kept = held.take(request)

    def make(record, data=None):
        return CaseReferralForm(data, user=request.user, inspection=record.inspection, instance=record)

    form = make(found, request.POST or kept)
    context = {"inspection": found.inspection, "referral": found, "put_back": kept}
    return _edit(request, "case_referral_form", found, form, make, found, context)


def case_referral_resolve(request, public_id):
    """Records what came of the case; what was recorded already is changed on the same page."""
    found = _changeable(request, CaseReferral, public_id)
    kept = held.take(request)
    recorded = {name: getattr(found, name) for name in ("outcome", "resolved_on", "outcome_note")}
    form = OutcomeForm(request.POST or kept, referral=found, initial=recorded)
    version = request.POST.get("version") or (kept or {}).get("version") or found.version
    context = {"inspection": found.inspection, "referral": found, "put_back": kept}
    if request.method == "POST" and form.is_valid():
        try:
            expect = read_version(request)
            if found.outcome:
                found.edit(by=request.user, values=form.cleaned_data, expect=expect)
            else:
                found.resolve(by=request.user, expect=expect, **form.cleaned_data)
            messages.success(request, _("The outcome is recorded."))
            return redirect(found)
        except EditConflict as conflict:
            now = conflict.current
            theirs = {name: getattr(now, name) for name in recorded}
            context["conflict"] = differences(form, OutcomeForm(referral=now, initial=theirs))
            version = now.version
        except IllegalTransition as refusal:
            form.add_error(None, str(refusal))
            context["conflict"], version = [], found.version
    return _form_page(request, "case_referral_resolve", form, version=version, **context)


def local_escalation_add(request, public_id):
    finding = get_object_or_404(
        Finding.objects.visible_to(request.user).select_related(
            "inspection__inspected_agency", "inspection__framework", "attributed_to"
        ),
        public_id=public_id,
    )
    noted(request, finding)
    hindrance = _withdrawn() if finding.status == Status.WITHDRAWN else ""
    allow(request, finding.inspection.takes_findings_from(request.user), hindrance)
    kept = held.take(request)
    form = LocalEscalationForm(
        request.POST or kept,
        user=request.user,
        finding=finding,
        initial={"to_agency": finding.attributed_to_id},
    )
    recorded, status = None, 200
    if request.method == "POST" and not hindrance and form.is_valid():
        try:
            recorded = _once(
                request,
                LocalEscalation,
                form,
                lambda token: LocalEscalation.record(
                    by=request.user, finding=finding, values=form.values(), submission_key=token
                ),
            )
        except IllegalTransition:
            hindrance = _withdrawn()
        status = 409 if recorded is None else 200
    if recorded:
        messages.success(request, _("The escalation is recorded."))
        return redirect(finding)
    if hindrance:
        form.add_error(None, hindrance)
        status = 409
    return _form_page(request, "local_escalation_form", form, status=status, put_back=kept, finding=finding)


def _withdrawn():
    return _("The finding is withdrawn, so nothing was saved. Your words are kept in the form below.")


def local_escalation_edit(request, public_id):
    found = _changeable(request, LocalEscalation, public_id)
    kept = held.take(request)

    def make(record, data=None):
        return LocalEscalationForm(data, user=request.user, finding=record.finding, instance=record)

    form = make(found, request.POST or kept)
    context = {"finding": found.finding, "escalation": found, "put_back": kept}
    return _edit(request, "local_escalation_form", found, form, make, found.finding, context)


def _edit(request, template, found, form, make, page, context):
    """Saves the change, or shows both versions where somebody else changed the record meanwhile."""
    sent = request.POST.get("version") or (context["put_back"] or {}).get("version")
    context["version"] = sent or found.version
    if request.method == "POST" and form.is_valid():
        try:
            found.edit(by=request.user, values=form.values(), expect=read_version(request))
            messages.success(request, _("The change is saved."))
            return redirect(page)
        except EditConflict as conflict:
            context["conflict"] = differences(form, make(conflict.current))
            context["version"] = conflict.current.version
    return _form_page(request, template, form, **context)


def _once(request, model, form, make):
    """The new record; of a form that was sent twice, the one that came of it the first time. None where that has
    other words: the form says so."""
    token = held.submission_token(request.POST.get(held.KEY_FIELD), request.user)
    try:
        with transaction.atomic():
            return make(token)
    except IntegrityError:
        if not token:
            raise
        own = model.objects.visible_to(request.user).filter(author=request.user)
        record = get_object_or_404(own, submission_key=token)
    if form.values() == {name: getattr(record, name) for name in form.values()}:
        return record
    say_sent_before(request, form)
    return None


def _changeable(request, model, public_id):
    found = _visible(request, model, public_id)
    if not found.may_be_changed_by(request.user):
        raise PermissionDenied
    return found


def _visible(request, model, public_id):
    found = model.objects.visible_to(request.user).select_related(
        "to_agency", "finding", "inspection__inspected_agency", "inspection__framework"
    )
    return noted(request, get_object_or_404(found, public_id=public_id))


def _form_page(request, template, form, *, version="", conflict=None, put_back=None, status=200, **context):
    context |= {
        "section": "inspections",
        "form": form,
        "hidden": hidden_fields(request, version),
        "conflict": conflict,
        "put_back": put_back is not None,
        "has_errors": form.is_bound and bool(form.errors),
    }
    status = status if conflict is None else 409
    return render(request, f"findings/{template}.html", context, status=status)
