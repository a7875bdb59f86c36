"""Random walks: whoever tries whatever verbs in whatever order, what domain.md promises stays true.

Every step is tried as the pages try it: through the verb of the model, asked of the rights first in half of the
cases and not at all in the other half, so that what the models themselves must forbid is tried too.
"""

import random
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from agencies.models import EditConflict, Event
from findings import publication
from findings.models import ActionPlan, Comment, Finding, Recommendation, Stage
from findings.models.follow_up import NOT_ISSUED, TRANSITIONS
from findings.models.recommendations import RecommendationStatus
from inspections.models import IllegalTransition, Inspection

from .conftest import person, weakness
from .states import planned

REFUSALS = (IllegalTransition, ValidationError, EditConflict)
LEGAL = {(source, target) for sources, target, _label in TRANSITIONS.values() for source in sources}
CLOSED = ("closed_verified", "closed_not_implemented")


class Walk:
    """A small world in which people do things at random."""

    def __init__(self, seed, people, inspection, agencies, theme):
        self.chance = random.Random(seed)
        self.people, self.inspection, self.agencies, self.theme = people, inspection, agencies, theme
        self.findings, self.recommendations, self.plans = [], [], []
        self.first_dates = {}

    def somebody(self):
        return self.chance.choice(self.people)

    def likely(self, kind):
        """Mostly somebody whose task it is, so that walks get somewhere; sometimes anybody."""
        fitting = [person for person in self.people if getattr(person, f"is_{kind}")]
        return self.chance.choice(fitting) if self.chance.random() < 0.7 else self.somebody()

    def any_day(self):
        return timezone.localdate() - timedelta(days=self.chance.choice([0] * 9 + [1, 20, 400, -3]))

    def one(self, records):
        record = self.chance.choice(records) if records else None
        if record is not None:
            record.refresh_from_db()
        return record

    def step(self):
        """One thing tried; True when it was done."""
        deed = self.chance.choice(DEEDS)
        before = Event.objects.count()
        try:
            with transaction.atomic():
                done = deed(self)
        except REFUSALS:
            assert Event.objects.count() == before
            return False
        return done is not False

    # What people try


def log(walk):
    by = walk.somebody()
    if not walk.inspection.takes_findings_from(by):
        return False
    values = weakness(walk.chance.choice(walk.agencies), walk.theme, walk.chance.choice(["minor", "serious"]))
    walk.findings.append(Finding.log(by=by, inspection=walk.inspection, values=values))


def move_finding(walk):
    finding = walk.one(walk.findings)
    if finding is None:
        return False
    verb = walk.chance.choice(["submit", "agree", "return_to_draft", "publish", "withdraw"])
    if walk.chance.random() < 0.8:
        verb = {"draft": "submit", "in_review": "agree", "agreed": "publish"}.get(finding.status, "publish")
    by = walk.likely("inspector" if verb == "submit" else "manager")
    if walk.chance.random() < 0.5 and verb not in finding.next_steps_for(by):
        return False
    if verb == "publish":
        publication.publish_finding(finding, by=by, reason="Because.")
    else:
        finding.move(verb, by=by, reason="Because.")


def correct(walk):
    finding = walk.one(walk.findings)
    if finding is None:
        return False
    by = walk.somebody()
    if not finding.may_be_corrected_by(by):
        return False
    finding.correct(
        by=by,
        values={"summary": f"Corrected {walk.chance.random()}.", "severity": "moderate"},
        citations=[{"page": walk.chance.randint(1, 40)}],
        reason="Because.",
    )


def comment(walk):
    finding, by = walk.one(walk.findings), walk.somebody()
    if finding is None or not finding.may_be_commented_by(by):
        return False
    Comment.post(
        by=by, finding=finding, text="Words.", audience=walk.chance.choice(["inspectorate", "agency"])
    )


def draft(walk):
    finding, by = walk.one(walk.findings), walk.somebody()
    if finding is None or not finding.takes_recommendations_from(by):
        return False
    values = {"addressee": walk.chance.choice(walk.agencies), "text": "Do it."}
    if walk.chance.random() < 0.4:
        values["due_printed"] = date(2026, 12, walk.chance.randint(1, 28))
    walk.recommendations.append(Recommendation.draft(by=by, finding=finding, values=values))


LIKELY = {
    "draft": "issue",
    "issued": "respond",
    "reopened": "respond",
    "in_progress": "claim",
    "completion_claimed": "verify",
    "closed_verified": "reopen",
}
DEEDS_OF_FOLLOW_UP = (
    "issue",
    "respond",
    "claim",
    "verify",
    "verify",
    "not_implemented",
    "reopen",
    "supersede",
    "date",
    "decide",
)


def follow_up(walk):
    recommendation, day = walk.one(walk.recommendations), walk.any_day()
    if recommendation is None:
        return False
    deed = walk.chance.choice(DEEDS_OF_FOLLOW_UP)
    if walk.chance.random() < 0.6:
        deed = LIKELY.get(recommendation.status, deed)
    by = walk.likely("respondent" if deed in ("respond", "claim", "date") else "manager")
    if deed == "issue":
        recommendation.issue(by=by)
    elif deed == "respond":
        recommendation.respond(by=by, position="accepted", text="Yes.", received_on=day)
    elif deed == "claim":
        recommendation.claim_completion(by=by, text="Done.", on=day)
    elif deed == "verify":
        recommendation.verify(
            by=by,
            kind="desktop",
            on=day,
            progress=walk.chance.choice(["none", "insufficient", "reasonable", "good"]),
            closes=walk.chance.random() < 0.5,
            text="Seen.",
        )
    elif deed == "not_implemented":
        recommendation.close_not_implemented(by=by, reason="Because.", on=day)
    elif deed == "reopen":
        recommendation.reopen(by=by, reason=walk.chance.choice(["Because.", " "]), on=day)
    elif deed == "supersede":
        values = {"addressee": recommendation.addressee, "text": "Do it better."}
        walk.recommendations.append(
            recommendation.supersede(
                by=by, reason="Because.", finding=recommendation.finding, values=values, on=day
            )
        )
    elif deed == "date":
        due = timezone.localdate() + timedelta(days=walk.chance.randint(1, 300))
        recommendation.propose_due_date(by=by, due_on=due, reason="Because.")
    else:
        recommendation.decide_due_date(by=by, approve=walk.chance.random() < 0.7, reason="Because.")


def plan(walk):
    if walk.plans and walk.chance.random() < 0.7:
        chosen, day = walk.one(walk.plans), walk.any_day()
        deed = walk.chance.choice(["submit", "accept", "accept", "return"])
        if chosen.status in ("draft", "returned"):
            deed = "submit"
        by = walk.likely("respondent" if deed == "submit" else "manager")
        if deed == "submit":
            chosen.submit(by=by, on=day)
        elif deed == "accept":
            chosen.accept(by=by, on=day)
        else:
            chosen.send_back(by=by, reason="Because.", on=day)
        return True
    by, agency = walk.likely("respondent"), walk.chance.choice(walk.agencies)
    answered = Recommendation.objects.filter(addressee=agency, status="responded")
    actions = [
        {"recommendation": recommendation, "text": "Train.", "owner": "Head of training"}
        for recommendation in answered
    ]
    walk.plans.append(
        ActionPlan.begin(
            by=by,
            inspection=walk.inspection,
            by_agency=agency,
            values={"title": "Plan"},
            actions=actions,
        )
    )
    return True


DEEDS = [log, *[move_finding] * 4, correct, comment, draft, draft, *[plan] * 5, *[follow_up] * 10]


# What stays true


def check_history(record):
    events = list(record.events())
    assert [event.sequence for event in events] == list(range(1, len(events) + 1))
    assert record.version == len(events)
    previous = ""
    for event in events:
        assert event.previous_hash == previous
        assert event.hash == event.digest()
        previous = event.hash


def check_recommendation(recommendation, walk):
    check_history(recommendation)
    events = list(recommendation.events())
    if recommendation.status in NOT_ISSUED:
        assert recommendation.stages.count() == 0
        assert recommendation.due_first is None
        return
    # The dates first set never change, nor the day from which its age counts.
    for name in ("due_first", "first_issued_on", "issued_on", "reference"):
        given = [event.after[name] for event in events if event.after.get(name)]
        assert len(given) <= 1, (name, given)
    # The stages tell the status of every day without a gap, and each was legal after the one before.
    stages = list(recommendation.stages.all())
    assert [stage.until for stage in stages[:-1]] == [stage.since for stage in stages[1:]]
    assert stages[-1].until is None
    assert stages[-1].status == recommendation.status
    assert stages[0].status == "issued"
    for earlier, later in pairwise(stages):
        assert (earlier.status, later.status) in LEGAL
        assert earlier.since <= later.since <= timezone.localdate()
    assert Stage.objects.filter(recommendation=recommendation, until=None).count() == 1
    # Closed has a verification, by neither author nor claimant nor any agency.
    closings = [event for event in events if event.after.get("status") in (*CLOSED, "superseded", "reopened")]
    assert all(event.by.is_inspector or event.by.is_manager for event in closings)
    if recommendation.status == "closed_verified":
        closing = recommendation.verifications.filter(closes=True).latest("pk")
        assert closing.progress in ("reasonable", "good")
        strangers = {recommendation.author_id, recommendation.finding.author_id, recommendation.claimed_by_id}
        assert closing.by_id not in strangers
    for verification in recommendation.verifications.all():
        assert not verification.by.is_respondent
    if recommendation.status == "superseded":
        successor = recommendation.superseded_by
        assert successor.first_issued_on == recommendation.first_issued_on
        if recommendation.due_first:
            assert successor.due_first == recommendation.due_first
    for change in recommendation.due_date_changes.all():
        assert change.reason
        assert change.decided_by_id is None or change.decided_by_id != change.proposed_by_id
    numbers = list(recommendation.responses.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert recommendation.responses.filter(is_current=True).count() == min(1, len(numbers))


def check_finding(finding, walk):
    check_history(finding)
    agreed = [event for event in finding.events() if event.verb == "agree"]
    assert all(event.by_id != finding.author_id for event in agreed)
    versions = finding.earlier_versions.order_by("replaced_at")
    corrections = finding.events().filter(verb="corrected").count()
    assert versions.count() == corrections
    assert all(version.events().count() == version.version == 0 for version in versions)
    # On any day at most one of its versions counts, and on the day after publication exactly one.
    manager = walk.people[0]
    rows = Finding._base_manager.filter(pk__in=[finding.pk, *versions.values_list("pk", flat=True)])
    for ago in (-1, 0, 1, 30):
        day = timezone.localdate() - timedelta(days=ago)
        counted = rows & Finding.objects.known_to(manager, on=day)
        assert counted.count() == (1 if finding.is_published and ago < 0 else 0)


@pytest.fixture
def walk_of(
    ines,
    mary,
    hugo,
    hanna,
    otto,
    clara,
    stan,
    mel,
    audrey,
    ofsted,
    hmicfrs,
    sif,
    stockton,
    cleveland,
    strategy,
):
    def make(seed):
        milo = person("Milo", "manager", ofsted)
        inspection = planned(
            ines,
            sif,
            stockton,
            partner_inspectorates=[hmicfrs],
            team=[ines, hugo],
            fieldwork_from=date(2024, 5, 6),
            fieldwork_to=date(2024, 5, 28),
        )
        for verb in ("start_fieldwork", "start_drafting", "send_for_factual_accuracy", "embargo"):
            inspection.move(verb, by=mary)
        publication.publish(inspection, by=mary, on=timezone.localdate() - timedelta(days=500))
        inspection = Inspection.objects.get(pk=inspection.pk)
        people = [mary, milo, ines, hugo, hanna, otto, clara, stan, mel, audrey]
        return Walk(seed, people, inspection, [stockton, cleveland], strategy)

    return make


@pytest.mark.parametrize("seed", range(8))
def test_whatever_people_try_what_is_promised_stays_true(seed, walk_of):
    walk = walk_of(seed)
    done = sum(walk.step() for _n in range(350))
    for finding in walk.findings:
        finding.refresh_from_db()
        check_finding(finding, walk)
    reached = set()
    for recommendation in walk.recommendations:
        recommendation.refresh_from_db()
        reached.add(recommendation.status)
        check_recommendation(recommendation, walk)
    for record in (*walk.plans, *Comment.objects.all(), walk.inspection):
        record.refresh_from_db()
        check_history(record)
    # A walk that gets nowhere would prove nothing.
    assert done > 15
    assert len(reached) > 1, reached


def test_the_walks_reach_every_status(walk_of):
    reached, seed = set(), 100
    while reached < set(RecommendationStatus.values) - {"withdrawn"} and seed < 108:
        with transaction.atomic():
            walk = walk_of(seed)
            for _n in range(350):
                walk.step()
            reached |= set(Stage.objects.values_list("status", flat=True))
            reached |= set(Recommendation.objects.values_list("status", flat=True))
            transaction.set_rollback(True)
        seed += 1
    assert reached >= set(RecommendationStatus.values) - {"withdrawn"}
