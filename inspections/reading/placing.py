"""Labels and parts: which section of its framework a passage stands in, and what it is called there."""

import re
from dataclasses import dataclass

from .grades import grade_after, grade_of
from .report import Paragraph

ON_THE_COVER = (
    "summary",
    "improvement",
    "priority action",
    "strengths",
)  # parts that may begin on the first page
LONG = 160  # characters: the first passage as long as this ends the cover


@dataclass(frozen=True)
class Section:
    """What a heading opens. `pattern` is sought in the heading; `part` is the part of its paragraphs.

    Labels: of a numbered paragraph, its number after `numbered`, which a bullet under it shares; of a bullet in a
    list without numbers, its place after `bullets` or `numbered`; of other text, its place after `counted`, or `label` as it is. An empty `part` leaves the passages out (contents).
    `aside`: a box within another section, which goes on after it.
    """

    pattern: str
    part: str
    label: str
    numbered: str = ""
    bullets: str = ""
    counted: str = ""
    aside: bool = False


@dataclass
class _Open:
    section: Section
    label: str
    left: float
    page: int
    bullets: int = 0
    texts: int = 0
    number: str = ""


def paragraphs(printed, sections, opening):
    """The paragraphs of a report. `opening`: the section of the text before the first heading that opens one."""
    placer = _Placer(printed, sections, opening)
    for passage in printed.passages:
        placer.take(passage)
    return tuple(sorted([*placer.found, *_notes(printed)], key=lambda paragraph: paragraph.page))


class _Placer:
    def __init__(self, printed, sections, opening):
        self.size = printed.layout.size
        self.sections, self.opening = sections, opening
        self.open = []  # the section, and the aside within it
        self.headings = []  # (weight of the heading, its text)
        self.found = []

    def take(self, passage):
        if passage.kind == "heading":
            self._heading(passage)
            return
        if not self.open:
            if len(passage.text) < LONG:
                return
            self.open = [_Open(self.opening, self.opening.label, passage.left, passage.page)]
        self._leave_aside(passage)
        now = self.open[-1]
        if not now.section.part:
            if now.page == passage.page or len(passage.text) < LONG:
                return
            self.open = [now] = [_Open(self.opening, self.opening.label, passage.left, passage.page)]
        self.found.append(
            Paragraph(
                passage.page,
                self._label(now, passage),
                passage.text,
                now.section.part,
                tuple(text for _weight, text in self.headings),
                tuple(passage.breaks),
            )
        )

    def _leave_aside(self, passage):
        now = self.open[-1]
        if len(self.open) > 1 and passage.left < now.left - 4:
            self.open.pop()
            while self.headings and self.headings[-1][0] == -1:
                self.headings.pop()

    def _label(self, now, passage):
        section = now.section
        if passage.kind == "number" and not section.bullets:
            now.number = passage.number
            return f"{section.numbered} {passage.number}".strip()
        if passage.kind == "bullet" and section.bullets:
            now.bullets += 1
            return f"{section.bullets} {now.bullets}"
        if passage.kind == "bullet" and section.numbered:
            now.bullets += 1
            return f"{section.numbered} {now.number or now.bullets}"
        if section.counted:
            now.texts += 1
            return f"{section.counted} {now.texts}"
        return now.label

    def _heading(self, passage):
        if grade_of(passage.text) is not None:
            return
        text = grade_after(passage.text)[0] or passage.text
        section = next((s for s in self.sections if re.search(s.pattern, text, re.IGNORECASE)), None)
        if self.open and not self.open[-1].section.part and self.open[-1].page == passage.page:
            return  # an entry of the contents
        if not self.open and (section is None or (passage.page == 1 and section.part not in ON_THE_COVER)):
            return  # the cover
        if section and section.aside and self.open:
            self._leave_aside(passage)
            self.open = [self.open[0], _Open(section, _title(text), passage.left, passage.page)]
            self._enter(-1, text)
            return
        if section:
            self.open = [_Open(section, section.label, passage.left, passage.page)]
        elif self.open:
            self._leave_aside(passage)
        self._enter(passage.size + (0.5 if passage.bold else 0), text)

    def _enter(self, weight, text):
        """A heading of this weight ends those that weigh no more."""
        while self.headings and (self.headings[-1][0] <= weight or self.headings[-1][0] == -1):
            self.headings.pop()
        self.headings.append((weight, text))


def _title(text):
    return re.sub(r"\s*[–-]\s+|\s*:\s*", ": ", text.strip().rstrip(":."), count=1).lower()


def _notes(printed):
    for note in printed.layout.notes:
        text = ""
        for line in note.lines:
            text += ("" if text.endswith("-") and line is not note.lines[0] else " ") + line.text
        text = re.sub(rf"^{re.escape(note.mark)}\s*", "", text.strip())
        if text:
            yield Paragraph(note.lines[0].page, "footnote", text, "footnote")
