"""History: every change leaves exactly one event, nothing else leaves any, and nobody can change an event."""

import ast
from datetime import date
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from agencies.models import Agency, Event, Policing, User
from findings import publication
from findings.models import Finding, Theme
from inspections.models import Clock, Framework, Grade, Inspection, Report

from .browsing import choices, submit, text
from .conftest import record_inspection, weakness
from .states import FORWARD, logged, moved, planned


def events_of(record):
    return list(type(record)._base_manager.get(pk=record.pk).events())


def one_event_more(record, before):
    """The only event that came since; also checks that the version counts the events."""
    events = events_of(record)
    assert len(events) == before + 1
    assert type(record)._base_manager.get(pk=record.pk).version == len(events)
    assert [event.sequence for event in events] == list(range(1, len(events) + 1))
    return events[-1]


@pytest.fixture
def inspection(sif, stockton, ines, mary):
    return planned(
        ines, sif, stockton, fieldwork_from=date(2026, 5, 4), fieldwork_to=date(2026, 5, 28), team=[mary]
    )


@pytest.fixture
def about_police(cleveland, strategy):
    return weakness(cleveland, strategy)


# One change, one event, through each page


def test_creating_an_inspection_is_one_event(ines, sif, stockton, signed_in):
    client = signed_in(ines)
    page = client.get(reverse("inspection_add"))
    before = Event.objects.count()
    submit(client, page, framework=sif.pk, inspected_agency=stockton.pk, fieldwork_to="28/5/2026")
    event = one_event_more(Inspection.objects.get(), 0)
    assert Event.objects.count() == before + 1
    assert (event.verb, event.by, event.channel) == ("created", ines, "page")
    assert event.before == {}
    assert event.after["status"] == "planned"
    assert event.after["inspected_agency"]["key"] == "stockton-on-tees-borough-council"
    assert [person["label"] for person in event.after["team"]] == ["Ines Example"]


def test_editing_an_inspection_is_one_event_of_the_changed_fields_even_many_to_many(
    inspection, ines, hmicfrs, signed_in
):
    client = signed_in(ines)
    page = client.get(reverse("inspection_edit", args=[inspection.public_id]))
    submit(client, page, topic="Missing children", partner_inspectorates=[hmicfrs.pk])
    event = one_event_more(inspection, 1)
    assert (event.verb, event.by, event.reason) == ("edited", ines, "")
    assert event.before == {"topic": "", "partner_inspectorates": []}
    assert event.after == {
        "topic": "Missing children",
        "partner_inspectorates": [{"key": "hmicfrs", "label": "HMICFRS"}],
    }


def test_judging_is_one_event(inspection, ines, signed_in):
    client = signed_in(ines)
    page = client.get(reverse("inspection_judge", args=[inspection.public_id]))
    submit(client, page, **{"grade_overall-effectiveness": "good", "grade_help-and-protection": "inadequate"})
    event = one_event_more(inspection, 1)
    assert (event.verb, event.by) == ("judged", ines)
    assert event.before == {"judgements": []}
    council = "Stockton-on-Tees Borough Council"
    assert event.after == {
        "judgements": [
            ["Help and protection", council, "Inadequate"],
            ["Overall effectiveness", council, "Good"],
        ]
    }


def test_a_preferred_date_is_one_event_of_the_source_and_of_the_date(inspection, ines, signed_in):
    client = signed_in(ines)
    page = client.get(reverse("inspection_date", args=[inspection.public_id]))
    submit(
        client,
        page,
        kind="fieldwork_to",
        stated="29 May 2026",
        date="29/5/2026",
        source="Report, page 1",
        preferred="on",
    )
    event = one_event_more(inspection, 1)
    assert (event.verb, event.by) == ("date stated", ines)
    assert event.before == {"fieldwork_to": "2026-05-28", "stated_dates": []}
    assert event.after["fieldwork_to"] == "2026-05-29"


@pytest.mark.parametrize(
    ("status", "verb", "to"),
    [
        ("planned", "start_fieldwork", "fieldwork"),
        ("fieldwork", "start_drafting", "drafting"),
        ("drafting", "send_for_factual_accuracy", "factual_accuracy"),
        ("factual_accuracy", "embargo", "embargoed"),
        ("embargoed", "publish", "published"),
        ("published", "close", "closed"),
        ("drafting", "pause", "paused"),
        ("paused", "resume", "drafting"),
        ("drafting", "cancel", "cancelled"),
    ],
)
def test_each_step_of_an_inspection_is_one_event(status, verb, to, inspection, mary, signed_in):
    moved(inspection, status, mary)
    before = len(events_of(inspection))
    client = signed_in(mary)
    page = client.get(reverse("inspection_step", args=[inspection.public_id, verb]))
    submit(client, page, reason="The reason given.")
    event = one_event_more(inspection, before)
    assert (event.verb, event.by, event.reason) == (verb.replace("_", " "), mary, "The reason given.")
    assert (event.before["status"], event.after["status"]) == (status, to)


def test_logging_a_finding_is_one_event(inspection, ines, cleveland, strategy, signed_in):
    client = signed_in(ines)
    page = client.get(reverse("finding_log", args=[inspection.public_id]))
    before = Event.objects.count()
    submit(
        client,
        page,
        finding_type="weakness",
        attributed_to=cleveland.pk,
        theme=strategy.pk,
        summary="Officers stayed away.",
        severity="minor",
        **{"citations-0-page": "12", "citations-0-paragraph": "16"},
    )
    event = one_event_more(Finding.objects.get(), 0)
    assert Event.objects.count() == before + 1
    assert (event.verb, event.by, event.before) == ("logged", ines, {})
    assert event.after["summary"] == "Officers stayed away."
    assert event.after["citations"] == [[12, "16", ""]]


def test_editing_a_finding_is_one_event_citations_included(draft, ines, signed_in):
    client = signed_in(ines)
    page = client.get(reverse("finding_edit", args=[draft.public_id]))
    submit(client, page, summary="Other words.", **{"citations-0-page": "13"})
    event = one_event_more(draft, 1)
    assert (event.verb, event.by) == ("edited", ines)
    assert event.before == {"summary": "DRAFT-WORDS officers stayed away.", "citations": [[12, "16", ""]]}
    assert event.after == {"summary": "Other words.", "citations": [[13, "16", ""]]}


@pytest.mark.parametrize(
    ("status", "verb", "to"),
    [
        ("draft", "submit", "in_review"),
        ("in_review", "agree", "agreed"),
        ("in_review", "return_to_draft", "draft"),
        ("agreed", "return_to_draft", "draft"),
        ("agreed", "publish", "published"),
        ("draft", "withdraw", "withdrawn"),
        ("in_review", "withdraw", "withdrawn"),
        ("agreed", "withdraw", "withdrawn"),
        ("published", "withdraw", "withdrawn"),
    ],
)
def test_each_step_of_a_finding_is_one_event(
    status, verb, to, published, about_police, ines, mary, signed_in
):
    finding = logged(published, ines, about_police, status, reviewer=mary)
    before = len(events_of(finding))
    client = signed_in(mary)
    address = reverse("finding_withdraw", args=[finding.public_id])
    if verb != "withdraw":
        address = reverse("finding_step", args=[finding.public_id, verb])
    submit(client, client.get(address), reason="The reason given.")
    event = one_event_more(finding, before)
    assert (event.verb, event.by, event.reason) == (verb.replace("_", " "), mary, "The reason given.")
    assert (event.before["status"], event.after["status"]) == (status, to)


def test_publication_is_one_event_for_the_inspection_and_one_for_each_finding(
    inspection, about_police, ines, mary
):
    findings = [logged(inspection, ines, about_police, "agreed", reviewer=mary) for _ in range(3)]
    moved(inspection, "embargoed", mary)
    before = Event.objects.count()
    publication.publish(inspection, by=mary, on=date(2026, 8, 5))
    assert Event.objects.count() == before + 4
    for finding in findings:
        event = one_event_more(finding, 3)
        assert event.after == {
            "reference": Finding.objects.get(pk=finding.pk).reference,
            "status": "published",
        }


# What changes nothing leaves nothing


@pytest.mark.parametrize("page", ["inspection_edit", "inspection_judge"])
def test_saving_an_inspection_unchanged_leaves_no_event(page, inspection, ines, signed_in):
    client = signed_in(ines)
    assert submit(client, client.get(reverse(page, args=[inspection.public_id]))).status_code == 302
    assert len(events_of(inspection)) == Inspection.objects.get().version == 1


def test_saving_a_finding_unchanged_leaves_no_event(draft, ines, signed_in):
    client = signed_in(ines)
    page = client.get(reverse("finding_edit", args=[draft.public_id]))
    assert submit(client, page).status_code == 302
    assert len(events_of(draft)) == Finding.objects.get().version == 1


def test_a_refused_form_leaves_no_event(draft, ines, signed_in):
    client = signed_in(ines)
    page = client.get(reverse("finding_edit", args=[draft.public_id]))
    before = Event.objects.count()
    assert submit(client, page, summary="", severity="serious").status_code == 200
    assert Event.objects.count() == before


def test_a_step_without_its_reason_leaves_no_event(inspection, mary, signed_in):
    client = signed_in(mary)
    page = client.get(reverse("inspection_step", args=[inspection.public_id, "cancel"]))
    assert submit(client, page, reason=" ").status_code == 200
    assert len(events_of(inspection)) == 1


def test_a_change_that_is_rolled_back_takes_its_event_along(draft, ines):
    with transaction.atomic():
        draft.move("submit", by=ines)
        transaction.set_rollback(True)
    assert len(events_of(draft)) == 1
    assert Finding.objects.get().status == "draft"


def test_a_change_whose_event_cannot_be_written_is_not_made(draft, ines, monkeypatch):
    monkeypatch.setattr(Event, "digest", lambda self: None)  # the column refuses it
    with pytest.raises(DatabaseError), transaction.atomic():
        draft.move("submit", by=ines)
    assert Finding.objects.get().status == "draft"


def test_forgetting_who_did_it_is_a_type_error(draft, inspection):
    for verb in (draft.move, inspection.move):
        with pytest.raises(TypeError):
            verb("submit")
    with pytest.raises(TypeError):
        draft.edit(values={}, citations=[], expect=1)
    with pytest.raises(TypeError):
        Finding.log(inspection=inspection, values={})


# Nothing changes without an event


RECORDED = [Agency, Policing, Framework, Clock, Grade, Inspection, Finding, Theme, Report]


@pytest.mark.parametrize("model", RECORDED, ids=lambda model: model.__name__)
def test_a_recorded_record_is_neither_saved_nor_deleted_directly(model):
    for attempt in (model().save, model().delete, lambda: model().save(update_fields=["version"])):
        with pytest.raises(TypeError, match=r"only through its verbs|is never deleted"):
            attempt()


@pytest.mark.parametrize("model", [*RECORDED, User], ids=lambda model: model.__name__)
def test_recorded_records_are_not_written_in_bulk(model):
    rows = model.objects
    for attempt in (
        lambda: rows.update(version=5),
        lambda: rows.all().filter(pk=1).update(version=5),
        lambda: rows.all().delete(),
        lambda: rows.create(),
        lambda: rows.bulk_create([model()]),
        lambda: rows.bulk_update([model()], ["version"]),
        lambda: rows.get_or_create(pk=1),
        lambda: rows.update_or_create(pk=1, defaults={"version": 5}),
    ):
        with pytest.raises(TypeError, match="changes only through its verbs"):
            attempt()


def test_every_model_with_a_version_is_recorded():
    """A model that history forgets would have no verbs; these few belong to another record or are Django's."""
    from django.apps import apps

    own = [
        model
        for app in ("agencies", "inspections", "findings")
        for model in apps.get_app_config(app).get_models()
    ]
    without = {model.__name__ for model in own if not hasattr(model, "events")}
    parts = {"Judgement", "StatedDate", "Passage", "Citation", "Response", "Action"}
    parts |= {"DueDateChange", "Verification", "Stage"}
    parts |= {"LetterFigure", "FrozenRow", "LetterAnswer", "Dispute"}
    logs = {"Event", "ReadLogEntry", "Seal", "SealedHead", "SentReminder"}
    assert without == {*parts, *logs, "Concern", "TypedText", "Tries", "Job"}
    assert all(model.HISTORY for model in own if hasattr(model, "events"))


# Nobody changes an event


SQL = ["UPDATE agencies_event SET reason = 'x'", "DELETE FROM agencies_event"]
if connection.vendor == "postgresql":
    SQL += ["TRUNCATE agencies_event", "TRUNCATE agencies_event CASCADE"]
else:
    columns = "id, subject_type, subject_id, sequence, verb, channel, at, reason, before, after, previous_hash, hash"
    copied = f"SELECT {columns.replace('reason', repr('forged'))} FROM agencies_event"
    SQL += [
        f"INSERT OR REPLACE INTO agencies_event ({columns}) {copied}",
        f"REPLACE INTO agencies_event ({columns.replace('id, s', 's', 1)}) {copied.replace('id, s', 's', 1)}",
        "UPDATE OR REPLACE agencies_event SET sequence = 1",
    ]


@pytest.mark.parametrize("statement", SQL)
def test_the_database_refuses_to_change_or_remove_events(statement, draft):
    before = list(Event.objects.values())
    assert before
    connection.check_constraints()  # PostgreSQL has none left to check: TRUNCATE would stumble over them
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert list(Event.objects.values()) == before


def test_events_are_not_changed_through_django_either(draft):
    event = draft.events().get()
    event.reason = "forged"
    for attempt in (
        event.save,
        event.delete,
        lambda: Event.objects.update(reason="forged"),
        lambda: Event.objects.all().delete(),
        lambda: Event.objects.bulk_update([event], ["reason"]),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            attempt()
    assert draft.events().get().reason == ""


def test_a_version_has_one_event(draft):
    event = draft.events().get()
    event.pk = None
    with pytest.raises(DatabaseError), transaction.atomic():
        event.save(force_insert=True)


# The chain of hashes


def broken(record, events):
    """What is wrong with the chain of these events of the record; "" when nothing is."""
    previous = ""
    for number, event in enumerate(events, 1):
        if event.sequence != number:
            return f"event {number} is missing"
        if event.previous_hash != previous or event.hash != event.digest():
            return f"event {number} was changed"
        previous = event.hash
    return "" if len(events) == record.version else "the tail is cut"


@pytest.fixture
def much_changed(draft, ines, mary):
    """A finding with five events, one of them with text outside ASCII."""
    draft.edit(by=ines, values={"summary": "Naïve – “Ŵyth” 🚓"}, citations=[], expect=1)
    draft.move("submit", by=ines)
    draft.move("return_to_draft", by=mary, reason="Which officers?")
    return draft.move("submit", by=ines)


def test_the_chain_of_every_record_verifies(much_changed, published):
    for record in (*Agency.objects.all(), *User.objects.all(), *Inspection.objects.all(), much_changed):
        assert broken(record, events_of(record)) == ""


@pytest.mark.parametrize(
    "tamper",
    [
        lambda event: setattr(event, "reason", "Forged."),
        lambda event: setattr(event, "by_id", event.by_id + 1),
        lambda event: setattr(event, "verb", "agree"),
        lambda event: event.after.update(status="published"),
        lambda event: event.before.update(status="published"),
        lambda event: setattr(event, "at", event.at.replace(year=2020)),
        lambda event: setattr(event, "channel", "command"),
        lambda event: setattr(event, "subject_id", event.subject_id + 1),
    ],
    ids=["reason", "who", "verb", "after", "before", "when", "channel", "record"],
)
def test_a_tampered_copy_does_not_verify(tamper, much_changed):
    copy = events_of(much_changed)
    tamper(copy[3])
    assert broken(much_changed, copy) == "event 4 was changed"
    copy[3].hash = copy[3].digest()  # the forger mends the hash: the next event gives it away
    assert broken(much_changed, copy) == "event 5 was changed"


def test_a_missing_event_and_a_cut_tail_do_not_verify(much_changed):
    copy = events_of(much_changed)
    assert broken(much_changed, copy[:2] + copy[3:]) == "event 3 is missing"
    assert broken(much_changed, copy[:-1]) == "the tail is cut"


# Who reads history

DRAFT_WORDS, FIRST_WORDS = "DRAFT-WORDS nobody attended.", "Officers did not attend."


@pytest.fixture
def reworded(inspection, cleveland, strategy, ines, mary):
    """A finding whose summary was reworded before it was published."""
    finding = logged(inspection, ines, weakness(cleveland, strategy, summary=DRAFT_WORDS))
    finding.edit(by=ines, values={"summary": FIRST_WORDS}, citations=[], expect=1)
    finding.move("submit", by=ines)
    finding.move("return_to_draft", by=mary, reason="DRAFT-WORDS are unclear.")
    finding.move("submit", by=ines)
    finding.move("agree", by=mary, reason="DRAFT-WORDS agreed.")
    moved(inspection, "embargoed", mary)
    return finding


@pytest.mark.parametrize("person", ["ines", "mary", "audrey"])
def test_those_who_work_on_it_and_auditors_read_the_whole_history(person, request, reworded, signed_in):
    seen = text(signed_in(request.getfixturevalue(person)).get(reworded.get_absolute_url()))
    assert "DRAFT-WORDS nobody attended." in seen
    assert "DRAFT-WORDS are unclear." in seen


@pytest.mark.parametrize(
    ("person", "heading"),
    [
        ("otto", False),
        ("hugo", False),
        ("hanna", False),
        ("mel", False),
        ("stan", False),
        ("clara", True),
        ("adam", True),
    ],
)
def test_after_publication_nobody_else_reads_the_words_of_drafts(
    person, heading, request, reworded, inspection, mary, signed_in
):
    publication.publish(inspection, by=mary, on=date(2026, 8, 5))
    client = signed_in(request.getfixturevalue(person))
    for address in (reworded, inspection):
        response = client.get(address.get_absolute_url())
        assert response.status_code == 200
        assert b"DRAFT-WORDS" not in response.content
        assert b"unclear" not in response.content
    response = client.get(reworded.get_absolute_url())
    assert FIRST_WORDS in text(response)
    assert ('id="history"' in response.content.decode()) == heading
    assert b"DRAFT-WORDS" not in client.get(reverse("findings") + "?q=DRAFT-WORDS").content.replace(
        b"q=DRAFT-WORDS", b""
    ).replace(b"q%3DDRAFT-WORDS", b"").replace(b'value="DRAFT-WORDS"', b"").replace(
        b"Words: DRAFT-WORDS", b""
    )


def test_a_respondent_reads_no_history_of_an_agreed_finding(reworded, clara, signed_in):
    response = signed_in(clara).get(reworded.get_absolute_url())
    assert response.status_code == 200
    assert b'id="history"' not in response.content
    assert b"DRAFT-WORDS" not in response.content


def test_the_tombstone_shows_the_reason_and_no_words_of_the_finding(
    finding, mary, clara, otto, adam, signed_in
):
    finding.move("withdraw", by=mary, reason="Named the wrong force.")
    for person in (clara, otto, adam):
        response = signed_in(person).get(finding.get_absolute_url())
        assert "Named the wrong force." in text(response)
        assert finding.summary not in response.content.decode()
        assert b'id="history"' not in response.content


def test_a_step_can_be_told_from_the_history_page(inspection, ines, mary, signed_in):
    """Every verb has words of its own: an untranslated one would stand as code on the page."""
    for verb in FORWARD:
        inspection.move(verb, by=mary)
    inspection.move("pause", by=mary, reason="A storm.")
    inspection.move("resume", by=mary)
    seen = text(signed_in(ines).get(inspection.get_absolute_url()))
    for words in ("Created", "Fieldwork started", "Embargoed", "Paused", "A storm.", "Resumed"):
        assert words in seen


def verbs_written_by(module):
    """The verbs that the module passes to the functions which write events."""
    for node in ast.walk(ast.parse(Path(module).read_text())):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        if getattr(node.func, "attr", "") in ("_add", "_change", "_step", "_hold", "_move"):
            yield from (
                part.value
                for argument in node.args
                for part in ast.walk(argument)
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
            )


def test_a_verb_of_the_code_has_words_on_the_page():
    from findings.history import VERBS
    from findings.models.follow_up import TRANSITIONS as of_recommendations
    from findings.models.letter_life import LETTER_TRANSITIONS
    from findings.models.life import TRANSITIONS as of_findings
    from findings.models.plans import PLAN_TRANSITIONS
    from inspections.models.life import TRANSITIONS as of_inspections

    tables = (of_findings, of_inspections, of_recommendations, LETTER_TRANSITIONS, PLAN_TRANSITIONS)
    verbs = {verb for table in tables for verb in table}
    root = Path(__file__).resolve().parent.parent
    for app in ("findings", "inspections"):
        for module in (root / app / "models").glob("*.py"):
            verbs |= set(verbs_written_by(module))
    assert {"corrected", "posted", "judged", "verify_and_close", "put on hold"} <= verbs
    # Parts of expressions; and themes, which have their history in the administration.
    left_out = {" ", "_", "retired"}
    assert {verb.replace("_", " ") for verb in verbs} - left_out <= set(VERBS)


def test_an_inspection_that_was_recorded_as_published_has_one_event(sif, ofsted, stockton, ines, signed_in):
    inspection = record_inspection(sif, ofsted, stockton, date(2016, 8, 5), team=[ines])
    event = one_event_more(inspection, 0)
    assert (event.verb, event.by, event.channel) == ("recorded as published", None, "command")
    assert "the system" in text(signed_in(ines).get(inspection.get_absolute_url()))
    assert choices(signed_in(ines).get(reverse("inspections")), "status") == {"published": "Published (1)"}
