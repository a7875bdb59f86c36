"""Proposals: what a reader thinks a report finds, passage by passage, and what a person decided about each."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Channel, RecordedQuerySet
from agencies.public_ids import new_public_id
from inspections.models import Report

from .findings import Finding
from .life import FindingType, Severity
from .proposal_steps import DECIDED, ProposalStatus, ProposalSteps
from .themes import Theme


class ProposalQuerySet(RecordedQuerySet):
    def visible_to(self, user):
        """For the staff of the inspectorate that handed the report in, where they see the report, and auditors."""
        return self.filter(report__in=Report.objects.worked_on_by(user))

    def open(self):
        return self.filter(status=ProposalStatus.OPEN)

    def decided(self):
        """By a person: accepted, accepted with changes, merged or rejected."""
        return self.filter(status__in=DECIDED)

    def judged(self):
        """Decided by themselves, so that it says whether the reader was right: what was merged into another, or
        rejected with it, says no more than that one."""
        return self.to_learn_from().filter(merged_into=None)

    def to_learn_from(self):
        """What a reader is trained on: accepted or rejected, the oldest decision first, each with text, range and both
        answers."""
        answered = (ProposalStatus.ACCEPTED, ProposalStatus.EDITED, ProposalStatus.REJECTED)
        decided = self.filter(status__in=answered).select_related("theme", "decided_theme")
        return decided.order_by("decided_at", "pk")


class Proposal(ProposalSteps):
    """One place in a report that may be a finding. Never deleted: a newer reading supersedes those still open.

    `text` is the whole passage as the reader had it, `start` and `end` the range proposed, `reasons` the ranges of
    the words that decided, all in characters of `text`. Places with the same `group` say the same thing: they are
    confirmed as one finding with several citations.
    """

    HISTORY = (
        "report",
        "page",
        "paragraph",
        "finding_type",
        "attributed_to",
        "theme",
        "severity",
        "reader",
        "status",
        "merged_into",
        "finding",
        "decided_type",
        "decided_attributed_to",
        "decided_theme",
        "decided_severity",
    )

    NAMES_EXPECTED = frozenset({"paragraph"})  # as printed

    public_id = models.CharField(
        _("public id"), max_length=20, unique=True, default=new_public_id, editable=False
    )
    report = models.ForeignKey(
        Report, verbose_name=_("report"), on_delete=models.PROTECT, related_name="proposals"
    )
    order = models.PositiveIntegerField(_("order"))
    group = models.PositiveIntegerField(_("group"), null=True, blank=True)
    page = models.PositiveSmallIntegerField(_("page"))
    paragraph = models.CharField(_("paragraph"), max_length=120, blank=True)
    text = models.TextField(_("passage"))
    start = models.PositiveIntegerField(_("from character"))
    end = models.PositiveIntegerField(_("to character"))
    reasons = models.JSONField(_("deciding words"), default=list, blank=True)
    finding_type = models.CharField(_("type"), max_length=30, choices=FindingType.choices)
    attributed_to = models.ForeignKey(
        Agency,
        verbose_name=_("attributed to"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Empty where the reader could not tell."),
    )
    with_partners = models.BooleanField(_("shared with partners"), default=False)
    theme = models.ForeignKey(
        Theme, verbose_name=_("theme"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    severity = models.CharField(_("severity"), max_length=10, choices=Severity.choices, blank=True)
    reader = models.CharField(_("proposed by version"), max_length=40)
    status = models.CharField(
        _("status"),
        max_length=12,
        choices=ProposalStatus.choices,
        default=ProposalStatus.OPEN,
        editable=False,
    )
    merged_into = models.ForeignKey(
        "self",
        verbose_name=_("merged into"),
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="merged",
    )
    finding = models.ForeignKey(
        Finding,
        verbose_name=_("finding"),
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="proposals",
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    decided_type = models.CharField(
        _("type as decided"), max_length=30, choices=FindingType.choices, blank=True, editable=False
    )
    decided_attributed_to = models.ForeignKey(
        Agency,
        verbose_name=_("attributed to, as decided"),
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )
    decided_theme = models.ForeignKey(
        Theme,
        verbose_name=_("theme as decided"),
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )
    decided_severity = models.CharField(
        _("severity as decided"), max_length=10, choices=Severity.choices, blank=True, editable=False
    )

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposed finding")
        ordering = ["report", "order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=(ProposalStatus.OPEN, ProposalStatus.SUPERSEDED), decided_by=None)
                | Q(status__in=DECIDED, decided_by__isnull=False, decided_at__isnull=False),
                name="proposal_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=(ProposalStatus.ACCEPTED, ProposalStatus.EDITED))
                | Q(finding__isnull=False),
                name="proposal_accepted_as_a_finding",
            ),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="proposal_of_some_words"),
        ]
        indexes = [models.Index(fields=["report", "status", "order"], name="proposal_to_decide")]

    def __str__(self):
        return _("page %(page)s, %(words)s") % {"page": self.page, "words": self.words[:60]}

    def get_absolute_url(self):
        return reverse("proposal", args=[self.public_id])

    def history_key(self):
        return self.public_id

    is_confidential = True  # whether reading it is logged: what was proposed is never published

    @property
    def inspection_id(self):
        return self.report.inspection_id

    @property
    def inspectorate_id(self):
        return self.report.inspectorate_id

    @property
    def words(self):
        """The range that is proposed as a finding."""
        return self.text[self.start : self.end]

    @property
    def deciding_words(self):
        return [self.text[start:end] for start, end in self.reasons]

    @classmethod
    def propose(cls, *, by, report, values, channel=Channel.COMMAND):
        """A new one, open. By nobody: a reader proposes."""
        return cls(report=report)._add("proposed", by=by, channel=channel, values=values)
