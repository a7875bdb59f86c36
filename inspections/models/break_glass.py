"""Break-glass: an administrator opens one inspection before publication, for at most an hour, and says why."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Channel, Recorded, RecordedQuerySet, User
from agencies.public_ids import new_public_id

from .inspections import Inspection
from .life import IllegalTransition

LONGEST = 60  # minutes
TOLD_FOR = 30  # days for which those who manage the inspection find it in their work


class BreakGlassQuerySet(RecordedQuerySet):
    def visible_to(self, user):
        """One's own; for auditors all; for managers those of inspections that they may read before publication."""
        if user.is_auditor:
            return self
        if user.is_manager:
            return self.filter(inspection__in=Inspection.objects.worked_on_by(user))
        return self.filter(by=user) if user.is_administrator else self.none()

    def open_to(self, user):
        """What is open to the person at this moment. Whoever is no administrator any more has nothing open."""
        if not user.is_administrator:
            return self.none()
        return self.filter(by=user, ended_at=None, until__gt=timezone.now())

    def lately(self):
        return self.filter(opened_at__gt=timezone.now() - timedelta(days=TOLD_FOR))


class BreakGlass(Recorded):
    """One opening of one inspection. It lets its administrator read, and nothing else, until it ends."""

    HISTORY = ("inspection", "by", "reason", "minutes", "until", "ended_at")

    public_id = models.CharField(
        _("public id"), max_length=20, unique=True, default=new_public_id, editable=False
    )
    inspection = models.ForeignKey(
        Inspection, verbose_name=_("inspection"), on_delete=models.PROTECT, related_name="break_glass"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("who"), on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField(_("reason"), max_length=2000)
    opened_at = models.DateTimeField(_("opened"), default=timezone.now)
    minutes = models.PositiveSmallIntegerField(_("for how many minutes"))
    until = models.DateTimeField(_("until"))
    ended_at = models.DateTimeField(_("ended by hand"), null=True, editable=False)

    objects = BreakGlassQuerySet.as_manager()

    class Meta:
        verbose_name = _("break-glass")
        verbose_name_plural = _("break-glass")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=LONGEST),
                name="break_glass_at_most_an_hour",
                violation_error_message=_("It is opened for an hour at most."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="break_glass_with_a_reason",
                violation_error_message=_("Say why it is opened."),
            ),
        ]

    def __str__(self):
        return f"{self.by}, {self.inspection}"

    def history_key(self):
        return self.public_id

    @property
    def is_over(self):
        return self.ended_at is not None or self.until <= timezone.now()

    @property
    def closes_at(self):
        """When it ended or will end."""
        return self.ended_at or self.until

    @classmethod
    @transaction.atomic
    def open(cls, *, by, public_id, reason, minutes, channel=Channel.PAGE):
        """Opens the inspection of this public id to the administrator; nobody else and nothing else is opened.

        ValidationError where there is no unpublished inspection of that id; IllegalTransition while another one is
        open to the same person.
        """
        locked = User._base_manager.select_for_update().get(pk=by.pk)  # two tabs open one
        if not locked.is_administrator:
            raise IllegalTransition(_("Break-glass is for administrators."))
        if cls.objects.open_to(locked).exists():
            raise IllegalTransition(_("Another inspection is open to you. End that first."))
        inspection = Inspection._base_manager.filter(public_id=public_id).first()
        if inspection is None:
            raise ValidationError({"address": _("There is no inspection at this address.")})
        if inspection.is_public:
            raise ValidationError({"address": _("This inspection is published: you can read it as it is.")})
        now = timezone.now()
        values = {"reason": reason, "minutes": minutes, "until": now + timedelta(minutes=minutes)}
        glass = cls(inspection=inspection, by=by, opened_at=now)
        return glass._add("opened", by=by, reason=reason, channel=channel, values=values)

    def end(self, *, by, channel=Channel.PAGE):
        """Ends it before its time. One that is over already stays as it is."""

        def close(current):
            if not current.is_over:
                current.ended_at = timezone.now()

        return self._change("ended", by=by, channel=channel, prepare=close)
