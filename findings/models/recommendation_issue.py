"""Drafting and issuing a recommendation: its reference, its first day, and the dates counted from it."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Channel
from inspections.models import IllegalTransition, clocks

from .findings import Finding
from .follow_up import DueBasis, RecommendationStatus
from .life import TAKES_RECOMMENDATIONS
from .recommendation_dates import DatedRecommendation
from .recommendation_steps import enter

_S = RecommendationStatus


class IssuedRecommendation(DatedRecommendation):
    """The verbs from the first draft to the issue."""

    class Meta:
        abstract = True

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


def locked(finding):
    """The finding as it is now, locked to the end of the transaction: nobody agrees it or numbers one of its
    recommendations meanwhile. Always before the recommendation itself is locked, so that nobody waits in a circle."""
    return Finding._base_manager.select_for_update().get(pk=finding.pk)
