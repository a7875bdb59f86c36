"""Reading recommendations: the visibility rule and the named selections that pages and figures build on."""

from django.db.models import Case, DateField, Exists, F, FilteredRelation, OuterRef, Q, Subquery, Value, When

from agencies.models import RecordedQuerySet
from inspections.models import Inspection

from .desks import follower_is_there
from .findings import Finding
from .follow_up import NOT_ISSUED, OPEN, ChangeStatus, Position
from .follow_up import RecommendationStatus as RStatus
from .life import Status


class RecommendationQuerySet(RecordedQuerySet):
    def visible_to(self, user):
        """The visibility rule for recommendations, composed from the one for findings.

        Issued ones of published findings are for everybody with a role, like the findings. The rest are for those
        who work on the inspection; drafts also for whom their finding was given for review, and during the
        factual accuracy check for the agency to which it is attributed.
        """
        if not user.has_a_role:
            return self.none()
        if user.is_auditor:
            return self
        rule = ~Q(status__in=NOT_ISSUED) & Q(finding__status=Status.PUBLISHED)
        if user.is_inspector or user.is_manager:
            rule |= Q(finding__inspection__in=Inspection.objects.worked_on_by(user))
            given = Finding.objects.visible_to(user).filter(status=Status.IN_REVIEW, assigned_to_id=user.pk)
            rule |= Q(status=RStatus.DRAFT, finding__in=given)
        elif user.is_respondent:
            shared = Finding.objects.visible_to(user).filter(status=Status.AGREED)
            rule |= Q(status=RStatus.DRAFT, finding__in=shared)
        elif user.is_administrator:
            rule |= Q(finding__inspection__in=Inspection.objects.opened_to(user))
        return self.filter(rule)

    def issued(self):
        """Issued and not lost with a withdrawn finding: what lists and figures count."""
        return self.exclude(status__in=NOT_ISSUED).filter(finding__status=Status.PUBLISHED)

    def as_known_on(self, day):
        """What the selections below read then: the status and the due dates that were known when the day began.

        Annotates them as `status_then`, `due_on_then` and `due_first_then`. Without a day: as they are now. Of a day
        also `since_then`, on which the status was entered. One issued on the day or later has no status then.
        """
        if day is None:
            return self.annotate(
                status_then=F("status"), due_on_then=F("due_on"), due_first_then=F("due_first")
            )
        begun = Q(stages__until=None) | Q(stages__until__gte=day)  # as Stage.current_on
        stage = FilteredRelation("stages", condition=Q(begun, stages__since__lt=day))
        changes = self.model.due_date_changes.field.model.objects
        # Where a change was decided since, the date before the first such change was the one known then.
        since = changes.filter(
            recommendation=OuterRef("pk"), status=ChangeStatus.APPROVED, decided_on__gte=day
        ).order_by("decided_on", "pk")
        none = Value(None, output_field=DateField())
        return self.annotate(
            stage_then=stage,
            status_then=F("stage_then__status"),
            since_then=F("stage_then__since"),
            due_on_then=Case(
                When(Exists(since), then=Subquery(since.values("was")[:1])), default=F("due_on")
            ),
            due_first_then=Case(When(Exists(since.filter(was=None)), then=none), default=F("due_first")),
        )

    def _now_or_then(self, name):
        then = f"{name}_then"
        return then if then in self.query.annotations else name

    def in_status(self, *statuses):
        return self.filter(**{f"{self._now_or_then('status')}__in": statuses})

    def open(self):
        return self.in_status(*OPEN)

    def undated(self):
        """Without a due date."""
        return self.filter(**{f"{self._now_or_then('due_on')}__isnull": True})

    def addressed_to(self, agency):
        return self.filter(addressee=agency)

    def overdue(self, on, *, by_original=False):
        """Open with the due date passed when that day began: the one now valid, or the one first set."""
        name = self._now_or_then("due_first" if by_original else "due_on")
        return self.open().filter(**{f"{name}__lt": on})

    def unanswered(self):
        return self.in_status(RStatus.ISSUED, RStatus.REOPENED)

    def late_to_answer(self, on):
        """Never answered, with the day on which the clock ran out passed when that day began."""
        return self.in_status(RStatus.ISSUED).filter(answer_due_on__lt=on)

    def claimed(self):
        return self.in_status(RStatus.CLAIMED)

    def on_desk_of(self, user):
        """Whose following up lies with this person: assigned to them; with managers of the lead what is assigned to
        nobody who could do it."""
        led = Q(finding__inspection__in=Inspection.objects.managed_by(user)) & Q(has_follower=False)
        mine = Q(assigned_to=user, finding__inspection__in=Inspection.objects.followed_by(user))
        return self.alias(has_follower=follower_is_there()).filter(mine | led)

    def to_verify_by(self, user):
        """Claimed, and waiting for this person: on their desk, or with managers of the lead because who has it wrote
        it or claimed it. Never their own finding, recommendation or claim."""
        led = Q(finding__inspection__in=Inspection.objects.managed_by(user))
        may_not = (
            Q(assigned_to=F("finding__author")) | Q(assigned_to=F("author")) | Q(assigned_to=F("claimed_by"))
        )
        mine = Q(assigned_to=user, finding__inspection__in=Inspection.objects.followed_by(user))
        waiting = self.claimed().alias(has_follower=follower_is_there())
        return (
            waiting.filter(mine | (led & (Q(has_follower=False) | may_not)))
            .exclude(finding__author=user)
            .exclude(author=user)
            .exclude(claimed_by=user)
        )

    def date_to_decide_by(self, user):
        """With a proposed due date that somebody else proposed, for managers of the lead."""
        changes = self.model.due_date_changes.field.model.objects
        proposed = changes.filter(recommendation=OuterRef("pk"), status=ChangeStatus.PROPOSED)
        led = self.open().filter(finding__inspection__in=Inspection.objects.managed_by(user))
        return led.filter(Exists(proposed.exclude(proposed_by=user)))

    def without_plan(self):
        """Answered, not refused, and in no plan that is being written or was returned."""
        actions = self.model.actions.field.model.objects.filter(recommendation=OuterRef("pk"))
        in_work = actions.filter(plan__status__in=("draft", "returned")).exclude(status="dropped")
        answers = self.model.responses.field.model.objects.current()
        refused = answers.filter(recommendation=OuterRef("pk"), position=Position.REJECTED)
        return self.in_status(RStatus.RESPONDED).filter(~Exists(in_work), ~Exists(refused))

    def known_to(self, user, *, on, corrected=False):
        """Recommendations that count in figures as of that day: of findings that count then, issued before it.

        `corrected`: of the findings as they read now, without those withdrawn since.
        """
        known = Finding.objects.known_to(user, on=on, corrected=corrected)
        return self.issued_before(on).of_findings(known)

    def issued_before(self, day):
        return self.exclude(status__in=NOT_ISSUED).filter(issued_on__lt=day)

    def of_findings(self, findings):
        """Those of these findings; of an earlier version those of the finding, as a version has none of its own."""
        return self.filter(finding__in=findings.standing_for())
