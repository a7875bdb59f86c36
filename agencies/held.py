"""Typed text outlives the session, the tab, the browser and the computer: it comes back into the form it was typed into.

A form that may be held carries a submission key, signed for the person it was rendered for. When such a form
arrives without a session (or with an outdated CSRF token), the fields travel through the sign-in page in one
signed value and are put back into the same form. They are shown again only to the person who typed them, and
nothing is saved until that person saves it.

While somebody types, the page also sends the fields here (`TypedText`), and says so when the form is opened the next
time. For a form to have all of that:

- its view begins with `kept = held.take(request)`, binds with `Form(request.POST or kept)`, draws the hidden fields of
  `editing.hidden_fields(request, version)` and, having saved, redirects with a message of success;
- its page includes `components/put_back.html` above the form, and the form has `data-keep="KEY"`, a key that no
  other form of that person has, and `data-fresh` unless it is bound (`components/form.html` does so for `keep`);
- it posts to the address of the page that draws it.

Nothing is to be done on success: `middleware.SavedTextGoes` lets the text go. A refused, conflicting or failed save
keeps it.
"""

import re
import secrets

from django.core import signing
from django.forms import BaseForm
from django.forms.utils import ErrorDict
from django.http import QueryDict

from .models import TypedText

KEY_FIELD = "submission_key"
KEY_SALT = "submission key"
HELD_SALT = "held text"
SESSION_KEY = "held text"
SHEETS_FIELD = "typed_sheets"  # whose text the form holds: "key.order key.order", see TypedText
SHEET = re.compile(r"([A-Za-z0-9_-]{8,40})\.([0-9]{1,9})")
PUT_BACK = "put_back"  # in an address: the key of the sheet to fill the form in with
NOT_HELD = {"csrfmiddlewaretoken", "password", "username", "next", "held"}
HELD_FOR = 24 * 3600  # seconds between losing the session and signing in again


def new_submission_key(user):
    """A one-time key for a form rendered for this person: the same key twice is the same submission."""
    return signing.dumps([user.pk, secrets.token_urlsafe(9)], salt=KEY_SALT)


def submission_token(key, user):
    """The random part of a key that was issued to this person, or "" for any other."""
    try:
        owner, token = signing.loads(key or "", salt=KEY_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return token if owner == user.pk else ""


def hold(request):
    """The posted fields and their address as one signed value; "" when the form carries no key to come back by.

    The sign-in page's own form already carries such a value: it stays as it is.
    """
    if kept := request.POST.get("held"):
        return kept
    if not request.POST.get(KEY_FIELD):
        return ""
    return _signed(request, _fields(request))


def hold_as(request):
    """The same for the signed-in person who has just sent the form, whose token was right: any form comes back to them."""
    fields = _fields(request)
    if not fields.get(KEY_FIELD):
        fields[KEY_FIELD] = [new_submission_key(request.user)]
    return _signed(request, fields)


def _fields(request):
    """{name: values} of what was posted, without passwords and tokens."""
    names = (name for name in request.POST if name not in NOT_HELD and "password" not in name.lower())
    return {name: request.POST.getlist(name) for name in names}


def _signed(request, fields):
    return signing.dumps([request.get_full_path(), fields], salt=HELD_SALT, compress=True)


def put_back(request, held):
    """Keeps held fields for the next page of the signed-in person; their address, or "" if not theirs."""
    try:
        path, fields = signing.loads(held or "", salt=HELD_SALT, max_age=HELD_FOR)
    except signing.BadSignature:
        return ""
    key = (fields.get(KEY_FIELD) or [""])[-1]
    if not submission_token(key, request.user):
        return ""
    request.session[SESSION_KEY] = {"path": path, "fields": fields}
    return path


def take(request):
    """The text to fill the form of this page in with, as form data; None when there is none.

    It was held when the session ended (then it is given once), or the person asks for what they had typed here.
    Also notes on the request what else they typed here and did not save, for components/put_back.html.
    """
    if request.method != "GET":
        # A form that says nothing was sent all the same: its form is bound, and says what is missing.
        return None if request.POST else request.POST
    kept = request.session.get(SESSION_KEY)
    is_held = bool(kept) and kept["path"] == request.get_full_path()
    if is_held:
        del request.session[SESSION_KEY]
    typed = list(TypedText.objects.of(request.user, request.path))
    asked = next((row for row in typed if row.key == request.GET.get(PUT_BACK)), None)
    if is_held:
        data = _form_data(kept["fields"])
    elif asked:
        data = _form_data({**asked.fields, SHEETS_FIELD: [asked.sheet]})
        request.is_put_back_unsent = True
    else:
        data = None
    request.put_back = data
    in_the_form = sheets(data)
    request.typed_before = [
        {"typed": row, **_ways(request, row)} for row in typed if in_the_form.get(row.key, -1) < row.order
    ]
    return data


def _form_data(fields):
    data = QueryDict(mutable=True)
    for name, values in fields.items():
        data.setlist(name, values)
    return data


def _ways(request, row):
    """Addresses: of this page with the text put back, and of this page as it is."""
    query = request.GET.copy()
    query.pop(PUT_BACK, None)
    here = f"{request.path}?{query.urlencode()}" if query else request.path
    query[PUT_BACK] = row.key
    return {"put_back_url": f"{request.path}?{query.urlencode()}", "here": here}


def sheets(data):
    """{key: order} of the sheets whose text a form holds."""
    named = SHEET.findall((data or {}).get(SHEETS_FIELD, "")[:1000])
    found = {}
    for key, order in named[-10:]:
        found[key] = max(int(order), found.get(key, 0))
    return found


def without_errors(form):
    """Nobody has sent this form or formset yet: what is missing in it is no error."""
    if isinstance(form, BaseForm):
        form._errors = ErrorDict(renderer=form.renderer)
        return
    for part in form.forms:
        without_errors(part)
    form._errors, form._non_form_errors = [part.errors for part in form.forms], form.error_class()
