"""Facts that all frameworks print alike: council and force, dates, the lead inspector."""

import re
from datetime import date, timedelta

from .dates import dates_in, first_date

LONGEST_FIELDWORK = timedelta(days=100)
LONGEST_TO_PUBLICATION = timedelta(days=400)
LEAD = re.compile(r"lead (?:inspectors?|HMI)(?: on site)?\s*[:–-]?\s*", re.I)
TITLE = re.compile(
    r",?\s*\b(?:senior |regional )?(?:HMI|(?:Her|His) Majesty.s Inspectors?|HM Inspector|Ofsted|(?:regional |senior |social care |regulatory )+inspector)\b.*$",
    re.I,
)
PERSON = re.compile(r"[A-Z][\w’'.-]*(?: (?:de|van|von|der|le|la|O’|[A-Z][\w’'.-]*)){1,4}")


def ask_fieldwork(facts, words, page, year=None):
    """Adds the first and last day of fieldwork that the words print; one day alone is the last."""
    days = dates_in(words, year)
    if not days:
        return False
    if len(days) == 1:
        facts.add("end_date", days[0], page, words)
        facts.note("The report prints one date of fieldwork only; it is taken for the last day.")
        return True
    facts.add("start_date", min(days), page, words)
    facts.add("end_date", max(days), page, words)
    return True


def check_dates(facts):
    """Drops dates that cannot be true together: fieldwork begins before it ends, and ends before publication."""
    start, end, published = (
        date.fromisoformat(facts.get(name)) if facts.get(name) else None
        for name in ("start_date", "end_date", "published_date")
    )
    if start and end and not timedelta(0) <= end - start <= LONGEST_FIELDWORK:
        facts.drop("start_date", "end_date")
        facts.note(f"The dates of fieldwork as printed cannot be right: {start} to {end}.")
        end = None
    if end and published and not timedelta(0) <= published - end <= LONGEST_TO_PUBLICATION:
        facts.drop("start_date", "end_date", "published_date")
        facts.note(f"The printed dates do not fit each other: fieldwork to {end}, published {published}.")


def ask_council(facts, gazetteer, places):
    """Adds the council that the first of the places names alone. Places: (words, page)."""
    day = facts.get("end_date") or facts.get("published_date")
    for words, page in places:
        councils = gazetteer.councils_in(words, day)
        if len(councils) == 1:
            facts.add("local_authority", councils[0], page, words)
            return councils[0]
        if len(councils) > 1:
            facts.note("The report names several councils where one was looked for; none is taken.")
            return None
    facts.note("The council could not be read, or is not one that existed on the days of the inspection.")
    return None


def ask_force(facts, gazetteer):
    """Adds the force that policed the council on the last day of fieldwork, whatever force the text names."""
    council = next((fact for fact in facts.found if fact.name == "local_authority"), None)
    if not council:
        return
    force = gazetteer.force_of(council.value, facts.get("end_date") or facts.get("published_date"))
    if force:
        facts.add("police_force", force, council.page, council.words)
    else:
        facts.note("Which force policed the council on the last day of fieldwork is not sure.")


def ask_lead(facts, lines):
    """Adds the lead inspector where the name is printed after the words, on their line or the next."""
    for place, line in enumerate(lines):
        match = LEAD.search(line.text)
        if not match or match.start() > 3:
            continue
        after = line.text[match.end() :].strip() or (lines[place + 1].text if place + 1 < len(lines) else "")
        name = TITLE.sub("", after).strip(" ,.:")
        if PERSON.fullmatch(name):
            facts.add("lead_inspector", name, line.page, line.text)
            return
    facts.note("The lead inspector is not printed, or could not be read.")


def ask_published(facts, lines):
    """Adds the date after "Report published"."""
    for place, line in enumerate(lines):
        if re.search(r"\bpublished\b|publication date", line.text, re.I):
            nearby = line.text + (" " + lines[place + 1].text if place + 1 < len(lines) else "")
            day = first_date(line.text) or first_date(nearby)
            if day:
                facts.add("published_date", day, line.page, line.text)
                return


def dates_line(lines):
    """(words, page) of what is printed after "Inspection dates", to the end of its last line; ("", 0) without it."""
    for place, line in enumerate(lines):
        match = re.search(r"(?:inspection|fieldwork) dates?\s*[:–-]?\s*", line.text, re.I)
        if match and match.start() < 3:
            words = line.text[match.end() :]
            for beyond in lines[place + 1 : place + 3]:
                if len(dates_in(words)) > 1 or re.search(
                    r"report|published|lead|inspector", beyond.text, re.I
                ):
                    break
                if not words or re.match(r"\s*(?:to|and|–|-|\d)", beyond.text):
                    words = f"{words} {beyond.text}"
            return words, line.page
    return "", 0
