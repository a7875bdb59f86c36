"""What a finding can be, how serious, and the legal steps of its life."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FindingType(models.TextChoices):
    STRENGTH = "strength", _("Strength")
    AREA_FOR_IMPROVEMENT = "area_for_improvement", _("Area for improvement")
    WEAKNESS = "weakness", _("Weakness")
    PRIORITY_ACTION = "priority_action", _("Area for priority action")
    CAUSE_OF_CONCERN = "cause_of_concern", _("Cause of concern")
    OBSERVATION = "observation", _("Observation")


# What counts as a weakness wherever weaknesses are counted: it has a severity.
WEAKNESSES = (
    FindingType.AREA_FOR_IMPROVEMENT,
    FindingType.WEAKNESS,
    FindingType.PRIORITY_ACTION,
    FindingType.CAUSE_OF_CONCERN,
)


class Severity(models.TextChoices):
    MINOR = "minor", _("Minor")
    MODERATE = "moderate", _("Moderate")
    SERIOUS = "serious", _("Serious")
    CRITICAL = "critical", _("Critical")


SERIOUS = (Severity.SERIOUS, Severity.CRITICAL)  # and above; these need a written rationale


class Status(models.TextChoices):
    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    AGREED = "agreed", _("Agreed")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    CORRECTED = "corrected", _("Earlier version")


UNPUBLISHED = (Status.DRAFT, Status.IN_REVIEW, Status.AGREED)
# What is agreed is agreed with its recommendations: it goes back to draft before they change.
TAKES_RECOMMENDATIONS = (Status.DRAFT, Status.PUBLISHED)

# verb: (from, to, the label of its button)
TRANSITIONS = {
    "submit": ({Status.DRAFT}, Status.IN_REVIEW, _("Send for review")),
    "agree": ({Status.IN_REVIEW}, Status.AGREED, _("Agree")),
    "return_to_draft": ({Status.IN_REVIEW, Status.AGREED}, Status.DRAFT, _("Return to draft")),
    "publish": ({Status.AGREED}, Status.PUBLISHED, _("Publish")),
    "withdraw": ({*UNPUBLISHED, Status.PUBLISHED}, Status.WITHDRAWN, _("Withdraw")),
}
NEEDS_REASON = {"return_to_draft", "withdraw"}
