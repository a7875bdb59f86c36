"""Single sign-on: a real provider on this machine, whose every lie is refused; nobody is added and no role is read."""

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client
from django.urls import reverse
from jwt.algorithms import RSAAlgorithm

from agencies.models import User
from agencies.sign_in import second_step as steps

from .browsing import form, page, submit, text
from .test_accounts import sign_in
from .test_fresh_sign_in import goes_stale
from .test_second_step import SECRET, code

ROUTES = {"single_sign_on", "single_sign_on_back"}
CLIENT, CLIENT_SECRET = "register:1", "a secret of the client"


class Provider(ThreadingHTTPServer):
    """An OpenID provider: gives codes, takes each once from the right client with the right proof, signs tokens."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Answers)
        self.issuer = f"http://127.0.0.1:{self.server_port}/realm"
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.codes, self.asked, self.broken = {}, [], {}

    def sign(self, claims, key=None, algorithm="RS256", kid="first"):
        return jwt.encode(claims, key or self.key, algorithm=algorithm, headers={"kid": kid})

    def authorise(self, address, person_claims, sign=None):
        """The person signs in at the provider: the query with which they come back."""
        query = dict(parse_qsl(urlsplit(address).query))
        assert (query["response_type"], query["client_id"], query["code_challenge_method"]) == (
            "code",
            CLIENT,
            "S256",
        )
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": "1", "iat": now, "exp": now + 300, "auth_time": now,
            "nonce": query["nonce"], **person_claims,
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        given = secrets.token_urlsafe()
        self.codes[given] = (query, (sign or self.sign)(claims))
        return {"code": given, "state": query["state"]}

    def answer(self, path, posted, authorization):
        if path in self.broken:
            return self.broken[path]
        if path == "/realm/.well-known/openid-configuration":
            ends = {"authorization": "authorise", "token": "token"}
            found = {f"{name}_endpoint": f"{self.issuer}/{end}" for name, end in ends.items()}
            return 200, {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys", **found}
        if path == "/realm/keys":
            key = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
            return 200, {"keys": [{**key, "kid": "first", "use": "sig", "alg": "RS256"}]}
        query, token = self.codes.pop(posted["code"], ({}, ""))
        basic = base64.b64encode(b"register%3A1:a%20secret%20of%20the%20client").decode()
        proof = hashlib.sha256(posted["code_verifier"].encode()).digest()
        is_right = (
            authorization == f"Basic {basic}"
            and posted["redirect_uri"] == query.get("redirect_uri")
            and base64.urlsafe_b64encode(proof).rstrip(b"=").decode() == query["code_challenge"]
        )
        return (
            (200, {"id_token": token, "access_token": "x"}) if is_right else (400, {"error": "invalid_grant"})
        )


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        posted = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        posted = {name: values[0] for name, values in parse_qs(posted).items()}
        status, found = self.server.answer(self.path, posted, self.headers.get("Authorization"))
        body = found if isinstance(found, bytes) else json.dumps(found).encode()
        self.send_response(status)
        if status in (301, 302):
            self.send_header("Location", body.decode())
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def running():
    with Provider() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def provider(running, settings):
    running.codes, running.broken = {}, {}
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID = running.issuer, CLIENT
    settings.OIDC_CLIENT_SECRET, settings.OIDC_NAME = CLIENT_SECRET, "Ofsted sign-in"
    return running


def leave(client, **fields):
    """The address of the provider to which the person is led."""
    led = client.post("/sign-in/with/", fields)
    assert led.status_code == 200
    address = page(led).find("main").find("a")["href"]
    assert page(led).find("meta", http_equiv="refresh")["content"] == f"0; url={address}"
    return address


def come_back(client, provider, address, sign=None, **claims):
    claims = {"email_verified": True, **claims}
    return client.get("/sign-in/with/back/", provider.authorise(address, claims, sign))


def is_signed_in(client):
    return client.get("/about/").status_code == 200


def assert_refused(client, response):
    assert response.status_code == 403
    assert "did not tell us of anybody who may sign in here" in text(response)
    assert not is_signed_in(client)


# Signing in


def test_whoever_the_provider_names_is_signed_in(provider, ines):
    client = Client()
    assert "Sign in with Ofsted sign-in" in text(client.get("/sign-in/"))
    before = client.session.session_key
    response = come_back(client, provider, leave(client), email=ines.email.upper())
    assert (response.status_code, response.url) == (302, "/")
    assert "Hello Ines" in text(client.get("/"))
    assert client.session.session_key != before


def test_they_go_on_to_the_page_that_they_asked_for_and_nowhere_else(provider, ines, finding):
    client, wanted = Client(), finding.get_absolute_url()
    assert come_back(client, provider, leave(client, next=wanted), email=ines.email).url == wanted
    other = Client()
    assert come_back(other, provider, leave(other, next="https://evil.example/"), email=ines.email).url == "/"


def test_text_that_was_held_comes_back(provider, ines, drafting, signed_in):
    client, address = signed_in(ines), reverse("inspection_edit", args=[drafting.public_id])
    opened = client.get(address)
    client.session.flush()
    kept = form(submit(client, opened, notes="Typed before."))[1]["held"][0]
    response = come_back(client, provider, leave(client, held=kept, next=address), email=ines.email)
    assert form(client.get(response.url))[1]["notes"] == ["Typed before."]


def test_a_second_step_is_asked_for_here_too(provider, mary):
    steps.add_app(mary, SECRET, code(away=-1))
    client = Client()
    response = come_back(client, provider, leave(client), email=mary.email)
    assert response.url == "/sign-in/second-step/"
    assert not is_signed_in(client)
    assert submit(client, client.get(response.url), button=None, code=code()).url == "/"


def test_a_second_step_that_is_required_is_set_up_here_too(provider, mary, settings):
    settings.SECOND_STEP_FOR = ["manager"]
    client = Client()
    come_back(client, provider, leave(client), email=mary.email)
    assert client.get("/").url == "/account/second-step/"


def test_somebody_without_a_password_proves_once_more_who_they_are_by_it(provider, mary, finding):
    mary.set_unusable_password()
    mary.save()
    client, address = Client(), reverse("finding_withdraw", args=[finding.public_id])
    come_back(client, provider, leave(client), email=mary.email)
    opened = client.get(address)
    goes_stale(client)
    asked = submit(client, opened, reason="The report was corrected.")
    kept = page(asked).find("input", name="held")["value"]
    to = leave(client, next=address, held=kept)
    assert {"prompt": "login", "max_age": "0"}.items() <= dict(parse_qsl(urlsplit(to).query)).items()
    assert (
        come_back(client, provider, to, email=mary.email, auth_time=int(time.time()) - 3600).status_code
        == 403
    )
    assert client.get(address).status_code == 302
    back = come_back(client, provider, leave(client, next=address, held=kept), email=mary.email)
    assert form(client.get(back.url))[1]["reason"] == ["The report was corrected."]


def test_somebody_elses_proof_is_none(provider, mary, otto, publishing_address, signed_in):
    client = signed_in(mary)
    goes_stale(client)
    refused = come_back(client, provider, leave(client), email=otto.email)
    assert refused.status_code == 403
    assert client.get(publishing_address).status_code == 302


@pytest.fixture
def publishing_address(drafting):
    return reverse("inspection_step", args=[drafting.public_id, "publish"])


# Nobody is added, nothing is raised


@pytest.mark.parametrize(
    "email", ["nobody@people.example", "", None, 7, ["ines@people.example"], "otto@people.example"]
)
def test_nobody_is_added_and_who_left_stays_out(provider, ines, otto, email):
    otto.shut_out(by=None)
    client = Client()
    assert_refused(client, come_back(client, provider, leave(client), email=email))
    assert User.objects.count() == 2


def test_no_claim_changes_a_role(provider, ines):
    client, before = Client(), (ines.role, ines.agency_id, ines.version)
    claims = {"role": "administrator", "roles": ["administrator"], "groups": ["admins"], "is_staff": True}
    come_back(client, provider, leave(client), email=ines.email, name="Another Name", **claims)
    ines.refresh_from_db()
    assert (ines.role, ines.agency_id, ines.version) == before
    assert client.get("/admin/").status_code == 403


# Lies


@pytest.mark.parametrize(
    "lie",
    [
        {"email_verified": False},
        {"email_verified": None},
        {"email_verified": "true"},
        {"aud": "another"},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"iss": "https://evil.example"},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": int(time.time()) - 120},
        {"exp": None},
        {"iat": int(time.time()) + 3600},
        {"sub": None},
    ],
    ids=lambda lie: " ".join(lie),  # not the moments: every process that collects has others
)
def test_a_token_that_says_something_wrong_is_refused(provider, ines, lie):
    client = Client()
    assert_refused(client, come_back(client, provider, leave(client), email=ines.email, **lie))
    assert come_back(client, provider, leave(client), email=ines.email).status_code == 302


def signed_with_what_is_public(claims, key):
    """As if the public key were a shared secret: libraries that believe the token's own header take it."""
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    parts = [{"alg": "HS256", "kid": "first", "typ": "JWT"}, claims]
    signed = b".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts)
    mac = base64.urlsafe_b64encode(hmac.new(public, signed, "sha256").digest()).rstrip(b"=")
    return (signed + b"." + mac).decode()


def test_a_token_that_the_provider_did_not_sign_is_refused(provider, ines):
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    signers = [
        lambda claims: provider.sign(claims, other),
        lambda claims: provider.sign(claims, kid="second"),
        lambda claims: jwt.encode(claims, None, algorithm="none", headers={"kid": "first"}),
        lambda claims: signed_with_what_is_public(claims, provider.key),
        lambda claims: provider.sign(claims)[:-6] + "AAAAAA",
        lambda claims: "not.a.token",
        lambda claims: None,
        lambda claims: {"a": "dictionary"},
    ]
    for sign in signers:
        client = Client()
        assert_refused(client, come_back(client, provider, leave(client), sign, email=ines.email))


def test_an_answer_is_good_once_and_in_the_browser_that_asked(provider, ines):
    client, thief = Client(), Client()
    query = provider.authorise(leave(client), {"email": ines.email, "email_verified": True})
    leave(thief)
    for wrong in (
        query,
        {"code": query["code"]},
        {"state": query["state"]},
        {},
        {**query, "state": "\u00e9"},
    ):
        assert_refused(thief, thief.get("/sign-in/with/back/", wrong))
    assert client.get("/sign-in/with/back/", query).status_code == 302
    client.post("/sign-out/")
    assert_refused(client, client.get("/sign-in/with/back/", query))


def test_an_answer_that_took_too_long_is_refused(provider, ines, monkeypatch):
    client = Client()
    address = leave(client)
    later = time.time() + 601
    monkeypatch.setattr("agencies.sign_in.single_sign_on.time.time", lambda: later)
    assert_refused(client, come_back(client, provider, address, email=ines.email))


@pytest.mark.parametrize(
    "broken",
    [
        (500, {}), (200, b"no json"), (200, []), (200, {}), (302, b"http://127.0.0.1:1/"), (200, {"issuer": "x"}),
        (200, {"keys": []}), (200, {"keys": "x"}), (200, {"keys": [7]}), (200, {"id_token": 7}),
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("path", ["/realm/.well-known/openid-configuration", "/realm/keys", "/realm/token"])
def test_a_provider_that_is_broken_is_a_refusal_and_no_server_error(provider, ines, path, broken):
    client = Client()
    query = provider.authorise(leave(client), {"email": ines.email, "email_verified": True})
    provider.broken = {path: broken}
    assert_refused(client, client.get("/sign-in/with/back/", query))


def test_a_provider_that_is_away_or_unsafe_is_one_too(provider, ines, settings):
    client = Client()
    metadata = "/realm/.well-known/openid-configuration"
    unsafe = {"issuer": provider.issuer, "authorization_endpoint": "http://provider.example/authorise"}
    provider.broken = {metadata: (200, unsafe)}
    assert client.post("/sign-in/with/").status_code == 403
    for issuer in ("http://127.0.0.1:9", "http://provider.example", "file:///etc"):
        settings.OIDC_ISSUER = issuer
        assert client.post("/sign-in/with/").status_code == 403
    assert sign_in(Client(), ines.email).status_code == 302  # by password, as ever


def test_refusals_name_nobody_in_the_log(provider, ines, caplog):
    client = Client()
    come_back(client, provider, leave(client), email="nobody@people.example")
    assert "Single sign-on was refused" in caplog.text
    assert "nobody@people.example" not in caplog.text


def test_where_it_is_not_set_up_it_is_not_there(db):
    client = Client()
    assert "Sign in with" not in text(client.get("/sign-in/"))
    assert client.post("/sign-in/with/").status_code == client.get("/sign-in/with/back/").status_code == 404
    assert client.get("/sign-in/with/").status_code == 405
