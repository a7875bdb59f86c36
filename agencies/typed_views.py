"""Keeping text while it is typed, and discarding it: for the person who types, and nobody else."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from . import held
from .models import TooMuchTyped, TypedText
from .sign_in.views import safe_next

ADDRESSED = {"typed-sheet", "typed-path", "typed-for"}


class SheetForm(forms.Form):
    """Where the text belongs: the sheet with its order, the form's address, and the form's submission key."""

    sheet = forms.RegexField(f"^{held.SHEET.pattern}$")
    path = forms.RegexField(r"^/(?!/)(?:(?![?#\\])[!-~])*$", max_length=300)
    key = forms.CharField(max_length=200)

    def __init__(self, data):
        names = {"sheet": "typed-sheet", "path": "typed-path", "key": "typed-for"}
        super().__init__({name: data.get(sent, "") for name, sent in names.items()})


@require_POST
def typed_save(request):
    """Keeps the posted fields; 204. A sheet without fields is let go: the form is as it was when it was opened.

    400 when it is not said what they belong to, 403 when the form was drawn for somebody else, 413 when they
    are too much.
    """
    about = SheetForm(request.POST)
    if not about.is_valid():
        return _refusal(400, _("This was not sent by a form of this register."))
    if not held.submission_token(about.cleaned_data["key"], request.user):
        return _refusal(403, _("This form was opened by somebody else."))
    key, order = held.SHEET.fullmatch(about.cleaned_data["sheet"]).groups()
    fields = _fields(request.POST)
    if not fields:
        TypedText.let_go(person=request.user, sheets={key: int(order)})
        return HttpResponse(status=204)
    try:
        TypedText.keep(
            person=request.user,
            key=key,
            order=int(order),
            path=about.cleaned_data["path"],
            fields={**fields, held.KEY_FIELD: [about.cleaned_data["key"]]},
            instead_of=held.sheets(request.POST),
        )
    except TooMuchTyped as error:
        return _refusal(413, str(error))
    return HttpResponse(status=204)


def typed_discard(request):
    """Lets go of one's own text and leads back to the form. A GET, as after signing in again, only leads back."""
    if request.method == "POST":
        TypedText.let_go(person=request.user, sheets=held.sheets(request.POST))
    return redirect(safe_next(request) or "home")


def _fields(posted):
    """{name: values} of what may be kept: no tokens, no passwords; files never arrive here."""
    left_out = {*held.NOT_HELD, *ADDRESSED, held.KEY_FIELD, held.SHEETS_FIELD}
    return {
        name: posted.getlist(name)
        for name in posted
        if name not in left_out and "password" not in name.lower()
    }


def _refusal(status, words):
    return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
