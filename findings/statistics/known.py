"""What one person may count, as of a day: the start of every figure."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from agencies.models import Agency, User
from inspections.models import Inspection, Judgement

from ..models import Finding, Recommendation, Theme


@dataclass(frozen=True)
class Known:
    """The published records that the person may see, as they were known on the day.

    `corrected`: the findings as they read now, without those withdrawn since: as the figures would be given today.
    """

    user: User
    on: date
    corrected: bool = False

    @cached_property
    def inspections(self):
        return Inspection.objects.visible_to(self.user).known_on(self.on)

    @cached_property
    def findings(self):
        return Finding.objects.known_to(self.user, on=self.on, corrected=self.corrected)

    @cached_property
    def recommendations(self):
        return Recommendation.objects.known_to(self.user, on=self.on, corrected=self.corrected)

    @cached_property
    def withdrawn_since(self):
        """Findings that counted on the day and have been withdrawn since."""
        return Finding.objects.known_to(self.user, on=self.on).withdrawn()

    @cached_property
    def corrected_since(self):
        """What findings said that counted on the day, still stand and have been corrected since."""
        return Finding.objects.known_to(self.user, on=self.on).reworded()

    @cached_property
    def judgements(self):
        return Judgement.objects.visible_to(self.user).filter(inspection__in=self.inspections)

    @cached_property
    def forces(self):
        """The territorial forces of the day: 43."""
        return self.agencies.territorial_forces().open_on(self.on)

    @cached_property
    def agencies(self):
        return Agency.objects.visible_to(self.user)

    def themes(self):
        """The themes that figures of the day are told apart by: those not merged into another by then."""
        merged = Theme.objects.filter(retired_into__isnull=False, retired_on__lte=self.on)
        return Theme.objects.visible_to(self.user).exclude(pk__in=merged.values("pk"))
