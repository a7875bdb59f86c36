"""Action plans: who writes, submits, accepts and returns them, what they cover, and that nothing typed is lost."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from agencies.models import Channel, Event
from findings.models import Action, ActionPlan, Recommendation
from findings.plan_coverage import coverage_of
from inspections.models import IllegalTransition

from .browsing import choices, error_summary, errors_beside, filled, form, page, submit, text
from .conftest import person, record_finding, weakness
from .states import logged, recommended
from .test_concurrency import at_once, one_chain, pages, sent_at_once, statuses
from .test_visibility import INSPECTION_STEPS
from .who_sees_what import (
    AT_WORK,
    EVERYBODY,
    MISSING,
    PUBLIC,
    REFUSED,
    SHOWN,
    SIGN_IN,
    STEP,
    Browser,
    mismatches,
    outcome,
    sees_inspection,
)

OF_A_PLAN = ("plan", "plan_edit", "plan_step", "plan_progress")
ROUTES = {"plans", "plan_begin", *OF_A_PLAN}
STAFF = {"ines", "otto", "mary", "hugo", "hetty", "hanna"}  # of the inspectorates that lead and take part
STATES = ("draft", "submitted", "accepted", "returned")
TODAY = timezone.localdate
WORDS = {"text": "Train sergeants.", "owner": "Head of training"}


@pytest.fixture
def inspection(make):
    """Of Stockton, published; HMICFRS takes part, Ines and Hugo are on the team."""
    return make("published")


@pytest.fixture
def recommend(inspection, stockton, cleveland, strategy, ines, mary, stan):
    """recommend(status, to=): a recommendation of that inspection, to Stockton unless another is named."""
    findings = []

    def build(status="responded", to=stockton, lead=stan, text="Attend every meeting."):
        if not findings:
            words = weakness(cleveland, strategy)
            findings.append(logged(inspection, ines, words, "published", reviewer=mary))
        return recommended(findings[0], to, status, author=ines, manager=mary, lead=lead, text=text)

    return build


@pytest.fixture
def write(inspection, stockton, stan):
    """write(recommendation, …, by=): a plan of Stockton's with an action for each of these."""

    def begin(*recommendations, by=stan, title="Plan of Stockton", agency=stockton):
        actions = [{"recommendation": found, **WORDS} for found in recommendations]
        return ActionPlan.begin(
            by=by, inspection=inspection, by_agency=agency, values={"title": title}, actions=actions
        )

    return begin


@pytest.fixture
def planned(recommend, write, stan, mary, ines):
    """planned(state, by=): a plan for one recommendation, brought to that state."""

    def build(state="draft", by=stan):
        plan = write(recommend(), by=by)
        if state != "draft":
            plan.submit(by=by)
        if state == "accepted":
            plan.accept(by=mary)
        if state == "returned":
            plan.send_back(by=mary, reason="It leaves out attendance.")
        return plan

    return build


def now(*records):
    for record in records:
        record.refresh_from_db()
    return [record.status for record in records]


def events_since(before):
    """[(kind of record, verb)] of the events written after that one."""
    return sorted(Event.objects.filter(pk__gt=before).values_list("subject_type", "verb"))


def last_event():
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


# Who sees what


def sees(name, state, recorded):
    """Whether a plan of Stockton's is there for the person; `recorded`: written by Ines on its behalf."""
    if name == "stan":
        return True
    if state == "draft":
        return recorded and name in {*AT_WORK, "hanna"}
    return name in STAFF or name == "audrey"


def writes(name, recorded):
    return name == "stan" or (recorded and name in AT_WORK)


def of(rule):
    def answer(name, state, recorded):
        if not sees(name, state, recorded):
            return MISSING
        return SHOWN if rule(name, state, recorded) else REFUSED

    return answer


def decides(name, state, recorded):
    """Those at work on the inspection, apart from who submitted it."""
    return state == "submitted" and name in AT_WORK - ({"ines"} if recorded else set())


def changes(name, state, recorded):
    return state in ("draft", "returned") and writes(name, recorded)


def reports(name, state, recorded):
    return state in ("submitted", "accepted") and writes(name, recorded)


PAGES_OF_A_PLAN = [
    ("plan", None, of(lambda *asked: True)),
    ("plan_edit", None, of(changes)),
    ("plan_step", "submit", of(changes)),
    ("plan_step", "accept", of(decides)),
    ("plan_step", "return", of(decides)),
    ("plan_progress", 1, of(reports)),
]


@pytest.mark.parametrize("recorded", [False, True], ids=["its own", "recorded for it"])
@pytest.mark.parametrize("state", STATES)
def test_pages_of_a_plan_answer_as_the_table_says(
    state,
    recorded,
    people,
    planned,
    ines,
    stan,
    monkeypatch,
):
    plan = planned(state, by=ines if recorded else stan)
    before = Event.objects.count()
    for route, argument, rule in PAGES_OF_A_PLAN:
        if argument:
            monkeypatch.setitem(STEP, route, argument)
        expected = lambda name, rule=rule: rule(name, state, recorded)
        assert mismatches(people, route, plan.public_id, expected) == [], (route, argument)
    for name in EVERYBODY[:-1]:
        if name != "anonymous":
            listed = plan.title in text(people[name].get(reverse("plans")))
            assert listed == sees(name, state, recorded), name
            shown = plan.title in text(people[name].get(plan.inspection.get_absolute_url()))
            assert shown == sees(name, state, recorded), name
    assert Event.objects.count() == before


@pytest.mark.parametrize("status", INSPECTION_STEPS)
def test_a_plan_is_begun_for_an_agency_with_something_open(
    status,
    people,
    make,
    cleveland,
    stockton,
    strategy,
    ines,
    mary,
    stan,
):
    inspection = make(status)
    if status in PUBLIC:
        finding = logged(inspection, ines, weakness(cleveland, strategy), "published", reviewer=mary)
        recommended(finding, stockton, author=ines, manager=mary, lead=stan)
    before = Event.objects.count()

    def expected(name):
        if not sees_inspection(name, status):
            return MISSING
        return SHOWN if status in PUBLIC and name in {*AT_WORK, "stan"} else REFUSED

    assert mismatches(people, "plan_begin", inspection.public_id, expected) == []
    assert Event.objects.count() == before


def test_nothing_is_planned_once_nothing_is_open(recommend, inspection, people, write):
    found = recommend("closed_verified")
    address = reverse("plan_begin", args=[inspection.public_id])
    assert [people[name].get(address).status_code for name in ("stan", "ines", "mary")] == [403] * 3
    with pytest.raises(IllegalTransition, match="is open"):
        write(found)


def test_anonymous_readers_are_led_to_sign_in():
    assert outcome(Browser().get(reverse("plans"))) == SIGN_IN


def test_a_step_that_does_not_exist_is_not_there(planned, people):
    plan = planned("submitted")
    for verb in ("delete", "withdraw", "send_back"):
        assert outcome(people["mary"].get(reverse("plan_step", args=[plan.public_id, verb]))) == MISSING
    assert outcome(people["stan"].get(reverse("plan_progress", args=[plan.public_id, 2]))) == MISSING


# The steps


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", ["submit", "accept", "return"])
def test_each_step_is_taken_from_its_status_with_one_event_for_each_changed_record(
    state, verb, planned, signed_in, stan, mary
):
    plan = planned(state)
    found = Recommendation.objects.get()
    legal = {"submit": ("draft", "returned"), "accept": ("submitted",), "return": ("submitted",)}[verb]
    client = signed_in(stan if verb == "submit" else mary)
    address, before = reverse("plan_step", args=[plan.public_id, verb]), last_event()
    if state not in legal:
        if not (state == "draft" and verb != "submit"):
            assert client.get(address).status_code == 403
            sent = {"version": plan.version, "reason": "Why."}
            answer = client.post(address, sent)
            assert answer.status_code == 409
        assert events_since(before) == []
        return
    answer = submit(client, client.get(address), reason="Why.")
    assert answer.status_code == 302
    assert answer["Location"] == plan.get_absolute_url()
    after = {
        "submit": ("submitted", "plan_submitted"),
        "accept": ("accepted", "in_progress"),
        "return": ("returned", "responded"),
    }[verb]
    assert tuple(now(plan, found)) == after
    assert events_since(before) == [
        ("findings.actionplan", verb),
        ("findings.recommendation", f"{verb} plan"),
    ]


def test_a_plan_is_returned_with_a_reason_that_the_agency_reads(planned, signed_in, mary, stan, audrey):
    plan = planned("submitted")
    client = signed_in(mary)
    asked = client.get(reverse("plan_step", args=[plan.public_id, "return"]))
    refused = submit(client, asked, reason="  ")
    assert refused.status_code == 200
    assert now(plan) == ["submitted"]
    submit(client, asked, reason="It says nothing of\nattendance.")
    for reader in (stan, audrey):
        seen = text(signed_in(reader).get(plan.get_absolute_url()))
        assert "it does not reflect the findings" in seen
        assert "It says nothing of attendance." in seen


def test_a_plan_is_not_decided_by_whoever_submitted_it(planned, signed_in, ines, mary, hugo):
    plan = planned("submitted", by=ines)
    for verb in ("accept", "return"):
        address = reverse("plan_step", args=[plan.public_id, verb])
        assert signed_in(ines).get(address).status_code == 403
        assert signed_in(ines).post(address, {"version": plan.version, "reason": "W"}).status_code == 403
    with pytest.raises(IllegalTransition, match="Somebody other"):
        plan.accept(by=ines)
    client = signed_in(hugo)
    assert submit(client, client.get(reverse("plan_step", args=[plan.public_id, "accept"]))).status_code == (
        302
    )


def test_on_an_outdated_page_no_step_is_taken(planned, signed_in, stan, mary):
    plan = planned("submitted")
    client = signed_in(mary)
    asked = client.get(reverse("plan_step", args=[plan.public_id, "accept"]))
    plan.report_progress(by=stan, action=plan.actions.get(), status="under_way", note="Begun.")
    answer = submit(client, asked, reason="Good.")
    assert answer.status_code == 409
    assert now(plan) == ["submitted"]
    assert "Good." in page(answer).find("textarea", name="reason").raw
    assert submit(client, answer).status_code == 302


@pytest.mark.parametrize(("verb", "state"), [("submit", "draft"), ("accept", "submitted")])
def test_the_same_step_sent_twice_counts_once(verb, state, planned, signed_in, stan, mary):
    plan = planned(state)
    client = signed_in(stan if verb == "submit" else mary)
    asked = client.get(reverse("plan_step", args=[plan.public_id, verb]))
    before = last_event()
    assert [submit(client, asked).status_code for _ in range(2)] == [302, 302]
    assert len(events_since(before)) == 2


def test_who_submits_for_the_agency_says_when_it_came_in(recommend, write, signed_in, ines, stan, mary):
    found = recommend("responded")
    plan = write(found, by=ines)
    client = signed_in(ines)
    asked = client.get(reverse("plan_step", args=[plan.public_id, "submit"]))
    tomorrow, yesterday = TODAY() + timedelta(1), TODAY() - timedelta(1)
    for day, words in ((tomorrow, "still to come"), (yesterday, "cannot be before it")):
        refused = submit(client, asked, on=day.strftime("%d/%m/%Y"))
        assert (refused.status_code, now(plan)) == (200, ["draft"])
        assert words in error_summary(refused)[0]
    assert submit(client, asked).status_code == 302
    assert plan.events().last().by == ines
    assert "for the agency" in text(signed_in(stan).get(plan.get_absolute_url()))
    with pytest.raises(ValidationError):
        plan.accept(by=mary, on=yesterday)


# What moves with it


def test_exactly_the_covered_recommendations_move(recommend, write, inspection, cleveland, stan, mary, clara):
    covered, progressing, claimed = recommend(), recommend("in_progress"), recommend("completion_claimed")
    beside, elsewhere = recommend(), recommend(to=cleveland, lead=clara)
    closed, dropped = recommend("closed_verified"), recommend()
    plan = write(covered, progressing, claimed, closed)
    plan.edit(
        by=stan,
        values={"title": plan.title},
        actions=[
            *({"recommendation": found, **WORDS} for found in (covered, progressing, claimed, closed)),
            {"recommendation": dropped, **WORDS, "status": "dropped"},
        ],
        expect=plan.version,
    )
    all_of_them = (covered, progressing, claimed, beside, elsewhere, closed, dropped)
    rest = ["in_progress", "completion_claimed", "responded", "responded", "closed_verified", "responded"]
    for act, moved in (
        (lambda: plan.submit(by=stan), "plan_submitted"),
        (lambda: plan.send_back(by=mary, reason="Why."), "responded"),
        (lambda: plan.submit(by=stan), "plan_submitted"),
        (lambda: plan.accept(by=mary), "in_progress"),
    ):
        before = last_event()
        act()
        assert now(*all_of_them) == [moved, *rest]
        assert len(events_since(before)) == 2


def test_a_plan_with_something_unanswered_is_not_submitted_and_names_it(
    recommend, write, signed_in, stan, inspection
):
    answered, issued, reopened = recommend(), recommend("issued"), recommend("reopened")
    plan = write(answered, issued, reopened)
    client = signed_in(stan)
    before = last_event()
    asked = client.get(reverse("plan_step", args=[plan.public_id, "submit"]))
    assert "2 of 3 are in the plan but not answered yet" in text(asked)
    assert not page(asked).find("main").find_all("button", name="save")
    answer = submit(client, asked)
    assert answer.status_code == 409
    assert error_summary(answer) == [
        f"Respond to these recommendations first: {issued.reference}, {reopened.reference}."
    ]
    assert now(plan, answered) == ["draft", "responded"]
    assert events_since(before) == []


def test_a_plan_without_actions_is_not_submitted(recommend, write, signed_in, stan):
    recommend()
    plan = write()
    client = signed_in(stan)
    answer = submit(client, client.get(reverse("plan_step", args=[plan.public_id, "submit"])))
    assert (answer.status_code, now(plan)) == (409, ["draft"])


def test_a_further_plan_after_acceptance_moves_what_it_adds(recommend, write, stan, mary, signed_in):
    first, second = recommend(), recommend()
    write(first, title="First").submit(by=stan).accept(by=mary)
    seen = signed_in(stan).get(ActionPlan.objects.get().get_absolute_url())
    assert "Begin a further plan" in text(seen)
    further = write(first, second, title="Further")
    further.submit(by=stan)
    assert now(first, second) == ["in_progress", "plan_submitted"]
    further.send_back(by=mary, reason="Why.")
    assert now(first, second) == ["in_progress", "responded"]
    further.submit(by=stan)
    further.accept(by=mary)
    assert now(first, second) == ["in_progress", "in_progress"]


def test_what_another_plan_waits_for_stays_submitted_when_one_is_returned(recommend, write, stan, mary):
    found = recommend()
    plans = [write(found, title="One").submit(by=stan), write(found, title="Another").submit(by=stan)]
    plans[1].send_back(by=mary, reason="Why.")
    assert now(found) == ["plan_submitted"]
    plans[0].accept(by=mary)
    assert now(found) == ["in_progress"]
    plans[1].submit(by=stan)
    plans[1].send_back(by=mary, reason="Why.")
    assert now(found) == ["in_progress"]


# Coverage


def test_the_plan_says_what_it_says_nothing_about(recommend, write, signed_in, stan, mary, cleveland, clara):
    planned, missed, accepted = recommend(), recommend(text="MISSED-ONE"), recommend()
    rejected = recommend("issued", text="REJECTED-ONE")
    rejected.respond(by=stan, position="rejected", text="No.", received_on=TODAY())
    recommend("closed_verified")
    recommend(to=cleveland, lead=clara)
    write(accepted, title="First").submit(by=stan).accept(by=mary)
    plan = write(planned, title="Second")
    found = coverage_of(plan, stan)
    assert (found.planned, found.elsewhere, found.missed) == ([planned], [accepted], [missed, rejected])
    for who, address in (
        (stan, plan.get_absolute_url()),
        (stan, reverse("plan_step", args=[plan.public_id, "submit"])),
    ):
        part = page(signed_in(who).get(address)).find("section", aria_labelledby="coverage")
        assert "The plan says nothing about 2 of 4 open recommendations." in part.text
        links = [link["href"] for link in part.find_all("a")]
        assert links == [r.get_absolute_url() for r in (missed, rejected, accepted)]
        assert "Rejected by the agency" in part.text
        assert "1 of 4 is not in this plan, but in another one that was accepted" in part.text
    plan.submit(by=stan)
    client = signed_in(mary)
    asked = client.get(reverse("plan_step", args=[plan.public_id, "accept"]))
    assert "The plan says nothing about 2 of 4 open recommendations." in text(asked)
    assert page(asked).find("button", name="save").text == "Accept with gaps"
    assert submit(client, asked).status_code == 302
    assert now(planned, missed) == ["in_progress", "responded"]


@pytest.mark.parametrize(("number", "words"), [(1, "the only open recommendation."), (2, "all 2 open")])
def test_a_plan_that_covers_everything_says_so(number, words, recommend, write, signed_in, stan):
    plan = write(*(recommend() for _ in range(number)))
    assert f"The plan covers {words}" in text(signed_in(stan).get(plan.get_absolute_url()))


def test_a_withdrawn_finding_takes_its_words_from_the_plan(planned, signed_in, stan, mary):
    plan = planned("accepted")
    found = Recommendation.objects.get()
    found.finding.move("withdraw", by=mary, reason="The wrong force.")
    seen = text(signed_in(stan).get(plan.get_absolute_url()))
    assert found.text not in seen
    assert "Its finding was withdrawn." in seen
    assert "No recommendation of this inspection to this agency is open any more." in seen


# Writing it


def row(number, **fields):
    return {f"actions-{number}-{name}": value for name, value in fields.items()}


def begin_address(inspection, agency=None):
    return reverse("plan_begin", args=[inspection.public_id]) + (f"?agency={agency.slug}" if agency else "")


def test_a_lead_writes_a_plan_for_their_own_agency(
    recommend, inspection, cleveland, clara, signed_in, stan, stockton
):
    mine, theirs = recommend(), recommend(to=cleveland, lead=clara)
    closed = recommend("closed_verified")
    client = signed_in(stan)
    asked = client.get(begin_address(inspection, cleveland))  # the address names nobody else's agency
    offered = choices(asked, "actions-0-recommendation")
    assert set(offered) == {"", mine.public_id}
    assert theirs.public_id not in text(asked)
    assert closed.public_id not in offered
    before = last_event()
    answer = submit(
        client,
        asked,
        title="Our plan",
        introduction="It rests on a review.",
        **row(0, **WORDS, milestone="All trained", due_on="31/3/2027", status="under_way"),
    )
    plan = ActionPlan.objects.get(title="Our plan")
    assert answer["Location"] == plan.get_absolute_url()
    assert (plan.by_agency, plan.recorded_for_agency, plan.status) == (stockton, False, "draft")
    action = plan.actions.get()
    assert (action.recommendation, action.due_on, action.status) == (mine, date(2027, 3, 31), "under_way")
    assert events_since(before) == [("findings.actionplan", "begun")]


def test_somebody_at_work_chooses_the_agency_to_record_for(
    recommend, inspection, cleveland, clara, stockton, met, ines, signed_in
):
    recommend()
    theirs = recommend(to=cleveland, lead=clara)
    client = signed_in(ines)
    asked = client.get(begin_address(inspection))
    assert not page(asked).find("form", class_="app-form")
    links = page(asked).find("main").find("ul").find_all("a")
    assert [link["href"] for link in links] == ["?agency=cleveland", f"?agency={stockton.slug}"]
    assert not page(client.get(begin_address(inspection, met))).find("form", class_="app-form")
    chosen = client.get(begin_address(inspection, cleveland))
    assert "You record this for Cleveland Police." in text(chosen)
    assert submit(client, chosen, title="Their plan", **row(0, **WORDS)).status_code == 302
    plan = ActionPlan.objects.get()
    assert (plan.by_agency, plan.recorded_for_agency) == (cleveland, True)
    assert plan.actions.get().recommendation == theirs


def test_rows_left_blank_are_no_actions_and_a_row_begun_is_asked_for_the_rest(
    recommend, inspection, signed_in, stan
):
    recommend(), recommend()
    client = signed_in(stan)
    asked = client.get(begin_address(inspection))
    refused = submit(client, asked, title="", **row(1, owner="Head of training", due_on="31/2/2027"))
    assert refused.status_code == 200
    assert not ActionPlan.objects.exists()
    assert error_summary(refused) == [
        "Title: Give the plan a title.",
        "Action 2, What will be done: Say what will be done, or remove the action.",
        "Action 2, Due on: Write a date such as 23/5/2016 or 23 May 2016.",
    ]
    assert errors_beside(refused, "id_actions-1-text") == ["Say what will be done, or remove the action."]
    assert errors_beside(refused, "id_actions-0-text") == []
    kept = form(refused)[1]
    assert (kept["actions-1-owner"], kept["actions-1-due_on"]) == (["Head of training"], ["31/2/2027"])
    answer = submit(client, refused, title="Plan", **row(1, text="Train.", due_on=""))
    assert answer.status_code == 302
    assert [action.text for action in Action.objects.all()] == ["Train."]


@pytest.mark.parametrize(
    "name", ["hidden", "of another agency", "of another inspection", "unknown", "number"]
)
def test_a_recommendation_of_others_is_no_choice(
    name, recommend, inspection, draft, cleveland, clara, stockton, published, strategy, signed_in, stan, ines
):
    own = recommend()
    made = {
        "hidden": lambda: (
            Recommendation.draft(
                by=ines, finding=draft, values={"addressee": stockton, "text": "HIDDEN"}
            ).public_id
        ),
        "of another agency": lambda: recommend(to=cleveland, lead=clara).public_id,
        "of another inspection": lambda: (
            Recommendation.record_issued(
                by=None,
                channel=Channel.COMMAND,
                finding=record_finding(published, weakness(cleveland, strategy)),
                values={"addressee": stockton, "text": "There."},
            ).public_id
        ),
        "unknown": lambda: "2345678923456789",
        "number": lambda: str(own.pk),
    }[name]()
    client = signed_in(stan)
    refused = submit(
        client, client.get(begin_address(inspection)), title="Plan", **row(0, **WORDS, recommendation=made)
    )
    assert error_summary(refused) == [
        "Action 1, For the recommendation: Choose one of the recommendations in the list."
    ]
    assert not ActionPlan.objects.exists()


def test_the_model_refuses_an_action_for_a_recommendation_of_others(
    recommend, write, cleveland, clara, stan, inspection
):
    recommend()
    with pytest.raises(ValidationError, match="of this inspection"):
        write(recommend(to=cleveland, lead=clara))
    assert not ActionPlan.objects.exists()


def test_rows_are_added_and_removed_without_script_and_nothing_is_saved_or_lost(
    recommend, write, signed_in, stan
):
    first, second = recommend(), recommend()
    plan = write(first, second)
    client = signed_in(stan)
    before = last_event()
    asked = client.get(reverse("plan_edit", args=[plan.public_id]))
    more = submit(client, asked, "add_action", title="", **row(1, text="Typed"))
    assert more.status_code == 200
    assert error_summary(more) == []
    fields = form(more)[1]
    assert fields["actions-TOTAL_FORMS"] == ["3"]
    assert (fields["title"], fields["actions-1-text"], fields["actions-2-text"]) == ([""], ["Typed"], [""])
    assert page(more).find("select", name="actions-2-recommendation").get("autofocus") is not None
    address, fields = form(more)
    less = client.post(address, {**filled(fields, {}), "remove_action": ["0"]})
    fields = form(less)[1]
    assert (fields["actions-TOTAL_FORMS"], fields["actions-0-text"]) == (["2"], ["Typed"])
    assert fields["actions-0-recommendation"] == [second.public_id]
    assert "actions-2-text" not in fields
    assert events_since(before) == []
    kept = plan.actions.get(recommendation=second).pk
    assert submit(client, less, title="Plan").status_code == 302
    assert [(action.pk, action.text, action.order) for action in plan.actions.all()] == [(kept, "Typed", 1)]


@pytest.mark.parametrize("value", ["", "x", "-1", "99", "1" * 30])
def test_a_strange_number_of_a_row_to_remove_breaks_nothing(value, recommend, write, signed_in, stan):
    plan = write(recommend())
    client = signed_in(stan)
    address, fields = form(client.get(reverse("plan_edit", args=[plan.public_id])))
    for changed in ({}, {"actions-TOTAL_FORMS": value}):
        sent = {**filled(fields, changed), "remove_action": [value]}
        assert client.post(address, sent).status_code == 200
    assert plan.events().count() == 1
    assert client.post(address, filled(fields, {"actions-TOTAL_FORMS": value})).status_code < 500


def test_enter_in_a_field_saves_and_does_not_remove_a_row(recommend, write, signed_in, stan):
    """A browser presses the first button of the form."""
    plan = write(recommend())
    asked = page(signed_in(stan).get(reverse("plan_edit", args=[plan.public_id])))
    assert asked.find("form", class_="app-form").find("button")["name"] == "save"


def test_a_plan_has_at_most_60_actions(recommend, write, signed_in, stan):
    plan = write(*[recommend()] * 60)
    client = signed_in(stan)
    asked = client.get(reverse("plan_edit", args=[plan.public_id]))
    assert not page(asked).find("button", name="add_action")
    address, fields = form(asked)
    first = {name: value for name, value in fields.items() if name.startswith("actions-0-")}
    extra = {name.replace("-0-", "-60-"): value for name, value in first.items()}
    refused = client.post(address, filled({**fields, **extra, "actions-TOTAL_FORMS": ["61"]}, {}))
    assert "A plan has at most 60 actions." in error_summary(refused)
    assert plan.actions.count() == 60
    again = client.post(address, {**filled(fields, {}), "add_action": ["1"]})
    assert form(again)[1]["actions-TOTAL_FORMS"] == ["60"]


def test_sixty_actions_cost_few_queries(recommend, write, signed_in, stan, django_assert_max_num_queries):
    plan = write(*[recommend()] * 60)
    client = signed_in(stan)
    address = reverse("plan_edit", args=[plan.public_id])
    client.get(address)
    with django_assert_max_num_queries(25):
        asked = client.get(address)
    with django_assert_max_num_queries(100):
        assert submit(client, asked, **row(3, text="Another")).status_code == 302
    with django_assert_max_num_queries(25):
        client.get(plan.get_absolute_url())


def test_a_form_sent_twice_is_one_plan_and_other_words_become_an_edit(recommend, inspection, signed_in, stan):
    recommend()
    client = signed_in(stan)
    asked = client.get(begin_address(inspection))
    typed = {"title": "Plan", **row(0, **WORDS)}
    first, second = (submit(client, asked, **typed) for _ in range(2))
    assert first["Location"] == second["Location"]
    plan = ActionPlan.objects.get()
    assert plan.events().count() == plan.version == 1
    other = submit(client, asked, **{**typed, **row(0, text="OTHER")})
    assert other.status_code == 409
    assert "You have begun this plan already" in text(other)
    assert "Train sergeants." in text(other)
    assert submit(client, other).status_code == 302
    assert plan.events().count() == 2
    # Told from the one that is there: the row that came back has no id, so it took the place of the other.
    assert [action.text for action in plan.actions.all()] == ["OTHER"]


def test_an_edit_of_an_outdated_form_shows_both_versions_in_words(
    recommend, write, signed_in, stan, stockton
):
    first, second = recommend(), recommend()
    plan = write(first, second)
    client = signed_in(stan)
    asked = client.get(reverse("plan_edit", args=[plan.public_id]))
    colleague = person("Sue", "respondent", stockton)
    there = plan.actions.all()
    theirs = [
        {"public_id": there[0].public_id, "recommendation": first, **WORDS, "text": "THEIRS"},
        {"public_id": there[1].public_id, "recommendation": second, **WORDS},
        {"recommendation": second, **WORDS, "text": "ADDED", "due_on": date(2027, 3, 1)},
    ]
    plan.edit(by=colleague, values={"title": "Their title"}, actions=theirs, expect=plan.version)
    answer = submit(client, asked, **row(0, text="MINE", status="done"))
    assert answer.status_code == 409
    table = page(answer).find("table", class_="app-table--cards")
    words = table.text
    assert "Their title" in words
    assert f"{first.reference}: MINE Owner: Head of training. Done." in words
    assert f"{first.reference}: THEIRS Owner: Head of training. Not started." in words
    assert "ADDED Owner: Head of training. Due on 1 March 2027. Not started." in words
    assert "Action 2" not in words
    assert plan.actions.count() == 3
    assert submit(client, answer).status_code == 302
    assert [action.text for action in plan.actions.all()] == ["MINE", "Train sergeants."]
    assert plan.actions.first().pk == there[0].pk


def test_what_was_reported_of_an_action_outlives_an_edit(planned, signed_in, stan, mary):
    plan = planned("submitted")
    plan.report_progress(by=stan, action=plan.actions.get(), status="under_way", note="Half of them.")
    plan.send_back(by=mary, reason="Why.")
    client = signed_in(stan)
    asked = client.get(reverse("plan_edit", args=[plan.public_id]))
    assert submit(client, asked, **row(0, text="Train all sergeants.")).status_code == 302
    action = plan.actions.get()
    assert (action.text, action.note, action.status) == ("Train all sergeants.", "Half of them.", "under_way")


def test_an_edit_that_changes_nothing_writes_nothing(planned, signed_in, stan):
    plan = planned()
    client = signed_in(stan)
    assert submit(client, client.get(reverse("plan_edit", args=[plan.public_id]))).status_code == 302
    assert plan.events().count() == 1


def test_an_edit_after_a_colleague_submitted_is_refused_with_the_words_kept(
    planned, signed_in, stan, stockton
):
    plan = planned()
    client = signed_in(stan)
    asked = client.get(reverse("plan_edit", args=[plan.public_id]))
    plan.submit(by=person("Sue", "respondent", stockton))
    before = last_event()
    answer = submit(client, asked, **row(0, text="LATE"))
    assert answer.status_code == 403
    assert "LATE" in form(answer)[1]["actions-0-text"]
    assert "This plan is now “Submitted”" in text(answer)
    assert events_since(before) == []


def test_a_session_that_ends_keeps_the_rows(recommend, inspection, signed_in, stan):
    recommend()
    client = signed_in(stan)
    address, fields = form(client.get(begin_address(inspection)))
    client.logout()
    typed = filled(fields, {"title": "Kept title", **row(0, text="Kept action")})
    held_at_sign_in = client.post(address, typed)
    answer = submit(
        client, held_at_sign_in, button=None, username=stan.email, password="a long enough password"
    )
    back = client.get(answer["Location"])
    fields = form(back)[1]
    assert (fields["title"], fields["actions-0-text"]) == (["Kept title"], ["Kept action"])
    assert not ActionPlan.objects.exists()


def test_the_form_keeps_what_is_typed(recommend, write, inspection, signed_in, stan):
    plan = write(recommend())
    client = signed_in(stan)
    keys = set()
    for address in (
        begin_address(inspection),
        reverse("plan_edit", args=[plan.public_id]),
        reverse("plan_step", args=[plan.public_id, "submit"]),
    ):
        drawn = page(client.get(address)).find("form", class_="app-form")
        assert "data-fresh" in drawn.attrs
        keys.add(drawn["data-keep"])
    assert len(keys) == 3


# Progress


def test_the_agency_reports_on_an_action_with_one_event(planned, signed_in, stan, mary):
    plan = planned("accepted")
    client = signed_in(stan)
    address = reverse("plan_progress", args=[plan.public_id, 1])
    before = last_event()
    asked = client.get(address)
    for _twice in range(2):
        answer = submit(client, asked, status="done", note="All are trained.")
        assert answer["Location"] == f"{plan.get_absolute_url()}#action-1"
    action = plan.actions.get()
    assert (action.status, action.note) == ("done", "All are trained.")
    assert events_since(before) == [("findings.actionplan", "progress reported")]
    seen = text(signed_in(mary).get(plan.get_absolute_url()))
    assert "All are trained." in seen


def test_nothing_is_dropped_from_a_plan_that_waits(planned, signed_in, stan, mary):
    plan = planned("submitted")
    client = signed_in(stan)
    asked = client.get(reverse("plan_progress", args=[plan.public_id, 1]))
    assert "dropped" not in choices(asked, "status")
    assert submit(client, asked, status="dropped").status_code == 200
    with pytest.raises(IllegalTransition):
        plan.report_progress(by=stan, action=plan.actions.get(), status="dropped", note="")
    plan.accept(by=mary)
    asked = client.get(reverse("plan_progress", args=[plan.public_id, 1]))
    assert submit(client, asked, status="dropped", note="Not needed.").status_code == 302
    assert "says nothing about 1 of 1" in text(client.get(plan.get_absolute_url()))


def test_progress_on_an_outdated_page_is_a_conflict(planned, signed_in, stan, stockton):
    plan = planned("accepted")
    client = signed_in(stan)
    asked = client.get(reverse("plan_progress", args=[plan.public_id, 1]))
    sue = person("Sue", "respondent", stockton)
    plan.report_progress(by=sue, action=plan.actions.get(), status="under_way", note="THEIRS")
    answer = submit(client, asked, status="done", note="MINE")
    assert answer.status_code == 409
    assert "MINE" in page(answer).find("textarea", name="note").raw
    assert plan.actions.get().note == "THEIRS"


# History


def test_inspectorates_do_not_read_what_drafts_said(recommend, write, signed_in, stan, mary, audrey):
    found = recommend()
    plan = write(found, title="SECRET-TITLE")
    action = plan.actions.get()
    values = {"public_id": action.public_id, "recommendation": found, **WORDS}
    plan.edit(by=stan, values={"title": "Plan"}, actions=[values], expect=plan.version)
    plan.submit(by=stan)
    assert "SECRET-TITLE" in text(signed_in(stan).get(plan.get_absolute_url()))
    for reader in (mary, audrey):
        seen = text(signed_in(reader).get(plan.get_absolute_url()))
        assert "SECRET-TITLE" not in seen
        assert "Submitted" in seen


def test_the_history_tells_of_the_actions_that_changed_alone(recommend, write, signed_in, stan):
    first, second = recommend(), recommend()
    plan = write(first, second)
    there = plan.actions.all()
    actions = [
        {"public_id": there[0].public_id, "recommendation": first, **WORDS},
        {"public_id": there[1].public_id, "recommendation": second, **WORDS, "text": "CHANGED"},
    ]
    plan.edit(by=stan, values={"title": plan.title}, actions=actions, expect=plan.version)
    history = page(signed_in(stan).get(plan.get_absolute_url())).find("section", class_="app-history").text
    assert f"{second.reference}: CHANGED Owner: Head of training. Not started." in history
    assert first.reference not in history


# The list


def test_the_list_is_filtered_and_has_what_waits_first(
    recommend, write, signed_in, stan, mary, cleveland, clara, inspection
):
    found = recommend()
    accepted = write(found, title="ACCEPTED").submit(by=stan).accept(by=mary)
    waiting = write(found, title="WAITING").submit(by=stan)
    theirs = recommend(to=cleveland, lead=clara)
    police = write(theirs, by=clara, title="POLICE", agency=cleveland).submit(by=clara)
    client = signed_in(mary)

    def titles(query=""):
        body = page(client.get(f"/plans/{query}")).find("tbody")
        return [link.text for link in body.find_all("a")] if body else []

    assert titles() == ["WAITING", "POLICE", "ACCEPTED"]
    assert titles("?status=accepted") == [accepted.title]
    assert titles("?agency=cleveland") == [police.title]
    assert titles(f"?agency={stan.agency.slug}&status=submitted") == [waiting.title]
    assert titles(f"?inspection={inspection.public_id}&sort=agency")[0] == "POLICE"
    assert titles("?inspection=2345678923456789") == []
    assert choices(client.get("/plans/"), "status")["submitted"] == "Submitted (2)"
    assert {"cleveland", stan.agency.slug} == set(choices(client.get("/plans/"), "agency")) - {""}
    assert set(choices(signed_in(stan).get("/plans/"), "agency")) == {"", stan.agency.slug}


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_queries_for_one_and_three(
    number, recommend, write, signed_in, mary, stan, django_assert_num_queries
):
    found = recommend()
    for _n in range(number):
        write(found).submit(by=stan)
    client = signed_in(mary)
    client.get(reverse("plans"))
    with django_assert_num_queries(8):
        client.get(reverse("plans"))


@pytest.mark.parametrize("number", [1, 3])
def test_the_plan_costs_the_same_queries_for_one_and_three_actions(
    number, recommend, write, signed_in, stan, django_assert_num_queries
):
    plan = write(*(recommend() for _ in range(number)))
    client = signed_in(stan)
    client.get(plan.get_absolute_url())
    with django_assert_num_queries(8):
        client.get(plan.get_absolute_url())


@pytest.mark.parametrize("name", EVERYBODY)
def test_reading_changes_nothing(name, planned, people, monkeypatch):
    plan = planned("submitted")
    before = (Event.objects.count(), plan.version)
    for route, argument in [
        ("plan", None),
        ("plan_edit", None),
        ("plan_step", "accept"),
        ("plan_progress", 1),
    ]:
        people[name].get(reverse(route, args=[plan.public_id, *([argument] if argument else [])]))
    people[name].get(reverse("plan_begin", args=[plan.inspection.public_id]))
    plan.refresh_from_db()
    assert (Event.objects.count(), plan.version) == before


# At the same moment

together = pytest.mark.django_db(transaction=True)


@together
def test_accepted_and_returned_at_once_one_counts(planned, signed_in, mary, ines, hugo):
    plan = planned("submitted")
    found = Recommendation.objects.get()
    opened = [
        *pages([signed_in(mary), signed_in(hugo)], reverse("plan_step", args=[plan.public_id, "accept"])),
        *pages([signed_in(ines), signed_in(mary)], reverse("plan_step", args=[plan.public_id, "return"])),
    ]
    answers = sent_at_once(opened, lambda number: {"reason": "Why."})
    assert statuses(answers) == [302, 409, 409, 409]
    accepted = any(answer.status_code == 302 for answer in answers[:2])
    assert now(plan, found) == (["accepted", "in_progress"] if accepted else ["returned", "responded"])
    assert one_chain(plan)[-1].verb == ("accept" if accepted else "return")
    assert one_chain(found)[-1].verb == ("accept plan" if accepted else "return plan")


@together
def test_of_eight_edits_one_is_saved_and_seven_see_both(planned, signed_in, stan, stockton):
    plan = planned()
    sue = person("Sue", "respondent", stockton)
    clients = [signed_in(who) for who in (stan, sue) * 4]
    opened = pages(clients, reverse("plan_edit", args=[plan.public_id]))
    answers = sent_at_once(opened, lambda number: row(0, text=f"Words of {number}."))
    assert statuses(answers) == [302] + [409] * 7
    winner = next(number for number, answer in enumerate(answers) if answer.status_code == 302)
    assert [action.text for action in plan.actions.all()] == [f"Words of {winner}."]
    assert [event.verb for event in one_chain(plan)] == ["begun", "edited"]
    for number, answer in enumerate(answers):
        if number != winner:
            assert f"Words of {number}." in text(answer)
            assert f"Words of {winner}." in text(answer)


@together
def test_eight_clicks_begin_one_plan(recommend, inspection, signed_in, stan):
    recommend()
    address, fields = form(signed_in(stan).get(begin_address(inspection)))
    opened = [(signed_in(stan), address, fields) for _ in range(8)]
    answers = sent_at_once(opened, lambda number: {"title": "Plan", **row(0, **WORDS)})
    plan = ActionPlan.objects.get()
    assert {answer["Location"] for answer in answers} == {plan.get_absolute_url()}
    assert [event.verb for event in one_chain(plan)] == ["begun"]


@together
def test_an_edit_and_the_submission_at_once_submit_what_is_saved(planned, signed_in, stan, stockton):
    plan = planned()
    sue = person("Sue", "respondent", stockton)
    opened = [
        *pages([signed_in(stan)], reverse("plan_edit", args=[plan.public_id])),
        *pages([signed_in(sue)], reverse("plan_step", args=[plan.public_id, "submit"])),
    ]
    answers = sent_at_once(opened, lambda number: row(0, text="MINE") if number == 0 else {})
    got = [answer.status_code for answer in answers]
    # Whoever comes second is told: by a conflict, or because what is submitted is not changed any more.
    assert got in ([302, 409], [409, 302], [403, 302])
    one_chain(plan)
    assert now(plan) == ["draft" if got[0] == 302 else "submitted"]


@together
def test_two_plans_for_one_recommendation_returned_at_once_give_it_back(recommend, write, stan, mary, ines):
    found = recommend()
    plans = [write(found, title=title).submit(by=stan) for title in ("One", "Another")]
    results = at_once(
        [
            lambda plan=plan, by=by: plan.send_back(by=by, reason="Why.")
            for plan, by in zip(plans, (mary, ines), strict=True)
        ]
    )
    assert not [result for result in results if isinstance(result, Exception)]
    assert now(*plans, found) == ["returned", "returned", "responded"]
    assert [event.verb for event in one_chain(found)].count("return plan") == 1
