"""A folder of reports handed in at once, and read while whoever runs the command looks on."""

import hashlib
import time
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import IntegrityError
from django.db.models import Q

from agencies.files import store
from agencies.files.kinds import PDF, recognise
from agencies.jobs import work_on_next
from agencies.models import Channel
from inspections.models import HandedInBefore, Reading, Report
from inspections.models.reports import READ_REPORT, READER

PAUSE = 1  # seconds, while other workers have what is left


@dataclass
class HandedIn:
    """What became of the files of a folder. `queued`: {primary key of the report: path}, `refused`: {path: why}."""

    queued: dict = field(default_factory=dict)
    before: int = 0
    refused: dict = field(default_factory=dict)


def hand_in(paths, *, by):
    """Hands in each file that is not here yet; one that is waiting is waited for again, so that a run that was cut
    short is carried on by the next. A bad file stops no other."""
    done = HandedIn()
    for path in paths:
        try:
            report = _hand_in(path, by)
        except (ValidationError, OSError) as problem:
            done.refused[path] = " ".join(getattr(problem, "messages", [type(problem).__name__]))
        else:
            if report is not None and report.is_waiting:
                done.queued[report.pk] = path
            else:
                done.before += 1
    return done


def _hand_in(path, by):
    """The report; None for a file that another inspectorate handed in."""
    with open(path, "rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
        known = Report.objects.visible_to(by).filter(sha256=digest).first()
        if known is not None and (known.is_waiting or known.is_read):
            return known
        file = File(opened, name=path.name)
        if recognise(file, path.name) is not PDF:
            raise ValidationError("This is no PDF document.")
        try:
            with store(file) as stored:
                return Report.hand_in(by=by, stored=stored, reader=READER, channel=Channel.COMMAND)
        except (HandedInBefore, IntegrityError):
            return Report.objects.visible_to(by).filter(sha256=digest).first()


def to_read_again(*, by):
    """Queues the inspectorate's reports that an earlier reader read; {primary key: name}."""
    earlier = (
        Report.objects.visible_to(by)
        .worked_on_by(by)
        .filter(reading=Reading.READ, stored_key__isnull=False)
        .exclude(reader=READER)
    )
    return {report.pk: report.read_again(by=by).file_name for report in earlier}


def read_queued(queued, is_stopped=lambda: False):
    """Reads what is queued, beside any other worker, until all is done; yields each report as it is.

    `queued`: {primary key of a report: …}.
    """
    left = set(queued)
    while left and not is_stopped():
        ours = Q(kind=READ_REPORT, about__in=left)
        has_worked = work_on_next(ours)
        done = Report._base_manager.filter(pk__in=left).exclude(reading=Reading.WAITING)
        for report in done.order_by("handed_in_at", "pk"):
            left.discard(report.pk)
            yield report
        if left and not has_worked:
            time.sleep(PAUSE)
