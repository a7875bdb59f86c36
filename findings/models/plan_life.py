"""The life of an action plan and of its actions: their statuses and the legal steps."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PlanStatus(models.TextChoices):
    DRAFT = "draft", _("Being written")
    SUBMITTED = "submitted", _("Submitted")
    ACCEPTED = "accepted", _("Accepted")
    RETURNED = "returned", _("Returned")


IN_WRITING = (PlanStatus.DRAFT, PlanStatus.RETURNED)
SENT_IN = (PlanStatus.SUBMITTED, PlanStatus.ACCEPTED)

# verb: (from, to, the label of its button)
PLAN_TRANSITIONS = {
    "submit": (set(IN_WRITING), PlanStatus.SUBMITTED, _("Submit the plan")),
    "accept": ({PlanStatus.SUBMITTED}, PlanStatus.ACCEPTED, _("Accept the plan")),
    "return": ({PlanStatus.SUBMITTED}, PlanStatus.RETURNED, _("Return the plan")),
}
PLAN_NEEDS_REASON = {"return"}


class ActionStatus(models.TextChoices):
    NOT_STARTED = "not_started", _("Not started")
    UNDER_WAY = "under_way", _("Under way")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("Dropped")
