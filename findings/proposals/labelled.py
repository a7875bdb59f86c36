"""Reports whose statements people have labelled, as examples to learn from."""

import csv
import re
from collections import defaultdict

from .features import passages_of
from .training import PARTIES, Example

POLICE_WEAKNESS = ("police", "partnership")


def bare(text):
    """Letters and digits only: how first words are found whatever became of spaces and hyphens."""
    return re.sub(r"[^a-z0-9]", "", (text or "").lower())


def rows_by_file(path):
    """{file name: its rows} of a CSV of labelled statements (docs/data.md)."""
    found = defaultdict(list)
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            found[row["file"]].append(row)
    return found


def examples_of(report, rows, source):
    """Every sentence of the passages that name the police or their partners: as labelled, or of neither type.

    A sentence that goes on after a labelled weakness of the police may belong to it, and teaches nothing.
    """
    for passage in passages_of(report):
        goes_on = False
        texts = [bare(passage.text[slice(*span)]) for span in passage.sentences]
        said = defaultdict(list)
        for row in rows:
            first = bare(row["quote_start"])
            place = next((at for at, text in enumerate(texts) if text.startswith(first)), None)
            if place is None:
                place = next((at for at, text in enumerate(texts) if first in text), None)
            if place is not None:
                said[place].append(row)
        for place in range(len(texts)):
            if said[place]:
                kinds = [
                    kind_of(row["polarity"], row["attributed_to"], row["police_role"]) for row in said[place]
                ]
                goes_on = "police weakness" in kinds
                for row, kind in zip(said[place], kinds, strict=True):
                    if kind == "police weakness" or not goes_on:
                        yield _example(passage, place, row, kind, source)
            elif not goes_on:
                yield Example(passage, place, "neither", source=source)


def kind_of(polarity, attributed_to, police_role):
    """What the reader learns of a decision: whose weakness, a strength that the police have a part in, or neither."""
    police = police_role.lower() == "true"
    if polarity == "weakness":
        return "police weakness" if police and attributed_to in POLICE_WEAKNESS else "other weakness"
    return "strength" if polarity == "strength" and police else "neither"


def _example(passage, place, row, kind, source):
    party = row["attributed_to"] if row["attributed_to"] in PARTIES else "other"
    severity = row["severity"] if row["polarity"] == "weakness" else ""
    return Example(passage, place, kind, party, row["theme"], severity, source)
