"""What has been corrected since a day: findings, and facts of inspections and reference data that figures count."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q

from agencies.days import start_of
from agencies.models import Agency, Event, Policing
from agencies.timeline import changes_of
from inspections.models import Framework, Inspection

from .models import Finding
from .statistics.known import Known

COUNTED = {
    Inspection: {
        "framework",
        "lead_inspectorate",
        "inspected_agency",
        "participating_agencies",
        "cycle",
        "fieldwork_to",
        "published_on",
        "coverage",
        "judgements",
    },
    Framework: {"evaluates_partnership", "joint", "grade_scale"},
    Policing: {"force", "authority", "valid_from", "valid_to"},
    Finding: {"recurrence_of"},
}
VERBS = ("edited", "judged", "date stated")
WORDING = (
    "finding_type",
    "attributed_to",
    "with_partners",
    "theme",
    "severity",
    "severity_rationale",
    "systemic",
    "summary",
    "detail",
    "citations",
    "recurrence_of",
)
SHOWN = 20


def corrections_since(scope):
    """([{record, url, at, changes}] that touch this scope, latest first; whether there are more than these twenty).

    Figures are given with these facts as corrected; what they were before stands beside them here. Facts of an
    inspection count once it was public; what reading its report added (`coverage`) is among them.
    """
    if not scope.known.user.has_a_role:
        return [], False
    events = Event.objects.filter(at__gte=start_of(scope.on), sequence__gt=1)
    policing = Policing.objects.filter(force=scope.force) if scope.force else Policing.objects.all()
    council = scope.inspection.inspected_agency if scope.inspection else scope.council
    policing = policing.filter(authority=council) if council else policing
    of_reference = events.filter(
        Q(subject_type=Framework._meta.label_lower)
        | Q(subject_type=Policing._meta.label_lower, subject_id__in=policing.values("pk"))
    )
    linked = events.filter(
        subject_type=Finding._meta.label_lower,
        verb="recurrence linked",
        subject_id__in=_now_of(scope).filter(published_at__lt=OuterRef("at")).values("pk"),
    )
    of_others = (*_latest(of_reference), *_latest(linked))
    found = {event.pk: event for event in (*_of_inspections(scope, events), *of_others)}
    latest = sorted(found.values(), key=lambda event: (event.at, event.pk), reverse=True)
    counted = [(event, model) for event in latest if (model := _counted(event))]
    made = counted[:SHOWN]
    named = _named(scope, made)
    shown = [
        {**named[event.subject_type, event.subject_id], "at": event.at, "changes": changes_of(event, model)}
        for event, model in made
        if (event.subject_type, event.subject_id) in named
    ]
    return shown, len(counted) > SHOWN


def rewordings_since(scope):
    """([{record, url, at, changes}] of corrected findings, latest first; whether there are more than these twenty).

    Figures count a finding as it read on the day; what has been corrected since stands here, before and after:
    of findings that belonged to the scope then or belong to it now. Withdrawn ones keep their words to themselves.
    """
    if not scope.known.user.has_a_role:
        return [], False
    since = start_of(scope.on + timedelta(1))
    then = scope.of_whatever_window(scope.known.corrected_since).values("version_of")
    now = _now_of(scope).filter(corrected_at__gte=since).values("pk")
    made = Event.objects.filter(
        Q(subject_id__in=then) | Q(subject_id__in=now),
        subject_type=Finding._meta.label_lower,
        verb="corrected",
        at__gte=since,
    ).order_by("-at", "-pk")[: SHOWN + 1]
    made = list(made)
    for event in made:
        event.after = {name: event.after[name] for name in WORDING if name in event.after}
    named = _named(scope, [(event, Finding) for event in made[:SHOWN]])
    return [
        {**named[event.subject_type, event.subject_id], "at": event.at, "changes": changes_of(event, Finding)}
        for event in made[:SHOWN]
    ], len(made) > SHOWN


def _now_of(scope):
    """Findings of the scope as they read now."""
    return scope.of_whatever_window(Known(scope.known.user, scope.on, corrected=True).findings)


def _of_inspections(scope, events):
    """Changes of published inspections that belong to the scope, or belonged to it before the change."""
    public = Inspection.objects.visible_to(scope.known.user).published()
    changed = events.filter(
        Exists(public.filter(pk=OuterRef("subject_id"), published_at__lt=OuterRef("at"))),
        subject_type=Inspection._meta.label_lower,
        verb__in=VERBS,
    )
    if scope.inspection:
        return _latest(changed.filter(subject_id=scope.inspection.pk))
    agency = scope.force or scope.council
    if agency is None:
        return _latest(changed)
    own = public.of_force(agency) if scope.force else public.filter(inspected_agency=agency)
    slugs = {agency.slug, *Agency.objects.filter(policed__force=agency).values_list("slug", flat=True)}
    moved = changed.filter(
        Q(before__has_key="inspected_agency") | Q(before__has_key="participating_agencies")
    )
    return [
        *_latest(changed.filter(subject_id__in=own.values("pk"))),
        *(event for event in _latest(moved) if _agencies_before(event) & slugs),
    ]


def _agencies_before(event):
    """Slugs of the agencies that the inspection had inspected before the change, as far as it changed them."""
    kept = [event.before.get("inspected_agency"), *(event.before.get("participating_agencies") or [])]
    return {agency["key"] for agency in kept if agency}


def _latest(events):
    """The latest of the events that changed something counted, one more than are shown."""
    counted = sorted(set().union(*COUNTED.values()))
    return events.filter(after__has_any_keys=counted).order_by("-at", "-pk")[: SHOWN + 1]


def _counted(event):
    """The event's model when it changed what is counted, and the event reduced to that; else None."""
    for model, fields in COUNTED.items():
        if event.subject_type == model._meta.label_lower:
            event.after = {name: value for name, value in event.after.items() if name in fields}
            return model if event.after else None
    return None


def _named(scope, made):
    """{(kind, id): {record, url}} of the changed records, in one query for each kind."""
    ids = {model: {event.subject_id for event, of in made if of is model} for model in COUNTED}
    user = scope.known.user
    inspections = Inspection.objects.visible_to(user).select_related("inspected_agency", "framework")
    found = {}
    for model, queryset in (
        (Inspection, inspections),
        (Framework, Framework.objects.visible_to(user)),
        (Policing, Policing.objects.select_related("force", "authority")),
        (Finding, Finding.objects.visible_to(user).published()),
    ):
        for record in queryset.filter(pk__in=ids[model]) if ids[model] else ():
            url = record.get_absolute_url() if model in (Inspection, Finding) else ""
            found[model._meta.label_lower, record.pk] = {"record": record, "url": url}
    return found
