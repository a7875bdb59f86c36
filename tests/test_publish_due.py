"""Embargoes that end: published by the command as of their moment, however late it runs, once, and never half."""

import os
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from functools import partial
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from agencies.models import Event
from agencies.public_ids import new_public_id
from findings import publication
from findings.management.commands.publish_due import Command
from findings.models import CaseReferral, Finding, LocalEscalation, Recommendation
from inspections.models import IllegalTransition, Inspection

from .browsing import text
from .conftest import weakness
from .states import logged, moved, planned
from .test_concurrency import at_once, one_chain, pages, sent_at_once, statuses
from .test_visibility import publish, surfaces  # noqa: F401
from .who_sees_what import as_read

LONDON = ZoneInfo("Europe/London")
MOMENT = datetime(2041, 6, 5, 9, 30, tzinfo=LONDON)  # far ahead, so that nothing else happens after it
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def at(monkeypatch, settings):
    """at(moment): sets the clock. Who has signed in stays signed in."""
    settings.SESSION_COOKIE_AGE = 1000 * 24 * 3600

    def set_clock(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    set_clock(MOMENT - 10 * DAY)
    return set_clock


@pytest.fixture
def embargoed(sif, stockton, cleveland, strategy, ines, mary, at):
    """embargoed(until, *states): an inspection of Stockton with findings in these states, as its weeks went by."""

    def build(until=MOMENT, *states, inspected=stockton, **values):
        at(MOMENT - 10 * DAY)
        inspection = planned(ines, sif, inspected, **values)
        for state in states or ("agreed",):
            logged(inspection, ines, weakness(cleveland, strategy, "serious"), state, reviewer=mary)
        moved(inspection, "factual_accuracy", mary)
        return inspection.move("embargo", by=mary, embargo_until=until)

    return build


def run(now=None):
    """(lines that the command prints, its complaint or "")."""
    out = StringIO()
    try:
        call_command("publish_due", stdout=out)
    except CommandError as error:
        return out.getvalue().splitlines(), str(error)
    return out.getvalue().splitlines(), ""


def now_of(inspection):
    return Inspection.objects.get(pk=inspection.pk)


def verbs(record):
    return [event.verb for event in one_chain(record)]


# At its moment


def test_at_its_moment_it_is_published_with_what_was_agreed_and_not_a_second_before(
    embargoed, cleveland, at, ines
):
    inspection = embargoed(MOMENT, "agreed", "agreed", "withdrawn")
    at(MOMENT - timedelta(seconds=1))
    assert run() == ([], "")
    assert now_of(inspection).status == "embargoed"
    at(MOMENT)
    (line,), complaint = run()
    assert complaint == ""
    found = now_of(inspection)
    assert line.endswith(f"Published: SIF-2041-STO, {inspection.public_id}")
    assert (found.status, found.reference, found.published_on) == (
        "published",
        "SIF-2041-STO",
        MOMENT.date(),
    )
    assert found.published_at == MOMENT
    assert [f.status for f in Finding.objects.order_by("pk")] == ["published", "published", "withdrawn"]
    event = one_chain(found)[-1]
    assert (event.verb, event.by, event.channel, event.reason) == (
        "publish",
        None,
        "command",
        "The embargo ended.",
    )
    assert run() == ([], "")


AS_OF = ["2041-06-05", "2041-06-06", "2041-06-07", "2041-06-08", "2041-06-09"]


@pytest.mark.parametrize("late", [timedelta(seconds=1), 5 * HOUR, 3 * DAY], ids=str)
def test_a_late_run_gives_what_a_punctual_one_gives(late, embargoed, ines, stockton, people, at):
    inspection = embargoed(MOMENT)
    finding = inspection.findings.get()
    with transaction.atomic():
        finding.move("return_to_draft", by=ines, reason="A recommendation is missing.")
        Recommendation.draft(
            by=ines, finding=finding, values={"addressee": stockton, "text": "Challenge the police."}
        )
        finding.move("submit", by=ines)
        finding.move("agree", by=None)

    def given(moment):
        """What the register holds and what its pages say four days later, when it was released at that moment."""
        with transaction.atomic():
            at(moment)
            assert run()[1] == ""
            at(MOMENT + 4 * DAY)
            found = now_of(inspection)
            kept = [found.published_at, found.published_on, found.reference]
            kept += Finding.objects.values_list("published_at", "reference")
            kept += Recommendation.objects.values_list("issued_on", "first_issued_on", "due_on", "reference")
            read = [
                people["adam"].get(f"{path}?as_of={day}&window=all")
                for day in AS_OF
                for path in ("/dashboard/", "/findings/", "/inspections/")
            ]
            transaction.set_rollback(True)
        assert {answer.status_code for answer in read} == {200}
        return kept, [as_read(answer) for answer in read]

    assert given(MOMENT + late) == given(MOMENT)


def test_it_counts_in_figures_from_the_day_after_its_moment(embargoed, mel, at):
    embargoed(MOMENT)
    at(MOMENT + 3 * DAY)
    run()
    counted = {
        day: Finding.objects.known_to(mel, on=MOMENT.date() + timedelta(day)).count() for day in (0, 1, 2)
    }
    assert counted == {0: 0, 1: 1, 2: 1}


@pytest.mark.parametrize(
    ("until", "day"),
    [
        (datetime(2041, 6, 5, 0, 30, tzinfo=LONDON), "2041-06-05"),  # 23:30 of the day before in Greenwich
        (datetime(2042, 1, 5, 0, 0, tzinfo=LONDON), "2042-01-05"),
        (datetime(2041, 10, 27, 23, 59, tzinfo=LONDON), "2041-10-27"),  # the day on which the clocks go back
    ],
)
def test_the_day_of_publication_is_that_of_london(until, day, embargoed, at):
    inspection = embargoed(MOMENT)
    at(until - HOUR)
    inspection.change_embargo(by=None, until=until, reason="Another day.")
    at(until + 5 * HOUR)
    run()
    assert now_of(inspection).published_on.isoformat() == day


def test_without_a_moment_it_waits_for_a_manager(embargoed, at):
    inspection = embargoed(None)
    at(MOMENT + 365 * DAY)
    assert run() == ([], "")
    assert now_of(inspection).status == "embargoed"


@pytest.mark.parametrize("verb", ["pause", "cancel"])
def test_what_is_paused_or_cancelled_is_not_published(verb, embargoed, mary, at):
    inspection = embargoed(MOMENT)
    inspection.move(verb, by=mary, reason="An election.")
    at(MOMENT + DAY)
    assert run() == ([], "")
    assert now_of(inspection).status in ("paused", "cancelled")


# What keeps it back


@pytest.mark.parametrize("state", ["draft", "in_review"])
def test_what_is_not_agreed_is_reported_and_the_others_are_published(state, embargoed, camden, mary, at):
    stuck = embargoed(MOMENT, "agreed", state, state)
    other = embargoed(MOMENT + HOUR, inspected=camden)
    before = Event.objects.count()
    at(MOMENT + 2 * HOUR)
    lines, complaint = run()
    assert complaint == "Not published: 1. Each is named above."
    assert [line[20:] for line in lines] == [
        f"Not published: the inspection {stuck.public_id}: "
        "2 findings are not agreed yet. Agree or withdraw them first.",
        f"Published: SIF-2041-CAM, {other.public_id}",
    ]
    assert (now_of(stuck).status, now_of(other).status) == ("embargoed", "published")
    assert Event.objects.count() == before + 2  # of the other inspection and its finding


def test_the_log_says_nothing_of_an_inspection_that_is_not_published(embargoed, at):
    embargoed(MOMENT, "draft", topic="Neglect")
    at(MOMENT + HOUR)
    lines, complaint = run()
    for word in ("Stockton", "SIF", "Cleveland", "Neglect"):
        assert word not in f"{lines} {complaint}"


def test_agreed_after_its_moment_it_is_published_as_of_the_moment_it_was_ready(embargoed, mary, mel, at):
    """Whoever looked on the day between saw nothing: no figure of that day changes."""
    inspection = embargoed(MOMENT, "agreed", "in_review")
    at(MOMENT + HOUR)
    assert run()[1]
    at(MOMENT + DAY + HOUR)
    inspection.findings.get(status="in_review").move("agree", by=mary)
    at(MOMENT + 3 * DAY)
    assert run()[1] == ""
    found = now_of(inspection)
    assert found.published_at == MOMENT + DAY + HOUR
    assert found.published_on == (MOMENT + DAY).date()
    assert not Finding.objects.known_to(mel, on=(MOMENT + DAY).date()).exists()
    assert Finding.objects.known_to(mel, on=(MOMENT + 2 * DAY).date()).count() == 2


def test_on_hold_it_stays_and_lifted_it_goes_as_of_the_moment_of_lifting(embargoed, mary, at):
    inspection = embargoed(MOMENT)
    inspection.hold(by=mary, reason="An election.")
    at(MOMENT + DAY)
    assert run() == ([], "")
    with pytest.raises(IllegalTransition, match="on hold"):
        publication.publish(inspection, by=mary)
    inspection.lift_hold(by=mary)
    assert now_of(inspection).status == "embargoed"
    at(MOMENT + 2 * DAY)
    run()
    found = now_of(inspection)
    assert (found.status, found.published_at) == ("published", MOMENT + DAY)
    assert found.published_on == (MOMENT + DAY).date()


def test_a_hold_that_ended_before_the_moment_changes_nothing(embargoed, mary, at):
    inspection = embargoed(MOMENT)
    inspection.hold(by=mary, reason="A question.")
    inspection.lift_hold(by=mary)
    at(MOMENT + HOUR)
    run()
    assert now_of(inspection).published_at == MOMENT


def test_resumed_after_its_moment_it_is_published_as_of_resuming(embargoed, mary, at):
    inspection = embargoed(MOMENT)
    inspection.move("pause", by=mary, reason="A court case.")
    at(MOMENT + DAY)
    inspection.move("resume", by=mary)
    at(MOMENT + 2 * DAY)
    run()
    assert now_of(inspection).published_at == MOMENT + DAY


def test_a_day_that_cannot_be_keeps_it_back_and_says_so(embargoed, mary, signed_in, at):
    inspection = embargoed(MOMENT, fieldwork_to=MOMENT.date() + timedelta(3))
    at(MOMENT + HOUR)
    lines, complaint = run()
    assert complaint
    assert lines[0].endswith("A report cannot be published before fieldwork ends.")
    seen = text(signed_in(mary).get(inspection.get_absolute_url()))
    assert "Could not be released: A report cannot be published before fieldwork ends." in seen


def test_an_unexpected_error_with_one_does_not_keep_the_others(
    embargoed, camden, stockton, at, monkeypatch, caplog
):
    stuck = embargoed(MOMENT)
    other = embargoed(MOMENT, inspected=camden)
    number = Finding._next_reference

    def out_of_numbers(inspection):
        if inspection.pk == stuck.pk:
            raise OSError("The power went.")
        return number(inspection)

    monkeypatch.setattr(Finding, "_next_reference", staticmethod(out_of_numbers))
    at(MOMENT)
    lines, complaint = run()
    assert complaint
    assert lines[0].endswith(f"the inspection {stuck.public_id}: an unexpected error, OSError")
    assert [now_of(stuck).status, now_of(other).status] == ["embargoed", "published"]
    assert [finding.status for finding in stuck.findings.all()] == ["agreed"]
    assert "was not released" in caplog.text


def test_without_a_database_it_says_so_and_ends_with_an_error(db, monkeypatch):
    def gone(now):
        raise OperationalError("no route to host")

    monkeypatch.setattr("findings.management.commands.publish_due.release_due", gone)
    assert run() == ([], "The database does not answer (OperationalError).")


@pytest.mark.parametrize("every", [0, -5])
def test_a_pause_is_at_least_a_second(every, db):
    with pytest.raises(CommandError, match="1 or more"):
        call_command("publish_due", every=every)


# The page says why


def test_the_page_says_to_those_who_make_it_why_it_was_not_published(embargoed, people, at):
    inspection = embargoed(MOMENT, "agreed", "draft", "in_review")
    words = "Could not be released: 2 findings are not agreed yet."
    at(MOMENT - HOUR)
    assert words not in text(people["mary"].get(inspection.get_absolute_url()))
    at(MOMENT + HOUR)
    told = {
        name: words in text(people[name].get(inspection.get_absolute_url()))
        for name in ("mary", "ines", "audrey", "clara", "stan")
    }
    assert told == {"mary": True, "ines": True, "audrey": True, "clara": False, "stan": False}


# Nothing before, everything at once


WHO = ["otto", "colin", "mel", "adam", "nobody", "hetty"]


def test_before_its_moment_no_outsider_can_tell_and_at_its_moment_every_page_shows_it(
    embargoed,
    publish,  # noqa: F811
    surfaces,  # noqa: F811
    people,
    cleveland,
    stockton,
    ines,
    mary,
    at,
):
    ids = [new_public_id() for _ in range(5)]
    addresses = [*surfaces, "/cases/", "/my-work/"]

    def answers():
        return {(name, address): as_read(people[name].get(address)) for name in WHO for address in addresses}

    at(MOMENT - HOUR)
    publish(ids, lambda: None)
    alone = answers()
    inspection = embargoed(MOMENT)
    finding = inspection.findings.get()
    values = {"to_agency": cleveland, "reason": "CASE-WORDS", "finding": finding}
    CaseReferral.refer(by=ines, inspection=inspection, values=values)
    LocalEscalation.record(by=ines, finding=finding, values={"by_agency": stockton, "to_agency": cleveland})
    inspection.hold(by=mary, reason="HOLD-WORDS")
    inspection.lift_hold(by=mary)
    at(MOMENT - timedelta(seconds=1))
    run()
    assert [asked for asked, answer in answers().items() if answer != alone[asked]] == []
    at(MOMENT)
    assert [asked for asked, answer in answers().items() if answer != alone[asked]] == []
    run()
    at_once_on = {"/inspections/": inspection.public_id, "/findings/": finding.public_id}
    for name in ("otto", "colin", "mel", "adam"):
        for address in (inspection.get_absolute_url(), finding.get_absolute_url()):
            assert people[name].get(address).status_code == 200
        for address, word in at_once_on.items():
            assert word not in alone[name, address]
            assert word in people[name].get(address).content.decode()
        assert "1 case" in text(people[name].get("/cases/"))
    # Figures count a day from its end on: with the next day they change too.
    at(MOMENT + DAY)
    for name in ("otto", "colin", "mel", "adam"):
        for address in ("/agencies/cleveland/", "/agencies/stockton-on-tees-borough-council/"):
            assert inspection.public_id in people[name].get(address).content.decode()
            assert inspection.public_id not in alone[name, address]


# Again and again


class Rounds:
    """Stands for a service that is stopped after so many rounds."""

    def __init__(self, number, between=lambda: None):
        self.left, self.between = number, between

    @property
    def is_asked(self):
        return self.left <= 0

    def wait(self, seconds):
        self.left -= 1
        self.between()


def serve(rounds):
    out = StringIO()
    Command(stdout=out)._go_on(1, rounds)
    return [line[20:] for line in out.getvalue().splitlines()]


@pytest.mark.django_db(transaction=True)
def test_a_service_tells_a_problem_once_and_goes_on(embargoed, camden, mary, at):
    stuck = embargoed(MOMENT, "in_review")
    at(MOMENT)
    lines = serve(Rounds(3))
    assert len(lines) == 1
    assert stuck.public_id in lines[0]
    agree = partial(stuck.findings.get().move, "agree", by=mary)
    told = serve(Rounds(2, between=lambda: agree() if now_of(stuck).status == "embargoed" else None))
    assert [line.split(":")[0] for line in told] == ["Not published", "Published"]


@pytest.mark.django_db(transaction=True)
def test_a_service_outlives_its_database(embargoed, at, monkeypatch):
    inspection = embargoed(MOMENT)
    at(MOMENT)
    answers = iter([OperationalError("gone"), OperationalError("gone"), None])
    module = "findings.management.commands.publish_due.release_due"

    def sometimes(now):
        if error := next(answers):
            raise error
        return publication.release_due(now)

    monkeypatch.setattr(module, sometimes)
    assert serve(Rounds(3)) == [
        "The database does not answer (OperationalError); trying again.",
        f"Published: {now_of(inspection).reference}, {inspection.public_id}",
        "The database answers again.",
    ]


@pytest.mark.django_db(transaction=True)
def test_a_service_opens_a_lost_connection_anew(embargoed, at):
    inspection = embargoed(MOMENT)
    at(MOMENT - HOUR)

    def lose():
        at(MOMENT)
        if lost:
            lost.pop().close()

    lost = [connection.connection]
    lines = serve(Rounds(4, between=lose))
    assert f"Published: SIF-2041-STO, {inspection.public_id}" in lines


@pytest.fixture
def service():
    """service(*options): the command as a process of its own on the database of the tests."""
    started = []

    def start(*options):
        settings = connection.settings_dict
        if connection.vendor == "sqlite":
            url = f"sqlite:///{settings['NAME']}"
        else:
            user = settings["USER"] + (f":{settings['PASSWORD']}" if settings["PASSWORD"] else "")
            url = f"postgres://{user}@{settings['HOST']}:{settings['PORT'] or 5432}/{settings['NAME']}"
        process = subprocess.Popen(
            [sys.executable, "manage.py", "publish_due", *options],
            env={**os.environ, "DATABASE_URL": url},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.django_db(transaction=True)
def test_two_services_at_once_publish_once_and_end_when_they_are_asked(
    service, sif, stockton, cleveland, strategy, ines, mary, monkeypatch
):
    monkeypatch.undo()  # the services have clocks of their own
    inspection = planned(ines, sif, stockton)
    for _n in range(3):
        logged(inspection, ines, weakness(cleveland, strategy), "agreed", reviewer=mary)
    moved(inspection, "factual_accuracy", mary)
    until = timezone.now() + timedelta(seconds=6)
    inspection.move("embargo", by=mary, embargo_until=until)
    first = service("--every", "1")
    second = service("--every", "1", "--until-end-of-input")
    wait_for(lambda: now_of(inspection).status == "published", 60)
    time.sleep(1.5)
    assert [first.poll(), second.poll()] == [None, None]
    first.send_signal(signal.SIGTERM)
    second.stdin.close()
    second.stdin = None
    told = [process.communicate(timeout=30) for process in (first, second)]
    assert [first.returncode, second.returncode] == [0, 0], told
    lines = [line for out, _err in told for line in out.splitlines()]
    assert [err for _out, err in told] == ["", ""]
    assert len(lines) == 1
    assert lines[0].endswith(inspection.public_id)
    assert verbs(inspection).count("publish") == 1
    assert now_of(inspection).published_at == until
    assert {tuple(verbs(finding)).count("publish") for finding in inspection.findings.all()} == {1}


def wait_for(condition, seconds):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.2)


# At the same moment as somebody else


race = pytest.mark.django_db(transaction=True)


def released():
    return [problem for _inspection, problem in publication.release_due(timezone.now())]


@race
def test_four_runs_at_once_publish_once(embargoed, at):
    inspection = embargoed(MOMENT, "agreed", "agreed", "agreed")
    at(MOMENT)
    done = at_once([released] * 4)
    assert sorted(map(len, done)) == [0, 0, 0, 1]
    assert [problem for problems in done for problem in problems] == [""]
    assert verbs(inspection).count("publish") == 1
    references = sorted(finding.reference for finding in inspection.findings.all())
    assert references == [f"SIF-2041-STO-{n:02}" for n in (1, 2, 3)]


@race
def test_a_manager_who_publishes_in_that_moment_is_one_of_two_and_one_wins(embargoed, mary, signed_in, at):
    inspection = embargoed(MOMENT, "agreed", "agreed")
    at(MOMENT)
    address = reverse("inspection_step", args=[inspection.public_id, "publish"])
    opened = pages([signed_in(mary)], address)
    by_hand, by_itself = at_once([partial(sent_at_once, opened), released])
    assert verbs(inspection).count("publish") == 1
    won = now_of(inspection).events().last().by == mary
    assert (statuses(by_hand), by_itself) == (([302], []) if won else ([409], [""]))
    assert {finding.status for finding in inspection.findings.all()} == {"published"}


@race
def test_a_finding_returned_in_that_moment_is_either_published_or_keeps_all_of_it_back(embargoed, mary, at):
    for number in range(4):
        inspection = embargoed(MOMENT + number * HOUR, *["agreed"] * 6)
        findings = list(inspection.findings.order_by("pk"))
        at(MOMENT + number * HOUR)
        give_back = [
            partial(finding.move, "return_to_draft", by=mary, reason="Wrong.") for finding in findings[1::2]
        ]
        results = at_once([released, *give_back])
        found = now_of(inspection)
        states = {finding.status for finding in Finding.objects.filter(inspection=inspection)}
        refused = [result for result in results[1:] if isinstance(result, IllegalTransition)]
        if found.status == "published":
            assert (states, len(refused), results[0]) == ({"published"}, 3, [""])
        else:
            assert (states, refused) == ({"agreed", "draft"}, [])
            assert "not agreed" in results[0][0]
            for finding in Finding.objects.filter(inspection=inspection, status="draft"):
                finding.move("withdraw", by=mary, reason="For the test.")
            assert released() == [""]


@race
def test_between_the_count_and_the_publication_nothing_is_returned_to_draft(embargoed, mary, at, monkeypatch):
    inspection = embargoed(MOMENT, "agreed", "agreed")
    finding = inspection.findings.first()
    at(MOMENT)
    count = publication.not_agreed
    results = []

    def count_then_wait(counted):
        words = count(counted)
        in_between.start()
        time.sleep(0.7)  # the other one is now at the door
        return words

    in_between = Thread(results, partial(finding.move, "return_to_draft", by=mary, reason="Wrong."))
    monkeypatch.setattr(publication, "not_agreed", count_then_wait)
    assert released() == [""]
    in_between.join(timeout=60)
    (result,) = results
    assert isinstance(result, IllegalTransition)
    assert {finding.status for finding in inspection.findings.all()} == {"published"}


@race
def test_edited_in_that_moment_the_draft_keeps_it_back_and_keeps_the_edit(embargoed, ines, at):
    inspection = embargoed(MOMENT, "agreed", "draft")
    draft = inspection.findings.get(status="draft")
    at(MOMENT)
    edit = partial(
        draft.edit, by=ines, values={"summary": "Words of that moment."}, citations=[], expect=draft.version
    )
    problems, _edited = at_once([released, edit])
    assert "not agreed" in problems[0]
    draft.refresh_from_db()
    assert (draft.summary, draft.status) == ("Words of that moment.", "draft")
    assert now_of(inspection).status == "embargoed"


@race
def test_lifted_in_that_moment_it_is_published_now_or_with_the_next_run(embargoed, mary, at):
    inspection = embargoed(MOMENT)
    inspection.hold(by=mary, reason="An election.")
    at(MOMENT + DAY)
    problems, _lifted = at_once([released, partial(inspection.lift_hold, by=mary)])
    assert problems in ([], [""])
    assert released() == ([""] if problems == [] else [])
    found = now_of(inspection)
    assert (found.status, found.published_at) == ("published", MOMENT + DAY)
    assert verbs(inspection).count("publish") == 1


@race
def test_held_in_that_moment_it_is_either_held_or_published(embargoed, mary, at):
    inspection = embargoed(MOMENT)
    at(MOMENT)
    problems, held = at_once([released, partial(inspection.hold, by=mary, reason="An election.")])
    found = now_of(inspection)
    if isinstance(held, IllegalTransition):
        assert (found.status, found.on_hold, problems) == ("published", False, [""])
    else:
        assert (found.status, found.on_hold, problems) == ("embargoed", True, [])


class Thread:
    """Calls in a thread with a connection of its own; the result, or the error, goes into `results`."""

    def __init__(self, results, call):
        import threading

        def run():
            try:
                results.append(call())
            except Exception as error:
                results.append(error)
            finally:
                connection.close()

        self.start, self.join = (thread := threading.Thread(target=run)).start, thread.join
