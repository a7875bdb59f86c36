"""A figure as it was sent beside what it would be now, and why the two differ."""

from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from ..models import Finding, Status
from .freezing import NotCounted, counted_now, rows_behind
from .rows import records_of


@dataclass(frozen=True)
class Difference:
    """One record that is counted otherwise now; `url` only where the person may open it."""

    title: str
    why: str
    url: str = ""


@dataclass(frozen=True)
class Comparison:
    """`now`: the figure as of the same day and window with findings as they read now; None with `problem`."""

    now: dict | None
    differences: tuple[Difference, ...] = ()
    problem: str = ""

    @property
    def differs(self):
        return bool(self.differences)


def compared(letter_figure, user):
    """Compares a figure that was sent, for this person, with the same figure now."""
    try:
        now = counted_now(letter_figure, user, corrected=True)
        rows_now = {(row["kind"], row["key"]): row for row in rows_behind(now, user)}
    except NotCounted as refusal:
        return Comparison(None, problem=str(refusal))
    sent = {(row.kind, row.key): row for row in letter_figure.rows.all()}
    records = records_of({*sent, *rows_now}, user)
    differences = [
        *(_gone(sent[known], records.get(known)) for known in sent if known not in rows_now),
        *(
            _changed(sent[known], rows_now[known], records.get(known))
            for known in sent
            if known in rows_now and _differs(sent[known], rows_now[known])
        ),
        *(_come(rows_now[known], records.get(known)) for known in rows_now if known not in sent),
    ]
    return Comparison(now, tuple(differences))


def _differs(sent, now):
    return sent.words != now["words"] or sorted(sent.places) != sorted(now["places"])


def _gone(row, record):
    if isinstance(record, Finding) and record.status == Status.WITHDRAWN:
        why = _("withdrawn on %(day)s") % {"day": date_format(localdate(record.withdrawn_at), "j F Y")}
    elif isinstance(record, Finding) and record.corrected_at:
        why = _("corrected on %(day)s, and not counted here since") % {
            "day": date_format(localdate(record.corrected_at), "j F Y")
        }
    else:
        why = _("not counted here any more")
    return Difference(row.words["title"], why, _url(record))


def _changed(row, now, record):
    if row.words == now["words"]:
        return Difference(row.words["title"], _("counted in another place now"), _url(record))
    labels = [
        label
        for (label, before), (_label, after) in zip(row.words["facts"], now["words"]["facts"], strict=False)
        if before != after
    ]
    if row.words["text"] != now["words"]["text"]:
        labels.append(_("what it says"))
    what = ", ".join(labels) or _("its words")
    return Difference(row.words["title"], _("changed since: %(what)s") % {"what": what}, _url(record))


def _come(row, record):
    return Difference(row["words"]["title"], _("recorded, or counted here, since"), _url(record))


def _url(record):
    return record.get_absolute_url() if record is not None else ""
