"""Handing over: exactly what was shown moves, by the verbs, all or nothing; what may not move stays and says why."""

import pytest
from django.urls import reverse

from agencies.models import Event
from findings.models import Finding, Recommendation
from findings.work import handover

from .browsing import choices, error_summary, form, page, submit, text
from .conftest import person, record_finding, weakness
from .states import logged, planned, recommendation_step, step
from .test_concurrency import sent_at_once, statuses
from .who_sees_what import REFUSED, SHOWN, SIGN_IN, outcome

ROUTES = {"work_handover"}
ADDRESS = "/my-work/hand-over/"
STAFF = {"ines", "otto", "mary", "hugo", "hetty", "hanna", "colin"}


@pytest.fixture
def words(cleveland, strategy):
    return weakness(cleveland, strategy, summary="Officers stayed away.")


@pytest.fixture
def leaver(ofsted):
    """Lena leaves: what she has on her desk goes to somebody else."""
    return person("Lena", "inspector", ofsted)


@pytest.fixture
def desk(leaver, joint_values, sif, stockton, camden, words, ines, mary, hugo, otto, published):
    """What Lena has: a draft of her own, one given to her, a review, a recommendation; and her inspection."""
    inspection = planned(leaver, sif, stockton, **{**joint_values, "team": [leaver, hugo]})
    for verb in ("start_fieldwork", "start_drafting"):
        step(inspection, verb, mary)
    own = logged(inspection, leaver, words)
    given = logged(inspection, hugo, words)
    given.assign(by=mary, to=leaver)
    elsewhere = planned(ines, sif, camden)
    review = logged(elsewhere, ines, words, "in_review")
    review.assign(by=mary, to=leaver)
    finding = record_finding(published, words)
    recommendation = Recommendation.draft(
        by=ines, finding=finding, values={"addressee": stockton, "text": "Attend every meeting."}
    )
    recommendation_step(recommendation, "issue", manager=mary, lead=None)
    recommendation.assign(by=mary, to=leaver)
    return {
        "inspection": inspection,
        "own": own,
        "given": given,
        "review": review,
        "recommendation": recommendation,
    }


def fresh(desk):
    for record in desk.values():
        record.refresh_from_db()
    return desk


def shown(client, giver=None, receiver=None, **fields):
    """The preview."""
    fields = {"receiver": receiver.pk, "reason": "She leaves.", **fields}
    if giver is not None:
        fields["giver"] = giver.pk
    return submit(client, client.get(ADDRESS), button=None, **fields)


def confirmed(client, preview):
    return submit(client, preview, button="confirm")


def rows(preview):
    """{caption: [[cells] of each row]}"""
    return {
        table.find("caption").text: [
            [cell.text for cell in row.walk() if cell.tag in ("th", "td")]
            for row in table.find("tbody").find_all("tr")
        ]
        for table in page(preview).find_all("table")
    }


def events():
    return list(Event.objects.order_by("pk").values_list("verb", "by__first_name", "reason"))


# Who may


@pytest.mark.parametrize("method", ["get", "post"])
def test_handing_over_is_for_inspectorates(method, people):
    before = Event.objects.count()
    for name, client in people.items():
        wanted = SIGN_IN if name == "anonymous" else SHOWN if name in STAFF else REFUSED
        assert outcome(getattr(client, method)(ADDRESS)) == wanted, name
    assert Event.objects.count() == before


def test_managers_choose_whose_work_and_others_hand_over_their_own(people, ines, otto, mary, hugo, hanna):
    offered = choices(people["mary"].get(ADDRESS), "giver")
    assert set(offered) == {"", *(str(somebody.pk) for somebody in (ines, otto, mary))}
    assert set(choices(people["mary"].get(ADDRESS), "receiver")) == set(offered)
    assert choices(people["ines"].get(ADDRESS), "giver") == {}
    assert set(choices(people["ines"].get(ADDRESS), "receiver")) == {"", str(otto.pk), str(mary.pk)}
    assert set(choices(people["hugo"].get(ADDRESS), "receiver")) >= {str(hanna.pk)}


@pytest.mark.parametrize("who", ["hugo", "clara", "adam"])
def test_nobody_outside_the_inspectorate_can_be_named(who, people, request, ines):
    stranger = request.getfixturevalue(who)
    for names in ({"giver": ines, "receiver": stranger}, {"giver": stranger, "receiver": ines}):
        answer = shown(people["mary"], **names)
        assert "Select a valid choice" in error_summary(answer)[0]
    # An inspector cannot hand over somebody else's by adding the field.
    answer = shown(
        people["ines"], receiver=request.getfixturevalue("otto"), giver=request.getfixturevalue("mary")
    )
    assert "From Ines Example to Otto Example" in text(answer)


def test_one_does_not_hand_over_to_oneself_and_says_why(people, mary, ines):
    answer = shown(people["mary"], giver=ines, receiver=ines, reason=" ")
    assert error_summary(answer) == [
        "To whom: Choose somebody else: this is whose work it is.",
        "Reason: Say why.",
    ]


# What moves


def test_what_somebody_has_goes_to_a_colleague_with_one_event_each(
    desk,
    leaver,
    otto,
    mary,
    signed_in,
    people,
):
    client = signed_in(mary)
    before = len(events())
    preview = shown(client, giver=leaver, receiver=otto)
    found = rows(preview)
    assert len(events()) == before
    assert set(found) == {"What moves"}
    assert [cells[1] for cells in found["What moves"]] == [
        "Otto Example joins the team",
        "Goes to Otto Example",
        "Goes to Otto Example",
        "Otto Example reviews it",
        "Otto Example follows it up",
    ]
    assert "Hand over 5 records" in text(preview)
    answer = confirmed(client, preview)
    assert answer.status_code == 302
    assert answer.url == "/my-work/"
    assert "Handed over to Otto Example: 5 records." in text(client.get(answer.url))
    assert events()[before:] == [
        ("edited", "Mary", "She leaves."),
        *[("assigned", "Mary", "She leaves.")] * 4,
    ]
    fresh(desk)
    assert set(desk["inspection"].team.all()) >= {otto, leaver}
    assert all(desk[name].assigned_to == otto for name in ("own", "given", "review", "recommendation"))
    for name in ("own", "given", "review"):
        assert people["otto"].get(desk[name].get_absolute_url()).status_code == 200


def test_one_hands_over_ones_own_but_no_review(desk, leaver, otto, signed_in, people):
    client = signed_in(leaver)
    preview = shown(client, receiver=otto)
    (stays,) = rows(preview)["What stays"]
    assert stays[1] == "A manager of Ofsted chooses who reviews it."
    assert confirmed(client, preview).status_code == 302
    fresh(desk)
    assert all(desk[name].assigned_to == otto for name in ("own", "given", "recommendation"))
    assert desk["review"].assigned_to == leaver
    assert people["otto"].get(desk["review"].get_absolute_url()).status_code == 404
    assert {by for _verb, by, reason in events() if reason == "She leaves."} == {"Lena"}


def test_the_work_of_somebody_who_has_left_is_handed_over_too(desk, leaver, otto, mary, adam, signed_in):
    leaver.change(by=adam, values={"is_active": False})
    client = signed_in(mary)
    assert "Lena Example (has left)" in choices(client.get(ADDRESS), "giver").values()
    assert confirmed(client, shown(client, giver=leaver, receiver=otto)).status_code == 302
    assert fresh(desk)["own"].assigned_to == otto


def test_a_review_of_ones_own_finding_stays(desk, leaver, ines, mary, signed_in):
    """Ines wrote what Lena reviews."""
    client = signed_in(mary)
    preview = shown(client, giver=leaver, receiver=ines)
    (stays,) = rows(preview)["What stays"]
    assert stays[1] == "Ines Example wrote it, and nobody reviews their own."
    assert confirmed(client, preview).status_code == 302
    fresh(desk)
    assert desk["review"].assigned_to == leaver
    assert desk["own"].assigned_to == ines
    assert ines in desk["inspection"].team.all()


def test_an_inspector_who_joins_the_team_reviews_nothing_of_it(
    desk, leaver, otto, mary, words, hugo, signed_in
):
    """Lena is taken off the team; a review there is given to her; Otto is on it."""
    inspection = desk["inspection"]
    inspection.edit(by=mary, values={"team": [hugo, otto]}, expect=inspection.version)
    theirs = logged(inspection, hugo, words, "in_review")
    theirs.assign(by=mary, to=leaver)
    client = signed_in(mary)
    stays = rows(shown(client, giver=leaver, receiver=otto))["What stays"]
    assert [cells[1] for cells in stays] == [
        "Otto Example may not review it: a reviewer is of the lead inspectorate, and not an inspector on the team."
    ]


def test_what_waits_for_its_reviewer_is_named_and_stays(desk, leaver, otto, mary, signed_in):
    desk["own"].move("submit", by=leaver)
    (stays,) = rows(shown(signed_in(mary), giver=leaver, receiver=otto))["What stays"]
    assert stays[1] == "It is in review and waits for its reviewer. Returned, it comes back to Lena Example."


def test_a_claim_that_the_colleague_may_not_verify_stays(desk, leaver, ines, mary, stan, signed_in):
    recommendation = desk["recommendation"]
    for verb in ("respond", "submit_plan", "accept_plan", "claim"):
        recommendation_step(recommendation, verb, manager=mary, lead=stan)
        recommendation.refresh_from_db()
    stays = rows(shown(signed_in(mary), giver=leaver, receiver=ines))["What stays"]
    assert any("Ines Example may not verify it" in cells[1] for cells in stays)


def test_a_manager_hands_over_only_what_their_inspectorate_assigns(
    desk, hugo, hetty_, hanna, words, signed_in
):
    """Hugo of HMICFRS, the partner: his manager sees his draft, and Ofsted's managers assign it."""
    logged(desk["inspection"], hugo, words)
    found = rows(shown(signed_in(hanna), giver=hugo, receiver=hetty_))
    assert "What moves" not in found
    assert [cells[1] for cells in found["What stays"]] == [
        "Its team is chosen by those who work on it and by managers of Ofsted.",
        "It is assigned by those who work on the inspection and by managers of Ofsted.",
    ]


@pytest.fixture
def hetty_(hmicfrs):
    return person("Hetty", "inspector", hmicfrs)


def test_with_nothing_on_the_desk_there_is_nothing_to_confirm(otto, ines, mary, signed_in):
    preview = shown(signed_in(mary), giver=otto, receiver=ines)
    assert "There is nothing that could be handed over." in text(preview)
    assert page(preview).find("button", name="confirm") is None


# Shown and confirmed


def test_when_something_changed_since_nothing_moves_and_the_new_list_is_shown(
    desk, leaver, otto, mary, words, signed_in
):
    client = signed_in(mary)
    preview = shown(client, giver=leaver, receiver=otto)
    logged(desk["inspection"], leaver, words)
    before = len(events())
    answer = confirmed(client, preview)
    assert answer.status_code == 409
    assert "Nothing was handed over" in text(answer)
    assert "Hand over 6 records" in text(answer)
    assert len(events()) == before
    assert confirmed(client, answer).status_code == 302
    assert len(events()) == before + 6


@pytest.mark.parametrize("forged", ["", "x", "another reader's"])
def test_what_was_not_shown_is_not_done(forged, desk, leaver, otto, ines, mary, signed_in):
    client = signed_in(mary)
    preview = shown(client, giver=leaver, receiver=otto)
    if forged == "another reader's":
        other = shown(client, giver=leaver, receiver=ines)
        forged = page(other).find("input", name="shown")["value"]
    before = len(events())
    assert submit(client, preview, button="confirm", shown=forged).status_code == 409
    assert len(events()) == before


def test_all_of_it_moves_or_none(desk, leaver, otto, mary, signed_in, monkeypatch):
    client = signed_in(mary)
    preview = shown(client, giver=leaver, receiver=otto)
    before = len(events())
    move = handover._move

    def stumble(record, **kwargs):
        if isinstance(record, Recommendation):
            raise handover.IllegalTransition("This is not possible.")
        move(record, **kwargs)

    monkeypatch.setattr(handover, "_move", stumble)
    answer = confirmed(client, preview)
    assert answer.status_code == 409
    assert "This is not possible." in text(answer)
    assert len(events()) == before
    assert not Finding.objects.filter(assigned_to=otto).exists()


def test_confirmed_twice_it_is_done_once(desk, leaver, otto, mary, signed_in):
    client = signed_in(mary)
    preview = shown(client, giver=leaver, receiver=otto)
    assert confirmed(client, preview).status_code == 302
    before = len(events())
    assert confirmed(client, preview).status_code == 409
    assert len(events()) == before


def test_one_can_choose_again_with_the_reason_kept(desk, leaver, otto, mary, signed_in):
    client = signed_in(mary)
    again = submit(client, shown(client, giver=leaver, receiver=otto), button="choose")
    assert again.status_code == 200
    assert page(again).find("textarea", name="reason").raw.strip() == "She leaves."
    assert reverse("work_handover") == ADDRESS


def test_more_than_fits_is_handed_over_in_portions(desk, leaver, otto, mary, signed_in, monkeypatch):
    monkeypatch.setattr(handover, "MOST", 2)
    client = signed_in(mary)
    preview = shown(client, giver=leaver, receiver=otto)
    assert "There is more than fits into one hand-over." in text(preview)
    assert "Hand over 2 records" in text(preview)
    assert confirmed(client, preview).status_code == 302
    assert "Hand over 2 records" in text(shown(client, giver=leaver, receiver=otto))


@pytest.mark.django_db(transaction=True)
def test_two_managers_hand_the_same_over_at_the_same_moment_and_one_does(
    desk, leaver, otto, mary, ofsted, signed_in
):
    clients = [signed_in(mary), signed_in(person("Mona", "manager", ofsted))]
    opened = []
    for client in clients:
        address, fields = form(shown(client, giver=leaver, receiver=otto))
        opened.append((client, address, {**fields, "confirm": ["1"]}))
    before = len(events())
    assert statuses(sent_at_once(opened)) == [302, 409]
    assert len(events()) == before + 5
