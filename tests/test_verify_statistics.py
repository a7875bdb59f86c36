"""The register checks its own figures: each is counted a second time, row by row, and both must agree."""

import random
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from agencies.models import Event
from findings.figures import FIGURES, Section, Value, shares
from findings.figures import themes as theme_figures
from findings.figures.figure import Figure
from findings.inspection_filters import InspectionFilter
from findings.recount import RECOUNTS, Rows, window
from findings.recount.asked import months_back
from findings.recount.comparison import mismatches
from findings.recount.lists import Lists
from findings.recount.samples import Sample, Sampler, sees
from findings.statistics.shares import Share
from inspections.models import Inspection

from .small_registers import COUNCILS, DAYS, DAYS_ASKED, FORCES, THEMES, edges, fill, filled


def verify(**options):
    """What it prints where it finds nothing."""
    out = StringIO()
    try:
        call_command("verify_statistics", stdout=out, **options)
    except CommandError as error:
        pytest.fail(f"{out.getvalue()}{error}")
    return out.getvalue()


def refused(**options):
    """What it prints and how it ends where it finds something."""
    out = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("verify_statistics", stdout=out, **options)
    return out.getvalue(), str(error.value)


def randomly(*seeds):
    return pytest.mark.parametrize("random_register", seeds, indirect=True)


# The command


@randomly(1, 2, 3)
def test_all_figures_agree_on_registers_filled_at_random(random_register, audrey, clara, adam, nobody):
    out = verify(samples=4, seed=1)
    assert f"{len(FIGURES)} figures compared over 4 samples: no mismatch" in out


def test_all_figures_agree_on_an_empty_register(db):
    assert "no mismatch" in verify(samples=5, seed=1)


@randomly(1)
def test_it_only_reads(random_register, audrey):
    events = Event.objects.count()
    with CaptureQueriesContext(connection) as queries:
        verify(samples=1, seed=1)
    verbs = {query["sql"].split()[0] for query in queries.captured_queries}
    assert verbs <= {"SELECT", "WITH"}
    assert Event.objects.count() == events


@randomly(1)
def test_the_same_seed_draws_the_same_samples(random_register, audrey):
    words = [[Sampler(random.Random(7)).draw().words for _twice in range(2)] for _again in range(2)]
    assert words[0] == words[1]


def test_a_seed_is_drawn_and_printed(db):
    assert verify(samples=1).startswith("Seed ")


def test_all_samples_are_of_the_day_that_is_asked_for(db, published, audrey):
    sampler = Sampler(random.Random(1), date(2016, 10, 17))
    assert {sampler.draw().scope.on for _sample in range(10)} == {date(2016, 10, 17)}
    assert "no mismatch" in verify(as_of="2016-10-17", samples=2, seed=1)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"as_of": "17/10/2016"}, "is not a day"),
        ({"as_of": "2999-01-01"}, "that has come"),
        ({"as_of": "1990-01-01"}, "that has come"),
        ({"samples": 0}, "at least 1"),
    ],
)
def test_it_says_what_it_cannot_do(db, options, words):
    _out, error = refused(**options)
    assert words in error


# What it finds


def test_a_wrong_statistic(finding, audrey, monkeypatch):
    right = shares.police_weakness_share

    def wrong(*args):
        share = right(*args)
        return Share(any=share.any, serious=share.serious + 1, total=share.total, read=share.read)

    monkeypatch.setattr(shares, "police_weakness_share", wrong)
    out, error = refused(as_of="2016-10-17", samples=1, seed=1)
    lines = out.splitlines()
    assert any(
        line.startswith("serious-weakness | ")
        and "number 1, n | " in line
        and "as of 2016-10-17" in line
        and line.endswith("expected 0 | got 1")
        for line in lines
    ), lines
    assert "mismatches. --seed 1 draws the same samples again" in error


def test_a_wrong_cell(finding, audrey, monkeypatch):
    right = theme_figures.tally_by_theme
    monkeypatch.setattr(
        theme_figures,
        "tally_by_theme",
        lambda *args: [{**row, "strengths": row["strengths"] + 1} for row in right(*args)],
    )
    found = of_national("themes", audrey)
    assert [(m.what, m.expected, m.got) for m in found if "list" not in m.what] == [
        ("row “Strategy discussions”, Strengths", 0, 1)
    ]


def test_a_row_too_few(finding, audrey, monkeypatch):
    monkeypatch.setattr(theme_figures, "tally_by_theme", lambda *args: [])
    (mismatch,) = of_national("themes", audrey)
    assert mismatch.what == "row “Strategy discussions”"
    assert mismatch.got == "none"


def test_a_list_that_holds_something_else(published, finding, sif, audrey, monkeypatch):
    area = sif.areas.first()
    grade = sif.grade_scale.grades.first()
    published.judge(by=None, judgements=[(area, published.inspected_agency, grade)])
    assert of_national("serious-weakness", audrey) == []
    monkeypatch.setattr(InspectionFilter, "by_finding", lambda self, queryset, *_: queryset.none())
    found = of_national("serious-weakness", audrey)
    assert {(m.expected, m.got) for m in found} == {(1, 0)}
    assert all("list /inspections/?" in m.what for m in found)


def test_a_list_that_shows_an_error(published, audrey, monkeypatch):
    make = lambda scope: Section(values=(Value(1, "one", scope.inspections_url(force="nobody")),))
    monkeypatch.setitem(FIGURES, "days-to-publication", replaced("days-to-publication", make))
    found = of_national("days-to-publication", audrey)
    assert any("an error" in str(m.got) for m in found)


def test_a_figure_that_nobody_counts_again(db, monkeypatch):
    monkeypatch.setitem(FIGURES, "new", replaced("findings", lambda scope: Section(), code="new"))
    out, _error = refused(samples=1, seed=1)
    assert "new | " in out
    assert "expected one in findings.recount | got none" in out


def test_something_shown_to_a_person_without_a_role(finding, nobody, monkeypatch):
    make = lambda scope: Section(values=tuple(Value(1, "one") for _three in range(3)))
    monkeypatch.setitem(FIGURES, "findings", replaced("findings", make))
    out, _error = refused(samples=1, seed=1)
    assert "findings | no role" in out
    assert "shown to a person without a role | expected nothing | got 3 differences" in out


def replaced(like, make, **changes):
    figure = FIGURES[like]
    fields = {name: getattr(figure, name) for name in Figure.__dataclass_fields__}
    return Figure(**{**fields, "make": make, **changes})


def of_national(code, user, on=date(2016, 10, 17)):
    return list(mismatches(code, Sample.of(Rows.export(), user=user, on=on, kind="year"), Lists(user)))


def test_every_figure_is_counted_again():
    assert set(RECOUNTS) == set(FIGURES)


# The second method itself


@pytest.mark.parametrize(
    ("kind", "on", "start", "before"),
    [
        ("year", "2016-10-17", "2015-10-17", ("2014-10-17", "2015-10-17")),
        ("year", "2016-02-29", "2015-02-28", ("2014-02-28", "2015-02-28")),
        ("financial", "2016-04-01", "2015-04-01", ("2014-04-01", "2015-04-01")),
        ("financial", "2016-04-02", "2016-04-01", ("2015-04-01", "2015-04-02")),
        ("academic", "2016-08-31", "2015-09-01", ("2014-09-01", "2015-08-31")),
    ],
)
def test_windows_by_hand(kind, on, start, before):
    day = date.fromisoformat
    assert window(kind, day(on)) == ((day(start), day(on)), tuple(map(day, before)))


def test_months_by_hand():
    assert months_back(date(2016, 2, 29), 36) == date(2013, 2, 28)
    assert months_back(date(2016, 3, 31), 1) == date(2016, 2, 29)
    assert months_back(date(2016, 1, 31), 2) == date(2015, 11, 30)


def test_who_sees_is_who_has_a_role(ines, mary, clara, audrey, adam, nobody):
    people = [ines, mary, clara, audrey, adam, nobody]
    ines.agency, adam.is_active = None, False
    assert [sees(person) for person in people] == [False, True, True, True, False, False]
    assert [sees(person) for person in people] == [person.has_a_role for person in people]


# Small registers at the edges


@pytest.fixture
def world(db):
    return edges()


def a_question():
    return st.fixed_dictionaries(
        {
            "on": st.sampled_from(DAYS_ASKED),
            "kind": st.sampled_from(["year", "year", "financial", "academic", "all", "custom"]),
            "days": st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS)),
            "corrected": st.booleans(),
            "of": st.sampled_from(["nation", "inspection", *FORCES, *COUNCILS]),
            "theme": st.sampled_from(["", *THEMES]),
        }
    )


def asked(world, user, question):
    parts = {"theme": world.themes[question["theme"]]} if question["theme"] else {}
    if question["of"] == "inspection":
        inspection = Inspection.objects.published().order_by("pk").first()
        parts |= {"inspection": inspection} if inspection else {}
    elif question["of"] != "nation":
        agency = world.agencies[question["of"]]
        parts["force" if agency.is_force else "council"] = agency
    days = None
    if question["kind"] == "custom":
        start, last = sorted(question["days"])
        days = min(start, question["on"] - timedelta(1)), min(last + timedelta(1), question["on"])
    return Sample.of(
        Rows.export(),
        user=user,
        on=question["on"],
        kind=question["kind"],
        days=days,
        corrected=question["corrected"],
        **parts,
    )


def differences(world, user, inspections, questions):
    """One line for each, on a register that is gone afterwards."""
    found = []
    with transaction.atomic():
        fill(world, inspections)
        for question in questions:
            sample, lists = asked(world, user, question), Lists(user)
            for code in FIGURES:
                found += [
                    f"{m.figure} | {sample.words} | {m.what} | expected {m.expected} | got {m.got}"
                    for m in mismatches(code, sample, lists)
                ]
        transaction.set_rollback(True)
    return found


# The same examples each time, and found ones are not made smaller: that would take minutes.
bounded = dict(
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@settings(max_examples=80, **bounded)
@given(inspections=filled(10), question=a_question())
def test_figures_agree_at_the_edges(world, audrey, inspections, question):
    found = differences(world, audrey, inspections, [question])
    assert not found, "\n" + "\n".join(found)


@settings(max_examples=15, **bounded)
@given(inspections=filled(16), kind=st.sampled_from(["year", "financial", "academic", "all"]))
def test_figures_agree_for_every_force_and_council(world, audrey, inspections, kind):
    """One fuller register, asked of the nation, each force and each council on one day."""
    question = {"on": date(2016, 3, 1), "kind": kind, "days": None, "corrected": False, "theme": ""}
    questions = [{**question, "of": of} for of in ["nation", "a", "b", "moved"]]
    found = differences(world, audrey, inspections, questions)
    assert not found, "\n" + "\n".join(found)
