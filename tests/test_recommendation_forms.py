"""Writing, verifying, replacing and dating recommendations: what the forms take, what they refuse beside the field,
and that nothing typed is lost or overwritten."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from findings.models import Evidence, Finding, Recommendation, Verification
from findings.models.follow_up import DueBasis

from .browsing import choices, error_summary, errors_beside, form, page, submit, text
from .conftest import person, record_finding, record_inspection, strength, weakness
from .states import moved, planned, recommended

TODAY = timezone.localdate


def day(value):
    return date_format(value, "j/n/Y")


@pytest.fixture
def give(finding, stockton, otto, mary, stan):
    """give(status): a recommendation to Stockton of the finding of 2016 about Cleveland, written by Otto."""
    return lambda status="issued": recommended(
        finding, stockton, status, author=otto, manager=mary, lead=stan
    )


def address(route, found, *args):
    return reverse(f"recommendation_{route}", args=[found.public_id, *args])


def again(found):
    return Recommendation.objects.get(pk=found.pk)


# Writing


def test_a_recommendation_of_a_draft_is_issued_with_its_finding(draft, ines, mary, stockton, signed_in):
    client = signed_in(ines)
    asked = client.get(reverse("recommendation_add", args=[draft.public_id]))
    first = list(choices(asked, "addressee").values())[1:3]
    assert first == ["Cleveland Police", "Stockton-on-Tees Borough Council"]
    response = submit(
        client, asked, addressee=stockton.pk, text="Attend.", priority="high", due_printed="31/12/2026"
    )
    found = Recommendation.objects.get()
    assert response["Location"] == found.get_absolute_url()
    assert (found.status, found.reference, found.due_on, found.author) == ("draft", None, None, ines)
    for verb in ("submit", "agree"):
        draft.move(verb, by=ines if verb == "submit" else mary)
    # What is agreed is agreed with its recommendations.
    assert client.get(address("edit", found)).status_code == 403
    assert client.get(reverse("recommendation_add", args=[draft.public_id])).status_code == 403
    inspection = draft.inspection
    for verb in ("send_for_factual_accuracy", "embargo", "publish"):
        from .states import step

        step(inspection, verb, mary)
    found = again(found)
    assert (found.status, found.due_on, found.due_basis) == ("issued", date(2026, 12, 31), DueBasis.PRINTED)
    assert found.reference == f"{Finding.objects.get(pk=draft.pk).reference}-R1"


def test_one_added_to_a_published_finding_waits_for_a_manager(finding, ines, mary, stockton, signed_in):
    client = signed_in(ines)
    asked = client.get(reverse("recommendation_add", args=[finding.public_id]))
    assert "until a manager who did not write it issues it" in text(asked)
    submit(
        client,
        asked,
        addressee=stockton.pk,
        text="Attend.",
        timescale="within three months",
        timescale_length="3",
        timescale_unit="months",
    )
    found = Recommendation.objects.get()
    assert client.get(address("step", found, "issue")).status_code == 403
    client = signed_in(mary)
    assert submit(client, client.get(address("step", found, "issue"))).status_code == 302
    found = again(found)
    assert (found.status, found.issued_on, found.due_basis) == ("issued", TODAY(), DueBasis.TIMESCALE)
    seen = text(client.get(found.get_absolute_url()))
    assert f"Counted from the timescale in the report: 3 months after {date_format(TODAY())}." in seen


@pytest.mark.parametrize(
    ("changes", "field", "complaint"),
    [
        ({"addressee": ""}, "addressee", "Choose who is asked to act."),
        ({"addressee": "999999"}, "addressee", "Choose an agency from the list."),
        ({"addressee": "9" * 30}, "addressee", "Choose an agency from the list."),
        ({"text": " "}, "text", "Write what is recommended."),
        ({"text": "x" * 4001}, "text", "Ensure this value has at most 4000 characters"),
        ({"priority": "soon"}, "priority", "Select a valid choice"),
        ({"due_printed": "next week"}, "due_printed", "Write a date such as"),
        ({"due_printed": "4/8/2016"}, "due_printed", "It cannot be due before 5 August 2016"),
        (
            {"timescale_length": "3"},
            "timescale_unit",
            "Give the length of the timescale together with its unit.",
        ),
        (
            {"timescale_unit": "weeks"},
            "timescale_length",
            "Give the length of the timescale together with its unit.",
        ),
        ({"timescale_length": "11", "timescale_unit": "years"}, "timescale_unit", "Select a valid choice"),
        (
            {"timescale_length": "121", "timescale_unit": "months"},
            "timescale_length",
            "A timescale is ten years",
        ),
        (
            {"timescale_length": "9999", "timescale_unit": "working_days"},
            "timescale_length",
            "A timescale is ten years",
        ),
        (
            {"timescale_length": "32767", "timescale_unit": "weeks"},
            "timescale_length",
            "A timescale is ten years",
        ),
        (
            {"timescale_length": "-1", "timescale_unit": "weeks"},
            "timescale_length",
            "Ensure this value is greater",
        ),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    changes, field, complaint, finding, ines, stockton, signed_in
):
    client = signed_in(ines)
    asked = client.get(reverse("recommendation_add", args=[finding.public_id]))
    right = {"addressee": stockton.pk, "text": "KEPT words"}
    response = submit(client, asked, **{**right, **changes})
    assert response.status_code == 200
    (error,) = errors_beside(response, f"id_{field}")
    assert error.startswith(complaint)
    assert len(error_summary(response)) == 1
    assert not Recommendation.objects.exists()


def test_a_strength_takes_no_recommendation(published, cleveland, strategy, ines, signed_in):
    good = record_finding(published, strength(cleveland, strategy))
    client = signed_in(ines)
    where = reverse("recommendation_add", args=[good.public_id])
    assert (client.get(where).status_code, client.post(where, {"text": "x"}).status_code) == (403, 403)


def test_the_same_form_twice_is_one_recommendation_and_other_words_become_an_edit(
    finding, ines, stockton, signed_in
):
    client = signed_in(ines)
    asked = client.get(reverse("recommendation_add", args=[finding.public_id]))
    answers = [submit(client, asked, addressee=stockton.pk, text="Attend.") for _ in range(2)]
    found = Recommendation.objects.get()
    assert [answer["Location"] for answer in answers] == [found.get_absolute_url()] * 2
    other = submit(client, asked, addressee=stockton.pk, text="Attend early.")
    assert other.status_code == 409
    assert "You have saved this recommendation already" in text(other)
    assert submit(client, other).status_code == 302
    assert again(found).text == "Attend early."
    assert [event.verb for event in found.events()] == ["drafted", "edited"]


def test_of_two_editors_the_later_sees_both_versions(finding, ines, mary, stockton, signed_in):
    found = Recommendation.draft(by=ines, finding=finding, values={"addressee": stockton, "text": "Attend."})
    client = signed_in(ines)
    asked = client.get(address("edit", found))
    found.edit(by=mary, values={"text": "Mary's words."}, expect=1)
    response = submit(client, asked, text="My words.")
    assert response.status_code == 409
    assert "Somebody else changed this meanwhile" in text(response)
    (row,) = page(response).find("tbody").find_all("tr")
    assert [cell.text for cell in row.find_all("td")] == ["My words.", "Mary's words."]
    assert submit(client, response).status_code == 302
    assert again(found).text == "My words."


def test_a_recommendation_written_while_its_finding_was_agreed_is_not_lost(
    draft, ines, mary, stockton, signed_in
):
    client = signed_in(ines)
    asked = client.get(reverse("recommendation_add", args=[draft.public_id]))
    draft.move("submit", by=ines)
    draft.move("agree", by=mary)
    response = submit(client, asked, addressee=stockton.pk, text="KEPT words")
    assert response.status_code == 409
    assert error_summary(response) == [
        "This is now “Agreed”, so nothing was saved. Your words are kept in the form below."
    ]
    assert "KEPT words" in text(response)
    assert not Recommendation.objects.exists()


def test_text_outlives_the_session(give, stan):
    """Typed, sent without a session: after signing in it is back in the form, not saved yet."""
    from django.test import Client

    from .conftest import PASSWORD

    found, client = give(), Client()
    client.force_login(stan)
    where, fields = form(client.get(address("respond", found)))
    client.logout()
    held = client.post(where, {**fields, "position": "accepted", "text": "KEPT words"})
    assert "KEPT words" not in text(held)
    kept = page(held).find("input", name="held")["value"]
    client.post("/sign-in/", {"username": stan.email, "password": PASSWORD, "held": kept})
    back = client.get(where)
    assert "What you had typed is back in the form." in text(back)
    assert "KEPT words" in text(back)
    assert again(found).status == "issued"
    assert submit(client, back).status_code == 302
    assert again(found).status == "responded"


# Verifying

SAW = {"kind": "reinspection", "progress": "good", "text": "The joint inspection saw it."}


@pytest.fixture
def joint(jtai, hmicfrs, stockton):
    """HMICFRS's joint inspection of January 2018, published."""
    return record_inspection(jtai, hmicfrs, stockton, date(2018, 1, 12))


def test_the_box_that_closes_is_offered_after_a_claim_only(give, mary, signed_in):
    client = signed_in(mary)
    early = client.get(address("verify", give("in_progress")))
    assert page(early).find("input", name="closes") is None
    assert "Completion is not claimed yet" in text(early)
    found = give("completion_claimed")
    asked = client.get(address("verify", found))
    assert page(asked).find("input", name="closes") is not None
    assert "It is done." in text(asked)  # the claim
    # Sent by hand where it is not offered, it closes nothing.
    other = give("in_progress")
    sent = {"version": other.version, **SAW, "on": day(TODAY()), "closes": "on"}
    assert client.post(address("verify", other), sent).status_code == 302
    assert again(other).status == "in_progress"


def test_each_step_of_the_scale_is_offered_with_what_it_means(give, mary, signed_in):
    offered = choices(signed_in(mary).get(address("verify", give())), "progress")
    assert list(offered) == ["none", "insufficient", "reasonable", "good"]
    assert all(len(label) > 40 for label in offered.values())


@pytest.mark.parametrize("progress", ["none", "insufficient"])
def test_nothing_is_closed_on_too_little_progress(progress, give, mary, signed_in):
    found, client = give("completion_claimed"), signed_in(mary)
    response = submit(
        client, client.get(address("verify", found)), **{**SAW, "progress": progress}, closes="on"
    )
    assert errors_beside(response, "id_closes") == [
        "A recommendation is closed on reasonable or good progress only."
    ]
    assert again(found).status == "completion_claimed"


def test_somebody_of_another_inspectorate_verifies_through_a_published_inspection_of_theirs(
    recommendation, joint, hugo, signed_in
):
    """As in real life: Stockton's finding of 2016 was verified by the joint inspection of 2018."""
    found, client = recommendation, signed_in(hugo)
    assert address("verify", found) in client.get(found.get_absolute_url()).content.decode()
    asked = client.get(address("verify", found))
    assert "Your inspectorate took no part in this inspection" in text(asked)
    bare = submit(client, asked, **SAW, on="22/1/2018")
    assert errors_beside(bare, "id_through")[0].startswith(
        "Give a published inspection that your inspectorate"
    )
    early = submit(client, bare, through=joint.reference, on="4/8/2016")
    assert errors_beside(early, "id_on")[0].startswith("The step before was taken on 5 August 2016")
    late = submit(client, bare, through=joint.reference, on=day(TODAY() + timedelta(1)))
    assert errors_beside(late, "id_on") == ["This day is still to come."]
    assert submit(client, bare, through=joint.reference.lower(), on="22/1/2018").status_code == 302
    verification = Verification.objects.get()
    assert (verification.through, verification.on, verification.closes) == (joint, date(2018, 1, 22), False)
    assert again(found).status == "issued"


def test_hugo_closes_through_his_own_inspection(give, jtai, hmicfrs, stockton, hugo, signed_in):
    found, client = give("completion_claimed"), signed_in(hugo)
    later = record_inspection(jtai, hmicfrs, stockton, TODAY())
    response = submit(
        client, client.get(address("verify", found)), **SAW, closes="on", through=later.reference
    )
    assert response.status_code == 302
    verification = Verification.objects.get()
    assert (verification.by, verification.through, verification.closes) == (hugo, later, True)
    found = again(found)
    assert (found.status, found.events().last().verb) == ("closed_verified", "verify and close")
    seen = text(client.get(found.get_absolute_url()))
    assert "ThroughStockton-on-Tees Borough Council, JTAI" in seen


def test_the_inspection_must_be_published_later_and_one_that_the_person_may_verify_through(
    give, published, sif, jtai, ofsted, hmicfrs, stockton, camden, hugo, otto, mary, signed_in
):
    found = give("completion_claimed")
    hidden = moved(planned(otto, sif, camden), "drafting", mary)
    early = record_inspection(jtai, hmicfrs, stockton, date(2014, 1, 1))
    theirs = record_inspection(sif, ofsted, camden, TODAY())
    client = signed_in(hugo)
    asked = client.get(address("verify", found))
    said = {
        reference: errors_beside(submit(client, asked, **SAW, through=reference), "id_through")
        for reference in (
            hidden.public_id,
            "SIF-2099-XXX",
            published.reference,
            early.reference,
            theirs.reference,
        )
    }
    unknown = "No published inspection has the reference “{}”."
    assert said[hidden.public_id] == [unknown.format(hidden.public_id)]
    assert said["SIF-2099-XXX"] == [unknown.format("SIF-2099-XXX")]
    assert said[published.reference] == ["This is the inspection that the recommendation comes from."]
    assert said[early.reference] == ["This inspection was published before the recommendation was issued."]
    assert said[theirs.reference][0].startswith("Give a published inspection that your inspectorate led")
    assert again(found).status == "completion_claimed"


@pytest.fixture
def evidence(stan):
    """evidence(recommendation): a file that Stan added."""
    from types import SimpleNamespace

    def add(found, name="log.xlsx"):
        stored = SimpleNamespace(
            key=f"{found.public_id}{name}", name=name, content_type="text/plain", size=5, sha256="0" * 64
        )
        values = {"kind": "data", "description": f"Attendance in {name}", "retain_until": date(2040, 1, 1)}
        return Evidence.add(by=stan, recommendation=found, stored=stored, values=values)

    return add


def test_evidence_of_this_recommendation_only_is_what_it_rests_on(give, evidence, mary, hugo, signed_in):
    found, other = give("completion_claimed"), give("in_progress")
    own, foreign = evidence(found), evidence(other, "other.xlsx")
    client = signed_in(mary)
    asked = client.get(address("verify", found))
    assert list(choices(asked, "evidence")) == [own.public_id]
    response = submit(client, asked, **SAW, evidence=[foreign.public_id])
    assert "is not one of the available choices" in errors_beside(response, "id_evidence")[0]
    assert submit(client, asked, **SAW, closes="on", evidence=[own.public_id]).status_code == 302
    assert list(Verification.objects.get().evidence.all()) == [own]
    # Hugo's inspectorate does not follow it up: evidence is not shown to him, though the verification is.
    seen = signed_in(hugo).get(found.get_absolute_url()).content.decode()
    assert "log.xlsx" not in seen
    assert "Good progress" in seen
    assert page(signed_in(hugo).get(address("verify", other))).find("input", name="evidence") is None


# Replacing


def test_a_successor_keeps_the_first_dates_and_both_lead_to_each_other(
    give, finding, published, cleveland, strategy, mary, signed_in
):
    found, client = give(), signed_in(mary)
    later = record_finding(published, weakness(cleveland, strategy))
    asked = client.get(address("supersede", found))
    response = submit(
        client,
        asked,
        finding=later.reference,
        addressee=cleveland.pk,
        text="Attend, prepared.",
        reason="Clearer.",
    )
    successor = Recommendation.objects.get(supersedes=found)
    assert response["Location"] == successor.get_absolute_url()
    assert (successor.finding, successor.addressee) == (later, cleveland)
    assert (successor.first_issued_on, successor.issued_on) == (found.first_issued_on, TODAY())
    assert again(found).status == "superseded"
    assert successor.reference in text(client.get(found.get_absolute_url()))
    assert found.reference in text(client.get(successor.get_absolute_url()))


def test_it_is_superseded_for_a_finding_that_the_manager_works_on(
    give, draft, jtai, hmicfrs, camden, cleveland, strategy, published, mary, signed_in
):
    found, client = give(), signed_in(mary)
    elsewhere = record_finding(
        record_inspection(jtai, hmicfrs, camden, date(2020, 1, 1)), weakness(cleveland, strategy)
    )
    good = record_finding(published, strength(cleveland, strategy))
    asked = client.get(address("supersede", found))
    for reference, complaint in (
        ("", "Give the reference of the finding."),
        (draft.public_id, f"No published finding has the reference “{draft.public_id}”."),
        ("SIF-2099-XXX-01", "No published finding has the reference “SIF-2099-XXX-01”."),
        (elsewhere.reference, "You do not work on the inspection of this finding."),
        (good.reference, "This is a strength."),
    ):
        response = submit(client, asked, finding=reference, reason="Clearer.")
        assert errors_beside(response, "id_finding") == [complaint]
    assert again(found).status == "issued"


# Dates


def test_a_date_is_proposed_by_the_agency_and_approved_by_a_manager(give, stan, mary, signed_in):
    found = give()
    wanted = TODAY() + timedelta(90)
    client = signed_in(stan)
    response = submit(client, client.get(address("date", found)), due_on=day(wanted), reason="A new rota.")
    assert response.status_code == 302
    assert again(found).due_on is None
    assert client.get(address("date", found)).status_code == 403  # one at a time
    manager = signed_in(mary)
    asked = manager.get(address("date_decide", found))
    assert "A new rota." in text(asked)
    assert submit(manager, asked, decision="approve").status_code == 302
    found = again(found)
    # None was set at issue: the first date ever agreed is the original one.
    assert (found.due_on, found.due_first) == (wanted, wanted)
    later = TODAY() + timedelta(180)
    submit(client, client.get(address("date", found)), due_on=day(later), reason="Once more.")
    submit(manager, manager.get(address("date_decide", found)), decision="approve", reason="The last time.")
    found = again(found)
    assert (found.due_on, found.due_first) == (later, wanted)
    seen = text(client.get(found.get_absolute_url()))
    for words in (
        "A new rota.",
        "Once more.",
        "The last time.",
        "Agreed later: none was set when it was issued.",
    ):
        assert words in seen
    others = text(
        signed_in(person("Cora", "respondent", found.finding.attributed_to)).get(found.get_absolute_url())
    )
    assert "A new rota." not in others
    assert date_format(later) in others


@pytest.mark.parametrize(
    ("sent", "complaint"),
    [
        (lambda: day(TODAY()), "Propose a day to come."),
        (lambda: "1/1/2010", "Propose a day to come."),
        (lambda: "1/1/2099", "Propose a day within ten years."),
        (lambda: "31/2/2030", "Write a date such as"),
        (lambda: "", "Give the day."),
    ],
)
def test_a_date_to_come_is_proposed(sent, complaint, give, stan, signed_in):
    found, client = give(), signed_in(stan)
    response = submit(client, client.get(address("date", found)), due_on=sent(), reason="Why.")
    assert errors_beside(response, "id_due_on")[0].startswith(complaint)
    assert not again(found).due_date_changes.exists()


def test_a_date_is_refused_with_a_reason(give, stan, mary, signed_in):
    found, client = give(), signed_in(mary)
    found.propose_due_date(by=stan, due_on=TODAY() + timedelta(90), reason="Why.")
    asked = client.get(address("date_decide", found))
    bare = submit(client, asked, decision="refuse")
    assert errors_beside(bare, "id_reason") == ["Say why it is refused."]
    assert errors_beside(submit(client, asked), "id_decision") == ["Approve or refuse it."]
    assert submit(client, bare, reason="Children wait.").status_code == 302
    change = found.due_date_changes.get()
    assert (change.status, change.decision_reason, change.decided_by) == ("refused", "Children wait.", mary)
    assert again(found).due_on is None


# Following up


def test_it_is_given_to_somebody_who_takes_part(give, ines, otto, hugo, mary, stan, signed_in):
    found, client = give(), signed_in(ines)
    asked = client.get(address("assign", found))
    offered = choices(asked, "to").values()
    assert "Otto Example (Ofsted)" in offered
    assert not [label for label in offered if "Hugo" in label or "Stan" in label]
    for stranger in (hugo.pk, stan.pk, 999999):
        assert errors_beside(submit(client, asked, to=stranger), "id_to") == [
            "Choose somebody from the list."
        ]
    assert submit(client, asked, to=otto.pk).status_code == 302
    assert again(found).assigned_to == otto
    assert "Otto Example (Ofsted)" in text(client.get(found.get_absolute_url()))
    assert "Otto Example" not in text(signed_in(stan).get(found.get_absolute_url())).partition("Comments")[0]
    mine = signed_in(otto).get("/recommendations/?mine=true").content.decode()
    assert found.public_id in mine
    assert submit(client, client.get(address("assign", found)), to="").status_code == 302
    assert again(found).assigned_to is None
