"""Evidence: files that show what was done. Content is never changed: a changed file is a new version."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.files import StoredKeyField
from agencies.models import Agency, Channel, Recorded, RecordedQuerySet
from agencies.public_ids import new_public_id
from inspections.models import IllegalTransition, Inspection

from .life import Status
from .recommendations import Recommendation


class EvidenceKind(models.TextChoices):
    POLICY = "policy", _("Policy or procedure")
    AUDIT = "audit", _("Audit or dip sample")
    DATA = "data", _("Figures")
    MINUTES = "minutes", _("Minutes or correspondence")
    TRAINING = "training", _("Training record")
    OTHER = "other", _("Other")


class EvidenceQuerySet(RecordedQuerySet):
    def visible_to(self, user):
        """For those who make or follow up the inspection, auditors, and the agency that it comes from."""
        of_published = Q(recommendation__finding__status=Status.PUBLISHED)
        if user.is_auditor:
            return self
        if user.is_inspector or user.is_manager:
            return self.filter(
                of_published, recommendation__finding__inspection__in=Inspection.objects.followed_by(user)
            )
        if user.is_respondent:
            return self.filter(of_published, by_agency_id=user.agency_id)
        return self.none()

    def current(self):
        """Latest versions that were not taken back."""
        return self.filter(replaced_by=None, withdrawn_on=None)


class Evidence(Recorded):
    """One file for one recommendation, known by its SHA-256."""

    HISTORY = (
        "recommendation",
        "by_agency",
        "kind",
        "description",
        "source",
        "file_name",
        "sha256",
        "size",
        "content_type",
        "retain_until",
        "replaces",
        "withdrawn_on",
    )
    UNCHECKED = frozenset({"submission_key"})

    public_id = models.CharField(
        _("public id"), max_length=20, unique=True, default=new_public_id, editable=False
    )
    recommendation = models.ForeignKey(
        Recommendation, verbose_name=_("recommendation"), on_delete=models.PROTECT, related_name="evidence"
    )
    by_agency = models.ForeignKey(
        Agency, verbose_name=_("from"), on_delete=models.PROTECT, related_name="evidence", editable=False
    )
    kind = models.CharField(_("kind"), max_length=20, choices=EvidenceKind.choices)
    description = models.CharField(
        _("what it shows"),
        max_length=500,
        help_text=_("No names of children or families, here or in the file."),
    )
    source = models.CharField(
        _("where it comes from"),
        max_length=200,
        blank=True,
        help_text=_("For example: audit team, June 2026."),
    )
    stored_key = StoredKeyField(editable=False)
    file_name = models.CharField(_("file name"), max_length=200, editable=False)
    content_type = models.CharField(_("type"), max_length=100, editable=False)
    size = models.PositiveBigIntegerField(_("size in bytes"), editable=False)
    sha256 = models.CharField(_("SHA-256"), max_length=64, editable=False)
    retain_until = models.DateField(
        _("keep until"), help_text=_("After this day it may be destroyed under the retention schedule.")
    )
    replaces = models.OneToOneField(
        "self",
        verbose_name=_("replaces"),
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="replaced_by",
    )
    withdrawn_on = models.DateField(_("taken back on"), null=True, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("added by"),
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )
    submission_key = models.CharField(max_length=64, blank=True, editable=False)
    at = models.DateTimeField(_("added"), default=timezone.now, editable=False)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["recommendation", "-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["by", "submission_key"],
                condition=~Q(submission_key=""),
                name="evidence_submitted_once",
            ),
        ]

    def __str__(self):
        return self.file_name

    def get_absolute_url(self):
        return reverse("evidence_download", args=[self.public_id])

    def history_key(self):
        return self.public_id

    @property
    def is_current(self):
        return self.withdrawn_on is None and not hasattr(self, "replaced_by")

    def may_be_changed_by(self, user):
        """Replaced or taken back: by those who answer for the agency, while the recommendation is open."""
        return self.is_current and self.recommendation.is_open and self.recommendation.is_answered_by(user)

    @classmethod
    def add(
        cls, *, by, recommendation, stored, values, replaces=None, submission_key="", channel=Channel.PAGE
    ):
        """Adds a stored file (agencies.files.Stored) for the addressee; with `replaces`, as its new version."""
        if not recommendation.is_open:
            raise IllegalTransition(_("Evidence is added while a recommendation is open."))
        if replaces is not None and not replaces.is_current:
            raise IllegalTransition(_("This file was replaced or taken back meanwhile."))
        evidence = cls(
            recommendation=recommendation,
            by_agency=recommendation.addressee,
            stored_key=stored.key,
            file_name=stored.name,
            content_type=stored.content_type,
            size=stored.size,
            sha256=stored.sha256,
            replaces=replaces,
            by=by,
            submission_key=submission_key,
        )
        return evidence._add("replaced" if replaces else "added", by=by, channel=channel, values=values)

    def withdraw(self, *, by, reason, expect=None, channel=Channel.PAGE):
        """Takes the file back: it stays for the record, and leaves what is offered as evidence."""

        def refuse_twice(current):
            if not current.is_current:
                raise IllegalTransition(_("This file was replaced or taken back meanwhile."))
            current.withdrawn_on = timezone.localdate()

        return self._change(
            "withdrawn", by=by, reason=reason, expect=expect, channel=channel, prepare=refuse_twice
        )
