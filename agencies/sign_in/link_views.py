"""Choosing a password by a link: asking for one when it is forgotten, and using it."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from ..mails import mail_works
from ..models import TooManyTries
from . import links
from .forms import ForgottenForm, refuse
from .throttle import as_too_many, count_mail, remember_browser

# In the session, so that it stands in the address no longer than it has to.
TOKEN = "link to choose a password"  # nosec B105 # the name of its place


class AnsweredFirst(HttpResponseRedirect):
    """A redirect after which something more is done, once it has gone out: it takes the same time whatever that is."""

    then = None

    def close(self):
        if self.then:
            self.then()
        super().close()


@login_not_required
def password_forgotten(request):
    """Sends a link to the address, if somebody signs in with it; the answer is the same if nobody does."""
    form = ForgottenForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and mail_works() and form.is_valid():
        try:
            response = AnsweredFirst(reverse("password_forgotten_sent"))
            if count_mail(request, form.cleaned_data["email"]):
                response.then = partial(links.send_if_known, form.cleaned_data["email"])
            return response
        except TooManyTries as refusal:
            refuse(form, None, refusal)
    context = {"form": form, "mail_works": mail_works()}
    return as_too_many(render(request, "account/password_forgotten.html", context), form.wait)


@login_not_required
def password_forgotten_sent(request):
    return render(request, "account/password_forgotten_sent.html")


@login_not_required
def password_link(request, token):
    """Takes the link out of the address, where other pages and logs could learn it."""
    request.session[TOKEN] = token
    return redirect("password_choose")


@login_not_required
@sensitive_post_parameters()
def password_choose(request):
    person = links.person_of(request.session.get(TOKEN, ""))
    if person is None:
        return render(request, "account/password_link_over.html", {"mail_works": mail_works()}, status=404)
    form = SetPasswordForm(person, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        person.give_password(form.cleaned_data["new_password1"], by=person)
        del request.session[TOKEN]
        messages.success(request, _("Your password is set. Sign in with it."))
        response = redirect("sign_in")
        remember_browser(request, response, person)
        return response
    return render(request, "account/password_choose.html", {"form": form, "person": person})
