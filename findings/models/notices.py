"""Reminders by e-mail: what each person asked for, and what they were told already."""

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Channel, Recorded, RecordedQuerySet


class Frequency(models.TextChoices):
    OFF = "off", _("Never")
    DAILY = "daily", _("Once a day, when there is something to tell")


class NotificationChoiceQuerySet(RecordedQuerySet):
    def visible_to(self, user):
        """One's own."""
        return self.filter(person=user) if user.has_a_role else self.none()

    def switched_on(self):
        """Of people who can still sign in; whether they have work is asked when a mail is made up."""
        return self.exclude(frequency=Frequency.OFF).filter(person__is_active=True)


class NotificationChoice(Recorded):
    """What one person wants to be reminded of. Nobody has a row, and so nobody gets mail, before they chose."""

    HISTORY = ("person", "frequency", "when_due", "when_late", "when_new", "left_out")
    UNCHECKED = frozenset({"person"})

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        on_delete=models.PROTECT,
        related_name="notification_choice",
        editable=False,
    )
    frequency = models.CharField(
        _("how often"), max_length=10, choices=Frequency.choices, default=Frequency.OFF
    )
    when_due = models.BooleanField(_("what falls due"), default=True)
    when_late = models.BooleanField(_("what is late"), default=True)
    when_new = models.BooleanField(_("what is new"), default=True)
    # Those left out, not those chosen: a kind of work that a later version adds is told of.
    left_out = models.JSONField(_("kinds of work left out"), default=list, blank=True)

    objects = NotificationChoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("choice of notifications")
        ordering = ["pk"]

    def __str__(self):
        return f"{self.person}: {self.get_frequency_display()}"

    @property
    def is_on(self):
        return self.frequency != Frequency.OFF

    @classmethod
    def of(cls, user):
        """The person's choice, or the one that everybody begins with (not saved, off)."""
        return cls.objects.visible_to(user).first() or cls(person=user)

    @transaction.atomic
    def choose(self, *, by, values, expect=None, channel=Channel.PAGE):
        """Changes one's own choice. The first time adds it; twice at once is an IntegrityError for the second."""
        if self.person_id != by.pk:
            raise TypeError("A choice of notifications is changed by its own person only.")
        if self.pk is None:
            return self._add("chosen", by=by, channel=channel, values=values)
        return self._change("chosen", by=by, channel=channel, values=values, expect=expect)


class Why(models.TextChoices):
    """Why something stood in a mail. `SentReminder.day` is what it was about: see there."""

    WEEK = "week", _("due within 7 days")
    TOMORROW = "tomorrow", _("due tomorrow")
    TODAY = "today", _("due today")
    LATE = "late", _("late")
    NEW = "new", _("new")


class SentReminder(models.Model):
    """That a person was told of one piece of work for one reason: the log by which nobody is told twice.

    `day` is the due date for what falls due, so that another date is another reminder; for what is late the day
    from which this week of lateness counts; for what is new the day since which it waits.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.PROTECT, related_name="+"
    )
    record = models.CharField(_("piece of work"), max_length=80)
    reason = models.CharField(_("reason"), max_length=10, choices=Why.choices)
    day = models.DateField(_("day"))
    at = models.DateTimeField(_("told"), default=timezone.now)

    class Meta:
        verbose_name = _("sent reminder")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "record", "reason", "day"], name="reminder_sent_once"),
        ]

    def __str__(self):
        return f"{self.person_id}: {self.record}, {self.get_reason_display()} {self.day}"
