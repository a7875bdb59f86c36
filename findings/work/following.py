"""Work of inspectorates after publication: dates, plans, claims, responses that did not come, cases, letters."""

from django.db.models import Case, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce, Greatest, TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inspections.models import Inspection

from ..models import (
    ActionPlan,
    CaseReferral,
    ChangeStatus,
    DueDateChange,
    Letter,
    Recommendation,
    RecommendationStatus,
)
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


class OfRecommendation(Source):
    model = Recommendation
    loaded_with = ("addressee", "finding__inspection__inspected_agency", "finding__inspection__framework")

    def shown(self, user):
        return with_assigner(self.visible(user))

    def title(self, record):
        return record.text

    def name(self, record):
        return _("Recommendation %(reference)s") % {"reference": record.reference or ""}

    def agency(self, record):
        return record.addressee

    def inspection(self, record):
        return record.inspection

    def why(self, record, user):
        return assigned_words(record, user) or at_work_words(record.inspection, user)

    def issued(self, user):
        return self.visible(user).issued()


class ToIssue(OfRecommendation):
    code, label = "issue", gettext_lazy("Recommendations to issue")

    def rows(self, user, on):
        """Added to a published finding by somebody else: nothing issues them by itself."""
        led = Inspection.objects.visible_to(user).managed_by(user)
        drafts = self.visible(user).filter(status=RecommendationStatus.DRAFT, finding__status="published")
        theirs = drafts.filter(finding__inspection__in=led).exclude(author=user)
        return theirs.annotate(due=UNDATED, since=TruncDate("created_at", output_field=DAY))

    def what(self, record, on):
        return _("Issue the recommendation")

    def name(self, record):
        return _("Recommendation")


class Dates(OfRecommendation):
    code, label = "date", gettext_lazy("Due dates to decide")

    def rows(self, user, on):
        proposed = DueDateChange.objects.filter(recommendation=OuterRef("pk"), status=ChangeStatus.PROPOSED)
        since = Subquery(proposed.values("proposed_on")[:1], output_field=DAY)
        return self.issued(user).date_to_decide_by(user).annotate(due=UNDATED, since=since)

    def what(self, record, on):
        return _("Decide on another due date")

    def act_url(self, record):
        return reverse("recommendation_date_decide", args=[record.public_id])


class Verify(OfRecommendation):
    code, label = "verify", gettext_lazy("Claims of completion to verify")

    def rows(self, user, on):
        claimed = F("claimed_on")
        got = Greatest(
            claimed, Coalesce(day_of(Recommendation, "assigned"), claimed, output_field=DAY), output_field=DAY
        )
        since = Case(When(assigned_to=user, then=got), default=claimed, output_field=DAY)
        return self.issued(user).to_verify_by(user).annotate(due=UNDATED, since=since)

    def what(self, record, on):
        return _("Verify what was claimed")

    def act_url(self, record):
        return reverse("recommendation_verify", args=[record.public_id])


class Unanswered(OfRecommendation):
    code, label = "unanswered", gettext_lazy("Responses not received in time")

    def rows(self, user, on):
        late = self.issued(user).on_desk_of(user).late_to_answer(on)
        return late.annotate(due=F("answer_due_on"), since=F("issued_on"))

    def what(self, record, on):
        return _("Ask for the response")


class Overdue(OfRecommendation):
    code, label = "overdue", gettext_lazy("Recommendations of yours that are overdue")

    def rows(self, user, on):
        """Assigned to the person. Not what stands under another kind already: claimed, or not even answered."""
        theirs = self.issued(user).on_desk_of(user).filter(assigned_to=user).overdue(on)
        others = theirs.exclude(status=RecommendationStatus.CLAIMED).exclude(
            pk__in=self.issued(user).late_to_answer(on).values("pk")
        )
        since = since_assigned(Recommendation, user, F("issued_on"))
        return others.annotate(due=F("due_on"), since=since)

    def what(self, record, on):
        return _("Follow up what is overdue")


class Plans(Source):
    code, label = "plan", gettext_lazy("Plans to accept or return")
    model = ActionPlan
    loaded_with = ("by_agency", "inspection__inspected_agency", "inspection__framework")

    def rows(self, user, on):
        return self.visible(user).to_decide_by(user).annotate(due=UNDATED, since=F("submitted_on"))

    def what(self, record, on):
        return _("Accept the plan or return it")

    def title(self, record):
        return record.title

    def name(self, record):
        return _("Action plan")

    def agency(self, record):
        return record.by_agency

    def inspection(self, record):
        return record.inspection

    def why(self, record, user):
        return at_work_words(record.inspection, user)


class Referrals(Source):
    code, label = "referral", gettext_lazy("Cases referred back, without an outcome")
    model = CaseReferral
    loaded_with = ("to_agency", "inspection__inspected_agency", "inspection__framework")

    def rows(self, user, on):
        inspections = Inspection.objects.visible_to(user).acted_on_by(user).going_on()
        found = self.visible(user).unresolved().filter(inspection__in=inspections)
        since = Coalesce("referred_on", TruncDate("created_at", output_field=DAY), output_field=DAY)
        return found.annotate(due=UNDATED, since=since)

    def what(self, record, on):
        return _("Record what came of the case")

    def title(self, record):
        return _("Case referred to %(agency)s") % {"agency": record.to_agency.full_name}

    def name(self, record):
        return _("Case referred back")

    def agency(self, record):
        return record.to_agency

    def inspection(self, record):
        return record.inspection

    def why(self, record, user):
        return at_work_words(record.inspection, user)

    def act_url(self, record):
        return reverse("case_referral_resolve", args=[record.public_id])


class Letters(Source):
    code, label = "letter", gettext_lazy("Letters without a reply in time")
    model = Letter
    loaded_with = ("from_agency", "to_agency")

    def rows(self, user, on):
        """For managers, who record the reply or close the letter."""
        sent = self.visible(user).overdue(on).filter(Q(from_agency=user.agency_id))
        late = sent if user.is_manager else sent.none()
        return late.annotate(due=F("reply_due_on"), since=F("sent_on"))

    def what(self, record, on):
        return _("Ask for the reply, or record it")

    def title(self, record):
        return record.subject

    def name(self, record):
        return _("Letter")

    def agency(self, record):
        return record.to_agency

    def why(self, record, user):
        return _("Your inspectorate wrote to %(agency)s") % {"agency": record.to_agency.full_name}

    def act_url(self, record):
        return reverse("letter_step", args=[record.public_id, "reply"])
