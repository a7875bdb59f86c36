"""What one person is told on one day: what falls due, what is late, what is new. Nothing twice for the same reason.

Each of the three has a day that names it: of what falls due the due date, of what is late the first day of this week
of lateness, of what is new the day since which it waits. Together with the piece of work and the reason that day is
what the log keeps (`SentReminder`). So a run that was missed is made up for by the next one, a second run on the same
day tells nothing again, and another due date is told of anew.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from ..models import SentReminder
from ..models.notices import Why
from ..work.queue import Queue, sources_of
from ..work.source import Item, key_of

MOST_ENTRIES = 50  # of one mail; how many more there are is said
WEEK = 7  # days


@dataclass(frozen=True)
class Entry:
    """One piece of work in a mail."""

    item: Item
    is_new: bool


@dataclass(frozen=True)
class Digest:
    """What the person is told, and the log rows that say so."""

    person: object
    on: date
    entries: list
    more: int  # told of by number only
    marks: list

    @property
    def total(self):
        return len(self.entries) + self.more


def digest_of(choice, on):
    """The digest of the person's work as it is at this moment, by the rights that they have at this moment."""
    person = choice.person
    kinds = [source.code for source in sources_of(person) if source.code not in choice.left_out]
    if not choice.is_on or not kinds:
        return Digest(person, on, [], 0, [])
    queue = Queue(person, on, kinds)
    told = set(SentReminder.objects.filter(person=person).values_list("record", "reason", "day"))
    rows, marks, new = [], [], set()
    for row in queue.rows():
        kind, pk, due, since = row
        key = key_of(kind, pk)
        untold = [(why, day) for why, day in reasons(choice, due, since, on) if (key, why, day) not in told]
        if untold:
            rows.append(row)
            marks += [SentReminder(person=person, record=key, reason=why, day=day) for why, day in untold]
            new |= {key for why, _day in untold if why == Why.NEW}
    items = queue.items(rows[:MOST_ENTRIES])
    entries = [Entry(item, item.key in new) for item in items]
    return Digest(person, on, entries, max(0, len(rows) - MOST_ENTRIES), marks)


def reasons(choice, due, since, on):
    """[(why, the day that it is about)] for telling the person of this on that day."""
    found = []
    if choice.when_due and due is not None and 0 <= (due - on).days <= WEEK:
        found.append(({0: Why.TODAY, 1: Why.TOMORROW}.get((due - on).days, Why.WEEK), due))
    if choice.when_late and due is not None and due < on:
        first = due + timedelta(1)
        found.append((Why.LATE, first + timedelta(WEEK * ((on - first).days // WEEK))))
    if choice.when_new:
        found.append((Why.NEW, since or due or date.min))
    return found
