"""Reminders by e-mail: off until the person turns them on, and about what they choose."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.editing import hidden_fields, read_version
from agencies.models import EditConflict
from agencies.screened import Screened

from ..choices import checkboxes
from ..models import Frequency, NotificationChoice
from ..work.queue import sources_of

ABOUT = {
    "when_due": gettext_lazy("What falls due: 7 days before, the day before, and on the day"),
    "when_late": gettext_lazy("What is late: on the first day, then once a week"),
    "when_new": gettext_lazy("What is new in my work"),
}


class NotificationForm(Screened, forms.Form):
    """How often, about what, and which kinds of work."""

    mark_optional = False  # of boxes at least one is ticked where mail is wanted

    frequency = forms.ChoiceField(
        label=gettext_lazy("E-mail me"),
        choices=Frequency.choices,
        widget=forms.RadioSelect({"data-small": True}),
        error_messages={"required": gettext_lazy("Choose how often.")},
    )
    about = forms.MultipleChoiceField(
        label=gettext_lazy("About"), choices=ABOUT.items(), required=False, widget=checkboxes()
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Which kinds of work"), required=False, widget=checkboxes()
    )

    def __init__(self, *args, user, choice, **kwargs):
        self.codes = [source.code for source in sources_of(user)]
        self.left_out_before = choice.left_out
        initial = {
            "frequency": choice.frequency,
            "about": [name for name in ABOUT if getattr(choice, name)],
            "kinds": [code for code in self.codes if code not in choice.left_out],
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["kinds"].choices = [(source.code, source.label) for source in sources_of(user)]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("frequency") == Frequency.DAILY:
            if not cleaned.get("about") and "about" not in self.errors:
                self.add_error("about", _("Choose at least one, or choose “Never”."))
            if not cleaned.get("kinds") and "kinds" not in self.errors:
                self.add_error("kinds", _("Choose at least one, or choose “Never”."))
        return cleaned

    def values(self):
        """For the model's verb. What a role does not have, and was left out in another one, stays left out."""
        cleaned = self.cleaned_data
        others = [code for code in self.left_out_before if code not in self.codes]
        return {
            "frequency": cleaned["frequency"],
            **{name: name in cleaned["about"] for name in ABOUT},
            "left_out": others + [code for code in self.codes if code not in cleaned["kinds"]],
        }


def notifications(request):
    user = request.user
    if not user.has_work:
        raise PermissionDenied
    choice = NotificationChoice.of(user)
    form = NotificationForm(request.POST or None, user=user, choice=choice)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            if read_version(request) != choice.version:
                raise EditConflict(choice)
            with transaction.atomic():
                choice.choose(by=user, values=form.values(), expect=choice.version)
        except (EditConflict, IntegrityError):
            # In another window of the same person, as nobody else can.
            form.add_error(
                None, _("You changed this meanwhile, in another window. Save again if this is right.")
            )
            choice, status = NotificationChoice.of(user), 409
        else:
            told = _("Reminders are on.") if choice.is_on else _("Reminders are off.")
            messages.success(request, told)
            return redirect("notifications")
    context = {
        "section": "work",
        "form": form,
        "email": user.email,
        "hidden": hidden_fields(request, choice.version),
        "has_errors": form.is_bound and bool(form.errors),
    }
    return render(request, "findings/notifications.html", context, status=status)
