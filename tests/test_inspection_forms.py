"""Creating and changing an inspection, its judgements and its dates."""

from datetime import date

import pytest
from django.urls import reverse

from agencies.models import Kind
from inspections.models import Grade, GradeScale, Inspection, JudgementArea

from .browsing import choices, error_summary, errors_beside, form, page, submit, text
from .conftest import agency


@pytest.fixture
def desk(signed_in, ines):
    return signed_in(ines)


@pytest.fixture
def blank(desk, sif, stockton):
    return desk.get("/inspections/new/")


@pytest.fixture
def typed(sif, stockton):
    return {
        "framework": sif.pk,
        "inspected_agency": stockton.pk,
        "fieldwork_from": "23/5/2016",
        "fieldwork_to": "16 June 2016",
    }


def url(name, inspection):
    return reverse(f"inspection_{name}", args=[inspection.public_id])


# Creating


def test_an_inspection_is_planned_led_by_the_creators_own_inspectorate_with_the_creator_on_its_team(
    desk, blank, typed, ines, ofsted, sif, stockton
):
    response = submit(desk, blank, **typed)
    inspection = Inspection.objects.get()
    assert response.url == inspection.get_absolute_url()
    assert (inspection.status, inspection.lead_inspectorate, inspection.author) == ("planned", ofsted, ines)
    assert list(inspection.team.all()) == [ines]
    assert (inspection.fieldwork_from, inspection.fieldwork_to) == (date(2016, 5, 23), date(2016, 6, 16))
    assert (inspection.reference, inspection.published_on, inspection.coverage) == (None, None, "all")
    assert [event.verb for event in inspection.events()] == ["created"]
    assert "The inspection is created." in text(desk.get(response.url))


def test_the_creator_stays_on_the_team_even_when_taken_off_in_the_form(desk, blank, typed, ines):
    submit(desk, blank, **typed, team="")
    assert list(Inspection.objects.get().team.all()) == [ines]


def test_the_lead_cannot_be_chosen(desk, blank, typed, hmicfrs, ofsted):
    submit(desk, blank, **typed, lead_inspectorate=hmicfrs.pk, status="published", reference="X", author="1")
    inspection = Inspection.objects.get()
    assert (inspection.lead_inspectorate, inspection.status, inspection.reference) == (
        ofsted,
        "planned",
        None,
    )


def test_the_same_form_sent_twice_creates_one_inspection(desk, blank, typed):
    first, second = submit(desk, blank, **typed), submit(desk, blank, **typed)
    assert first.url == second.url == Inspection.objects.get().get_absolute_url()


def test_two_forms_create_two_inspections(desk, typed, sif, stockton):
    for _ in range(2):
        submit(desk, desk.get("/inspections/new/"), **typed)
    assert Inspection.objects.count() == 2


def test_what_is_missing_is_said_beside_its_field(desk, blank):
    response = submit(desk, blank)
    assert errors_beside(response, "id_framework") == ["Choose a framework."]
    assert errors_beside(response, "id_inspected_agency") == ["Choose the inspected agency."]
    assert len(error_summary(response)) == 2
    assert not Inspection.objects.exists()


def test_only_frameworks_of_the_own_inspectorate_are_offered_and_taken(
    desk, signed_in, hugo, blank, typed, sif, jtai
):
    assert set(choices(desk.get("/inspections/new/"), "framework")) == {"", str(sif.pk), str(jtai.pk)}
    his = signed_in(hugo)
    his_form = his.get("/inspections/new/")
    assert set(choices(his_form, "framework")) == {"", str(jtai.pk)}
    assert len(errors_beside(submit(his, his_form, **typed), "id_framework")) == 1
    assert not Inspection.objects.exists()


def test_an_inspectorate_is_not_inspected(desk, blank, typed, hmicfrs):
    response = submit(desk, blank, **{**typed, "inspected_agency": hmicfrs.pk})
    assert errors_beside(response, "id_inspected_agency") == ["Choose an agency from the list."]


@pytest.mark.parametrize("name", ["framework", "inspected_agency", "coverage"])
def test_a_choice_that_was_not_offered_is_refused(desk, blank, typed, name):
    for value in ("0", "-1", "9" * 30, "²", "abc", "1\x00"):
        response = submit(desk, blank, **{**typed, name: value})
        assert response.status_code == 200, value
        assert len(errors_beside(response, f"id_{name}")) == 1, value
    assert not Inspection.objects.exists()


@pytest.mark.parametrize("name", ["team", "partner_inspectorates", "participating_agencies"])
def test_one_of_several_choices_that_was_not_offered_is_refused(desk, blank, typed, name):
    for value in ("0", "9" * 30, "²", "abc", "1\x00"):
        response = submit(desk, blank, **{**typed, name: [value]})
        assert response.status_code == 200, value
        assert len(errors_beside(response, f"id_{name}")) == 1, value
    assert not Inspection.objects.exists()


# Team


def test_people_of_the_own_inspectorate_join_the_team(desk, blank, typed, otto, mary, ines):
    submit(desk, blank, **typed, team=[otto.pk, mary.pk, ""])
    assert set(Inspection.objects.get().team.all()) == {ines, otto, mary}


def test_somebody_of_an_inspectorate_that_takes_no_part_is_refused_by_name(
    desk, blank, typed, hugo, hmicfrs, ines
):
    response = submit(desk, blank, **typed, team=[ines.pk, hugo.pk])
    assert errors_beside(response, "id_team") == [
        "Not of an inspectorate that takes part: Hugo Example. Add their inspectorate as a partner."
    ]
    assert not Inspection.objects.exists()
    submit(desk, response, partner_inspectorates=[hmicfrs.pk])
    assert set(Inspection.objects.get().team.all()) == {ines, hugo}


def test_respondents_auditors_and_inactive_people_are_nobody_for_a_team(
    desk, blank, typed, clara, audrey, adam, otto
):
    otto.change(by=None, values={"is_active": False})
    offered = choices(desk.get("/inspections/new/"), "team")
    for person in (clara, audrey, adam, otto):
        assert str(person.pk) not in offered
        assert len(errors_beside(submit(desk, blank, **typed, team=[person.pk]), "id_team")) == 1
    assert not Inspection.objects.exists()


# Follows


def test_an_inspection_follows_an_earlier_one_by_its_reference(desk, blank, typed, published):
    submit(desk, blank, **typed, follows_reference=" sif-2016-sto ")
    later = Inspection.objects.get(status="planned")
    assert later.follows == published
    assert form(desk.get(url("edit", later)))[1]["follows_reference"] == ["SIF-2016-STO"]
    assert "SIF 2016" in text(desk.get(later.get_absolute_url()))


def test_a_reference_that_is_unknown_and_one_that_is_hidden_get_the_same_answer(
    signed_in, otto, drafting, typed, published, sif
):
    his = signed_in(otto)
    blank = his.get("/inspections/new/")
    for reference in ("SIF-1999-XXX", drafting.public_id, str(drafting.pk), "SIF-2026-STO", "²", "%"):
        response = submit(his, blank, **typed, follows_reference=reference)
        assert errors_beside(response, "id_follows_reference") == [
            f"No published inspection has the reference “{reference}”."
        ]
    assert Inspection.objects.count() == 2


def test_an_inspection_does_not_follow_itself(signed_in, mary, published):
    hers = signed_in(mary)
    response = submit(
        hers, hers.get(url("edit", published)), follows_reference="SIF-2016-STO", reason="A reason"
    )
    assert len(errors_beside(response, "id_follows_reference")) == 1


# Dates


@pytest.mark.parametrize(
    "written", ["5/8/2016", "05/08/2016", "5 August 2016", "5 Aug 2016", "2016-08-05", "5-8-2016", "5.8.2016"]
)
def test_a_day_may_be_written_in_the_ways_people_write_it(desk, blank, typed, written):
    submit(desk, blank, **{**typed, "fieldwork_to": written})
    assert Inspection.objects.get().fieldwork_to == date(2016, 8, 5)


def test_a_day_that_does_not_exist_is_said_beside_it_and_stays_in_the_field(desk, blank, typed):
    for written in (
        "31/2/2016",
        "29/2/2015",
        "8/13/2016",
        "2016",
        "soon",
        "5/8/16",
        "0/0/0000",
        "1/1/20166",
        "\x00",
    ):
        response = submit(desk, blank, **{**typed, "fieldwork_to": written})
        assert errors_beside(response, "id_fieldwork_to") == [
            "Write a date such as 23/5/2016 or 23 May 2016."
        ], written
        assert form(response)[1]["fieldwork_to"] == [written]
    assert not Inspection.objects.exists()


def test_the_last_day_before_the_first_is_said_beside_it(desk, blank, typed):
    response = submit(desk, blank, **{**typed, "fieldwork_to": "22/5/2016"})
    message = "The last day of fieldwork cannot be before the first."
    assert errors_beside(response, "id_fieldwork_to") == [message]
    assert error_summary(response) == [f"Last day of fieldwork: {message}"]
    submit(desk, response, fieldwork_to="23/5/2016")
    assert Inspection.objects.get().fieldwork_to == date(2016, 5, 23)


def test_a_report_published_before_fieldwork_ends_is_said_beside_the_day(signed_in, mary, published):
    hers = signed_in(mary)
    opened = hers.get(url("edit", published))
    response = submit(hers, opened, fieldwork_to="6/8/2016", reason="Found in the report")
    message = "A report cannot be published before fieldwork ends."
    assert errors_beside(response, "id_published_on") == [message]
    assert len(error_summary(response)) == 1


# Changing


def test_before_publication_the_team_changes_it_without_a_reason(desk, drafting, ines):
    opened = desk.get(url("edit", drafting))
    assert "reason" not in form(opened)[1]
    assert "published_on" not in form(opened)[1]
    response = submit(desk, opened, notes="Notes\nin two lines", topic="Domestic abuse")
    assert response.url == drafting.get_absolute_url()
    drafting.refresh_from_db()
    assert (drafting.notes, drafting.topic) == ("Notes\nin two lines", "Domestic abuse")
    assert (drafting.events().last().verb, drafting.events().last().by) == ("edited", ines)


def test_opened_and_saved_without_a_change_nothing_is_a_change(desk, drafting):
    version = drafting.version
    submit(desk, desk.get(url("edit", drafting)))
    drafting.refresh_from_db()
    assert drafting.version == version


def test_a_published_inspection_is_changed_with_a_reason_that_history_keeps(signed_in, mary, published):
    hers = signed_in(mary)
    response = submit(hers, hers.get(url("edit", published)), topic="Neglect")
    assert len(errors_beside(response, "id_reason")) == 1
    published.refresh_from_db()
    assert published.topic == ""
    submit(hers, response, reason="Printed on page 2")
    published.refresh_from_db()
    assert (published.topic, published.reference) == ("Neglect", "SIF-2016-STO")
    assert published.events().last().reason == "Printed on page 2"
    assert "Printed on page 2" in text(hers.get(published.get_absolute_url()))


def test_what_the_reference_of_a_published_inspection_says_stays(signed_in, mary, published, camden, jtai):
    hers = signed_in(mary)
    opened = hers.get(url("edit", published))
    response = submit(hers, opened, inspected_agency=camden.pk, framework=jtai.pk, reason="Wrong")
    stays = ["This is part of the reference of a published inspection, so it stays."]
    assert errors_beside(response, "id_inspected_agency") == stays
    assert errors_beside(response, "id_framework") == stays


def test_after_judgements_are_recorded_the_framework_stays(desk, drafting, ines, stockton, jtai):
    area = JudgementArea.objects.get(code="overall-effectiveness")
    drafting.judge(by=ines, judgements=[(area, stockton, Grade.objects.first())])
    response = submit(desk, desk.get(url("edit", drafting)), framework=jtai.pk)
    assert errors_beside(response, "id_framework") == [
        "Judgements are recorded under the framework, so it stays."
    ]


def test_two_people_changing_one_inspection_see_both_versions(desk, signed_in, mary, drafting, otto, ines):
    opened = desk.get(url("edit", drafting))
    hers = signed_in(mary)
    submit(hers, hers.get(url("edit", drafting)), notes="Mary's notes", team=[ines.pk, otto.pk])
    response = submit(desk, opened, notes="Ines's notes")
    assert response.status_code == 409
    table = page(response).find("table", class_="app-table--cards")
    rows = {
        row.find("th").text: [cell.text for cell in row.find_all("td")] for row in table.find_all("tr")[1:]
    }
    assert rows == {
        "Team": ["Ines Example (Ofsted)", "Ines Example (Ofsted), Otto Example (Ofsted)"],
        "Notes": ["Ines's notes", "Mary's notes"],
    }
    drafting.refresh_from_db()
    assert drafting.notes == "Mary's notes"
    assert submit(desk, response).status_code == 302
    drafting.refresh_from_db()
    assert drafting.notes == "Ines's notes"


def test_a_missing_or_garbled_version_never_overwrites(desk, drafting):
    opened = desk.get(url("edit", drafting))
    for version in (None, "", "x", "-1", "0", "²", "9" * 25):
        assert submit(desk, opened, notes="Mine", version=version).status_code == 409, version
    drafting.refresh_from_db()
    assert drafting.notes == ""


@pytest.mark.parametrize("name", ["edit", "judge", "date"])
def test_who_may_change_an_inspection(
    signed_in, name, drafting, published, ines, otto, mary, hugo, hanna, clara, stan, audrey, adam, nobody
):
    people = (ines, otto, mary, hugo, hanna, clara, stan, audrey, adam, nobody)
    answers = {
        person.first_name: (
            signed_in(person).get(url(name, drafting)).status_code,
            signed_in(person).get(url(name, published)).status_code,
        )
        for person in people
    }
    assert answers == {
        "Ines": (200, 403),
        "Otto": (404, 403),
        "Mary": (200, 200),
        "Hugo": (404, 403),
        "Hanna": (404, 403),
        "Clara": (404, 403),
        "Stan": (404, 403),
        "Audrey": (403, 403),
        "Adam": (404, 403),
        "Nobody": (404, 404),
    }


def test_who_may_create_one(signed_in, ines, mary, hugo, clara, audrey, adam, nobody):
    answers = {
        person.first_name: signed_in(person).get("/inspections/new/").status_code
        for person in (ines, mary, hugo, clara, audrey, adam, nobody)
    }
    assert answers == {
        "Ines": 200,
        "Mary": 200,
        "Hugo": 200,
        "Clara": 403,
        "Audrey": 403,
        "Adam": 403,
        "Nobody": 403,
    }


# Judgements


@pytest.fixture
def board(stockton):
    return agency("Stockton Board", Kind.SAFEGUARDING_PARTNERSHIP, "STOB")


@pytest.fixture
def lscb(sif, board):
    """An area that judges the safeguarding board, apart from the council."""
    return JudgementArea(
        framework=sif, code="lscb", name="Safeguarding board", order=3, subject_kind=board.kind
    ).add(by=None)


def given(inspection):
    return {
        judgement.area.code: (judgement.subject, judgement.grade and judgement.grade.code)
        for judgement in inspection.judgements.all()
    }


def test_not_graded_is_a_judgement_and_not_recorded_is_none(desk, drafting, stockton):
    opened = desk.get(url("judge", drafting))
    assert list(choices(opened, "grade_overall-effectiveness").values()) == [
        "Not recorded",
        "Outstanding",
        "Good",
        "Requires improvement",
        "Inadequate",
        "Not graded",
    ]
    submit(desk, opened, **{"grade_overall-effectiveness": "not-graded"})
    assert given(drafting) == {"overall-effectiveness": (stockton, None)}
    opened = desk.get(url("judge", drafting))
    fields = form(opened)[1]
    assert fields["grade_overall-effectiveness"] == ["not-graded"]
    assert fields["grade_help-and-protection"] == [""]
    shown = text(desk.get(drafting.get_absolute_url()))
    assert "Overall effectiveness Not graded" in shown
    assert "Help and protection" not in shown


def test_judgements_are_recorded_changed_and_taken_back_with_history(desk, drafting, stockton, ines):
    for grades, wanted in (
        (("good", "inadequate"), {"overall-effectiveness": "good", "help-and-protection": "inadequate"}),
        (("outstanding", ""), {"overall-effectiveness": "outstanding"}),
        (("", ""), {}),
    ):
        fields = dict(zip(("grade_overall-effectiveness", "grade_help-and-protection"), grades, strict=True))
        assert submit(desk, desk.get(url("judge", drafting)), **fields).status_code == 302
        assert {area: grade for area, (_subject, grade) in given(drafting).items()} == wanted
    judged = [event for event in drafting.events() if event.verb == "judged"]
    assert [len(event.after["judgements"]) for event in judged] == [2, 1, 0]


def test_a_grade_of_another_scale_or_of_none_is_refused(desk, drafting):
    five = GradeScale(code="five", name="Five tiers").add(by=None)
    adequate = Grade(scale=five, code="adequate", label="Adequate", rank=3).add(by=None)
    opened = desk.get(url("judge", drafting))
    for value in ("adequate", str(adequate.pk), "x", "\x00"):
        response = submit(desk, opened, **{"grade_overall-effectiveness": value})
        assert response.status_code == 200
        assert len(errors_beside(response, "id_grade_overall-effectiveness")) == 1
    assert given(drafting) == {}


def test_the_safeguarding_board_is_judged_apart_from_the_council(
    desk, drafting, stockton, lscb, board, cleveland
):
    opened = desk.get(url("judge", drafting))
    assert set(choices(opened, "subject_lscb")) == {"", str(board.pk)}
    fields = {"grade_overall-effectiveness": "good", "grade_lscb": "inadequate"}
    response = submit(desk, opened, **fields)
    assert errors_beside(response, "id_subject_lscb") == ["Say which agency was judged."]
    response = submit(desk, opened, **fields, subject_lscb=cleveland.pk)
    assert len(errors_beside(response, "id_subject_lscb")) == 1
    submit(desk, response, subject_lscb=board.pk)
    assert given(drafting) == {"overall-effectiveness": (stockton, "good"), "lscb": (board, "inadequate")}
    assert form(desk.get(url("judge", drafting)))[1]["subject_lscb"] == [str(board.pk)]


def test_judgements_of_a_published_inspection_need_a_reason(signed_in, mary, published):
    hers = signed_in(mary)
    response = submit(hers, hers.get(url("judge", published)), **{"grade_overall-effectiveness": "good"})
    assert len(errors_beside(response, "id_reason")) == 1
    assert given(published) == {}
    submit(hers, response, reason="Printed on page 1")
    assert given(published)["overall-effectiveness"][1] == "good"
    assert published.events().last().reason == "Printed on page 1"


def test_two_people_judging_see_both_versions(desk, signed_in, mary, drafting):
    opened = desk.get(url("judge", drafting))
    hers = signed_in(mary)
    submit(hers, hers.get(url("judge", drafting)), **{"grade_overall-effectiveness": "good"})
    response = submit(desk, opened, **{"grade_overall-effectiveness": "inadequate"})
    assert response.status_code == 409
    table = page(response).find("table", class_="app-table--cards")
    assert [cell.text for cell in table.find_all("tr")[1].find_all("td")] == ["Inadequate", "Good"]
    assert given(drafting)["overall-effectiveness"][1] == "good"
    submit(desk, response)
    assert given(drafting)["overall-effectiveness"][1] == "inadequate"


def test_a_framework_without_areas_says_so(signed_in, mary, ines, jtai, stockton):
    joint = Inspection.create(by=ines, values={"framework": jtai, "inspected_agency": stockton})
    assert "This framework has no judgement areas." in text(signed_in(mary).get(url("judge", joint)))


# Dates as sources state them

STATED = {"kind": "published", "stated": "August 2016", "source": "Ofsted's list"}


def stated(inspection):
    return [(s.get_kind_display(), s.stated, s.date, s.preferred) for s in inspection.stated_dates.all()]


@pytest.fixture
def hers(signed_in, mary):
    return signed_in(mary)


def test_what_a_source_says_is_kept_without_becoming_the_date(hers, published):
    submit(hers, hers.get(url("date", published)), **STATED)
    published.refresh_from_db()
    assert published.published_on == date(2016, 8, 5)
    assert stated(published) == [("Published", "August 2016", None, False)]
    assert "August 2016" in text(hers.get(published.get_absolute_url()))


def test_a_preferred_date_becomes_the_inspections_and_replaces_the_preferred_one_before(hers, published):
    for words, day in (("4 August 2016", "4/8/2016"), ("6 August 2016", "6/8/2016")):
        fields = {**STATED, "stated": words, "date": day, "preferred": "on"}
        assert submit(hers, hers.get(url("date", published)), **fields).status_code == 302
    published.refresh_from_db()
    assert published.published_on == date(2016, 8, 6)
    assert {(words, preferred) for _kind, words, _day, preferred in stated(published)} == {
        ("4 August 2016", False),
        ("6 August 2016", True),
    }
    assert [event.verb for event in published.events()][-2:] == ["date stated", "date stated"]


def test_a_preferred_date_needs_a_day(hers, published):
    response = submit(hers, hers.get(url("date", published)), **STATED, preferred="on")
    assert errors_beside(response, "id_date") == ["A preferred date needs a day."]
    assert stated(published) == []


def test_a_preferred_date_that_does_not_go_with_the_others_is_said_beside_it(hers, published):
    fields = {**STATED, "kind": "fieldwork_to", "date": "1/9/2016", "preferred": "on"}
    response = submit(hers, hers.get(url("date", published)), **fields)
    assert response.status_code == 200
    assert errors_beside(response, "id_date") == ["A report cannot be published before fieldwork ends."]
    assert stated(published) == []


def test_what_is_missing_or_odd_in_a_stated_date_is_said(hers, published):
    opened = hers.get(url("date", published))
    response = submit(hers, opened)
    for name in ("stated", "source"):
        assert len(errors_beside(response, f"id_{name}")) == 1, name
    for name, value in (
        ("kind", "birthday"),
        ("date", "31/2/2016"),
        ("url", "javascript:alert(1)"),
        ("stated", "x" * 81),
        ("source", "\x00"),
    ):
        response = submit(hers, opened, **{**STATED, name: value})
        assert response.status_code == 200
        assert len(errors_beside(response, f"id_{name}")) == 1, name
    assert stated(published) == []


def test_the_same_stated_date_sent_twice_is_recorded_once(hers, published):
    opened = hers.get(url("date", published))
    for _ in range(2):
        assert submit(hers, opened, **STATED).status_code == 302
    assert len(stated(published)) == 1
