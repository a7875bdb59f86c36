"""Where the territorial police forces lie: a place on a map of tiles, and who borders whom.

Neighbours are derived from the Office for National Statistics' police force areas of 2023 (Open Government Licence
v3.0; contains OS data © Crown copyright and database right 2023) and checked by hand. They share a boundary on
land: an estuary between two forces does not count. The layout and the labels of the tiles are our own.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).resolve().parent / "data"


@dataclass(frozen=True)
class Tile:
    """A force's square on the map: column and row count from 0 at the top left; the label is 5 characters at most."""

    slug: str
    column: int
    row: int
    label: str


@cache
def tiles():
    """The tiles of the 43 territorial forces of England and Wales, by slug. Source: our own layout."""
    return tuple(
        Tile(row["slug"], int(row["column"]), int(row["row"]), row["label"]) for row in _rows("tiles.csv")
    )


def neighbours_of(slug):
    """The slugs of the forces that share a boundary on land with this one; empty for any other agency.

    Source: Office for National Statistics, police force areas of 2023, Open Government Licence v3.0.
    """
    return _neighbours().get(slug, frozenset())


@cache
def _neighbours():
    found = {}
    for row in _rows("neighbours.csv"):
        found.setdefault(row["force"], set()).add(row["neighbour"])
    return {force: frozenset(neighbours) for force, neighbours in found.items()}


def _rows(name):
    with open(DATA / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))
