"""Figures at their edges, each worked out by hand: the numbers here are literal, nothing is counted again."""

from datetime import date, datetime

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from agencies.models import Kind, Nation, Policing, Succession, User
from findings.figures import FIGURES, Scope
from findings.models import Finding, Theme
from findings.statistics.known import Known
from inspections.models import Framework, Grade, GradeScale, Inspection, JudgementArea
from inspections.periods import Period

from .conftest import agency, record_finding, record_inspection, strength, weakness

OCTOBER = date(2016, 10, 17)  # the day of the letter


def moment(day):
    return timezone.make_aware(datetime(day.year, day.month, day.day, 23, 30))


def came_out_here(record, day):
    """As if the step that made it public had been taken on that day: the verbs take it now."""
    QuerySet(type(record)).filter(pk=record.pk).update(published_here=True, published_at=moment(day))


def withdrawn_on(finding, day):
    finding.move("withdraw", by=None, reason="Wrong")
    QuerySet(Finding).filter(pk=finding.pk).update(withdrawn_at=moment(day))


def numbers(section):
    return [(value.n, value.total) for value in section.values]


def table(section):
    """{heading: the values of the other cells}."""
    return {str(row[0].value): [cell.value for cell in row[1:]] for row in section.table.rows}


# Windows


@pytest.mark.parametrize(
    ("window", "on", "outside", "inside"),
    [
        ("year", OCTOBER, ["2015-10-16", "2016-10-17"], ["2015-10-17", "2016-10-16"]),
        ("year", date(2016, 2, 29), ["2015-02-27", "2016-02-29"], ["2015-02-28", "2016-02-28"]),
        ("year", date(2016, 3, 1), ["2015-02-28", "2016-03-01"], ["2015-03-01", "2016-02-29"]),
        ("year", date(2017, 2, 28), ["2016-02-27", "2017-02-28"], ["2016-02-28", "2016-02-29", "2017-02-27"]),
        ("year", date(2017, 3, 1), ["2016-02-29", "2017-03-01"], ["2016-03-01", "2017-02-28"]),
        ("financial", date(2016, 4, 1), ["2015-03-31", "2016-04-01"], ["2015-04-01", "2016-03-31"]),
        ("financial", date(2016, 4, 2), ["2016-03-31", "2016-04-02"], ["2016-04-01"]),
        ("financial", date(2016, 2, 29), ["2015-03-31", "2016-02-29"], ["2015-04-01", "2016-02-28"]),
        ("academic", date(2016, 9, 1), ["2015-08-31", "2016-09-01"], ["2015-09-01", "2016-08-31"]),
        ("academic", date(2016, 9, 2), ["2016-08-31", "2016-09-02"], ["2016-09-01"]),
        ("all", OCTOBER, ["2016-10-17", "2016-10-18"], ["1995-01-01", "2016-10-16"]),
    ],
)
def test_a_window_has_its_first_day_and_not_the_as_of_day(
    figure, inspect, cleveland, window, on, outside, inside
):
    for day in outside:
        inspect(date.fromisoformat(day), (cleveland, "serious"))
    value = figure("serious-weakness", on, window).values[0]
    assert (value.n, value.total, str(value)) == (0, 0, "No inspections")
    for day in inside:
        inspect(date.fromisoformat(day), (cleveland, "serious"))
    assert numbers(figure("serious-weakness", on, window)) == [(len(inside), len(inside))]


def test_days_of_ones_choice_have_both(figure, inspect, cleveland):
    for day in (31, 1, 2, 3):
        inspect(date(2016, 3 if day == 31 else 4, day), (cleveland, "minor"))
    section = figure("any-weakness", OCTOBER, "custom", days=(date(2016, 4, 1), date(2016, 4, 3)))
    assert numbers(section) == [(2, 2)]


def test_the_last_quarter_is_the_one_of_the_day_before(figure, inspect, cleveland):
    inspect(date(2016, 3, 31), (cleveland, "serious"))
    inspect(date(2016, 4, 1), (cleveland, "minor"))
    first = table(figure("trend", date(2016, 4, 1)))
    assert next(iter(first)) == "2013 Q2"
    assert list(first)[-1] == "2016 Q1"
    assert first["2016 Q1"] == [1, 1, 1, 1]
    assert first["2015 Q4"] == [0, None, None, None]
    second = table(figure("trend", date(2016, 4, 2)))
    assert second["2016 Q2"] == [1, 1, 1, 0]
    assert len(first) == len(second) == 12


# Shares


@pytest.mark.parametrize(
    ("serious", "others", "percent"),
    [(4, 0, None), (0, 4, None), (5, 0, 100), (0, 5, 0), (1, 7, 13), (1, 5, 17), (2, 4, 33)],
)
def test_fewer_than_five_have_no_percentage_and_others_are_rounded_half_up(
    figure, inspect, cleveland, serious, others, percent
):
    for number in range(serious + others):
        severity = "serious" if number < serious else "moderate"
        inspect(date(2016, 8, 1 + number), (cleveland, severity))
    value = figure("serious-weakness", OCTOBER).values[0]
    assert (value.n, value.total, value.percent) == (serious, serious + others, percent)
    assert ("%" in str(value)) is (percent is not None)


def test_one_report_that_nobody_has_read_takes_the_percentage_away(figure, inspect, cleveland):
    for day in range(1, 7):
        inspect(date(2016, 8, day), (cleveland, "serious"), coverage="police")
    inspect(date(2016, 8, 7), coverage="grades")
    value = figure("serious-weakness", OCTOBER).values[0]
    assert (value.n, value.total, value.read, value.percent) == (6, 7, 6, None)
    assert "%" not in str(value)


def test_what_is_not_graded_or_not_of_a_partnership_counts_in_no_share(figure, inspect, cleveland, hmicfrs):
    inspect(date(2016, 8, 1), (cleveland, "serious"), grade=None)
    peel = Framework(code="PEEL", name="PEEL", grade_scale=GradeScale.objects.get()).add(by=None)
    JudgementArea(framework=peel, code="overall-effectiveness", name="Overall", order=1).add(by=None)
    inspect(date(2016, 8, 2), (cleveland, "serious"), framework=peel, of=cleveland, lead=hmicfrs)
    assert numbers(figure("serious-weakness", OCTOBER)) == [(0, 0)]


def test_a_joint_inspection_is_never_pooled_even_when_its_framework_evaluates_partnerships(
    figure, inspect, cleveland, sif
):
    both = Framework(
        code="BOTH", name="Both", joint=True, evaluates_partnership=True, grade_scale=sif.grade_scale
    ).add(by=None)
    JudgementArea(framework=both, code="overall-effectiveness", name="Overall", order=1).add(by=None)
    inspect(date(2016, 8, 1), (cleveland, "serious"), framework=both)
    assert numbers(figure("joint-serious-weakness", OCTOBER)) == [(1, 1)]
    assert numbers(figure("serious-weakness", OCTOBER)) == [(0, 0)]


# Forces concerned


def test_a_joint_inspection_counts_once_in_the_nation_and_once_for_each_force(
    figure, inspect, cleveland, met, jtai
):
    inspect(
        date(2016, 8, 1), (met, "serious"), (met, "serious"), framework=jtai, participating_agencies=[met]
    )
    assert numbers(figure("joint-serious-weakness", OCTOBER)) == [(1, 1)]
    assert numbers(figure("joint-serious-weakness", OCTOBER, force=met)) == [(1, 1)]
    assert numbers(figure("joint-serious-weakness", OCTOBER, force=cleveland)) == [(0, 1)]
    assert numbers(figure("serious-weakness", OCTOBER)) == [(0, 0)]
    rows = table(figure("forces-with-serious-weakness", OCTOBER))
    assert rows["Cleveland Police"] == [1, 1, 0, 0, 0, 0, 0]
    assert rows["Metropolitan Police Service"] == [1, 1, 1, 1, 2, 2, 0]


@pytest.mark.parametrize(
    ("fieldwork_to", "published_on", "of_cleveland"),
    [
        (date(2015, 12, 31), date(2016, 2, 1), True),  # reorganised between fieldwork and publication
        (date(2016, 1, 1), date(2016, 2, 1), False),
        (None, date(2015, 12, 31), True),  # the day of publication, where that of fieldwork is not known
        (None, date(2016, 1, 1), False),
    ],
)
def test_the_force_is_the_one_of_the_last_day_of_fieldwork(
    figure, inspect, cleveland, met, fieldwork_to, published_on, of_cleveland
):
    moved = agency("Moved", Kind.LOCAL_AUTHORITY, "MOV", nation=Nation.ENGLAND)
    Policing(force=cleveland, authority=moved, valid_to=date(2015, 12, 31)).add(by=None)
    Policing(force=met, authority=moved, valid_from=date(2016, 1, 1)).add(by=None)
    inspect(published_on, (cleveland, "serious"), (met, "serious"), of=moved, fieldwork_to=fieldwork_to)
    one, none = [(1, 1), (1, 1)], [(0, 0), (0, 0)]
    assert numbers(figure("force-inspections", OCTOBER, force=cleveland)) == (one if of_cleveland else none)
    assert numbers(figure("force-inspections", OCTOBER, force=met)) == (none if of_cleveland else one)


def test_policing_without_days_holds_on_any_day(figure, inspect, cleveland):
    inspect(date(1995, 1, 1), (cleveland, "minor"))
    assert numbers(figure("force-inspections", OCTOBER, "all", force=cleveland)) == [(0, 1), (1, 1)]


def test_forces_that_were_not_inspected_are_named_and_not_counted(figure, inspect, cleveland, met):
    inspect(date(2016, 8, 5), (cleveland, "serious"), (cleveland, "critical"))
    section = figure("forces-with-serious-weakness", OCTOBER)
    assert numbers(section) == [(1, 1)]
    assert table(section)["Metropolitan Police Service"] == [0, None, None, None, None, None, None]


# As known on the day


def test_a_withdrawal_counts_from_its_own_day_on(figure, inspect, cleveland, strategy):
    inspection = inspect(date(2016, 8, 1))
    finding = record_finding(inspection, weakness(cleveland, strategy, "serious"))
    withdrawn_on(finding, date(2016, 8, 10))
    assert numbers(figure("serious-weakness", date(2016, 8, 9))) == [(1, 1)]
    assert numbers(figure("serious-weakness", date(2016, 8, 9), corrected=True)) == [(0, 1)]
    assert numbers(figure("serious-weakness", date(2016, 8, 10))) == [(0, 1)]


def test_what_came_out_here_counts_from_the_day_after(figure, inspect, cleveland):
    came_out_here(inspect(date(2016, 8, 1), (cleveland, "serious")), date(2016, 8, 20))
    assert numbers(figure("serious-weakness", date(2016, 8, 20))) == [(0, 0)]
    assert numbers(figure("serious-weakness", date(2016, 8, 21))) == [(1, 1)]


def test_a_finding_that_came_out_later_than_its_inspection(figure, inspect, cleveland, strategy):
    inspection = inspect(date(2016, 8, 1))
    finding = record_finding(inspection, weakness(cleveland, strategy, "serious"))
    came_out_here(finding, date(2016, 8, 20))
    assert numbers(figure("serious-weakness", date(2016, 8, 20))) == [(0, 1)]
    assert numbers(figure("serious-weakness", date(2016, 8, 21))) == [(1, 1)]


def test_a_theme_merged_after_the_day_counts_by_itself(figure, inspect, cleveland, strategy, missing):
    inspect(date(2016, 8, 1), (cleveland, "minor"), theme=strategy)
    inspect(date(2016, 8, 2), (cleveland, "minor"), theme=missing)
    missing.retire(by=None, reason="Merged", into=strategy, on=date(2016, 9, 1))
    before = table(figure("themes", date(2016, 8, 31)))
    assert before["Strategy discussions"][:3] == [1, 2, 1]
    assert before["Missing children"][:3] == [1, 2, 1]
    after = table(figure("themes", date(2016, 9, 1)))
    assert after["Strategy discussions"][:3] == [2, 2, 2]
    assert "Missing children" not in after


# Themes


@pytest.mark.parametrize(
    ("earlier", "later", "n"),
    [
        (date(2013, 8, 5), date(2016, 8, 5), 1),  # exactly 36 months
        (date(2013, 8, 4), date(2016, 8, 5), 0),  # and one day more
        (date(2013, 2, 28), date(2016, 2, 29), 1),  # 36 months before 29 February is 28 February
        (date(2013, 2, 27), date(2016, 2, 29), 0),
        (date(2016, 8, 5), date(2016, 8, 5), 0),  # the same day: neither is the earlier one
        (date(2016, 8, 4), date(2016, 8, 5), 1),
    ],
)
def test_a_weakness_came_back_within_36_months(figure, inspect, cleveland, earlier, later, n):
    inspect(earlier, (cleveland, "minor"))
    inspect(later, (cleveland, "minor"))
    section = figure("recurrence", OCTOBER, "custom", days=(later, OCTOBER))
    assert numbers(section) == [(n, 1)]


def test_only_another_inspection_of_the_same_force_and_theme_comes_before(
    figure, inspect, cleveland, met, missing, strategy
):
    inspect(date(2015, 8, 1), (met, "minor"))
    inspect(date(2015, 8, 2), (cleveland, "minor"), theme=missing)
    earlier = inspect(date(2015, 8, 3))
    record_finding(earlier, strength(cleveland, strategy))
    inspect(date(2016, 8, 1), (cleveland, "minor"), (cleveland, "serious"))
    assert numbers(figure("recurrence", OCTOBER, "custom", days=(date(2016, 1, 1), OCTOBER))) == [(0, 1)]


def test_a_theme_rises_by_its_share_and_from_five_read_on(figure, inspect, cleveland, strategy, missing):
    for day in range(1, 6):
        inspect(date(2015, 8, day), *[(cleveland, "minor")] * (day == 1))
        inspect(date(2016, 8, day), *[(cleveland, "minor")] * (day <= 2))
    inspect(date(2016, 8, 6), coverage="none")
    assert table(figure("rising", OCTOBER)) == {"Strategy discussions": [2, 5, 1, 5]}
    one_fewer = figure("rising", OCTOBER, "custom", days=(date(2016, 8, 2), OCTOBER))
    assert table(one_fewer) == {}


def test_nothing_rises_at_the_same_share(figure, inspect, cleveland):
    for day in range(1, 6):
        inspect(date(2015, 8, day), *[(cleveland, "minor")] * (day == 1))
    for day in range(1, 11):
        inspect(date(2016, 8, day), *[(cleveland, "minor")] * (day <= 2))
    assert table(figure("rising", OCTOBER)) == {}


def test_a_council_inspected_twice_counts_once_in_the_spread(figure, inspect, cleveland, strategy):
    inspect(date(2016, 8, 1), (cleveland, "minor"))
    inspect(date(2016, 8, 2), (cleveland, "minor"))
    section = figure("spread", OCTOBER, force=cleveland, theme=strategy)
    assert numbers(section) == [(1, 1)]
    assert table(section) == {"Stockton-on-Tees Borough Council": ["Yes", 2, 2]}


def test_a_council_where_the_force_only_took_part_is_none_of_its_councils(
    figure, inspect, met, jtai, strategy
):
    inspect(date(2016, 8, 1), (met, "minor"), framework=jtai, participating_agencies=[met])
    assert numbers(figure("spread", OCTOBER, force=met, theme=strategy)) == [(0, 0)]


def test_a_force_that_exists_no_more_is_neither_counted_nor_one_of_the_forces(figure, inspect, strategy):
    closed = agency("Closed", Kind.POLICE_FORCE, "CL", closed_on=date(2016, 8, 31))
    inspect(date(2016, 8, 1), (closed, "minor"))
    # Forces, of forces inspected: Cleveland alone, which has no weakness.
    assert table(figure("themes", OCTOBER))["Strategy discussions"][5:7] == [0, 1]
    assert numbers(figure("spread", OCTOBER)) == [(0, 1)]


def test_an_observation_of_a_report_that_nobody_has_read_does_not_turn_dashes_into_zeros(
    figure, inspect, cleveland, strategy
):
    inspection = inspect(date(2016, 8, 1), coverage="grades")
    record_finding(inspection, strength(cleveland, strategy, finding_type="observation"))
    council = "Stockton-on-Tees Borough Council"
    assert table(figure("councils", OCTOBER, force=cleveland))[council] == [1, 0, None, None, None]
    rows = table(figure("forces-with-serious-weakness", OCTOBER))
    assert rows["Cleveland Police"] == [1, 0, None, None, None, None, None]


# Grades


def test_peel_2015_on_vulnerability(figure, hmicfrs, db):
    """The letter's other figure: 0 outstanding, 12 good, 27 requiring improvement, 4 inadequate of 43."""
    scale = GradeScale(code="peel-four", name="PEEL, four grades").add(by=None)
    grades = [
        Grade(scale=scale, code=label.lower(), label=label, rank=rank).add(by=None)
        for rank, label in enumerate(("Outstanding", "Good", "Requires", "Inadequate"), 1)
    ]
    peel = Framework(code="PEEL", name="PEEL", grade_scale=scale).add(by=None)
    area = JudgementArea(framework=peel, code="protecting-vulnerable-people", name="Vulnerability", order=1)
    area.add(by=None)
    given = [grades[1]] * 12 + [grades[2]] * 27 + [grades[3]] * 4
    for number, grade in enumerate(given):
        force = agency(f"Force {number}", Kind.POLICE_FORCE, f"F{number}")
        inspection = record_inspection(peel, hmicfrs, force, date(2015, 12, 15), cycle="PEEL 2015")
        inspection.judge(by=None, judgements=[(area, force, grade)])
    assert table(figure("grades-of-forces", date(2015, 12, 15))) == {}
    assert table(figure("grades-of-forces", OCTOBER)) == {"PEEL 2015: Vulnerability": [0, 12, 27, 4, 43, 0]}


def test_a_force_whose_grade_is_not_recorded_is_missing_although_a_closed_one_was_graded(
    figure, inspect, cleveland, met, hmicfrs, sif
):
    closed = agency("Closed", Kind.POLICE_FORCE, "CL", closed_on=date(2016, 1, 31))
    for force in (closed, cleveland):
        inspect(date(2015, 12, 15), of=force, lead=hmicfrs, cycle="PEEL 2015")
    # Good: two; of the two territorial forces that exist on the day, the Met's grade is not recorded.
    assert table(figure("grades-of-forces", OCTOBER)) == {
        "PEEL 2015: Overall effectiveness": [0, 2, 0, 0, 2, 1]
    }


def test_a_change_of_scale_is_not_compared(figure, inspect, cleveland, hmicfrs):
    five = GradeScale(code="five", name="Five grades").add(by=None)
    adequate = Grade(scale=five, code="adequate", label="Adequate", rank=3).add(by=None)
    peel21 = Framework(code="PEEL21", name="PEEL 2021", grade_scale=five).add(by=None)
    JudgementArea(framework=peel21, code="overall-effectiveness", name="Overall", order=1).add(by=None)
    inspect(date(2014, 8, 5), of=cleveland, lead=hmicfrs)
    inspect(date(2015, 8, 5), of=cleveland, lead=hmicfrs, grade=Grade.objects.get(label="Outstanding"))
    inspect(date(2016, 8, 5), of=cleveland, lead=hmicfrs, framework=peel21, grade=adequate)
    rows = [
        [cell.value for cell in row[1:3]]
        for row in figure("grade-history", OCTOBER, force=cleveland).table.rows
    ]
    assert rows == [
        ["Adequate", "Not comparable: another scale (Outstanding, August 2015)"],
        ["Outstanding", "Better than before (Good, August 2014)"],
        ["Good", "First grade known"],
    ]


@pytest.mark.parametrize(
    ("on", "age"),
    [
        (date(2016, 8, 6), "0 months"),
        (date(2016, 9, 4), "0 months"),
        (date(2016, 9, 5), "1 month"),
        (date(2017, 8, 4), "11 months"),
        (date(2017, 8, 5), "1 year"),
        (date(2018, 9, 5), "2 years 1 month"),
    ],
)
def test_the_age_of_a_grade_is_in_whole_months(figure, inspect, cleveland, hmicfrs, on, age):
    inspect(date(2016, 8, 5), of=cleveland, lead=hmicfrs)
    (row,) = figure("latest-grades", on).table.rows
    assert row[-1].value == age


def test_a_council_counts_once_by_its_latest_grade_of_the_window(figure, inspect):
    inspect(date(2016, 8, 1), grade=Grade.objects.get(code="inadequate"))
    inspect(date(2016, 8, 2))
    inspect(OCTOBER, grade=Grade.objects.get(code="outstanding"))
    assert table(figure("grades-of-councils", OCTOBER)) == {"SIF: Overall effectiveness": [0, 1, 0, 0, 1]}


def test_the_timeline_shows_the_overall_grade_and_no_other(figure, inspect, stockton, sif):
    inspection = inspect(date(2016, 8, 1), grade=None)
    help_and_protection = sif.areas.get(code="help-and-protection")
    inspection.judge(by=None, judgements=[(help_and_protection, stockton, Grade.objects.get(code="good"))])
    (row,) = figure("timeline", OCTOBER, council=stockton).table.rows
    assert row[3].value is None


# Divergence and coverage


@pytest.mark.parametrize(
    ("found_on", "finder", "grader", "n", "total"),
    [
        (date(2016, 8, 1), "ofsted", "hmicfrs", 1, 1),
        (date(2016, 8, 1), "hmic", "hmicfrs", 0, 1),  # one inspectorate under two names
        (date(2016, 8, 1), "hmicfrs", "hmic", 0, 1),
        (date(2014, 10, 17), "ofsted", "hmic", 1, 1),  # exactly 24 months
        (date(2014, 10, 16), "ofsted", "hmic", 0, 0),
    ],
)
def test_two_inspectorates_seem_to_differ(
    figure, inspect, cleveland, ofsted, hmicfrs, found_on, finder, grader, n, total
):
    hmic = agency("HMIC", Kind.INSPECTORATE, "HM")
    Succession(predecessor=hmic, successor=hmicfrs, on=date(2017, 7, 19)).add(by=None)
    inspectorates = {"ofsted": ofsted, "hmic": hmic, "hmicfrs": hmicfrs}
    inspect(found_on, (cleveland, "serious"), lead=inspectorates[finder])
    inspect(date(2012, 8, 5), of=cleveland, lead=inspectorates[grader])
    assert numbers(figure("divergence", OCTOBER)) == [(n, total)]


def test_only_the_latest_grade_diverges(figure, inspect, cleveland, hmicfrs):
    inspect(date(2016, 8, 1), (cleveland, "serious"))
    inspect(date(2014, 8, 5), of=cleveland, lead=hmicfrs)
    assert numbers(figure("divergence", OCTOBER)) == [(1, 1)]
    inspect(date(2015, 8, 5), of=cleveland, lead=hmicfrs, grade=Grade.objects.get(code="inadequate"))
    assert numbers(figure("divergence", OCTOBER)) == [(0, 1)]


@pytest.mark.parametrize(
    ("published_on", "silent"),
    [(date(2013, 10, 17), 0), (date(2013, 10, 16), 1), (date(2016, 10, 16), 0), (OCTOBER, 1)],
)
def test_coverage_looks_back_36_months(figure, inspect, published_on, silent):
    inspect(published_on)
    # One force and one council, both concerned by the one inspection.
    assert numbers(figure("coverage", OCTOBER)) == [(silent, 1), (silent, 1)]


def test_coverage_leaves_out_wales_and_what_does_not_exist_on_the_day(figure, cleveland):
    agency("Cardiff", Kind.LOCAL_AUTHORITY, "CF", nation=Nation.WALES)
    agency("Gone", Kind.LOCAL_AUTHORITY, "GO", nation=Nation.ENGLAND, closed_on=date(2016, 10, 16))
    agency("Last day", Kind.LOCAL_AUTHORITY, "LD", nation=Nation.ENGLAND, closed_on=OCTOBER)
    agency("First day", Kind.LOCAL_AUTHORITY, "FD", nation=Nation.ENGLAND, opened_on=OCTOBER)
    agency("To come", Kind.LOCAL_AUTHORITY, "TC", nation=Nation.ENGLAND, opened_on=date(2016, 10, 18))
    agency("Special", Kind.POLICE_FORCE, "SP", special=True)
    section = figure("coverage", OCTOBER)
    assert numbers(section) == [(1, 1), (2, 2)]
    assert set(table(section)) == {"Cleveland Police", "First day", "Last day"}


@pytest.mark.parametrize("person", ["nobody", "stray"])
def test_which_agencies_there_are_is_for_people_with_a_role(request, cleveland, stockton, person):
    user = request.getfixturevalue("nobody") if person == "nobody" else User(role="inspector")
    scope = Scope(Known(user, OCTOBER), Period.ending(OCTOBER), force=cleveland)
    section = FIGURES["coverage"].of_scope(scope)
    assert numbers(section) == [(0, 0), (0, 0)]
    assert list(section.table.rows) == []
    assert list(FIGURES["councils"].of_scope(scope).table.rows) == []


# Days, quality


def test_days_to_publication_are_a_median(figure, inspect):
    assert figure("days-to-publication", OCTOBER).values[0].n is None
    inspect(date(2016, 8, 5), fieldwork_to=date(2016, 6, 16))
    inspect(date(2016, 8, 6))
    assert figure("days-to-publication", OCTOBER).values[0].n == 50  # Stockton, 2016
    inspect(date(2016, 8, 5), fieldwork_to=date(2016, 8, 5))
    assert figure("days-to-publication", OCTOBER).values[0].n == 25
    inspect(date(2016, 8, 5), fieldwork_to=date(2016, 8, 4))
    assert figure("days-to-publication", OCTOBER).values[0].n == 1


def test_what_records_lack(figure, inspect, cleveland, strategy):
    other = Theme(code="other", name="Other", definition="Other").add(by=None)
    inspection = inspect(date(2016, 8, 1), coverage="police", fieldwork_to=date(2016, 7, 1))
    record_finding(inspection, weakness(cleveland, strategy, "serious"), [{"page": 1, "paragraph": "16"}])
    record_finding(inspection, weakness(cleveland, other, "minor"), [{"page": 1, "paragraph": ""}])
    record_finding(inspection, strength(cleveland, strategy))
    inspect(date(2016, 8, 2), coverage="grades")
    inspect(None)
    rows = [[cell.value for cell in row[1:]] for row in figure("data-quality", OCTOBER).table.rows]
    assert rows == [[1, 3], [2, 3], [1, 2], [1, 3], [1, 2], [1, 2], [0, 0], [0, 0]]


def test_weaknesses_are_of_four_types_and_observations_of_none(figure, inspect, cleveland, strategy):
    inspection = inspect(date(2016, 8, 1))
    for finding_type in ("area_for_improvement", "weakness", "priority_action", "cause_of_concern"):
        record_finding(inspection, weakness(cleveland, strategy, "critical", finding_type=finding_type))
    record_finding(inspection, strength(cleveland, strategy))
    record_finding(inspection, strength(cleveland, strategy, finding_type="observation"))
    assert [value.n for value in figure("findings", OCTOBER).values] == [4, 4, 1]


def test_an_inspection_without_a_day_is_in_no_window(figure, inspect, cleveland):
    inspect(None, (cleveland, "serious"))
    assert Inspection.objects.count() == 1
    assert numbers(figure("serious-weakness", OCTOBER, "all")) == [(0, 0)]
