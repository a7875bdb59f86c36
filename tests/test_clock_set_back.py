"""The clock of the server was ahead and is set back: nothing lasts longer by it, comes out earlier or is told otherwise."""

import time
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from agencies.models import Tries
from agencies.sign_in.fresh import PROVEN_AT
from agencies.sign_in.own_sessions import STAMPED_EVERY
from findings.models import Finding
from findings.publication import publish

from .browsing import error_summary, page
from .conftest import PASSWORD, weakness
from .states import logged, moved, planned
from .test_own_sessions import ages, browser, is_signed_in
from .test_sign_in_tries import guess, time_passes

HOUR, DAY = 3600, 24 * 3600


@pytest.fixture
def at(monkeypatch):
    """at(moment): what the clock says."""
    return lambda moment: monkeypatch.setattr(timezone, "now", lambda: moment)


@pytest.mark.parametrize("what", ["began", "seen"])
def test_a_session_ahead_of_the_clock_ends(what, ines):
    client = browser(ines)
    ages(client, **{what: -STAMPED_EVERY // 2})  # as clocks differ from machine to machine
    assert is_signed_in(client)
    ages(client, **{what: -HOUR})
    assert not is_signed_in(client)
    assert is_signed_in(browser(ines))


def test_a_proof_ahead_of_the_clock_is_none(make, mary, signed_in):
    inspection = make("embargoed")
    client = signed_in(mary)
    address = f"{inspection.get_absolute_url()}publish/confirm/"
    assert client.get(address).status_code == 200
    session = client.session
    session[PROVEN_AT] = int(time.time()) + HOUR
    session.save()
    assert client.get(address).url.startswith("/account/confirm/")


def test_tries_ahead_of_the_clock_lock_nobody_out(ines):
    for number in range(20):
        guess(ines.email, address=f"198.51.100.{number}")
    assert guess(ines.email, PASSWORD, address="192.0.2.1").status_code == 429
    time_passes(-30 * DAY)
    assert guess(ines.email, PASSWORD, address="192.0.2.1").status_code == 302
    # And they are counted again from then on.
    for number in range(20):
        guess(ines.email, address=f"198.51.100.{number}")
    refused = guess(ines.email, PASSWORD, address="192.0.2.1")
    assert "Too many wrong tries" in error_summary(refused)[0]
    assert int(refused["Retry-After"]) <= DAY + 1
    assert max(len(row.moments) for row in Tries.objects.all()) == 20


def test_what_is_published_stays_so_and_an_embargo_waits_for_its_moment(
    sif, stockton, cleveland, strategy, ines, mary, at
):
    now = timezone.now()
    out, waiting = (planned(ines, sif, stockton) for _ in range(2))
    for inspection in (out, waiting):
        logged(inspection, ines, weakness(cleveland, strategy), "agreed", reviewer=mary)
        moved(inspection, "factual_accuracy", mary)
    at(now)
    out.move("embargo", by=mary, embargo_until=now + timedelta(days=3))
    at(now + timedelta(days=4))
    publish(out, by=mary)
    waiting.move("embargo", by=mary, embargo_until=now + timedelta(days=8))

    at(now)  # four days back
    call_command("publish_due", stdout=StringIO())
    out.refresh_from_db()
    waiting.refresh_from_db()
    assert (out.status, waiting.status) == ("published", "embargoed")
    assert [found.inspection for found in Finding.objects.published()] == [out]
    at(now + timedelta(days=8, seconds=1))
    call_command("publish_due", stdout=StringIO())
    waiting.refresh_from_db()
    assert waiting.status == "published"


def test_a_history_goes_by_its_numbers(draft, ines, mary, at):
    now = timezone.now()
    for verb, by, back in (
        ("submit", ines, 1),
        ("return_to_draft", mary, 3),
        ("submit", ines, 2),
        ("agree", mary, 5),
    ):
        at(now - timedelta(days=back))
        draft.move(verb, by=by, reason="As it was." if verb == "return_to_draft" else "")
    events = list(draft.events())
    assert [event.verb for event in events[1:]] == ["submit", "return to draft", "submit", "agree"]
    assert [event.sequence for event in events] == [1, 2, 3, 4, 5]
    at(now)
    call_command("audit_verify", stdout=StringIO())  # ends with an error where anything is amiss
    client = Client()
    client.force_login(mary)
    headings = page(client.get(draft.get_absolute_url())).find_all("h3", class_="app-timeline__heading")
    assert len(headings) == 5
    assert "agree" in headings[0].text.lower()
