"""My work: what waits for each person, in order, with why and how late; never what they may not do."""

from datetime import date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agencies.models import Event, Role, User
from findings.models import (
    AccuracyComment,
    ActionPlan,
    CaseReferral,
    Comment,
    Commitment,
    Finding,
    Letter,
    Recommendation,
)
from findings.work import words
from findings.work.queue import ALL, Queue
from inspections.models import Clock, Inspection

from .browsing import page, text
from .conftest import person, record_finding, weakness
from .states import INSPECTION_STEPS, logged, moved, planned, recommendation_step
from .who_sees_what import REFUSED, SHOWN, SIGN_IN, outcome

ROUTES = {"work"}
INSPECTORATES = {"ines", "otto", "mary", "hugo", "hetty", "hanna", "colin"}
LEADS = {"clara", "mel", "stan"}


def ahead(days):
    return timezone.localdate() + timedelta(days)


def items(somebody, *kinds, on=None):
    """What waits for the person; its number is what the queue says."""
    queue = Queue(somebody, on or ahead(0), kinds)
    found = queue[:200]
    assert queue.count() == len(found)
    return found


def kinds(somebody, on=None):
    return [item.kind for item in items(somebody, on=on)]


def everybody():
    return {user.first_name.lower(): user for user in User.objects.select_related("agency")}


def holders(kind):
    """Who has such work: {name: how many}."""
    counts = {name: Queue(user, ahead(0)).counts.get(kind, 0) for name, user in everybody().items()}
    return {name: n for name, n in counts.items() if n}


# A world with everything in it


@pytest.fixture
def joint(joint_values, sif, stockton, ines, mary):
    """joint(status): an inspection that Ofsted leads; Hugo of HMICFRS, the partner, is on the team with Ines."""

    def build(status, **values):
        inspection = planned(ines, sif, stockton, **{**joint_values, **values})
        return moved(inspection, status, mary)

    return build


@pytest.fixture
def found(published, cleveland, strategy, ines):
    """A published finding of 2016 about Cleveland Police."""
    return record_finding(published, weakness(cleveland, strategy, "serious"))


@pytest.fixture
def brought(found, stockton, ines, mary, stan):
    """brought(*verbs, **values): a recommendation to Stockton by Ines, brought there by who may."""

    def bring(*verbs, by=ines, **values):
        values = {"addressee": stockton, "text": "REC-WORDS attend every meeting.", **values}
        recommendation = Recommendation.draft(by=by, finding=found, values=values)
        for verb in verbs:
            recommendation_step(recommendation, verb, manager=mary, lead=stan)
            recommendation.refresh_from_db()
        return recommendation

    return bring


TO_CLAIM = ("issue", "respond", "submit_plan", "accept_plan")


@pytest.fixture
def everything(
    people, joint, brought, found, published, sif, ines, otto, mary, hugo, clara, stan, cleveland, stockton,
    strategy, hmicfrs,
):  # fmt: skip
    """Work of every kind."""
    words = weakness(cleveland, strategy, summary="FINDING-WORDS officers stayed away.")
    drafting = joint("drafting")
    logged(drafting, ines, words)
    logged(drafting, ines, words).assign(by=ines, to=hugo)
    logged(drafting, ines, words, "in_review").move("return_to_draft", by=mary, reason="Say more.")
    logged(drafting, ines, words, "in_review")
    logged(drafting, ines, words, "in_review").assign(by=mary, to=otto)
    logged(drafting, mary, words, "in_review")  # waits for another manager than Mary, and there is none
    gone = person("Gone", Role.INSPECTOR, ines.agency)
    drafting.edit(by=mary, values={"team": [*drafting.team.all(), gone]}, expect=drafting.version)
    logged(drafting, gone, words)
    gone.change(by=None, values={"is_active": False})
    in_check = joint("drafting")
    logged(in_check, ines, words, "agreed", reviewer=mary)
    in_check.move("send_for_factual_accuracy", by=ines, comments_due_on=ahead(5))
    AccuracyComment.submit(by=stan, inspection=in_check, by_agency=stockton, text="COMMENT-WORDS wrong.")
    moment = timezone.make_aware(datetime.combine(ahead(3), time(9, 30)))
    joint("embargoed", embargo_until=moment)
    logged(published, ines, words, "agreed", reviewer=mary)
    brought()
    brought("issue")
    brought("issue", "respond")
    brought(*TO_CLAIM, due_printed=ahead(10))
    brought(*TO_CLAIM, "claim")
    dated = brought("issue", "respond", "submit_plan", due_printed=ahead(200))
    dated.propose_due_date(by=stan, due_on=ahead(300), reason="Winter.")
    brought("issue", "respond", "submit_plan", "return_plan")
    begun = brought("issue", "respond")
    action = {"recommendation": begun, "text": "ACTION-WORDS train.", "owner": "Head"}
    ActionPlan.begin(
        by=stan, inspection=published, by_agency=stockton, values={"title": "PLAN-WORDS"}, actions=[action]
    )
    late = brought(*TO_CLAIM, due_printed=ahead(-5))
    plan = late.actions.get().plan
    type(late.actions.get()).objects.filter(plan=plan).update(due_on=ahead(-2))
    late.assign(by=mary, to=otto)
    clock = Clock(framework=sif, purpose="response", starts_from="publication", length=6, unit="weeks")
    clock.add(by=None)
    Recommendation.record_issued(
        by=None, channel="command", finding=found, values={"addressee": stockton, "text": "REC-WORDS old."}
    )
    CaseReferral.refer(
        by=ines, inspection=published, values={"to_agency": cleveland, "reason": "CASE-WORDS unsafe."}
    )
    letter = Letter.draft(
        by=mary,
        values={
            "level": 2,
            "to_agency": hmicfrs,
            "subject": "LETTER-WORDS",
            "text": "LETTER-WORDS",
            "reply_due_on": ahead(-3),
        },
    )
    letter.send(by=mary, on=ahead(-30))
    answered = Letter.draft(by=mary, values={"level": 2, "to_agency": cleveland, "subject": "S", "text": "T"})
    answered.send(by=mary)
    answered.record_reply(by=None, text="We will.", on=ahead(0))
    Commitment.undertake(by=None, letter=answered, values={"text": "COMMITMENT-WORDS", "due_on": ahead(5)})
    Comment.post(by=ines, finding=found, text="COMMENT-WORDS thank you.", audience="agency")
    return people


WHO_HAS_WHAT = {
    "draft": {"ines": 1, "hugo": 1},
    "returned": {"ines": 1},
    "left": {"mary": 1},
    "review": {"mary": 1, "otto": 1},
    "accuracy": {"ines": 1, "hugo": 1, "mary": 1},
    "embargo": {"ines": 1, "hugo": 1, "mary": 1},
    "publish": {"mary": 1},
    "issue": {"mary": 1},
    "date": {"mary": 1},
    "plan": {"ines": 1, "mary": 1},
    "verify": {"mary": 1},
    "overdue": {"otto": 1},
    "unanswered": {"mary": 1},
    "referral": {"ines": 1, "mary": 1},
    "letter": {"mary": 1},
    "letter_answer": {"hanna": 1},
    "commitment": {"clara": 1},
    "check": {"clara": 1},
    "answer": {"stan": 2},
    "plan_returned": {"stan": 1},
    "without_plan": {"stan": 1},
    "plan_begun": {"stan": 1},
    "action": {"stan": 1},
    "claim": {"stan": 2},
    "comment": {"clara": 1},
}


def test_each_kind_of_work_comes_to_those_whose_it_is_and_to_nobody_else(everything):
    assert {kind: holders(kind) for kind in ALL} == WHO_HAS_WHAT


# What may be done with it, asked of the record itself: for work whose page is read before anything is done.
STEPS_ON_THE_PAGE = {
    "review": (Finding, "agree"),
    "publish": (Finding, "publish"),
    "issue": (Recommendation, "issue"),
    "plan": (ActionPlan, "accept"),
    "letter": (Letter, "reply"),
    "letter_answer": (Letter, "reply"),
}


def test_every_page_that_work_leads_to_answers_and_every_action_offered_is_allowed(everything):
    opened = set()
    for name, user in everybody().items():
        for item in items(user):
            for address in {item.url, item.act_url}:
                assert everything[name].get(address).status_code == 200, (name, item.kind, address)
            if item.kind in STEPS_ON_THE_PAGE:
                model, verb = STEPS_ON_THE_PAGE[item.kind]
                record = model.objects.visible_to(user).get(pk=item.key.partition(":")[2])
                assert verb in record.next_steps_for(user), (name, item.kind)
            opened.add(item.kind)
    assert opened == set(ALL)


def test_the_page_shows_each_with_why_and_when(everything, signed_in, mary, stan, otto):
    seen = text(everything["mary"].get("/my-work/"))
    for expected in (
        "12 things to do",
        "Letter",
        "Your inspectorate wrote to HMICFRS",
        "Late by 3 days: was due on",
        "Decide 1 factual accuracy comment",
        "You manage the lead inspectorate",
        "Check that it is ready: the embargo ends on",
        "9:30am",
        "Due in 3 days, on",
        "Stockton-on-Tees Borough Council, SIF 2016",
        "Since today",
    ):
        assert expected in seen, expected
    assert "Assigned to you by Mary Example" in text(everything["otto"].get("/my-work/"))
    seen = text(everything["stan"].get("/my-work/"))
    for expected in (
        "Addressed to Stockton-on-Tees Borough Council",
        "Revise the plan that was returned",
        "Your agency’s plan",
        "Late by 2 days",
    ):
        assert expected in seen, expected


def test_late_work_comes_first_then_what_is_due_then_what_waits_longest(everything, stan, mary):
    for somebody in (stan, mary):
        found = items(somebody)
        dated = [item.due for item in found if item.due]
        undated = [item.since for item in found if not item.due]
        assert [bool(item.due) for item in found] == [True] * len(dated) + [False] * len(undated)
        assert dated == sorted(dated)
        assert undated == sorted(undated)
        assert dated
        assert undated
    assert [item.state for item in items(stan)][:3] == ["late", "late", "late"]


# Which kinds


def test_work_is_filtered_by_kind_with_counts(everything, signed_in):
    client = everything["mary"]
    shown = client.get("/my-work/")
    labels = {label.text for label in page(shown).find_all("label")}
    assert {"Findings to review (1)", "Plans to accept or return (1)"} <= labels
    assert not any(label.startswith("Drafts to finish") for label in labels)
    narrowed = client.get("/my-work/?kind=review&kind=plan")
    assert "2 things to do" in text(narrowed)
    assert len(page(narrowed).find_all("article")) == 2
    chips = [a.text for a in page(narrowed).find_all("a", class_="app-chips__chip")]
    assert chips == [
        "Remove filter: Kind of work: Findings to review",
        "Remove filter: Kind of work: Plans to accept or return",
    ]
    assert "1 thing to do" in text(client.get("/my-work/?kind=review"))


def test_a_kind_of_another_role_is_an_error_and_no_list(everything):
    for kind in ("answer", "nonsense"):
        shown = everything["mary"].get(f"/my-work/?kind={kind}")
        assert shown.status_code == 200
        assert "Select a valid choice" in text(shown)
        assert page(shown).find("article") is None


def test_work_is_paged_with_exact_totals(drafting, ines, cleveland, strategy, signed_in, monkeypatch):
    monkeypatch.setattr("findings.views.work.PAGE_SIZE", 2)
    for _n in range(5):
        logged(drafting, ines, weakness(cleveland, strategy))
    client = signed_in(ines)
    keys = []
    for number, rows in ((1, 2), (2, 2), (3, 1), (99, 1)):
        shown = client.get(f"/my-work/?page={number}&kind=draft")
        assert "5 things to do" in text(shown)
        links = [h3.find("a")["href"] for h3 in page(shown).find_all("h3")]
        assert len(links) == rows
        keys += links if number < 99 else []
    assert len(set(keys)) == 5


def test_with_nothing_to_do_it_says_so(otto, signed_in):
    seen = text(signed_in(otto).get("/my-work/"))
    assert "0 things to do" in seen
    assert "Nothing waits for you." in seen


# Queries


@pytest.mark.parametrize("n", [1, 3])
def test_the_database_is_asked_equally_often_for_one_and_for_three(
    n, joint, brought, mary, ines, stan, cleveland, strategy, signed_in
):
    inspection = joint("drafting")
    for _n in range(n):
        logged(inspection, ines, weakness(cleveland, strategy), "in_review")
        brought("issue", "respond", "submit_plan")
        brought("issue")
    asked = {}
    for somebody in (mary, stan, ines):
        client = signed_in(somebody)
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/my-work/").status_code == 200
        asked[somebody.first_name] = len(queries)
    assert asked == {"Mary": 8, "Stan": 6, "Ines": 6}


# Who sees the page


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_page_is_for_those_who_have_work(method, people):
    before = Event.objects.count()
    for name, client in people.items():
        wanted = SIGN_IN if name == "anonymous" else SHOWN if name in INSPECTORATES | LEADS else REFUSED
        assert outcome(getattr(client, method)("/my-work/")) == wanted, name
    assert Event.objects.count() == before


# The rights, in SQL as in Python


def test_who_acts_on_an_inspection_is_the_same_in_sql(people, joint):
    for status in INSPECTION_STEPS:
        joint(status)
    for user in everybody().values():
        acted = set(Inspection.objects.acted_on_by(user))
        managed = set(Inspection.objects.managed_by(user))
        for inspection in Inspection.objects.all():
            assert (inspection in acted) == inspection.is_worked_on_by(user), user
            assert (inspection in managed) == inspection.is_managed_by(user), user


@pytest.mark.parametrize("status", ["planned", "drafting", "factual_accuracy", "paused", "cancelled"])
def test_of_a_paused_or_cancelled_inspection_nothing_waits(status, joint, ines, mary, cleveland, strategy):
    inspection = joint("drafting" if status == "factual_accuracy" else "planned")
    logged(inspection, ines, weakness(cleveland, strategy))
    logged(inspection, ines, weakness(cleveland, strategy), "in_review")
    if status != "planned":
        moved(inspection, status, mary) if inspection.status == "planned" else inspection.move(
            "send_for_factual_accuracy", by=mary
        )
    stands_still = status in ("paused", "cancelled")
    assert kinds(ines) == ([] if stands_still else ["draft"])
    assert kinds(mary) == ([] if stands_still else ["review"])


def test_removed_from_the_team_nothing_is_left(joint, ines, mary, hugo, cleveland, strategy):
    inspection = joint("drafting")
    logged(inspection, ines, weakness(cleveland, strategy))
    assert kinds(ines) == ["draft"]
    inspection.edit(by=mary, values={"team": [hugo]}, expect=inspection.version)
    assert kinds(ines) == []
    assert kinds(mary) == ["left"]  # and lost to nobody
    Finding.objects.get().assign(by=mary, to=hugo)
    assert (kinds(mary), kinds(hugo)) == ([], ["draft"])


# Assigned work


def test_an_assigned_draft_leaves_its_author_and_waits_since_it_was_given(
    joint, ines, hugo, cleveland, strategy
):
    draft = logged(joint("drafting"), ines, weakness(cleveland, strategy))
    draft.assign(by=ines, to=hugo)
    assert kinds(ines) == []
    (item,) = items(hugo)
    assert item.why == "Assigned to you by Ines Example"
    draft.assign(by=ines, to=ines)
    (item,) = items(ines)
    assert item.why == "You took it on"


def test_a_returned_draft_stays_returned_when_it_is_handed_on(joint, ines, hugo, mary, cleveland, strategy):
    draft = logged(joint("drafting"), ines, weakness(cleveland, strategy), "in_review")
    draft.move("return_to_draft", by=mary, reason="Say more.")
    draft.assign(by=ines, to=hugo)
    assert kinds(hugo) == ["returned"]


@pytest.mark.parametrize("change", ["left", "joined the team", "moved"])
def test_a_review_whose_reviewer_cannot_do_it_any_more_comes_back_to_the_managers(
    change, joint, ines, otto, mary, hugo, hmicfrs, cleveland, strategy
):
    inspection = joint("drafting")
    logged(inspection, ines, weakness(cleveland, strategy), "in_review").assign(by=mary, to=otto)
    assert (kinds(mary), kinds(otto)) == ([], ["review"])
    if change == "left":
        otto.change(by=None, values={"is_active": False})
    elif change == "moved":
        otto.change(by=None, values={"agency": hmicfrs})
    else:
        inspection.edit(by=mary, values={"team": [ines, hugo, otto]}, expect=inspection.version)
    otto = User.objects.get(pk=otto.pk)
    assert (kinds(mary), kinds(otto)) == (["review"], [])


@pytest.mark.parametrize("given_to", ["nobody", "otto", "ines, who wrote it", "otto, who left"])
def test_a_claim_comes_to_who_follows_it_up_else_to_the_managers(given_to, brought, ines, otto, mary):
    claimed = brought(*TO_CLAIM, "claim")
    if given_to != "nobody":
        claimed.assign(by=mary, to=ines if given_to.startswith("ines") else otto)
    if given_to.endswith("left"):
        otto.change(by=None, values={"is_active": False})
    expected = {"otto": 1} if given_to == "otto" else {"mary": 1}
    assert holders("verify") == expected


def test_nobody_is_asked_to_verify_what_they_may_not(brought, mary, ines, otto, stan):
    claimed = brought(*TO_CLAIM, "claim", by=mary)  # written by Mary, so issued by nobody else here
    assert holders("verify") == {}
    second = person("Mona", "manager", mary.agency)
    assert holders("verify") == {"mona": 1}
    assert claimed.may_be_verified_by(second)


def test_who_proposed_a_date_does_not_decide_it(brought, mary):
    issued = brought("issue")
    issued.propose_due_date(by=mary, due_on=ahead(30), reason="Winter.")
    assert holders("date") == {}
    person("Mona", "manager", mary.agency)
    assert holders("date") == {"mona": 1}


# Safeguarding leads


def test_a_finding_leaves_the_list_once_the_agency_has_commented_on_it(
    joint, ines, mary, clara, cleveland, strategy
):
    inspection = joint("drafting")
    finding = logged(inspection, ines, weakness(cleveland, strategy), "agreed", reviewer=mary)
    inspection.move("send_for_factual_accuracy", by=ines, comments_due_on=ahead(5))
    (item,) = items(clara)
    assert (item.due, item.what) == (ahead(5), "Check the facts and comment")
    AccuracyComment.submit(
        by=clara, inspection=inspection, by_agency=cleveland, finding=finding, text="We attended."
    )
    assert kinds(clara) == []


def test_a_refused_recommendation_asks_for_no_plan(brought, stan):
    refused = brought("issue")
    refused.respond(by=stan, position="rejected", text="No.", received_on=ahead(0))
    assert kinds(stan) == []


def test_a_reopened_recommendation_asks_for_a_response_without_the_old_day(brought, stan):
    brought("issue", "close_not_implemented", "reopen")
    (item,) = items(stan)
    assert (item.kind, item.due, item.since) == ("answer", None, ahead(0))


def test_comments_are_shown_for_fourteen_days(found, ines, clara):
    Comment.post(by=ines, finding=found, text="Thank you.", audience="agency")
    Comment.post(by=ines, finding=found, text="Among us.", audience="inspectorate")
    Comment.post(by=clara, finding=found, text="We thank you.", audience="agency")
    assert kinds(clara) == ["comment"]
    assert kinds(clara, on=ahead(14)) == ["comment"]
    assert kinds(clara, on=ahead(15)) == []


# Dates in words


@pytest.mark.parametrize(
    ("days", "expected", "state"),
    [
        (-1, "Late by 1 day: was due on 24 November 2026", "late"),
        (-80, "Late by 2 months: was due on 6 September 2026", "late"),
        (0, "Due today, 25 November 2026", "soon"),
        (1, "Due tomorrow, 26 November 2026", "soon"),
        (7, "Due in 7 days, on 2 December 2026", "soon"),
        (8, "Due in 8 days, on 3 December 2026", "later"),
        (90, "Due on 23 February 2027", "later"),
    ],
)
def test_due_dates_in_words(days, expected, state):
    on = date(2026, 11, 25)
    due = on + timedelta(days)
    assert (words.when_in_words(due, None, on), words.state_of(due, on)) == (expected, state)


def test_undated_work_says_how_long_it_waits():
    on = date(2026, 11, 25)
    assert words.when_in_words(None, on, on) == "Since today"
    assert words.when_in_words(None, date(2026, 11, 22), on) == "Waiting for 3 days, since 22 November 2026"
    assert words.when_in_words(None, None, on) == "No date"
    assert words.state_of(None, on) == ""


# The first page


def test_the_first_page_begins_with_my_work(everything, mary):
    shown = everything["mary"].get("/")
    assert "12 things wait for you" in text(shown)
    articles = page(shown).find_all("article")
    assert len(articles) == 5
    assert [article.find("a")["href"] for article in articles] == [item.act_url for item in items(mary)[:5]]
    assert page(shown).find("a", href="/my-work/") is not None
    assert "My work: all 12" in text(shown)


def test_agencies_without_people_and_people_without_work_have_no_queue(audrey, adam, nobody):
    for somebody in (audrey, adam, nobody):
        queue = Queue(somebody, ahead(0))
        assert (queue.count(), queue[:10], queue.counts) == (0, [], {})
