"""Where a report says what a finding says: page and paragraph."""

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from inspections.models import Report

from .findings import Finding


class Citation(models.Model):
    """Where a report says it: page and paragraph. Belongs to its finding, whose history it shares."""

    finding = models.ForeignKey(
        Finding, verbose_name=_("finding"), on_delete=models.PROTECT, related_name="citations"
    )
    report = models.ForeignKey(
        Report,
        verbose_name=_("report"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="citations",
    )
    order = models.PositiveSmallIntegerField(default=1, editable=False)
    page = models.PositiveSmallIntegerField(_("page"), validators=[MinValueValidator(1)])
    paragraph = models.CharField(
        _("paragraph"),
        max_length=120,
        blank=True,
        help_text=_("As printed: 17, recommendation 10, summary."),
    )
    quotation = models.CharField(
        _("short quotation"), max_length=300, blank=True, help_text=_("A few words, to find the place.")
    )

    class Meta:
        verbose_name = _("citation")
        ordering = ["order", "pk"]

    def __str__(self):
        return _("page %(page)s") % {"page": self.page} + (f", {self.place}" if self.paragraph else "")

    @property
    def place(self):
        """The paragraph in words: a bare number is a paragraph's."""
        if self.paragraph.isdigit():
            return _("paragraph %(number)s") % {"number": self.paragraph}
        return self.paragraph
