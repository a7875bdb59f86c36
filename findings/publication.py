"""Publication: an inspection and its agreed findings become public in one transaction."""

from django.db import transaction
from django.utils.translation import ngettext

from agencies.models import Channel
from inspections.models import IllegalTransition, Inspection

from .models import Finding, Status


@transaction.atomic
def publish(inspection, *, by, on=None, reason="", expect=None, channel=Channel.PAGE):
    """Publishes the inspection on that day (today when not given) and every agreed finding with it.

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
    inspection.move("publish", by=by, on=on, reason=reason, expect=expect, channel=channel)
    for finding in Finding.objects.filter(inspection=inspection, status=Status.AGREED).order_by("pk"):
        finding.move("publish", by=by, reason=reason, channel=channel)
    return inspection
