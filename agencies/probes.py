"""Addresses that machines ask, and not people: the process answers (/healthz), the register can work (/readyz)."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse

PROBES = {"/healthz", "/readyz"}


class WithoutSession:
    """Probes have no cookies, whatever was sent: no session is looked up, and nobody is signed in."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path_info in PROBES:
            request.COOKIES = {}
        return self.get_response(request)


@login_not_required
def healthz(request):
    """The process answers; nothing is asked of the database."""
    return plain(True)


def plain(is_well):
    """All that anybody is told."""
    return HttpResponse(
        "ok" if is_well else "not ok", status=200 if is_well else 503, content_type="text/plain"
    )
