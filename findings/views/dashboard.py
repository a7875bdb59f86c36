"""The national dashboard, and what it shares with the dashboards of agencies."""

from datetime import date

from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.listing import url_with
from inspections.models import Inspection
from inspections.periods import Window

from ..charts import grade_bars, quarters, tile_map
from ..corrections import corrections_since, rewordings_since
from ..figures import FIGURES
from .scope import asked

# The chief inspector's letter on the police's contribution: the twelve months before it are the measure's origin.
LETTER_DAY = date(2016, 10, 17)
HEADLINE = ("serious-weakness", "any-weakness")
MORE = ("joint-serious-weakness", "joint-any-weakness", "forces-with-serious-weakness", "findings")
LOOK = ("recurrence", "linked", "divergence", "coverage", "days-to-publication")
# What became of recommendations; of letters and cases.
NEXT = (
    "open-recommendations",
    "overdue",
    "days-to-response",
    "slippage",
    "closure",
    "claims",
    "found-again",
)
OTHERS = ("letters", "cases-referred-back")
TABLES = (
    "trend",
    "forces-by-theme",
    "themes",
    "rising",
    "grades-of-councils",
    "grades-of-forces",
    "latest-grades",
    "data-quality",
)


def dashboard(request):
    form, scope = asked(request)
    context = {
        "section": "dashboard",
        "form": form,
        "presets": presets(request),
        "sort": request.GET.get("sort", ""),
    }
    if scope is not None:
        sections = sections_of(scope, (*HEADLINE, *MORE, *LOOK, *TABLES))
        followed, more = follow_up(scope)
        sections |= followed
        context |= {
            "scope": scope,
            "sections": sections,
            "headline": listed(sections, HEADLINE),
            "more": listed(sections, MORE),
            "look": listed(sections, LOOK),
            "as_letter": scope.on == LETTER_DAY and scope.period.window == Window.YEAR,
            "trend_chart": trend_chart(sections["trend"]),
            "map": _map(sections["forces_with_serious_weakness"].table),
            "council_grades": grade_bars(sections["grades_of_councils"].chart),
            "force_grades": grade_bars(sections["grades_of_forces"].chart),
            "compare_url": url_with("/compare/", **scope.day_query),
            "briefing_url": url_with("/briefings/", **scope.query),
            **more,
            **undated(scope),
            **corrections(scope, HEADLINE),
        }
    return render(request, "findings/dashboard.html", context)


def presets(request):
    """Days worth going to: (words, address)."""
    path = request.path
    return [
        (_("Last 12 months"), url_with(path, window="year")),
        (_("Everything so far"), url_with(path, window="all")),
        (_("17 October 2016: the chief inspector’s letter"), url_with(path, as_of=LETTER_DAY, window="year")),
    ]


def sections_of(scope, codes):
    """{code with underscores, as templates can say it: Section}"""
    return {code.replace("-", "_"): FIGURES[code].of_scope(scope) for code in codes}


def follow_up(scope, others=OTHERS):
    """(sections by code, {next, others}): what became of the scope's recommendations, letters and cases."""
    sections = sections_of(scope, (*NEXT, "addressees", *others))
    return sections, {"next": listed(sections, NEXT), "others": listed(sections, others)}


def undated(scope):
    """{undated, undated_url}: published inspections of the scope without a date, which no figure can count.

    Named on today's dashboards only: of an earlier day nobody can say whether they were known.
    """
    if scope.on != timezone.localdate():
        return {}
    found = Inspection.objects.visible_to(scope.known.user).published().filter(published_on=None)
    found = found.of_force(scope.force) if scope.force else found
    found = found.filter(inspected_agency=scope.council) if scope.council else found
    own = {
        "force": scope.force.slug if scope.force else "",
        "agency": scope.council.slug if scope.council else "",
    }
    url = url_with("/inspections/", **own, lacks="date", status=["published", "closed"])
    return {"undated": found.count(), "undated_url": url}


def listed(sections, codes):
    return [sections[code.replace("-", "_")] for code in codes]


def trend_chart(section):
    return quarters(
        section.chart, n_label=str(_("found a serious weakness")), total_label=str(_("graded inspections"))
    )


def corrections(scope, headline):
    """What has been corrected or withdrawn since the day, and the headline figures as they would be given now."""
    withdrawn, corrected = scope.withdrawn_since.count(), scope.corrected_since.count()
    reworded, more_reworded = rewordings_since(scope)
    differ = withdrawn or (reworded and not scope.known.corrected)
    facts, more = corrections_since(scope)
    return {
        "withdrawn_total": withdrawn,
        "withdrawn_url": scope.withdrawn_url,
        "corrected_total": corrected,
        "corrected_url": scope.corrected_url,
        "differ": differ,
        "corrected_sections": sections_of(scope.corrected, headline) if differ else {},
        "reworded": reworded,
        "more_reworded": more_reworded,
        "corrections": facts,
        "more_corrections": more,
    }


def _map(table):
    """The tiles of the force table: inspections read that found a weakness of the force, of those read."""
    forces = []
    for row in table.rows:
        name, _inspections, read, found, *_rest = row
        forces.append(
            {
                "slug": name.url.partition("?")[0].strip("/").rpartition("/")[2],
                "name": name.value,
                "url": name.url,
                "n": found.value,
                "total": read.value if found.value is not None else None,
                "note": "",
            }
        )
    return tile_map(forces, shade_by="share")
