"""Figures in a letter: live until it is sent, then what was sent and the very rows behind it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .letters import Letter


class LetterFigure(models.Model):
    """A number or a table that the text of a letter may hold as {{ name }}. Belongs to its letter, whose history
    it shares."""

    letter = models.ForeignKey(
        Letter, verbose_name=_("letter"), on_delete=models.PROTECT, related_name="figures"
    )
    name = models.SlugField(
        _("name"), max_length=40, db_index=False, help_text=_("Stands in the text of the letter.")
    )
    code = models.CharField(_("figure"), max_length=60)
    query = models.CharField(
        _("asked of"), max_length=500, help_text=_("Day, window and scope, as in the figure’s address.")
    )
    place = models.PositiveSmallIntegerField(
        _("which number"), null=True, help_text=_("Counted from 0; empty: the figure’s table.")
    )
    frozen = models.JSONField(_("as sent"), null=True, editable=False)
    frozen_at = models.DateTimeField(_("taken at"), null=True, editable=False)

    class Meta:
        verbose_name = _("figure in a letter")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["letter", "name"], name="letter_figure_named_once"),
            models.CheckConstraint(
                condition=models.Q(frozen=None, frozen_at=None)
                | models.Q(frozen__isnull=False, frozen_at__isnull=False),
                name="letter_figure_frozen_at_a_moment",
            ),
        ]

    def __str__(self):
        return self.name

    def recorded(self):
        """As the letter's history keeps it."""
        kept = [self.name, self.code, self.query, self.place]
        return [*kept, self.frozen["words"], self.frozen["digest"]] if self.frozen else kept


class FrozenRow(models.Model):
    """One record that a figure counted when its letter was sent, in the words that it had then. Never changed."""

    figure = models.ForeignKey(
        LetterFigure, verbose_name=_("figure"), on_delete=models.PROTECT, related_name="rows"
    )
    places = models.JSONField(
        _("counted as"), help_text=_("“counted” or “of”; in a table row and column, as 2.3.")
    )
    kind = models.CharField(_("kind of record"), max_length=60)
    key = models.CharField(_("public id"), max_length=20)
    at_version = models.PositiveIntegerField(_("version"))
    words = models.JSONField(_("as it read"))

    class Meta:
        verbose_name = _("row behind a figure")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["figure", "kind", "key"], name="frozen_row_once"),
        ]

    def __str__(self):
        return self.words.get("title", self.key)
