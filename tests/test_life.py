"""The lives of inspections and findings: the legal steps work, every other one is refused and changes nothing."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from agencies.models import Event
from findings import publication
from findings.models import Finding
from findings.models.life import TRANSITIONS as FINDING_TRANSITIONS
from inspections.models import IllegalTransition, Inspection
from inspections.models.life import TRANSITIONS

from .browsing import error_summary, submit
from .conftest import record_finding, record_inspection, weakness
from .states import FINDING_STEPS, FORWARD, INSPECTION_STEPS, logged, moved, planned

# What domain.md says is legal, written down again rather than read from the code: {status: {verb: status}}.
OUT = {"pause": "paused", "cancel": "cancelled"}
INSPECTION_LIFE = {
    "planned": {"start_fieldwork": "fieldwork", **OUT},
    "fieldwork": {"start_drafting": "drafting", **OUT},
    "drafting": {"send_for_factual_accuracy": "factual_accuracy", **OUT},
    "factual_accuracy": {"embargo": "embargoed", **OUT},
    "embargoed": {"publish": "published", **OUT},
    "published": {"close": "closed"},
    "closed": {},
    "paused": {"resume": "drafting", "cancel": "cancelled"},  # paused while drafting, see states.py
    "cancelled": {},
}
FINDING_LIFE = {
    "draft": {"submit": "in_review", "withdraw": "withdrawn"},
    "in_review": {"agree": "agreed", "return_to_draft": "draft", "withdraw": "withdrawn"},
    "agreed": {"publish": "published", "return_to_draft": "draft", "withdraw": "withdrawn"},
    "published": {"withdraw": "withdrawn"},
    "withdrawn": {},
    "tombstone": {},
}


def everything(record):
    """The record's recorded fields and how many events it has."""
    current = type(record)._base_manager.get(pk=record.pk)
    return current.snapshot(), current.version, current.events().count()


@pytest.fixture
def about_police(cleveland, strategy):
    return weakness(cleveland, strategy)


@pytest.fixture
def embargoed(sif, stockton, ines, mary):
    """An inspection of Stockton that only waits for its publication."""
    inspection = planned(
        ines, sif, stockton, fieldwork_from=date(2016, 5, 23), fieldwork_to=date(2016, 6, 16)
    )
    return moved(inspection, "embargoed", mary)


def test_the_tables_name_every_status_and_verb():
    assert {verb for steps in INSPECTION_LIFE.values() for verb in steps} == set(TRANSITIONS)
    assert {verb for steps in FINDING_LIFE.values() for verb in steps} == set(FINDING_TRANSITIONS)
    assert set(INSPECTION_LIFE) == set(INSPECTION_STEPS)
    assert set(FINDING_LIFE) == set(FINDING_STEPS)


@pytest.mark.parametrize("status", INSPECTION_LIFE)
def test_an_inspection_takes_the_legal_steps_and_no_others(status, sif, stockton, ines, mary):
    inspection = moved(planned(ines, sif, stockton), status, mary)
    assert inspection.status == status
    for verb in TRANSITIONS:
        before = everything(inspection)
        if verb in INSPECTION_LIFE[status]:
            with transaction.atomic():
                stepped = Inspection.objects.get(pk=inspection.pk).move(verb, by=mary, reason="Why.")
                assert stepped.status == INSPECTION_LIFE[status][verb]
                assert everything(inspection)[1:] == (before[1] + 1, before[2] + 1)
                transaction.set_rollback(True)
        else:
            with pytest.raises(IllegalTransition):
                Inspection.objects.get(pk=inspection.pk).move(verb, by=mary, reason="Why.")
        assert everything(inspection) == before


@pytest.mark.parametrize("status", FINDING_LIFE)
def test_a_finding_takes_the_legal_steps_and_no_others(status, published, about_police, ines, mary):
    finding = logged(published, ines, about_police, status, reviewer=mary)
    for verb in FINDING_TRANSITIONS:
        before = everything(finding)
        if verb in FINDING_LIFE[status]:
            with transaction.atomic():
                stepped = Finding.objects.get(pk=finding.pk).move(verb, by=mary, reason="Why.")
                assert stepped.status == FINDING_LIFE[status][verb]
                assert everything(finding)[1:] == (before[1] + 1, before[2] + 1)
                transaction.set_rollback(True)
        else:
            with pytest.raises(IllegalTransition):
                Finding.objects.get(pk=finding.pk).move(verb, by=mary, reason="Why.")
        assert everything(finding) == before


@pytest.mark.parametrize("status", ["agreed", "published", "withdrawn", "tombstone"])
def test_what_was_agreed_is_not_edited(status, published, about_police, ines, mary):
    finding = logged(published, ines, about_police, status, reviewer=mary)
    before = everything(finding)
    with pytest.raises(IllegalTransition):
        finding.edit(by=ines, values={"summary": "Other words."}, citations=[], expect=finding.version)
    assert everything(finding) == before


@pytest.mark.parametrize("steps", range(len(FORWARD) + 1))
def test_a_paused_inspection_resumes_where_it_stood(steps, sif, stockton, ines, mary):
    inspection = planned(ines, sif, stockton)
    for verb in FORWARD[:steps]:
        inspection.move(verb, by=mary)
    stood = inspection.status
    assert inspection.move("pause", by=mary, reason="The school is closed.").status == "paused"
    assert inspection.move("resume", by=mary).status == stood
    assert inspection.paused_from == ""


@pytest.mark.parametrize(
    "status", [status for status in INSPECTION_LIFE if status not in ("published", "closed")]
)
def test_a_finding_is_not_published_before_its_inspection(status, about_police, sif, stockton, ines, mary):
    inspection = planned(ines, sif, stockton)
    finding = logged(inspection, ines, about_police, "agreed", reviewer=mary)
    moved(inspection, status, mary)
    before = everything(finding)
    with pytest.raises(IllegalTransition):
        finding.move("publish", by=mary)
    assert everything(finding) == before


# Publication


def test_publication_numbers_the_agreed_findings_without_gaps(embargoed, about_police, ines, mary):
    first, second, third = (
        logged(embargoed, ines, about_police, status, reviewer=mary)
        for status in ("agreed", "withdrawn", "agreed")
    )
    publication.publish(embargoed, by=mary, on=date(2016, 8, 5))
    for finding in (first, second, third):
        finding.refresh_from_db()
    assert [first.reference, second.reference, third.reference] == [
        "SIF-2016-STO-01",
        None,
        "SIF-2016-STO-02",
    ]
    assert (first.status, second.status, third.status) == ("published", "withdrawn", "published")
    later = logged(embargoed, ines, about_police, "published", reviewer=mary)
    assert later.reference == "SIF-2016-STO-03"


def test_a_withdrawn_findings_reference_is_never_given_again(published, about_police, ines, mary):
    gone = logged(published, ines, about_police, "tombstone", reviewer=mary)
    again = logged(published, ines, about_police, "published", reviewer=mary)
    assert (gone.reference, again.reference) == ("SIF-2016-STO-01", "SIF-2016-STO-02")


@pytest.mark.parametrize("left", ["draft", "in_review"])
def test_publication_is_refused_while_a_finding_is_not_agreed(
    left, embargoed, about_police, ines, mary, signed_in
):
    agreed = logged(embargoed, ines, about_police, "agreed", reviewer=mary)
    waiting = logged(embargoed, ines, about_police, left, reviewer=mary)
    before = [everything(record) for record in (embargoed, agreed, waiting)]
    client = signed_in(mary)
    response = submit(client, client.get(reverse("inspection_step", args=[embargoed.public_id, "publish"])))
    assert response.status_code == 409
    assert error_summary(response) == ["1 finding is not agreed yet. Agree or withdraw it first."]
    assert [everything(record) for record in (embargoed, agreed, waiting)] == before


def test_publication_is_all_or_nothing(embargoed, about_police, ines, mary, monkeypatch):
    findings = [logged(embargoed, ines, about_police, "agreed", reviewer=mary) for _ in range(2)]
    before = [everything(record) for record in (embargoed, *findings)]
    number = Finding._next_reference

    def out_of_numbers(inspection):
        reference = number(inspection)
        if reference.endswith("-02"):
            raise OSError("The power went.")
        return reference

    monkeypatch.setattr(Finding, "_next_reference", staticmethod(out_of_numbers))
    with pytest.raises(OSError, match="power"):
        publication.publish(embargoed, by=mary)
    assert [everything(record) for record in (embargoed, *findings)] == before


def test_the_second_inspection_of_an_agency_in_a_year_gets_a_number(sif, ofsted, stockton, embargoed, mary):
    first = record_inspection(sif, ofsted, stockton, date(2016, 2, 1))
    publication.publish(embargoed, by=mary, on=date(2016, 8, 5))
    third = record_inspection(sif, ofsted, stockton, date(2016, 12, 1))
    other_year = record_inspection(sif, ofsted, stockton, date(2017, 1, 5))
    assert [record.reference for record in (first, embargoed, third, other_year)] == [
        "SIF-2016-STO",
        "SIF-2016-STO.2",
        "SIF-2016-STO.3",
        "SIF-2017-STO",
    ]


def test_references_of_findings_follow_the_numbered_inspection(
    sif, ofsted, stockton, embargoed, about_police, ines, mary
):
    first = record_inspection(sif, ofsted, stockton, date(2016, 2, 1))
    assert record_finding(first, about_police).reference == "SIF-2016-STO-01"
    finding = logged(embargoed, ines, about_police, "agreed", reviewer=mary)
    publication.publish(embargoed, by=mary, on=date(2016, 8, 5))
    finding.refresh_from_db()
    assert finding.reference == "SIF-2016-STO.2-01"


# Dates that cannot be


def test_publishing_before_fieldwork_ends_is_an_error_of_the_form(embargoed, mary, signed_in):
    before = everything(embargoed)
    client = signed_in(mary)
    page = client.get(reverse("inspection_step", args=[embargoed.public_id, "publish"]))
    response = submit(client, page, on="1/6/2016")
    assert response.status_code == 200
    assert error_summary(response) == ["Published on: A report cannot be published before fieldwork ends."]
    assert everything(embargoed) == before


@pytest.mark.parametrize(
    ("kind", "day"), [("published", "1/6/2016"), ("fieldwork_to", "1/5/2016"), ("fieldwork_from", "1/7/2016")]
)
def test_a_preferred_date_that_cannot_be_is_an_error_of_the_form(kind, day, embargoed, mary, signed_in):
    before = everything(embargoed)
    client = signed_in(mary)
    page = client.get(reverse("inspection_date", args=[embargoed.public_id]))
    response = submit(client, page, kind=kind, stated=day, date=day, source="Report, page 1", preferred="on")
    assert response.status_code == 200
    assert error_summary(response)
    assert everything(embargoed) == before


def test_moving_the_publication_before_the_end_of_fieldwork_is_an_error_of_the_form(
    embargoed, mary, signed_in
):
    publication.publish(embargoed, by=mary, on=date(2016, 8, 5))
    before = everything(embargoed)
    client = signed_in(mary)
    page = client.get(reverse("inspection_edit", args=[embargoed.public_id]))
    response = submit(client, page, published_on="1/6/2016", reason="A slip.")
    assert response.status_code == 200
    assert error_summary(response) == ["Published on: A report cannot be published before fieldwork ends."]
    assert everything(embargoed) == before


def test_fieldwork_does_not_end_before_it_starts(embargoed, mary):
    with pytest.raises(ValidationError):
        embargoed.edit(by=mary, values={"fieldwork_to": date(2016, 5, 1)}, expect=embargoed.version)
    assert Event.objects.filter(verb="edited").count() == 0
