"""From a report as read to proposed findings: which passages are about the work of a force, and what they say of it."""

from .candidates import Candidate, Reason
from .proposing import propose

__all__ = ["Candidate", "Reason", "propose"]
