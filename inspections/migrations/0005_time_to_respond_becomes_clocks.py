"""Turns the time to respond that each framework had into a clock, each with the event that its version counts."""

from datetime import date

from django.core.management.color import no_style
from django.db import migrations
from django.db.models import F, Max, Q
from django.utils import timezone

from agencies.models import Event as EventNow

# What the one time of a framework was for. Of other frameworks: a written response, from publication.
ACTION_PLANS = ("SIF", "ILACS", "NCPI")
FROM_THE_LETTER = ("JTAI",)
VALID_FROM = {"PEEL": date(2017, 1, 1)}
CLOCK, FRAMEWORK = "inspections.clock", "inspections.framework"


def carry_over(apps, schema_editor):
    Framework, Clock = apps.get_model("inspections", "Framework"), apps.get_model("inspections", "Clock")
    Event = apps.get_model("agencies", "Event")
    # When this was reversed before, the events of the clocks of that time are still there: numbers go on after them.
    number = Event.objects.filter(subject_type=CLOCK).aggregate(last=Max("subject_id"))["last"] or 0
    for framework in Framework.objects.exclude(response_clock_length=None).order_by("pk"):
        if not framework.response_clock_length:
            continue  # no time at all was possible, and is no clock
        number += 1
        clock = Clock.objects.create(
            pk=number,
            framework=framework,
            purpose="action_plan" if framework.code in ACTION_PLANS else "response",
            starts_from="pre_publication_letter" if framework.code in FROM_THE_LETTER else "publication",
            length=framework.response_clock_length,
            unit=framework.response_clock_unit,
            valid_from=VALID_FROM.get(framework.code),
            version=1,
        )
        _write_event(Event, clock)
    for sql in schema_editor.connection.ops.sequence_reset_sql(no_style(), [Clock]):
        schema_editor.execute(sql)


def _write_event(Event, clock):
    """The clock is its framework's administrator's where one of them set the time: files then leave it alone."""
    framework = clock.framework
    earlier = Event.objects.filter(subject_type=FRAMEWORK, subject_id=framework.pk).exclude(channel="command")
    set_by = (
        earlier.filter(Q(after__has_key="response_clock_length") | Q(after__has_key="response_clock_unit"))
        .order_by("sequence")
        .last()
    )
    event = Event(
        subject_type=CLOCK,
        subject_id=clock.pk,
        sequence=1,
        verb="added",
        by_id=set_by.by_id if set_by else None,
        channel=set_by.channel if set_by else "command",
        at=timezone.now(),
        reason="The time to respond that stood with the framework.",
        before={},
        after={
            "framework": {"key": framework.code, "label": framework.name},
            "purpose": clock.purpose,
            "starts_from": clock.starts_from,
            "length": clock.length,
            "unit": clock.unit,
            "valid_from": clock.valid_from.isoformat() if clock.valid_from else None,
            "valid_to": None,
            "source": "",
        },
    )
    event.hash = EventNow.digest(event)
    event.save(force_insert=True)


def carry_back(apps, schema_editor):
    """Each framework has room for one clock: the latest; a response before a plan. It never knew months."""
    Framework, Clock = apps.get_model("inspections", "Framework"), apps.get_model("inspections", "Clock")
    latest_last = Clock.objects.order_by("purpose", F("valid_from").asc(nulls_first=True))
    for clock in latest_last.exclude(unit="months"):
        Framework.objects.filter(pk=clock.framework_id).update(
            response_clock_length=clock.length, response_clock_unit=clock.unit
        )
    Clock.objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("inspections", "0004_clocks")]

    operations = [migrations.RunPython(carry_over, carry_back)]
