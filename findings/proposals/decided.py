"""Examples that people have decided: proposals in the register, or a CSV of passages (docs/data.md)."""

import csv

from inspections.reading import Paragraph

from .features import Passage
from .labelled import kind_of
from .training import PARTIES, SEVERITIES, Example

COLUMNS = (
    "text",
    "from",
    "to",
    "part",
    "type",
    "attributed_to",
    "police_role",
    "theme",
    "severity",
    "source",
)


# Whose practice it is, as the reader says it, by the kind of the agency that a person chose.
PARTY_OF = {
    "police_force": "police",
    "local_authority": "local authority",
    "safeguarding_partnership": "partnership",
    "health": "health",
    "probation": "probation",
}


class WrongExample(ValueError):
    """A row that cannot be an example; the message says which and why."""


def examples_in(path, themes):
    """The examples of the file. Raises WrongExample for the first row that is none."""
    with open(path, newline="") as file:
        rows = csv.DictReader(file)
        missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
        if missing:
            raise WrongExample(f"There is no column {', '.join(missing)}.")
        for number, row in enumerate(rows, 2):
            try:
                yield from of_row(row, themes)
            except ValueError as error:
                raise WrongExample(f"Line {number}: {error}") from error


def of_row(row, themes):
    """An example for each sentence in the range of the passage."""
    if row["type"] not in ("weakness", "strength", "neutral"):
        raise ValueError(f"“{row['type']}” is no type: weakness, strength or neutral.")
    if row["theme"] and row["theme"] not in themes:
        raise ValueError(f"“{row['theme']}” is no theme.")
    if row["attributed_to"] and row["attributed_to"] not in PARTIES:
        raise ValueError(f"“{row['attributed_to']}” is none of {', '.join(PARTIES)}.")
    if row["severity"] and row["severity"] not in SEVERITIES:
        raise ValueError(f"“{row['severity']}” is none of {', '.join(SEVERITIES)}.")
    passage = Passage(Paragraph(page=1, label="", text=row["text"], part=row["part"] or "body"))
    first, last = int(row["from"] or 0), int(row["to"] or len(row["text"]))
    kind = kind_of(row["type"], row["attributed_to"], row["police_role"])
    for place, (start, end) in enumerate(passage.sentences):
        if start < last and first < end:
            severity = row["severity"] if row["type"] == "weakness" else ""
            yield Example(passage, place, kind, row["attributed_to"], row["theme"], severity, row["source"])


def examples_of_proposals(proposals, themes):
    """What was decided about proposals: as accepted, or that there is no finding."""
    for proposal in proposals:
        yield from of_row(_row_of(proposal, themes), themes)


def _row_of(proposal, themes):
    rejected = proposal.is_rejected
    agency = None if rejected else proposal.decided_attributed_to
    theme = None if rejected else proposal.decided_theme
    party = PARTY_OF.get(agency.kind, "other") if agency else ""
    severity = "" if rejected else proposal.decided_severity
    return {
        "text": proposal.text,
        "from": proposal.start,
        "to": proposal.end,
        "part": "",
        "type": "neutral" if rejected else _TYPES.get(proposal.decided_type, "weakness"),
        "attributed_to": party,
        "police_role": str(party in ("police", "partnership")),
        "theme": theme.code if theme and theme.code in themes else "",
        "severity": "serious" if severity == "critical" else severity,
        "source": str(proposal.report_id),
    }


_TYPES = {"strength": "strength", "observation": "neutral"}
