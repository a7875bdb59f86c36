"""Work of the safeguarding leads of forces and councils: what is asked of their agency."""

from datetime import timedelta

from django.db.models import Case, Exists, F, Min, OuterRef, Q, Subquery, When
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.days import start_of
from inspections.models import Inspection
from inspections.models import Status as InspectionStatus

from ..models import (
    AccuracyComment,
    Action,
    ActionPlan,
    ActionStatus,
    Audience,
    Comment,
    Commitment,
    Letter,
    PlanStatus,
    Recommendation,
    RecommendationStatus,
    Stage,
    Status,
)
from .following import OfRecommendation, Plans
from .making import OfFinding
from .source import DAY, UNDATED, Source, addressed_words, events_of

NEAR = 30  # days before something is due that it is shown
SHARED_FOR = 14  # days for which a comment counts as new


class ToCheck(OfFinding):
    code, label = "check", gettext_lazy("Findings to check for accuracy")

    def rows(self, user, on):
        """Agreed, about their agency, as long as comments are taken; until the agency has commented on it."""
        said = AccuracyComment.objects.visible_to(user).filter(finding=OuterRef("pk"))
        found = self.visible(user).filter(
            ~Exists(said),
            status=Status.AGREED,
            attributed_to=user.agency_id,
            inspection__status=InspectionStatus.FACTUAL_ACCURACY,
        )
        sent = events_of(Inspection, "send for factual accuracy").filter(subject_id=OuterRef("inspection_id"))
        since = TruncDate(Subquery(sent.values("at")[:1]), output_field=DAY)
        return found.annotate(due=F("inspection__comments_due_on"), since=since)

    def shown(self, user):
        return self.visible(user)

    def what(self, record, on):
        return _("Check the facts and comment")

    def why(self, record, user):
        return _("Attributed to %(agency)s") % {"agency": record.attributed_to.full_name}

    def act_url(self, record):
        return reverse("accuracy_comment_add", args=[record.inspection.public_id])


class Addressed(OfRecommendation):
    """Issued to their agency."""

    def addressed(self, user):
        return self.issued(user).addressed_to(user.agency_id)

    def shown(self, user):
        return self.visible(user)

    def why(self, record, user):
        return addressed_words(record.addressee)


def stage_since():
    """The day on which a recommendation came to its status."""
    stages = Stage.objects.filter(recommendation=OuterRef("pk"), until=None)
    return Subquery(stages.values("since")[:1], output_field=DAY)


class ToAnswer(Addressed):
    code, label = "answer", gettext_lazy("Recommendations to respond to")

    def rows(self, user, on):
        """The clock ran from the first issue: what was reopened has no day of its own."""
        first = When(status=RecommendationStatus.ISSUED, then=F("answer_due_on"))
        due = Case(first, default=UNDATED, output_field=DAY)
        return self.addressed(user).unanswered().annotate(due=due, since=stage_since())

    def what(self, record, on):
        if record.status == RecommendationStatus.REOPENED:
            return _("Respond again: it was reopened")
        return _("Respond")

    def act_url(self, record):
        return reverse("recommendation_respond", args=[record.public_id])


class WithoutPlan(Addressed):
    code, label = "without_plan", gettext_lazy("Recommendations without a plan")

    def rows(self, user, on):
        found = self.addressed(user).without_plan()
        return found.annotate(due=F("due_on"), since=stage_since())

    def what(self, record, on):
        return _("Write an action plan")

    def act_url(self, record):
        return reverse("plan_begin", args=[record.inspection.public_id])


class ToClaim(Addressed):
    code, label = "claim", gettext_lazy("Recommendations to complete")

    def rows(self, user, on):
        near = self.addressed(user).filter(
            status=RecommendationStatus.IN_PROGRESS, due_on__lte=on + timedelta(NEAR)
        )
        return near.annotate(due=F("due_on"), since=stage_since())

    def what(self, record, on):
        return _("Complete it, and say so")

    def act_url(self, record):
        return reverse("recommendation_claim", args=[record.public_id])


class OwnPlans(Plans):
    """Plans of their agency, due when the first of the recommendations that they are for is due."""

    status = ""

    def plans(self, user):
        open_ones = Recommendation.objects.visible_to(user).issued().open()
        covered = open_ones.filter(
            finding__inspection=OuterRef("inspection_id"), addressee=OuterRef("by_agency_id")
        )
        first = covered.order_by().values("addressee").annotate(first=Min("due_on")).values("first")
        plans = self.visible(user).filter(status=self.status, by_agency=user.agency_id)
        return plans.annotate(due=Subquery(first, output_field=DAY))

    def why(self, record, user):
        return _("Your agency’s plan")

    def act_url(self, record):
        return reverse("plan_edit", args=[record.public_id])


class PlansReturned(OwnPlans):
    code, label = "plan_returned", gettext_lazy("Plans returned to you")
    status = PlanStatus.RETURNED

    def rows(self, user, on):
        return self.plans(user).annotate(since=F("decided_on"))

    def what(self, record, on):
        return _("Revise the plan that was returned")


class PlansBegun(OwnPlans):
    code, label = "plan_begun", gettext_lazy("Plans being written")
    status = PlanStatus.DRAFT

    def rows(self, user, on):
        return self.plans(user).annotate(since=TruncDate("created_at", output_field=DAY))

    def what(self, record, on):
        return _("Finish the plan and submit it")


class Actions(Source):
    code, label = "action", gettext_lazy("Actions of your plans")
    model = Action
    loaded_with = (
        "recommendation",
        "plan__by_agency",
        "plan__inspection__inspected_agency",
        "plan__inspection__framework",
    )

    def visible(self, user):
        plans = ActionPlan.objects.visible_to(user).filter(by_agency=user.agency_id)
        return Action.objects.filter(plan__in=plans)

    def rows(self, user, on):
        open_ones = Recommendation.objects.visible_to(user).issued().open()
        near = self.visible(user).filter(
            plan__status__in=(PlanStatus.SUBMITTED, PlanStatus.ACCEPTED),
            status__in=(ActionStatus.NOT_STARTED, ActionStatus.UNDER_WAY),
            due_on__lte=on + timedelta(NEAR),
            recommendation__in=open_ones,
        )
        return near.annotate(due=F("due_on"), since=F("plan__submitted_on"))

    def what(self, record, on):
        return _("Finish the action, or say how far it is")

    def title(self, record):
        return record.text

    def name(self, record):
        return _("Action for %(reference)s") % {"reference": record.recommendation.reference or ""}

    def agency(self, record):
        return record.plan.by_agency

    def inspection(self, record):
        return record.plan.inspection

    def why(self, record, user):
        return _("Your agency’s plan")

    def url(self, record):
        return f"{record.plan.get_absolute_url()}#action-{record.order}"

    def act_url(self, record):
        return reverse("plan_progress", args=[record.plan.public_id, record.order])


class LettersToAnswer(Source):
    """Letters to their agency that wait for its reply."""

    code, label = "letter_answer", gettext_lazy("Letters to reply to")
    model = Letter
    loaded_with = ("from_agency", "to_agency")

    def rows(self, user, on):
        """For safeguarding leads, and for managers of an inspectorate that another wrote to."""
        waiting = self.visible(user).awaiting_reply().filter(to_agency=user.agency_id)
        waiting = waiting.none() if user.is_inspector else waiting
        return waiting.annotate(due=F("reply_due_on"), since=F("sent_on"))

    def what(self, record, on):
        return _("Reply to the letter")

    def title(self, record):
        return record.subject

    def name(self, record):
        return _("Letter")

    def agency(self, record):
        return record.from_agency

    def why(self, record, user):
        return addressed_words(record.to_agency)

    def act_url(self, record):
        return reverse("letter_step", args=[record.public_id, "reply"])


class Commitments(Source):
    """What their agency undertook in a reply."""

    code, label = "commitment", gettext_lazy("Commitments to keep")
    model = Commitment
    loaded_with = ("letter__from_agency", "letter__to_agency")

    def rows(self, user, on):
        near = self.visible(user).open().filter(letter__to_agency=user.agency_id)
        near = near.filter(Q(due_on=None) | Q(due_on__lte=on + timedelta(NEAR)))
        return near.annotate(due=F("due_on"), since=F("letter__replied_on"))

    def what(self, record, on):
        return _("Keep what was undertaken, or say how far it is")

    def title(self, record):
        return record.text

    def name(self, record):
        return _("Commitment")

    def agency(self, record):
        return record.letter.to_agency

    def why(self, record, user):
        return _("Your agency’s reply")

    def act_url(self, record):
        return record.report_url


class Shared(Source):
    code, label = "comment", gettext_lazy("Comments shared with you")
    model = Comment
    loaded_with = (
        "recommendation__addressee",
        "finding__attributed_to",
        "finding__inspection__inspected_agency",
        "finding__inspection__framework",
        "of_inspectorate",
        "with_agency",
    )

    def rows(self, user, on):
        """Of the last fourteen days, by others than their own agency."""
        shared = self.visible(user).filter(
            audience=Audience.AGENCY,
            withdrawn_at=None,
            at__gte=start_of(on - timedelta(SHARED_FOR)),
            of_inspectorate__isnull=False,
        )
        return shared.annotate(due=UNDATED, since=TruncDate("at", output_field=DAY))

    def what(self, record, on):
        return _("Read a comment by %(inspectorate)s") % {"inspectorate": record.of_inspectorate.full_name}

    def title(self, record):
        return record.recommendation.text if record.recommendation else record.finding.summary

    def name(self, record):
        about = record.recommendation or record.finding
        if about.reference is None:
            return _("Finding")
        words = _("Recommendation %(reference)s") if record.recommendation else _("Finding %(reference)s")
        return words % {"reference": about.reference}

    def agency(self, record):
        return record.with_agency

    def inspection(self, record):
        return record.finding.inspection

    def why(self, record, user):
        return _("Shared with %(agency)s") % {"agency": record.with_agency.full_name}

    def url(self, record):
        return f"{(record.recommendation or record.finding).get_absolute_url()}#comments"
