"""Findings: what an inspection found, about whom, how serious, and where the report says so."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Channel, Recorded
from agencies.public_ids import new_public_id
from inspections.models import IllegalTransition, Inspection, Provenance

from .life import SERIOUS, TRANSITIONS, UNPUBLISHED, WEAKNESSES, FindingType, Severity, Status
from .reading import FindingQuerySet
from .themes import Theme


class Finding(Recorded):
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
        return reverse("finding", args=[self.public_id])

    def history_key(self):
        return self.public_id

    def snapshot(self):
        kept = super().snapshot()
        kept["citations"] = [
            [citation.page, citation.paragraph, citation.quotation] for citation in self.citations.all()
        ]
        return kept

    def clean(self):
        earlier = self.recurrence_of
        if earlier is None or self._already_recurs_from(earlier):
            return
        if earlier.status != Status.PUBLISHED or earlier.inspection_id == self.inspection_id:
            raise ValidationError({"recurrence_of": _("Choose a published finding of another inspection.")})

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

    # Who may do what (asked of a visible finding).

    def may_be_edited_by(self, user):
        """A draft by all who work on the inspection; in review by its author and the lead's managers.

        An agreed finding goes back to draft first, so that nobody changes what somebody else agreed.
        """
        if not self.inspection.takes_findings_from(user):
            return False
        if self.status == Status.DRAFT:
            return True
        return self.status == Status.IN_REVIEW and (self.author_id == user.pk or self._is_managed_by(user))

    def may_be_withdrawn_by(self, user):
        """Before publication by its author or the lead's managers, afterwards by the managers alone."""
        if self.status == Status.WITHDRAWN or not self.inspection.is_worked_on_by(user):
            return False
        return self._is_managed_by(user) or (self.status != Status.PUBLISHED and self.author_id == user.pk)

    def next_steps_for(self, user):
        """The verbs that are legal now and that the person may use, `withdraw` apart."""
        if not self.inspection.is_worked_on_by(user):
            return []
        steps = []
        if self.status == Status.DRAFT:
            steps.append("submit")
        if self._is_managed_by(user):
            if self.status == Status.IN_REVIEW and self.author_id != user.pk:
                steps.append("agree")
            if self.status in (Status.IN_REVIEW, Status.AGREED):
                steps.append("return_to_draft")
            if self.status == Status.AGREED and self.inspection.is_public:
                steps.append("publish")
        return steps

    def history_for(self, user):
        """The events that the person may read, oldest first.

        All for the team, the lead's managers and auditors. For administrators and for the agency concerned
        those from publication on: earlier ones hold the words of drafts. For everybody else none.
        """
        events = self.events()
        if user.is_auditor or self.inspection.is_worked_on_by(user):
            return events
        concerned = user.is_respondent and self.attributed_to_id == user.agency_id
        if self.is_published and (user.is_administrator or concerned):
            published = events.filter(verb__in=("publish", "recorded as published")).first()
            return events.filter(sequence__gte=published.sequence) if published else events.none()
        return events.none()

    def _is_managed_by(self, user):
        return user.is_manager and self.inspection.lead_inspectorate_id == user.agency_id

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

    def move(self, verb, *, by, reason="", expect=None, channel=Channel.PAGE):
        """Takes one legal step of the finding's life. `expect` is the version that the person saw."""
        sources, target, _label = TRANSITIONS[verb]

        def prepare(current):
            current.refuse_unless(sources)
            if verb == "agree" and by is not None and by.pk == current.author_id:
                raise IllegalTransition(_("Somebody other than its author agrees a finding."))
            if verb == "publish":
                if not current.inspection.is_public:
                    raise IllegalTransition(_("A finding is published with its inspection, not before."))
                current.published_at = timezone.now()
                current.published_here = True
                current.reference = current._next_reference(current.inspection)
            if verb == "withdraw":
                current.withdrawn_at = timezone.now()
            current.status = target

        with transaction.atomic():
            if verb == "publish":
                # The inspection before the finding, as publication locks them: two at once wait, never deadlock.
                Inspection._base_manager.select_for_update().get(pk=self.inspection_id)
            return self._change(
                verb.replace("_", " "),
                by=by,
                reason=reason,
                expect=expect,
                channel=channel,
                prepare=prepare,
            )

    def refuse_unless(self, allowed):
        """Raises IllegalTransition, with words for the person, unless the status is one of these."""
        if self.status not in allowed:
            raise IllegalTransition(
                _("This finding is now “%(status)s”, so this step is not possible.")
                % {"status": self.get_status_display()}
            )

    @staticmethod
    def _next_reference(inspection):
        """SIF-2016-STO-03: the inspection's reference and the finding's number in order of publication."""
        numbers = [
            int(reference.rpartition("-")[2])
            for reference in Finding._base_manager.filter(
                inspection=inspection, reference__isnull=False
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
