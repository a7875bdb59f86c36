"""Findings: what an inspection found, about whom, how serious, and where the report says so."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Channel
from agencies.public_ids import new_public_id
from inspections.models import Inspection, Provenance

from .finding_steps import FindingSteps
from .life import SERIOUS, UNPUBLISHED, WEAKNESSES, FindingType, Severity, Status
from .reading import FindingQuerySet
from .themes import Theme


class Finding(FindingSteps):
    """One finding of one inspection, attributed to one agency, under one theme."""

    HISTORY = (
        "reference",
        "inspection",
        "finding_type",
        "attributed_to",
        "with_partners",
        "theme",
        "severity",
        "severity_rationale",
        "systemic",
        "summary",
        "detail",
        "recurrence_of",
        "status",
        "assigned_to",
    )

    UNCHECKED = frozenset({"submission_key"})

    public_id = models.CharField(
        _("public id"), max_length=20, unique=True, default=new_public_id, editable=False
    )
    reference = models.CharField(  # noqa: DJ001 - unique, and not allotted before publication
        _("reference"),
        max_length=50,
        null=True,
        unique=True,
        editable=False,
        help_text=_("Allotted at publication."),
    )
    inspection = models.ForeignKey(
        Inspection, verbose_name=_("inspection"), on_delete=models.PROTECT, related_name="findings"
    )
    finding_type = models.CharField(_("type"), max_length=30, choices=FindingType.choices)
    attributed_to = models.ForeignKey(
        Agency,
        verbose_name=_("attributed to"),
        on_delete=models.PROTECT,
        related_name="findings",
        help_text=_("Whose practice it is. Often not the inspected agency."),
    )
    with_partners = models.BooleanField(
        _("shared with partners"),
        default=False,
        help_text=_("The report names the agency together with others."),
    )
    theme = models.ForeignKey(
        Theme, verbose_name=_("theme"), on_delete=models.PROTECT, related_name="findings"
    )
    severity = models.CharField(_("severity"), max_length=10, choices=Severity.choices, blank=True)
    severity_rationale = models.TextField(
        _("why this severity"), blank=True, help_text=_("Needed for serious and critical.")
    )
    systemic = models.BooleanField(
        _("systemic"), default=False, help_text=_("Runs through the agency, beyond single cases or teams.")
    )
    summary = models.TextField(
        _("summary"),
        max_length=1000,
        help_text=_("One or two sentences. No names of children or families."),
    )
    detail = models.TextField(
        _("detail"),
        blank=True,
        help_text=_("Evidence, numbers and context. No names of children or families."),
    )
    recurrence_of = models.ForeignKey(
        "self",
        verbose_name=_("recurrence of"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="recurrences",
    )
    status = models.CharField(
        _("status"), max_length=20, choices=Status.choices, default=Status.DRAFT, editable=False
    )
    published_at = models.DateTimeField(_("published in this register"), null=True, editable=False)
    published_here = models.BooleanField(
        default=False,
        editable=False,
        help_text=_("Became public by a step in this register, not before it was recorded here."),
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, editable=False)
    corrected_at = models.DateTimeField(
        _("corrected"), null=True, editable=False, help_text=_("Reads as it does now since then.")
    )
    version_of = models.ForeignKey(
        "self",
        verbose_name=_("earlier version of"),
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="earlier_versions",
        help_text=_("Set on what a published finding said before a correction; never changed again."),
    )
    replaced_at = models.DateTimeField(_("replaced"), null=True, editable=False)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("assigned to"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="assigned_findings",
    )
    provenance = models.CharField(
        max_length=10, choices=Provenance.choices, default=Provenance.ENTERED, editable=False
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("author"),
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="findings",
    )
    submission_key = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(_("logged"), default=timezone.now, editable=False)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(finding_type__in=WEAKNESSES) & ~Q(severity=""))
                | (~Q(finding_type__in=WEAKNESSES) & Q(severity="")),
                name="finding_severity_of_weaknesses_only",
                violation_error_message=_("A weakness has a severity; a strength or observation has none."),
            ),
            models.CheckConstraint(
                condition=~Q(severity__in=SERIOUS) | ~Q(severity_rationale=""),
                name="finding_serious_has_rationale",
                violation_error_message=_("A serious or critical finding needs a written rationale."),
            ),
            models.CheckConstraint(
                condition=Q(status=Status.PUBLISHED, reference__isnull=False, published_at__isnull=False)
                | Q(status=Status.WITHDRAWN)
                | Q(status=Status.CORRECTED, reference__isnull=False, published_at__isnull=False)
                | Q(status__in=UNPUBLISHED, reference=None, published_at=None),
                name="finding_reference_when_published",
                violation_error_message=_("A reference is allotted at publication, not before."),
            ),
            models.CheckConstraint(
                condition=Q(status=Status.WITHDRAWN, withdrawn_at__isnull=False)
                | (~Q(status=Status.WITHDRAWN) & Q(withdrawn_at=None)),
                name="finding_withdrawn_at_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.CORRECTED, version_of__isnull=False, replaced_at__isnull=False)
                | (~Q(status=Status.CORRECTED) & Q(version_of=None, replaced_at=None)),
                name="finding_earlier_version_of_one",
            ),
            models.CheckConstraint(
                condition=Q(recurrence_of=None) | ~Q(recurrence_of=F("pk")),
                name="finding_recurs_from_another",
                violation_error_message=_("A finding is not a recurrence of itself."),
            ),
            models.UniqueConstraint(
                fields=["author", "submission_key"],
                condition=~Q(submission_key=""),
                name="finding_submitted_once",
            ),
        ]
        indexes = [
            models.Index(fields=["attributed_to", "status", "theme"], name="finding_agency_theme"),
            models.Index(fields=["inspection", "status"], name="finding_inspection"),
            models.Index(fields=["status", "finding_type", "severity"], name="finding_kind"),
        ]

    def __str__(self):
        return self.reference or self.public_id

    def get_absolute_url(self):
        """Of an earlier version the address of the finding."""
        return reverse("finding", args=[self.as_now.public_id])

    @property
    def as_now(self):
        """The finding itself; of an earlier version the one that was corrected."""
        return self.version_of if self.version_of_id else self

    def history_key(self):
        return self.public_id

    def snapshot(self):
        kept = super().snapshot()
        kept["citations"] = [
            [citation.page, citation.paragraph, citation.quotation] for citation in self.citations.all()
        ]
        if self.pk:
            kept["responses"] = [
                response.recorded() for response in self.responses.filter(recommendation=None)
            ]
        return kept

    def clean(self):
        if self.is_strength and self.pk and self.recommendations.exists():
            raise ValidationError({"finding_type": _("It carries recommendations, so it is not a strength.")})
        earlier = self.recurrence_of
        if earlier is None or self._already_recurs_from(earlier):
            return
        if earlier.status != Status.PUBLISHED or earlier.inspection_id == self.inspection_id:
            raise ValidationError({"recurrence_of": _("Choose a published finding of another inspection.")})
        ours, theirs = self.inspection.published_on, earlier.inspection.published_on
        if (ours and theirs and theirs > ours) or self._is_repeated_by(earlier):
            raise ValidationError({"recurrence_of": _("Choose a finding that was published earlier.")})

    def _is_repeated_by(self, other):
        """Whether the other one is linked to this one, over however many others."""
        while self.pk is not None and other is not None:
            if other.pk == self.pk:
                return True
            other = other.recurrence_of
        return False

    def _already_recurs_from(self, earlier):
        """A link made while the earlier finding was published stays when that one is withdrawn later."""
        return (
            self.pk is not None
            and type(self)._base_manager.filter(pk=self.pk, recurrence_of=earlier).exists()
        )

    @property
    def is_weakness(self):
        return self.finding_type in WEAKNESSES

    @property
    def is_strength(self):
        return self.finding_type == FindingType.STRENGTH

    @property
    def is_serious(self):
        return self.severity in SERIOUS

    @property
    def is_published(self):
        return self.status == Status.PUBLISHED

    @property
    def is_confidential(self):
        """Whether reading it is logged."""
        return not self.is_published

    # Verbs

    @classmethod
    def log(cls, *, by, inspection, values, citations=(), submission_key="", channel=Channel.PAGE):
        """A new draft. The same author's same submission key logs once: the second is an IntegrityError."""
        finding = cls(author=by, inspection=inspection, submission_key=submission_key)
        return finding._add(
            "logged",
            by=by,
            channel=channel,
            values=values,
            after_save=lambda saved: saved._replace_citations(citations),
        )

    @classmethod
    def record_published(cls, *, by, inspection, values, citations=(), channel, **identity):
        """A finding that a published report already states, as one event."""
        finding = cls(author=by, inspection=inspection, status=Status.PUBLISHED, **identity)
        finding.published_at = timezone.now()
        finding.reference = finding._next_reference(inspection)
        return finding._add(
            "recorded as published",
            by=by,
            channel=channel,
            values=values,
            after_save=lambda saved: saved._replace_citations(citations),
        )

    def edit(self, *, by, values, citations, expect, reason="", channel=Channel.PAGE):
        """Changes fields and citations. `expect` is the version that the person saw."""
        return self._change(
            "edited",
            by=by,
            values=values,
            expect=expect,
            reason=reason,
            channel=channel,
            prepare=lambda current: current.refuse_unless({Status.DRAFT, Status.IN_REVIEW}),
            after_save=lambda saved: saved._replace_citations(citations),
        )

    @staticmethod
    def _next_reference(inspection):
        """SIF-2016-STO-03: the inspection's reference and the finding's number in order of publication."""
        numbers = [
            int(reference.rpartition("-")[2])
            for reference in Finding._base_manager.filter(
                inspection=inspection, reference__isnull=False, version_of=None
            ).values_list("reference", flat=True)
        ]
        return f"{inspection.reference}-{max(numbers, default=0) + 1:02}"

    def _replace_citations(self, citations):
        wanted = [
            self.citations.model(finding=self, order=order, **fields)
            for order, fields in enumerate(citations, 1)
        ]
        kept = [
            (citation.report_id, citation.page, citation.paragraph, citation.quotation)
            for citation in self.citations.all()
        ]
        if kept == [(c.report_id, c.page, c.paragraph, c.quotation) for c in wanted]:
            return
        self.citations.all().delete()
        for citation in wanted:
            citation.full_clean(exclude=["finding"])
        self.citations.bulk_create(wanted)
