"""The factual accuracy round: who comments and decides, nothing of another agency's comments, nothing after its end."""

from datetime import date, timedelta
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agencies.models import Event, Nation
from agencies.public_ids import new_public_id
from agencies.working_days import add_working_days
from findings.inspection_forms import FactualAccuracyForm
from findings.models import AccuracyComment
from inspections.models import IllegalTransition, Inspection

from .browsing import choices, error_summary, errors_beside, form, seen, submit, text
from .conftest import PASSWORD, weakness
from .states import INSPECTION_STEPS, logged
from .test_concurrency import at_once, one_chain, pages, sent_at_once, statuses
from .test_visibility import publish, surfaces  # noqa: F401
from .who_sees_what import (
    AT_WORK,
    MISSING,
    READERS,
    REFUSED,
    SHOWN,
    SIGN_IN,
    as_read,
    mismatches,
    outcome,
    sees_inspection,
)

ROUTES = {"accuracy_comments", "accuracy_comment_add", "accuracy_comment_decide"}
CONCERNED = {"clara", "stan"}  # an agreed finding is about Clara's force; Stan's council is inspected
OURS, THEIRS = "OUR-WORDS: it was the duty officer.", "THEIR-WORDS: it was in June."


def comment(inspection, by, **values):
    given = {"text": OURS, "by_agency": by.agency, **values}
    return AccuracyComment.submit(by=by, inspection=inspection, **given)


def address(route, *records):
    return reverse(route, args=[record.public_id for record in records])


# Who, in which state


def reads_comments(name, status):
    """Those who make it always; an agency while it may comment, and then where it has."""
    if not sees_inspection(name, status):
        return MISSING
    return SHOWN if name in READERS or (name in CONCERNED and status == "factual_accuracy") else REFUSED


def adds(name, status):
    if not sees_inspection(name, status):
        return MISSING
    return SHOWN if name in AT_WORK | CONCERNED and status == "factual_accuracy" else REFUSED


@pytest.mark.parametrize("status", INSPECTION_STEPS)
def test_pages_of_the_round_answer_as_the_table_says(status, people, make):
    public_id = make(status).public_id
    before = Event.objects.count()
    for route, rule in (("accuracy_comments", reads_comments), ("accuracy_comment_add", adds)):
        assert mismatches(people, route, public_id, lambda n, rule=rule: rule(n, status)) == [], route
    assert Event.objects.count() == before


@pytest.mark.parametrize("status", ["factual_accuracy", "embargoed", "published", "paused", "cancelled"])
def test_a_comment_is_decided_by_those_who_make_the_inspection_and_hidden_from_other_agencies(
    status,
    people,
    make,
    clara,
    mary,
):
    inspection = make("factual_accuracy")
    commented = comment(inspection, clara)
    later = {"embargoed": ["embargo"], "published": ["embargo"], "paused": ["pause"], "cancelled": ["cancel"]}
    if later.get(status) == ["embargo"]:
        commented.decide(by=mary, decision="upheld", reason="So it was.")
    for verb in later.get(status, ()):
        inspection.move(verb, by=mary, reason="Why.")
    if status == "published":
        inspection.findings.get().move("withdraw", by=mary, reason="Not needed.")
        inspection.move("publish", by=mary)
    before = Event.objects.count()

    def expected(name):
        if name == "anonymous":
            return SIGN_IN
        if name in AT_WORK:
            return SHOWN if status == "factual_accuracy" else REFUSED
        shared = name == "clara" and status not in ("paused", "cancelled")
        return REFUSED if name in READERS or shared else MISSING

    for name, client in people.items():
        wanted = expected(name)
        for method in ("get", "post"):
            there, elsewhere = (
                getattr(client, method)(
                    reverse("accuracy_comment_decide", args=[inspection.public_id, public_id]),
                    {"version": "0"},
                )
                for public_id in (commented.public_id, new_public_id())
            )
            got = outcome(there)
            if method == "post" and wanted == REFUSED and there.status_code == 409:
                got = REFUSED  # with one sentence why
            assert got == wanted, (name, method)
            if wanted == MISSING:
                assert as_read(there, commented.public_id) == as_read(
                    elsewhere, elsewhere.wsgi_request.path.split("/")[4]
                ), name
    assert Event.objects.count() == before


def test_a_comment_has_no_address_under_another_inspection(people, make, clara, mary):
    commented, other = comment(make("factual_accuracy"), clara), make("factual_accuracy")
    for name in ("mary", "audrey", "clara"):
        found = people[name].get(
            reverse("accuracy_comment_decide", args=[other.public_id, commented.public_id])
        )
        assert outcome(found) == MISSING, name


# Two agencies: neither knows of the other's comments


@pytest.fixture
def round_of_two(make, ines, mary, hugo, cleveland, stockton, met, strategy):
    """A round in which Clara's force, Stan's council and Mel's force may comment."""
    inspection = make("drafting")
    logged(inspection, ines, weakness(met, strategy, summary="MET-WORDS"), "agreed", reviewer=mary)
    return inspection.move("send_for_factual_accuracy", by=mary)


@pytest.mark.parametrize("decided", [False, True], ids=["undecided", "decided"])
def test_an_agency_reads_the_same_whether_another_agency_commented_or_not(
    decided,
    round_of_two,
    people,
    clara,
    stan,
    mel,
    ines,
):
    own = comment(round_of_two, stan, text=THEIRS)
    if decided:
        own.decide(by=ines, decision="upheld", reason="So it was.")
    addresses = [
        round_of_two.get_absolute_url(),
        address("accuracy_comments", round_of_two),
        address("accuracy_comment_add", round_of_two),
        "/",
        "/inspections/",
        "/my-work/",
    ]

    def answers():
        return {
            (name, where): as_read(people[name].get(where)) for name in ("stan", "mel") for where in addresses
        }

    alone = answers()
    with transaction.atomic():
        for _n in range(3):
            comment(round_of_two, clara, finding=round_of_two.findings.order_by("pk").first())
        recorded = comment(round_of_two, ines, by_agency=clara.agency)
        recorded.decide(by=ines, decision="not_upheld", reason="REASON-WORDS")
        assert [asked for asked, answer in answers().items() if answer != alone[asked]] == []
        assert "4 comments of your agency" in text(people["clara"].get(round_of_two.get_absolute_url()))
        assert "1 comment of your agency" in text(people["stan"].get(round_of_two.get_absolute_url()))
        transaction.set_rollback(True)
    assert "No comments yet." in text(people["mel"].get(round_of_two.get_absolute_url()))


def test_those_who_make_it_read_all_undecided_first_with_a_count(
    round_of_two,
    people,
    clara,
    stan,
    ines,
):
    first = comment(round_of_two, clara, place="page 4, 9", text="FIRST")
    comment(round_of_two, stan, text="SECOND")
    comment(round_of_two, ines, by_agency=clara.agency, text="THIRD")
    first.decide(by=ines, decision="partly_upheld", reason="REASON-WORDS")
    for name in sorted(READERS):
        shown = seen(people[name].get(address("accuracy_comments", round_of_two)))
        assert "3 comments: 2 to decide, 1 decided" in shown, name
        order = [shown.index(word) for word in ("To decide (2)", "THIRD", "SECOND", "Decided (1)", "FIRST")]
        assert order == sorted(order), name
        assert "page 4, 9" in shown
        assert "Partly upheld" in shown
        assert "REASON-WORDS" in shown
        assert ("Decide" in shown.replace("Decided (1)", "").replace("Decided", "")) == (name in AT_WORK)
        assert "Clara Example" in shown
        assert "Ines Example" in shown


def test_the_agency_reads_what_was_decided_and_why_but_not_by_which_inspector(
    round_of_two,
    people,
    clara,
    ines,
    mary,
):
    commented = comment(round_of_two, clara)
    comment(round_of_two, ines, by_agency=clara.agency, text="BY-PHONE")
    commented.decide(by=ines, decision="not_upheld", reason="REASON-WORDS")
    where = address("accuracy_comments", round_of_two)
    shown = text(people["clara"].get(where))
    assert "Not upheld" in shown
    assert "REASON-WORDS" in shown
    assert "BY-PHONE" in shown
    assert "Recorded by Ofsted" in shown
    assert "Ines" not in shown
    commented.decide(by=mary, decision="upheld", reason="On second thought.", expect=commented.version)
    AccuracyComment.objects.get(text="BY-PHONE").decide(by=mary, decision="upheld", reason="Yes.")
    round_of_two.move("embargo", by=mary)
    assert "On second thought." in text(people["clara"].get(where))  # still there when the round is over
    assert outcome(people["stan"].get(where)) == REFUSED  # who has not commented


def test_a_finding_that_was_taken_back_is_not_named_to_its_agency_any_more(
    round_of_two,
    people,
    clara,
    mary,
):
    finding = round_of_two.findings.order_by("pk").first()
    comment(round_of_two, clara, finding=finding)
    where = address("accuracy_comments", round_of_two)
    assert finding.get_absolute_url() in people["clara"].get(where).content.decode()
    finding.move("return_to_draft", by=mary, reason="Contested.")
    round_of_two.edit(by=mary, values={"participating_agencies": [clara.agency]}, expect=round_of_two.version)
    shown = people["clara"].get(where)
    assert OURS in text(shown)
    assert finding.public_id not in shown.content.decode()
    assert finding.get_absolute_url() in people["mary"].get(where).content.decode()


def test_no_outsider_can_tell_that_comments_were_made(
    make,
    publish,  # noqa: F811
    people,
    surfaces,  # noqa: F811
    clara,
    ines,
):
    publish([new_public_id() for _ in range(5)], lambda: None)
    names = ["otto", "hetty", "colin", "mel", "adam", "nobody"]

    def answers():
        return {(name, where): as_read(people[name].get(where)) for name in names for where in surfaces}

    alone = answers()
    inspection = make("factual_accuracy")
    comment(inspection, clara).decide(by=ines, decision="upheld", reason="So it was.")
    comment(inspection, clara)
    assert [asked for asked, answer in answers().items() if answer != alone[asked]] == []


# Commenting


def test_a_safeguarding_lead_comments_with_one_event_and_sent_twice_it_is_one(round_of_two, clara, signed_in):
    client = signed_in(clara)
    asked = client.get(address("accuracy_comment_add", round_of_two))
    finding = round_of_two.findings.order_by("pk").first()
    assert list(choices(asked, "finding")) == ["", finding.public_id]  # hers alone, not Mel's
    typed = {"text": "It was  not so.\nNot at all.", "place": "page 3", "finding": finding.public_id}
    first, second = (submit(client, asked, **typed) for _ in range(2))
    assert first["Location"] == second["Location"] == address("accuracy_comments", round_of_two)
    commented = AccuracyComment.objects.get()
    (event,) = one_chain(commented)
    assert (event.verb, event.by, event.after["text"]) == ("submitted", clara, typed["text"])
    assert (commented.by_agency, commented.finding, commented.place) == (clara.agency, finding, "page 3")


def test_sent_again_with_other_words_it_is_another_comment_once_it_is_sent_once_more(
    round_of_two, clara, signed_in
):
    client = signed_in(clara)
    asked = client.get(address("accuracy_comment_add", round_of_two))
    submit(client, asked, text="One.")
    response = submit(client, asked, text="Two.")
    assert response.status_code == 409
    assert "sent already, with other words" in error_summary(response)[0]
    assert [comment.text for comment in AccuracyComment.objects.all()] == ["One."]
    assert submit(client, response).status_code == 302
    assert sorted(comment.text for comment in AccuracyComment.objects.all()) == ["One.", "Two."]


def test_several_lines_are_entered_one_after_the_other(round_of_two, clara, ines, signed_in):
    client = signed_in(clara)
    where = address("accuracy_comment_add", round_of_two)
    asked = client.get(where)
    for number in (1, 2, 3):
        response = submit(client, asked, button="another", text=f"Line {number}.")
        assert response["Location"] == where
        asked = client.get(where)
        assert form(asked)[1]["text"] == [""]
    assert AccuracyComment.objects.count() == 3

    client = signed_in(ines)
    asked = client.get(where)
    typed = {"text": "By phone.", "by_agency": clara.agency.pk}
    asked = client.get(submit(client, asked, button="another", **typed)["Location"])
    assert form(asked)[1]["by_agency"] == [str(clara.agency.pk)]  # of the same agency as the one before
    submit(client, asked, text="By letter.")
    assert {c.by_agency for c in AccuracyComment.objects.filter(by=ines)} == {clara.agency}


def test_a_comment_is_recorded_for_an_agency_concerned_and_never_for_a_stranger(
    round_of_two, ines, stockton, cleveland, met, camden, signed_in
):
    client = signed_in(ines)
    asked = client.get(address("accuracy_comment_add", round_of_two))
    offered = {int(value) for value in choices(asked, "by_agency") if value}
    assert offered == {stockton.pk, cleveland.pk, met.pk}
    for stranger in (camden.pk, ines.agency.pk, 987654321):
        response = submit(client, asked, by_agency=stranger, text="Kept words.")
        assert error_summary(response) == ["From: Choose an agency that the inspection concerns."]
        assert "Kept words." in form(response)[1]["text"]
    assert error_summary(submit(client, asked, text="Whose?")) == ["From: Choose whose comment it is."]
    with pytest.raises(ValidationError):
        comment(round_of_two, ines, by_agency=camden)
    assert not AccuracyComment.objects.exists()
    assert submit(client, asked, by_agency=stockton.pk, text="By phone.").status_code == 302
    assert AccuracyComment.objects.get().by == ines


def test_only_a_finding_that_the_agency_reads_is_named(round_of_two, clara, ines, stockton, met, signed_in):
    about_met = round_of_two.findings.get(attributed_to=met)
    draft = logged(round_of_two, ines, weakness(clara.agency, about_met.theme), "draft")
    client = signed_in(clara)
    asked = client.get(address("accuracy_comment_add", round_of_two))
    answers = []
    for stranger in (about_met.public_id, draft.public_id, new_public_id(), str(about_met.pk)):
        response = submit(client, asked, finding=stranger, text="Kept words.")
        answers.append(as_read(response))
        assert errors_beside(response, "id_finding") == ["Choose an agreed finding about this agency."]
    assert [answer == answers[0] for answer in answers] == [True] * 4
    client = signed_in(ines)
    asked = client.get(address("accuracy_comment_add", round_of_two))
    response = submit(client, asked, by_agency=stockton.pk, finding=about_met.public_id, text="Kept words.")
    assert errors_beside(response, "id_finding") == ["Choose an agreed finding about this agency."]
    with pytest.raises(ValidationError):
        comment(round_of_two, ines, by_agency=stockton, finding=about_met)
    assert not AccuracyComment.objects.exists()


def test_an_empty_comment_is_none(round_of_two, clara, signed_in):
    client = signed_in(clara)
    response = submit(client, client.get(address("accuracy_comment_add", round_of_two)), text=" ", place="p")
    assert errors_beside(response, "id_text") == ["Say what is not right."]
    assert form(response)[1]["place"] == ["p"]
    assert not AccuracyComment.objects.exists()


def test_a_comment_typed_when_the_session_ends_comes_back(round_of_two, clara, signed_in):
    client = signed_in(clara)
    asked = client.get(address("accuracy_comment_add", round_of_two))
    client.session.flush()
    lost = submit(client, asked, text="Typed words.", place="page 3")
    assert not AccuracyComment.objects.exists()
    back = client.get(submit(client, lost, button=None, username=clara.email, password=PASSWORD)["Location"])
    assert form(back)[1]["text"] == ["Typed words."]
    assert submit(client, back).status_code == 302
    assert AccuracyComment.objects.get().place == "page 3"


# After the round


@pytest.mark.parametrize("name", ["clara", "ines"])
@pytest.mark.parametrize("later", [["embargo"], ["embargo", "publish"]], ids=["embargoed", "published"])
def test_after_the_round_nothing_is_added_and_the_words_stay_on_the_page(
    name,
    later,
    make,
    clara,
    ines,
    mary,
    request,
    signed_in,
):
    inspection = make("factual_accuracy")
    client = signed_in(request.getfixturevalue(name))
    asked = client.get(address("accuracy_comment_add", inspection))
    inspection.findings.get().move("withdraw", by=mary, reason="Not needed.")
    inspection.edit(by=mary, values={"participating_agencies": [clara.agency]}, expect=inspection.version)
    for verb in later:
        inspection.move(verb, by=mary)
    typed = {"by_agency": clara.agency.pk} if name == "ines" else {}
    response = submit(client, asked, text="Typed words.", **typed)
    assert response.status_code == 409
    assert "The factual accuracy check is over" in error_summary(response)[0]
    assert form(response)[1]["text"] == ["Typed words."]
    assert client.get(address("accuracy_comment_add", inspection)).status_code == 403
    with pytest.raises(IllegalTransition):
        comment(inspection, clara)
    assert not AccuracyComment.objects.exists()


def test_an_agency_does_not_learn_from_the_form_that_something_is_agreed_about_it_since(
    make,
    people,
    ines,
    mary,
    met,
    strategy,
):
    """Agreed on a published inspection, and not published yet: the form answers as it did before."""
    inspection = make("published")
    where = address("accuracy_comment_add", inspection)
    before = people["mel"].post(where, {"text": "Typed words."})
    logged(inspection, ines, weakness(met, strategy), "agreed", reviewer=mary)
    after = people["mel"].post(where, {"text": "Typed words."})
    assert before.status_code == 403
    assert as_read(before) == as_read(after)


def test_after_the_round_nothing_is_decided_and_the_reason_stays_on_the_page(
    make,
    clara,
    ines,
    mary,
    signed_in,
):
    inspection = make("factual_accuracy")
    commented = comment(inspection, clara)
    client = signed_in(ines)
    asked = client.get(address("accuracy_comment_decide", inspection, commented))
    commented.decide(by=mary, decision="upheld", reason="So it was.")
    inspection.move("embargo", by=mary)
    response = submit(client, asked, decision="not_upheld", decision_reason="Typed reason.")
    assert response.status_code == 409
    assert "The factual accuracy check is over" in error_summary(response)[0]
    assert form(response)[1]["decision_reason"] == ["Typed reason."]
    with pytest.raises(IllegalTransition):
        commented.decide(by=ines, decision="not_upheld", reason="Late.")
    commented.refresh_from_db()
    assert (commented.decision, commented.version) == ("upheld", 2)


# Deciding


@pytest.fixture
def commented(round_of_two, clara):
    return comment(round_of_two, clara, place="page 4")


def test_a_decision_is_one_event_with_a_reason_and_sent_twice_it_is_one(
    round_of_two, commented, ines, signed_in
):
    client = signed_in(ines)
    asked = client.get(address("accuracy_comment_decide", round_of_two, commented))
    assert errors_beside(submit(client, asked, decision="upheld"), "id_decision_reason") == [
        "Say why it was decided so."
    ]
    typed = {"decision": "partly_upheld", "decision_reason": "In part."}
    for _ in range(2):
        response = submit(client, asked, **typed)
        assert response["Location"] == address("accuracy_comments", round_of_two)
    commented.refresh_from_db()
    assert [event.verb for event in one_chain(commented)] == ["submitted", "decided"]
    assert (commented.decision, commented.decision_reason, commented.decided_by) == (
        "partly_upheld",
        "In part.",
        ines,
    )


def test_a_decision_on_an_outdated_page_shows_both(round_of_two, commented, ines, mary, signed_in):
    client = signed_in(ines)
    asked = client.get(address("accuracy_comment_decide", round_of_two, commented))
    commented.decide(by=mary, decision="upheld", reason="THEIR-REASON")
    response = submit(client, asked, decision="not_upheld", decision_reason="MY-REASON")
    assert response.status_code == 409
    assert "THEIR-REASON" in text(response)
    assert form(response)[1]["decision_reason"] == ["MY-REASON"]
    commented.refresh_from_db()
    assert commented.decision == "upheld"
    assert submit(client, response).status_code == 302
    commented.refresh_from_db()
    assert (commented.decision, commented.decided_by) == ("not_upheld", ines)


def test_the_embargo_waits_until_every_comment_is_decided(round_of_two, commented, mary, signed_in):
    client = signed_in(mary)
    step = reverse("inspection_step", args=[round_of_two.public_id, "embargo"])
    asked = client.get(step)
    assert "1 factual accuracy comment is not decided yet." in text(asked)
    assert address("accuracy_comments", round_of_two) in asked.content.decode()
    sent = {"version": round_of_two.version, "reason": "Typed words.", "embargo_day": "", "embargo_time": ""}
    response = client.post(step, sent)
    assert response.status_code == 409
    assert error_summary(response) == ["Decide on every factual accuracy comment first."]
    assert address("accuracy_comments", round_of_two) in response.content.decode()
    assert form(response)[1]["reason"] == ["Typed words."]
    commented.decide(by=mary, decision="upheld", reason="So it was.")
    assert submit(client, client.get(step)).status_code == 302
    assert Inspection.objects.get().status == "embargoed"


# Until when


@pytest.fixture
def drafted(make):
    return make("drafting")


def sending(client, inspection):
    return client.get(reverse("inspection_step", args=[inspection.public_id, "send_for_factual_accuracy"]))


def test_the_day_by_which_comments_are_due_is_proposed_kept_and_shown(
    drafted,
    ines,
    clara,
    people,
    signed_in,
):
    client = signed_in(ines)
    asked = sending(client, drafted)
    due = add_working_days(timezone.localdate(), 10, Nation.ENGLAND)
    (proposed,) = form(asked)[1]["comments_due_on"]
    assert proposed == f"{due:%d/%m/%Y}"
    assert submit(client, asked).status_code == 302
    drafted.refresh_from_db()
    assert drafted.comments_due_on == due
    assert one_chain(drafted)[-1].after["comments_due_on"] == due.isoformat()
    for name in ("clara", "ines", "audrey"):
        assert f"due on {due.day} {due:%B %Y}" in text(people[name].get(drafted.get_absolute_url())), name


def test_no_day_need_be_set(drafted, ines, signed_in):
    client = signed_in(ines)
    assert submit(client, sending(client, drafted), comments_due_on="").status_code == 302
    drafted.refresh_from_db()
    assert (drafted.status, drafted.comments_due_on) == ("factual_accuracy", None)


def test_a_day_that_is_past_or_none_is_refused_beside_its_field(drafted, ines, signed_in):
    client = signed_in(ines)
    asked = sending(client, drafted)
    yesterday = timezone.localdate() - timedelta(1)
    for day in (f"{yesterday:%d/%m/%Y}", "31/2/2027", "0001-01-01"):
        response = submit(client, asked, comments_due_on=day, reason="Typed words.")
        assert errors_beside(response, "id_comments_due_on"), day
        assert form(response)[1]["reason"] == ["Typed words."]
    drafted.refresh_from_db()
    assert drafted.status == "drafting"


def test_where_bank_holidays_are_not_known_no_day_is_proposed(drafted, ines, monkeypatch, signed_in):
    monkeypatch.setattr(timezone, "localdate", lambda *given: date(2999, 1, 1))
    shown = FactualAccuracyForm(inspection=drafted, required=False)
    assert shown["comments_due_on"].value() is None


# Queries, and the same moment


@pytest.mark.parametrize("number", [1, 3])
def test_the_pages_cost_the_same_queries_for_one_comment_and_three(
    number, round_of_two, clara, stan, ines, mary, signed_in
):
    for _n in range(number):
        comment(round_of_two, clara, finding=round_of_two.findings.order_by("pk").first())
        comment(round_of_two, stan).decide(by=ines, decision="upheld", reason="So it was.")
    asked = {}
    for person in (mary, clara):
        client = signed_in(person)
        for route in ("accuracy_comments", "accuracy_comment_add"):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address(route, round_of_two)).status_code == 200
            asked[person.first_name, route] = len(queries)
    assert asked == {
        ("Mary", "accuracy_comments"): 10,
        ("Mary", "accuracy_comment_add"): 9,
        ("Clara", "accuracy_comments"): 9,
        ("Clara", "accuracy_comment_add"): 9,
    }


race = pytest.mark.django_db(transaction=True)


@race
def test_eight_clicks_make_one_comment(round_of_two, clara, signed_in):
    where, fields = form(signed_in(clara).get(address("accuracy_comment_add", round_of_two)))
    opened = [(signed_in(clara), where, fields) for _ in range(8)]
    assert statuses(sent_at_once(opened, lambda number: {"text": "Once."})) == [302] * 8
    assert len(one_chain(AccuracyComment.objects.get())) == 1


@race
def test_of_eight_decisions_at_once_one_counts(round_of_two, commented, ines, mary, hugo, signed_in):
    clients = [signed_in(person) for person in (ines, mary, hugo, ines, mary, hugo, ines, mary)]
    opened = pages(clients, address("accuracy_comment_decide", round_of_two, commented))
    answers = sent_at_once(
        opened, lambda number: {"decision": "upheld", "decision_reason": f"Reason {number}."}
    )
    assert statuses(answers) == [302] + [409] * 7
    assert [event.verb for event in one_chain(commented)] == ["submitted", "decided"]


@race
def test_a_comment_in_the_moment_of_the_embargo_is_either_in_time_or_refused(round_of_two, clara, mary):
    for _n in range(4):
        submitted, embargoed = at_once(
            [
                partial(comment, round_of_two, clara),
                partial(Inspection.objects.get().move, "embargo", by=mary),
            ]
        )
        found = Inspection.objects.get()
        if found.status == "embargoed":
            assert isinstance(submitted, IllegalTransition)
            assert not AccuracyComment.objects.undecided().exists()
            break
        assert isinstance(embargoed, IllegalTransition)
        submitted.decide(by=mary, decision="upheld", reason="So it was.")
