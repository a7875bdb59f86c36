"""What the register wants of django-allauth: nobody signs up, and whoever has signed in goes on with what they typed."""

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from .. import held
from .throttle import client_address, remember_browser

KEPT = "kept while signing in"  # in the session: the signed text that the sign-in page carried


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        return False

    def get_client_ip(self, request):
        return client_address(request) or "::"

    def get_login_stages(self):
        return ["agencies.sign_in.second_step.SecondStep"]

    def is_ajax(self, request):
        return False  # pages, never their fields as JSON

    def add_message(self, *args, **kwargs):
        """Nothing: pages say in the register's own words what was done."""

    def send_mail(self, *args, **kwargs):
        """Nothing: the register writes its own mails."""

    def post_login(self, request, user, **about):
        """On to the page that was asked for, or to the form whose text was held when the session ended."""
        response = super().post_login(request, user, **about)
        if kept := request.session.pop(KEPT, ""):
            if path := held.put_back(request, kept):
                response = redirect(path)
            else:
                words = _("What was typed before signing in belongs to another person and was not put back.")
                messages.warning(request, words)
        remember_browser(request, response, user)
        return response
