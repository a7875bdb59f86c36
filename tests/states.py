"""Records brought to each status the way people bring them there: by their verbs."""

from django.utils import timezone

from agencies.days import months_after
from agencies.files import store
from findings import publication
from findings.models import ActionPlan, Evidence, Finding, Recommendation
from inspections.models import Inspection

from .sample_files import pdf, upload

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


RECOMMENDATION_STEPS = {
    "draft": [],
    "withdrawn": ["withdraw"],
    "issued": ["issue"],
    "responded": ["issue", "respond"],
    "plan_submitted": ["issue", "respond", "submit_plan"],
    "in_progress": ["issue", "respond", "submit_plan", "accept_plan"],
    "completion_claimed": ["issue", "respond", "submit_plan", "accept_plan", "claim"],
    "closed_verified": ["issue", "respond", "submit_plan", "accept_plan", "claim", "verify_and_close"],
    "closed_not_implemented": ["issue", "close_not_implemented"],
    "superseded": ["issue", "supersede"],
    "reopened": ["issue", "close_not_implemented", "reopen"],
}


def recommended(finding, addressee, status="issued", *, author, manager, lead, text="Attend every meeting."):
    """A recommendation of a published finding, brought to that status by its author, a manager who wrote neither,
    and the addressee's safeguarding lead (`lead`)."""
    recommendation = Recommendation.draft(
        by=author, finding=finding, values={"addressee": addressee, "text": text}
    )
    for verb in RECOMMENDATION_STEPS[status]:
        recommendation_step(recommendation, verb, manager=manager, lead=lead)
        recommendation.refresh_from_db()
    return recommendation


def begun_plan(recommendation, by=None):
    """A plan of its addressee with one action."""
    return ActionPlan.begin(
        by=by,
        inspection=recommendation.inspection,
        by_agency=recommendation.addressee,
        values={"title": "Plan of the agency"},
        actions=[{"recommendation": recommendation, "text": "Train sergeants.", "owner": "Head of training"}],
    )


def add_evidence(recommendation, by=None, content=None, name="audit.pdf", replaces=None, **values):
    """A file for it, kept for six years: a small PDF document unless another content is given."""
    values = {
        "kind": "audit",
        "description": "Audit of forty cases",
        "retain_until": months_after(timezone.localdate(), 72),
        **values,
    }
    with store(upload(content or pdf(), name)) as stored:
        return Evidence.add(
            by=by, recommendation=recommendation, stored=stored, values=values, replaces=replaces
        )


def recommendation_step(recommendation, verb, *, manager, lead):
    """Takes the step as the person who may."""
    reason = "For the test."
    if verb == "respond":
        return recommendation.respond(
            by=lead, position="accepted", text="We accept it.", received_on=timezone.localdate()
        )
    if verb == "submit_plan":
        return begun_plan(recommendation, by=lead).submit(by=lead)
    if verb in ("accept_plan", "return_plan"):
        plan = ActionPlan.objects.get(actions__recommendation=recommendation, status="submitted")
        return plan.accept(by=manager) if verb == "accept_plan" else plan.send_back(by=manager, reason=reason)
    if verb == "claim":
        return recommendation.claim_completion(by=lead, text="It is done.", on=timezone.localdate())
    if verb in ("verify_and_close", "find_not_done"):
        return recommendation.verify(
            by=manager,
            kind="desktop",
            on=timezone.localdate(),
            progress="good" if verb == "verify_and_close" else "insufficient",
            closes=verb == "verify_and_close",
            text="Minutes of ten meetings were read.",
        )
    if verb == "supersede":
        values = {"addressee": recommendation.addressee, "text": "Attend every meeting, prepared."}
        return recommendation.supersede(
            by=manager, reason=reason, finding=recommendation.finding, values=values
        )
    if verb == "issue":
        return recommendation.issue(by=manager)
    return getattr(recommendation, verb)(by=manager, reason=reason)
