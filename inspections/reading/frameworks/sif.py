"""Ofsted's single inspection framework, 2013 to 2017: the council, and in a section of its own the safeguarding board.

Cover: the council's name in large letters, the dates, the overall grade as a sentence, a table of five grades. Then
an executive summary, facts about the area, recommendations, a summary for children, three sections of numbered
paragraphs; the board's section has a summary, recommendations and findings of its own, numbered on.
"""

import re

from .. import asking, placing
from ..grades import GRADE, grade_after, grade_of
from ..grading import table
from ..placing import Section
from ..printed import Facts

CODE = "SIF"
AREAS = (
    ("lscb-effectiveness", r"safeguarding children(?:.s|s)? board|LSCB"),
    ("adoption", r"adoption performance|^(?:2\.1\.?\s)?(?:graded judgement.*)?adoption"),
    ("care-leavers", r"(?:experiences? and progress of )?care leavers\b"),
    ("looked-after-and-permanence", r"children looked after|looked after and achieving|achieving permanence"),
    ("help-and-protection", r"help and protection"),
    ("leadership", r"leadership,? (?:management|and)"),
)
OF_THE_COUNCIL = tuple(pair for pair in AREAS if pair[0] != "lscb-effectiveness")
ABOUT = r"information about (?:this|the) inspection|the inspection team|what the inspection judgements mean|about this inspection"
SECTIONS = (
    Section(r"^contents", "", ""),
    Section(
        r"^recommendations?\b|areas? for (?:priority|improvement)|^priority and immediate",
        "recommendation",
        "recommendation",
        numbered="recommendation",
    ),
    Section(ABOUT, "about", "about"),
    Section(r"summary for children", "summary", "summary"),
    Section(r"executive summary|^summary\b|^key findings", "summary", "summary"),
    Section(
        r"information about (?:this|the) (?:local authority|area)|^the local authority.s? (?:area|context)",
        "facts",
        "summary",
    ),
    Section(r"^inspection findings.*(?:board|LSCB)", "board", "summary"),
    Section(r"^inspection findings|^findings", "body", "summary"),
    Section(r"safeguarding children(?:.s|s)? board|\bLSCB\b", "board", "summary"),
    Section(
        r"experiences? and progress of|leadership, management|adoption performance|care leavers|achieving permanence|help and protection",
        "body",
        "summary",
    ),
)
OPENING = Section("", "summary", "summary")


def recognises(printed):
    words = printed.opening(3)
    return bool(
        re.search(r"inspection of services for children in need of help and protection", words, re.I)
        or re.search(r"single inspection framework", words, re.I)
    )


def facts(printed, gazetteer):
    found, lines = Facts(), printed.lines(3)
    words, page = asking.dates_line(lines)
    if not asking.ask_fieldwork(found, words, page):
        found.note("The dates of fieldwork could not be read.")
    asking.ask_published(found, lines)
    if not found.get("published_date"):
        found.note("The date of publication is not printed, or could not be read.")
    asking.check_dates(found)
    asking.ask_council(found, gazetteer, _council_places(printed))
    asking.ask_force(found, gazetteer)
    _overall(printed, found)
    _areas(printed, found)
    _board(printed, found)
    asking.ask_lead(found, printed.layout.lines)
    return found


def paragraphs(printed):
    return placing.paragraphs(printed, SECTIONS, OPENING)


def _council_places(printed):
    """Where the cover names the council: its largest letters, then the sentence that gives the overall grade."""
    cover = [line for line in printed.pages[0] if not line.text.isdigit()]
    largest = max((line.size for line in cover), default=0)
    title = [line for line in cover if line.size == largest]
    if title:
        yield " ".join(line.text for line in title), 1
    for passage in printed.passages:
        match = re.match(
            r"children(?:.s|s)? services (?:in|for|provided by) (.{3,80}?) (?:are|is|requires?)\b",
            passage.text,
            re.I,
        )
        if match and passage.page <= 3:
            yield match[1], passage.page


def _overall(printed, found):
    """The overall grade: a sentence of its own on the cover."""
    said = []
    for passage in printed.passages:
        if passage.page > 3 or (passage.kind != "heading" and len(passage.text) > 140):
            continue
        if re.search(r"children(?:.s|s)? services|overall (?:judgement|effectiveness)", passage.text, re.I):
            code = grade_after(passage.text)[1]
            if code and "board" not in passage.text.lower():
                said.append((code, passage))
    if len({code for code, _passage in said}) == 1:
        found.add("judgement:overall-effectiveness", said[0][0], said[0][1].page, said[0][1].text)
    else:
        found.note("The overall judgement could not be read.")


def _areas(printed, found):
    """The grades of the table on the cover; where it has none for an area, that beside the area's own heading."""
    grades = {}
    for page in (1, 2, 3):
        lines = [line for line in printed.lines(page) if line.page == page]
        got = table(lines, AREAS)
        if len(got) > len(grades):
            grades = got
    headings = _headings(printed)
    for area, _pattern in OF_THE_COUNCIL:
        code, page, words = grades.get(area) or headings.get(area) or (None, 0, "")
        if code:
            found.add(f"judgement:{area}", code, page, words)
        elif code == "":
            found.note(f"“{words}”: no grade was given.")
        else:
            found.note(f"The judgement of “{area}” could not be read.")


def _headings(printed):
    """{area: (code, page, words)} of the headings of sections that end in a grade."""
    grades = {}
    previous = None
    for passage in printed.passages:
        if passage.kind != "heading" or passage.page < 3:
            previous = None
            continue
        text, code = grade_after(passage.text)
        if previous and grade_of(passage.text):
            text, code = previous.text, grade_of(passage.text)
        previous = passage
        area = next((name for name, pattern in OF_THE_COUNCIL if re.search(pattern, text, re.I)), None)
        if code and area:
            grades.setdefault(area, (code, passage.page, f"{text} {code}"))
    return grades


def _board(printed, found):
    """The grade of the board: a sentence in the heading of its section, or a row of the table."""
    said = []
    for passage in printed.passages:
        if passage.kind != "heading" and len(passage.text) > 330:
            continue
        if not re.search(
            r"safeguarding children(?:.s|s)? board|\bLSCB\b|arrangements in place to evaluate",
            passage.text,
            re.I,
        ):
            continue
        code = grade_after(re.sub(r"\s*[.]\s*$", "", passage.text))[1]
        if not code and passage.kind == "heading":
            match = re.search(
                r"\b(?:is|are|board\)?)\s+(" + GRADE.pattern.replace("?P<g", "?P<h") + ")", passage.text, re.I
            )
            code = grade_of(match[1]) if match else None
        if code:
            said.append((code, passage, passage.kind == "heading"))
    in_headings = [(code, passage) for code, passage, heading in said if heading] or [
        (code, passage) for code, passage, _heading in said
    ]
    if len({code for code, _passage in in_headings}) == 1:
        found.add(
            "judgement:lscb-effectiveness", in_headings[0][0], in_headings[0][1].page, in_headings[0][1].text
        )
    else:
        found.note("The judgement of the safeguarding board could not be read.")
