"""Evidence: files that show what was done. Content is never changed: a changed file is a new version."""

from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.days import months_after
from agencies.files import StoredKeyField, discard
from agencies.files.kinds import KINDS
from agencies.models import Agency, Channel, Recorded, RecordedQuerySet
from agencies.public_ids import new_public_id
from inspections.models import IllegalTransition, Inspection

from .follow_up import CLOSED, OPEN
from .life import Status
from .recommendations import Recommendation

KEPT_FOR = 12 * 6  # months, unless another day is given
KEPT_AT_MOST = 12 * 50  # months


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
        """Latest versions that were not taken back and whose file is still kept."""
        return self.filter(replaced_by=None, withdrawn_on=None, destroyed_on=None)

    def kept(self):
        """Whose file was not destroyed."""
        return self.filter(destroyed_on=None)

    def past_retention(self, on):
        """Kept beyond their day when that day began, and needed no longer: never of an open recommendation."""
        needed_no_longer = Q(recommendation__status__in=CLOSED) | Q(
            recommendation__finding__status=Status.WITHDRAWN
        )
        return self.kept().filter(needed_no_longer, retain_until__lt=on)


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
        "destroyed_on",
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
    stored_key = StoredKeyField(null=True, editable=False)
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
    destroyed_on = models.DateField(_("file destroyed on"), null=True, editable=False)
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
            models.CheckConstraint(
                condition=Q(stored_key__isnull=False, destroyed_on=None)
                | Q(stored_key=None, destroyed_on__isnull=False),
                name="evidence_has_its_file_until_destroyed",
            ),
        ]

    def __str__(self):
        return self.file_name

    def get_absolute_url(self):
        return reverse("evidence_download", args=[self.public_id])

    def history_key(self):
        return self.public_id

    def clean(self):
        if self._state.adding and isinstance(self.retain_until, date):
            refuse_retention(self.retain_until)

    is_confidential = True  # whether reading it is logged: evidence is never published

    @property
    def inspection_id(self):
        return self.recommendation.inspection_id

    @property
    def is_current(self):
        return self.withdrawn_on is None and not hasattr(self, "replaced_by")

    @property
    def kind_of_file(self):
        """What sort of file it is, in words: a PDF document."""
        return next((kind.label for kind in KINDS if kind.content_type == self.content_type), "")

    def may_be_changed_by(self, user):
        """Replaced or taken back: by those who answer for the agency, while the recommendation is open."""
        return self.is_current and self.recommendation.is_open and self.recommendation.is_answered_by(user)

    def may_be_read_by(self, user):
        """What was taken back may have been sent by mistake: its content is for auditors only."""
        return self.withdrawn_on is None or user.is_auditor

    @classmethod
    @transaction.atomic
    def add(
        cls, *, by, recommendation, stored, values, replaces=None, submission_key="", channel=Channel.PAGE
    ):
        """Adds a stored file (agencies.files.Stored) for the addressee; with `replaces`, as its new version.

        The same person's same submission key adds one: the second is an IntegrityError.
        """
        cls._locked_recommendation(recommendation.pk)
        if replaces is not None:
            replaces = cls._base_manager.get(pk=replaces.pk)
            replaces.refuse_unless_current()
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

    @transaction.atomic
    def withdraw(self, *, by, reason, expect=None, channel=Channel.PAGE):
        """Takes the file back: it stays for the record, and leaves what is offered as evidence."""
        self._locked_recommendation(self.recommendation_id)

        def refuse_twice(current):
            current.refuse_unless_current()
            current.withdrawn_on = timezone.localdate()

        return self._change(
            "withdrawn", by=by, reason=reason, expect=expect, channel=channel, prepare=refuse_twice
        )

    @transaction.atomic
    def destroy(self, *, by, on, reason="", channel=Channel.COMMAND):
        """Destroys the file under the retention schedule; what it was, and its SHA-256, stay on record.

        The file goes once the change is committed; where the process dies in between, the sweep of files removes it.
        """
        Recommendation._base_manager.select_for_update().get(pk=self.recommendation_id)

        def forget_file(current):
            if not type(self).objects.past_retention(on).filter(pk=current.pk).exists():
                raise IllegalTransition(_("This file is still to be kept."))
            discard(current.stored_key)
            current.stored_key, current.destroyed_on = None, on

        return self._change("destroy", by=by, reason=reason, channel=channel, prepare=forget_file)

    def refuse_unless_current(self):
        """Raises IllegalTransition, with words for the person, once it was replaced or taken back."""
        if not self.is_current:
            raise IllegalTransition(_("This file was replaced or taken back meanwhile."))

    @staticmethod
    def _locked_recommendation(pk):
        """Locks it, so that it is neither closed meanwhile nor its evidence changed twice at once."""
        recommendation = Recommendation._base_manager.select_for_update().get(pk=pk)
        recommendation.refuse_unless(OPEN)
        if not recommendation.finding.is_published:
            raise IllegalTransition(_("Its finding was withdrawn."))


def proposed_retention(on):
    """The day until which a file added on that day is kept, unless another one is given."""
    return months_after(on, KEPT_FOR)


def refuse_retention(day):
    """ValidationError for a day that a new file cannot be kept until."""
    today = timezone.localdate()
    if day <= today:
        raise ValidationError({"retain_until": _("Give a day to come.")})
    if day > months_after(today, KEPT_AT_MOST):
        raise ValidationError({"retain_until": _("A file is kept for 50 years at most.")})
