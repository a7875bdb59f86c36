"""Publication: an inspection and its agreed findings become public in one transaction."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import Channel, EditConflict
from inspections.models import IllegalTransition, Inspection

from .models import Finding, Status
from .models.recommendations import issue_with


@transaction.atomic
def publish(inspection, *, by, on=None, at=None, reason="", expect=None, channel=Channel.PAGE):
    """Publishes the inspection on that day (today when not given) and every agreed finding with it.

    `at` is the moment of publication, now when not given. Drafted recommendations are issued with their findings.

    Raises IllegalTransition while findings are still draft or in review: what is not agreed is agreed or
    withdrawn first, never left behind.
    """
    # Locked before it is counted: nothing is logged or returned to draft between the count and the publication.
    Inspection._base_manager.select_for_update().get(pk=inspection.pk)
    waiting = Finding.objects.filter(
        inspection=inspection, status__in=(Status.DRAFT, Status.IN_REVIEW)
    ).count()
    if waiting:
        raise IllegalTransition(
            ngettext(
                "%(count)s finding is not agreed yet. Agree or withdraw it first.",
                "%(count)s findings are not agreed yet. Agree or withdraw them first.",
                waiting,
            )
            % {"count": waiting}
        )
    inspection.move("publish", by=by, on=on, at=at, reason=reason, expect=expect, channel=channel)
    for finding in Finding.objects.filter(inspection=inspection, status=Status.AGREED).order_by("pk"):
        publish_finding(finding, by=by, at=at, reason=reason, channel=channel)
    return inspection


@transaction.atomic
def publish_finding(finding, *, by, at=None, reason="", expect=None, channel=Channel.PAGE):
    """Publishes one finding of a published inspection and issues its recommendations."""
    finding.move("publish", by=by, at=at, reason=reason, expect=expect, channel=channel)
    issue_with(finding, by=by, reason=reason, channel=channel)
    return finding


def release_due(now):
    """Publishes what was embargoed until a moment that has come; yields (inspection, problem or "").

    However late this runs, an inspection is published as of its own moment. One that cannot be released, because
    a finding is not agreed for example, is reported and does not keep the others.
    """
    for inspection in Inspection.objects.due_for_release(now).order_by("embargo_until", "pk"):
        moment = inspection.embargo_until
        try:
            publish(
                inspection,
                by=None,
                on=timezone.localdate(moment),
                at=moment,
                reason=_("The embargo ended."),
                expect=inspection.version,
                channel=Channel.COMMAND,
            )
        except (IllegalTransition, EditConflict, ValidationError) as problem:
            yield inspection, "; ".join(getattr(problem, "messages", [str(problem)]))
        else:
            yield inspection, ""
