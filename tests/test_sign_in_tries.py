"""Guessing is hopeless, and guessing for somebody else does not lock them out: 20 wrong tries, then 429."""

import time
from functools import partial

import pytest
from django.test import Client

from agencies.models import Tries
from agencies.sign_in.throttle import KNOWN

from .browsing import error_summary, form, submit, text
from .conftest import PASSWORD
from .test_accounts import NEW, WRONG, change_password
from .test_concurrency import at_once

HOUR, DAY = 3600, 24 * 3600


def guess(email, password="a wrong guess at it", client=None, address="203.0.113.7", **headers):
    client = client or Client()
    return client.post(
        "/sign-in/", {"username": email, "password": password}, REMOTE_ADDR=address, headers=headers
    )


def from_many(number):
    """Addresses that are not counted together."""
    return [f"198.51.100.{n}" for n in range(number)]


def time_passes(seconds):
    """All that was tried was tried longer ago."""
    for row in Tries.objects.all():
        row.moments = [moment - seconds for moment in row.moments]
        row.last_at -= seconds
        row.save()


def assert_too_many(response, within):
    assert response.status_code == 429
    assert within - 120 < int(response["Retry-After"]) <= within + 1
    assert "Too many wrong tries" in error_summary(response)[0]


def test_after_twenty_wrong_tries_an_account_is_not_asked_any_more_for_a_day(ines):
    for address in from_many(20):
        assert error_summary(guess(ines.email, address=address)) == [WRONG]
    refused = guess(ines.email, address="192.0.2.1")
    assert_too_many(refused, DAY)
    assert "The next one is looked at in 24 hours." in text(refused)
    assert_too_many(
        guess(ines.email, PASSWORD, address="192.0.2.1"), DAY
    )  # the right one is not looked at either
    time_passes(DAY)
    assert guess(ines.email, PASSWORD, address="192.0.2.1").status_code == 302


def test_after_twenty_wrong_tries_an_address_is_not_asked_any_more_for_an_hour(ines, otto):
    for number in range(20):
        assert guess(f"somebody{number}@people.example").status_code == 200
    assert_too_many(guess(ines.email, PASSWORD), HOUR)
    assert guess(otto.email, PASSWORD, address="203.0.113.8").status_code == 302
    time_passes(HOUR)
    assert guess(ines.email, PASSWORD).status_code == 302


def test_somebody_whom_nobody_knows_is_counted_and_answered_like_others(ines):
    answers = {
        email: [guess(email, address=address) for address in from_many(21)]
        for email in (ines.email, "nobody@people.example")
    }
    known, unknown = answers.values()
    assert [answer.status_code for answer in known] == [200] * 20 + [429]
    assert [answer.status_code for answer in unknown] == [200] * 20 + [429]
    assert text(known[0]) == text(unknown[0])
    assert text(known[20]) == text(unknown[20])


@pytest.mark.parametrize(
    "spelling", ["INES@people.example", " ines@people.example ", "\u0131nes@people.example"]
)
def test_another_spelling_of_the_address_gives_no_further_tries(ines, spelling):
    for address in from_many(20):
        guess(ines.email, address=address)
    assert guess(spelling, address="192.0.2.1").status_code == 429


def test_the_right_password_does_not_count(ines):
    for _time in range(25):
        assert guess(ines.email, PASSWORD).status_code == 302
    assert [row.moments for row in Tries.objects.all()] == [[], []]


def test_a_right_one_in_between_gives_no_further_tries(ines, otto):
    for number in range(20):
        guess(ines.email)
        if number % 5 == 0:
            assert guess(otto.email, PASSWORD).status_code == 302
    assert guess(otto.email, PASSWORD).status_code == 429


def test_whoever_has_signed_in_here_before_gets_in_while_somebody_else_guesses(ines):
    own = Client()
    assert guess(ines.email, PASSWORD, own).status_code == 302
    own.post("/sign-out/")
    for address in from_many(21):
        last = guess(ines.email, address=address)
    assert last.status_code == 429
    for _number in range(20):  # nor does the network that they share with the guesser stand in their way
        guess("somebody@people.example")
    assert guess("otto@people.example", client=own).status_code == 429
    assert guess(ines.email, "mistyped", own).status_code == 200
    assert guess(ines.email, PASSWORD, own).status_code == 302


def test_the_browser_of_the_owner_has_its_own_twenty_tries_and_no_more(ines, otto):
    own = Client()
    guess(ines.email, PASSWORD, own)
    own.post("/sign-out/")
    for _number in range(20):
        assert guess(ines.email, client=own).status_code == 200
    assert_too_many(guess(ines.email, PASSWORD, own), DAY)
    assert guess(ines.email, PASSWORD, address="192.0.2.1").status_code == 302
    assert guess(otto.email, PASSWORD, own).status_code == 302  # it says nothing of other accounts


def test_a_forged_cookie_is_no_known_browser(ines, otto):
    theirs = Client()
    guess(otto.email, PASSWORD, theirs)
    for address in from_many(20):
        guess(ines.email, address=address)
    for value in (theirs.cookies[KNOWN].value, "x", "a:b:c", theirs.cookies[KNOWN].value[:-3] + "abc"):
        client = Client()
        client.cookies[KNOWN] = value
        assert guess(ines.email, client=client, address="192.0.2.1").status_code == 429


# Where a request comes from


def test_a_forged_forwarding_header_changes_nothing(ines):
    for number in range(20):
        guess(f"a{number}@people.example", **{"X-Forwarded-For": f"10.0.0.{number}"})
    assert guess(ines.email, PASSWORD, **{"X-Forwarded-For": "10.9.9.9"}).status_code == 429


def test_behind_proxies_what_the_outermost_of_them_wrote_counts_and_nothing_left_of_it(ines, settings):
    settings.TRUSTED_PROXIES = 2
    client, proxy = "203.0.113.9", "10.0.0.1"
    for number in range(20):
        guess(f"a{number}@people.example", **{"X-Forwarded-For": f"10.1.1.{number}, {client}, {proxy}"})
    assert (
        guess(ines.email, PASSWORD, **{"X-Forwarded-For": f"1.2.3.4, {client}, {proxy}"}).status_code == 429
    )
    assert guess(ines.email, PASSWORD, **{"X-Forwarded-For": f"203.0.113.10, {proxy}"}).status_code == 302


@pytest.mark.parametrize("header", ["", "nonsense", "nonsense, 10.0.0.1", "," * 50, "\u0661"])
def test_a_header_that_no_proxy_wrote_is_no_server_error(ines, settings, header):
    settings.TRUSTED_PROXIES = 2
    assert guess(ines.email, **{"X-Forwarded-For": header}).status_code == 200


def test_addresses_of_one_network_are_counted_together(ines):
    for number in range(20):
        guess(f"a{number}@people.example", address=f"2001:db8::{number:x}")
    assert guess(ines.email, PASSWORD, address="2001:db8::ffff:1").status_code == 429
    assert guess(ines.email, PASSWORD, address="2001:db8:0:1::1").status_code == 302


# What else is tried


def test_the_old_password_and_the_password_asked_again_are_counted_together(signed_in, ines):
    client = signed_in(ines)
    for _number in range(10):
        assert change_password(client, old="wrong").status_code == 200
    again = client.get("/account/confirm/")
    for _number in range(10):
        assert submit(client, again, button=None, password="wrong").status_code == 200
    assert submit(client, again, button=None, password=PASSWORD).status_code == 429
    refused = change_password(client)
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 23 * HOUR
    ines.refresh_from_db()
    assert not ines.check_password(NEW)


def test_text_that_was_held_is_still_there_after_too_many_tries(ines, drafting):
    client = Client()
    client.force_login(ines)
    opened = client.get(f"/inspections/{drafting.public_id}/edit/")
    client.session.flush()
    asked = submit(client, opened, notes="Typed before.")
    for address in from_many(20):
        guess(ines.email, address=address)
    refused = submit(client, asked, button=None, username=ines.email, password=PASSWORD)
    assert refused.status_code == 429
    time_passes(DAY)
    back = client.get(submit(client, refused, button=None, username=ines.email, password=PASSWORD).url)
    assert form(back)[1]["notes"] == ["Typed before."]


def test_nothing_of_whom_or_where_stands_in_the_table_and_old_rows_go(ines):
    guess(ines.email)
    time_passes(DAY + 1)
    guess("otto@people.example", address="192.0.2.1")
    rows = list(Tries.objects.values_list("key", "last_at"))
    assert len(rows) == 2
    assert not [key for key, _at in rows if len(key) != 64 or "ines" in key or "203" in key]
    assert min(at for _key, at in rows) > time.time() - 60


@pytest.mark.django_db(transaction=True)
def test_of_many_simultaneous_guesses_no_more_than_twenty_are_looked_at(ines):
    calls = [partial(guess, ines.email, address=address) for address in from_many(32)]
    answers = at_once(calls)
    assert not [answer for answer in answers if isinstance(answer, Exception)], answers
    assert sorted(answer.status_code for answer in answers) == [200] * 20 + [429] * 12
