"""What a person decides about a proposal: accepted as a finding, merged, rejected. Each decision is made once."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from agencies.models import Channel, Recorded
from agencies.second_look import look_through
from inspections.models import IllegalTransition, Report

from .findings import Finding

QUOTED = 300  # characters of a citation's quotation


class ProposalStatus(models.TextChoices):
    OPEN = "open", _("To be decided")
    ACCEPTED = "accepted", _("Accepted")
    EDITED = "edited", _("Accepted with changes")
    MERGED = "merged", _("Merged")
    REJECTED = "rejected", _("Rejected")
    SUPERSEDED = "superseded", _("Superseded by a newer reading")


DECIDED = (ProposalStatus.ACCEPTED, ProposalStatus.EDITED, ProposalStatus.MERGED, ProposalStatus.REJECTED)
COMPARED = ("finding_type", "attributed_to", "theme", "severity")


class ProposalSteps(Recorded):
    """The verbs of a proposal. All lock its report first, so that two people never wait for each other in a ring."""

    class Meta:
        abstract = True

    @property
    def is_open(self):
        return self.status == ProposalStatus.OPEN

    @property
    def is_rejected(self):
        return self.status == ProposalStatus.REJECTED

    def may_be_decided_by(self, user):
        """By those who may log findings on the inspection that the report belongs to."""
        inspection = self.report.inspection
        return inspection is not None and inspection.takes_findings_from(user)

    def goes_with_it(self):
        """The other places that are decided with this one: of its group, and merged into it."""
        ours = type(self)._base_manager.filter(report_id=self.report_id).exclude(pk=self.pk)
        together = models.Q(merged_into=self, finding=None)
        if self.group is not None:
            together |= models.Q(group=self.group, status=ProposalStatus.OPEN)
        return ours.filter(together).order_by("order", "pk")

    def citation(self):
        """Where the report says it, as field values of a citation.

        It is quoted only where the words have nothing that asks for a second look: page and paragraph say enough.
        """
        quoted = Truncator(self.words).chars(QUOTED)
        return {
            "report": self.report,
            "page": self.page,
            "paragraph": self.paragraph,
            "quotation": "" if look_through(quoted) else quoted,
        }

    def refuse_unless_open(self):
        """Raises IllegalTransition, with words for the person, once it was decided or superseded."""
        if not self.is_open:
            raise IllegalTransition(
                _("This proposal is “%(status)s” by now, so nothing was changed.")
                % {"status": self.get_status_display()}
            )

    # Verbs

    @transaction.atomic
    def accept(self, *, by, values, expect, submission_key="", channel=Channel.PAGE):
        """Logs a draft finding with these values, citing this place and those that go with it; returns the finding.

        What differs from the proposal is on record beside it: it is then “accepted with changes”.
        """
        self._lock_report()
        together = list(self.goes_with_it())
        places = [self.citation(), *(other.citation() for other in together)]
        logged = []

        def decide(current):
            current.refuse_unless_open()
            finding = Finding.log(
                by=by,
                inspection=current.report.inspection,
                values=values,
                citations=_each_once(places),
                submission_key=submission_key,
                channel=channel,
            )
            logged.append(finding)
            changed = any(values[name] != getattr(current, name) for name in COMPARED)
            current.status = ProposalStatus.EDITED if changed else ProposalStatus.ACCEPTED
            current.finding = finding
            for name in COMPARED:
                setattr(current, f"decided_{name.removeprefix('finding_')}", values[name])
            current._note_decision(by)

        self._change("accepted", by=by, expect=expect, channel=channel, prepare=decide)
        for other in together:
            other._follow(self, by=by, channel=channel)
        return logged[0]

    @transaction.atomic
    def merge(self, *, by, expect, finding=None, into=None, channel=Channel.PAGE):
        """Says the same as a finding of the inspection, or as another open proposal: then it is decided with that.

        A draft gets this place among its citations; what is agreed or published stays as it reads.
        """
        self._lock_report()
        together = list(self.goes_with_it()) if finding else []
        if into is not None:
            into = type(self)._base_manager.get(pk=into.pk)
            if into.pk == self.pk or into.report_id != self.report_id or not into.is_open:
                raise ValidationError(_("Choose another proposal that is still to be decided."))
            if into.merged_into_id is not None:
                raise ValidationError(_("That proposal goes with another one. Choose that."))
        elif finding.inspection_id != self.report.inspection_id:
            raise ValidationError(_("Choose a finding of the same inspection."))

        def decide(current):
            current.refuse_unless_open()
            current.status, current.finding, current.merged_into = ProposalStatus.MERGED, finding, into
            current._note_decision(by)

        self._change("merged", by=by, expect=expect, channel=channel, prepare=decide)
        for other in together:
            other._follow(self, by=by, channel=channel)
        if into is not None:
            # What was to go with this one goes with that one.
            for other in type(self)._base_manager.filter(merged_into=self, finding=None):
                other._change("merged", by=by, channel=channel, values={"merged_into": into})
        elif finding.may_be_edited_by(by):
            kept = [
                {
                    "report": place.report,
                    "page": place.page,
                    "paragraph": place.paragraph,
                    "quotation": place.quotation,
                }
                for place in finding.citations.select_related("report")
            ]
            places = [self.citation(), *(other.citation() for other in together)]
            finding.edit(
                by=by, values={}, citations=_each_once(kept + places), expect=finding.version, channel=channel
            )

    @transaction.atomic
    def reject(self, *, by, expect, channel=Channel.PAGE):
        """It is no finding, and neither are the places that go with it."""
        self._lock_report()
        together = list(self.goes_with_it())

        def decide(current):
            current.refuse_unless_open()
            current.status = ProposalStatus.REJECTED
            current._note_decision(by)

        self._change("rejected", by=by, expect=expect, channel=channel, prepare=decide)
        for other in together:
            if other.is_open:
                other._change(
                    "rejected", by=by, channel=channel, values={"merged_into": self}, prepare=decide
                )

    @transaction.atomic
    def reopen(self, *, by, expect, channel=Channel.PAGE):
        """A rejection taken back: it is to be decided again."""
        self._lock_report()

        def undo(current):
            if not current.is_rejected:
                raise IllegalTransition(_("This proposal is not rejected, so it stays as it is."))
            current.status = ProposalStatus.OPEN
            current.decided_by = current.decided_at = current.merged_into = None

        return self._change("reopened", by=by, expect=expect, channel=channel, prepare=undo)

    def supersede(self, *, by=None, channel=Channel.COMMAND):
        """A newer reading of the report takes its place, where nobody has decided it."""

        def replace(current):
            current.refuse_unless_open()
            current.status = ProposalStatus.SUPERSEDED

        return self._change("superseded", by=by, channel=channel, prepare=replace)

    def _lock_report(self):
        Report._base_manager.select_for_update().get(pk=self.report_id)

    def _note_decision(self, by):
        self.decided_by, self.decided_at = by, timezone.now()

    def _follow(self, head, *, by, channel):
        """Goes with the one that was decided, into the same finding."""

        def go(current):
            current.status, current.finding = ProposalStatus.MERGED, head.finding
            current.merged_into = current.merged_into or head
            if current.decided_by_id is None:
                current._note_decision(by)

        self._change("merged", by=by, channel=channel, prepare=go)


def _each_once(places):
    """Of several places in one paragraph the first."""
    seen, kept = set(), []
    for place in places:
        where = (place["report"] and place["report"].pk, place["page"], place["paragraph"])
        if where not in seen:
            seen.add(where)
            kept.append(place)
    return kept
