"""Reading a published report: from the file to its passages and facts, without touching the database."""

from .report import Fact, Paragraph, ReadReport, Unreadable

__all__ = ["Fact", "Paragraph", "ReadReport", "Unreadable"]
