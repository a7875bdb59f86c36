"""Letters that start from a pattern: what is drafted, with which figures and sources, for whom and how often."""

from datetime import date

import pytest
from django.urls import reverse

from findings.models import ActionPlan, Letter
from findings.views.letter_starts import STARTS

from .browsing import error_summary, page, submit, text
from .conftest import agency
from .who_sees_what import REFUSED, SHOWN, outcome

ROUTES = {"letter_starts", "letter_start"}
DAY = "17/10/2016"


@pytest.fixture
def register(inspect, cleveland, met, camden):
    """A year with serious weaknesses of two forces."""
    return [
        inspect(date(2016, 8, 5), (cleveland, "serious")),
        inspect(date(2016, 5, 5), (met, "critical"), of=camden),
        *(inspect(date(2016, month, 1)) for month in (1, 2, 3)),
    ]


def start(client, code, **fields):
    asked = client.get(reverse("letter_start", args=[code]))
    return submit(client, asked, **fields)


@pytest.mark.parametrize("address", [reverse("letter_starts"), *(reverse("letter_start", args=[code]) for code in STARTS)])  # fmt: skip
def test_managers_start_letters_and_nobody_else(address, people):
    for name, client in people.items():
        if name in ("anonymous",):
            continue
        expected = SHOWN if name in ("mary", "hanna", "colin") else REFUSED
        assert outcome(client.get(address)) == expected, name
        if expected == REFUSED:
            assert client.post(address, {}).status_code == 403
    assert not Letter.objects.exists()


def test_an_unknown_start_is_not_there(mary, signed_in):
    assert signed_in(mary).get(reverse("letter_start", args=["other"])).status_code == 404


def test_the_pattern_letter_names_forces_councils_and_sources_in_the_order_of_gravity(
    register, mary, hmicfrs, signed_in
):
    client = signed_in(mary)
    response = start(client, "police-contribution", as_of=DAY, to_agency=hmicfrs.pk)
    letter = Letter.objects.get()
    assert response["Location"] == letter.get_absolute_url()
    assert (letter.level, letter.to_agency, letter.status) == (4, hmicfrs, "draft")
    assert letter.events().count() == letter.version == 1
    read = page(client.get(letter.get_absolute_url())).find("main").text
    assert "2 of 5 (40%) found at least one serious weakness" in read
    ours, theirs = (inspection.findings.get() for inspection in register[:2])
    assert {finding.pk for finding in letter.findings.all()} == {ours.pk, theirs.pk}
    case = read.index("The most serious case")
    assert read.index("Metropolitan Police") < read.index("Cleveland Police") < case
    assert "Metropolitan Police" in read[case:]
    assert "[1]" in read
    assert f"[2] {ours.reference}" in read


def test_each_chief_constable_gets_a_letter_of_their_own_with_their_own_evidence(
    register, mary, cleveland, met, signed_in
):
    client = signed_in(mary)
    response = start(client, "reassurance", as_of=DAY, reply_due_on="1/2/2099")
    assert response["Location"] == f"{reverse('letters')}?status=draft"
    assert set(Letter.objects.values_list("to_agency__slug", flat=True)) == {cleveland.slug, met.slug}
    ours = register[0].findings.get()
    to_us, to_them = (Letter.objects.get(to_agency=force) for force in (cleveland, met))
    assert list(to_us.findings.all()) == [ours]
    read = text(client.get(to_us.get_absolute_url()))
    assert "1 of 4" in read
    assert "Metropolitan" not in read
    assert ours.reference not in text(client.get(to_them.get_absolute_url()))
    assert to_us.reply_due_on == date(2099, 2, 1)


def test_a_force_without_inspections_reads_so_and_no_nought(inspect, mary, met, signed_in):
    client = signed_in(mary)
    start(client, "reassurance", as_of=DAY)
    read = text(client.get(Letter.objects.get(to_agency=met).get_absolute_url()))
    assert "No graded inspection of councils’ children’s services that concerns your force" in read
    assert "0 of" not in read


def test_the_form_sent_twice_makes_the_letters_once(register, mary, signed_in):
    client = signed_in(mary)
    asked = client.get(reverse("letter_start", args=["reassurance"]))
    assert submit(client, asked, as_of=DAY).status_code == 302
    assert submit(client, asked, as_of=DAY).status_code == 302
    assert Letter.objects.count() == 2


def test_drafts_are_in_no_letter(register, draft, mary, hmicfrs, signed_in):
    client = signed_in(mary)
    start(client, "police-contribution", to_agency=hmicfrs.pk)
    assert draft not in Letter.objects.get().findings.all()
    assert "DRAFT-WORDS" not in text(client.get(Letter.objects.get().get_absolute_url()))


def test_an_alert_names_published_findings_only(finding, draft, mary, hmicfrs, signed_in):
    client = signed_in(mary)
    refused = start(
        client, "alert", to_agency=hmicfrs.pk, references=f"{finding.reference} {draft.public_id}"
    )
    assert "No published finding has this reference" in error_summary(refused)[0]
    start(client, "alert", to_agency=hmicfrs.pk, references=finding.reference)
    letter = Letter.objects.get()
    assert letter.level == 3
    assert finding.summary.rstrip(".") in text(client.get(letter.get_absolute_url()))


def test_errors_keep_what_was_typed(mary, signed_in):
    client = signed_in(mary)
    response = start(client, "alert", references="SIF-1999-XXX-01", reply_due_on="1/1/2016")
    assert error_summary(response) == [
        "To: Choose whom the letter goes to.",
        "Reply asked for by: This day has passed.",
        "Findings it is about: No published finding has this reference: SIF-1999-XXX-01.",
    ]
    assert "SIF-1999-XXX-01" in page(response).find("textarea", name="references").raw


@pytest.fixture
def plan(finding, recommendation, stan, stockton):
    recommendation.respond(by=stan, position="accepted", text="Yes.", received_on=date(2026, 1, 5))
    plan = ActionPlan.begin(
        by=stan,
        inspection=finding.inspection,
        by_agency=stockton,
        values={"title": "What we will do"},
        actions=[{"recommendation": recommendation, "text": "Attend.", "owner": "Head"}],
    )
    plan.submit(by=stan)
    return plan


@pytest.mark.parametrize(("code", "words"), [("plan-received", "We have your action plan"), ("plan-returned", "does not reflect the findings")])  # fmt: skip
def test_letters_about_a_plan_go_to_its_agency(code, words, plan, mary, colin_plans, stockton, signed_in):
    client = signed_in(mary)
    start(client, code, plan=plan.public_id)
    letter = Letter.objects.get()
    assert (letter.to_agency, letter.to_post) == (stockton, "director")
    assert words in letter.text
    assert plan.title in letter.text
    refused = start(signed_in(colin_plans), code, plan=plan.public_id)
    assert error_summary(refused) == ["Action plan: Choose a plan from the list."]


@pytest.fixture
def colin_plans(db):
    from .conftest import person

    return person("Corin", "manager", agency("CQC", "inspectorate", "CQC"))


def test_a_letter_that_came_is_answered_with_what_was_asked(mary, hanna, hmicfrs, ofsted, signed_in):
    came = Letter.draft(
        by=hanna,
        values={
            "level": 2,
            "to_agency": ofsted,
            "to_post": "chief_inspector",
            "subject": "Attendance",
            "asks": "Tell us more.\nTell us when.",
        },
    )
    assert error_summary(start(signed_in(mary), "answer", letter=came.public_id)) == [
        "Letter: Choose a letter from the list."
    ]
    came.send(by=hanna)
    start(signed_in(mary), "answer", letter=came.public_id)
    letter = Letter.objects.get(from_agency=ofsted)
    assert (letter.to_agency, letter.from_post) == (hmicfrs, "chief_inspector")
    assert "- Tell us when." in letter.text
