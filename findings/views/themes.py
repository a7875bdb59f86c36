"""Themes: what each means, and force by force who has it."""

from django.shortcuts import get_object_or_404, render

from agencies.listing import url_with
from agencies.models import Agency

from ..models import Finding, Theme
from ..statistics.themes import tally, tally_by, tally_by_theme
from .links import links


def themes(request):
    about_police = Finding.objects.visible_to(request.user).published().about_police()
    counts = {row["theme"].pk: row for row in tally_by_theme(about_police)}
    visible = Theme.objects.visible_to(request.user).select_related("retired_into")
    rows = [
        {**counts.get(theme.pk, {}), "theme": theme, **links(theme=theme.code, about_police="true")}
        for theme in visible
    ]
    context = {
        "section": "themes",
        "rows": [row for row in rows if not row["theme"].is_retired],
        "retired": [row for row in rows if row["theme"].is_retired],
    }
    return render(request, "findings/themes.html", context)


def theme(request, code):
    found = get_object_or_404(
        Theme.objects.visible_to(request.user).select_related("parent", "retired_into"), code=code
    )
    about_police = (
        Finding.objects.visible_to(request.user)
        .published()
        .about_police()
        .filter(theme_id__in=found.with_absorbed())
    )
    rows = tally_by(about_police, "attributed_to")
    forces = Agency.objects.in_bulk([row["attributed_to"] for row in rows])
    table = [
        {**row, "force": (force := forces[row["attributed_to"]]), **links(theme=code, force=force.slug)}
        for row in rows
    ]
    table.sort(key=lambda row: (-row["serious"], -row["weaknesses"], row["force"].official_name))
    context = {
        "section": "themes",
        "theme": found,
        "absorbed": Theme.objects.filter(pk__in=found.with_absorbed()).exclude(pk=found.pk),
        "rows": table,
        "most": max((row["weaknesses"] for row in table), default=0),
        "tally": tally(about_police),
        "urls": links(theme=code, about_police="true"),
        "briefing_url": url_with("/briefings/", theme=code),
        "forces": Agency.objects.territorial_forces().count(),
        "forces_with": sum(1 for row in table if row["weaknesses"] and not row["force"].special),
    }
    return render(request, "findings/theme.html", context)
