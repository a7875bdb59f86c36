"""What is proposed: plain values, with the words that decided, that can cross from one process to another."""

from dataclasses import dataclass
from typing import NamedTuple


class Reason(NamedTuple):
    """Words that decided, as a range of characters of the passage, and what about: "type", "theme" or "severity"."""

    start: int
    end: int
    about: str


@dataclass(frozen=True)
class Candidate:
    """A place in a report that may be a finding.

    `text` is the whole passage, `start` and `end` the range of it that is proposed. `page` (from 1) is where the range
    begins, `label` the paragraph as printed. `type` is "weakness", "strength" or "neutral" (nothing to find, but about
    the police). `police_role`: whether the police have a part in it. `attributed_to` is "police", "partnership", "local authority",
    "health", "probation" or "other"; `agency` the slug of the force or council that this means, "" where
    the report does not say or several share it. `severity` is "" for all but weaknesses. Candidates with one `group`
    say the same thing. `sureness` is between 0 and 1.
    """

    page: int
    label: str
    part: str
    text: str
    start: int
    end: int
    type: str
    police_role: bool
    attributed_to: str
    agency: str
    theme: str
    severity: str
    group: int
    sureness: float
    reasons: tuple[Reason, ...] = ()

    @property
    def words(self):
        return self.text[self.start : self.end]
