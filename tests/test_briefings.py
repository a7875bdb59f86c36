"""Briefing packs: what they say of a force, a council, a theme and the country, to whom, and that every number is right."""

import random
import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.models import Event
from findings.briefings import briefing
from findings.documents import Chart, TableBlock
from findings.figures import FIGURES
from findings.models import Recommendation
from findings.recount import RECOUNTS
from findings.recount.comparison import _plain
from findings.recount.samples import Sample, Sampler

from .browsing import page, text
from .reading_documents import needs_pango, of_page, of_pdf, of_word
from .test_documents import assert_same, without_addresses
from .test_follow_up_figures import closed
from .who_sees_what import MISSING, SHOWN, SIGN_IN, WITH_A_ROLE, outcome

ROUTES = {"briefing", "briefing_file"}
LETTER = "as_of=2016-10-17"
OF = ("", "force=cleveland", "council=stockton-on-tees-borough-council", "theme=strategy-discussions")


def pack(client, of="", asked=LETTER):
    """The page of a pack."""
    response = client.get(f"/briefings/?{asked}&{of}")
    assert response.status_code == 200
    return response


def said(client, of="", asked=LETTER):
    return text(pack(client, of, asked))


# Who sees what


def test_packs_are_for_everybody_with_a_role(people, finding):
    events = Event.objects.count()
    for name, client in people.items():
        shown = SHOWN if name in WITH_A_ROLE else SIGN_IN if name == "anonymous" else MISSING
        of = random.Random(name).choice(OF)
        assert outcome(client.get(f"/briefings/?{of}")) == shown, name
        assert outcome(client.post(f"/briefings/file/?{OF[3]}", {"format": "txt"})) == shown, name
        got = client.get(f"/briefings/file/?{of}").status_code
        assert got == (302 if name == "anonymous" else 405), name
    assert Event.objects.count() == events


@pytest.mark.parametrize("of", OF)
def test_there_is_a_pack_of_each(of, signed_in, clara, finding):
    assert "In short" in said(signed_in(clara), of)


@pytest.mark.parametrize(
    "of",
    ["force=nowhere", "council=cleveland", "theme=nothing", "as_of=tomorrow", "as_of=2999-01-01"],
)
def test_what_is_not_understood_is_an_error_and_no_pack(of, signed_in, ines, finding):
    client = signed_in(ines)
    response = client.get(f"/briefings/?{of}")
    assert page(response).find("article") is None
    assert page(response).find(class_="govuk-error-message") is not None
    assert client.post(f"/briefings/file/?{of}", {"format": "txt"}).status_code == 404


def test_a_pack_is_of_one_thing(signed_in, ines, finding):
    client = signed_in(ines)
    assert client.get("/briefings/?force=cleveland&theme=strategy-discussions").status_code == 404


@pytest.mark.parametrize("of", OF)
def test_nothing_unpublished_is_in_a_pack_whoever_reads_it(
    of, signed_in, audrey, ines, mary, finding, draft, recommendation
):
    values = {"addressee": recommendation.addressee, "text": "DRAFT-WORDS"}
    Recommendation.draft(by=ines, finding=finding, values=values)
    for reader in (audrey, ines, mary):  # who may read both elsewhere
        client = signed_in(reader)
        assert "DRAFT-WORDS" in text(client.get(f"/findings/{draft.public_id}/"))
        assert "DRAFT-WORDS" not in said(client, of, ""), reader


def test_what_an_agency_answered_is_for_inspectorates_and_itself_and_marks_the_pack(
    people, finding, cleveland, clara, recommendation, stan
):
    yesterday = date.today() - timedelta(1)
    finding.respond(by=clara, position="facts_contested", text="CLARAS-WORDS", received_on=yesterday)
    recommendation.respond(by=stan, position="rejected", text="STANS-WORDS", received_on=yesterday)
    contests = "Cleveland Police contests the facts"
    for name in ("ines", "hetty", "mary", "audrey"):
        shown = said(people[name], "force=cleveland", "")
        for words in (contests, "Rejected", "not to be published"):
            assert words in shown, (name, words)
        assert "WORDS" not in shown
    for name, position in (("clara", contests), ("stan", "Rejected")):
        shown = said(people[name], "force=cleveland", "")
        assert (contests in shown, "Rejected" in shown) == (position == contests, position == "Rejected"), (
            name
        )
        assert "not to be published" in shown
    for name in ("mel", "adam"):
        shown = said(people[name], "force=cleveland", "")
        assert contests not in shown, name
        assert "Rejected" not in shown, name
        assert "Holds published matter only" in shown


# What it says


def test_a_force_without_an_inspection_is_not_called_clean(signed_in, ines, met, strategy):
    shown = said(signed_in(ines), "force=metropolitan")
    assert "No inspection of this window is known: nothing below is evidence of good practice." in shown
    assert "None was found in this window." in shown
    assert "0 of 0" not in shown


def test_reports_that_nobody_read_are_named(signed_in, ines, inspect, cleveland):
    inspect(date(2016, 8, 5), coverage="none")
    inspect(date(2016, 8, 6), (cleveland, "serious"))
    shown = said(signed_in(ines), "force=cleveland")
    assert "Findings about the police are recorded for 1 of the 2 inspections of this window." in shown


def test_a_serious_weakness_stands_with_its_report_page_and_paragraph(
    signed_in, ines, finding, recommendation
):
    response = pack(signed_in(ines), "force=cleveland")
    shown = text(response)
    assert "Serious: Officers did not attend strategy discussions." in shown
    assert f"({finding.theme.name}; {finding.reference}). Recommendations: Issued." in shown
    sources = page(response).find("section", class_="app-document__sources").text
    assert f"Report on {finding.inspection}, published on 5 August 2016, page 12, paragraph 16" in sources
    assert "Register, figure “Weaknesses and strengths”, published before 17 October 2016" in sources


def test_what_came_back_is_told_apart_from_what_did_not(
    signed_in, ines, inspect, cleveland, strategy, missing
):
    inspect(date(2015, 8, 5), (cleveland, "serious"))
    assert "Nothing that was found in this window had been found before." in said(
        signed_in(ines), "force=cleveland"
    )
    inspect(date(2016, 8, 5), (cleveland, "serious"))
    shown = said(signed_in(ines), "force=cleveland")
    assert "Only those that came back." in shown
    assert "Nothing that was found" not in shown


def test_a_withdrawn_finding_counts_on_its_day_and_is_not_listed(signed_in, ines, mary, finding):
    finding.move("withdraw", by=mary, reason="Wrong force.")
    shown = said(signed_in(ines), "force=cleveland")
    assert "1 of the 1 counted have been withdrawn since; their words are not given." in shown
    assert "Officers did not attend" not in shown
    assert "1 findings withdrawn, 0 corrected" in shown


def test_what_improved_says_who_saw_what(signed_in, ines, finding, recommendation):
    closed(recommendation, date(2016, 9, 1))
    client = signed_in(ines)
    assert "No recommendation had been verified and closed." in said(
        client, "force=cleveland", "as_of=2016-09-01"
    )
    shown = said(client, "force=cleveland", "as_of=2016-09-02")
    assert f"Good progress: {recommendation.text} ({recommendation.reference}; " in shown
    assert "on 1 September 2016) What was seen: " in shown


@pytest.mark.parametrize(
    ("address", "of"),
    [
        ("/agencies/cleveland/", "&force=cleveland"),
        ("/agencies/stockton-on-tees-borough-council/", "&council=stockton-on-tees-borough-council"),
        ("/dashboard/", ""),
    ],
)
def test_dashboards_lead_to_the_pack_of_their_day_and_window(address, of, signed_in, ines, finding):
    client = signed_in(ines)
    response = client.get(f"{address}?as_of=2016-10-17&window=academic")
    (link,) = [a for a in page(response).find_all("a") if a.text == "Briefing to print or take away"]
    assert link["href"] == f"/briefings/?as_of=2016-10-17&window=academic{of}"
    assert client.get(link["href"]).status_code == 200


def test_a_theme_leads_to_its_pack(signed_in, ines, finding):
    client = signed_in(ines)
    response = client.get("/themes/strategy-discussions/")
    (link,) = [a for a in page(response).find_all("a") if a.text == "Briefing to print or take away"]
    assert "Briefing: Strategy discussions" in text(client.get(link["href"]))


# The same in every format


@needs_pango
@pytest.mark.parametrize("of", OF)
def test_the_files_say_what_the_page_says(of, signed_in, audrey, finding, recommendation):
    client = signed_in(audrey)
    response = pack(client, of)
    shown = [line for line in of_page(response.content) if "Writtenouton" not in line[1]]
    for file_format, read in (("pdf", of_pdf), ("docx", of_word)):
        file = client.post(f"/briefings/file/?{LETTER}&{of}", {"format": file_format})
        got = without_addresses(read(file.content))
        assert_same([line for line in got if "Writtenouton" not in line[1]], shown)


def test_a_file_is_named_after_what_it_is_of_and_its_day(signed_in, ines, finding):
    client = signed_in(ines)
    names = [
        client.post(f"/briefings/file/?{LETTER}&{of}", {"format": "txt"})["Content-Disposition"] for of in OF
    ]
    assert names == [
        f'attachment; filename="briefing-{name}-2016-10-17.txt"'
        for name in ("national", "cleveland", "stockton-on-tees-borough-council", "strategy-discussions")
    ]


# Every number, by the plain method


def digits_of(number):
    """The numbers that a figure must print, from its recount."""
    if number.n is None or number.total == 0 or number.read == 0:
        return []
    if number.total is None or (number.read is not None and number.read != number.total):
        return [f"{number.n:g}"]
    share = [str(number.percent)] if number.percent is not None else []
    return [f"{number.n:g}", str(number.total), *share]


def of_numbers(sample, codes):
    """[the numbers in each row] of a table of these figures’ numbers."""
    recounted = [RECOUNTS[code](sample.for_figure(FIGURES[code]).asked) for code in codes]
    return [digits_of(number) for expected in recounted for number in expected.numbers]


def rows_recounted(sample, code, labels):
    """The figure’s rows by the plain method, in the columns of these labels."""
    sample = sample.for_figure(FIGURES[code])
    expected = RECOUNTS[code](sample.asked)
    columns = [str(column.label) for column in FIGURES[code].of_scope(sample.scope).table.columns]
    places = [
        (list(expected.columns) if expected.columns is not None else columns).index(label) for label in labels
    ]
    return [tuple(_plain(row[place]) for place in places) for row in expected.rows]


def compare(sample):
    """Every table of the sample’s pack with the recount; how many rows were compared."""
    from findings.briefings.pack import IN_SHORT, NEXT

    document = briefing(sample.scope, address="https://register.example.org/briefings/")
    kind = next((part for part in ("force", "council", "theme") if getattr(sample.scope, part)), "country")
    compared = 0
    for block in document.blocks:
        found = block.table if isinstance(block, Chart) else block
        if not isinstance(found, TableBlock):
            continue
        table = found.table
        if table.code in ("in-short", "next"):
            codes = IN_SHORT[kind] if table.code == "in-short" else NEXT
            printed = [re.findall(r"\d+(?:\.\d+)?", row[1].text) for row in table.rows]
            assert printed == of_numbers(sample, codes)
        else:
            labels = [str(column.label) for column in table.columns]
            wanted = rows_recounted(sample, table.code, labels)
            for row in table.rows:
                wanted.remove(tuple(_plain(cell) for cell in row))
        compared += len(table.rows)
    return compared


@pytest.mark.parametrize("random_register", [1, 2], indirect=True)
def test_every_number_of_a_pack_is_found_again_row_by_row(
    random_register, audrey, cleveland, met, stockton, strategy
):
    dice = Sampler(random.Random(5))
    compared = 0
    for of in ({}, {"force": cleveland}, {"force": met}, {"council": stockton}, {"theme": strategy}):
        for on in (date(2016, 10, 17), dice.day()):
            compared += compare(
                Sample.of(dice.rows, user=audrey, on=on, kind=dice.dice.choice(["all", "year"]), **of)
            )
    assert compared > 100


# Queries


def queries(client, of):
    with CaptureQueriesContext(connection) as captured:
        pack(client, of)
    return len(captured)


@pytest.mark.parametrize(("of", "count"), [(OF[0], 59), (OF[1], 42), (OF[2], 36), (OF[3], 41)])
def test_a_pack_asks_the_database_as_often_with_one_finding_as_with_three(
    of, count, signed_in, audrey, inspect, cleveland, stockton
):
    client = signed_in(audrey)

    def add(day):
        inspection = inspect(day, (cleveland, "serious"))
        found = inspection.findings.get()
        Recommendation.record_issued(
            by=None, channel="command", finding=found, values={"addressee": stockton, "text": "Attend."}
        )

    add(date(2016, 8, 5))
    assert queries(client, of) == count
    for day in (6, 7):
        add(date(2016, 8, day))
    assert queries(client, of) == count
