"""What belongs to one inspection and shares its history: its judgements, and its dates as sources state them."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency

from .frameworks import Grade, JudgementArea
from .inspections import Inspection
from .life import PUBLIC


class JudgementQuerySet(models.QuerySet):
    def visible_to(self, user):
        """As visible as the inspection; before publication an agency sees only how it was judged itself."""
        visible = self.filter(inspection__in=Inspection.objects.visible_to(user))
        if user.is_respondent:
            visible = visible.filter(Q(inspection__status__in=PUBLIC) | Q(subject_id=user.agency_id))
        return visible


class Judgement(models.Model):
    """The grade of one area, or that it was not graded. Belongs to its inspection, whose history it shares."""

    inspection = models.ForeignKey(
        Inspection, verbose_name=_("inspection"), on_delete=models.PROTECT, related_name="judgements"
    )
    area = models.ForeignKey(
        JudgementArea, verbose_name=_("area"), on_delete=models.PROTECT, related_name="judgements"
    )
    subject = models.ForeignKey(
        Agency,
        verbose_name=_("agency judged"),
        on_delete=models.PROTECT,
        related_name="judgements",
        help_text=_("A safeguarding board is judged apart from its council."),
    )
    grade = models.ForeignKey(
        Grade,
        verbose_name=_("grade"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="judgements",
        help_text=_("Empty: not graded."),
    )

    objects = JudgementQuerySet.as_manager()

    class Meta:
        verbose_name = _("judgement")
        ordering = ["area__order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "area", "subject"], name="judgement_once"),
        ]

    def __str__(self):
        return f"{self.area}: {self.given}"

    @property
    def given(self):
        return self.grade.label if self.grade else str(_("Not graded"))

    def clean(self):
        if self.area.framework_id != self.inspection.framework_id:
            raise ValidationError({"area": _("This area belongs to another framework.")})
        if self.grade and self.grade.scale_id != self.inspection.framework.grade_scale_id:
            raise ValidationError({"grade": _("This grade belongs to another scale.")})


class DateKind(models.TextChoices):
    FIELDWORK_FROM = "fieldwork_from", _("First day of fieldwork")
    FIELDWORK_TO = "fieldwork_to", _("Last day of fieldwork")
    PRE_PUBLICATION_LETTER = "pre_publication_letter", _("Pre-publication letter sent")
    PUBLISHED = "published", _("Published")


class StatedDate(models.Model):
    """What one source says of one of an inspection's dates. Sources may differ; one is preferred."""

    inspection = models.ForeignKey(
        Inspection, verbose_name=_("inspection"), on_delete=models.PROTECT, related_name="stated_dates"
    )
    kind = models.CharField(_("which date"), max_length=30, choices=DateKind.choices)
    stated = models.CharField(_("as stated"), max_length=80, help_text=_("For example, July 2016."))
    date = models.DateField(_("day"), null=True, blank=True, help_text=_("Empty when no day is stated."))
    source = models.CharField(_("source"), max_length=300)
    url = models.URLField(_("address of the source"), max_length=500, blank=True)
    preferred = models.BooleanField(_("preferred"), default=False)

    class Meta:
        verbose_name = _("stated date")
        ordering = ["kind", "-preferred", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["inspection", "kind"], condition=Q(preferred=True), name="stated_date_one_preferred"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.stated} ({self.source})"
