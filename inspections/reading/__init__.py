"""Reading a published report: from the file to its passages and facts, without touching the database."""

from .gazetteer import Gazetteer
from .process import read_file
from .report import Fact, Paragraph, ReadReport, Unreadable

__all__ = ["Fact", "Gazetteer", "Paragraph", "ReadReport", "Unreadable", "read_file"]
