"""Leaving for the organisation's own sign-in, and coming back from it."""

import logging

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from .. import held
from . import single_sign_on as sso
from .adapter import KEPT
from .fresh import note_proof
from .views import safe_next

logger = logging.getLogger(__name__)


@login_not_required
@require_POST
def single_sign_on(request):
    """Leads on to the provider: by a page, since the policy on content lets no form lead to another site."""
    if not sso.is_on():
        raise Http404
    try:
        address = sso.leave(request, safe_next(request), request.POST.get("held", ""))
    except sso.Refused as refusal:
        return _refused(request, refusal)
    return render(request, "account/single_sign_on.html", {"address": address})


@login_not_required
@require_GET
def single_sign_on_back(request):
    """Signs in whom the provider names; or takes it as a fresh proof of whoever has signed in."""
    if not sso.is_on():
        raise Http404
    try:
        person, asked = sso.come_back(request)
    except sso.Refused as refusal:
        return _refused(request, refusal)
    if request.user.is_authenticated:
        if request.user == person and asked["person"]:
            note_proof(request)
        return redirect(held.put_back(request, asked["kept"]) or asked["next"] or "home")
    request.session[KEPT] = asked["kept"]
    return perform_login(request, Login(user=person, redirect_url=asked["next"] or None))


def _refused(request, refusal):
    logger.warning("Single sign-on was refused: %s", refusal)
    return render(request, "account/single_sign_on_refused.html", status=403)
