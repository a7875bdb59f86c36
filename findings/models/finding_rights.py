"""Who may do what with a finding. Asked of one that the person may see."""

from django.db.models import Q

from agencies.models import Recorded, Role, User
from inspections.models.life import SHARED_WITH_AGENCIES

from .life import TAKES_RECOMMENDATIONS, Status


class FindingRights(Recorded):
    """The rights over a finding, from its inspection, its author and its status."""

    class Meta:
        abstract = True

    def may_be_edited_by(self, user):
        """A draft by all who work on the inspection; in review by its author and the lead's managers.

        An agreed finding goes back to draft first, so that nobody changes what somebody else agreed.
        """
        if not self.inspection.takes_findings_from(user):
            return False
        if self.status == Status.DRAFT:
            return True
        return self.status == Status.IN_REVIEW and (self.author_id == user.pk or self._is_managed_by(user))

    def takes_recommendations_from(self, user):
        """Drafts, from those who may change it; once published, from those who work on the inspection. What is in
        review is agreed as the reviewer read it: it goes back to draft first."""
        if self.is_strength or self.status not in TAKES_RECOMMENDATIONS:
            return False
        if self.is_published:
            return self.inspection.is_worked_on_by(user)
        return self.may_be_edited_by(user)

    def may_be_withdrawn_by(self, user):
        """Before publication by its author or the lead's managers, afterwards by the managers alone."""
        if self.status == Status.WITHDRAWN or not self.inspection.is_worked_on_by(user):
            return False
        return self._is_managed_by(user) or (self.status != Status.PUBLISHED and self.author_id == user.pk)

    def next_steps_for(self, user):
        """The verbs that are legal now and that the person may use; `withdraw` and `correct` have own pages."""
        steps = []
        if self.status == Status.DRAFT and self.inspection.is_worked_on_by(user):
            steps.append("submit")
        if self.status == Status.IN_REVIEW and self.is_reviewed_by(user):
            steps.append("agree")
        returnable = self.status == Status.IN_REVIEW and self.is_assigned_for_review(user)
        if (self._is_managed_by(user) and self.status in (Status.IN_REVIEW, Status.AGREED)) or returnable:
            steps.append("return_to_draft")
        if self._is_managed_by(user) and self.status == Status.AGREED and self.inspection.is_public:
            steps.append("publish")
        return steps

    def is_reviewed_by(self, user):
        """Managers of the lead, and whom they gave it to for review; never its author."""
        if self.author_id == user.pk:
            return False
        return self._is_managed_by(user) or self.is_assigned_for_review(user)

    def is_assigned_for_review(self, user):
        """An inspector of the lead inspectorate off the team, to whom a manager gave it while in review."""
        return (
            self.status == Status.IN_REVIEW
            and self.assigned_to_id == user.pk
            and user.is_inspector
            and self.inspection.lead_inspectorate_id == user.agency_id
            and not self.inspection.is_worked_on_by(user)
        )

    def is_read_at_work_by(self, user):
        """Works on the inspection, or reviews this finding for those who do."""
        return self.inspection.is_worked_on_by(user) or self.is_assigned_for_review(user)

    def may_be_corrected_by(self, user):
        """Once published, by managers of the lead: it becomes another version, and the old one is kept."""
        return self.status == Status.PUBLISHED and self._is_managed_by(user)

    def may_be_answered_by(self, user):
        """Its facts, once published: by the agency it is attributed to, or by who records for it."""
        if self.status != Status.PUBLISHED:
            return False
        return self.is_about_agency_of(user) or self.inspection.is_worked_on_by(user)

    @property
    def is_seen_by_agency(self):
        """Whether the agency it is attributed to can see it: agreed in the factual accuracy check, or published."""
        if self.status == Status.AGREED:
            return self.inspection.status in SHARED_WITH_AGENCIES
        return self.status == Status.PUBLISHED

    def is_about_agency_of(self, user):
        return user.is_respondent and self.attributed_to_id == user.agency_id

    def may_be_linked_by(self, user):
        """To the earlier finding that it repeats, after publication too."""
        return self.status in (Status.DRAFT, Status.IN_REVIEW, Status.PUBLISHED) and (
            self.inspection.is_worked_on_by(user)
        )

    def may_be_assigned_by(self, user):
        """While it is being made: by those who work on the inspection; for review by managers of the lead."""
        if self.status == Status.IN_REVIEW:
            return self._is_managed_by(user)
        return self.status in (Status.DRAFT, Status.AGREED) and self.inspection.is_worked_on_by(user)

    def people_to_assign(self):
        """Who may take it on: those who work on the inspection; in review instead managers of the lead, and its
        inspectors off the team, never the author."""
        lead = Q(agency_id=self.inspection.lead_inspectorate_id)
        on_the_team = Q(pk__in=self.inspection.team.values("pk"))
        managers = lead & Q(role=Role.MANAGER)
        active = User.objects.filter(is_active=True)
        if self.status == Status.IN_REVIEW:
            off_the_team = lead & Q(role=Role.INSPECTOR) & ~on_the_team
            return active.filter(managers | off_the_team).exclude(pk=self.author_id)
        taking_part = lead | Q(agency__in=self.inspection.partner_inspectorates.values("pk"))
        team = on_the_team & taking_part & Q(role__in=(Role.INSPECTOR, Role.MANAGER))
        return active.filter(managers | team)

    def may_be_assigned_to(self, user):
        return self.people_to_assign().filter(pk=user.pk).exists()

    def may_be_commented_by(self, user):
        """By those at work on it, and by the agency concerned once it sees it."""
        if self.status == Status.WITHDRAWN:
            return False
        return self.is_read_at_work_by(user) or self.is_about_agency_of(user)

    def history_for(self, user):
        """The events that the person may read, oldest first.

        All for the team, the lead's managers and auditors. For administrators and for the agency concerned
        those from publication on: earlier ones hold the words of drafts. Without what agencies answered, which
        stands in its own place for those who may read it: before a correction it may have been another agency.
        For everybody else none.
        """
        events = self.events()
        if user.is_auditor or self.is_read_at_work_by(user):
            return events
        if self.is_published and (user.is_administrator or self.is_about_agency_of(user)):
            published = events.filter(verb__in=("publish", "recorded as published")).first()
            since = events.exclude(verb="respond")
            return since.filter(sequence__gte=published.sequence) if published else events.none()
        return events.none()

    def _is_managed_by(self, user):
        return self.inspection.is_managed_by(user)
