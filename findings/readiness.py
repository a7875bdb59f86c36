"""Whether the register can do its work just now: database, migrations, and what the clock should have done."""

import logging
import threading
from datetime import timedelta
from functools import cache

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from agencies.models import Job
from inspections.models import Inspection

from .publication import why_not_released

PUBLISHED_WITHIN = timedelta(minutes=2)  # of the end of an embargo: cron runs once a minute
TAKEN_WITHIN = timedelta(minutes=5)  # of being queued, while no other job is worked on
ANSWER_WITHIN = 3  # seconds
logger = logging.getLogger(__name__)


def problems():
    """What keeps the register from its work, in words for whoever runs it; raises what the database raises."""
    if missing := _disk_migrations() - set(MigrationRecorder(connection).applied_migrations()):
        return [f"{len(missing)} migrations are not applied"]
    now = timezone.now()
    late = [
        inspection
        for inspection in Inspection.objects.due_for_release(now - PUBLISHED_WITHIN)
        # What waits for people is no fault of the machine.
        if not why_not_released(inspection, now)
    ]
    if late:
        first = min(inspection.embargo_until for inspection in late)
        return [
            f"{len(late)} inspections are embargoed beyond their moment, since {first}: publish_due does not run"
        ]
    since = Job.stands_still_since(now)
    if since is not None and now - since > TAKEN_WITHIN:
        return [f"jobs wait since {since} and none is worked on: work_queue does not run"]
    return []


@cache
def _disk_migrations():
    return set(MigrationLoader(None).disk_migrations)


class Probe:
    """Asks in a thread of its own, since a database that hangs cannot be asked to hurry.

    One thread at a time: whoever asks meanwhile waits for the same answer, so that nobody can load the database by
    asking often, and a database that hangs holds one thread only. The log tells each change of the answer once.
    """

    def __init__(self):
        self._lock = threading.Lock()
        self._running = None
        self._told = None

    def is_ready(self):
        """False also when there is no answer within ANSWER_WITHIN seconds."""
        with self._lock:
            if self._running is None or not self._running.is_alive():
                self._running = _Question()
                self._running.start()
            asked = self._running
        asked.join(ANSWER_WITHIN)
        found = ["the database does not answer"] if asked.is_alive() else asked.found
        if found != self._told:
            self._told = found
            logger.warning("Not ready: %s", "; ".join(found)) if found else logger.warning("Ready")
        return not found


class _Question(threading.Thread):
    def __init__(self):
        super().__init__(daemon=True, name="readiness")
        self.found = []

    def run(self):
        try:
            self.found = problems()
        except Exception as error:
            # Without the words of the database, which may quote its address.
            self.found = [f"the database cannot be asked ({type(error).__name__})"]
        finally:
            connection.close()


probe = Probe()
