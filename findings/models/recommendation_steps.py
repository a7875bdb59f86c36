"""The steps of a recommendation's life, and what each needs: from response to verified closure and back."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from agencies.models import Channel
from inspections.models import IllegalTransition

from .follow_up import NEEDS_REASON, NOT_DONE, NOT_ISSUED, OPEN, TRANSITIONS, RecommendationStatus
from .recommendation_rights import RecommendationRights

_S = RecommendationStatus


class RecommendationSteps(RecommendationRights):
    """The verbs by which an issued recommendation moves. Each is one transaction and one event."""

    class Meta:
        abstract = True

    # What the agency does

    def respond(self, *, by, position, text, received_on, expect=None, reason="", channel=Channel.PAGE):
        """The agency's response, or a further version of it. Earlier versions are kept beside it."""
        self._refuse_days_to_come(received_on)

        def refuse_earlier_days(locked):
            locked.refuse_unless(set(OPEN) - unanswered)
            before = locked.responses.current().order_by("-received_on").first()
            locked._refuse_days_before(before.received_on if before else locked.issued_on, received_on)

        def add_response(saved):
            saved.responses.model.add_version(
                by=by,
                finding=saved.finding,
                recommendation=saved,
                by_agency=saved.addressee,
                position=position,
                text=text,
                received_on=received_on,
            )

        unanswered = TRANSITIONS["respond"][0]
        if self._status_now() in unanswered:
            return self._step(
                "respond",
                by=by,
                on=received_on,
                reason=reason,
                expect=expect,
                channel=channel,
                after_save=add_response,
            )
        return self._change(
            "respond again",
            by=by,
            reason=reason,
            expect=expect,
            channel=channel,
            prepare=refuse_earlier_days,
            after_save=add_response,
        )

    def claim_completion(self, *, by, text, on, expect=None, reason="", channel=Channel.PAGE):
        """The agency, or an inspector on its behalf, says that it has done what was recommended."""

        def claim(current):
            current.claimed_on, current.claimed_by, current.claim = on, by, text

        return self._step("claim", by=by, on=on, reason=reason, expect=expect, channel=channel, prepare=claim)

    # What inspectorates do

    def verify(
        self,
        *,
        by,
        kind,
        on,
        progress,
        text,
        closes=False,
        through=None,
        evidence=(),
        expect=None,
        channel=Channel.PAGE,
    ):
        """What somebody other than author and claimant saw. `text` says what it rests on.

        Of a claim: none or insufficient progress sends it back to work; reasonable or good closes it where
        `closes` says so. Before a claim it is recorded and changes nothing else.
        """
        asked = {"by": by, "on": on, "closes": closes, "progress": progress, "through": through}
        locked_rules = {**asked, "evidence": tuple(evidence)}

        def add_verification(saved):
            row = saved.verifications.create(
                kind=kind, on=on, progress=progress, closes=closes, text=text, through=through, by=by
            )
            row.evidence.set(evidence)

        verb = self._verification_verb(progress, closes)
        if verb is None:
            self._refuse_days_to_come(on)
            return self._change(
                "progress recorded",
                by=by,
                reason=text,
                expect=expect,
                channel=channel,
                prepare=lambda current: current._refuse_verification(verb, **locked_rules),
                after_save=add_verification,
            )
        return self._step(
            verb,
            by=by,
            on=on,
            reason=text,
            expect=expect,
            channel=channel,
            prepare=lambda current: current._refuse_verification(verb, **locked_rules),
            after_save=add_verification,
        )

    def _verification_verb(self, progress, closes):
        if closes:
            return "verify_and_close"
        return "find_not_done" if self._status_now() == _S.CLAIMED and progress in NOT_DONE else None

    def _refuse_verification(self, verb, *, by, on, closes, progress, through, evidence):
        refuse_agencies(by)(self)
        if verb is None:
            self.refuse_unless(OPEN)
            self._refuse_days_before(self.issued_on, on)
            if self.status == _S.CLAIMED and progress in NOT_DONE:
                raise IllegalTransition(
                    _("Completion was claimed meanwhile. Read it again before you decide.")
                )
        if closes and progress in NOT_DONE:
            raise IllegalTransition(_("A recommendation is closed on reasonable or good progress only."))
        if through is not None and not through.is_public:
            raise IllegalTransition(_("An inspection verifies once it is published."))
        if any(shown.recommendation_id != self.pk for shown in evidence):
            raise IllegalTransition(_("A verification rests on evidence for this recommendation."))
        self._refuse_own(by)

    def _refuse_own(self, by):
        """Nobody judges what they wrote, or claimed on the agency's behalf."""
        if by is not None and by.pk in (self.finding.author_id, self.author_id, self.claimed_by_id):
            raise IllegalTransition(
                _("Somebody other than the author and other than whoever claimed completion does this.")
            )

    def close_not_implemented(self, *, by, reason, on=None, expect=None, channel=Channel.PAGE):
        """Ends it unfulfilled, by those who might have verified it."""

        def allow(current):
            refuse_agencies(by)(current)
            current._refuse_own(by)

        return self._step(
            "close_not_implemented",
            by=by,
            on=on,
            reason=reason,
            expect=expect,
            channel=channel,
            prepare=allow,
        )

    def reopen(self, *, by, reason, on=None, expect=None, channel=Channel.PAGE):
        """Opens a closed one again. Its age still counts from first issue; its due dates stay."""
        return self._step(
            "reopen",
            by=by,
            on=on,
            reason=reason,
            expect=expect,
            channel=channel,
            prepare=refuse_agencies(by),
        )

    # Steps

    def refuse_unless(self, allowed):
        """Raises IllegalTransition, with words for the person, unless the status is one of these."""
        if self.status not in allowed:
            raise IllegalTransition(
                _("This recommendation is now “%(status)s”, so this step is not possible.")
                % {"status": self.get_status_display()}
            )

    def _status_now(self):
        """As the database has it; the step itself checks it again under the lock."""
        return type(self)._base_manager.values_list("status", flat=True).get(pk=self.pk)

    @staticmethod
    def _refuse_days_to_come(day):
        if day is not None and day > timezone.localdate():
            raise ValidationError(_("This day is still to come."))

    @staticmethod
    def _refuse_days_before(before, day):
        if day < before:
            raise ValidationError(
                _("The step before was taken on %(day)s: this day cannot be before it.")
                % {"day": date_format(before)}
            )

    def _step(
        self,
        verb,
        *,
        by,
        on=None,
        reason="",
        expect=None,
        channel=Channel.PAGE,
        prepare=None,
        after_save=None,
    ):
        """Takes one legal step, on that day (today when not given), as one event."""
        sources, target, _label = TRANSITIONS[verb]
        if verb in NEEDS_REASON and not reason.strip():
            raise ValidationError({"reason": _("Say why.")})
        day = on or timezone.localdate()

        def allow(current):
            current.refuse_unless(sources)
            current._refuse_days_to_come(on)
            stage = current.stages.filter(until=None).first()
            if stage:
                current._refuse_days_before(stage.since, day)
            if prepare:
                prepare(current)
            current.status = target

        def complete(saved):
            if after_save:
                after_save(saved)
            enter(saved.issued_on if verb == "issue" else day)(saved)

        return self._change(
            verb.replace("_", " "),
            by=by,
            reason=reason,
            expect=expect,
            channel=channel,
            prepare=allow,
            after_save=complete,
        )


def enter(day):
    """Ends the current stage on that day and begins the one of the status now."""

    def complete(saved):
        if saved.status in NOT_ISSUED:
            return
        saved.stages.filter(until=None).update(until=day)
        saved.stages.create(status=saved.status, since=day)

    return complete


def refuse_agencies(by):
    def allow(current):
        if by is not None and not (by.is_inspector or by.is_manager):
            raise IllegalTransition(
                _("An agency does not verify, close, reopen or replace a recommendation itself.")
            )

    return allow
