"""Briefing packs: what the register knows of one force, one council, one theme or the country, on two to four pages."""

from .pack import briefing

__all__ = ["briefing"]
