"""Embargo and hold: set, changed and lifted by managers of the lead, told to those who may know, in London's time."""

from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agencies.days import NoSuchMoment, moment_at
from agencies.models import Event
from findings import publication
from findings.models import AccuracyComment, CaseReferral, LocalEscalation
from inspections.models import IllegalTransition, Inspection
from inspections.models.life import TRANSITIONS

from .browsing import error_summary, errors_beside, form, page, submit, text
from .conftest import person, weakness
from .states import INSPECTION_STEPS, logged, moved, planned
from .test_concurrency import at_once, one_chain, pages, sent_at_once, statuses
from .test_life import everything
from .who_sees_what import MISSING, PUBLIC, REFUSED, SHOWN, mismatches, sees_inspection

ROUTES = {"inspection_embargo", "inspection_hold"}
LONDON = ZoneInfo("Europe/London")
NOW = datetime(2041, 3, 4, 12, 0, tzinfo=LONDON)
MOMENT = datetime(2041, 6, 5, 9, 30, tzinfo=LONDON)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def at(monkeypatch, settings):
    """at(moment): sets the clock. Who has signed in stays signed in."""
    settings.SESSION_COOKIE_AGE = 1000 * 24 * 3600

    def set_clock(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    set_clock(NOW)
    return set_clock


# Who, in which state


def answer(rule):
    def of(name, status):
        return MISSING if not sees_inspection(name, status) else SHOWN if rule(name, status) else REFUSED

    return of


TABLE = {
    "inspection_embargo": answer(lambda name, status: name == "mary" and status == "embargoed"),
    "inspection_hold": answer(lambda name, status: name == "mary" and status not in (*PUBLIC, "cancelled")),
}


@pytest.mark.parametrize("status", INSPECTION_STEPS)
def test_embargo_and_hold_answer_as_the_table_says(status, people, make):
    public_id = make(status).public_id
    before = Event.objects.count()
    for route, rule in TABLE.items():
        assert mismatches(people, route, public_id, lambda n, rule=rule: rule(n, status)) == [], route
    assert Event.objects.count() == before


# What is legal: {status: the verbs that are}, beside the steps in test_life.py

UNDER_WAY = ("planned", "fieldwork", "drafting", "factual_accuracy", "embargoed", "paused")
LEGAL = {
    **{status: {"hold"} for status in UNDER_WAY},
    "embargoed": {"hold", "change_embargo"},
    "published": set(),
    "closed": set(),
    "cancelled": set(),
}
CALLS = {
    "hold": lambda inspection, by: inspection.hold(by=by, reason="Why."),
    "lift_hold": lambda inspection, by: inspection.lift_hold(by=by),
    "change_embargo": lambda inspection, by: inspection.change_embargo(by=by, until=MOMENT, reason="Why."),
}


@pytest.mark.parametrize("status", LEGAL)
def test_holds_and_changes_of_the_embargo_are_legal_in_some_states_and_never_twice(
    status, sif, stockton, ines, mary
):
    inspection = moved(planned(ines, sif, stockton), status, mary)
    for verb, call in CALLS.items():
        before = everything(inspection)
        if verb in LEGAL[status]:
            call(inspection, mary)
            assert everything(inspection)[1:] == (before[1] + 1, before[2] + 1), verb
        else:
            with pytest.raises(IllegalTransition):
                call(inspection, mary)
            assert everything(inspection) == before, verb
        if verb == "hold" and "hold" in LEGAL[status]:
            with pytest.raises(IllegalTransition, match="on hold already"):
                call(inspection, mary)
            # While it is held every step is legal as before, but publication.
            for step in TRANSITIONS:
                if step == "publish" and status == "embargoed":
                    with pytest.raises(IllegalTransition, match="Publication is on hold"):
                        inspection.move(step, by=mary, reason="Why.")
            CALLS["lift_hold"](inspection, mary)


def test_a_moment_that_is_past_is_no_embargo(make, mary, at):
    inspection = make("factual_accuracy")
    for until in (NOW - HOUR, NOW):
        with pytest.raises(ValidationError, match="past"):
            inspection.move("embargo", by=mary, embargo_until=until)
    inspection.move("embargo", by=mary, embargo_until=NOW + HOUR)
    with pytest.raises(ValidationError, match="past"):
        inspection.change_embargo(by=mary, until=NOW - HOUR, reason="Why.")
    assert one_chain(inspection)[-1].verb == "embargo"


# The clocks


def test_times_of_the_day_are_those_of_london():
    assert moment_at(date(2041, 6, 5), time(9, 30)) == datetime(2041, 6, 5, 8, 30, tzinfo=UTC)
    assert moment_at(date(2041, 1, 5), time(9, 30)) == datetime(2041, 1, 5, 9, 30, tzinfo=UTC)
    assert moment_at(date(2041, 3, 31), time(0, 59)) == datetime(2041, 3, 31, 0, 59, tzinfo=UTC)
    assert moment_at(date(2041, 3, 31), time(2, 0)) == datetime(2041, 3, 31, 1, 0, tzinfo=UTC)
    assert moment_at(date(2041, 10, 27), time(0, 59)) == datetime(2041, 10, 26, 23, 59, tzinfo=UTC)
    assert moment_at(date(2041, 10, 27), time(2, 0)) == datetime(2041, 10, 27, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "words"), [(date(2041, 3, 31), "clocks go forward"), (date(2041, 10, 27), "clocks go back")]
)
@pytest.mark.parametrize("clock", [time(1, 0), time(1, 30), time(1, 59)])
def test_a_time_that_a_day_leaves_out_or_has_twice_is_no_moment(day, words, clock):
    with pytest.raises(NoSuchMoment, match=words):
        moment_at(day, clock)


# Setting it


@pytest.fixture
def embargo_page(make, mary, signed_in):
    """(the inspection in its round, Mary's browser, the page of the step)"""
    inspection, client = make("factual_accuracy"), signed_in(mary)
    return inspection, client, client.get(reverse("inspection_step", args=[inspection.public_id, "embargo"]))


@pytest.mark.parametrize("clock", ["9:30", "09:30", "9.30am", "9:30 am", "09:30:00"])
def test_the_moment_is_set_with_the_embargo(clock, embargo_page, people):
    _inspection, client, asked = embargo_page
    assert submit(client, asked, embargo_day="5/6/2041", embargo_time=clock).status_code == 302
    found = Inspection.objects.get()
    assert (found.status, found.embargo_until) == ("embargoed", MOMENT)
    assert one_chain(found)[-1].after["embargo_until"].startswith("2041-06-05T")
    shown = text(people["mary"].get(found.get_absolute_url()))
    assert "Embargoed until 5 June 2041, 9:30am. It publishes itself then, with its agreed findings." in shown


def test_without_a_moment_a_manager_publishes_it(embargo_page):
    _inspection, client, asked = embargo_page
    assert submit(client, asked).status_code == 302
    found = Inspection.objects.get()
    assert (found.status, found.embargo_until) == ("embargoed", None)
    assert "No moment of release is set: a manager publishes it." in text(
        client.get(found.get_absolute_url())
    )


def test_a_moment_planned_before_is_proposed_and_can_be_taken_away(sif, stockton, ines, mary, signed_in):
    inspection = planned(ines, sif, stockton, embargo_until=MOMENT)
    moved(inspection, "factual_accuracy", mary)
    client = signed_in(mary)
    asked = client.get(reverse("inspection_step", args=[inspection.public_id, "embargo"]))
    assert form(asked)[1]["embargo_day"] == ["05/06/2041"]
    assert form(asked)[1]["embargo_time"] == ["09:30"]
    assert submit(client, asked, embargo_day="", embargo_time="").status_code == 302
    assert Inspection.objects.get().embargo_until is None


WRONG = [
    ("4/3/2041", "11:59", "time", "This moment is past. Give one that is still to come."),
    ("3/3/2041", "23:00", "day", "This moment is past. Give one that is still to come."),
    ("4/3/2041", "12:00", "time", "This moment is past. Give one that is still to come."),
    ("5/6/2041", "", "time", "Give the time too."),
    ("", "9:30", "day", "Give the day too."),
    ("5/6/2041", "25:00", "time", "This is not a time of day. Write it like 9:30am."),
    ("5/6/2041", "later", "time", "This is not a time of day. Write it like 9:30am."),
    ("31/6/2041", "9:30", "day", "This is not a day. Write it like 17/10/2016."),
    ("1/1/0999", "9:30", "day", "Give a day of our time."),
    (
        "31/3/2041",
        "1:30",
        "time",
        "The clocks go forward on 31 March 2041, and this time is left out. Choose another one.",
    ),
    (
        "27/10/2041",
        "1:30am",
        "time",
        "The clocks go back on 27 October 2041, and this time comes twice. Choose another one.",
    ),
]


@pytest.mark.parametrize(("day", "clock", "field", "words"), WRONG)
def test_what_is_no_moment_to_come_is_told_beside_its_field(day, clock, field, words, embargo_page):
    _inspection, client, asked = embargo_page
    response = submit(client, asked, embargo_day=day, embargo_time=clock, reason="Typed words.")
    assert response.status_code == 200
    assert errors_beside(response, f"id_embargo_{field}") == [words]
    assert len(error_summary(response)) == 1
    assert form(response)[1]["reason"] == ["Typed words."]
    assert Inspection.objects.get().status == "factual_accuracy"


# Changing it


@pytest.fixture
def embargoed(make, mary):
    return make("factual_accuracy").move("embargo", by=mary, embargo_until=MOMENT)


def test_the_embargo_is_changed_with_a_reason_and_one_event(embargoed, mary, signed_in):
    client = signed_in(mary)
    asked = client.get(reverse("inspection_embargo", args=[embargoed.public_id]))
    assert form(asked)[1]["embargo_time"] == ["09:30"]
    without = submit(client, asked, embargo_time="10am")
    assert errors_beside(without, "id_reason")
    response = submit(client, without, reason="The press conference moved.")
    assert response["Location"] == embargoed.get_absolute_url()
    event = one_chain(embargoed)[-1]
    assert (event.verb, event.by, event.reason) == ("embargo changed", mary, "The press conference moved.")
    assert embargoed.embargo_until == MOMENT + timedelta(minutes=30)
    shown = text(client.get(embargoed.get_absolute_url()))
    assert "Embargo until Before: 5 June 2041, 9:30am After: 5 June 2041, 10:00am" in shown
    asked = client.get(reverse("inspection_embargo", args=[embargoed.public_id]))
    submit(client, asked, embargo_day="", embargo_time="", reason="By hand.")
    assert Inspection.objects.get().embargo_until is None


def test_a_change_on_an_outdated_page_is_a_conflict_that_keeps_the_words(embargoed, mary, ines, signed_in):
    client = signed_in(mary)
    for route in ROUTES:
        asked = client.get(reverse(route, args=[embargoed.public_id]))
        embargoed.edit(by=ines, values={"topic": f"Neglect, {route}"}, expect=embargoed.version)
        response = submit(client, asked, reason="Typed words.")
        assert response.status_code == 409
        assert error_summary(response) == [
            "Somebody changed this inspection meanwhile. Read it again before you decide."
        ]
        assert form(response)[1]["reason"] == ["Typed words."]
    found = Inspection.objects.get()
    assert (found.embargo_until, found.on_hold) == (MOMENT, False)


def test_published_meanwhile_neither_is_possible(embargoed, mary, signed_in, at):
    client = signed_in(mary)
    opened = {route: client.get(reverse(route, args=[embargoed.public_id])) for route in sorted(ROUTES)}
    at(MOMENT)
    assert [problem for _i, problem in publication.release_due(timezone.now())] == [""]
    for asked in opened.values():
        response = submit(client, asked, reason="Typed words.", embargo_day="1/7/2041")
        assert response.status_code == 409
        assert form(response)[1]["reason"] == ["Typed words."]
        assert client.get(asked.wsgi_request.path).status_code == 403
    assert one_chain(embargoed)[-1].verb == "publish"


# Holding


def test_publication_is_put_on_hold_with_a_reason_and_the_hold_is_lifted(embargoed, mary, signed_in):
    client = signed_in(mary)
    where = reverse("inspection_hold", args=[embargoed.public_id])
    asked = client.get(where)
    assert "Put publication on hold" in text(asked)
    assert errors_beside(submit(client, asked), "id_reason")
    submit(client, asked, reason="An election is called.")
    assert Inspection.objects.get().on_hold
    shown = client.get(embargoed.get_absolute_url())
    assert "Publication is on hold." in text(shown)
    assert "Reason: An election is called." in text(shown)
    publish = reverse("inspection_step", args=[embargoed.public_id, "publish"])
    assert publish not in shown.content.decode()
    told = client.get(publish)
    assert where in told.content.decode()
    refused = submit(client, told, on="4/3/2041")
    assert refused.status_code == 409
    assert error_summary(refused) == ["Publication is on hold. Lift the hold first."]
    asked = client.get(where)
    assert "Lift the hold" in text(asked)
    submit(client, asked)
    assert not Inspection.objects.get().on_hold
    assert publish in client.get(embargoed.get_absolute_url()).content.decode()
    assert [event.verb for event in one_chain(embargoed)][-2:] == ["put on hold", "hold lifted"]


def test_lifting_a_hold_warns_that_it_is_published_at_once(embargoed, mary, signed_in, at):
    embargoed.hold(by=mary, reason="An election.")
    client = signed_in(mary)
    where = reverse("inspection_hold", args=[embargoed.public_id])
    assert "It stays embargoed until 5 June 2041, 9:30am." in text(client.get(where))
    at(MOMENT + DAY)
    assert "publishes itself within a short time" in text(client.get(where))


def test_publishing_by_hand_says_that_it_does_not_wait_for_the_embargo(embargoed, mary, signed_in):
    client = signed_in(mary)
    asked = client.get(reverse("inspection_step", args=[embargoed.public_id, "publish"]))
    assert "The embargo is set to 5 June 2041, 9:30am. Publishing by hand does not wait for it." in text(
        asked
    )
    assert submit(client, asked).status_code == 302
    found = Inspection.objects.get()
    assert (found.status, found.published_at) == ("published", NOW)


# Who may know

KNOW_ALL = {"ines", "mary", "hugo", "hanna", "audrey"}
WORK_ON_IT = {"ines", "mary", "hugo", "audrey"}


def test_those_who_make_it_know_embargo_and_hold_and_agencies_the_planned_day_alone(
    embargoed,
    people,
    mary,
):
    def told(words, names):
        return {name for name in names if words in text(people[name].get(embargoed.get_absolute_url()))}

    seeing = KNOW_ALL | {"clara", "stan"}
    assert told("Embargoed until 5 June 2041, 9:30am", seeing) == KNOW_ALL
    assert told("Publication is planned for 5 June 2041, 9:30am.", seeing) == {"clara", "stan"}
    embargoed.hold(by=mary, reason="HOLD-WORDS")
    assert told("Publication is on hold.", seeing) == KNOW_ALL
    assert told("HOLD-WORDS", seeing) == WORK_ON_IT
    assert told("The day of publication is not settled.", seeing) == {"clara", "stan"}
    for name in ("clara", "stan"):
        shown = people[name].get(embargoed.get_absolute_url()).content.decode()
        for word in ("on hold", "HOLD-WORDS", "9:30am"):
            assert word not in shown


def test_in_the_factual_accuracy_check_an_agency_is_not_told_a_planned_day(
    people,
    sif,
    stockton,
    ines,
    mary,
):
    inspection = moved(planned(ines, sif, stockton, embargo_until=MOMENT), "factual_accuracy", mary)
    inspection.hold(by=mary, reason="HOLD-WORDS")
    shown = people["stan"].get(inspection.get_absolute_url()).content.decode()
    for word in ("Publication", "hold", "2041, 9:30am"):
        assert word not in shown.partition("<main")[2].partition("</main")[0]
    assert "Once embargoed" not in text(people["mary"].get(inspection.get_absolute_url()))
    assert "Embargoed until 5 June 2041, 9:30am." in text(people["mary"].get(inspection.get_absolute_url()))


def test_once_published_nobody_reads_of_embargo_or_hold_on_the_page(embargoed, people, mary, at):
    embargoed.hold(by=mary, reason="HOLD-WORDS")
    embargoed.lift_hold(by=mary)
    at(MOMENT)
    list(publication.release_due(timezone.now()))
    for name in ("otto", "clara", "mel", "adam", "colin"):
        shown = people[name].get(embargoed.get_absolute_url()).content.decode()
        for word in ("HOLD-WORDS", "mbargo", 'id="release"'):
            assert word not in shown, (name, word)


# The page of an inspection


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_of_an_inspection_costs_the_same_queries_for_one_row_and_three(
    number,
    make,
    clara,
    stan,
    ines,
    mary,
    cleveland,
    stockton,
    strategy,
    signed_in,
    at,
):
    inspection = make("drafting")
    finding = inspection.findings.get()
    for _n in range(number):
        logged(inspection, ines, weakness(cleveland, strategy), "agreed", reviewer=mary)
        CaseReferral.refer(by=ines, inspection=inspection, values={"to_agency": cleveland, "reason": "Why."})
        LocalEscalation.record(
            by=ines, finding=finding, values={"by_agency": stockton, "to_agency": cleveland}
        )
    inspection.move("send_for_factual_accuracy", by=mary)
    for _n in range(number):
        comment = AccuracyComment.submit(by=clara, inspection=inspection, by_agency=cleveland, text="No.")
        comment.decide(by=ines, decision="upheld", reason="So it was.")
    asked = {}
    for status in ("factual_accuracy", "embargoed", "on hold", "ended"):
        if status == "embargoed":
            inspection.move("embargo", by=mary, embargo_until=NOW + HOUR)
        if status == "on hold":
            inspection.hold(by=mary, reason="An election.")
        if status == "ended":
            inspection.lift_hold(by=mary)
            at(NOW + DAY)
        for somebody in (mary, clara):
            client = signed_in(somebody)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(inspection.get_absolute_url()).status_code == 200
            asked[somebody.first_name, status] = len(queries)
    assert asked == {
        ("Mary", "factual_accuracy"): 23,
        ("Clara", "factual_accuracy"): 20,
        ("Mary", "embargoed"): 23,
        ("Clara", "embargoed"): 20,
        ("Mary", "on hold"): 24,
        ("Clara", "on hold"): 20,
        ("Mary", "ended"): 31,
        ("Clara", "ended"): 20,
    }


# At the same moment

race = pytest.mark.django_db(transaction=True)


@race
def test_of_eight_who_put_it_on_hold_one_does(embargoed, mary, ofsted, signed_in):
    managers = [mary, *(person(f"Manager{number}", "manager", ofsted) for number in range(7))]
    opened = pages(
        [signed_in(manager) for manager in managers], reverse("inspection_hold", args=[embargoed.public_id])
    )
    answers = sent_at_once(opened, lambda number: {"reason": f"Reason {number}."})
    assert statuses(answers) == [302] + [409] * 7
    assert [event.verb for event in one_chain(embargoed)].count("put on hold") == 1


@race
def test_an_embargo_changed_in_the_moment_of_its_end_is_changed_or_too_late(embargoed, mary, at):
    at(MOMENT)
    until = MOMENT + DAY
    released, changed = at_once(
        [
            lambda: [problem for _i, problem in publication.release_due(timezone.now())],
            partial(embargoed.change_embargo, by=mary, until=until, reason="Later."),
        ]
    )
    found = Inspection.objects.get()
    if isinstance(changed, IllegalTransition):
        assert (found.status, found.published_at, released) == ("published", MOMENT, [""])
    else:
        assert (found.status, found.embargo_until, released) == ("embargoed", until, [])


def test_the_panel_has_one_heading(embargoed, mary, signed_in):
    assert len(page(signed_in(mary).get(embargoed.get_absolute_url())).find_all("h2", id="release")) == 1
