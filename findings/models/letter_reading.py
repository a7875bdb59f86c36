"""Reading letters: the visibility rule and the selections that lists and figures build on."""

from django.db.models import F, Q

from agencies.models import RecordedQuerySet

from .letter_life import SENT, LetterStatus


def reply_is(how, on):
    """Of letters that asked for a reply by a day: late (none came before that day), in_time or replied_late, as of
    the day."""
    asked = Q(reply_due_on__isnull=False)
    if how == "late":
        return asked & Q(reply_due_on__lt=on) & (Q(replied_on=None) | Q(replied_on__gte=on))
    in_time = Q(replied_on__lte=F("reply_due_on"))
    return asked & Q(replied_on__lt=on) & (in_time if how == "in_time" else ~in_time)


class LetterQuerySet(RecordedQuerySet):
    def visible_to(self, user):
        """An inspector's own, a manager's inspectorate's; sent ones also for the agency addressed; auditors read all.
        What was public when it was recorded is for everybody with a role."""
        if not user.has_a_role:
            return self.none()
        if user.is_auditor:
            return self
        rule = Q(public=True)
        if user.is_manager:
            rule |= Q(from_agency_id=user.agency_id)
        if user.is_inspector:
            rule |= Q(author=user, from_agency_id=user.agency_id)
        if user.is_inspector or user.is_manager or user.is_respondent:
            rule |= Q(to_agency_id=user.agency_id, status__in=SENT)
        return self.filter(rule)

    def sent(self):
        return self.filter(status__in=SENT)

    def awaiting_reply(self):
        return self.filter(status=LetterStatus.SENT)

    def overdue(self, on):
        return self.awaiting_reply().filter(reply_due_on__lt=on)

    def by_reply(self, how, on):
        """Sent letters that asked for a reply, by how it came: `reply_is`."""
        return self.sent().filter(reply_is(how, on))

    def known_on(self, day):
        """Sent before that day began."""
        return self.sent().filter(sent_on__lt=day)
