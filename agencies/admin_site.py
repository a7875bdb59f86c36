"""The administration site: for administrators only, signed in on the product's own page."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

# The first would turn any record's number into its address, whether the person may see it or not.
NOT_OFFERED = {"view_on_site", "password_change_done"}


class RegisterAdminSite(admin.AdminSite):
    site_title = _("Administration")
    site_header = _("Administration of the register")
    index_title = _("What administrators keep")
    logout_template = "account/signed_out.html"

    def admin_view(self, view, cacheable=False):
        """Somebody signed in who is not an administrator is refused, not asked to sign in again."""
        guarded = super().admin_view(view, cacheable)

        def refuse_others(request, *args, **kwargs):
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied
            return guarded(request, *args, **kwargs)

        refuse_others.__dict__.update(guarded.__dict__)
        return refuse_others

    @method_decorator(never_cache)
    @login_not_required
    def login(self, request, extra_context=None):
        if self.has_permission(request):
            return redirect("admin:index")
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"), reverse("sign_in"))

    def password_change(self, request, extra_context=None):
        return redirect("password_change")

    def get_urls(self):
        return [url for url in super().get_urls() if getattr(url, "name", None) not in NOT_OFFERED]


site = RegisterAdminSite()
