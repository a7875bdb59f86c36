"""Recommendations followed up: days to the first response, due dates, age of the open ones."""

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from agencies.tables import Cell, Column, Table

from ..statistics import follow_up
from .figure import Section, Value, figure
from .measured import NO_RECOMMENDATIONS, SUPERSEDED, TAKES, and_whom, counted, share

BANDS = {
    "0-3": _("Up to 3 months"),
    "3-6": _("3 to 6 months"),
    "6-12": _("6 to 12 months"),
    "12-24": _("12 to 24 months"),
    "over-24": _("Over 24 months"),
}


@figure(
    "days-to-response",
    takes=TAKES,
    number="11",
    title=_("Days to the first response"),
    counts=_(
        "The median of the days from the issue of a recommendation to the day on which its first response was "
        "received; and recommendations that are still open without any response after the day by which the framework’s "
        "clock asked for one."
    ),
    of=_(
        "Recommendations about the police of inspections published in the window: for the median those answered before "
        "the as-of day; for the second number those whose day of response had passed and that were answered or are open."
    ),
    leaves_out=and_whom(
        _(
            "From the second number those for which the framework gave no time, and those closed or superseded without "
            "a response. One that took over from another is counted by itself, from its own issue."
        )
    ),
)
def days_to_response(scope):
    n, total = scope.follow_up_within["answered"], scope.follow_up_within["all"]
    days = follow_up.days_to_response(scope.recommendations_within, scope.on, scope.known.findings, n)
    median = Value(
        n=days,
        label=_("days from issue to the first response (median)"),
        note=_now("Answered: %(n)s of %(total)s") % {"n": n, "total": total} if total else "",
        note_url=scope.recommendations_url("answered", window=True) if n else "",
        nothing=NO_RECOMMENDATIONS,
    )
    unanswered = share(
        scope,
        "unanswered",
        "answer-passed",
        _("recommendations are unanswered after the day asked for"),
        window=True,
        nothing=_("No day of response has passed"),
        alert=True,
    )
    return Section(values=(median, unanswered))


@figure(
    "overdue",
    takes=TAKES,
    number="12",
    title=_("Overdue recommendations"),
    counts=_(
        "Open recommendations about the police whose due date as first set had passed when the day began; beside it "
        "those whose due date as valid on that day had passed; and apart from both those without a due date."
    ),
    of=_("Open recommendations with a due date; for the last number all open ones."),
    leaves_out=and_whom(
        _(
            "Dates that were proposed and not approved before the day. Where no date was set at issue, the one first "
            "agreed is the one first set."
        )
    ),
    windowed=False,
)
def overdue(scope):
    none_dated = _("None has a due date")
    first = _("open recommendations are past the due date first set")
    valid = _("open recommendations are past the due date valid on the day")
    undated = _("open recommendations have no due date")
    return Section(
        values=(
            share(scope, "overdue", "open-dated", first, nothing=none_dated, alert=True),
            share(scope, "overdue-now", "open-dated", valid, nothing=none_dated),
            share(scope, "open-undated", "open", undated, nothing=_("None open")),
        )
    )


@figure(
    "slippage",
    takes=TAKES,
    number="13",
    title=_("Due dates moved"),
    counts=_(
        "Recommendations about the police whose due date as valid on the day is another than the one first set; and "
        "the median of the days between the two. A date moved forward counts below nought."
    ),
    of=_("Recommendations of inspections published in the window that have a due date, open or closed."),
    leaves_out=and_whom(SUPERSEDED),
)
def slippage(scope):
    n = scope.follow_up_within["date-moved"]
    days = follow_up.days_moved(scope.recommendations_within, scope.on, scope.known.findings, n)
    median = Value(
        n=days,
        label=_("days by which due dates were moved (median of those moved)"),
        nothing=NO_RECOMMENDATIONS,
    )
    moved = share(
        scope,
        "date-moved",
        "dated",
        _("recommendations have another due date than the one first set"),
        window=True,
        nothing=_("None has a due date"),
    )
    return Section(values=(moved, median))


@figure(
    "open-recommendations",
    takes=TAKES,
    number="14",
    title=_("Open recommendations by age"),
    counts=_(
        "Recommendations about the police that were open when the day began, by the time since they were first issued: "
        "3 months are the same day three months before, that day included. In each row also those past the due date "
        "first set."
    ),
    of=_("All recommendations about the police issued before the day."),
    leaves_out=and_whom(
        _("Nothing that is open: one that took over from another is as old as the first, a reopened one too.")
    ),
    windowed=False,
)
def open_recommendations(scope):
    label = _("recommendations are open")
    rows = tuple(
        (
            Cell(words),
            counted(scope, f"open-{band}", _("open")),
            counted(scope, f"overdue-{band}", _("past the due date first set")),
        )
        for band, words in BANDS.items()
    )
    table = Table(
        code="open-recommendations",
        title=_("Open recommendations by age since first issue"),
        columns=(
            Column(_("Age")),
            Column(_("Open"), numeric=True),
            Column(_("Past the due date first set"), numeric=True),
        ),
        rows=rows,
    )
    return Section(values=(share(scope, "open", "all", label),), table=table)
