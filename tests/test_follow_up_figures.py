"""What became of recommendations, letters and cases, as of a day: each number here is worked out by hand."""

from datetime import date, timedelta

import pytest
from django.db.models import QuerySet

from findings.behind import opens_a_list
from findings.figures import FIGURES, Scope
from findings.models import CaseReferral, Finding, Letter, Recommendation, Status
from findings.recount.lists import Lists
from findings.statistics import follow_up
from findings.statistics.follow_up_words import MEASURE_LABELS
from findings.statistics.known import Known
from inspections.periods import Period, Window

from .browsing import page, text
from .conftest import record_finding, strength, weakness
from .random_follow_up import move_date, step
from .test_figure_edges import moment, numbers, table, withdrawn_on

D = date(2018, 3, 1)  # the day as of which most is asked
ISSUED = date(2016, 8, 5)
TO_CLOSURE = ["respond", "submit_plan", "accept_plan", "claim", "verify_and_close"]


@pytest.fixture
def about(inspect, strategy):
    """about(cleveland, on): a published weakness of the force, in an inspection of Stockton."""

    def make(agency, published_on=ISSUED, **fields):
        return record_finding(inspect(published_on), weakness(agency, strategy, **fields))

    return make


def recommend(finding, addressee, due=None, **values):
    return Recommendation.record_issued(
        by=None,
        channel="command",
        finding=finding,
        values={"addressee": addressee, "text": "Attend every meeting.", "due_printed": due, **values},
    )


def walked(recommendation, *steps):
    """The recommendation after these steps, each (verb, day); a verb alone is taken on the day of the one before."""
    day = recommendation.issued_on
    for told in steps:
        verb, day = told if isinstance(told, tuple) else (told, day)
        recommendation = step(recommendation, verb, day)
    return recommendation


def closed(recommendation, on):
    """Verified and closed on that day, all steps before it on the day of issue."""
    return walked(recommendation, *TO_CLOSURE[:-1], ("verify_and_close", on))


def answered_by(recommendation, day):
    """As if a clock had asked for a response by then."""
    QuerySet(Recommendation).filter(pk=recommendation.pk).update(answer_due_on=day)


def value(section, place=0):
    return section.values[place].n, section.values[place].total


def lists_agree(section, user):
    """Whether every number of the section opens a list of exactly as many rows."""
    lists = Lists(user)
    links = [(v.url, v.n) for v in section.values] + [(v.total_url, v.total) for v in section.values]
    links += [(cell.url, cell.value) for row in (section.table.rows if section.table else ()) for cell in row]
    return {
        url: (shown, lists.rows_behind(url))
        for url, shown in links
        if url and opens_a_list(url) and isinstance(shown, int) and lists.rows_behind(url) != shown
    } == {}


# Open, on the day


def test_a_step_counts_from_the_day_after(figure, about, cleveland, stockton):
    closed(recommend(about(cleveland), stockton), D)
    assert value(figure("open-recommendations", D)) == (1, 1)
    assert value(figure("open-recommendations", D + timedelta(1))) == (0, 1)


def test_it_is_known_from_the_day_after_its_issue(figure, about, cleveland, stockton):
    recommend(about(cleveland), stockton)
    assert str(figure("open-recommendations", ISSUED).values[0]) == "No recommendations"
    assert value(figure("open-recommendations", ISSUED + timedelta(1))) == (1, 1)


def test_steps_of_one_day_leave_the_last_one(figure, about, cleveland, stockton):
    walked(recommend(about(cleveland), stockton), ("respond", D), "submit_plan", "accept_plan", "claim")
    assert value(figure("claims", D)) == (0, 0)
    assert value(figure("claims", D + timedelta(1))) == (0, 1)


def test_a_reopened_one_is_open_and_as_old_as_before(figure, about, cleveland, stockton):
    found = closed(recommend(about(cleveland), stockton), date(2017, 1, 1))
    walked(found, ("reopen", date(2018, 1, 1)))
    assert value(figure("open-recommendations", date(2017, 6, 1))) == (0, 1)
    section = figure("open-recommendations", D)
    assert value(section) == (1, 1)
    assert table(section)["12 to 24 months"] == [1, 0]
    assert value(figure("claims", D), 1) == (1, 1)
    assert value(figure("claims", date(2018, 1, 1)), 1) == (0, 1)


def test_one_reopened_twice_counts_once(figure, about, cleveland, stockton):
    found = recommend(about(cleveland), stockton)
    for year in (2016, 2017):
        found = walked(found, ("close_not_implemented", date(year, 9, 1)), ("reopen", date(year, 10, 1)))
    assert value(figure("claims", D), 1) == (1, 1)


@pytest.mark.parametrize(
    ("published_on", "band"),
    [
        (date(2018, 2, 28), "Up to 3 months"),
        (date(2017, 12, 1), "Up to 3 months"),
        (date(2017, 11, 30), "3 to 6 months"),
        (date(2017, 9, 1), "3 to 6 months"),
        (date(2017, 8, 31), "6 to 12 months"),
        (date(2017, 3, 1), "6 to 12 months"),
        (date(2017, 2, 28), "12 to 24 months"),
        (date(2016, 3, 1), "12 to 24 months"),
        (date(2016, 2, 29), "Over 24 months"),
    ],
)
def test_ages_are_months_that_hold_their_first_day(
    figure,
    about,
    cleveland,
    stockton,
    published_on,
    band,
):
    recommend(about(cleveland, published_on), stockton)
    rows = table(figure("open-recommendations", D))
    assert {label: n for label, (n, _late) in rows.items() if n} == {band: 1}
    assert list(rows) == [
        "Up to 3 months",
        "3 to 6 months",
        "6 to 12 months",
        "12 to 24 months",
        "Over 24 months",
    ]


def test_on_29_february_three_months_before_is_29_november(figure, about, cleveland, stockton):
    for day in (date(2015, 11, 28), date(2015, 11, 29)):
        recommend(about(cleveland, day), stockton)
    rows = table(figure("open-recommendations", date(2016, 2, 29)))
    assert (rows["Up to 3 months"][0], rows["3 to 6 months"][0]) == (1, 1)


# Due dates


def test_what_is_due_on_the_day_is_not_overdue(figure, about, cleveland, stockton):
    recommend(about(cleveland), stockton, due=D)
    assert numbers(figure("overdue", D)) == [(0, 1), (0, 1), (0, 1)]
    assert numbers(figure("overdue", D + timedelta(1))) == [(1, 1), (1, 1), (0, 1)]


def test_a_moved_date_leaves_the_first_one(figure, about, cleveland, stockton):
    found = recommend(about(cleveland), stockton, due=date(2017, 1, 1))
    move_date(found, date(2017, 6, 1), date(2019, 1, 1), approved=True)
    assert numbers(figure("overdue", date(2017, 6, 1))) == [(1, 1), (1, 1), (0, 1)]
    assert numbers(figure("overdue", date(2017, 6, 2))) == [(1, 1), (0, 1), (0, 1)]


def test_a_refused_date_moves_nothing(figure, about, cleveland, stockton):
    found = recommend(about(cleveland), stockton, due=date(2017, 1, 1))
    move_date(found, date(2017, 6, 1), date(2019, 1, 1), approved=False)
    found.propose_due_date(by=None, due_on=date(2020, 1, 1), reason="Later.", on=date(2017, 7, 1))
    assert numbers(figure("overdue", D)) == [(1, 1), (1, 1), (0, 1)]
    assert numbers(figure("slippage", D, "all")) == [(0, 1), (None, None)]


def test_one_without_a_date_is_counted_apart_until_one_is_agreed(figure, about, cleveland, stockton):
    found = recommend(about(cleveland), stockton)
    move_date(found, date(2017, 6, 1), date(2017, 7, 1), approved=True)
    assert numbers(figure("overdue", date(2017, 6, 1))) == [(0, 0), (0, 0), (1, 1)]
    assert str(figure("overdue", date(2017, 6, 1)).values[0]) == "None has a due date"
    # The first date ever agreed is the original one: nothing was moved.
    assert numbers(figure("overdue", D)) == [(1, 1), (1, 1), (0, 1)]
    assert numbers(figure("slippage", D, "all")) == [(0, 1), (None, None)]


def test_a_date_agreed_twice_is_the_one_of_each_day(figure, about, cleveland, stockton):
    found = recommend(about(cleveland), stockton, due=date(2017, 1, 1))
    move_date(found, date(2017, 2, 1), date(2017, 4, 1), approved=True)
    move_date(found, date(2017, 5, 1), date(2017, 9, 1), approved=True)
    late = {day: value(figure("overdue", day), 1)[0] for day in MONTHS}
    assert late == {
        date(2017, 1, 2): 1,
        date(2017, 2, 2): 0,
        date(2017, 4, 2): 1,
        date(2017, 5, 2): 0,
        date(2017, 9, 2): 1,
    }


MONTHS = [date(2017, month, 2) for month in (1, 2, 4, 5, 9)]


def test_closed_ones_are_not_overdue_and_still_count_in_what_was_moved(figure, about, cleveland, stockton):
    found = recommend(about(cleveland), stockton, due=date(2017, 1, 1))
    move_date(found, date(2016, 9, 1), date(2017, 1, 11), approved=True)
    closed(found, date(2017, 12, 1))
    assert numbers(figure("overdue", D)) == [(0, 0), (0, 0), (0, 0)]
    assert numbers(figure("slippage", D, "all")) == [(1, 1), (10, None)]


def test_the_median_of_days_moved_is_of_the_middle_two_and_may_be_below_nought(
    figure,
    about,
    cleveland,
    stockton,
):
    for days in (-10, 1, 4, 400):
        found = recommend(about(cleveland), stockton, due=date(2017, 1, 1))
        move_date(found, date(2016, 9, 1), date(2017, 1, 1) + timedelta(days), approved=True)
    recommend(about(cleveland), stockton, due=date(2017, 1, 1))
    section = figure("slippage", D, "all")
    assert numbers(section) == [(4, 5), (2.5, None)]
    assert section.values[0].percent == 80
    # Of inspections published in the window.
    assert numbers(figure("slippage", D, "year")) == [(0, 0), (None, None)]


# Superseded


def test_the_one_that_takes_over_keeps_the_first_dates(figure, about, cleveland, stockton, audrey):
    finding = about(cleveland, date(2015, 1, 10))
    first = recommend(finding, stockton, due=date(2015, 6, 1))
    move_date(first, date(2015, 7, 1), date(2018, 6, 1), approved=True)
    values = {"addressee": stockton, "text": "Attend, prepared."}
    first.supersede(by=None, reason="Put better.", finding=finding, values=values, on=date(2017, 12, 1))
    # On the day of the step still the first one; both are as old.
    for day, every in ((date(2017, 12, 1), 1), (date(2017, 12, 2), 2)):
        section = figure("open-recommendations", day)
        assert value(section) == (1, every)
        assert table(section)["Over 24 months"] == [1, 1]
        assert numbers(figure("overdue", day)) == [(1, 1), (0, 1), (0, 1)]
        assert numbers(figure("slippage", day, "all")) == [(1, 1), (1096, None)]
        assert lists_agree(section, audrey)


def test_a_chain_is_one_recommendation_in_what_was_closed(figure, about, cleveland, stockton):
    finding = about(cleveland, date(2016, 9, 1))
    first, values = recommend(finding, stockton), {"addressee": stockton, "text": "Attend."}
    second = first.supersede(by=None, reason="Better.", finding=finding, values=values, on=date(2016, 12, 1))
    third = second.supersede(by=None, reason="Better.", finding=finding, values=values, on=date(2017, 2, 1))
    closed(third, date(2017, 9, 1))
    assert value(figure("closure", D)) == (1, 1)
    assert value(figure("closure", date(2017, 10, 1))) == (1, 1)


# Closure


@pytest.mark.parametrize(
    ("published_on", "closed_on", "n"),
    [
        (date(2016, 8, 5), date(2017, 8, 5), 1),
        (date(2016, 8, 5), date(2017, 8, 6), 0),
        (date(2016, 2, 29), date(2017, 2, 28), 1),
        (date(2016, 2, 29), date(2017, 3, 1), 0),
        (date(2016, 3, 1), date(2017, 3, 1), 1),
    ],
)
def test_closed_within_twelve_months(figure, about, cleveland, stockton, published_on, closed_on, n):
    closed(recommend(about(cleveland, published_on), stockton), closed_on)
    assert value(figure("closure", date(2017, 9, 1))) == (n, 1)


@pytest.mark.parametrize(
    ("published_on", "total"),
    [
        (date(2016, 3, 1), 1),
        (date(2016, 2, 29), 0),
        (date(2017, 2, 28), 1),
        (date(2017, 3, 1), 0),
    ],
)
def test_of_those_first_issued_twelve_to_twenty_four_months_before(
    figure,
    about,
    cleveland,
    stockton,
    published_on,
    total,
):
    recommend(about(cleveland, published_on), stockton)
    section = figure("closure", D)
    assert value(section) == (0, total)
    assert (str(section.values[0]) == "None issued then") is (total == 0)


def test_closed_as_not_implemented_is_not_closed_in_time_and_reopened_later_still_is(
    figure,
    about,
    cleveland,
    stockton,
):
    walked(recommend(about(cleveland), stockton), ("close_not_implemented", date(2016, 9, 1)))
    walked(closed(recommend(about(cleveland), stockton), date(2016, 9, 1)), ("reopen", date(2016, 10, 1)))
    assert value(figure("closure", D)) == (1, 2)


# Claims


@pytest.mark.parametrize(("days", "n"), [(59, 0), (60, 0), (61, 1)])
def test_a_claim_waits_too_long_after_sixty_days(figure, about, cleveland, stockton, days, n):
    walked(
        recommend(about(cleveland), stockton),
        ("respond", ISSUED),
        "submit_plan",
        "accept_plan",
        ("claim", D - timedelta(days)),
    )
    assert value(figure("claims", D)) == (n, 1)


def test_a_claim_found_wanting_waits_no_more_and_a_new_one_begins_anew(figure, about, cleveland, stockton):
    found = walked(
        recommend(about(cleveland), stockton),
        ("respond", ISSUED),
        "submit_plan",
        "accept_plan",
        ("claim", date(2017, 10, 1)),
        ("find_not_done", date(2018, 1, 1)),
    )
    assert value(figure("claims", D)) == (0, 0)
    walked(found, ("claim", date(2018, 2, 1)))
    assert value(figure("claims", D)) == (0, 1)
    assert value(figure("claims", date(2018, 1, 1))) == (1, 1)


# Responses


def test_days_to_the_first_response_are_a_median(figure, about, cleveland, stockton):
    for days in (10, 21, 30, 300):
        walked(recommend(about(cleveland), stockton), ("respond", ISSUED + timedelta(days)))
    recommend(about(cleveland), stockton)
    median, _unanswered = figure("days-to-response", D, "all").values
    assert (median.n, median.note) == (25.5, "Answered: 4 of 5")
    # The fourth came on that day: it is known from the next one on.
    median, _unanswered = figure("days-to-response", ISSUED + timedelta(300), "all").values
    assert (median.n, median.note) == (21, "Answered: 3 of 5")


def test_a_further_version_of_a_response_is_not_the_first(figure, about, cleveland, stockton):
    found = walked(recommend(about(cleveland), stockton), ("respond", ISSUED + timedelta(10)))
    found.respond(by=None, position="rejected", text="No.", received_on=ISSUED + timedelta(200))
    assert figure("days-to-response", D, "all").values[0].n == 10


def test_nobody_answered(figure, about, cleveland, stockton):
    assert str(figure("days-to-response", D, "all").values[0]) == "Not known"
    recommend(about(cleveland), stockton)
    median, unanswered = figure("days-to-response", D, "all").values
    assert (median.n, median.note) == (None, "Answered: 0 of 1")
    assert str(unanswered) == "No day of response has passed"


@pytest.mark.parametrize(
    ("asked_by", "steps", "counted"),
    [
        (D - timedelta(1), [], (1, 1)),
        (D, [], (0, 0)),
        (D - timedelta(1), [("respond", D)], (1, 1)),  # not known yet when the day begins
        (D - timedelta(1), [("respond", D - timedelta(1))], (0, 1)),
        (D - timedelta(90), [("respond", D - timedelta(1))], (0, 1)),  # late, but answered
        (D - timedelta(1), [("close_not_implemented", D - timedelta(1))], (0, 0)),
        (
            D - timedelta(1),
            [("close_not_implemented", D - timedelta(2)), ("reopen", D - timedelta(1))],
            (1, 1),
        ),
    ],
)
def test_unanswered_after_the_day_asked_for(
    figure,
    about,
    cleveland,
    stockton,
    asked_by,
    steps,
    counted,
):
    found = recommend(about(cleveland), stockton)
    answered_by(found, asked_by)
    walked(found, *steps)
    assert value(figure("days-to-response", D, "all"), 1) == counted


# Found again


@pytest.mark.parametrize(
    ("again_on", "n"),
    [
        (date(2014, 6, 1), 0),  # the day of closure
        (date(2014, 6, 2), 1),
        (date(2016, 6, 1), 1),
        (date(2016, 6, 2), 0),
    ],
)
def test_found_again_within_twenty_four_months_after_closure(
    figure,
    about,
    cleveland,
    stockton,
    audrey,
    again_on,
    n,
):
    finding = about(cleveland, date(2014, 1, 10))
    closed(recommend(finding, stockton), date(2014, 6, 1))
    about(cleveland, again_on, recurrence_of=finding)
    section = figure("found-again", D)
    assert value(section) == (n, 1)
    assert lists_agree(section, audrey)


def test_of_29_february_to_28_february(figure, about, cleveland, stockton):
    finding = about(cleveland, date(2016, 1, 10))
    closed(recommend(finding, stockton), date(2016, 2, 29))
    about(cleveland, date(2018, 3, 1), recurrence_of=finding)
    assert value(figure("found-again", date(2018, 2, 28))) == (0, 0)
    assert value(figure("found-again", date(2018, 3, 1))) == (0, 1)
    assert value(figure("found-again", date(2018, 3, 2))) == (0, 1)
    about(cleveland, date(2018, 2, 28), recurrence_of=finding)
    assert value(figure("found-again", date(2018, 3, 1))) == (1, 1)


def test_only_a_linked_weakness_after_a_verified_closure_counts(
    figure,
    inspect,
    about,
    cleveland,
    stockton,
    strategy,
):
    finding = about(cleveland, date(2014, 1, 10))
    verified = closed(recommend(finding, stockton), date(2014, 6, 1))
    walked(recommend(finding, stockton), ("close_not_implemented", date(2014, 6, 1)))
    about(cleveland, date(2015, 1, 1))  # a likeness that nobody linked
    record_finding(inspect(date(2015, 1, 2)), strength(cleveland, strategy, recurrence_of=finding))
    assert value(figure("found-again", D)) == (0, 1)
    walked(verified, ("reopen", date(2015, 2, 1)))
    again = about(cleveland, date(2015, 3, 1), recurrence_of=finding)
    assert value(figure("found-again", D)) == (1, 1)
    withdrawn_on(again, D)
    assert value(figure("found-again", D)) == (0, 1)
    assert value(figure("found-again", D - timedelta(1))) == (1, 1)
    assert value(figure("found-again", D - timedelta(1), corrected=True)) == (0, 1)


# Corrected and withdrawn findings


def corrected_on(finding, day, **values):
    """As if it had been corrected on that day: the verb would say now."""
    finding.correct(by=None, values=values, citations=[], reason="Misread.")
    at = moment(day)
    versions = QuerySet(Finding).filter(version_of=finding).order_by("-pk")
    QuerySet(Finding).filter(pk=versions[0].pk).update(replaced_at=at)
    QuerySet(Finding).filter(pk=finding.pk).update(corrected_at=at)
    finding.refresh_from_db()
    return finding


def test_a_corrected_finding_counts_exactly_once_on_every_day(about, cleveland, met, audrey):
    finding = about(cleveland)
    for day in (date(2017, 1, 1), date(2017, 1, 1), date(2017, 2, 1)):
        corrected_on(finding, day, attributed_to=met if finding.attributed_to == cleveland else cleveland)
    # The first two were made on one day: from it on the second counts.
    second, third = Finding.objects.filter(version_of=finding).order_by("pk")[1:3]
    QuerySet(Finding).filter(pk=second.pk).update(corrected_at=moment(date(2017, 1, 1)))
    QuerySet(Finding).filter(pk=third.pk).update(corrected_at=moment(date(2017, 1, 1)))
    whose = {}
    for day in (date(2016, 12, 31), date(2017, 1, 1), date(2017, 1, 31), date(2017, 2, 1), date(2017, 2, 2)):
        (known,) = Finding.objects.known_to(audrey, on=day)
        whose[day] = known.attributed_to
        (now,) = Finding.objects.known_to(audrey, on=day, corrected=True)
        assert now == finding
    assert whose == {
        date(2016, 12, 31): cleveland,
        date(2017, 1, 1): cleveland,
        date(2017, 1, 31): cleveland,
        date(2017, 2, 1): met,
        date(2017, 2, 2): met,
    }


def test_recommendations_follow_the_finding_as_it_read_on_the_day(
    figure,
    about,
    cleveland,
    met,
    stockton,
    audrey,
):
    finding = about(cleveland)
    recommend(finding, stockton, due=date(2017, 1, 1))
    corrected_on(finding, date(2017, 6, 1), attributed_to=met)
    for day, corrected, of_cleveland, of_met in (
        (date(2017, 5, 31), False, 1, 0),
        (date(2017, 6, 1), False, 0, 1),
        (date(2017, 5, 31), True, 0, 1),
    ):
        for force, n in ((cleveland, of_cleveland), (met, of_met)):
            section = figure("open-recommendations", day, corrected=corrected, force=force)
            assert value(section) == (n, n), (day, corrected, force)
            assert lists_agree(section, audrey)
        assert value(figure("overdue", day, corrected=corrected)) == (1, 1)


def test_the_severity_of_a_day_is_the_one_published_then(figure, about, cleveland, audrey):
    finding = about(cleveland, severity="serious")
    corrected_on(finding, date(2017, 6, 1), severity="minor", severity_rationale="")
    shown = {
        (day, corrected): figure("findings", day, "all", corrected=corrected).values[0].n
        for day in (date(2017, 5, 31), date(2017, 6, 1))
        for corrected in (False, True)
    }
    assert shown == {
        (date(2017, 5, 31), False): 1,
        (date(2017, 5, 31), True): 0,
        (date(2017, 6, 1), False): 0,
        (date(2017, 6, 1), True): 0,
    }
    section = figure("findings", date(2017, 5, 31), "all")
    assert lists_agree(section, audrey)


def test_a_withdrawn_findings_recommendations_count_until_the_withdrawal(
    figure,
    about,
    cleveland,
    met,
    stockton,
    audrey,
):
    finding = about(cleveland)
    recommend(finding, stockton)
    corrected_on(finding, date(2017, 6, 1), attributed_to=met)
    withdrawn_on(finding, date(2017, 9, 1))
    for day, corrected, n in (
        (date(2017, 5, 31), False, 1),
        (date(2017, 8, 31), False, 1),
        (date(2017, 8, 31), True, 0),
        (date(2017, 9, 1), False, 0),
    ):
        section = figure("open-recommendations", day, corrected=corrected)
        assert value(section) == (n, n), (day, corrected)
        assert lists_agree(section, audrey)


def test_what_a_corrected_finding_said_is_named_as_corrected_and_a_withdrawn_one_is_not_quoted(
    about, cleveland, met, signed_in, adam, mary
):
    finding = about(cleveland, summary="WORDS-THEN were few.")
    corrected_on(finding, date(2017, 6, 1), summary="WORDS-NOW are more.", attributed_to=met)
    client = signed_in(adam)
    listed = text(client.get("/findings/?as_of=2017-05-31"))
    assert "WORDS-THEN" in listed
    assert "WORDS-NOW" not in listed
    shown = text(client.get("/agencies/cleveland/?as_of=2017-05-31&window=all"))
    assert "1 finding that counted on that day has been corrected since" in shown
    assert "Metropolitan Police Service" in shown
    assert "WORDS-NOW" in shown  # before and after
    # The other force's page tells of it too, although nothing of it counted there then.
    assert "1 correction of findings since" in text(client.get("/agencies/metropolitan/?as_of=2017-05-31"))
    assert "correction of findings" not in text(client.get("/agencies/cleveland/?as_of=2017-06-01"))
    finding.move("withdraw", by=mary, reason="Wrong.")
    for address in ("/findings/?as_of=2017-05-31", "/agencies/cleveland/?as_of=2017-05-31&window=all"):
        said = text(client.get(address))
        assert "WORDS-" not in said, address


# Whom they are about, and whom they are addressed to


def test_stocktons_recommendation_is_about_the_force_and_addressed_to_the_council(
    figure,
    about,
    cleveland,
    met,
    stockton,
    audrey,
):
    """The weakness is the police's; the council is asked to keep challenging them."""
    recommend(about(cleveland), stockton)
    recommend(about(stockton), stockton)
    closed(recommend(about(met), cleveland), date(2017, 1, 1))
    assert value(figure("open-recommendations", D)) == (1, 2)
    assert value(figure("open-recommendations", D, force=cleveland)) == (1, 1)
    assert value(figure("open-recommendations", D, council=stockton)) == (1, 2)
    of_force = figure("addressees", D, force=cleveland)
    assert numbers(of_force) == [(0, 1)]
    assert table(of_force) == {"Stockton-on-Tees Borough Council": [1, 1, 0]}
    of_council = figure("addressees", D, council=stockton)
    assert numbers(of_council) == [(2, 2)]
    assert table(of_council) == {
        "Stockton-on-Tees Borough Council": [1, 1, 0],
        "Cleveland Police": [1, 0, 0],
    }
    assert numbers(figure("addressees", D)) == []
    for section in (of_force, of_council, figure("addressees", D)):
        assert lists_agree(section, audrey)


def test_of_an_inspection_all_recommendations_count(figure, about, cleveland, stockton):
    finding = about(stockton)
    recommend(finding, stockton)
    assert value(figure("open-recommendations", D, inspection=finding.inspection)) == (1, 1)
    assert value(figure("open-recommendations", D)) == (0, 0)


def test_fewer_than_five_have_no_percentage(figure, about, cleveland, stockton):
    finding = about(cleveland)
    for n, words in ((4, "4 of 4"), (5, "5 of 5 (100%)")):
        while finding.recommendations.count() < n:
            recommend(finding, stockton, due=date(2017, 1, 1))
        assert str(figure("overdue", D).values[0]) == words


def test_drafts_and_what_was_taken_back_count_nowhere(figure, about, cleveland, stockton, mary):
    finding = about(cleveland)
    for _draft in range(2):
        draft = Recommendation.draft(
            by=mary, finding=finding, values={"addressee": stockton, "text": "Attend."}
        )
    draft.withdraw(by=mary, reason="Not needed.")
    assert value(figure("open-recommendations", D)) == (0, 0)
    assert list(figure("addressees", D).table.rows) == []


def test_records_without_an_owner_or_a_date(figure, about, cleveland, stockton):
    for steps, due in (
        ([], None),
        ([("respond", ISSUED)], D),
        ([("respond", ISSUED), "submit_plan"], None),
        ([("respond", ISSUED), "submit_plan", "return_plan"], D),
        ([("respond", ISSUED), "submit_plan", "accept_plan", "claim"], D),
    ):
        walked(recommend(about(cleveland), stockton, due=due), *steps)
    closed(recommend(about(cleveland), stockton), date(2017, 1, 1))
    rows = [[cell.value for cell in row[1:]] for row in figure("data-quality", D, "all").table.rows]
    assert rows[-2:] == [[3, 5], [2, 5]]


# Letters


def letter(level, sender, to, sent, due=None, replied=None, public=True, author=None):
    row = Letter(
        level=level,
        from_agency=sender,
        to_agency=to,
        subject="Attendance",
        status="replied" if replied else "sent",
        sent_on=sent,
        reply_due_on=due,
        replied_on=replied,
        public=public,
        author=author,
    )
    QuerySet(Letter).bulk_create([row])
    return row


def test_letters_by_level_and_in_time(figure, ofsted, hmicfrs, cleveland, audrey):
    sent, due = date(2018, 1, 10), date(2018, 2, 1)
    letter(4, ofsted, hmicfrs, sent, due, replied=due)
    letter(4, ofsted, hmicfrs, sent, due, replied=due + timedelta(1))
    letter(2, ofsted, cleveland, sent, due)
    letter(2, ofsted, cleveland, sent, D - timedelta(1), replied=D)  # not answered when the day began
    letter(2, ofsted, cleveland, sent, D)  # the day has not passed
    letter(2, ofsted, cleveland, sent)
    letter(2, ofsted, cleveland, D)
    section = figure("letters", D)
    assert numbers(section) == [(1, 4)]
    assert table(section) == {
        "Level 2: manager to chief constable or director": [4, 0, 0, 2],
        "Level 4: chief inspector to chief inspector": [2, 1, 1, 0],
    }
    assert lists_agree(section, audrey)
    assert numbers(figure("letters", D, force=cleveland)) == [(0, 2)]
    assert numbers(figure("letters", sent)) == [(0, 0)]
    assert str(figure("letters", sent).values[0]) == "No letters that asked for a reply"


READERS = {
    "audrey": 3,  # audits
    "ines": 2,  # wrote the second
    "otto": 1,
    "mary": 2,  # manages the inspectorate that sent it
    "hugo": 2,  # it went to his inspectorate
    "hanna": 3,
    "mel": 2,  # the third went to her force
    "clara": 1,
    "adam": 1,
}


@pytest.mark.parametrize("name", READERS)
def test_letters_are_counted_of_those_that_a_person_may_read(request, ofsted, hmicfrs, met, ines, name):
    """A published one for all; of the others those that one wrote, one's inspectorate sent, or one's agency got."""
    letter(4, ofsted, hmicfrs, date(2018, 1, 1))
    letter(1, ofsted, hmicfrs, date(2018, 1, 2), public=False, author=ines)
    letter(2, hmicfrs, met, date(2018, 1, 3), public=False)
    user = request.getfixturevalue(name)
    section = FIGURES["letters"].of_scope(Scope(Known(user, D), Period.ending(D, Window.ALL)))
    assert sum(row[1].value for row in section.table.rows) == READERS[name]
    assert lists_agree(section, user)


# Cases referred back


def case(inspection, to, referred=None, outcome="", resolved=None, finding=None):
    row = CaseReferral(
        inspection=inspection,
        to_agency=to,
        finding=finding,
        referred_on=referred,
        reason="No visit.",
        outcome=outcome,
        resolved_on=resolved,
    )
    QuerySet(CaseReferral).bulk_create([row])
    return row


def test_cases_by_outcome_and_days(figure, about, cleveland, stockton, audrey):
    finding = about(cleveland, date(2017, 9, 1))
    inspection = finding.inspection
    case(inspection, cleveland, date(2017, 6, 1), "reopened", date(2017, 6, 11))
    case(inspection, cleveland, date(2017, 6, 1), "safeguarded", date(2017, 6, 22), finding=finding)
    case(inspection, stockton, None, "no_change")  # as the report states it
    case(inspection, stockton, date(2018, 1, 1), "safeguarded", D)  # known from the next day on
    case(inspection, stockton, D, "")
    section = figure("cases-referred-back", D)
    assert numbers(section) == [(3, 4), (15.5, None)]
    assert section.values[1].note == "Both days known: 2 of 4"
    assert table(section) == {
        "No change": [1],
        "Child safeguarded": [1],
        "Investigation reopened": [1],
        "Not known yet": [1],
    }
    assert lists_agree(section, audrey)
    assert numbers(figure("cases-referred-back", D, force=cleveland)) == [(2, 2), (15.5, None)]
    assert numbers(figure("cases-referred-back", D, council=stockton)) == [(3, 4), (15.5, None)]
    assert numbers(figure("cases-referred-back", date(2017, 9, 1))) == [(0, 0), (None, None)]
    withdrawn_on(finding, D)
    assert numbers(figure("cases-referred-back", D)) == [(2, 3), (10, None)]
    section = figure("cases-referred-back", D - timedelta(1))
    assert numbers(section)[0] == (3, 4)
    assert lists_agree(section, audrey)


# The list behind the numbers


def test_every_measure_has_its_words_and_its_condition():
    assert set(follow_up.conditions(D)) == set(MEASURE_LABELS)


def test_a_measure_that_does_not_exist_is_an_error_and_no_list(signed_in, mary, recommendation):
    response = signed_in(mary).get("/recommendations/?measure=nonsense")
    assert response.status_code == 200
    assert page(response).find("p", role="status").text.split()[0] == "0"


def test_a_measure_without_a_day_is_of_today(signed_in, mary, recommendation):
    for measure, n in (("open", "1"), ("claimed", "0"), ("without-plan", "1")):
        status = page(signed_in(mary).get(f"/recommendations/?measure={measure}")).find("p", role="status")
        assert status.text.split()[0] == n, measure


# The pages


def test_pages_say_what_happened_next(signed_in, adam, recommendation, published, stockton):
    client = signed_in(adam)
    for address in (
        "/dashboard/?window=all",
        "/agencies/cleveland/",
        stockton.get_absolute_url(),
        published.get_absolute_url(),
    ):
        said = text(client.get(address))
        assert "What happened next" in said, address
        assert "recommendations are open" in said, address
    compared = text(client.get("/compare/?window=all&agency=cleveland&agency=cleveland&start=true"))
    assert "Choose two" in compared


def test_the_comparison_counts_recommendations_of_each_force(signed_in, adam, recommendation, met):
    response = signed_in(adam).get("/compare/?window=all&agency=cleveland&agency=metropolitan")
    rows = {
        row.find("th").text.strip(): [cell.text.split()[0] for cell in row.find_all("td")]
        for row in page(response).find("div", id="compare").find("tbody").find_all("tr")
    }
    assert rows["Recommendations about the force, whatever the window"] == ["1", "0"]
    assert rows["of these open"] == ["1", "–"]


def test_before_publication_no_number_moves(figure, drafting, cleveland, stockton, strategy, ines):
    finding = Finding.log(by=ines, inspection=drafting, values=weakness(cleveland, strategy))
    Recommendation.draft(by=ines, finding=finding, values={"addressee": stockton, "text": "Attend."})
    case(drafting, cleveland, date(2018, 1, 1))
    assert finding.status == Status.DRAFT
    today = date.today()
    assert value(figure("open-recommendations", today)) == (0, 0)
    assert value(figure("cases-referred-back", today, "all")) == (0, 0)
