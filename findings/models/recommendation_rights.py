"""Who may do what with a recommendation. Asked of one that the person may see."""

from agencies.models import Recorded

from .follow_up import CLOSED, OPEN, TRANSITIONS, RecommendationStatus
from .life import Status

_S = RecommendationStatus


class RecommendationRights(Recorded):
    """The rights over a recommendation, from its inspection, its addressee and who did what before."""

    class Meta:
        abstract = True

    @property
    def inspection(self):
        return self.finding.inspection

    @property
    def inspection_id(self):
        return self.finding.inspection_id

    @property
    def is_confidential(self):
        """Whether reading it is logged."""
        return not (self.is_issued and self.finding.is_published)

    @property
    def is_open(self):
        return self.status in OPEN

    @property
    def is_closed(self):
        return self.status in CLOSED

    @property
    def is_issued(self):
        return self.is_open or self.is_closed

    def is_followed_by(self, user):
        """Of an inspectorate that leads or takes part in the inspection: reads what the agency sends in."""
        return (user.is_inspector or user.is_manager) and self.inspection.has_inspectorate(user.agency_id)

    def is_addressed_to(self, user):
        """The person answers for the agency that it is addressed to."""
        return user.is_respondent and self.addressee_id == user.agency_id

    def shows_follow_up_to(self, user):
        """Whether the person reads responses, plans, evidence and claims: inspectorates, auditors, the agency."""
        return user.is_auditor or user.is_inspector or user.is_manager or self.is_addressed_to(user)

    @property
    def is_seen_by_addressee(self):
        """Issued with its finding; or a draft that the addressee checks because the finding is about it too."""
        if self.is_issued:
            return self.finding.is_published
        in_check = self.finding.status == Status.AGREED and self.finding.is_seen_by_agency
        return self.status == _S.DRAFT and in_check and self.addressee_id == self.finding.attributed_to_id

    def may_be_commented_by(self, user):
        """By those at work on it, and by the agency addressed once it sees it."""
        if self.status == _S.WITHDRAWN or self.finding.status == Status.WITHDRAWN:
            return False
        return self.finding.is_read_at_work_by(user) or (
            self.is_addressed_to(user) and self.is_seen_by_addressee
        )

    def may_be_edited_by(self, user):
        """While a draft, by those who add one to its finding: nothing changes under the eyes of a reviewer."""
        return self.status == _S.DRAFT and self.finding.takes_recommendations_from(user)

    def may_be_issued_by(self, user):
        """With its finding otherwise; one added later by a manager of the lead who did not write it."""
        return (
            self.status == _S.DRAFT
            and self.finding.is_published
            and self.inspection.is_managed_by(user)
            and self.author_id != user.pk
        )

    def is_answered_by(self, user):
        """Answers for the agency: its safeguarding lead, or those who work on the inspection on its behalf."""
        return self.finding.is_published and (
            self.is_addressed_to(user) or self.inspection.is_worked_on_by(user)
        )

    def could_be_verified_by(self, user):
        """Whether the person is of an inspectorate and did not write or claim it: may verify it through some
        inspection. Which one is asked of `may_be_verified_by`."""
        if not (user.is_inspector or user.is_manager) or not self.finding.is_published:
            return False
        return user.pk not in (self.finding.author_id, self.author_id, self.claimed_by_id)

    def may_be_verified_by(self, user, through=None):
        """Staff of an inspectorate of the inspection, or of the published one that verifies; never its finding's
        author, never whoever claimed completion, never an agency."""
        if not self.could_be_verified_by(user):
            return False
        if self.inspection.has_inspectorate(user.agency_id):
            return True
        return through is not None and through.is_public and through.has_inspectorate(user.agency_id)

    def may_propose_a_date(self, user):
        return self.is_open and self.is_answered_by(user)

    def may_decide_a_date(self, user, change):
        """A manager of the lead, of somebody else's proposal."""
        return (
            self.is_open
            and self.finding.is_published
            and self.inspection.is_managed_by(user)
            and change.proposed_by_id != user.pk
        )

    def may_be_assigned_by(self, user):
        return self.is_issued and self.finding.is_published and self.inspection.is_worked_on_by(user)

    def next_steps_for(self, user):
        """The verbs that are legal now and that the person may use, in order; plans have pages of their own."""
        asked = {
            "respond": self.is_answered_by(user),
            "claim": self.is_answered_by(user),
            "issue": self.may_be_issued_by(user),
            "withdraw": self.may_be_edited_by(user),
            "close_not_implemented": self.may_be_verified_by(user),
            "supersede": self.may_be_superseded_by(user),
            "reopen": self.may_be_reopened_by(user),
        }
        return [verb for verb, allowed in asked.items() if allowed and self.status in TRANSITIONS[verb][0]]

    def may_be_superseded_by(self, user):
        """A manager of the lead: the one that takes its place is issued at once."""
        return self.finding.is_published and self.inspection.is_managed_by(user)

    def may_be_reopened_by(self, user):
        """Staff of an inspectorate of the inspection; an agency neither closes nor reopens."""
        return self.finding.is_published and self.is_followed_by(user)

    def history_for(self, user):
        """The events that the person may read: all for those who make the inspection and for auditors, from the
        issue on for the addressee; none for others."""
        events = self.events()
        if user.is_auditor or self.finding.is_read_at_work_by(user):
            return events
        if self.is_issued and self.is_addressed_to(user):
            issued = events.filter(verb__in=("issue", "recorded as issued", "supersedes")).first()
            return events.filter(sequence__gte=issued.sequence) if issued else events.none()
        return events.none()
