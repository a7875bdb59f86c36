"""Administration of people: adding and inviting them, what they may do, and shutting them out when they leave."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.forms import AdminPasswordChangeForm, SetPasswordMixin
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from .admin_site import site
from .mails import mail_works
from .models import Channel, Role, User
from .record_admin import ADMIN_WIDGETS, RecordAdmin, RecordForm, record_url
from .sign_in import links, second_step
from .sign_in.fresh import fresh_sign_in
from .sign_in.own_sessions import go_on_with_new_password

# Functions of (person, by=) that say in sentences what waits for the person, of what `by` may see: higher apps add theirs.
DESKS = []


class PersonForm(RecordForm):
    """Administrators cannot lock themselves out."""

    def clean(self):
        cleaned = super().clean()
        is_own = self.instance.pk and self.instance.pk == self.request.user.pk
        if is_own and cleaned.get("role") != Role.ADMINISTRATOR:
            self.add_error("role", _("You cannot give up your own role. Ask another administrator."))
        return cleaned


class NewPersonForm(SetPasswordMixin, RecordForm):
    """Without a password the person chooses their own, by a link."""

    password1, password2 = SetPasswordMixin.create_password_fields()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password1"].required = self.fields["password2"].required = False
        self.fields["password1"].help_text = _(
            "Better left empty: the next page invites them to choose their own."
        )

    def clean(self):
        if self.cleaned_data.get("password1") or self.cleaned_data.get("password2"):
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
                    "A person is never deleted: shut them out when they leave, and history keeps naming them."
                ),
            },
        ),
        (gettext_lazy("Sign-in"), {"fields": ["last_login", "date_joined"]}),
    ]
    readonly_fields = ["is_active", "last_login", "date_joined"]
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
        record.set_password(form.cleaned_data["password1"] or None)
        super().add_record(request, record, form)

    def response_add(self, request, obj, post_url_continue=None):
        response = super().response_add(request, obj, post_url_continue)
        return response if obj.has_usable_password() else redirect(record_url(obj, "link"))

    @method_decorator(fresh_sign_in)
    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        return super().changeform_view(request, object_id, form_url, extra_context)

    @method_decorator(sensitive_post_parameters())
    def add_view(self, request, form_url="", extra_context=None):
        return super().add_view(request, form_url, extra_context)

    def get_urls(self):
        views = {
            "password": self.password_view,
            "link": self.link_view,
            "second_step": self.second_step_view,
            "shut_out": self.shut_out_view,
            "let_in": self.let_in_view,
        }
        own = [
            path(
                f"<path:object_id>/{name.replace('_', '-')}/",
                self.admin_site.admin_view(view),
                name=f"agencies_user_{name}",
            )
            for name, view in views.items()
        ]
        return [*own, *super().get_urls()]

    def record_tools(self, request, record):
        if not record.is_active:
            return [(_("Let in again"), record_url(record, "let_in"))]
        tools = [
            (_("Link to choose a password"), record_url(record, "link")),
            (_("Set password"), record_url(record, "password")),
        ]
        if second_step.has_one(record):
            tools.append((_("Take second step away"), record_url(record, "second_step")))
        if record != request.user:
            tools.append((_("Shut out"), record_url(record, "shut_out")))
        return tools

    def _confirm(self, request, person, title, explanation, submit, **context):
        """A page with one button about the person."""
        return self.record_page(
            request, person, "admin/person_confirm.html",
            title=title, explanation=explanation, submit=submit, **context,
        )  # fmt: skip

    @method_decorator(fresh_sign_in)
    def link_view(self, request, object_id):
        """Invites somebody new, or gives them a link for a forgotten password: by mail, or to be handed over."""
        person = self.get_object(request, unquote(object_id))
        if person is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not person.is_active:
            raise PermissionDenied
        is_new = not person.has_usable_password()
        purpose = links.INVITATION if is_new else links.FORGOTTEN
        if request.method == "POST":
            person.note_sign_in_change(
                "invited" if is_new else "link to choose a password given",
                by=request.user,
                channel=Channel.ADMIN,
            )
            if mail_works() and links.sent(person, purpose):
                messages.success(request, _("A link is on its way to %(email)s.") % {"email": person.email})
                return redirect(record_url(person))
            address = request.build_absolute_uri(links.path(person, purpose))
            return self._confirm(
                request, person, _("Link for %s") % person,
                _("No mail went out. Hand this link to %(person)s yourself, and to nobody else: whoever has it "
                  "chooses the password. It works once, and is shown only now.") % {"person": person},
                "", address=address,
            )  # fmt: skip
        how_long = _("a week") if is_new else _("an hour")
        return self._confirm(
            request, person, _("Invite %s") % person if is_new else _("Link to choose a password: %s") % person,
            _("%(person)s gets a link to choose a password. It works once, within %(how_long)s.")
            % {"person": person, "how_long": how_long},
            _("Send the link") if mail_works() else _("Make the link"),
        )  # fmt: skip

    @method_decorator(fresh_sign_in)
    def shut_out_view(self, request, object_id):
        """For somebody who leaves: signed out everywhere, and what still waits for them is named."""
        person = self.get_object(request, unquote(object_id))
        if person is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if person == request.user or not person.is_active:
            raise PermissionDenied
        waiting = [sentence for desk in DESKS for sentence in desk(person, by=request.user)]
        if request.method == "POST":
            person.shut_out(by=request.user, channel=Channel.ADMIN)
            messages.success(request, _("%(person)s cannot sign in any more.") % {"person": person})
            for sentence in waiting:
                messages.warning(request, sentence)
            return redirect(record_url(person))
        return self._confirm(
            request, person, _("Shut out: %s") % person,
            _("They are signed out everywhere and cannot sign in. Nothing of what they did is changed."),
            _("Shut out"), waiting=waiting,
        )  # fmt: skip

    @method_decorator(fresh_sign_in)
    def let_in_view(self, request, object_id):
        person = self.get_object(request, unquote(object_id))
        if person is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if person.is_active:
            raise PermissionDenied
        if request.method == "POST":
            person.let_in(by=request.user, channel=Channel.ADMIN)
            messages.success(request, _("%(person)s can sign in again.") % {"person": person})
            return redirect(record_url(person))
        return self._confirm(
            request, person, _("Let in again: %s") % person,
            _("They sign in as before, with the role above."), _("Let in again"),
        )  # fmt: skip

    @method_decorator(fresh_sign_in)
    def second_step_view(self, request, object_id):
        person = self.get_object(request, unquote(object_id))
        if person is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method == "POST":
            second_step.reset(person, by=request.user, channel=Channel.ADMIN)
            messages.success(request, _("%(person)s signs in by password alone now.") % {"person": person})
            return redirect(record_url(person))
        return self._confirm(
            request, person, _("Take second step away: %s") % person,
            _("For somebody who has lost their app, passkeys and recovery codes: make sure that it is they who ask. "
              "They are signed out everywhere, sign in by password alone, and set up another."),
            _("Take away"),
        )  # fmt: skip

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
