"""What somebody other than the agency saw of a recommendation being carried out."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inspections.models import Inspection

from .evidence import Evidence
from .follow_up import NOT_DONE, Progress, VerificationKind
from .recommendations import Recommendation


class VerificationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """As visible as the recommendation: who verified progress, and when, is part of the answer."""
        return self.filter(recommendation__in=Recommendation.objects.visible_to(user))


class Verification(models.Model):
    """One look at what was done. Belongs to its recommendation and shares its history."""

    recommendation = models.ForeignKey(
        Recommendation,
        verbose_name=_("recommendation"),
        on_delete=models.PROTECT,
        related_name="verifications",
    )
    kind = models.CharField(_("kind"), max_length=20, choices=VerificationKind.choices)
    on = models.DateField(_("verified on"))
    progress = models.CharField(_("progress"), max_length=20, choices=Progress.choices)
    closes = models.BooleanField(_("closes the recommendation"), default=False)
    text = models.TextField(_("what it rests on"), max_length=10000)
    through = models.ForeignKey(
        Inspection,
        verbose_name=_("through the inspection"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="verifications",
        help_text=_("The published inspection that saw it, of whichever inspectorate."),
    )
    evidence = models.ManyToManyField(
        Evidence, verbose_name=_("evidence"), blank=True, related_name="verifications"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("verified by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    at = models.DateTimeField(_("recorded"), default=timezone.now)

    objects = VerificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("verification")
        ordering = ["on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes=False) | ~Q(progress__in=NOT_DONE),
                name="verification_closes_on_progress_only",
                violation_error_message=_("A recommendation is closed on reasonable or good progress only."),
            ),
        ]

    def __str__(self):
        return f"{self.get_progress_display()}, {self.on}"

    def recorded(self):
        """As the recommendation's history keeps it."""
        return [
            str(self.kind),
            self.on.isoformat(),
            str(self.progress),
            self.closes,
            self.text,
            self.through.reference if self.through else "",
        ]
