"""The steps of an inspection's life: from planned to closed, its embargo and its holds."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Channel

from .life import TRANSITIONS, IllegalTransition, Status
from .rights import InspectionRights

AS_PLANNED = object()  # the moment of release that was set before stays


class InspectionSteps(InspectionRights):
    """The verbs by which an inspection moves. Each is one transaction and one event."""

    class Meta:
        abstract = True

    def move(
        self,
        verb,
        *,
        by,
        reason="",
        on=None,
        at=None,
        embargo_until=AS_PLANNED,
        comments_due_on=None,
        expect=None,
        channel=Channel.PAGE,
    ):
        """Takes one legal step of the inspection's life; `publish` belongs to findings.publication.

        `on` is the day printed in the report and `at` the moment of publication, now when not given;
        `embargo_until` belongs to `embargo` (None: published by hand), `comments_due_on` to
        `send_for_factual_accuracy`.
        `expect` is the version that the person saw.
        """
        sources, target, _label = TRANSITIONS[verb]

        def prepare(current):
            current.refuse_unless(sources)
            if verb == "embargo":
                current._refuse_undecided_comments()
                if embargo_until is not AS_PLANNED:
                    current._set_embargo(embargo_until)
            if verb == "send_for_factual_accuracy":
                current.comments_due_on = comments_due_on
            current._take_step(verb, target, on, at)

        return self._change(
            verb.replace("_", " "), by=by, reason=reason, expect=expect, channel=channel, prepare=prepare
        )

    def change_embargo(self, *, by, until, reason, expect=None, channel=Channel.PAGE):
        """Sets another moment of release, or none: then a manager publishes it."""

        def prepare(current):
            current.refuse_unless({Status.EMBARGOED})
            current._set_embargo(until)

        return self._change(
            "embargo changed", by=by, reason=reason, expect=expect, channel=channel, prepare=prepare
        )

    def hold(self, *, by, reason, expect=None, channel=Channel.PAGE):
        """Stops publication until the hold is lifted, whatever the embargo says."""
        return self._hold(True, "put on hold", by=by, reason=reason, expect=expect, channel=channel)

    def lift_hold(self, *, by, reason="", expect=None, channel=Channel.PAGE):
        """Ends the hold. An embargo that ran out meanwhile releases with the next run, as of this moment."""
        return self._hold(False, "hold lifted", by=by, reason=reason, expect=expect, channel=channel)

    def has_embargo_ended(self, now):
        """Whether it was embargoed until a moment that has come."""
        return self.embargo_until is not None and self.embargo_until <= now

    def refuse_unless(self, allowed):
        """Raises IllegalTransition, with words for the person, unless the status is one of these."""
        if self.status not in allowed:
            raise IllegalTransition(
                _("This inspection is now “%(status)s”, so this step is not possible.")
                % {"status": self.get_status_display()}
            )

    def _hold(self, on_hold, verb, *, by, reason, expect, channel):
        def prepare(current):
            if current.is_public or current.status == Status.CANCELLED:
                current.refuse_unless(())
            if current.on_hold == on_hold:
                raise IllegalTransition(
                    _("Publication is on hold already.") if on_hold else _("Publication is not on hold.")
                )
            current.on_hold = on_hold

        return self._change(verb, by=by, reason=reason, expect=expect, channel=channel, prepare=prepare)

    def _set_embargo(self, until):
        if until is not None and until <= timezone.now():
            raise ValidationError(
                {"embargo_until": _("This moment is past. Give one that is still to come.")}
            )
        self.embargo_until = until

    def _refuse_undecided_comments(self):
        """`accuracy_comments` is the reverse name of the findings app's foreign key."""
        if self.accuracy_comments.undecided().exists():
            raise IllegalTransition(_("Decide on every factual accuracy comment first."))

    def _take_step(self, verb, target, on, at):
        if verb == "pause":
            self.paused_from = self.status
        if verb == "resume":
            target, self.paused_from = self.paused_from, ""
        if verb == "cancel":
            self.paused_from = ""
        if verb == "publish":
            if self.on_hold:
                raise IllegalTransition(_("Publication is on hold. Lift the hold first."))
            self.published_at = at or timezone.now()
            self.published_on = on or self.published_on or timezone.localdate(self.published_at)
            self.published_here = True
            self.reference = self._next_reference()
        self.status = target
