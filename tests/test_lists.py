"""The lists: what each filter selects, the counts beside its choices, chips, order and pages."""

import random
import re
from datetime import date, timedelta
from urllib.parse import parse_qsl, urlencode

import pytest
from django.utils import timezone

from agencies import listing
from agencies.models import Agency, Kind
from findings.models import Finding, Theme
from inspections.models import Inspection

from .browsing import page, text
from .conftest import agency, record_finding, record_inspection, strength, weakness

WEAKNESSES = {"area_for_improvement", "weakness", "priority_action", "cause_of_concern"}


def total(response):
    """The number above a list."""
    return int(page(response).find("p", role="status").text.split()[0].replace(",", ""))


def shown(response):
    """Addresses of the rows of a list, in order."""
    tree = page(response)
    if table := tree.find("table", class_="app-table--cards"):
        return [row.find("th").find("a")["href"] for row in table.find("tbody").find_all("tr")]
    return [card.find("h3").find("a")["href"] for card in tree.find_all("article", class_="app-finding")]


def chips(response):
    """{label: address without it} of the active filters."""
    return {
        chip.text.removeprefix("Remove filter: "): chip["href"]
        for chip in page(response).find_all("a", class_="app-chips__chip")
    }


def errors(response):
    return [error.text for error in page(response).find_all(class_="govuk-error-message")]


def counted_choices(response):
    """{(filter, value): count} as the labels of the filters say."""
    tree = page(response)
    labels = {label.get("for"): label.text for label in tree.find_all("label")}
    found = {}
    for box in tree.find_all("input", type="checkbox"):
        if match := re.search(r"\((\d+)\)$", labels.get(box.get("id"), "")):
            found[box["name"], box["value"]] = int(match[1])
    for select in tree.find_all("select"):
        for option in select.find_all("option"):
            if option.get("value") and (match := re.search(r"\((\d+)\)$", option.text)):
                found[select["name"], option["value"]] = int(match[1])
    return found


# Which findings each filter selects, said a second time in Python


def family(codes):
    """The themes of these codes and all merged into them."""
    themes, wanted = list(Theme.objects.all()), set(codes)
    while True:
        more = {theme.code for theme in themes if theme.retired_into and theme.retired_into.code in wanted}
        if more <= wanted:
            return wanted
        wanted |= more


def finding_matches(finding, query, person):
    """Whether the list of findings under this query shows the finding."""
    asked = {}
    for name, value in query:
        asked.setdefault(name, []).append(value)
    inspection = finding.inspection
    day = inspection.published_on
    rules = {
        "q": lambda v: all(
            word.lower()
            in "\n".join(
                [
                    finding.summary,
                    finding.detail,
                    finding.reference or "",
                    finding.theme.name,
                    finding.attributed_to.official_name,
                    inspection.inspected_agency.official_name,
                ]
            ).lower()
            for word in v[-1].split()
        ),
        "force": lambda v: finding.attributed_to.slug == v[-1],
        "agency": lambda v: finding.attributed_to.slug == v[-1],
        "council": lambda v: inspection.inspected_agency.slug == v[-1],
        "theme": lambda v: finding.theme.code in family(v),
        "finding_type": lambda v: finding.finding_type in v,
        "severity": lambda v: finding.severity in v,
        "status": lambda v: finding.status in v,
        "about_police": lambda v: finding.attributed_to.kind == Kind.POLICE_FORCE,
        "systemic": lambda v: finding.systemic == (v[-1] == "yes"),
        "framework": lambda v: inspection.framework.code in v,
        "inspectorate": lambda v: inspection.lead_inspectorate.slug in v,
        "published_from": lambda v: day is not None and day.isoformat() >= v[-1],
        "published_to": lambda v: day is not None and day.isoformat() <= v[-1],
        "inspection": lambda v: inspection.public_id == v[-1],
        "mine": lambda v: finding.author_id == person.pk,
        "undated": lambda v: day is None,
    }
    if "status" not in asked and finding.status == "withdrawn":
        return False
    return all(rules[name](values) for name, values in asked.items())


def inspection_matches(inspection, query):
    asked = {}
    for name, value in query:
        asked.setdefault(name, []).append(value)
    day, last = inspection.published_on, inspection.fieldwork_to or inspection.published_on
    published = [finding for finding in inspection.findings.all() if finding.status == "published"]
    weaknesses = [finding for finding in published if finding.finding_type in WEAKNESSES]
    of_police = [finding for finding in weaknesses if finding.attributed_to.kind == Kind.POLICE_FORCE]
    judgements = list(inspection.judgements.all())

    def concerns(slug):
        return inspection.inspected_agency.slug == slug or any(
            policing.force.slug == slug
            and (policing.valid_from is None or (last is not None and policing.valid_from <= last))
            and (policing.valid_to is None or (last is not None and policing.valid_to >= last))
            for policing in inspection.inspected_agency.policed.all()
        )

    rules = {
        "q": lambda v: all(
            word.lower()
            in "\n".join(
                [
                    inspection.reference or "",
                    inspection.inspected_agency.official_name,
                    inspection.inspected_agency.name,
                    inspection.framework.name,
                ]
            ).lower()
            for word in v[-1].split()
        ),
        "framework": lambda v: inspection.framework.code in v,
        "inspectorate": lambda v: inspection.lead_inspectorate.slug in v,
        "agency": lambda v: inspection.inspected_agency.slug == v[-1],
        "force": lambda v: concerns(v[-1]),
        "grade": lambda v: any(
            judgement.area.code == "overall-effectiveness" and judgement.grade and judgement.grade.code in v
            for judgement in judgements
        ),
        "status": lambda v: inspection.status in v,
        "weakness": lambda v: any(
            v[-1] == "any" or finding.severity in ("serious", "critical") for finding in of_police
        ),
        "about": lambda v: any(finding.attributed_to.slug == v[-1] for finding in weaknesses),
        "read": lambda v: (inspection.coverage in ("all", "police")) == (v[-1] == "yes"),
        "counts_in_share": lambda v: (
            inspection.framework.evaluates_partnership and any(judgement.grade for judgement in judgements)
        ),
        "published_from": lambda v: day is not None and day.isoformat() >= v[-1],
        "published_to": lambda v: day is not None and day.isoformat() <= v[-1],
    }
    return all(rules[name](values) for name, values in asked.items())


FINDING_CHOICES = {
    "q": ["late", "100%", "under_score", "strategy discussions", "cleveland late", "SIF-2016", "Ψ"],
    "force": ["cleveland", "metropolitan", "btp"],
    "agency": ["gwent", "moved"],
    "council": ["stockton-on-tees-borough-council", "moved"],
    "theme": ["strategy-discussions", "missing-children", "merged", "retired"],
    "finding_type": ["strength", "weakness", "cause_of_concern", "observation"],
    "severity": ["minor", "serious", "critical"],
    "status": ["draft", "in_review", "agreed", "published", "withdrawn"],
    "about_police": ["true"],
    "systemic": ["yes", "no"],
    "framework": ["SIF", "JTAI", "PEEL"],
    "inspectorate": ["ofsted", "hmicfrs"],
    "published_from": ["2015-12-31", "2016-01-01"],
    "published_to": ["2015-12-31", "2016-08-05"],
    "mine": ["true"],
    "undated": ["true"],
}
INSPECTION_CHOICES = {
    "q": ["stockton", "SIF-2016", "moved council"],
    "framework": ["SIF", "JTAI", "PEEL"],
    "inspectorate": ["ofsted", "hmicfrs"],
    "agency": ["stockton-on-tees-borough-council", "moved", "cleveland"],
    "force": ["cleveland", "metropolitan", "gwent"],
    "grade": ["outstanding", "good", "inadequate"],
    "status": ["planned", "drafting", "published", "closed", "paused"],
    "weakness": ["any", "serious"],
    "about": ["cleveland", "moved"],
    "read": ["yes", "no"],
    "counts_in_share": ["true"],
    "published_from": ["2015-12-31", "2016-01-01"],
    "published_to": ["2015-12-31", "2016-08-05"],
}


def queries(choices, dice, combined):
    """Each filter alone with each value and some combined ones."""
    alone = [[(name, value)] for name, values in choices.items() for value in values]
    mixed = []
    for _number in range(combined):
        names = dice.sample(sorted(choices), dice.choice([2, 2, 3, 4]))
        mixed.append(
            [
                (name, value)
                for name in names
                for value in dice.sample(choices[name], min(len(choices[name]), dice.choice([1, 1, 2])))
            ]
        )
    return [[], *alone, *mixed]


@pytest.fixture
def _long_pages(monkeypatch):
    monkeypatch.setattr(listing, "PAGE_SIZE", 1000)


@pytest.mark.usefixtures("_long_pages")
@pytest.mark.parametrize("random_register", [1], indirect=True)
def test_each_filter_of_findings_selects_exactly_its_rows(random_register, signed_in, mary):
    client, dice = signed_in(mary), random.Random(1)
    everything = list(
        Finding.objects.visible_to(mary).select_related(
            "theme", "attributed_to", "inspection__inspected_agency", "inspection__framework"
        )
    )
    sizes = set()
    for query in queries(FINDING_CHOICES, dice, combined=12):
        response = client.get(f"/findings/?{urlencode(query)}")
        wanted = {f.get_absolute_url() for f in everything if finding_matches(f, query, mary)}
        assert set(shown(response)) == wanted, query
        assert total(response) == len(wanted)
        sizes.add(len(wanted))
    assert len(sizes) > 10


@pytest.mark.usefixtures("_long_pages")
@pytest.mark.parametrize("random_register", [2], indirect=True)
def test_each_filter_of_inspections_selects_exactly_its_rows(random_register, signed_in, mary):
    client, dice = signed_in(mary), random.Random(2)
    everything = list(
        Inspection.objects.visible_to(mary)
        .select_related("inspected_agency", "framework", "lead_inspectorate")
        .prefetch_related(
            "findings__attributed_to",
            "judgements__area",
            "judgements__grade",
            "inspected_agency__policed__force",
        )
    )
    sizes = set()
    for query in queries(INSPECTION_CHOICES, dice, combined=12):
        response = client.get(f"/inspections/?{urlencode(query)}")
        wanted = {i.get_absolute_url() for i in everything if inspection_matches(i, query)}
        assert set(shown(response)) == wanted, query
        assert total(response) == len(wanted)
        sizes.add(len(wanted))
    assert len(sizes) > 7


def test_each_filter_of_agencies_selects_exactly_its_rows(signed_in, audrey, camden, stockton, ofsted):
    today = timezone.localdate()
    old = agency("Old Council", Kind.LOCAL_AUTHORITY, "OLD", region="London", closed_on=today - timedelta(1))
    last_day = agency("Last Day", Kind.LOCAL_AUTHORITY, "LAST", nation="wales", closed_on=today)
    future = agency("Future Council", Kind.LOCAL_AUTHORITY, "FUT", opened_on=today + timedelta(1))
    client = signed_in(audrey)
    names = {a.slug: a for a in Agency.objects.all()}

    def rows(query):
        return {address.split("/")[2] for address in shown(client.get(f"/agencies/?{query}"))}

    closed, everything = {old.slug}, set(names)
    assert rows("") == everything
    assert rows("closed=yes") == closed
    assert rows("closed=no") == everything - closed - {future.slug}
    assert last_day.slug in rows("closed=no")
    assert rows("kind=police_force") == {"cleveland", "metropolitan"}
    assert rows("kind=police_force&kind=inspectorate") == {"cleveland", "metropolitan", "ofsted"}
    assert rows("nation=wales") == {"last-day"}
    assert rows("region=London") == {"metropolitan", "london-borough-of-camden", "old-council"}
    assert rows("region=London&kind=local_authority&closed=no") == {"london-borough-of-camden"}
    assert rows("name=borough+london") == {"london-borough-of-camden"}
    assert rows("name=E06000004") == rows("name=sto") == {"stockton-on-tees-borough-council"}
    assert rows("name=e06") == set()


# Counts


@pytest.mark.usefixtures("_long_pages")
@pytest.mark.parametrize("random_register", [3], indirect=True)
def test_the_number_beside_a_choice_is_the_number_of_rows_after_choosing_it(
    random_register, signed_in, ines, mary, clara, audrey, adam
):
    for person in (ines, mary, clara, audrey, adam):
        client, dice = signed_in(person), random.Random(person.first_name)
        checked = 0
        for address, choices in (("/findings/", FINDING_CHOICES), ("/inspections/", INSPECTION_CHOICES)):
            for query in ([], dice.choice(queries(choices, dice, combined=8)[1:])):
                found = counted_choices(client.get(f"{address}?{urlencode(query)}"))
                for (field, value), count in dice.sample(sorted(found.items()), min(len(found), 6)):
                    others = [(key, kept) for key, kept in query if key != field]
                    chosen = client.get(f"{address}?{urlencode([*others, (field, value)])}")
                    assert total(chosen) == count, (person, address, query, field, value)
                    checked += 1
        assert checked > 12


@pytest.mark.parametrize("random_register", [4], indirect=True)
def test_counts_are_the_same_before_somebody_may_see_what_is_not_published(
    random_register, signed_in, clara, adam
):
    """The hidden rows move no number: what the administrator counts is what is published."""
    found = counted_choices(signed_in(adam).get("/findings/"))
    published = list(Finding.objects.published().select_related("inspection__framework"))
    for code in ("SIF", "JTAI", "PEEL"):
        wanted = sum(1 for finding in published if finding.inspection.framework.code == code)
        assert found.get(("framework", code), 0) == wanted
    assert {value for field, value in found if field == "status"} == {"published"}


def test_a_merged_theme_is_counted_and_filtered_with_its_successor(
    signed_in, audrey, published, cleveland, strategy, missing
):
    record_finding(published, weakness(cleveland, strategy))
    record_finding(published, weakness(cleveland, missing))
    missing.retire(by=None, reason="Merged", into=strategy)
    client = signed_in(audrey)
    found = counted_choices(client.get("/findings/"))
    assert found["theme", "strategy-discussions"] == 2
    assert found["theme", "missing-children"] == 1
    assert total(client.get("/findings/?theme=strategy-discussions")) == 2
    assert total(client.get("/findings/?theme=missing-children")) == 1
    assert total(client.get("/findings/?theme=missing-children&theme=strategy-discussions")) == 2


def test_withdrawn_findings_are_shown_only_when_asked_for(signed_in, mary, audrey, draft, finding):
    draft.move("withdraw", by=mary, reason="Twice")
    client = signed_in(audrey)
    assert shown(client.get("/findings/")) == [finding.get_absolute_url()]
    assert shown(client.get("/findings/?status=withdrawn")) == [draft.get_absolute_url()]
    assert total(client.get("/findings/?status=withdrawn&status=published")) == 2
    assert counted_choices(client.get("/findings/"))["status", "withdrawn"] == 1


# Chips


def test_each_chip_takes_away_exactly_its_value(signed_in, mary, finding, sif, drafting):
    client = signed_in(mary)
    query = [
        ("q", "strategy discussions"),
        ("force", "cleveland"),
        ("council", "stockton-on-tees-borough-council"),
        ("theme", "strategy-discussions"),
        ("finding_type", "weakness"),
        ("finding_type", "strength"),
        ("severity", "serious"),
        ("status", "published"),
        ("about_police", "true"),
        ("systemic", "no"),
        ("framework", "SIF"),
        ("inspectorate", "ofsted"),
        ("published_from", "2016-01-01"),
        ("published_to", "31/12/2016"),
        ("inspection", finding.inspection.public_id),
    ]
    response = client.get(f"/findings/?{urlencode([*query, ('sort', 'agency'), ('page', '1')])}")
    assert total(response) == 1
    found = chips(response)
    assert list(found) == [
        "Words: strategy discussions",
        "Police force: Cleveland Police",
        "Council inspected: Stockton-on-Tees Borough Council",
        "Theme: Strategy discussions",
        "Type: Weakness",
        "Type: Strength",
        "Severity: Serious",
        "Status: Published",
        "Attributed to a police force: Yes",
        "Systemic: Not systemic",
        "Framework: Single inspection framework",
        "Inspectorate in the lead: Ofsted",
        "Published from: 1 January 2016",
        "Published to: 31 December 2016",
        "Inspection: Stockton-on-Tees Borough Council, SIF 2016",
    ]
    for index, address in enumerate(found.values()):
        left = [pair for pair in parse_qsl(address.removeprefix("?")) if pair[0] != "sort"]
        assert sorted(left) == sorted(query[:index] + query[index + 1 :])
        assert ("sort", "agency") in parse_qsl(address.removeprefix("?"))
    clear = page(response).find("section", class_="app-chips").find_all("a")[-1]
    assert (clear.text, clear["href"]) == ("Clear all filters", "/findings/")


def test_without_filters_there_are_no_chips(signed_in, mary, finding):
    assert chips(signed_in(mary).get("/findings/?q=&force=&sort=agency&page=1&about_police=false")) == {}


def test_a_value_given_twice_has_one_chip(signed_in, mary, finding, met):
    client = signed_in(mary)
    found = chips(client.get("/findings/?theme=strategy-discussions&theme=strategy-discussions"))
    assert found == {"Theme: Strategy discussions": "?"}
    # Of two forces the last one counts, and its chip takes the filter away.
    response = client.get("/findings/?force=metropolitan&force=cleveland")
    assert total(response) == 1
    assert chips(response) == {"Police force: Cleveland Police": "?"}


# Values that cannot be understood

WRONG = [
    *((name, "no-such-thing") for name in FINDING_CHOICES if name not in ("q", "mine")),
    ("inspection", "2222222222222222"),
    ("published_from", "31/2/2016"),
    ("published_from", "2016-02-31"),
    ("theme", "\x00"),
    ("force", "\x00"),
    ("severity", "\x00"),
    ("q", "\x00"),
    ("inspection", "\x00"),
    ("about_police", "maybe"),
]


def test_a_value_that_is_not_understood_is_said_and_never_the_whole_list(signed_in, mary, finding):
    client = signed_in(mary)
    for name, value in WRONG:
        response = client.get(f"/findings/?{urlencode([(name, value)])}")
        assert response.status_code == 200, (name, value)
        assert total(response) == 0, (name, value)
        assert errors(response), (name, value)
        assert page(response).find("title").text.startswith("Error:")
        assert shown(response) == []


def test_the_same_in_the_list_of_inspections_and_of_agencies(signed_in, mary, finding):
    client = signed_in(mary)
    for name in [name for name in INSPECTION_CHOICES if name != "q"]:
        for value in ("no-such-thing", "\x00"):
            response = client.get(f"/inspections/?{urlencode([(name, value)])}")
            assert (response.status_code, total(response)) == (200, 0), (name, value)
            assert errors(response), (name, value)
    for name in ("kind", "nation", "region", "closed"):
        for value in ("no-such-thing", "\x00"):
            response = client.get(f"/agencies/?{urlencode([(name, value)])}")
            assert (response.status_code, total(response)) == (200, 0), (name, value)
            assert errors(response), (name, value)


def test_an_inspection_that_is_hidden_is_as_unknown_as_one_that_does_not_exist(
    signed_in, otto, drafting, finding
):
    client = signed_in(otto)
    hidden = client.get(f"/findings/?inspection={drafting.public_id}")
    unknown = client.get("/findings/?inspection=2222222222222222")
    assert errors(hidden) == errors(unknown)
    assert chips(hidden) == {f"Inspection: {drafting.public_id}": "?"}
    assert text(hidden).replace(drafting.public_id, "2" * 16) == text(unknown)


@pytest.mark.parametrize("address", ["/findings/", "/inspections/", "/agencies/"])
def test_odd_words_pages_and_orders_are_no_server_error(signed_in, mary, finding, address):
    client = signed_in(mary)
    full = total(client.get(address))
    for query in (
        "page=1000000000",
        "page=abc",
        "page=-1",
        "page=0",
        "page=²",
        "page=" + "9" * 40,
        "page=",
        "sort=nonsense",
        "sort=--published",
        "sort=-",
        "sort=%00",
        "sort=pk",
        "sort=author__password",
        "unknown=value",
        "order_by=password",
    ):
        response = client.get(f"{address}?{query}")
        assert (response.status_code, total(response)) == (200, full), query
        assert len(shown(response)) == full
    words = "name" if address == "/agencies/" else "q"
    for value in ("'", '"', "%", "_", "\\", "a " * 3000, "x" * 5000, "<script>", "(", "😀", "\ud7ff"):
        assert client.get(address, {words: value}).status_code == 200, value[:20]


def test_percent_and_underscore_are_ordinary_letters_in_a_search(
    signed_in, mary, published, cleveland, strategy
):
    record_finding(published, weakness(cleveland, strategy, summary="100% of checks"))
    record_finding(published, weakness(cleveland, strategy, summary="100 checks"))
    client = signed_in(mary)
    assert total(client.get("/findings/", {"q": "100%"})) == 1
    assert total(client.get("/findings/", {"q": "_"})) == 0


# Order and pages

SORTS = {
    "/findings/": ["published", "-published", "-severity", "agency", "theme", "inspection"],
    "/inspections/": ["published", "-published", "agency", "-agency", "framework", "status"],
    "/agencies/": ["name", "-name", "kind", "-kind", "region", "-region"],
}


@pytest.mark.parametrize("random_register", [5], indirect=True)
def test_every_row_stands_on_exactly_one_page_whatever_the_order(
    random_register, signed_in, audrey, monkeypatch
):
    client = signed_in(audrey)
    for address, sorts in SORTS.items():
        monkeypatch.setattr(listing, "PAGE_SIZE", 1000)
        everything = shown(client.get(address))
        whole = {sort: shown(client.get(f"{address}?sort={sort}")) for sort in sorts}
        monkeypatch.setattr(listing, "PAGE_SIZE", len(everything) // 3 + 1)
        for sort in sorts:
            pages = [shown(client.get(f"{address}?sort={sort}&page={n}")) for n in (1, 2, 3)]
            assert all(pages)
            rows = [row for rows in pages for row in rows]
            assert rows == whole[sort], sort
            assert sorted(rows) == sorted(everything)


@pytest.fixture
def _three_rows(published, cleveland, met, strategy, missing, sif, ofsted, camden):
    record_finding(published, weakness(cleveland, strategy, "critical"))
    later = record_inspection(sif, ofsted, camden, date(2017, 1, 1))
    record_finding(later, weakness(met, missing, "minor"))
    record_finding(later, strength(met, strategy))


@pytest.mark.usefixtures("_three_rows")
def test_findings_are_sorted_as_the_link_says(signed_in, audrey):
    client = signed_in(audrey)

    def severities(sort):
        rows = shown(client.get(f"/findings/?sort={sort}"))
        return [Finding.objects.get(public_id=row.split("/")[2]).severity for row in rows]

    assert severities("-severity") == ["critical", "minor", ""]
    assert severities("severity") == ["", "minor", "critical"]
    assert severities("published")[0] == "critical"
    assert severities("-published")[-1] == "critical"
    assert severities("agency")[0] == "critical"


@pytest.mark.usefixtures("_three_rows")
def test_sorting_and_turning_the_page_keep_the_filters(signed_in, audrey, monkeypatch):
    monkeypatch.setattr(listing, "PAGE_SIZE", 1)
    client = signed_in(audrey)
    response = client.get("/findings/?force=metropolitan&q=&sort=agency&page=1")
    tree = page(response)
    for link in tree.find("nav", class_="app-sorts").find_all("a"):
        pairs = parse_qsl(link["href"].removeprefix("?"))
        assert ("force", "metropolitan") in pairs
        assert "page" not in dict(pairs)
    numbers = tree.find("nav", class_="govuk-pagination").find_all("a")
    assert numbers
    for link in numbers:
        pairs = dict(parse_qsl(link["href"].removeprefix("?")))
        assert (pairs["force"], pairs["sort"]) == ("metropolitan", "agency")
    following = tree.find("a", rel="next")["href"]
    assert shown(client.get(f"/findings/{following}")) != shown(response)
    hidden = tree.find("details", class_="app-filter").find("input", name="sort")
    assert hidden["value"] == "agency"
