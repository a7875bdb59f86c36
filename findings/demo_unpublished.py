"""Takes the invented inspections of demo_fiction through the verbs that people use, up to where they stand."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from agencies.demo import HMICFRS_MANAGER, MANAGER
from agencies.models import Agency, Channel
from inspections.demo import public_id as inspection_id
from inspections.models import Framework, Inspection, Provenance

from .demo import public_id as finding_id
from .demo_fiction import INSPECTIONS, NOTE
from .models import Finding, Status, Theme

# How a finding gets from draft to where it stands.
STEPS = {
    Status.DRAFT: [],
    Status.IN_REVIEW: ["submit"],
    Status.AGREED: ["submit", "agree"],
}
MANAGERS_STEPS = ("agree", "embargo")


def record_unpublished(*, people, on, seed):
    """Records the invented inspections as of that day; ({key: inspection}, {key: finding})."""
    inspections, findings = {}, {}
    for told in INSPECTIONS:
        author = people[told["by"]]
        manager = people[MANAGER if author.agency.slug == "ofsted" else HMICFRS_MANAGER]
        inspection = inspections[told["key"]] = _create(told, author, people, on, seed)
        for finding in told["findings"]:
            findings[finding["key"]] = _log(
                finding, inspection, people[finding.get("by", told["by"])], manager, seed
            )
        for step in told["steps"]:
            inspection.move(step, by=manager if step in MANAGERS_STEPS else author, channel=Channel.COMMAND)
    return inspections, findings


def _create(told, author, people, on, seed):
    first, last = told["days"]
    values = {
        "public_id": inspection_id(seed, told["key"]),
        "provenance": Provenance.FICTION,
        "source": NOTE,
        "notes": NOTE,
        "framework": Framework.objects.get(code=told["framework"]),
        "inspected_agency": Agency.objects.get(slug=told["inspected"]),
        "partner_inspectorates": Agency.objects.filter(slug__in=told.get("partners", [])),
        "participating_agencies": Agency.objects.filter(slug__in=told.get("participating", [])),
        "team": [people[email] for email in told.get("team", [])],
        "topic": told.get("topic", ""),
        "fieldwork_from": on + timedelta(days=first),
        "fieldwork_to": on + timedelta(days=last),
    }
    if "embargo_days" in told:
        day = on + timedelta(days=told["embargo_days"])
        values["embargo_until"] = timezone.make_aware(datetime.combine(day, time(9, 30)))
    return Inspection.create(by=author, values=values, channel=Channel.COMMAND)


def _log(told, inspection, author, manager, seed):
    page, paragraph = told["place"]
    finding = Finding.log(
        by=author,
        inspection=inspection,
        values={
            "public_id": finding_id(seed, told["key"]),
            "provenance": Provenance.FICTION,
            "finding_type": told["type"],
            "attributed_to": Agency.objects.get(slug=told["about"]),
            "with_partners": told.get("with_partners", False),
            "theme": Theme.objects.get(code=told["theme"]),
            "severity": told.get("severity", ""),
            "severity_rationale": told.get("rationale", ""),
            "systemic": told.get("systemic", False),
            "summary": told["summary"],
            "detail": told.get("detail", ""),
            "recurrence_of": _earlier(told),
        },
        citations=[{"page": page, "paragraph": paragraph}],
        channel=Channel.COMMAND,
    )
    for step in STEPS[told.get("status", Status.DRAFT)]:
        finding.move(step, by=manager if step in MANAGERS_STEPS else author, channel=Channel.COMMAND)
    return finding


def _earlier(told):
    """The published finding that this one repeats."""
    if "recurs" not in told:
        return None
    inspected, theme = told["recurs"]
    return (
        Finding.objects.published()
        .filter(inspection__inspected_agency__slug=inspected, theme__code=theme)
        .about_police()
        .weaknesses()
        .serious()
        .earliest("pk")
    )
