"""audit_verify finds whatever was done to the history outside the register; audit_export writes all of it out."""

import json
import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, InternalError, connection, transaction

from agencies import guard
from agencies.models import Event, Role
from findings.models import Theme
from inspections import sealing
from inspections.audit import problems
from inspections.models import ReadLogEntry, Seal, SealedHead


def verify(**options):
    said = StringIO()
    call_command("audit_verify", stdout=said, **options)
    return said.getvalue()


def forge(*statements):
    """What somebody does who has the database in their hands: the triggers off, and then."""
    for table in guard.GUARDED:
        guard.remove(connection, table)
    with connection.cursor() as cursor:
        for statement, *values in statements:
            cursor.execute(statement, values)
    for table in guard.GUARDED:
        guard.install(connection, table)


@pytest.fixture
def history(draft, finding, ines, mary, missing):
    """A finding with some events, a theme that nothing refers to, and views; sealed."""
    draft.edit(by=ines, values={"summary": "Other words."}, citations=[], expect=draft.version)
    draft.move("submit", by=ines)
    missing.change(by=mary, values={"name": "Missing children and young people"})
    ReadLogEntry.of(ines, draft, "finding").save(force_insert=True)
    ReadLogEntry.of(mary, draft, "finding").save(force_insert=True)
    assert list(problems()) == []
    sealing.seal(settled=timedelta(0))
    return draft


def test_an_untouched_history_is_as_it_was_written(history):
    said = verify()
    assert f"{Event.objects.count()} events and 2 views are as they were written." in said
    assert f"Seal {Seal.objects.last()}" in said


EVENT = "subject_type = 'findings.finding' AND subject_id = %s"
CHANGES = {
    "verb": "edited",
    "channel": "admin",
    "reason": "Forged.",
    "before": '{"summary": "x"}',
    "after": '{"summary": "x"}',
    "at": "2026-01-01 00:00:00+00:00",
    "by_id": None,
    "previous_hash": "0" * 64,
    "hash": "0" * 64,
}


@pytest.mark.parametrize("column", CHANGES)
def test_a_changed_byte_is_found(column, history):
    forge(
        (
            f"UPDATE agencies_event SET {column} = %s WHERE {EVENT} AND sequence = 3",
            CHANGES[column],
            history.pk,
        )
    )
    (found, *_sealed) = problems()
    assert found.startswith(f"findings.finding {history.pk}: event 3 ")
    with pytest.raises(CommandError, match="found"):
        verify()


@pytest.mark.parametrize("sequence", [1, 2])
def test_a_removed_event_is_found(sequence, history):
    forge((f"DELETE FROM agencies_event WHERE {EVENT} AND sequence = %s", history.pk, sequence))
    assert next(problems()) == f"findings.finding {history.pk}: event {sequence} is missing."


def test_a_cut_tail_is_found_by_the_records_version(history):
    forge((f"DELETE FROM agencies_event WHERE {EVENT} AND sequence = 3", history.pk))
    assert next(problems()) == f"findings.finding {history.pk}: it is at version 3 and has 2 events."


def test_a_cut_tail_is_found_by_the_seal_where_the_record_was_set_back_too(history):
    forge(
        (f"DELETE FROM agencies_event WHERE {EVENT} AND sequence = 3", history.pk),
        ("UPDATE findings_finding SET version = 2, status = 'draft' WHERE id = %s", history.pk),
    )
    assert list(problems()) == [
        f"findings.finding {history.pk}: event 3, which seal 1 names, is gone or was changed."
    ]


def test_a_history_written_anew_throughout_is_found_by_the_seal(history):
    chain = list(history.events())
    chain[0].after["summary"] = "Never said."
    for before, event in zip([None, *chain], chain, strict=False):
        event.previous_hash = before.hash if before else ""
        event.hash = event.digest()
    forge(
        *(
            (
                "UPDATE agencies_event SET after = %s, previous_hash = %s, hash = %s WHERE id = %s",
                json.dumps(event.after),
                event.previous_hash,
                event.hash,
                event.pk,
            )
            for event in chain
        )
    )
    assert list(problems()) == [
        f"findings.finding {history.pk}: event 3, which seal 1 names, is gone or was changed."
    ]


def test_a_record_removed_with_all_its_events_is_found(history, missing):
    theme = "subject_type = 'findings.theme' AND subject_id = %s"
    forge(
        (f"DELETE FROM agencies_event WHERE {theme}", missing.pk),
        ("DELETE FROM findings_theme WHERE id = %s", missing.pk),
    )
    assert list(problems()) == [
        f"findings.theme {missing.pk}: event 2, which seal 1 names, is gone or was changed."
    ]
    for _again in range(2):  # it stays found: no later seal forgets it
        with pytest.raises(CommandError):
            verify()


def test_a_record_removed_alone_and_a_row_without_history_are_found(history, missing):
    forge(("DELETE FROM findings_theme WHERE id = %s", missing.pk))
    assert list(problems()) == [f"findings.theme {missing.pk}: the record is gone, its events are there."]
    forge(
        (
            "DELETE FROM agencies_event WHERE subject_type = 'agencies.user' AND subject_id = %s",
            history.author_id,
        )
    )
    assert f"agencies.user {history.author_id}: it is at version 1 and has 0 events." in list(problems())


def test_events_of_no_kind_of_record_are_found(history):
    forge((f"UPDATE agencies_event SET subject_type = 'findings.nothing' WHERE {EVENT}", history.pk))
    assert "There are events of “findings.nothing”, which is no kind of record." in list(problems())


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE inspections_readlogentry SET route = 'x' WHERE route = 'finding'", "between seals 0 and 1"),
        ("DELETE FROM inspections_readlogentry", "between seals 0 and 1"),
        ("UPDATE inspections_seal SET reads_count = 0", "Seal 1 was changed."),
        (
            "UPDATE inspections_sealedhead SET sequence = 99 WHERE sequence = 3",
            "What seal 1 names was changed.",
        ),
        ("DELETE FROM inspections_sealedhead", "What seal 1 names was changed."),
    ],
)
def test_altered_views_and_seals_are_found(statement, expected, history):
    forge((statement,))
    assert [problem for problem in problems() if expected in problem]


def test_a_removed_seal_is_found(history, ines):
    for words in ("Second.", "Third."):
        history.refresh_from_db()
        history.edit(by=ines, values={"summary": words}, citations=[], expect=history.version)
        sealing.seal(settled=timedelta(0))
    forge(
        (
            "DELETE FROM inspections_sealedhead WHERE seal_id = (SELECT id FROM inspections_seal WHERE number = 2)",
        ),
        ("DELETE FROM inspections_seal WHERE number = 2",),
    )
    assert list(problems()) == ["Seal 2 is missing."]


def test_another_history_is_found_by_a_seal_that_is_kept_elsewhere(history):
    kept = str(Seal.objects.last())
    assert verify(expect=kept)
    forge(("DELETE FROM inspections_sealedhead",), ("DELETE FROM inspections_seal",))
    assert list(problems()) == []
    with pytest.raises(CommandError, match="1 found"):
        verify(expect=kept)


@pytest.mark.parametrize("table", ["inspections_seal", "inspections_sealedhead"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET hash = 'x'", "DELETE FROM {}"])
def test_the_database_refuses_to_change_seals(table, statement, history):
    with (
        pytest.raises((IntegrityError, InternalError), match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))


# Sealing


def test_a_seal_names_what_changed_since_the_one_before(history, ines):
    everything = SealedHead.objects.count()
    assert everything == Event.objects.values("subject_type", "subject_id").distinct().count()
    history.refresh_from_db()
    history.edit(by=ines, values={"summary": "Newer words."}, citations=[], expect=history.version)
    second = sealing.seal(settled=timedelta(0))
    (head,) = second.sealed_heads.all()
    assert (head.subject_id, head.sequence) == (history.pk, 4)
    assert second.previous_hash == Seal.objects.first().hash
    assert sealing.seal(settled=timedelta(0)) == second  # nothing happened since
    assert list(problems()) == []


def test_a_view_of_this_moment_is_left_to_a_later_seal(history, mary):
    ReadLogEntry.of(mary, history, "finding").save(force_insert=True)
    assert sealing.seal() == Seal.objects.get()
    assert sealing.seal(settled=timedelta(0)).reads_count == 1
    assert list(problems()) == []


def test_only_reading_sets_no_seal(draft):
    verify(only_read=True)
    assert not Seal.objects.exists()
    verify()
    assert Seal.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_it_runs_while_others_write_and_seal_and_sees_nothing_wrong(strategy, missing, mary):
    """Writers change two themes as fast as they can; verifications and seals go on beside them."""
    stop, failed = threading.Event(), []

    def run(work):
        def until_stopped():
            try:
                while not stop.is_set():
                    work()
            except Exception as problem:
                failed.append(repr(problem))
            finally:
                connection.close()

        return threading.Thread(target=until_stopped)

    def write(pk):
        theme = Theme.objects.get(pk=pk)
        theme.change(by=mary, values={"definition": f"Version {theme.version + 1}."})

    threads = [run(lambda pk=theme.pk: write(pk)) for theme in (strategy, missing)]
    threads += [run(lambda: sealing.seal(settled=timedelta(0))) for _two in range(2)]
    for thread in threads:
        thread.start()
    found = []
    try:
        for _time in range(15):
            found += problems()
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert (failed, found) == ([], [])
    assert list(problems()) == []
    assert Seal.objects.count() > 1
    assert Theme.objects.get(pk=strategy.pk).version > 2


# One change, one event


def test_a_record_of_every_kind_has_the_whole_of_its_history(arguments):
    """Made by their verbs: as many events as versions, for each of them."""
    kinds = set(Event.objects.values_list("subject_type", flat=True))
    made = {"inspection", "finding", "recommendation", "evidence", "actionplan", "casereferral", "letter"}
    assert made <= {kind.partition(".")[2] for kind in kinds}
    assert list(problems()) == []


def test_each_change_of_a_persons_rights_is_one_event(history, otto, adam):
    before = Event.objects.count()
    for values in ({"role": Role.MANAGER}, {"role": Role.INSPECTOR}, {"is_active": False}):
        otto.change(by=adam, values=values)
    changes = otto.events().order_by("sequence")[1:]
    assert [sorted(event.after) for event in changes] == [["role"], ["role"], ["is_active"]]
    assert Event.objects.count() == before + 3
    assert list(problems()) == []


# Export


def test_everything_is_written_out_as_one_json_object(history, ines):
    said = StringIO()
    call_command("audit_export", json=True, stdout=said)
    exported = json.loads(said.getvalue())
    assert len(exported["events"]) == Event.objects.count()
    submitted = [event for event in exported["events"] if event["verb"] == "submit"]
    assert [(event["by__email"], event["sequence"]) for event in submitted] == [(ines.email, 3)]
    assert submitted[0]["after"]["status"] == "in_review"
    reads = exported["reads"]
    assert [(read["by__email"], read["public_id"], read["route"]) for read in reads] == [
        ("ines@people.example", history.public_id, "finding"),
        ("mary@people.example", history.public_id, "finding"),
    ]
    assert [seal["hash"] for seal in exported["seals"]] == [Seal.objects.get().hash]


def test_without_that_it_is_a_line_for_each(history):
    said = StringIO()
    call_command("audit_export", stdout=said)
    kinds = [line.split(" ", 1)[0] for line in said.getvalue().splitlines()]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "events": Event.objects.count(),
        "reads": 2,
        "seals": 1,
    }
