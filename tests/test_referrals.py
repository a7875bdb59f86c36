"""Cases referred back and local escalations: who records and sees them, in every state, with one event each."""

from datetime import date

import pytest
from django.urls import reverse

from agencies.models import Channel, Event
from findings.models import CaseReferral, LocalEscalation
from inspections.models import IllegalTransition

from .browsing import choices, error_summary, errors_beside, page, submit, text
from .conftest import weakness
from .states import logged
from .who_sees_what import (
    AT_WORK,
    MISSING,
    OUTSIDERS,
    PUBLIC,
    READERS,
    REFUSED,
    SHOWN,
    WITH_A_ROLE,
    mismatches,
)

OF_A_CASE = ("case_referral", "case_referral_edit", "case_referral_resolve")
ROUTES = {"case_referrals", "case_referral_add", "local_escalation_add", "local_escalation_edit", *OF_A_CASE}
STATES = ["drafting", "factual_accuracy", "embargoed", "published", "closed", "cancelled"]
SHARED = ("factual_accuracy", "embargoed")


def refer(inspection, to_agency, by=None, **values):
    return CaseReferral.refer(
        by=by,
        channel=Channel.COMMAND,
        inspection=inspection,
        values={"to_agency": to_agency, "reason": "CASE-WORDS closed against the signs.", **values},
    )


def sees(name, status):
    """Of a case that was sent to Clara's force."""
    return name in READERS or (
        name in WITH_A_ROLE and (status in PUBLIC or (status in SHARED and name == "clara"))
    )


@pytest.mark.parametrize("status", STATES)
def test_a_case_is_seen_by_those_at_work_then_by_its_agency_then_by_all(status, people, make, cleveland):
    referral = refer(make(status), cleveland)
    before = Event.objects.count()

    def reads(name):
        return SHOWN if sees(name, status) else MISSING

    def changes(name):
        return MISSING if not sees(name, status) else SHOWN if name in AT_WORK else REFUSED

    assert mismatches(people, "case_referral", referral.public_id, reads) == []
    for route in ("case_referral_edit", "case_referral_resolve"):
        assert mismatches(people, route, referral.public_id, changes) == [], route
    assert Event.objects.count() == before
    for name in sorted(WITH_A_ROLE):
        listed = "1 case" in page(people[name].get(reverse("case_referrals"))).text
        assert listed == sees(name, status), name
        shown = (
            "Case referred back to Cleveland Police"
            in page(people[name].get(referral.inspection.get_absolute_url())).text
        )
        assert shown == sees(name, status), name


def test_a_case_of_a_finding_that_is_not_published_is_not_told_with_the_inspection(
    people,
    make,
    ines,
    cleveland,
    strategy,
):
    inspection = make("published")
    draft = logged(inspection, ines, weakness(cleveland, strategy))
    referral = refer(inspection, cleveland, finding=draft)
    reads = lambda name: SHOWN if name in READERS else MISSING
    assert mismatches(people, "case_referral", referral.public_id, reads) == []
    for name in sorted(OUTSIDERS | {"clara", "stan"}):
        assert "0 cases" in page(people[name].get(reverse("case_referrals"))).text
        assert "CASE-WORDS" not in page(people[name].get(inspection.get_absolute_url())).text


@pytest.mark.parametrize("status", ["drafting", "published", "cancelled"])
def test_cases_are_recorded_by_those_who_make_the_inspection(status, people, make):
    inspection = make(status)

    def records(name):
        visible = name in READERS or (status == "published" and name in WITH_A_ROLE)
        allowed = name in AT_WORK and status != "cancelled"
        return MISSING if not visible else SHOWN if allowed else REFUSED

    assert mismatches(people, "case_referral_add", inspection.public_id, records) == []


def test_a_case_is_recorded_once_resolved_and_changed_with_one_event_each(
    drafting, ines, cleveland, signed_in
):
    client = signed_in(ines)
    asked = client.get(reverse("case_referral_add", args=[drafting.public_id]))
    values = {"to_agency": cleveland.pk, "reason": "Closed.", "referred_on": "1/6/2026"}
    first, second = submit(client, asked, **values), submit(client, asked, **values)
    referral = CaseReferral.objects.get()
    assert first["Location"] == second["Location"] == referral.get_absolute_url()
    assert [event.verb for event in referral.events()] == ["referred"]

    resolve = client.get(reverse("case_referral_resolve", args=[referral.public_id]))
    early = submit(client, resolve, outcome="reopened", resolved_on="31/5/2026", outcome_note="KEPT-NOTE")
    assert errors_beside(early, "id_resolved_on") == ["A case cannot be resolved before it was referred."]
    assert "KEPT-NOTE" in page(early).find("textarea", name="outcome_note").raw
    assert submit(client, early, resolved_on="8/6/2026").status_code == 302
    referral.refresh_from_db()
    assert (referral.outcome, referral.resolved_on, referral.days) == ("reopened", date(2026, 6, 8), 7)
    assert "after 7 days" in text(client.get(referral.get_absolute_url()))

    again = submit(client, client.get(resolve.wsgi_request.path), outcome="safeguarded")
    assert again.status_code == 302
    edit = client.get(reverse("case_referral_edit", args=[referral.public_id]))
    assert submit(client, edit, reason="Closed too early.").status_code == 302
    assert [event.verb for event in referral.events()] == ["referred", "resolved", "edited", "edited"]
    assert all(event.by == ines for event in referral.events())


def test_a_change_meanwhile_shows_both_versions(drafting, ines, mary, cleveland, signed_in):
    referral = refer(drafting, cleveland)
    client = signed_in(ines)
    for route, field, value in (
        ("case_referral_edit", "reason", "MINE"),
        ("case_referral_resolve", "outcome_note", "MINE"),
    ):
        asked = client.get(reverse(route, args=[referral.public_id]))
        referral.refresh_from_db()
        referral.edit(by=mary, values={field: f"THEIRS-{route}"}, expect=referral.version)
        response = submit(client, asked, **{field: value, "outcome": "no_change"})
        assert response.status_code == 409
        assert f"THEIRS-{route}" in text(response)
        assert "MINE" in page(response).find("textarea", name=field).raw


def test_sent_again_with_other_words_it_is_another_case_once_it_is_sent_once_more(
    drafting, draft, ines, stockton, cleveland, signed_in
):
    client = signed_in(ines)
    to = {"to_agency": cleveland.pk, "by_agency": stockton.pk}
    for route, about, field, model in (
        ("case_referral_add", drafting, "reason", CaseReferral),
        ("local_escalation_add", draft, "note", LocalEscalation),
    ):
        asked = client.get(reverse(route, args=[about.public_id]))
        assert submit(client, asked, **to, **{field: "One."}).status_code == 302
        response = submit(client, asked, **to, **{field: "Two."})
        assert response.status_code == 409
        assert "sent already, with other words" in error_summary(response)[0]
        assert "Two." in page(response).find("textarea", name=field).raw
        assert model.objects.count() == 1
        assert submit(client, response).status_code == 302
        assert sorted(model.objects.values_list(field, flat=True)) == ["One.", "Two."]


@pytest.mark.parametrize("days", [{"referred_on": "1/1/2999"}, {"referred_on": "31/2/2026"}])
def test_wrong_days_are_told_beside_the_field(days, drafting, ines, cleveland, signed_in):
    client = signed_in(ines)
    asked = client.get(reverse("case_referral_add", args=[drafting.public_id]))
    response = submit(client, asked, to_agency=cleveland.pk, reason="KEPT", **days)
    assert errors_beside(response, "id_referred_on")
    assert "KEPT" in page(response).find("textarea", name="reason").raw
    assert not CaseReferral.objects.exists()


def test_a_finding_of_another_inspection_is_not_offered_or_taken(
    drafting, draft, finding, ines, cleveland, signed_in
):
    client = signed_in(ines)
    asked = client.get(reverse("case_referral_add", args=[drafting.public_id]))
    answers = [
        error_summary(submit(client, asked, to_agency=cleveland.pk, reason="Why.", finding=stranger))
        for stranger in (finding.public_id, "2222222222222222")
    ]
    assert answers[0] == answers[1] != []
    assert (
        submit(client, asked, to_agency=cleveland.pk, reason="Why.", finding=draft.public_id).status_code
        == 302
    )


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_queries_for_one_and_three(
    number, published, cleveland, mary, signed_in, django_assert_num_queries
):
    for _n in range(number):
        refer(published, cleveland)
    client = signed_in(mary)
    client.get(reverse("case_referrals"))
    with django_assert_num_queries(13):
        client.get(reverse("case_referrals"))


def test_filters_read_outcomes_as_of_their_day(published, cleveland, stockton, mary, signed_in):
    refer(
        published,
        cleveland,
        referred_on=date(2016, 6, 1),
        outcome="reopened",
        resolved_on=date(2016, 9, 1),
    )
    refer(published, stockton)
    client = signed_in(mary)
    for query, number in {
        "": 2,
        "outcome=none": 1,
        "outcome=any": 1,
        "outcome=days": 1,
        "outcome=reopened": 1,
        "outcome=no_change": 0,
        "to_agency=cleveland": 1,
        f"inspection={published.public_id}": 2,
        "as_of=2016-08-05": 0,  # published on that day: known from the next on
        "as_of=2016-08-06": 2,
        "as_of=2016-08-06&outcome=none": 2,
        "as_of=2016-09-01&outcome=reopened": 0,
        "as_of=2016-09-02&outcome=reopened": 1,
    }.items():
        assert f"{number} case" in page(client.get(f"/cases/?{query}")).text, query


# Local escalations


def test_an_escalation_is_recorded_by_those_who_make_the_inspection(finding, people):
    at_work = {"ines", "mary"}
    records = lambda name: MISSING if name not in WITH_A_ROLE else SHOWN if name in at_work else REFUSED
    assert mismatches(people, "local_escalation_add", finding.public_id, records) == []


def test_an_escalation_is_recorded_once_and_changed_with_one_event_each(
    finding, ines, stockton, cleveland, clara, signed_in
):
    client = signed_in(ines)
    asked = client.get(reverse("local_escalation_add", args=[finding.public_id]))
    same = submit(client, asked, by_agency=cleveland.pk, to_agency=cleveland.pk)
    assert errors_beside(same, "id_to_agency") == ["An agency raises a concern with another one."]
    values = {
        "by_agency": stockton.pk,
        "to_agency": cleveland.pk,
        "level": "senior",
        "outcome": "ineffective",
    }
    assert submit(client, asked, **values)["Location"] == finding.get_absolute_url()
    submit(client, asked, **values)
    escalation = LocalEscalation.objects.get()
    assert [event.verb for event in escalation.events()] == ["recorded"]
    told = text(signed_in(clara).get(finding.get_absolute_url()))
    assert "Stockton-on-Tees Borough Council had raised it with Cleveland Police" in told
    edit = client.get(reverse("local_escalation_edit", args=[escalation.public_id]))
    assert submit(client, edit, outcome="effective").status_code == 302
    assert [event.verb for event in escalation.events()] == ["recorded", "edited"]


def test_an_escalation_about_a_draft_is_for_those_at_work_alone(draft, people, stockton, cleveland, ines):
    escalation = LocalEscalation.record(
        by=ines, finding=draft, values={"by_agency": stockton, "to_agency": cleveland, "note": "NOTE-WORDS"}
    )

    def changes(name):
        return SHOWN if name in ("ines", "mary") else REFUSED if name == "audrey" else MISSING

    assert mismatches(people, "local_escalation_edit", escalation.public_id, changes) == []


def test_nothing_is_recorded_of_a_finding_withdrawn_meanwhile_and_the_words_stay(
    draft, ines, mary, stockton, cleveland, signed_in
):
    client = signed_in(ines)
    where = reverse("local_escalation_add", args=[draft.public_id])
    asked = client.get(where)
    draft.move("withdraw", by=mary, reason="Not needed.")
    values = {"by_agency": stockton.pk, "to_agency": cleveland.pk, "note": "Typed words."}
    response = submit(client, asked, **values)
    assert response.status_code == 409
    assert "The finding is withdrawn" in error_summary(response)[0]
    assert "Typed words." in page(response).find("textarea", name="note").raw
    assert client.get(where).status_code == 403
    with pytest.raises(IllegalTransition):
        LocalEscalation.record(by=ines, finding=draft, values={"by_agency": stockton, "to_agency": cleveland})
    assert where not in client.get(draft.get_absolute_url()).content.decode()
    assert not LocalEscalation.objects.exists()


# The list


def test_the_numbers_beside_the_filters_are_of_visible_cases(
    published, drafting, cleveland, stockton, mary, otto, signed_in
):
    refer(
        published, cleveland, referred_on=date(2016, 6, 1), outcome="reopened", resolved_on=date(2016, 9, 1)
    )
    refer(published, stockton)
    refer(drafting, cleveland)
    counts = {
        name: {value: label for value, label in choices(response, "outcome").items() if value}
        for name, response in (
            (person.first_name, signed_in(person).get(reverse("case_referrals"))) for person in (mary, otto)
        )
    }
    assert counts["Mary"]["none"] == "Not known yet (2)"
    assert counts["Otto"] == {
        "none": "Not known yet (1)",
        "any": "Known (1)",
        "days": "Known, with the days it took (1)",
        "no_change": "No change (0)",
        "safeguarded": "Child safeguarded (0)",
        "reopened": "Investigation reopened (1)",
    }
    response = signed_in(otto).get(reverse("case_referrals"))
    assert list(choices(response, "inspection").values()) == ["Any inspection", f"{published} (2)"]
    assert choices(response, "to_agency")["cleveland"] == "Cleveland Police (1)"


@pytest.mark.parametrize("format", ["csv", "xlsx", "ods"])
def test_the_list_is_taken_away_with_published_cases_only(
    format, published, drafting, draft, cleveland, mary, signed_in
):
    refer(
        published, cleveland, referred_on=date(2016, 6, 1), outcome="reopened", resolved_on=date(2016, 6, 8)
    )
    refer(drafting, cleveland, reason="HIDDEN-WORDS")
    refer(published, cleveland, finding=None, reason="=1+1")
    response = signed_in(mary).get(reverse("case_referrals"), {"take": format})
    assert response.status_code == 200
    assert format in response["Content-Disposition"]
    content = b"".join(response.streaming_content)
    if format == "csv":
        told = content.decode("utf-8-sig")
        assert "HIDDEN-WORDS" not in told
        assert "SIF-2016-STO" in told
        assert "Investigation reopened,2016-06-08,7," in told
        assert "'=1+1" in told


def test_as_of_a_day_a_case_of_a_finding_withdrawn_since_is_counted_without_its_words(
    finding, cleveland, mary, clara, signed_in
):
    refer(finding.inspection, cleveland, finding=finding)
    finding.move("withdraw", by=mary, reason="The wrong force.")
    client = signed_in(clara)
    assert "0 cases" in text(client.get(reverse("case_referrals")))
    then = client.get(reverse("case_referrals"), {"as_of": "2016-09-01"})
    assert "1 case" in text(then)
    taken = client.get(reverse("case_referrals"), {"as_of": "2016-09-01", "take": "csv"})
    told = b"".join(taken.streaming_content).decode("utf-8-sig")
    assert "Withdrawn: its words are not given." in told
    assert "CASE-WORDS" not in then.content.decode() + told
