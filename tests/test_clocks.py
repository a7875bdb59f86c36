"""Clocks: working days reckoned by hand, and the days on which an agency's time is up."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from holidays import country_holidays
from hypothesis import given
from hypothesis import strategies as st

from agencies.models import Kind, Nation
from agencies.working_days import CALENDARS, MOST, OutsideCalendar, add_working_days, is_working_day
from inspections.models import Clock, ClockUnit, DateKind, Inspection, Purpose, StartsFrom, due_on
from inspections.models.clocks import add

from .conftest import agency, record_inspection

ENGLAND, WALES = Nation.ENGLAND, Nation.WALES


def days(*texts):
    return [date.fromisoformat(text) for text in texts]


# Working days, by hand

# As the government published them for England and Wales, where they fall from Monday to Friday.
BANK_HOLIDAYS = {
    2016: days(
        *("2016-01-01", "2016-03-25", "2016-03-28", "2016-05-02", "2016-05-30", "2016-08-29"),
        *("2016-12-26", "2016-12-27"),
    ),
    # The early May holiday moved to Friday 8 May, 75 years after the war in Europe ended.
    2020: days(
        *("2020-01-01", "2020-04-10", "2020-04-13", "2020-05-08", "2020-05-25", "2020-08-31"),
        *("2020-12-25", "2020-12-28"),
    ),
    # The spring holiday moved to 2 June beside the jubilee of 3 June; the state funeral of 19 September.
    2022: days(
        *("2022-01-03", "2022-04-15", "2022-04-18", "2022-05-02", "2022-06-02", "2022-06-03", "2022-08-29"),
        *("2022-09-19", "2022-12-26", "2022-12-27"),
    ),
    # The coronation's holiday of 8 May.
    2023: days(
        *("2023-01-02", "2023-04-07", "2023-04-10", "2023-05-01", "2023-05-08", "2023-05-29", "2023-08-28"),
        *("2023-12-25", "2023-12-26"),
    ),
}


@pytest.mark.parametrize("nation", [ENGLAND, WALES, ""])
@pytest.mark.parametrize("year", BANK_HOLIDAYS)
def test_whole_years_have_the_bank_holidays_of_england_and_wales(year, nation):
    every = [date(year, 1, 1) + timedelta(number) for number in range(365 + (year % 4 == 0))]
    weekdays = [day for day in every if day.weekday() < 5]
    assert [day for day in weekdays if not is_working_day(day, nation)] == BANK_HOLIDAYS[year]
    assert not [day for day in every if day.weekday() >= 5 and is_working_day(day, nation)]


@pytest.mark.parametrize(
    ("start", "number", "nation", "end"),
    [
        # Seventy weekdays are 14 weeks: Friday 5 August to Friday 11 November 2016. The late summer holiday of
        # 29 August lies between: one more weekday, Monday 14 November.
        ("2016-08-05", 70, ENGLAND, "2016-11-14"),
        ("2016-08-05", 70, WALES, "2016-11-14"),
        ("2016-08-05", 70, "", "2016-11-14"),
        # Scotland's summer holiday was on 1 August, before the start: Friday 11 November.
        ("2016-08-05", 70, "scotland", "2016-11-11"),
        # Over a year's end. From Wednesday 21 December 2016: 22, 23 (two); 26 and 27 are holidays, the second
        # in place of Sunday; 28 to 30 (five); 2 January is a holiday in place of Sunday; 3 to 6 (nine); 9 (ten).
        ("2016-12-21", 10, ENGLAND, "2017-01-09"),
        # Scotland keeps 2 January and, in place of Sunday, 3 January as well: one day later.
        ("2016-12-21", 10, "scotland", "2017-01-10"),
        # Christmas on a Saturday: from Friday 24 December 2021; 27 and 28 are holidays, 29 to 31 (three),
        # 3 January in place of Saturday 1 January is none, 4 January (four).
        ("2021-12-24", 4, ENGLAND, "2022-01-04"),
        # Easter 2016, from Thursday 24 March: Friday 25 and Monday 28 are holidays; 29, 30, 31, 1, then 4 April.
        ("2016-03-24", 5, ENGLAND, "2016-04-04"),
        # Scotland works on Easter Monday: 28, 29, 30, 31, then 1 April.
        ("2016-03-24", 5, "scotland", "2016-04-01"),
        # The jubilee: from Wednesday 1 June 2022; 2 and 3 June are holidays; 6, 7, 8.
        ("2022-06-01", 3, ENGLAND, "2022-06-08"),
        # The usual day of the spring holiday, Monday 30 May 2022, was worked.
        ("2022-05-27", 1, WALES, "2022-05-30"),
        # The funeral on Monday 19 September 2022, everywhere.
        ("2022-09-16", 1, ENGLAND, "2022-09-20"),
        ("2022-09-16", 1, "scotland", "2022-09-20"),
        # The coronation's Monday, 8 May 2023.
        ("2023-05-05", 1, WALES, "2023-05-09"),
        # Saint David's Day, Wednesday 1 March 2017, is no bank holiday; Saint Andrew's, Thursday 30 November 2017, is.
        ("2017-02-28", 1, WALES, "2017-03-01"),
        ("2017-11-29", 1, "scotland", "2017-12-01"),
        # Saint Patrick's Day, Friday 17 March 2017.
        ("2017-03-16", 1, "northern_ireland", "2017-03-20"),
        # A start on a Sunday is not counted either: Monday is the first day.
        ("2016-08-07", 1, ENGLAND, "2016-08-08"),
        # The last day of a year is not its first: Thursday 31 December 2015, then Monday 4 January.
        ("2015-12-31", 1, ENGLAND, "2016-01-04"),
    ],
)
def test_working_days_by_hand(start, number, nation, end):
    assert add_working_days(date.fromisoformat(start), number, nation) == date.fromisoformat(end)


WALL_CALENDARS = {}


@given(
    start=st.dates(date(1990, 1, 1), date(2060, 12, 31)),
    number=st.one_of(st.integers(1, 300), st.sampled_from([MOST, 1000])),
    nation=st.sampled_from(sorted(CALENDARS)),
)
def test_working_days_are_what_counting_day_by_day_gives(start, number, nation):
    """The other way round: every day after the start is ticked off on one ever-growing calendar."""
    calendar = WALL_CALENDARS.setdefault(nation, country_holidays("GB", subdiv=CALENDARS[nation]))
    day, left = start, number
    while left:
        day += timedelta(1)
        if day.isoweekday() not in (6, 7) and day not in calendar:
            left -= 1
    assert add_working_days(start, number, nation) == day
    assert is_working_day(day, nation)


@pytest.mark.parametrize("number", [0, -1, MOST + 1])
def test_a_number_that_is_no_time_is_refused(number):
    with pytest.raises(OutsideCalendar, match=f"from 1 to {MOST}"):
        add_working_days(date(2016, 8, 5), number, ENGLAND)


@pytest.mark.parametrize("start", [date(1800, 1, 1), date(2100, 12, 1), date(9999, 12, 31)])
def test_years_without_known_bank_holidays_are_refused(start):
    with pytest.raises(OutsideCalendar, match="Bank holidays are known for the years"):
        add_working_days(start, 70, ENGLAND)


def test_a_nation_that_nobody_knows_is_refused():
    with pytest.raises(ValueError, match="“france”"):
        is_working_day(date(2016, 8, 5), "france")


def test_every_nation_of_agencies_has_working_days():
    assert {"", *Nation.values} <= set(CALENDARS)


# Any unit


@pytest.mark.parametrize(
    ("start", "length", "unit", "end"),
    [
        # August has 31 days: 26 are left after the 5th, and 30 in September make 56.
        ("2016-08-05", 56, ClockUnit.CALENDAR_DAYS, "2016-09-30"),
        # 42 days: 26 in August, 16 in September.
        ("2016-08-05", 6, ClockUnit.WEEKS, "2016-09-16"),
        # Printed months: the same day, the last of a shorter month.
        ("2016-08-05", 3, ClockUnit.MONTHS, "2016-11-05"),
        ("2016-11-30", 3, ClockUnit.MONTHS, "2017-02-28"),
        ("2015-11-30", 3, ClockUnit.MONTHS, "2016-02-29"),
        ("2016-01-31", 1, ClockUnit.MONTHS, "2016-02-29"),
        ("2016-12-31", 12, ClockUnit.MONTHS, "2017-12-31"),
        # Other units end on whatever day they end: Christmas Day 2016, a Sunday.
        ("2016-12-18", 1, ClockUnit.WEEKS, "2016-12-25"),
        # Three working days from Friday: Monday, Tuesday, Wednesday.
        ("2016-08-05", 3, ClockUnit.WORKING_DAYS, "2016-08-10"),
    ],
)
def test_a_length_in_any_unit(start, length, unit, end):
    assert add(date.fromisoformat(start), length, unit, ENGLAND) == date.fromisoformat(end)


@pytest.mark.parametrize("unit", ClockUnit)
@pytest.mark.parametrize("length", [0, -1, 1_000_000_000])
def test_lengths_that_cannot_be_reckoned_with_are_refused(unit, length):
    with pytest.raises(OutsideCalendar):
        add(date(2016, 8, 5), length, unit, ENGLAND)


# Due days of an inspection


def clock(framework, purpose=Purpose.ACTION_PLAN, starts_from=StartsFrom.PUBLICATION, **values):
    values = {"length": 70, "unit": ClockUnit.WORKING_DAYS, **values}
    return Clock(framework=framework, purpose=purpose, starts_from=starts_from, **values).add(by=None)


def test_a_councils_action_plan_is_due_70_working_days_from_publication(sif, published):
    clock(sif)
    assert due_on(published, Purpose.ACTION_PLAN) == date(
        2016, 11, 14
    )  # published on 5 August 2016: see above
    assert due_on(published, Purpose.RESPONSE) is None


def test_a_written_statement_runs_from_the_letter_before_publication(jtai, ofsted, stockton):
    clock(jtai, Purpose.RESPONSE, StartsFrom.PRE_PUBLICATION_LETTER)
    # 14 weeks from Monday 15 January 2018 are Monday 23 April; Good Friday (30 March) and Easter Monday (2 April)
    # lie between: two more weekdays.
    inspection = record_inspection(
        jtai, ofsted, stockton, date(2018, 2, 1), pre_publication_letter_on=date(2018, 1, 15)
    )
    assert due_on(inspection, Purpose.RESPONSE) == date(2018, 4, 25)


def test_a_clock_does_not_start_before_its_day_is_known(jtai, sif, ofsted, stockton, drafting):
    clock(jtai, Purpose.RESPONSE, StartsFrom.PRE_PUBLICATION_LETTER)
    clock(sif)
    without_letter = record_inspection(jtai, ofsted, stockton, date(2018, 2, 1))
    assert due_on(without_letter, Purpose.RESPONSE) is None
    assert due_on(drafting, Purpose.ACTION_PLAN) is None


def test_the_nation_is_the_inspected_agencys(sif, ofsted):
    """The law gives England and Wales the same days; a body without a nation has them too."""
    clock(sif)
    for nation, code in ((WALES, "GWE"), ("", "BTP")):
        force = agency(f"Force {code}", Kind.POLICE_FORCE, code, nation=nation)
        inspection = record_inspection(sif, ofsted, force, date(2016, 8, 5))
        assert due_on(inspection, Purpose.ACTION_PLAN) == date(2016, 11, 14)


def test_a_clock_is_valid_by_the_day_on_which_it_starts(sif, ofsted, stockton):
    """From 2017 on 56 days, from 2020 on four weeks; before 2017 no time was set."""
    days_of_2017 = {"valid_from": date(2017, 1, 1), "valid_to": date(2019, 12, 31)}
    clock(sif, Purpose.RESPONSE, length=56, unit=ClockUnit.CALENDAR_DAYS, **days_of_2017)
    clock(sif, Purpose.RESPONSE, length=4, unit=ClockUnit.WEEKS, valid_from=date(2020, 1, 1))
    due = {
        day: due_on(record_inspection(sif, ofsted, stockton, day), Purpose.RESPONSE)
        for day in days("2016-12-31", "2017-01-01", "2019-12-31", "2020-01-01")
    }
    assert due == {
        date(2016, 12, 31): None,
        date(2017, 1, 1): date(2017, 2, 26),  # 30 days are left in January, 26 in February
        date(2019, 12, 31): date(2020, 2, 25),  # 31 in January, 25 in February; it ends after the change
        date(2020, 1, 1): date(2020, 1, 29),
    }


def test_the_clock_of_the_letter_and_of_publication_are_told_apart_by_their_own_days(jtai, ofsted, stockton):
    """Until 2018 from the letter, since then from publication: a letter of 2018 starts an old clock."""
    letter = {"starts_from": StartsFrom.PRE_PUBLICATION_LETTER, "length": 1, "unit": ClockUnit.WEEKS}
    clock(jtai, Purpose.RESPONSE, valid_to=date(2018, 12, 31), **letter)
    clock(jtai, Purpose.RESPONSE, length=1, unit=ClockUnit.MONTHS, valid_from=date(2019, 1, 1))
    inspection = record_inspection(
        jtai, ofsted, stockton, date(2019, 1, 10), pre_publication_letter_on=date(2018, 12, 20)
    )
    assert due_on(inspection, Purpose.RESPONSE) == date(2018, 12, 27)


# What a clock may be


@pytest.mark.parametrize(
    ("valid_from", "valid_to"),
    [
        (None, None),
        (None, date(2017, 1, 1)),  # its last day is the other's first
        (date(2019, 12, 31), None),  # its first day is the other's last
        (date(2018, 1, 1), date(2018, 1, 1)),
        (date(2010, 1, 1), date(2030, 1, 1)),
        (date(2017, 1, 1), date(2019, 12, 31)),
    ],
)
def test_two_clocks_for_one_purpose_are_not_valid_on_the_same_day(sif, valid_from, valid_to):
    clock(sif, valid_from=date(2017, 1, 1), valid_to=date(2019, 12, 31))
    with pytest.raises(ValidationError) as refused:
        clock(sif, valid_from=valid_from, valid_to=valid_to)
    said = "Another clock for this purpose is valid in that time: SIF: Action plan, 70 working days."
    assert said in refused.value.message_dict["valid_from"]


def test_clocks_beside_one_another_are_allowed(sif, jtai):
    first = clock(sif, valid_from=date(2017, 1, 1), valid_to=date(2019, 12, 31))
    clock(sif, valid_to=date(2016, 12, 31))
    clock(sif, valid_from=date(2020, 1, 1))
    clock(sif, Purpose.RESPONSE)
    clock(jtai)
    first.change(by=None, values={"length": 60})  # it does not stand in its own way
    with pytest.raises(ValidationError, match="is valid in that time"):
        first.change(by=None, values={"valid_to": date(2020, 1, 1)})


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"length": 0}, "A clock runs for at least one day."),
        ({"length": MOST + 1}, f"less than or equal to {MOST}"),
        ({"valid_from": date(2017, 1, 2), "valid_to": date(2017, 1, 1)}, "cannot be before the first"),
    ],
)
def test_a_clock_that_cannot_run_is_refused(sif, values, message):
    with pytest.raises(ValidationError, match=message):
        clock(sif, **values)


@pytest.mark.parametrize("values", [{"length": 0}, {"valid_from": "2017-01-02", "valid_to": "2017-01-01"}])
def test_the_database_refuses_it_too(sif, values):
    row = clock(sif)
    assignments = ", ".join(f"{name} = %s" for name in values)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE inspections_clock SET {assignments} WHERE id = %s", [*values.values(), row.pk]
        )


def test_people_with_a_role_see_clocks(sif, ines, stan, audrey, adam, nobody):
    row = clock(sif)
    for one in (ines, stan, audrey, adam):
        assert list(Clock.objects.visible_to(one)) == [row]
    assert not Clock.objects.visible_to(nobody)


# The letter before publication


def test_a_preferred_date_of_the_letter_fills_the_inspections(published, mary):
    stated = {"kind": DateKind.PRE_PUBLICATION_LETTER, "stated": "4 July 2016", "source": "Its letter"}
    published.state_date(by=mary, date=date(2016, 7, 4), preferred=True, **stated)
    assert Inspection.objects.get().pre_publication_letter_on == date(2016, 7, 4)
    event = published.events().last()
    assert (event.verb, event.after["pre_publication_letter_on"]) == ("date stated", "2016-07-04")


def test_the_letter_is_not_sent_after_publication(published, mary):
    version = published.version
    sent_too_late = {"pre_publication_letter_on": date(2016, 8, 6)}
    with pytest.raises(ValidationError, match="cannot be sent after publication"):
        published.edit(by=mary, values=sent_too_late, expect=version)
    published.edit(by=mary, values={"pre_publication_letter_on": date(2016, 8, 5)}, expect=version)


# As delivered


@pytest.mark.django_db
@pytest.mark.xdist_group("demo")
def test_the_delivered_clocks():
    call_command("load_reference", verbosity=0)
    delivered = {
        (row.framework.code, row.purpose): (row.starts_from, row.length, row.unit, row.valid_from)
        for row in Clock.objects.select_related("framework")
    }
    assert delivered == {
        ("SIF", "action_plan"): ("publication", 70, "working_days", None),
        ("ILACS", "action_plan"): ("publication", 70, "working_days", None),
        ("JTAI", "response"): ("pre_publication_letter", 70, "working_days", None),
        ("NCPI", "action_plan"): ("publication", 6, "weeks", None),
        ("PEEL", "response"): ("publication", 56, "calendar_days", date(2017, 1, 1)),
        ("PEEL21", "response"): ("publication", 56, "calendar_days", None),
    }
    assert not Clock.objects.exclude(valid_to=None).exists()
