"""What agencies answer: to a recommendation, or to the facts of a finding. Every version is kept."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency

from .findings import Finding
from .follow_up import Position
from .recommendations import Recommendation


class ResponseQuerySet(models.QuerySet):
    def visible_to(self, user):
        """For inspectorates and auditors as visible as the finding; for an agency its own."""
        visible = self.filter(finding__in=Finding.objects.visible_to(user))
        if user.is_auditor or user.is_inspector or user.is_manager:
            return visible
        if user.is_respondent:
            return visible.filter(by_agency_id=user.agency_id)
        return self.none()

    def current(self):
        """The latest version of each response."""
        return self.filter(is_current=True)


class Response(models.Model):
    """One version of an agency's response. Belongs to its recommendation or finding and shares its history."""

    finding = models.ForeignKey(
        Finding, verbose_name=_("finding"), on_delete=models.PROTECT, related_name="responses"
    )
    recommendation = models.ForeignKey(
        Recommendation,
        verbose_name=_("recommendation"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="responses",
        help_text=_("Empty: a response to the finding itself."),
    )
    by_agency = models.ForeignKey(
        Agency, verbose_name=_("from"), on_delete=models.PROTECT, related_name="responses"
    )
    position = models.CharField(_("position"), max_length=20, choices=Position.choices)
    text = models.TextField(_("response"), max_length=10000)
    received_on = models.DateField(_("received on"))
    number = models.PositiveSmallIntegerField(_("version"))
    is_current = models.BooleanField(default=True, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recorded by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    at = models.DateTimeField(_("recorded"), default=timezone.now)

    objects = ResponseQuerySet.as_manager()

    class Meta:
        verbose_name = _("response")
        ordering = ["finding", "recommendation", "by_agency", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["recommendation", "by_agency", "number"],
                condition=Q(recommendation__isnull=False),
                name="response_version_to_recommendation",
            ),
            models.UniqueConstraint(
                fields=["finding", "by_agency", "number"],
                condition=Q(recommendation=None),
                name="response_version_to_finding",
            ),
        ]

    def __str__(self):
        return f"{self.by_agency}: {self.get_position_display()}"

    @classmethod
    def add_version(cls, *, finding, recommendation, by_agency, **values):
        """Adds the next version; the caller's verb holds the lock on the record that is answered."""
        earlier = cls.objects.filter(finding=finding, recommendation=recommendation, by_agency=by_agency)
        number = earlier.count() + 1
        earlier.update(is_current=False)
        row = cls(
            finding=finding,
            recommendation=recommendation,
            by_agency=by_agency,
            number=number,
            **values,
        )
        row.full_clean(exclude=["by"])  # empty where a command records it
        row.save()
        return row

    def recorded(self):
        """As the history of the record that it answers keeps it."""
        return [
            self.number,
            self.by_agency.full_name,
            str(self.position),
            self.received_on.isoformat(),
            self.text,
        ]
