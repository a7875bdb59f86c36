"""What reading a report gives: plain values that can cross from one process to another and be written as JSON."""

from dataclasses import dataclass, field


class Unreadable(Exception):
    """The file cannot be read as a report; the message says why, in words for whoever handed it in."""


@dataclass(frozen=True)
class Fact:
    """One thing that the report says about its inspection, as printed on `page` (from 1) of the file.

    `name` is one of FACTS, or "judgement:" and the code of a judgement area. `value` is text: a date as YYYY-MM-DD, an
    agency by its slug, a grade by its code. `words` is the line that it was read from. A report that does not say a
    thing has no fact of it: nothing is guessed.
    """

    name: str
    value: str
    page: int
    words: str = ""


# Names of facts beside judgements. "participant" may occur several times: each an agency inspected beside the council.
FACTS = (
    "framework",
    "local_authority",
    "police_force",
    "participant",
    "start_date",
    "end_date",
    "published_date",
    "lead_inspector",
    "recommendations",
)


@dataclass(frozen=True)
class Paragraph:
    """A passage of the report: one printed paragraph or bullet, joined across lines and pages.

    `page` (from 1) is where it begins. `breaks` are (offset in text, page) where it goes on on another page.
    `label` is the paragraph as printed: "17", "recommendation 10", "summary", "headline findings",
    "areas for improvement 3". `headings` lead to it, the outermost first. `part` is what the framework makes of
    the place: "facts", "summary", "recommendation", "body", "board" (the safeguarding board's own section),
    "strengths", "improvement", "priority action", "next steps", "footnote", "about" (how inspections are done).
    """

    page: int
    label: str
    text: str
    part: str = "body"
    headings: tuple[str, ...] = ()
    breaks: tuple[tuple[int, int], ...] = ()

    def page_at(self, offset):
        """The page on which the character at `offset` of the text stands."""
        page = self.page
        for start, beyond in self.breaks:
            if offset >= start:
                page = beyond
        return page


@dataclass(frozen=True)
class ReadReport:
    """One report as read. `notes` says, in words for people, what was looked for and not found."""

    sha256: str
    pages: int
    title: str
    facts: tuple[Fact, ...] = ()
    paragraphs: tuple[Paragraph, ...] = ()
    notes: tuple[str, ...] = field(default=())
