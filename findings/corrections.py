"""What has been corrected in published inspections since a day: the facts that figures count, before and after."""

from django.db.models import Exists, OuterRef

from agencies.days import start_of
from agencies.models import Event
from agencies.timeline import changes_of
from inspections.models import Inspection

COUNTED = {
    "framework",
    "lead_inspectorate",
    "inspected_agency",
    "participating_agencies",
    "cycle",
    "fieldwork_to",
    "published_on",
    "coverage",
    "judgements",
}
VERBS = ("edited", "judged", "date stated")
SHOWN = 20


def corrections_since(scope):
    """[{inspection, at, reason, changes}] of this scope's inspections, latest first; at most twenty.

    Figures are given with these facts as corrected; what they were before stands beside them here.
    """
    published_before = Inspection.objects.visible_to(scope.known.user).filter(
        pk=OuterRef("subject_id"), published_at__lt=OuterRef("at")
    )
    events = Event.objects.filter(
        subject_type=Inspection._meta.label_lower,
        subject_id__in=scope.concerning.values("pk"),
        sequence__gt=1,
        verb__in=VERBS,
        at__gte=start_of(scope.on),
    ).filter(Exists(published_before))
    made = []
    for event in events.order_by("-at", "-pk")[: 5 * SHOWN]:
        counted = {name: value for name, value in event.after.items() if name in COUNTED}
        if counted and len(made) < SHOWN:
            event.after = counted
            made.append(event)
    inspections = Inspection.objects.visible_to(scope.known.user).select_related(
        "inspected_agency", "framework"
    )
    named = inspections.in_bulk([event.subject_id for event in made])
    return [
        {
            "inspection": named[event.subject_id],
            "at": event.at,
            "changes": changes_of(event, Inspection),
        }
        for event in made
    ]
