"""Typed text outlives the session: it comes back after signing in, to the person who typed it and nobody else."""

import time
from urllib.parse import quote

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from agencies import held
from findings.models import Finding
from inspections.models import Inspection

from .browsing import error_summary, form, submit, text
from .conftest import PASSWORD

KEPT = "What you had typed is back in the form. It is not saved yet: check it, then save."


@pytest.fixture
def browser(ines):
    """Ines's browser, which checks CSRF tokens as a real one has to."""
    client = Client(enforce_csrf_checks=True)
    sign_in(client, ines)
    return client


def sign_in(client, person, password=PASSWORD):
    return submit(client, client.get("/sign-in/"), button=None, username=person.email, password=password)


def session_ends(client):
    """The session runs out on the server; the cookies of the browser stay."""
    client.session.flush()


def typed(cleveland, strategy):
    """Every field of the form filled in: radios, selects, texts, boxes and two places."""
    return {
        "finding_type": "weakness",
        "attributed_to": str(cleveland.pk),
        "theme": str(strategy.pk),
        "summary": "Heddlu’n hwyr: “late” & <b>bold</b>",
        "severity": "serious",
        "severity_rationale": "Line one\nLine two",
        "detail": "Much detail 👧🏽",
        "systemic": "on",
        "with_partners": "on",
        "citations-0-page": "12",
        "citations-0-paragraph": "16",
        "citations-0-quotation": "did not attend",
    }


@pytest.fixture
def lost(browser, drafting, cleveland, strategy):
    """Ines has filled in the form for a finding and her session has ended: what she gets on saving."""
    opened = browser.get(reverse("finding_log", args=[drafting.public_id]))
    session_ends(browser)
    return submit(browser, opened, **typed(cleveland, strategy))


def signs_in_on(client, response, person, password=PASSWORD):
    return submit(client, response, button=None, username=person.email, password=password)


def as_held(fields):
    return {name: [value] for name, value in fields.items()}


def test_a_form_sent_without_a_session_leads_to_sign_in_that_says_the_text_is_kept(lost):
    assert lost.status_code == 200
    assert "You were signed out. We have kept what you typed; sign in to carry on." in text(lost)
    assert form(lost)[1]["held"][0]
    assert not Finding.objects.exists()


def test_after_signing_in_every_field_is_back_and_nothing_is_saved_until_it_is_saved(
    browser, lost, ines, drafting, cleveland, strategy
):
    response = signs_in_on(browser, lost, ines)
    assert response.status_code == 302
    assert response.url == reverse("finding_log", args=[drafting.public_id])
    back = browser.get(response.url)
    assert KEPT in text(back)
    wanted = as_held(typed(cleveland, strategy))
    fields = form(back)[1]
    assert {name: fields.get(name) for name in wanted} == wanted
    assert not Finding.objects.exists()
    assert submit(browser, back).status_code == 302
    finding = Finding.objects.get()
    assert (finding.author, finding.severity, finding.systemic, finding.with_partners) == (
        ines,
        "serious",
        True,
        True,
    )
    assert finding.severity_rationale == "Line one\nLine two"
    assert [(c.page, c.paragraph, c.quotation) for c in finding.citations.all()] == [
        (12, "16", "did not attend")
    ]


def test_it_is_put_back_once(browser, lost, ines):
    url = signs_in_on(browser, lost, ines).url
    assert form(browser.get(url))[1]["summary"] != [""]
    again = browser.get(url)
    assert form(again)[1]["summary"] == [""]
    assert KEPT not in text(again)


def test_a_wrong_password_keeps_it(browser, lost, ines, cleveland, strategy):
    wrong = signs_in_on(browser, lost, ines, "not the password")
    assert error_summary(wrong) == ["The email address or the password is not right."]
    assert "We have kept what you typed" in text(wrong)
    again = signs_in_on(browser, wrong, ines, "wrong again")
    back = browser.get(signs_in_on(browser, again, ines).url)
    assert form(back)[1]["detail"] == ["Much detail 👧🏽"]


def test_another_person_does_not_get_it(browser, lost, mary):
    response = signs_in_on(browser, lost, mary)
    shown = browser.get(response.url)
    assert "belongs to another person and was not put back" in text(shown)
    assert form(shown)[1]["summary"] == [""]
    assert "Heddlu" not in shown.content.decode()
    assert held.SESSION_KEY not in browser.session


@pytest.mark.parametrize("value", ["garbage", "a:b:c", "\x00", "é", "signed for another purpose"])
def test_a_tampered_value_puts_nothing_back(browser, lost, ines, value):
    value = signing.dumps(["/x", {}]) if value == "signed for another purpose" else value
    response = submit(browser, lost, button=None, held=value, username=ines.email, password=PASSWORD)
    assert response.status_code == 302
    assert form(browser.get(response.url))[1]["summary"] == [""]


def test_a_value_changed_in_one_letter_puts_nothing_back(browser, lost, ines):
    kept = form(lost)[1]["held"][0]
    changed = kept[:10] + ("A" if kept[10] != "A" else "B") + kept[11:]
    response = submit(browser, lost, button=None, held=changed, username=ines.email, password=PASSWORD)
    assert form(browser.get(response.url))[1]["summary"] == [""]


def test_after_a_day_it_is_gone(browser, lost, ines, monkeypatch):
    a_day_later = time.time() + held.HELD_FOR + 60
    monkeypatch.setattr(signing.time, "time", lambda: a_day_later)
    response = signs_in_on(browser, lost, ines)
    assert form(browser.get(response.url))[1]["summary"] == [""]


def test_a_form_without_a_key_issued_here_is_not_held(browser, drafting):
    session_ends(browser)
    browser.get("/sign-in/")
    token = browser.cookies["csrftoken"].value
    response = browser.post(
        reverse("finding_log", args=[drafting.public_id]), {"summary": "x", "csrfmiddlewaretoken": token}
    )
    assert response.status_code == 302
    assert response.url.startswith("/sign-in/?next=")


def test_the_password_is_never_held(browser, lost, ines):
    value = form(lost)[1]["held"][0]
    _path, fields = signing.loads(value, salt=held.HELD_SALT)
    assert not {"password", "username", "csrfmiddlewaretoken", "held", "next"} & set(fields)


# An outdated token: somebody signed in meanwhile in another tab


def test_an_outdated_form_of_a_signed_in_person_comes_back_filled_in(
    browser, drafting, ines, cleveland, strategy
):
    opened = browser.get(reverse("finding_log", args=[drafting.public_id]))
    session_ends(browser)
    sign_in(browser, ines)  # in another tab: the token changes
    response = submit(browser, opened, **typed(cleveland, strategy))
    assert response.status_code == 302
    assert not Finding.objects.exists()
    back = browser.get(response.url)
    assert "This page was out of date, so nothing was saved yet." in text(back)
    wanted = as_held(typed(cleveland, strategy))
    fields = form(back)[1]
    assert {name: fields.get(name) for name in wanted} == wanted
    submit(browser, back)
    assert Finding.objects.get().detail == "Much detail 👧🏽"


def test_signing_in_in_another_tab_does_not_lose_what_this_tab_holds(browser, lost, ines):
    sign_in(browser, ines)  # in another tab
    response = signs_in_on(browser, lost, ines)
    assert response.status_code == 302
    assert form(browser.get(response.url))[1]["detail"] == ["Much detail 👧🏽"]


def test_an_outdated_form_sent_while_signed_out_is_held_too(browser, drafting, ines, cleveland, strategy):
    opened = browser.get(reverse("finding_log", args=[drafting.public_id]))
    session_ends(browser)
    sign_in(browser, ines)
    session_ends(browser)
    response = submit(browser, opened, **typed(cleveland, strategy))
    back = browser.get(signs_in_on(browser, response, ines).url)
    assert form(back)[1]["detail"] == ["Much detail 👧🏽"]


def test_a_form_without_any_token_is_refused_and_saves_nothing(browser, drafting, mary, cleveland, strategy):
    opened = browser.get(reverse("finding_log", args=[drafting.public_id]))
    fields = {**typed(cleveland, strategy), "submission_key": held.new_submission_key(mary)}
    response = browser.post(form(opened)[0], {**fields, "save": "1"})
    assert response.status_code == 403
    assert "This page was open for too long" in text(response)
    assert not Finding.objects.exists()


# No way out to another site


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:///evil.example",
    ],
)
def test_signing_in_never_leads_to_another_site(browser, lost, ines, elsewhere, client):
    response = submit(
        client, client.get(f"/sign-in/?next={quote(elsewhere)}"), button=None, **credentials(ines)
    )
    assert response.url == "/"
    forged = signing.dumps([elsewhere, {"submission_key": [held.new_submission_key(ines)]}], salt="other")
    response = submit(browser, lost, button=None, next=elsewhere, held=forged, **credentials(ines))
    assert response.url == "/"


def credentials(person):
    return {"username": person.email, "password": PASSWORD}


# Every form that takes text


def test_an_edit_comes_back_with_the_version_it_was_made_against(browser, draft, ines, mary):
    opened = browser.get(reverse("finding_edit", args=[draft.public_id]))
    session_ends(browser)
    draft.edit(by=mary, values={"summary": "Mary's words"}, citations=[], expect=1)
    lost = submit(browser, opened, summary="Ines's words", **{"citations-0-page": "13"})
    back = browser.get(signs_in_on(browser, lost, ines).url)
    fields = form(back)[1]
    assert (fields["summary"], fields["version"], fields["citations-0-page"]) == (
        ["Ines's words"],
        ["1"],
        ["13"],
    )
    assert submit(browser, back).status_code == 409
    draft.refresh_from_db()
    assert draft.summary == "Mary's words"


def test_a_new_inspection_comes_back(browser, ines, sif, stockton, otto, hmicfrs):
    opened = browser.get("/inspections/new/")
    session_ends(browser)
    fields = {
        "framework": str(sif.pk),
        "inspected_agency": str(stockton.pk),
        "fieldwork_from": "23/5/2016",
        "fieldwork_to": "16 June 2016",
        "team": [str(ines.pk), str(otto.pk)],
        "partner_inspectorates": [str(hmicfrs.pk)],
        "notes": "Some notes",
        "coverage": "police",
    }
    lost = submit(browser, opened, **fields)
    assert not Inspection.objects.exists()
    back = browser.get(signs_in_on(browser, lost, ines).url)
    shown = form(back)[1]
    for name, value in fields.items():
        kept = [item for item in shown[name] if item]
        assert kept == (value if isinstance(value, list) else [value]), name
    assert submit(browser, back).status_code == 302
    assert Inspection.objects.get().notes == "Some notes"


def test_a_changed_inspection_and_its_judgements_come_back(browser, drafting, ines):
    edit = browser.get(reverse("inspection_edit", args=[drafting.public_id]))
    judge = browser.get(reverse("inspection_judge", args=[drafting.public_id]))
    session_ends(browser)
    lost = submit(browser, edit, notes="Changed notes")
    back = browser.get(signs_in_on(browser, lost, ines).url)
    assert form(back)[1]["notes"] == ["Changed notes"]
    session_ends(browser)
    lost = submit(browser, back, notes="Changed again")
    assert form(browser.get(signs_in_on(browser, lost, ines).url))[1]["notes"] == ["Changed again"]
    session_ends(browser)
    lost = submit(browser, judge, **{"grade_overall-effectiveness": "good"})
    back = browser.get(signs_in_on(browser, lost, ines).url)
    assert form(back)[1]["grade_overall-effectiveness"] == ["good"]
    assert not drafting.judgements.exists()


@pytest.mark.parametrize("address", ["finding_withdraw", "inspection_step", "inspection_date"])
def test_a_reason_and_a_source_come_back(browser, draft, ines, address):
    url, field = {
        "finding_withdraw": (reverse("finding_withdraw", args=[draft.public_id]), "reason"),
        "inspection_step": (reverse("inspection_step", args=[draft.inspection.public_id, "pause"]), "reason"),
        "inspection_date": (reverse("inspection_date", args=[draft.inspection.public_id]), "source"),
    }[address]
    opened = browser.get(url)
    session_ends(browser)
    lost = submit(browser, opened, **{field: "A carefully written reason"})
    response = signs_in_on(browser, lost, ines)
    assert response.url == url
    assert form(browser.get(url))[1][field] == ["A carefully written reason"]
    draft.refresh_from_db()
    draft.inspection.refresh_from_db()
    assert (draft.status, draft.inspection.status) == ("draft", "drafting")
