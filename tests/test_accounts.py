"""Signing in and out, passwords, and what every response carries whoever asks."""

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import User

from .browsing import error_summary, errors_beside, page, submit, text
from .conftest import PASSWORD

WRONG = "The email address or the password is not right."


def sign_in(client, email, password=PASSWORD, page_url="/sign-in/"):
    return submit(client, client.get(page_url), button=None, username=email, password=password)


def test_a_person_signs_in_and_out(client, ines):
    response = sign_in(client, ines.email)
    assert (response.status_code, response.url) == (302, "/")
    assert "Hello Ines" in text(client.get("/"))
    assert client.get("/sign-out/").status_code == 405
    assert "You have signed out" in text(client.post("/sign-out/"))
    assert client.get("/").status_code == 302


def test_signing_in_leads_to_the_page_that_was_asked_for(client, ines, finding):
    asked = f"{finding.get_absolute_url()}?a=b&c=d"
    response = client.get(asked)
    assert sign_in(client, ines.email, page_url=response.url).url == asked


@pytest.mark.parametrize("email", ["INES@PEOPLE.EXAMPLE", "Ines@People.example", "  ines@people.example "])
def test_the_case_of_an_address_does_not_matter(client, ines, email):
    assert sign_in(client, email).status_code == 302


def test_two_people_never_share_an_address_in_another_case(ines):
    with pytest.raises(Exception, match="already signs in with this address"):
        User.objects.create_user("INES@people.example", PASSWORD)


def test_known_and_unknown_addresses_and_inactive_people_get_the_same_answer(client, ines, mary):
    mary.change(by=None, values={"is_active": False})
    answers = [
        sign_in(Client(), ines.email, "wrong"),
        sign_in(Client(), "nobody@people.example", "wrong"),
        sign_in(Client(), "nobody@people.example", PASSWORD),
        sign_in(Client(), mary.email, PASSWORD),
        sign_in(Client(), mary.email, "wrong"),
    ]
    for answer in answers:
        assert answer.status_code == 200
        assert error_summary(answer) == [WRONG]
    assert len({text(answer) for answer in answers}) == 1


@pytest.mark.parametrize(
    ("email", "password"), [("", ""), ("\x00", "x"), ("x" * 1000, "x"), ("ines@people.example", "\x00")]
)
def test_what_cannot_be_an_address_or_password_is_no_server_error(client, ines, email, password):
    response = sign_in(client, email, password)
    assert response.status_code == 200
    assert error_summary(response)


def test_somebody_made_inactive_is_signed_out_at_once(signed_in, ines):
    client = signed_in(ines)
    assert client.get("/").status_code == 200
    ines.change(by=None, values={"is_active": False})
    assert client.get("/").status_code == 302


def test_a_signed_in_person_is_led_on_from_the_sign_in_page(signed_in, ines):
    assert signed_in(ines).get("/sign-in/").url == "/"


def test_signing_in_changes_the_session(client, ines):
    client.get("/sign-in/")
    session = client.session
    session["before"] = "x"
    session.save()
    key = session.session_key
    client.cookies["sessionid"] = key
    sign_in(client, ines.email)
    assert client.session.session_key != key


# Passwords

NEW = "another quite long password"


def change_password(client, old=PASSWORD, new=NEW, again=NEW):
    opened = client.get("/account/password/")
    return submit(client, opened, button=None, old_password=old, new_password1=new, new_password2=again)


def test_a_person_changes_their_own_password_and_stays_signed_in(signed_in, ines):
    client, elsewhere = signed_in(ines), signed_in(ines)
    response = change_password(client)
    assert "Your password has been changed" in text(client.get(response.url))
    assert client.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302
    assert sign_in(Client(), ines.email).status_code == 200
    assert sign_in(Client(), ines.email, NEW).status_code == 302


@pytest.mark.parametrize(
    ("fields", "field", "error"),
    [
        ({"old": "wrong"}, "id_old_password", "Your old password was entered incorrectly"),
        ({"again": "different"}, "id_new_password2", "The two password fields didn’t match"),
        ({"new": "short", "again": "short"}, "id_new_password2", "at least 12 characters"),
        ({"new": "password1234", "again": "password1234"}, "id_new_password2", "too common"),
        (
            {"new": "ines@people.example", "again": "ines@people.example"},
            "id_new_password2",
            "too similar to the email address",
        ),
    ],
)
def test_a_password_that_will_not_do_is_refused_beside_its_field(signed_in, ines, fields, field, error):
    response = change_password(signed_in(ines), **fields)
    assert response.status_code == 200
    assert error in " ".join(errors_beside(response, field))
    assert page(response).find("title").text.startswith("Error:")
    ines.refresh_from_db()
    assert ines.check_password(PASSWORD)


def test_a_changed_password_stands_in_the_history_without_the_password(signed_in, ines):
    change_password(signed_in(ines))
    event = ines.events().last()
    assert (event.verb, event.by, event.before, event.after) == ("password set", ines, {}, {})


# What every response carries

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def assert_guarded(response, status):
    assert response.status_code == status
    for name, value in HEADERS.items():
        assert response.headers.get(name) == value, name
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy.split("; ")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "no-store" in response.headers["Cache-Control"]
    assert "private" in response.headers["Cache-Control"]


@pytest.fixture
def broken(monkeypatch):
    """The list of themes raises."""

    def raises(*args, **kwargs):
        raise RuntimeError("SECRET-DETAIL")

    monkeypatch.setattr("findings.views.themes.tally_by_theme", raises)


def test_every_kind_of_response_is_guarded_and_stored_nowhere(signed_in, ines, finding, drafting, broken):
    client = signed_in(ines)
    client.raise_request_exception = False
    assert_guarded(client.get("/"), 200)
    assert_guarded(client.get("/sign-in/"), 302)
    assert_guarded(client.get(reverse("inspection_edit", args=[finding.inspection.public_id])), 403)
    assert_guarded(client.get("/findings/2222222222222222/"), 404)
    assert_guarded(client.get("/no/such/page/"), 404)
    assert_guarded(client.get("/sign-out/"), 405)
    assert_guarded(client.get("/themes/"), 500)
    assert_guarded(Client().get("/"), 302)
    assert_guarded(Client().get("/sign-in/"), 200)
    checking = Client(enforce_csrf_checks=True)
    assert_guarded(checking.post("/sign-in/", {"username": "x"}), 403)
    assert_guarded(Client().get("/healthz"), 200)


def test_pages_that_refuse_have_the_look_of_the_others(signed_in, ines, finding):
    client = signed_in(ines)
    refused = client.get(reverse("inspection_edit", args=[finding.inspection.public_id]))
    missing = client.get("/no/such/page/")
    for response, heading in (
        (refused, "You are not allowed to do this"),
        (missing, "Page not found"),
    ):
        tree = page(response)
        assert tree.find("h1").text == heading
        assert tree.find("link", rel="stylesheet")["href"].endswith("css/main.css")
        assert tree.find("html")["lang"] == "en-gb"
        assert tree.find("form", action="/sign-out/") is not None


def test_an_error_page_tells_nothing_of_the_error(signed_in, ines, broken):
    client = signed_in(ines)
    client.raise_request_exception = False
    response = client.get("/themes/")
    assert page(response).find("h1").text == "Sorry, there is a problem"
    assert "SECRET-DETAIL" not in response.content.decode()
    assert "Traceback" not in response.content.decode()


# Closed unless marked open


def test_only_the_health_check_and_signing_in_are_open(client, finding, draft, cleveland, strategy):
    inspection = draft.inspection.public_id
    closed = [
        "/",
        "/about/",
        "/agencies/",
        cleveland.get_absolute_url(),
        "/inspections/",
        "/inspections/new/",
        draft.inspection.get_absolute_url(),
        f"/inspections/{inspection}/edit/",
        f"/inspections/{inspection}/judgements/",
        f"/inspections/{inspection}/dates/new/",
        f"/inspections/{inspection}/publish/confirm/",
        f"/inspections/{inspection}/findings/new/",
        f"/inspections/{inspection}/findings/earlier/",
        "/findings/",
        finding.get_absolute_url(),
        f"{finding.get_absolute_url()}edit/",
        f"{finding.get_absolute_url()}withdraw/",
        f"{finding.get_absolute_url()}submit/confirm/",
        "/themes/",
        strategy.get_absolute_url(),
        "/account/password/",
        "/account/password/changed/",
        "/findings/2222222222222222/",
        "/dashboard/",
        "/compare/",
        "/figures/",
        "/figures/serious-weakness/",
        "/figures/themes/?take=csv",
        "/views/",
        "/views/new/",
        "/views/2222222222222222/",
        "/views/2222222222222222/change/",
        "/views/2222222222222222/remove/",
        "/typed/",
        "/typed/discard/",
    ]
    for address in closed:
        for response in (client.get(address), client.post(address, {"x": "y"}), client.head(address)):
            assert response.status_code == 302, address
            assert response.url.startswith("/sign-in/?next=/"), address
    assert client.get("/admin/").status_code == 302
    assert client.get("/healthz").content == b"ok"
    assert client.get("/sign-in/").status_code == 200


CONVERTED = {
    "public_id": "2222222222222222",
    "comment_id": "2222222222222222",
    "commitment_id": "2222222222222222",
    "name": "any-name",
    "slug": "any-slug",
    "verb": "any-verb",
    "number": 1,
    "code": "any-code",
    "token": "any-token",
    "pk": 1,
}
OPEN = {
    "sign_in", "sign_out", "healthz", "readyz",
    "password_forgotten", "password_forgotten_sent", "password_link", "password_choose", "second_step_asked",
    "single_sign_on", "single_sign_on_back",
}  # fmt: skip


def test_every_address_of_the_register_is_closed():
    """Those above by hand; these as the resolver knows them, so that a new page is never forgotten."""
    from .who_sees_what import patterns

    client = Client()
    for name, arguments in patterns():
        if name in OPEN:
            continue
        address = reverse(name, kwargs={key: CONVERTED[key] for key in arguments})
        for response in (client.get(address), client.post(address, {"x": "y"}), client.head(address)):
            assert response.status_code == 302, address
            assert response.url.startswith("/sign-in/?next=/"), address


def test_somebody_without_a_role_sees_nothing(signed_in, nobody, finding, draft, cleveland, strategy):
    client = signed_in(nobody)
    assert "Your account has no role yet" in text(client.get("/"))
    for address in ("/findings/", "/inspections/", "/agencies/"):
        assert page(client.get(address)).find("p", role="status").text.startswith("0 ")
    for record in (finding, draft, draft.inspection, finding.inspection, cleveland, strategy):
        assert client.get(record.get_absolute_url()).status_code == 404
    assert "Cleveland" not in client.get("/findings/").content.decode()
    assert "Stockton" not in client.get("/inspections/").content.decode()
    assert "North East" not in client.get("/agencies/").content.decode()
    assert strategy.name not in client.get("/themes/").content.decode()
