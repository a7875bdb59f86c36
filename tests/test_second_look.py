"""The second look in use: asked beside the field, answered with a box and a reason, kept in the one event of the write."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Event, TypedText
from findings.models import Evidence, Finding

from .browsing import error_summary, errors_beside, filled, form, page, submit, text
from .conftest import weakness
from .sample_files import pdf, upload
from .states import logged, moved, planned
from .test_held_text import KEPT, session_ends, sign_in, signs_in_on

NAMED = "Officers did not look for Kayleigh Ramsbottom."
WORDS = "Officers came late to strategy discussions."
WHY = "It is the name of an officer in the report."
LOOKED = {"second_look": "1", "second_look_reason": WHY}
NAME = "“Kayleigh Ramsbottom” looks like somebody's name."


@pytest.fixture
def desk(signed_in, ines):
    return signed_in(ines)


@pytest.fixture
def blank(desk, drafting, strategy):
    return desk.get(reverse("finding_log", args=[drafting.public_id]))


@pytest.fixture
def typed(cleveland, strategy):
    return {
        "finding_type": "weakness",
        "attributed_to": cleveland.pk,
        "theme": strategy.pk,
        "summary": NAMED,
        "severity": "moderate",
    }


def asked(response):
    """The words that the box asks about; None when there is no box."""
    box = page(response).find(id="second_look_group")
    return None if box is None else [word.text for word in box.find_all("strong")]


def looked_at():
    """[(what was looked at again)] of all events."""
    return list(Event.objects.exclude(second_look=None).order_by("pk").values_list("second_look", flat=True))


# Asked and answered


def test_words_that_may_name_a_child_come_back_with_all_that_was_typed(desk, blank, typed):
    assert asked(blank) is None
    response = submit(desk, blank, **typed, detail="More.")
    assert response.status_code == 200
    assert errors_beside(response, "id_summary") == [NAME]
    assert error_summary(response) == [f"Summary: {NAME}"]
    assert asked(response) == ["Kayleigh Ramsbottom"]
    fields = form(response)[1]
    assert (fields["summary"], fields["detail"]) == ([NAMED], ["More."])
    assert "second_look" not in fields
    assert not Finding.objects.exists()


def test_ticked_with_a_reason_it_is_saved_and_its_event_says_so_without_the_words(desk, blank, typed, ines):
    response = submit(desk, submit(desk, blank, **typed), **LOOKED)
    assert response.status_code == 302
    [event] = Finding.objects.get().events()
    assert (event.by, event.verb) == (ines, "logged")
    assert event.second_look == [{"field": "summary", "kinds": ["name"], "reason": WHY}]
    assert event.hash == event.digest()
    said = f"Looked at again in “Summary”, which may have somebody's name: {WHY}"
    assert said in text(desk.get(response.url))


def test_what_is_looked_at_again_is_part_of_the_chain(desk, blank, typed):
    submit(desk, submit(desk, blank, **typed), **LOOKED)
    [event] = Finding.objects.get().events()
    event.second_look = [{**event.second_look[0], "reason": "Another."}]
    assert event.hash != event.digest()


def test_what_names_nobody_is_saved_at_once_and_its_event_says_nothing(desk, blank, typed):
    assert submit(desk, blank, **{**typed, "summary": WORDS}).status_code == 302
    assert [event.second_look for event in Finding.objects.get().events()] == [None]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ({}, ""),
        ({"second_look": "1"}, "Say why nobody is identified."),
        ({"second_look": "1", "second_look_reason": "  \n "}, "Say why nobody is identified."),
        ({"second_look_reason": WHY}, "Tick the box as well."),
        ({"second_look": "1", "second_look_reason": "a" * 501}, "Say it in 500 characters."),
        (
            {"second_look": "1", "second_look_reason": "Kayleigh Ramsbottom is an officer."},
            "This names somebody itself. Say it without.",
        ),
    ],
)
def test_both_the_box_and_a_reason_are_needed(desk, blank, typed, answer, problem):
    response = submit(desk, submit(desk, blank, **typed), **answer)
    assert response.status_code == 200
    assert errors_beside(response, "id_summary") == [NAME]
    told = page(response).find(id="id_second_look_error")
    assert (told.text.removeprefix("Error: ") if told else "") == problem
    assert ("second_look" in form(response)[1]) == ("second_look" in answer)
    assert not Finding.objects.exists()
    assert submit(desk, response, **LOOKED).status_code == 302


def test_a_tick_before_anything_was_shown_counts_for_nothing(desk, blank, typed):
    response = submit(desk, blank, **typed, **LOOKED)
    assert asked(response) == ["Kayleigh Ramsbottom"]
    made_up = submit(desk, blank, **typed, **LOOKED, second_look_shown="0123456789abcdef0123")
    assert asked(made_up) == ["Kayleigh Ramsbottom"]
    assert not Finding.objects.exists()


def test_after_a_tick_only_new_words_are_asked_about(desk, blank, typed):
    first = submit(desk, blank, **typed)
    more = submit(desk, first, **LOOKED, summary=NAMED + " Nor for Zubayr Quorn.", detail="At TS18 1AB.")
    assert asked(more) == ["Zubayr Quorn", "TS18 1AB"]
    assert errors_beside(more, "id_summary") == ["“Zubayr Quorn” looks like somebody's name."]
    fields = form(more)[1]
    assert "second_look" not in fields
    assert fields["second_look_reason"] == [WHY]
    assert submit(desk, more, second_look="1").status_code == 302
    assert looked_at() == [
        [
            {"field": "summary", "kinds": ["name"], "reason": WHY},
            {"field": "detail", "kinds": ["postcode"], "reason": WHY},
        ]
    ]


def test_words_taken_out_need_no_tick(desk, blank, typed):
    response = submit(desk, submit(desk, blank, **typed), summary=WORDS)
    assert response.status_code == 302
    assert looked_at() == []


def test_a_form_that_comes_back_for_something_else_keeps_the_tick(desk, blank, typed):
    first = submit(desk, blank, **typed)
    back = submit(desk, first, **LOOKED, severity=None)
    assert errors_beside(back, "id_severity") == ["Choose how serious the weakness is."]
    assert errors_beside(back, "id_summary") == []
    assert asked(back) == []
    assert submit(desk, back, severity="minor").status_code == 302
    assert len(looked_at()) == 1


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("NHS 943 476 5919", "“943 476 5919” is an NHS number. Take it out: none is ever kept here."),
        (
            "born on 12 March 2009",
            "“born on 12 March 2009” is a date of birth. Take it out: an age is enough.",
        ),
    ],
)
def test_what_is_never_needed_has_no_box_to_tick(desk, blank, typed, words, problem):
    response = submit(desk, blank, **{**typed, "summary": words})
    assert errors_beside(response, "id_summary") == [problem]
    assert asked(response) is None
    again = submit(desk, response, **LOOKED)
    assert errors_beside(again, "id_summary") == [problem]
    assert not Finding.objects.exists()


def test_a_button_that_only_redraws_keeps_the_tick(desk, blank, typed):
    redrawn = submit(desk, submit(desk, blank, **typed), button="add_citation", **LOOKED)
    assert error_summary(redrawn) == []
    assert submit(desk, redrawn).status_code == 302


def test_in_a_row_of_a_form_it_is_asked_beside_the_row(desk, blank, typed):
    place = {"citations-0-page": "3", "citations-0-quotation": "Kayleigh Ramsbottom"}
    response = submit(desk, blank, **{**typed, "summary": WORDS}, **place)
    assert errors_beside(response, "id_citations-0-quotation") == [NAME]
    assert submit(desk, response, **LOOKED).status_code == 302
    assert looked_at() == [[{"field": "citations", "kinds": ["name"], "reason": WHY}]]


def test_sent_twice_it_is_one_finding(desk, blank, typed):
    first = submit(desk, blank, **typed)
    answers = [submit(desk, first, **LOOKED) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].url == answers[1].url
    assert len(looked_at()) == 1


# Saved before


def test_words_that_were_looked_at_when_they_were_saved_are_not_asked_about_again(
    desk, blank, typed, missing
):
    submit(desk, submit(desk, blank, **typed), **LOOKED)
    finding = Finding.objects.get()
    address = reverse("finding_edit", args=[finding.public_id])
    assert submit(desk, desk.get(address), theme=missing.pk).status_code == 302
    assert submit(desk, desk.get(address), summary=NAMED + " Twice.").status_code == 302
    asks = submit(desk, desk.get(address), summary=NAMED + " Nor for Zubayr Quorn.")
    assert asked(asks) == ["Zubayr Quorn"]
    assert len(looked_at()) == 1


def test_in_a_conflict_both_versions_are_shown_and_the_tick_stays(desk, draft, mary):
    asks = submit(desk, desk.get(reverse("finding_edit", args=[draft.public_id])), summary=NAMED)
    Finding.objects.get().edit(
        by=mary,
        values={"detail": "Mary's."},
        citations=[{"page": 12, "paragraph": "16"}],
        expect=draft.version,
    )
    conflict = submit(desk, asks, **LOOKED)
    assert conflict.status_code == 409
    assert NAMED in form(conflict)[1]["summary"]
    assert submit(desk, conflict).status_code == 302
    assert Finding.objects.get().summary == NAMED
    assert len(looked_at()) == 1


# Sessions that end, text kept while typed


def test_a_tick_survives_a_session_that_ended(ines, drafting, typed):
    browser = Client(enforce_csrf_checks=True)
    sign_in(browser, ines)
    asks = submit(browser, browser.get(reverse("finding_log", args=[drafting.public_id])), **typed)
    session_ends(browser)
    lost = submit(browser, asks, **LOOKED)
    back = browser.get(signs_in_on(browser, lost, ines).url)
    assert KEPT in text(back)
    fields = form(back)[1]
    assert (fields["summary"], fields["second_look"], fields["second_look_reason"]) == ([NAMED], ["1"], [WHY])
    assert submit(browser, back).status_code == 302
    assert len(looked_at()) == 1


def test_text_kept_while_typed_comes_back_with_its_answer(desk, blank, typed, ines):
    asks = submit(desk, blank, **typed)
    address, fields = form(asks)
    sheet = filled(fields, {**LOOKED})
    TypedText.keep(person=ines, key="abcdefgh", order=1, path=address, fields=sheet)
    back = desk.get(f"{address}?put_back=abcdefgh")
    assert error_summary(back) == []
    assert submit(desk, back).status_code == 302
    assert len(looked_at()) == 1


# Forms of each kind


def of_record(route, record):
    return reverse(route, args=[record.public_id])


@pytest.fixture
def kind_of_form(request, draft, finding, drafting, recommendation, cleveland, stockton, strategy, sif):
    """kind_of_form(name): (who, address, what else is sent, the field)."""

    def build(name):
        if name == "edit":
            return "ines", of_record("finding_edit", draft), {}, "summary"
        if name == "correction":
            return "mary", of_record("finding_correct", finding), {"reason": "Misread."}, "detail"
        if name == "reason of a correction":
            return "mary", of_record("finding_correct", finding), {"detail": "Misread."}, "reason"
        if name == "response":
            return "clara", of_record("finding_respond", finding), {"position": "accepted"}, "text"
        if name == "comment":
            return "ines", of_record("finding_comment", finding), {"audience": "inspectorate"}, "text"
        if name == "recommendation":
            return "ines", of_record("recommendation_add", draft), {"addressee": stockton.pk}, "text"
        if name == "answer":
            address = of_record("recommendation_respond", recommendation)
            return "stan", address, {"position": "accepted"}, "text"
        if name == "plan":
            action = {
                "actions-0-recommendation": recommendation.public_id,
                "actions-0-owner": "Superintendent Zubayr Quorn",
                "title": "Our plan",
            }
            return "stan", of_record("plan_begin", recommendation.inspection), action, "actions-0-text"
        if name == "letter":
            values = {"level": 1, "to_agency": cleveland.pk, "subject": "Attendance"}
            return "ines", reverse("letter_add"), values, "text"
        if name == "case":
            values = {"to_agency": cleveland.pk, "referred_on": "1/6/2026"}
            return "ines", of_record("case_referral_add", drafting), values, "reason"
        if name == "inspection":
            return "ines", of_record("inspection_edit", drafting), {}, "notes"
        assert name == "accuracy"
        ines, mary = request.getfixturevalue("ines"), request.getfixturevalue("mary")
        checked = moved(planned(ines, sif, stockton, team=[ines]), "drafting", ines)
        logged(checked, ines, weakness(cleveland, strategy), "agreed", reviewer=mary)
        checked.move("send_for_factual_accuracy", by=mary)
        return "clara", of_record("accuracy_comment_add", checked), {"place": "page 3"}, "text"

    return build


@pytest.mark.parametrize(
    "name",
    [
        "edit", "correction", "reason of a correction", "response", "comment", "recommendation", "answer", "plan",
        "letter", "case", "inspection", "accuracy",
    ],
)  # fmt: skip
def test_every_kind_of_form_asks_and_saves_as_one_event(name, kind_of_form, request, signed_in):
    who, address, values, field = kind_of_form(name)
    client = signed_in(request.getfixturevalue(who))
    before = Event.objects.count()
    response = submit(client, client.get(address), **values, **{field: NAMED})
    assert response.status_code == 200, text(response)[:500]
    assert asked(response) == ["Kayleigh Ramsbottom"]
    assert any(NAME in line for line in error_summary(response))
    assert Event.objects.count() == before
    saved = submit(client, response, **LOOKED)
    assert saved.status_code == 302, error_summary(saved)
    [[kept]] = looked_at()
    assert (kept["kinds"], kept["reason"]) == (["name"], WHY)


def test_where_names_of_people_at_work_belong_they_are_not_asked_about(desk, drafting):
    address = reverse("inspection_edit", args=[drafting.public_id])
    values = {"lead_inspector": "Zubayr Quorn"}
    assert submit(desk, desk.get(address), **values, notes="Led by Zubayr Quorn.").status_code == 302
    assert looked_at() == []
    assert asked(submit(desk, desk.get(address), lead_inspector="born on 12 March 2009")) is None


def test_colleagues_may_be_named_and_people_of_other_agencies_are_asked_about(desk, draft, mary, clara):
    address = reverse("finding_edit", args=[draft.public_id])
    assert submit(desk, desk.get(address), detail=f"{mary.get_full_name()} knows.").status_code == 302
    assert asked(submit(desk, desk.get(address), detail=f"{clara.get_full_name()} knows.")) == [
        clara.get_full_name()
    ]


def test_the_name_of_a_file_is_looked_at_too(signed_in, stan, recommendation, settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"
    client = signed_in(stan)
    blank = client.get(reverse("evidence_add", args=[recommendation.public_id]))
    values = {"kind": "audit", "description": "Audit of forty cases"}

    def send(response, **more):
        address, fields = form(response)
        data = filled(fields, {**values, **more})
        return client.post(address, {**data, "file": upload(pdf(), "kayleigh_Kayleigh-Ramsbottom.pdf")})

    asks = send(blank)
    assert asked(asks) == ["Kayleigh Ramsbottom"]
    assert NAME in errors_beside(asks, "id_file")
    assert not Evidence.objects.exists()
    assert send(asks, **LOOKED).status_code == 302
    assert looked_at() == [[{"field": "file_name", "kinds": ["name"], "reason": WHY}]]


def test_a_change_of_several_says_it_in_the_event_of_each(desk, drafting, ines, cleveland, strategy, missing):
    drafts = [Finding.log(by=ines, inspection=drafting, values=weakness(cleveland, strategy)) for _ in "12"]
    address = reverse("findings_bulk")
    picked = {"pick": [draft.public_id for draft in drafts], "change": "theme", "theme": missing.pk}
    asks = submit(desk, desk.get(address), **picked, reason=NAMED)
    assert asked(asks) == ["Kayleigh Ramsbottom"]
    preview = submit(desk, asks, **LOOKED, **picked)
    assert "Change 2 records" in text(preview)
    assert submit(desk, preview, button="confirm").status_code == 302
    assert looked_at() == [[{"field": "reason", "kinds": ["name"], "reason": WHY}]] * 2


# The administration


def test_the_administration_asks_too(adam, signed_in, stockton):
    client = signed_in(adam)
    address = reverse("admin:agencies_agency_change", args=[stockton.pk])
    opened = client.get(address)
    fields = {
        name: value
        if isinstance(value := opened.context["adminform"].form[name].value(), str)
        else value or ""
        for name in opened.context["adminform"].form.fields
    }
    fields = {name: value for name, value in fields.items() if value is not False}
    asks = client.post(address, {**fields, "note": NAMED})
    assert asks.status_code == 200
    assert asked(asks) == ["Kayleigh Ramsbottom"]
    assert NAME in " ".join(asks.context["adminform"].form.errors["note"])
    shown = page(asks).find("input", name="second_look_shown")["value"]
    saved = client.post(address, {**fields, "note": NAMED, **LOOKED, "second_look_shown": shown})
    assert saved.status_code == 302
    assert Agency.objects.get(pk=stockton.pk).note == NAMED
    assert looked_at() == [[{"field": "note", "kinds": ["name"], "reason": WHY}]]
    history = client.get(reverse("admin:agencies_agency_history", args=[stockton.pk]))
    assert WHY in history.content.decode()


def test_retiring_a_theme_asks_too(adam, signed_in, strategy):
    client = signed_in(adam)
    address = reverse("admin:findings_theme_retire", args=[strategy.pk])
    asks = client.post(address, {"reason": NAMED})
    assert asked(asks) == ["Kayleigh Ramsbottom"]
    shown = page(asks).find("input", name="second_look_shown")["value"]
    assert client.post(address, {"reason": NAMED, **LOOKED, "second_look_shown": shown}).status_code == 302
    strategy.refresh_from_db()
    assert strategy.retired_on == timezone.localdate()
    assert len(looked_at()) == 1
