"""What agencies had raised with each other before inspectors came, and whether it helped. No child data."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Channel, Recorded
from agencies.public_ids import new_public_id
from inspections.models import Inspection

from .findings import Finding
from .life import UNPUBLISHED, Status
from .referrals import OfInspection, refuse_days_to_come


class EscalationLevel(models.TextChoices):
    """How high one agency took its concern with another, before or besides any inspection."""

    PRACTITIONER = "practitioner", _("Between practitioners")
    MANAGER = "manager", _("Team managers and sergeants")
    SENIOR = "senior", _("Senior managers")
    EXECUTIVE = "executive", _("Chief officers and directors")
    BOARD = "board", _("The safeguarding partnership or board")
    NOT_STATED = "not_stated", _("Not stated")


class EscalationOutcome(models.TextChoices):
    EFFECTIVE = "effective", _("Effective")
    INEFFECTIVE = "ineffective", _("Without effect")
    NOT_KNOWN = "", _("Not known")


class LocalEscalation(Recorded):
    """One agency raised with another what an inspection then found (escalation level 0)."""

    HISTORY = ("inspection", "finding", "by_agency", "to_agency", "level", "escalated_on", "outcome", "note")
    UNCHECKED = frozenset({"submission_key"})

    public_id = models.CharField(
        _("public id"), max_length=20, unique=True, default=new_public_id, editable=False
    )
    inspection = models.ForeignKey(
        Inspection,
        verbose_name=_("inspection"),
        on_delete=models.PROTECT,
        related_name="local_escalations",
        editable=False,
    )
    finding = models.ForeignKey(
        Finding, verbose_name=_("finding"), on_delete=models.PROTECT, related_name="local_escalations"
    )
    by_agency = models.ForeignKey(
        Agency, verbose_name=_("raised by"), on_delete=models.PROTECT, related_name="escalations_made"
    )
    to_agency = models.ForeignKey(
        Agency, verbose_name=_("raised with"), on_delete=models.PROTECT, related_name="escalations_received"
    )
    level = models.CharField(
        _("level"), max_length=20, choices=EscalationLevel.choices, default=EscalationLevel.NOT_STATED
    )
    escalated_on = models.DateField(
        _("raised on"), null=True, blank=True, help_text=_("Leave empty where the report does not say.")
    )
    outcome = models.CharField(_("outcome"), max_length=20, choices=EscalationOutcome.choices, blank=True)
    note = models.TextField(_("note"), max_length=2000, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    submission_key = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = OfInspection.as_manager()

    class Meta:
        verbose_name = _("local escalation")
        ordering = ["finding", "escalated_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(by_agency=F("to_agency")),
                name="escalation_between_two_agencies",
                violation_error_message=_("An agency raises a concern with another one."),
            ),
            models.UniqueConstraint(
                fields=["author", "submission_key"],
                condition=~Q(submission_key=""),
                name="escalation_submitted_once",
            ),
        ]

    def __str__(self):
        return f"{self.by_agency} → {self.to_agency}"

    def history_key(self):
        return self.public_id

    def clean(self):
        refuse_days_to_come(escalated_on=self.escalated_on)

    @property
    def is_confidential(self):
        """Whether reading it is logged."""
        return not (self.inspection.is_public and (self.finding is None or self.finding.is_published))

    def may_be_changed_by(self, user):
        return self.inspection.is_worked_on_by(user)

    @classmethod
    def record(cls, *, by, finding, values, submission_key="", channel=Channel.PAGE):
        finding.refuse_unless({*UNPUBLISHED, Status.PUBLISHED})
        escalation = cls(
            author=by, finding=finding, inspection=finding.inspection, submission_key=submission_key
        )
        return escalation._add("recorded", by=by, channel=channel, values=values)

    def edit(self, *, by, values, expect, reason="", channel=Channel.PAGE):
        return self._change("edited", by=by, values=values, expect=expect, reason=reason, channel=channel)
