"""Figures, counted a second time in Python: slowly, row by row, from the definitions in docs/data.md."""

from datetime import UTC, date, datetime

import pytest

from agencies.models import Agency, Kind, Nation, Policing
from findings.models import Finding, Theme
from findings.statistics import shares, themes
from findings.statistics.shares import Share, percent_of
from inspections.models import Concern, Grade, Inspection, Judgement, JudgementArea

from .browsing import page, seen, text
from .conftest import agency, record_finding, record_inspection, strength, weakness

WEAKNESSES = {"area_for_improvement", "weakness", "priority_action", "cause_of_concern"}
SERIOUS = {"serious", "critical"}


def randomly(seed):
    """The test runs on a register filled at random from this seed."""
    return pytest.mark.parametrize("random_register", [seed], indirect=True)


def weaknesses_of(inspection):
    """Published weaknesses attributed to a police force."""
    return [
        finding
        for finding in inspection.findings.select_related("attributed_to")
        if finding.status == "published"
        and finding.finding_type in WEAKNESSES
        and finding.attributed_to.kind == Kind.POLICE_FORCE
    ]


def slow_share(inspections):
    any_, serious, total, read = 0, 0, 0, 0
    for inspection in inspections:
        found = weaknesses_of(inspection)
        total += 1
        any_ += bool(found)
        serious += any(finding.severity in SERIOUS for finding in found)
        read += inspection.coverage in ("all", "police")
    return Share(any=any_, serious=serious, total=total, read=read)


def counts_in_the_share(inspection):
    return inspection.framework.evaluates_partnership and any(
        judgement.grade for judgement in inspection.judgements.all()
    )


def slow_tally(findings):
    return {
        "weaknesses": sum(f.finding_type in WEAKNESSES for f in findings),
        "serious": sum(f.finding_type in WEAKNESSES and f.severity in SERIOUS for f in findings),
        "strengths": sum(f.finding_type == "strength" for f in findings),
    }


def published_findings():
    return Finding.objects.published().about_police()


@randomly(11)
def test_the_share_with_weaknesses_of_the_police_is_what_a_slow_count_gives(random_register):
    public = [i for i in Inspection.objects.all() if i.status in ("published", "closed")]
    counted = [i for i in public if counts_in_the_share(i)]
    assert counted
    everything = Inspection.objects.published().counting_in_share()
    assert shares.police_weakness_share(everything, published_findings()) == slow_share(counted)
    windows = [
        (date(2015, 1, 1), date(2016, 1, 1)),
        (date(2015, 12, 31), date(2016, 8, 5)),
        (date(2016, 1, 1), date(2017, 1, 1)),
        (date(1999, 1, 1), date(2000, 1, 1)),
    ]
    for start, end in windows:
        within = [i for i in counted if i.published_on and start <= i.published_on < end]
        inspections = Inspection.objects.published_within(start, end).counting_in_share()
        assert shares.police_weakness_share(inspections, published_findings()) == slow_share(within)


@randomly(12)
def test_the_share_by_year_is_the_share_of_each_year_newest_first(random_register):
    counted = Inspection.objects.published().counting_in_share().exclude(published_on=None)
    by_year = shares.police_weakness_share_by_year(counted, published_findings())
    assert list(by_year) == sorted({i.published_on.year for i in counted}, reverse=True)
    for year, share in by_year.items():
        assert share == slow_share([i for i in counted if i.published_on.year == year])


@randomly(13)
def test_tallies_are_what_a_slow_count_gives(random_register):
    findings = list(published_findings().select_related("inspection", "theme", "attributed_to"))
    assert themes.tally(published_findings()) == slow_tally(findings)
    by_force = themes.tally_by(published_findings(), "attributed_to")
    assert {row.pop("attributed_to"): row for row in by_force} == {
        force.pk: slow_tally([f for f in findings if f.attributed_to == force])
        for force in {f.attributed_to for f in findings}
    }


@randomly(14)
def test_tallies_by_theme_count_merged_themes_with_their_successor_and_lose_none(random_register):
    findings = list(published_findings().select_related("theme__retired_into"))
    rows = themes.tally_by_theme(published_findings())
    wanted = {}
    for finding in findings:
        wanted.setdefault(finding.theme.retired_into or finding.theme, []).append(finding)
    assert {
        row["theme"]: {name: row[name] for name in ("weaknesses", "serious", "strengths")} for row in rows
    } == {theme: slow_tally(group) for theme, group in wanted.items()}
    assert sum(row["weaknesses"] for row in rows) == slow_tally(findings)["weaknesses"]


@randomly(15)
def test_inspections_with_a_weakness_of_one_agency(random_register):
    for body in Agency.objects.exclude(kind=Kind.INSPECTORATE):
        wanted = {
            finding.inspection_id
            for finding in Finding.objects.filter(attributed_to=body, status="published")
            if finding.finding_type in WEAKNESSES
        }
        found = shares.with_weakness(Inspection.objects.all(), Finding.objects.published(), agency=body)
        assert set(found.values_list("pk", flat=True)) == wanted


def test_a_theme_merged_twice_over_is_counted_with_the_last(published, cleveland, strategy, missing):
    third = Theme(code="third", name="Third", definition="Old").add(by=None)
    for theme in (strategy, missing, third):
        record_finding(published, weakness(cleveland, theme))
    third.retire(by=None, reason="Merged", into=missing)
    missing.retire(by=None, reason="Merged", into=strategy)
    rows = themes.tally_by_theme(published_findings())
    assert [(row["theme"].code, row["weaknesses"]) for row in rows] == [("strategy-discussions", 3)]


# Percentages


@pytest.mark.parametrize(
    ("n", "total", "percent"),
    [
        (0, 0, None),
        (0, 1, None),
        (4, 4, None),
        (0, 5, 0),
        (5, 5, 100),
        (1, 8, 13),  # 12.5
        (3, 8, 38),  # 37.5
        (1, 200, 1),  # 0.5
        (1, 201, 0),
        (199, 200, 100),  # 99.5
        (22, 42, 52),
        (2, 3, None),
        (1, 6, 17),
        (5, 6, 83),
    ],
)
def test_percentages_are_whole_rounded_half_up_and_left_out_below_five(n, total, percent):
    assert percent_of(n, total) == percent


def test_a_share_says_how_many_were_not_read():
    share = Share(any=2, serious=1, total=8, read=5)
    assert share.unread == 3


# On the pages


def graded(inspection):
    """Gives the inspection a grade, so that it counts."""
    area = JudgementArea.objects.get(framework=inspection.framework, code="overall-effectiveness")
    inspection.judge(by=None, judgements=[(area, inspection.inspected_agency, Grade.objects.first())])
    return inspection


@pytest.fixture
def recent(sif, ofsted, stockton, freeze):
    """recent(n, coverage): n graded inspections published in the twelve months before today."""

    def make(n, coverage="all"):
        return [
            graded(record_inspection(sif, ofsted, stockton, date(2026, 3, 1), coverage=coverage))
            for _number in range(n)
        ]

    return make


@pytest.fixture
def freeze(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args: date(2026, 9, 1))
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 9, 1, 12, tzinfo=UTC))


def national(client):
    """The headline figures of the first page."""
    return seen(client.get("/")).partition("Inspections that found weaknesses")[0]


def test_without_inspections_it_says_so_and_gives_no_figure(signed_in, audrey, freeze):
    said = national(signed_in(audrey))
    assert "No inspections" in said
    assert "0%" not in said
    assert "0 of 0" not in said


def test_below_five_inspections_there_are_counts_and_no_percentage(
    signed_in, audrey, recent, cleveland, strategy
):
    record_finding(recent(4)[0], weakness(cleveland, strategy, "serious"))
    said = national(signed_in(audrey))
    assert "1 of 4" in said
    assert "%" not in said


def test_from_five_on_there_is_a_percentage(signed_in, audrey, recent, cleveland, strategy):
    made = recent(8)
    record_finding(made[0], weakness(cleveland, strategy, "serious"))
    record_finding(made[1], weakness(cleveland, strategy, "minor"))
    said = national(signed_in(audrey))
    assert "1 of 8 (13%)" in said
    assert "2 of 8 (25%)" in said


def test_an_inspection_nobody_has_read_is_never_taken_for_a_clean_one(
    signed_in, audrey, recent, cleveland, strategy
):
    record_finding(recent(5)[0], weakness(cleveland, strategy, "serious"))
    recent(3, coverage="grades")
    client = signed_in(audrey)
    said = national(client)
    assert "1 so far" in said
    assert "5 of 8 are read for findings: no share until all are." in said
    assert "1 of 8" not in said
    row = next(row for row in page(client.get("/")).find_all("tr") if row.find("th").text == "2026")
    assert [cell.text.split()[0] for cell in row.find_all("td")] == ["8", "5", "1", "1"]


def test_a_year_of_which_nothing_was_read_says_so(signed_in, audrey, recent):
    recent(3, coverage="none")
    row = next(
        row for row in page(signed_in(audrey).get("/")).find_all("tr") if row.find("th").text == "2026"
    )
    assert [cell.text for cell in row.find_all("td")][2:] == ["– not read", "– not read"]
    assert "Not known" in national(signed_in(audrey))


def test_the_window_ends_the_day_before_and_begins_a_year_earlier(
    signed_in, audrey, freeze, sif, ofsted, stockton
):
    for day in (date(2025, 8, 31), date(2025, 9, 1), date(2026, 8, 31), date(2026, 9, 1)):
        graded(record_inspection(sif, ofsted, stockton, day))
    assert "published from 1 September 2025 to 31 August 2026" in national(signed_in(audrey))
    assert "0 of 2" in national(signed_in(audrey))


def test_on_29_february_the_window_still_has_a_beginning(signed_in, audrey, monkeypatch, db):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args: date(2028, 2, 29))
    assert "published from 28 February 2027 to 28 February 2028" in national(signed_in(audrey))


def test_joint_inspections_and_ungraded_ones_are_not_in_the_share(
    signed_in, audrey, freeze, sif, jtai, ofsted, stockton, cleveland, strategy
):
    record_finding(
        record_inspection(jtai, ofsted, stockton, date(2026, 3, 1)), weakness(cleveland, strategy, "serious")
    )
    record_finding(
        record_inspection(sif, ofsted, stockton, date(2026, 3, 1)), weakness(cleveland, strategy, "serious")
    )
    assert "No inspections" in national(signed_in(audrey))


def test_weaknesses_of_others_and_strengths_do_not_count_as_weaknesses_of_the_police(
    signed_in, audrey, recent, cleveland, stockton, strategy, mary
):
    made = recent(5)
    record_finding(made[0], weakness(stockton, strategy, "critical"))
    record_finding(made[1], strength(cleveland, strategy))
    record_finding(made[2], {**strength(cleveland, strategy), "finding_type": "observation"})
    record_finding(made[3], weakness(cleveland, strategy, "critical")).move(
        "withdraw", by=mary, reason="Wrong"
    )
    assert "0 of 5 (0%)" in national(signed_in(audrey))


# Which force is concerned


@pytest.fixture
def moved(cleveland, met):
    """Policed by Cleveland to the end of 2015, by the Met from then on."""
    council = agency("Moved", Kind.LOCAL_AUTHORITY, "MOV", official_name="Moved Council")
    Policing(force=cleveland, authority=council, valid_to=date(2015, 12, 31)).add(by=None)
    Policing(force=met, authority=council, valid_from=date(2016, 1, 1)).add(by=None)
    return council


@pytest.mark.parametrize(
    ("fieldwork_to", "published_on", "forces"),
    [
        (date(2015, 12, 31), date(2016, 2, 1), {"cleveland"}),
        (date(2016, 1, 1), date(2016, 2, 1), {"metropolitan"}),
        (None, date(2015, 12, 31), {"cleveland"}),
        (None, date(2016, 1, 1), {"metropolitan"}),
    ],
)
def test_the_force_is_the_one_policing_on_the_last_day_of_fieldwork(
    sif, ofsted, moved, cleveland, met, fieldwork_to, published_on, forces
):
    inspection = record_inspection(sif, ofsted, moved, published_on, fieldwork_to=fieldwork_to)
    concerned = {force.slug for force in (cleveland, met) if inspection in Inspection.objects.of_force(force)}
    assert concerned == forces == {inspection.force().slug}


@randomly(16)
def test_an_inspection_concerns_the_force_that_its_page_names(random_register):
    """The list by force and the page of one inspection agree."""
    forces = list(Agency.objects.forces())
    for inspection in Inspection.objects.select_related("inspected_agency").exclude(
        fieldwork_to=None, published_on=None
    ):
        concerned = [force for force in forces if inspection in Inspection.objects.of_force(force)]
        assert concerned == [inspection.force()]


def test_forces_that_take_part_in_an_inspection_are_concerned_by_it_too(
    jtai, ofsted, stockton, camden, cleveland, met
):
    """Each once: Cleveland polices Stockton and takes part as well."""
    both = record_inspection(
        jtai, ofsted, stockton, date(2016, 1, 1), participating_agencies=[cleveland, met, camden]
    )
    for force in (cleveland, met):
        assert list(Inspection.objects.of_force(force)) == [both]
    assert Concern.objects.count() == 2


def test_a_force_that_no_longer_polices_a_council_keeps_what_was_found_then(
    signed_in, audrey, sif, ofsted, moved, cleveland, met, strategy
):
    record_finding(
        record_inspection(sif, ofsted, moved, date(2015, 6, 1)), weakness(cleveland, strategy, "serious")
    )
    client = signed_in(audrey)
    assert "1 of 1 inspections read found a weakness of this force" in seen(
        client.get(cleveland.get_absolute_url())
    )
    said = seen(client.get(met.get_absolute_url()))
    assert "1 serious or critical weaknesses" not in said
    assert "No inspections read inspections read found a weakness of this force" in said


def test_n_is_never_more_than_the_n_it_is_of(
    signed_in, audrey, sif, ofsted, camden, cleveland, strategy, stockton
):
    """A weakness of Cleveland found at Camden, which the Met polices, and one in an inspection not read."""
    record_finding(
        record_inspection(sif, ofsted, camden, date(2016, 1, 1)), weakness(cleveland, strategy, "serious")
    )
    unread = record_inspection(sif, ofsted, stockton, date(2016, 1, 1), coverage="grades")
    record_finding(unread, weakness(cleveland, strategy, "serious"))
    said = seen(signed_in(audrey).get(cleveland.get_absolute_url()))
    assert "2 serious or critical weaknesses" in said
    for n, total in [(1, 0), (2, 0), (2, 1), (1, 1)]:
        assert f"{n} of {total} inspections read" not in said
        assert f"{n} of the {total} councils" not in said


def test_a_force_without_anything_read_has_words_and_no_nought_of_nought(
    signed_in, audrey, cleveland, stockton
):
    said = seen(signed_in(audrey).get(cleveland.get_absolute_url()))
    assert "0 of 0" not in said
    assert "0 of the 0" not in said
    assert "0 of its 0" not in said
    assert "No report that concerns this force has been read for findings in this window." in said


def test_a_welsh_force_is_never_shown_with_nought_of_ofsteds_inspections(signed_in, audrey, hmicfrs, sif):
    gwent = agency("Gwent", Kind.POLICE_FORCE, "GWEN", official_name="Gwent Police", nation=Nation.WALES)
    newport = agency("Newport", Kind.LOCAL_AUTHORITY, "NEW", official_name="Newport", nation=Nation.WALES)
    Policing(force=gwent, authority=newport).add(by=None)
    client = signed_in(audrey)
    for _time in range(2):
        said = text(client.get(gwent.get_absolute_url()))
        assert "Ofsted does not inspect councils in Wales" in said
        assert "councils with an inspection read" not in said
        assert "0 of 0" not in said
        record_inspection(sif, hmicfrs, gwent, date(2016, 1, 1))
    assert "Ofsted does not inspect councils in Wales." in text(client.get(newport.get_absolute_url()))


def test_the_page_of_a_theme_counts_territorial_forces_with_a_weakness(
    signed_in, audrey, published, cleveland, met, strategy, stockton
):
    special = agency("BTP", Kind.POLICE_FORCE, "BTP", special=True)
    record_finding(published, weakness(cleveland, strategy))
    record_finding(published, weakness(special, strategy))
    record_finding(published, strength(met, strategy))
    record_finding(published, weakness(stockton, strategy))
    said = text(signed_in(audrey).get(strategy.get_absolute_url()))
    assert "1 of 2 territorial forces have a published weakness recorded here." in said


def test_not_graded_is_no_grade(sif, ofsted, stockton):
    inspection = record_inspection(sif, ofsted, stockton, date(2016, 1, 1))
    area = JudgementArea.objects.get(code="overall-effectiveness")
    inspection.judge(by=None, judgements=[(area, stockton, None)])
    assert Judgement.objects.count() == 1
    assert not Inspection.objects.counting_in_share().exists()
