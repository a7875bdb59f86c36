"""Recommendations: who sees which page in which status, who is refused, and nothing for those who see nothing.

The tables are written from the rules of the register, not read from the code.
"""

import pytest
from django.urls import reverse

from agencies.models import Event
from findings.models import Recommendation

from .conftest import weakness
from .states import INSPECTION_STEPS, RECOMMENDATION_STEPS, logged, recommended, step
from .test_visibility import with_a_role
from .who_sees_what import (
    AT_WORK,
    FINDINGS,
    MISSING,
    READERS,
    REFUSED,
    SHARED,
    SHOWN,
    STEP,
    WITH_A_ROLE,
    may,
    mismatches,
    outcome,
)

OPEN = {"issued", "responded", "plan_submitted", "in_progress", "completion_claimed", "reopened"}
NOT_ISSUED = {"draft", "withdrawn"}
OUR_STAFF = {"ines", "otto", "mary"}  # of the inspectorate in the lead
PARTNERS = {"hugo", "hanna", "hetty"}  # of the one that takes part
ANSWER = {"stan", *AT_WORK}  # Stan is its addressee; those at work record for him


def sees(name, status):
    return name in READERS if status in NOT_ISSUED else name in WITH_A_ROLE


def of(rule):
    """Seen and allowed, seen and refused, or not there."""

    def answer(name, status):
        return MISSING if not sees(name, status) else SHOWN if rule(name, status) else REFUSED

    return answer


OF_A_RECOMMENDATION = {
    "recommendation": of(lambda name, status: True),
    "recommendation_edit": of(lambda name, status: name in AT_WORK and status == "draft"),
    "recommendation_respond": of(lambda name, status: name in ANSWER and status in OPEN),
    "recommendation_claim": of(lambda name, status: name in ANSWER and status == "in_progress"),
    # Ines wrote it. Colin's inspectorate took no part: the page opens for him, its form asks through which inspection.
    "recommendation_verify": of(
        lambda name, status: name in {"otto", "mary", *PARTNERS, "colin"} and status in OPEN
    ),
    "recommendation_supersede": of(lambda name, status: name == "mary" and status in OPEN),
    "recommendation_date": of(lambda name, status: name in ANSWER and status in OPEN),
    "recommendation_date_decide": of(lambda name, status: False),  # nobody has proposed another date
    "recommendation_assign": of(lambda name, status: name in AT_WORK and status not in NOT_ISSUED),
}
STEPS = {
    "issue": of(lambda name, status: name == "mary" and status == "draft"),
    "withdraw": of(lambda name, status: name in AT_WORK and status == "draft"),
    "close_not_implemented": of(lambda name, status: name in {"otto", "mary", *PARTNERS} and status in OPEN),
    "reopen": of(
        lambda name, status: (
            name in {*OUR_STAFF, *PARTNERS} and status in ("closed_verified", "closed_not_implemented")
        )
    ),
}
ROUTES = {"recommendations", "recommendation_add", "recommendation_step", *OF_A_RECOMMENDATION}


@pytest.fixture
def give(make, stockton, cleveland, strategy, ines, mary, stan):
    """give(status): a recommendation to Stockton, of a finding about Cleveland by Ines, who wrote both."""

    def build(status):
        finding = logged(make("published"), ines, weakness(cleveland, strategy), "published", reviewer=mary)
        return recommended(finding, stockton, status, author=ines, manager=mary, lead=stan)

    return build


@pytest.mark.parametrize("status", RECOMMENDATION_STEPS)
def test_pages_of_a_recommendation_answer_as_the_table_says(status, give, people, monkeypatch):
    found = give(status)
    before = Event.objects.count()
    for route, rule in OF_A_RECOMMENDATION.items():
        expected = lambda name, rule=rule: rule(name, status)
        assert mismatches(people, route, found.public_id, expected) == [], route
    for verb, rule in STEPS.items():
        monkeypatch.setitem(STEP, "recommendation_step", verb)
        expected = lambda name, rule=rule: rule(name, status)
        assert mismatches(people, "recommendation_step", found.public_id, expected) == [], verb
    assert Event.objects.count() == before


@pytest.mark.parametrize("verb", ["respond", "claim", "supersede", "verify_and_close", "delete"])
def test_other_steps_have_pages_of_their_own(verb, give, people):
    address = reverse("recommendation_step", args=[give("issued").public_id, verb])
    assert {outcome(people["mary"].get(address)), outcome(people["mary"].post(address))} == {MISSING}


def adds(name, state, status):
    """Nothing is added under the eyes of a reviewer, nor to what somebody agreed."""
    return name in AT_WORK and state in ("draft", "published")


@pytest.mark.parametrize(("state", "status"), FINDINGS)
def test_a_recommendation_is_added_by_those_who_may_change_the_finding(
    state,
    status,
    people,
    make,
    ines,
    mary,
    cleveland,
    strategy,
):
    finding = logged(make(status), ines, weakness(cleveland, strategy), state, reviewer=mary)
    before = Event.objects.count()
    expected = lambda name: may(adds)(name, state, status)
    assert mismatches(people, "recommendation_add", finding.public_id, expected) == []
    assert Event.objects.count() == before


def test_the_list_opens_for_everybody_and_is_empty_without_a_role(give, people):
    found = give("issued")
    for name, client in people.items():
        if name == "anonymous":
            continue
        response = client.get(reverse("recommendations"))
        listed = found.public_id in response.content.decode()
        assert (response.status_code, listed) == (200, with_a_role(name) == SHOWN), name


# Before publication


@pytest.mark.parametrize("status", ["drafting", "factual_accuracy", "embargoed", "published"])
def test_in_the_factual_accuracy_check_the_agency_reads_what_is_recommended_about_it(
    status,
    make,
    people,
    ines,
    mary,
    stockton,
    cleveland,
    strategy,
):
    """Clara's force is whom the finding is about; Stan's council is addressed, and sees it with everybody else."""
    inspection = make("drafting")
    finding = logged(inspection, ines, weakness(cleveland, strategy), "draft")
    found = Recommendation.draft(by=ines, finding=finding, values={"addressee": stockton, "text": "Attend."})
    finding.move("submit", by=ines)
    finding.move("agree", by=mary)
    for verb in INSPECTION_STEPS[status][2:]:
        step(inspection, verb, mary)
    found.refresh_from_db()
    readers = READERS | ({"clara"} if status in SHARED else set())
    readers = WITH_A_ROLE if status == "published" else readers
    expected = lambda name: SHOWN if name in readers else MISSING
    assert mismatches(people, "recommendation", found.public_id, expected) == []
    if status != "published":
        edits = lambda name: REFUSED if name in readers else MISSING
        for route in ("recommendation_edit", "recommendation_respond", "recommendation_verify"):
            assert mismatches(people, route, found.public_id, edits) == [], route


def test_whom_a_finding_is_given_to_for_review_reads_its_recommendations(
    make,
    people,
    ines,
    mary,
    otto,
    stockton,
    cleveland,
    strategy,
):
    finding = logged(make("drafting"), ines, weakness(cleveland, strategy), "draft")
    found = Recommendation.draft(by=ines, finding=finding, values={"addressee": stockton, "text": "Attend."})
    finding.move("submit", by=ines)
    address = found.get_absolute_url()
    assert outcome(people["otto"].get(address)) == MISSING
    finding.assign(by=mary, to=otto)
    assert outcome(people["otto"].get(address)) == SHOWN
    for route in ("edit", "step", "verify"):
        args = [found.public_id, *(["withdraw"] if route == "step" else [])]
        assert outcome(people["otto"].get(reverse(f"recommendation_{route}", args=args))) == REFUSED
    finding.refresh_from_db()
    finding.move("agree", by=otto)
    assert outcome(people["otto"].get(address)) == MISSING
