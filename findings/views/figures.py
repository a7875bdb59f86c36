"""Figures: their definitions in words, the rows behind each, and every table as a file."""

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from agencies import takeaway
from agencies.tables import Cell, Column, Table
from inspections.periods import Window

from ..figures import FIGURES
from .dashboard import corrections
from .scope import asked

# What an address may ask a figure of.
PARTS = {"force": _l("force"), "council": _l("council"), "theme": _l("theme"), "inspection": _l("inspection")}


def figures(request):
    """Every figure of the dashboards with what it counts."""
    listed = sorted(FIGURES.values(), key=_by_number) if request.user.has_a_role else []
    return render(request, "findings/figures.html", {"section": "dashboard", "figures": listed})


def _by_number(figure):
    """In the order of the register's list of statistics; those that are not on it last."""
    first = figure.number.partition(",")[0]
    return (int(first) if first.isdigit() else 99, figure.code)


def figure(request, code):
    """One figure: its definition, its numbers of this day, window and scope, and the way to its rows."""
    found = FIGURES.get(code)
    if found is None or not request.user.has_a_role:
        raise Http404
    form, scope = asked(request, takes=found.takes, default=Window.ALL if found.needs else Window.YEAR)
    lacking = scope is not None and found.needs and not any(getattr(scope, name) for name in found.needs)
    ignored = [
        str(words) for name, words in PARTS.items() if request.GET.get(name) and name not in found.takes
    ]
    context = {
        "section": "dashboard",
        "ignored": ", ".join(ignored),
        "figure": found,
        "form": form,
        "lacking": lacking,
        "sort": request.GET.get("sort", ""),
    }
    if scope is not None and not lacking:
        section = found.of_scope(scope)
        file_format = takeaway.asked(request)
        table = section.table or values_table(found, section)
        if file_format:
            return takeaway.download(table, about(request, found, scope, table), file_format, scope.on)
        context |= {
            "scope": scope,
            "shown": section,
            "take_urls": () if section.table else takeaway.links(request),
            **corrections(scope, [code] if section.values else []),
        }
    return render(request, "findings/figure.html", context)


def values_table(found, section):
    """A figure without a table of its own as one: a row for each of its numbers."""
    columns = (_l("Figure"), _l("Number"), _l("Of"), _l("Percent"), _l("Read for findings"), _l("Note"))
    return Table(
        code=found.code,
        title=found.title,
        columns=tuple(Column(label) for label in columns),
        rows=tuple(
            (
                Cell(str(value.label)),
                Cell(None if value.read == 0 else value.n),
                Cell(value.total),
                Cell(value.percent),
                Cell(value.read),
                Cell(str(value.note)),
            )
            for value in section.values
        ),
    )


def about(request, found, scope, table):
    """The header of a figure's file: its definition first."""
    of = [scope.force, scope.council, scope.theme, scope.inspection]
    return [
        (_("Figure"), found.title),
        (_("Counts"), found.counts),
        (_("Of"), found.of),
        (_("Left out"), found.leaves_out),
        *about_file(request, "", scope, ", ".join(str(part) for part in of if part), windowed=found.windowed),
        *([(_("Note"), table.note)] if table.note else []),
    ]


def about_file(request, title, scope, of="", *, windowed=True):
    """The header of a file: of which records, as of when, taken by whom and when."""
    corrected = (
        _("as corrected since, without the findings withdrawn since")
        if scope.known.corrected
        else _("as published then")
    )
    return [
        *([(_("Table"), title)] if title else []),
        (_("Window"), scope.period if windowed else _("everything known on the as-of day")),
        (_("As known on"), scope.on),
        (_("Corrections"), corrected),
        (_("Filter"), of or _("none: national")),
        (_("Taken by"), request.user.get_full_name()),
        (_("Taken on"), timezone.now()),
        (_("Address"), request.build_absolute_uri()),
        (_("Licence"), "Open Government Licence v3.0"),
    ]
