"""Records brought to each status the way people bring them there: by their verbs."""

from findings import publication
from findings.models import Finding
from inspections.models import Inspection

FORWARD = ["start_fieldwork", "start_drafting", "send_for_factual_accuracy", "embargo"]
INSPECTION_STEPS = {
    "planned": [],
    "fieldwork": FORWARD[:1],
    "drafting": FORWARD[:2],
    "factual_accuracy": FORWARD[:3],
    "embargoed": FORWARD,
    "published": [*FORWARD, "publish"],
    "closed": [*FORWARD, "publish", "close"],
    "paused": [*FORWARD[:2], "pause"],
    "cancelled": [*FORWARD[:2], "cancel"],
}
UNPUBLISHED = ["planned", "fieldwork", "drafting", "factual_accuracy", "embargoed", "paused", "cancelled"]
FINDING_STEPS = {
    "draft": [],
    "in_review": ["submit"],
    "agreed": ["submit", "agree"],
    "published": ["submit", "agree", "publish"],
    "withdrawn": ["submit", "withdraw"],
    "tombstone": ["submit", "agree", "publish", "withdraw"],  # withdrawn after publication
}


def planned(by, framework, agency, **values):
    """A new inspection of the agency by this person's inspectorate."""
    return Inspection.create(by=by, values={"framework": framework, "inspected_agency": agency, **values})


def moved(inspection, status, by, on=None):
    """A planned inspection brought to that status."""
    for verb in INSPECTION_STEPS[status]:
        step(inspection, verb, by, on)
    return inspection


def step(inspection, verb, by, on=None):
    if verb == "publish":
        return publication.publish(inspection, by=by, on=on)
    return inspection.move(verb, by=by, reason="For the test.")


def logged(inspection, by, values, status="draft", *, reviewer=None):
    """A finding by this person, brought to that status; the reviewer takes the steps that an author may not."""
    finding = Finding.log(by=by, inspection=inspection, values=values, citations=[{"page": 12}])
    for verb in FINDING_STEPS[status]:
        finding.move(verb, by=by if verb == "submit" else reviewer, reason="For the test.")
    return finding
