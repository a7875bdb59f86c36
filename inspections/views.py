"""Creating and changing an inspection. Reading one, with its findings, is a page of the findings app."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from agencies import held
from agencies.editing import differences, hidden_fields, read_version
from agencies.models import EditConflict

from .forms import InspectionForm, JudgementsForm, StatedDateForm
from .models import Inspection
from .read_log import noted


def inspection_add(request):
    user = request.user
    if not (user.is_inspector or user.is_manager):
        raise PermissionDenied
    kept = held.take(request)
    form = InspectionForm(request.POST or kept, user=user, initial={"team": [user.pk]})
    if request.method == "POST" and form.is_valid():
        token = held.submission_token(request.POST.get(held.KEY_FIELD), user)
        try:
            with transaction.atomic():
                inspection = Inspection.create(by=user, values=form.values(), submission_key=token)
            messages.success(request, _("The inspection is created."))
        except IntegrityError:
            if not token:
                raise
            # The same form sent twice: the first one counts.
            inspection = get_object_or_404(Inspection, author=user, submission_key=token)
        return redirect(inspection)
    return _page(request, "inspections/inspection_form.html", form, put_back=kept)


def inspection_edit(request, public_id):
    inspection = _editable(request, public_id)
    kept = held.take(request)
    form = InspectionForm(request.POST or kept, instance=inspection, user=request.user)
    context = {"inspection": inspection, "put_back": kept}
    version = request.POST.get("version") or (kept or {}).get("version") or inspection.version
    if request.method == "POST" and form.is_valid():
        try:
            inspection.edit(
                by=request.user,
                values=form.values(),
                expect=read_version(request),
                reason=form.cleaned_data.get("reason", ""),
            )
            messages.success(request, _("The inspection is saved."))
            return redirect(inspection)
        except EditConflict as conflict:
            theirs = InspectionForm(instance=conflict.current, user=request.user)
            context["conflict"] = differences(form, theirs)
            version = conflict.current.version
    return _page(request, "inspections/inspection_form.html", form, version=version, **context)


def inspection_judge(request, public_id):
    inspection = _editable(request, public_id)
    kept = held.take(request)
    form = JudgementsForm(request.POST or kept, inspection=inspection)
    context = {"inspection": inspection, "put_back": kept}
    version = request.POST.get("version") or (kept or {}).get("version") or inspection.version
    if request.method == "POST" and form.is_valid():
        try:
            inspection.judge(
                by=request.user,
                judgements=form.judgements(),
                expect=read_version(request),
                reason=form.cleaned_data.get("reason", ""),
            )
            messages.success(request, _("The judgements are saved."))
            return redirect(inspection)
        except EditConflict as conflict:
            context["conflict"] = differences(form, JudgementsForm(inspection=conflict.current))
            version = conflict.current.version
    return _page(request, "inspections/judgements_form.html", form, version=version, **context)


def inspection_date(request, public_id):
    inspection = _editable(request, public_id)
    kept = held.take(request)
    form = StatedDateForm(request.POST or kept)
    if request.method == "POST" and form.is_valid():
        try:
            inspection.state_date(by=request.user, **form.cleaned_data)
            messages.success(request, _("The date is recorded with its source."))
            return redirect(inspection)
        except ValidationError as error:
            # A preferred date that does not go with the inspection's other dates.
            form.add_error("date", error.messages)
    return _page(request, "inspections/date_form.html", form, inspection=inspection, put_back=kept)


def _editable(request, public_id):
    """The inspection: 404 when the person may not see it, 403 when they may see but not change it."""
    inspection = get_object_or_404(
        Inspection.objects.visible_to(request.user).select_related(
            "framework__grade_scale", "inspected_agency", "lead_inspectorate", "follows"
        ),
        public_id=public_id,
    )
    if not inspection.may_be_edited_by(request.user):
        raise PermissionDenied
    return noted(request, inspection)


def _page(request, template, form, version="", conflict=None, put_back=None, **context):
    context |= {
        "section": "inspections",
        "form": form,
        "hidden": hidden_fields(request, version),
        "conflict": conflict,
        "put_back": put_back is not None,
        "has_errors": form.is_bound and bool(form.errors),
    }
    return render(request, template, context, status=200 if conflict is None else 409)
