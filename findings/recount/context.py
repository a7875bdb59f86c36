"""The timeline of an agency, a force beside its neighbours, what one inspection found: counted again."""

from dataclasses import replace

from agencies.geography import neighbours_of

from .agencies import force_row, three
from .asked import is_read
from .expected import expect
from .themes import by_theme


def timeline(asked):
    agency = asked.force or asked.council
    latest = sorted(
        asked.inspections.values(), key=lambda row: (row["published_on"], row["pk"]), reverse=True
    )
    rows = []
    for inspection in latest:
        own = [
            judgement["grade__label"]
            for judgement in asked.known_grades
            if judgement["inspection_id"] == inspection["pk"]
            and judgement["subject_id"] == agency
            and judgement["area__code"] == "overall-effectiveness"
        ]
        counts = three([f for f in asked.findings_within if f["inspection_id"] == inspection["pk"]])
        if not is_read(inspection) and not any(counts):
            counts = (None, None, None)
        rows.append(
            (
                inspection["published_on"],
                _title(asked, inspection),
                asked.rows.name(inspection["lead_inspectorate_id"]),
                own[0] if own else None,
                *counts,
            )
        )
    return expect(rows=rows)


def _title(asked, inspection):
    """The inspected agency, and the framework with its cycle or with the year."""
    code, cycle = inspection["framework__code"], inspection["cycle"]
    if not cycle:
        when = f"{code} {inspection['published_on'].year}"
    else:
        when = cycle if cycle.startswith("PEEL") else f"{code} {cycle}"
    return f"{asked.rows.name(inspection['inspected_agency_id'])}, {when}"


def neighbours(asked):
    slugs = {asked.rows.agencies[asked.force]["slug"]}
    slugs |= neighbours_of(*slugs)
    forces = [pk for pk, agency in asked.rows.agencies.items() if agency["slug"] in slugs]
    national = replace(asked, force=None)
    return expect(rows=[force_row(national, force) for force in forces])


def attributed(asked):
    found = [
        finding
        for finding in asked.known_findings
        if finding["attributed_to_id"] == asked.council and asked.within(finding["inspection"])
    ]
    themes = by_theme(asked, found).items()
    return expect(rows=[(asked.rows.themes[theme]["name"], *three(under)) for theme, under in themes])


def inspection(asked):
    found = [f for f in asked.known_findings if f["inspection_id"] == asked.inspection]
    rows = []
    for agency in {finding["attributed_to_id"] for finding in found}:
        of_it = [finding for finding in found if finding["attributed_to_id"] == agency]
        rows += [
            (asked.rows.name(agency), asked.rows.themes[theme]["name"], *three(under))
            for theme, under in by_theme(asked, of_it).items()
        ]
    return expect(rows=rows)
