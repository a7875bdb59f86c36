"""People come by an invitation and leave by being shut out: one event each, and what waits for them is named."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from agencies.models import Channel, Role, User
from agencies.sign_in import links

from .browsing import page, text
from .conftest import PASSWORD
from .test_accounts import NEW, sign_in
from .test_fresh_sign_in import goes_stale
from .test_password_links import choose, opened


def tool(name, person=None):
    return reverse(f"admin:agencies_user_{name}", args=[person.pk] if person else [])


@pytest.fixture
def desk(signed_in, adam):
    return signed_in(adam)


@pytest.fixture
def nina(desk):
    """Added without a password, not yet invited."""
    added = desk.post(tool("add"), {"email": "nina@people.example", "first_name": "Nina", "role": "auditor"})
    nina = User.objects.get(email="nina@people.example")
    assert added.url == tool("link", nina)
    return nina


def told(event):
    return event.verb, event.by, event.channel, event.before, event.after


def link_on(response):
    return re.search(r"https?://[^/]+(/sign-in/password/[^<\s]+/)", response.content.decode())[1]


# Coming


def test_a_person_is_added_without_a_password_and_cannot_sign_in_yet(nina):
    assert not nina.has_usable_password()
    assert [event.verb for event in nina.events()] == ["added"]
    assert sign_in(Client(), nina.email, "").status_code == 200


def test_with_a_mail_server_the_invitation_is_mailed_and_shown_to_nobody_else(nina, desk, adam, settings):
    settings.BASE_URL = "https://register.example.org"
    assert "Send the link" in desk.get(tool("link", nina)).content.decode()
    assert not mail.outbox
    done = desk.post(tool("link", nina), follow=True)
    assert "A link is on its way to nina@people.example." in done.content.decode()
    assert "/sign-in/password/" not in done.content.decode()
    assert told(nina.events().last()) == ("invited", adam, Channel.ADMIN, {}, {})
    assert [message.to for message in mail.outbox] == [[nina.email]]
    assert "within a week" in mail.outbox[0].body
    link = re.search(r"https://register\.example\.org(/\S+/)", mail.outbox[0].body)[1]
    client, chosen = opened(link)
    assert choose(client, chosen).url == "/sign-in/"
    assert sign_in(client, nina.email, NEW).url == "/"


def test_without_one_the_link_is_shown_once_to_be_handed_over(nina, desk):
    shown = desk.post(tool("link", nina))
    assert "No mail went out." in shown.content.decode()
    assert not mail.outbox
    link = link_on(shown)
    assert "/sign-in/password/" not in desk.get(tool("link", nina)).content.decode()
    client, chosen = opened(link)
    choose(client, chosen)
    assert opened(link)[1].status_code == 404
    assert sign_in(Client(), nina.email, NEW).url == "/"
    assert [event.verb for event in nina.events()] == ["added", "invited", "password set"]
    nina.refresh_from_db()
    assert nina.events().last().by == nina


def test_a_mail_that_does_not_go_out_leaves_the_link_to_be_handed_over(nina, desk, settings):
    settings.BASE_URL = "https://register.example.org"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1
    shown = desk.post(tool("link", nina))
    assert "No mail went out." in shown.content.decode()
    assert opened(link_on(shown))[1].status_code == 200


@pytest.mark.parametrize(("days", "status"), [(6, 200), (8, 404)])
def test_an_invitation_lasts_a_week(nina, monkeypatch, days, status):
    from django.core import signing

    link = links.path(nina, links.INVITATION)
    later = signing.time.time() + days * 24 * 3600
    monkeypatch.setattr(signing.time, "time", lambda: later)
    assert opened(link)[1].status_code == status


def test_somebody_who_has_forgotten_theirs_gets_a_link_for_an_hour(desk, otto, adam):
    page = desk.get(tool("link", otto)).content.decode()
    assert "within an hour" in page
    link = link_on(desk.post(tool("link", otto)))
    assert told(otto.events().last())[:3] == ("link to choose a password given", adam, Channel.ADMIN)
    assert (
        sign_in(Client(), otto.email, PASSWORD).status_code == 302
    )  # theirs goes on until another is chosen
    assert opened(link)[1].status_code == 404  # and they remembered it


# Leaving


def test_who_leaves_is_shut_out_by_one_event_and_signed_out_everywhere(desk, adam, otto):
    at_work = Client()
    sign_in(at_work, otto.email)
    assert desk.get(tool("shut_out", otto)).status_code == 200
    assert at_work.get("/").status_code == 200
    assert desk.post(tool("shut_out", otto)).status_code == 302
    assert told(otto.events().last()) == (
        "shut out", adam, Channel.ADMIN, {"is_active": True}, {"is_active": False},
    )  # fmt: skip
    assert otto.events().count() == 2
    assert at_work.get("/").status_code == 302
    assert sign_in(Client(), otto.email).status_code == 200


def test_who_comes_back_is_let_in_and_their_old_sessions_are_not(desk, adam, otto):
    at_work = Client()
    sign_in(at_work, otto.email)
    otto.shut_out(by=adam)
    assert desk.post(tool("let_in", otto)).status_code == 302
    assert told(otto.events().last())[:2] == ("let in again", adam)
    assert at_work.get("/").status_code == 302
    assert sign_in(Client(), otto.email).status_code == 302


def test_what_is_on_their_desk_is_named_as_far_as_the_administrator_sees_it(
    desk, otto, mary, recommendation, drafting, draft
):
    recommendation.assign(by=mary, to=otto, reason="For the test.")
    draft.move("submit", by=draft.author)
    draft.refresh_from_db()
    draft.assign(by=mary, to=otto, reason="For the test.")
    shown = desk.get(tool("shut_out", otto)).content.decode()
    assert "Otto Example follows up 1 recommendation that is still open." in shown
    assert "A manager of Ofsted hands the work of Otto Example over" in shown
    assert "DRAFT-WORDS" not in shown
    assert "2 " not in re.sub(r"<[^>]*>", "", shown).split("follows up")[1][:60]
    done = desk.post(tool("shut_out", otto), follow=True).content.decode()
    assert "Otto Example follows up 1 recommendation that is still open." in done


def test_nobody_shuts_themselves_out(desk, adam):
    assert (
        desk.get(tool("shut_out", adam)).status_code == desk.post(tool("shut_out", adam)).status_code == 403
    )
    assert "/shut-out/" not in desk.get(tool("change", adam)).content.decode()
    adam.refresh_from_db()
    assert adam.is_active


def test_each_tool_is_there_when_it_can_be_used(desk, otto, adam):
    def tools():
        shown = desk.get(tool("change", otto)).content.decode()
        return {name for name in ("link", "password", "shut-out", "let-in") if f"/{otto.pk}/{name}/" in shown}

    assert tools() == {"link", "password", "shut-out"}
    assert desk.post(tool("let_in", otto)).status_code == 403
    otto.shut_out(by=adam)
    assert tools() == {"let-in"}
    for name in ("shut_out", "link"):
        assert desk.post(tool(name, otto)).status_code == 403
    assert otto.events().count() == 2


def test_being_active_is_no_field_that_a_form_can_change(desk, otto):
    fields = {"email": otto.email, "first_name": "Otto", "last_name": "Example", "role": Role.INSPECTOR}
    fields |= {"agency": otto.agency_id, "seen_version": otto.version}
    desk.post(tool("change", otto), {**fields, "first_name": "Ottilie"})
    otto.refresh_from_db()
    assert (otto.first_name, otto.is_active) == ("Ottilie", True)


@pytest.mark.parametrize("name", ["link", "shut_out", "second_step", "password"])
def test_others_use_none_of_it_and_administrators_after_a_fresh_proof_only(name, desk, otto, mary, signed_in):
    for person in (mary, otto):
        client = signed_in(person)
        assert client.get(tool(name, otto)).status_code == client.post(tool(name, otto)).status_code == 403
    assert desk.get(tool(name, otto)).status_code == 200
    goes_stale(desk)
    assert desk.get(tool(name, otto)).status_code == 302
    asked = desk.post(tool(name, otto))
    assert "Confirm that it is you" in text(asked)
    assert page(asked).find("form", class_="app-form") is not None
    assert otto.events().count() == 1
