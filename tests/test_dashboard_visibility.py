"""Who sees what in figures: the same numbers for everybody with a role, and no sign of what is not published."""

import csv
import io
import re
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from agencies.models import Policing
from agencies.public_ids import new_public_id
from agencies.takeaway import FORMATS
from findings import publication
from findings.figures import FIGURES
from findings.models import Finding, SavedView
from inspections.models import Inspection

from .browsing import page, text
from .conftest import record_finding, strength, weakness
from .states import UNPUBLISHED, logged, moved, planned
from .test_dashboards import ANY, LETTER, SERIOUS, file_of, judged, values
from .who_sees_what import MISSING, REFUSED, SHOWN, SIGN_IN, as_read, browser, outcome

ROLES = ["ines", "otto", "mary", "hugo", "hanna", "clara", "mel", "stan", "audrey", "adam"]
SEES_NOTHING_OF_IT = ["otto", "hanna", "clara", "stan", "adam", "nobody"]  # one of each role, and of none
TODAY = "window=all"
PARTS = {"force": "force=cleveland", "council": "council=stockton-on-tees-borough-council"}


@pytest.fixture
def people(ines, otto, mary, hugo, hanna, clara, mel, stan, audrey, adam, nobody):
    """{name: browser}; Ines is on the team, Mary manages Ofsted, Audrey audits. The others see nothing of it."""
    named = (ines, otto, mary, hugo, hanna, clara, mel, stan, audrey, adam, nobody)
    return {person.first_name.lower(): browser(person) for person in named} | {"anonymous": browser()}


@pytest.fixture
def register(sif, jtai, ofsted, hmicfrs, stockton, camden, cleveland, met, strategy, missing):
    """Two published inspections, of 2016 and of this year, with a finding of each kind; figures of both windows."""
    first = judged(sif, ofsted, stockton, date(2016, 8, 5), coverage="all")
    second = judged(sif, ofsted, camden, date.today() - timedelta(60), coverage="police")
    for inspection, force in ((first, cleveland), (second, met)):
        record_finding(inspection, weakness(force, strategy, "serious"), [{"page": 3, "paragraph": "9"}])
        record_finding(inspection, weakness(force, missing))
        record_finding(inspection, strength(force, missing))
    record_finding(first, weakness(stockton, strategy))
    return first, second


def figure_address(code, inspection, asked):
    figure = FIGURES[code]
    parts = {**PARTS, "inspection": f"inspection={inspection.public_id}"}
    return f"/figures/{code}/?{asked}" + (f"&{parts[figure.needs[0]]}" if figure.needs else "")


def pages(inspection, windows=(TODAY, LETTER)):
    """Every dashboard, and every figure of the nation or of what it needs."""
    found = ["/dashboard/", "/figures/", inspection.get_absolute_url()]
    for asked in windows:
        found += [
            f"/dashboard/?{asked}",
            f"/agencies/cleveland/?{asked}",
            f"/agencies/metropolitan/?{asked}",
            f"/agencies/stockton-on-tees-borough-council/?{asked}",
            f"/compare/?{asked}&agency=cleveland&agency=metropolitan",
        ]
    return [*found, *(figure_address(code, inspection, TODAY) for code in FIGURES)]


def files(inspection):
    found = [figure_address(code, inspection, TODAY) for code in FIGURES]
    found += [
        f"/compare/?{TODAY}&agency=cleveland&agency=metropolitan&table={t}"
        for t in ("compare", "compare-grades")
    ]
    return [
        *found,
        "/findings/?",
        f"/findings/?as_of={date.today()}",
        "/inspections/?",
        "/inspections/?as_of=2016-10-17",
    ]


def cells_of_file(response):
    """The file without the moment at which it was taken; the page, where there is no file."""
    if not response.streaming:
        return as_read(response)
    rows = csv.reader(io.StringIO(response.getvalue().decode("utf-8-sig"), newline=""))
    return [row for row in rows if row[:1] != ["Taken on"]]


def snapshot(client, inspection):
    """{address: answer} of dashboards, figures and files, without what differs between any two answers."""
    answers = {address: as_read(client.get(address)) for address in pages(inspection)}
    for address in files(inspection):
        answers[f"{address}&take=csv"] = cells_of_file(client.get(f"{address}&take=csv"))
    return answers


def hide(first, ines, mary, sif, stockton, cleveland, met, strategy, missing, statuses=UNPUBLISHED):
    """Unpublished inspections with findings in every state; findings on a published one that are not published."""
    worst = sif.grade_scale.grades.order_by("rank").last()
    for status in statuses:
        inspection = planned(
            ines, sif, stockton, topic="HIDDEN", fieldwork_to=date(2016, 7, 1), published_on=date(2016, 8, 1)
        )
        inspection.judge(by=ines, judgements=[(sif.areas.first(), stockton, worst)])
        for state in ("draft", "in_review", "agreed", "withdrawn"):
            for force in (cleveland, met):
                words = weakness(force, missing, "critical", summary="HIDDEN words", systemic=True)
                logged(inspection, ines, words, state, reviewer=mary)
        moved(inspection, status, mary)
        inspection.edit(by=mary, values={"coverage": "none"}, expect=inspection.version)
    for state in ("draft", "in_review", "agreed", "withdrawn"):
        logged(first, ines, weakness(cleveland, strategy, "critical", summary="HIDDEN"), state, reviewer=mary)


@pytest.fixture
def hidden(ines, mary, sif, stockton, cleveland, met, strategy, missing):
    def make(first, statuses=UNPUBLISHED):
        hide(first, ines, mary, sif, stockton, cleveland, met, strategy, missing, statuses)

    return make


# Before publication


@pytest.mark.parametrize("name", SEES_NOTHING_OF_IT)
def test_no_byte_of_dashboards_figures_and_files_changes_for_those_who_may_not_see_it(
    name, people, register, hidden
):
    """The respondents' own agencies see something from the factual accuracy check on, beside the figures."""
    statuses = [
        status
        for status in UNPUBLISHED
        if not (name in ("clara", "stan") and status in ("factual_accuracy", "embargoed"))
    ]
    client, (first, _second) = people[name], register
    before = snapshot(client, first)
    hidden(first, statuses)
    after = snapshot(client, first)
    assert [address for address in before if before[address] != after[address]] == []
    assert [address for address in after if "HIDDEN" in str(after[address])] == []
    assert len(before) > 70


def test_the_comparison_would_notice(people, register, cleveland, missing):
    first, _second = register
    before = snapshot(people["otto"], first)
    record_finding(first, weakness(cleveland, missing, "critical"))
    after = snapshot(people["otto"], first)
    changed = [address for address in before if before[address] != after[address]]
    assert "/dashboard/?window=all" in changed
    assert "/figures/themes/?window=all&take=csv" in changed
    assert len(changed) > 20


FIGURES_OF_A_PAGE = {"app-figures__item", "app-value", "app-data-table"}


def figures_alone(client, inspection):
    """{address: what values and tables say} of dashboards and figures."""
    return {
        address: [
            element.text
            for element in page(client.get(address)).walk()
            if FIGURES_OF_A_PAGE & set(element.get("class", "").split())
        ]
        for address in pages(inspection, windows=(TODAY,))
    }


# The same for everybody


def test_figures_and_files_are_the_same_for_every_role(people, register, hidden):
    """Pages of agencies name unpublished work to those who do it: beside the figures, never in them."""
    first, _second = register
    before = figures_alone(people["adam"], first)
    assert len([address for address, said in before.items() if said]) > 30
    hidden(first)
    for name in ROLES:
        assert figures_alone(people[name], first) == before, name
    for address in (
        f"/figures/themes/?{TODAY}",
        f"/findings/?as_of={date.today()}",
        "/findings/?sort=agency",
        "/inspections/?as_of=2016-10-17",
        "/inspections/?sort=agency",
    ):
        for file_format in FORMATS:
            rows = {
                name: file_of(people[name].get(f"{address}&take={file_format}"), file_format)[1]
                for name in ROLES
            }
            assert [name for name in ROLES if rows[name] != rows["adam"]] == [], (address, file_format)
            assert len(rows["adam"]) > 1
            assert "HIDDEN" not in str(rows)


def test_publication_changes_figures_for_everybody_alike(
    people, register, ines, mary, sif, stockton, cleveland, missing
):
    """From the day after its publication here on: moved there past the verbs, which would date it today."""
    inspection = planned(ines, sif, stockton, fieldwork_to=date(2016, 7, 1), coverage="all")
    worst = sif.grade_scale.grades.order_by("rank").last()
    inspection.judge(by=ines, judgements=[(sif.areas.first(), stockton, worst)])
    finding = logged(inspection, ines, weakness(cleveland, missing, "critical"), "agreed", reviewer=mary)
    moved(inspection, "embargoed", mary)

    def shown():
        found = {}
        for name in ROLES:
            values_shown = values(people[name].get(f"/dashboard/?{TODAY}"))
            found[name] = (
                values_shown[SERIOUS],
                values_shown[ANY],
                values_shown["weaknesses of any severity"],
            )
        return found

    assert shown() == dict.fromkeys(ROLES, ("2 of 2", "2 of 2", "4"))
    publication.publish(inspection, by=mary, on=date(2016, 8, 9))
    assert shown() == dict.fromkeys(ROLES, ("2 of 2", "2 of 2", "4"))
    for record in (inspection, finding):
        QuerySet(type(record)).filter(pk=record.pk).update(published_at=timezone.now() - timedelta(1))
    assert shown() == dict.fromkeys(ROLES, ("3 of 3", "3 of 3", "5"))
    assert values(people["nobody"].get(f"/dashboard/?{TODAY}")).get(SERIOUS) in (None, "No inspections")


@pytest.mark.parametrize("name", ["clara", "mel", "stan"])
def test_respondents_see_the_published_figures_of_others_and_of_themselves(name, people, register):
    shown = values(people[name].get(f"/dashboard/?{TODAY}"))
    assert (shown[SERIOUS], shown["strengths"]) == ("2 of 2", "2")
    for slug in ("cleveland", "metropolitan"):
        assert values(people[name].get(f"/agencies/{slug}/"))["weaknesses of any severity"] == "2"


@pytest.mark.parametrize("name", ["mary", "audrey", "clara", "nobody"])
def test_a_withdrawn_findings_words_are_on_no_dashboard_figure_or_file(
    name, people, register, mary, cleveland, missing
):
    first, _second = register
    words = weakness(cleveland, missing, "serious", summary="GONE-WORDS", detail="GONE-DETAIL")
    finding = record_finding(first, words, [{"page": 2, "quotation": "GONE-QUOTATION"}])
    finding.move("withdraw", by=mary, reason="GONE-REASON")
    answers = snapshot(people[name], first)
    for query in ("as_of=2016-10-17", "as_of=2016-10-17&q=GONE", "as_of=2016-10-17&withdrawn=true"):
        answers[query] = (
            as_read(people[name].get(f"/findings/?{query}")).replace("GONE&", "").replace("q=GONE", "")
        )
    shown = [address for address, answer in answers.items() if re.search("GONE-[A-Z]+", str(answer))]
    assert shown == []


# Without a role


def answers_of(client, register):
    first, _second = register
    addresses = {
        "dashboard": f"/dashboard/?{TODAY}",
        "compare": "/compare/?agency=cleveland&agency=metropolitan",
        "figures": "/figures/",
        "figure": f"/figures/themes/?{TODAY}",
        "figure of a force": f"/figures/timeline/?{PARTS['force']}",
        "figure that is none": "/figures/nothing-of-the-kind/",
        "force": "/agencies/cleveland/",
        "council": "/agencies/stockton-on-tees-borough-council/",
        "inspection": first.get_absolute_url(),
        "file of a figure": f"/figures/themes/?{TODAY}&take=csv",
        "file of a comparison": "/compare/?agency=cleveland&agency=metropolitan&take=csv",
        "findings": "/findings/?as_of=2016-10-17",
        "file of findings": "/findings/?take=csv",
        "inspections": "/inspections/?as_of=2016-10-17",
        "file of inspections": "/inspections/?take=csv",
    }
    answers = {name: client.get(address) for name, address in addresses.items()}
    for answer in answers.values():
        assert answer.getvalue() is not None  # read to its end, which closes a file
    return answers


def test_somebody_without_a_role_reads_pages_that_say_nothing_and_finds_no_figure(people, register):
    answers = answers_of(people["nobody"], register)
    assert {name: outcome(answer) for name, answer in answers.items()} == {
        "dashboard": SHOWN,
        "compare": SHOWN,
        "figures": SHOWN,
        "figure": MISSING,
        "figure of a force": MISSING,
        "figure that is none": MISSING,
        "force": MISSING,
        "council": MISSING,
        "inspection": MISSING,
        "file of a figure": MISSING,
        "file of a comparison": SHOWN,
        "findings": SHOWN,
        "file of findings": SHOWN,
        "inspections": SHOWN,
        "file of inspections": SHOWN,
    }
    assert as_read(answers["figure"]) == as_read(answers["figure that is none"])


def test_a_stranger_is_led_to_sign_in_from_every_address(people, register):
    answers = answers_of(people["anonymous"], register)
    assert {name: outcome(answer) for name, answer in answers.items()} == dict.fromkeys(answers, SIGN_IN)


NAMES = [
    "Cleveland",
    "Metropolitan",
    "Stockton",
    "Camden",
    "North East",
    "Strategy discussions",
    "Single inspection",
    "SIF",
]


def test_somebody_without_a_role_reads_no_name_grade_or_number(people, register, adam, mary):
    """Also after corrections of inspections and of who polices whom, which dashboards tell of."""
    first, _second = register
    first.edit(by=mary, values={"fieldwork_to": date(2016, 7, 1)}, expect=first.version, reason="As printed.")
    Policing.objects.first().change(by=adam, values={"valid_from": date(2014, 1, 1)})
    Finding.objects.filter(inspection=first).first().move("withdraw", by=mary, reason="Wrong.")
    client = people["nobody"]
    for address in (
        "/dashboard/",
        f"/dashboard/?{TODAY}",
        f"/dashboard/?{LETTER}",
        f"/dashboard/?{LETTER}&corrected=true",
        f"/dashboard/?{TODAY}&sort=-total",
        "/compare/",
        f"/compare/?{LETTER}",
        "/figures/",
        "/findings/?as_of=2016-10-17",
        "/inspections/?as_of=2016-10-17",
    ):
        said = text(client.get(address))
        assert [name for name in NAMES if name in said] == [], address
    for address in ("/findings/?take=csv", "/inspections/?take=csv", "/findings/?as_of=2016-10-17&take=csv"):
        _said, rows = file_of(client.get(address), "csv")
        assert len(rows) == 1, address


def test_the_number_of_anything_is_not_to_be_read_from_the_dashboard_of_somebody_without_a_role(
    people, register, sif, ofsted, stockton, cleveland, strategy
):
    client = people["nobody"]
    before = as_read(client.get(f"/dashboard/?{TODAY}"))
    for day in (date(2015, 1, 1), date(2016, 1, 1)):
        record_finding(judged(sif, ofsted, stockton, day), weakness(cleveland, strategy, "critical"))
    assert as_read(client.get(f"/dashboard/?{TODAY}")) == before


def test_losing_the_role_takes_the_figures_away_at_once(people, register, clara):
    assert SERIOUS in values(people["clara"].get(f"/dashboard/?{TODAY}"))
    clara.role = ""
    clara.save()
    said = text(people["clara"].get(f"/dashboard/?{TODAY}"))
    assert "Cleveland" not in said
    assert outcome(people["clara"].get("/figures/themes/")) == MISSING


# Ids of what is hidden


def hidden_and_unknown(client, address, hidden_id):
    """Whether the answer for a hidden id is the one for a random id, the id itself apart."""
    unknown = new_public_id()
    answers = [
        cells_or_bytes(client.get(address.format(public_id)), public_id) for public_id in (hidden_id, unknown)
    ]
    return answers[0] == answers[1]


def cells_or_bytes(response, public_id):
    if response.streaming:
        return str(cells_of_file(response)).replace(public_id, "ID")
    return as_read(response, public_id)


@pytest.mark.parametrize("name", [*ROLES, "nobody", "anonymous"])
@pytest.mark.parametrize("status", ["drafting", "embargoed"])
def test_a_figure_asked_of_a_hidden_inspection_answers_as_for_a_random_id(
    name, status, people, ines, mary, sif, camden
):
    """Of those who may see it too: in figures there is nothing before publication."""
    inspection = moved(planned(ines, sif, camden), status, mary)
    for address in (
        "/figures/recurrence/?inspection={}",
        "/figures/inspection/?inspection={}",
        "/figures/inspection/?inspection={}&take=csv",
        "/figures/themes/?window=all&inspection={}&take=xlsx",
        "/figures/trend/?inspection={}",  # which is not asked of an inspection
        "/dashboard/?inspection={}",
    ):
        assert hidden_and_unknown(people[name], address, inspection.public_id), address


@pytest.mark.parametrize("name", ["otto", "hugo", "hanna", "mel", "adam", "nobody"])
def test_a_list_asked_of_a_hidden_inspection_answers_as_for_a_random_id(
    name, people, ines, mary, sif, camden
):
    inspection = moved(planned(ines, sif, camden), "drafting", mary)
    for address in (
        "/findings/?as_of=2016-10-17&inspection={}",
        "/findings/?inspection={}&take=csv",
        "/inspections/?inspection={}",
        "/inspections/?as_of=2016-10-17&inspection={}",
    ):
        assert hidden_and_unknown(people[name], address, inspection.public_id), address


@pytest.mark.parametrize("name", ["otto", "clara", "adam"])
def test_a_kept_figure_of_a_hidden_inspection_opens_as_one_of_a_random_id(
    name, people, request, ines, mary, sif, camden
):
    inspection = moved(planned(ines, sif, camden), "drafting", mary)
    answers = []
    for public_id in (inspection.public_id, new_public_id()):
        with transaction.atomic():
            view = SavedView.keep(
                by=request.getfixturevalue(name),
                values={
                    "name": "Kept",
                    "page": "figure",
                    "argument": "recurrence",
                    "query": f"inspection={public_id}",
                    "shared_with": None,
                },
            )
            listed = as_read(people[name].get("/views/"), public_id).replace(view.public_id, "VIEW")
            opened = people[name].get(view.get_absolute_url(), follow=True)
            answers.append((listed, opened.status_code, as_read(opened, public_id)))
            transaction.set_rollback(True)
    assert answers[0] == answers[1]
    assert "Inspection: " in answers[0][2]


def test_once_published_the_figure_of_the_inspection_opens_for_everybody(people, register):
    first, _second = register
    for name in ROLES:
        response = people[name].get(f"/figures/inspection/?inspection={first.public_id}")
        rows = page(response).find("div", id="inspection").find("tbody").find_all("tr")
        assert len(rows) == 3, name


@pytest.mark.parametrize("name", SEES_NOTHING_OF_IT)
def test_nothing_is_written_and_nothing_but_get_is_answered(name, people, register):
    before = Inspection.objects.count(), Finding.objects.count(), SavedView.objects.count()
    answers = {
        address: outcome(people[name].post(address, {"x": "y"}))
        for address in ("/dashboard/", "/figures/", "/compare/")
    }
    assert set(answers.values()) <= {SHOWN, REFUSED, 405}
    assert (Inspection.objects.count(), Finding.objects.count(), SavedView.objects.count()) == before
