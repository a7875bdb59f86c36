"""Signing in by an organisation's own sign-in (OpenID Connect, authorization code with PKCE).

It says who somebody is, and nothing else: the person is looked up by the address that the provider has verified, no
account is made and no role is read from it. Whatever is wrong is one and the same refusal.
"""

import base64
import hashlib
import json
import secrets
import time
from urllib.error import URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import jwt
from django.conf import settings
from django.urls import reverse

from ..models import User

STATE = "single sign-on"  # in the session: what was asked, until the answer comes
VALID_FOR = 600  # seconds between leaving for the provider and coming back
TIMEOUT = 5  # seconds, for each of three requests
LARGEST = 1_000_000  # bytes of an answer
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384"]  # none that is keyed by something public
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class Refused(Exception):
    """The provider's answer proves nothing. The message is for the log: no names, no addresses."""


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *args, **kwargs):
        return None


def is_on():
    return bool(settings.OIDC_ISSUER)


def leave(request, next_url, kept):
    """The address of the provider to go to; notes in the session what has to come back."""
    found = _metadata()
    verifier = secrets.token_urlsafe(48)
    asked = {
        "state": secrets.token_urlsafe(24),
        "nonce": secrets.token_urlsafe(24),
        "verifier": verifier,
        "at": int(time.time()),
        "next": next_url,
        "kept": kept,
        "person": request.user.pk,  # who proves once more who they are; None for a stranger
    }
    request.session[STATE] = asked
    query = {
        "response_type": "code",
        "client_id": settings.OIDC_CLIENT_ID,
        "redirect_uri": _back(request),
        "scope": "openid email",
        "state": asked["state"],
        "nonce": asked["nonce"],
        "code_challenge": _base64(hashlib.sha256(verifier.encode()).digest()),
        "code_challenge_method": "S256",
    }
    if asked["person"]:
        query |= {"prompt": "login", "max_age": "0"}
    return f"{_endpoint(found, 'authorization_endpoint')}?{urlencode(query)}"


def come_back(request):
    """(the person whom the provider names, what was noted on leaving). Raises Refused."""
    asked = request.session.pop(STATE, None)
    if not asked or not secrets.compare_digest(
        asked["state"].encode(), request.GET.get("state", "").encode()
    ):
        raise Refused("no sign-in was begun in this browser, or another one")
    if time.time() - asked["at"] > VALID_FOR:
        raise Refused("it took too long")
    if "code" not in request.GET:
        raise Refused("the provider gave no code")
    found = _metadata()
    answer = _token(found, request, asked)
    claims = _claims(found, answer.get("id_token"), asked["nonce"])
    if asked["person"] and not time.time() - 300 < claims.get("auth_time", 0) < time.time() + 60:
        raise Refused("the provider did not ask the person again")
    if claims.get("email_verified") is not True or not isinstance(claims.get("email"), str):
        raise Refused("the provider has not verified an address")
    person = User.objects.filter(email__iexact=claims["email"], is_active=True).first()
    if person is None or asked["person"] not in (None, person.pk):
        raise Refused("nobody here signs in with that address, or somebody else has signed in")
    return person, asked


def _claims(found, token, nonce):
    """What the signed token says. Raises Refused unless it was made by the provider, for this register, just now."""
    try:
        keys = jwt.PyJWKSet.from_dict(_json(_endpoint(found, "jwks_uri")))
        named = jwt.get_unverified_header(token).get("kid")
        key = next(key for key in keys.keys if key.key_id == named)
        claims = jwt.decode(
            token,
            key.key,
            algorithms=ALGORITHMS,
            audience=settings.OIDC_CLIENT_ID,
            issuer=settings.OIDC_ISSUER,
            leeway=60,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except (jwt.PyJWTError, StopIteration, TypeError, ValueError, AttributeError) as error:
        raise Refused(f"the token is no good: {type(error).__name__}") from error
    if not secrets.compare_digest(str(claims.get("nonce")).encode(), nonce.encode()):
        raise Refused("the token was made for another sign-in")
    if claims.get("azp", settings.OIDC_CLIENT_ID) != settings.OIDC_CLIENT_ID:
        raise Refused("the token was made for another program")
    return claims


def _token(found, request, asked):
    fields = {
        "grant_type": "authorization_code",
        "code": request.GET["code"],
        "redirect_uri": _back(request),
        "code_verifier": asked["verifier"],
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if "client_secret_basic" in found.get("token_endpoint_auth_methods_supported", ["client_secret_basic"]):
        pair = f"{quote(settings.OIDC_CLIENT_ID, safe='')}:{quote(settings.OIDC_CLIENT_SECRET, safe='')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    else:
        fields |= {"client_id": settings.OIDC_CLIENT_ID, "client_secret": settings.OIDC_CLIENT_SECRET}
    return _json(_endpoint(found, "token_endpoint"), urlencode(fields).encode(), headers)


def _metadata():
    if not is_safe(settings.OIDC_ISSUER):
        raise Refused("the issuer is to be reached over TLS")
    found = _json(settings.OIDC_ISSUER.rstrip("/") + "/.well-known/openid-configuration")
    if found.get("issuer") != settings.OIDC_ISSUER:
        raise Refused("the provider says that it is another")
    return found


def _endpoint(found, name):
    url = found.get(name)
    if not isinstance(url, str) or not is_safe(url):
        raise Refused(f"the provider has no sound {name}")
    return url


def is_safe(url):
    """Over TLS, or on this very machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def _json(url, data=None, headers=None):
    request = Request(url, data, {"Accept": "application/json", **(headers or {})})
    try:
        with build_opener(_NoRedirect).open(request, timeout=TIMEOUT) as response:
            found = json.loads(response.read(LARGEST))
    except (URLError, OSError, ValueError) as error:
        raise Refused(f"the provider does not answer as it should: {type(error).__name__}") from error
    if not isinstance(found, dict):
        raise Refused("the provider does not answer as it should")
    return found


def _back(request):
    return request.build_absolute_uri(reverse("single_sign_on_back"))


def _base64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
