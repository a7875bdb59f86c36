"""Corrections: a published finding reads differently from now on; by whom, with which reason, against which version."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from agencies.models import Event
from findings.models import Finding
from inspections.models import IllegalTransition

from .browsing import choices, error_summary, form, page, submit, text
from .conftest import PASSWORD, record_finding, record_inspection, weakness
from .states import logged
from .test_history import one_event_more
from .who_sees_what import FINDINGS, may, mismatches

ROUTES = {"finding_correct"}
WHY = "The report was corrected by its inspectorate."


@pytest.mark.parametrize(("state", "status"), FINDINGS)
def test_a_published_finding_is_corrected_by_managers_of_the_lead_only(
    state,
    status,
    people,
    make,
    ines,
    mary,
    cleveland,
    strategy,
):
    finding = logged(make(status), ines, weakness(cleveland, strategy), state, reviewer=mary)
    before = Event.objects.count()
    expected = lambda name: may(lambda name, state, status: name == "mary" and state == "published")(
        name, state, status
    )
    assert mismatches(people, "finding_correct", finding.public_id, expected) == []
    assert Event.objects.count() == before


@pytest.fixture
def desk(mary, signed_in):
    return signed_in(mary)


def opened(desk, finding):
    return desk.get(reverse("finding_correct", args=[finding.public_id]))


def test_a_correction_is_one_event_and_keeps_address_and_reference(finding, mary, met, missing, desk):
    before, reference = len(finding.events()), finding.reference
    response = submit(
        desk,
        opened(desk, finding),
        reason=WHY,
        summary="The Met did not attend.",
        severity="minor",
        severity_rationale="",
        attributed_to=met.pk,
        theme=missing.pk,
        finding_type="area_for_improvement",
        **{"citations-0-page": "13"},
    )
    assert (response.status_code, response.url) == (302, finding.get_absolute_url())
    event = one_event_more(finding, before)
    assert (event.verb, event.by, event.reason) == ("corrected", mary, WHY)
    assert set(event.after) == {
        "finding_type",
        "attributed_to",
        "theme",
        "severity",
        "severity_rationale",
        "summary",
        "citations",
    }
    now = Finding.objects.visible_to(mary).get()
    assert (now.public_id, now.reference, now.status) == (finding.public_id, reference, "published")
    assert (now.summary, now.severity, now.attributed_to, now.theme) == (
        "The Met did not attend.",
        "minor",
        met,
        missing,
    )
    assert [place.page for place in now.citations.all()] == [13]
    assert "The finding is corrected." in text(desk.get(response.url))


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"reason": " "}, ["Why it is corrected: Say why it is corrected."]),
        ({"reason": WHY, "summary": ""}, ["Summary: Say in a sentence or two what was found."]),
        (
            {"reason": WHY, "severity": ""},
            ["Severity of the weakness: Choose how serious the weakness is."],
        ),
        ({"reason": WHY}, ["You have changed nothing, so there is nothing to correct."]),
    ],
    ids=["no reason", "no summary", "no severity", "no change"],
)
def test_what_is_missing_is_said_and_nothing_changes(changes, errors, finding, desk):
    before = Event.objects.count()
    response = submit(desk, opened(desk, finding), **changes)
    assert response.status_code == 200
    assert error_summary(response) == errors
    assert Event.objects.count() == before
    assert Finding._base_manager.count() == 1


def test_a_finding_with_recommendations_does_not_become_a_strength(finding, recommendation, desk):
    response = submit(
        desk, opened(desk, finding), reason=WHY, finding_type="strength", severity="", severity_rationale=""
    )
    assert response.status_code == 200
    assert error_summary(response) == ["Type: It carries recommendations, so it is not a strength."]
    assert Finding.objects.get().is_weakness


def test_a_recommendation_added_meanwhile_is_told_of_too(finding, stockton, mary, desk, monkeypatch):
    """What the form could not know, the verb refuses under its lock: an error of the form, not of the server."""

    def refuse(self, **kwargs):
        raise ValidationError({"finding_type": "It carries recommendations, so it is not a strength."})

    monkeypatch.setattr(Finding, "correct", refuse)
    response = submit(desk, opened(desk, finding), reason=WHY, detail="More.")
    assert response.status_code == 200
    assert error_summary(response) == ["Type: It carries recommendations, so it is not a strength."]


def test_two_people_correcting_see_both_versions_and_lose_nothing(finding, mary, desk):
    form_page = opened(desk, finding)
    finding.correct(by=mary, values={"summary": "First correction."}, citations=[{"page": 14}], reason="One.")
    response = submit(desk, form_page, reason=WHY, summary="Second correction.")
    assert response.status_code == 409
    rows = {
        row.find("th").text: [cell.text for cell in row.find_all("td")]
        for row in page(response).find("main").find("tbody").find_all("tr")
    }
    assert rows["Summary"] == ["Second correction.", "First correction."]
    assert rows["Where the report says it"] == ["12, 16", "14"]
    assert form(response)[1]["reason"] == [WHY]
    assert Finding.objects.visible_to(mary).get().summary == "First correction."
    assert submit(desk, response).status_code == 302
    assert Finding.objects.visible_to(mary).get().summary == "Second correction."
    assert Finding.objects.earlier_versions_for(mary).count() == 2


def test_sent_twice_it_is_one_correction(finding, desk):
    form_page = opened(desk, finding)
    for _time in range(2):
        response = submit(desk, form_page, reason=WHY, summary="Corrected.")
        assert (response.status_code, response.url) == (302, finding.get_absolute_url())
    assert finding.events().filter(verb="corrected").count() == 1


def test_withdrawn_meanwhile_it_is_not_corrected(finding, mary, desk):
    form_page = opened(desk, finding)
    finding.move("withdraw", by=mary, reason="The wrong force.")
    assert submit(desk, form_page, reason=WHY, summary="Corrected.").status_code == 403
    with pytest.raises(IllegalTransition):
        finding.correct(by=mary, values={"summary": "Corrected."}, citations=[], reason=WHY)


def test_the_form_is_redrawn_without_saving_for_another_place_or_the_earlier_findings(
    finding, sif, ofsted, camden, cleveland, strategy, desk
):
    from datetime import date

    record_finding(
        record_inspection(sif, ofsted, camden, date(2015, 1, 5)),
        weakness(cleveland, strategy, summary="2015."),
    )
    redrawn = submit(desk, opened(desk, finding), button="add_citation", summary="", reason="")
    assert redrawn.status_code == 200
    assert error_summary(redrawn) == []
    assert "citations-2-page" in form(redrawn)[1]
    redrawn = submit(desk, redrawn, button="show_earlier", summary="Corrected.", reason=WHY)
    assert "2015." in " ".join(choices(redrawn, "recurrence_of").values())
    assert form(redrawn)[1]["summary"] == ["Corrected."]
    assert finding.events().count() == 1
    assert submit(desk, redrawn).status_code == 302


def test_a_correction_sent_without_a_session_comes_back_after_signing_in(finding, mary, desk):
    form_page = opened(desk, finding)
    desk.session.flush()
    asked = submit(desk, form_page, summary="Kept words.", reason=WHY)
    response = submit(desk, asked, button=None, username=mary.email, password=PASSWORD)
    back = desk.get(response.url)
    assert "What you had typed is back in the form." in text(back)
    assert (form(back)[1]["summary"], form(back)[1]["reason"]) == (["Kept words."], [WHY])
    assert submit(desk, back).status_code == 302
    assert Finding.objects.visible_to(mary).get().summary == "Kept words."


def test_a_link_to_a_finding_withdrawn_since_outlives_a_correction(
    finding, sif, ofsted, camden, cleveland, strategy, mary, desk
):
    from datetime import date

    earlier = record_finding(
        record_inspection(sif, ofsted, camden, date(2015, 1, 5)), weakness(cleveland, strategy)
    )
    finding.link_recurrence(by=mary, earlier=earlier)
    earlier.move("withdraw", by=mary, reason="Wrong.")
    assert submit(desk, opened(desk, finding), reason=WHY, summary="Corrected.").status_code == 302
    now = Finding.objects.visible_to(mary).get(pk=finding.pk)
    assert (now.summary, now.recurrence_of) == ("Corrected.", earlier)


def test_the_page_offers_a_correction_to_those_who_may(finding, mary, ines, clara, signed_in):
    address = reverse("finding_correct", args=[finding.public_id])
    shown = {
        who.first_name: address in signed_in(who).get(finding.get_absolute_url()).content.decode()
        for who in (mary, ines, clara)
    }
    assert shown == {"Mary": True, "Ines": False, "Clara": False}
