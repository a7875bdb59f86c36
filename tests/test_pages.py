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
        if link.get("class") == "app-chart__link":
            # "2016 Q3: 4 of 11": a mark without any of the first opens all of the second.
            # "2026 Q2: 2, not all read": no share is given, and it opens them all.
            mark = re.search(r": (\d+)(?: of (\d+))?", link.text)
            assert mark, link.text
            found.append((int(mark[1]) or int(mark[2] or 0), link["href"], link.text))
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


def three_counts(response):
    """{caption: {heading of the row: (weaknesses, serious, strengths)}} of the tables that have these columns."""
    found = {}
    for table in page(response).find_all("table"):
        rows = {}
        for row in table.find("tbody").find_all("tr"):
            cells = {cell.get("data-label"): cell.text.split()[0] for cell in row.find_all("td") if cell.text}
            if "Strengths" in cells:
                heading = (row.find("th").find("a") or row.find("th")).text
                numbers = tuple(
                    0 if cells[name] == "–" else int(cells[name])
                    for name in ("Weaknesses", "Serious or critical", "Strengths")
                )
                rows[heading] = tuple(map(sum, zip(rows.get(heading, (0, 0, 0)), numbers, strict=True)))
        if rows:
            found[table.find("caption").text] = rows
    return found


def counted_slowly(findings, heading):
    """{heading: (weaknesses, serious, strengths)}, row by row."""
    rows = {}
    for finding in findings:
        counts = rows.setdefault(heading(finding), [0, 0, 0])
        counts[0] += finding.is_weakness
        counts[1] += finding.is_weakness and finding.severity in ("serious", "critical")
        counts[2] += finding.finding_type == "strength"
    return {name: tuple(counts) for name, counts in rows.items()}


def without_noughts(rows):
    return {name: counts for name, counts in rows.items() if any(counts)}


@pytest.mark.parametrize("random_register", [26], indirect=True)
def test_the_tables_show_what_a_slow_count_gives_also_where_a_nought_opens_nothing(
    random_register, signed_in, mary
):
    client = signed_in(mary)
    published = list(
        Finding.objects.published().select_related(
            "theme__retired_into", "attributed_to", "inspection__inspected_agency"
        )
    )
    of_police = [f for f in published if f.attributed_to.kind == Kind.POLICE_FORCE]

    def theme(finding):
        return (finding.theme.retired_into or finding.theme).name

    def agency_name(finding):
        return finding.attributed_to.official_name

    def council(finding):
        return finding.inspection.inspected_agency.official_name

    def agree(shown, findings, heading):
        assert without_noughts(shown) == without_noughts(counted_slowly(findings, heading))

    in_use = [f for f in of_police if not (f.theme.retired_into or f.theme).is_retired]
    agree(three_counts(client.get("/themes/"))["Themes"], in_use, theme)
    home = three_counts(client.get("/"))
    # What has no date is in no window.
    dated = [f for f in published if f.inspection.published_on]
    dated_of_police = [f for f in of_police if f in dated]
    agree(home["Forces with most serious weaknesses, all published findings"], dated_of_police, agency_name)
    agree(home["Themes with most serious weaknesses, all published findings"], dated_of_police, theme)
    for record in Theme.objects.filter(retired_into=None):
        tables = three_counts(client.get(record.get_absolute_url()))
        agree(
            tables.get("Findings by force", {}),
            [f for f in of_police if theme(f) == record.name],
            agency_name,
        )
    for force in Agency.objects.forces():
        tables = three_counts(client.get(force.get_absolute_url()))
        its_own = [f for f in dated if f.attributed_to == force]
        agree(tables.get("Findings about the police by theme", {}), its_own, theme)
        policed = set(force.policing.values_list("authority", flat=True))
        there = [f for f in its_own if f.inspection.inspected_agency_id in policed]
        agree(tables.get("Councils policed, with findings about the force", {}), there, council)
    for body in Agency.objects.filter(kind=Kind.LOCAL_AUTHORITY):
        tables = three_counts(client.get(body.get_absolute_url()))
        of_police_there = [f for f in dated if f in of_police and f.inspection.inspected_agency == body]
        agree(tables.get("Findings about the police by theme", {}), of_police_there, theme)
        its_own = [f for f in dated if f.attributed_to == body]
        agree(tables.get("Findings attributed to the council, by theme", {}), its_own, theme)


@pytest.mark.parametrize("random_register", [23], indirect=True)
def test_figures_of_agencies_are_the_same_for_those_who_see_drafts_and_those_who_do_not(
    random_register, signed_in, mary, adam
):
    """Unpublished rows count in no figure: the numbers of a manager are the numbers of everybody."""

    def numbers(client, address):
        return [
            (figure, words)
            for figure, rows, words in figures(client.get(address))
            if "published" in rows or "as_of" in rows
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
    assert "11 things wait for you" in page(client.get("/")).find("main").text
    assert "11 things to do" in page(client.get("/my-work/?kind=review")).find("main").text
    assert rows_behind(client, "/findings/?to_review=true") == 11


def test_an_inspection_without_a_date_is_in_no_figure_and_is_named(
    signed_in, mary, sif, ofsted, stockton, cleveland, strategy, finding, drafting
):
    undated = record_inspection(sif, ofsted, stockton, None)
    record_finding(undated, weakness(cleveland, strategy, "serious"))
    client = signed_in(mary)
    for record in (cleveland, stockton):
        response = client.get(record.get_absolute_url())
        link = next(a for a in page(response).find_all("a") if "without a date" in a.text)
        assert link.text == "1 inspection without a date of publication"
        assert rows_behind(client, link["href"]) == 1
        assert undated.get_absolute_url() in client.get(link["href"]).content.decode()
        assert "1 serious or critical weaknesses" in page(response).find("main").text


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
    "home, manager": 20,
    "home, inspector": 11,
    "home, safeguarding lead": 17,
    "home, auditor": 13,
    "agencies": 6,
    "force": 71,
    "council": 58,
    "inspectorate": 13,
    "inspections": 14,
    "inspection": 38,
    "inspection under way": 23,
    "findings": 20,
    "finding": 14,
    "themes": 7,
    "theme": 11,
    "log form": 11,
    "edit form": 16,
    "earlier findings": 10,
    "new inspection": 11,
    "change inspection": 15,
    "judgements": 8,
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
            if table.find("caption").text == "Inspections, latest first"
        )
        assert len(table.find("tbody").find_all("tr")) == 27
        assert len(page(response).find("ol", class_="app-timeline").find_all("li")) == 25
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
        assert not response.streaming, address
        tree = page(response)
        assert len(tree.find_all("h1")) == 1, address
        assert tree.find("title").text.endswith(" – Safeguarding findings register")
        ids = [element["id"] for element in tree.walk() if element.get("id")]
        assert len(ids) == len(set(ids)), (address, sorted(i for i in ids if ids.count(i) > 1))
        for label in tree.find_all("label"):
            assert tree.find(id=label["for"]) is not None, (address, label["for"])
        for link in tree.find_all("a"):
            # The sources of a document that is printed are given with the server's name.
            href = link["href"].removeprefix("http://testserver")
            if "take=" in href:
                continue
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


def test_the_inspections_on_a_forces_page_count_the_findings_of_that_force(
    signed_in, mary, published, finding, met, strategy
):
    record_finding(published, weakness(met, strategy, "serious"))
    tree = page(signed_in(mary).get("/agencies/cleveland/"))
    tables = [t for t in tree.find_all("table") if t.find("caption").text == "Inspections, latest first"]
    cells = {cell["data-label"]: cell.text for cell in tables[0].find("tbody").find_all("td")}
    assert (cells["Weaknesses"], cells["Serious or critical"], cells["Strengths"]) == ("1", "1", "0")
    assert "1 weakness (1 serious or critical), 0 strengths." in tree.find("ol", class_="app-timeline").text
