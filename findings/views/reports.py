"""Reports: handed in, read in the background, what they say of their inspection confirmed, and given out."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import held
from agencies.editing import hidden_fields, read_version
from agencies.files import download, store
from agencies.files.keys import path_of
from agencies.files.kinds import PDF
from agencies.listing import page_of
from agencies.models import EditConflict, Job
from inspections.matching import recorded_already, settle
from inspections.models import HandedInBefore, IllegalTransition, Reading, Report
from inspections.models.reports import READ_REPORT, READER
from inspections.page_images import NoPicture, page_as_png
from inspections.read_log import noted
from inspections.report_forms import FactsForm, ReadJudgementsForm, ReportForm

from ..history import timeline
from ..models import Proposal, ProposalStatus

SORTS = {
    "handed_in": ("handed_in_at", "pk"),
    "title": ("title", "pk"),
    "reading": ("reading", "-handed_in_at", "pk"),
}
TO_DECIDE = Count("proposals", filter=Q(proposals__status=ProposalStatus.OPEN))


def may_hand_in(user):
    return user.is_inspector or user.is_manager


def reports(request):
    user = request.user
    if not user.reads_reports:
        raise PermissionDenied
    ours = Report.objects.visible_to(user).worked_on_by(user)
    listed = ours.select_related("inspection__inspected_agency", "inspection__framework", "inspectorate")
    context = {
        "section": "reports",
        **page_of(request, listed.annotate(to_decide=TO_DECIDE), SORTS, default="-handed_in"),
        "progress": _progress(ours),
        "may_hand_in": may_hand_in(user),
    }
    return render(request, "findings/reports.html", context)


def _progress(reports):
    """How many are to be read, read, and not readable; what components/reading_progress.html needs."""
    numbers = {
        reading: Count("pk", filter=Q(reading=reading))
        for reading in (Reading.WAITING, Reading.READ, Reading.UNREADABLE)
    }
    return reports.aggregate(all=Count("pk"), **numbers)


def report_add(request):
    user = request.user
    if not may_hand_in(user):
        raise PermissionDenied
    kept = held.take(request)
    form = ReportForm(request.POST or kept, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            with store(form.cleaned_data["file"]) as stored:
                report = Report.hand_in(by=user, stored=stored, reader=READER)
        except (HandedInBefore, IntegrityError) as problem:
            report = getattr(problem, "report", None)
            if report is None or not Report.objects.visible_to(user).filter(pk=report.pk).exists():
                form.add_error("file", _("This file was handed in before, by another inspectorate."))
                return _add_page(request, form, status=409)
            messages.info(request, _("This file was handed in before: here it is. It is not read twice."))
            return redirect(report)
        except ValidationError as refusal:
            form.add_error(
                "file",
                [word for words in refusal.message_dict.values() for word in words]
                if hasattr(refusal, "error_dict")
                else refusal,
            )
        else:
            messages.success(request, _("The report is handed in. It is read in the background."))
            return redirect(report)
    return _add_page(request, form, put_back=bool(kept))


def _add_page(request, form, status=200, put_back=False):
    context = {
        "section": "reports",
        "form": form,
        "hidden": hidden_fields(request),
        "put_back": put_back,
        "has_errors": form.is_bound and bool(form.errors),
    }
    return render(request, "findings/report_form.html", context, status=status)


def report(request, public_id):
    found, user = _visible(request, public_id), request.user
    works_on_it = Report.objects.visible_to(user).worked_on_by(user).filter(pk=found.pk).exists()
    proposals = Proposal.objects.visible_to(user).filter(report=found)
    context = {
        "section": "reports" if works_on_it else "inspections",
        "report": found,
        "works_on_it": works_on_it,
        "job": Job.objects.of(READ_REPORT, found).first() if found.is_waiting else None,
        "now": timezone.now(),
        "passages": found.passages.all(),
        "proposals": proposals.exclude(status=ProposalStatus.SUPERSEDED).select_related(
            "theme", "attributed_to", "finding", "merged_into"
        ),
        "to_decide": proposals.open().count(),
        "may_confirm": found.inspection is None and found.may_be_confirmed_by(user),
        "may_decide": found.inspection is not None and found.inspection.takes_findings_from(user),
        "history": timeline(found.events(), Report) if works_on_it else [],
    }
    template = "findings/_report_progress.html" if request.htmx else "findings/report.html"
    return render(request, template, context)


def report_facts(request, public_id):
    """What the report says of its inspection, beside its pages and words: corrected, completed and confirmed."""
    found, user = _visible(request, public_id), request.user
    if not found.may_be_confirmed_by(user):
        raise PermissionDenied
    if found.inspection is not None:
        return _settled(request, found)
    kept = held.take(request)
    data = request.POST or kept
    form = FactsForm(data, user=user, report=found)
    framework = form.framework_shown
    judgements = ReadJudgementsForm(data, framework=framework, report=found) if framework else None
    if request.method == "POST" and form.is_valid() & (judgements is None or judgements.is_valid()):
        values = form.values()
        try:
            inspection, is_new = settle(
                found,
                by=user,
                values=values,
                judgements=judgements.judgements_of(values["inspected_agency"]),
                expect=read_version(request),
            )
        except (EditConflict, IllegalTransition) as problem:
            return _not_settled(request, found, form, judgements, problem)
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, _confirmed(inspection, is_new))
            return redirect(found)
    return _facts_page(request, found, form, judgements, put_back=bool(kept))


def _confirmed(inspection, is_new):
    if is_new:
        return _("The inspection is recorded as published elsewhere: %s.") % inspection.reference
    return _("The report belongs to an inspection that is recorded already: %s.") % inspection


def _settled(request, found):
    """Somebody else confirmed it first: told, and led to what they recorded."""
    if request.method == "GET":
        raise PermissionDenied
    return render(
        request, "findings/report_settled.html", {"section": "reports", "report": found}, status=409
    )


def _not_settled(request, found, form, judgements, problem):
    current = _visible(request, found.public_id)
    if current.inspection is not None:
        return _settled(request, current)
    words = (
        _("The report was read again meanwhile. Look at what it says before you confirm.")
        if isinstance(problem, EditConflict)
        else str(problem)
    )
    form.add_error(None, words)
    return _facts_page(request, current, form, judgements, status=409)


def _facts_page(request, found, form, judgements, status=200, put_back=False):
    values = form.values() if form.is_bound and form.is_valid() else None
    if values is None and not form.is_bound:
        values = {name: form.initial.get(name) for name in ("framework", "inspected_agency", "fieldwork_to")}
    known = (
        recorded_already(request.user, **values)
        if values and all(values[name] for name in ("framework", "inspected_agency", "fieldwork_to"))
        else None
    )
    context = {
        "section": "reports",
        "report": found,
        "form": form,
        "rows": form.rows(),
        "judgements": judgements,
        "judgement_rows": judgements.rows() if judgements else [],
        "recorded": known,
        "hidden": hidden_fields(request, found.version)
        | {"judged_under": getattr(form.framework_shown, "pk", "")},
        "put_back": put_back,
        "has_errors": form.is_bound and bool(form.errors or (judgements and judgements.errors)),
    }
    return render(request, "findings/report_facts.html", context, status=status)


def report_file(request, public_id):
    """The report as it was handed in."""
    found = _with_file(request, public_id)
    return download(
        request,
        key=found.stored_key,
        name=found.file_name,
        content_type=PDF.content_type,
        sha256=found.sha256,
    )


def report_page(request, public_id, number):
    """One page of it as a picture, to be read beside what was proposed."""
    found = _with_file(request, public_id)
    try:
        if not 1 <= number <= (found.pages or 0):
            raise NoPicture
        picture = page_as_png(path_of(found.stored_key), number)
    except NoPicture as problem:
        raise Http404 from problem
    response = HttpResponse(picture, content_type="image/png")
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _with_file(request, public_id):
    found = _visible(request, public_id)
    if not found.stored_key:
        raise Http404
    return found


def _visible(request, public_id):
    found = Report.objects.visible_to(request.user).select_related(
        "inspection__inspected_agency",
        "inspection__framework",
        "inspection__lead_inspectorate",
        "inspectorate",
    )
    return noted(request, get_object_or_404(found, public_id=public_id))
