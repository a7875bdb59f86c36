"""Tells people by mail when something of how they sign in has changed: whoever did it, the owner learns of it.

A mail says what changed and when, and nothing that would help anybody to sign in.
"""

import logging
from functools import partial

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .mails import AUTOMATIC, addressed, mail_works, one_line

TOLD = {
    "password set": gettext_lazy("Your password was changed."),
    "authenticator app added": gettext_lazy("An app that shows codes was added to your account."),
    "authenticator app removed": gettext_lazy("The app that shows codes was removed from your account."),
    "passkey added": gettext_lazy("A passkey was added to your account."),
    "passkey removed": gettext_lazy("A passkey was removed from your account."),
    "recovery codes made": gettext_lazy("New recovery codes were made. Those before them work no more."),
    "recovery codes removed": gettext_lazy("Your recovery codes were removed."),
    "second step taken away": gettext_lazy("The second step of signing in was taken away from your account."),
    "address": gettext_lazy("You sign in with another email address from now on, not with this one."),
}

logger = logging.getLogger(__name__)


def tell(person, what, *, by, address=""):
    """Mails it once the change is kept; to `address`, where the person has had another until now."""
    if what in TOLD and mail_works():
        message = _message(person, TOLD[what], by=by, address=address)
        transaction.on_commit(partial(_send, message))


def _message(person, words, *, by, address):
    context = {
        "name": one_line(person.get_full_name()),
        "words": words,
        "at": date_format(timezone.localtime(), "j F Y H:i"),
        "is_own": by is not None and by.pk == person.pk,
        "register": settings.BASE_URL,
    }
    return EmailMessage(
        subject=_("How you sign in to the safeguarding findings register has changed"),
        body=render_to_string("email/sign_in_changed.txt", context),
        to=[addressed(person, address)],
        headers=AUTOMATIC,
    )


def _send(message):
    """The change stands whether or not the mail server takes the mail."""
    try:
        message.send()
    except OSError:  # smtplib's errors are of this kind
        logger.exception("A mail about a change of signing in could not be sent")
