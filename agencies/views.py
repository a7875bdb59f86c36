"""Signing in and out, the list of agencies, and the pages that hold no records."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.csrf import csrf_failure as csrf_failure_page

from . import held
from .filters import AgencyFilter
from .listing import filtered, page_of
from .models import Agency


class SignInForm(AuthenticationForm):
    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": gettext_lazy("The email address or the password is not right."),
    }
    mark_optional = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = gettext_lazy("Email address")
        self.fields["username"].widget.attrs["autocomplete"] = "username"


class SignIn(auth_views.LoginView):
    """Signs in; text that was held when the session ended goes back into its form."""

    template_name = "sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form):
        response = super().form_valid(form)
        kept = self.request.POST.get("held")
        if kept:
            if path := held.put_back(self.request, kept):
                return redirect(path)
            messages.warning(
                self.request,
                _("What was typed before signing in belongs to another person and was not put back."),
            )
        return response

    def get_context_data(self, **kwargs):
        kept = self.request.POST.get("held", "")
        form = kwargs.get("form")
        return super().get_context_data(**kwargs, held=kept, has_errors=bool(form and form.errors))


def sign_in_holding(request):
    """The sign-in page for somebody whose session ended before they submitted a form."""
    context = {
        "form": SignInForm(request),
        "next": request.POST.get("next") or request.get_full_path(),
        "held": held.hold(request),
    }
    return render(request, "sign_in.html", context)


def csrf_failure(request, reason=""):
    """Another tab signed in meanwhile: the typed text goes back into its form, to be saved again."""
    kept = held.hold(request)
    if request.user.is_authenticated and (path := held.put_back(request, kept)):
        messages.warning(request, _("This page was out of date, so nothing was saved yet."))
        return redirect(path)
    if kept and not request.user.is_authenticated:
        return sign_in_holding(request)
    return csrf_failure_page(request, reason=reason, template_name="403_csrf.html")


class PasswordChange(auth_views.PasswordChangeView):
    template_name = "password_change.html"

    def form_valid(self, form):
        user = self.request.user
        user.give_password(form.cleaned_data["new_password1"], by=user)
        update_session_auth_hash(self.request, user)
        return redirect("password_change_done")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return {**context, "has_errors": bool(context["form"].errors)}


@login_not_required
def health(request):
    """For a load balancer: the process answers."""
    return HttpResponse("ok", content_type="text/plain")


def about(request):
    return render(request, "agencies/about.html", {"section": "about"})


SORTS = {
    "name": ("name", "pk"),
    "kind": ("kind", "name", "pk"),
    "region": ("region", "name", "pk"),
}


def agencies(request):
    listing = filtered(AgencyFilter, request, Agency.objects.visible_to(request.user))
    context = {
        "section": "agencies",
        **listing,
        **page_of(request, listing["results"], SORTS, default="name"),
    }
    return render(request, "agencies/agencies.html", context)
