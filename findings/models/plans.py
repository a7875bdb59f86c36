"""Action plans: what an agency undertakes, for which recommendations, and whether that was accepted."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Channel, Recorded, RecordedQuerySet
from agencies.public_ids import new_public_id
from inspections.models import IllegalTransition, Inspection

from .follow_up import RecommendationStatus
from .recommendations import Recommendation


class PlanStatus(models.TextChoices):
    DRAFT = "draft", _("Being written")
    SUBMITTED = "submitted", _("Submitted")
    ACCEPTED = "accepted", _("Accepted")
    RETURNED = "returned", _("Returned")


PLAN_TRANSITIONS = {
    "submit": ({PlanStatus.DRAFT, PlanStatus.RETURNED}, PlanStatus.SUBMITTED, _("Submit")),
    "accept": ({PlanStatus.SUBMITTED}, PlanStatus.ACCEPTED, _("Accept")),
    "return": ({PlanStatus.SUBMITTED}, PlanStatus.RETURNED, _("Return")),
}


class ActionStatus(models.TextChoices):
    NOT_STARTED = "not_started", _("Not started")
    UNDER_WAY = "under_way", _("Under way")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("Dropped")


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


class ActionPlan(Recorded):
    """One agency's plan after one inspection; its actions share its history."""

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
            kept["actions"] = [action.recorded() for action in self.actions.all()]
        return kept

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

    def missed(self):
        """Open ones without an action: what the plan says nothing about."""
        return self.recommendations().open().exclude(pk__in=self.covered().values("pk"))

    # Who may do what (asked of a visible plan)

    def is_written_by(self, user):
        if user.is_respondent:
            return self.by_agency_id == user.agency_id
        return self.recorded_for_agency and self.inspection.is_worked_on_by(user)

    def may_be_edited_by(self, user):
        return self.status in (PlanStatus.DRAFT, PlanStatus.RETURNED) and self.is_written_by(user)

    def may_be_decided_by(self, user):
        """Those who work on the inspection, apart from whoever submitted it."""
        return (
            self.status == PlanStatus.SUBMITTED
            and self.inspection.is_worked_on_by(user)
            and self.submitted_by_id != user.pk
        )

    def may_report_progress(self, user):
        """Once submitted, on its actions."""
        return self.status in (PlanStatus.SUBMITTED, PlanStatus.ACCEPTED) and self.is_written_by(user)

    def next_steps_for(self, user):
        asked = {
            "submit": self.may_be_edited_by(user),
            "accept": self.may_be_decided_by(user),
            "return": self.may_be_decided_by(user),
        }
        return [verb for verb, allowed in asked.items() if allowed]

    # Verbs

    @classmethod
    def begin(cls, *, by, inspection, by_agency, values, actions=(), submission_key="", channel=Channel.PAGE):
        """A plan that the agency writes, or an inspector on its behalf."""
        plan = cls(
            author=by,
            inspection=inspection,
            by_agency=by_agency,
            recorded_for_agency=by is None or not by.is_respondent,
            submission_key=submission_key,
        )
        return plan._add(
            "begun",
            by=by,
            channel=channel,
            values=values,
            after_save=lambda saved: saved._replace_actions(actions),
        )

    def edit(self, *, by, values, actions, expect, channel=Channel.PAGE):
        """Changes the plan and its actions while it is being written or after it was returned."""
        return self._change(
            "edited",
            by=by,
            values=values,
            expect=expect,
            channel=channel,
            prepare=lambda current: current.refuse_unless({PlanStatus.DRAFT, PlanStatus.RETURNED}),
            after_save=lambda saved: saved._replace_actions(actions),
        )

    @transaction.atomic
    def submit(self, *, by, on=None, expect=None, channel=Channel.PAGE):
        """Sends it in: every recommendation that it covers and that was answered becomes “plan submitted”."""
        day = on or timezone.localdate()

        def prepare(current):
            current.refuse_unless(PLAN_TRANSITIONS["submit"][0])
            current.status, current.submitted_on, current.submitted_by = PlanStatus.SUBMITTED, day, by
            current.decided_on = None
            if not current.covered().exists():
                raise IllegalTransition(_("The plan has no action for any recommendation yet."))
            unanswered = current.covered().unanswered()
            if unanswered:
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
        """Returns it because it does not reflect the findings; its recommendations are “responded” again."""
        self._decide(
            "return", PlanStatus.RETURNED, by=by, reason=reason, on=on, expect=expect, channel=channel
        )
        self._move(
            "return_plan", RecommendationStatus.PLAN_SUBMITTED, by=by, on=on, reason=reason, channel=channel
        )
        return self

    def report_progress(self, *, by, action, status, note, expect=None, channel=Channel.PAGE):
        """What the agency says of one action. `action` is one of this plan's."""

        def allow(current):
            current.refuse_unless({PlanStatus.SUBMITTED, PlanStatus.ACCEPTED})

        return self._change(
            "progress reported",
            by=by,
            expect=expect,
            channel=channel,
            prepare=allow,
            after_save=lambda saved: saved.actions.filter(pk=action.pk).update(status=status, note=note),
        )

    def _decide(self, verb, target, *, by, reason, on, expect, channel):
        def prepare(current):
            current.refuse_unless(PLAN_TRANSITIONS[verb][0])
            if by is not None and by.pk == current.submitted_by_id:
                raise IllegalTransition(_("Somebody other than who submitted it decides on a plan."))
            current.status, current.decided_on = target, on or timezone.localdate()

        self._change(verb, by=by, reason=reason, expect=expect, channel=channel, prepare=prepare)

    def _move(self, verb, status, *, by, on, channel, reason=""):
        for recommendation in self.covered().filter(status=status).order_by("pk"):
            recommendation._step(verb, by=by, on=on, reason=reason, channel=channel)

    def refuse_unless(self, allowed):
        """Raises IllegalTransition, with words for the person, unless the status is one of these."""
        if self.status not in allowed:
            raise IllegalTransition(
                _("This plan is now “%(status)s”, so this step is not possible.")
                % {"status": self.get_status_display()}
            )

    def _replace_actions(self, actions):
        """Keeps the rows whose `pk` comes back, changes them, adds the new ones, removes the rest."""
        kept = {action.pk: action for action in self.actions.all()}
        for order, fields in enumerate(actions, 1):
            row = kept.pop(fields.get("pk"), None) or Action(plan=self)
            for name, value in {**fields, "order": order}.items():
                if name != "pk":
                    setattr(row, name, value)
            row.full_clean(exclude=["plan"])
            row.save()
        for row in kept.values():
            row.delete()


class Action(models.Model):
    """One thing that the agency undertakes. Belongs to its plan and shares its history."""

    plan = models.ForeignKey(
        ActionPlan, verbose_name=_("plan"), on_delete=models.PROTECT, related_name="actions"
    )
    order = models.PositiveSmallIntegerField(default=1, editable=False)
    recommendation = models.ForeignKey(
        Recommendation, verbose_name=_("recommendation"), on_delete=models.PROTECT, related_name="actions"
    )
    text = models.TextField(_("what will be done"), max_length=2000)
    owner = models.CharField(
        _("owner"), max_length=120, help_text=_("A post, such as head of public protection.")
    )
    milestone = models.CharField(
        _("milestone"), max_length=300, blank=True, help_text=_("How it can be seen that it is done.")
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)
    status = models.CharField(
        _("status"), max_length=20, choices=ActionStatus.choices, default=ActionStatus.NOT_STARTED
    )
    note = models.TextField(_("progress"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("action")
        ordering = ["plan", "order", "pk"]

    def __str__(self):
        return self.text

    def clean(self):
        # The choice of the form, checked again: an action is for a recommendation of this plan's inspection.
        if not self.plan.recommendations().filter(pk=self.recommendation_id).exists():
            raise ValidationError(
                {"recommendation": _("Choose one of the recommendations of this inspection.")}
            )

    def recorded(self):
        """As the plan's history keeps it."""
        return [
            self.recommendation.reference,
            self.text,
            self.owner,
            self.milestone,
            self.due_on.isoformat() if self.due_on else "",
            str(self.status),
            self.note,
        ]
