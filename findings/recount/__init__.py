"""Every figure counted a second time, row by row and without SQL: what `manage.py verify_statistics` compares with.

Nothing here uses the querysets' rules, the database view of the forces concerned or the statistics: it follows
the figures' definitions in words, on plain rows, so that a mistake in one of the two ways shows as a difference.
"""

from . import agencies, context, correspondence, follow_up, grades, quality, shares, themes
from .asked import Asked, window
from .expected import Expected, Number, Told, expect
from .rows import Rows

# code of the figure: how it is counted again
RECOUNTS = {
    "serious-weakness": shares.serious_weakness,
    "any-weakness": shares.any_weakness,
    "joint-serious-weakness": shares.joint_serious_weakness,
    "joint-any-weakness": shares.joint_any_weakness,
    "trend": shares.trend,
    "years": shares.years,
    "days-to-publication": shares.days_to_publication,
    "forces-with-serious-weakness": agencies.forces_with_serious_weakness,
    "force-inspections": agencies.force_inspections,
    "councils": agencies.councils,
    "coverage": agencies.coverage,
    "divergence": agencies.divergence,
    "findings": themes.findings,
    "themes": themes.themes,
    "recurrence": themes.recurrence,
    "linked": themes.linked,
    "rising": themes.rising,
    "spread": themes.spread,
    "forces-by-theme": themes.forces_by_theme,
    "grades-of-councils": grades.grades_of_councils,
    "grades-of-forces": grades.grades_of_forces,
    "grade-history": grades.grade_history,
    "latest-grades": grades.latest_grades,
    "timeline": context.timeline,
    "neighbours": context.neighbours,
    "attributed": context.attributed,
    "inspection": context.inspection,
    "data-quality": quality.data_quality,
    "days-to-response": follow_up.days_to_response,
    "overdue": follow_up.overdue,
    "slippage": follow_up.slippage,
    "open-recommendations": follow_up.open_recommendations,
    "closure": follow_up.closure,
    "claims": follow_up.claims,
    "found-again": follow_up.found_again,
    "addressees": follow_up.addressees,
    "letters": correspondence.letters,
    "cases-referred-back": correspondence.cases,
}

__all__ = ["RECOUNTS", "Asked", "Expected", "Number", "Rows", "Told", "expect", "window"]
