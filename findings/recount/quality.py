"""What published records lack: counted again."""

from .asked import is_read, is_weakness
from .expected import expect


def data_quality(asked):
    found, inspections = asked.findings_within, list(asked.inspections.values())
    weaknesses = [finding for finding in found if is_weakness(finding)]
    other = [f for f in found if asked.rows.themes[asked.counted_as(f["theme_id"])]["code"] == "other"]
    lacking = (
        ([finding for finding in found if not finding["paragraphs"]], found),
        ([finding for finding in found if not any(finding["paragraphs"])], found),
        ([finding for finding in weaknesses if not finding["severity_rationale"]], weaknesses),
        (other, found),
        ([row for row in inspections if not is_read(row)], inspections),
        ([row for row in inspections if row["fieldwork_to"] is None], inspections),
    )
    # The headings are sentences: the rows are known by their place.
    return expect(rows=[(None, len(without), len(of)) for without, of in lacking], by_position=True)
