"""Where somebody is signed in: seen by themselves alone, ended by themselves, by idleness, by age and by leaving."""

import time

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from agencies.sign_in.own_sessions import BEGAN_AT, SEEN_AT

from .browsing import form, page, submit, text
from .conftest import PASSWORD
from .test_accounts import NEW, change_password, sign_in

ROUTES = {"account", "sessions"}
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Version/18.6 Mobile Safari/604.1"
EDGE = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"


def browser(person, user_agent=FIREFOX):
    client = Client(headers={"User-Agent": user_agent})
    assert sign_in(client, person.email).status_code == 302
    return client


def is_signed_in(client):
    return client.get("/").status_code == 200


def ages(client, **seconds):
    """The session began, or was last seen, longer ago."""
    session = client.session
    for name, age in seconds.items():
        session[{"began": BEGAN_AT, "seen": SEEN_AT}[name]] = int(time.time()) - age
    session.save()


def listed(client):
    """[(device, whether it is this session)]"""
    rows = page(client.get("/account/sessions/")).find("tbody").find_all("tr")
    return [(row.find("th").text, "This one" in row.text) for row in rows]


# The list


def test_each_sees_their_own_sessions_and_nobody_elses(ines, otto):
    first, second = browser(ines), browser(ines, SAFARI)
    browser(otto, EDGE)
    assert sorted(listed(first)) == [("Firefox on Windows", True), ("Safari on iPhone", False)]
    assert sorted(listed(second)) == [("Firefox on Windows", False), ("Safari on iPhone", True)]


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (EDGE, "Edge on Linux"),
        ("curl/8.1", "An unknown device"),
        ("<b>Firefox", "Firefox"),
        ("x" * 2000, "An unknown"),
    ],
)
def test_a_device_is_named_as_people_know_it(ines, user_agent, device):
    [(named, here)] = listed(browser(ines, user_agent))
    assert named.startswith(device)
    assert here


def test_one_session_is_ended_and_the_others_go_on(ines):
    here, phone, third = browser(ines), browser(ines, SAFARI), browser(ines, EDGE)
    table = page(here.get("/account/sessions/"))
    row = next(row for row in table.find("tbody").find_all("tr") if "Safari" in row.text)
    done = here.post("/account/sessions/", {"session": row.find("button")["value"]}, follow=True)
    assert "That session has ended." in text(done)
    assert (is_signed_in(here), is_signed_in(phone), is_signed_in(third)) == (True, False, True)


def test_all_others_are_ended(ines, otto):
    here, phone, other = browser(ines), browser(ines, SAFARI), browser(otto)
    done = here.post("/account/sessions/", {"others": "1"}, follow=True)
    assert "1 other session ended." in text(done)
    assert (is_signed_in(here), is_signed_in(phone), is_signed_in(other)) == (True, False, True)
    assert "End all the others" not in text(done)


def test_nobody_ends_the_session_of_somebody_else(ines, otto):
    here, other = browser(ines), browser(otto)
    browser(otto, SAFARI)
    buttons = page(other.get("/account/sessions/")).find("tbody").find_all("button")
    theirs = buttons[0]["value"]
    for named in (theirs, "", "0", "x", "9" * 30):
        assert here.post("/account/sessions/", {"session": named}).status_code == 302
    assert is_signed_in(other)
    assert len(listed(other)) == 2


def test_the_key_of_a_session_stands_on_no_page(ines):
    here = browser(ines)
    shown = here.get("/account/sessions/").content.decode()
    assert here.session.session_key not in shown


# How long it lasts


def test_after_half_an_hour_without_doing_anything_it_ends(ines):
    client = browser(ines)
    ages(client, seen=29 * 60)
    assert is_signed_in(client)
    ages(client, seen=30 * 60)
    assert not is_signed_in(client)
    assert "sessionid" not in client.session
    assert not Session.objects.exists()


def test_after_twelve_hours_it_ends_however_busy(ines):
    client = browser(ines)
    ages(client, began=12 * 3600 - 60)
    assert is_signed_in(client)
    ages(client, began=12 * 3600)
    assert not is_signed_in(client)


def test_the_settings_say_how_long(ines, settings):
    settings.SESSION_IDLE_SECONDS, settings.SESSION_MAX_SECONDS = 300, 600
    client = browser(ines)
    ages(client, seen=299, began=599)
    assert is_signed_in(client)
    ages(client, seen=301)
    assert not is_signed_in(client)
    client = browser(ines)
    ages(client, began=601)
    assert not is_signed_in(client)


def test_each_page_keeps_it_alive_and_is_noted_at_most_once_a_minute(ines, django_assert_num_queries):
    client = browser(ines)
    client.get("/account/")
    ages(client, seen=59)
    with django_assert_num_queries(3):  # the session, the person and their agency
        client.get("/account/")
    assert client.session[SEEN_AT] <= time.time() - 59
    ages(client, seen=61)
    client.get("/account/")
    assert client.session[SEEN_AT] > time.time() - 5


@pytest.mark.parametrize("over", [{"seen": 30 * 60}, {"began": 12 * 3600}])
def test_typed_text_outlives_both_ends(ines, drafting, over):
    client = browser(ines)
    opened = client.get(reverse("inspection_edit", args=[drafting.public_id]))
    ages(client, **over)
    asked = submit(client, opened, notes="Typed over lunch.")
    assert "We have kept what you typed" in text(asked)
    back = client.get(submit(client, asked, button=None, username=ines.email, password=PASSWORD).url)
    assert form(back)[1]["notes"] == ["Typed over lunch."]


# What else ends it


def test_signing_out_ends_it_for_good(ines):
    client, elsewhere = browser(ines), browser(ines, SAFARI)
    stolen = client.cookies["sessionid"].value
    client.post("/sign-out/")
    thief = Client()
    thief.cookies["sessionid"] = stolen
    assert not is_signed_in(thief)
    assert listed(elsewhere) == [("Safari on iPhone", True)]


def test_a_new_password_ends_all_sessions_but_the_one_where_it_was_chosen(ines):
    client, elsewhere = browser(ines), browser(ines, SAFARI)
    before = client.session.session_key
    assert change_password(client).status_code == 302
    assert client.session.session_key != before
    assert (is_signed_in(client), is_signed_in(elsewhere)) == (True, False)
    assert listed(client) == [("Firefox on Windows", True)]


def test_a_password_set_by_an_administrator_ends_them_all(ines, adam, signed_in):
    client = browser(ines)
    address = reverse("admin:agencies_user_password", args=[ines.pk])
    signed_in(adam).post(address, {"password1": NEW, "password2": NEW})
    assert not is_signed_in(client)


def test_an_administrator_who_sets_their_own_stays_signed_in(adam):
    client = browser(adam)
    address = reverse("admin:agencies_user_password", args=[adam.pk])
    assert client.post(address, {"password1": NEW, "password2": NEW}).status_code == 302
    assert is_signed_in(client)
    assert listed(client) == [("Firefox on Windows", True)]


def test_somebody_made_inactive_is_not_signed_in_again_by_being_made_active(ines, adam):
    client = browser(ines)
    ines.change(by=adam, values={"is_active": False})
    assert not is_signed_in(client)
    other = browser(adam)
    ines.change(by=adam, values={"is_active": True})
    assert not is_signed_in(client)
    assert is_signed_in(other)
    assert sign_in(Client(), ines.email).status_code == 302
