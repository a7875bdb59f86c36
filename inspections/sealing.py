"""Sets a seal over all chains of events and the read log. Nobody who writes meanwhile waits for it."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from agencies.models import Event

from .models import ReadLogEntry, Seal, SealedHead
from .models.seals import hashed

SETTLED = timedelta(minutes=10)  # a row of the read log that says an earlier moment is there by now
AT_ONCE = 1000
READ_FIELDS = ("pk", "by_id", "subject_type", "public_id", "inspection_id", "inspectorate_id", "route", "at")


def seal(settled=SETTLED):
    """The new seal; the last one where nothing happened since, or another run has just set one.

    What is read here may be older than what is written meanwhile: the next seal has it.
    """
    last = Seal.objects.last()
    until = timezone.now() - settled
    if last and until <= last.reads_until:
        until = last.reads_until
    heads = [
        SealedHead(**values)
        for values in unsealed_heads().values("subject_type", "subject_id", "sequence", "hash")
    ]
    reads = reads_between(last.reads_until if last else None, until)
    count, reads_hash = hash_of_reads(reads)
    if last and not heads and not count:
        return last
    new = Seal(
        number=last.number + 1 if last else 1,
        at=timezone.now(),
        heads_hash=hash_of_heads(heads),
        reads_until=until,
        reads_count=count,
        reads_hash=reads_hash,
        previous_hash=last.hash if last else "",
    )
    new.hash = new.digest()
    try:
        with transaction.atomic():
            new.save(force_insert=True)
            for head in heads:
                head.seal = new
            SealedHead.objects.bulk_create(heads, batch_size=AT_ONCE)
    except IntegrityError:
        return Seal.objects.last()
    return new


def unsealed_heads():
    """The last event of each record that has one which no seal names."""
    same = {"subject_type": OuterRef("subject_type"), "subject_id": OuterRef("subject_id")}
    later = Event.objects.filter(**same, sequence=OuterRef("sequence") + 1)
    sealed = SealedHead.objects.filter(**same, sequence__gte=OuterRef("sequence"))
    return Event.objects.filter(~Exists(later), ~Exists(sealed)).order_by("subject_type", "subject_id")


def missing_heads():
    """Sealed events that are not there any more as they were."""
    there = Event.objects.filter(
        subject_type=OuterRef("subject_type"),
        subject_id=OuterRef("subject_id"),
        sequence=OuterRef("sequence"),
        hash=OuterRef("hash"),
    )
    return SealedHead.objects.filter(~Exists(there)).annotate(number=F("seal__number"))


def hash_of_heads(heads):
    return hashed(sorted(head.content() for head in heads))


def reads_between(start, end):
    """Rows of the read log after the one moment and up to the other."""
    rows = ReadLogEntry.objects.filter(at__lte=end).order_by("pk")
    return rows.filter(at__gt=start) if start else rows


def hash_of_reads(rows):
    """(how many, SHA-256 chained over them in hexadecimal)"""
    count, chained = 0, ""
    for row in rows.values_list(*READ_FIELDS, "break_glass_id").iterator(chunk_size=AT_ONCE):
        chained = hashed([chained, *(str(value) if value is not None else None for value in row)])
        count += 1
    return count, chained
