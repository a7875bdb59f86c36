"""Handing work over: choose who to whom, see exactly what moves and what stays, then confirm."""

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies import held
from agencies.editing import hidden_fields
from agencies.forms import Autocomplete, Lines
from agencies.models import Role, User
from agencies.screened import Screened

from ..bulk_forms import PersonField
from ..work.handover import Refused, carry_out, work_out

SALT = "hand-over"


class ColleagueField(PersonField):
    """Also people who have left: their name says that they cannot sign in."""

    def label_from_instance(self, person):
        if person.is_active and person.role:
            return super().label_from_instance(person)
        return _("%(name)s (has left)") % {"name": person.get_full_name()}


class HandOverForm(Screened, forms.Form):
    """From whom, for managers; to whom; and why."""

    giver = ColleagueField(
        label=gettext_lazy("Whose work"),
        queryset=User.objects.none(),
        empty_label="",
        widget=Autocomplete,
        help_text=gettext_lazy("Somebody of your inspectorate, also one who cannot sign in any more."),
        error_messages={"required": gettext_lazy("Choose whose work is handed over.")},
    )
    receiver = PersonField(
        label=gettext_lazy("To whom"),
        queryset=User.objects.none(),
        empty_label="",
        widget=Autocomplete,
        error_messages={"required": gettext_lazy("Choose who takes it on.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        widget=Lines({"rows": 3}),
        max_length=2000,
        help_text=gettext_lazy("Kept in the history of each record."),
        error_messages={"required": gettext_lazy("Say why.")},
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        colleagues = User.objects.filter(agency=user.agency_id).order_by("first_name", "last_name", "pk")
        staff = colleagues.filter(is_active=True, role__in=(Role.INSPECTOR, Role.MANAGER))
        self.fields["receiver"].queryset = staff
        self.fields["giver"].queryset = colleagues
        if not user.is_manager:
            del self.fields["giver"]
            self.fields["receiver"].queryset = staff.exclude(pk=user.pk)

    def clean(self):
        cleaned = super().clean()
        if "giver" in cleaned and cleaned["giver"] == cleaned.get("receiver"):
            self.add_error("receiver", _("Choose somebody else: this is whose work it is."))
        return cleaned

    @property
    def people(self):
        """Of a valid form."""
        giver = self.cleaned_data.get("giver", self.user)
        return {"by": self.user, "giver": giver, "receiver": self.cleaned_data["receiver"]}


def work_handover(request):
    if not (request.user.is_inspector or request.user.is_manager):
        raise PermissionDenied
    kept = held.take(request)
    form = HandOverForm(request.POST or kept, user=request.user)
    if request.method != "POST" or not form.is_valid() or "choose" in request.POST:
        return _page(request, "findings/handover.html", form, put_back=bool(kept))
    if "confirm" in request.POST:
        return _confirm(request, form)
    return _preview(request, form)


def _preview(request, form, status=200, problem=""):
    hand_over = work_out(**form.people)
    context = {
        "hand_over": hand_over,
        "shown": signing.dumps(hand_over.digest, salt=SALT),
        "problem": problem,
    }
    return _page(request, "findings/handover_preview.html", form, status=status, **context)


def _confirm(request, form):
    """Hands over what was shown, or shows anew what it would be now."""
    people, reason = form.people, form.cleaned_data["reason"]
    try:
        digest = signing.loads(request.POST.get("shown", ""), salt=SALT)
    except signing.BadSignature:
        digest = ""
    try:
        moved = carry_out(**people, reason=reason, digest=digest)
    except Refused as refusal:
        return _preview(request, form, status=409, problem=str(refusal))
    words = ngettext(
        "Handed over to %(name)s: %(n)s record.", "Handed over to %(name)s: %(n)s records.", moved
    )
    messages.success(request, words % {"name": people["receiver"].get_full_name(), "n": moved})
    return redirect("work")


def _page(request, template, form, *, status=200, **context):
    context |= {
        "section": "work",
        "form": form,
        "hidden": hidden_fields(request),
        "has_errors": form.is_bound and bool(form.errors),
    }
    return render(request, template, context, status=status)
