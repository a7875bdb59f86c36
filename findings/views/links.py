"""From a figure to exactly the rows that it counts."""

from agencies.listing import url_with

from ..models.life import SERIOUS, WEAKNESSES


def links(**filters):
    """The lists behind a row's three figures: exactly the rows that were counted."""
    published = {**filters, "status": "published"}
    return {
        "weaknesses_url": url_with("/findings/", **published, finding_type=WEAKNESSES),
        "serious_url": url_with("/findings/", **published, finding_type=WEAKNESSES, severity=SERIOUS),
        "strengths_url": url_with("/findings/", **published, finding_type=["strength"]),
    }
