"""Takes the invented inspections of demo_fiction through the verbs that people use, up to where they stand."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from agencies.demo import HMICFRS_MANAGER, MANAGER
from agencies.models import Agency, Channel
from inspections.demo import public_id as inspection_id
from inspections.models import Framework, Inspection, Provenance

from .demo import public_id as finding_id
from .demo_fiction import INSPECTIONS, NOTE
from .models import AccuracyComment, Comment, Finding, Priority, Recommendation, Status, Theme

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
                finding, inspection, people[finding.get("by", told["by"])], manager, people, seed
            )
        for step in told["steps"]:
            extra = _of_the_round(told, on) if step == "send_for_factual_accuracy" else {}
            inspection.move(
                step, by=manager if step in MANAGERS_STEPS else author, channel=Channel.COMMAND, **extra
            )
        for line in told.get("accuracy", ()):
            _comment_on_facts(line, inspection, findings, people, author)
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


def _log(told, inspection, author, manager, people, seed):
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
    for recommended in told.get("recommends", ()):
        _recommend(recommended, finding, author)
    for step in STEPS[told.get("status", Status.DRAFT)]:
        finding.move(step, by=manager if step in MANAGERS_STEPS else author, channel=Channel.COMMAND)
    if "reviewer" in told:
        finding.assign(by=manager, to=people[told["reviewer"]], channel=Channel.COMMAND)
    for by, audience, text in told.get("comments", ()):
        Comment.post(by=people[by], finding=finding, text=text, audience=audience, channel=Channel.COMMAND)
    return finding


def _recommend(told, finding, author):
    length, unit = told.get("timescale", (None, ""))
    Recommendation.draft(
        by=author,
        finding=finding,
        values={
            "provenance": Provenance.FICTION,
            "addressee": Agency.objects.get(slug=told["to"]),
            "text": told["text"],
            "priority": told.get("priority", Priority.ROUTINE),
            "timescale_length": length,
            "timescale_unit": unit,
        },
        channel=Channel.COMMAND,
    )


def _of_the_round(told, on):
    days = told.get("comments_due_days")
    return {"comments_due_on": on + timedelta(days=days)} if days else {}


def _comment_on_facts(told, inspection, findings, people, author):
    person = people[told["by"]]
    comment = AccuracyComment.submit(
        by=person,
        inspection=inspection,
        by_agency=person.agency,
        finding=findings[told["about"]],
        place=told["place"],
        text=told["text"],
        channel=Channel.COMMAND,
    )
    if "decision" in told:
        decision, reason = told["decision"]
        comment.decide(by=author, decision=decision, reason=reason, channel=Channel.COMMAND)


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
