"""Who: the agencies, the people who sign in, and the history of who changed what."""

from .agencies import Agency, Kind, Nation, Policing, Succession
from .history import Channel, EditConflict, Event, Recorded, RecordedQuerySet, ReferenceRecord
from .jobs import Job, LostClaim
from .people import Role, User
from .tries import TooManyTries, Tries
from .typed import TooMuchTyped, TypedText

__all__ = [
    "Agency",
    "Channel",
    "EditConflict",
    "Event",
    "Job",
    "Kind",
    "LostClaim",
    "Nation",
    "Policing",
    "Recorded",
    "RecordedQuerySet",
    "ReferenceRecord",
    "Role",
    "Succession",
    "TooManyTries",
    "TooMuchTyped",
    "Tries",
    "TypedText",
    "User",
]
