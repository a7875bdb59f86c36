"""The queue of what is done beside the pages: one row for each thing still to do, gone when it is done."""

import secrets
from datetime import timedelta

from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LEASE = timedelta(seconds=15)  # whoever works on it renews it; a worker that was killed does not
TRIES = 3
AGAIN_AFTER = timedelta(seconds=30)  # times the number of tries that went wrong


class LostClaim(Exception):
    """Another worker took the job over meanwhile: what this one found is not written."""


class JobQuerySet(models.QuerySet):
    def ready(self, now):
        """Neither with a worker that lives nor put off after a try that went wrong."""
        return self.filter(Q(claimed_until=None) | Q(claimed_until__lte=now))

    def under_way(self, now):
        """With a worker that lives."""
        return self.exclude(claim="").filter(claimed_until__gt=now)

    def of(self, kind, record):
        return self.filter(kind=kind, about=record.pk)


class Job(models.Model):
    """One thing that a worker is to do about one record. `kind` is a key of settings.JOBS.

    A worker claims it for `LEASE` and renews that as long as it works. The claim is a random word: results are written
    in one transaction with the row's removal by that word, so that of two workers that both believe to have it
    (one was stopped for a while, say) only one writes. A worker that is killed leaves the row: it is taken again.

    No record of the register: it has no event, and what it leads to is told by the record that it is about.
    """

    kind = models.CharField(max_length=40)
    about = models.BigIntegerField()
    queued_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)
    claim = models.CharField(max_length=32, blank=True)
    claimed_until = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        ordering = ["queued_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["kind", "about"], name="job_once_for_a_record")]

    def __str__(self):
        return f"{self.kind} {self.about}"

    @classmethod
    def put(cls, kind, record):
        """Queues it, once: in the transaction that makes it necessary."""
        cls.objects.get_or_create(kind=kind, about=record.pk)

    @classmethod
    @transaction.atomic
    def take(cls, among=None):
        """The job that has waited longest, claimed for this worker; None where nothing is to do."""
        now = timezone.now()
        waiting = cls.objects.ready(now).select_for_update(skip_locked=True)
        job = (waiting if among is None else waiting.filter(among)).first()
        if job is None:
            return None
        job.claim, job.claimed_until = secrets.token_hex(16), now + LEASE
        job.tries += 1
        job.save(update_fields=["claim", "claimed_until", "tries"])
        return job

    def renew(self):
        """Says that its worker lives; whether it still is that worker's."""
        mine = Job.objects.filter(pk=self.pk, claim=self.claim)
        return bool(mine.update(claimed_until=timezone.now() + LEASE))

    def put_back(self):
        """After a try that went wrong: taken again a little later, by anybody."""
        later = timezone.now() + AGAIN_AFTER * self.tries
        Job.objects.filter(pk=self.pk, claim=self.claim).update(claim="", claimed_until=later)

    @property
    def is_given_up(self):
        """Whether it went wrong too often, also by killing its worker."""
        return self.tries > TRIES

    def finish(self):
        """Removes it, in the transaction that writes what it led to; raises LostClaim where it is another worker's."""
        if not Job.objects.filter(pk=self.pk, claim=self.claim).delete()[0]:
            raise LostClaim

    @classmethod
    def stands_still_since(cls, now):
        """Since when something waits that no worker takes although none is at work; None while all is well.

        What was put off after a try that went wrong counts from the moment it is to be taken again.
        """
        if cls.objects.under_way(now).exists():
            return None
        since = Greatest("queued_at", Coalesce("claimed_until", "queued_at"))
        ready = cls.objects.ready(now).annotate(since=since).order_by("since")
        return ready.values_list("since", flat=True).first()
