"""Tries of passwords and codes, counted where all workers see them."""

import time

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

DAY = 24 * 3600
# Seconds that a moment may lie ahead, as those of others do who were let in first. One further ahead is of a clock that
# was wrong and has been set back: it would lock an account for as long as the clock had been ahead.
AHEAD = 60


class TooManyTries(Exception):
    """No further try is looked at now. `wait`: seconds until the next one is."""

    def __init__(self, wait):
        super().__init__(f"Too many tries; the next in {wait} seconds")
        self.wait = wait


class Tries(models.Model):
    """The tries of one kind within the last day. No record of the register: it has no event and no reader.

    The key is a keyed hash, so that neither an address nor a mistyped password's account stands in the table.
    """

    key = models.CharField(max_length=64, unique=True)
    moments = models.JSONField(default=list)  # when each was, in seconds since 1970, oldest first
    last_at = models.PositiveBigIntegerField(db_index=True)

    class Meta:
        verbose_name = _("tries")
        verbose_name_plural = _("tries")

    def __str__(self):
        return f"{len(self.moments)} tries"

    @classmethod
    @transaction.atomic
    def count(cls, limits):
        """Counts one try under each key, or under none and raises TooManyTries.

        `limits`: {key: (how many, within how many seconds)}. The rows are locked, so that of many simultaneous tries
        no more pass than may. Returns the moment, for `take_back`.
        """
        now = round(time.time(), 3)
        rows = cls._locked(sorted(limits), now)
        waits = []
        for row in rows:
            most, seconds = limits[row.key]
            within = [moment for moment in row.moments if now - seconds < moment <= now + AHEAD]
            if len(within) >= most:
                waits.append(int(within[-most] + seconds - now) + 1)
        if waits:
            raise TooManyTries(max(waits))
        for row in rows:
            row.moments = [moment for moment in row.moments if now - DAY < moment <= now + AHEAD] + [now]
            row.last_at = int(now)
            row.save()
        # Rows that somebody is writing just now are left to the next: waiting for them could wait for ever.
        old = cls.objects.select_for_update(skip_locked=True).filter(last_at__lt=now - DAY)
        cls.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:100])).delete()
        return now

    @classmethod
    @transaction.atomic
    def take_back(cls, keys, moment):
        """The try of that moment was right: it does not count."""
        for row in cls.objects.select_for_update().filter(key__in=keys).order_by("key"):
            if moment in row.moments:
                row.moments.remove(moment)
                row.save()

    @classmethod
    def _locked(cls, keys, now):
        for key in keys:  # in one order always, so that nobody waits for each other
            cls.objects.get_or_create(key=key, defaults={"last_at": int(now)})
        return list(cls.objects.select_for_update().filter(key__in=keys).order_by("key"))
