"""Text sent while it is typed: kept for its person alone, offered again, gone once it is saved and not before."""

import json
import secrets
import threading
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies import held
from agencies.models import Event, TooMuchTyped, TypedText
from agencies.models import typed as limits
from findings.models import Finding
from inspections.models import Inspection

from .browsing import error_summary, form, page, submit, text
from .conftest import PASSWORD

NOTICE = "You were typing here at"
BACK = "What you had typed is back in the form. It is not saved yet: check it, then save."


@pytest.fixture
def browser(ines):
    """Ines's browser, which checks CSRF tokens as a real one has to."""
    return of(ines)


def of(person):
    client = Client(enforce_csrf_checks=True)
    submit(client, client.get("/sign-in/"), button=None, username=person.email, password=PASSWORD)
    return client


@pytest.fixture
def log(drafting):
    """Where Ines logs a finding."""
    return reverse("finding_log", args=[drafting.public_id])


def new_key():
    return secrets.token_hex(12)


def typing(client, opened, key, order=1, sheets="", **changes):
    """Sends what stands in the page's form, with some fields changed, as its script does."""
    address, fields = form(opened)
    token, submission_key = fields.pop("csrfmiddlewaretoken"), fields.pop("submission_key")
    sent = {
        **fields,
        **{name: [value] for name, value in changes.items()},
        "csrfmiddlewaretoken": token,
        "typed-for": submission_key,
        "typed-sheet": f"{key}.{order}",
        "typed-path": address.split("?")[0],
        "typed_sheets": sheets,
    }
    return client.post(reverse("typed_save"), {name: value for name, value in sent.items() if value != [""]})


@pytest.fixture
def typed(browser, log):
    """Ines has typed a summary and her browser has crashed: the key of the sheet."""
    key = new_key()
    answer = typing(browser, browser.get(log), key, 3, summary="Officers came late, or not at all.")
    assert (answer.status_code, answer.content) == (204, b"")
    return key


def offers(response):
    """[(words, link that puts it back, key)] of what was typed here before."""
    return [
        (offer.text, offer.find("a", role="button")["href"], offer["data-typed-key"])
        for offer in page(response).find_all("div")
        if offer.get("data-typed-key")
    ]


def put_back(client, address):
    (_words, link, _key), *_others = offers(client.get(address))
    return client.get(link)


def kept(**of):
    """{name: value} of the only text that is kept."""
    return {name: values[-1] for name, values in TypedText.objects.get(size__gt=0, **of).fields.items()}


def complete(cleveland, strategy):
    return {"finding_type": "strength", "attributed_to": str(cleveland.pk), "theme": str(strategy.pk)}


# Kept, offered, put back


def test_what_was_typed_is_offered_on_another_computer_with_when_and_its_first_words(typed, ines, log):
    opened = of(ines).get(log)
    at = timezone.localtime(TypedText.objects.get().saved_at)
    ((words, _link, _key),) = offers(opened)
    assert f"{NOTICE} {at:%H:%M} on {at.day} {at:%B %Y} and did not save." in words
    assert "Among it: “Officers came late, or not at all.”" in words
    assert form(opened)[1]["summary"] == [""]
    assert page(opened).find("form", action=f"/typed/discard/?next={quote(log, safe='')}")


def test_put_back_the_form_holds_it_without_errors_and_nothing_is_saved(typed, ines, log):
    client = of(ines)
    back = put_back(client, log)
    assert BACK in text(back)
    assert form(back)[1]["summary"] == ["Officers came late, or not at all."]
    assert error_summary(back) == []
    assert not page(back).find_all(class_="govuk-error-message")
    assert not page(back).find_all(aria_invalid="true")
    assert not page(back).find("title").text.startswith("Error:")
    assert offers(back) == []
    assert not Finding.objects.exists()
    # Asked for again, as by a reload, it is there again.
    assert form(client.get(back.wsgi_request.get_full_path()))[1]["summary"] != [""]


def test_every_kind_of_field_comes_back_and_can_be_saved(browser, ines, log, cleveland, strategy):
    fields = {
        **complete(cleveland, strategy),
        "finding_type": "weakness",
        "summary": "Heddlu’n hwyr: “late” & <b>bold</b> 👧🏽",
        "severity": "serious",
        "severity_rationale": "Line one\nLine two",
        "systemic": "on",
        "citations-TOTAL_FORMS": "2",
        "citations-1-page": "13",
        "citations-1-paragraph": "17",
    }
    assert typing(browser, browser.get(log), new_key(), **fields).status_code == 204
    client = of(ines)
    back = put_back(client, log)
    assert {name: form(back)[1][name][-1] for name in fields} == fields
    assert submit(client, back).status_code == 302
    finding = Finding.objects.get()
    assert (finding.systemic, finding.severity_rationale) == (True, "Line one\nLine two")
    assert [citation.page for citation in finding.citations.all()] == [13]
    assert offers(client.get(log)) == []


def test_it_is_offered_on_its_own_form_only(typed, browser, drafting, draft):
    for address in ("/inspections/new/", reverse("finding_edit", args=[draft.public_id]), "/findings/", "/"):
        response = browser.get(address)
        assert offers(response) == [], address
        assert "Officers came late" not in response.content.decode()
        assert form(browser.get("/inspections/new/?put_back=" + typed))[1]["notes"] == [""]


def test_an_address_with_a_query_keeps_it_when_text_is_put_back_or_discarded(typed, browser, log, cleveland):
    opened = browser.get(f"{log}?attributed_to={cleveland.pk}")
    ((_words, link, key),) = offers(opened)
    assert link == f"{log}?attributed_to={cleveland.pk}&put_back={key}"
    discard = next(f for f in page(opened).find_all("form") if f["action"].startswith("/typed/"))
    assert discard["action"].endswith(quote(f"{log}?attributed_to={cleveland.pk}", safe=""))


def test_an_unknown_sheet_puts_nothing_back(typed, browser, log):
    for key in ("", "x", new_key(), "\0", "é" * 400):
        opened = browser.get(log, {"put_back": key})
        assert form(opened)[1]["summary"] == [""]
        assert len(offers(opened)) == 1


def test_reading_it_changes_nothing(typed, browser, log):
    before = list(TypedText.objects.values())
    put_back(browser, log)
    browser.get(log)
    assert list(TypedText.objects.values()) == before


def test_text_of_a_session_that_ended_is_not_offered_beside_the_same_text_in_the_form(
    browser, ines, log, cleveland, strategy
):
    key = new_key()
    opened = browser.get(log)
    typing(browser, opened, key, 2, summary="Typed before")
    browser.session.flush()
    lost = submit(browser, opened, summary="Typed before, and a little more", typed_sheets=f"{key}.2")
    led_on = submit(browser, lost, button=None, username=ines.email, password=PASSWORD)
    back = browser.get(led_on.url)
    assert form(back)[1]["summary"] == ["Typed before, and a little more"]
    assert offers(back) == []
    assert submit(browser, back, **complete(cleveland, strategy)).status_code == 302
    assert offers(browser.get(log)) == []


# Only its owner


def test_nobody_else_reads_it(typed, ines, mary, hugo, audrey, adam, log, drafting, hmicfrs):
    drafting.edit(
        by=mary, values={"partner_inspectorates": [hmicfrs], "team": [ines, hugo]}, expect=drafting.version
    )
    addresses = (log, f"{log}?put_back={typed}", drafting.get_absolute_url(), "/", "/findings/?q=Officers")
    for person in (mary, hugo, audrey, adam):
        client = of(person)
        for address in addresses:
            assert "Officers came late" not in client.get(address).content.decode(), (person, address)
    for address in ("/admin/", "/admin/agencies/", "/admin/agencies/typedtext/"):
        response = of(adam).get(address, follow=True)
        assert "yped text" not in response.content.decode(), address
    assert TypedText not in admin.site._registry
    assert not Event.objects.filter(subject_type__contains="typed").exists()


def test_nobody_discards_the_text_of_another(typed, mary, log):
    client = of(mary)
    token = form(client.get(log))[1]["csrfmiddlewaretoken"][0]
    discarded = {"typed_sheets": f"{typed}.999", "csrfmiddlewaretoken": token}
    assert client.post(reverse("typed_discard"), discarded).status_code == 302
    assert kept()["summary"] == "Officers came late, or not at all."


def test_two_people_may_have_sheets_of_one_key(typed, browser, mary, log):
    client = of(mary)
    assert typing(client, client.get(log), typed, 9, summary="Mary’s words").status_code == 204
    assert "Officers came late" in offers(browser.get(log))[0][0]
    assert "Mary’s words" in offers(client.get(log))[0][0]


def test_a_form_drawn_for_somebody_else_is_not_kept(browser, mary, log):
    """Somebody else has signed in in another tab of the browser."""
    opened = of(mary).get(log)
    token = form(browser.get(log))[1]["csrfmiddlewaretoken"]
    address, fields = form(opened)
    sent = {
        "csrfmiddlewaretoken": token,
        "typed-for": fields["submission_key"],
        "typed-sheet": f"{new_key()}.1",
        "typed-path": address,
        "summary": "Mary’s words",
    }
    assert browser.post(reverse("typed_save"), sent).status_code == 403
    assert not TypedText.objects.exists()


def test_whoever_may_not_open_the_form_any_more_does_not_read_it(typed, browser, log, drafting, mary):
    drafting.edit(by=mary, values={"team": []}, expect=drafting.version)
    for address in (log, f"{log}?put_back={typed}"):
        response = browser.get(address)
        assert response.status_code == 404
        assert "Officers came late" not in response.content.decode()


# Saved, it goes; not saved, it stays


def test_saved_it_is_gone_and_the_tab_is_told(browser, ines, log, cleveland, strategy):
    key, opened = new_key(), browser.get(log)
    typing(browser, opened, key, 4, summary="Words")
    saved = submit(browser, opened, summary="Words", typed_sheets=f"{key}.4", **complete(cleveland, strategy))
    assert saved.status_code == 302
    assert not TypedText.objects.filter(size__gt=0).exists()
    assert TypedText.objects.get().fields == {}
    led_to = browser.get(saved.url)
    assert [element["data-saved"] for element in page(led_to).walk() if element.get("data-saved")] == [key]
    assert offers(browser.get(log)) == []


def test_put_back_and_saved_it_is_gone_without_any_script(typed, browser, log, cleveland, strategy):
    assert submit(browser, put_back(browser, log), **complete(cleveland, strategy)).status_code == 302
    assert not TypedText.objects.filter(size__gt=0).exists()


def test_a_form_with_errors_keeps_it_until_it_is_saved_without(browser, log, cleveland, strategy):
    key, opened = new_key(), browser.get(log)
    typing(browser, opened, key, 4, summary="Words")
    refused = submit(browser, opened, summary="Words", typed_sheets=f"{key}.4")
    assert error_summary(refused)
    assert kept()["summary"] == "Words"
    assert form(refused)[1]["typed_sheets"] == [f"{key}.4"]
    assert submit(browser, refused, **complete(cleveland, strategy)).status_code == 302
    assert not TypedText.objects.filter(size__gt=0).exists()


def test_a_step_that_is_not_possible_any_more_keeps_the_reason(browser, draft, mary):
    address, key = reverse("finding_withdraw", args=[draft.public_id]), new_key()
    opened = browser.get(address)
    typing(browser, opened, key, reason="A carefully written reason")
    draft.edit(by=mary, values={"summary": "Mary’s words"}, citations=[], expect=1)
    refused = submit(browser, opened, reason="A carefully written reason", typed_sheets=f"{key}.1")
    assert refused.status_code == 409
    assert kept()["reason"] == "A carefully written reason"
    assert submit(browser, browser.get(f"{address}?put_back={key}")).status_code == 302
    assert not TypedText.objects.filter(size__gt=0).exists()


def test_a_refusal_keeps_it(browser, draft, mary):
    address, key = reverse("finding_edit", args=[draft.public_id]), new_key()
    opened = browser.get(address)
    typing(browser, opened, key, summary="Ines’s words")
    draft.move("submit", by=mary)
    draft.move("withdraw", by=mary, reason="Why.")
    assert submit(browser, opened, summary="Ines’s words", typed_sheets=f"{key}.1").status_code == 403
    assert kept()["summary"] == "Ines’s words"


def test_a_lost_session_or_an_outdated_token_keeps_it(typed, browser, ines, log, cleveland, strategy):
    opened = browser.get(log)
    fields = {"typed_sheets": f"{typed}.3", **complete(cleveland, strategy)}
    browser.session.flush()
    assert submit(browser, opened, **fields).status_code == 200
    submit(browser, browser.get("/sign-in/"), button=None, username=ines.email, password=PASSWORD)
    assert submit(browser, opened, **fields).status_code == 302  # put back, to be saved again
    assert kept()["summary"] == "Officers came late, or not at all."


@pytest.mark.parametrize("told", ["nothing", "error", "both"])
def test_a_redirect_that_does_not_say_saved_keeps_it(told, typed, browser, log, monkeypatch):
    from django.contrib import messages
    from django.shortcuts import redirect
    from django.urls import URLPattern, get_resolver

    def view(request, public_id):
        if told == "both":
            messages.success(request, "Done")
        if told != "nothing":
            messages.error(request, "Not possible any more")
        return redirect("home")

    def patterns(resolver):
        for pattern in resolver.url_patterns:
            yield from [pattern] if isinstance(pattern, URLPattern) else patterns(pattern)

    opened = browser.get(log)
    route = next(pattern for pattern in patterns(get_resolver()) if pattern.name == "finding_log")
    monkeypatch.setattr(route, "callback", view)
    assert submit(browser, opened, typed_sheets=f"{typed}.3").status_code == 302
    assert kept()["summary"] == "Officers came late, or not at all."


def test_a_save_that_breaks_off_keeps_it(typed, browser, log, cleveland, strategy, monkeypatch):
    opened = browser.get(log)

    def breaks(*args, **kwargs):
        raise RuntimeError("The plug was pulled")

    monkeypatch.setattr(Finding, "log", breaks)
    browser.raise_request_exception = False
    fields = {"summary": "x", "typed_sheets": f"{typed}.3", **complete(cleveland, strategy)}
    assert submit(browser, opened, **fields).status_code == 500
    assert kept()["summary"] == "Officers came late, or not at all."


def test_a_save_is_told_as_saved_even_when_its_text_cannot_be_let_go(
    typed, browser, log, cleveland, strategy, monkeypatch, caplog
):
    opened = browser.get(log)

    def breaks(**kwargs):
        raise DatabaseError("No connection")

    monkeypatch.setattr(TypedText, "let_go", breaks)
    fields = {"summary": "x", "typed_sheets": f"{typed}.3", **complete(cleveland, strategy)}
    assert submit(browser, opened, **fields).status_code == 302
    assert Finding.objects.count() == 1
    assert "could not be let go" in caplog.text
    assert "Officers" not in caplog.text


def test_other_sheets_of_the_form_stay(typed, browser, log, cleveland, strategy):
    """A crash, then another finding typed and saved: the first is still offered."""
    key, opened = new_key(), browser.get(log)
    typing(browser, opened, key, summary="Another finding")
    assert len(offers(browser.get(log))) == 2
    submit(browser, opened, summary="Another", typed_sheets=f"{key}.1", **complete(cleveland, strategy))
    ((words, _link, left),) = offers(browser.get(log))
    assert left == typed
    assert "Officers came late" in words


# Two versions


def test_what_changed_meanwhile_makes_the_save_a_conflict_with_both_versions(browser, ines, draft, mary):
    address = reverse("finding_edit", args=[draft.public_id])
    typing(browser, browser.get(address), new_key(), summary="Ines’s words")
    draft.edit(by=mary, values={"summary": "Mary’s words"}, citations=[], expect=1)
    client = of(ines)
    back = put_back(client, address)
    assert (form(back)[1]["summary"], form(back)[1]["version"]) == (["Ines’s words"], ["1"])
    conflict = submit(client, back)
    assert conflict.status_code == 409
    assert "Somebody else changed this meanwhile" in text(conflict)
    row = next(row for row in page(conflict).find_all("tr") if row.find("th").text == "Summary")
    assert [cell.text for cell in row.find_all("td")] == ["Ines’s words", "Mary’s words"]
    assert kept()["summary"] == "Ines’s words"
    draft.refresh_from_db()
    assert draft.summary == "Mary’s words"
    assert submit(client, conflict).status_code == 302
    assert not TypedText.objects.filter(size__gt=0).exists()
    draft.refresh_from_db()
    assert draft.summary == "Ines’s words"


def test_the_same_sheet_saved_from_two_computers_logs_once(typed, browser, ines, log, cleveland, strategy):
    here, there = put_back(browser, log), of(ines)
    away = put_back(there, log)
    assert submit(browser, here, **complete(cleveland, strategy)).status_code == 302
    again = submit(there, away, summary="With other words", **complete(cleveland, strategy))
    assert again.status_code == 409
    assert "You have logged this finding already" in text(again)
    assert Finding.objects.count() == 1


# Messages in any order, from anywhere


def test_a_late_message_does_not_undo_a_newer_one(browser, log):
    key, opened = new_key(), browser.get(log)
    for order, words in ((2, "second"), (1, "first"), (2, "second again")):
        assert typing(browser, opened, key, order, summary=words).status_code == 204
    assert kept()["summary"] == "second"


def test_a_message_under_way_while_the_form_is_saved_does_not_bring_the_text_back(
    browser, log, cleveland, strategy
):
    key, opened = new_key(), browser.get(log)
    submit(browser, opened, summary="Words", typed_sheets=f"{key}.1", **complete(cleveland, strategy))
    assert typing(browser, opened, key, 1, summary="Words").status_code == 204
    assert offers(browser.get(log)) == []
    # What is typed later, after going back, is text of its own.
    typing(browser, opened, key, 2, summary="More words")
    assert kept()["summary"] == "More words"


def test_carried_on_in_another_sheet_it_is_offered_once(typed, browser, log):
    back, key = put_back(browser, log), new_key()
    typing(browser, back, key, summary="Carried on", sheets=form(back)[1]["typed_sheets"][0])
    assert [offer[2] for offer in offers(browser.get(log))] == [key]


def test_what_was_typed_on_in_the_first_window_stays_when_another_carries_on_its_text(typed, browser, log):
    """The lid was closed over an open form, the text put back at home; then the lid is opened again."""
    opened = browser.get(log)
    sheets = form(put_back(browser, log))[1]["typed_sheets"][0]
    typing(browser, opened, typed, 4, summary="Typed on in the office")
    typing(browser, opened, new_key(), 1, summary="Typed on at home", sheets=sheets)
    words = " ".join(offer[0] for offer in offers(browser.get(log)))
    assert "Typed on in the office" in words
    assert "Typed on at home" in words


def test_the_form_as_it_was_opened_is_nothing_typed(typed, browser, log):
    fields = form(browser.get(log))[1]
    sent = {
        "csrfmiddlewaretoken": fields["csrfmiddlewaretoken"],
        "typed-for": fields["submission_key"],
        "typed-sheet": f"{typed}.4",
        "typed-path": log,
    }
    assert browser.post(reverse("typed_save"), sent).status_code == 204
    assert offers(browser.get(log)) == []


@pytest.mark.django_db(transaction=True)
def test_saving_and_a_last_message_at_the_same_moment_leave_nothing_behind(ines):
    """In either order, and whichever of the two makes the row."""
    for _round in range(6):
        key, start, problems = new_key(), threading.Barrier(2), []
        acts = [
            lambda key=key: TypedText.keep(
                person=ines, key=key, order=1, path="/x/", fields={"a": ["words"]}
            ),
            lambda key=key: TypedText.let_go(person=ines, sheets={key: 1}),
        ]

        def run(act, start=start, problems=problems):
            try:
                start.wait()
                act()
            except Exception as problem:
                problems.append(problem)
            finally:
                connection.close()

        threads = [threading.Thread(target=run, args=[act]) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert problems == []
        row = TypedText.objects.get(key=key)
        assert (row.size, row.fields) == (0, {})


# Discarded


def test_discarding_it_leads_back_to_the_form_and_it_is_gone(typed, browser, log):
    opened = browser.get(log)
    discard = next(f for f in page(opened).find_all("form") if f["action"].startswith("/typed/"))
    fields = {field["name"]: field["value"] for field in discard.find_all("input")}
    response = browser.post(discard["action"], fields)
    assert (response.status_code, response.url) == (302, log)
    assert offers(browser.get(log)) == []
    assert not TypedText.objects.filter(size__gt=0).exists()
    assert browser.post(discard["action"], fields).status_code == 302  # pressed twice


def test_what_was_typed_after_the_page_was_drawn_is_not_discarded(typed, browser, log):
    opened = browser.get(log)
    typing(browser, opened, typed, 4, summary="Typed on in another window")
    token = form(opened)[1]["csrfmiddlewaretoken"][0]
    browser.post(reverse("typed_discard"), {"typed_sheets": f"{typed}.3", "csrfmiddlewaretoken": token})
    assert kept()["summary"] == "Typed on in another window"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", "\0"],
)
def test_discarding_leads_nowhere_else(elsewhere, browser, log):
    token = form(browser.get(log))[1]["csrfmiddlewaretoken"][0]
    address = f"{reverse('typed_discard')}?next={quote(elsewhere, safe='')}"
    assert browser.post(address, {"csrfmiddlewaretoken": token}).url == "/"
    assert browser.get(address).url == "/"


def test_a_get_discards_nothing_and_leads_back(typed, browser, log):
    """As after signing in again."""
    response = browser.get(reverse("typed_discard"), {"next": log, "typed_sheets": f"{typed}.3"})
    assert response.url == log
    assert len(offers(browser.get(log))) == 1


# What the address takes


def test_it_takes_a_post_of_a_signed_in_person_with_a_token_only(typed, browser, log):
    assert browser.get(reverse("typed_save")).status_code == 405
    assert browser.head(reverse("typed_save")).status_code == 405
    assert browser.post(reverse("typed_save"), {"summary": "x"}).status_code == 403
    opened = browser.get(log)
    browser.session.flush()
    answer = typing(browser, opened, new_key(), summary="Words of somebody signed out")
    assert answer.status_code == 302
    assert answer.url.startswith("/sign-in/?next=/typed/")
    assert TypedText.objects.count() == 1


def test_text_held_for_a_form_is_not_lost_to_a_message_with_an_outdated_token(browser, ines, log):
    opened = browser.get(log)
    browser.session.flush()
    lost = submit(browser, opened, summary="Held")
    led_on = submit(browser, lost, button=None, username=ines.email, password=PASSWORD)
    assert typing(browser, opened, new_key(), summary="Held").status_code == 403
    assert form(browser.get(led_on.url))[1]["summary"] == ["Held"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("typed-sheet", ""),
        ("typed-sheet", "short.1"),
        ("typed-sheet", "k" * 41 + ".1"),
        ("typed-sheet", "keykeykey"),
        ("typed-sheet", "keykeykey.-1"),
        ("typed-sheet", "keykeykey.1234567890"),
        ("typed-sheet", "keykeykey.\u0661"),
        ("typed-path", ""),
        ("typed-path", "//evil.example/"),
        ("typed-path", "https://evil.example/"),
        ("typed-path", "/x?y"),
        ("typed-path", "/\\evil.example"),
        ("typed-path", "/" + "x" * 300),
        ("typed-path", "/\u00e9"),
        ("typed-path", "/a b"),
        ("typed-path", "/\0"),
        ("typed-for", ""),
    ],
)
def test_what_does_not_say_where_it_belongs_is_refused(name, value, browser, log):
    fields = form(browser.get(log))[1]
    sent = {
        "csrfmiddlewaretoken": fields["csrfmiddlewaretoken"],
        "typed-for": fields["submission_key"],
        "typed-sheet": f"{new_key()}.1",
        "typed-path": log,
        "summary": "x",
        name: value,
    }
    response = browser.post(reverse("typed_save"), sent)
    assert response.status_code == 400
    assert response["Content-Type"].startswith("text/plain")
    assert not TypedText.objects.exists()


def test_a_key_that_was_not_issued_here_is_refused(browser, log):
    opened = browser.get(log)
    for key in ("forged", "a:b:c", form(opened)[1]["csrfmiddlewaretoken"][0]):
        sent = {
            "csrfmiddlewaretoken": form(opened)[1]["csrfmiddlewaretoken"],
            "typed-for": key,
            "typed-sheet": f"{new_key()}.1",
            "typed-path": log,
            "summary": "x",
        }
        assert browser.post(reverse("typed_save"), sent).status_code == 403
    assert not TypedText.objects.exists()


def test_tokens_and_passwords_are_not_kept(browser, log):
    extra = {"password": "secret", "new_password1": "secret", "next": "/", "held": "x", "username": "ines"}
    typing(browser, browser.get(log), new_key(), summary="Words", **extra)
    assert not {*extra, "csrfmiddlewaretoken", "typed-for", "typed-path", "typed_sheets"} & set(kept())
    assert "secret" not in json.dumps(kept())
    assert held.submission_token(kept()["submission_key"], TypedText.objects.get().person)


def test_files_are_not_kept(browser, log):
    from django.core.files.uploadedfile import SimpleUploadedFile

    fields = form(browser.get(log))[1]
    sent = {
        "csrfmiddlewaretoken": fields["csrfmiddlewaretoken"][0],
        "typed-for": fields["submission_key"][0],
        "typed-sheet": f"{new_key()}.1",
        "typed-path": log,
        "summary": "Words",
        "evidence": SimpleUploadedFile("case.txt", b"FILE-WORDS"),
    }
    assert browser.post(reverse("typed_save"), sent).status_code == 204
    assert set(kept()) == {"summary", "submission_key"}


def test_nul_and_other_hostile_characters_are_no_error(browser, log):
    hostile = "a\0b\u202e\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16") + "\x1b[31m"
    typing(browser, browser.get(log), new_key(), summary=hostile, **{"na\0me": "x"})
    assert kept()["summary"] == hostile.replace("\0", "")
    assert form(put_back(browser, log))[1]["summary"] == [hostile.replace("\0", "")]


def test_half_a_character_is_no_error(ines):
    """As a form in UTF-7 could bring it."""
    TypedText.keep(person=ines, key=new_key(), order=1, path="/x/", fields={"a\ud800": ["b\udfff c"]})
    assert kept() == {"a?": "b? c"}


# Limits


def test_too_much_is_refused_in_words_and_what_was_kept_stays(typed, browser, log):
    answer = typing(browser, browser.get(log), typed, 4, summary="x" * limits.LARGEST)
    assert answer.status_code == 413
    assert answer.content.decode() == "This is too much text to keep while you type. Save it, or shorten it."
    assert kept()["summary"] == "Officers came late, or not at all."
    assert typing(browser, browser.get(log), typed, 5, summary="x" * 150_000).status_code == 204
    fields = {f"n{number}": "x" for number in range(1100)}
    assert typing(browser, browser.get(log), typed, 6, **fields).status_code == 400
    assert len(kept()["summary"]) == 150_000


def test_the_size_is_that_of_bytes_not_of_letters(ines):
    keep = {"person": ines, "order": 1, "path": "/x/"}
    with pytest.raises(TooMuchTyped):
        TypedText.keep(key=new_key(), fields={"a": ["👧🏽" * (limits.LARGEST // 8)]}, **keep)
    TypedText.keep(key=new_key(), fields={"a": ["👧🏽" * (limits.LARGEST // 8 - 10)]}, **keep)


def keep_sheets(person, number, path="/x/"):
    for n in range(number):
        TypedText.keep(person=person, key=f"sheet-{n:04}", order=1, path=path, fields={"a": [f"words {n}"]})


def test_of_one_person_the_newest_fifty_are_kept(ines, mary):
    keep_sheets(mary, 3)
    keep_sheets(ines, limits.MOST_SHEETS + 3)
    left = TypedText.objects.filter(person=ines).values_list("key", flat=True)
    assert sorted(left) == [f"sheet-{n:04}" for n in range(3, limits.MOST_SHEETS + 3)]
    assert TypedText.objects.filter(person=mary).count() == 3


def test_saved_sheets_do_not_push_out_unsaved_ones(ines):
    keep_sheets(ines, 1)
    for _number in range(limits.MOST_SHEETS + 10):
        key = new_key()
        TypedText.keep(person=ines, key=key, order=1, path="/x/", fields={"a": ["words"]})
        TypedText.let_go(person=ines, sheets={key: 1})
    assert TypedText.objects.get(size__gt=0).key == "sheet-0000"


def test_after_thirty_days_it_is_offered_no_more_and_the_next_sheet_of_anybody_removes_it(
    typed, browser, log, mary
):
    long_ago = timezone.now() - limits.KEPT_FOR - timedelta(minutes=1)
    TypedText.objects.update(saved_at=long_ago)
    assert offers(browser.get(log)) == []
    assert form(browser.get(f"{log}?put_back={typed}"))[1]["summary"] == [""]
    keep_sheets(mary, 1)
    assert TypedText.objects.get().person == mary


def test_what_is_empty_is_forgotten_after_a_day(ines):
    TypedText.let_go(person=ines, sheets={"sheet-0001": 1})
    keep_sheets(ines, 1)
    assert TypedText.objects.count() == 2
    TypedText.objects.filter(size=0).update(saved_at=timezone.now() - limits.EMPTY_FOR - timedelta(minutes=1))
    TypedText.keep(person=ines, key="sheet-0002", order=1, path="/x/", fields={"a": ["b"]})
    assert not TypedText.objects.filter(size=0).exists()


def test_a_form_asks_once_for_what_was_typed_however_much_there_is(
    ines, browser, log, django_assert_num_queries
):
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as none:
        browser.get(log)
    keep_sheets(ines, 3, path=log)
    with CaptureQueriesContext(connection) as three:
        assert len(offers(browser.get(log))) == 3
    assert len(three) == len(none)


# Every form with text


def test_every_form_that_takes_text_is_kept(browser, drafting, draft, mary, published):
    """The page says what it keeps, and the text comes back there."""
    of_inspection, of_finding = [drafting.public_id], [draft.public_id]
    forms = {
        reverse("finding_log", args=of_inspection): "summary",
        reverse("finding_edit", args=of_finding): "summary",
        reverse("finding_withdraw", args=of_finding): "reason",
        reverse("finding_step", args=[*of_finding, "submit"]): "reason",
        reverse("inspection_add"): "notes",
        reverse("inspection_edit", args=of_inspection): "notes",
        reverse("inspection_step", args=[*of_inspection, "pause"]): "reason",
        reverse("inspection_date", args=of_inspection): "source",
    }
    keys = set()
    for address, field in forms.items():
        opened = browser.get(address)
        drawn = page(opened).find("form", class_="app-form")
        keys.add(drawn["data-keep"])
        assert "data-fresh" in drawn.attrs, address
        typing(browser, opened, new_key(), **{field: f"Typed at {address}"})
        back = put_back(browser, address)
        assert form(back)[1][field] == [f"Typed at {address}"], address
        assert "data-fresh" not in page(back).find("form", class_="app-form").attrs
    assert len(keys) == len(forms)
    # One of a manager, with a reason.
    client, address = of(mary), reverse("inspection_judge", args=[published.public_id])
    typing(client, client.get(address), new_key(), reason="Typed by Mary")
    assert form(put_back(client, address))[1]["reason"] == ["Typed by Mary"]
    assert not Inspection.objects.filter(notes__startswith="Typed").exists()


def test_pages_with_a_textarea_name_what_they_keep():
    """A new form with text: `data-keep`, and components/put_back.html above it."""
    from pathlib import Path

    root = Path(__file__).resolve().parent.parent / "templates"
    for path in root.rglob("*.html"):
        source = path.read_text()
        if "components/put_back.html" in source and "app-form" in source:
            assert "data-keep=" in source or path.name == "saved_view_form.html", path


def test_nothing_else_of_the_register_refers_to_typed_text():
    related = [
        (model.__name__, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.related_model is TypedText
    ]
    assert related == []
