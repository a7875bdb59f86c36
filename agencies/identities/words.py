"""Words that say whether a capitalised word is somebody's name: kept as files, read once.

`known.txt`: what inspections write with a capital and is nobody's name. `institutions.txt`: what ends the name of a
place or an organisation. `given.txt`: given names, of the many origins that children in England and Wales have.
"""

import csv
import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "words"
AGENCIES = Path(__file__).parent.parent / "data" / "agencies.csv"
WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")


def words_of(name):
    """("stockton-on-tees", "council"): the words of a name, in small letters."""
    return tuple(word.lower() for word in WORD.findall(name.replace("\u2019", "'")))


@cache
def known():
    return (
        _read("known.txt")
        | institutions()
        | frozenset(word for name in _agencies() for word in words_of(name))
    )


@cache
def institutions():
    return _read("institutions.txt")


@cache
def given():
    return _read("given.txt")


@cache
def phrases():
    """Names of agencies that were delivered with the register, as tuples of words."""
    return frozenset(words_of(name) for name in _agencies())


def _read(name):
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return frozenset(word.lower() for line in lines if not line.startswith("#") for word in line.split())


@cache
def _agencies():
    with AGENCIES.open(encoding="utf-8", newline="") as rows:
        return frozenset(
            row[column]
            for row in csv.DictReader(rows)
            for column in ("name", "official_name", "region")
            if row[column]
        )
