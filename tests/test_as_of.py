"""As known on a day: figures of an earlier day are what a reader could have counted then, and say what was corrected since.

The day is the one of the chief inspector's letter, 17 October 2016.
"""

import csv
import io
import re
from datetime import date, datetime, time, timedelta

import pytest
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format

from agencies.models import Policing
from findings import publication
from findings.models import Finding, Theme
from inspections.models import Inspection, JudgementArea

from .browsing import page, text
from .conftest import record_finding, record_inspection, strength, weakness
from .states import logged, moved, planned
from .test_dashboards import ANY, JOINT_SERIOUS, LETTER, SERIOUS, judged, rows_in_order, values, words
from .test_pages import rows_behind
from .who_sees_what import as_read, browser

TODAY = f"as_of={date.today().isoformat()}&window=all"
ADDRESSES = [
    "/dashboard/",
    "/agencies/cleveland/",
    "/agencies/stockton-on-tees-borough-council/",
    "/figures/themes/",
    "/figures/forces-by-theme/",
    "/figures/recurrence/",
    "/figures/grades-of-councils/",
    "/figures/latest-grades/",
    "/figures/data-quality/",
    "/figures/coverage/",
    "/figures/timeline/",
    "/findings/",
    "/inspections/",
]


def everything(client, asked, cleveland=True):
    """{address: answer} of dashboards, figures and lists as of the day."""
    answers = {}
    for address in ADDRESSES:
        query = asked
        if address in ("/findings/", "/inspections/"):
            query = asked.partition("&")[0]  # a list has no window
        if "timeline" in address:
            query += "&force=cleveland"
        answers[address] = as_read(client.get(f"{address}?{query}"))
        if address.startswith(("/figures/", "/findings/", "/inspections/")):
            answers[f"{address} as a file"] = rows_of_file(client, f"{address}?{query}")
    return answers


def file_of(client, address):
    return client.get(f"{address}&take=csv").getvalue().decode("utf-8-sig")


def rows_of_file(client, address):
    """The rows of a file without its header, which says when it was taken."""
    rows = list(csv.reader(io.StringIO(file_of(client, address), newline="")))
    return rows[rows.index([]) + 1 :] if [] in rows else rows


def backdated(record, days=1, **also):
    """The moment of a publication here, moved into the past past the verbs, which would say now.

    What is published here counts from the next day on: there is no other way to look at that day today.
    """
    moment = timezone.now() - timedelta(days)
    QuerySet(type(record)).filter(pk=record.pk).update(published_at=moment, **also)


def published_here(by, reviewer, inspection, values):
    """A finding logged, agreed and published on an inspection that was public before."""
    return logged(inspection, by, values, "published", reviewer=reviewer)


@pytest.fixture
def five(sif, ofsted, stockton, cleveland, strategy):
    """Five graded inspections of the letter's year, two of them with a serious weakness of Cleveland Police."""
    days = [date(2015, 11, 2), date(2016, 1, 4), date(2016, 5, 6), date(2016, 8, 5), date(2016, 10, 16)]
    made = [judged(sif, ofsted, stockton, day) for day in days]
    for inspection in made[:2]:
        record_finding(
            inspection,
            weakness(cleveland, strategy, "serious", summary=f"WORDS-{inspection.published_on:%m} were few."),
            [{"page": 4, "paragraph": "16"}],
        )
    return made


def headline(client, asked=LETTER):
    shown = values(client.get(f"/dashboard/?{asked}"))
    return shown[SERIOUS], shown[ANY]


# Published later


def test_a_report_published_on_the_day_or_later_changes_nothing_of_that_day(
    signed_in, adam, five, sif, jtai, ofsted, stockton, camden, cleveland, met, strategy, missing
):
    client = signed_in(adam)
    assert headline(client) == ("2 of 5 (40%)", "2 of 5 (40%)")
    before = everything(client, LETTER)
    for day in (date(2016, 10, 17), date(2016, 10, 18), date(2017, 3, 1)):
        later = judged(sif, ofsted, stockton, day, grade=sif.grade_scale.grades.first())
        record_finding(later, weakness(cleveland, missing, "critical"))
        record_finding(later, weakness(stockton, strategy))
        joint = record_inspection(jtai, ofsted, camden, day, participating_agencies=[met, cleveland])
        record_finding(joint, weakness(met, strategy, "serious"))
        record_finding(joint, strength(cleveland, strategy))
    after = everything(client, LETTER)
    assert [address for address in before if before[address] != after[address]] == []
    assert headline(client, "as_of=2016-10-18&window=year")[0] == "3 of 6 (50%)"
    assert headline(client, "as_of=2016-10-19&window=year")[0] == "4 of 7 (57%)"


def test_a_finding_is_known_from_the_day_after_its_reports_date(signed_in, adam, five):
    client = signed_in(adam)
    for day, said in (
        ("2015-11-02", "0 findings"),
        ("2015-11-03", "1 finding"),
        ("2016-01-05", "2 findings"),
    ):
        status = page(client.get(f"/findings/?as_of={day}")).find("p", role="status")
        assert status.text == said, day


# Published here, later than its report


def test_a_finding_published_here_today_changes_no_earlier_day_and_counts_from_tomorrow_on(
    signed_in, adam, mary, ines, five, cleveland, missing
):
    client, today = signed_in(adam), date.today()
    yesterday = f"as_of={(today - timedelta(1)).isoformat()}&window=all"
    before = {asked: everything(client, asked) for asked in (LETTER, yesterday, TODAY)}
    new = published_here(mary, ines, five[2], weakness(cleveland, missing, "critical", summary="NEW-WORDS."))
    after = {asked: everything(client, asked) for asked in (LETTER, yesterday, TODAY)}
    for asked in before:
        changed = [a for a in before[asked] if before[asked][a] != after[asked][a]]
        assert changed == [], asked
    # From the day after on it counts: in all that was published by then, and still not in 2016.
    backdated(new)
    assert headline(client) == ("2 of 5 (40%)", "2 of 5 (40%)")
    assert headline(client, yesterday) == ("2 of 5 (40%)", "2 of 5 (40%)")
    assert headline(client, TODAY) == ("3 of 5 (60%)", "3 of 5 (60%)")
    assert "NEW-WORDS" in text(client.get(f"/findings/?{TODAY.partition('&')[0]}"))
    assert "NEW-WORDS" not in text(client.get("/findings/?as_of=2016-10-17"))


def test_an_inspection_published_here_after_its_printed_date_counts_from_the_day_after_it_was_published_here(
    signed_in, adam, mary, ines, five, sif, stockton, cleveland, missing
):
    client, today = signed_in(adam), date.today()
    inspection = planned(ines, sif, stockton, fieldwork_to=date(2016, 7, 1), coverage="all")
    inspection.judge(by=ines, judgements=[(sif.areas.first(), stockton, sif.grade_scale.grades.last())])
    finding = logged(inspection, ines, weakness(cleveland, missing, "serious"), "agreed", reviewer=mary)
    yesterday = f"as_of={(today - timedelta(1)).isoformat()}&window=all"
    asked = (LETTER, "as_of=2020-01-01&window=all", yesterday, TODAY)
    before = {query: everything(client, query) for query in asked}
    moved(inspection, "embargoed", mary)
    publication.publish(inspection, by=mary, on=date(2016, 8, 9))
    after = {query: everything(client, query) for query in asked}
    for query in asked:
        assert [a for a in before[query] if before[query][a] != after[query][a]] == [], query
    # Everybody may read it at once; figures have it from the next day on.
    assert inspection.get_absolute_url() in client.get("/inspections/").content.decode()
    for record in (inspection, finding):
        backdated(record)
    assert headline(client, TODAY) == ("3 of 6 (50%)", "3 of 6 (50%)")
    assert {query: headline(client, query)[0] for query in asked[:3]} == {
        LETTER: "2 of 5 (40%)",
        "as_of=2020-01-01&window=all": "2 of 5 (40%)",
        yesterday: "2 of 5 (40%)",
    }


# Withdrawn later


def withdrawn_box(response):
    """The words about what was withdrawn since; "" where there are none."""
    box = page(response).find("div", id="corrected")
    return box.text if box else ""


@pytest.fixture
def withdrawn(five, mary):
    """One of the two serious findings, withdrawn today."""
    (finding,) = Finding.objects.filter(inspection=five[0])
    return finding.move("withdraw", by=mary, reason="REASON-WORDS not about the police.")


def test_a_finding_withdrawn_later_still_counts_for_the_earlier_day_and_both_figures_are_shown(
    signed_in, adam, withdrawn
):
    client = signed_in(adam)
    response = client.get(f"/dashboard/?{LETTER}")
    shown = values(response)
    assert (shown[SERIOUS], shown[ANY]) == ("2 of 5 (40%)", "2 of 5 (40%)")
    box = withdrawn_box(response)
    assert "1 finding that counted on that day has been withdrawn since" in box
    assert f"1 of 5 (20%) {SERIOUS}" in box
    assert f"1 of 5 (20%) {ANY}" in box
    links = {words(link): link["href"] for link in page(response).find("div", id="corrected").find_all("a")}
    (number,) = [href for said, href in links.items() if said.startswith("1 finding")]
    assert rows_behind(client, number) == 1
    corrected = client.get(f"/dashboard/{links['Show all figures as corrected']}")
    shown = values(corrected)
    assert (shown[SERIOUS], shown[ANY]) == ("1 of 5 (20%)", "1 of 5 (20%)")
    assert "With findings as corrected since, and without those withdrawn since." in text(corrected)
    assert withdrawn_box(corrected) == ""
    back = next(
        a for a in page(corrected).find_all("a") if a.text == "Show the figures as they were published"
    )
    assert values(client.get(f"/dashboard/{back['href']}"))[SERIOUS] == "2 of 5 (40%)"


def test_a_withdrawal_is_told_of_also_where_only_figures_that_look_beyond_the_window_counted_it(
    signed_in, adam, withdrawn
):
    client = signed_in(adam)
    for address in ("/dashboard/", "/figures/trend/", "/figures/recurrence/", "/agencies/cleveland/"):
        response = client.get(f"{address}?as_of=2017-12-01&window=year")
        assert "1 finding that counted on that day has been withdrawn since" in withdrawn_box(response), (
            address
        )
        link = page(response).find("div", id="corrected").find("a")
        assert rows_behind(client, link["href"]) == 1


def test_a_withdrawn_finding_about_the_council_is_told_of_on_its_page_and_not_on_the_polices(
    signed_in, adam, mary, five, stockton, strategy
):
    about_council = record_finding(five[0], weakness(stockton, strategy))
    about_council.move("withdraw", by=mary, reason="Wrong.")
    client = signed_in(adam)
    response = client.get(f"{stockton.get_absolute_url()}?{LETTER}")
    assert "1 finding that counted on that day has been withdrawn since" in withdrawn_box(response)
    assert rows_behind(client, page(response).find("div", id="corrected").find("a")["href"]) == 1
    assert withdrawn_box(client.get(f"/dashboard/?{LETTER}")) == ""


@pytest.mark.parametrize(
    "address",
    [
        "/agencies/cleveland/",
        "/agencies/stockton-on-tees-borough-council/",
        "/figures/serious-weakness/",
        "/figures/themes/",
        "/figures/timeline/?force=cleveland",
    ],
)
def test_every_page_of_the_earlier_day_says_what_was_withdrawn_since(address, signed_in, adam, withdrawn):
    client, sign = signed_in(adam), "&" if "?" in address else "?"
    assert "1 finding that counted" in withdrawn_box(client.get(f"{address}{sign}{LETTER}"))
    assert withdrawn_box(client.get(f"{address}{sign}{LETTER}&corrected=true")) == ""
    # It was withdrawn today: of today's figures there is nothing to say.
    assert withdrawn_box(client.get(f"{address}{sign}{TODAY}")) == ""


@pytest.mark.parametrize(
    "code", ["themes", "forces-by-theme", "forces-with-serious-weakness", "data-quality"]
)
def test_a_figures_file_is_of_the_findings_published_then_or_without_those_withdrawn_since(
    code, signed_in, adam, withdrawn
):
    client = signed_in(adam)
    said, answers = {}, {}
    for more, column in (
        ("", "as published then"),
        ("&corrected=true", '"as corrected since, without the findings withdrawn since"'),
    ):
        address = f"/figures/{code}/?{LETTER}{more}"
        content = file_of(client, address)
        said[more] = f"Corrections,{column}\r\n" in content
        answers[more] = rows_of_file(client, address)
    assert said == {"": True, "&corrected=true": True}
    assert answers[""] != answers["&corrected=true"]


def test_what_is_withdrawn_today_is_gone_from_todays_figures_at_once(signed_in, adam, mary, five):
    client = signed_in(adam)
    assert headline(client, TODAY) == ("2 of 5 (40%)", "2 of 5 (40%)")
    for finding in Finding.objects.filter(inspection__in=five):
        finding.move("withdraw", by=mary, reason="Wrong.")
    assert headline(client, TODAY) == ("0 of 5 (0%)", "0 of 5 (0%)")
    assert rows_behind(client, f"/findings/?{TODAY.partition('&')[0]}") == 0
    yesterday = (date.today() - timedelta(1)).isoformat()
    assert headline(client, f"as_of={yesterday}&window=all") == ("2 of 5 (40%)", "2 of 5 (40%)")
    assert headline(client) == ("2 of 5 (40%)", "2 of 5 (40%)")


def test_a_withdrawal_counts_from_its_own_day_on(signed_in, adam, withdrawn):
    """At half past eleven in the evening of 3 November 2016, which is the same day in the register's zone."""
    late = timezone.make_aware(datetime.combine(date(2016, 11, 3), time(23, 30)))
    QuerySet(Finding).filter(pk=withdrawn.pk).update(withdrawn_at=late)  # the verb would say now
    client = signed_in(adam)
    shown = {day: headline(client, f"as_of={day}&window=all")[0] for day in ("2016-11-02", "2016-11-03")}
    assert shown == {"2016-11-02": "2 of 5 (40%)", "2016-11-03": "1 of 5 (20%)"}


ROLES = ["ines", "otto", "mary", "hugo", "hanna", "clara", "mel", "stan", "audrey", "adam"]


@pytest.mark.parametrize("name", ROLES)
def test_in_the_list_of_that_day_it_is_named_as_withdrawn_without_its_words_for_everybody(
    name, request, withdrawn
):
    """Also for its inspectorate's manager and the auditor: the list of a day is the same for all."""
    client = browser(request.getfixturevalue(name))
    response = client.get("/findings/?as_of=2016-10-17")
    tree = page(response)
    titles = [card.find("h3").text for card in tree.find_all("article", class_="app-finding")]
    day = date_format(date.today(), "j F Y")
    assert titles == [
        "WORDS-01 were few.",
        f"Finding {withdrawn.reference}, withdrawn on {day}",
    ]
    assert "WORDS-11" not in response.content.decode()
    assert [tag.text for tag in tree.find_all("strong", class_="govuk-tag--magenta")] == ["Withdrawn"]
    content = file_of(client, "/findings/?as_of=2016-10-17")
    assert "WORDS-11" not in content
    assert "REASON-WORDS" not in content
    rows = [dict(zip(*pair, strict=True)) for pair in zip_heads(client)]
    assert [(row["Status"], row["Summary"], row["Where the report says it"]) for row in rows] == [
        ("Published", "WORDS-01 were few.", "page 4, paragraph 16"),
        ("Withdrawn", "Withdrawn: its words are not given.", ""),
    ]


def zip_heads(client):
    heads, *rows = rows_of_file(client, "/findings/?as_of=2016-10-17")
    return [(heads, row) for row in rows]


@pytest.mark.parametrize("name", ROLES)
def test_its_words_are_not_found_by_trying_for_anybody(name, request, withdrawn):
    client = browser(request.getfixturevalue(name))
    for asked, n in (
        ("WORDS-01", 1),
        ("WORDS-11", 0),
        ("WORDS-11&withdrawn=true", 0),
        ("WORDS-11&status=withdrawn", 0),
        ("REASON-WORDS", 0),
        ("few", 1),
        ("few&withdrawn=true", 0),
    ):
        assert rows_behind(client, f"/findings/?as_of=2016-10-17&q={asked}") == n, asked
        assert len(rows_of_file(client, f"/findings/?as_of=2016-10-17&q={asked}")) == n + 1, asked
    counted = page(client.get("/findings/?as_of=2016-10-17&q=WORDS-11"))
    assert [label.text for label in counted.find_all("label") if re.search(r"\([1-9]\d*\)", label.text)] == []


@pytest.mark.parametrize("name", ROLES)
def test_its_words_stand_on_no_dashboard_figure_or_file(name, request, withdrawn):
    client = browser(request.getfixturevalue(name))
    for asked in (LETTER, f"{LETTER}&corrected=true", TODAY):
        for address, answer in everything(client, asked).items():
            assert "WORDS-11" not in str(answer), (asked, address)
            assert "REASON-WORDS" not in str(answer), (asked, address)


def test_a_withdrawn_finding_is_on_the_timeline_by_its_reference(signed_in, adam, withdrawn):
    response = signed_in(adam).get(f"/agencies/cleveland/?{LETTER}")
    headings = [head.text for head in page(response).find_all("h3", class_="app-timeline__heading")]
    assert headings[0] == f"Finding {withdrawn.reference} withdrawn"


def test_a_finding_that_was_withdrawn_before_it_was_published_is_on_no_day(
    signed_in, adam, audrey, mary, ines, five, cleveland, missing
):
    client, auditor = signed_in(adam), signed_in(audrey)
    before = everything(client, LETTER), everything(auditor, LETTER)
    logged(five[0], ines, weakness(cleveland, missing), "withdrawn", reviewer=mary)
    assert (everything(client, LETTER), everything(auditor, LETTER)) == before


# Facts of inspections corrected later


def corrections(response):
    """[(record, [(what, before, after)])] of the page's corrections."""
    found = []
    for changes in page(response).find_all("dl", class_="app-changes"):
        line = " ".join(child if isinstance(child, str) else child.text for child in changes.parent.children)
        record = re.split(r" ?, \d+ \w+ \d{4}, \d+:\d\d[ap]m", line)[0].strip()
        pairs = zip(changes.find_all("dt"), changes.find_all("dd"), strict=True)
        found.append(
            (
                record,
                [(label.text, words(dd.find("del")), words(dd.find("ins"))) for label, dd in pairs],
            )
        )
    return found


PAGES_WITH_CORRECTIONS = [
    "/dashboard/",
    "/agencies/cleveland/",
    "/agencies/stockton-on-tees-borough-council/",
    "/figures/serious-weakness/",
    "/figures/themes/",
]


def test_a_corrected_date_is_listed_with_before_and_after(signed_in, adam, mary, five):
    five[3].edit(
        by=mary, values={"published_on": date(2016, 8, 9)}, expect=five[3].version, reason="As printed."
    )
    client = signed_in(adam)
    for address in PAGES_WITH_CORRECTIONS:
        assert corrections(client.get(f"{address}?{LETTER}")) == [
            (str(five[3]), [("Published on", "5 August 2016", "9 August 2016")])
        ], address
    assert "1 correction of facts since" in text(client.get(f"/dashboard/?{LETTER}"))


def test_corrected_judgements_are_listed_with_before_and_after_and_the_figures_follow(
    signed_in, adam, mary, five, sif, stockton
):
    client = signed_in(adam)
    good = sif.grade_scale.grades.get(code="good")
    area = JudgementArea.objects.get(framework=sif, code="overall-effectiveness")
    five[4].judge(by=mary, judgements=[(area, stockton, good)], reason="A slip.")
    (correction,) = corrections(client.get(f"/dashboard/?{LETTER}"))
    assert correction == (
        str(five[4]),
        [
            (
                "Judgements",
                "Overall effectiveness – Stockton-on-Tees Borough Council – Inadequate",
                "Overall effectiveness – Stockton-on-Tees Borough Council – Good",
            )
        ],
    )
    (row,) = rows_in_order(client.get(f"/dashboard/?{LETTER}"), "grades-of-councils")
    assert (row["Good"], row["Inadequate"], row["Graded"]) == ("1", "0", "1")


def test_what_no_figure_counts_is_no_correction(signed_in, adam, mary, ines, five):
    five[0].edit(
        by=mary,
        values={"notes": "SECRET-NOTES", "team": [ines], "report_url": "https://x.example/"},
        expect=five[0].version,
        reason="REASON-WORDS",
    )
    response = signed_in(adam).get(f"/dashboard/?{LETTER}")
    assert corrections(response) == []
    assert "SECRET-NOTES" not in response.content.decode()


def test_a_correction_is_said_without_its_reason_and_without_what_is_not_counted(signed_in, adam, mary, five):
    five[0].edit(
        by=mary,
        values={"notes": "SECRET-NOTES", "fieldwork_to": date(2015, 9, 30)},
        expect=five[0].version,
        reason="REASON-WORDS",
    )
    response = signed_in(adam).get(f"/dashboard/?{LETTER}")
    assert corrections(response) == [
        (str(five[0]), [("Last day of fieldwork", "nothing", "30 September 2015")])
    ]
    for secret in ("SECRET-NOTES", "REASON-WORDS", "Mary"):
        assert secret not in response.content.decode()


def test_an_inspection_moved_out_of_the_days_figures_is_listed_as_corrected(signed_in, adam, mary, five):
    """Its date was wrong: it was not known on the day after all. The figure has changed, so the page says why."""
    client = signed_in(adam)
    assert headline(client)[0] == "2 of 5 (40%)"
    five[0].edit(
        by=mary, values={"published_on": date(2016, 12, 1)}, expect=five[0].version, reason="Printed."
    )
    response = client.get(f"/dashboard/?{LETTER}")
    assert values(response)[SERIOUS] == "1 of 4"
    assert [change for _inspection, change in corrections(response)] == [
        [("Published on", "2 November 2015", "1 December 2016")]
    ]


def test_an_inspection_that_was_another_forces_is_listed_as_corrected_with_both(
    signed_in, adam, mary, five, jtai, ofsted, camden, met, cleveland
):
    """The Met took part, not Cleveland: the figures of both have changed."""
    joint = record_inspection(jtai, ofsted, camden, date(2016, 5, 5), participating_agencies=[cleveland])
    joint.edit(by=mary, values={"participating_agencies": [met]}, expect=joint.version, reason="Printed.")
    client = signed_in(adam)
    for slug in ("metropolitan", "cleveland"):
        made = corrections(client.get(f"/agencies/{slug}/?{LETTER}"))
        assert made == [
            (
                str(joint),
                [
                    (
                        "Other agencies inspected with it",
                        "Cleveland Police",
                        "Metropolitan Police Service",
                    )
                ],
            )
        ], slug


def test_a_corrected_time_of_policing_is_listed_on_the_pages_of_the_force(
    signed_in, adam, five, cleveland, met, stockton
):
    """Cleveland's Stockton was another's until 2016: the figures of both forces are made of other inspections."""
    policing = Policing.objects.get(authority=stockton)
    policing.change(by=adam, values={"valid_from": date(2016, 2, 1)})
    client = signed_in(adam)
    expected = [(str(policing), [("From", "nothing", "1 February 2016")])]
    listed = {
        address: corrections(client.get(f"{address}?{LETTER}"))
        for address in ("/dashboard/", "/agencies/cleveland/", "/agencies/metropolitan/")
    }
    assert listed == {
        "/dashboard/": expected,
        "/agencies/cleveland/": expected,
        "/agencies/metropolitan/": [],
    }
    (row,) = rows_in_order(client.get(f"/agencies/cleveland/?{LETTER}"), "councils")
    assert row["Inspections"] == "3"


def test_corrections_of_an_unpublished_inspection_are_told_to_nobody(
    signed_in, adam, audrey, mary, drafting, five
):
    drafting.edit(by=mary, values={"fieldwork_to": date(2026, 6, 1)}, expect=drafting.version)
    for person in (adam, audrey, mary):
        assert corrections(signed_in(person).get(f"/dashboard/?{TODAY}")) == [], person


# Findings corrected later


def test_a_corrected_finding_counts_as_it_read_and_both_figures_are_shown(signed_in, adam, mary, five):
    (finding,) = Finding.objects.filter(inspection=five[0])
    finding.correct(
        by=mary,
        values={"severity": "minor", "severity_rationale": ""},
        citations=[{"page": 4, "paragraph": "16"}],
        reason="REASON-WORDS",
    )
    client = signed_in(adam)
    response = client.get(f"/dashboard/?{LETTER}")
    assert headline(client) == ("2 of 5 (40%)", "2 of 5 (40%)")
    box = withdrawn_box(response)
    assert "1 finding that counted on that day has been corrected since" in box
    assert "withdrawn since" not in box
    assert f"1 of 5 (20%) {SERIOUS}" in box
    assert f"2 of 5 (40%) {ANY}" in box
    link = page(response).find("div", id="corrected").find("a")
    assert rows_behind(client, link["href"]) == 1
    assert headline(client, f"{LETTER}&corrected=true") == ("1 of 5 (20%)", "2 of 5 (40%)")
    ((record, changes),) = corrections(response)
    assert record == finding.reference
    assert ("Severity", "Serious", "Minor") in changes
    assert "REASON-WORDS" not in response.content.decode()
    # From its own day on there is nothing more to say of it.
    today = client.get(f"/dashboard/?{TODAY}")
    assert withdrawn_box(today) == ""
    assert corrections(today) == []
    assert values(today)[SERIOUS] == "1 of 5 (20%)"


def test_a_link_between_findings_counts_on_every_day_and_is_listed(signed_in, adam, mary, five):
    (earlier,), (later,) = (Finding.objects.filter(inspection=made) for made in five[:2])
    later.link_recurrence(by=mary, earlier=earlier)
    response = signed_in(adam).get(f"/dashboard/?{LETTER}")
    assert corrections(response) == [(later.reference, [("Recurrence of", "nothing", earlier.reference)])]


# Themes merged later


def test_a_theme_merged_after_the_day_is_counted_by_itself_on_it(
    signed_in, adam, five, cleveland, strategy, missing
):
    old = Theme(code="old", name="Old theme", definition="Old.", order=1).add(by=None)
    record_finding(five[2], weakness(cleveland, old))
    old.retire(by=None, reason="Merged", into=strategy, on=date(2016, 10, 18))
    client = signed_in(adam)
    shown = {}
    for day in ("2016-10-17", "2016-10-18"):
        table = rows_in_order(client.get(f"/dashboard/?as_of={day}"), "themes")
        shown[day] = {row["Theme"]: row["Weaknesses"] for row in table}
        (row,) = rows_in_order(client.get(f"/dashboard/?as_of={day}"), "forces-by-theme")
        assert row.get("Old theme") == ("1" if day == "2016-10-17" else None)
        for code, name in (("old", "Old theme"), ("strategy-discussions", "Strategy discussions")):
            rows = rows_behind(client, f"/findings/?as_of={day}&theme={code}")
            assert rows == int(shown[day].get(name, "1")), (day, code)
    assert shown == {
        "2016-10-17": {"Strategy discussions": "2", "Old theme": "1"},
        "2016-10-18": {"Strategy discussions": "3"},
    }


def test_a_merge_changes_nothing_of_an_earlier_day(signed_in, adam, five, cleveland, strategy, missing):
    record_finding(five[2], weakness(cleveland, missing))
    client = signed_in(adam)
    before = {code: figures_of(client, code) for code in ("themes", "forces-by-theme", "recurrence")}
    missing.retire(by=None, reason="Merged", into=strategy)
    assert {code: figures_of(client, code) for code in before} == before
    tree = page(client.get(f"/figures/themes/?{TODAY}"))
    themes = [row.find("th").text for row in tree.find("tbody").find_all("tr")]
    assert themes == ["Strategy discussions"]


def figures_of(client, code):
    return rows_of_file(client, f"/figures/{code}/?{LETTER}")


# Lists as of a day


def test_a_list_of_a_day_holds_no_unpublished_matter_even_for_those_who_see_it(
    signed_in, audrey, ines, mary, five, draft, cleveland, strategy
):
    for state in ("draft", "in_review", "agreed"):
        logged(five[0], mary, weakness(cleveland, strategy), state, reviewer=ines)
    for person in (audrey, ines, mary):
        client = signed_in(person)
        assert rows_behind(client, f"/findings/?{TODAY.partition('&')[0]}") == 2, person
        assert rows_behind(client, f"/inspections/?{TODAY.partition('&')[0]}") == 5, person
        assert rows_behind(client, "/findings/?as_of=2016-10-17&status=draft") == 0, person


def test_a_list_of_a_day_says_so(signed_in, adam, five):
    client = signed_in(adam)
    for path in ("/findings/", "/inspections/"):
        assert "As known on 17 October 2016" in text(client.get(f"{path}?as_of=2016-10-17"))
        assert "As known on 17 October 2016" not in text(client.get(path))


@pytest.mark.parametrize("day", ["2999-01-01", "nonsense", "1800-01-01"])
@pytest.mark.parametrize("path", ["/findings/", "/inspections/"])
def test_a_list_of_no_day_is_an_error_and_empty(path, day, signed_in, adam, five):
    response = signed_in(adam).get(f"{path}?as_of={day}")
    tree = page(response)
    assert tree.find("ul", id="id_as_of_error") is not None
    assert tree.find("input", name="as_of")["value"] == day
    assert tree.find("p", role="status").text.split()[0] == "0"


def test_an_inspection_counts_as_it_is_recorded_whoever_looks(
    signed_in, adam, mary, clara, stan, audrey, five
):
    """The same figures of the same day for every role."""
    shown = {str(person): headline(signed_in(person)) for person in (adam, mary, clara, stan, audrey)}
    assert set(shown.values()) == {("2 of 5 (40%)", "2 of 5 (40%)")}
    assert Inspection.objects.published().count() == 5
    joint = values(signed_in(adam).get(f"/dashboard/?{LETTER}"))[JOINT_SERIOUS]
    assert joint == "No inspections"
