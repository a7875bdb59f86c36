"""What a plan says nothing about: the agency's open recommendations beside the actions of its plans."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .models import Action, ActionStatus, PlanStatus, Position, Recommendation, RecommendationStatus, Response


@dataclass(frozen=True)
class Coverage:
    """The open recommendations of the plan's inspection to its agency, each in one of three lists.

    planned: with an action in this plan that was not dropped. elsewhere: not in this plan, in another one that was
    accepted. missed: in neither. Each recommendation has `is_rejected`: its agency does not accept it.
    """

    planned: list[Recommendation]
    elsewhere: list[Recommendation]
    missed: list[Recommendation]

    @property
    def total(self):
        return len(self.planned) + len(self.elsewhere) + len(self.missed)

    @property
    def unanswered(self):
        """In this plan and not answered: until they are, it cannot be submitted."""
        waiting = (RecommendationStatus.ISSUED, RecommendationStatus.REOPENED)
        return [found for found in self.planned if found.status in waiting]

    @property
    def words(self):
        """The check in one sentence."""
        if not self.total:
            return _("No recommendation of this inspection to this agency is open any more.")
        if self.missed:
            return ngettext(
                "The plan says nothing about %(missed)d of %(total)d open recommendation.",
                "The plan says nothing about %(missed)d of %(total)d open recommendations.",
                self.total,
            ) % {"missed": len(self.missed), "total": self.total}
        return ngettext(
            "The plan covers the only open recommendation.",
            "The plan covers all %(total)d open recommendations.",
            self.total,
        ) % {"total": self.total}


def coverage_of(plan, user):
    """The Coverage of a plan that the person may see. One query."""
    actions = Action.objects.filter(recommendation=OuterRef("pk")).exclude(status=ActionStatus.DROPPED)
    answers = Response.objects.current().filter(recommendation=OuterRef("pk"), by_agency=plan.by_agency)
    found = (
        Recommendation.objects.visible_to(user)
        .issued()
        .open()
        .filter(finding__inspection=plan.inspection, addressee=plan.by_agency)
        .annotate(
            is_planned=Exists(actions.filter(plan=plan)),
            is_elsewhere=Exists(actions.filter(plan__status=PlanStatus.ACCEPTED).exclude(plan=plan)),
            position=Subquery(answers.values("position")[:1]),
        )
        .select_related("finding")
        .order_by("reference")
    )
    sorted_out = {"planned": [], "elsewhere": [], "missed": []}
    for recommendation in found:
        recommendation.is_rejected = recommendation.position == Position.REJECTED
        place = (
            "planned"
            if recommendation.is_planned
            else "elsewhere"
            if recommendation.is_elsewhere
            else "missed"
        )
        sorted_out[place].append(recommendation)
    return Coverage(**sorted_out)
