"""What is kept for a while only goes with the nightly run, and not a moment before its time."""

import time
from datetime import timedelta
from io import StringIO

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone

from agencies.models import Event, Tries, TypedText

DAY = timedelta(days=1)


def run(*arguments):
    out = StringIO()
    call_command("retention_run", *arguments, stdout=out)
    return out.getvalue().splitlines()[1:]


@pytest.fixture
def kept(ines):
    """One row of each kind whose time is over, and one that has a minute left."""
    now = timezone.now()
    minute, month, half_day = timedelta(minutes=1), 30 * DAY, timedelta(hours=12)
    for key, late in (("over", minute), ("left", -minute)):
        Session.objects.create(session_key=key, session_data="", expire_date=now - late)
        row = UserSession.objects.create(user=ines, session_key=key, ip="192.0.2.1", user_agent="x")
        UserSession.objects.filter(pk=row.pk).update(created_at=now - half_day - late)
        typed = {"person": ines, "order": 1, "path": "/x/"}
        TypedText.objects.create(key=f"text {key}", size=9, saved_at=now - month - late, **typed)
        TypedText.objects.create(key=f"empty {key}", size=0, saved_at=now - DAY - late, **typed)
        Tries.objects.create(key=key, last_at=time.time() - DAY.total_seconds() - late.total_seconds())


def what_is_left():
    return {
        "sessions": sorted(Session.objects.values_list("session_key", flat=True)),
        "devices": sorted(UserSession.objects.values_list("session_key", flat=True)),
        "typed": sorted(TypedText.objects.values_list("key", flat=True)),
        "tries": sorted(Tries.objects.values_list("key", flat=True)),
    }


def test_what_is_over_is_deleted_and_the_rest_stays(kept):
    before, events = what_is_left(), Event.objects.count()
    told = [
        "1 sessions that have ended",
        "1 devices of sessions that have ended",
        "1 texts typed and not saved",
        "1 emptied sheets of typed text",
        "1 counts of tries to sign in",
    ]
    assert run("--dry-run") == [f"To be deleted: {words}" for words in told]
    assert what_is_left() == before
    assert run() == [f"Deleted: {words}" for words in told]
    assert what_is_left() == {
        "sessions": ["left"],
        "devices": ["left"],
        "typed": ["empty left", "text left"],
        "tries": ["left"],
    }
    assert run() == []
    assert Event.objects.count() == events  # none of them is a record
