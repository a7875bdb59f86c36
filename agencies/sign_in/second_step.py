"""The second step of signing in: a code of an app, a passkey, or one of the recovery codes kept for when both are lost.

Rows and cryptography are django-allauth's. What is kept secret in them is encrypted with a key made of SECRET_KEY, so
that a stolen copy of the database makes no codes.
"""

import base64
import hashlib
import time

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.mfa.webauthn.internal import auth as passkeys
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.core import checks
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from .. import held
from ..models import Role

APP, PASSKEY, CODES = Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN, Authenticator.Type.RECOVERY_CODES
PERIOD = 30  # seconds of one code of an app
DONE = "second step"  # in the session: that this person has one
GO_ON = "page before the second step was set up"
WITHOUT_IT = {
    "second_step",
    "app_add",
    "passkey_add",
    "codes_made",
    "confirm",
    "sign_in",
    "sign_out",
    "healthz",
}


@checks.register(checks.Tags.security)
def roles_are_known(app_configs, **kwargs):
    """A role that is misspelt would let everybody of that role in by a password alone."""
    unknown = sorted(set(settings.SECOND_STEP_FOR) - set(Role.values))
    words = f"SECOND_STEP_FOR names what is no role: {', '.join(unknown)}. The roles are {', '.join(Role.values)}."
    return [checks.Error(words, id="agencies.E001")] if unknown else []


class Adapter(DefaultMFAAdapter):
    """Names the register to apps and passkeys, and encrypts what they share with it."""

    def _get_site_name(self):
        return _("Safeguarding findings register")

    def encrypt(self, text):
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        return _cipher().decrypt(encrypted_text.encode()).decode()


def _cipher():
    key = hashlib.sha256(b"second step\0" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


class SecondStep(AuthenticateStage):
    """Comes after the password for whoever has a second step."""

    def handle(self):
        if not has_one(self.login.user):
            return None, True
        return redirect("second_step_asked"), True


class SecondStepRequired:
    """Whoever has to have a second step and has none sets it up before anything else."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        person = request.user
        if (
            not must_have_one(person)
            or request.session.get(DONE)
            or request.resolver_match.url_name in WITHOUT_IT
        ):
            return None
        if has_one(person):
            request.session[DONE] = True
            return None
        if request.method == "GET":
            request.session[GO_ON] = request.get_full_path()
        elif request.method == "POST":
            request.session[GO_ON] = held.put_back(request, held.hold_as(request))
        return redirect("second_step")


def must_have_one(person):
    return person.is_authenticated and person.role in settings.SECOND_STEP_FOR


def has_one(person):
    return Authenticator.objects.filter(user_id=person.pk, type__in=(APP, PASSKEY)).exists()


def of(person):
    """The person's apps, passkeys and recovery codes."""
    return Authenticator.objects.filter(user_id=person.pk).order_by("created_at", "pk")


# Using it


def use_code(person, code):
    """Whether the code is right: each of an app, and each recovery code, once."""
    for row in of(person).exclude(type=PASSKEY):
        try:
            if _use_app_code(row, code) if row.type == APP else RecoveryCodes(row).validate_code(code):
                return row
        except InvalidToken:  # made under another SECRET_KEY
            continue
    return None


@transaction.atomic
def _use_app_code(row, code):
    row = Authenticator.objects.select_for_update().get(pk=row.pk)
    counter = _counter_of(Adapter().decrypt(row.data["secret"]), code)
    if counter is None or counter <= row.data.get("last_counter", 0):
        return False
    row.data["last_counter"] = counter
    row.last_used_at = timezone.now()
    row.save()
    return True


def _counter_of(secret, code):
    """The half minute whose code this is, of this one and its neighbours: clocks differ, and typing takes a while."""
    typed = "".join(code.split())
    now = int(time.time()) // PERIOD
    for counter in (now - 1, now, now + 1):
        if constant_time_compare(typed, format_hotp_value(hotp_value(secret, counter))):
            return counter
    return None


def passkey_options(person):
    """What a browser needs to use one of the person's passkeys; {} when they have none."""
    return passkeys.begin_authentication(person) if of(person).filter(type=PASSKEY).exists() else {}


def use_passkey(person, credential):
    """Whether the answer of the browser was made by a passkey of this person, for this very question."""
    try:
        passkeys.parse_authentication_response(credential)
        row = passkeys.complete_authentication(person, credential)
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError):
        return None
    row.record_usage()
    return row


def note_use(request, person, row):
    record_authentication(request, person, "mfa", id=row.pk, type=row.type)


# Setting it up


def add_app(person, secret, code):
    """Adds the app that made this code of the secret; whether it did. The code is used up by it."""
    counter = _counter_of(secret, code)
    if counter is None:
        return False
    with transaction.atomic():
        person.note_sign_in_change("authenticator app added", by=person)
        if of(person).filter(type=APP).exists():  # added meanwhile, in another tab
            transaction.set_rollback(True)
            return False
        row = TOTP.activate(person, secret).instance
        row.data["last_counter"] = counter
        row.save()
    return True


def registration_options(person):
    return passkeys.begin_registration(person, False)


@transaction.atomic
def add_passkey(person, name, credential):
    """Adds the passkey that the browser made; whether its answer was a sound one."""
    try:
        passkeys.parse_registration_response(credential)
        passkeys.complete_registration(credential)
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError):
        return False
    person.note_sign_in_change("passkey added", by=person)
    passkeys.WebAuthn.add(person, name, credential)
    return True


@transaction.atomic
def make_codes(person):
    """New recovery codes; those before them work no more."""
    person.note_sign_in_change("recovery codes made", by=person)
    of(person).filter(type=CODES).delete()
    return RecoveryCodes.activate(person).get_unused_codes()


@transaction.atomic
def remove(person, row):
    """Removes one; recovery codes alone are no second step, and go with the last of the others."""
    names = {APP: "authenticator app removed", PASSKEY: "passkey removed", CODES: "recovery codes removed"}
    person.note_sign_in_change(names[row.type], by=person)
    row.delete()
    if not has_one(person):
        of(person).delete()


@transaction.atomic
def reset(person, *, by, channel):
    """Takes everything away from somebody who has lost it; they sign in by password alone and set it up anew."""
    person.note_sign_in_change("second step taken away", by=by, channel=channel)
    of(person).delete()
    person.sign_out_everywhere()
