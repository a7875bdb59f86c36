"""What: themes, findings and where reports say them."""

from .findings import Citation, Finding, FindingType, Severity, Status
from .themes import Theme

__all__ = ["Citation", "Finding", "FindingType", "Severity", "Status", "Theme"]
