"""The queue: each job is done once, whoever dies, stalls or comes second; what goes wrong is tried again, and given up in the end."""

import threading
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from agencies import jobs
from agencies.models import Job, LostClaim, TypedText
from agencies.models.jobs import LEASE, TRIES
from inspections.models import Report

from .reports import handed_in, written_pdf
from .test_concurrency import at_once

pytestmark = pytest.mark.django_db(transaction=True)


class Noting:
    """A kind of job that notes in the database that it was done, as a row of the person's typed text."""

    wrong = None  # an exception to raise
    during = None  # what happens meanwhile

    @classmethod
    def work(cls, pk):
        if cls.during:
            cls.during()
        if cls.wrong:
            raise cls.wrong
        return lambda: cls._note(pk, "done")

    @classmethod
    def give_up(cls, pk):
        cls._note(pk, "given up")

    @staticmethod
    def _note(pk, word):
        TypedText.objects.create(
            person_id=pk,
            key=f"{word}-{TypedText.objects.count()}",
            order=1,
            path=word,
            saved_at=timezone.now(),
        )


@pytest.fixture(autouse=True)
def noting(settings, tmp_path):
    settings.JOBS = {**settings.JOBS, "note": "tests.test_jobs.Noting"}
    settings.FILES_DIR = tmp_path
    Noting.wrong = Noting.during = None


def noted():
    return list(TypedText.objects.values_list("path", flat=True))


def as_time_went_by(**shift):
    """The claims of all jobs, and moments until which they are put off, are over by so much."""
    for job in Job.objects.exclude(claimed_until=None):
        Job.objects.filter(pk=job.pk).update(claimed_until=job.claimed_until - timedelta(**shift))


def test_a_job_is_queued_once_done_once_and_gone(ines):
    Job.put("note", ines)
    Job.put("note", ines)
    assert jobs.work_on_next()
    assert not jobs.work_on_next()
    assert noted() == ["done"]
    assert not Job.objects.exists()


def test_jobs_are_taken_in_the_order_in_which_they_came(ines, otto, mary):
    for person in (otto, ines, mary):
        Job.put("note", person)
    assert [Job.take().about for _n in range(3)] == [otto.pk, ines.pk, mary.pk]
    assert Job.take() is None


def test_eight_workers_do_each_job_once(ines, otto, mary):
    people = [ines, otto, mary]
    for person in people:
        Job.put("note", person)
    answers = at_once([jobs.work_on_next] * 8)
    assert not [answer for answer in answers if isinstance(answer, Exception)], answers
    assert sorted(TypedText.objects.values_list("person", flat=True)) == sorted(
        person.pk for person in people
    )
    assert not Job.objects.exists()


def test_what_a_dead_worker_had_is_taken_again_when_its_time_is_over(ines):
    Job.put("note", ines)
    taken = Job.take()  # and its worker dies here
    assert not jobs.work_on_next()
    as_time_went_by(seconds=LEASE.total_seconds())
    assert jobs.work_on_next()
    assert noted() == ["done"]
    with pytest.raises(LostClaim):
        taken.finish()


def test_a_worker_that_was_stopped_for_long_writes_nothing_when_another_was_faster(ines):
    Job.put("note", ines)

    def overtaken():
        Noting.during = None
        as_time_went_by(minutes=1)
        assert jobs.work_on_next()  # the other worker

    Noting.during = overtaken
    assert jobs.work_on_next()
    assert noted() == ["done"]


def test_a_worker_renews_its_claim_while_it_works(ines, monkeypatch):
    monkeypatch.setattr(jobs, "RENEWED_EVERY", 0.05)
    Job.put("note", ines)
    renewed = threading.Event()

    def wait_for_renewal():
        first = Job.objects.get().claimed_until
        for _turn in range(200):
            if Job.objects.get().claimed_until > first:
                renewed.set()
                return
            threading.Event().wait(0.05)

    Noting.during = wait_for_renewal
    jobs.work_on_next()
    assert renewed.is_set()


def test_what_goes_wrong_is_put_off_tried_again_and_given_up_in_the_end(ines, caplog):
    Job.put("note", ines)
    Noting.wrong = ValueError("SECRET-WORDS")
    for _try in range(TRIES):
        assert jobs.work_on_next()
        assert not jobs.work_on_next()  # put off
        assert noted() == []
        as_time_went_by(hours=1)
    assert jobs.work_on_next()
    assert noted() == ["given up"]
    assert not Job.objects.exists()
    assert "ValueError" in caplog.text
    assert "SECRET-WORDS" not in caplog.text


def test_a_result_that_cannot_be_written_leaves_the_job(ines, settings):
    Job.put("note", ines)
    TypedText.objects.create(person=ines, key="done-1", order=1, path="", saved_at=timezone.now())
    Noting.wrong = None
    Noting._note(ines.pk, "other")
    original = Noting._note

    def fails(pk, word):
        original(pk, word)
        raise ValueError

    Noting._note = staticmethod(fails)
    try:
        jobs.work_on_next()
    finally:
        Noting._note = staticmethod(original)
    assert "done" not in noted()
    assert Job.objects.get().claim == ""


def test_the_command_works_until_nothing_is_left(ines, otto):
    for person in (ines, otto):
        Job.put("note", person)
    call_command("work_queue", once=True)
    assert noted() == ["done", "done"]


def test_a_queue_stands_still_when_nobody_works_on_what_waits(ines, otto):
    now = timezone.now()
    assert Job.stands_still_since(now) is None
    Job.put("note", ines)
    Job.put("note", otto)
    Job.objects.update(queued_at=now - timedelta(hours=1))
    assert Job.stands_still_since(now) == now - timedelta(hours=1)
    Job.take()
    assert Job.stands_still_since(timezone.now()) is None  # the other waits for its turn
    as_time_went_by(minutes=1)
    assert Job.stands_still_since(timezone.now()) is not None


def test_handing_in_queues_in_the_same_transaction(ines):
    report = handed_in(ines, written_pdf("one"))
    assert Job.objects.get().about == report.pk
    assert Report.objects.get().is_waiting
