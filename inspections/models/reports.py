"""The published report of an inspection and the passages that findings cite."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models import RecordedQuerySet, ReferenceRecord

from .inspections import Inspection


class ReportQuerySet(RecordedQuerySet):
    def visible_to(self, user):
        """A report is as visible as its inspection."""
        return self.filter(inspection__in=Inspection.objects.visible_to(user))

    def published(self):
        return self.filter(inspection__in=Inspection.objects.published())


class Report(ReferenceRecord):
    """One PDF, known by its SHA-256: the same file is never recorded twice."""

    HISTORY = ("inspection", "title", "file_name", "sha256", "pages", "url")

    inspection = models.ForeignKey(
        Inspection, verbose_name=_("inspection"), on_delete=models.PROTECT, related_name="reports"
    )
    title = models.CharField(_("title"), max_length=250)
    file_name = models.CharField(_("file name"), max_length=250)
    sha256 = models.CharField(_("SHA-256"), max_length=64, unique=True)
    pages = models.PositiveSmallIntegerField(_("pages"))
    url = models.URLField(_("address"), max_length=500, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        ordering = ["inspection", "pk"]

    def __str__(self):
        return self.title

    def history_key(self):
        return self.sha256


class Passage(models.Model):
    """One paragraph of a report: its page, its label as printed, its text. Written once, when the report is read."""

    report = models.ForeignKey(
        Report, verbose_name=_("report"), on_delete=models.PROTECT, related_name="passages"
    )
    page = models.PositiveSmallIntegerField(_("page"))
    paragraph = models.CharField(_("paragraph"), max_length=120)
    text = models.TextField(_("text"))

    class Meta:
        verbose_name = _("passage")
        ordering = ["report", "page", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(page__gte=1), name="passage_page_from_one"),
        ]

    def __str__(self):
        return f"{self.report}, page {self.page}, {self.paragraph}"
