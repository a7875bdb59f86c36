"""Administration of agencies, who polices whom, who succeeded whom, and of people."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.forms import AdminPasswordChangeForm, SetPasswordMixin
from django.shortcuts import redirect
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from .admin_site import site
from .models import Agency, Channel, Policing, Role, Succession, User
from .record_admin import ADMIN_WIDGETS, RecordAdmin, RecordForm, record_url
from .sign_in import second_step
from .sign_in.fresh import fresh_sign_in
from .sign_in.own_sessions import go_on_with_new_password


@admin.register(Agency, site=site)
class AgencyAdmin(RecordAdmin):
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "name",
                    "official_name",
                    "slug",
                    "short_code",
                    "kind",
                    "special",
                    "nation",
                    "region",
                ]
            },
        ),
        (gettext_lazy("Codes"), {"fields": ["code", "ofsted_urn"]}),
        (
            gettext_lazy("Life"),
            {
                "fields": ["opened_on", "closed_on"],
                "description": gettext_lazy(
                    "An agency is never deleted. When it ends, give its last day here and record who succeeds it."
                ),
            },
        ),
        (gettext_lazy("Where this is known from"), {"fields": ["note", "source"]}),
    ]
    list_display = ["full_name", "name", "kind", "nation", "region", "code", "opened_on", "closed_on"]
    list_filter = ["kind", "nation", "region", "special"]
    search_fields = ["name", "official_name", "slug", "short_code", "code", "ofsted_urn"]
    prepopulated_fields = {"slug": ["official_name"]}

    @admin.display(description=gettext_lazy("agency"), ordering="official_name")
    def full_name(self, agency):
        return agency.full_name


@admin.register(Policing, site=site)
class PolicingAdmin(RecordAdmin):
    fieldsets = [
        (
            None,
            {
                "fields": ["force", "authority", "valid_from", "valid_to", "source"],
                "description": gettext_lazy(
                    "A row is never deleted. When another force takes over, give this one its last day "
                    "and add a new row from the next."
                ),
            },
        )
    ]
    autocomplete_fields = ["force", "authority"]
    list_display = ["authority", "force", "valid_from", "valid_to"]
    list_select_related = ["force", "authority"]
    list_filter = ["force__region"]
    search_fields = ["force__name", "force__official_name", "authority__name", "authority__official_name"]
    date_hierarchy = "valid_from"


@admin.register(Succession, site=site)
class SuccessionAdmin(RecordAdmin):
    fields = ["predecessor", "successor", "on", "note", "source"]
    autocomplete_fields = ["predecessor", "successor"]
    list_display = ["predecessor", "successor", "on"]
    list_select_related = ["predecessor", "successor"]
    list_filter = ["predecessor__kind"]
    search_fields = [
        "predecessor__name",
        "predecessor__official_name",
        "successor__name",
        "successor__official_name",
    ]
    date_hierarchy = "on"


class PersonForm(RecordForm):
    """Administrators cannot lock themselves out."""

    def clean(self):
        cleaned = super().clean()
        if self.instance.pk and self.instance.pk == self.request.user.pk:
            if cleaned.get("role") != Role.ADMINISTRATOR:
                self.add_error("role", _("You cannot give up your own role. Ask another administrator."))
            if not cleaned.get("is_active"):
                self.add_error("is_active", _("You cannot deactivate yourself. Ask another administrator."))
        return cleaned


class NewPersonForm(SetPasswordMixin, RecordForm):
    password1, password2 = SetPasswordMixin.create_password_fields()

    def clean(self):
        self.validate_passwords()
        return super().clean()

    def _post_clean(self):
        super()._post_clean()
        # Only now does the instance have the names that a password must not resemble.
        self.validate_password_for_user(self.instance)


class PasswordForm(AdminPasswordChangeForm):
    """A new password, twice. Nobody's sign-in is taken away here: that is done by deactivating them."""

    default_renderer = ADMIN_WIDGETS

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields.pop("usable_password", None)
        self.fields["password1"].required = self.fields["password2"].required = True


@admin.register(User, site=site)
class UserAdmin(RecordAdmin):
    form = PersonForm
    PERSON = ["email", "first_name", "last_name", "role", "agency"]
    add_fieldsets = [(None, {"fields": [*PERSON, "password1", "password2"]})]
    fieldsets = [
        (
            None,
            {
                "fields": [*PERSON, "is_active"],
                "description": gettext_lazy(
                    "A person is never deleted: untick “active”, and history keeps naming them."
                ),
            },
        ),
        (gettext_lazy("Sign-in"), {"fields": ["last_login", "date_joined"]}),
    ]
    readonly_fields = ["last_login", "date_joined"]
    autocomplete_fields = ["agency"]
    list_display = ["email", "first_name", "last_name", "role", "agency", "is_active", "last_login"]
    list_select_related = ["agency"]
    list_filter = ["role", "is_active", "agency__kind"]
    search_fields = ["email", "first_name", "last_name", "agency__name", "agency__official_name"]

    def get_fieldsets(self, request, obj=None):
        return self.add_fieldsets if obj is None else super().get_fieldsets(request, obj)

    def get_form(self, request, obj=None, change=False, **kwargs):
        if obj is None:
            kwargs["form"] = NewPersonForm
        return super().get_form(request, obj, change=change, **kwargs)

    def add_record(self, request, record, form):
        record.set_password(form.cleaned_data["password1"])
        super().add_record(request, record, form)

    @method_decorator(fresh_sign_in)
    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        return super().changeform_view(request, object_id, form_url, extra_context)

    @method_decorator(sensitive_post_parameters())
    def add_view(self, request, form_url="", extra_context=None):
        return super().add_view(request, form_url, extra_context)

    def get_urls(self):
        password = path(
            "<path:object_id>/password/",
            self.admin_site.admin_view(self.password_view),
            name="agencies_user_password",
        )
        step = path(
            "<path:object_id>/second-step/",
            self.admin_site.admin_view(self.second_step_view),
            name="agencies_user_second_step",
        )
        return [password, step, *super().get_urls()]

    def record_tools(self, request, record):
        tools = [(_("Set password"), record_url(record, "password"))]
        if second_step.has_one(record):
            tools.append((_("Take second step away"), record_url(record, "second_step")))
        return tools

    @method_decorator(fresh_sign_in)
    def second_step_view(self, request, object_id):
        person = self.get_object(request, unquote(object_id))
        if person is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method == "POST":
            second_step.reset(person, by=request.user, channel=Channel.ADMIN)
            messages.success(request, _("%(person)s signs in by password alone now.") % {"person": person})
            return redirect(record_url(person))
        return self.record_page(
            request,
            person,
            "admin/record_form.html",
            title=_("Take second step away: %s") % person,
            explanation=_(
                "For somebody who has lost their app, passkeys and recovery codes: make sure that it is they who ask. "
                "They are signed out everywhere, sign in by password alone, and set up another."
            ),
            form=None,
            submit=_("Take away"),
        )

    @method_decorator(sensitive_post_parameters())
    @method_decorator(fresh_sign_in)
    def password_view(self, request, object_id):
        person = self.get_object(request, unquote(object_id))
        if person is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        form = PasswordForm(person, request.POST or None)
        if request.method == "POST" and form.is_valid():
            is_own = person == request.user
            stays = request.session.session_key if is_own else ""
            person.give_password(
                form.cleaned_data["password1"], by=request.user, channel=Channel.ADMIN, stays=stays
            )
            if is_own:
                go_on_with_new_password(request, person)
            messages.success(request, _("The password of %(person)s is set.") % {"person": person})
            return redirect(record_url(person))
        return self.record_page(
            request,
            person,
            "admin/record_form.html",
            title=_("Set password: %s") % person,
            explanation=_("Wherever they are signed in, they have to sign in again with the new password."),
            form=form,
            submit=_("Set password"),
        )
