"""How often a password or a code may be tried: so seldom that guessing is hopeless, and nobody can lock out the owner.

A wrong try counts for the account (20 a day) and for the address of the network that it came from (20 an hour), in
the database, so that all workers count together. The right password counts for nothing. A browser in which the
person has signed in before carries a signed cookie that says so for this account alone: its tries are counted apart
(20 a day as well), so that somebody who guesses elsewhere uses up nothing of the owner's. Names that nobody has are
counted like those that somebody has.
"""

import ipaddress
import secrets
from contextlib import contextmanager

from django.conf import settings
from django.core import signing
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext

from ..models import TooManyTries, Tries

HOUR, DAY = 3600, 24 * 3600
OF_AN_ACCOUNT = (20, DAY)
OF_AN_ADDRESS = (20, HOUR)
MAILS = (5, DAY)  # links to choose a password, to one address of e-mail
KNOWN = "known_browser"  # the cookie
KNOWN_FOR = 400 * DAY  # seconds; no browser keeps a cookie longer


def client_address(request):
    """Where the request comes from, or "" where that cannot be told.

    The address of the connection, unless TRUSTED_PROXIES says how many proxies stand before the register: then that
    many from the right of X-Forwarded-For, where the outermost of them wrote it. What stands further left anybody
    can have written.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
        if len(hops) >= settings.TRUSTED_PROXIES:
            address = hops[-settings.TRUSTED_PROXIES]
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return ""


def _network(address):
    """An IPv6 address is one of very many that its owner has: they are counted together."""
    found = ipaddress.ip_address(address) if address else None
    if found is None or found.version == 4:
        return address
    return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))


def _key(*parts):
    return salted_hmac("tries", "\0".join(map(str, parts)), algorithm="sha256").hexdigest()


def _account(email):
    # In capitals first: to a database a dotless i may be a form of the letter i.
    return _key("account", email.strip().upper().casefold())


def _known_browser(request, account):
    """The number of this browser when the person of this account has signed in here before, else ""."""
    try:
        owner, number = signing.loads(request.COOKIES.get(KNOWN, ""), salt=KNOWN, max_age=KNOWN_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return number if owner == account else ""


def remember_browser(request, response, person):
    """The person has just proved here who they are: what is tried for them in this browser is counted apart."""
    account = _account(person.email)
    response.set_cookie(
        KNOWN,
        signing.dumps([account, _known_browser(request, account) or secrets.token_urlsafe(9)], salt=KNOWN),
        max_age=KNOWN_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


@contextmanager
def _counted(limits):
    """Counts a try, and takes it back when the block calls `right()`. Raises TooManyTries before the block is run."""
    moment = Tries.count(limits)

    def right():
        Tries.take_back(list(limits), moment)

    yield right


def password_try(request, email):
    """with password_try(request, email) as right: ... right() when the password is the right one."""
    account = _account(email)
    if number := _known_browser(request, account):
        return _counted({_key("known", account, number): OF_AN_ACCOUNT})
    return _counted(
        {account: OF_AN_ACCOUNT, _key("address", _network(client_address(request))): OF_AN_ADDRESS}
    )


def further_try(request, person, what):
    """The same for somebody who has given the right password before: their code, or their password once more."""
    number = _known_browser(request, _account(person.email))
    return _counted({_key(what, person.pk, number): OF_AN_ACCOUNT})


def count_mail(request, email):
    """Counts a mail that is asked for; whether it may still go to this address. Raises TooManyTries for the asker."""
    Tries.count({_key("mails from", _network(client_address(request))): OF_AN_ADDRESS})
    try:
        Tries.count({_key("mails to", _account(email)): MAILS})
    except TooManyTries:
        return False
    return True


def wait_in_words(seconds):
    if seconds < HOUR:
        minutes = -(-seconds // 60)
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    hours = -(-seconds // HOUR)
    return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}


def as_too_many(response, wait):
    """The answer, as one that says when to come back; unchanged when there is nothing to wait for."""
    if wait:
        response.status_code = 429
        response.headers["Retry-After"] = str(wait)
    return response
