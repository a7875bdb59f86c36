"""The actions of a plan: what is done for which recommendation, by whom, until when."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.public_ids import new_public_id

from .plan_life import ActionStatus
from .plans import ActionPlan
from .recommendations import Recommendation


class Action(models.Model):
    """One thing that the agency undertakes. Belongs to its plan and shares its history."""

    public_id = models.CharField(
        _("public id"), max_length=20, unique=True, default=new_public_id, editable=False
    )
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

    def take(self, **values):
        """Takes these field values and keeps the row; ValidationError for what a field does not allow."""
        for name, value in values.items():
            setattr(self, name, value)
        # The foreign keys are records at hand, checked by the plan: no query for each of sixty rows.
        self.clean_fields(exclude={"plan", "recommendation", "public_id"})
        self.save()

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
