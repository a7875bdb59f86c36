"""Two who answer, verify, issue or decide at the same moment: one wins, the other is told so in one sentence and keeps
the text on the screen; nothing is numbered twice."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from findings.models import Recommendation, Response, Verification

from .browsing import error_summary, text
from .conftest import person, record_inspection, weakness
from .states import logged, recommended
from .test_concurrency import EIGHT, one_chain, pages, sent_at_once, statuses

pytestmark = pytest.mark.django_db(transaction=True)
MEANWHILE = "Somebody changed this recommendation meanwhile. Read it again before you decide."
SAW = {"kind": "desktop", "progress": "good", "closes": "on"}


@pytest.fixture
def give(finding, stockton, otto, mary, stan):
    """give(status): a recommendation to Stockton of the finding of 2016 about Cleveland, written by Otto."""
    return lambda status="issued": recommended(
        finding, stockton, status, author=otto, manager=mary, lead=stan
    )


def address(route, found, *args):
    return reverse(f"recommendation_{route}", args=[found.public_id, *args])


def losers(answers):
    """The answers that came too late: each says so in one sentence."""
    late = [answer for answer in answers if answer.status_code == 409]
    for answer in late:
        (sentence,) = error_summary(answer)
        assert sentence == MEANWHILE or sentence.startswith("This recommendation is now “")
    return late


def verbs_since(found):
    return [event.verb for event in one_chain(found)]


def test_of_two_responses_at_once_one_is_kept_and_the_other_stays_on_the_screen(give, stan, ines, signed_in):
    found = give()
    before = found.version
    opened = pages([signed_in(stan), signed_in(ines)], address("respond", found))
    answers = sent_at_once(opened, lambda number: {"position": "accepted", "text": f"Words of {number}."})
    assert statuses(answers) == [302, 409]
    (late,) = losers(answers)
    number = answers.index(late)
    assert f"Words of {number}." in text(late)
    assert [response.text for response in Response.objects.all()] == [f"Words of {1 - number}."]
    assert verbs_since(found)[before:] == ["respond"]
    assert found.status == "responded"


def test_eight_clicks_on_respond_are_one_version(give, stan, signed_in):
    found = give()
    before = found.version
    ((_client, where, fields),) = pages([signed_in(stan)], address("respond", found))
    clients = [signed_in(stan) for _ in EIGHT]
    answers = sent_at_once(
        [(client, where, fields) for client in clients],
        lambda number: {"position": "rejected", "text": "We do not agree."},
    )
    assert statuses(answers) == [302] * 8
    assert Response.objects.count() == 1
    assert verbs_since(found)[before:] == ["respond"]


def test_of_two_verifiers_at_once_one_closes_it(give, ines, mary, signed_in):
    found = give("completion_claimed")
    before = found.version
    opened = pages([signed_in(ines), signed_in(mary)], address("verify", found))
    answers = sent_at_once(opened, lambda number: {**SAW, "text": f"Seen by {number}."})
    assert statuses(answers) == [302, 409]
    (late,) = losers(answers)
    assert f"Seen by {answers.index(late)}." in text(late)
    assert Verification.objects.count() == 1
    assert verbs_since(found)[before:] == ["verify and close"]


def test_of_a_closing_and_a_sending_back_at_once_one_counts(give, ines, mary, signed_in):
    found = give("completion_claimed")
    before = found.version
    opened = pages([signed_in(ines), signed_in(mary)], address("verify", found))
    seen = [{**SAW}, {**SAW, "progress": "none", "closes": None}]
    answers = sent_at_once(opened, lambda number: {**seen[number], "text": "Seen."})
    assert statuses(answers) == [302, 409]
    verdict = verbs_since(found)[before:]
    assert verdict in (["verify and close"], ["find not done"])
    assert found.status == ("closed_verified" if verdict == ["verify and close"] else "in_progress")


def test_nobody_verifies_their_own_claim_by_being_quick(give, ines, stan, mary, signed_in):
    """Ines opens the verification and the claim in two tabs and sends both at once: she never does both."""
    found = give("in_progress")
    client = signed_in(ines)
    ((_c, verify, seen),) = pages([client], address("verify", found))
    ((_c, claim, said),) = pages([client], address("claim", found))
    opened = [(signed_in(ines), verify, seen), (signed_in(ines), claim, said)]
    sent = [{**SAW, "text": "Seen."}, {"text": "Done."}]
    answers = sent_at_once(opened, lambda number: sent[number])
    assert set(statuses(answers)) <= {302, 403, 409}
    found.refresh_from_db()
    assert found.status in ("in_progress", "completion_claimed")
    assert not Verification.objects.filter(closes=True).exists()
    one_chain(found)


def test_of_eight_who_take_the_same_step_one_does(give, mary, ofsted, signed_in):
    found = give("in_progress")
    before = found.version
    managers = [mary, *(person(f"Manager{number}", "manager", ofsted) for number in range(7))]
    opened = pages([signed_in(one) for one in managers], address("step", found, "close_not_implemented"))
    answers = sent_at_once(opened, lambda number: {"reason": f"Reason {number}."})
    assert statuses(answers) == [302] + [409] * 7
    assert len(losers(answers)) == 7
    assert verbs_since(found)[before:] == ["close not implemented"]


def test_of_an_approval_and_a_refusal_at_once_one_counts(give, stan, mary, ofsted, signed_in):
    found = give()
    found.propose_due_date(by=stan, due_on=timezone.localdate() + timedelta(90), reason="Why.")
    before = found.version
    opened = pages(
        [signed_in(mary), signed_in(person("Milo", "manager", ofsted))], address("date_decide", found)
    )
    sent = [{"decision": "approve"}, {"decision": "refuse", "reason": "Children wait."}]
    answers = sent_at_once(opened, lambda number: sent[number])
    assert statuses(answers) == [302, 409]
    found.refresh_from_db()
    change = found.due_date_changes.get()
    assert (found.due_on is not None) == (change.status == "approved")
    assert len(verbs_since(found)) == before + 1


def test_of_two_proposals_at_once_one_waits(give, stan, ines, signed_in):
    found = give()
    opened = pages([signed_in(stan), signed_in(ines)], address("date", found))
    day = timezone.localdate() + timedelta(90)
    answers = sent_at_once(
        opened, lambda number: {"due_on": f"{day:%d/%m/%Y}", "reason": f"Reason of {number}."}
    )
    assert statuses(answers) == [302, 409]
    (late,) = [answer for answer in answers if answer.status_code == 409]
    assert f"Reason of {answers.index(late)}." in text(late)
    assert found.due_date_changes.count() == 1


def test_recommendations_issued_at_once_get_references_of_their_own(finding, stockton, otto, mary, signed_in):
    drafts = [
        Recommendation.draft(
            by=otto, finding=finding, values={"addressee": stockton, "text": f"Do {number}."}
        )
        for number in range(4)
    ]
    opened = [pages([signed_in(mary)], address("step", found, "issue"))[0] for found in drafts]
    answers = sent_at_once(opened)
    assert statuses(answers) == [302] * 4
    references = sorted(Recommendation.objects.values_list("reference", flat=True))
    assert references == [f"{finding.reference}-R{number}" for number in (1, 2, 3, 4)]


def test_nothing_is_added_to_a_finding_in_the_moment_in_which_it_is_sent_for_review(
    drafting, cleveland, strategy, stockton, ines, mary, signed_in
):
    """Whichever is first: what is reviewed was there when it was sent, or is refused and kept on the screen."""
    finding = logged(drafting, ines, weakness(cleveland, strategy))
    send = reverse("finding_step", args=[finding.public_id, "submit"])
    add = reverse("recommendation_add", args=[finding.public_id])
    opened = [*pages([signed_in(mary)], send), *pages([signed_in(ines)], add)]
    sent = [{}, {"addressee": stockton.pk, "text": "KEPT words"}]
    answers = sent_at_once(opened, lambda number: sent[number])
    finding.refresh_from_db()
    assert (answers[0].status_code, finding.status) == (302, "in_review")
    assert answers[1].status_code in (302, 409)
    assert Recommendation.objects.exists() == (answers[1].status_code == 302)
    if answers[1].status_code == 409:
        assert "KEPT words" in text(answers[1])


def test_of_two_who_supersede_it_one_does(give, mary, ofsted, signed_in):
    found = give()
    opened = pages(
        [signed_in(mary), signed_in(person("Milo", "manager", ofsted))], address("supersede", found)
    )
    answers = sent_at_once(opened, lambda number: {"text": f"Words of {number}.", "reason": "Clearer."})
    assert statuses(answers) == [302, 409]
    (late,) = losers(answers)
    assert f"Words of {answers.index(late)}." in text(late)
    assert Recommendation.objects.filter(supersedes=found).count() == 1


def test_two_inspectorates_verify_at_once(give, jtai, hmicfrs, stockton, hugo, mary, signed_in):
    found = give("completion_claimed")
    later = record_inspection(jtai, hmicfrs, stockton, timezone.localdate())
    opened = pages([signed_in(hugo), signed_in(mary)], address("verify", found))
    answers = sent_at_once(opened, lambda number: {**SAW, "text": "Seen.", "through": later.reference})
    assert statuses(answers) == [302, 409]
    assert Verification.objects.count() == 1
