"""Asks once more who is there, before what matters most: publishing, withdrawing, changing people.

A view is marked with `@fresh_sign_in`, or with `@fresh_sign_in(when=...)` where only some of what it does matters so:

    @fresh_sign_in(when=lambda request, public_id, verb: verb == "publish")
    def inspection_step(request, public_id, verb):

Somebody whose last proof of who they are is older than FRESH_SIGN_IN_SECONDS is asked for it, both on opening the
page and on sending its form, and comes back to the page. What the form held is put back into it (`held.take` in the
view), to be sent again. Rights are looked up by the view itself, afterwards: the mark never lets anybody do anything.

A list that is taken away as a file asks in the same way where some of it is not published (`proof_is_needed`).
"""

import json
import time
from functools import wraps
from urllib.parse import urlencode

from django.conf import settings
from django.shortcuts import redirect, render
from django.urls import reverse

from .. import held
from . import second_step
from .forms import PasswordAgain, SecondStepForm

PROVEN_AT = "proven at"  # in the session: when this person last proved who they are, in seconds since 1970


def note_proof(request):
    """The person at this browser has just proved who they are."""
    request.session[PROVEN_AT] = int(time.time())


def is_fresh(request):
    """Whether they have done so lately."""
    age = time.time() - request.session.get(PROVEN_AT, 0)
    return 0 <= age < settings.FRESH_SIGN_IN_SECONDS


def proof_is_needed(request, hidden):
    """Whether somebody who takes a list away proves first who they are: `hidden` is what of it is not published."""
    return not is_fresh(request) and hidden.exists()


def fresh_sign_in(view=None, *, when=None):
    """Marks a view that asks for a fresh proof. `when` is called as the view is, and says whether this request does."""

    def mark(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if is_fresh(request) or (when and not when(request, *args, **kwargs)):
                return view(request, *args, **kwargs)
            return ask(request)

        return guarded

    return mark(view) if view else mark


def ask(request):
    """The page that asks for the password; a form that was sent is kept meanwhile."""
    here = request.get_full_path()
    if request.method != "POST":
        return redirect(f"{reverse('confirm')}?{urlencode({'next': here})}")
    return confirm_page(request, next_url=here, kept=held.hold_as(request))


def confirm_page(request, next_url, form=None, kept=""):
    """The page that asks for a proof: the password, or the second step of whoever has one. `form`: one that was sent."""
    person, by_step = request.user, isinstance(form, SecondStepForm)
    password = PasswordAgain(request=request) if by_step or form is None else form
    context = {"form": form, "password": password, "next": next_url, "held": kept}
    if second_step.has_one(person):
        context["step"] = form if by_step else SecondStepForm(person=person, request=request)
        context["options"] = json.dumps(second_step.passkey_options(person))
    return render(request, "account/confirm.html", context)
