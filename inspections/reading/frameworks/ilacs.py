"""Ofsted's inspection of local authority children's services, from 2018: reports, and letters of focused visits.

A title in large letters, the dates and the lead inspector, a table of four or five grades, a summary, a list of what
needs to improve, then sections of numbered paragraphs. Care and care leavers were judged together until 2022. Letters
of focused visits give no grades.
"""

import re

from .. import asking, placing
from ..dates import first_date
from ..grades import grade_after
from ..grading import table
from ..placing import Section
from ..printed import Facts

CODE = "ILACS"
AREAS = (
    ("care-and-care-leavers", r"in care and care leavers|looked after and care leavers"),
    ("impact-of-leaders", r"impact of leaders"),
    ("help-and-protection", r"help and protection"),
    ("care-leavers", r"\bcare leavers\b"),
    ("in-care", r"children in care|children looked after"),
    ("overall-effectiveness", r"overall effectiveness"),
)
SECTIONS = (
    Section(r"^contents", "", ""),
    Section(
        r"areas? for priority action",
        "priority action",
        "areas for priority action",
        bullets="areas for priority action",
    ),
    Section(
        r"what needs to improve|areas? for improvement|what needs to be improved",
        "improvement",
        "what needs to improve",
        bullets="what needs to improve",
    ),
    Section(r"^main findings|^findings|^headline findings", "body", "main findings"),
    Section(
        r"experiences? and progress of|impact of leaders|children in care|care leavers|help and protection",
        "body",
        "main findings",
    ),
    Section(r"^next steps", "next steps", "next steps"),
)
OPENING = Section("", "summary", "summary")


def recognises(printed):
    words = printed.opening(2)
    return bool(
        re.search(r"inspection of (?:\S+ ){0,8}?children(?:.s|s)? (?:social care )?services", words, re.I)
        or re.search(r"focused visit", words, re.I)
        or re.search(r"\bILACS\b|inspection of local authority children(?:.s|s)? services", words)
    )


def facts(printed, gazetteer):
    found, lines = Facts(), printed.lines(2)
    letter = not _table(printed)
    words, page = asking.dates_line(lines)
    if not asking.ask_fieldwork(found, words, page):
        _visit(found, printed)
    _published(found, printed, letter)
    asking.check_dates(found)
    asking.ask_council(found, gazetteer, _council_places(printed))
    asking.ask_force(found, gazetteer)
    _grades(printed, found, letter)
    asking.ask_lead(found, lines)
    return found


def paragraphs(printed):
    return placing.paragraphs(printed, SECTIONS, OPENING)


def _council_places(printed):
    cover = [line for line in printed.pages[0] if not line.text.isdigit()]
    largest = max((line.size for line in cover), default=0)
    if largest >= 1.2 * printed.layout.size:
        yield " ".join(line.text for line in cover if line.size == largest), 1
    for passage in printed.passages:
        if passage.page == 1 and re.search(
            r"(?:focused|monitoring) visit (?:to|of)|inspection of", passage.text, re.I
        ):
            found = re.search(
                r"(?:visit (?:to|of)|inspection of) (.{3,90}?)(?:children.s|local authority|\bon\b|$)",
                passage.text,
                re.I,
            )
            if found:
                yield found[1], 1


def _visit(found, printed):
    """Letters of visits print their days in a sentence."""
    words = printed.opening(1)
    match = re.search(
        r"(?:visit|inspection)\b[^.]{0,200}?\b(?:on|between|from|took place)\b([^.]{5,80})", words, re.I
    )
    if not match or not asking.ask_fieldwork(found, match[1], 1):
        found.note("The dates of fieldwork could not be read.")


def _published(found, printed, letter):
    lines = printed.lines(1)
    asking.ask_published(found, lines[:12])
    if not found.get("published_date") and letter:
        for line in lines[:8]:
            if first_date(line.text) and len(line.text) < 25:
                found.add("published_date", first_date(line.text), 1, line.text)
                break
    if not found.get("published_date"):
        found.note("The date of publication is not printed.")


def _table(printed):
    for page in (1, 2):
        got = table([line for line in printed.lines(page) if line.page == page], AREAS)
        if len(got) > 1:
            return got
    return {}


def _grades(printed, found, letter):
    """The grades of the table. A section's heading that prints another grade makes both doubtful."""
    if letter:
        found.note("The report gives no table of judgements: a letter of a visit has none.")
        return
    headings = _headings(printed)
    for area, (code, page, words) in _table(printed).items():
        if not code:
            found.note(f"“{words}”: no grade was given.")
        elif headings.get(area, code) != code:
            found.note(f"The table and the heading of its section give different grades: “{words}”.")
        else:
            found.add(f"judgement:{area}", code, page, words)
    if not found.get("judgement:overall-effectiveness"):
        found.note("The overall judgement could not be read.")


def _headings(printed):
    grades = {}
    for passage in printed.passages:
        text, code = grade_after(passage.text)
        if passage.kind == "heading" and code:
            area = next((name for name, pattern in AREAS if re.search(pattern, text, re.I)), None)
            if area:
                grades.setdefault(area, code)
    return grades
