"""Visible but not allowed is refused: each refusal stands beside the permission that it is the border of."""

from datetime import date

import pytest
from django.apps import apps
from django.urls import reverse

from agencies.models import Kind
from findings.models import (
    Finding,
)
from inspections.models import IllegalTransition, Inspection, ReadLogEntry

from .browsing import error_summary, form, submit, text
from .conftest import agency, weakness
from .states import logged, moved, planned
from .who_sees_what import PUBLIC, routes

REASON = {"reason": "For the test."}


@pytest.fixture
def make(sif, stockton, hmicfrs, ines, hugo, mary):
    """make(status): an inspection by Ines with Hugo of the partner HMICFRS; Mary manages, Hanna only reads."""

    def build(status):
        values = {"partner_inspectorates": [hmicfrs], "team": [ines, hugo], "fieldwork_to": date(2026, 5, 28)}
        return moved(planned(ines, sif, stockton, **values), status, mary)

    return build


@pytest.fixture
def about_police(cleveland, strategy):
    return weakness(cleveland, strategy)


@pytest.fixture
def answers(request, signed_in):
    """answers(names, address, data): {name: status of the GET, status of the POST}."""

    def ask(names, address, **data):
        found = {}
        for name in names:
            client = signed_in(request.getfixturevalue(name))
            found[name] = (client.get(address).status_code, client.post(address, data).status_code)
        return found

    return ask


INSPECTORATES = {"ines": 200, "otto": 200, "mary": 200, "hugo": 200, "hanna": 200}
OTHERS = {"clara": 403, "stan": 403, "audrey": 403, "adam": 403, "nobody": 403}


def test_inspections_are_created_by_inspectors_and_managers(answers):
    expected = {name: (status, status) for name, status in (INSPECTORATES | OTHERS).items()}
    assert answers(expected, reverse("inspection_add")) == expected
    assert not Inspection.objects.exists()


def test_an_inspector_leads_for_their_own_inspectorate_only(hugo, signed_in, sif, jtai, stockton, hmicfrs):
    client = signed_in(hugo)
    blank = client.get(reverse("inspection_add"))
    refused = submit(client, blank, framework=sif.pk, inspected_agency=stockton.pk)  # Ofsted's framework
    assert refused.status_code == 200
    assert not Inspection.objects.exists()
    submit(client, blank, framework=jtai.pk, inspected_agency=stockton.pk, lead_inspectorate=sif.pk)
    assert Inspection.objects.get().lead_inspectorate == hmicfrs


def test_somebody_of_an_inspectorate_that_takes_no_part_is_not_put_on_the_team(make, ines, signed_in):
    from .conftest import person

    inspection = make("drafting")
    cora = person("Cora", "inspector", agency("CQC", Kind.INSPECTORATE, "CQC"))
    client = signed_in(ines)
    page = client.get(reverse("inspection_edit", args=[inspection.public_id]))
    assert submit(client, page, team=[ines.pk, cora.pk]).status_code == 200
    assert cora not in inspection.team.all()


# One who changes it, one who sees it and may not: (status, changes, sees)
EDITS = [
    ("planned", ["ines", "mary", "hugo"], ["hanna", "audrey"]),
    ("drafting", ["ines", "mary", "hugo"], ["hanna", "audrey"]),
    ("embargoed", ["ines", "mary", "hugo"], ["hanna", "audrey", "stan"]),
    ("paused", ["ines", "mary", "hugo"], ["hanna", "audrey"]),
    ("published", ["mary"], ["ines", "hugo", "hanna", "audrey", "otto", "stan", "mel", "adam"]),
    ("closed", ["mary"], ["ines", "hugo", "hanna", "audrey", "otto", "stan", "mel", "adam"]),
    ("cancelled", [], ["ines", "mary", "hugo", "hanna", "audrey"]),
]


@pytest.mark.parametrize("route", ["inspection_edit", "inspection_judge", "inspection_date"])
@pytest.mark.parametrize(("status", "allowed", "refused"), EDITS, ids=[edit[0] for edit in EDITS])
def test_inspections_are_changed_judged_and_dated_by_those_who_make_them(
    route, status, allowed, refused, make, answers
):
    inspection = make(status)
    found = answers([*allowed, *refused], reverse(route, args=[inspection.public_id]))
    # Before publication nothing is needed there, not even a reason; but a form that says no version is a conflict.
    says_enough = route == "inspection_judge" and status not in PUBLIC
    shown = (200, 409) if says_enough else (200, 200)
    assert found == dict.fromkeys(allowed, shown) | dict.fromkeys(refused, (403, 403))
    assert inspection.events().count() == Inspection.objects.get().version == inspection.version


@pytest.mark.parametrize("route", ["inspection_edit", "inspection_judge"])
def test_a_published_inspection_is_changed_with_a_reason_only(route, make, mary, signed_in):
    inspection, client = make("published"), signed_in(mary)
    page = client.get(reverse(route, args=[inspection.public_id]))
    changes = {"topic": "Neglect"} if route == "inspection_edit" else {"grade_overall-effectiveness": "good"}
    assert submit(client, page, **changes, reason=" ").status_code == 200
    assert inspection.events().count() == inspection.version
    assert submit(client, page, **changes, reason="A slip in the report.").status_code == 302
    assert inspection.events().last().reason == "A slip in the report."


def test_what_the_reference_is_made_of_stays_after_publication(make, mary, jtai, camden, signed_in):
    inspection, client = make("published"), signed_in(mary)
    page = client.get(reverse("inspection_edit", args=[inspection.public_id]))
    assert submit(client, page, inspected_agency=camden.pk, reason="Why.").status_code == 200
    assert submit(client, page, framework=jtai.pk, reason="Why.").status_code == 200
    assert inspection.events().count() == inspection.version


STEPS = [
    # status, verb, who may, who sees it and may not
    ("planned", "start_fieldwork", ["ines", "mary", "hugo"], ["hanna", "audrey"]),
    ("fieldwork", "start_drafting", ["ines", "mary", "hugo"], ["hanna", "audrey"]),
    ("drafting", "send_for_factual_accuracy", ["ines", "mary", "hugo"], ["hanna", "audrey"]),
    ("drafting", "pause", ["ines", "mary", "hugo"], ["hanna", "audrey"]),
    ("paused", "resume", ["ines", "mary", "hugo"], ["hanna", "audrey"]),
    ("factual_accuracy", "embargo", ["mary"], ["ines", "hugo", "hanna", "audrey", "stan"]),
    ("embargoed", "publish", ["mary"], ["ines", "hugo", "hanna", "audrey", "stan"]),
    ("drafting", "cancel", ["mary"], ["ines", "hugo", "hanna", "audrey"]),
    ("published", "close", ["mary"], ["ines", "hugo", "hanna", "audrey", "otto", "stan", "mel", "adam"]),
]


@pytest.mark.parametrize(("status", "verb", "allowed", "refused"), STEPS, ids=[step[1] for step in STEPS])
def test_each_step_of_an_inspection_is_for_some_and_not_for_others(
    status, verb, allowed, refused, make, answers
):
    inspection = make(status)
    address = reverse("inspection_step", args=[inspection.public_id, verb])
    # Version 0 is no version: whoever may take the step is told that the page is out of date.
    found = answers([*allowed, *refused], address, version="0", on="5/8/2026", **REASON)
    assert found == dict.fromkeys(allowed, (200, 409)) | dict.fromkeys(refused, (403, 403))
    assert Inspection.objects.get().status == status


def test_an_unknown_step_is_not_there(make, draft, mary, signed_in):
    client = signed_in(mary)
    inspection = make("drafting")
    for address in (
        reverse("inspection_step", args=[inspection.public_id, "delete"]),
        reverse("finding_step", args=[draft.public_id, "delete"]),
        reverse("finding_step", args=[draft.public_id, "withdraw"]),  # it has a page of its own
    ):
        assert client.get(address).status_code == client.post(address, REASON).status_code == 404


@pytest.mark.parametrize(
    ("status", "allowed", "refused"),
    [
        ("planned", ["ines", "mary", "hugo"], ["hanna", "audrey"]),
        ("factual_accuracy", ["ines", "mary", "hugo"], ["hanna", "audrey", "stan"]),
        ("published", ["ines", "mary", "hugo"], ["hanna", "audrey", "otto", "stan", "mel", "adam"]),
        ("paused", [], ["ines", "mary", "hugo", "hanna", "audrey"]),
        ("cancelled", [], ["ines", "mary", "hugo", "hanna", "audrey"]),
    ],
)
def test_findings_are_logged_by_those_who_make_the_inspection(status, allowed, refused, make, answers):
    inspection = make(status)
    found = answers([*allowed, *refused], reverse("finding_log", args=[inspection.public_id]))
    assert found == dict.fromkeys(allowed, (200, 200)) | dict.fromkeys(refused, (403, 403))


# Of a finding that Ines logged: (state, page or verb, who may, who sees it and may not)
FINDING_STEPS = [
    ("draft", "edit", ["ines", "mary", "hugo"], ["hanna", "audrey"]),
    ("in_review", "edit", ["ines", "mary"], ["hugo", "hanna", "audrey"]),
    ("agreed", "edit", [], ["ines", "mary", "hugo", "hanna", "audrey"]),
    ("published", "edit", [], ["ines", "mary", "hugo", "hanna", "audrey", "otto", "clara", "adam"]),
    ("draft", "submit", ["ines", "mary", "hugo"], ["hanna", "audrey"]),
    ("in_review", "agree", ["mary"], ["ines", "hugo", "hanna", "audrey"]),
    ("in_review", "return_to_draft", ["mary"], ["ines", "hugo", "hanna", "audrey"]),
    ("agreed", "return_to_draft", ["mary"], ["ines", "hugo", "hanna", "audrey"]),
    ("agreed", "publish", ["mary"], ["ines", "hugo", "hanna", "audrey"]),
    ("draft", "withdraw", ["ines", "mary"], ["hugo", "hanna", "audrey"]),
    ("agreed", "withdraw", ["ines", "mary"], ["hugo", "hanna", "audrey"]),
    ("published", "withdraw", ["mary"], ["ines", "hugo", "hanna", "audrey", "otto", "clara", "adam"]),
]


def finding_address(finding, verb):
    if verb in ("edit", "withdraw"):
        return reverse(f"finding_{verb}", args=[finding.public_id])
    return reverse("finding_step", args=[finding.public_id, verb])


@pytest.mark.parametrize(
    ("state", "verb", "allowed", "refused"),
    FINDING_STEPS,
    ids=[f"{step[1]}-{step[0]}" for step in FINDING_STEPS],
)
def test_each_step_of_a_finding_is_for_some_and_not_for_others(
    state, verb, allowed, refused, make, answers, about_police, ines, mary
):
    finding = logged(make("published"), ines, about_police, state, reviewer=mary)
    found = answers([*allowed, *refused], finding_address(finding, verb), version="0", **REASON)
    # An edit without its fields is a form with errors; a step with an old version is out of date.
    done = (200, 200 if verb == "edit" else 409)
    assert found == dict.fromkeys(allowed, done) | dict.fromkeys(refused, (403, 403))
    assert Finding.objects.get().status == state


@pytest.mark.parametrize("verb", ["agree", "return_to_draft"])
def test_a_refused_step_is_refused_before_its_form_is_looked_at(
    verb, make, about_police, ines, mary, hanna, signed_in
):
    """Without a reason too, or a page that may not be opened could be had by posting to it."""
    finding = logged(make("drafting"), ines, about_police, "in_review", reviewer=mary)
    for person in (hanna, ines):
        assert signed_in(person).post(finding_address(finding, verb), {"x": "1"}).status_code == 403


@pytest.mark.parametrize("verb", ["edit", "submit", "withdraw"])
def test_a_respondent_changes_nothing_of_the_finding_shared_with_them(
    verb, make, about_police, ines, mary, clara, answers
):
    finding = logged(make("factual_accuracy"), ines, about_police, "agreed", reviewer=mary)
    assert answers(["clara"], finding.get_absolute_url())["clara"][0] == 200
    assert answers(["clara"], finding_address(finding, verb), version="4", **REASON) == {"clara": (403, 403)}


# Nobody agrees their own finding


def test_an_author_who_manages_does_not_agree_their_own_finding_but_another_manager_does(
    make, about_police, mary, ofsted, signed_in
):
    from .conftest import person

    finding = logged(make("drafting"), mary, about_police, "in_review")
    address = finding_address(finding, "agree")
    client = signed_in(mary)
    assert address not in client.get(finding.get_absolute_url()).content.decode()
    assert client.get(address).status_code == 403
    assert client.post(address, {"version": finding.version, **REASON}).status_code == 403
    with pytest.raises(IllegalTransition, match="other than its author"):
        finding.move("agree", by=mary)
    assert Finding.objects.get().status == "in_review"

    milo = signed_in(person("Milo", "manager", ofsted))
    assert submit(milo, milo.get(address)).status_code == 302
    assert Finding.objects.get().status == "agreed"


def test_an_author_promoted_to_manager_still_does_not_agree_it(make, about_police, ines, adam, signed_in):
    finding = logged(make("drafting"), ines, about_police, "in_review")
    ines.change(by=adam, values={"role": "manager"})
    response = signed_in(ines).post(finding_address(finding, "agree"), {"version": finding.version, **REASON})
    assert response.status_code == 403
    assert Finding.objects.get().status == "in_review"


# Pages out of date


def test_a_step_on_an_outdated_page_is_a_conflict_and_changes_nothing(draft, ines, mary, signed_in):
    client = signed_in(ines)
    page = client.get(finding_address(draft, "submit"))
    draft.edit(by=mary, values={"summary": "Newer words."}, citations=[], expect=1)
    response = submit(client, page)
    assert response.status_code == 409
    assert error_summary(response) == [
        "Somebody changed this finding meanwhile. Read it again before you decide."
    ]
    assert "Newer words." in text(response)
    assert Finding.objects.get().status == "draft"
    assert submit(client, response).status_code == 302  # now that it was read again


def test_a_step_of_an_inspection_on_an_outdated_page_is_a_conflict_too(drafting, ines, mary, signed_in):
    client = signed_in(ines)
    address = reverse("inspection_step", args=[drafting.public_id, "send_for_factual_accuracy"])
    page = client.get(address)
    drafting.edit(by=mary, values={"topic": "Neglect"}, expect=drafting.version)
    response = submit(client, page)
    assert response.status_code == 409
    assert error_summary(response)
    assert Inspection.objects.get().status == "drafting"


def test_the_second_to_take_a_step_is_told_so_in_a_sentence(draft, ines, mary, signed_in):
    client = signed_in(ines)
    page = client.get(finding_address(draft, "submit"))
    draft.move("submit", by=mary)
    response = submit(client, page)
    assert response.status_code == 409
    assert error_summary(response) == ["This finding is now “In review”, so this step is not possible."]
    assert draft.events().count() == 2


@pytest.mark.parametrize("version", ["", "abc", "-1", "99"])
def test_a_step_without_a_sound_version_is_not_taken(version, draft, ines, signed_in):
    response = signed_in(ines).post(finding_address(draft, "submit"), {"version": version, **REASON})
    assert response.status_code == 409
    assert Finding.objects.get().status == "draft"


# Reading changes nothing


def rows():
    """{table: number of rows}, sessions apart, and the read log: what is read before it is published leaves a row."""
    return {
        model._meta.db_table: model._base_manager.count()
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label != "sessions" and model is not ReadLogEntry
    }


def test_get_changes_nothing_on_any_page(
    arguments, draft, finding, drafting, ines, mary, hanna, clara, audrey, adam, nobody, signed_in
):
    before = rows()
    versions = [(record.version, record.status) for record in (draft, finding, drafting)]
    opened = 0
    for person in (ines, mary, hanna, clara, audrey, adam, nobody):
        client = signed_in(person)
        for name in routes():
            for args in arguments.get(name, [[]]):
                response = client.get(reverse(name, args=args))
                assert response.status_code < 500
                opened += response.status_code == 200
                list(response)  # a file that is given out is read to its end, and closed
    assert opened > 100
    assert rows() == before
    for record in (draft, finding, drafting):
        record.refresh_from_db()
    assert [(record.version, record.status) for record in (draft, finding, drafting)] == versions


def test_signing_out_takes_a_post(ines, signed_in):
    client = signed_in(ines)
    assert client.get(reverse("sign_out")).status_code == 405
    assert client.get(reverse("findings")).status_code == 200


def test_forms_need_their_token(drafting, ines):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(ines)
    page = client.get(reverse("inspection_step", args=[drafting.public_id, "pause"]))
    address, fields = form(page)
    assert client.post(address, {"version": fields["version"][0], **REASON}).status_code == 403
    assert Inspection.objects.get().status == "drafting"
    token = fields["csrfmiddlewaretoken"][0]
    sent = {"version": fields["version"][0], "csrfmiddlewaretoken": token, **REASON}
    assert client.post(address, sent).status_code == 302
