"""The second step: each code once, required of some, nothing else open before it is set up, and lost ones replaced."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client
from django.urls import reverse

from agencies.models import Channel
from agencies.sign_in import second_step as steps

from .browsing import error_summary, errors_beside, form, page, submit, text
from .conftest import PASSWORD
from .test_accounts import sign_in
from .test_concurrency import at_once
from .test_fresh_sign_in import confirm, goes_stale
from .test_sign_in_tries import time_passes

ROUTES = {"second_step_asked", "second_step", "app_add", "passkey_add", "codes_made", "second_step_remove"}
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code(secret=SECRET, away=0):
    """What an app shows; `away` is how many half minutes ago or ahead."""
    return format_hotp_value(hotp_value(secret.replace(" ", ""), int(time.time()) // 30 + away))


@pytest.fixture
def clock(monkeypatch):
    """clock(30): half a minute later. It stands still, so that no code runs out while a test looks at it."""
    now = [float(int(time.time()) // 30 * 30 + 5)]
    monkeypatch.setattr(time, "time", lambda: now[0])

    def go_on(seconds):
        now[0] += seconds

    return go_on


@pytest.fixture
def mary_with_app(mary, clock):
    assert steps.add_app(mary, SECRET, code(away=-1))
    return mary


def at_the_step(person, client=None):
    """(a browser in which this person has given their password, the page that asks for the second step)"""
    client = client or Client()
    response = sign_in(client, person.email)
    assert response.url == "/sign-in/second-step/"
    return client, client.get(response.url)


def give(client, asked, given):
    return submit(client, asked, button=None, code=given)


def is_signed_in(client):
    return client.get("/about/").status_code == 200


# Setting it up and signing in with it


def test_an_app_is_added_and_asked_for_at_the_next_sign_in(signed_in, ines, clock):
    client = signed_in(ines)
    opened = client.get("/account/second-step/app/")
    secret = re.search(r"typing this secret: ((?:[A-Z2-7]{4} ?)+)", text(opened))[1]
    assert page(opened).find("img")["src"].startswith("data:image/svg+xml;base64,")
    assert submit(client, opened, button=None, code=code(secret)).url == "/account/second-step/"
    assert "The app is added." in text(client.get("/account/second-step/"))
    event = ines.events().last()
    assert (event.verb, event.by, event.before, event.after) == ("authenticator app added", ines, {}, {})
    other, asked = at_the_step(ines)
    assert not is_signed_in(other)
    clock(30)
    assert give(other, asked, code(secret)).url == "/"
    assert is_signed_in(other)


def test_a_wrong_code_adds_nothing_and_keeps_the_secret(signed_in, ines, clock):
    client = signed_in(ines)
    opened = client.get("/account/second-step/app/")
    wrong = submit(client, opened, button=None, code="000000")
    assert "The code is not right" in " ".join(errors_beside(wrong, "id_code"))
    secret = re.search(r"secret: ((?:[A-Z2-7]{4} ?)+)", text(opened))[1]
    assert secret in text(wrong)
    assert not steps.has_one(ines)


def test_the_page_that_was_asked_for_comes_after_the_second_step(mary_with_app, finding):
    client = Client()
    asked_for = finding.get_absolute_url()
    response = sign_in(client, mary_with_app.email, page_url=client.get(asked_for).url)
    assert response.url == "/sign-in/second-step/"
    assert give(client, client.get(response.url), code()).url == asked_for


def test_text_that_was_held_outlives_the_second_step(mary_with_app, published):
    client, asked = at_the_step(mary_with_app)
    give(client, asked, code())
    address = reverse("inspection_edit", args=[published.public_id])
    opened = client.get(address)
    client.session.flush()
    lost = submit(client, opened, notes="Typed before.")
    step = submit(client, lost, button=None, username=mary_with_app.email, password=PASSWORD)
    assert step.url == "/sign-in/second-step/"
    assert give(client, client.get(step.url), code()).status_code == 200  # used before: no good
    back = client.get(give(client, client.get(step.url), code(away=1)).url)
    assert form(back)[1]["notes"] == ["Typed before."]


@pytest.mark.parametrize(("away", "is_right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_codes_of_the_neighbouring_half_minutes_are_right_too(ines, clock, away, is_right):
    assert steps.add_app(ines, SECRET, code())
    clock(120)
    client, asked = at_the_step(ines)
    assert give(client, asked, code(away=away)).status_code == (302 if is_right else 200)


def test_each_code_works_once_and_none_before_it_works_any_more(mary_with_app, clock):
    client, asked = at_the_step(mary_with_app)
    used = code()
    assert give(client, asked, used).status_code == 302
    other, asked = at_the_step(mary_with_app)
    for again in (used, code(away=-1)):
        refused = give(other, asked, again)
        assert errors_beside(refused, "id_code") == ["The code is not right, or it was used already."]
    assert not is_signed_in(other)
    clock(30)
    assert give(other, asked, code()).status_code == 302


def test_the_code_with_which_an_app_was_added_does_not_sign_in(ines, clock):
    assert steps.add_app(ines, SECRET, code())
    client, asked = at_the_step(ines)
    assert give(client, asked, code()).status_code == 200


def test_a_code_with_blanks_is_the_same_code(mary_with_app):
    client, asked = at_the_step(mary_with_app)
    assert give(client, asked, f" {code()[:3]} {code()[3:]} ").status_code == 302


@pytest.mark.parametrize(
    "given", ["", "12345", "1234567", "\u0661\u0662\u0663\u0664\u0665\u0666", "\x00", "x" * 500]
)
def test_what_is_no_code_is_no_server_error(mary_with_app, given):
    client, asked = at_the_step(mary_with_app)
    assert give(client, asked, given).status_code == 200
    assert client.post("/sign-in/second-step/", {"credential": given}).status_code == 200
    for credential in (
        "{}",
        "[]",
        "1",
        '{"id": "x"}',
        '{"response": {}}',
        '{"id": 1, "rawId": 2, "response": 3}',
    ):
        assert client.post("/sign-in/second-step/", {"credential": credential}).status_code == 200
    assert not is_signed_in(client)


def test_twenty_wrong_codes_then_none_is_looked_at_for_a_day(mary_with_app):
    client, asked = at_the_step(mary_with_app)
    for _number in range(20):
        assert give(client, asked, "000000").status_code == 200
    refused = give(client, asked, code())
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 23 * 3600
    assert "Too many wrong tries" in error_summary(refused)[0]
    time_passes(24 * 3600)
    assert give(client, asked, code()).status_code == 302


def test_nobody_reaches_the_second_step_without_the_password(mary_with_app):
    client = Client()
    for response in (
        client.get("/sign-in/second-step/"),
        client.post("/sign-in/second-step/", {"code": code()}),
    ):
        assert (response.status_code, response.url) == (302, "/sign-in/")
    assert not is_signed_in(client)


def test_going_back_to_the_sign_in_page_begins_anew(mary_with_app):
    client, asked = at_the_step(mary_with_app)
    assert client.get("/sign-in/").status_code == 200
    assert give(client, asked, code()).url == "/sign-in/"
    assert not is_signed_in(client)


def test_somebody_made_inactive_meanwhile_does_not_get_in(mary_with_app):
    client, asked = at_the_step(mary_with_app)
    mary_with_app.change(by=None, values={"is_active": False})
    assert give(client, asked, code()).url == "/sign-in/"
    assert not is_signed_in(client)


# Recovery codes


def codes_of(client):
    made = submit(client, client.get("/account/second-step/codes/"), button=None)
    return [line.text for line in page(made).find("ul", class_="govuk-!-font-tabular-numbers").find_all("li")]


def test_recovery_codes_sign_in_once_each_and_are_shown_once(signed_in, mary_with_app):
    client = signed_in(mary_with_app)
    codes = codes_of(client)
    assert len(set(codes)) == 10
    assert codes[0] not in text(client.get("/account/second-step/codes/"))
    assert codes[0] not in text(client.get("/account/second-step/"))
    assert mary_with_app.events().last().verb == "recovery codes made"
    lost, asked = at_the_step(mary_with_app)
    assert give(lost, asked, codes[3]).status_code == 302
    assert "9 left" in text(client.get("/account/second-step/"))
    again, asked = at_the_step(mary_with_app)
    assert give(again, asked, codes[3]).status_code == 200
    assert give(again, asked, codes[4].replace(" ", "")).status_code == 302


def test_new_recovery_codes_replace_those_before(signed_in, mary_with_app):
    client = signed_in(mary_with_app)
    before, now = codes_of(client), codes_of(client)
    other, asked = at_the_step(mary_with_app)
    assert give(other, asked, before[0]).status_code == 200
    assert give(other, asked, now[0]).status_code == 302


def test_recovery_codes_alone_are_no_second_step(signed_in, ines):
    client = signed_in(ines)
    assert client.post("/account/second-step/codes/").url == "/account/second-step/"
    assert not Authenticator.objects.exists()


# Who has to have one


@pytest.fixture
def required(settings):
    settings.SECOND_STEP_FOR = ["manager", "administrator"]


def test_whoever_must_have_one_is_led_to_it_and_reaches_nothing_else(required, mary, ines, published, clock):
    client = Client()
    sign_in(client, mary.email)
    address = published.get_absolute_url()
    for closed in ("/", "/findings/", "/account/", "/account/password/", address):
        response = client.get(closed)
        assert (response.status_code, response.url) == (302, "/account/second-step/"), closed
        assert client.post(closed, {"x": "y"}).url == "/account/second-step/", closed
    client.get(address)
    led = client.get("/account/second-step/")
    assert "What you may do here needs more than a password." in text(led)
    opened = client.get("/account/second-step/app/")
    secret = re.search(r"secret: ((?:[A-Z2-7]{4} ?)+)", text(opened))[1]
    assert submit(client, opened, button=None, code=code(secret)).url == "/account/second-step/"
    assert f'href="{address}"' in client.get("/account/second-step/").content.decode()
    assert client.get(address).status_code == 200
    others = Client()
    sign_in(others, ines.email)
    assert others.get("/").status_code == 200


def test_a_role_that_is_misspelt_is_noticed_before_anything_runs(settings):
    from django.core.management import call_command
    from django.core.management.base import SystemCheckError

    settings.SECOND_STEP_FOR = ["manager", "auditor"]
    call_command("check", "--tag", "security")
    settings.SECOND_STEP_FOR = ["managers"]
    with pytest.raises(SystemCheckError, match="names what is no role: managers"):
        call_command("check", "--tag", "security")


def test_the_administration_is_closed_too_until_then(required, adam):
    client = Client()
    sign_in(client, adam.email)
    assert client.get(reverse("admin:index")).url == "/account/second-step/"
    assert client.post(reverse("admin:agencies_agency_add"), {}).url == "/account/second-step/"
    assert client.post("/sign-out/").status_code == 200


def test_text_that_is_sent_when_the_rule_begins_to_hold_is_put_back_afterwards(
    signed_in, mary, published, settings
):
    client = signed_in(mary)
    address = reverse("inspection_edit", args=[published.public_id])
    opened = client.get(address)
    settings.SECOND_STEP_FOR = ["manager"]
    assert submit(client, opened, notes="Typed before.").url == "/account/second-step/"
    assert steps.add_app(mary, SECRET, code())
    assert f'href="{address}"' in client.get("/account/second-step/").content.decode()
    assert form(client.get(address))[1]["notes"] == ["Typed before."]


def test_whoever_has_one_is_asked_the_database_once_for_a_session(
    required, mary_with_app, django_assert_num_queries
):
    client, asked = at_the_step(mary_with_app)
    give(client, asked, code())
    client.get("/account/")
    with django_assert_num_queries(3):  # the session, the person and their agency
        assert client.get("/account/").status_code == 200


def test_the_last_one_is_not_removed_by_whoever_must_have_one(required, signed_in, mary_with_app, ines):
    client, [row] = signed_in(mary_with_app), steps.of(mary_with_app)
    address = reverse("second_step_remove", args=[row.pk])
    assert "It is your only second step, and you need one." in text(client.get(address))
    assert client.post(address).status_code == 200
    assert steps.has_one(mary_with_app)
    steps.add_app(ines, SECRET, code())
    [of_ines] = steps.of(ines)
    other = signed_in(ines)
    assert other.post(reverse("second_step_remove", args=[of_ines.pk])).status_code == 302
    assert not steps.has_one(ines)
    assert ines.events().last().verb == "authenticator app removed"


def test_recovery_codes_go_with_the_last_one(signed_in, mary_with_app):
    client = signed_in(mary_with_app)
    codes_of(client)
    client.post(reverse("second_step_remove", args=[steps.of(mary_with_app).get(type=steps.APP).pk]))
    assert not Authenticator.objects.exists()
    assert sign_in(Client(), mary_with_app.email).url == "/"


def test_nobody_removes_what_is_somebody_elses(signed_in, ines, mary_with_app):
    [row] = steps.of(mary_with_app)
    client = signed_in(ines)
    address = reverse("second_step_remove", args=[row.pk])
    assert client.get(address).status_code == client.post(address).status_code == 404
    assert steps.has_one(mary_with_app)


def test_changing_it_asks_once_more_who_is_there(signed_in, mary_with_app):
    client = signed_in(mary_with_app)
    [row] = steps.of(mary_with_app)
    goes_stale(client)
    for address in ("app/", "passkey/", "codes/", f"{row.pk}/remove/"):
        for response in (
            client.get(f"/account/second-step/{address}"),
            client.post(f"/account/second-step/{address}"),
        ):
            assert response.status_code == 302 or "Confirm that it is you" in text(response)
    assert list(steps.of(mary_with_app)) == [row]


def test_a_code_is_a_fresh_proof_as_the_password_is(signed_in, mary_with_app, finding, clock):
    client, address = signed_in(mary_with_app), reverse("finding_withdraw", args=[finding.public_id])
    opened = client.get(address)
    goes_stale(client)
    asked = submit(client, opened, reason="The report was corrected.")
    kept = form(asked)[1]["held"][0]
    wrong = client.post("/account/confirm/", {"code": "000000", "held": kept, "next": address})
    assert errors_beside(wrong, "id_code")
    assert client.get(address).status_code == 302
    right = client.post("/account/confirm/", {"code": code(), "held": kept, "next": address})
    assert form(client.get(right.url))[1]["reason"] == ["The report was corrected."]
    goes_stale(client)
    assert confirm(client, client.get(client.get(address).url)).url == address


# Lost devices, and what stands in the database


def test_an_administrator_takes_it_away_from_somebody_who_has_lost_everything(signed_in, adam, mary_with_app):
    at_work, asked = at_the_step(mary_with_app)
    give(at_work, asked, code())
    client = signed_in(adam)
    tool = reverse("admin:agencies_user_second_step", args=[mary_with_app.pk])
    assert tool in client.get(reverse("admin:agencies_user_change", args=[mary_with_app.pk])).content.decode()
    assert client.get(tool).status_code == 200
    assert steps.has_one(mary_with_app)
    assert client.post(tool).status_code == 302
    event = mary_with_app.events().last()
    assert (event.verb, event.by, event.channel) == ("second step taken away", adam, Channel.ADMIN)
    assert not is_signed_in(at_work)
    assert sign_in(Client(), mary_with_app.email).url == "/"


def test_a_command_takes_it_away_where_no_administrator_can(mary_with_app):
    from django.core.management import CommandError, call_command

    call_command("reset_second_step", mary_with_app.email.upper())
    assert not steps.has_one(mary_with_app)
    assert mary_with_app.events().last().channel == Channel.COMMAND
    with pytest.raises(CommandError, match="Nobody signs in with"):
        call_command("reset_second_step", "nobody@people.example")


def test_secrets_are_not_readable_in_the_database_and_another_key_makes_them_useless(
    signed_in, mary_with_app, settings
):
    codes = codes_of(signed_in(mary_with_app))
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert SECRET not in kept
    assert codes[0].replace(" ", "") not in kept
    settings.SECRET_KEY = "another key"
    client, asked = at_the_step(mary_with_app)
    assert give(client, asked, code()).status_code == 200
    assert give(client, asked, codes[0]).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_simultaneous_uses_of_one_code_one_gets_in(mary_with_app):
    calls, right = [], code()
    for _number in range(6):
        client, asked = at_the_step(mary_with_app)
        calls.append(lambda client=client, asked=asked: give(client, asked, right))
    answers = at_once(calls)
    assert not [answer for answer in answers if isinstance(answer, Exception)], answers
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [302]
