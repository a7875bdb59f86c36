"""Changes of a due date: proposed with a reason, decided by somebody else; the first date is always kept."""

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from agencies.models import Channel
from inspections.models import IllegalTransition

from .follow_up import OPEN, ChangeStatus
from .recommendation_steps import RecommendationSteps


class DatedRecommendation(RecommendationSteps):
    """The verbs about due dates."""

    class Meta:
        abstract = True

    def propose_due_date(self, *, by, due_on, reason, on=None, expect=None, channel=Channel.PAGE):
        """Proposes another due date; the one first set is kept whatever is decided."""
        day = on or timezone.localdate()

        def allow(current):
            current.refuse_unless(OPEN)
            if current.due_date_changes.filter(status=ChangeStatus.PROPOSED).exists():
                raise IllegalTransition(
                    _("A change of the due date is proposed already and not decided yet.")
                )
            if due_on < current.issued_on:
                raise ValidationError(
                    {"due_on": _("It was issued on %(day)s.") % {"day": date_format(current.issued_on)}}
                )
            if current.due_on == due_on:
                raise ValidationError({"due_on": _("This is the due date already.")})
            current._refuse_days_to_come(day)
            decided = current.due_date_changes.aggregate(last=Max("decided_on"))["last"]
            current._refuse_days_before(decided or current.issued_on, day)

        return self._change(
            "due date proposed",
            by=by,
            reason=reason,
            expect=expect,
            channel=channel,
            prepare=allow,
            after_save=lambda saved: saved.due_date_changes.create(
                was=saved.due_on,
                due_on=due_on,
                reason=reason,
                proposed_by=by,
                proposed_on=day,
            ),
        )

    def decide_due_date(self, *, by, approve, reason="", on=None, expect=None, channel=Channel.PAGE):
        """Approves or refuses the proposed due date. Nobody decides their own proposal."""
        change = self.due_date_changes.filter(status=ChangeStatus.PROPOSED).first()
        day = on or timezone.localdate()

        def allow(current):
            current.refuse_unless(OPEN)
            waiting = current.due_date_changes.filter(status=ChangeStatus.PROPOSED)
            if change is None or not waiting.filter(pk=change.pk).exists():
                raise IllegalTransition(_("No change of the due date waits for a decision."))
            if by is not None and by.pk == change.proposed_by_id:
                raise IllegalTransition(_("Somebody other than who proposed it decides."))
            # Days follow one another, so that the date valid on any day can be told.
            current._refuse_days_to_come(day)
            current._refuse_days_before(change.proposed_on, day)
            if approve:
                # Where none was set at issue, the first date ever agreed is the original one.
                current.due_first = current.due_first or change.due_on
                current.due_on = change.due_on

        return self._change(
            "due date approved" if approve else "due date refused",
            by=by,
            reason=reason,
            expect=expect,
            channel=channel,
            prepare=allow,
            after_save=lambda saved: saved.due_date_changes.filter(pk=change.pk).update(
                status=ChangeStatus.APPROVED if approve else ChangeStatus.REFUSED,
                decided_by=by,
                decided_on=day,
                decision_reason=reason,
            ),
        )
