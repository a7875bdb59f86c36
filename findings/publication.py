"""Publication: an inspection and its agreed findings become public in one transaction, by hand or by themselves."""

import logging
from copy import copy

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import Channel, Event
from inspections.models import IllegalTransition, Inspection
from inspections.models import Status as InspectionStatus

from .models import Finding, Status
from .models.recommendations import issue_with

# What can make an inspection ready to be released after the moment to which it was embargoed.
MADE_READY = {
    Inspection: ("embargo", "resume", "hold lifted"),
    Finding: ("agree", "withdraw"),
}
# The constraints that a day of publication can hurt.
DATES_OF_PUBLICATION = {"inspection_published_after_fieldwork", "inspection_letter_before_publication"}


@transaction.atomic
def publish(inspection, *, by, on=None, at=None, reason="", expect=None, channel=Channel.PAGE):
    """Publishes the inspection on that day (today when not given) and every agreed finding with it.

    `at` is the moment of publication, now when not given. Drafted recommendations are issued with their findings.

    Raises IllegalTransition while findings are still draft or in review: what is not agreed is agreed or
    withdrawn first, never left behind.
    """
    # Locked before they are counted: nothing is logged or returned to draft between the count and the publication.
    Inspection._base_manager.select_for_update().get(pk=inspection.pk)
    findings = Finding._base_manager.select_for_update().filter(inspection=inspection)
    list(findings.order_by("pk").values_list("pk"))
    if words := not_agreed(inspection):
        raise IllegalTransition(words)
    inspection.move("publish", by=by, on=on, at=at, reason=reason, expect=expect, channel=channel)
    for finding in Finding.objects.filter(inspection=inspection, status=Status.AGREED).order_by("pk"):
        publish_finding(finding, by=by, at=at, reason=reason, channel=channel)
    return inspection


def not_agreed(inspection):
    """How many of its findings keep it from being published, in words; "" when none does."""
    waiting = Finding.objects.filter(
        inspection=inspection, status__in=(Status.DRAFT, Status.IN_REVIEW)
    ).count()
    if not waiting:
        return ""
    words = ngettext(
        "%(count)s finding is not agreed yet. Agree or withdraw it first.",
        "%(count)s findings are not agreed yet. Agree or withdraw them first.",
        waiting,
    )
    return words % {"count": waiting}


@transaction.atomic
def publish_finding(finding, *, by, at=None, reason="", expect=None, channel=Channel.PAGE):
    """Publishes one finding of a published inspection and issues its recommendations."""
    finding.move("publish", by=by, at=at, reason=reason, expect=expect, channel=channel)
    issue_with(finding, by=by, reason=reason, channel=channel)
    return finding


def release_due(now):
    """Publishes what was embargoed until a moment that has come; yields (inspection, problem or "").

    However late this runs, an inspection is published as of the moment from which nothing kept it back. One that
    cannot be released, because a finding is not agreed for example, is reported and does not keep the others.
    What somebody published, held or moved meanwhile is left out.
    """
    for inspection in list(Inspection.objects.due_for_release(now).order_by("embargo_until", "pk")):
        try:
            released = _release(inspection, now)
        except (IllegalTransition, ValidationError) as problem:
            yield inspection, "; ".join(getattr(problem, "messages", [str(problem)]))
        except Exception as problem:
            # Whatever it is: the others are published at their moment all the same.
            logging.getLogger(__name__).exception("Inspection %s was not released", inspection.public_id)
            yield inspection, _("an unexpected error, %(name)s") % {"name": type(problem).__name__}
        else:
            if released:
                yield released, ""


@transaction.atomic
def _release(inspection, now):
    """The inspection, published; None where it is not due any more."""
    due = Inspection.objects.due_for_release(now).select_for_update()
    current = due.filter(pk=inspection.pk).first()
    if current is None:
        return None
    moment = releasable_since(current)
    return publish(
        current,
        by=None,
        on=timezone.localdate(moment),
        at=moment,
        reason=_("The embargo ended."),
        channel=Channel.COMMAND,
    )


def releasable_since(inspection):
    """The moment from which nothing keeps an embargoed inspection back that is ready: the end of its embargo, or
    when the hold was lifted, work was resumed or the last finding was agreed after it."""
    of_inspection = Q(subject_id=inspection.pk, **_events_of(Inspection))
    of_findings = Q(subject_id__in=inspection.findings.values("pk"), **_events_of(Finding))
    last = Event.objects.filter(of_inspection | of_findings).aggregate(last=Max("at"))["last"]
    return max(filter(None, (inspection.embargo_until, last)))


def _events_of(model):
    return {"subject_type": model._meta.label_lower, "verb__in": MADE_READY[model]}


def why_not_released(inspection, now):
    """What keeps an inspection back whose embargo has ended, in words; "" where nothing does. A hold is no such
    thing: somebody decided it."""
    if inspection.status != InspectionStatus.EMBARGOED or not inspection.has_embargo_ended(now):
        return ""
    if words := not_agreed(inspection):
        return words
    return _day_refused(inspection, timezone.localdate(releasable_since(inspection)))


def _day_refused(inspection, day):
    """Why the inspection cannot be published on that day, in the words of the constraints on its dates."""
    tried = copy(inspection)
    tried.published_on = day
    try:
        for constraint in Inspection._meta.constraints:
            if constraint.name in DATES_OF_PUBLICATION:
                constraint.validate(Inspection, tried)
    except ValidationError as problem:
        return "; ".join(problem.messages)
    return ""
