"""Figures of forces and councils, coverage, and where inspectorates differ: counted again."""

from .asked import is_read, is_serious, is_weakness, months_back
from .expected import Number, Told, expect

GOOD_OR_BETTER_ON = ("protecting-vulnerable-people", "overall-effectiveness")


def three(findings):
    """Weaknesses, the serious ones among them, strengths."""
    return (
        sum(1 for finding in findings if is_weakness(finding)),
        sum(1 for finding in findings if is_serious(finding)),
        sum(1 for finding in findings if finding["finding_type"] == "strength"),
    )


def of_force(asked, force, inspections):
    """(all, read, read with a weakness of the force, with a serious one) of those that concern the force."""
    concerning = {pk: row for pk, row in inspections.items() if force in asked.rows.concerned[pk]}
    read = {pk for pk, row in concerning.items() if is_read(row)}
    of_it = [finding for finding in asked.known_findings if finding["attributed_to_id"] == force]
    found = {finding["inspection_id"] for finding in of_it if is_weakness(finding)}
    serious = {finding["inspection_id"] for finding in of_it if is_serious(finding)}
    return len(concerning), len(read), len(read & found), len(read & serious)


def forces_with_serious_weakness(asked):
    with_serious = {f["attributed_to_id"] for f in asked.findings_within if is_serious(f)} & asked.forces
    total = len(asked.forces_inspected)
    number = Number(
        len(with_serious),
        total,
        len(asked.forces_read),
        told=(len(asked.forces) - total, len(asked.forces)),
    )
    named = {finding["attributed_to_id"] for finding in asked.findings_within}
    return expect(number, rows=[force_row(asked, force) for force in asked.forces | named])


def force_row(asked, force):
    """Inspections, those read, with a weakness, with a serious one; weaknesses, serious ones, strengths."""
    counts = three([f for f in asked.findings_within if f["attributed_to_id"] == force])
    inspections, read, found, serious = of_force(asked, force, asked.inspections)
    if not read and not any(counts):
        counts = (None, None, None)
    if not inspections:
        shares = (0, None, None, None)
    elif not read:
        shares = (inspections, 0, None, None)
    else:
        shares = (inspections, read, found, serious)
    return asked.rows.name(force), *shares, *counts


def force_inspections(asked):
    inspections, read, found, serious = of_force(asked, asked.force, asked.inspections)
    told = read, inspections
    return expect(Number(serious, read, told=told), Number(found, read, told=told))


def councils(asked):
    policed = {row["authority_id"] for row in asked.rows.policing if row["force_id"] == asked.force}
    rows = []
    for council in policed if asked.sees else ():
        inspections = [row for row in asked.inspections.values() if row["inspected_agency_id"] == council]
        read = sum(1 for row in inspections if is_read(row))
        counts = three(
            [f for f in asked.findings_within if f["inspection"]["inspected_agency_id"] == council]
        )
        if not read and not any(counts):
            counts = (None, None, None)
        rows.append((asked.rows.name(council), len(inspections), read, *counts))
    return expect(rows=rows)


def coverage(asked):
    since = months_back(asked.on, 36)
    due, silent = {"police_force": set(asked.forces), "local_authority": set()}, []
    for pk, agency in asked.rows.agencies.items():
        english_council = agency["kind"] == "local_authority" and agency["nation"] == "england"
        if asked.sees and english_council and asked.exists(agency):
            due["local_authority"].add(pk)
    concerned = set()
    for pk, row in asked.known.items():
        if row["published_on"] >= since:
            # A council is concerned by inspections of its own, a force by all that name it.
            concerned |= {row["inspected_agency_id"]} | asked.rows.concerned[pk]
    numbers = []
    for agencies in due.values():
        numbers.append(Number(len(agencies - concerned), len(agencies)))
        silent += agencies - concerned
    rows = []
    for pk in silent:
        own = [row["published_on"] for row in asked.known.values() if row["inspected_agency_id"] == pk]
        kind = {"police_force": "Police force", "local_authority": "Council"}[asked.rows.agencies[pk]["kind"]]
        rows.append((asked.rows.name(pk), kind, asked.rows.agencies[pk]["region"], max(own, default=None)))
    return expect(*numbers, rows=rows)


def divergence(asked):
    since = months_back(asked.on, 24)
    inspectorate = asked.rows.inspectorate
    looked = [f for f in asked.findings if is_serious(f) and f["inspection"]["published_on"] >= since]
    latest = {}
    for judgement in asked.known_grades:
        if asked.rows.is_force(judgement["subject_id"]) and judgement["area__code"] in GOOD_OR_BETTER_ON:
            by = inspectorate(judgement["inspection"]["lead_inspectorate_id"])
            latest[judgement["subject_id"], judgement["area__code"], by] = judgement
    good_rank = {grade["scale_id"]: grade["rank"] for grade in asked.rows.grades if grade["code"] == "good"}
    good = [
        (by, judgement)
        for (_force, _question, by), judgement in latest.items()
        if judgement["grade__rank"] <= good_rank.get(judgement["grade__scale_id"], 0)
    ]

    def differ(finding, by, judgement):
        finder = inspectorate(finding["inspection"]["lead_inspectorate_id"])
        return finding["attributed_to_id"] == judgement["subject_id"] and finder != by

    diverging = [f for f in looked if any(differ(f, *grade) for grade in good)]
    rows = []
    for by, judgement in good:
        if not any(differ(f, by, judgement) for f in looked):
            continue
        force = judgement["subject_id"]
        found = [f for f in diverging if f["attributed_to_id"] == force]
        finders = {asked.rows.name(f["inspection"]["lead_inspectorate_id"]) for f in found}
        rows.append(
            (
                asked.rows.name(force),
                Told(len(found), note=", ".join(sorted(finders))),
                judgement["grade__label"],
                judgement["area__name"],
                asked.rows.name(judgement["inspection"]["lead_inspectorate_id"]),
                judgement["inspection"]["published_on"],
            )
        )
    forces = {f["attributed_to_id"] for f in diverging}, {f["attributed_to_id"] for f in looked}
    return expect(Number(*map(len, forces)), rows=rows)
