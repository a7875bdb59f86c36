"""Work of those who make an inspection: drafts, reviews, the factual accuracy round, the embargo."""

from datetime import timedelta

from django.db.models import Count, DateTimeField, Exists, IntegerField, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies.days import start_of
from agencies.templatetags.register import moment
from inspections.models import Inspection
from inspections.models import Status as InspectionStatus

from ..models import AccuracyComment, Finding, Status
from .source import (
    DAY,
    UNDATED,
    Source,
    assigned_words,
    at_work_words,
    day_of,
    since_assigned,
    with_assigner,
)

EMBARGO_NEAR = 7  # days


def ours(user):
    """Inspections that the person acts on, neither paused nor cancelled."""
    return Inspection.objects.visible_to(user).acted_on_by(user).going_on()


class OfFinding(Source):
    model = Finding
    loaded_with = ("attributed_to", "theme", "inspection__inspected_agency", "inspection__framework")

    def shown(self, user):
        return with_assigner(self.visible(user))

    def title(self, record):
        return record.summary

    def name(self, record):
        return (
            _("Finding %(reference)s") % {"reference": record.reference} if record.reference else _("Finding")
        )

    def agency(self, record):
        return record.attributed_to

    def inspection(self, record):
        return record.inspection


class Drafts(OfFinding):
    code, label = "draft", gettext_lazy("Drafts to finish")

    def rows(self, user, on):
        found = self.visible(user).on_desk_of(user).filter(inspection__in=ours(user)).drafts()
        since = since_assigned(Finding, user, TruncDate("created_at", output_field=DAY))
        return found.annotate(due=UNDATED, since=since)

    def what(self, record, on):
        return _("Finish the draft")

    def why(self, record, user):
        return assigned_words(record, user) or _("You wrote it")

    def act_url(self, record):
        return reverse("finding_edit", args=[record.public_id])


class Returned(Drafts):
    code, label = "returned", gettext_lazy("Drafts returned to you")

    def rows(self, user, on):
        found = self.visible(user).on_desk_of(user).filter(inspection__in=ours(user)).returned()
        since = since_assigned(Finding, user, day_of(Finding, "return to draft"))
        return found.annotate(due=UNDATED, since=since)

    def what(self, record, on):
        return _("Revise what was returned")


class LeftBehind(OfFinding):
    code, label = "left", gettext_lazy("Drafts of people who left")

    def rows(self, user, on):
        """For managers of the lead, who give them to somebody: nobody else has them in a list."""
        led = Inspection.objects.visible_to(user).managed_by(user).going_on()
        found = self.visible(user).filter(inspection__in=led).left_behind()
        return found.annotate(due=UNDATED, since=TruncDate("created_at", output_field=DAY))

    def what(self, record, on):
        return _("Give the draft to somebody")

    def why(self, record, user):
        return _("Who had it works on this inspection no more")

    def act_url(self, record):
        return reverse("finding_assign", args=[record.public_id])


class Reviews(OfFinding):
    code, label = "review", gettext_lazy("Findings to review")

    def rows(self, user, on):
        waiting = self.visible(user).to_review_by(user)
        going_on = waiting.exclude(
            inspection__status__in=(InspectionStatus.PAUSED, InspectionStatus.CANCELLED)
        )
        since = since_assigned(Finding, user, day_of(Finding, "submit"))
        return going_on.annotate(due=UNDATED, since=since)

    def what(self, record, on):
        return _("Review the finding")

    def why(self, record, user):
        return assigned_words(record, user) or at_work_words(record.inspection, user)


class ToPublish(OfFinding):
    code, label = "publish", gettext_lazy("Findings to publish")

    def rows(self, user, on):
        """Agreed after the inspection was published: nothing publishes them by itself."""
        published = Inspection.objects.visible_to(user).managed_by(user).published()
        found = self.visible(user).filter(status=Status.AGREED, inspection__in=published)
        return found.annotate(due=UNDATED, since=day_of(Finding, "agree"))

    def what(self, record, on):
        return _("Publish the finding")

    def why(self, record, user):
        return at_work_words(record.inspection, user)


class OfInspection(Source):
    model = Inspection
    loaded_with = ("inspected_agency", "framework")

    def title(self, record):
        return str(record)

    def name(self, record):
        return _("Inspection")

    def agency(self, record):
        return record.inspected_agency

    def inspection(self, record):
        return record

    def why(self, record, user):
        return at_work_words(record, user)


class Accuracy(OfInspection):
    """One piece of work for each inspection, however many comments there are."""

    code, label = "accuracy", gettext_lazy("Factual accuracy comments to decide")

    def rows(self, user, on):
        undecided = self._undecided(user)
        first = undecided.order_by().values("inspection").annotate(first=Min("at")).values("first")
        since = TruncDate(Subquery(first, output_field=DateTimeField()), output_field=DAY)
        in_check = ours(user).filter(Exists(undecided), status=InspectionStatus.FACTUAL_ACCURACY)
        return in_check.annotate(due=UNDATED, since=since)

    def shown(self, user):
        many = self._undecided(user).order_by().values("inspection").annotate(n=Count("pk")).values("n")
        return self.visible(user).annotate(undecided=Coalesce(Subquery(many, output_field=IntegerField()), 0))

    def _undecided(self, user):
        comments = AccuracyComment.objects.visible_to(user).undecided()
        return comments.filter(inspection=OuterRef("pk"))

    def what(self, record, on):
        words = ngettext(
            "Decide %(n)s factual accuracy comment",
            "Decide %(n)s factual accuracy comments",
            record.undecided,
        )
        return words % {"n": record.undecided}

    def act_url(self, record):
        return reverse("accuracy_comments", args=[record.public_id])


class Embargo(OfInspection):
    code, label = "embargo", gettext_lazy("Embargoes that end")

    def rows(self, user, on):
        """Ending within seven days, and those that ended without publication. Not those on hold."""
        near = start_of(on + timedelta(EMBARGO_NEAR + 1))
        ending = ours(user).filter(status=InspectionStatus.EMBARGOED, embargo_until__lt=near, on_hold=False)
        due = TruncDate("embargo_until", output_field=DAY)
        return ending.annotate(due=due, since=day_of(Inspection, "embargo"))

    def shown(self, user):
        open_ones = Q(findings__status__in=(Status.DRAFT, Status.IN_REVIEW))
        return self.visible(user).annotate(not_agreed=Count("findings", filter=open_ones))

    def what(self, record, on):
        ended = timezone.localdate(record.embargo_until) < on or record.embargo_until <= timezone.now()
        if ended:
            words = _("Look why it was not published: the embargo ended on %(moment)s")
        else:
            words = _("Check that it is ready: the embargo ends on %(moment)s")
        return words % {"moment": moment(record.embargo_until)}

    def why(self, record, user):
        why = super().why(record, user)
        if not record.not_agreed:
            return why
        words = ngettext("%(n)s finding is not agreed", "%(n)s findings are not agreed", record.not_agreed)
        return f"{why}; {words % {'n': record.not_agreed}}"
