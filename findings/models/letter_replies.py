"""What a reply to a letter holds: a position on each thing asked, facts disputed, and what is undertaken."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Channel, Recorded, RecordedQuerySet
from agencies.public_ids import new_public_id

from .letters import Letter
from .plan_life import ActionStatus


class AskPosition(models.TextChoices):
    AGREED = "agreed", _("Agreed")
    PARTLY = "partly_accepted", _("Partly agreed")
    DECLINED = "rejected", _("Declined")
    CONTESTED = "facts_contested", _("Facts contested")


class LetterAnswer(models.Model):
    """What the reply says to one thing that was asked. Belongs to its letter, whose history it shares."""

    letter = models.ForeignKey(
        Letter, verbose_name=_("letter"), on_delete=models.PROTECT, related_name="answers"
    )
    order = models.PositiveSmallIntegerField()
    ask = models.TextField(_("what was asked"))
    position = models.CharField(_("position"), max_length=20, choices=AskPosition.choices)
    text = models.TextField(_("answer"), max_length=4000, blank=True)

    class Meta:
        verbose_name = _("answer")
        ordering = ["letter", "order"]
        constraints = [models.UniqueConstraint(fields=["letter", "order"], name="letter_answer_once")]

    def __str__(self):
        return self.ask

    def recorded(self):
        """As the letter's history keeps it."""
        return [self.order, str(self.position), self.text]


class Dispute(models.Model):
    """A fact of the letter that the reply disputes: a figure by its name, or a finding by its reference."""

    letter = models.ForeignKey(
        Letter, verbose_name=_("letter"), on_delete=models.PROTECT, related_name="disputes"
    )
    about = models.CharField(_("what is disputed"), max_length=60)
    text = models.TextField(_("why"), max_length=4000)

    class Meta:
        verbose_name = _("disputed fact")
        ordering = ["pk"]

    def __str__(self):
        return self.about

    def recorded(self):
        """As the letter's history keeps it."""
        return [self.about, self.text]


class CommitmentQuerySet(RecordedQuerySet):
    def visible_to(self, user):
        """As visible as its letter."""
        return self.filter(letter__in=Letter.objects.visible_to(user))

    def open(self):
        return self.filter(status__in=(ActionStatus.NOT_STARTED, ActionStatus.UNDER_WAY))

    def overdue(self, on):
        return self.open().filter(due_on__lt=on)


class Commitment(Recorded):
    """What an agency undertook in its reply: followed until it is done."""

    HISTORY = ("letter", "text", "owner", "due_on", "status", "note")
    NAMES_EXPECTED = frozenset({"owner"})

    public_id = models.CharField(
        _("public id"), max_length=20, unique=True, default=new_public_id, editable=False
    )
    letter = models.ForeignKey(
        Letter, verbose_name=_("letter"), on_delete=models.PROTECT, related_name="commitments"
    )
    text = models.TextField(_("what will be done"), max_length=2000)
    owner = models.CharField(_("owner"), max_length=120, blank=True, help_text=_("A post, not a person."))
    due_on = models.DateField(_("due on"), null=True, blank=True)
    status = models.CharField(
        _("status"), max_length=20, choices=ActionStatus.choices, default=ActionStatus.NOT_STARTED
    )
    note = models.TextField(_("progress"), max_length=2000, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("commitment")
        ordering = ["letter", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=(ActionStatus.DONE, ActionStatus.DROPPED)) | ~Q(note=""),
                name="commitment_ended_with_a_note",
                violation_error_message=_("Say what was done, or why it was dropped."),
            )
        ]

    def __str__(self):
        return self.text

    def get_absolute_url(self):
        return f"{self.letter.get_absolute_url()}#commitment-{self.public_id}"

    @property
    def report_url(self):
        return reverse("commitment_report", args=[self.letter.public_id, self.public_id])

    def history_key(self):
        return self.public_id

    @property
    def is_confidential(self):
        return self.letter.is_confidential

    @property
    def is_late(self):
        open_ones = (ActionStatus.NOT_STARTED, ActionStatus.UNDER_WAY)
        return self.status in open_ones and self.due_on is not None and self.due_on < timezone.localdate()

    def may_be_reported_by(self, user):
        """The agency that undertook it, or a manager of the sender on its behalf."""
        return self.letter.is_addressed_to(user) or (self.letter.is_of(user) and user.is_manager)

    @classmethod
    def undertake(cls, *, by, letter, values, channel=Channel.PAGE):
        return cls(letter=letter)._add("undertaken", by=by, channel=channel, values=values)

    def report(self, *, by, status, note, expect=None, channel=Channel.PAGE):
        """How far it is; ended, it says how."""
        return self._change(
            "progress reported",
            by=by,
            values={"status": status, "note": note},
            expect=expect,
            channel=channel,
        )
