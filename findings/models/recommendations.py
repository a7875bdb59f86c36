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
from inspections.models import ClockUnit, IllegalTransition, Provenance, clocks

from .findings import Finding
from .follow_up import NOT_ISSUED, DueBasis, Priority, RecommendationStatus
from .life import TAKES_RECOMMENDATIONS
from .recommendation_dates import DatedRecommendation
from .recommendation_reading import RecommendationQuerySet
from .recommendation_steps import enter, refuse_agencies

_S = RecommendationStatus


class Recommendation(DatedRecommendation):
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

    # Making and issuing

    @classmethod
    @transaction.atomic
    def draft(cls, *, by, finding, values, submission_key="", channel=Channel.PAGE):
        """A recommendation that is issued when its finding is published, or by a manager when it is already.

        The same author's same submission key drafts once: the second is an IntegrityError.
        """
        locked(finding).refuse_unless(TAKES_RECOMMENDATIONS)
        recommendation = cls(author=by, finding=finding, submission_key=submission_key)
        return recommendation._add("drafted", by=by, channel=channel, values=values)

    @classmethod
    def record_issued(cls, *, by, finding, values, channel, **identity):
        """A recommendation that a published report already states, as one event."""
        recommendation = cls(author=by, finding=finding, **identity)
        recommendation._set(values)
        recommendation._become_issued(finding.inspection.published_on)
        return recommendation._add(
            "recorded as issued", by=by, channel=channel, after_save=enter(recommendation.issued_on)
        )

    @transaction.atomic
    def edit(self, *, by, values, expect, reason="", channel=Channel.PAGE):
        """Changes a draft. `expect` is the version that the person saw."""
        locked(self.finding).refuse_unless(TAKES_RECOMMENDATIONS)
        return self._change(
            "edited",
            by=by,
            values=values,
            expect=expect,
            reason=reason,
            channel=channel,
            prepare=lambda current: current.refuse_unless({_S.DRAFT}),
        )

    @transaction.atomic
    def issue(self, *, by, reason="", expect=None, channel=Channel.PAGE):
        """Issues it: allots its reference and sets its due date from the report, its timescale or the clock."""
        locked(self.finding)

        def become_issued(current):
            if not current.finding.is_published:
                raise IllegalTransition(_("A recommendation is issued with its finding, not before."))
            added_later = current.created_at > current.finding.published_at
            day = timezone.localdate() if added_later else current.inspection.published_on
            if day is None:
                raise IllegalTransition(_("Record first when the inspection was published."))
            current._become_issued(day)

        return self._step(
            "issue", by=by, reason=reason, expect=expect, channel=channel, prepare=become_issued
        )

    @transaction.atomic
    def withdraw(self, *, by, reason, expect=None, channel=Channel.PAGE):
        """Takes back one that was not issued."""
        locked(self.finding).refuse_unless(TAKES_RECOMMENDATIONS)
        return self._step("withdraw", by=by, reason=reason, expect=expect, channel=channel)

    def _become_issued(self, day):
        self.issued_on = day
        self.first_issued_on = self.first_issued_on or day
        if self.due_first is None:
            self.due_first, self.due_basis = self._reckoned_due_date()
            self.due_on = self.due_first
        if self.answer_due_on is None:
            self.answer_due_on = self._by_the_clock(clocks.Purpose.RESPONSE, clocks.Purpose.ACTION_PLAN)
        self.reference = self._next_reference()
        self.status = _S.ISSUED

    def _reckoned_due_date(self):
        """(due date, where it comes from): as printed, else by the timescale, else by the framework's clock."""
        if self.due_printed:
            return self.due_printed, DueBasis.PRINTED
        if self.timescale_length:
            nation = self.finding.inspection.inspected_agency.nation
            day = clocks.add(self.issued_on, self.timescale_length, self.timescale_unit, nation)
            return day, DueBasis.TIMESCALE
        due = self._by_the_clock(clocks.Purpose.ACTION_PLAN, clocks.Purpose.RESPONSE)
        return (due, DueBasis.CLOCK) if due else (None, DueBasis.NONE)

    def _by_the_clock(self, *purposes):
        """The day that the first clock of the framework gives for these purposes; None where it is past at issue."""
        for purpose in purposes:
            due = clocks.due_on(self.finding.inspection, purpose)
            if due:
                return due if due >= self.issued_on else None
        return None

    def _next_reference(self):
        """SIF-2016-STO-03-R1: the finding's reference and a number in order of issue."""
        taken = type(self)._base_manager.filter(finding=self.finding, reference__isnull=False)
        numbers = [int(ref.rpartition("-R")[2]) for ref in taken.values_list("reference", flat=True)]
        return f"{self.finding.reference}-R{max(numbers, default=0) + 1}"

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
        successor.first_issued_on, successor.answer_due_on = self.first_issued_on, self.answer_due_on
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


def locked(finding):
    """The finding as it is now, locked to the end of the transaction: nobody agrees it or numbers one of its
    recommendations meanwhile. Always before the recommendation itself is locked, so that nobody waits in a circle."""
    return Finding._base_manager.select_for_update().get(pk=finding.pk)


def issue_with(finding, *, by, reason="", channel=Channel.PAGE):
    """Issues the drafted recommendations of a finding that was just published."""
    for recommendation in Recommendation._base_manager.filter(finding=finding, status=_S.DRAFT).order_by(
        "pk"
    ):
        recommendation.issue(by=by, reason=reason, channel=channel)
