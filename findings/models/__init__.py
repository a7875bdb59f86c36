"""What: themes, findings and where reports say them."""

from .citations import Citation
from .findings import Finding
from .life import FindingType, Severity, Status
from .themes import Theme

__all__ = ["Citation", "Finding", "FindingType", "Severity", "Status", "Theme"]
