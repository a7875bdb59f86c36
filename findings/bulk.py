"""One change of several records: what each would become, why one may not change, and all of them or none.

Each change goes through the verb that the record's own page uses, with the same rights; so every record changed has
one event, and none is changed while one of them may not be.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import EditConflict
from inspections.models import IllegalTransition

from .models import Finding, Recommendation, Status
from .models.follow_up import OPEN, RecommendationStatus

MOST = 200  # records at once: each is locked, checked and shown


class Change:
    """What can be done to several records at once. Subclasses say for whom and by which verb."""

    code = label = ""
    model = Finding
    field = None  # the form field that holds the new value, if there is one
    needs_reason = True

    def now(self, record):
        """The value that would change, in words."""
        raise NotImplementedError

    def becomes(self, value):
        """The new value in words."""
        raise NotImplementedError

    def refusal(self, record, user, value):
        """Why this record may not change so, in words; "" when it may."""
        raise NotImplementedError

    def make(self, record, *, by, value, reason, expect):
        """Calls the verb."""
        raise NotImplementedError


def _assigned(record):
    return record.assigned_to.get_full_name() if record.assigned_to else _("nobody")


class AssignFindings(Change):
    code, label, field = "assign", gettext_lazy("Assign to somebody"), "to"
    needs_reason = False

    def now(self, finding):
        return _assigned(finding)

    def becomes(self, person):
        return person.get_full_name()

    def refusal(self, finding, user, person):
        if not finding.may_be_assigned_by(user):
            return _("You may not assign it, or it is published or withdrawn.")
        if not finding.may_be_assigned_to(person):
            return _("%(name)s may not take it on.") % {"name": person.get_full_name()}
        return ""

    def make(self, finding, *, by, value, reason, expect):
        finding.assign(by=by, to=value, reason=reason, expect=expect)


class ChangeTheme(Change):
    code, label, field = "theme", gettext_lazy("Give another theme"), "theme"

    def now(self, finding):
        return finding.theme.name

    def becomes(self, theme):
        return theme.name

    def refusal(self, finding, user, theme):
        if finding.theme_id == theme.pk:
            return _("It has this theme already.")
        if finding.may_be_edited_by(user) or finding.may_be_corrected_by(user):
            return ""
        if finding.status == Status.AGREED:
            return _("It is agreed: return it to draft first.")
        return _("You may not change it.")

    def make(self, finding, *, by, value, reason, expect):
        verb = finding.correct if finding.is_published else finding.edit
        places = [
            {
                "report": place.report,
                "page": place.page,
                "paragraph": place.paragraph,
                "quotation": place.quotation,
            }
            for place in finding.citations.select_related("report")
        ]
        verb(by=by, values={"theme": value}, citations=places, reason=reason, expect=expect)


class WithdrawFindings(Change):
    code, label = "withdraw", gettext_lazy("Withdraw")

    def now(self, finding):
        return finding.get_status_display()

    def becomes(self, value):
        return Status.WITHDRAWN.label

    def refusal(self, finding, user, value):
        return "" if finding.may_be_withdrawn_by(user) else _("You may not withdraw it, or it is withdrawn.")

    def make(self, finding, *, by, value, reason, expect):
        finding.move("withdraw", by=by, reason=reason, expect=expect)


class AssignRecommendations(Change):
    code, label, field, model = "assign", gettext_lazy("Assign to somebody"), "to", Recommendation
    needs_reason = False

    def now(self, recommendation):
        return _assigned(recommendation)

    def becomes(self, person):
        return person.get_full_name()

    def refusal(self, recommendation, user, person):
        if not recommendation.may_be_assigned_by(user):
            return _("You may not assign it, or it is not issued.")
        if not recommendation.is_followed_by(person):
            return _("%(name)s may not take it on.") % {"name": person.get_full_name()}
        return ""

    def make(self, recommendation, *, by, value, reason, expect):
        recommendation.assign(by=by, to=value, reason=reason, expect=expect)


class ProposeDueDate(Change):
    code, label, field, model = "due_on", gettext_lazy("Propose another due date"), "due_on", Recommendation

    def now(self, recommendation):
        return date_format(recommendation.due_on, "j F Y") if recommendation.due_on else _("no due date")

    def becomes(self, day):
        return date_format(day, "j F Y")

    def refusal(self, recommendation, user, day):
        if not recommendation.may_propose_a_date(user):
            return _("You may not propose a date for it, or it is closed.")
        if recommendation.due_on == day:
            return _("This is its due date already.")
        if (
            recommendation.status in OPEN
            and recommendation.due_date_changes.filter(status="proposed").exists()
        ):
            return _("A change of its due date waits for a decision.")
        return ""

    def make(self, recommendation, *, by, value, reason, expect):
        recommendation.propose_due_date(by=by, due_on=value, reason=reason, expect=expect)


class WithdrawRecommendations(Change):
    code, label, model = "withdraw", gettext_lazy("Withdraw before issue"), Recommendation

    def now(self, recommendation):
        return recommendation.get_status_display()

    def becomes(self, value):
        return RecommendationStatus.WITHDRAWN.label

    def refusal(self, recommendation, user, value):
        if recommendation.may_be_edited_by(user):
            return ""
        return _("You may not withdraw it, or it is issued.")

    def make(self, recommendation, *, by, value, reason, expect):
        recommendation.withdraw(by=by, reason=reason, expect=expect)


CHANGES = {
    Finding: {change.code: change() for change in (AssignFindings, ChangeTheme, WithdrawFindings)},
    Recommendation: {
        change.code: change() for change in (AssignRecommendations, ProposeDueDate, WithdrawRecommendations)
    },
}


def preview(change, records, user, value):
    """[{record, now, becomes, refusal}] of the records, in their order."""
    return [
        {
            "record": record,
            "now": change.now(record),
            "becomes": change.becomes(value),
            "refusal": change.refusal(record, user, value),
        }
        for record in records
    ]


class Refused(Exception):
    """One of the records may not change, or changed meanwhile: nothing was changed. Says which and why."""


def carry_out(change, records, *, by, value, reason, versions):
    """Makes the change of all the records in one transaction.

    `versions`: {public id: the version that the person was shown}. Raises Refused, with nothing changed.
    """
    with transaction.atomic():
        for record in records:
            if refusal := change.refusal(record, by, value):
                raise Refused(f"{record}: {refusal}")
            try:
                change.make(record, by=by, value=value, reason=reason, expect=versions[record.public_id])
            except EditConflict as conflict:
                raise Refused(_("%s was changed by somebody meanwhile.") % record) from conflict
            except (IllegalTransition, ValidationError) as problem:
                words = "; ".join(getattr(problem, "messages", [str(problem)]))
                raise Refused(f"{record}: {words}") from problem
