"""The pages of errors. They come also when the database, and with it the session, is away: then in the frame alone."""

import sqlite3
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.template.loader import render_to_string

AWAY = (OperationalError, InterfaceError)  # not there, shutting down, overloaded, or too slow for a page
CANCELLED = "57014"  # PostgreSQL's code for a statement that was ended, as one is after its time limit
# What the databases say when they can be read and not written: PostgreSQL's codes, SQLite's codes.
CANNOT_WRITE = {"25006", "53100", sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL}
RETRY_AFTER = 30  # seconds


def bad_request(request, exception=None):
    """503 where the database went away while the session was being saved, which Django calls a bad request."""
    if any(isinstance(error, AWAY) for error in _behind(exception)):
        return _unavailable(exception)
    return _page(request, "400.html", 400)


def _behind(error):
    """The error and those that it was raised for."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _codes(error):
    """What the database itself called it, however it was passed on; of SQLite's codes the kind."""
    causes = list(_behind(error))
    codes = {getattr(cause, "pgcode", None) for cause in causes}
    return codes | {getattr(cause, "sqlite_errorcode", 0) & 0xFF for cause in causes}


def permission_denied(request, exception=None):
    return _page(request, "403.html", 403)


def page_not_found(request, exception=None):
    return _page(request, "404.html", 404)


def server_error(request):
    """503 where the database is away: what was typed can be sent again. Else 500, for a mistake of ours."""
    error = sys.exc_info()[1]
    if isinstance(error, AWAY) or _codes(error) & CANNOT_WRITE:
        return _unavailable(error)
    return HttpResponse(render_to_string("500.html"), status=500)


def _unavailable(error):
    """What asked for too much is told so: waiting would not help it as it helps when the database is away."""
    codes, template = _codes(error), "503.html"
    if CANCELLED in codes:
        template = "503_too_long.html"
    elif codes & CANNOT_WRITE:
        template = "503_read_only.html"
    return HttpResponse(render_to_string(template), status=503, headers={"Retry-After": str(RETRY_AFTER)})


def _page(request, template, status):
    """With the menu of whoever has signed in, if that can be found out; else the same words without it."""
    try:
        content = render_to_string(template, request=request)
    except Exception:
        # Whatever it is, the person reads what they came to: the context processors are left out.
        content = render_to_string(template)
    return HttpResponse(content, status=status)
