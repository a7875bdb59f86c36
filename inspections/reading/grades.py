"""Grades: how the four of Ofsted's scale are printed, and tables that set them beside what is judged."""

import re
from dataclasses import dataclass

_PHRASES = (
    ("requires-improvement", r"requires?\s+improvement(?:\s+to\s+be\s+good)?"),
    ("outstanding", r"outstanding"),
    ("inadequate", r"inadequate"),
    ("good", r"good"),
)
GRADE = re.compile("|".join(f"(?P<g{place}>{words})" for place, (_code, words) in enumerate(_PHRASES)), re.I)
NOT_JUDGED = re.compile(r"not (?:judged|graded|applicable|inspected)|n/?a", re.I)
CUT_SHORT = re.compile(r"requires?$", re.I)
REST = re.compile(r"^(?:improvement(?: to be good)?|to be good|be good)$", re.I)


@dataclass(frozen=True)
class Graded:
    """A cell of a table that holds a grade and nothing else: `code` is empty for "not judged"."""

    code: str
    page: int
    base: float
    left: float
    words: str


def grade_of(text):
    """The code of the grade that the text is, or None; "" when it says that nothing was judged."""
    text = " ".join(text.split()).strip(" .:|")
    match = GRADE.fullmatch(text)
    if match:
        return _PHRASES[int(match.lastgroup[1:])][0]
    return "" if NOT_JUDGED.fullmatch(text) else None


def grade_after(text):
    """(the text before it, the code) of a line that ends in a grade, such as "leadership: good"; else (text, None)."""
    text = " ".join(text.split()).strip(" .")
    for match in GRADE.finditer(text):
        if match.end() == len(text):
            before = re.sub(r"(?:\s*[:–-]|\s+(?:is|are|were|was))*\s*$", "", text[: match.start()])
            if before != text[: match.start()] or text[match.start() - 1 : match.start()] == " ":
                return before.strip(), _PHRASES[int(match.lastgroup[1:])][0]
    return text, None


def cells_with_grades(lines):
    """The graded cells among the lines, a grade that is broken over two lines put together."""
    found, open_ = [], None
    for line in lines:
        for cell in line.cells:
            text = cell.text.strip()
            if (
                open_
                and abs(cell.left - open_.left) < 12
                and 0 < open_.base - line.base < 30
                and REST.match(text)
            ):
                whole = f"{open_.words} {text}"
                open_ = Graded(grade_of(whole) or open_.code, open_.page, open_.base, open_.left, whole)
                found[-1] = open_
                continue
            code = grade_of(text)
            if code is None and CUT_SHORT.match(text):
                code = "requires-improvement"
            if code is not None:
                open_ = Graded(code, line.page, line.base, cell.left, text)
                found.append(open_)
    return found
