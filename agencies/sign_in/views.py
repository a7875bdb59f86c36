"""Signing in, proving once more who one is, and one's own account."""

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.internal.stagekit import clear_login
from allauth.account.models import Login
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure as csrf_failure_page
from django.views.decorators.debug import sensitive_post_parameters

from .. import held
from . import own_sessions
from .adapter import KEPT
from .forms import NewPasswordForm, PasswordAgain, SecondStepForm, SignInForm
from .fresh import confirm_page, note_proof
from .throttle import as_too_many


def safe_next(request):
    """The address to go on to, within this register; "" when none is given or it leads elsewhere."""
    url = request.POST.get("next") or request.GET.get("next", "")
    is_here = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if is_here and url.startswith("/") else ""  # "findings" would be the name of a page


@login_not_required
@sensitive_post_parameters("password")
def sign_in(request):
    """Asks for address and password. Somebody who comes back from the second step begins anew."""
    if request.user.is_authenticated:
        return redirect(safe_next(request) or "home")
    clear_login(request)
    form = SignInForm(request, request.POST if request.method == "POST" else None)
    kept = request.POST.get("held", "")
    if request.method == "POST" and form.is_valid():
        request.session[KEPT] = kept
        login = Login(user=form.get_user(), redirect_url=safe_next(request) or None)
        return perform_password_login(request, {}, login)
    return as_too_many(_sign_in_page(request, form, safe_next(request), kept), form.wait)


def _sign_in_page(request, form, next_url, kept):
    return render(request, "account/sign_in.html", {"form": form, "next": next_url, "held": kept})


def sign_in_holding(request):
    """The sign-in page for somebody whose session ended before they submitted a form."""
    next_url = request.POST.get("next") or request.get_full_path()
    return _sign_in_page(request, SignInForm(request), next_url, held.hold(request))


def csrf_failure(request, reason=""):
    """Another tab signed in meanwhile: the typed text goes back into its form, to be saved again."""
    kept = held.hold(request)
    if request.user.is_authenticated and (path := held.put_back(request, kept)):
        messages.warning(request, _("This page was out of date, so nothing was saved yet."))
        return redirect(path)
    if kept and not request.user.is_authenticated:
        return sign_in_holding(request)
    return csrf_failure_page(request, reason=reason, template_name="403_csrf.html")


@sensitive_post_parameters()
def confirm(request):
    """Asks who is there, then leads on to where they were; typed text that was kept is put back there."""
    kept = request.POST.get("held", "")
    if request.method != "POST":
        return confirm_page(request, safe_next(request))
    if "password" in request.POST:
        form = PasswordAgain(request.POST, request=request)
    else:
        form = SecondStepForm(request.POST, person=request.user, request=request)
    if form.is_valid():
        note_proof(request)
        return redirect(held.put_back(request, kept) or safe_next(request) or "home")
    return as_too_many(confirm_page(request, safe_next(request), form, kept), form.wait)


@sensitive_post_parameters()
def password_change(request):
    user = request.user
    form = NewPasswordForm(request, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        stays = request.session.session_key
        user.give_password(form.cleaned_data["new_password1"], by=user, stays=stays)
        own_sessions.go_on_with_new_password(request, user)
        return redirect("password_change_done")
    return as_too_many(render(request, "account/password_change.html", {"form": form}), form.wait)


def account(request):
    """How I sign in, and where."""
    return render(request, "account/account.html")


def password_change_done(request):
    return render(request, "account/password_changed.html")
