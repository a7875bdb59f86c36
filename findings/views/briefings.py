"""Briefing packs: the page to print, and the same as a file."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from agencies.listing import url_with
from inspections.periods import Window

from ..briefings import briefing as pack_of
from ..documents.files import file_of
from .scope import asked

OF = ("force", "council", "theme")  # one of these; without any it is the national picture


def briefing(request):
    """The pack of the force, council or theme in the address, else of the country, of its day and window."""
    form, scope = _asked(request)
    context = {"section": "dashboard", "form": form}
    if scope is not None:
        context |= {
            "document": _pack(request, scope),
            "take_url": url_with(reverse("briefing_file"), **scope.query),
            "back": scope.force or scope.council or scope.theme,
            "dashboard_url": url_with(reverse("dashboard"), **scope.day_query),
        }
    return render(request, "findings/briefing.html", context)


@require_POST
def briefing_file(request):
    """The pack of the address as the file that the form asks for."""
    _form, scope = _asked(request)
    if scope is None:
        raise Http404
    return file_of(request, _pack(request, scope))


def _asked(request):
    """(form, scope) as on dashboards: of one agency or theme everything so far, of the country the last year."""
    named = [name for name in OF if request.GET.get(name)]
    if len(named) > 1 or not request.user.has_a_role:
        raise Http404
    return asked(request, takes=OF, default=Window.ALL if named else Window.YEAR)


def _pack(request, scope):
    page = url_with(reverse("briefing"), **scope.query)
    return pack_of(scope, address=request.build_absolute_uri(page))
