"""Inspections: their dates, judgements, people and life from planned to closed."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Channel, Kind
from agencies.public_ids import new_public_id

from .frameworks import Framework
from .life import PUBLIC, READ_FOR_POLICE, UNDER_WAY, Coverage, Provenance, Status
from .reading import InspectionQuerySet
from .steps import InspectionSteps

# Which field of the inspection the preferred date of a kind fills.
DATE_FIELDS = {
    "fieldwork_from": "fieldwork_from",
    "fieldwork_to": "fieldwork_to",
    "pre_publication_letter": "pre_publication_letter_on",
    "published": "published_on",
}


class Inspection(InspectionSteps):
    """One inspection of one agency under one framework."""

    HISTORY = (
        "reference",
        "framework",
        "lead_inspectorate",
        "partner_inspectorates",
        "inspected_agency",
        "participating_agencies",
        "cycle",
        "topic",
        "fieldwork_from",
        "fieldwork_to",
        "pre_publication_letter_on",
        "published_on",
        "embargo_until",
        "on_hold",
        "comments_due_on",
        "status",
        "paused_from",
        "report_url",
        "lead_inspector",
        "recommendations_printed",
        "coverage",
        "team",
        "follows",
        "notes",
    )
    NAMES_EXPECTED = frozenset({"lead_inspector"})

    UNCHECKED = frozenset({"submission_key"})

    public_id = models.CharField(
        _("public id"), max_length=20, unique=True, default=new_public_id, editable=False
    )
    reference = models.CharField(  # noqa: DJ001 - unique, and not allotted before publication
        _("reference"),
        max_length=40,
        null=True,
        unique=True,
        editable=False,
        help_text=_("Allotted at publication."),
    )
    framework = models.ForeignKey(
        Framework, verbose_name=_("framework"), on_delete=models.PROTECT, related_name="inspections"
    )
    lead_inspectorate = models.ForeignKey(
        Agency,
        verbose_name=_("lead inspectorate"),
        on_delete=models.PROTECT,
        related_name="led_inspections",
        help_text=_("Or the body that carried out the review."),
    )
    partner_inspectorates = models.ManyToManyField(
        Agency,
        verbose_name=_("partner inspectorates"),
        blank=True,
        related_name="partnered_inspections",
        limit_choices_to={"kind": Kind.INSPECTORATE},
    )
    inspected_agency = models.ForeignKey(
        Agency, verbose_name=_("inspected agency"), on_delete=models.PROTECT, related_name="inspections"
    )
    participating_agencies = models.ManyToManyField(
        Agency,
        verbose_name=_("other agencies inspected with it"),
        blank=True,
        related_name="participations",
    )
    cycle = models.CharField(
        _("cycle"), max_length=40, blank=True, help_text=_("For example, PEEL 2015. Leave empty if none.")
    )
    topic = models.CharField(
        _("topic"), max_length=160, blank=True, help_text=_("The theme of a joint inspection, for example.")
    )
    fieldwork_from = models.DateField(_("first day of fieldwork"), null=True, blank=True)
    fieldwork_to = models.DateField(_("last day of fieldwork"), null=True, blank=True)
    pre_publication_letter_on = models.DateField(_("pre-publication letter sent on"), null=True, blank=True)
    published_on = models.DateField(_("published on"), null=True, blank=True)
    published_at = models.DateTimeField(_("published in this register"), null=True, editable=False)
    published_here = models.BooleanField(
        default=False,
        editable=False,
        help_text=_("Became public by a step in this register, not before it was recorded here."),
    )
    embargo_until = models.DateTimeField(
        _("embargo until"),
        null=True,
        blank=True,
        help_text=_("At this moment it publishes itself, with its agreed findings."),
    )
    on_hold = models.BooleanField(
        _("publication on hold"),
        default=False,
        editable=False,
        help_text=_("Not published, whatever the embargo says: before an election, for example."),
    )
    comments_due_on = models.DateField(
        _("factual accuracy comments due on"), null=True, blank=True, editable=False
    )
    status = models.CharField(
        _("status"), max_length=20, choices=Status.choices, default=Status.PLANNED, editable=False
    )
    paused_from = models.CharField(
        _("status before the pause"), max_length=20, choices=Status.choices, blank=True, editable=False
    )
    report_url = models.URLField(_("link to the published report"), max_length=500, blank=True)
    lead_inspector = models.CharField(
        _("lead inspector"), max_length=120, blank=True, help_text=_("As printed in the report.")
    )
    recommendations_printed = models.PositiveSmallIntegerField(
        _("number of recommendations printed"), null=True, blank=True
    )
    coverage = models.CharField(
        _("what is recorded here"), max_length=10, choices=Coverage.choices, default=Coverage.ALL
    )
    team = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("team"), blank=True, related_name="inspections"
    )
    follows = models.ForeignKey(
        "self",
        verbose_name=_("follows"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="followed_by",
        help_text=_("The earlier inspection that this one follows up."),
    )
    notes = models.TextField(_("notes"), blank=True)
    provenance = models.CharField(
        max_length=10, choices=Provenance.choices, default=Provenance.ENTERED, editable=False
    )
    source = models.TextField(_("source"), blank=True, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("entered by"),
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )
    submission_key = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = InspectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("inspection")
        ordering = [F("published_on").desc(nulls_first=True), "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(fieldwork_to__gte=F("fieldwork_from"))
                | Q(fieldwork_to=None)
                | Q(fieldwork_from=None),
                name="inspection_fieldwork_ends_after_start",
                violation_error_message=_("The last day of fieldwork cannot be before the first."),
            ),
            models.CheckConstraint(
                condition=Q(published_on__gte=F("fieldwork_to"))
                | Q(published_on=None)
                | Q(fieldwork_to=None),
                name="inspection_published_after_fieldwork",
                violation_error_message=_("A report cannot be published before fieldwork ends."),
            ),
            models.CheckConstraint(
                condition=Q(published_on__gte=F("pre_publication_letter_on"))
                | Q(published_on=None)
                | Q(pre_publication_letter_on=None),
                name="inspection_letter_before_publication",
                violation_error_message=_("The pre-publication letter cannot be sent after publication."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=PUBLIC, published_at__isnull=False, reference__isnull=False)
                | (~Q(status__in=PUBLIC) & Q(published_at=None, reference=None)),
                name="inspection_public_exactly_when_published",
                violation_error_message=_("A reference is allotted at publication, not before."),
            ),
            models.CheckConstraint(
                condition=Q(status=Status.PAUSED, paused_from__in=UNDER_WAY)
                | (~Q(status=Status.PAUSED) & Q(paused_from="")),
                name="inspection_paused_from_somewhere",
            ),
            models.UniqueConstraint(
                fields=["author", "submission_key"],
                condition=~Q(submission_key=""),
                name="inspection_submitted_once",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-published_on"], name="inspection_published"),
            models.Index(fields=["inspected_agency", "-published_on"], name="inspection_of_agency"),
        ]

    def __str__(self):
        return f"{self.inspected_agency.full_name}, {self.label}"

    @property
    def label(self):
        """Framework and year: what tells one inspection of an agency from another."""
        day = self.published_on or self.fieldwork_to or self.fieldwork_from
        if self.cycle:
            return self.cycle if self.cycle.startswith("PEEL") else f"{self.framework.code} {self.cycle}"
        return f"{self.framework.code} {day.year}" if day else self.framework.code

    def get_absolute_url(self):
        return reverse("inspection", args=[self.public_id])

    def history_key(self):
        return self.public_id

    def snapshot(self):
        kept = super().snapshot()
        kept["judgements"] = sorted(
            [recorded.area.name, str(recorded.subject), recorded.given]
            for recorded in self.judgements.select_related("area", "grade", "subject")
        )
        kept["stated_dates"] = [
            [str(stated.kind), stated.stated, stated.source, stated.preferred]
            for stated in self.stated_dates.all()
        ]
        return kept

    @property
    def is_public(self):
        return self.status in PUBLIC

    @property
    def is_confidential(self):
        """Whether reading it is logged."""
        return not self.is_public

    @property
    def is_read_for_police(self):
        """Whether its findings about the police are recorded here, so that none recorded means none found."""
        return self.coverage in READ_FOR_POLICE

    @property
    def last_day(self):
        """The day that decides which force is concerned: the last of fieldwork, else of publication."""
        return self.fieldwork_to or self.published_on

    def force(self):
        """The force concerned: the inspected one, or the one policing the inspected council on the last day."""
        if self.inspected_agency.is_force:
            return self.inspected_agency
        return self.inspected_agency.force_on(self.last_day or timezone.localdate())

    # Verbs

    @classmethod
    def create(cls, *, by, values, submission_key="", channel=Channel.PAGE):
        """A planned inspection of the creator's own inspectorate; its creator joins the team."""
        inspection = cls(author=by, submission_key=submission_key, lead_inspectorate=by.agency)
        team = {*values.pop("team", []), by}
        return inspection._add("created", by=by, channel=channel, values={**values, "team": team})

    @classmethod
    @transaction.atomic
    def record_published(cls, *, by, values, judgements=(), stated_dates=(), channel, **identity):
        """An inspection that is already public elsewhere, with what its report says, as one event."""
        inspection = cls(author=by, **identity)
        inspection.status = Status.PUBLISHED
        inspection.published_at = timezone.now()

        def complete(saved):
            saved._replace_judgements(judgements)
            for stated in stated_dates:
                saved.stated_dates.create(**stated)

        inspection._set({name: value for name, value in values.items() if name not in cls.MANY})
        inspection.reference = inspection._next_reference()
        return inspection._add(
            "recorded as published", by=by, channel=channel, values=values, after_save=complete
        )

    MANY = ("partner_inspectorates", "participating_agencies", "team")

    def edit(self, *, by, values, expect, reason="", channel=Channel.PAGE):
        """Changes fields. `expect` is the version that the person saw."""
        return self._change("edited", by=by, values=values, expect=expect, reason=reason, channel=channel)

    def judge(self, *, by, judgements, expect=None, reason="", channel=Channel.PAGE):
        """Replaces the judgements by [(area, subject agency, grade or None for not graded)]."""
        return self._change(
            "judged",
            by=by,
            expect=expect,
            reason=reason,
            channel=channel,
            after_save=lambda saved: saved._replace_judgements(judgements),
        )

    def state_date(
        self, *, by, kind, stated, source, date=None, url="", preferred=False, channel=Channel.PAGE
    ):
        """Records what one source says of a date; a preferred one becomes the inspection's date."""

        def complete(saved):
            if preferred:
                saved.stated_dates.filter(kind=kind, preferred=True).update(preferred=False)
            # The same statement recorded again is the same row.
            row, _created = saved.stated_dates.get_or_create(
                kind=kind, stated=stated, source=source, date=date, url=url, defaults={"preferred": preferred}
            )
            if preferred and not row.preferred:
                row.preferred = True
                row.save()

        values = {DATE_FIELDS[kind]: date} if preferred else {}
        return self._change("date stated", by=by, channel=channel, values=values, after_save=complete)

    def _next_reference(self):
        """SIF-2016-STO; a second one of the same year and agency is SIF-2016-STO.2."""
        # Two publications for one agency wait for each other here, so that both get a reference of their own.
        Agency._base_manager.select_for_update().get(pk=self.inspected_agency_id)
        day = self.published_on or self.fieldwork_to
        stem = f"{self.framework.code}-{day.year if day else 'ND'}-{self.inspected_agency.short_code}"
        taken = set(
            Inspection._base_manager.filter(reference__startswith=stem).values_list("reference", flat=True)
        )
        number, reference = 1, stem
        while reference in taken:
            number += 1
            reference = f"{stem}.{number}"
        return reference

    def _replace_judgements(self, judgements):
        wanted = {(area.pk, subject.pk): (area, subject, grade) for area, subject, grade in judgements}
        for judgement in self.judgements.all():
            _area, _subject, grade = wanted.pop((judgement.area_id, judgement.subject_id), (None, None, None))
            if _area is None:
                judgement.delete()
            elif judgement.grade != grade:
                judgement.grade = grade
                judgement.clean()
                judgement.save()
        added = [
            self.judgements.model(inspection=self, area=area, subject=subject, grade=grade)
            for area, subject, grade in wanted.values()
        ]
        for judgement in added:
            judgement.clean()
        self.judgements.bulk_create(added)
