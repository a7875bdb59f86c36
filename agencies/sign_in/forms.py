"""Forms that ask who somebody is."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..models import TooManyTries
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
            with further_try(self.request.user, "password") as right:
                if not self.request.user.check_password(password):
                    raise forms.ValidationError(_("The password is not right."))
                right()
        except TooManyTries as refusal:
            refuse(self, "password", refusal)
        return password


class NewPasswordForm(PasswordChangeForm):
    """The old password and a new one, twice."""

    wait = 0

    def clean_old_password(self):
        try:
            with further_try(self.user, "password") as right:
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
