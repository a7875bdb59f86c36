"""Reading findings: the visibility rule and the named selections that pages and figures build on."""

from datetime import timedelta

from django.db.models import OuterRef, Q, Subquery

from agencies.days import start_of
from agencies.models import Event, Kind, RecordedQuerySet
from inspections.models import Inspection
from inspections.models.life import SHARED_WITH_AGENCIES

from .life import SERIOUS, UNPUBLISHED, WEAKNESSES, FindingType, Status


class FindingQuerySet(RecordedQuerySet):
    def visible_to(self, user):
        """The visibility rule for findings, composed from the one for inspections.

        Published findings are for everybody with a role. The rest, withdrawn ones included, are for those
        who work on the inspection; and agreed ones, from the factual accuracy check on, for the agency
        they are attributed to.
        """
        if not user.has_a_role:
            return self.none()
        if user.is_auditor:
            return self
        rule = Q(status=Status.PUBLISHED)
        if user.is_inspector or user.is_manager:
            rule |= Q(inspection__in=Inspection.objects.worked_on_by(user))
        elif user.is_respondent:
            rule |= Q(
                status=Status.AGREED,
                attributed_to_id=user.agency_id,
                inspection__status__in=SHARED_WITH_AGENCIES,
            )
        return self.filter(rule)

    def tombstones(self, user):
        """Withdrawn after publication: that they existed stays known, what they said does not."""
        return (
            self.filter(status=Status.WITHDRAWN, reference__isnull=False) if user.has_a_role else self.none()
        )

    def known_to(self, user, *, on):
        """What counts in figures as of that day: published before it began, and not withdrawn by its end.

        The visibility rule for figures. A finding withdrawn later was published then, so it still counts for an
        earlier day: lists show that it was there and that it is withdrawn, never its words. A withdrawal counts
        from its own day on, so that today's figures are without it at once.
        """
        if not user.has_a_role:
            return self.none()
        public = Q(status=Status.PUBLISHED) | Q(
            status=Status.WITHDRAWN, reference__isnull=False, withdrawn_at__gte=start_of(on + timedelta(1))
        )
        here = Q(published_here=False) | Q(published_at__lt=start_of(on))
        inspections = Inspection.objects.visible_to(user).known_on(on)
        return self.filter(public, here, inspection__in=inspections)

    def published(self):
        return self.filter(status=Status.PUBLISHED)

    def withdrawn(self):
        return self.filter(status=Status.WITHDRAWN)

    def unpublished(self):
        return self.filter(status__in=UNPUBLISHED)

    def waiting_for(self, manager):
        """In review, of an inspection that the manager's inspectorate leads, written by somebody else."""
        led = self.filter(status=Status.IN_REVIEW, inspection__lead_inspectorate_id=manager.agency_id)
        return led.exclude(author=manager)

    def returned(self):
        """Drafts that a reviewer sent back: their latest step, edits apart, was the return."""
        steps = Event.objects.filter(subject_type=self.model._meta.label_lower, subject_id=OuterRef("pk"))
        latest = steps.exclude(verb="edited").order_by("-sequence").values("verb")[:1]
        return self.alias(latest_step=Subquery(latest)).filter(
            status=Status.DRAFT, latest_step="return to draft"
        )

    def weaknesses(self):
        return self.filter(finding_type__in=WEAKNESSES)

    def strengths(self):
        return self.filter(finding_type=FindingType.STRENGTH)

    def serious(self):
        """Serious or critical."""
        return self.filter(severity__in=SERIOUS)

    def about_police(self):
        """Attributed to a police force, alone or with partners."""
        return self.filter(attributed_to__kind=Kind.POLICE_FORCE)

    def earlier_than(self, inspection):
        """Published findings of other inspections: what a new one may be a recurrence of."""
        return self.published().exclude(inspection=inspection)
