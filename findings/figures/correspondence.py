"""Letters between agencies, and cases that inspectors referred back."""

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from agencies.listing import url_with
from agencies.tables import Cell, Column, Table

from ..models import Letter, Level, ReferralOutcome
from ..statistics import correspondence
from .figure import Section, Value, figure


@figure(
    "letters",
    takes=("force", "council"),
    number="18",
    title=_("Letters by level"),
    counts=_(
        "Letters sent in the window, by level; and those answered no later than the day by which a reply was asked for."
    ),
    of=_(
        "Letters that you may read: published ones, and those that your own agency or inspectorate wrote or was sent. "
        "For the share those that asked for a reply by a day and were answered, or whose day has passed. On the page of "
        "a force or a council letters to it."
    ),
    leaves_out=_(
        "Drafts. Other people may read other letters, so that their figures may differ. What was answered on the as-of "
        "day or later was not answered yet."
    ),
)
def letters(scope):
    agency = scope.force or scope.council
    sent = Letter.objects.visible_to(scope.known.user).known_on(scope.on)
    sent = sent.filter(sent_on__gte=scope.period.start, sent_on__lt=scope.period.end)
    if agency:
        sent = sent.filter(to_agency=agency)
    address = {
        "as_of": scope.on,
        "sent_from": scope.period.start,
        "sent_to": scope.period.last_day,
        "addressee": agency.slug if agency else "",
    }
    rows = correspondence.letters_by_level(sent, scope.on)
    in_time = sum(row["in_time"] for row in rows)
    total = in_time + sum(row["replied_late"] + row["late"] for row in rows)
    value = Value(
        n=in_time,
        total=total,
        label=_("letters that asked for a reply were answered in time"),
        url=url_with("/letters/", **address, reply="in_time"),
        nothing=_("No letters that asked for a reply"),
    )
    columns = {
        "total": (_("Sent"), ""),
        "in_time": (_("Answered in time"), "in_time"),
        "replied_late": (_("Answered late"), "replied_late"),
        "late": (_("Not answered, and the day has passed"), "late"),
    }
    table = Table(
        code="letters",
        title=_("Letters sent in the window, by level"),
        columns=(Column(_("Level")), *(Column(label, numeric=True) for label, _reply in columns.values())),
        rows=tuple(
            (
                Cell(Level(row["level"]).label),
                *(
                    Cell(
                        row[name],
                        url_with("/letters/", **address, level=row["level"], reply=reply)
                        if row[name]
                        else "",
                        _("letters"),
                    )
                    for name, (_label, reply) in columns.items()
                ),
            )
            for row in rows
        ),
        empty=_("No letter that you may read was sent in the window."),
    )
    return Section(values=(value,), table=table)


@figure(
    "cases-referred-back",
    takes=("force", "council", "inspection"),
    number="18",
    title=_("Cases referred back"),
    counts=_(
        "Cases that inspectors sent back to an agency because a child might not be safe, by what came of them; and the "
        "median of the days from referral to resolution."
    ),
    of=_(
        "Cases of inspections published in the window: of a force those referred to it, of a council those of its "
        "inspections. For the median those of which both days are known."
    ),
    leaves_out=_(
        "Outcomes of the as-of day or later. An outcome without a day is one that the report states: it is known with the "
        "inspection. Cases, not children, are counted."
    ),
)
def cases_referred_back(scope):
    cases = scope.cases
    counts = correspondence.cases_by_outcome(cases, scope.on)
    n = counts.pop("days")
    total, days = sum(counts.values()), correspondence.days_to_outcome(cases, scope.on, n)
    labels = {**dict(ReferralOutcome.choices), "none": _("Not known yet")}
    known = Value(
        n=total - counts["none"],
        total=total,
        label=_("cases referred back have a known outcome"),
        url=scope.cases_url(outcome="any"),
        total_url=scope.cases_url(),
        nothing=_("No cases referred back"),
    )
    median = Value(
        n=days,
        label=_("days from referral to resolution (median)"),
        note=_now("Both days known: %(n)s of %(total)s") % {"n": n, "total": total} if total else "",
        note_url=scope.cases_url(outcome="days") if n else "",
    )
    table = Table(
        code="cases-referred-back",
        title=_("Cases referred back, by what came of them"),
        columns=(Column(_("Outcome")), Column(_("Cases"), numeric=True)),
        rows=tuple(
            (
                Cell(label),
                Cell(counts[name], scope.cases_url(outcome=name) if counts[name] else "", _("cases")),
            )
            for name, label in labels.items()
        ),
    )
    return Section(values=(known, median), table=table)
