"""Data quality: what published records lack (statistic 21)."""

from django.db.models import Count, Exists, OuterRef, Q

from inspections.models.life import READ_FOR_POLICE

from ..models import Citation


def without_paragraph(findings):
    """Findings of which no citation names a paragraph."""
    named = Citation.objects.filter(finding=OuterRef("pk")).exclude(paragraph="")
    return findings.filter(~Exists(named))


def without_citation(findings):
    """Findings without a page of a report."""
    return findings.filter(~Exists(Citation.objects.filter(finding=OuterRef("pk"))))


def without_rationale(findings):
    """Weaknesses whose severity has no written reason. The database allows none of serious and critical ones."""
    return findings.weaknesses().filter(severity_rationale="")


def under_other(findings):
    """Findings under the theme that says nothing."""
    return findings.filter(theme__code="other")


def quality_of_findings(findings):
    """{total, weaknesses, no_citation, no_paragraph, no_rationale, other_theme} of published findings."""
    return {
        "total": findings.count(),
        "weaknesses": findings.weaknesses().count(),
        "no_citation": without_citation(findings).count(),
        "no_paragraph": without_paragraph(findings).count(),
        "no_rationale": without_rationale(findings).count(),
        "other_theme": under_other(findings).count(),
    }


def quality_of_inspections(inspections):
    """{total, no_fieldwork, unread} of published inspections."""
    return inspections.aggregate(
        total=Count("pk"),
        no_fieldwork=Count("pk", filter=Q(fieldwork_to=None)),
        unread=Count("pk", filter=~Q(coverage__in=READ_FOR_POLICE)),
    )
