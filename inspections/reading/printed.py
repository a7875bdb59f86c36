"""A report as printed, ready to be asked for its facts and its paragraphs."""

from dataclasses import dataclass, field
from functools import cached_property

from .layout import Layout
from .passages import passages
from .report import Fact


@dataclass(frozen=True)
class Printed:
    """The lines of all pages, and what of them is body, headings and footnotes."""

    pages: list
    layout: Layout

    @cached_property
    def passages(self):
        return passages(self.layout)

    def lines(self, last):
        """The lines of the body up to page `last`."""
        return [line for line in self.layout.lines if line.page <= last]

    def opening(self, last=2):
        """The words of the first pages in one string."""
        return " ".join(line.text for page in self.pages[:last] for line in page)


@dataclass
class Facts:
    """Facts as they are found, and notes on what was not."""

    found: list = field(default_factory=list)
    notes: list = field(default_factory=list)

    def add(self, name, value, page, words):
        self.found.append(Fact(name, str(value), page, " ".join(words.split())[:300]))

    def note(self, text):
        if text not in self.notes:
            self.notes.append(text)

    def get(self, name):
        """The value of the first fact of this name, or an empty string."""
        return next((fact.value for fact in self.found if fact.name == name), "")

    def drop(self, *names):
        self.found = [fact for fact in self.found if fact.name not in names]
