"""What published records lack: counted again."""

from .asked import is_read, is_weakness
from .expected import expect
from .follow_up import due, is_open, stage


def _is_planned(recommendation, on):
    """A plan that covers it was submitted and not returned: each of its actions names an owner."""
    return stage(recommendation, on)["status"] in ("plan_submitted", "in_progress", "completion_claimed")


def data_quality(asked):
    found, inspections = asked.findings_within, list(asked.inspections.values())
    weaknesses = [finding for finding in found if is_weakness(finding)]
    other = [f for f in found if asked.rows.themes[asked.counted_as(f["theme_id"])]["code"] == "other"]
    open_ones = [row for row in asked.recommendations_within if is_open(row, asked.on)]
    lacking = (
        ([finding for finding in found if not finding["paragraphs"]], found),
        ([finding for finding in found if not any(finding["paragraphs"])], found),
        ([finding for finding in weaknesses if not finding["severity_rationale"]], weaknesses),
        (other, found),
        ([row for row in inspections if not is_read(row)], inspections),
        ([row for row in inspections if row["fieldwork_to"] is None], inspections),
        ([row for row in open_ones if not _is_planned(row, asked.on)], open_ones),
        ([row for row in open_ones if due(row, asked.on)[1] is None], open_ones),
    )
    # The headings are sentences: the rows are known by their place.
    return expect(rows=[(None, len(without), len(of)) for without, of in lacking], by_position=True)
