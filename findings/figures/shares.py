"""Shares of inspections with a weakness attributed to police, by quarter; days to publication."""

from datetime import date

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from agencies.days import months_before
from agencies.tables import Cell, Column, Table
from inspections.periods import Period, Window

from ..statistics.shares import (
    days_to_publication,
    police_weakness_share,
    police_weakness_share_by_quarter,
    police_weakness_share_by_year,
)
from .figure import Section, Value, figure

NO_INSPECTIONS = _("No inspections")
UNREAD = _("No percentage is given while reports of the window are not read for findings.")
WITHOUT_JOINT = _(
    "Joint inspections, which are counted apart; inspections without a grade; inspections of frameworks that do "
    "not evaluate partnership working, and of forces alone; inspections whose date of publication is not known."
)
QUARTERS = 12
SHARE_COLUMNS = (
    Column(_("Graded inspections"), numeric=True),
    Column(_("Read for findings"), numeric=True),
    Column(_("A weakness"), numeric=True),
    Column(_("A serious weakness"), numeric=True),
)


def _value(scope, inspections, kind, label, **filters):
    share = police_weakness_share(inspections, scope.findings)
    about = {"about": scope.force.slug} if scope.force else {}
    return Value(
        n=share.serious if kind == "serious" else share.any,
        total=share.total,
        read=share.read,
        label=label,
        url=scope.inspections_url(weakness=kind, **about, **filters),
        total_url=scope.inspections_url(**filters),
        read_url=scope.inspections_url(read="yes", **filters),
        tone="alert" if kind == "serious" and share.serious else "",
        nothing=NO_INSPECTIONS,
    )


@figure(
    "serious-weakness",
    takes=("force", "council"),
    number="1",
    title=_("Inspections that found a serious weakness in the police’s contribution"),
    counts=_(
        "Inspections with at least one published weakness, of severity serious or critical, attributed to a police "
        "force, alone or with partners. On the page of a force: attributed to that force."
    ),
    of=_(
        "Graded inspections published in the window under frameworks that evaluate partnership working (of "
        "councils’ children’s services)."
    ),
    leaves_out=WITHOUT_JOINT,
)
def serious_weakness(scope):
    label = _("inspections found at least one serious weakness in the police’s contribution")
    value = _value(scope, scope.inspections.counting_in_share(), "serious", label, counts_in_share="true")
    return Section(values=(value,))


@figure(
    "any-weakness",
    takes=("force", "council"),
    number="1",
    title=_("Inspections that found a weakness in the police’s contribution"),
    counts=_(
        "Inspections with at least one published weakness of any severity attributed to a police force, alone or "
        "with partners. On the page of a force: attributed to that force."
    ),
    of=_(
        "Graded inspections published in the window under frameworks that evaluate partnership working (of "
        "councils’ children’s services)."
    ),
    leaves_out=WITHOUT_JOINT,
)
def any_weakness(scope):
    label = _("inspections found a weakness of any severity in the police’s contribution")
    value = _value(scope, scope.inspections.counting_in_share(), "any", label, counts_in_share="true")
    return Section(values=(value,))


@figure(
    "joint-serious-weakness",
    takes=("force", "council"),
    number="2",
    title=_("Joint inspections that found a serious weakness of the police"),
    counts=_(
        "Joint inspections with at least one published serious or critical weakness attributed to police."
    ),
    of=_(
        "Joint inspections published in the window, graded or not. One counts once nationally and once for "
        "each force that it concerns."
    ),
    leaves_out=_("All other inspections: the two kinds are never pooled."),
)
def joint_serious_weakness(scope):
    label = _("joint inspections found at least one serious weakness of the police")
    joint = scope.inspections.filter(framework__joint=True)
    return Section(values=(_value(scope, joint, "serious", label, joint="true"),))


@figure(
    "joint-any-weakness",
    takes=("force", "council"),
    number="2",
    title=_("Joint inspections that found a weakness of the police"),
    counts=_("Joint inspections with at least one published weakness of any severity attributed to police."),
    of=_(
        "Joint inspections published in the window, graded or not. One counts once nationally and once for "
        "each force that it concerns."
    ),
    leaves_out=_("All other inspections: the two kinds are never pooled."),
)
def joint_any_weakness(scope):
    label = _("joint inspections found a weakness of any severity of the police")
    joint = scope.inspections.filter(framework__joint=True)
    return Section(values=(_value(scope, joint, "any", label, joint="true"),))


def _quarters_to(day):
    """[(year, quarter)] of the twelve calendar quarters that end with the one of the day before `day`."""
    last = months_before(day, 0)
    index = last.year * 4 + (last.month - 1) // 3
    if last.day == 1 and last.month in (1, 4, 7, 10):
        index -= 1  # the quarter ended the day before
    return [divmod(number, 4) for number in range(index - QUARTERS + 1, index + 1)]


def _quarter(year, quarter, as_of):
    start = as_of.replace(year=year, month=quarter * 3 + 1, day=1)
    end = start.replace(year=year + quarter // 3, month=(quarter * 3 + 3) % 12 + 1)
    return Period(as_of, Window.CUSTOM, start, min(end, as_of))


@figure(
    "trend",
    takes=("force",),
    number="1",
    title=_("By quarter of publication"),
    counts=_(
        "For each calendar quarter, the inspections with a serious weakness, and with one of any severity, "
        "attributed to police."
    ),
    of=_(
        "Graded inspections published in that quarter under frameworks that evaluate partnership working; those "
        "read for findings beside them. The last quarter ends with the day before the as-of day."
    ),
    leaves_out=WITHOUT_JOINT,
    windowed=False,
)
def trend(scope):
    quarters = _quarters_to(scope.on)
    first = _quarter(*quarters[0], scope.on)
    within = scope.concerning.published_within(first.start, scope.on).counting_in_share()
    shares = police_weakness_share_by_quarter(within, scope.findings)
    rows, bars = [], []
    for year, index in quarters:
        share = shares.get((year, index + 1))
        label = f"{year} Q{index + 1}"
        of_quarter = scope.of(period=_quarter(year, index, scope.on))
        row = _share_row(of_quarter, label, share)
        rows.append(row)
        _label, total, _read, _any, serious = row
        bars.append(
            {
                "label": label,
                "n": share.serious if share else 0,
                "total": share.total if share else 0,
                "url": serious.url if share and not share.unread and serious.url else total.url,
                "known": share is None or not share.unread,
            }
        )
    table = Table(
        code="trend",
        title=_("Graded inspections with a weakness attributed to police, by quarter of publication"),
        columns=(Column(_("Quarter")), *SHARE_COLUMNS),
        rows=tuple(rows),
    )
    return Section(table=table, chart=bars)


@figure(
    "years",
    takes=("force",),
    number="1",
    title=_("By year of publication"),
    counts=_(
        "For each calendar year, the inspections with a weakness of any severity, and with a serious one, attributed to "
        "police."
    ),
    of=_(
        "Graded inspections of the window published in that year under frameworks that evaluate partnership working; "
        "those read for findings beside them. Weaknesses can only be known of these."
    ),
    leaves_out=WITHOUT_JOINT,
)
def years(scope):
    shares = police_weakness_share_by_year(scope.inspections.counting_in_share(), scope.findings)
    rows = []
    for year, share in shares.items():
        start = max(scope.period.start, date(year, 1, 1))
        end = min(scope.period.end, date(year + 1, 1, 1))
        of_year = scope.of(period=Period(scope.on, Window.CUSTOM, start, end))
        rows.append(_share_row(of_year, str(year), share))
    table = Table(
        code="years",
        title=_("Inspections that found weaknesses attributed to police, by year of publication"),
        columns=(Column(_("Year")), *SHARE_COLUMNS),
        rows=tuple(rows),
        empty=NO_INSPECTIONS,
        note=_(
            "Compare weaknesses with the inspections read, not with all graded ones. Joint inspections are counted apart."
        ),
    )
    return Section(table=table)


def _share_row(scope, label, share):
    """A quarter's or a year's cells: graded inspections, read ones, those with a weakness, with a serious one."""
    if share is None:
        none = Cell(None, label=_("no inspections"))
        return (Cell(label), Cell(0, label=_("graded inspections")), none, none, none)
    counted = {"counts_in_share": "true"}
    about = {"about": scope.force.slug} if scope.force else {}
    cells = [
        Cell(share.total, scope.inspections_url(**counted), _("graded inspections")),
        Cell(
            share.read,
            scope.inspections_url(**counted, read="yes") if share.read else "",
            _("read for findings"),
        ),
    ]
    for n, severity, found in (
        (share.any, "any", _("found a weakness")),
        (share.serious, "serious", _("found a serious weakness")),
    ):
        if share.read:
            url = scope.inspections_url(**counted, weakness=severity, **about) if n else ""
            cells.append(Cell(n, url, found))
        else:
            cells.append(Cell(None, label=_("not read")))
    return (Cell(label), *cells)


@figure(
    "days-to-publication",
    takes=("force", "council", "inspection"),
    number="17",
    title=_("Days from the end of fieldwork to publication"),
    counts=_("The median of the days from the last day of fieldwork to the day of publication."),
    of=_("Inspections published in the window whose last day of fieldwork is known."),
    leaves_out=_("Inspections whose last day of fieldwork is not known; their number is given."),
)
def publication_days(scope):
    days = days_to_publication(scope.inspections)
    value = Value(
        n=days.median,
        label=_("days from the end of fieldwork to publication (median)"),
        note=_now("Last day of fieldwork known: %(n)s of %(total)s") % {"n": days.n, "total": days.total}
        if days.total
        else "",
        note_url=scope.inspections_url(fieldwork_known="true") if days.n else "",
    )
    return Section(values=(value,))
