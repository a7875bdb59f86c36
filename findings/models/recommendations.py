"""Recommendations: what an inspectorate recommends to whom, and their life from issue to verified closure."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Channel
from agencies.public_ids import new_public_id
from inspections.models import ClockUnit, IllegalTransition, Provenance

from .findings import Finding
from .follow_up import NOT_ISSUED, DueBasis, Priority, RecommendationStatus
from .recommendation_issue import IssuedRecommendation, locked
from .recommendation_reading import RecommendationQuerySet
from .recommendation_steps import enter, refuse_agencies

_S = RecommendationStatus


class Recommendation(IssuedRecommendation):
    """One recommendation of one finding, addressed to one agency: often not the one whose practice it is about."""

    HISTORY = (
        "reference",
        "finding",
        "addressee",
        "text",
        "priority",
        "timescale",
        "due_printed",
        "timescale_length",
        "timescale_unit",
        "issued_on",
        "first_issued_on",
        "answer_due_on",
        "due_first",
        "due_on",
        "due_basis",
        "status",
        "claimed_on",
        "claimed_by",
        "claim",
        "supersedes",
        "assigned_to",
    )
    UNCHECKED = frozenset({"submission_key"})

    public_id = models.CharField(
        _("public id"), max_length=20, unique=True, default=new_public_id, editable=False
    )
    reference = models.CharField(  # noqa: DJ001 - unique, and not allotted before issue
        _("reference"), max_length=60, null=True, unique=True, editable=False
    )
    finding = models.ForeignKey(
        Finding, verbose_name=_("finding"), on_delete=models.PROTECT, related_name="recommendations"
    )
    addressee = models.ForeignKey(
        Agency,
        verbose_name=_("addressed to"),
        on_delete=models.PROTECT,
        related_name="recommendations",
        help_text=_("Who is asked to act. It may be another agency than the one whose practice it is."),
    )
    text = models.TextField(_("recommendation"), max_length=4000)
    priority = models.CharField(
        _("priority"), max_length=10, choices=Priority.choices, default=Priority.ROUTINE
    )
    timescale = models.CharField(
        _("timescale as printed"),
        max_length=120,
        blank=True,
        help_text=_("For example: within three months."),
    )
    timescale_length = models.PositiveSmallIntegerField(_("length of the timescale"), null=True, blank=True)
    timescale_unit = models.CharField(
        _("unit of the timescale"), max_length=20, choices=ClockUnit.choices, blank=True
    )
    due_printed = models.DateField(_("due date printed in the report"), null=True, blank=True)
    issued_on = models.DateField(_("issued on"), null=True, editable=False)
    first_issued_on = models.DateField(_("first issued on"), null=True, editable=False)
    answer_due_on = models.DateField(
        _("response asked for by"),
        null=True,
        editable=False,
        help_text=_("By the clock of the framework."),
    )
    due_first = models.DateField(_("due date as first set"), null=True, editable=False)
    due_on = models.DateField(_("due date now"), null=True, editable=False)
    due_basis = models.CharField(
        _("where the due date comes from"),
        max_length=10,
        choices=DueBasis.choices,
        blank=True,
        editable=False,
    )
    status = models.CharField(
        _("status"), max_length=30, choices=RecommendationStatus.choices, default=_S.DRAFT, editable=False
    )
    claimed_on = models.DateField(_("completion claimed on"), null=True, editable=False)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("completion claimed by"),
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )
    claim = models.TextField(_("what was done, as claimed"), blank=True, editable=False)
    supersedes = models.OneToOneField(
        "self",
        verbose_name=_("supersedes"),
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="superseded_by",
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("followed up by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="assigned_recommendations",
    )
    provenance = models.CharField(
        max_length=10, choices=Provenance.choices, default=Provenance.ENTERED, editable=False
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    submission_key = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = RecommendationQuerySet.as_manager()

    class Meta:
        verbose_name = _("recommendation")
        ordering = ["finding", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    status__in=NOT_ISSUED,
                    reference=None,
                    issued_on=None,
                    first_issued_on=None,
                    due_first=None,
                    due_on=None,
                )
                | (
                    ~Q(status__in=NOT_ISSUED)
                    & Q(reference__isnull=False, issued_on__isnull=False, first_issued_on__lte=F("issued_on"))
                ),
                name="recommendation_dated_when_issued",
            ),
            models.CheckConstraint(
                condition=Q(due_first=None, due_on=None) | Q(due_first__isnull=False, due_on__isnull=False),
                name="recommendation_both_due_dates_or_none",
            ),
            models.CheckConstraint(
                condition=~Q(status=_S.CLAIMED) | Q(claimed_on__isnull=False),
                name="recommendation_claimed_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(timescale_length=None, timescale_unit="")
                | (Q(timescale_length__isnull=False) & ~Q(timescale_unit="")),
                name="recommendation_timescale_has_a_unit",
                violation_error_message=_("Give the length of the timescale together with its unit."),
            ),
            models.UniqueConstraint(
                fields=["author", "submission_key"],
                condition=~Q(submission_key=""),
                name="recommendation_submitted_once",
            ),
        ]
        indexes = [
            models.Index(fields=["addressee", "status", "due_on"], name="recommendation_of_agency"),
            models.Index(fields=["status", "due_on"], name="recommendation_due"),
            models.Index(fields=["issued_on"], name="recommendation_issued"),
        ]

    def __str__(self):
        return self.reference or self.public_id

    def get_absolute_url(self):
        return reverse("recommendation", args=[self.public_id])

    def history_key(self):
        return self.public_id

    def snapshot(self):
        kept = super().snapshot()
        if self.pk:
            kept["responses"] = [response.recorded() for response in self.responses.all()]
            kept["due_date_changes"] = [change.recorded() for change in self.due_date_changes.all()]
            kept["verifications"] = [verification.recorded() for verification in self.verifications.all()]
        return kept

    def clean(self):
        if self.finding.is_strength:
            raise ValidationError({"finding": _("A strength carries no recommendation.")})

    # Replacing and assigning

    @transaction.atomic
    def supersede(self, *, by, reason, finding, values, on=None, expect=None, channel=Channel.PAGE):
        """Replaces it by a new recommendation of that published finding, which keeps the first dates. Returns it."""
        successor = type(self)(author=by, finding=finding, supersedes=self)
        if not locked(finding).is_published:
            raise IllegalTransition(_("A recommendation is superseded by one of a published finding."))
        self._step(
            "supersede",
            by=by,
            on=on,
            reason=reason,
            expect=expect,
            channel=channel,
            prepare=refuse_agencies(by),
        )
        successor._set(values)
        successor.first_issued_on = self.first_issued_on
        if not self.responses.exists():
            successor.answer_due_on = self.answer_due_on  # what nobody answered is late from the first day on
        if self.due_first:
            successor.due_first, successor.due_on = self.due_first, self.due_on
            successor.due_basis = DueBasis.INHERITED
        successor._become_issued(on or timezone.localdate())
        return successor._add(
            "supersedes", by=by, reason=reason, channel=channel, after_save=enter(successor.issued_on)
        )

    def assign(self, *, by, to, reason="", expect=None, channel=Channel.PAGE):
        """Gives its following up to somebody of the inspectorates; None: to nobody in particular."""

        def refuse_strangers(current):
            if to is not None and not current.is_followed_by(to):
                raise IllegalTransition(
                    _("It is followed up by somebody of an inspectorate that takes part.")
                )

        return self._change(
            "assigned",
            by=by,
            values={"assigned_to": to},
            reason=reason,
            expect=expect,
            channel=channel,
            prepare=refuse_strangers,
        )


def issue_with(finding, *, by, reason="", channel=Channel.PAGE):
    """Issues the drafted recommendations of a finding that was just published."""
    for recommendation in Recommendation._base_manager.filter(finding=finding, status=_S.DRAFT).order_by(
        "pk"
    ):
        recommendation.issue(by=by, reason=reason, channel=channel)
