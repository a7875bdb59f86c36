"""Who may do what with an inspection. Asked of one that the person may see."""

from agencies.models import Recorded

from .life import MANAGERS_ONLY, TRANSITIONS, Status


class InspectionRights(Recorded):
    """The rights over an inspection, from its inspectorates, its team and its status."""

    class Meta:
        abstract = True

    def has_inspectorate(self, agency_id):
        return agency_id is not None and (
            self.lead_inspectorate_id == agency_id or self.partner_inspectorates.filter(pk=agency_id).exists()
        )

    def is_managed_by(self, user):
        """Manager of the lead inspectorate."""
        return user.is_manager and self.lead_inspectorate_id == user.agency_id

    def is_worked_on_by(self, user):
        """On the team and of an inspectorate that takes part, or manager of the lead inspectorate."""
        if self.is_managed_by(user):
            return True
        if not (user.is_inspector or user.is_manager):
            return False
        return self.has_inspectorate(user.agency_id) and self.team.filter(pk=user.pk).exists()

    def may_be_edited_by(self, user):
        """Before publication those who work on it; afterwards only a manager of the lead inspectorate."""
        if self.status == Status.CANCELLED:
            return False
        if self.is_public:
            return self.is_managed_by(user)
        return self.is_worked_on_by(user)

    def takes_findings_from(self, user):
        """Whether the person may log a finding on it."""
        return self.status not in (Status.PAUSED, Status.CANCELLED) and self.is_worked_on_by(user)

    def next_steps_for(self, user):
        """The verbs that are legal now and that the person may use, in order."""
        if not self.is_worked_on_by(user):
            return []
        manages = self.is_managed_by(user)
        return [
            verb
            for verb, (sources, _to, _label) in TRANSITIONS.items()
            if self.status in sources and (manages or verb not in MANAGERS_ONLY)
        ]

    def may_be_held_by(self, user):
        """Publication put on hold, or the hold lifted, by a manager of the lead while it is not published."""
        return self.is_managed_by(user) and not self.is_public and self.status != Status.CANCELLED

    def may_change_embargo(self, user):
        """Another moment of release, or none: a manager of the lead, while the embargo lasts."""
        return self.is_managed_by(user) and self.status == Status.EMBARGOED

    def may_be_commented_by(self, user):
        """In the factual accuracy round: the agencies that see it, and those who record for them."""
        if self.status != Status.FACTUAL_ACCURACY:
            return False
        return user.is_respondent or self.is_worked_on_by(user)
