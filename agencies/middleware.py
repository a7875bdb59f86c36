"""Closed unless marked open, and never left in a shared cache."""

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.utils.cache import add_never_cache_headers

from . import held


class SignInRequired(LoginRequiredMiddleware):
    """Every page asks for sign-in unless it is marked open; text posted by a signed-out person is held."""

    def handle_no_permission(self, request, view_func):
        if request.method == "POST" and held.hold(request):
            from .views import sign_in_holding

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
