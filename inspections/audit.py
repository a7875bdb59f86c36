"""Looks for what should not be possible: an event changed, removed or cut off, a record gone, a seal or view altered.

Everything is read while others go on writing. What looks wrong is looked at again under the lock that every verb takes
on its record, so that a change in the middle of the reading is no alarm.
"""

from itertools import groupby

from django.apps import apps
from django.db import transaction

from agencies.models import Event, Recorded

from .models import Seal
from .sealing import AT_ONCE, hash_of_heads, hash_of_reads, missing_heads, reads_between


def recorded_models():
    """{label: model} of every kind of record that has events."""
    return {model._meta.label_lower: model for model in apps.get_models() if issubclass(model, Recorded)}


def problems():
    """Sentences, each of something that was altered outside the register's verbs."""
    models = recorded_models()
    for label, model in models.items():
        yield from _problems_of_kind(label, model)
    for label in (
        Event.objects.exclude(subject_type__in=models).values_list("subject_type", flat=True).distinct()
    ):
        yield f"There are events of “{label}”, which is no kind of record."
    yield from _problems_of_seals()


def _problems_of_kind(label, model):
    versions = dict(model._base_manager.values_list("pk", "version"))
    events = Event.objects.filter(subject_type=label).order_by("subject_id", "sequence")
    suspects = set(versions)
    for key, chain in groupby(events.iterator(chunk_size=AT_ONCE), lambda event: event.subject_id):
        if _problem_of(chain, versions.get(key)):
            suspects.add(key)
        else:
            suspects.discard(key)
    for key in sorted(suspects):
        if problem := _looked_at_again(label, model, key):
            yield f"{label} {key}: {problem}"


def _looked_at_again(label, model, key):
    with transaction.atomic():
        record = model._base_manager.select_for_update().filter(pk=key).first()
        chain = Event.objects.filter(subject_type=label, subject_id=key).order_by("sequence")
        return _problem_of(chain, record.version if record else None)


def _problem_of(chain, version):
    """What is wrong with the events of one record, in words; "" when nothing is. No version: no such record."""
    previous, number = "", 0
    for event in chain:
        number += 1
        if event.sequence != number:
            return f"event {number} is missing."
        if event.hash != event.digest():
            return f"event {number} was changed."
        if event.previous_hash != previous:
            return f"event {number} does not follow the one before it."
        previous = event.hash
    if version is None:
        return "the record is gone, its events are there." if number else ""
    if number != version:
        return f"it is at version {version} and has {number} events."
    return "" if number else "it has no event."


def _problems_of_seals():
    for head in missing_heads().order_by("subject_type", "subject_id", "sequence"):
        yield (
            f"{head.subject_type} {head.subject_id}: event {head.sequence}, which seal {head.number} names, is gone "
            "or was changed."
        )
    previous = None
    for place, seal in enumerate(Seal.objects.prefetch_related("sealed_heads").iterator(chunk_size=50), 1):
        if seal.number != place:
            yield f"Seal {place} is missing."
            return
        if seal.previous_hash != (previous.hash if previous else "") or seal.hash != seal.digest():
            yield f"Seal {place} was changed."
        if seal.heads_hash != hash_of_heads(seal.sealed_heads.all()):
            yield f"What seal {place} names was changed."
        reads = reads_between(previous.reads_until if previous else None, seal.reads_until)
        if (seal.reads_count, seal.reads_hash) != hash_of_reads(reads):
            yield f"The read log was changed between seals {place - 1} and {place}."
        previous = seal
