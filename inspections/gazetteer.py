"""The councils and forces of this register, as the reader of reports looks for them."""

from agencies.models import Agency, Policing

from .reading.gazetteer import Beat, Body, Gazetteer

KINDS = ("local_authority", "police_force")


def of_register():
    """The gazetteer of what the register holds now: what administrators added or changed is looked for too."""
    bodies = Agency.objects.filter(kind__in=KINDS).order_by("pk")
    beats = Policing.objects.select_related("force", "authority").order_by("pk")
    return Gazetteer(
        [
            Body(
                agency.slug,
                agency.name,
                agency.official_name,
                agency.kind,
                _day(agency.opened_on),
                _day(agency.closed_on),
            )
            for agency in bodies
        ],
        [
            Beat(beat.force.slug, beat.authority.slug, _day(beat.valid_from), _day(beat.valid_to))
            for beat in beats
        ],
    )


def _day(day):
    return day.isoformat() if day else ""
