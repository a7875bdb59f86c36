"""How inspectorates judge: frameworks, what each judges, and the scale of its grades."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Kind, RecordedQuerySet, ReferenceRecord


class GradeScale(ReferenceRecord):
    """An ordered set of grades. Grades of two scales are never compared."""

    HISTORY = ("code", "name")
    NAMES_EXPECTED = frozenset({"name"})
    KNOWN_BY = ("name",)

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        verbose_name = _("grade scale")
        ordering = ["name"]

    def __str__(self):
        return self.name

    def history_key(self):
        return self.code


class Grade(ReferenceRecord):
    """One step of a scale; rank 1 is the best."""

    HISTORY = ("scale", "code", "label", "rank")
    NAMES_EXPECTED = frozenset({"label"})
    KNOWN_BY = ("label",)

    scale = models.ForeignKey(
        GradeScale, verbose_name=_("scale"), on_delete=models.PROTECT, related_name="grades"
    )
    code = models.SlugField(_("code"))
    label = models.CharField(_("label"), max_length=60)
    rank = models.PositiveSmallIntegerField(_("rank"), help_text=_("1 is the best."))

    class Meta:
        verbose_name = _("grade")
        ordering = ["scale", "rank"]
        constraints = [
            models.UniqueConstraint(
                fields=["scale", "code"],
                name="grade_code_in_scale",
                violation_error_message=_("This scale already has a grade with this code."),
            ),
            models.UniqueConstraint(
                fields=["scale", "rank"],
                name="grade_rank_in_scale",
                violation_error_message=_("This scale already has a grade of this rank."),
            ),
        ]

    def __str__(self):
        return self.label

    def history_key(self):
        return f"{self.scale.code}:{self.code}"


class FrameworkQuerySet(RecordedQuerySet):
    def visible_to(self, user):
        return self if user.has_a_role else self.none()

    def of(self, inspectorate):
        """Frameworks under which this inspectorate inspects."""
        return self.filter(inspectorates=inspectorate)


class Framework(ReferenceRecord):
    """The rules of a kind of inspection: who inspects, what is judged, on which scale."""

    HISTORY = (
        "code",
        "name",
        "inspectorates",
        "valid_from",
        "valid_to",
        "grade_scale",
        "evaluates_partnership",
        "joint",
        "source",
    )
    NAMES_EXPECTED = frozenset({"name"})
    KNOWN_BY = ("name",)

    code = models.CharField(
        _("code"), max_length=10, unique=True, help_text=_("Part of references, such as SIF.")
    )
    name = models.CharField(_("name"), max_length=160)
    inspectorates = models.ManyToManyField(
        Agency,
        verbose_name=_("inspectorates"),
        blank=True,
        related_name="frameworks",
        limit_choices_to={"kind": Kind.INSPECTORATE},
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    grade_scale = models.ForeignKey(
        GradeScale,
        verbose_name=_("grade scale"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="frameworks",
        help_text=_("Empty when the framework gives no grades."),
    )
    evaluates_partnership = models.BooleanField(
        _("evaluates partnership working"),
        default=False,
        help_text=_("Its graded inspections count in the share with weaknesses attributed to police."),
    )
    joint = models.BooleanField(
        _("joint inspection"), default=False, help_text=_("Counted apart, never pooled with others.")
    )
    source = models.TextField(_("source"), blank=True)

    objects = FrameworkQuerySet.as_manager()

    class Meta:
        verbose_name = _("framework")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")) | Q(valid_to=None) | Q(valid_from=None),
                name="framework_ends_after_start",
                violation_error_message=_("The last day cannot be before the first."),
            ),
        ]

    def __str__(self):
        return self.name

    def history_key(self):
        return self.code


class JudgementArea(ReferenceRecord):
    """One question that a framework judges."""

    HISTORY = ("framework", "code", "name", "order", "subject_kind")
    NAMES_EXPECTED = frozenset({"name"})
    KNOWN_BY = ("name",)

    framework = models.ForeignKey(
        Framework, verbose_name=_("framework"), on_delete=models.PROTECT, related_name="areas"
    )
    code = models.SlugField(_("code"), max_length=60)
    name = models.CharField(_("name"), max_length=160)
    order = models.PositiveSmallIntegerField(_("order"))
    subject_kind = models.CharField(
        _("kind of agency judged"),
        max_length=30,
        choices=Kind.choices,
        blank=True,
        help_text=_("Empty: the inspected agency. A safeguarding board is judged apart from its council."),
    )

    class Meta:
        verbose_name = _("judgement area")
        ordering = ["framework", "order"]
        constraints = [
            models.UniqueConstraint(
                fields=["framework", "code"],
                name="area_code_in_framework",
                violation_error_message=_("This framework already has an area with this code."),
            ),
        ]

    def __str__(self):
        return self.name

    def history_key(self):
        return f"{self.framework.code}:{self.code}"
