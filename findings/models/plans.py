"""Action plans: what an agency undertakes, for which recommendations, and whether that was accepted."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Channel
from agencies.public_ids import new_public_id
from inspections.models import IllegalTransition, Inspection

from .follow_up import RecommendationStatus
from .plan_life import IN_WRITING, PLAN_TRANSITIONS, SENT_IN, ActionStatus, PlanStatus
from .plan_rights import ActionPlanQuerySet, PlanRights


class ActionPlan(PlanRights):
    """One agency's plan after one inspection; its actions share its history.

    An agency may have several after one inspection: what it undertakes once a plan was accepted is a further plan.
    """

    HISTORY = ("inspection", "by_agency", "title", "introduction", "status", "submitted_on", "decided_on")
    UNCHECKED = frozenset({"submission_key"})

    public_id = models.CharField(
        _("public id"), max_length=20, unique=True, default=new_public_id, editable=False
    )
    inspection = models.ForeignKey(
        Inspection,
        verbose_name=_("inspection"),
        on_delete=models.PROTECT,
        related_name="action_plans",
        editable=False,
    )
    by_agency = models.ForeignKey(
        Agency,
        verbose_name=_("plan of"),
        on_delete=models.PROTECT,
        related_name="action_plans",
        editable=False,
    )
    title = models.CharField(_("title"), max_length=160)
    introduction = models.TextField(_("introduction"), max_length=4000, blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=PlanStatus.choices, default=PlanStatus.DRAFT, editable=False
    )
    submitted_on = models.DateField(_("submitted on"), null=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    decided_on = models.DateField(_("accepted or returned on"), null=True, editable=False)
    recorded_for_agency = models.BooleanField(default=False, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    submission_key = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ActionPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("action plan")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status=PlanStatus.DRAFT) | Q(submitted_on__isnull=False),
                name="plan_submitted_on_a_day",
            ),
            models.UniqueConstraint(
                fields=["author", "submission_key"],
                condition=~Q(submission_key=""),
                name="plan_made_once",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("plan", args=[self.public_id])

    def history_key(self):
        return self.public_id

    def snapshot(self):
        kept = super().snapshot()
        if self.pk:
            actions = self.actions.select_related("recommendation")
            kept["actions"] = [action.recorded() for action in actions]
        return kept

    # Writing it

    @classmethod
    @transaction.atomic
    def begin(cls, *, by, inspection, by_agency, values, actions=(), submission_key="", channel=Channel.PAGE):
        """A plan that the agency writes, or an inspector on its behalf, while it has something open to act on.

        The same author's same submission key begins one: the second is an IntegrityError.
        """
        plan = cls(
            author=by,
            inspection=inspection,
            by_agency=by_agency,
            recorded_for_agency=by is None or not by.is_respondent,
            submission_key=submission_key,
        )
        if not plan.recommendations().open().exists():
            raise IllegalTransition(_("No recommendation of this inspection to this agency is open."))
        return plan._add(
            "begun",
            by=by,
            channel=channel,
            values=values,
            after_save=lambda saved: saved._replace_actions(actions),
        )

    def edit(self, *, by, values, actions, expect, channel=Channel.PAGE):
        """Changes the plan and its actions while it is being written or after it was returned.

        `actions`: field values of each, in order; one that carries the `public_id` of an action of this plan is
        that action, and keeps what was reported of it.
        """
        return self._change(
            "edited",
            by=by,
            values=values,
            expect=expect,
            channel=channel,
            prepare=lambda current: current.refuse_unless(IN_WRITING),
            after_save=lambda saved: saved._replace_actions(actions),
        )

    # Submitting it and deciding on it

    @transaction.atomic
    def submit(self, *, by, on=None, expect=None, channel=Channel.PAGE):
        """Sends it in: every recommendation that it covers and that was answered becomes “plan submitted”.

        What is under way already stays so: a further plan adds to it.
        """
        day = on or timezone.localdate()
        self._wait_for_other_plans()

        def prepare(current):
            current.refuse_unless(PLAN_TRANSITIONS["submit"][0])
            current._refuse_days_to_come(on)
            current.status, current.submitted_on, current.submitted_by = PlanStatus.SUBMITTED, day, by
            current.decided_on = None
            if not current.covered().exists():
                raise IllegalTransition(_("The plan has no action for any recommendation yet."))
            if unanswered := current.covered().unanswered():
                names = ", ".join(recommendation.reference for recommendation in unanswered)
                raise IllegalTransition(
                    _("Respond to these recommendations first: %(names)s.") % {"names": names}
                )

        self._change("submit", by=by, expect=expect, channel=channel, prepare=prepare)
        self._move("submit_plan", RecommendationStatus.RESPONDED, by=by, on=day, channel=channel)
        return self

    @transaction.atomic
    def accept(self, *, by, reason="", on=None, expect=None, channel=Channel.PAGE):
        """Accepts it: its recommendations are in progress."""
        self._decide(
            "accept", PlanStatus.ACCEPTED, by=by, reason=reason, on=on, expect=expect, channel=channel
        )
        self._move("accept_plan", RecommendationStatus.PLAN_SUBMITTED, by=by, on=on, channel=channel)
        return self

    @transaction.atomic
    def send_back(self, *, by, reason, on=None, expect=None, channel=Channel.PAGE):
        """Returns it because it does not reflect the findings; its recommendations are “responded” again, apart
        from those for which another plan of the agency waits."""
        self._decide(
            "return", PlanStatus.RETURNED, by=by, reason=reason, on=on, expect=expect, channel=channel
        )
        elsewhere = self.actions.model.objects.filter(plan__status=PlanStatus.SUBMITTED)
        self._move(
            "return_plan",
            RecommendationStatus.PLAN_SUBMITTED,
            by=by,
            on=on,
            reason=reason,
            channel=channel,
            apart_from=elsewhere.values("recommendation_id"),
        )
        return self

    def report_progress(self, *, by, action, status, note, expect=None, channel=Channel.PAGE):
        """What the agency says of one action of this plan. While the plan waits for a decision nothing is dropped
        from it: it is decided as it was sent in."""

        def allow(current):
            current.refuse_unless(SENT_IN)
            if status == ActionStatus.DROPPED and current.status == PlanStatus.SUBMITTED:
                raise IllegalTransition(_("An action is dropped once the plan is accepted or returned."))

        def report(saved):
            row = saved.actions.get(pk=action.pk)
            row.status, row.note = status, note
            row.clean_fields()
            row.save()

        return self._change(
            "progress reported", by=by, expect=expect, channel=channel, prepare=allow, after_save=report
        )

    def refuse_unless(self, allowed):
        """Raises IllegalTransition, with words for the person, unless the status is one of these."""
        if self.status not in allowed:
            raise IllegalTransition(
                _("This plan is now “%(status)s”, so this step is not possible.")
                % {"status": self.get_status_display()}
            )

    def _decide(self, verb, target, *, by, reason, on, expect, channel):
        self._wait_for_other_plans()

        def prepare(current):
            current.refuse_unless(PLAN_TRANSITIONS[verb][0])
            current._refuse_days_to_come(on)
            if by is not None and by.pk == current.submitted_by_id:
                raise IllegalTransition(_("Somebody other than who submitted it decides on a plan."))
            current.status, current.decided_on = target, on or timezone.localdate()
            if current.decided_on < current.submitted_on:
                raise ValidationError(
                    _("It was submitted on %(day)s.") % {"day": date_format(current.submitted_on)}
                )

        self._change(verb, by=by, reason=reason, expect=expect, channel=channel, prepare=prepare)

    def _wait_for_other_plans(self):
        """Locks all plans of the agency after this inspection: a recommendation may stand in several of them."""
        plans = type(self)._base_manager.filter(inspection=self.inspection_id, by_agency=self.by_agency_id)
        list(plans.select_for_update().order_by("pk").values_list("pk"))

    def _move(self, verb, status, *, by, on, channel, reason="", apart_from=()):
        moved = self.covered().filter(status=status).exclude(pk__in=apart_from)
        for recommendation in moved.order_by("pk"):
            recommendation._step(verb, by=by, on=on, reason=reason, channel=channel)

    @staticmethod
    def _refuse_days_to_come(day):
        if day is not None and day > timezone.localdate():
            raise ValidationError(_("This day is still to come."))

    def _replace_actions(self, actions):
        """Keeps the rows whose `public_id` comes back, changes them, adds the new ones, removes the rest."""
        kept = {action.public_id: action for action in self.actions.all()}
        # The choice of the form, checked again: each is for a recommendation of this plan's inspection.
        ours = set(self.recommendations().values_list("pk", flat=True)) if actions else set()
        for order, fields in enumerate(actions, 1):
            if fields["recommendation"].pk not in ours:
                raise ValidationError(_("An action is for one of the recommendations of this inspection."))
            row = kept.pop(fields.get("public_id"), None) or self.actions.model(plan=self)
            row.take(order=order, **{name: value for name, value in fields.items() if name != "public_id"})
        for row in kept.values():
            row.delete()
