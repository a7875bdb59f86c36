"""Links by which somebody chooses a password: used once, and only for a while.

A link names the person and what their sign-in looked like when it was made: a password chosen since, a sign-in
since, another address or being made inactive make it useless. It needs no row, so nothing is to be cleaned up.
"""

import logging

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from ..mails import one_line
from ..models import User

FORGOTTEN, INVITATION = "forgotten password", "invitation"
VALID_FOR = {FORGOTTEN: 3600, INVITATION: 7 * 24 * 3600}  # seconds

logger = logging.getLogger(__name__)


def token_for(person, purpose):
    return signing.dumps([purpose, person.pk, _state(person)], salt="choose a password")


def person_of(token):
    """The person whom the token lets choose a password now, or None."""
    try:
        purpose, _pk, _found = signing.loads(token, salt="choose a password")
        _purpose, pk, state = signing.loads(token, salt="choose a password", max_age=VALID_FOR[purpose])
    except (signing.BadSignature, ValueError, TypeError, KeyError):
        return None
    person = User.objects.filter(pk=pk, is_active=True).first()
    return person if person and constant_time_compare(state, _state(person)) else None


def _state(person):
    parts = [person.password, person.email, str(person.last_login)]
    return salted_hmac("choose a password", "\0".join(parts), algorithm="sha256").hexdigest()[:32]


def path(person, purpose):
    """The link itself, without the register's own address."""
    return reverse("password_link", args=[token_for(person, purpose)])


def send(person, purpose):
    """Mails the link to the person; raises what the mail server raises."""
    subjects = {
        FORGOTTEN: _("Choose a new password for the safeguarding findings register"),
        INVITATION: _("You are invited to the safeguarding findings register"),
    }
    context = {
        "name": one_line(person.get_full_name()),
        "email": person.email,
        "address": settings.BASE_URL + path(person, purpose),
        "is_invitation": purpose == INVITATION,
    }
    body = render_to_string("email/choose_password.txt", context)
    EmailMessage(subjects[purpose], body, settings.DEFAULT_FROM_EMAIL, [person.email]).send()


def sent(person, purpose):
    """Mails the link; whether the mail server took it."""
    try:
        send(person, purpose)
    except OSError:  # smtplib's errors are of this kind
        logger.exception("A link to choose a password could not be sent")
        return False
    return True


def send_if_known(email):
    """For somebody who asks from outside: says neither by its answer nor by an error whether anybody is there."""
    try:
        person = User.objects.filter(email__iexact=email, is_active=True).first()
        if person:
            send(person, FORGOTTEN)
    except Exception:
        logger.exception("A link to choose a password could not be sent")
