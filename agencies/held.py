"""Typed text outlives the session: what a person posted after being signed out comes back after signing in.

A form that may be held carries a submission key, signed for the person it was rendered for. When such a form
arrives without a session (or with an outdated CSRF token), the fields travel through the sign-in page in one
signed value and are put back into the same form. They are shown again only to the person who typed them, and
nothing is saved until that person saves it.
"""

import secrets

from django.core import signing
from django.http import QueryDict

KEY_FIELD = "submission_key"
KEY_SALT = "submission key"
HELD_SALT = "held text"
SESSION_KEY = "held text"
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
    fields = {name: request.POST.getlist(name) for name in request.POST if name not in NOT_HELD}
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
    """The held fields for this page as form data, once; None when there are none."""
    kept = request.session.get(SESSION_KEY)
    if request.method != "GET" or not kept or kept["path"] != request.get_full_path():
        return None
    del request.session[SESSION_KEY]
    data = QueryDict(mutable=True)
    for name, values in kept["fields"].items():
        data.setlist(name, values)
    return data
