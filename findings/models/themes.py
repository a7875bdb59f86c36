"""Themes: the list by which findings are told apart. Changing the list never rewrites history."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import BigIntegerField, Case, F, Q, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Channel, RecordedQuerySet, ReferenceRecord


class ThemeQuerySet(RecordedQuerySet):
    def visible_to(self, user):
        return self if user.has_a_role else self.none()

    def current(self):
        """Themes that new findings may have."""
        return self.filter(retired_on=None)


class Theme(ReferenceRecord):
    """One theme. A retired one keeps its findings; a merged one is counted with the theme that took it over."""

    HISTORY = (
        "code",
        "name",
        "definition",
        "includes",
        "excludes",
        "parent",
        "order",
        "retired_on",
        "retired_into",
    )
    NAMES_EXPECTED = frozenset({"name"})
    KNOWN_BY = ("name",)

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    definition = models.TextField(_("definition"))
    includes = models.TextField(_("includes"), blank=True)
    excludes = models.TextField(_("excludes"), blank=True)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("parent"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
    )
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    retired_on = models.DateField(_("retired on"), null=True, blank=True, editable=False)
    retired_into = models.ForeignKey(
        "self",
        verbose_name=_("merged into"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="absorbed",
    )

    objects = ThemeQuerySet.as_manager()

    class Meta:
        verbose_name = _("theme")
        ordering = ["order", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(retired_into=None) | Q(retired_on__isnull=False), name="theme_merged_when_retired"
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("theme", args=[self.code])

    def history_key(self):
        return self.code

    @property
    def is_retired(self):
        return self.retired_on is not None

    def with_absorbed(self):
        """Ids of this theme and of all themes merged into it, directly or through another."""
        return self.families()[self.pk]

    def counted_with(self, on):
        """The theme with which this one is counted, as merged by that day: itself, or the one that took it over."""
        theme = self
        while theme.retired_into is not None and theme.retired_on <= on:
            theme = theme.retired_into
        return theme

    @classmethod
    def families(cls, on=None):
        """{theme id: ids of the theme and all merged into it}, as merged by that day, or by now."""
        merged_into = {
            pk: None if on is not None and retired_on is not None and retired_on > on else into
            for pk, into, retired_on in cls.objects.order_by().values_list(
                "pk", "retired_into_id", "retired_on"
            )
        }
        families = {pk: {pk} for pk in merged_into}
        for pk in merged_into:
            target = merged_into[pk]
            while target is not None and pk not in families[target]:
                families[target].add(pk)
                target = merged_into[target]
        return families

    @classmethod
    def counted_as(cls, on=None, column="theme"):
        """An expression: the id of the theme with which a finding's theme is counted, as merged by that day."""
        families = cls.families(on)
        absorbed = {member for pk, family in families.items() for member in family if member != pk}
        merged = [
            When(**{f"{column}__in": family - {pk}}, then=Value(pk))
            for pk, family in families.items()
            if pk not in absorbed and len(family) > 1
        ]
        return Case(*merged, default=F(column), output_field=BigIntegerField())

    def clean(self):
        parent, seen = self.parent, {self.pk}
        while parent is not None:
            if parent.pk in seen and parent.pk is not None:
                raise ValidationError({"parent": _("A theme cannot stand below itself.")})
            seen.add(parent.pk)
            parent = parent.parent

    def retire(self, *, by, reason, into=None, on=None, channel=Channel.ADMIN):
        """Takes the theme off the list for new findings; `into` says which theme carries it on."""

        def prepare(current):
            if current.is_retired:
                raise ValidationError(_("“%(theme)s” is retired already.") % {"theme": current})
            if into is not None and (into.is_retired or into.pk == current.pk):
                raise ValidationError(_("Merge into another theme that is in use."))
            current.retired_on = on or timezone.localdate()
            current.retired_into = into

        verb = "merged" if into else "retired"
        return self._change(verb, by=by, channel=channel, reason=reason, prepare=prepare)
