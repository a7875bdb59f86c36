"""The JSON form of a report that was read, and of what is proposed from it (docs/data.md)."""

from .agency_names import names_of_agencies

# Judgement areas by the names of the file; children in care and care leavers judged together stand with the former.
AREAS = {
    "overall-effectiveness": "overall",
    "help-and-protection": "help_and_protection",
    "looked-after-and-permanence": "children_looked_after",
    "in-care": "children_looked_after",
    "care-and-care-leavers": "children_looked_after",
    "adoption": "adoption",
    "care-leavers": "care_leavers",
    "leadership": "leadership",
    "impact-of-leaders": "leadership",
    "lscb-effectiveness": "lscb",
}
PRINTED = ("framework", "start_date", "end_date", "published_date", "lead_inspector")
AGENCIES = ("local_authority", "police_force")


def read(report, candidates):
    """What the file says of a report that could be read."""
    return {
        "error": None,
        "facts": facts_of(report),
        "candidates": [candidate_as_json(candidate) for candidate in candidates],
        "notes": list(report.notes),
    }


def failed(why):
    """What the file says of one that could not."""
    return {"error": why, "facts": {}, "candidates": [], "notes": []}


def facts_of(report):
    """The facts by name; one that the report does not say is null, and so is a judgement that it does not make."""
    said = {}
    for fact in report.facts:
        said.setdefault(fact.name, fact.value)
    names = names_of_agencies()
    judgements = dict.fromkeys(AREAS.values())
    for name, grade in said.items():
        area = AREAS.get(name.removeprefix("judgement:")) if name.startswith("judgement:") else None
        if area:
            judgements[area] = grade.replace("-", " ").capitalize()
    return (
        {name: said.get(name) for name in PRINTED}
        | {name: names.get(said.get(name)) for name in AGENCIES}
        | {"judgements": judgements}
    )


def candidate_as_json(candidate):
    """One candidate. `from` and `to` are characters of `text`, those of the range proposed and those of each `why`."""
    return {
        "page": candidate.page,
        "paragraph": candidate.label,
        "text": candidate.text,
        "type": candidate.type,
        "attributed_to": candidate.attributed_to,
        "agency": names_of_agencies().get(candidate.agency),
        "police_role": candidate.police_role,
        "theme": candidate.theme,
        "severity": candidate.severity or None,
        "group": candidate.group,
        "sureness": candidate.sureness,
        "from": candidate.start,
        "to": candidate.end,
        "why": [
            {"from": start, "to": end, "words": candidate.text[start:end], "about": about}
            for start, end, about in candidate.reasons
        ],
    }
