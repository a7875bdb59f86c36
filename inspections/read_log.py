"""Every view of what is not published leaves one row, written before the page is sent.

A view that shows one record names it: `noted(request, record)`, where it fetched it. If what is answered is a page or
a file, its row is added by `ReadsAreLogged`: one insert, no query. A page whose row cannot be written is not sent.
"""

import logging

from django.db import DatabaseError
from django.shortcuts import render

from .models import ReadLogEntry

SHOWN = {200, 409, 410}  # pages and files that show the record; a redirect, a refusal and 404 show nothing


def noted(request, record, *, always=False):
    """The record, which this page shows: where it is not published, its reading is logged.

    Models say by `is_confidential` whether it is; `always` says so of a page with matter of it that never is. Of
    several records of one page the one noted last counts.
    """
    request.reads = record if always or record.is_confidential else None
    return record


class ReadsAreLogged:
    """Adds the row of each page that shows something unpublished; an administrator's pages while break-glass lasts
    leave a row each, whatever they show."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code not in SHOWN or not getattr(request, "is_of_a_person", False):
            return response
        try:
            if entry := _entry(request):
                entry.save(force_insert=True)
        except DatabaseError:
            logging.getLogger(__name__).exception("A view could not be logged, so it was not shown")
            return render(request, "inspections/not_logged.html", {"section": ""}, status=503)
        return response

    def process_view(self, request, view, args, kwargs):
        request.is_of_a_person = getattr(view, "login_required", True) and request.user.is_authenticated
        request.reads = None


def _entry(request):
    """The row that this page leaves, or None. What is asked before is whether a record was noted: at no cost."""
    route, user = request.resolver_match, request.user
    if request.reads is not None:
        return ReadLogEntry.of(user, request.reads, route.url_name)
    # The administration shows nothing that is not published, also while break-glass lasts.
    # Whoever has just signed out is nobody any more.
    if user.is_authenticated and user.is_administrator and route.app_name != "admin":
        return ReadLogEntry.of_page(user, route.url_name)
    return None
