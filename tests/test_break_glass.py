"""Break-glass: an administrator reads one unpublished inspection, with a reason, for a while, and changes nothing."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agencies.models import Event, Role
from agencies.public_ids import new_public_id
from agencies.sign_in.fresh import PROVEN_AT
from findings.models import CaseReferral, Comment, Finding, Recommendation
from inspections.models import BreakGlass, IllegalTransition, Inspection, ReadLogEntry

from .browsing import error_summary, submit, text
from .conftest import person
from .states import UNPUBLISHED
from .who_sees_what import MISSING, REFUSED, SHOWN, SIGN_IN, outcome, patterns

ROUTES = {"break_glass"}
PAGE = "/break-glass/"
REASON = "The inspector is ill and the embargo ends tonight."


def break_it(client, inspection, **values):
    values = {"address": inspection.get_absolute_url(), "reason": REASON, "minutes": 30, **values}
    return submit(client, client.get(PAGE), **values)


@pytest.fixture
def hidden(make, ines, stockton):
    """A joint inspection being drafted, its finding, a recommendation of it and a case."""
    inspection = make("drafting")
    found = inspection.findings.get()
    found.move(
        "return_to_draft", by=person("Milo", Role.MANAGER, inspection.lead_inspectorate), reason="Why."
    )
    proposed = Recommendation.draft(by=ines, finding=found, values={"addressee": stockton, "text": "Attend."})
    case = CaseReferral.refer(
        by=ines, inspection=inspection, values={"to_agency": stockton, "reason": "Closed."}
    )
    return [inspection, found, proposed, case]


def reads(client, records):
    return [outcome(client.get(record.get_absolute_url())) for record in records]


def test_who_may_break_it(people):
    before = Event.objects.count()
    for name, client in people.items():
        wanted = SIGN_IN if name == "anonymous" else SHOWN if name == "adam" else REFUSED
        for method in ("get", "post"):
            assert outcome(getattr(client, method)(PAGE)) == wanted, (name, method)
        assert outcome(client.post(PAGE, {"end": "1"})) == (302 if name == "adam" else wanted), name
    assert Event.objects.count() == before


def test_an_administrator_opens_one_inspection_reads_it_and_ends_it(people, hidden, make):
    adam, other = people["adam"], make("embargoed")
    assert reads(adam, hidden) == [MISSING] * 4
    response = break_it(adam, hidden[0])
    assert (response.status_code, response["Location"]) == (302, hidden[0].get_absolute_url())
    glass = BreakGlass.objects.get()
    assert (glass.inspection, glass.by.first_name, glass.reason) == (hidden[0], "Adam", REASON)
    assert glass.until - glass.opened_at == timedelta(minutes=30)
    assert "Open to you by break-glass until" in text(adam.get(hidden[0].get_absolute_url()))
    assert reads(adam, hidden) == [SHOWN] * 4
    assert reads(adam, [other, other.findings.get()]) == [MISSING] * 2
    assert reads(people["otto"], hidden) == [MISSING] * 4
    assert adam.post(PAGE, {"end": "1"}).status_code == 302
    assert reads(adam, hidden) == [MISSING] * 4
    assert [(event.verb, event.by.first_name) for event in glass.events()] == [
        ("opened", "Adam"),
        ("ended", "Adam"),
    ]


@pytest.mark.parametrize("status", UNPUBLISHED)
def test_in_each_state_before_publication(status, people, make):
    inspection = make(status)
    break_it(people["adam"], inspection)
    assert reads(people["adam"], [inspection, inspection.findings.get()]) == [SHOWN, SHOWN]


def test_it_ends_by_itself(people, hidden, adam):
    glass = BreakGlass.open(by=adam, public_id=hidden[0].public_id, reason=REASON, minutes=60)
    assert reads(people["adam"], hidden) == [SHOWN] * 4
    models.QuerySet(BreakGlass).update(until=timezone.now() - timedelta(seconds=1))
    assert reads(people["adam"], hidden) == [MISSING] * 4
    assert glass.events().count() == 1
    assert "ended by itself" in text(people["adam"].get(PAGE))
    assert "ended by itself" in text(people["mary"].get("/my-work/"))
    people["adam"].post(PAGE, {"end": "1"})  # over already
    assert glass.events().count() == 1


def test_each_opening_says_whether_it_is_open_or_how_it_ended(people, hidden):
    break_it(people["adam"], hidden[0])
    for name, page in (("adam", PAGE), ("mary", "/my-work/")):
        assert "open now" in text(people[name].get(page))
    people["adam"].post(PAGE, {"end": "1"})
    for name, page in (("adam", PAGE), ("mary", "/my-work/")):
        shown = text(people[name].get(page))
        assert ("ended by hand" in shown, "ended by itself" in shown, "open now" in shown) == (
            True,
            False,
            False,
        )


@pytest.mark.parametrize(
    "change", [{"role": Role.INSPECTOR}, {"role": ""}, {"is_active": False}], ids=["role", "none", "inactive"]
)
def test_whoever_is_no_administrator_any_more_reads_nothing(change, people, hidden, adam, ofsted):
    break_it(people["adam"], hidden[0])
    adam.change(by=None, values={"agency": ofsted, **change})
    assert SHOWN not in reads(people["adam"], hidden)


# What it takes


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"reason": " "}, "Reason: This field is required."),
        ({"address": "/inspections/"}, "Address of the inspection: Give the address of one inspection."),
        ({"address": ""}, "Address of the inspection: This field is required."),
        ({"address": new_public_id()}, "Address of the inspection: There is no inspection at this address."),
        ({"minutes": 61}, "For how long: Select a valid choice. 61 is not one of the available choices."),
    ],
)
def test_what_is_missing_opens_nothing(values, error, people, hidden):
    response = break_it(people["adam"], hidden[0], **values)
    assert response.status_code == 200
    assert error_summary(response) == [error]
    assert not BreakGlass.objects.exists()


def test_a_published_inspection_needs_none(people, published):
    assert "is published" in error_summary(break_it(people["adam"], published))[0]
    assert not BreakGlass.objects.exists()


def test_one_at_a_time(people, hidden, make):
    other, adam = make("embargoed"), people["adam"]
    form = adam.get(PAGE)
    fields = {"address": other.public_id, "reason": REASON, "minutes": 15}
    break_it(adam, hidden[0])
    response = submit(adam, form, **fields)
    assert response.status_code == 409
    assert error_summary(response) == ["Another inspection is open to you. End that first."]
    assert reads(adam, [other]) == [MISSING]
    adam.post(PAGE, {"end": "1"})
    assert submit(adam, form, **fields).status_code == 302
    assert reads(adam, [other, hidden[0]]) == [SHOWN, MISSING]


def test_never_longer_than_an_hour_by_any_way(hidden, adam):
    with pytest.raises(ValidationError):
        BreakGlass.open(by=adam, public_id=hidden[0].public_id, reason=REASON, minutes=61)
    BreakGlass.open(by=adam, public_id=hidden[0].public_id, reason=REASON, minutes=60)
    with pytest.raises(IntegrityError), transaction.atomic():
        models.QuerySet(BreakGlass).update(minutes=61)


@pytest.mark.parametrize("name", ["mary", "audrey", "otto", "nobody"])
def test_the_verb_itself_is_for_administrators(name, hidden, request):
    with pytest.raises(IllegalTransition):
        BreakGlass.open(
            by=request.getfixturevalue(name), public_id=hidden[0].public_id, reason=REASON, minutes=15
        )
    assert not BreakGlass.objects.exists()


def test_it_asks_for_a_fresh_proof_of_who_is_there(people, hidden):
    client = people["adam"]
    form = client.get(PAGE)
    session = client.session
    session[PROVEN_AT] -= 10_000
    session.save()
    fields = {"address": hidden[0].public_id, "reason": REASON, "minutes": 15}
    assert "password" in submit(client, form, **fields).content.decode()
    assert client.get(PAGE).status_code == 302
    assert not BreakGlass.objects.exists()


# It gives no rights


def test_it_gives_no_right_to_change_anything(people, hidden, arguments):
    adam, (inspection, found, proposed, case) = people["adam"], hidden
    break_it(adam, inspection)
    before = Event.objects.count()
    of = {"inspection": inspection, "finding": found, "recommendation": proposed, "case": case}
    asked = 0
    for name, names in patterns():
        if "public_id" not in names or name in of or name == "case_referral":
            continue
        kind = next((kind for kind in of if reverse_of(name, arguments).startswith(f"/{kind}s/")), None)
        if kind is None:
            continue
        address = reverse_of(name, arguments, of[kind].public_id)
        for method in ("get", "post"):
            answer = outcome(getattr(adam, method)(address, {"version": of[kind].version, "reason": "Why."}))
            assert answer in (REFUSED, MISSING), (name, method, answer)
            asked += answer == REFUSED
    assert asked > 40
    assert Event.objects.count() == before


def reverse_of(name, arguments, public_id=None):
    """The address of the route, for the record of this id."""
    first, *rest = arguments[name][0]
    return reverse(name, args=[public_id or first, *rest])


def test_comments_and_history_stay_with_those_who_make_it(people, hidden, ines):
    inspection, found, *_rest = hidden
    Comment.post(by=ines, finding=found, text="PRIVATE words", audience="inspectorate")
    inspection.edit(by=ines, values={"notes": "PRIVATE notes"}, expect=inspection.version)
    break_it(people["adam"], inspection)
    for record in (inspection, found):
        seen = people["adam"].get(record.get_absolute_url()).content.decode()
        assert "PRIVATE" not in seen
        assert 'id="history"' not in seen
    assert people["adam"].get(reverse("accuracy_comments", args=[inspection.public_id])).status_code == 403


def test_the_administration_shows_nothing_more(people, hidden):
    adam = people["adam"]
    addresses = [
        reverse(f"admin:{model}_changelist")
        for model in ("inspections_inspection", "findings_finding", "inspections_report", "agencies_event")
    ]
    pages = [
        reverse("admin:inspections_inspection_change", args=[hidden[0].public_id]),
        reverse("admin:inspections_inspection_history", args=[hidden[0].public_id]),
        reverse("admin:findings_finding_change", args=[hidden[1].public_id]),
    ]
    break_it(adam, hidden[0])
    before = ReadLogEntry.objects.count()
    for address in addresses:
        seen = adam.get(address).content.decode()
        assert not [record for record in hidden if record.public_id in seen], address
    assert [adam.get(address).status_code for address in pages] == [302] * 3
    assert ReadLogEntry.objects.count() == before


# Who looked, and why


def test_each_page_opened_meanwhile_leaves_one_row_that_says_so(people, hidden):
    adam = people["adam"]
    break_it(adam, hidden[0])
    for address in ("/findings/?status=draft", "/", hidden[1].get_absolute_url()):
        assert adam.get(address).status_code == 200
    rows = ReadLogEntry.objects.order_by("pk").values_list("route", "public_id", "inspection", "break_glass")
    glass = BreakGlass.objects.get().pk
    assert list(rows) == [
        ("findings", "", hidden[0].pk, glass),
        ("home", "", hidden[0].pk, glass),
        ("finding", hidden[1].public_id, hidden[0].pk, glass),
    ]
    adam.post(PAGE, {"end": "1"})
    adam.get("/findings/")
    assert ReadLogEntry.objects.count() == 3


def test_those_who_manage_it_are_told_who_looked_and_why(people, hidden):
    break_it(people["adam"], hidden[0])
    people["adam"].get(hidden[0].get_absolute_url())
    for name in ("mary", "hanna"):
        told = text(people[name].get("/my-work/"))
        assert "Opened by break-glass" in told
        assert REASON in told
        assert "Adam Example" in told
        assert "1 page read" in told
    for name in ("ines", "colin", "stan"):
        assert REASON not in text(people[name].get("/my-work/"))
    for name in ("mary", "hanna", "audrey"):
        seen = text(people[name].get(f"/read-log/?inspection={hidden[0].public_id}&how=break-glass"))
        assert REASON in seen
        assert "Adam Example" in seen


def test_for_everybody_else_nothing_more_is_asked_of_the_database(people, hidden):
    for name in ("ines", "mary", "stan", "audrey", "otto"):
        with CaptureQueriesContext(connection) as queries:
            people[name].get("/findings/")
            people[name].get(hidden[1].get_absolute_url())
        assert not [query for query in queries if "breakglass" in query["sql"]], name


def test_an_administrator_without_one_sees_what_they_saw(people, hidden, finding):
    assert Inspection.objects.visible_to(hidden[0].author).filter(pk=hidden[0].pk).exists()
    seen = people["adam"].get("/findings/").content.decode()
    assert finding.public_id in seen
    assert Finding.objects.get(pk=hidden[1].pk).public_id not in seen
