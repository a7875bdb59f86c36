"""The pages of errors. They come also when the database, and with it the session, is away: then in the frame alone."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.template.loader import render_to_string

AWAY = (OperationalError, InterfaceError)  # not there, shutting down, overloaded, or too slow for a page
RETRY_AFTER = 30  # seconds


def bad_request(request, exception=None):
    """503 where the database went away while the session was being saved, which Django calls a bad request."""
    if any(isinstance(error, AWAY) for error in _behind(exception)):
        return _unavailable()
    return _page(request, "400.html", 400)


def _behind(error):
    """The error and those that it was raised for."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def permission_denied(request, exception=None):
    return _page(request, "403.html", 403)


def page_not_found(request, exception=None):
    return _page(request, "404.html", 404)


def server_error(request):
    """503 where the database is away: what was typed can be sent again. Else 500, for a mistake of ours."""
    if isinstance(sys.exc_info()[1], AWAY):
        return _unavailable()
    return HttpResponse(render_to_string("500.html"), status=500)


def _unavailable():
    return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": str(RETRY_AFTER)})


def _page(request, template, status):
    """With the menu of whoever has signed in, if that can be found out; else the same words without it."""
    try:
        content = render_to_string(template, request=request)
    except Exception:
        # Whatever it is, the person reads what they came to: the context processors are left out.
        content = render_to_string(template)
    return HttpResponse(content, status=status)
