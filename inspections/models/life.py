"""The life of an inspection: its statuses, the legal steps between them, and what is recorded of it here."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    PLANNED = "planned", _("Planned")
    FIELDWORK = "fieldwork", _("Fieldwork")
    DRAFTING = "drafting", _("Drafting")
    FACTUAL_ACCURACY = "factual_accuracy", _("Factual accuracy check")
    EMBARGOED = "embargoed", _("Embargoed")
    PUBLISHED = "published", _("Published")
    CLOSED = "closed", _("Closed")
    PAUSED = "paused", _("Paused")
    CANCELLED = "cancelled", _("Cancelled")


PUBLIC = (Status.PUBLISHED, Status.CLOSED)
SHARED_WITH_AGENCIES = (Status.FACTUAL_ACCURACY, Status.EMBARGOED)
UNDER_WAY = (
    Status.PLANNED,
    Status.FIELDWORK,
    Status.DRAFTING,
    Status.FACTUAL_ACCURACY,
    Status.EMBARGOED,
)

# verb: (from, to, the label of its button). Pausing and resuming remember where the work stood.
TRANSITIONS = {
    "start_fieldwork": ({Status.PLANNED}, Status.FIELDWORK, _("Start fieldwork")),
    "start_drafting": ({Status.FIELDWORK}, Status.DRAFTING, _("Start drafting")),
    "send_for_factual_accuracy": (
        {Status.DRAFTING},
        Status.FACTUAL_ACCURACY,
        _("Send for factual accuracy check"),
    ),
    "embargo": ({Status.FACTUAL_ACCURACY}, Status.EMBARGOED, _("Embargo")),
    "publish": ({Status.EMBARGOED}, Status.PUBLISHED, _("Publish")),
    "close": ({Status.PUBLISHED}, Status.CLOSED, _("Close")),
    "pause": (set(UNDER_WAY), Status.PAUSED, _("Pause")),
    "resume": ({Status.PAUSED}, None, _("Resume")),
    "cancel": ({*UNDER_WAY, Status.PAUSED}, Status.CANCELLED, _("Cancel")),
}
NEEDS_REASON = {"pause", "cancel"}
MANAGERS_ONLY = {"publish", "close", "cancel", "embargo"}  # of the lead inspectorate


class IllegalTransition(Exception):
    """The record's status does not allow this step. The message can be shown to the person."""


class Coverage(models.TextChoices):
    """What of the inspection's findings this register holds. Silence is only evidence where somebody read."""

    ALL = "all", _("All findings are recorded here")
    POLICE = "police", _("Findings about the police are recorded here")
    GRADES = "grades", _("Grades and dates only: the report has not been read for findings")
    NONE = "none", _("Listed only: no grades or findings are recorded")


READ_FOR_POLICE = (Coverage.ALL, Coverage.POLICE)


class Provenance(models.TextChoices):
    ENTERED = "entered", _("Entered here")
    REPORT = "report", _("Drawn from a published report")
    FICTION = "fiction", _("Fictional")
