"""Reading inspections: the visibility rule and the named selections that pages and figures build on."""

from django.db.models import Exists, OuterRef, Q

from agencies.days import start_of
from agencies.models import RecordedQuerySet

from .life import PUBLIC, READ_FOR_POLICE, SHARED_WITH_AGENCIES, UNDER_WAY, Status


class InspectionQuerySet(RecordedQuerySet):
    def visible_to(self, user):
        """The visibility rule for inspections; findings compose it. Whatever is not named here is hidden."""
        if not user.has_a_role:
            return self.none()
        if user.is_auditor:
            return self
        rule = Q(status__in=PUBLIC)
        if user.is_inspector or user.is_manager:
            rule |= self._need_to_know(user)
        elif user.is_respondent:
            rule |= Q(status__in=SHARED_WITH_AGENCIES) & self._concerning(user.agency_id)
        elif user.is_administrator:
            rule |= Q(pk__in=self.opened_to(user).values("pk"))
        return self.filter(rule)

    def opened_to(self, user):
        """What is open to an administrator by break-glass at this moment: to read, and nothing else.

        `break_glass` is the reverse name of the openings' foreign key.
        """
        openings = self.model.break_glass.field.model.objects
        return self.filter(pk__in=openings.open_to(user).values("inspection_id"))

    def worked_on_by(self, user):
        """Inspections whose unpublished matter the person may read as one of those who make it."""
        if user.is_auditor:
            return self
        if user.is_inspector or user.is_manager:
            return self.filter(self._need_to_know(user))
        return self.none()

    def followed_by(self, user):
        """Published inspections that the person's inspectorate led or took part in: its staff follow them up."""
        if user.is_auditor:
            return self.published()
        if user.is_inspector or user.is_manager:
            return self.published().filter(self._of_inspectorate(user.agency_id))
        return self.none()

    def acted_on_by(self, user):
        """Inspections that the person may change: `Inspection.is_worked_on_by` in SQL.

        Managers of a partner inspectorate read unpublished matter (`worked_on_by`); they act only on the team.
        """
        if not (user.is_inspector or user.is_manager):
            return self.none()
        on_team = Q(pk__in=self._through("team").filter(user_id=user.pk).values("inspection_id"))
        rule = self._of_inspectorate(user.agency_id) & on_team
        if user.is_manager:
            rule |= Q(lead_inspectorate_id=user.agency_id)
        return self.filter(rule)

    def managed_by(self, user):
        """Inspections whose lead inspectorate the person is a manager of: `Inspection.is_managed_by` in SQL."""
        return self.filter(lead_inspectorate_id=user.agency_id) if user.is_manager else self.none()

    def going_on(self):
        """Neither paused nor cancelled: work on it makes sense now."""
        return self.exclude(status__in=(Status.PAUSED, Status.CANCELLED))

    def due_for_release(self, now):
        """Embargoed until a moment that has come, and not on hold."""
        return self.filter(status=Status.EMBARGOED, embargo_until__lte=now, on_hold=False)

    def with_on_team(self, user):
        """Inspections on whose team the person is."""
        return self.filter(pk__in=self._through("team").filter(user_id=user.pk).values("inspection_id"))

    def _need_to_know(self, user):
        """An inspector on the team; a manager of the lead or a partner inspectorate."""
        ours = self._of_inspectorate(user.agency_id)
        if user.is_manager:
            return ours
        return ours & Q(pk__in=self._through("team").filter(user_id=user.pk).values("inspection_id"))

    def _of_inspectorate(self, agency_id):
        partners = self._through("partner_inspectorates").filter(agency_id=agency_id).values("inspection_id")
        return Q(lead_inspectorate_id=agency_id) | Q(pk__in=partners)

    def _concerning(self, agency_id):
        """Inspected, taking part, or having an agreed finding attributed to it.

        `findings` is the reverse name of the findings app's foreign key: the rule needs it, the import
        direction forbids naming the model.
        """
        finding = self.model.findings.field.model
        participating = self._through("participating_agencies").filter(agency_id=agency_id)
        attributed = finding._base_manager.filter(attributed_to_id=agency_id, status="agreed")
        return (
            Q(inspected_agency_id=agency_id)
            | Q(pk__in=participating.values("inspection_id"))
            | Q(pk__in=attributed.values("inspection_id"))
        )

    def published(self):
        return self.filter(status__in=PUBLIC)

    def known_on(self, day):
        """What a reader could know when that day began: published before it, by the date of the report.

        What became public by a step in this register counts from the day after that step: a report with an
        earlier date printed in it changes no figure of the days between.
        """
        here = Q(published_here=False) | Q(published_at__lt=start_of(day))
        return self.published().filter(here, published_on__lt=day)

    def under_way(self):
        return self.filter(status__in=UNDER_WAY)

    def published_within(self, start, end):
        """Publication date in the half-open window [start, end)."""
        return self.published().filter(published_on__gte=start, published_on__lt=end)

    def graded(self):
        """With at least one grade given."""
        judgement = self.model.judgements.field.model
        return self.filter(Exists(judgement.objects.filter(inspection=OuterRef("pk"), grade__isnull=False)))

    def read_for_police(self):
        """Whose findings about the police are recorded here, so that none recorded means none found."""
        return self.filter(coverage__in=READ_FOR_POLICE)

    def counting_in_share(self):
        """Graded, of a framework that evaluates partnership working: what the share of police weaknesses is of.

        Joint inspections are counted apart, never pooled with these.
        """
        return self.filter(framework__evaluates_partnership=True, framework__joint=False).graded()

    def of_force(self, force):
        """Inspections that concern the force (`Concern` says which): each once."""
        return self.filter(concerns__force=force)

    def _through(self, name):
        return getattr(self.model, name).through.objects
