"""How the time to respond that stood with frameworks became clocks, and back."""

from datetime import date

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from agencies.models import Channel, Event
from inspections.models import Clock, Framework

BEFORE = ("inspections", "0003_fill_published_here")


def frameworks_of_then():
    return MigrationLoader(connection).project_state(BEFORE).apps.get_model("inspections", "Framework")


def framework_of_then(code, length, unit, by=None):
    """A framework of that time, with the event that says who set its time."""
    row = frameworks_of_then().objects.create(
        code=code, name=f"Framework {code}", response_clock_length=length, response_clock_unit=unit, version=1
    )
    event = Event(
        subject_type="inspections.framework",
        subject_id=row.pk,
        sequence=1,
        verb="added",
        by=by,
        channel=Channel.ADMIN if by else Channel.COMMAND,
        at="2026-01-01T00:00:00Z",
        after={"code": code, "response_clock_length": length, "response_clock_unit": unit},
    )
    event.save()


def times_of_then():
    rows = frameworks_of_then().objects.all()
    return {row.code: (row.response_clock_length, row.response_clock_unit) for row in rows}


def back():
    call_command("migrate", *BEFORE, verbosity=0)


def forth():
    call_command("migrate", verbosity=0)


@pytest.fixture
def _before(transactional_db):
    """The database as it was then; afterwards it is brought up to date, whatever happened."""
    back()
    yield
    forth()


@pytest.fixture
def _carried_over(_before, adam):
    framework_of_then("SIF", 60, "working_days", by=adam)
    framework_of_then("JTAI", 70, "working_days")
    framework_of_then("NCPI", 6, "weeks")
    framework_of_then("PEEL", 8, "weeks", by=adam)
    framework_of_then("OWN", 30, "calendar_days", by=adam)
    framework_of_then("SCR", None, "")
    forth()


@pytest.mark.usefixtures("_carried_over")
def test_each_framework_s_time_becomes_its_clock(adam):
    rows = Clock.objects.select_related("framework")
    assert {
        row.framework.code: (row.purpose, row.starts_from, row.length, row.unit, row.valid_from)
        for row in rows
    } == {
        "SIF": ("action_plan", "publication", 60, "working_days", None),
        "JTAI": ("response", "pre_publication_letter", 70, "working_days", None),
        "NCPI": ("action_plan", "publication", 6, "weeks", None),
        "PEEL": ("response", "publication", 8, "weeks", date(2017, 1, 1)),
        "OWN": ("response", "publication", 30, "calendar_days", None),
    }
    for row in rows:
        event = row.events().get()
        assert (row.version, event.sequence, event.after) == (1, 1, row.snapshot())
        assert event.hash == event.digest()
        assert event.by == (adam if row.framework.code in ("SIF", "PEEL", "OWN") else None)


@pytest.mark.usefixtures("_carried_over")
def test_files_leave_the_times_alone_that_an_administrator_had_set():
    call_command("load_reference", verbosity=0)
    lengths = {
        (row.framework.code, row.purpose): row.length for row in Clock.objects.select_related("framework")
    }
    assert lengths == {
        ("SIF", "action_plan"): 60,
        ("JTAI", "response"): 70,
        ("NCPI", "action_plan"): 6,
        ("PEEL", "response"): 8,
        ("OWN", "response"): 30,
        ("ILACS", "action_plan"): 70,
        ("PEEL21", "response"): 56,
    }
    assert Clock.objects.get(framework__code="JTAI").source  # of the file


@pytest.mark.usefixtures("_carried_over")
def test_back_and_forth_again_loses_no_time_and_no_event():
    before = Event.objects.count()
    back()
    assert times_of_then() == {
        "SIF": (60, "working_days"),
        "JTAI": (70, "working_days"),
        "NCPI": (6, "weeks"),
        "PEEL": (8, "weeks"),
        "OWN": (30, "calendar_days"),
        "SCR": (None, ""),
    }
    assert Event.objects.count() == before
    forth()
    assert Clock.objects.count() == 5
    assert Event.objects.count() == before + 5
    for row in Clock.objects.all():
        assert row.events().get().after == row.snapshot()


@pytest.mark.usefixtures("_carried_over")
def test_numbers_go_on_after_those_carried_over():
    clock = Clock(
        framework=Framework.objects.get(code="SCR"),
        purpose="response",
        starts_from="publication",
        length=3,
        unit="months",
    ).add(by=None)
    assert clock.events().count() == 1


@pytest.mark.usefixtures("_carried_over")
def test_on_the_way_back_the_latest_response_is_kept_and_months_are_not():
    """A framework of then had room for one time, and no months."""
    sif, peel, scr = (Framework.objects.get(code=code) for code in ("SIF", "PEEL", "SCR"))
    late = {"starts_from": "publication", "valid_from": date(2020, 1, 1), "unit": "weeks"}
    Clock.objects.get(framework=peel).change(by=None, values={"valid_to": date(2019, 12, 31)})
    Clock(framework=peel, purpose="response", length=9, **late).add(by=None)
    Clock(framework=sif, purpose="response", length=5, **late).add(by=None)
    Clock(framework=scr, purpose="response", length=3, **{**late, "unit": "months"}).add(by=None)
    back()
    times = times_of_then()
    assert (times["PEEL"], times["SIF"], times["SCR"]) == ((9, "weeks"), (5, "weeks"), (None, ""))
