"""Cases that inspectors referred back, and what came of them. No child data."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Channel, Recorded, RecordedQuerySet
from agencies.public_ids import new_public_id
from inspections.models import IllegalTransition, Inspection
from inspections.models.life import PUBLIC, SHARED_WITH_AGENCIES

from .findings import Finding
from .life import Status


def refuse_days_to_come(**days):
    """Raises ValidationError, of the field, for a day that is still to come."""
    if late := [name for name, day in days.items() if day and day > timezone.localdate()]:
        raise ValidationError(dict.fromkeys(late, _("This day is still to come.")))


class ReferralOutcome(models.TextChoices):
    NO_CHANGE = "no_change", _("No change")
    SAFEGUARDED = "safeguarded", _("Child safeguarded")
    REOPENED = "reopened", _("Investigation reopened")


class OfInspection(RecordedQuerySet):
    PUBLIC = Q(inspection__status__in=PUBLIC) & (Q(finding=None) | Q(finding__status=Status.PUBLISHED))

    def visible_to(self, user):
        """For those who make the inspection and auditors; from the factual accuracy check on for the agency it was
        sent to, where that sees the inspection and the finding; for everybody once the inspection is published. With
        a finding that is not published, never."""
        if not user.has_a_role:
            return self.none()
        if user.is_auditor:
            return self
        rule = self.PUBLIC
        if user.is_inspector or user.is_manager:
            rule |= Q(inspection__in=Inspection.objects.worked_on_by(user))
        elif user.is_respondent:
            shared = Q(finding=None) | Q(finding__in=Finding.objects.visible_to(user))
            in_check = Inspection.objects.visible_to(user).filter(status__in=SHARED_WITH_AGENCIES)
            rule |= shared & Q(inspection__in=in_check, to_agency_id=user.agency_id)
        elif user.is_administrator:
            rule |= Q(inspection__in=Inspection.objects.opened_to(user))
        return self.filter(rule)

    def public(self):
        """What everybody with a role may see."""
        return self.filter(self.PUBLIC)


class CaseReferralQuerySet(OfInspection):
    def unresolved(self):
        return self.filter(outcome="")

    def known_to(self, user, *, on, corrected=False):
        """Cases that count in figures as of that day: of inspections and findings that count then, referred before it.

        Where the report does not say when a case was referred, it was before its publication.
        """
        inspections = Inspection.objects.visible_to(user).known_on(on)
        findings = Finding.objects.known_to(user, on=on, corrected=corrected)
        return self.filter(
            Q(referred_on=None) | Q(referred_on__lt=on),
            Q(finding=None) | Q(finding__in=findings.standing_for()),
            inspection__in=inspections,
        )


class CaseReferral(Recorded):
    """A case that inspectors sent back to an agency because a child might not be safe, and what came of it."""

    HISTORY = (
        "inspection",
        "finding",
        "to_agency",
        "referred_on",
        "reason",
        "outcome",
        "resolved_on",
        "outcome_note",
    )
    UNCHECKED = frozenset({"submission_key"})

    public_id = models.CharField(
        _("public id"), max_length=20, unique=True, default=new_public_id, editable=False
    )
    inspection = models.ForeignKey(
        Inspection, verbose_name=_("inspection"), on_delete=models.PROTECT, related_name="case_referrals"
    )
    finding = models.ForeignKey(
        Finding,
        verbose_name=_("finding"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="case_referrals",
    )
    to_agency = models.ForeignKey(
        Agency, verbose_name=_("referred to"), on_delete=models.PROTECT, related_name="case_referrals"
    )
    referred_on = models.DateField(
        _("referred on"), null=True, blank=True, help_text=_("Leave empty where the report does not say.")
    )
    reason = models.TextField(
        _("reason"), max_length=2000, help_text=_("Nothing by which a child could be recognised.")
    )
    outcome = models.CharField(_("outcome"), max_length=20, choices=ReferralOutcome.choices, blank=True)
    resolved_on = models.DateField(_("resolved on"), null=True, blank=True)
    outcome_note = models.TextField(_("what came of it"), max_length=2000, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    submission_key = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = CaseReferralQuerySet.as_manager()

    class Meta:
        verbose_name = _("case referred back")
        verbose_name_plural = _("cases referred back")
        ordering = [F("referred_on").desc(nulls_last=True), "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(resolved_on=None) | Q(referred_on=None) | Q(resolved_on__gte=F("referred_on")),
                name="referral_resolved_after_referred",
                violation_error_message=_("A case cannot be resolved before it was referred."),
            ),
            models.CheckConstraint(
                condition=Q(resolved_on=None) | ~Q(outcome=""),
                name="referral_resolved_with_an_outcome",
                violation_error_message=_("Say what came of it."),
            ),
            models.UniqueConstraint(
                fields=["author", "submission_key"],
                condition=~Q(submission_key=""),
                name="referral_submitted_once",
            ),
        ]

    def __str__(self):
        return f"{self.to_agency}, {self.inspection}"

    def get_absolute_url(self):
        return reverse("case_referral", args=[self.public_id])

    def history_key(self):
        return self.public_id

    def clean(self):
        if self.finding_id and self.finding.inspection_id != self.inspection_id:
            raise ValidationError({"finding": _("Choose a finding of this inspection.")})
        refuse_days_to_come(referred_on=self.referred_on, resolved_on=self.resolved_on)

    @property
    def days(self):
        """Days from referral to resolution, or None where either is not known."""
        if self.referred_on and self.resolved_on:
            return (self.resolved_on - self.referred_on).days
        return None

    @property
    def is_confidential(self):
        """Whether reading it is logged."""
        return not (self.inspection.is_public and (self.finding is None or self.finding.is_published))

    def may_be_changed_by(self, user):
        return self.inspection.is_worked_on_by(user)

    @classmethod
    def refer(cls, *, by, inspection, values, submission_key="", channel=Channel.PAGE):
        """Records that a case was referred back. With `outcome` among the values it is resolved already."""
        referral = cls(author=by, inspection=inspection, submission_key=submission_key)
        return referral._add("referred", by=by, channel=channel, values=values)

    def edit(self, *, by, values, expect, reason="", channel=Channel.PAGE):
        return self._change("edited", by=by, values=values, expect=expect, reason=reason, channel=channel)

    def resolve(self, *, by, outcome, resolved_on, outcome_note="", expect=None, channel=Channel.PAGE):
        """What came of it, and when. A second resolution is a change of it and needs `edit`."""

        def refuse_twice(current):
            if type(self)._base_manager.filter(pk=current.pk).exclude(outcome="").exists():
                raise IllegalTransition(_("The outcome of this case is recorded already."))

        return self._change(
            "resolved",
            by=by,
            values={"outcome": outcome, "resolved_on": resolved_on, "outcome_note": outcome_note},
            expect=expect,
            channel=channel,
            prepare=refuse_twice,
        )
