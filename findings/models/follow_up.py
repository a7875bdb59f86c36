"""The words and steps of follow-up: statuses of a recommendation, positions, progress, outcomes."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RecommendationStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    WITHDRAWN = "withdrawn", _("Withdrawn before issue")
    ISSUED = "issued", _("Issued")
    RESPONDED = "responded", _("Responded")
    PLAN_SUBMITTED = "plan_submitted", _("Plan submitted")
    IN_PROGRESS = "in_progress", _("In progress")
    CLAIMED = "completion_claimed", _("Completion claimed")
    CLOSED = "closed_verified", _("Closed, verified")
    NOT_IMPLEMENTED = "closed_not_implemented", _("Closed, not implemented")
    SUPERSEDED = "superseded", _("Superseded")
    REOPENED = "reopened", _("Reopened")


_S = RecommendationStatus
NOT_ISSUED = (_S.DRAFT, _S.WITHDRAWN)
OPEN = (_S.ISSUED, _S.RESPONDED, _S.PLAN_SUBMITTED, _S.IN_PROGRESS, _S.CLAIMED, _S.REOPENED)
CLOSED = (_S.CLOSED, _S.NOT_IMPLEMENTED, _S.SUPERSEDED)

# verb: (from, to, what it is called). A reopened recommendation starts again with a response.
TRANSITIONS = {
    "issue": ({_S.DRAFT}, _S.ISSUED, _("Issue")),
    "withdraw": ({_S.DRAFT}, _S.WITHDRAWN, _("Withdraw")),
    "respond": ({_S.ISSUED, _S.REOPENED}, _S.RESPONDED, _("Respond")),
    "submit_plan": ({_S.RESPONDED}, _S.PLAN_SUBMITTED, _("Submit plan")),
    "return_plan": ({_S.PLAN_SUBMITTED}, _S.RESPONDED, _("Return plan")),
    "accept_plan": ({_S.PLAN_SUBMITTED}, _S.IN_PROGRESS, _("Accept plan")),
    "claim": ({_S.IN_PROGRESS}, _S.CLAIMED, _("Claim completion")),
    "find_not_done": ({_S.CLAIMED}, _S.IN_PROGRESS, _("Find not done")),
    "verify_and_close": ({_S.CLAIMED}, _S.CLOSED, _("Verify and close")),
    "close_not_implemented": (set(OPEN), _S.NOT_IMPLEMENTED, _("Close as not implemented")),
    "supersede": (set(OPEN), _S.SUPERSEDED, _("Supersede")),
    "reopen": ({_S.CLOSED, _S.NOT_IMPLEMENTED}, _S.REOPENED, _("Reopen")),
}
NEEDS_REASON = {
    "withdraw",
    "return_plan",
    "find_not_done",
    "close_not_implemented",
    "supersede",
    "reopen",
}


class Priority(models.TextChoices):
    IMMEDIATE = "immediate", _("Immediate")
    HIGH = "high", _("High")
    ROUTINE = "routine", _("Routine")
    NOT_STATED = "not_stated", _("Not stated in the report")


class DueBasis(models.TextChoices):
    """Where the due date as first set comes from."""

    PRINTED = "printed", _("Printed in the report")
    TIMESCALE = "timescale", _("Counted from the timescale in the report")
    CLOCK = "clock", _("Counted by the framework’s clock")
    INHERITED = "inherited", _("Kept from the recommendation that this one supersedes")
    NONE = "", _("No due date")


class Position(models.TextChoices):
    ACCEPTED = "accepted", _("Accepted")
    PARTLY_ACCEPTED = "partly_accepted", _("Partly accepted")
    REJECTED = "rejected", _("Rejected")
    FACTS_CONTESTED = "facts_contested", _("Facts contested")


class Progress(models.TextChoices):
    NONE = "none", _("No meaningful progress")
    INSUFFICIENT = "insufficient", _("Insufficient progress")
    REASONABLE = "reasonable", _("Reasonable progress")
    GOOD = "good", _("Good progress")


NOT_DONE = (Progress.NONE, Progress.INSUFFICIENT)


class VerificationKind(models.TextChoices):
    DESKTOP = "desktop", _("Desktop review")
    MONITORING_VISIT = "monitoring_visit", _("Monitoring visit")
    REINSPECTION = "reinspection", _("Re-inspection or later inspection")
    PROGRESS_REVIEW = "progress_review", _("Progress review")


class ChangeStatus(models.TextChoices):
    """Of a proposed change of a due date."""

    PROPOSED = "proposed", _("Proposed")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
