"""Reading recommendations: the visibility rule and the named selections that pages and figures build on."""

from django.db.models import Q

from agencies.models import RecordedQuerySet
from inspections.models import Inspection

from .findings import Finding
from .follow_up import NOT_ISSUED, OPEN
from .follow_up import RecommendationStatus as RStatus
from .life import Status


class RecommendationQuerySet(RecordedQuerySet):
    def visible_to(self, user):
        """The visibility rule for recommendations, composed from the one for findings.

        Issued ones of published findings are for everybody with a role, like the findings. The rest are for those
        who work on the inspection; drafts also, during the factual accuracy check, for the agency to which
        their finding is attributed.
        """
        if not user.has_a_role:
            return self.none()
        if user.is_auditor:
            return self
        rule = ~Q(status__in=NOT_ISSUED) & Q(finding__status=Status.PUBLISHED)
        if user.is_inspector or user.is_manager:
            rule |= Q(finding__inspection__in=Inspection.objects.worked_on_by(user))
        elif user.is_respondent:
            shared = Finding.objects.visible_to(user).filter(status=Status.AGREED)
            rule |= Q(status=RStatus.DRAFT, finding__in=shared)
        return self.filter(rule)

    def issued(self):
        """Issued and not lost with a withdrawn finding: what lists and figures count."""
        return self.exclude(status__in=NOT_ISSUED).filter(finding__status=Status.PUBLISHED)

    def open(self):
        return self.filter(status__in=OPEN)

    def addressed_to(self, agency):
        return self.filter(addressee=agency)

    def overdue(self, on, *, by_original=False):
        """Open with the due date passed when that day began: the one now valid, or the one first set."""
        name = "due_first" if by_original else "due_on"
        return self.open().filter(**{f"{name}__lt": on})

    def unanswered(self):
        return self.filter(status__in=(RStatus.ISSUED, RStatus.REOPENED))

    def claimed(self):
        return self.filter(status=RStatus.CLAIMED)

    def known_to(self, user, *, on):
        """Recommendations that count in figures as of that day: of findings that count then, issued before it.

        A finding corrected since counts then in its earlier wording, which has no recommendations of its own.
        """
        known = Finding.objects.known_to(user, on=on)
        earlier = known.filter(version_of__isnull=False).values("version_of")
        return self.exclude(status__in=NOT_ISSUED).filter(
            Q(finding__in=known) | Q(finding__in=earlier), issued_on__lt=on
        )
