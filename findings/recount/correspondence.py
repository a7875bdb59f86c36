"""Letters and cases referred back: counted again."""

from .expected import Number, expect
from .follow_up import median

LEVELS = {
    0: "Level 0: between agencies locally",
    1: "Level 1: inspector to the safeguarding lead",
    2: "Level 2: manager to chief constable or director",
    3: "Level 3: inspectorate to inspectorate",
    4: "Level 4: chief inspector to chief inspector",
    5: "Level 5: enhanced monitoring",
}
SENT = ("sent", "replied", "closed")
OUTCOMES = {
    "no_change": "No change",
    "safeguarded": "Child safeguarded",
    "reopened": "Investigation reopened",
    "": "Not known yet",
}


def letters(asked):
    agency = asked.force or asked.council
    sent = [
        row
        for row in asked.rows.letters
        if row["status"] in SENT
        and asked.reads_letter(row)
        and asked.start <= row["sent_on"] < asked.end
        and (agency is None or row["to_agency_id"] == agency)
    ]
    total, rows = (0, 0), []
    for level, label in LEVELS.items():
        of_level = [row for row in sent if row["level"] == level]
        if not of_level:
            continue
        in_time, late, missing = _replies(of_level, asked.on)
        rows.append((label, len(of_level), in_time, late, missing))
        total = total[0] + in_time, total[1] + in_time + late + missing
    return expect(Number(*total), rows=rows)


def _replies(letters, on):
    """(in time, late, none although its day has passed) of letters that asked for a reply by a day."""
    in_time = late = missing = 0
    for row in letters:
        if row["reply_due_on"] is None:
            continue
        came = row["replied_on"] if row["replied_on"] and row["replied_on"] < on else None
        in_time += came is not None and came <= row["reply_due_on"]
        late += came is not None and came > row["reply_due_on"]
        missing += came is None and row["reply_due_on"] < on
    return in_time, late, missing


def cases(asked):
    counted = {finding["version_of_id"] or finding["pk"] for finding in asked.known_findings}
    found, days = dict.fromkeys(OUTCOMES, 0), []
    for row in asked.rows.cases:
        inspection = asked.known.get(row["inspection_id"])
        if inspection is None or not asked.within(inspection):
            continue
        if row["finding_id"] is not None and row["finding_id"] not in counted:
            continue
        if row["referred_on"] is not None and row["referred_on"] >= asked.on:
            continue
        if asked.force is not None and row["to_agency_id"] != asked.force:
            continue
        if asked.council is not None and inspection["inspected_agency_id"] != asked.council:
            continue
        if asked.inspection is not None and row["inspection_id"] != asked.inspection:
            continue
        # An outcome without a day is one that the report states.
        known = row["outcome"] and (row["resolved_on"] is None or row["resolved_on"] < asked.on)
        found[row["outcome"] if known else ""] += 1
        if known and row["resolved_on"] and row["referred_on"]:
            days.append((row["resolved_on"] - row["referred_on"]).days)
    total = sum(found.values())
    return expect(
        Number(total - found[""], total),
        Number(median(days), told=(len(days), total), listed=len(days)),
        rows=[(label, found[outcome]) for outcome, label in OUTCOMES.items()],
    )
