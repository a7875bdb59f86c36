"""What every answer says to the browser, whatever it is: a page, an error, a redirect, a file, a picture of the design."""

from http.cookies import SimpleCookie

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from agencies.middleware import PERMISSIONS_POLICY

from ..browsing import form

YEAR = 365 * 24 * 3600


@pytest.fixture(autouse=True)
def _production(settings):
    """HTTPS, as in production: the tests' own settings say PLAIN_HTTP."""
    settings.SECURE_HSTS_SECONDS = YEAR
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True


def directives(response):
    found = {}
    for directive in response.headers.get("Content-Security-Policy", "").split(";"):
        name, *values = directive.split()
        found[name] = values
    return found


def wrong(response, *, secure=True, public=False):
    """What is wrong with the headers of an answer; nothing, where all is well."""
    headers, found = response.headers, []
    exact = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": PERMISSIONS_POLICY,
    }
    if secure:
        exact["Strict-Transport-Security"] = f"max-age={YEAR}; includeSubDomains; preload"
    found += [name for name, value in exact.items() if headers.get(name) != value]
    if "Content-Security-Policy" in headers:
        policy = directives(response)
        if policy.get("default-src") != ["'none'"] or policy.get("frame-ancestors") != ["'none'"]:
            found.append("open policy")
        sources = {value for values in policy.values() for value in values}
        if not sources <= {"'none'", "'self'", "data:"} or "data:" in policy.get("script-src", []):
            found.append(f"policy lets in {sources}")
    else:
        found.append("no policy")
    if not public and "no-store" not in headers.get("Cache-Control", ""):
        found.append("stored")
    found += [name for name in ("Server", "X-Powered-By", "Via") if name in headers]
    return found


def wrong_cookies(response):
    """Cookies that a script, another site or a plain connection could read. One that is taken away holds nothing."""
    given = [cookie for cookie in SimpleCookie(response.cookies).values() if cookie.value]
    return [
        (cookie.key, flag)
        for cookie in given
        for flag, value in (("secure", True), ("httponly", True))
        if cookie[flag] != value
    ] + [cookie.key for cookie in given if cookie["samesite"] not in ("Lax", "Strict")]


@pytest.mark.parametrize("method", ["get", "post", "head"])
def test_every_answer_of_every_page_to_everybody_is_closed(method, addresses, visitors):
    statuses, found = set(), []
    for client in visitors.values():
        for name, address in addresses:
            response = getattr(client, method)(address, secure=True)
            statuses.add(response.status_code)
            problems = wrong(response) + wrong_cookies(response)
            if problems or response.status_code >= 500:
                found.append((name, response.status_code, problems))
            list(response)  # a file is read to its end, and closed
    assert found == []
    assert (
        statuses
        >= {"get": {200, 302, 403, 404, 405}, "post": {200, 302, 403, 404}, "head": {200, 302}}[method]
    )


def test_pages_that_are_not_there_and_addresses_without_their_slash_are_closed_too(visitors):
    for client in visitors.values():
        for address in (
            "/no/such/page/",
            "/findings",
            "/admin",
            "/findings/2222222222222222/",
            "/%00",
            "/%ff/",
        ):
            response = client.get(address, secure=True)
            assert response.status_code in (301, 302, 404)
            assert wrong(response) == [], address


def test_a_broken_page_is_closed_too(visitors, monkeypatch):
    def raises(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("findings.views.themes.tally_by_theme", raises)
    response = visitors["ines"].get("/themes/", secure=True)
    assert response.status_code == 500
    assert wrong(response) == []


def test_the_administration_is_closed_too(visitors, finding):
    pages = [
        reverse("admin:index"),
        reverse("admin:findings_finding_changelist"),
        reverse("admin:findings_finding_change", args=[finding.pk]),
        reverse("admin:agencies_agency_add"),
        reverse("admin:login"),
        reverse("admin:jsi18n"),
    ]
    for client in visitors.values():
        for address in pages:
            response = client.get(address, secure=True)
            assert response.status_code in (200, 302, 403)
            assert wrong(response) == [], (address, response.status_code)
    assert visitors["adam"].get(pages[1], secure=True).status_code == 200


def test_a_plain_connection_is_led_to_https_and_nothing_is_served_on_it(visitors):
    for client in visitors.values():
        response = client.get("/findings/?q=word")
        assert (response.status_code, response["Location"]) == (301, "https://testserver/findings/?q=word")
        # Browsers take no notice of HSTS on a plain connection.
        assert wrong(response, secure=False, public=True) == []


@pytest.mark.parametrize(
    "host", ["evil.example", "testserver.evil.example", "testserver@evil.example", "a b", ""]
)
def test_another_host_name_is_a_400_that_does_not_repeat_it(host, stranger):
    for secure in (True, False):
        response = stranger.get("/sign-in/", secure=secure, headers={"host": host})
        assert response.status_code == 400
        assert wrong(response, secure=secure, public=True) == []
        assert "evil.example" not in response.content.decode()


def test_a_forwarded_host_name_is_not_believed(stranger):
    response = stranger.get("/", secure=True, headers={"x-forwarded-host": "evil.example"})
    assert response.status_code == 302
    assert "evil.example" not in response["Location"]


@pytest.mark.parametrize(
    "method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "QUERY"]
)
def test_a_method_that_no_page_knows_is_a_405(method, addresses, visitors):
    for name in ("stranger", "mary"):
        for _name, address in addresses:
            response = visitors[name].generic(method, address, secure=True)
            assert response.status_code == 405
            assert wrong(response, public=True) == []


def test_static_files_are_closed_too(settings, tmp_path, rf: RequestFactory):
    """Each as the server gives it out: found and not, and one that a browser could run."""
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "a.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>")
    (tmp_path / "a.js").write_text("1")
    client = Client()
    for address in ("/static/a.svg", "/static/a.js"):
        response = client.get(address, secure=True)
        assert response.status_code == 200
        assert b"".join(response)
        assert wrong(response, public=True) == []
    assert wrong(client.get("/static/../secret_key", secure=True)) == []


def test_every_form_needs_its_token(addresses, visitors, ines):
    """Every page that there is refuses what comes without the token of its own form; with it, it is let in."""
    checking = Client(enforce_csrf_checks=True)
    checking.force_login(ines)
    refused = {name for name, address in addresses if checking.post(address, secure=True).status_code == 403}
    # Forms without a key to come back by are refused; none is let through.
    assert refused == {name for name, _address in addresses}
    for headers in ({"origin": "https://evil.example"}, {"referer": "https://evil.example/"}, {}):
        token = checking.get("/account/password/", secure=True)
        data = {"csrfmiddlewaretoken": form(token)[1]["csrfmiddlewaretoken"][0]}
        response = checking.post("/account/password/", data, secure=True, headers=headers)
        assert response.status_code == 403
    ours = {"referer": "https://testserver/account/password/"}
    assert checking.post("/account/password/", data, secure=True, headers=ours).status_code == 200
