"""Seals: which event was the last of each record, and what the read log held, at one moment after another.

The events of a record are chained, so that a change among them shows. What does not show in any chain is a record
that was removed together with all its events, and a row of the read log that was removed. A seal names the last event
of every record that changed since the seal before, and is chained to it.
"""

import hashlib
import json
from datetime import UTC

from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models import RecordedQuerySet


def hashed(content):
    """SHA-256 of the content as JSON, in hexadecimal."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


class Seal(models.Model):
    """One seal. Append-only, in the database too."""

    number = models.PositiveIntegerField(_("number"), unique=True)
    at = models.DateTimeField(_("when"))
    heads_hash = models.CharField(max_length=64)
    reads_until = models.DateTimeField(_("views until"))
    reads_count = models.PositiveIntegerField(_("views since the seal before"))
    reads_hash = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, unique=True)

    objects = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("seal")
        ordering = ["number"]

    def __str__(self):
        return f"{self.number}:{self.hash}"

    def digest(self):
        """SHA-256 over the seal before and every field of this one, in hexadecimal."""
        return hashed(
            [
                self.previous_hash,
                self.number,
                self.at.astimezone(UTC).isoformat(),
                self.heads_hash,
                self.reads_until.astimezone(UTC).isoformat(),
                self.reads_count,
                self.reads_hash,
            ]
        )


class SealedHead(models.Model):
    """The last event that a record had when the seal was set. Append-only, in the database too."""

    seal = models.ForeignKey(
        Seal, verbose_name=_("seal"), on_delete=models.PROTECT, related_name="sealed_heads"
    )
    subject_type = models.CharField(_("kind of record"), max_length=60)
    subject_id = models.BigIntegerField(_("record"))
    sequence = models.PositiveIntegerField(_("version"))
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("sealed event")
        ordering = ["seal", "subject_type", "subject_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "sequence"], name="head_sealed_once"
            )
        ]

    def __str__(self):
        return f"{self.subject_type} {self.subject_id} v{self.sequence}"

    def content(self):
        return [self.subject_type, self.subject_id, self.sequence, self.hash]
