"""The read log: who read what before it was published."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import render

from agencies.listing import filtered, page_of

from .models import ReadLogEntry
from .read_log_filters import ReadLogFilter

SORTS = {"when": ("at", "pk"), "who": ("by__first_name", "by__last_name", "by__email", "-at", "pk")}


def read_log(request):
    user = request.user
    if not (user.is_manager or user.is_auditor or user.is_administrator):
        raise PermissionDenied
    listing = filtered(ReadLogFilter, request, ReadLogEntry.objects.visible_to(user))
    rows = listing["results"].select_related(
        "by__agency", "break_glass", "inspection__inspected_agency", "inspection__framework"
    )
    page = page_of(request, rows, SORTS, default="-when")
    for row in page["page_obj"].object_list:
        # What an administrator once read by break-glass is not theirs to see for ever.
        row.names_inspection = row.inspection and (row.inspection.is_public or not user.is_administrator)
    return render(request, "inspections/read_log.html", {"section": "", **listing, **page})
