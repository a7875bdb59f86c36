"""What in a text may say who a child or a family is: shapes and words only, no database, the same answer each time.

`noticed(text)` looks for five kinds of thing (`Kind`). It errs on the side of asking, and it cannot see everything:
a name in small letters, a given name alone ("Sarah"), a name in a script without capitals, or a family that is told
by what happened to it look like any other words. It takes time in proportion to the length of the text.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from . import names, numbers
from .plain import plain


class Kind(models.TextChoices):
    NHS_NUMBER = "nhs-number", _("an NHS number")
    BIRTH_DATE = "birth-date", _("a date of birth")
    AGE_ON_DATE = "age-on-date", _("an age on a date, or the month of a birth")
    POSTCODE = "postcode", _("a postcode")
    NAME = "name", _("somebody's name")


# Never needed in a finding, and hardly ever mistaken: there is nothing to give a reason for.
REFUSED = frozenset({Kind.NHS_NUMBER, Kind.BIRTH_DATE})


@dataclass(frozen=True)
class Notice:
    """One thing noticed: `text[start:end]`, its words as they read on a page, and what it looks like."""

    start: int
    end: int
    kind: Kind
    words: str

    @property
    def is_refused(self):
        return self.kind in REFUSED


def noticed(text, known=()):
    """[Notice] in the order of the text. `known`: names that identify nobody here, as written, besides the usual ones."""
    if not text:
        return []
    reads = plain(text)
    found = [(Kind(kind), start, end) for kind, start, end in numbers.found(reads.text)]
    found += [(Kind.NAME, start, end) for start, end in names.found(reads.text, known)]
    notices = []
    for kind, start, end in sorted(found, key=lambda item: item[1:]):
        words = " ".join(reads.text[start:end].replace("_", " ").split())
        notices.append(Notice(reads.place(start), reads.place(end - 1) + 1, kind, words))
    return notices
