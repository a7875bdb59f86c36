"""Mails to people of the register: whether they go out, whom they go to, and names that add nothing to them."""

from email.utils import formataddr

from django.conf import settings

CONSOLE = "django.core.mail.backends.console.EmailBackend"
# Answering machines leave mail alone that is marked so.
AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


def mail_works():
    """Whether mails go out, and lead back here."""
    return bool(settings.BASE_URL) and settings.EMAIL_BACKEND != CONSOLE


def addressed(person, address=""):
    """The person with their address, or with another one that is theirs, for the head of a mail."""
    return formataddr((one_line(person.get_full_name()), address or person.email))


def one_line(text):
    """Names without line breaks and control characters: none can add a header to a mail, or a line to its text."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in str(text)).split())
