"""Closed unless marked open, never left in a shared cache; and what is saved is not kept as unsaved any longer."""

import logging

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.messages import ERROR, SUCCESS, get_messages
from django.db import DatabaseError
from django.http import HttpResponseNotAllowed
from django.middleware.security import SecurityMiddleware
from django.utils.cache import add_never_cache_headers

from . import held
from .models import TypedText

# The register needs nothing of the machine that shows it but its passkeys.
NOT_NEEDED = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "clipboard-read", "display-capture",
    "encrypted-media", "fullscreen", "gamepad", "geolocation", "gyroscope", "hid", "identity-credentials-get",
    "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment", "picture-in-picture",
    "screen-wake-lock", "serial", "usb",
    "window-management", "xr-spatial-tracking",
)  # fmt: skip
PASSKEYS = ("publickey-credentials-create", "publickey-credentials-get")
PERMISSIONS_POLICY = ", ".join(
    [f"{name}=()" for name in NOT_NEEDED] + [f"{name}=(self)" for name in PASSKEYS]
)


class EveryAnswer(SecurityMiddleware):
    """Headers of every answer, also where Django's own middleware refuses a request itself: a wrong host name."""

    def process_request(self, request):
        """Redirects are left to Django's middleware, which stands further in."""

    def process_response(self, request, response):
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return super().process_response(request, response)


class KnownMethods:
    """405 for anything but reading and sending a form: a page would answer a PUT or DELETE as if it were a GET."""

    METHODS = ("GET", "HEAD", "POST")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method not in self.METHODS:
            return HttpResponseNotAllowed(self.METHODS)
        return self.get_response(request)


class SignInRequired(LoginRequiredMiddleware):
    """Every page asks for sign-in unless it is marked open; text posted by a signed-out person is held."""

    def handle_no_permission(self, request, view_func):
        if request.method == "POST" and held.hold(request):
            from .sign_in.views import sign_in_holding

            return sign_in_holding(request)
        return super().handle_no_permission(request, view_func)


class NeverCachePrivatePages:
    """No page is stored by a browser or a proxy: most hold what only this person may see."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response


class SavedTextGoes:
    """Lets go of text kept while it was typed, once its form is saved.

    Saved is what the person is told is saved: the view itself answered with a redirect and a message of success
    and none of error. Anything else keeps the text: a form shown again, a conflict, a refusal, a redirect that
    only leads on. It stands behind the message middleware, so that the message is still at hand.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.method == "POST" and response.status_code in (302, 303):
            message = self._told_saved(request)
            sheets = held.sheets(request.POST) if message else None
            if sheets:
                self._let_go(request, sheets)
                message.extra_tags = " ".join(sheets)  # for the tab, which keeps the text too
        return response

    def process_view(self, request, view, args, kwargs):
        # Reached by requests that no middleware has answered: outdated tokens and lost sessions are not saved.
        request.has_reached_its_view = True

    @staticmethod
    def _told_saved(request):
        if not getattr(request, "has_reached_its_view", False) or not request.user.is_authenticated:
            return None
        told = get_messages(request)._queued_messages
        if any(message.level >= ERROR for message in told):
            return None
        return next((message for message in told if message.level == SUCCESS), None)

    @staticmethod
    def _let_go(request, sheets):
        try:
            TypedText.let_go(person=request.user, sheets=sheets)
        except DatabaseError:
            # The record is saved, and that is what the person is told; its text is offered once more.
            logging.getLogger(__name__).exception("Saved text could not be let go")
