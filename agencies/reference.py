"""Reference data: the agencies, who polices whom, who succeeded whom."""

from .models import Agency, Policing, Succession


def load(loader):
    loader.load(
        Agency,
        "agencies/data/agencies.csv",
        key=["slug"],
        columns=[
            "slug",
            "name",
            "official_name",
            "kind",
            "special",
            "nation",
            "region",
            "code",
            "short_code",
            "ofsted_urn",
            "opened_on",
            "closed_on",
            "note",
            "source",
        ],
    )
    loader.load(
        Succession,
        "agencies/data/successions.csv",
        key=["predecessor", "successor"],
        columns=["predecessor", "successor", "on", "note", "source"],
    )
    loader.load(
        Policing,
        "agencies/data/policing.csv",
        key=["force", "authority", "valid_from"],
        columns=["force", "authority", "valid_from", "valid_to", "source"],
    )
