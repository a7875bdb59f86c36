"""Which status a recommendation had on which days: what figures as of an earlier day are counted from."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .follow_up import RecommendationStatus
from .recommendations import Recommendation


class StageQuerySet(models.QuerySet):
    def current_on(self, day):
        """The stage in which the day began: entered before it, not left before it."""
        return self.filter(Q(until=None) | Q(until__gte=day), since__lt=day)


class Stage(models.Model):
    """A recommendation in one status, from one day to another. Belongs to it and shares its history.

    Days are those on which things happened, not those on which they were recorded.
    """

    recommendation = models.ForeignKey(
        Recommendation, verbose_name=_("recommendation"), on_delete=models.PROTECT, related_name="stages"
    )
    status = models.CharField(_("status"), max_length=30, choices=RecommendationStatus.choices)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)

    objects = StageQuerySet.as_manager()

    class Meta:
        verbose_name = _("stage")
        ordering = ["since", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="stage_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=["recommendation"], condition=Q(until=None), name="stage_one_current"
            ),
        ]
        indexes = [models.Index(fields=["status", "since", "until"], name="stage_status")]

    def __str__(self):
        return f"{self.get_status_display()}, {self.since}"
