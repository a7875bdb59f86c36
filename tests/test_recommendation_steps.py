"""The steps of a recommendation through its pages: who takes each from which status, one event each, and what is
refused: days to come, days before the step before, one person in two roles, closing one's own."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from findings.models import Recommendation, Response
from inspections.models import IllegalTransition

from .browsing import error_summary, errors_beside, page, submit, text
from .conftest import person, weakness
from .states import RECOMMENDATION_STEPS, add_evidence, logged, recommended

TODAY, YESTERDAY = timezone.localdate, lambda: timezone.localdate() - timedelta(1)


def day(value):
    return date_format(value, "j/n/Y")


@pytest.fixture
def give(finding, stockton, otto, mary, stan):
    """give(status): a recommendation to Stockton of the finding of 2016 about Cleveland, written by Otto."""
    return lambda status="issued", **more: recommended(
        finding, stockton, status, author=otto, manager=mary, lead=stan, **more
    )


@pytest.fixture
def browse(request, signed_in):
    """browse("ines"): a client in which she has signed in; kept for the test."""
    clients = {}

    def client(name):
        if name not in clients:
            clients[name] = signed_in(request.getfixturevalue(name))
        return clients[name]

    return client


def address(route, found, *args):
    return reverse(f"recommendation_{route}", args=[found.public_id, *args])


def after(found):
    """(status, verbs of the events that were added since the record was read)"""
    events = [event.verb for event in found.events()][found.version :]
    return Recommendation.objects.get(pk=found.pk).status, events


# Each step: route, arguments, what is filled in, who takes it, from which statuses to which, and the event.

ANSWER = {"position": "accepted", "text": "We accept it."}
SAW = {"kind": "desktop", "text": "Ten cases were read."}
AFTER_RESPONSE = ["responded", "plan_submitted", "in_progress", "completion_claimed"]
OPEN = ["issued", *AFTER_RESPONSE, "reopened"]
STEPS = [
    ("step", ["issue"], {}, "mary", ["draft"], "issued", "issue"),
    ("step", ["withdraw"], {"reason": "Twice."}, "ines", ["draft"], "withdrawn", "withdraw"),
    ("respond", [], ANSWER, "stan", ["issued", "reopened"], "responded", "respond"),
    ("respond", [], ANSWER, "stan", AFTER_RESPONSE, None, "respond again"),
    ("claim", [], {"text": "It is done."}, "stan", ["in_progress"], "completion_claimed", "claim"),
    ("verify", [], {**SAW, "progress": "good", "closes": "on"}, "mary", ["completion_claimed"], "closed_verified", "verify and close"),
    ("verify", [], {**SAW, "progress": "none"}, "mary", ["completion_claimed"], "in_progress", "find not done"),
    ("verify", [], {**SAW, "progress": "reasonable"}, "mary", OPEN, None, "progress recorded"),
    ("step", ["close_not_implemented"], {"reason": "Refused."}, "mary", OPEN, "closed_not_implemented", "close not implemented"),
    ("step", ["reopen"], {"reason": "Again."}, "ines", ["closed_verified", "closed_not_implemented"], "reopened", "reopen"),
    ("supersede", [], {"reason": "Clearer."}, "mary", OPEN, "superseded", "supersede"),
    ("date", [], {"reason": "Why."}, "stan", OPEN, None, "due date proposed"),
    ("assign", [], {}, "ines", [*OPEN, "closed_verified"], None, "assigned"),
]  # fmt: skip
LEGAL = [
    pytest.param(
        *step[:4], status, step[5], step[6], id=f"{'-'.join([step[0], *step[1]])}-{step[6]}-{status}"
    )
    for step in STEPS
    for status in step[4]
]


@pytest.mark.parametrize(("route", "args", "filled_in", "who", "status", "target", "verb"), LEGAL)
def test_a_step_that_is_legal_is_taken_with_one_event(
    route, args, filled_in, who, status, target, verb, give, browse, mary
):
    found = give(status)
    more = {"due_on": day(TODAY() + timedelta(90))} if route == "date" else {}
    more |= {"to": mary.pk} if route == "assign" else {}
    response = submit(browse(who), browse(who).get(address(route, found, *args)), **filled_in, **more)
    assert response.status_code == 302, error_summary(response)
    assert after(found) == (target or status, [verb])
    event = found.events().last()
    assert event.by.first_name.lower() == who


@pytest.mark.parametrize("status", RECOMMENDATION_STEPS)
def test_no_step_is_taken_from_a_status_from_which_it_is_not_legal(status, give, browse):
    """Opening its page is refused; a form that comes too late is told why, and nothing happens."""
    found = give(status)
    for route, args, filled_in, who, *_rest in STEPS:
        legal = {state for step in STEPS if step[:2] == (route, args) for state in step[4]} | (
            {"closed_not_implemented", "superseded"} if route == "assign" else set()
        )
        if status in legal:
            continue
        # Before it is issued the agency does not even see it; who may record for it is told the same.
        client = browse("ines" if who == "stan" and status in ("draft", "withdrawn") else who)
        assert client.get(address(route, found, *args)).status_code == 403, (route, args)
        response = client.post(address(route, found, *args), {"version": found.version, **filled_in})
        assert response.status_code == 409, (route, args)
        (sentence,) = [line for line in error_summary(response) if "is now" in line]
        assert sentence.endswith("so this step is not possible.")
    assert after(found) == (status, [])


def test_a_step_without_its_reason_is_not_taken(give, browse):
    for status, verb in (
        ("issued", "close_not_implemented"),
        ("closed_verified", "reopen"),
        ("draft", "withdraw"),
    ):
        found = give(status)
        client = browse("mary")
        response = submit(client, client.get(address("step", found, verb)), reason=" ")
        assert (response.status_code, after(found)) == (200, (status, []))
        assert error_summary(response) == ["Reason: This field is required."]


@pytest.mark.parametrize("version", ["", "abc", "-1", "0", "99"])
def test_a_step_without_a_sound_version_is_not_taken(version, give, browse):
    found = give("in_progress")
    sent = {
        "version": version,
        "reason": "Why.",
        "text": "Done.",
        **SAW,
        "progress": "good",
        "on": day(TODAY()),
    }
    for who, route, args in (
        ("mary", "step", ["close_not_implemented"]),
        ("stan", "claim", []),
        ("mary", "verify", []),
    ):
        response = browse(who).post(address(route, found, *args), sent)
        assert response.status_code == 409
        assert error_summary(response) == [
            "Somebody changed this recommendation meanwhile. Read it again before you decide."
        ]
    assert after(found) == ("in_progress", [])


# Responding


def test_the_agency_responds_today_and_an_inspector_says_when_it_came_in(give, browse, stan, ines):
    found = give()
    client = browse("stan")
    asked = client.get(address("respond", found))
    assert page(asked).find("input", name="received_on") is None
    assert "You record this for" not in text(asked)
    # A day that is sent all the same is not taken: nobody makes their own answer earlier.
    submit(client, asked, **ANSWER, received_on=day(YESTERDAY()))
    mine = Response.objects.get(recommendation=found)
    assert (mine.received_on, mine.by, mine.by_agency) == (TODAY(), stan, found.addressee)
    client = browse("ines")
    asked = client.get(address("respond", found))
    assert "You record this for Stockton-on-Tees Borough Council." in text(asked)
    assert (
        submit(client, asked, **{**ANSWER, "text": "By letter."}, received_on=day(TODAY())).status_code == 302
    )
    seen = text(client.get(found.get_absolute_url()))
    assert "recorded for Stockton-on-Tees by Ines Example, Ofsted" in seen
    assert "1 earlier version" in seen


@pytest.mark.parametrize(
    ("when", "complaint"),
    [
        (lambda found: TODAY() + timedelta(1), "This day is still to come."),
        (lambda found: found.issued_on - timedelta(1), "The step before was taken on"),
        (lambda found: None, "Write a date such as"),
    ],
)
def test_a_response_came_in_between_the_issue_and_today(when, complaint, give, browse):
    found = give()
    client, wanted = browse("ines"), when(found)
    sent = day(wanted) if wanted else "the other day"
    response = submit(client, client.get(address("respond", found)), **ANSWER, received_on=sent)
    assert response.status_code == 200
    (error,) = errors_beside(response, "id_received_on")
    assert error.startswith(complaint)
    assert "We accept it." in text(response)  # what was typed stays
    assert after(found) == ("issued", [])


def test_a_further_version_did_not_come_in_before_the_version_that_it_follows(recommendation, browse, ines):
    recommendation.respond(by=ines, **ANSWER, received_on=TODAY() - timedelta(5))
    found = Recommendation.objects.get()
    client = browse("ines")
    asked = client.get(address("respond", found))
    again = {**ANSWER, "text": "A second thought."}
    response = submit(client, asked, **again, received_on=day(TODAY() - timedelta(6)))
    assert "The step before was taken on" in errors_beside(response, "id_received_on")[0]
    assert submit(client, response, received_on=day(TODAY() - timedelta(5))).status_code == 302
    assert after(found) == ("responded", ["respond again"])


def test_the_same_form_twice_is_one_version_and_other_words_are_told_of(give, browse):
    found, client = give(), browse("stan")
    asked = client.get(address("respond", found))
    assert submit(client, asked, **ANSWER)["Location"] == found.get_absolute_url()
    again = submit(client, asked, **ANSWER)
    assert (again.status_code, again["Location"]) == (302, found.get_absolute_url())
    assert Response.objects.count() == 1
    other = submit(client, asked, **{**ANSWER, "text": "Other words."})
    assert other.status_code == 409
    assert "Other words." in text(other)
    assert Response.objects.count() == 1
    assert submit(client, other).status_code == 302  # now that it was read again
    assert [response.text for response in Response.objects.order_by("number")] == [
        "We accept it.",
        "Other words.",
    ]


@pytest.mark.parametrize("route", ["claim", "verify", "date", "supersede", "date_decide"])
def test_the_same_form_twice_counts_once(route, give, browse, stan):
    found = give("in_progress" if route == "claim" else "completion_claimed")
    if route == "date_decide":
        found.propose_due_date(by=stan, due_on=TODAY() + timedelta(90), reason="Why.")
    filled_in = {
        "claim": {"text": "It is done."},
        "verify": {**SAW, "progress": "good", "closes": "on"},
        "date": {"due_on": day(TODAY() + timedelta(90)), "reason": "Why."},
        "supersede": {"reason": "Clearer."},
        "date_decide": {"decision": "refuse", "reason": "Too late."},
    }[route]
    client = browse("stan" if route in ("claim", "date") else "mary")
    asked = client.get(address(route, found))
    first, second = (submit(client, asked, **filled_in) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]
    assert len(after(found)[1]) == 1 if route != "date_decide" else 2


# Three bodies: Stan's council is addressed and was inspected, the finding is attributed to Clara's force


def test_whom_the_finding_is_about_reads_it_and_does_not_answer_it(give, browse):
    found = give("in_progress")
    seen = text(browse("clara").get(found.get_absolute_url()))
    assert found.text in seen
    for route in ("respond", "claim", "date"):
        assert address(route, found) not in browse("clara").get(found.get_absolute_url()).content.decode()
        for who in ("clara", "mel"):
            assert browse(who).get(address(route, found)).status_code == 403
            sent = {
                "version": found.version,
                **ANSWER,
                "on": day(TODAY()),
                "due_on": "1/1/2030",
                "reason": "W",
            }
            assert browse(who).post(address(route, found), sent).status_code == 403
    assert after(found) == ("in_progress", [])
    assert (
        submit(browse("stan"), browse("stan").get(address("claim", found)), text="Done.").status_code == 302
    )


def test_of_an_unpublished_finding_nobody_outside_finds_anything(draft, ines, stockton, browse):
    found = Recommendation.draft(
        by=ines, finding=draft, values={"addressee": stockton, "text": "SECRET words."}
    )
    for who in ("stan", "clara", "mel", "otto", "hugo", "adam"):
        for route in ("respond", "claim", "verify", "date", "edit"):
            assert browse(who).get(address(route, found)).status_code == 404
        assert browse(who).get(found.get_absolute_url()).status_code == 404
        assert "SECRET words" not in browse(who).get("/recommendations/?q=SECRET").content.decode()


# Two people


def test_who_wrote_the_finding_or_the_recommendation_does_not_verify_it(
    published, cleveland, stockton, strategy, browse, otto, ines, mary, stan
):
    finding = logged(published, ines, weakness(cleveland, strategy), "published", reviewer=mary)
    found = recommended(
        finding, stockton, "completion_claimed", author=mary, manager=mary_too(mary), lead=stan
    )
    for who in ("ines", "mary"):
        assert address("verify", found) not in browse(who).get(found.get_absolute_url()).content.decode()
        assert browse(who).get(address("verify", found)).status_code == 403
        sent = {"version": found.version, **SAW, "progress": "good", "closes": "on", "on": day(TODAY())}
        assert browse(who).post(address("verify", found), sent).status_code == 403
    with pytest.raises(IllegalTransition, match="other than the author"):
        found.verify(by=ines, kind="desktop", on=TODAY(), progress="good", closes=True, text="Seen.")
    client = browse("otto")
    asked = client.get(address("verify", found))
    assert submit(client, asked, **SAW, progress="good", closes="on").status_code == 302
    assert after(found)[0] == "closed_verified"


def mary_too(mary):
    return person("Milo", "manager", mary.agency)


def test_who_claims_for_the_agency_does_not_verify_the_claim_even_in_another_role(
    give, browse, ines, adam, mary
):
    found = give("in_progress")
    client = browse("ines")
    asked = client.get(address("claim", found))
    assert "You record this for Stockton-on-Tees Borough Council." in text(asked)
    assert submit(client, asked, text="They say it is done.").status_code == 302
    assert client.get(address("verify", found)).status_code == 403
    ines.change(by=adam, values={"role": "manager"})
    assert client.get(address("verify", found)).status_code == 403
    found.refresh_from_db()
    sent = {"version": found.version, **SAW, "progress": "good", "closes": "on", "on": day(TODAY())}
    assert client.post(address("verify", found), sent).status_code == 403
    assert client.get(address("step", found, "close_not_implemented")).status_code == 403
    assert "recorded for Stockton-on-Tees by Ines Example, Ofsted" in text(
        client.get(found.get_absolute_url())
    )


def test_an_agency_neither_verifies_nor_closes_by_any_way(give, browse, stan):
    found = give("completion_claimed")
    for verb in ("close_not_implemented", "reopen"):
        assert (
            browse("stan")
            .post(address("step", found, verb), {"version": found.version, "reason": "W"})
            .status_code
            == 403
        )
    assert browse("stan").post(address("supersede", found), {"version": found.version}).status_code == 403
    for act in (
        lambda: found.verify(by=stan, kind="desktop", on=TODAY(), progress="good", closes=True, text="Done."),
        lambda: found.verify(by=stan, kind="desktop", on=TODAY(), progress="good", text="Done."),
        lambda: found.close_not_implemented(by=stan, reason="No."),
        lambda: found.supersede(by=stan, reason="No.", finding=found.finding, values={"text": "x"}),
    ):
        with pytest.raises(IllegalTransition, match="An agency does not verify, close, reopen or replace"):
            act()
    assert after(found) == ("completion_claimed", [])


def test_who_wrote_it_does_not_issue_it_on_a_published_finding(finding, stockton, mary, browse):
    found = Recommendation.draft(by=mary, finding=finding, values={"addressee": stockton, "text": "Attend."})
    client = browse("mary")
    assert address("step", found, "issue") not in client.get(found.get_absolute_url()).content.decode()
    assert client.get(address("step", found, "issue")).status_code == 403
    assert client.post(address("step", found, "issue"), {"version": found.version}).status_code == 403
    assert after(found) == ("draft", [])


def test_nobody_decides_the_date_that_they_proposed(give, browse, mary, stan, ofsted):
    found = give()
    client = browse("mary")
    due = day(TODAY() + timedelta(60))
    assert (
        submit(client, client.get(address("date", found)), due_on=due, reason="The board meets.").status_code
        == 302
    )
    assert client.get(address("date_decide", found)).status_code == 403
    sent = {"version": found.version + 1, "decision": "approve"}
    assert client.post(address("date_decide", found), sent).status_code == 403
    for who in ("ines", "stan", "otto", "audrey"):
        assert browse(who).get(address("date_decide", found)).status_code == 403
    assert after(found)[1] == ["due date proposed"]


# What the model itself forbids, whatever a page would ask first


def test_nobody_closes_as_not_implemented_what_they_wrote(finding, stockton, ines, mary, otto, stan):
    found = recommended(finding, stockton, author=ines, manager=mary, lead=stan)
    with pytest.raises(IllegalTransition, match="other than the author"):
        found.close_not_implemented(by=ines, reason="Because.")
    with pytest.raises(IllegalTransition, match="An agency does not"):
        found.close_not_implemented(by=stan, reason="Because.")
    assert found.close_not_implemented(by=otto, reason="Because.").status == "closed_not_implemented"


def test_a_verification_rests_on_evidence_for_its_own_recommendation(finding, stockton, ines, mary, stan):
    found, other = (
        recommended(finding, stockton, "completion_claimed", author=ines, manager=mary, lead=stan)
        for _two in "ab"
    )
    asked = {
        "by": mary,
        "kind": "desktop",
        "on": TODAY(),
        "progress": "good",
        "text": "Seen.",
        "closes": True,
    }
    with pytest.raises(IllegalTransition, match="evidence for this recommendation"):
        found.verify(**asked, evidence=[add_evidence(other, stan)])
    assert found.verify(**asked, evidence=[add_evidence(found, stan)]).status == "closed_verified"
    assert found.verifications.get().evidence.count() == 1


def test_a_successor_of_what_was_answered_has_no_old_day_for_a_response(finding, stockton, ines, mary, stan):
    unanswered = recommended(finding, stockton, "superseded", author=ines, manager=mary, lead=stan)
    assert unanswered.superseded_by.answer_due_on == unanswered.answer_due_on
    answered = recommended(finding, stockton, "responded", author=ines, manager=mary, lead=stan)
    values = {"addressee": stockton, "text": "Newer."}
    successor = answered.supersede(by=mary, reason="Clearer.", finding=finding, values=values)
    assert successor.answer_due_on is None or successor.answer_due_on >= successor.issued_on
