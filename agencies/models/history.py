"""History: every change is one verb, one transaction and one event that nobody can change afterwards.

A record that takes part derives from `Recorded`. Its `version` counts its events, so the n-th event of a
record is the change that made version n: the unique constraint on (subject, sequence) then forbids a second
event for one change, a form that carries the version it was filled in against cannot overwrite a later one,
and a cut tail shows as a version without its event. The events of one record are chained by hash; chains of
different records do not touch, so that writers of different records never queue behind each other.
"""

import hashlib
import json
from datetime import UTC, date, datetime

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .. import second_look


class Channel(models.TextChoices):
    PAGE = "page", _("Page")
    ADMIN = "admin", _("Administration")
    COMMAND = "command", _("Command")


class EditConflict(Exception):
    """The record changed since the caller read it. `current` is the record as it is now."""

    def __init__(self, current):
        super().__init__(f"{current._meta.label} {current.pk} is at version {current.version}")
        self.current = current


class Event(models.Model):
    """One change of one record: who, what, before and after, why, when. Append-only, in the database too."""

    subject_type = models.CharField(_("kind of record"), max_length=60)
    subject_id = models.BigIntegerField(_("record"))
    sequence = models.PositiveIntegerField(_("version made"))
    verb = models.CharField(_("what"), max_length=40)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Empty when a command of the system itself made the change."),
    )
    channel = models.CharField(_("through"), max_length=10, choices=Channel.choices)
    at = models.DateTimeField(_("when"))
    reason = models.TextField(_("reason"), blank=True)
    second_look = models.JSONField(
        _("looked at again"),
        null=True,
        blank=True,
        help_text=_(
            "In which fields something looked like a child's data, of what kind, and why it is none."
        ),
    )
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("event")
        ordering = ["subject_type", "subject_id", "sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "sequence"], name="event_one_per_version"
            ),
        ]
        indexes = [models.Index(fields=["-at"], name="event_at")]

    def __str__(self):
        return f"{self.subject_type} {self.subject_id} v{self.sequence}: {self.verb}"

    def digest(self):
        """SHA-256 over the previous event's hash and every field of this one, in hexadecimal."""
        content = [
            self.previous_hash,
            self.subject_type,
            self.subject_id,
            self.sequence,
            self.verb,
            self.by_id,
            self.channel,
            self.at.astimezone(UTC).isoformat(),
            self.reason,
            self.before,
            self.after,
        ]
        if self.second_look:
            content.append(self.second_look)
        text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def recordable(value):
    """A field's value as history keeps it: JSON, readable on its own when the rest has moved on."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, models.Model):
        return {"key": value.history_key(), "label": str(value)}
    if isinstance(value, (list, tuple)):
        return [recordable(item) for item in value]
    raise TypeError(f"History cannot keep a {type(value).__name__}")


class RecordedQuerySet(models.QuerySet):
    """Refuses the writes that would leave no event."""

    def _refuse(self, *args, **kwargs):
        raise TypeError(f"{self.model.__name__} changes only through its verbs: they write the history.")

    update = bulk_create = bulk_update = delete = update_or_create = get_or_create = create = _refuse


class Recorded(models.Model):
    """A record whose every change is an event. Subclasses offer verbs; a verb calls `_add` or `_change`."""

    HISTORY = ()  # names of the fields, many-to-many included, whose changes history keeps
    NAMES_EXPECTED = frozenset()  # text fields in which names of people who work in the field belong
    KNOWN_BY = ()  # text fields whose words other texts may name

    version = models.PositiveIntegerField(_("version"), default=0, editable=False)

    objects = RecordedQuerySet.as_manager()

    class Meta:
        abstract = True

    # Fields whose uniqueness only the database checks: the caller tells a second submission by its IntegrityError.
    UNCHECKED = frozenset()

    _in_verb = False

    def save(self, *args, **kwargs):
        if not self._in_verb:
            raise TypeError(f"{type(self).__name__} changes only through its verbs: they write the history.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError(f"{type(self).__name__} is never deleted: close, retire or withdraw it.")

    def history_key(self):
        """What identifies the record in other records' history."""
        return str(self.pk)

    def snapshot(self):
        """The recorded fields as history keeps them."""
        kept = {}
        for name in self.HISTORY:
            field = self._meta.get_field(name)
            if field.many_to_many:
                kept[name] = sorted((recordable(item) for item in getattr(self, name).all()), key=str)
            else:
                kept[name] = recordable(getattr(self, name))
        return kept

    def events(self):
        """The record's events, oldest first."""
        return Event.objects.filter(subject_type=self._meta.label_lower, subject_id=self.pk).select_related(
            "by"
        )

    def _set(self, values):
        """Sets plain fields; returns the many-to-many ones, which need a saved row."""
        many = {}
        for name, value in values.items():
            if self._meta.get_field(name).many_to_many:
                many[name] = value
            else:
                setattr(self, name, value)
        return many

    def _save(self, many, after_save):
        self._in_verb = True
        try:
            self.save()
        finally:
            self._in_verb = False
        for name, value in many.items():
            getattr(self, name).set(value)
        if after_save:
            after_save(self)

    def _write_event(self, verb, *, by, channel, reason, before, after):
        last = (
            Event.objects.filter(subject_type=self._meta.label_lower, subject_id=self.pk)
            .order_by("-sequence")
            .values_list("hash", flat=True)
            .first()
            if self.version > 1
            else ""
        )
        event = Event(
            subject_type=self._meta.label_lower,
            subject_id=self.pk,
            sequence=self.version,
            verb=verb,
            by=by,
            channel=channel,
            at=timezone.now(),
            reason=reason,
            second_look=second_look.looked_again(self, before=before, after=after, reason=reason),
            before=before,
            after=after,
            previous_hash=last or "",
        )
        event.hash = event.digest()
        event.save(force_insert=True)

    @transaction.atomic
    def _add(self, verb, *, by, channel=Channel.PAGE, reason="", values=None, after_save=None):
        """Inserts the record with the given values and its first event."""
        many = self._set(values or {})
        self.full_clean(exclude={*many, *self.UNCHECKED})
        self.version = 1
        self._save(many, after_save)
        self._write_event(verb, by=by, channel=channel, reason=reason, before={}, after=self.snapshot())
        return self

    @transaction.atomic
    def _change(
        self,
        verb,
        *,
        by,
        channel=Channel.PAGE,
        reason="",
        values=None,
        expect=None,
        prepare=None,
        after_save=None,
    ):
        """Changes the record as one event; a change that alters nothing writes nothing.

        `expect`: the version the caller read; raises EditConflict when the record has moved on.
        `prepare(current)`: sets what follows from the locked, current record, or raises when it does not
        allow the change.
        `after_save(current)`: writes what belongs to the record but stands in other tables.
        """
        current = type(self)._base_manager.select_for_update().get(pk=self.pk)
        if expect is not None and current.version != expect:
            raise EditConflict(current)
        before = current.snapshot()
        many = current._set(values or {})
        if prepare:
            prepare(current)
        current.full_clean(exclude=many)
        current.version += 1
        with transaction.atomic():
            current._save(many, after_save)
            after = current.snapshot()
            changed = [name for name in after if after[name] != before.get(name)]
            if changed:
                current._write_event(
                    verb,
                    by=by,
                    channel=channel,
                    reason=reason,
                    before={name: before.get(name) for name in changed},
                    after={name: after[name] for name in changed},
                )
            else:
                transaction.set_rollback(True)
        self.refresh_from_db()
        return self


class ReferenceRecord(Recorded):
    """Reference data that administrators keep: added and changed, never deleted."""

    class Meta:
        abstract = True

    def add(self, *, by, **kwargs):
        return self._add("added", by=by, **kwargs)

    def change(self, *, by, **kwargs):
        return self._change("changed", by=by, **kwargs)
