"""The page of a recommendation: the whole story for those who follow it up and the agency, the rest for everybody."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Channel
from findings.models import ActionPlan, Evidence, Recommendation
from findings.recommendation_words import due_in_words, scale_of, span
from findings.views.recommendation_rows import recommendations_panel
from inspections.models import Clock

from .browsing import page, text
from .conftest import record_finding, record_inspection, weakness
from .states import recommended

TODAY = timezone.localdate


@pytest.fixture
def story(recommendation, ines, mary, stan, stockton, jtai, hmicfrs):
    """Stockton's recommendation of 2016 with everything that can follow: two responses, a plan, evidence in two
    versions and one taken back, progress seen by a joint inspection, another due date, a claim."""
    found = recommendation
    found.respond(by=ines, position="partly_accepted", text="FIRST-RESPONSE", received_on=date(2016, 9, 1))
    found.respond(by=ines, position="accepted", text="SECOND-RESPONSE", received_on=date(2016, 10, 1))
    plan = ActionPlan.begin(
        by=stan,
        inspection=found.inspection,
        by_agency=stockton,
        values={"title": "PLAN-TITLE"},
        actions=[{"recommendation": found, "text": "PLAN-ACTION", "owner": "Head of service"}],
    )
    plan.submit(by=stan)
    plan.accept(by=mary)
    found.refresh_from_db()
    first = _file(found, stan, "first")
    _file(found, stan, "second", replaces=first)
    _file(found, stan, "withdrawn").withdraw(by=stan, reason="The wrong file.")
    later = record_inspection(jtai, hmicfrs, stockton, date(2018, 1, 12))
    found.verify(
        by=mary,
        kind="reinspection",
        on=date(2018, 1, 12),
        progress="reasonable",
        text="VERIFIED-WORDS",
        through=later,
        evidence=[first],
    )
    found.propose_due_date(by=stan, due_on=TODAY() + timedelta(90), reason="DATE-REASON")
    found.refresh_from_db()
    found.decide_due_date(by=mary, approve=True)
    found.claim_completion(by=stan, text="CLAIM-WORDS", on=TODAY())
    return Recommendation.objects.get(pk=found.pk)


def _file(found, by, name, replaces=None):
    stored = SimpleNamespace(
        key=f"{found.public_id}{name}",
        name=f"{name}.xlsx",
        content_type="text/plain",
        size=5,
        sha256="0" * 64,
    )
    values = {"kind": "data", "description": f"EVIDENCE-{name}", "retain_until": date(2040, 1, 1)}
    return Evidence.add(by=by, recommendation=found, stored=stored, values=values, replaces=replaces)


FOR_ALL = [
    "Keep challenging the police",
    "Reasonable progress",
    "Completion claimed",
    "5 August 2016",
    "JTAI 2018",
]
FOLLOW_UP = ["FIRST-RESPONSE", "SECOND-RESPONSE", "CLAIM-WORDS", "VERIFIED-WORDS", "DATE-REASON"]
SENT_IN = ["PLAN-TITLE", "PLAN-ACTION", "EVIDENCE-first", "EVIDENCE-second", "EVIDENCE-withdrawn"]


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["stan", "ines", "otto", "mary", "audrey"], FOR_ALL + FOLLOW_UP + SENT_IN),
        # Inspectorates read each other's follow-up; what agencies send in goes to those of the inspection.
        (["hugo", "hanna"], FOR_ALL + FOLLOW_UP),
        (["clara", "mel", "adam"], FOR_ALL),
    ],
    ids=["those who follow it up and its agency", "other inspectorates", "everybody else"],
)
def test_each_reads_as_much_of_the_story_as_the_rules_say(names, shown, story, request, signed_in):
    for name in names:
        seen = page(signed_in(request.getfixturevalue(name)).get(story.get_absolute_url())).find("main").text
        for words in FOR_ALL + FOLLOW_UP + SENT_IN:
            assert (words in seen) == (words in shown), (name, words)


def test_without_a_role_there_is_nothing(story, nobody, signed_in):
    assert signed_in(nobody).get(story.get_absolute_url()).status_code == 404


def test_the_three_bodies_the_finding_and_its_places_are_named(story, mel, signed_in):
    rows = _rows(signed_in(mel).get(story.get_absolute_url()))
    assert rows["Addressed to"].startswith("Stockton-on-Tees Borough Council")
    assert rows["About the practice of"].startswith("Cleveland Police")
    assert rows["Inspected"].startswith("Stockton-on-Tees Borough Council SIF 2016")
    assert "Page 12, paragraph 16" in rows["Finding"]
    assert rows["Theme"] == "Strategy discussions"


def _rows(response):
    table = page(response).find("dl", class_="govuk-summary-list")
    for line_break in table.find_all("br"):
        line_break.children = [" "]
    keys = [key.text for key in table.find_all("dt")]
    return dict(zip(keys, [value.text for value in table.find_all("dd")], strict=True))


def test_dates_say_how_far_off_they_are_and_where_they_come_from(
    sif, published, finding, stockton, mary, signed_in
):
    Clock(
        framework=sif, purpose="action_plan", starts_from="publication", length=70, unit="working_days"
    ).add(by=None, channel=Channel.COMMAND)
    found = _issued(finding, stockton)
    rows = _rows(signed_in(mary).get(found.get_absolute_url()))
    assert rows["Due date now"].startswith("14 November 2016 Overdue by")
    assert rows["Due date first set"] == (
        "14 November 2016 Counted by the framework’s clock: 70 working days from 5 August 2016 "
        "(publication of the report)."
    )
    assert rows["Open for"] == f"{span(date(2016, 8, 5), TODAY())} since it was first issued"
    Clock.objects.get().change(by=None, values={"length": 60})
    # The clock was set anew: how long it was then is not known any more.
    rows = _rows(signed_in(mary).get(found.get_absolute_url()))
    assert rows["Due date first set"] == "14 November 2016 Counted by the framework’s clock."


def _issued(finding, addressee, **values):
    return Recommendation.record_issued(
        by=None,
        channel=Channel.COMMAND,
        finding=finding,
        values={"addressee": addressee, "text": "Attend.", **values},
    )


@pytest.mark.parametrize(
    ("values", "due", "origin"),
    [
        ({"due_printed": date(2016, 12, 1)}, "1 December 2016", "Printed in the report."),
        (
            {"timescale_length": 3, "timescale_unit": "months"},
            "5 November 2016",
            "Counted from the timescale in the report: 3 months after 5 August 2016.",
        ),
    ],
)
def test_a_printed_date_counts_before_a_timescale(values, due, origin, finding, stockton, mel, signed_in):
    rows = _rows(signed_in(mel).get(_issued(finding, stockton, **values).get_absolute_url()))
    assert rows["Due date first set"] == f"{due} {origin}"


def test_without_a_date_it_says_so(recommendation, mel, signed_in):
    rows = _rows(signed_in(mel).get(recommendation.get_absolute_url()))
    assert rows["Due date now"] == "No due date"
    assert "Due date first set" not in rows


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (date(2026, 3, 1), date(2026, 3, 1), "0 days"),
        (date(2026, 3, 1), date(2026, 3, 2), "1 day"),
        (date(2026, 3, 1), date(2026, 4, 29), "59 days"),
        (date(2026, 3, 1), date(2026, 4, 30), "1 month"),
        (date(2026, 1, 31), date(2026, 4, 30), "2 months"),
        (date(2024, 3, 1), date(2026, 2, 28), "23 months"),
        (date(2024, 3, 1), date(2026, 3, 1), "2 years"),
        (date(2016, 8, 5), date(2026, 9, 5), "10 years and 1 month"),
        (date(2016, 8, 5), date(2027, 7, 4), "10 years and 10 months"),
    ],
)
def test_spans_of_time_in_words(start, end, words):
    assert span(start, end) == words


def test_due_in_words():
    today = date(2026, 3, 10)
    said = {offset: due_in_words(today + timedelta(offset), today) for offset in (-1, 0, 1, 100)}
    assert said == {-1: "Overdue by 1 day", 0: "Due today", 1: "Due in 1 day", 100: "Due in 3 months"}
    assert due_in_words(None, today) == "No due date"


def test_the_scale_has_four_steps_of_which_one_is_marked():
    assert [is_this for _label, is_this in scale_of("reasonable")] == [False, False, True, False]


def test_a_closed_one_is_not_overdue_and_has_no_age(finding, stockton, otto, mary, stan, signed_in):
    found = recommended(finding, stockton, "closed_verified", author=otto, manager=mary, lead=stan)
    seen = signed_in(mary).get(found.get_absolute_url())
    rows = _rows(seen)
    assert "Open for" not in rows
    assert "Overdue" not in text(seen)


def test_the_history_tells_what_each_event_added(story, ines, stan, mel, signed_in):
    for person in (ines, stan):
        history = page(signed_in(person).get(story.get_absolute_url())).find("section", class_="app-history")
        headings = [heading.text for heading in history.find_all("h3")]
        assert headings[0] == "Completion claimed"
        assert "A further version of the response" in headings
        assert "Version 2, received on 1 October 2016: Accepted. SECOND-RESPONSE" in history.text
        assert history.text.count("FIRST-RESPONSE") == 1
        assert "Re-inspection or later inspection on 12 January 2018: Reasonable progress." in history.text
    assert page(signed_in(mel).get(story.get_absolute_url())).find("section", class_="app-history") is None


def test_the_agency_reads_the_history_from_the_issue_on(finding, stockton, ines, mary, stan, signed_in):
    found = Recommendation.draft(
        by=ines, finding=finding, values={"addressee": stockton, "text": "DRAFT-WORDS"}
    )
    found.edit(by=ines, values={"text": "Attend."}, expect=1)
    found.issue(by=mary)
    assert "DRAFT-WORDS" in signed_in(ines).get(found.get_absolute_url()).content.decode()
    assert "DRAFT-WORDS" not in signed_in(stan).get(found.get_absolute_url()).content.decode()


def test_of_a_withdrawn_finding_it_is_read_by_those_at_work_only(
    story, finding, mary, stan, clara, mel, signed_in
):
    finding.move("withdraw", by=mary, reason="The wrong force.")
    for person in (stan, clara, mel):
        assert signed_in(person).get(story.get_absolute_url()).status_code == 404
        assert story.public_id not in signed_in(person).get("/recommendations/").content.decode()
    seen = signed_in(mary).get(story.get_absolute_url())
    assert "Its finding was withdrawn" in text(seen)
    assert page(seen).find("main").find("div", class_="app-actions") is None
    for route in ("respond", "claim", "verify", "supersede", "date", "assign"):
        assert (
            signed_in(mary).get(reverse(f"recommendation_{route}", args=[story.public_id])).status_code == 403
        )


# What the person may do next


@pytest.mark.parametrize(
    ("status", "offered"),
    [
        (
            "issued",
            {
                "stan": ["Respond", "Propose another due date"],
                "ines": ["Respond", "Verify", "Propose another due date", "Choose who follows it up", "Close as not implemented"],
                "mary": ["Respond", "Verify", "Propose another due date", "Choose who follows it up", "Supersede", "Close as not implemented"],
                "otto": [],
                "hugo": ["Verify"],
                "clara": [],
                "audrey": [],
                "adam": [],
            },
        ),
        (
            "in_progress",
            {
                "stan": ["Claim completion", "A further version of the response", "Propose another due date"],
                "hugo": ["Verify"],
                "mel": [],
            },
        ),
        ("completion_claimed", {"stan": ["A further version of the response", "Propose another due date"], "hugo": ["Verify"]}),
        ("closed_verified", {"stan": [], "hugo": [], "ines": ["Choose who follows it up", "Reopen"]}),
        ("draft", {"ines": ["Change", "Withdraw"], "mary": ["Change", "Issue", "Withdraw"], "audrey": []}),
    ],
)  # fmt: skip
def test_the_buttons_are_the_next_steps_of_the_person(
    status, offered, finding, stockton, otto, mary, stan, request, signed_in
):
    found = recommended(finding, stockton, status, author=otto, manager=mary, lead=stan)
    for name, expected in offered.items():
        seen = page(signed_in(request.getfixturevalue(name)).get(found.get_absolute_url())).find("main")
        # The bar of steps stands above the facts; the form of comments has one too.
        bars = [
            bar for bar in seen.find_all("div", class_="app-actions") if bar.find("a", class_="govuk-button")
        ]
        labels = [link.text for link in bars[0].find_all("a")] if bars else []
        assert labels == expected, name
        for link in bars[0].find_all("a") if bars else []:
            assert signed_in(request.getfixturevalue(name)).get(link["href"]).status_code == 200


# The panel on other pages


def test_the_panel_has_what_the_person_may_see_and_leads_to_the_list(
    finding, published, stockton, cleveland, strategy, ines, otto, mary, stan
):
    issued = recommended(finding, stockton, "issued", author=otto, manager=mary, lead=stan)
    draft = Recommendation.draft(by=otto, finding=finding, values={"addressee": stockton, "text": "Later."})
    other = _issued(record_finding(published, weakness(cleveland, strategy)), cleveland)

    def listed(user, **only):
        return {row.recommendation for row in recommendations_panel(user, **only)["recommendation_rows"]}

    assert listed(ines, finding=finding) == {issued, draft}
    assert listed(stan, finding=finding) == {issued}
    assert listed(stan, inspection=published) == {issued, other}
    assert listed(stan, addressee=stockton) == {issued}
    assert listed(stan, about=cleveland) == {issued, other}
    panel = recommendations_panel(ines, finding=finding)
    assert panel["recommendation_add_url"] == reverse("recommendation_add", args=[finding.public_id])
    assert panel["recommendations_url"] == f"/recommendations/?finding={finding.public_id}"
    assert recommendations_panel(stan, finding=finding)["recommendation_add_url"] == ""
    assert recommendations_panel(stan, addressee=stockton)["recommendations_url"] == (
        "/recommendations/?addressee=stockton-on-tees-borough-council"
    )


@pytest.mark.parametrize("rows", [1, 3])
def test_the_panel_is_one_query(rows, finding, stockton, otto, mary, stan, mel, django_assert_num_queries):
    for _number in range(rows):
        recommended(finding, stockton, "issued", author=otto, manager=mary, lead=stan)
    with django_assert_num_queries(1):
        assert len(recommendations_panel(mel, finding=finding)["recommendation_rows"]) == rows


# Queries


@pytest.mark.parametrize("parts", [1, 3])
@pytest.mark.parametrize(("name", "number"), [("mary", 19), ("stan", 20), ("mel", 11)])
def test_the_page_asks_the_same_number_of_queries_however_much_happened(
    parts, name, number, story, ines, mary, stan, stockton, request, signed_in, django_assert_num_queries
):
    for part in range(parts - 1):
        _file(
            story,
            stan,
            f"more-{part}",
            replaces=Evidence.objects.get(file_name="second.xlsx") if not part else None,
        )
        story.respond(by=stan, position="accepted", text=f"More {part}.", received_on=TODAY())
        story.verify(by=mary, kind="desktop", on=TODAY(), progress="good", text="Seen.")
        story.propose_due_date(by=stan, due_on=TODAY() + timedelta(100 + part), reason="Why.")
        story.refresh_from_db()
        story.decide_due_date(by=mary, approve=True)
        story.refresh_from_db()
    client = signed_in(request.getfixturevalue(name))
    client.get(story.get_absolute_url())
    with django_assert_num_queries(number):
        assert client.get(story.get_absolute_url()).status_code == 200
