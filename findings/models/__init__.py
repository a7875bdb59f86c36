"""What: themes, findings and where reports say them, and views of them that people keep."""

from .citations import Citation
from .findings import Finding
from .life import FindingType, Severity, Status
from .saved_views import SavedView
from .themes import Theme

__all__ = ["Citation", "Finding", "FindingType", "SavedView", "Severity", "Status", "Theme"]
