"""Pages as a whole: every figure opens exactly its rows, and no page asks the database once for each row."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.models import Agency, Kind, Policing
from findings.models import Finding, Theme
from inspections.models import Grade, Inspection, JudgementArea, Report

from .browsing import page
from .conftest import agency, person, record_finding, record_inspection, strength, weakness

LISTS = ("/findings/?", "/inspections/?")
WITHOUT_A_FIGURE = ("Open as a list",)


def figures(response):
    """[(figure, address of its rows, words)] of the links on the page."""
    found = []
    main = page(response).find("main")
    for link in main.find_all("a"):
        if not link.get("href", "").startswith(LISTS) or link.text in WITHOUT_A_FIGURE:
            continue
        number = re.search(r"\d[\d,]*", link.text)
        assert number, f"a link to a list without a figure: {link.text}"
        found.append((int(number[0].replace(",", "")), link["href"], link.text))
        if of := re.match(r"\d+ of (\d+)", link.text):
            assert int(number[0]) <= int(of[1])
    return found


def rows_behind(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    assert not page(response).find_all(class_="govuk-error-message"), address
    return int(page(response).find("p", role="status").text.split()[0].replace(",", ""))


@pytest.mark.parametrize(
    ("random_register", "names"),
    [(21, ["mary", "clara"]), (22, ["ines", "audrey", "adam"])],
    indirect=["random_register"],
)
def test_every_figure_opens_a_list_of_exactly_that_many_rows(random_register, signed_in, request, names):
    for name in names:
        assert_figures_open_their_rows(signed_in(request.getfixturevalue(name)))


def assert_figures_open_their_rows(client):
    agencies = Agency.objects.exclude(kind=Kind.INSPECTORATE)
    addresses = ["/", "/themes/"]
    addresses += [record.get_absolute_url() for record in (*agencies, *Theme.objects.all())]
    addresses += [i.get_absolute_url() for i in Inspection.objects.published().order_by("pk")[:3]]
    checked = {}
    for address in addresses:
        for figure, rows, words in figures(client.get(address)):
            if rows not in checked:
                checked[rows] = rows_behind(client, rows)
            assert checked[rows] == figure, (address, words, rows)
    assert len(checked) > 30


def test_the_list_of_themes_counts_what_is_published_about_police(
    signed_in, mary, published, finding, draft, cleveland, stockton, strategy, missing
):
    record_finding(published, strength(cleveland, strategy))
    record_finding(published, weakness(stockton, strategy))
    rows = page(signed_in(mary).get("/themes/")).find("main").find("tbody").find_all("tr")
    counts = {row.find("a").text: [cell.text.split()[0] for cell in row.find_all("td")] for row in rows}
    assert counts == {"Missing children": ["0", "0", "0"], "Strategy discussions": ["1", "1", "1"]}


@pytest.mark.parametrize("random_register", [23], indirect=True)
def test_figures_of_agencies_are_the_same_for_those_who_see_drafts_and_those_who_do_not(
    random_register, signed_in, mary, adam
):
    """Unpublished rows count in no figure: the numbers of a manager are the numbers of everybody."""

    def numbers(client, address):
        return [
            (figure, words) for figure, rows, words in figures(client.get(address)) if "published" in rows
        ]

    hers, others = signed_in(mary), signed_in(adam)
    for record in (*Agency.objects.forces(), *Theme.objects.all()):
        address = record.get_absolute_url()
        assert numbers(hers, address) == numbers(others, address)


def test_the_managers_pile_opens_what_waits_for_her_and_nothing_else(
    signed_in, mary, ines, drafting, cleveland, strategy
):
    for author, count in ((ines, 11), (mary, 2)):
        for _number in range(count):
            Finding.log(by=author, inspection=drafting, values=weakness(cleveland, strategy)).move(
                "submit", by=author
            )
    client = signed_in(mary)
    found = {words: (figure, rows) for figure, rows, words in figures(client.get("/"))}
    figure, rows = found["All 11"]
    assert rows_behind(client, rows) == figure == 11


def test_findings_without_a_date_have_a_row_of_their_own_that_opens_them(
    signed_in, audrey, sif, ofsted, stockton, cleveland, strategy, finding
):
    undated = record_finding(
        record_inspection(sif, ofsted, stockton, None), weakness(cleveland, strategy, "serious")
    )
    client = signed_in(audrey)
    rows = page(client.get(cleveland.get_absolute_url())).find_all("tr")
    links = next(row for row in rows if row.find("th").text == "Date not known").find_all("a")
    assert [link.text.split()[0] for link in links] == ["1", "1"]
    for link in links:
        assert undated.get_absolute_url() in client.get(link["href"]).content.decode()
        assert rows_behind(client, link["href"]) == 1


# Queries


def enlarge(
    n, *, ofsted, hmicfrs, cleveland, stockton, sif, published, drafting, finding, strategy, ines, mary
):
    """n of everything that a page repeats."""
    grade = Grade.objects.order_by("rank").first()
    areas = list(JudgementArea.objects.filter(framework=sif).order_by("order"))
    areas += [
        JudgementArea(framework=sif, code=f"extra-{k}", name=f"Extra {k}", order=10 + k).add(by=None)
        for k in range(n)
    ]
    published.judge(by=None, judgements=[(area, stockton, grade) for area in areas[: n + 1]])
    partners, people = [], []
    for k in range(n):
        council = agency(f"Council {k}", Kind.LOCAL_AUTHORITY, f"C{k}", official_name=f"Council {k} Council")
        force = agency(f"Force {k}", Kind.POLICE_FORCE, f"F{k}", official_name=f"Force {k} Police")
        health = agency(f"Health {k}", Kind.HEALTH, f"H{k}")
        theme = Theme(code=f"theme-{k}", name=f"Theme {k}", definition="Words.").add(by=None)
        Policing(force=cleveland, authority=council).add(by=None)
        partners.append(agency(f"Inspectorate {k}", Kind.INSPECTORATE, f"I{k}"))
        people.append(person(f"Team{k}", "inspector", ofsted))
        # Pages of agencies and of themes
        of_force = record_inspection(sif, hmicfrs, cleveland, date(2017 + k, 1, 1), team=[ines])
        of_force.judge(by=None, judgements=[(area, cleveland, grade) for area in areas[: n + 1]])
        of_council = record_inspection(
            sif, ofsted, stockton, date(2017 + k, 1, 1), team=[ines], follows=published
        )
        of_council.judge(by=None, judgements=[(areas[0], stockton, grade)])
        for inspection in (of_force, of_council, published):
            record_finding(inspection, weakness(cleveland, theme, "critical"), [{"page": 1}, {"page": 2}])
            record_finding(inspection, weakness(force, strategy), [{"page": 1}])
            record_finding(inspection, strength(health, theme), [{"page": 1}])
            record_finding(inspection, weakness(stockton, theme), [{"page": 1}])
        # Unpublished
        for status in ("draft", "in_review", "agreed", "returned"):
            body, values = (cleveland if k % 2 else stockton), {"recurrence_of": finding}
            logged = Finding.log(
                by=ines,
                inspection=drafting,
                values={**weakness(body, strategy), **values},
                citations=[{"page": 3}],
            )
            if status != "draft":
                logged.move("submit", by=ines)
            if status == "returned":
                logged.move("return_to_draft", by=mary, reason="More, please")
            if status == "agreed":
                logged.move("agree", by=mary)
        Inspection.create(by=ines, values={"framework": sif, "inspected_agency": council})
        published.state_date(by=None, kind="published", stated=f"2016, {k}", source="A list")
        Report(inspection=published, title=f"Report {k}", file_name="a", sha256=str(k), pages=3).add(by=None)
        Report(inspection=drafting, title=f"Draft {k}", file_name="a", sha256=f"d{k}", pages=3).add(by=None)
    merged = Theme(code="merged", name="Merged", definition="Old").add(by=None)
    merged.retire(by=None, reason="Merged", into=strategy)
    published.edit(
        by=None,
        values={
            "partner_inspectorates": partners,
            "team": [ines, *people],
            "participating_agencies": partners,
        },
        expect=published.version,
    )


@pytest.fixture
def world(ofsted, hmicfrs, cleveland, stockton, sif, published, drafting, finding, strategy, ines, mary):
    return {
        "ofsted": ofsted,
        "hmicfrs": hmicfrs,
        "cleveland": cleveland,
        "stockton": stockton,
        "sif": sif,
        "published": published,
        "drafting": drafting,
        "finding": finding,
        "strategy": strategy,
        "ines": ines,
        "mary": mary,
    }


QUERIES = {
    "home, manager": 17,
    "home, inspector": 10,
    "home, safeguarding lead": 15,
    "home, auditor": 10,
    "agencies": 6,
    "force": 24,
    "council": 20,
    "inspectorate": 15,
    "inspections": 14,
    "inspection": 16,
    "inspection under way": 16,
    "findings": 20,
    "finding": 7,
    "themes": 7,
    "theme": 11,
    "log form": 9,
    "edit form": 14,
    "earlier findings": 10,
    "new inspection": 10,
    "change inspection": 14,
    "judgements": 7,
}


@pytest.mark.parametrize("n", [1, 3])
def test_a_page_asks_the_database_equally_often_for_one_row_and_for_three(
    n, world, signed_in, clara, audrey, draft
):
    enlarge(n, **world)
    inspection, drafting, finding = world["published"], world["drafting"], world["finding"]
    mary, cleveland, strategy = world["mary"], world["cleveland"], world["strategy"]
    visits = {
        "home, manager": (mary, "/"),
        "home, inspector": (world["ines"], "/"),
        "home, safeguarding lead": (clara, "/"),
        "home, auditor": (audrey, "/"),
        "agencies": (mary, "/agencies/"),
        "force": (mary, cleveland.get_absolute_url()),
        "council": (mary, world["stockton"].get_absolute_url()),
        "inspectorate": (mary, world["ofsted"].get_absolute_url()),
        "inspections": (mary, "/inspections/"),
        "inspection": (mary, inspection.get_absolute_url()),
        "inspection under way": (mary, drafting.get_absolute_url()),
        "findings": (mary, "/findings/"),
        "finding": (mary, finding.get_absolute_url()),
        "themes": (mary, "/themes/"),
        "theme": (mary, strategy.get_absolute_url()),
        "log form": (mary, reverse("finding_log", args=[drafting.public_id])),
        "edit form": (mary, reverse("finding_edit", args=[draft.public_id])),
        "earlier findings": (
            mary,
            reverse("findings_earlier", args=[drafting.public_id])
            + f"?attributed_to={cleveland.pk}&theme={strategy.pk}",
        ),
        "new inspection": (mary, "/inspections/new/"),
        "change inspection": (mary, reverse("inspection_edit", args=[inspection.public_id])),
        "judgements": (mary, reverse("inspection_judge", args=[inspection.public_id])),
    }
    asked = {}
    for name, (somebody, address) in visits.items():
        client = signed_in(somebody)
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address)
        assert response.status_code == 200, name
        asked[name] = len(queries)
    assert asked == QUERIES


def test_pages_with_many_rows_say_how_many_there_are_and_link_to_all(
    signed_in, mary, sif, ofsted, stockton, cleveland
):
    for number in range(27):
        record_inspection(sif, ofsted, stockton, date(2016, 1, 1 + number))
    client = signed_in(mary)
    for record in (stockton, cleveland):
        response = client.get(record.get_absolute_url())
        table = next(
            table
            for table in page(response).find_all("table")
            if "latest first" in table.find("caption").text
        )
        assert len(table.find("tbody").find_all("tr")) == 25
        link = next(link for link in page(response).find_all("a") if link.text.startswith("All 27"))
        assert rows_behind(client, link["href"]) == 27


def test_every_page_has_one_heading_a_title_of_its_own_and_no_dead_link(
    signed_in, mary, finding, draft, cleveland, stockton, ofsted, strategy
):
    """Every link of every page answers, and no id stands twice on a page."""
    client = signed_in(mary)
    waiting, seen = ["/", "/about/"], []
    while waiting:
        address = waiting.pop(0)
        path, _, query = address.partition("?")
        if address in seen or (query and sum(other.startswith(f"{path}?") for other in seen) > 3):
            continue
        seen.append(address)
        response = client.get(address)
        assert response.status_code == 200, address
        tree = page(response)
        assert len(tree.find_all("h1")) == 1, address
        assert tree.find("title").text.endswith(" – Safeguarding findings register")
        ids = [element["id"] for element in tree.walk() if element.get("id")]
        assert len(ids) == len(set(ids)), (address, sorted(i for i in ids if ids.count(i) > 1))
        for label in tree.find_all("label"):
            assert tree.find(id=label["for"]) is not None, (address, label["for"])
        for link in tree.find_all("a"):
            href = link["href"]
            if href.startswith("#"):
                assert tree.find(id=href[1:]) is not None, (address, href)
            elif href.startswith("?"):
                waiting.append(path + href)
            elif href.startswith("/"):
                waiting.append(href.partition("#")[0])
            else:
                assert href.startswith("https://"), href
    assert len(seen) > 40
    assert reverse("finding_edit", args=[draft.public_id]) in seen
