"""Correspondence about findings between agencies: who wrote to whom, at which level, what was asked and answered."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Channel, Recorded, RecordedQuerySet
from agencies.public_ids import new_public_id
from inspections.models import IllegalTransition

from .findings import Finding
from .life import Status


class Level(models.IntegerChoices):
    LOCAL = 0, _("Level 0: between agencies locally")
    LEAD = 1, _("Level 1: inspector to the safeguarding lead")
    CHIEF_OFFICER = 2, _("Level 2: manager to chief constable or director")
    INSPECTORATE = 3, _("Level 3: inspectorate to inspectorate")
    CHIEF_INSPECTOR = 4, _("Level 4: chief inspector to chief inspector")
    MONITORING = 5, _("Level 5: enhanced monitoring")


class LetterStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SENT = "sent", _("Sent")
    REPLIED = "replied", _("Replied")
    CLOSED = "closed", _("Closed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


LETTER_TRANSITIONS = {
    "send": ({LetterStatus.DRAFT}, LetterStatus.SENT, _("Send")),
    "reply": ({LetterStatus.SENT}, LetterStatus.REPLIED, _("Record the reply")),
    "close": ({LetterStatus.SENT, LetterStatus.REPLIED}, LetterStatus.CLOSED, _("Close")),
    "withdraw": ({LetterStatus.DRAFT}, LetterStatus.WITHDRAWN, _("Withdraw")),
}
SENT = (LetterStatus.SENT, LetterStatus.REPLIED, LetterStatus.CLOSED)


def reply_is(how, on):
    """Of letters that asked for a reply by a day: late (none came before that day), in_time or replied_late, as of
    the day."""
    asked = Q(reply_due_on__isnull=False)
    if how == "late":
        return asked & Q(reply_due_on__lt=on) & (Q(replied_on=None) | Q(replied_on__gte=on))
    in_time = Q(replied_on__lte=F("reply_due_on"))
    return asked & Q(replied_on__lt=on) & (in_time if how == "in_time" else ~in_time)


class LetterQuerySet(RecordedQuerySet):
    def visible_to(self, user):
        """An inspector's own, a manager's inspectorate's; sent ones also for the agency addressed; auditors read all.
        What was public when it was recorded is for everybody with a role."""
        if not user.has_a_role:
            return self.none()
        if user.is_auditor:
            return self
        rule = Q(public=True)
        if user.is_manager:
            rule |= Q(from_agency_id=user.agency_id)
        if user.is_inspector:
            rule |= Q(author=user, from_agency_id=user.agency_id)
        if user.is_inspector or user.is_manager or user.is_respondent:
            rule |= Q(to_agency_id=user.agency_id, status__in=SENT)
        return self.filter(rule)

    def sent(self):
        return self.filter(status__in=SENT)

    def awaiting_reply(self):
        return self.filter(status=LetterStatus.SENT)

    def overdue(self, on):
        return self.awaiting_reply().filter(reply_due_on__lt=on)

    def by_reply(self, how, on):
        """Sent letters that asked for a reply, by how it came: `reply_is`."""
        return self.sent().filter(reply_is(how, on))

    def known_on(self, day):
        """Sent before that day began."""
        return self.sent().filter(sent_on__lt=day)


class Letter(Recorded):
    """One letter and its reply."""

    HISTORY = (
        "level",
        "from_agency",
        "to_agency",
        "subject",
        "text",
        "asks",
        "findings",
        "status",
        "sent_on",
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
    to_agency = models.ForeignKey(
        Agency, verbose_name=_("to"), on_delete=models.PROTECT, related_name="letters_received"
    )
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"), max_length=20000, blank=True)
    asks = models.TextField(
        _("what is asked"), max_length=4000, blank=True, help_text=_("One request on each line.")
    )
    findings = models.ManyToManyField(Finding, verbose_name=_("findings"), blank=True, related_name="letters")
    status = models.CharField(
        _("status"), max_length=10, choices=LetterStatus.choices, default=LetterStatus.DRAFT, editable=False
    )
    sent_on = models.DateField(_("sent on"), null=True, editable=False)
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

    # Who may do what (asked of a visible letter)

    def is_of(self, user):
        return (user.is_inspector or user.is_manager) and self.from_agency_id == user.agency_id

    def may_be_edited_by(self, user):
        """Drafts: those of level 1 by their author and managers, the others by managers."""
        if self.status != LetterStatus.DRAFT or not self.is_of(user):
            return False
        return user.is_manager or (self.level <= Level.LEAD and self.author_id == user.pk)

    def next_steps_for(self, user):
        asked = {
            "send": self.is_of(user) and user.is_manager,
            "reply": self.is_of(user) and user.is_manager,
            "close": self.is_of(user) and user.is_manager,
            "withdraw": self.may_be_edited_by(user),
        }
        return [
            verb for verb, allowed in asked.items() if allowed and self.status in LETTER_TRANSITIONS[verb][0]
        ]

    # Verbs

    @classmethod
    def draft(cls, *, by, values, submission_key="", channel=Channel.PAGE):
        letter = cls(author=by, from_agency=by.agency, submission_key=submission_key)
        return letter._add("drafted", by=by, channel=channel, values=values)

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
            prepare=lambda current: current.refuse_unless({LetterStatus.DRAFT}),
        )

    def send(self, *, by, on=None, expect=None, channel=Channel.PAGE):
        """Sends it: every finding that it names is published by then."""

        def prepare(current):
            if current.findings.exclude(status=Status.PUBLISHED).exists():
                raise IllegalTransition(
                    _("The letter names findings that are not published. Take them out first.")
                )
            current.sent_on = on or timezone.localdate()

        return self._step("send", by=by, expect=expect, channel=channel, prepare=prepare)

    def record_reply(self, *, by, text, on, expect=None, channel=Channel.PAGE):
        def prepare(current):
            current.replied_on, current.reply = on, text

        return self._step("reply", by=by, expect=expect, channel=channel, prepare=prepare)

    def close(self, *, by, reason="", expect=None, channel=Channel.PAGE):
        return self._step("close", by=by, reason=reason, expect=expect, channel=channel)

    def withdraw(self, *, by, reason, expect=None, channel=Channel.PAGE):
        return self._step("withdraw", by=by, reason=reason, expect=expect, channel=channel)

    def refuse_unless(self, allowed):
        """Raises IllegalTransition, with words for the person, unless the status is one of these."""
        if self.status not in allowed:
            raise IllegalTransition(
                _("This letter is now “%(status)s”, so this step is not possible.")
                % {"status": self.get_status_display()}
            )

    def _step(self, verb, *, by, reason="", expect=None, channel=Channel.PAGE, prepare=None):
        sources, target, _label = LETTER_TRANSITIONS[verb]

        def allow(current):
            current.refuse_unless(sources)
            if prepare:
                prepare(current)
            current.status = target

        return self._change(verb, by=by, reason=reason, expect=expect, channel=channel, prepare=allow)
