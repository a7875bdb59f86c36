"""Correspondence about findings between agencies: who wrote to whom, at which level, what was asked and answered."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Channel
from agencies.public_ids import new_public_id

from .findings import Finding
from .letter_life import SENT, LetterStatus, Level, Post
from .letter_reading import LetterQuerySet
from .letter_steps import LetterSteps, while_draft
from .life import Status


class Letter(LetterSteps):
    """One letter and its reply."""

    HISTORY = (
        "level",
        "from_agency",
        "from_post",
        "to_agency",
        "to_post",
        "subject",
        "text",
        "asks",
        "enclosures",
        "findings",
        "status",
        "agreed_by",
        "sent_on",
        "received_on",
        "reply_due_on",
        "replied_on",
        "reply",
        "public",
        "source_url",
    )
    UNCHECKED = frozenset({"submission_key"})

    public_id = models.CharField(
        _("public id"), max_length=20, unique=True, default=new_public_id, editable=False
    )
    level = models.PositiveSmallIntegerField(_("level"), choices=Level.choices)
    from_agency = models.ForeignKey(
        Agency, verbose_name=_("from"), on_delete=models.PROTECT, related_name="letters_written"
    )
    from_post = models.CharField(
        _("written as"), max_length=20, choices=Post.choices, blank=True, db_default=""
    )
    to_agency = models.ForeignKey(
        Agency, verbose_name=_("to"), on_delete=models.PROTECT, related_name="letters_received"
    )
    to_post = models.CharField(
        _("for the attention of"), max_length=20, choices=Post.choices, blank=True, db_default=""
    )
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"), max_length=20000, blank=True)
    asks = models.TextField(
        _("what is asked"), max_length=4000, blank=True, help_text=_("One request on each line.")
    )
    enclosures = models.TextField(
        _("enclosures"), max_length=2000, blank=True, db_default="", help_text=_("One on each line.")
    )
    findings = models.ManyToManyField(Finding, verbose_name=_("findings"), blank=True, related_name="letters")
    status = models.CharField(
        _("status"), max_length=10, choices=LetterStatus.choices, default=LetterStatus.DRAFT, editable=False
    )
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("agreed by"),
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )
    sent_on = models.DateField(_("sent on"), null=True, editable=False)
    received_on = models.DateField(_("receipt confirmed on"), null=True, editable=False)
    reply_due_on = models.DateField(_("reply asked for by"), null=True, blank=True)
    replied_on = models.DateField(_("replied on"), null=True, editable=False)
    reply = models.TextField(_("reply"), max_length=20000, blank=True, editable=False)
    public = models.BooleanField(
        default=False, editable=False, help_text=_("Was published when it was recorded here.")
    )
    source_url = models.URLField(_("where it was published"), max_length=500, blank=True, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    submission_key = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        ordering = [F("sent_on").desc(nulls_first=True), "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_agency=F("to_agency")),
                name="letter_between_two_agencies",
                violation_error_message=_("A letter goes to another agency."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=SENT, sent_on__isnull=False) | (~Q(status__in=SENT) & Q(sent_on=None)),
                name="letter_sent_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(replied_on=None) | Q(replied_on__gte=F("sent_on")),
                name="letter_replied_after_sent",
                violation_error_message=_("A reply cannot come before the letter."),
            ),
            models.CheckConstraint(
                condition=~Q(status=LetterStatus.AGREED) | Q(agreed_by__isnull=False),
                name="letter_agreed_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["author", "submission_key"],
                condition=~Q(submission_key=""),
                name="letter_submitted_once",
            ),
        ]
        indexes = [models.Index(fields=["status", "sent_on"], name="letter_sent")]

    def __str__(self):
        return self.subject

    def get_absolute_url(self):
        return reverse("letter", args=[self.public_id])

    def history_key(self):
        return self.public_id

    def snapshot(self):
        kept = super().snapshot()
        if self.pk:
            kept["figures"] = [figure.recorded() for figure in self.figures.all()]
            kept["answers"] = [answer.recorded() for answer in self.answers.all()]
            kept["disputes"] = [dispute.recorded() for dispute in self.disputes.all()]
        return kept

    def visible_findings(self, user):
        return self.findings.all() & Finding.objects.visible_to(user).filter(status=Status.PUBLISHED)

    @property
    def is_confidential(self):
        """Whether reading it is logged: all but letters that were published elsewhere."""
        return not self.public

    @property
    def is_late(self):
        """Whether the reply that was asked for did not come by its date."""
        return (
            self.status == LetterStatus.SENT
            and self.reply_due_on is not None
            and self.reply_due_on < timezone.localdate()
        )

    @property
    def days_to_reply(self):
        return (self.replied_on - self.sent_on).days if self.replied_on else None

    # Verbs

    @classmethod
    def draft(cls, *, by, values, figures=(), submission_key="", channel=Channel.PAGE):
        """`figures`: (name, code, query, place) of those that its text holds."""

        def hold(saved):
            for name, code, query, place in figures:
                saved._hold(name=name, code=code, query=query, place=place)

        letter = cls(author=by, from_agency=by.agency, submission_key=submission_key)
        return letter._add("drafted", by=by, channel=channel, values=values, after_save=hold)

    @classmethod
    def record_public(cls, *, by, values, sent_on, replied_on=None, reply="", channel, **identity):
        """A letter that was published elsewhere, with its reply where there was one, as one event."""
        status = LetterStatus.REPLIED if replied_on else LetterStatus.SENT
        letter = cls(
            author=by,
            public=True,
            status=status,
            sent_on=sent_on,
            replied_on=replied_on,
            reply=reply,
            **identity,
        )
        return letter._add("recorded as published", by=by, channel=channel, values=values)

    def edit(self, *, by, values, expect, channel=Channel.PAGE):
        return self._change(
            "edited",
            by=by,
            values=values,
            expect=expect,
            channel=channel,
            prepare=while_draft,
        )
