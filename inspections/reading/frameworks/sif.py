"""Ofsted's single inspection framework, 2013 to 2017: the council, and in a section of its own the safeguarding board.

Until the middle of 2015 its parts had other names: a summary of findings, what needs to improve, judgements.

Cover: the council's name in large letters, the dates, the overall grade as a sentence, a table of five grades. Then
an executive summary, facts about the area, recommendations, a summary for children, three sections of numbered
paragraphs; the board's section has a summary, recommendations and findings of its own, numbered on.
"""

import re

from .. import asking, placing
from ..grades import grade_after, grade_of
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
BOARDS_AREA = "lscb-effectiveness"
BOARD = r"safeguarding children(?:.s|s)? board|\bLSCB\b|arrangements in place to evaluate"
_GRADE = r"(outstanding|good|inadequate|requires? improvement(?: to be good)?)\b"
BOARD_IS = re.compile(rf"\b(?:is|are|board\)?|LSCB\)?)\s+{_GRADE}", re.IGNORECASE)
OVERALL = re.compile(
    r"(?:the )?(?:overall (?:judgement|effectiveness) (?:is|of) (?:that )?)?children(?:.s|s)? services"
    rf"(?: (?:in|for|provided by) .{{3,80}}?)?(?: (?:are|is))? {_GRADE}(?! at)",
    re.IGNORECASE,
)
ABOUT = r"information about (?:this|the) inspection|the inspection team|what the inspection judgements mean|about this inspection"
SECTIONS = (
    Section(r"^contents", "", ""),
    Section(
        r"^recommendations?\b|^what (?:does|do) .{0,40}need to improve|areas? for (?:priority|improvement)|^priority and immediate",
        "recommendation",
        "recommendation",
        numbered="recommendation",
    ),
    Section(ABOUT, "about", "about"),
    Section(r"summary for children", "summary", "summary"),
    Section(r"executive summary|^summary\b|^key findings|strengths|^progress since", "summary", "summary"),
    Section(
        r"information about (?:this|the) (?:local authority|area)|^the local authority.s? (?:area|context)",
        "facts",
        "summary",
    ),
    Section(r"^inspection (?:findings|judgements?).*(?:board|LSCB)", "board", "summary"),
    Section(r"^inspection (?:findings|judgements)|^findings", "body", "summary"),
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
    """The overall grade: the sentence that gives it, on the cover and again where the summary begins."""
    said = [
        (grade_of(match[1]), passage)
        for passage in printed.passages
        if passage.page <= 3 and (match := OVERALL.match(" ".join(passage.text.split())))
    ]
    if len({code for code, _passage in said}) == 1:
        code, passage = said[0]
        found.add("judgement:overall-effectiveness", code, passage.page, passage.text[:160])
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
    """The grade of the board: a heading of its section that gives it, else a short sentence or a row of a table."""
    in_headings, elsewhere = [], []
    for passage in printed.passages:
        heading = passage.kind == "heading"
        if (heading or len(passage.text) < 330) and re.search(BOARD, passage.text, re.IGNORECASE):
            match = BOARD_IS.search(passage.text)
            code = grade_after(passage.text)[1] or (grade_of(match[1]) if match and heading else None)
            if code:
                (in_headings if heading else elsewhere).append((code, passage.page, passage.text))
    if not in_headings and not elsewhere:
        for lines in printed.layout.body:
            elsewhere += table(lines, ((BOARDS_AREA, BOARD),)).values()
    said = [grade for grade in in_headings or elsewhere if grade[0]]
    if len({code for code, _page, _words in said}) == 1:
        found.add(f"judgement:{BOARDS_AREA}", *said[0])
    else:
        found.note("The judgement of the safeguarding board is not given, or could not be read.")
