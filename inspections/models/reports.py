"""The published report of an inspection, from the file that was handed in to the inspection that it belongs to."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.files import StoredKeyField, discard
from agencies.models import Agency, Channel, Job, RecordedQuerySet, ReferenceRecord
from agencies.public_ids import new_public_id

from .inspections import Inspection
from .life import IllegalTransition

READ_REPORT = "read_report"  # the kind of job
READER = "1"  # which reader reads now: raised when reports should be read anew


class Reading(models.TextChoices):
    """How far the register is with the file of a report."""

    LISTED = "listed", _("Not read here")
    WAITING = "waiting", _("To be read")
    READ = "read", _("Read")
    UNREADABLE = "unreadable", _("Could not be read")


class HandedInBefore(Exception):
    """The same file is here already; `report` is its record, which the person need not be able to see."""

    def __init__(self, report):
        super().__init__(report.sha256)
        self.report = report


class ReportQuerySet(RecordedQuerySet):
    def visible_to(self, user):
        """A report is as visible as its inspection; until it belongs to one, to those who work at the inspectorate
        that handed it in, and to auditors."""
        if not user.has_a_role:
            return self.none()
        if user.is_auditor:
            return self
        rule = Q(inspection__in=Inspection.objects.visible_to(user))
        if user.is_inspector or user.is_manager:
            rule |= Q(inspection=None, inspectorate_id=user.agency_id)
        return self.filter(rule)

    def worked_on_by(self, user):
        """Of those that the person sees, what their inspectorate handed in: its staff see what was proposed from it."""
        seen = self.visible_to(user)
        if user.is_auditor:
            return seen.exclude(inspectorate=None)
        if user.is_inspector or user.is_manager:
            return seen.filter(inspectorate_id=user.agency_id)
        return self.none()

    def published(self):
        return self.filter(inspection__in=Inspection.objects.published())


class Report(ReferenceRecord):
    """One PDF, known by its SHA-256: the same file is never recorded twice."""

    HISTORY = (
        "inspection",
        "title",
        "file_name",
        "sha256",
        "pages",
        "url",
        "reading",
        "problem",
        "reader",
        "facts",
        "notes",
        "inspectorate",
    )
    # Councils and their inspectors are named in titles.
    NAMES_EXPECTED = frozenset({"title", "file_name"})

    public_id = models.CharField(
        _("public id"), max_length=20, unique=True, default=new_public_id, editable=False
    )
    inspection = models.ForeignKey(
        Inspection,
        verbose_name=_("inspection"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reports",
        help_text=_("Empty until somebody has confirmed what the report says of it."),
    )
    title = models.CharField(_("title"), max_length=250)
    file_name = models.CharField(_("file name"), max_length=250)
    sha256 = models.CharField(_("SHA-256"), max_length=64, unique=True)
    pages = models.PositiveSmallIntegerField(
        _("pages"), null=True, blank=True, help_text=_("Empty until it is read.")
    )
    url = models.URLField(_("address"), max_length=500, blank=True)
    reading = models.CharField(
        _("reading"), max_length=12, choices=Reading.choices, default=Reading.LISTED, editable=False
    )
    problem = models.TextField(_("why it could not be read"), blank=True, editable=False)
    reader = models.CharField(_("read by version"), max_length=40, blank=True, editable=False)
    facts = models.JSONField(
        _("what it says of its inspection"),
        default=list,
        blank=True,
        editable=False,
        help_text=_("As read: name, value, page and words of each."),
    )
    notes = models.JSONField(_("what was not found"), default=list, blank=True, editable=False)
    stored_key = StoredKeyField(null=True, editable=False)
    inspectorate = models.ForeignKey(
        Agency,
        verbose_name=_("handed in by"),
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="reports_handed_in",
    )
    handed_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    handed_in_at = models.DateTimeField(_("handed in"), null=True, editable=False)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        ordering = ["inspection", "pk"]
        indexes = [models.Index(fields=["inspectorate", "-handed_in_at"], name="report_handed_in")]
        constraints = [
            models.CheckConstraint(
                condition=Q(inspection__isnull=False) | Q(inspectorate__isnull=False),
                name="report_of_an_inspection_or_handed_in",
                violation_error_message=_(
                    "A report belongs to an inspection, or an inspectorate handed it in."
                ),
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("report", args=[self.public_id])

    def history_key(self):
        return self.sha256

    @property
    def is_confidential(self):
        """Whether reading it is logged."""
        return self.inspection is None or not self.inspection.is_public

    @property
    def is_read(self):
        return self.reading == Reading.READ

    @property
    def is_waiting(self):
        return self.reading == Reading.WAITING

    def may_be_confirmed_by(self, user):
        """What it says of its inspection: by those who record inspections at the inspectorate that handed it in."""
        works_there = (user.is_inspector or user.is_manager) and user.agency_id == self.inspectorate_id
        return works_there and self.is_read

    # Verbs

    @classmethod
    def hand_in(cls, *, by, stored, reader, channel=Channel.PAGE):
        """Takes a stored file (agencies.files.Stored) and queues it to be read.

        Raises HandedInBefore for a file that is here already, unless it was only listed so far, or is one that an
        earlier reader could not read.
        """
        earlier = cls._base_manager.filter(sha256=stored.sha256).first()
        if earlier is not None:
            return earlier._take_file(by=by, stored=stored, reader=reader, channel=channel)
        report = cls(sha256=stored.sha256, title=stored.name, file_name=stored.name)
        report._set_file(by, stored)
        return report._add("handed in", by=by, channel=channel, after_save=_queue)

    def _take_file(self, *, by, stored, reader, channel):
        def prepare(current):
            gone_wrong = current.reading == Reading.UNREADABLE and current.reader != reader
            if current.reading != Reading.LISTED and not gone_wrong:
                raise HandedInBefore(current)
            # What another inspectorate tried in vain, or its inspection that is not published, stays its own.
            if not type(self).objects.visible_to(by).filter(pk=current.pk).exists():
                raise HandedInBefore(current)
            current._set_file(by, stored)

        return self._change("handed in", by=by, channel=channel, prepare=prepare, after_save=_queue)

    def _set_file(self, by, stored):
        self.stored_key, self.reading, self.problem = stored.key, Reading.WAITING, ""
        self.inspectorate, self.handed_in_by, self.handed_in_at = by.agency, by, timezone.now()

    @transaction.atomic
    def take_in(self, *, read, reader, by=None, channel=Channel.COMMAND):
        """Keeps what was read (inspections.reading.ReadReport): facts, notes and passages; once a person has
        confirmed the facts, those stay as they were confirmed."""

        def complete(current):
            if current.title == current.file_name:  # nobody has named it
                current.title = read.title[:250] or current.title
            current.pages, current.reader = read.pages, reader
            current.reading, current.problem = Reading.READ, ""
            current.facts = [[fact.name, str(fact.value), fact.page, fact.words] for fact in read.facts]
            current.notes = list(read.notes)

        return self._change(
            "read",
            by=by,
            channel=channel,
            prepare=complete,
            after_save=lambda saved: saved._replace_passages(read.paragraphs),
        )

    def refuse_file(self, *, problem, reader, by=None, channel=Channel.COMMAND):
        """Says why the file cannot be read. What is no report is not kept."""

        def prepare(current):
            if current.stored_key:
                discard(current.stored_key)
            current.stored_key = None
            current.reading, current.problem, current.reader = Reading.UNREADABLE, problem, reader

        return self._change("could not be read", by=by, channel=channel, prepare=prepare)

    def read_again(self, *, by, channel=Channel.COMMAND):
        """Queues a report that was read before, for a newer reader."""

        def prepare(current):
            if not current.is_read or not current.stored_key:
                raise IllegalTransition(_("There is no file of this report to read again."))
            current.reading = Reading.WAITING

        return self._change("queued again", by=by, channel=channel, prepare=prepare, after_save=_queue)

    def belong_to(self, inspection, *, by, expect=None, channel=Channel.PAGE):
        """Says of which inspection it is the report: once."""

        def prepare(current):
            if current.inspection_id not in (None, inspection.pk):
                raise IllegalTransition(_("This report belongs to an inspection already."))
            if not current.is_read:
                raise IllegalTransition(_("This report is not read yet."))
            current.inspection = inspection

        return self._change("matched", by=by, expect=expect, channel=channel, prepare=prepare)

    def _replace_passages(self, paragraphs):
        self.passages.all().delete()
        Passage.objects.bulk_create(
            Passage(
                report=self,
                order=order,
                page=paragraph.page,
                paragraph=paragraph.label[:120],
                headings=list(paragraph.headings),
                part=paragraph.part[:20],
                text=paragraph.text,
            )
            for order, paragraph in enumerate(paragraphs, 1)
        )


def _queue(report):
    Job.put(READ_REPORT, report)


class PassageQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A passage is as visible as its report."""
        return self.filter(report__in=Report.objects.visible_to(user))


class Passage(models.Model):
    """One paragraph of a report: its page, its label as printed, its text, and the headings that lead to it.

    Written when the report is read, and replaced as a whole when a newer reader reads it again: nothing refers to it.
    """

    report = models.ForeignKey(
        Report, verbose_name=_("report"), on_delete=models.PROTECT, related_name="passages"
    )
    order = models.PositiveIntegerField(_("order"), default=1)
    page = models.PositiveSmallIntegerField(_("page"))
    paragraph = models.CharField(_("paragraph"), max_length=120, blank=True)
    headings = models.JSONField(_("headings"), default=list, blank=True)
    part = models.CharField(_("part of the report"), max_length=20, blank=True)
    text = models.TextField(_("text"))

    objects = PassageQuerySet.as_manager()

    class Meta:
        verbose_name = _("passage")
        ordering = ["report", "order", "page", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(page__gte=1), name="passage_page_from_one"),
        ]

    def __str__(self):
        return f"{self.report}, page {self.page}, {self.paragraph}"

    def get_absolute_url(self):
        """Its place on the page of its report."""
        return f"{self.report.get_absolute_url()}#p{self.order}"
