"""Changing several records: exactly what was shown, all or none, one event each, the rights of their own pages."""

import pytest
from django.urls import reverse

from agencies.models import Event
from findings.models import Finding, Recommendation

from .browsing import error_summary, errors_beside, page, submit, text
from .conftest import person, strength, weakness
from .states import logged, recommended

ROUTES = {"findings_bulk", "recommendations_bulk"}
FINDINGS, RECOMMENDATIONS = "/findings/change/", "/recommendations/change/"


@pytest.fixture
def drafts(drafting, ines, cleveland, strategy):
    return [
        Finding.log(
            by=ines, inspection=drafting, values=weakness(cleveland, strategy, summary=f"Number {n}.")
        )
        for n in range(3)
    ]


def ids(records):
    return [record.public_id for record in records]


def shown(client, address, records, **fields):
    """The preview of the change."""
    return submit(client, client.get(address), pick=ids(records), **fields)


def confirmed(client, preview):
    return submit(client, preview, button="confirm")


def statuses():
    return dict(Finding.objects.values_list("public_id", "status"))


@pytest.mark.parametrize("address", [FINDINGS, RECOMMENDATIONS])
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ines", 200),
        ("mary", 200),
        ("hanna", 200),
        ("clara", 403),
        ("audrey", 403),
        ("adam", 403),
        ("nobody", 403),
    ],
)
def test_several_are_changed_by_inspectorates_only(address, name, expected, request, signed_in):
    client = signed_in(request.getfixturevalue(name))
    assert client.get(address).status_code == expected
    assert client.post(address, {}).status_code == expected


def test_a_theme_is_changed_of_all_after_a_preview_with_one_event_each(drafts, missing, ines, signed_in):
    client = signed_in(ines)
    before = Event.objects.count()
    preview = shown(client, FINDINGS, drafts[:2], change="theme", theme=missing.pk, reason="Misread.")
    assert Event.objects.count() == before
    rows = [row.text for row in page(preview).find("tbody").find_all("tr")]
    assert len(rows) == 2
    assert all("Strategy discussions" in row and "Missing children" in row for row in rows)
    assert "Change 2 records" in text(preview)
    assert confirmed(client, preview).status_code == 302
    assert [finding.theme.code for finding in Finding.objects.order_by("pk")] == [
        "missing-children",
        "missing-children",
        "strategy-discussions",
    ]
    assert Event.objects.count() == before + 2
    for finding in drafts[:2]:
        event = finding.events().last()
        assert (event.verb, event.by, event.reason) == ("edited", ines, "Misread.")
        assert set(event.after) == {"theme"}


def test_published_findings_get_another_theme_as_a_correction(finding, missing, mary, ines, signed_in):
    refused = shown(signed_in(ines), FINDINGS, [finding], change="theme", theme=missing.pk, reason="Misread.")
    assert "You may not change it." in text(refused)
    assert page(refused).find("button", name="confirm") is None
    client = signed_in(mary)
    preview = shown(client, FINDINGS, [finding], change="theme", theme=missing.pk, reason="Misread.")
    assert confirmed(client, preview).status_code == 302
    earlier = Finding._base_manager.get(version_of=finding)
    assert (earlier.theme.code, earlier.status) == ("strategy-discussions", "corrected")
    assert [place.page for place in earlier.citations.all()] == [12]
    finding.refresh_from_db()
    assert finding.theme == missing
    assert [place.page for place in finding.citations.all()] == [12]
    assert finding.events().last().verb == "corrected"


def test_where_one_may_not_change_none_does_and_it_is_named(drafts, mary, ines, missing, signed_in):
    agreed = drafts[2]
    agreed.move("submit", by=ines)
    agreed.move("agree", by=mary)
    client = signed_in(ines)
    preview = shown(client, FINDINGS, drafts, change="theme", theme=missing.pk, reason="Misread.")
    assert "It is agreed: return it to draft first." in text(preview)
    assert page(preview).find("button", name="confirm") is None
    before = Event.objects.count()
    forced = submit(client, preview, confirm="1")
    assert forced.status_code == 409
    assert Event.objects.count() == before
    assert not Finding.objects.filter(theme=missing).exists()


def test_what_changed_between_preview_and_confirmation_stops_all_of_it(
    drafts, ines, mary, missing, signed_in
):
    client = signed_in(ines)
    preview = shown(client, FINDINGS, drafts, change="theme", theme=missing.pk, reason="KEPT-REASON")
    drafts[1].edit(by=mary, values={"summary": "Newer."}, citations=[], expect=1)
    response = confirmed(client, preview)
    assert response.status_code == 409
    assert "was changed by somebody meanwhile" in text(response)
    assert "Newer." in text(response)
    assert "KEPT-REASON" in text(response)
    assert not Finding.objects.filter(theme=missing).exists()
    assert confirmed(client, response).status_code == 302
    assert Finding.objects.filter(theme=missing).count() == 3


def test_a_right_that_was_lost_meanwhile_stops_all_of_it(drafts, drafting, ines, mary, missing, signed_in):
    client = signed_in(ines)
    preview = shown(client, FINDINGS, drafts, change="theme", theme=missing.pk, reason="Why.")
    drafting.edit(by=mary, values={"team": [mary]}, expect=drafting.version)
    response = confirmed(client, preview)
    assert response.status_code == 200
    assert "cannot be found any more" in text(response)
    assert "Number 1." not in text(response)
    assert not Finding.objects.filter(theme=missing).exists()


def test_hidden_and_unknown_ids_get_the_same_answer_and_nothing_changes(
    drafts, finding, mary, hanna, missing, signed_in
):
    client = signed_in(hanna)
    answers = []
    for stranger in (drafts[0].public_id, "2222222222222222"):
        asked = client.get(FINDINGS)
        response = submit(
            client, asked, pick=[finding.public_id, stranger], change="theme", theme=missing.pk, reason="Why."
        )
        answers.append((response.status_code, error_summary(response)))
    assert answers[0] == answers[1]
    assert answers[0][1] == ["Some of these cannot be found any more. Choose again; nothing was changed."]
    assert Finding.objects.filter(theme=missing).count() == 0


def test_withdrawing_needs_a_reason_and_keeps_what_was_typed_and_chosen(drafts, ines, signed_in):
    client = signed_in(ines)
    response = shown(client, FINDINGS, drafts[:2], change="withdraw", reason=" ")
    assert response.status_code == 200
    assert errors_beside(response, "id_reason") == ["Say why."]
    picked = [box["value"] for box in page(response).find_all("input", name="pick") if "checked" in box.attrs]
    assert set(picked) == set(ids(drafts[:2]))
    preview = submit(client, response, reason="Twice.")
    assert confirmed(client, preview).status_code == 302
    assert sorted(statuses().values()) == ["draft", "withdrawn", "withdrawn"]


def test_work_is_assigned_without_a_reason_to_those_who_may_take_it_on(drafts, mary, ines, otto, signed_in):
    client = signed_in(mary)
    stranger = shown(client, FINDINGS, drafts, change="assign", to=otto.pk)
    assert "Otto Example may not take it on." in text(stranger)
    preview = shown(client, FINDINGS, drafts, change="assign", to=ines.pk)
    assert confirmed(client, preview).status_code == 302
    assert set(Finding.objects.values_list("assigned_to", flat=True)) == {ines.pk}
    assert all(finding.events().last().verb == "assigned" for finding in drafts)


def test_people_of_other_inspectorates_are_not_offered(finding, mary, hugo, clara, signed_in):
    offered = {
        option["value"]
        for option in page(signed_in(mary).get(FINDINGS)).find("select", name="to").find_all("option")
    }
    assert str(mary.pk) in offered
    assert not {str(hugo.pk), str(clara.pk)} & offered


def test_due_dates_are_proposed_for_several_and_decided_by_somebody_else(
    finding, stockton, ines, mary, ofsted, stan, signed_in
):
    several = [recommended(finding, stockton, author=ines, manager=mary, lead=stan) for _n in range(2)]
    first = [recommendation.due_on for recommendation in several]
    client = signed_in(mary)
    preview = shown(client, RECOMMENDATIONS, several, change="due_on", due_on="31/3/2027", reason="Staffing.")
    assert "31 March 2027" in text(preview)
    assert confirmed(client, preview).status_code == 302
    for recommendation, due in zip(several, first, strict=True):
        recommendation.refresh_from_db()
        assert recommendation.due_on == due
        assert recommendation.due_date_changes.get().status == "proposed"
        recommendation.decide_due_date(by=person(f"M{recommendation.pk}", "manager", ofsted), approve=True)
        recommendation.refresh_from_db()
        assert (str(recommendation.due_on), recommendation.due_first) == (
            "2027-03-31",
            due or recommendation.due_on,
        )
    again = shown(client, RECOMMENDATIONS, several, change="due_on", due_on="31/3/2027", reason="Staffing.")
    assert "This is its due date already." in text(again)


@pytest.mark.parametrize(
    ("day", "words"),
    [("1/1/2020", "Propose a day to come."), ("31/12/9999", "Propose a day within ten years.")],
)
def test_a_due_date_for_several_is_one_that_can_be_met_as_for_a_single_one(
    day, words, finding, stockton, ines, mary, stan, signed_in
):
    several = [recommended(finding, stockton, author=ines, manager=mary, lead=stan)]
    refused = shown(
        signed_in(mary), RECOMMENDATIONS, several, change="due_on", due_on=day, reason="Staffing."
    )
    assert error_summary(refused) == [f"New due date: {words}"]
    assert not several[0].due_date_changes.exists()


@pytest.mark.parametrize("address", [FINDINGS, RECOMMENDATIONS])
@pytest.mark.parametrize("pick", ["a\0b", "\n", "x" * 5000, "\u202e"])
def test_what_is_no_id_at_all_is_not_found(pick, address, finding, mary, signed_in):
    """PostgreSQL takes no NUL in a text."""
    response = signed_in(mary).post(address, {"pick": pick, "change": "withdraw", "reason": "Why."})
    assert response.status_code == 200
    assert "cannot be found any more" in text(response)


def test_recommendations_are_withdrawn_before_issue_only(
    draft, finding, stockton, ines, mary, stan, signed_in
):
    drafted = Recommendation.draft(by=ines, finding=draft, values={"addressee": stockton, "text": "A."})
    issued = recommended(finding, stockton, author=ines, manager=mary, lead=stan)
    client = signed_in(ines)
    both = shown(client, RECOMMENDATIONS, [drafted, issued], change="withdraw", reason="Twice.")
    assert "You may not withdraw it, or it is issued." in text(both)
    preview = shown(client, RECOMMENDATIONS, [drafted], change="withdraw", reason="Twice.")
    assert confirmed(client, preview).status_code == 302
    drafted.refresh_from_db()
    assert drafted.status == "withdrawn"


def test_the_filter_of_the_list_says_what_is_offered(drafting, drafts, ines, met, missing, signed_in):
    logged(drafting, ines, strength(met, missing, summary="Another agency."))
    offered = text(signed_in(ines).get(f"{FINDINGS}?force=cleveland"))
    assert "Number 1." in offered
    assert "Another agency." not in offered


def test_all_of_the_list_are_chosen_by_one_box_and_none_to_begin_with(
    drafting, drafts, ines, met, missing, signed_in
):
    logged(drafting, ines, strength(met, missing, summary="Another agency."))
    client = signed_in(ines)
    asked = client.get(f"{FINDINGS}?force=cleveland")
    assert not [box for box in page(asked).find_all("input", name="pick") if "checked" in box.attrs]
    preview = submit(client, asked, all="1", change="withdraw", reason="All of them.")
    assert "Change 3 records" in text(preview)
    assert confirmed(client, preview).status_code == 302
    assert sorted(statuses().values()) == ["draft", "withdrawn", "withdrawn", "withdrawn"]


def test_a_confirmation_made_up_or_of_another_person_is_not_taken(drafts, ines, mary, missing, signed_in):
    client, other = signed_in(ines), signed_in(mary)
    fields = {"change": "theme", "theme": missing.pk, "reason": "Why."}
    preview = shown(client, FINDINGS, drafts, **fields)
    token = page(preview).find("input", name="shown")["value"]
    for sender, sent in ((other, token), (client, "made-up"), (client, "")):
        data = {"pick": ids(drafts), "confirm": "1", "shown": sent, **fields}
        assert sender.post(FINDINGS, data).status_code == 409
    # Another change than the one shown, and other records.
    for sent in ({"change": "withdraw"}, {"pick": ids(drafts[:2])}):
        data = {"pick": ids(drafts), "confirm": "1", "shown": token, **fields, **sent}
        assert client.post(FINDINGS, data).status_code == 409
    assert set(statuses().values()) == {"draft"}
    assert not Finding.objects.filter(theme=missing).exists()


def test_confirming_twice_changes_once(drafts, ines, missing, signed_in):
    client = signed_in(ines)
    preview = shown(client, FINDINGS, drafts, change="theme", theme=missing.pk, reason="Why.")
    assert confirmed(client, preview).status_code == 302
    before = Event.objects.count()
    assert confirmed(client, preview).status_code == 409
    assert Event.objects.count() == before


def test_choosing_again_keeps_the_choice(drafts, ines, missing, signed_in):
    client = signed_in(ines)
    preview = shown(client, FINDINGS, drafts[:1], change="theme", theme=missing.pk, reason="KEPT-REASON")
    again = submit(client, preview, button="choose")
    assert again.status_code == 200
    assert "KEPT-REASON" in page(again).find("textarea", name="reason").raw
    picked = [box["value"] for box in page(again).find_all("input", name="pick") if "checked" in box.attrs]
    assert picked == ids(drafts[:1])


@pytest.mark.parametrize("data", [{}, {"pick": "x" * 400}, {"pick": [str(n) for n in range(500)]}])
def test_nothing_or_nonsense_chosen_is_an_error_in_words(data, drafts, ines, signed_in):
    response = signed_in(ines).post(FINDINGS, {"change": "withdraw", "reason": "Why.", **data})
    assert response.status_code == 200
    assert error_summary(response)
    assert set(statuses().values()) == {"draft"}
    assert reverse("findings_bulk") == FINDINGS
