"""The forces by the names that reports print."""

import csv
import re
from functools import cache
from pathlib import Path

import agencies

DATA = Path(agencies.__file__).resolve().parent / "data" / "agencies.csv"


@cache
def names_of_agencies():
    """{slug: official name} of all agencies in the reference data that come with the product."""
    with DATA.open(newline="") as file:
        return {row["slug"]: row["official_name"] or row["name"] for row in csv.DictReader(file)}


@cache
def _forces():
    with DATA.open(newline="") as file:
        return {row["name"]: row["slug"] for row in csv.DictReader(file) if row["kind"] == "police_force"}


@cache
def _force_pattern():
    names = sorted(_forces(), key=len, reverse=True)
    return re.compile(r"\b(?:" + "|".join(re.escape(name) for name in names) + r")\b")


def force_named(text):
    """The slug of the force whose full name stands in the text, "" where none or several do."""
    named = {_forces()[mark[0]] for mark in _force_pattern().finditer(text)}
    return named.pop() if len(named) == 1 else ""
