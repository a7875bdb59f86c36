"""Found before, and found again: earlier findings with what became of their recommendations."""

from django.db.models import OuterRef, Subquery

from .models import Finding, Recommendation, RecommendationStatus, Stage, Theme

EARLIER_SHOWN = 10


def with_closures(findings):
    """Each with `closed_on`, the latest day on which a recommendation of it was closed as verified, or None."""
    closed = Stage.objects.filter(
        recommendation__finding=OuterRef("pk"), status=RecommendationStatus.CLOSED
    ).order_by("-since")
    return findings.annotate(closed_on=Subquery(closed.values("since")[:1]))


def suggestions(earlier, agency_id, theme_id, kept_id=None):
    """The newest of these findings about the agency and the theme or those merged into it, and the one linked now."""
    alike = earlier.filter(attributed_to_id=agency_id, theme_id__in=Theme.families().get(theme_id, ()))
    newest = list(
        alike.order_by("-inspection__published_on", "-pk").values_list("pk", flat=True)[:EARLIER_SHOWN]
    )
    offered = earlier.filter(pk__in=[*newest, *([kept_id] if kept_id else [])])
    return with_closures(offered).order_by("-inspection__published_on", "-pk")


def repeats(finding, user):
    """What the finding repeats and where it was found again, for its page.

    {earlier, recurrences, returned}: `returned` has [{closures, again}] where a recommendation of the earlier
    finding was closed as verified before the later one was published. `closures`: stages, oldest first.
    """
    recurrences = list(
        Finding.objects.visible_to(user)
        .filter(recurrence_of=finding)
        .select_related("inspection__inspected_agency", "inspection__framework")
    )
    earlier = finding.recurrence_of
    pairs = [(finding, again) for again in recurrences]
    if earlier:
        pairs.append((earlier, finding))
    closures = _closures({before.pk for before, _again in pairs}, user)
    returned = []
    for before, again in pairs:
        on = again.inspection.published_on
        closed = [stage for stage in closures if stage.recommendation.finding_id == before.pk]
        closed = [stage for stage in closed if again.is_published and on and stage.since < on]
        if closed:
            returned.append({"before": before, "again": again, "closures": closed})
    return {"earlier": earlier, "recurrences": recurrences, "returned": returned}


def _closures(finding_ids, user):
    if not finding_ids:
        return []
    visible = Recommendation.objects.visible_to(user).filter(finding__in=finding_ids)
    return list(
        Stage.objects.filter(recommendation__in=visible, status=RecommendationStatus.CLOSED)
        .select_related("recommendation")
        .order_by("since", "pk")
    )
