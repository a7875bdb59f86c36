"""What a load balancer and whoever watches are told: ok or not, nothing else; the rest stands in the log."""

import logging
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

from agencies.models import Job
from findings.readiness import Probe, probe

from .conftest import weakness
from .states import logged, moved, planned

pytestmark = pytest.mark.django_db(transaction=True)
ROUTES = {"readyz"}


@pytest.fixture
def embargoed(sif, stockton, cleveland, strategy, ines, mary):
    """embargoed(minutes, *states): its embargo ended so many minutes ago, its findings are in these states."""

    def build(minutes, *states):
        inspection = planned(ines, sif, stockton)
        for state in states or ("agreed",):
            logged(inspection, ines, weakness(cleveland, strategy, "serious"), state, reviewer=mary)
        moved(inspection, "factual_accuracy", mary)
        inspection.move("embargo", by=mary, embargo_until=timezone.now() + timedelta(minutes=1))
        # As time went by: nobody sets a moment that has passed.
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE inspections_inspection SET embargo_until = %s WHERE id = %s",
                [timezone.now() - timedelta(minutes=minutes), inspection.pk],
            )
        return inspection

    return build


def answer(client=None):
    response = (client or Client()).get("/readyz")
    return response.status_code, response.content.decode()


READY, NOT_READY = (200, "ok"), (503, "not ok")


def test_it_is_ready_with_the_database_there_and_its_migrations_applied(ines, signed_in):
    for client in (Client(), signed_in(ines)):
        assert answer(client) == READY


def test_it_is_not_ready_while_a_migration_is_not_applied(db, caplog):
    applied = MigrationRecorder(connection).migration_qs.filter(app="findings").order_by("pk")
    last = applied.last()
    last.delete()
    try:
        assert answer() == NOT_READY
        assert "1 migrations are not applied" in caplog.text
    finally:
        last.save(force_insert=True)
    assert answer() == READY


def test_it_is_not_ready_when_nobody_publishes_what_is_due(embargoed, caplog):
    inspection = embargoed(3)
    assert answer() == NOT_READY
    assert "publish_due does not run" in caplog.text
    assert inspection.public_id not in caplog.text
    call_command("publish_due")
    assert answer() == READY


def test_it_is_not_ready_when_nobody_works_on_what_is_queued(ines, caplog):
    Job.put("read_report", ines)
    assert answer() == READY
    Job.objects.update(queued_at=timezone.now() - timedelta(minutes=6))
    assert answer() == NOT_READY
    assert "work_queue does not run" in caplog.text
    Job.put("read_report", Job.objects.get())
    Job.take()  # somebody works: what waits waits for its turn
    assert answer() == READY


@pytest.mark.parametrize("minutes", [-5, 1])
def test_it_is_ready_before_the_moment_and_shortly_after(minutes, embargoed):
    embargoed(minutes)
    assert answer() == READY


def test_what_waits_for_people_is_no_fault_of_the_machine(embargoed, mary):
    embargoed(30, "agreed", "draft")
    assert answer() == READY
    held = embargoed(30)
    held.hold(by=mary, reason="An election.")
    assert answer() == READY


def test_outsiders_learn_only_whether_it_is_ready(embargoed, django_assert_num_queries):
    ready = Client().get("/readyz")
    embargoed(3)
    with django_assert_num_queries(0):  # on the connection of pages: no session, no person
        client = Client()
        client.cookies["sessionid"] = "2" * 32
        refused = client.get("/readyz", {"verbose": "1"})
    assert (refused.status_code, refused.content) == (503, b"not ok")
    assert not refused.cookies and not ready.cookies  # noqa: PT018
    assert set(refused.headers) == set(ready.headers)
    assert "no-store" in refused.headers["Cache-Control"]


def test_neither_leads_to_https(db, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get("/healthz").status_code == 200
    assert answer() == READY
    assert Client().get("/sign-in/").status_code == 301


def test_the_log_tells_each_change_once(embargoed, caplog):
    caplog.set_level(logging.WARNING)
    told = Probe()
    embargoed(3)
    assert [told.is_ready() for _ in range(3)] == [False] * 3
    call_command("publish_due")
    assert [told.is_ready() for _ in range(3)] == [True] * 3
    assert [record.getMessage().split(":")[0] for record in caplog.records] == ["Not ready", "Ready"]
    assert isinstance(probe, Probe)
