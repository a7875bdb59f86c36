"""Who read what before it was published: one row for each view, which nobody changes afterwards."""

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, RecordedQuerySet

from .break_glass import BreakGlass
from .inspections import Inspection
from .life import PUBLIC


class ReadLogQuerySet(RecordedQuerySet):
    def visible_to(self, user):
        """Auditors read all of it; managers what concerns inspections that they may read before publication, and
        their inspectorate's letters and reports; administrators what they read themselves, and of the rest the inspections that
        are published by now: a row tells that there is something to read."""
        if user.is_auditor:
            return self
        if user.is_manager:
            ours = Inspection.objects.worked_on_by(user)
            return self.filter(Q(inspection__in=ours) | Q(inspectorate_id=user.agency_id))
        if user.is_administrator:
            published = Q(subject_type=Inspection._meta.label_lower, inspection__status__in=PUBLIC)
            return self.filter(Q(by=user) | published)
        return self.none()


class ReadLogEntry(models.Model):
    """One view of one record that was not published: append-only, in the database too."""

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("who"), on_delete=models.PROTECT, related_name="+"
    )
    subject_type = models.CharField(
        _("kind of record"),
        max_length=60,
        blank=True,
        help_text=_("Empty: a page of no one record, opened while an inspection was open by break-glass."),
    )
    public_id = models.CharField(_("record"), max_length=20, blank=True)
    inspection = models.ForeignKey(
        Inspection,
        verbose_name=_("inspection"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("That the record belongs to; empty for a letter, and a report that belongs to none yet."),
    )
    inspectorate = models.ForeignKey(
        Agency,
        verbose_name=_("inspectorate"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Whose letter it is, or who handed the report in."),
    )
    route = models.CharField(_("page"), max_length=60)
    at = models.DateTimeField(_("when"), default=timezone.now)
    break_glass = models.ForeignKey(
        BreakGlass,
        verbose_name=_("break-glass"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reads",
        help_text=_("Empty: by right."),
    )

    objects = ReadLogQuerySet.as_manager()

    class Meta:
        verbose_name = _("view of unpublished matter")
        verbose_name_plural = _("read log")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="read_at"),
            models.Index(fields=["inspection", "-at"], name="read_of_inspection"),
        ]

    def __str__(self):
        return f"{self.subject_type} {self.public_id} {self.route}".strip()

    @classmethod
    def of(cls, user, record, route):
        """The row that says that this person reads this record on this page now; not yet saved."""
        entry = cls(by=user, route=route, subject_type=record._meta.label_lower, public_id=record.public_id)
        if isinstance(record, Inspection):
            entry.inspection_id = record.pk
        elif hasattr(record, "inspection_id"):
            entry.inspection_id = record.inspection_id
            if entry.inspection_id is None:  # of a report that nobody has matched yet
                entry.inspectorate_id = record.inspectorate_id
        else:
            entry.inspectorate_id = record.from_agency_id
        if user.is_administrator:  # who reads nothing of this by right
            entry.break_glass = BreakGlass.objects.open_to(user).first()
        return entry

    @classmethod
    def of_page(cls, user, route):
        """The row of a page of no one record, while an inspection is open to the person by break-glass; else None."""
        glass = BreakGlass.objects.open_to(user).first()
        if glass is None:
            return None
        return cls(by=user, route=route, inspection_id=glass.inspection_id, break_glass=glass)

    @property
    def page(self):
        """Which page, in words as its route has them."""
        return capfirst(self.route.replace("_", " "))

    @property
    def subject(self):
        """What kind of record it is, in words."""
        if not self.subject_type:
            return ""
        return capfirst(apps.get_model(self.subject_type)._meta.verbose_name)
