"""Dashboards, figures and comparison: every number opens exactly its rows, says of what it is, and can be taken away."""

import csv
import io
import re
import zipfile
from datetime import date, datetime, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.formats import date_format
from python_calamine import CalamineWorkbook

from agencies.models import Agency, Channel, Kind, Nation, Policing
from agencies.public_ids import new_public_id
from agencies.takeaway import FORMATS
from findings.figures import FIGURES
from findings.models import CaseReferral, Finding, Letter, Recommendation, Theme
from inspections.models import Framework, Grade, GradeScale, Inspection, JudgementArea

from .browsing import error_summary, errors_beside, page, submit, text
from .conftest import agency, record_finding, record_inspection, strength, weakness
from .random_follow_up import STRAIGHT, move_date, step
from .test_pages import enlarge, rows_behind, world  # noqa: F401 - a fixture
from .who_sees_what import as_read, browser

LISTS = ("/findings/?", "/inspections/?", "/recommendations/?", "/letters/?", "/cases/?")
NOTES = "The |All |Last day of fieldwork known: |Answered: |Both days known: "
LETTER = "as_of=2016-10-17&window=year"


# What a page says, and where its numbers lead


def seen(element):
    """The words that are drawn: without those for screen readers."""
    if isinstance(element, str):
        return element
    if "govuk-visually-hidden" in element.get("class", ""):
        return ""
    return "".join(seen(child) for child in element.children)


def words(element):
    return " ".join(seen(element).split())


def above(element, tag):
    """The nearest element of this tag around it, or None."""
    while element is not None and element.tag != tag:
        element = element.parent
    return element


def value_around(link):
    """The words of the value that the link belongs to."""
    element = link
    while "app-value" not in element.get("class", "").split():
        element = element.parent
    return words(element)


def linked_numbers(response):
    """([(number, address of a list, words)], [(number, address of a figure, words, heading of the row)])."""
    assert response.status_code == 200
    main = page(response).find("main")
    lists, tables = [], []
    for link in main.find_all("a"):
        href, shown = link.get("href", ""), words(link)
        if above(link, "svg") or shown == "Open as a list" or "take=" in href:
            continue
        if shown.startswith("The rows counted"):
            shown = value_around(link)
        number = re.match(rf"(?:{NOTES})?(\d[\d,]*)\b(?![.]\d)", shown)
        if href.startswith(LISTS):
            assert number, f"a link to a list without its number: {shown}"
            lists.append((int(number[1].replace(",", "")), href, link.text))
        elif href.startswith("/figures/") and number:
            row = above(link, "tr")
            tables.append((int(number[1]), href, link.text, words(row.find("th")) if row else ""))
    return lists, tables


def rows_of(tree, code):
    """[{heading of the column: what is drawn}] of the table with this code; none where there is none."""
    box = tree.find("div", id=code)
    table = box.find("table") if box else None
    if table is None:
        return []
    heads = [cell.text.removeprefix("Sort by ") for cell in table.find("thead").find_all("th")]
    return [
        dict(zip(heads, [words(cell) for cell in row.children if not isinstance(cell, str)], strict=True))
        for row in table.find("tbody").find_all("tr")
    ]


WHOLE = {"Councils inspected and read", "Themes with a weakness"}


def rows_that_say_so(client, href, heading, said):
    """How many rows of the figure's table a number counts that leads to it."""
    response = client.get(href)
    assert response.status_code == 200, href
    assert not page(response).find_all(class_="govuk-error-message"), href
    code = href.split("/")[2]
    if code in ("spread", "recurrence"):
        rows = rows_of(page(response), code)
        says = {"spread": ("Found", "Has it"), "recurrence": ("Came back",)}[code]
        answers = [next(row[name] for name in says if name in row) for row in rows]
        assert set(answers) <= {"Yes", "No"}
        return len(answers) if heading in WHOLE else answers.count("Yes")
    if code == "forces-with-serious-weakness":
        special = set(Agency.objects.filter(special=True).values_list("official_name", flat=True))
        rows = rows_of(page(response), "forces")
        return sum(
            row["Serious or critical"] not in ("–", "0") and row["Force"] not in special for row in rows
        )
    if code == "divergence":
        return len({row["Force"] for row in rows_of(page(response), "divergence")})
    if code == "coverage":
        kind = "Police force" if "forces" in said else "Council"
        return sum(row["Kind"] == kind for row in rows_of(page(response), "coverage"))
    raise AssertionError(f"a number leads to a figure that is not counted here: {href}")


FORCES = ["cleveland", "metropolitan", "btp", "gwent"]
COUNCILS = ["moved", "stockton-on-tees-borough-council", "london-borough-of-camden"]


def pages_with_numbers(asked, share, shares):
    """Dashboards of this day and window; of the pages of figures every n-th, so that all shares have them all."""
    force, council = FORCES[share % len(FORCES)], COUNCILS[share % len(COUNCILS)]
    compared = "&".join(f"agency={slug}" for slug in FORCES[:2])
    dated = list(Inspection.objects.published().exclude(published_on=None).order_by("pk"))
    parts = {
        "force": FORCES[:2],
        "council": COUNCILS[:2],
        "theme": ["strategy-discussions"],
        "inspection": [inspection.public_id for inspection in dated[:1]],
    }
    figures = [f"/figures/{figure.code}/?{asked}" for figure in FIGURES.values() if not figure.needs]
    figures += [
        f"/figures/{figure.code}/?{asked}&{part}={value}"
        for figure in FIGURES.values()
        for part in figure.takes
        for value in parts[part]
    ]
    return [
        f"/dashboard/?{asked}",
        f"/agencies/{force}/?{asked}",
        f"/agencies/{council}/?{asked}",
        f"/compare/?{asked}&{compared}",
        dated[share % len(dated)].get_absolute_url(),
        *figures[share::shares],
    ]


def wrong_numbers(client, addresses):
    """([(page, link, number, rows behind it)] where the two differ, how many addresses were opened)."""
    wrong, opened = [], {}
    for address in addresses:
        lists, tables = linked_numbers(client.get(address))
        for number, href, said in lists:
            if href not in opened:
                opened[href] = rows_behind(client, href)
            if opened[href] != number:
                wrong.append((address, said, href, number, opened[href]))
        for number, href, said, heading in tables:
            key = (href, heading in WHOLE, "forces" in said)
            if key not in opened:
                opened[key] = rows_that_say_so(client, href, heading, said)
            if opened[key] != number:
                wrong.append((address, said, href, number, opened[key]))
    return wrong, len(opened)


def with_cycles(sif, ofsted, hmicfrs, stockton, cleveland):
    """Forces graded in a cycle, one of them not territorial; links to earlier findings; a theme that says nothing."""
    peel = Framework.objects.get(code="PEEL")
    grades = list(peel.grade_scale.grades.order_by("rank"))
    (area,) = peel.areas.all()
    for slug, grade, cycle in (
        ("cleveland", 1, "PEEL 2015"),
        ("metropolitan", 2, "PEEL 2015"),
        ("gwent", 2, "PEEL 2015"),
        ("cleveland", 2, "PEEL 2016"),
    ):
        force = Agency.objects.get(slug=slug)
        day = date(int(cycle[-4:]), 12, 15)
        inspection = record_inspection(peel, hmicfrs, force, day, cycle=cycle, coverage="police")
        inspection.judge(by=None, judgements=[(area, force, grades[grade])])
    other = Theme(code="other", name="Other", definition="Everything else.").add(by=None)
    day = date(2016, 9, 30)
    known = Finding.objects.published().filter(inspection__published_on__lt=day)
    earlier = known.filter(attributed_to__slug="cleveland").first()
    later = record_inspection(sif, ofsted, stockton, day, coverage="all")
    if earlier:
        record_finding(later, weakness(earlier.attributed_to, earlier.theme, recurrence_of=earlier))
    record_finding(later, weakness(cleveland, other, "serious"), [{"page": 2}])


SWEEPS = [
    ("mary", ""),
    ("clara", LETTER),
    ("adam", "window=all"),
    (
        "audrey",
        "as_of=2016-12-31&window=custom&published_from=2015-12-31&published_to=2016-09-30&corrected=true",
    ),
]


@pytest.mark.parametrize(
    ("random_register", "share"),
    [(31 + share, share) for share in range(len(SWEEPS))],
    indirect=["random_register"],
)
def test_every_number_opens_a_list_of_exactly_that_many_rows(
    random_register, share, request, sif, ofsted, hmicfrs, stockton, cleveland
):
    with_cycles(sif, ofsted, hmicfrs, stockton, cleveland)
    name, asked = SWEEPS[share]
    client = browser(request.getfixturevalue(name))
    wrong, opened = wrong_numbers(client, pages_with_numbers(asked, share, len(SWEEPS)))
    assert wrong == []
    assert opened > 30


def test_a_councils_or_an_inspections_themes_lead_to_no_count_of_other_councils(
    signed_in, mary, sif, ofsted, stockton, camden, cleveland, met, strategy
):
    """How far a theme spreads is asked of the nation or of a force; nothing else has a column for it."""
    client = signed_in(mary)
    for council, force in ((stockton, cleveland), (camden, met)):
        inspection = record_inspection(sif, ofsted, council, date(2016, 8, 5))
        record_finding(inspection, weakness(force, strategy))
    spread = {}
    for address in (
        "/figures/themes/?window=all",
        "/figures/themes/?window=all&force=cleveland",
        f"/figures/themes/?window=all&council={stockton.slug}",
        f"/figures/themes/?window=all&inspection={Inspection.objects.first().public_id}",
    ):
        _lists, tables = linked_numbers(client.get(address))
        found = [number for number, href, _said, _heading in tables if "/spread/" in href]
        spread[address.partition("all")[2].partition("=")[0]] = found
    assert spread == {"": [2], "&force": [1], "&council": [], "&inspection": []}


def test_grades_of_a_forces_councils_open_the_inspections_of_its_own_time(
    signed_in, mary, sif, ofsted, cleveland, met
):
    """Cleveland policed the council until 2015, the Met since: a later grade is not one of Cleveland's time."""
    moved_council = agency("Moved", Kind.LOCAL_AUTHORITY, "MOV", nation=Nation.ENGLAND)
    Policing(force=cleveland, authority=moved_council, valid_to=date(2015, 12, 31)).add(by=None)
    Policing(force=met, authority=moved_council, valid_from=date(2016, 1, 1)).add(by=None)
    grades = list(sif.grade_scale.grades.order_by("rank"))
    for day, grade in ((date(2015, 5, 1), grades[1]), (date(2016, 8, 5), grades[3])):
        judged(sif, ofsted, moved_council, day, grade=grade)
    client = signed_in(mary)
    for force, label in ((cleveland, "Good"), (met, "Inadequate")):
        lists, _tables = linked_numbers(
            client.get(f"/figures/grades-of-councils/?window=all&force={force.slug}")
        )
        opened = [(said, number, rows_behind(client, href)) for number, href, said in lists]
        assert opened == [(f"1 {label}", 1, 1), ("1 graded", 1, 1)], force


def test_a_special_force_is_not_behind_the_numbers_of_territorial_ones(signed_in, mary, sif, hmicfrs, met):
    peel, (area,) = a_framework(sif, hmicfrs, "PEEL")
    special = agency("BTP", Kind.POLICE_FORCE, "BTP", official_name="British Transport Police", special=True)
    good = sif.grade_scale.grades.get(code="good")
    for force in (met, special):
        inspection = record_inspection(peel, hmicfrs, force, date(2016, 2, 18), cycle="PEEL 2015")
        inspection.judge(by=None, judgements=[(area, force, good)])
    client = signed_in(mary)
    lists, _tables = linked_numbers(client.get("/figures/grades-of-forces/"))
    opened = [(said, number, rows_behind(client, href)) for number, href, said in lists]
    assert opened == [("1 Good", 1, 1), ("1 graded", 1, 1)]


@pytest.mark.parametrize("random_register", [38], indirect=True)
@pytest.mark.parametrize("asked", ["window=all", LETTER])
def test_charts_open_what_the_tables_beside_them_open(random_register, asked, signed_in, mary):
    tree = page(signed_in(mary).get(f"/dashboard/?{asked}"))
    charts = [link for svg in tree.find_all("svg") for link in svg.find_all("a")]
    in_cells = {
        link["href"] for cell in tree.find_all("td") + tree.find_all("th") for link in cell.find_all("a")
    }
    assert [link["href"] for link in charts if link["href"] not in in_cells] == []
    assert len(charts) > 5


# The headline


def a_framework(sif, inspectorate, code, **fields):
    """(framework, areas) on the scale of SIF, with one question."""
    framework = Framework(code=code, name=code, grade_scale=sif.grade_scale, **fields).add(
        by=None, values={"inspectorates": [inspectorate]}
    )
    JudgementArea(
        framework=framework, code="protecting-vulnerable-people", name="Vulnerability", order=1
    ).add(by=None)
    return framework, list(framework.areas.all())


def judged(framework, lead, council, day, *, grade=None, **values):
    """An inspection of the council, graded when it was recorded."""
    grade = grade or framework.grade_scale.grades.order_by("rank").last()
    return Inspection.record_published(
        by=None,
        channel=Channel.COMMAND,
        values={
            "framework": framework,
            "lead_inspectorate": lead,
            "inspected_agency": council,
            "published_on": day,
            **values,
        },
        judgements=[(framework.areas.order_by("order").first(), council, grade)],
    )


def values(response):
    """{label: what is printed above it} of the panels of figures."""
    return {
        item.find("span", class_="app-figures__label").text: words(
            item.find("span", class_="app-figures__number")
        )
        for item in page(response).find_all("li", class_="app-figures__item")
    }


SERIOUS = "inspections found at least one serious weakness in the police’s contribution"
ANY = "inspections found a weakness of any severity in the police’s contribution"
JOINT_SERIOUS = "joint inspections found at least one serious weakness of the police"
JOINT_ANY = "joint inspections found a weakness of any severity of the police"
OF_THE_LETTER = [date(2015, 10, 17), date(2016, 1, 4), date(2016, 5, 6), date(2016, 8, 5), date(2016, 10, 16)]


@pytest.fixture
def letter(sif, ofsted, stockton, cleveland, strategy):
    """letter(n, unread=k): n graded inspections of the letter's year; two found serious weaknesses, a third minor ones."""

    def fill(n, unread=0):
        made = []
        for index, day in enumerate(OF_THE_LETTER[:n]):
            coverage = "grades" if index >= n - unread else "all"
            made.append(judged(sif, ofsted, stockton, day, coverage=coverage))
        for inspection, severity in zip(made, ("serious", "critical", "minor"), strict=False):
            if inspection.coverage == "all":
                record_finding(inspection, weakness(cleveland, strategy, severity))
        return made

    return fill


@pytest.mark.parametrize(
    ("n", "unread", "serious", "of_any"),
    [
        (5, 0, "2 of 5 (40%)", "3 of 5 (60%)"),
        (4, 0, "2 of 4", "3 of 4"),
        (1, 0, "1 of 1", "1 of 1"),
        (0, 0, "No inspections", "No inspections"),
        (5, 1, "2 so far", "3 so far"),
        (5, 5, "Not known", "Not known"),
    ],
)
def test_the_headline_says_n_of_n_and_a_percentage_only_where_it_means_something(
    n, unread, serious, of_any, letter, signed_in, mary
):
    letter(n, unread)
    shown = values(signed_in(mary).get(f"/dashboard/?{LETTER}"))
    assert (shown[SERIOUS], shown[ANY]) == (serious, of_any)
    said = text(signed_in(mary).get(f"/figures/serious-weakness/?{LETTER}"))
    assert f"{serious} {SERIOUS}" in said
    assert ("%" in serious) == (f"({serious.partition('(')[2]}" in said and "(" in serious)


def test_unread_reports_are_counted_beside_the_headline(letter, signed_in, mary):
    letter(5, unread=2)
    client = signed_in(mary)
    tree = page(client.get(f"/dashboard/?{LETTER}"))
    panel = next(item for item in tree.find_all("li", class_="app-figures__item") if SERIOUS in item.text)
    note = panel.find("span", class_="app-figures__note")
    assert words(note) == "3 of 5 are read for findings: no share until all are."
    assert [rows_behind(client, link["href"]) for link in note.find_all("a")] == [3, 5]
    assert "%" not in panel.text


def test_joint_inspections_are_counted_apart(letter, jtai, ofsted, camden, met, strategy, signed_in, mary):
    letter(5)
    joint = record_inspection(jtai, ofsted, camden, date(2016, 6, 1), participating_agencies=[met])
    record_finding(joint, weakness(met, strategy, "critical"))
    record_inspection(jtai, ofsted, camden, date(2016, 6, 2))
    shown = values(signed_in(mary).get(f"/dashboard/?{LETTER}"))
    assert (shown[SERIOUS], shown[JOINT_SERIOUS], shown[JOINT_ANY]) == ("2 of 5 (40%)", "1 of 2", "1 of 2")


def test_a_weakness_of_a_council_is_not_in_the_headline(
    letter, stockton, strategy, sif, ofsted, signed_in, mary
):
    record_finding(judged(sif, ofsted, stockton, date(2016, 8, 5)), weakness(stockton, strategy, "critical"))
    shown = values(signed_in(mary).get(f"/dashboard/?{LETTER}"))
    assert (shown[SERIOUS], shown[ANY]) == ("0 of 1", "0 of 1")


def test_the_letters_words_stand_on_its_day_and_year_only(letter, signed_in, mary):
    letter(5)
    client = signed_in(mary)
    said = {
        asked: "more than half of 42" in text(client.get(f"/dashboard/?{asked}"))
        for asked in (LETTER, "as_of=2016-10-17&window=all", "as_of=2016-10-18", "")
    }
    assert said == {LETTER: True, "as_of=2016-10-17&window=all": False, "as_of=2016-10-18": False, "": False}


# The day and the window


def twelve_months_before(day):
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def period_words(response):
    return words(page(response).find("p", class_="app-period__words").find("strong"))


def test_without_asking_the_nation_is_of_the_last_twelve_months_and_an_agency_of_everything(
    signed_in, mary, cleveland, stockton
):
    client, today = signed_in(mary), date.today()
    start, last, day = (
        date_format(when, "j F Y") for when in (twelve_months_before(today), today - timedelta(1), today)
    )
    year = f"published from {start} to {last}, as known on {day}"
    everything = f"published before {day}, as known on that day"
    assert {
        address: period_words(client.get(address))
        for address in (
            "/dashboard/",
            "/figures/themes/",
            "/agencies/cleveland/",
            stockton.get_absolute_url(),
        )
    } == {
        "/dashboard/": year,
        "/figures/themes/": year,
        "/agencies/cleveland/": everything,
        stockton.get_absolute_url(): everything,
    }


# (as_of, window, first day, last day, in words); the first day of everything is not said.
WINDOWS = [
    ("2016-10-17", "year", date(2015, 10, 17), date(2016, 10, 16)),
    ("17/10/2016", "year", date(2015, 10, 17), date(2016, 10, 16)),
    ("2016-02-29", "year", date(2015, 2, 28), date(2016, 2, 28)),
    ("2016-10-17", "financial", date(2016, 4, 1), date(2016, 10, 16)),
    ("2016-04-01", "financial", date(2015, 4, 1), date(2016, 3, 31)),
    ("2016-04-02", "financial", date(2016, 4, 1), date(2016, 4, 1)),
    ("2016-10-17", "academic", date(2016, 9, 1), date(2016, 10, 16)),
    ("2016-09-01", "academic", date(2015, 9, 1), date(2016, 8, 31)),
    ("2016-10-17", "all", None, date(2016, 10, 16)),
    ("2016-10-17", "custom&published_from=2016-08-05", date(2016, 8, 5), date(2016, 10, 16)),
    (
        "2016-10-17",
        "custom&published_from=2015-01-01&published_to=5 August 2016",
        date(2015, 1, 1),
        date(2016, 8, 5),
    ),
]
DAYS_AS_OF = {"17/10/2016": date(2016, 10, 17)}
OF_THE_LETTERS_YEAR = "published from 17 October 2015 to 16 October 2016, as known on 17 October 2016"


@pytest.mark.parametrize(("as_of", "window", "first", "last"), WINDOWS)
def test_each_window_is_said_in_words_and_holds_its_first_day_and_not_the_day_after_its_last(
    as_of, window, first, last, signed_in, mary, sif, ofsted, stockton
):
    """An inspection on each edge and on the day outside it: those within are counted."""
    within = {first or date(1999, 1, 1), last}
    outside = {last + timedelta(1), *([first - timedelta(1)] if first else [])}
    for published_on in (*within, *outside):
        judged(sif, ofsted, stockton, published_on)
    response = signed_in(mary).get(f"/dashboard/?as_of={as_of}&window={window}")
    start, end, day = (
        date_format(when, "j F Y") if when else ""
        for when in (first, last, DAYS_AS_OF.get(as_of) or date.fromisoformat(as_of))
    )
    expected = f"published from {start} to {end}, as known on {day}"
    assert period_words(response) == (expected if first else f"published before {day}, as known on that day")
    assert values(response)[ANY] == f"0 of {len(within)}"


NO_DAY = "This is not a day. Write it like 17/10/2016."
STILL_TO_COME = "This day is still to come. Give today or an earlier day."
ERRORS = [
    ("window=custom", "published_from", "From", "Give the first day.", ""),
    (
        "as_of=2016-10-17&window=custom&published_from=2016-08-05&published_to=2016-08-04",
        "published_to",
        "To, inclusive",
        "The last day cannot be before the first.",
        "2016-08-04",
    ),
    (
        "as_of=2016-10-17&window=custom&published_from=2016-08-05&published_to=17/10/2016",
        "published_to",
        "To, inclusive",
        "The last day must be before the day as of which is counted.",
        "17/10/2016",
    ),
    (
        "as_of=2016-10-17&window=custom&published_from=2016-10-17",
        "published_from",
        "From",
        "The first day must be before the day as of which is counted.",
        "2016-10-17",
    ),
    ("as_of=2999-01-01", "as_of", "As known on", STILL_TO_COME, "2999-01-01"),
    ("as_of=the+day+before", "as_of", "As known on", NO_DAY, "the day before"),
    ("as_of=2016-02-30", "as_of", "As known on", NO_DAY, "2016-02-30"),
    ("as_of=1/1/1800", "as_of", "As known on", "Nothing is recorded for days before 1990.", "1/1/1800"),
    (
        "as_of=2016-10-17&window=custom&published_from=1800-01-01",
        "published_from",
        "From",
        "Nothing is recorded for days before 1990.",
        "1800-01-01",
    ),
]
ASKED_OF = ["/dashboard/", "/agencies/cleveland/", "/compare/", "/figures/themes/", "/figures/trend/"]


@pytest.mark.parametrize(("query", "field", "label", "message", "typed"), ERRORS)
def test_a_day_or_window_that_makes_no_sense_is_an_error_and_shows_no_figures(
    query, field, label, message, typed, signed_in, mary, finding, stockton
):
    client = signed_in(mary)
    for path in (*ASKED_OF, stockton.get_absolute_url()):
        response = client.get(f"{path}?{query}")
        tree = page(response)
        assert response.status_code == 200
        assert errors_beside(response, f"id_{field}") == [message], path
        assert error_summary(response) == [f"{label}: {message}"], path
        assert tree.find("input", name=field).get("value", "") == typed, path
        figures = [
            tree.find("table"),
            tree.find("ul", class_="app-figures"),
            tree.find("svg", class_="app-chart__picture"),
        ]
        assert figures == [None, None, None], path
        assert tree.find("p", class_="app-period__words") is None
        assert "/findings/?" not in response.content.decode().partition("<main")[2], path


def test_tomorrow_is_still_to_come_and_today_is_not(signed_in, mary):
    client = signed_in(mary)
    for days, errors in ((0, []), (1, [STILL_TO_COME])):
        response = client.get(f"/dashboard/?as_of={(date.today() + timedelta(days)).isoformat()}")
        assert errors_beside(response, "id_as_of") == errors


def test_an_unknown_window_is_an_error(signed_in, mary):
    response = signed_in(mary).get("/dashboard/?window=decade")
    message = "Select a valid choice. decade is not one of the available choices."
    assert errors_beside(response, "id_window") == [message]
    assert values(response) == {}


@pytest.mark.parametrize(
    ("path", "part", "label"),
    [
        ("/figures/themes/", "force", "Force"),
        ("/figures/themes/", "council", "Council"),
        ("/figures/spread/", "theme", "Theme"),
        ("/figures/recurrence/", "inspection", "Inspection"),
        ("/figures/timeline/", "force", "Force"),
    ],
)
@pytest.mark.parametrize("value", ["nonsense", "0", "%00", "222222222222222é"])
def test_an_unknown_part_of_a_figure_is_an_error_and_shows_no_numbers(
    path, part, label, value, signed_in, mary, finding
):
    response = signed_in(mary).get(f"{path}?{part}={value}")
    assert response.status_code == 200
    (line,) = error_summary(response)
    assert line.startswith(f"{label}: ")
    assert page(response).find("table") is None
    assert page(response).find_all("li", class_="app-value") == []


def test_a_council_is_no_force_to_ask_a_figure_of_and_a_force_no_council(
    signed_in, mary, finding, stockton, cleveland
):
    client = signed_in(mary)
    for query in (f"force={stockton.slug}", f"council={cleveland.slug}"):
        assert len(error_summary(client.get(f"/figures/themes/?{query}"))) == 1, query


@pytest.mark.parametrize("name", ["otto", "hanna", "clara", "adam", "ines", "mary"])
def test_a_figure_of_a_hidden_inspection_answers_as_for_a_random_id(name, drafting, request):
    """Also for those who may see it: before publication it is in no figure."""
    client = browser(request.getfixturevalue(name))
    for code in ("recurrence", "inspection", "themes", "days-to-publication"):
        unknown = new_public_id()
        answers = [
            as_read(client.get(f"/figures/{code}/?inspection={public_id}"), public_id)
            for public_id in (drafting.public_id, unknown)
        ]
        assert answers[0] == answers[1], code
        assert "Inspection: " in answers[0]


@pytest.mark.parametrize("random_register", [39], indirect=True)
def test_an_order_that_does_not_exist_is_the_usual_order(random_register, signed_in, mary):
    client = signed_in(mary)
    for path in ("/dashboard/", "/agencies/cleveland/", "/figures/forces-by-theme/", "/compare/"):
        answers = [
            [
                [words(cell) for cell in row.children if not isinstance(cell, str)]
                for row in tree.find_all("tr")
            ]
            for tree in (
                page(client.get(f"{path}?window=all{more}")) for more in ("", "&sort=nonsense", "&sort=-")
            )
        ]
        assert answers[0] == answers[1] == answers[2], path


@pytest.mark.parametrize(
    "path",
    [
        "/figures/themes/",
        "/figures/serious-weakness/",
        "/compare/",
        "/findings/",
        "/inspections/",
        "/figures/nothing-of-the-kind/",
    ],
)
@pytest.mark.parametrize("take", ["exe", "CSV", ""])
def test_a_format_that_does_not_exist_is_not_found(path, take, signed_in, mary, finding):
    assert signed_in(mary).get(f"{path}?take={take}").status_code == 404


def test_a_figure_that_is_always_of_one_agency_says_so(signed_in, mary, finding):
    client = signed_in(mary)
    for figure in FIGURES.values():
        response = client.get(f"/figures/{figure.code}/")
        assert ("This figure is always of one force, council or inspection." in text(response)) == bool(
            figure.needs
        ), figure.code
        if figure.needs:
            assert page(response).find("table") is None


def test_the_index_names_every_figure_and_each_page_says_what_it_counts(
    signed_in, mary, finding, cleveland, stockton
):
    """Each with what it counts, of what, of which window and as of which day."""
    client = signed_in(mary)
    index = page(client.get("/figures/"))
    named = {
        row.find("dt").text: row.find("dd").text
        for row in index.find_all("div", class_="govuk-summary-list__row")
    }
    assert named == {str(figure.title): str(figure.counts) for figure in FIGURES.values()}
    linked = {link["href"] for row in index.find_all("dt") for link in row.find_all("a")}
    assert linked == {f"/figures/{code}/" for code, figure in FIGURES.items() if not figure.needs}
    parts = {
        "force": "force=cleveland",
        "council": f"council={stockton.slug}",
        "inspection": f"inspection={finding.inspection.public_id}",
        "": "",
    }
    for code, figure in FIGURES.items():
        response = client.get(f"/figures/{code}/?{LETTER}&{parts[(*figure.needs, '')[0]]}")
        said = {
            row.find("dt").text: words(row.find("dd"))
            for row in page(response).find_all("div", class_="govuk-summary-list__row")
        }
        assert said["Counts"] == figure.counts, code
        assert said.get("Of", "") == figure.of, code
        assert said.get("Leaves out", "") == figure.leaves_out, code
        period = OF_THE_LETTERS_YEAR if figure.windowed else "known on 17 October 2016"
        assert period_words(response) == period, code
        assert page(response).find("h1").text.endswith(str(figure.title)), code


# The heatmap


def rows_in_order(response, code):
    """Rows of a table as {heading for readers: value drawn}; the notes under values are left out."""
    table = page(response).find("div", id=code).find("table")
    heads = [full_head(cell) for cell in table.find("thead").find_all("th")]
    return [
        dict(zip(heads, [value_in(cell) for cell in row.children if not isinstance(cell, str)], strict=True))
        for row in table.find("tbody").find_all("tr")
    ]


def full_head(cell):
    hidden = [span.text for span in cell.find_all("span", class_="govuk-visually-hidden")]
    return next((label for label in hidden if label != "Sort by"), words(cell))


def note_in(cell):
    note = cell.find("span", class_="app-table__note")
    return note.text if note else ""


def value_in(cell):
    return words(cell).removesuffix(note_in(cell)).strip()


@pytest.fixture
def four_forces(sif, ofsted, stockton, camden, cleveland, met, strategy, missing):
    """Cleveland: read, 3 and 0. The Met: read, 1 and 2. A: read, none found. B: never read."""
    forces = {}
    for name in ("A", "B"):
        council = agency(f"Council {name}", Kind.LOCAL_AUTHORITY, f"CO{name}", nation=Nation.ENGLAND)
        forces[name] = agency(f"Force {name}", Kind.POLICE_FORCE, f"FO{name}", official_name=f"{name} Police")
        Policing(force=forces[name], authority=council).add(by=None)
        judged(sif, ofsted, council, date(2016, 5, 5), coverage="all" if name == "A" else "grades")
    of_cleveland = judged(sif, ofsted, stockton, date(2016, 5, 6))
    for severity in ("minor", "serious", "critical"):
        record_finding(of_cleveland, weakness(cleveland, strategy, severity))
    of_met = judged(sif, ofsted, camden, date(2016, 5, 6))
    record_finding(of_met, weakness(met, strategy))
    for _number in range(2):
        record_finding(of_met, weakness(met, missing))
    record_finding(of_met, strength(met, missing))


HEAT = {
    "A Police": ("0", "0", "0"),
    "B Police": ("–", "–", "–"),
    "Cleveland": ("3", "0", "3"),
    "Metropolitan": ("3", "2", "1"),
}


def test_the_heatmap_tells_none_found_from_not_read(four_forces, signed_in, mary):
    rows = rows_in_order(signed_in(mary).get(f"/dashboard/?{LETTER}"), "forces-by-theme")
    shown = {
        row["Force"]: (row["All weaknesses"], row["Missing children"], row["Strategy discussions"])
        for row in rows
    }
    assert shown == {"Force A": HEAT["A Police"], "Force B": HEAT["B Police"]} | {
        name: HEAT[name] for name in ("Cleveland", "Metropolitan")
    }
    response = signed_in(mary).get(f"/dashboard/?{LETTER}")
    cells = page(response).find("div", id="forces-by-theme").find_all("td")
    notes = [note_in(cell) for cell in cells if note_in(cell)]
    assert notes == ["2 serious"]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("", ["Force A", "Force B", "Cleveland", "Metropolitan"]),
        ("force", ["Force A", "Force B", "Cleveland", "Metropolitan"]),
        ("-force", ["Metropolitan", "Cleveland", "Force B", "Force A"]),
        ("-strategy-discussions", ["Cleveland", "Metropolitan", "Force A", "Force B"]),
        ("strategy-discussions", ["Force A", "Metropolitan", "Cleveland", "Force B"]),
        ("-missing-children", ["Metropolitan", "Force A", "Cleveland", "Force B"]),
        ("-total", ["Cleveland", "Metropolitan", "Force A", "Force B"]),
        ("-read", ["Force A", "Cleveland", "Metropolitan", "Force B"]),
    ],
)
def test_the_heatmap_sorts_both_ways_by_name_total_and_theme(sort, order, four_forces, signed_in, mary):
    for path in ("/dashboard/", "/figures/forces-by-theme/"):
        rows = rows_in_order(signed_in(mary).get(f"{path}?{LETTER}&sort={sort}"), "forces-by-theme")
        assert [row["Force"] for row in rows] == order, path


def test_what_is_not_known_stands_last_whichever_way_the_totals_are_sorted(four_forces, signed_in, mary):
    shown = {}
    for sort in ("total", "-total"):
        response = signed_in(mary).get(f"/figures/forces-by-theme/?{LETTER}&sort={sort}")
        shown[sort] = [row["All weaknesses"] for row in rows_in_order(response, "forces-by-theme")]
    assert shown == {"total": ["0", "3", "3", "–"], "-total": ["3", "3", "0", "–"]}


def test_the_links_of_the_heads_turn_the_order_round(four_forces, signed_in, mary):
    client = signed_in(mary)
    response = client.get(f"/figures/forces-by-theme/?{LETTER}")
    for expected in ("strategy-discussions", "-strategy-discussions"):
        link = next(
            link
            for link in page(response).find("div", id="forces-by-theme").find("thead").find_all("a")
            if "Strategy discussions" in link.text
        )
        assert f"sort={expected}" in link["href"]
        response = client.get(f"/figures/forces-by-theme/{link['href']}")
    forces = [row["Force"] for row in rows_in_order(response, "forces-by-theme")]
    assert forces == ["Cleveland", "Metropolitan", "Force A", "Force B"]


# PEEL 2015


def test_the_vulnerability_grades_of_2015_are_those_of_43_forces(signed_in, mary, sif, hmicfrs):
    """0 outstanding, 12 good, 27 require improvement, 4 inadequate: one HMIC report of 15 December 2015 each."""
    peel, (area,) = a_framework(sif, hmicfrs, "PEEL")
    grades = list(sif.grade_scale.grades.order_by("rank"))
    given = [grades[1]] * 12 + [grades[2]] * 27 + [grades[3]] * 4
    for number, grade in enumerate(given):
        force = agency(f"Force {number}", Kind.POLICE_FORCE, f"F{number}")
        inspection = record_inspection(
            peel, hmicfrs, force, date(2015, 12, 15), cycle="PEEL 2015", coverage="grades"
        )
        inspection.judge(by=None, judgements=[(area, force, grade)])
    client = signed_in(mary)
    asked = {"/dashboard/": "2015-12-16", "/figures/grades-of-forces/": "2026-01-01"}
    for path, day in asked.items():
        response = client.get(f"{path}?as_of={day}")
        (row,) = rows_in_order(response, "grades-of-forces")
        assert row == {
            "Question": f"PEEL 2015: {area}",
            "Outstanding": "0",
            "Good": "12",
            "Requires improvement": "27",
            "Inadequate": "4",
            "Graded": "43",
            "Not recorded": "0",
        }
        links = page(response).find("div", id="grades-of-forces").find("tbody").find_all("a")
        assert [rows_behind(client, link["href"]) for link in links] == [12, 27, 4, 43]
    before = page(client.get("/dashboard/?as_of=2015-12-15")).find("div", id="grades-of-forces")
    assert (before.find("table"), "No grades are known." in before.text) == (None, True)


def test_a_force_graded_twice_in_a_cycle_counts_once_with_the_later_grade(
    signed_in, mary, sif, hmicfrs, met, cleveland
):
    peel, (area,) = a_framework(sif, hmicfrs, "PEEL")
    grades = list(sif.grade_scale.grades.order_by("rank"))
    for day, grade in ((date(2015, 12, 15), grades[3]), (date(2016, 2, 18), grades[1])):
        inspection = record_inspection(peel, hmicfrs, met, day, cycle="PEEL 2015")
        inspection.judge(by=None, judgements=[(area, met, grade)])
    client = signed_in(mary)
    for day, good, inadequate in (("2016-02-18", "0", "1"), ("2016-02-19", "1", "0")):
        (row,) = rows_in_order(client.get(f"/dashboard/?as_of={day}"), "grades-of-forces")
        assert (row["Good"], row["Inadequate"], row["Graded"], row["Not recorded"]) == (
            good,
            inadequate,
            "1",
            "1",
        )


# Side by side


def compare_url(*forces, asked=LETTER):
    return f"/compare/?{asked}" + "".join(f"&agency={force}" for force in forces)


def test_without_forces_the_comparison_asks_for_them(signed_in, mary, four_forces):
    response = signed_in(mary).get("/compare/")
    assert "Choose two to four forces to see them side by side." in text(response)
    assert (error_summary(response), page(response).find("table")) == ([], None)


FOUR = ("force-a", "force-b", "cleveland", "metropolitan")


@pytest.mark.parametrize("n", [2, 3, 4])
def test_two_to_four_forces_stand_side_by_side(n, signed_in, mary, four_forces):
    response = signed_in(mary).get(compare_url(*FOUR[-n:]))
    rows = {row["Count"]: list(row.values())[1:] for row in rows_in_order(response, "compare")}
    # by name: A, B, Cleveland, the Met
    expected = {
        "Inspections that concern the force": ["1", "1", "1", "1"],
        "of these read for findings": ["1", "0", "1", "1"],
        "Weaknesses": ["0", "–", "3", "3"],
        "Serious or critical weaknesses": ["0", "–", "2", "0"],
        "Strengths": ["0", "–", "0", "1"],
        "Councils inspected and read": ["1", "0", "1", "1"],
        "Themes with a weakness": ["0", "–", "1", "2"],
        "Weaknesses: Strategy discussions": ["0", "–", "3", "1"],
        "Weaknesses: Missing children": ["0", "–", "0", "2"],
    }
    assert {name: cells for name, cells in rows.items() if name in expected} == {
        name: cells[-n:] for name, cells in expected.items()
    }


@pytest.mark.parametrize("n", [1, 5])
def test_one_force_or_five_is_an_error_beside_the_field(n, signed_in, mary, four_forces):
    agency("Fifth", Kind.POLICE_FORCE, "FIF")
    response = signed_in(mary).get(compare_url(*[*FOUR, "fifth"][:n]))
    message = "Choose two, three or four forces."
    assert errors_beside(response, "id_agency") == [message]
    assert error_summary(response) == [f"Forces: {message}"]
    assert page(response).find("table") is None
    chosen = [
        option["value"]
        for select in page(response).find_all("select", name="agency")
        for option in select.find_all("option")
        if "selected" in option.attrs and option["value"]
    ]
    assert chosen == sorted([*FOUR, "fifth"][:n], key=[*FOUR, "fifth"].index)


def test_a_council_or_nothing_real_is_no_force_to_compare(signed_in, mary, four_forces, stockton):
    for wrong in (stockton.slug, "atlantis", "%00"):
        response = signed_in(mary).get(compare_url("cleveland", wrong))
        assert len(errors_beside(response, "id_agency")) == 1
        assert page(response).find("table") is None


def test_the_same_force_twice_is_one_force(signed_in, mary, four_forces):
    response = signed_in(mary).get(compare_url("cleveland", "cleveland"))
    assert errors_beside(response, "id_agency") == ["Choose two, three or four forces."]


def test_grades_stand_in_one_row_only_where_their_scale_is_one(
    signed_in, mary, sif, hmicfrs, met, cleveland, four_tier
):
    """The Met was graded on five grades in 2022, Cleveland on four in 2015, both on four in 2016."""
    five = GradeScale(code="five", name="Five grades").add(by=None)
    adequate = Grade(scale=five, code="adequate", label="Adequate", rank=3).add(by=None)
    peel, (area,) = a_framework(sif, hmicfrs, "PEEL")
    new = Framework(code="PEEL21", name="PEEL 2021", grade_scale=five).add(by=None)
    new_area = JudgementArea(framework=new, code=area.code, name="Vulnerability", order=1).add(by=None)
    good, poor = (four_tier.grades.get(code=code) for code in ("good", "inadequate"))
    for framework, question, force, day, grade in (
        (peel, area, cleveland, date(2015, 12, 15), poor),
        (peel, area, cleveland, date(2016, 2, 18), good),
        (peel, area, met, date(2016, 2, 18), poor),
        (new, new_area, met, date(2022, 9, 1), adequate),
    ):
        inspection = record_inspection(framework, hmicfrs, force, day)
        inspection.judge(by=None, judgements=[(question, force, grade)])
    rows = rows_in_order(
        signed_in(mary).get(compare_url("cleveland", "metropolitan", asked="")), "compare-grades"
    )
    shown = [(row["Scale"], row["Cleveland Police"], row["Metropolitan Police Service"]) for row in rows]
    assert shown == [("Five grades", "–", "Adequate"), ("Ofsted four-point scale", "Good", "Inadequate")]


# Files


def cells_of(response, code):
    """[heads, *rows] of a table as a file holds them: a note stands in brackets behind a value that is text."""
    table = page(response).find("div", id=code).find("table")
    if table is None:
        return []
    rows = [[full_head(cell) for cell in table.find("thead").find_all("th")]]
    for row in table.find("tbody").find_all("tr"):
        cells = []
        for cell in row.children:
            if isinstance(cell, str):
                continue
            value, note = value_in(cell), note_in(cell)
            is_text = value != "–" and not re.fullmatch(r"[\d,.]+", value)
            cells.append(f"{value} ({note})" if note and is_text else value)
        rows.append(cells)
    return rows


def as_drawn(value):
    """A value of a file as the page draws it."""
    if value is None or value == "":
        return "–"
    if isinstance(value, float):
        value = int(value) if value.is_integer() else value
    if isinstance(value, (date, datetime)):
        return date_format(value, "j F Y")
    value = str(value)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return date_format(date.fromisoformat(value), "j F Y")
    if re.match(r"'+[=+@\t\r-]", value):
        value = value[1:]
    return " ".join(value.split())


def file_of(response, file_format):
    """(header, [heads, *rows]) of a file as values."""
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment; ")
    content = response.getvalue()
    if file_format == "csv":
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        end = rows.index([])
        return dict(rows[:end]), rows[end + 1 :]
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    header, table = (book.get_sheet_by_name(name).to_python() for name in ("About", "Table"))
    return {row[0]: row[1] for row in header}, table


def note_under(response, code):
    """{"Note": words} of the note under the table with this code; {} where it has none."""
    note = page(response).find("div", id=code).find("span", class_="app-table-foot__note")
    return {"Note": note.text} if note else {}


def check_file(client, address, file_format, expected, header):
    """The file holds exactly these cells, and this header with who took it, when and from where."""
    said, rows = file_of(client.get(f"{address}&take={file_format}"), file_format)
    assert [[as_drawn(value) for value in row] for row in rows] == expected, (address, file_format)
    taken_on, came_from = said.pop("Taken on"), said.pop("Address")
    assert abs(datetime.fromisoformat(taken_on) - datetime.now()) < timedelta(hours=2)
    assert came_from == f"http://testserver{address}&take={file_format}"
    assert {name: as_drawn(value) for name, value in said.items()} == header, (address, file_format)


@pytest.mark.parametrize("random_register", [40], indirect=True)
def test_every_table_is_taken_away_as_it_is_shown(
    random_register, signed_in, mary, sif, ofsted, hmicfrs, stockton, cleveland
):
    with_cycles(sif, ofsted, hmicfrs, stockton, cleveland)
    client = signed_in(mary)
    inspection = Inspection.objects.get(published_on=date(2016, 9, 30))
    parts = {
        "force": ("force=cleveland", "Cleveland Police"),
        "council": ("council=stockton-on-tees-borough-council", "Stockton-on-Tees Borough Council"),
        "inspection": (f"inspection={inspection.public_id}", str(inspection)),
        "": ("", "none: national"),
    }
    taken = 0
    for code, figure in FIGURES.items():
        part, named = parts[(*figure.needs, "")[0]]
        asked = "as_of=2017-01-01&window=custom&published_from=2014-06-01&published_to=2016-12-20"
        if figure.needs:
            asked += f"&{part}"
        address = f"/figures/{code}/?{asked}"
        response = client.get(address)
        links = [link["href"] for link in page(response).find_all("a") if "take=" in link["href"]]
        assert len(links) in (0, 3), code
        if not (box := page(response).find("div", class_="app-data-table")):
            # Numbers alone: a file of a row for each.
            assert page(response).find("table") is None, code
            assert len(links) == 3, code
            _said, rows = file_of(client.get(links[0]), "csv")
            assert rows[0][:3] == ["Figure", "Number", "Of"], code
            assert len(rows) - 1 == len(page(response).find_all("li", class_="app-value")) > 0, code
            continue
        shown_code = box["id"]
        expected = cells_of(response, shown_code)
        header = {
            "Figure": figure.title,
            "Counts": figure.counts,
            "Of": figure.of or "–",
            "Left out": figure.leaves_out or "–",
            "Window": "published from 1 June 2014 to 20 December 2016, as known on 1 January 2017"
            if figure.windowed
            else "everything known on the as-of day",
            "As known on": "1 January 2017",
            "Corrections": "as published then",
            "Filter": named,
            "Taken by": "Mary Example",
            "Licence": "Open Government Licence v3.0",
            **note_under(response, shown_code),
        }
        for file_format in FORMATS:
            if expected:
                check_file(client, address, file_format, expected, header)
                taken += 1
    assert taken >= 3 * 15


def test_the_files_that_a_page_offers_are_of_the_same_day_window_order_and_scope(
    four_forces, signed_in, mary
):
    client = signed_in(mary)
    response = client.get(f"/dashboard/?{LETTER}&sort=-strategy-discussions")
    for code in ("forces-by-theme", "themes", "trend", "data-quality"):
        box = page(response).find("div", id=code)
        links = {link["href"][-3:]: link["href"] for link in box.find_all("a") if "take=" in link["href"]}
        assert links["csv"].startswith("/figures/")
        said, rows = file_of(client.get(links["csv"]), "csv")
        assert said["As known on"] == "2016-10-17"
        assert [[as_drawn(value) for value in row] for row in rows] == cells_of(response, code), code


def test_both_tables_of_a_comparison_are_taken_away_as_shown(
    signed_in, mary, four_forces, sif, hmicfrs, met, cleveland
):
    peel, (area,) = a_framework(sif, hmicfrs, "PEEL")
    for force in (met, cleveland):
        inspection = record_inspection(peel, hmicfrs, force, date(2016, 2, 18))
        inspection.judge(by=None, judgements=[(area, force, sif.grade_scale.grades.get(code="good"))])
    client, address = signed_in(mary), compare_url("cleveland", "metropolitan")
    response = client.get(address)
    titles = {
        "compare": "The same counts side by side",
        "compare-grades": "Latest grades, each row on one scale",
    }
    for code, title in titles.items():
        header = {
            "Table": title,
            "Window": OF_THE_LETTERS_YEAR if code == "compare" else "everything known on the as-of day",
            "As known on": "17 October 2016",
            "Corrections": "as published then",
            "Filter": "Cleveland Police, Metropolitan Police Service",
            "Taken by": "Mary Example",
            "Licence": "Open Government Licence v3.0",
            **note_under(response, code),
        }
        links = [
            link["href"]
            for link in page(response).find("div", id=code).find_all("a")
            if "take=" in link["href"]
        ]
        assert len(links) == 3
        for file_format, link in zip(FORMATS, links, strict=True):
            assert f"table={code}" in link
            check_file(client, f"{address}&table={code}", file_format, cells_of(response, code), header)
            _said, rows = file_of(client.get(link), file_format)
            assert [[as_drawn(value) for value in row] for row in rows] == cells_of(response, code)


def references_shown(client, address):
    """References of the findings listed, page by page; those that have none left out."""
    found, number = [], 1
    while True:
        response = client.get(f"{address}&page={number}")
        cards = page(response).find_all("article", class_="app-finding")
        for card in cards:
            facts = {part.find("dt").text: part.find("dd").text for part in card.find("dl").find_all("div")}
            found.append(facts.get("Reference"))
        if len(cards) < 50:
            return found
        number += 1


@pytest.mark.parametrize("random_register", [41], indirect=True)
@pytest.mark.parametrize(
    "query", ["sort=agency", "sort=-severity&about_police=true", "as_of=2016-10-17&sort=published", "q=late"]
)
def test_the_list_of_findings_is_taken_away_in_its_order_and_without_what_is_not_published(
    random_register, query, signed_in, mary
):
    client = signed_in(mary)
    shown = references_shown(client, f"/findings/?{query}")
    published = [reference for reference in shown if reference]
    assert published
    assert ("as_of" in query) == (len(shown) == len(published)) or query == "q=late"
    for file_format in FORMATS:
        said, (heads, *rows) = file_of(client.get(f"/findings/?{query}&take={file_format}"), file_format)
        assert [row[heads.index("Reference")] for row in rows] == published, file_format
        assert {row[heads.index("Status")] for row in rows} <= {"Published", "Withdrawn", "Corrected since"}
        assert said["Taken by"] == "Mary Example"
        assert said["Left out"] == "records that are not published"
        assert as_drawn(said["As known on"]) == ("17 October 2016" if "as_of" in query else "now")


@pytest.mark.parametrize("random_register", [42], indirect=True)
@pytest.mark.parametrize(
    "query", ["sort=agency", "sort=-published&joint=true", "as_of=2016-10-17&sort=framework"]
)
def test_the_list_of_inspections_is_taken_away_in_its_order_and_without_what_is_not_published(
    random_register, query, signed_in, mary
):
    client = signed_in(mary)
    links = page(client.get(f"/inspections/?{query}")).find("main").find("tbody").find_all("a")
    records = {i.get_absolute_url(): i for i in Inspection.objects.all()}
    expected = [records[link["href"]].reference for link in links if records[link["href"]].is_public]
    assert expected
    for file_format in FORMATS:
        said, (heads, *rows) = file_of(client.get(f"/inspections/?{query}&take={file_format}"), file_format)
        assert [row[heads.index("Reference")] for row in rows] == expected, file_format
        assert said["Licence"] == "Open Government Licence v3.0"


def test_an_unpublished_record_is_in_no_file_of_those_who_may_see_it(
    signed_in, ines, audrey, draft, drafting, finding
):
    agreed_words = "DRAFT-WORDS"
    for person in (ines, audrey):
        client = signed_in(person)
        assert agreed_words in client.get("/findings/").content.decode()
        for address in (
            "/findings/?",
            "/findings/?status=draft&",
            "/inspections/?",
            "/inspections/?status=drafting&",
        ):
            _said, (_heads, *rows) = file_of(client.get(f"{address}take=csv"), "csv")
            assert len(rows) == (0 if "status" in address else 1), address
            assert agreed_words not in str(rows)


@pytest.mark.parametrize("address", ["/findings/?severity=nonsense", "/inspections/?published_from=nonsense"])
def test_a_filter_that_is_not_understood_gives_no_file(address, signed_in, mary, finding):
    """An empty file would be taken for "there are none"."""
    response = signed_in(mary).get(f"{address}&take=csv")
    read = response.getvalue()  # also where it should not have been a file: one that is not read stays open
    assert read
    assert response["Content-Type"].startswith("text/html")
    assert len(error_summary(response) or page(response).find_all(class_="govuk-error-message")) > 0


HOSTILE = '=HYPERLINK("http://x.example/","<b>y</b>")'


@pytest.mark.parametrize("file_format", FORMATS)
def test_hostile_text_stays_text_on_pages_and_in_files(
    file_format, signed_in, mary, sif, ofsted, stockton, strategy
):
    force = agency("Hostile", Kind.POLICE_FORCE, "HOS", official_name=HOSTILE)
    inspection = judged(sif, ofsted, stockton, date(2016, 8, 5))
    record_finding(inspection, weakness(force, strategy, summary="@SUM(A1) <script>alert(1)</script>"))
    client = signed_in(mary)
    for address, column in (
        (f"/figures/forces-with-serious-weakness/?{LETTER}", 0),
        (f"/findings/?{LETTER[:16]}", 3),
    ):
        shown = client.get(address).content.decode()
        assert "<script>alert(1)" not in shown
        assert "<b>y</b>" not in shown
        assert HOSTILE in unescape(shown)
        content = client.get(f"{address}&take={file_format}").getvalue()
        _said, rows = file_of(client.get(f"{address}&take={file_format}"), file_format)
        expected = f"'{HOSTILE}" if file_format == "csv" else HOSTILE
        assert expected in [row[column] for row in rows]
        if column:
            assert ("'" if file_format == "csv" else "") + "@SUM(A1) <script>alert(1)</script>" in rows[1]
        if file_format != "csv":
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                parts = "".join(
                    archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml")
                )
            assert not re.search(r"<f[ >]|table:formula|<hyperlink|text:a ", parts)


# Queries


def of_every_kind(n, made):
    """n of everything, with what was withdrawn and corrected since, and two windows that can be compared."""
    enlarge(n, **made)
    sif, hmicfrs, ofsted, mary = (made[name] for name in ("sif", "hmicfrs", "ofsted", "mary"))
    cleveland, stockton = made["cleveland"], made["stockton"]
    published, finding = made["published"], made["finding"]
    themes = list(Theme.objects.filter(code__startswith="theme-").order_by("pk"))
    grade = sif.grade_scale.grades.get(code="good")
    for year in (2014, 2015):
        for month in range(1, 6):
            inspection = judged(sif, ofsted, stockton, date(year, month, 1))
            if year == 2015 and month == 1:
                for theme in themes:
                    record_finding(inspection, weakness(cleveland, theme))
    peel, (area,) = a_framework(sif, hmicfrs, "PEEL")
    for index, theme in enumerate(themes):
        force = Agency.objects.get(slug=f"force-{index}")
        graded = record_inspection(peel, hmicfrs, force, date(2018, 1, 1), cycle=f"PEEL {2018 + index}")
        graded.judge(by=None, judgements=[(area, force, grade), (area, cleveland, grade)])
        wrong = record_finding(published, weakness(cleveland, theme, "serious"))
        wrong.move("withdraw", by=mary, reason="Wrong")
        again = record_inspection(sif, ofsted, stockton, date(2018, 2, 1))
        record_finding(again, weakness(cleveland, theme, "serious", recurrence_of=finding))
        again.judge(by=mary, judgements=[(sif.areas.order_by("order").first(), stockton, grade)])
        again.edit(by=mary, values={"fieldwork_to": date(2018, 1, 1)}, expect=again.version)
        misread = record_finding(published, weakness(cleveland, theme, "serious"))
        misread.correct(by=mary, values={"severity": "minor"}, citations=[], reason="Misread")
        what_followed(misread, force, index, made)


def what_followed(finding, force, index, made):
    """A recommendation of each status in its turn, on days of its own; letters of each level; a case."""
    addressee = (made["stockton"], made["cleveland"], force)[index % 3]
    values = {"addressee": addressee, "text": "Attend.", "due_printed": date(2016, 9, 1)}
    for verbs in (["respond"], ["close_not_implemented", "reopen"], STRAIGHT[:4], STRAIGHT):
        found = Recommendation.record_issued(by=None, channel="command", finding=finding, values=values)
        for verb in verbs:
            found = step(found, verb, date(2016, 8, 10 + index))
    move_date(found, date(2016, 8, 20), date(2017, 1, 1 + index), approved=True)
    finding.inspection.refresh_from_db()
    CaseReferral.refer(
        by=None,
        inspection=finding.inspection,
        values={
            "finding": finding,
            "to_agency": force,
            "referred_on": date(2016, 6, 1),
            "reason": "No visit.",
            "outcome": "safeguarded",
            "resolved_on": date(2016, 6, 10 + index),
        },
    )
    Letter.record_public(
        by=None,
        channel="command",
        sent_on=date(2016, 10, 17),
        replied_on=date(2016, 11, 1),
        reply="Thank you.",
        values={
            "level": index % 3 + 2,
            "from_agency": made["ofsted"],
            "to_agency": force,
            "subject": "Attendance",
            "reply_due_on": date(2016, 10, 30 + index % 2),
        },
    )


THEN = (date.today() - timedelta(1)).isoformat()  # what is withdrawn today still counted yesterday
PARTS = {"force": "force=cleveland", "council": "council=stockton-on-tees-borough-council", "": ""}
QUERIES_OF_FIGURES = {
    "forces-with-serious-weakness": 29,
    "force-inspections": 16,
    "councils": 17,
    "timeline": 18,
    "neighbours": 17,
    "attributed": 17,
    "inspection": 18,
    "coverage": 23,
    "divergence": 23,
    "grades-of-councils": 14,
    "grades-of-forces": 16,
    "grade-history": 16,
    "latest-grades": 12,
    "forces-by-theme": 17,
    "data-quality": 19,
    "recurrence": 23,
    "linked": 13,
    "serious-weakness": 13,
    "any-weakness": 13,
    "joint-serious-weakness": 13,
    "joint-any-weakness": 13,
    "trend": 12,
    "years": 12,
    "days-to-publication": 17,
    "spread": 15,
    "findings": 17,
    "themes": 23,
    "rising": 17,
    "addressees": 13,
    "closure": 13,
    "claims": 13,
    "found-again": 13,
    "letters": 13,
    "cases-referred-back": 15,
    "days-to-response": 15,
    "overdue": 13,
    "slippage": 13,
    "open-recommendations": 13,
}
QUERIES_OF_PAGES = {
    "nation": 88,
    "nation, sorted and corrected": 84,
    "nation, a year that has one before it": 88,
    "force": 75,
    "council": 62,
    "inspection": 41,
    "side by side": 18,
    "side by side, a file": 14,
    "figures": 3,
    "findings of a day": 20,
    "findings of a day, a file": 20,
    "inspections of a day": 14,
    "inspections of a day, a file": 11,
}


def asked_of_the_database(client, address):
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
        if response.streaming:
            response.getvalue()
    assert response.status_code == 200, address
    return len(queries)


@pytest.mark.parametrize("n", [1, 3])
def test_a_dashboard_asks_the_database_equally_often_for_one_row_and_for_three(n, world, signed_in, mary):  # noqa: F811
    of_every_kind(n, world)
    client, window = signed_in(mary), f"as_of={THEN}&window=all"
    visits = {
        "nation": f"/dashboard/?{window}",
        "nation, sorted and corrected": f"/dashboard/?{window}&corrected=true&sort=-total",
        "nation, a year that has one before it": "/dashboard/?as_of=2016-01-01&window=year",
        "force": f"/agencies/cleveland/?{window}",
        "council": f"{world['stockton'].get_absolute_url()}?{window}",
        "inspection": world["published"].get_absolute_url(),
        "side by side": f"/compare/?{window}&agency=cleveland&agency=force-0",
        "side by side, a file": f"/compare/?{window}&agency=cleveland&agency=force-0&take=csv",
        "figures": "/figures/",
        "findings of a day": f"/findings/?as_of={THEN}&about_police=true",
        "findings of a day, a file": f"/findings/?as_of={THEN}&take=ods",
        "inspections of a day": f"/inspections/?as_of={THEN}&weakness=serious",
        "inspections of a day, a file": f"/inspections/?as_of={THEN}&take=xlsx",
    }
    assert {
        name: asked_of_the_database(client, address) for name, address in visits.items()
    } == QUERIES_OF_PAGES


@pytest.mark.parametrize("n", [1, 3])
def test_a_figure_asks_the_database_equally_often_for_one_row_and_for_three(n, world, signed_in, mary):  # noqa: F811
    of_every_kind(n, world)
    client = signed_in(mary)
    inspection = f"inspection={world['published'].public_id}"
    asked = {}
    for code, figure in FIGURES.items():
        part = {**PARTS, "inspection": inspection}[(*figure.needs, "")[0]]
        window = "as_of=2016-01-01" if code == "rising" else f"as_of={THEN}&window=all"
        asked[code] = asked_of_the_database(client, f"/figures/{code}/?{window}&{part}")
    assert asked == QUERIES_OF_FIGURES


def test_a_file_of_a_figure_asks_less_of_the_database_than_its_page(world, signed_in, mary):  # noqa: F811
    of_every_kind(1, world)
    client, address = signed_in(mary), f"/figures/themes/?as_of={THEN}&window=all"
    assert asked_of_the_database(client, f"{address}&take=csv") < asked_of_the_database(client, address)


# What a reader may put into an address


@pytest.mark.parametrize(
    "address",
    [
        "/findings/?recurring=true&published_to=9999-12-31",
        "/findings/?published_from=0001-01-01&recurring=true",
        "/inspections/?question=SIF:overall-effectiveness&published_to=9999-12-31",
    ],
)
def test_days_that_cannot_be_reckoned_with_are_an_error_and_no_crash(signed_in, mary, sif, address):
    response = signed_in(mary).get(address)
    assert response.status_code == 200
    assert "Give a day of our time." in text(response)
    assert text(response).count("0 ") >= 1


def test_somebody_without_a_role_learns_no_question_of_a_framework(signed_in, mary, nobody, sif):
    address = "/inspections/?question=SIF:overall-effectiveness"
    assert "SIF, Overall effectiveness" in text(signed_in(mary).get(address))
    said = text(signed_in(nobody).get(address))
    assert "Overall effectiveness" not in said
    assert said == text(
        signed_in(nobody).get(address.replace("overall-effectiveness", "no-such-question"))
    ).replace("no-such-question", "overall-effectiveness")


def test_links_to_other_dashboards_keep_day_window_and_what_is_left_out(signed_in, mary, four_forces):
    response = signed_in(mary).get(f"/dashboard/?{LETTER}&corrected=true")
    links = [
        link["href"]
        for link in page(response).find("main").find_all("a")
        if link["href"].startswith(("/agencies/", "/compare/"))
    ]
    assert len(links) > 4
    for href in links:
        assert "as_of=2016-10-17" in href, href
        assert "corrected=true" in href, href


def test_a_figure_that_does_not_exist_cannot_be_kept(signed_in, mary):
    client = signed_in(mary)
    assert "There is a problem" not in text(client.get("/views/new/?page=figure&argument=themes"))
    response = submit(client, client.get("/views/new/?page=figure&argument=no-such-figure"), name="Gone")
    assert response.status_code == 200
    assert "There is a problem" in text(response)
