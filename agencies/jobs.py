"""The worker: takes jobs from the queue one after the other, and writes what each leads to once, whatever happens.

settings.JOBS names for each kind of job a class: `work(pk)` does the long part outside of any transaction and returns
a function that writes its result, `give_up(pk)` says on the record that it went wrong for good. Both are classmethods.
"""

import logging
import threading
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from .models import Job, LostClaim

RENEWED_EVERY = 3  # seconds
logger = logging.getLogger(__name__)


def work_on_next(among=None):
    """Does one job, if there is one; whether there was."""
    job = Job.take(among)
    if job is None:
        return False
    handler = import_string(settings.JOBS[job.kind])
    try:
        if job.is_given_up:
            _write(job, lambda: handler.give_up(job.about))
            return True
        with _renewed(job):
            write = handler.work(job.about)
        _write(job, write)
    except LostClaim:
        logger.warning("Job %s of %s was taken over by another worker", job.pk, job.kind)
    except Exception as problem:
        # By its kind only: words of an exception may quote what was read.
        logger.error("Job %s of %s went wrong: %s", job.pk, job.kind, type(problem).__name__)
        job.put_back()
    return True


@transaction.atomic
def _write(job, write):
    job.finish()
    write()


@contextmanager
def _renewed(job):
    """The claim is renewed in a thread of its own while the block runs."""
    done = threading.Event()

    def renew():
        try:
            while not done.wait(RENEWED_EVERY):
                if not job.renew():
                    return
        except Exception as problem:
            logger.error("The claim of job %s cannot be renewed: %s", job.pk, type(problem).__name__)
        finally:
            connection.close()

    thread = threading.Thread(target=renew, daemon=True, name="renew")
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
