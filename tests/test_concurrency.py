"""Eight people, or eight clicks, at the same moment: one wins, nobody overwrites, nothing is made twice."""

import threading
from functools import partial

import pytest
from django.db import connection
from django.urls import reverse

from agencies.models import Event
from findings.models import Finding
from findings.views import finding_steps as finding_views
from findings.views import inspection_steps as inspection_views
from inspections.models import Inspection

from .browsing import filled, form
from .conftest import PASSWORD, person, weakness
from .states import logged, moved, planned

pytestmark = pytest.mark.django_db(transaction=True)
EIGHT = range(8)


def at_once(calls):
    """The results of the calls, made at the same moment, each in a thread with a connection of its own."""
    barrier = threading.Barrier(len(calls))
    results = [None] * len(calls)

    def run(number, call):
        try:
            barrier.wait(timeout=20)
            results[number] = call()
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads), "a thread waits for ever"
    return results


def pages(clients, address):
    """[(client, address, fields)] of the form, opened by everybody before anybody sends it."""
    return [(client, *form(client.get(address))) for client in clients]


def sent_at_once(opened, changes=lambda number: {}):
    """The answers when all send their form at the same moment."""
    answers = at_once(
        [
            partial(client.post, address, filled(fields, changes(number)))
            for number, (client, address, fields) in enumerate(opened)
        ]
    )
    assert not [answer for answer in answers if isinstance(answer, Exception)], answers
    return answers


def statuses(answers):
    return sorted(answer.status_code for answer in answers)


def one_chain(record):
    """The record's events, which its version counts."""
    events = list(record.events())
    assert [event.sequence for event in events] == list(range(1, len(events) + 1))
    record.refresh_from_db()
    assert record.version == len(events)
    return events


@pytest.fixture
def about_police(cleveland, strategy):
    return weakness(cleveland, strategy)


def test_eight_clicks_on_save_log_one_finding(drafting, ines, cleveland, strategy, signed_in):
    client = signed_in(ines)
    address = reverse("finding_log", args=[drafting.public_id])
    _address, fields = form(client.get(address))
    clients = [signed_in(ines) for _ in EIGHT]
    answers = sent_at_once(
        [(client, address, fields) for client in clients],
        lambda number: {
            "finding_type": "weakness",
            "attributed_to": cleveland.pk,
            "theme": strategy.pk,
            "summary": "Officers came late.",
            "severity": "minor",
            "citations-0-page": "12",
        },
    )
    finding = Finding.objects.get()
    assert statuses(answers) == [302] * 8
    assert {answer["Location"] for answer in answers} == {finding.get_absolute_url()}
    assert [event.verb for event in one_chain(finding)] == ["logged"]
    assert Event.objects.filter(subject_type="findings.finding").count() == 1


def test_eight_clicks_on_save_create_one_inspection(ines, sif, stockton, signed_in):
    address = reverse("inspection_add")
    _address, fields = form(signed_in(ines).get(address))
    clients = [signed_in(ines) for _ in EIGHT]
    answers = sent_at_once(
        [(client, address, fields) for client in clients],
        lambda number: {"framework": sif.pk, "inspected_agency": stockton.pk},
    )
    inspection = Inspection.objects.get()
    assert {answer["Location"] for answer in answers} == {inspection.get_absolute_url()}
    assert [event.verb for event in one_chain(inspection)] == ["created"]


def test_of_eight_edits_of_the_same_version_one_is_saved_and_seven_see_both(draft, ines, mary, signed_in):
    clients = [signed_in(person) for person in (ines, mary) * 4]
    opened = pages(clients, reverse("finding_edit", args=[draft.public_id]))
    answers = sent_at_once(opened, lambda number: {"summary": f"Words of {number}."})
    assert statuses(answers) == [302] + [409] * 7
    winner = next(number for number, answer in enumerate(answers) if answer.status_code == 302)
    assert [event.verb for event in one_chain(draft)] == ["logged", "edited"]
    assert draft.summary == f"Words of {winner}."
    for number, answer in enumerate(answers):
        if number != winner:
            seen = answer.content.decode()
            assert f"Words of {number}." in seen
            assert f"Words of {winner}." in seen


def test_of_eight_edits_of_an_inspection_one_is_saved(drafting, ines, mary, signed_in):
    drafting.edit(by=ines, values={"team": [ines, mary]}, expect=drafting.version)
    before = drafting.version
    clients = [signed_in(person) for person in (ines, mary) * 4]
    opened = pages(clients, reverse("inspection_edit", args=[drafting.public_id]))
    answers = sent_at_once(opened, lambda number: {"topic": f"Topic {number}"})
    assert statuses(answers) == [302] + [409] * 7
    assert len(one_chain(drafting)) == before + 1


@pytest.mark.parametrize(
    ("state", "verb"),
    [("draft", "submit"), ("in_review", "agree"), ("agreed", "publish"), ("agreed", "return_to_draft")],
)
def test_of_eight_who_take_the_same_step_of_a_finding_one_does(
    state, verb, published, about_police, ines, mary, ofsted, signed_in
):
    finding = logged(published, ines, about_police, state, reviewer=mary)
    before = finding.version
    managers = [mary, *(person(f"Manager{number}", "manager", ofsted) for number in range(7))]
    address = reverse("finding_step", args=[finding.public_id, verb])
    answers = sent_at_once(
        pages([signed_in(manager) for manager in managers], address), lambda number: {"reason": "Why."}
    )
    assert statuses(answers) == [302] + [409] * 7
    events = one_chain(finding)
    assert [event.verb for event in events[before:]] == [verb.replace("_", " ")]


def test_of_eight_withdrawals_one_counts(finding, mary, ofsted, signed_in):
    managers = [mary, *(person(f"Manager{number}", "manager", ofsted) for number in range(7))]
    opened = pages(
        [signed_in(manager) for manager in managers], reverse("finding_withdraw", args=[finding.public_id])
    )
    answers = sent_at_once(opened, lambda number: {"reason": f"Reason {number}."})
    assert statuses(answers)[0] == 302
    # A loser that came late finds it withdrawn already, which nobody may withdraw.
    assert set(statuses(answers)[1:]) <= {403, 409}
    assert [event.verb for event in one_chain(finding)] == ["recorded as published", "withdraw"]


def test_of_eight_publications_of_an_inspection_one_counts(
    drafting, about_police, ines, mary, ofsted, signed_in
):
    findings = [logged(drafting, ines, about_police, "agreed", reviewer=mary) for _ in range(3)]
    for verb in ("send_for_factual_accuracy", "embargo"):
        drafting.move(verb, by=mary)
    managers = [mary, *(person(f"Manager{number}", "manager", ofsted) for number in range(7))]
    address = reverse("inspection_step", args=[drafting.public_id, "publish"])
    answers = sent_at_once(pages([signed_in(manager) for manager in managers], address))
    assert statuses(answers) == [302] + [409] * 7
    assert [event.verb for event in one_chain(drafting)].count("publish") == 1
    for finding in findings:
        assert [event.verb for event in one_chain(finding)].count("publish") == 1
    references = sorted(finding.reference for finding in findings)
    assert references == [f"{drafting.reference}-{number:02}" for number in (1, 2, 3)]


def test_inspections_of_an_agency_published_at_once_get_references_of_their_own(
    sif, stockton, ines, mary, signed_in
):
    inspections = [moved(planned(ines, sif, stockton), "embargoed", mary) for _ in range(4)]
    opened = [
        pages([signed_in(mary)], reverse("inspection_step", args=[inspection.public_id, "publish"]))[0]
        for inspection in inspections
    ]
    answers = sent_at_once(opened, lambda number: {"on": "5/8/2026"})
    assert statuses(answers) == [302] * 4
    references = sorted(Inspection.objects.values_list("reference", flat=True))
    assert references == ["SIF-2026-STO", "SIF-2026-STO.2", "SIF-2026-STO.3", "SIF-2026-STO.4"]


def test_findings_published_at_once_get_references_of_their_own(
    published, about_police, ines, mary, signed_in
):
    findings = [logged(published, ines, about_police, "agreed", reviewer=mary) for _ in range(4)]
    opened = [
        pages([signed_in(mary)], reverse("finding_step", args=[finding.public_id, "publish"]))[0]
        for finding in findings
    ]
    answers = sent_at_once(opened)
    assert statuses(answers) == [302] * 4
    references = sorted(Finding.objects.values_list("reference", flat=True))
    assert references == [f"SIF-2016-STO-{number:02}" for number in (1, 2, 3, 4)]


# The moment between reading and writing, without threads: somebody else's change falls into it


@pytest.fixture
def between(monkeypatch):
    """between(views, change): makes the change right after the page has read the version that was sent."""

    def put(views, change):
        read = views.read_version

        def read_then_change(request):
            version = read(request)
            change()
            return version

        monkeypatch.setattr(views, "read_version", read_then_change)

    return put


def test_what_is_agreed_is_what_was_read(drafting, about_police, ines, mary, signed_in, between):
    finding = logged(drafting, ines, about_police, "in_review")
    address = reverse("finding_step", args=[finding.public_id, "agree"])
    ((client, address, fields),) = pages([signed_in(mary)], address)
    words = {"summary": "Nobody read this."}
    between(finding_views, lambda: finding.edit(by=ines, values=words, citations=[], expect=finding.version))
    answer = client.post(address, filled(fields, {}))
    finding.refresh_from_db()
    assert (answer.status_code, finding.status) == (409, "in_review")


@pytest.mark.parametrize("ahead", [0, 1], ids=["the version seen", "the version to come"])
def test_an_inspector_does_not_publish_in_the_moment_of_the_embargo(
    ahead, drafting, ines, mary, signed_in, between
):
    """Publishing is for managers: that the step becomes legal meanwhile does not let an inspector take it."""
    drafting.move("send_for_factual_accuracy", by=mary)
    address = reverse("inspection_step", args=[drafting.public_id, "publish"])
    sent = {"version": drafting.version + ahead, "on": "5/8/2026", "reason": "Why."}
    between(inspection_views, lambda: drafting.move("embargo", by=mary))
    answer = signed_in(ines).post(address, sent)
    drafting.refresh_from_db()
    assert (answer.status_code, drafting.status) == (409, "embargoed")


@pytest.mark.parametrize("ahead", [0, 1], ids=["the version seen", "the version to come"])
def test_an_inspector_does_not_agree_in_the_moment_it_is_sent_for_review(
    ahead, draft, drafting, ines, mary, ofsted, signed_in, between
):
    colleague = person("Ivy", "inspector", ofsted)
    drafting.edit(by=mary, values={"team": [ines, colleague]}, expect=drafting.version)
    address = reverse("finding_step", args=[draft.public_id, "agree"])
    sent = {"version": draft.version + ahead, "reason": "Why."}
    between(finding_views, lambda: draft.move("submit", by=ines))
    answer = signed_in(colleague).post(address, sent)
    draft.refresh_from_db()
    assert (answer.status_code, draft.status) == (409, "in_review")


def test_what_was_written_stays_when_the_connection_is_another_one(draft, ines):
    """These tests commit: another connection reads what they wrote, and signing in works with it."""
    found = at_once([lambda: Finding.objects.get().public_id, lambda: ines.check_password(PASSWORD)])
    assert found == [draft.public_id, True]
