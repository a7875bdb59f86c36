"""What people say about a finding or a recommendation: to their own inspectorate, or shared with the agency."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Channel, Recorded, RecordedQuerySet
from agencies.public_ids import new_public_id
from inspections.models import IllegalTransition, Inspection

from .findings import Finding
from .life import Status
from .recommendations import Recommendation


class Audience(models.TextChoices):
    """Chosen before posting, and never changed afterwards."""

    INSPECTORATE = "inspectorate", _("Only people of my inspectorate who work on this")
    AGENCY = "agency", _("Also the agency concerned")


class CommentQuerySet(RecordedQuerySet):
    def visible_to(self, user):
        """Private ones for those of the author's inspectorate who work on the inspection, and for auditors;
        shared ones for all who work on it and for the agency, where it sees what the comment is about."""
        of_visible = self.filter(finding__in=Finding.objects.visible_to(user))
        if user.is_auditor:
            return of_visible
        if user.is_inspector or user.is_manager:
            on_work = Q(finding__inspection__in=Inspection.objects.worked_on_by(user)) | Q(
                finding__status=Status.IN_REVIEW, finding__assigned_to=user
            )
            return of_visible.filter(on_work).filter(
                Q(audience=Audience.AGENCY) | Q(of_inspectorate_id=user.agency_id)
            )
        if user.is_respondent:
            return of_visible.filter(audience=Audience.AGENCY, with_agency_id=user.agency_id).filter(
                Q(recommendation=None) | Q(recommendation__in=Recommendation.objects.visible_to(user))
            )
        return self.none()


class Comment(Recorded):
    """One comment. Posted once, taken back at most: what somebody answered stays understandable."""

    HISTORY = ("finding", "recommendation", "audience", "with_agency", "text", "withdrawn_at")
    UNCHECKED = frozenset({"submission_key"})

    public_id = models.CharField(
        _("public id"), max_length=20, unique=True, default=new_public_id, editable=False
    )
    finding = models.ForeignKey(
        Finding, verbose_name=_("finding"), on_delete=models.PROTECT, related_name="comments", editable=False
    )
    recommendation = models.ForeignKey(
        Recommendation,
        verbose_name=_("recommendation"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="comments",
    )
    audience = models.CharField(_("who may read it"), max_length=20, choices=Audience.choices)
    of_inspectorate = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    with_agency = models.ForeignKey(
        Agency,
        verbose_name=_("shared with"),
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )
    text = models.TextField(_("comment"), max_length=4000)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )
    at = models.DateTimeField(_("posted"), default=timezone.now, editable=False)
    withdrawn_at = models.DateTimeField(_("taken back"), null=True, editable=False)
    submission_key = models.CharField(max_length=64, blank=True, editable=False)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(audience=Audience.INSPECTORATE, of_inspectorate__isnull=False, with_agency=None)
                | Q(audience=Audience.AGENCY, with_agency__isnull=False),
                name="comment_has_its_readers",
            ),
            models.UniqueConstraint(
                fields=["by", "submission_key"],
                condition=~Q(submission_key=""),
                name="comment_posted_once",
            ),
        ]

    is_confidential = True  # whether reading it is logged: comments are never published

    def __str__(self):
        return self.text[:60]

    @property
    def inspection_id(self):
        return self.finding.inspection_id

    def history_key(self):
        return self.public_id

    @classmethod
    def post(
        cls, *, by, finding, text, audience, recommendation=None, submission_key="", channel=Channel.PAGE
    ):
        """Posts a comment. Shared, it goes to the addressee of the recommendation or the agency of the finding.

        Raises IllegalTransition when it is shared on what that agency cannot see.
        """
        shared = audience == Audience.AGENCY
        is_seen = recommendation.is_seen_by_addressee if recommendation else finding.is_seen_by_agency
        if shared and not is_seen:
            raise IllegalTransition(_("The agency cannot see this yet."))
        agency = recommendation.addressee if recommendation else finding.attributed_to
        comment = cls(
            by=by,
            finding=finding,
            recommendation=recommendation,
            audience=audience,
            of_inspectorate=None if by.is_respondent else by.agency,
            with_agency=agency if shared else None,
            submission_key=submission_key,
        )
        return comment._add("posted", by=by, channel=channel, values={"text": text})

    def may_be_withdrawn_by(self, user):
        return self.by_id == user.pk and self.withdrawn_at is None

    def withdraw(self, *, by, reason="", channel=Channel.PAGE):
        """Takes one's own comment back: that there was one stays, its words are no longer shown."""

        def take_back(current):
            current.withdrawn_at = current.withdrawn_at or timezone.now()

        return self._change("withdrawn", by=by, reason=reason, channel=channel, prepare=take_back)
