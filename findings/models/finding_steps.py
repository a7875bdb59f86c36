"""The steps of a finding's life: review, publication, correction, withdrawal, and who has it on their desk."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Channel
from agencies.public_ids import new_public_id
from inspections.models import IllegalTransition, Inspection

from .finding_rights import FindingRights
from .life import TRANSITIONS, Status


class FindingSteps(FindingRights):
    """The verbs by which a finding moves. Each is one transaction and one event."""

    class Meta:
        abstract = True

    def move(self, verb, *, by, reason="", at=None, expect=None, channel=Channel.PAGE):
        """Takes one legal step of the finding's life. `expect` is the version that the person saw.

        `at` is the moment of publication, now when not given.
        """
        sources, target, _label = TRANSITIONS[verb]

        def prepare(current):
            current.refuse_unless(sources)
            if verb == "agree" and by is not None:
                current._refuse_own_words(by)
            if verb == "publish":
                if not current.inspection.is_public:
                    raise IllegalTransition(_("A finding is published with its inspection, not before."))
                current.published_at = at or timezone.now()
                current.published_here = True
                current.reference = current._next_reference(current.inspection)
            if verb == "withdraw":
                current.withdrawn_at = timezone.now()
            current.assigned_to = None  # whoever has the next step is found by rights, or assigned anew
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

    def _refuse_own_words(self, by):
        """Two people stand behind an agreed finding: neither its author nor who changed it in review agrees it."""
        if by.pk == self.author_id:
            raise IllegalTransition(_("Somebody other than its author agrees a finding."))
        sent = self.events().filter(verb="submit").values_list("sequence", flat=True).last()
        if sent and self.events().filter(verb="edited", by=by, sequence__gt=sent).exists():
            raise IllegalTransition(_("You changed it in review, so somebody else agrees it."))

    def refuse_unless(self, allowed):
        """Raises IllegalTransition, with words for the person, unless the status is one of these."""
        if self.status not in allowed:
            raise IllegalTransition(
                _("This finding is now “%(status)s”, so this step is not possible.")
                % {"status": self.get_status_display()}
            )

    def correct(self, *, by, values, citations, reason, expect=None, channel=Channel.PAGE):
        """Changes a published finding: what it said before is kept as an earlier version, for good.

        The finding keeps its address and reference. Figures as of earlier days count the earlier version.
        """
        archived = {}

        def prepare(current):
            current.refuse_unless({Status.PUBLISHED})
            now = timezone.now()  # under the lock: versions follow one another as their moments do
            archived["row"] = current._earlier_version(now)
            current.corrected_at = now

        def keep(saved):
            earlier, places = archived["row"]
            models.Model.save(earlier)
            for place in places:
                place.pk, place.finding = None, earlier
            saved.citations.model.objects.bulk_create(places)
            saved._replace_citations(citations)

        return self._change(
            "corrected",
            by=by,
            values=values,
            reason=reason,
            expect=expect,
            channel=channel,
            prepare=prepare,
            after_save=keep,
        )

    def _earlier_version(self, now):
        """The published finding as the database has it, as a row of its own (not saved), and its citations."""
        earlier = type(self)._base_manager.get(pk=self.pk)
        places = list(earlier.citations.all())
        number = type(self)._base_manager.filter(version_of=self).count() + 1
        earlier.pk, earlier._state.adding = None, True
        earlier.public_id = new_public_id()
        earlier.reference = f"{self.reference}.v{number}"
        earlier.status, earlier.version, earlier.submission_key = Status.CORRECTED, 0, ""
        earlier.version_of, earlier.replaced_at, earlier.assigned_to = self, now, None
        return earlier, places

    def assign(self, *, by, to, reason="", expect=None, channel=Channel.PAGE):
        """Puts it on somebody's desk; None: on nobody's in particular."""

        def refuse_strangers(current):
            current.refuse_unless({Status.DRAFT, Status.IN_REVIEW, Status.AGREED})
            if to is not None and not current.may_be_assigned_to(to):
                raise IllegalTransition(
                    _("%(name)s may not take this on: see who works on the inspection, and who wrote it.")
                    % {"name": to.get_full_name()}
                )

        return self._change(
            "assigned",
            by=by,
            values={"assigned_to": to},
            reason=reason,
            expect=expect,
            channel=channel,
            prepare=refuse_strangers,
        )

    def link_recurrence(self, *, by, earlier, reason="", expect=None, channel=Channel.PAGE):
        """Says which earlier published finding it repeats, or with None that it repeats none."""
        return self._change(
            "recurrence linked",
            by=by,
            values={"recurrence_of": earlier},
            reason=reason,
            expect=expect,
            channel=channel,
            prepare=lambda current: current.refuse_unless({Status.DRAFT, Status.IN_REVIEW, Status.PUBLISHED}),
        )

    def respond(self, *, by, position, text, received_on, expect=None, channel=Channel.PAGE):
        """The agency's response to the facts, or a further version of it. Earlier versions are kept beside it."""

        def allow(current):
            current.refuse_unless({Status.PUBLISHED})
            if received_on > timezone.localdate():
                raise ValidationError({"received_on": _("This day is still to come.")})

        return self._change(
            "respond",
            by=by,
            expect=expect,
            channel=channel,
            prepare=allow,
            after_save=lambda saved: saved.responses.model.add_version(
                by=by,
                finding=saved,
                recommendation=None,
                by_agency=saved.attributed_to,
                position=position,
                text=text,
                received_on=received_on,
            ),
        )
