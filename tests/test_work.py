"""My work: what waits for each person, in order, with why and how late; never what they may not do."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from agencies.days import start_of
from findings.models import (
    AccuracyComment,
    ActionPlan,
    CaseReferral,
    Comment,
    Finding,
    Letter,
    Recommendation,
)
from findings.work.queue import Queue

from .conftest import record_finding, record_inspection, weakness
from .states import logged, moved, planned, recommended, recommendation_step

ROUTES = {"work"}
TODAY = timezone.localdate


def kinds(person, on=None):
    """The kinds of what waits for the person, in order."""
    return [item.kind for item in Queue(person, on or TODAY())[:100]]


def items(person, kind=None, on=None):
    queue = Queue(person, on or TODAY(), [kind] if kind else ())
    found = queue[:100]
    assert queue.count() == len(found)
    return found


@pytest.fixture
def issued(published, cleveland, stockton, strategy):
    """issued(**values): a recommendation of the finding about Cleveland, as the report of 2016 stated it."""
    finding = record_finding(published, weakness(cleveland, strategy, "serious"))

    def record(**values):
        return Recommendation.record_issued(
            by=None,
            channel="command",
            finding=finding,
            values={"addressee": stockton, "text": "Keep challenging the police.", **values},
        )

    return record
