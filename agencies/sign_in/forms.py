"""Forms that ask who somebody is."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..models import TooManyTries
from . import second_step
from .throttle import further_try, password_try, wait_in_words


def refuse(form, field, refusal):
    """Too many tries: says in the form when the next is looked at."""
    form.wait = refusal.wait
    form.add_error(
        field,
        _("Too many wrong tries. The next one is looked at in %(wait)s.")
        % {"wait": wait_in_words(refusal.wait)},
    )


class SignInForm(AuthenticationForm):
    """E-mail address and password. `wait`: seconds until another try is looked at."""

    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": gettext_lazy("The email address or the password is not right."),
    }
    mark_optional = False
    wait = 0

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = gettext_lazy("Email address")
        self.fields["username"].widget.attrs["autocomplete"] = "username"

    def clean(self):
        if not (self.cleaned_data.get("username") and self.cleaned_data.get("password")):
            return self.cleaned_data
        try:
            with password_try(self.request, self.cleaned_data["username"]) as right:
                cleaned = super().clean()
                right()
                return cleaned
        except TooManyTries as refusal:
            refuse(self, None, refusal)


class PasswordAgain(forms.Form):
    """The password of the person who has signed in, once more."""

    wait = 0

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.request = request

    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )

    def clean_password(self):
        password = self.cleaned_data["password"]
        try:
            with further_try(self.request, self.request.user, "password") as right:
                if not self.request.user.check_password(password):
                    raise forms.ValidationError(_("The password is not right."))
                right()
        except TooManyTries as refusal:
            refuse(self, "password", refusal)
        return password


class NewPasswordForm(PasswordChangeForm):
    """The old password and a new one, twice."""

    wait = 0

    def __init__(self, request, data=None):
        super().__init__(request.user, data)
        self.request = request

    def clean_old_password(self):
        try:
            with further_try(self.request, self.user, "password") as right:
                password = super().clean_old_password()
                right()
                return password
        except TooManyTries as refusal:
            refuse(self, "old_password", refusal)


class ForgottenForm(forms.Form):
    wait = 0

    email = forms.EmailField(
        label=gettext_lazy("Email address"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "username"}),
    )


class SecondStepForm(forms.Form):
    """The code of an app, a recovery code, or the answer of a passkey. `used`: what it was."""

    wait = 0
    used = None

    code = forms.CharField(
        label=gettext_lazy("Code"),
        required=False,
        max_length=40,
        widget=forms.TextInput({"autocomplete": "one-time-code", "class": "govuk-input--width-10"}),
        help_text=gettext_lazy("The six digits that your app shows now, or one of your recovery codes."),
    )
    credential = forms.JSONField(required=False, widget=forms.HiddenInput)
    mark_optional = False

    def __init__(self, *args, person, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.person, self.request = person, request

    def clean(self):
        cleaned = super().clean()
        if self.errors:
            return cleaned
        try:
            with further_try(self.request, self.person, "code") as right:
                self.used = self._use(cleaned)
                if self.used:
                    right()
        except TooManyTries as refusal:
            refuse(self, None, refusal)
        return cleaned

    def _use(self, given):
        if given.get("credential"):
            used = second_step.use_passkey(self.person, given["credential"])
            if not used:
                self.add_error(None, _("That passkey is not one of this account. Try again."))
        else:
            used = second_step.use_code(self.person, given.get("code", ""))
            if not used:
                self.add_error("code", _("The code is not right, or it was used already."))
        return used


class AppForm(forms.Form):
    """The first code of an app that is being added."""

    wait = 0

    code = forms.CharField(
        label=gettext_lazy("The code that the app shows"),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "one-time-code", "class": "govuk-input--width-10"}),
    )

    def __init__(self, *args, request, secret, **kwargs):
        super().__init__(*args, **kwargs)
        self.request, self.secret = request, secret

    def clean_code(self):
        code, person = self.cleaned_data["code"], self.request.user
        try:
            with further_try(self.request, person, "code") as right:
                if not second_step.add_app(person, self.secret, code):
                    raise forms.ValidationError(
                        _("The code is not right. Type the one that the app shows now.")
                    )
                right()
        except TooManyTries as refusal:
            refuse(self, "code", refusal)
        return code


class PasskeyForm(forms.Form):
    """What the browser made, under a name by which its owner knows it again."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=60,
        help_text=gettext_lazy("By which you know it again, such as “Work laptop”."),
    )
    credential = forms.JSONField(widget=forms.HiddenInput)

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.request = request

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not second_step.add_passkey(
            self.request.user, cleaned["name"], cleaned["credential"]
        ):
            raise forms.ValidationError(_("The passkey could not be added. Try again."))
        return cleaned
