"""The agency's response to a finding: by its lead or recorded for it, every version kept, read by whom it concerns."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Event
from findings.models import Finding, Response

from .browsing import error_summary, form, page, submit, text
from .conftest import PASSWORD, weakness
from .states import logged
from .test_history import one_event_more
from .who_sees_what import FINDINGS, may, mismatches

ROUTES = {"finding_respond"}
WORDS = "ANSWER-WORDS our records say otherwise."


def answers(name, state, status):
    return state == "published" and name in {"ines", "mary", "hugo", "clara"}


@pytest.mark.parametrize(("state", "status"), FINDINGS)
def test_a_published_finding_is_answered_by_its_agency_and_those_who_record_for_it(
    state,
    status,
    people,
    make,
    ines,
    mary,
    cleveland,
    strategy,
):
    finding = logged(make(status), ines, weakness(cleveland, strategy), state, reviewer=mary)
    before = Event.objects.count()
    expected = lambda name: may(answers)(name, state, status)
    assert mismatches(people, "finding_respond", finding.public_id, expected) == []
    assert Event.objects.count() == before


def opened(client, finding):
    return client.get(reverse("finding_respond", args=[finding.public_id]))


@pytest.mark.parametrize("position", ["accepted", "partly_accepted", "rejected", "facts_contested"])
def test_the_lead_responds_today_as_one_event(position, finding, clara, cleveland, signed_in):
    client = signed_in(clara)
    form_page = opened(client, finding)
    assert "received_on" not in form(form_page)[1]
    # A day of her own choosing is not taken: the time that an answer took is counted from it.
    response = submit(client, form_page, position=position, text=WORDS, received_on="1/1/2017")
    assert (response.status_code, response.url) == (302, finding.get_absolute_url())
    event = one_event_more(finding, 1)
    assert (event.verb, event.by) == ("respond", clara)
    today = timezone.localdate()
    assert event.after == {"responses": [[1, "Cleveland Police", position, today.isoformat(), WORDS]]}
    given = Response.objects.get()
    assert (given.by_agency, given.by, given.received_on) == (cleveland, clara, today)


def test_the_response_stands_beside_what_was_found(finding, clara, ines, signed_in):
    client = signed_in(ines)
    assert "What the agency says" not in text(client.get(finding.get_absolute_url()))
    form_page = opened(client, finding)
    day = timezone.localdate() - timedelta(3)
    submit(client, form_page, position="facts_contested", text=WORDS, received_on=day.strftime("%d/%m/%Y"))
    for who in (ines, clara):
        parts = page(signed_in(who).get(finding.get_absolute_url())).find_all(class_="app-split__part")
        assert [part.find("h2").text for part in parts] == [
            "What the inspectorate found",
            "What the agency says",
        ]
        assert finding.summary in parts[0].text
        assert WORDS in parts[1].text
        assert "Facts contested" in parts[1].text
        assert f"Cleveland Police, received on {day:%-d %B %Y}" in parts[1].text
        assert "recorded by Ines Example" in parts[1].text


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"position": None}, ["Position: Choose the agency’s position."]),
        ({"text": " "}, ["Response: Write what the agency says."]),
        ({"received_on": ""}, ["Received on: Give the day on which it was received."]),
        ({"received_on": "soon"}, None),
        ({"received_on": "1/1/2099"}, None),
    ],
)
def test_what_is_missing_or_still_to_come_is_said(changes, errors, finding, ines, signed_in):
    client = signed_in(ines)
    typed = {"position": "accepted", "text": WORDS, "received_on": "1/9/2016", **changes}
    response = submit(client, opened(client, finding), **typed)
    assert response.status_code == 200
    assert error_summary(response) == errors if errors else len(error_summary(response)) == 1
    assert not Response.objects.exists()
    assert finding.events().count() == 1


def test_every_version_is_kept_and_the_latest_is_in_the_form(finding, clara, mary, signed_in):
    client = signed_in(clara)
    submit(client, opened(client, finding), position="rejected", text="First answer.")
    again = opened(client, finding)
    assert "Version 1 of the response" in text(again)
    assert (form(again)[1]["text"], form(again)[1]["position"]) == (["First answer."], ["rejected"])
    submit(client, again, position="partly_accepted", text="Second answer.")
    assert list(Response.objects.order_by("number").values_list("number", "is_current", "text")) == [
        (1, False, "First answer."),
        (2, True, "Second answer."),
    ]
    part = page(signed_in(mary).get(finding.get_absolute_url())).find(class_="app-split__part--theirs")
    assert part.find("strong", class_="govuk-tag").text == "Partly accepted"
    assert part.text.index("Second answer.") < part.text.index("First answer.")
    history = page(signed_in(mary).get(finding.get_absolute_url())).find("ol", class_="app-timeline").text
    assert "Response of the agency recorded" in history
    assert "Cleveland Police, version 2, received on" in history


def test_sent_twice_it_is_one_response(finding, clara, signed_in):
    client = signed_in(clara)
    form_page = opened(client, finding)
    for _time in range(2):
        assert submit(client, form_page, position="rejected", text=WORDS).status_code == 302
    assert Response.objects.count() == 1
    assert finding.events().count() == 2


def test_two_who_answer_see_both_versions_and_lose_nothing(finding, clara, cleveland, signed_in):
    from .conftest import person

    client, colleague = signed_in(clara), person("Carl", "respondent", cleveland)
    form_page = opened(client, finding)
    finding.respond(
        by=colleague, position="accepted", text="Carl's answer.", received_on=timezone.localdate()
    )
    response = submit(client, form_page, position="rejected", text=WORDS)
    assert response.status_code == 409
    assert form(response)[1]["text"] == [WORDS]
    assert "Carl's answer." in text(response)
    assert Response.objects.count() == 1
    assert submit(client, response).status_code == 302
    assert Response.objects.current().get().text == WORDS


def test_what_was_found_changed_meanwhile_and_is_read_before_it_is_answered(finding, clara, mary, signed_in):
    client = signed_in(clara)
    form_page = opened(client, finding)
    finding.correct(by=mary, values={"summary": "Newer words."}, citations=[], reason="Why.")
    response = submit(client, form_page, position="accepted", text=WORDS)
    assert response.status_code == 409
    assert "Newer words." in text(response)
    assert not Response.objects.exists()
    assert submit(client, response).status_code == 302


def test_a_response_sent_without_a_session_comes_back_after_signing_in(finding, clara, signed_in):
    client = signed_in(clara)
    form_page = opened(client, finding)
    client.session.flush()
    asked = submit(client, form_page, position="rejected", text=WORDS)
    response = submit(client, asked, button=None, username=clara.email, password=PASSWORD)
    back = client.get(response.url)
    assert "What you had typed is back in the form." in text(back)
    assert form(back)[1]["text"] == [WORDS]
    assert submit(client, back).status_code == 302


READS = {"ines", "mary", "hugo", "hanna", "otto", "hetty", "colin", "audrey", "clara"}


@pytest.mark.parametrize("name", [*sorted(READS), "mel", "stan", "adam"])
def test_inspectorates_auditors_and_the_agency_itself_read_it_and_nobody_else(
    name,
    people,
    finding,
    clara,
):
    before = Event.objects.count()
    finding.respond(by=clara, position="rejected", text=WORDS, received_on=timezone.localdate())
    assert Event.objects.count() == before + 1
    body = people[name].get(finding.get_absolute_url()).content.decode()
    assert (WORDS in body) == (name in READS)
    for path in ("/", "/findings/", "/findings/?q=ANSWER-WORDS", finding.inspection.get_absolute_url()):
        assert WORDS not in people[name].get(path).content.decode()


def test_a_withdrawn_finding_takes_its_response_along(finding, clara, mary, ines, signed_in):
    finding.respond(by=clara, position="rejected", text=WORDS, received_on=timezone.localdate())
    finding.move("withdraw", by=mary, reason="They were right.")
    assert WORDS not in signed_in(clara).get(finding.get_absolute_url()).content.decode()
    assert not Response.objects.visible_to(clara).exists()
    assert Finding.objects.get(pk=finding.pk).responses.count() == 1
