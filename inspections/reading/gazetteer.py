"""Which councils and police forces there are, by every name that a report may print, and who polices whom when."""

import csv
import json
import re
from collections import defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path

FILES = Path(__file__).resolve().parents[2] / "agencies" / "data"
BEFORE = re.compile(
    r"^(the )?(council of the|council of|london borough of|royal borough of|metropolitan borough of|borough of"
    r"|city and county of|county of|city of)? ?"
)
AFTER = re.compile(
    r"( metropolitan| city| county| borough| district| unitary)*( council| authority| corporation)?$"
)
# Short names in use that no rule gives.
SHORT = {"bcp": "bournemouth christchurch and poole"}
FULL = {"city of london"}  # names of which nothing may be left out


@dataclass(frozen=True)
class Body:
    """A council or a force. Dates are YYYY-MM-DD, both inclusive, empty where open."""

    slug: str
    name: str
    official_name: str
    kind: str
    opened_on: str = ""
    closed_on: str = ""

    def existed_on(self, day):
        """Whether it existed on the day (YYYY-MM-DD); an unknown day excludes nothing."""
        return not day or (self.opened_on <= day and (not self.closed_on or day <= self.closed_on))


@dataclass(frozen=True)
class Beat:
    """A force polices a council from a day to a day."""

    force: str
    authority: str
    valid_from: str = ""
    valid_to: str = ""


class Gazetteer:
    """Finds councils by printed name, and the force of a council on a day."""

    def __init__(self, bodies, beats):
        self.bodies = {body.slug: body for body in bodies}
        self.beats = tuple(beats)
        self._names = self._by_name("local_authority")
        self._forces = self._by_name("police_force")
        self._longest = max((len(name) for name in self._names), default=0)

    @classmethod
    def from_files(cls, folder=FILES):
        """Of the reference files that the product ships: no database is needed."""
        with open(Path(folder) / "agencies.csv", encoding="utf-8", newline="") as file:
            bodies = [
                Body(*(row[name] for name in Body.__dataclass_fields__))
                for row in csv.DictReader(file)
                if row["kind"] in ("local_authority", "police_force")
            ]
        with open(Path(folder) / "policing.csv", encoding="utf-8", newline="") as file:
            beats = [Beat(*(row[name] for name in Beat.__dataclass_fields__)) for row in csv.DictReader(file)]
        return cls(bodies, beats)

    def as_json(self):
        """For another process."""
        return json.dumps(
            {
                "bodies": [asdict(body) for body in self.bodies.values()],
                "beats": [asdict(beat) for beat in self.beats],
            }
        )

    @classmethod
    def from_json(cls, text):
        """The inverse of `as_json`."""
        given = json.loads(text)
        return cls([Body(**body) for body in given["bodies"]], [Beat(**beat) for beat in given["beats"]])

    def councils_in(self, text, day=""):
        """Slugs of the councils that the text names and that existed on the day, in the order of the text.

        The longest name counts: "North Somerset" does not name Somerset.
        """
        words = re.findall(r"[A-Za-z]+", _plain(text, keep_case=True))
        found, at = [], 0
        while at < len(words):
            for length in range(min(self._longest, len(words) - at), 0, -1):
                slugs = self._names.get(tuple(word.lower() for word in words[at : at + length]))
                if slugs and words[at][0].isupper():
                    found += [slug for slug in slugs if self.bodies[slug].existed_on(day)]
                    at += length - 1
                    break
            at += 1
        return list(dict.fromkeys(found))

    def forces_in(self, text):
        """Slugs of the forces whose whole name the text prints."""
        words = " ".join(re.findall(r"[a-z]+", _plain(text)))
        return [
            slug
            for name, slugs in self._forces.items()
            for slug in slugs
            if f" {' '.join(name)} " in f" {words} "
        ]

    def force_of(self, council, day):
        """The slug of the force policing the council on the day; None when that is not sure.

        Without a day it is sure only where no other force has ever policed the council.
        """
        forces = {
            beat.force
            for beat in self.beats
            if beat.authority == council
            and (not day or (beat.valid_from <= day and (not beat.valid_to or day <= beat.valid_to)))
        }
        return forces.pop() if len(forces) == 1 else None

    def name(self, slug):
        """The name in everyday use."""
        return self.bodies[slug].name

    def _by_name(self, kind):
        names, shorter = defaultdict(list), defaultdict(set)
        for body in self.bodies.values():
            if body.kind != kind:
                continue
            for name in {_plain(body.name), _plain(body.official_name)}:
                short = _short(name) if kind == "local_authority" else name
                for form in {name, short}:
                    if body.slug not in names[tuple(form.split())]:
                        names[tuple(form.split())].append(body.slug)
                beside = re.split(r" (?:on|upon) ", short)[0]
                if kind == "local_authority" and beside != short:
                    shorter[beside].add(body.slug)
        for short, full in SHORT.items():
            if kind == "local_authority" and tuple(full.split()) in names:
                names[(short,)] = names[tuple(full.split())]
        for short, slugs in shorter.items():
            if len(slugs) == 1 and tuple(short.split()) not in names:
                names[tuple(short.split())] = sorted(slugs)
        return dict(names)


def _plain(text, keep_case=False):
    """Words and spaces: one spelling of "and", no points, no possessive."""
    text = re.sub(r"[’']s?\b", "", text).replace("&", " and ").replace(".", "")
    text = " ".join(re.sub(r"[^A-Za-z]+", " ", text).split())
    return text if keep_case else text.lower()


def _short(name):
    if name in FULL:
        return name
    short = AFTER.sub("", BEFORE.sub("", name)).strip()
    return short if short and short != "london" else AFTER.sub("", name) or name
