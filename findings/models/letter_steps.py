"""The steps of a letter's life, and who may take them."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Channel, Recorded
from inspections.models import IllegalTransition

from ..letters.text import names_in
from .letter_life import AGREED_FROM, LETTER_TRANSITIONS, LetterStatus, Level
from .life import Status


class LetterSteps(Recorded):
    """Agreeing, sending, answering, closing; figures while it is a draft."""

    class Meta:
        abstract = True

    @property
    def needs_agreement(self):
        """Whether a second person agrees to it before it is sent."""
        return self.level >= AGREED_FROM

    # Who may do what (asked of a visible letter)

    def is_of(self, user):
        return (user.is_inspector or user.is_manager) and self.from_agency_id == user.agency_id

    def is_addressed_to(self, user):
        """Who answers it: the safeguarding lead or a manager of the agency that it went to."""
        return (user.is_respondent or user.is_manager) and self.to_agency_id == user.agency_id

    def takes_part(self, user):
        """Whether steps are theirs at all, now or at another time."""
        return self.is_of(user) or self.is_addressed_to(user)

    def may_be_edited_by(self, user):
        """Drafts: those of level 1 by their author and managers, the others by managers."""
        if self.status != LetterStatus.DRAFT or not self.is_of(user):
            return False
        return user.is_manager or (self.level <= Level.LEAD and self.author_id == user.pk)

    def next_steps_for(self, user):
        manages = self.is_of(user) and user.is_manager
        agreed = self.status == LetterStatus.AGREED
        asked = {
            "agree": manages and self.needs_agreement and user.pk not in self.written_by(),
            "take_back": manages,
            "send": manages and (agreed or not self.needs_agreement),
            "acknowledge": self.is_addressed_to(user) and self.received_on is None,
            "reply": manages or self.is_addressed_to(user),
            "close": manages,
            "withdraw": manages if agreed else self.may_be_edited_by(user),
        }
        return [
            verb for verb, allowed in asked.items() if allowed and self.status in LETTER_TRANSITIONS[verb][0]
        ]

    def written_by(self):
        """The ids of those who had a hand in its words: they do not agree to it."""
        hands = self.events().filter(verb__in=("drafted", "edited", "figure added", "figure removed"))
        return {self.author_id, *hands.order_by().values_list("by", flat=True)}

    # Verbs

    def add_figure(self, *, by, name, code, query, place, expect, channel=Channel.PAGE):
        """A number or a table for its text to hold as {{ name }}."""

        return self._change(
            "figure added",
            by=by,
            expect=expect,
            channel=channel,
            prepare=while_draft,
            after_save=lambda saved: saved._hold(name=name, code=code, query=query, place=place),
        )

    def _hold(self, **fields):
        figure = self.figures.model(letter=self, **fields)
        figure.full_clean(exclude={"letter", "place"})
        figure.save()

    def remove_figure(self, *, by, name, expect, channel=Channel.PAGE):
        return self._change(
            "figure removed",
            by=by,
            expect=expect,
            channel=channel,
            prepare=while_draft,
            after_save=lambda saved: saved.figures.filter(name=name).delete(),
        )

    def agree(self, *, by, expect=None, channel=Channel.PAGE):
        """A second person agrees to it: nobody who had a hand in its words."""

        def prepare(current):
            if by.pk in current.written_by():
                raise IllegalTransition(_("Somebody who did not write it agrees to a letter."))
            current.refuse_unpublished()
            current.agreed_by = by

        return self._step("agree", by=by, expect=expect, channel=channel, prepare=prepare)

    def take_back(self, *, by, reason, expect=None, channel=Channel.PAGE):
        def prepare(current):
            current.agreed_by = None

        return self._step("take_back", by=by, reason=reason, expect=expect, channel=channel, prepare=prepare)

    def send(self, *, by, frozen=(), on=None, expect=None, channel=Channel.PAGE):
        """Sends it: every finding that it names is published by then.

        `frozen`: (figure, what is sent of it, rows) of each figure that its text holds, as
        `findings.letters.freezing` takes them; from then on these are what the letter says. Figures that the text
        does not hold go.
        """

        def prepare(current):
            current.refuse_unpublished()
            current._refuse_unfrozen({figure.name for figure, _sent, _rows in frozen})
            if current.needs_agreement and current.status != LetterStatus.AGREED:
                raise IllegalTransition(_("A second person agrees to a letter of this level first."))
            current.sent_on = on or timezone.localdate()

        def freeze(saved):
            now = timezone.now()
            saved.figures.exclude(pk__in=[figure.pk for figure, _sent, _rows in frozen]).delete()
            for figure, sent, rows in frozen:
                figure.frozen, figure.frozen_at = sent, now
                figure.save(update_fields=["frozen", "frozen_at"])
                figure.rows.model.objects.bulk_create(
                    [figure.rows.model(figure=figure, **row) for row in rows], batch_size=500
                )

        return self._step("send", by=by, expect=expect, channel=channel, prepare=prepare, after_save=freeze)

    def acknowledge(self, *, by, expect=None, channel=Channel.PAGE):
        """The agency that it went to has it."""

        def prepare(current):
            if current.received_on is not None:
                raise IllegalTransition(_("Its receipt is confirmed already."))
            current.received_on = timezone.localdate()

        return self._step("acknowledge", by=by, expect=expect, channel=channel, prepare=prepare)

    def record_reply(self, *, by, text, on, answers=(), disputes=(), expect=None, channel=Channel.PAGE):
        """The reply, written by the agency or recorded on its behalf.

        `answers`: field values of a position on each thing asked; `disputes`: of facts that are disputed.
        """

        def prepare(current):
            current.replied_on, current.reply = on, text

        def keep(saved):
            for related, rows in ((saved.answers, answers), (saved.disputes, disputes)):
                for values in rows:
                    row = related.model(letter=saved, **values)
                    row.full_clean(exclude={"letter"}, validate_unique=False)
                    row.save()

        return self._step("reply", by=by, expect=expect, channel=channel, prepare=prepare, after_save=keep)

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

    def _refuse_unfrozen(self, names):
        """A figure in the text without what is sent of it is a mistake of the caller: nothing is sent."""
        held = self.figures.filter(name__in=names_in(self.text)).values_list("name", flat=True)
        if missing := set(held) - names:
            raise ValueError(f"Figures of the letter are not frozen: {sorted(missing)}")

    def refuse_unpublished(self):
        """Raises IllegalTransition if it names a finding that is not published."""
        if self.findings.exclude(status=Status.PUBLISHED).exists():
            raise IllegalTransition(
                _("The letter names findings that are not published. Take them out first.")
            )

    def _step(self, verb, *, by, reason="", expect=None, channel=Channel.PAGE, prepare=None, after_save=None):
        sources, target, _label = LETTER_TRANSITIONS[verb]

        def allow(current):
            current.refuse_unless(sources)
            if prepare:
                prepare(current)
            current.status = target

        return self._change(
            verb.replace("_", " "),
            by=by,
            reason=reason,
            expect=expect,
            channel=channel,
            prepare=allow,
            after_save=after_save,
        )


def while_draft(current):
    current.refuse_unless({LetterStatus.DRAFT})
