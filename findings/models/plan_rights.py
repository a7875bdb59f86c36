"""Who sees an action plan, which recommendations it covers, and who may do what with it."""

from django.db.models import Q

from agencies.models import Agency, Recorded, RecordedQuerySet
from inspections.models import Inspection

from .plan_life import IN_WRITING, PLAN_TRANSITIONS, SENT_IN, ActionStatus, PlanStatus
from .recommendations import Recommendation


class ActionPlanQuerySet(RecordedQuerySet):
    def visible_to(self, user):
        """For the agency that writes it; once submitted, for inspectorates of the inspection and for auditors.

        Those who work on the inspection may write one on the agency's behalf, so they see drafts too.
        """
        submitted = ~Q(status=PlanStatus.DRAFT)
        if user.is_auditor:
            return self.filter(submitted)
        if user.is_inspector or user.is_manager:
            return self.filter(
                (submitted & Q(inspection__in=Inspection.objects.followed_by(user)))
                | Q(
                    inspection__in=Inspection.objects.worked_on_by(user).published(), recorded_for_agency=True
                )
            )
        if user.is_respondent:
            return self.filter(by_agency_id=user.agency_id)
        return self.none()

    def waiting(self):
        """Submitted, neither accepted nor returned."""
        return self.filter(status=PlanStatus.SUBMITTED)

    def to_decide_by(self, user):
        """Waiting, and theirs to accept or return: `ActionPlan.may_be_decided_by` in SQL."""
        ours = self.waiting().filter(inspection__in=Inspection.objects.acted_on_by(user))
        return ours.exclude(submitted_by=user)


class PlanRights(Recorded):
    """What a plan is for and the rights over it. Rights are asked of a plan that the person may see."""

    class Meta:
        abstract = True

    is_confidential = True  # whether reading it is logged: plans are never published

    # What it covers

    def recommendations(self):
        """Open or settled recommendations of the inspection that the agency was given."""
        return Recommendation.objects.issued().filter(
            finding__inspection=self.inspection, addressee=self.by_agency
        )

    def covered(self):
        """Those with at least one action that was not dropped."""
        kept = self.actions.exclude(status=ActionStatus.DROPPED)
        return self.recommendations().filter(pk__in=kept.values("recommendation_id"))

    # Who may do what

    @classmethod
    def agencies_to_plan_for(cls, user, inspection):
        """The agencies for which the person may begin a plan after this inspection: those with an open
        recommendation; for a safeguarding lead their own, for those who work on the inspection each of them."""
        to_act = Recommendation.objects.issued().open().filter(finding__inspection=inspection)
        agencies = Agency.objects.visible_to(user).filter(pk__in=to_act.values("addressee_id"))
        if user.is_respondent:
            return agencies.filter(pk=user.agency_id)
        return agencies if inspection.is_worked_on_by(user) else agencies.none()

    def is_written_by(self, user):
        """Of the agency; of a plan that was recorded for it also who works on the inspection."""
        if user.is_respondent:
            return self.by_agency_id == user.agency_id
        return self.recorded_for_agency and self.inspection.is_worked_on_by(user)

    def is_decided_by(self, user):
        """Those who work on the inspection, apart from whoever submitted it."""
        return self.submitted_by_id != user.pk and self.inspection.is_worked_on_by(user)

    def may_be_edited_by(self, user):
        return self.status in IN_WRITING and self.is_written_by(user)

    def may_be_decided_by(self, user):
        return self.status == PlanStatus.SUBMITTED and self.is_decided_by(user)

    def may_report_progress(self, user):
        """Once submitted, on its actions."""
        return self.status in SENT_IN and self.is_written_by(user)

    def has_right(self, user, verb):
        """Whether the person may take the step at all; whether it is possible now is asked apart."""
        return self.is_written_by(user) if verb == "submit" else self.is_decided_by(user)

    def next_steps_for(self, user):
        """The verbs that are legal now and that the person may use, in order."""
        legal = [verb for verb, (sources, _to, _label) in PLAN_TRANSITIONS.items() if self.status in sources]
        return [verb for verb in legal if self.has_right(user, verb)]

    def history_for(self, user):
        """The events that the person may read: all for those who write it; for others those since it was first
        submitted, because what it said before was never sent to them."""
        events = self.events()
        if self.is_written_by(user):
            return events
        first = events.filter(verb="submit").first()
        return events.filter(sequence__gte=first.sequence) if first else events.none()
