"""Proposed and decided changes of a recommendation's due date."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .follow_up import ChangeStatus
from .recommendations import Recommendation


class DueDateChange(models.Model):
    """One proposal of another due date and its decision. Belongs to its recommendation and shares its history."""

    recommendation = models.ForeignKey(
        Recommendation,
        verbose_name=_("recommendation"),
        on_delete=models.PROTECT,
        related_name="due_date_changes",
    )
    was = models.DateField(_("due date before"), null=True, blank=True)
    due_on = models.DateField(_("due date proposed"))
    reason = models.TextField(_("reason"), max_length=2000)
    status = models.CharField(
        _("status"), max_length=10, choices=ChangeStatus.choices, default=ChangeStatus.PROPOSED
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("proposed by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    proposed_on = models.DateField(_("proposed on"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    decision_reason = models.TextField(_("reason for the decision"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("change of due date")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["recommendation"],
                condition=Q(status=ChangeStatus.PROPOSED),
                name="due_date_change_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(status=ChangeStatus.PROPOSED, decided_on=None)
                | (~Q(status=ChangeStatus.PROPOSED) & Q(decided_on__isnull=False)),
                name="due_date_change_decided_on_a_day",
            ),
        ]

    def __str__(self):
        return f"{self.was} → {self.due_on}"

    def recorded(self):
        """As the recommendation's history keeps it."""
        decided = self.decided_on.isoformat() if self.decided_on else ""
        return [
            self.was.isoformat() if self.was else "",
            self.due_on.isoformat(),
            str(self.status),
            self.reason,
            decided,
            self.decision_reason,
        ]
