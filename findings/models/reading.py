"""Reading findings: the visibility rule and the named selections that pages and figures build on."""

from datetime import timedelta

from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from agencies.days import start_of
from agencies.models import Event, Kind, RecordedQuerySet
from inspections.models import Inspection
from inspections.models.life import SHARED_WITH_AGENCIES

from .desks import reviewer_is_there, writer_is_there
from .life import SERIOUS, UNPUBLISHED, WEAKNESSES, FindingType, Status


class FindingQuerySet(RecordedQuerySet):
    def visible_to(self, user):
        """The visibility rule for findings, composed from the one for inspections.

        Published findings are for everybody with a role. The rest, withdrawn ones included, are for those
        who work on the inspection; those in review also for whom a manager gave them to; and agreed ones, from
        the factual accuracy check on, for the agency they are attributed to. Earlier versions of corrected
        findings are not among them: `earlier_versions_for`.
        """
        if not user.has_a_role:
            return self.none()
        current = self.exclude(status=Status.CORRECTED)
        if user.is_auditor:
            return current
        rule = Q(status=Status.PUBLISHED)
        if user.is_inspector or user.is_manager:
            rule |= Q(inspection__in=Inspection.objects.worked_on_by(user))
            if user.is_inspector:
                rule |= Q(
                    status=Status.IN_REVIEW,
                    assigned_to_id=user.pk,
                    inspection__lead_inspectorate_id=user.agency_id,
                )
        elif user.is_respondent:
            rule |= Q(
                status=Status.AGREED,
                attributed_to_id=user.agency_id,
                inspection__status__in=SHARED_WITH_AGENCIES,
            )
        elif user.is_administrator:
            rule |= Q(inspection__in=Inspection.objects.opened_to(user))
        return current.filter(rule)

    def earlier_versions_for(self, user):
        """What published findings said before they were corrected; with a withdrawn one its versions go too."""
        if not user.has_a_role:
            return self.none()
        return self.filter(status=Status.CORRECTED, version_of__status=Status.PUBLISHED)

    def tombstones(self, user):
        """Withdrawn after publication: that they existed stays known, what they said does not."""
        return (
            self.filter(status=Status.WITHDRAWN, reference__isnull=False) if user.has_a_role else self.none()
        )

    def known_to(self, user, *, on, corrected=False):
        """What counts in figures as of that day: published before it began, and not withdrawn by its end.

        The visibility rule for figures. A finding withdrawn later was published then, so it still counts for an
        earlier day: lists show that it was there and that it is withdrawn, never its words. A withdrawal counts
        from its own day on, so that today's figures are without it at once. A correction too: from its day on the
        finding counts as corrected, on the days before as the version that it replaced: on each day exactly once.

        `corrected`: the same findings as they read now, without those withdrawn since.
        """
        if not user.has_a_role:
            return self.none()
        here = Q(published_here=False) | Q(published_at__lt=start_of(on))
        inspections = Inspection.objects.visible_to(user).known_on(on)
        if corrected:
            return self.published().filter(here, inspection__in=inspections)
        end = start_of(on + timedelta(1))
        public = (
            Q(status=Status.PUBLISHED)
            | Q(status=Status.WITHDRAWN, reference__isnull=False, withdrawn_at__gte=end)
            | Q(status=Status.CORRECTED, replaced_at__gte=end)
        )
        public &= Q(corrected_at=None) | Q(corrected_at__lt=end)
        return self.filter(public, here, inspection__in=inspections)

    def published(self):
        return self.filter(status=Status.PUBLISHED)

    def standing(self):
        """Published and not withdrawn since; among findings as of a day also what such ones said before a
        correction."""
        return self.filter(Q(status=Status.PUBLISHED) | Q(version_of__status=Status.PUBLISHED))

    def withdrawn(self):
        """Withdrawn; among findings as of a day also what withdrawn ones said before a correction."""
        return self.filter(Q(status=Status.WITHDRAWN) | Q(version_of__status=Status.WITHDRAWN))

    def reworded(self):
        """Among findings as of a day: what those said that have been corrected since and still stand."""
        return self.filter(version_of__status=Status.PUBLISHED)

    def standing_for(self):
        """The ids of the findings; of an earlier version that of the finding, on which all follow-up hangs."""
        return self.order_by().annotate(stands_for=Coalesce("version_of", "pk")).values("stands_for")

    def unpublished(self):
        return self.filter(status__in=UNPUBLISHED)

    def waiting_for(self, manager):
        """In review, of an inspection that the manager's inspectorate leads, written by somebody else."""
        led = self.filter(status=Status.IN_REVIEW, inspection__lead_inspectorate_id=manager.agency_id)
        return led.exclude(author=manager)

    def returned(self):
        """Drafts that a reviewer sent back: their latest step was the return."""
        return self._with_latest_step().filter(status=Status.DRAFT, latest_step="return to draft")

    def drafts(self):
        """Drafts that nobody sent back."""
        return self._with_latest_step().filter(status=Status.DRAFT).exclude(latest_step="return to draft")

    def _with_latest_step(self):
        """Changes of words, of who has it on the desk and of what it repeats are no steps."""
        events = Event.objects.filter(subject_type=self.model._meta.label_lower, subject_id=OuterRef("pk"))
        steps = events.exclude(verb__in=("edited", "assigned", "recurrence linked"))
        return self.alias(latest_step=Subquery(steps.order_by("-sequence").values("verb")[:1]))

    def on_desk_of(self, user):
        """Assigned to the person, or written by them and assigned to nobody."""
        return self.filter(Q(assigned_to=user) | Q(assigned_to=None, author=user))

    def left_behind(self):
        """Drafts whose holder works on the inspection no more."""
        return self.filter(status=Status.DRAFT).alias(has_writer=writer_is_there()).filter(has_writer=False)

    def to_review_by(self, user):
        """In review and waiting for this person: given to them for review, or theirs as managers of the lead where
        nobody else has it who may review it."""
        if user.is_manager:
            waiting = self.waiting_for(user).alias(has_reviewer=reviewer_is_there())
            return waiting.filter(Q(assigned_to=user) | Q(has_reviewer=False))
        if not user.is_inspector:
            return self.none()
        given = self.filter(status=Status.IN_REVIEW, assigned_to=user).exclude(author=user)
        led = given.filter(inspection__lead_inspectorate_id=user.agency_id)
        return led.exclude(inspection__in=Inspection.objects.acted_on_by(user))

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
        """Published findings of other inspections, none published later: what one of it may be a recurrence of."""
        earlier = self.published().exclude(inspection=inspection)
        if inspection.published_on:
            earlier = earlier.exclude(inspection__published_on__gt=inspection.published_on)
        return earlier
