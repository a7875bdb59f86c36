"""The factual accuracy round: what an agency says is wrong in a draft, line by line, and what was decided."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Channel, Recorded, RecordedQuerySet
from agencies.public_ids import new_public_id
from inspections.models import IllegalTransition, Inspection
from inspections.models import Status as InspectionStatus

from .findings import Finding
from .life import Status


class Decision(models.TextChoices):
    UPHELD = "upheld", _("Upheld")
    PARTLY_UPHELD = "partly_upheld", _("Partly upheld")
    NOT_UPHELD = "not_upheld", _("Not upheld")


class AccuracyCommentQuerySet(RecordedQuerySet):
    def visible_to(self, user):
        """For those who make the inspection, auditors, and the agency that commented, as long as it sees the
        inspection."""
        if user.is_auditor:
            return self
        if user.is_inspector or user.is_manager:
            return self.filter(inspection__in=Inspection.objects.worked_on_by(user))
        if user.is_respondent:
            return self.filter(
                by_agency_id=user.agency_id, inspection__in=Inspection.objects.visible_to(user)
            )
        return self.none()

    def undecided(self):
        return self.filter(decision="")


class AccuracyComment(Recorded):
    """One line of an agency's comments on a draft report."""

    HISTORY = ("inspection", "finding", "by_agency", "place", "text", "decision", "decision_reason")
    UNCHECKED = frozenset({"submission_key"})

    public_id = models.CharField(
        _("public id"), max_length=20, unique=True, default=new_public_id, editable=False
    )
    inspection = models.ForeignKey(
        Inspection,
        verbose_name=_("inspection"),
        on_delete=models.PROTECT,
        related_name="accuracy_comments",
        editable=False,
    )
    finding = models.ForeignKey(
        Finding,
        verbose_name=_("finding"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="accuracy_comments",
    )
    by_agency = models.ForeignKey(
        Agency, verbose_name=_("from"), on_delete=models.PROTECT, related_name="accuracy_comments"
    )
    place = models.CharField(
        _("line"),
        max_length=120,
        blank=True,
        help_text=_("Where in the draft: page and paragraph, or line number."),
    )
    text = models.TextField(_("what is not right"), max_length=4000)
    decision = models.CharField(_("decision"), max_length=20, choices=Decision.choices, blank=True)
    decision_reason = models.TextField(_("reason for the decision"), max_length=4000, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recorded by"),
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )
    at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)
    submission_key = models.CharField(max_length=64, blank=True, editable=False)

    objects = AccuracyCommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("factual accuracy comment")
        ordering = ["inspection", "by_agency", "at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decision="", decided_at=None) | (~Q(decision="") & ~Q(decision_reason="")),
                name="accuracy_decided_with_a_reason",
                violation_error_message=_("Say why it was decided so."),
            ),
            models.UniqueConstraint(
                fields=["by", "submission_key"],
                condition=~Q(submission_key=""),
                name="accuracy_submitted_once",
            ),
        ]

    is_confidential = True  # whether reading it is logged: comments on a draft are never published

    def __str__(self):
        return f"{self.by_agency}, {self.place}" if self.place else str(self.by_agency)

    def history_key(self):
        return self.public_id

    def clean(self):
        if self.finding_id and self.finding.inspection_id != self.inspection_id:
            raise ValidationError({"finding": _("Choose a finding of this inspection.")})

    def may_be_decided_by(self, user):
        return (
            self.inspection.status == InspectionStatus.FACTUAL_ACCURACY
            and self.inspection.is_worked_on_by(user)
        )

    @classmethod
    @transaction.atomic
    def submit(
        cls,
        *,
        by,
        inspection,
        by_agency,
        text,
        place="",
        finding=None,
        submission_key="",
        channel=Channel.PAGE,
    ):
        """One line from the agency, or recorded on its behalf, while the round is open.

        A finding that is named is one that the agency reads in the round. The same person's same submission key
        submits once: the second is an IntegrityError.
        """
        _refuse_when_over(inspection, _("Comments are taken while the factual accuracy check lasts."))
        if not agencies_in_round(inspection).filter(pk=by_agency.pk).exists():
            raise ValidationError({"by_agency": _("Choose an agency that the inspection concerns.")})
        if finding and not findings_in_round(inspection, by_agency).filter(pk=finding.pk).exists():
            raise ValidationError({"finding": _("Choose an agreed finding about this agency.")})
        comment = cls(
            by=by, inspection=inspection, by_agency=by_agency, finding=finding, submission_key=submission_key
        )
        return comment._add("submitted", by=by, channel=channel, values={"text": text, "place": place})

    @transaction.atomic
    def decide(self, *, by, decision, reason, expect=None, channel=Channel.PAGE):
        """Upheld, partly or not, with the reason that the agency reads. May be decided anew while the round lasts."""
        _refuse_when_over(self.inspection, _("The factual accuracy check is over."))

        def prepare(current):
            current.decided_by, current.decided_at = by, timezone.now()

        return self._change(
            "decided",
            by=by,
            reason=reason,
            values={"decision": decision, "decision_reason": reason},
            expect=expect,
            channel=channel,
            prepare=prepare,
        )


def agencies_in_round(inspection):
    """The agencies that may comment: those that see the inspection in its round (`InspectionQuerySet.visible_to`).
    Of a published inspection those that could: not one about which something is agreed and not published yet."""
    seen = Status.PUBLISHED if inspection.is_public else Status.AGREED
    about = Finding.objects.filter(inspection=inspection, status=seen)
    return Agency.objects.filter(
        Q(pk=inspection.inspected_agency_id)
        | Q(pk__in=inspection.participating_agencies.values("pk"))
        | Q(pk__in=about.values("attributed_to"))
    )


def findings_in_round(inspection, agency):
    """The findings of the inspection that the agency reads in the round."""
    return Finding.objects.filter(inspection=inspection, status=Status.AGREED, attributed_to=agency)


def _refuse_when_over(inspection, words):
    """Locks the inspection, so that the round does not end between the question and what is written."""
    current = Inspection._base_manager.select_for_update().get(pk=inspection.pk)
    if current.status != InspectionStatus.FACTUAL_ACCURACY:
        raise IllegalTransition(words)
