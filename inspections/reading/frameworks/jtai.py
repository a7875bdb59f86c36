"""Joint targeted area inspections, from 2016: a letter of four inspectorates to the leaders of an area.

The date, the addressees, a salutation, a title that names the area, an introduction with the days of the inspection.
Then strengths and areas for improvement as bullets (until 2018), or headline findings, lists of what needs to improve
and of strengths, and main findings (later), with case studies in boxes; last, the next steps. No grades.
"""

import re

from .. import asking, placing
from ..dates import dates_in, first_date
from ..placing import Section
from ..printed import Facts

CODE = "JTAI"
SECTIONS = (
    Section(
        r"^(?:case|practice) stud|^places and spaces|^practice example", "body", "case study", aside=True
    ),
    Section(
        r"areas? for priority (?:action|improvement)|^priority actions?",
        "priority action",
        "areas for priority action",
        bullets="areas for priority action",
    ),
    Section(
        r"what needs to improve|what needs to be improved",
        "improvement",
        "what needs to improve",
        bullets="what needs to improve",
    ),
    Section(
        r"^areas? for improvement|^key areas? for improvement",
        "improvement",
        "areas for improvement",
        bullets="areas for improvement",
    ),
    Section(r"^key strengths?", "strengths", "key strengths", bullets="key strengths"),
    Section(r"^strengths?", "strengths", "strengths", bullets="strengths"),
    Section(r"^headline findings?", "summary", "headline findings", counted="headline findings para"),
    Section(
        r"^main findings?|^findings|^key findings", "body", "main findings", counted="main findings para"
    ),
    Section(r"^next steps?", "next steps", "next steps"),
    Section(r"^context|^background|^introduction", "summary", "introduction"),
)
OPENING = Section("", "summary", "introduction")


def recognises(printed):
    return any(
        passage.page == 1
        and len(passage.text) < 250
        and re.match(r"joint targeted area inspection", passage.text, re.I)
        for passage in printed.passages
    )


def facts(printed, gazetteer):
    found, lines = Facts(), printed.lines(1)
    published = next((line for line in lines[:12] if first_date(line.text) and len(line.text) < 30), None)
    if published:
        found.add("published_date", first_date(published.text), 1, published.text)
    else:
        found.note("The date of the letter could not be read.")
    _fieldwork(found, printed, published)
    asking.check_dates(found)
    asking.ask_council(found, gazetteer, _council_places(printed))
    asking.ask_force(found, gazetteer)
    _participants(found, gazetteer, lines)
    found.note("Joint inspections give no grades.")
    return found


def paragraphs(printed):
    return placing.paragraphs(printed, SECTIONS, OPENING)


def _fieldwork(found, printed, published):
    """The days in the sentence that tells of the inspection; the letter's own year where it prints none."""
    words = printed.opening(2)
    after = words[words.find("Dear ") :] if "Dear " in words else words
    year = first_date(published.text).year if published else None
    for match in re.finditer(
        r"(?:between|from|took place (?:on|over)?|undertaken (?:on|between)?|carried out (?:on|between)?)\b([^.;]{5,60})",
        after,
        re.I,
    ):
        days = dates_in(match[1], year)
        if days and published and max(days) > first_date(published.text):
            year -= 1  # a letter of January about December
            days = dates_in(match[1], year)
        if len(days) > 1 and asking.ask_fieldwork(found, match[1], 1, year):
            return
    found.note("The dates of fieldwork could not be read.")


def _council_places(printed):
    """The title after the salutation; then who is addressed as the council's director or chief executive."""
    for passage in printed.passages:
        if passage.page == 1 and re.match(r"joint targeted area inspection", passage.text, re.I):
            yield passage.text, 1
    for line in printed.lines(1)[:25]:
        if re.search(
            r"children(?:.s|s)? services|council|local authority", line.text, re.I
        ) and not re.search(r"police|NHS|CCG|board", line.text, re.I):
            yield line.text, 1


def _participants(found, gazetteer, lines):
    """Forces that are addressed by their whole name."""
    for line in lines:
        if line.text.startswith("Dear "):
            break
        for force in gazetteer.forces_in(line.text):
            if not any(fact.name == "participant" and fact.value == force for fact in found.found):
                found.add("participant", force, line.page, line.text)
