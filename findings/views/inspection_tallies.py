"""What each of several inspections found, as lists of inspections show it."""

from ..figures.cells import NOTHING
from ..models import Finding
from ..statistics.themes import tally_by


def tallies_of(user, inspections, day=None):
    """{inspection id: {weaknesses, serious, strengths}}: published findings about the police, as of the day or now."""
    published = Finding.objects.visible_to(user).published()
    findings = Finding.objects.known_to(user, on=day) if day else published
    counted = findings.filter(inspection__in=[inspection.pk for inspection in inspections]).about_police()
    return {row["inspection"]: row for row in tally_by(counted, "inspection")}


def with_tallies(user, inspections, day=None):
    """[(inspection, {weaknesses, serious, strengths})] of `tallies_of`."""
    inspections = list(inspections)
    counts = tallies_of(user, inspections, day)
    return [(inspection, counts.get(inspection.pk, NOTHING)) for inspection in inspections]
