"""The list of recommendations: what each filter selects and says beside its choices, order, pages, files, and what was
known on an earlier day."""

import csv
import io
import re
from datetime import date, timedelta

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from agencies import listing
from agencies.models import Channel
from agencies.public_ids import new_public_id
from findings.models import Recommendation

from .browsing import choices, page, text
from .conftest import record_finding, record_inspection, weakness
from .states import recommended
from .test_lists import chips, counted_choices, errors, shown, total
from .who_sees_what import as_read

TODAY = timezone.localdate


def record(finding, addressee, words, **values):
    return Recommendation.record_issued(
        by=None,
        channel=Channel.COMMAND,
        finding=finding,
        values={"addressee": addressee, "text": words, **values},
    )


@pytest.fixture
def some(
    finding,
    published,
    sif,
    ofsted,
    stockton,
    camden,
    cleveland,
    met,
    strategy,
    missing,
    ines,
    otto,
    mary,
    stan,
):
    """{name: recommendation}: about Cleveland and the Met, to each of four agencies, in several statuses."""
    elsewhere = record_inspection(sif, ofsted, camden, date(2020, 2, 3), team=[ines])
    of_met = record_finding(elsewhere, weakness(met, missing))
    found = {
        "overdue": record(
            finding, stockton, "Challenge the police.", due_printed=date(2016, 12, 1), priority="high"
        ),
        "undated": record(finding, cleveland, "Attend every meeting."),
        "to come": record(of_met, met, "Tell the council.", due_printed=TODAY() + timedelta(30)),
        "moved": record(of_met, camden, "Ask again.", due_printed=date(2020, 6, 1), priority="immediate"),
        "claimed": recommended(finding, stockton, "completion_claimed", author=otto, manager=mary, lead=stan),
        "closed": recommended(finding, stockton, "closed_verified", author=otto, manager=mary, lead=stan),
        "draft": Recommendation.draft(
            by=otto, finding=finding, values={"addressee": stockton, "text": "SECRET draft."}
        ),
    }
    moved = found["moved"]
    moved.propose_due_date(by=ines, due_on=TODAY() + timedelta(60), reason="Why.")
    moved.decide_due_date(by=mary, approve=True)
    moved.assign(by=mary, to=ines)
    return {name: Recommendation.objects.get(pk=row.pk) for name, row in found.items()}


def listed(client, some, query=""):
    """The names of the recommendations that the list shows under the query."""
    response = client.get(f"/recommendations/{query}")
    names = {row.get_absolute_url(): name for name, row in some.items()}
    return {names[address] for address in shown(response)}


EVERY = {"overdue", "undated", "to come", "moved", "claimed", "closed"}
FILTERS = [
    ("", EVERY),
    ("?addressee=stockton-on-tees-borough-council", {"overdue", "claimed", "closed"}),
    ("?about=cleveland", {"overdue", "undated", "claimed", "closed"}),
    ("?about=metropolitan", {"to come", "moved"}),
    ("?force=metropolitan", {"to come", "moved"}),
    ("?about=metropolitan&addressee=metropolitan", {"to come"}),
    ("?status=issued", {"overdue", "undated", "to come", "moved"}),
    ("?status=completion_claimed&status=closed_verified", {"claimed", "closed"}),
    ("?open=true", EVERY - {"closed"}),
    ("?overdue=now", {"overdue"}),
    ("?overdue=original", {"overdue", "moved"}),
    ("?undated=true", {"undated", "claimed", "closed"}),
    ("?claimed=true", {"claimed"}),
    ("?theme=missing-children", {"to come", "moved"}),
    ("?theme=missing-children&theme=strategy-discussions", EVERY),
    ("?priority=high&priority=immediate", {"overdue", "moved"}),
    ("?issued_from=2016-08-05&issued_to=2016-08-05", {"overdue", "undated"}),
    ("?issued_from=2016-08-06&issued_to=2026-01-01", {"to come", "moved"}),
    ("?q=challenge", {"overdue"}),
    ("?q=SIF-2016+attend", {"undated", "claimed", "closed"}),
    ("?q=camden", {"to come", "moved"}),
    ("?q=SECRET", set()),
    ("?open=false", EVERY),
]


@pytest.mark.parametrize(("query", "expected"), FILTERS, ids=[query for query, _expected in FILTERS])
def test_each_filter_selects_what_it_says(query, expected, some, mel, signed_in):
    assert listed(signed_in(mel), some, query) == expected


def test_filters_by_inspection_and_by_finding(some, published, mel, signed_in):
    client = signed_in(mel)
    assert listed(client, some, f"?inspection={published.public_id}") == EVERY - {"to come", "moved"}
    finding = some["moved"].finding
    assert listed(client, some, f"?finding={finding.public_id}") == {"to come", "moved"}


def test_mine_are_those_that_i_follow_up(some, ines, mary, mel, signed_in):
    assert listed(signed_in(ines), some, "?mine=true") == {"moved"}
    assert listed(signed_in(mary), some, "?mine=true") == set()
    assert page(signed_in(mel).get("/recommendations/")).find("input", name="mine")["type"] == "hidden"


def test_drafts_are_listed_for_those_who_work_on_the_inspection(
    some, ines, mary, audrey, stan, otto, signed_in
):
    for reader in (ines, mary, audrey):
        assert listed(signed_in(reader), some) == EVERY | {"draft"}
    for outsider in (stan, otto):
        assert listed(signed_in(outsider), some) == EVERY
        seen = signed_in(outsider).get("/recommendations/?status=draft")
        assert (total(seen), "SECRET" in seen.content.decode()) == (0, False)
    some["draft"].withdraw(by=ines, reason="Twice.")
    assert listed(signed_in(ines), some) == EVERY
    assert listed(signed_in(ines), some, "?status=withdrawn") == {"draft"}


def test_the_number_beside_a_choice_is_the_number_of_rows_behind_it(some, ines, signed_in):
    client = signed_in(ines)
    for query in (
        "",
        "?about=cleveland",
        "?overdue=original&status=issued",
        "?open=true&theme=missing-children",
    ):
        response = client.get(f"/recommendations/{query}")
        found = counted_choices(response)
        assert {name for name, _value in found} >= {
            "status",
            "theme",
            "overdue",
            "open",
            "addressee",
            "inspection",
        }
        for (name, value), count in found.items():
            # Choosing this one alone under the other filters.
            others = re.sub(rf"(^|[?&]){name}=[^&]*", "", query).lstrip("?&")
            behind = client.get(f"/recommendations/?{others}&{name}={value}")
            assert total(behind) == count, (query, name, value)


def test_each_chip_takes_away_exactly_its_filter(some, ines, published, signed_in):
    response = signed_in(ines).get(
        "/recommendations/?open=true&overdue=now&priority=high&priority=routine&addressee="
        f"stockton-on-tees-borough-council&inspection={published.public_id}"
    )
    assert list(chips(response)) == [
        "Addressed to: Stockton-on-Tees Borough Council",
        "Open: Yes",
        "Overdue: By the due date now",
        "Priority: High",
        "Priority: Routine",
        "Inspection: Stockton-on-Tees Borough Council, SIF 2016",
    ]
    assert "overdue=now" not in chips(response)["Overdue: By the due date now"]


@pytest.mark.parametrize(
    "query",
    [
        "status=no-such-thing",
        "overdue=yesterday",
        "open=perhaps",
        "undated=perhaps",
        "claimed=perhaps",
        "mine=perhaps",
        "addressee=no-such-agency",
        "about=no-such-agency",
        "force=stockton-on-tees-borough-council",
        "theme=no-such-theme",
        "priority=soon",
        "inspection=2222222222222222",
        "finding=2222222222222222",
        "issued_from=31/2/2016",
        "issued_to=tomorrow",
        "as_of=2099-01-01",
        "q=%00",
        "addressee=%00",
        "status=%00",
    ],
)
def test_a_value_that_is_not_understood_is_said_and_never_the_whole_list(query, some, mary, signed_in):
    for more in ("", "&take=csv"):
        response = signed_in(mary).get(f"/recommendations/?{query}{more}")
        assert (response.status_code, total(response), shown(response)) == (200, 0, [])
        assert errors(response)
        assert page(response).find("title").text.startswith("Error:")


@pytest.mark.parametrize("name", ["otto", "colin", "mel", "clara", "stan", "adam"])
def test_a_filter_by_something_hidden_answers_as_for_a_random_id(name, people, make, ines, stockton):
    hidden = make("drafting")
    finding = hidden.findings.get()
    for field, public_id in (("inspection", hidden.public_id), ("finding", finding.public_id)):
        unknown = new_public_id()
        answers = [
            as_read(people[name].get(f"/recommendations/?{field}={value}"), value)
            for value in (public_id, unknown)
        ]
        assert answers[0] == answers[1]


# Order and pages


def order(client, query):
    return [address.split("/")[2] for address in shown(client.get(f"/recommendations/?{query}"))]


def test_sorts(some, mel, signed_in):
    client = signed_in(mel)
    by_id = {row.public_id: row for row in some.values()}

    def values(query, value):
        return [value(by_id[public_id]) for public_id in order(client, query)]

    due = values("", lambda row: row.due_on)
    assert due == sorted(due, key=lambda day: (day is None, day))  # without a date at the end
    latest = [day for day in values("sort=-due", lambda row: row.due_on) if day]
    assert latest == sorted(latest, reverse=True)
    issued = values("sort=issued", lambda row: row.issued_on)
    assert issued == sorted(issued)
    assert values("sort=-issued", lambda row: row.issued_on) == sorted(issued, reverse=True)
    addressees = values("sort=addressee", lambda row: row.addressee.official_name)
    assert addressees == sorted(addressees)
    assert values("sort=status", lambda row: row.status)[-2:] == ["completion_claimed", "closed_verified"]
    assert order(client, "sort=no-such-order") == order(client, "")


def test_pages_hold_every_row_once_and_keep_the_filters(some, mel, signed_in, monkeypatch):
    monkeypatch.setattr(listing, "PAGE_SIZE", 2)
    client = signed_in(mel)
    whole = []
    for number in (1, 2, 3):
        response = client.get(
            f"/recommendations/?about=cleveland&about=cleveland&page={number}&sort=addressee"
        )
        whole += shown(response) if number < 3 else []
    assert len(set(whole)) == total(client.get("/recommendations/?about=cleveland")) == 4
    following = page(client.get("/recommendations/?about=cleveland&sort=addressee")).find("a", rel="next")
    assert "about=cleveland" in following["href"]
    assert "sort=addressee" in following["href"]


def test_rows_say_how_far_off_the_due_date_is(some, mel, signed_in):
    seen = text(signed_in(mel).get("/recommendations/"))
    assert "1 Dec 2016Overdue by" in seen
    assert "Due in 30 days" in seen
    assert "first set: 1 Jun 2020" in seen
    assert "No due date" in seen


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_number_of_queries_however_long_it_is(
    rows, finding, stockton, ines, mel, signed_in, django_assert_num_queries
):
    for number in range(rows):
        record(finding, stockton, f"Number {number}.", due_printed=date(2016, 12, 1))
    for reader, queries in ((mel, 22), (ines, 23)):
        client = signed_in(reader)
        client.get("/recommendations/")
        with django_assert_num_queries(queries):
            assert total(client.get("/recommendations/")) == rows


# As of an earlier day


@pytest.fixture
def over_time(finding, stockton, ines, mary, stan, monkeypatch):
    """Issued on 5 August 2016, due on 1 December 2016; answered in September 2016; from 10 January 2017 due in
    2027; refused in 2020 as not implemented."""
    found = record(finding, stockton, "Challenge the police.", due_printed=date(2016, 12, 1))
    found.respond(by=ines, position="accepted", text="Yes.", received_on=date(2016, 9, 1))
    found.propose_due_date(by=ines, due_on=date(2027, 1, 1), reason="Why.", on=date(2017, 1, 9))
    found.decide_due_date(by=mary, approve=True, on=date(2017, 1, 10))
    found.close_not_implemented(by=mary, reason="Refused.", on=date(2020, 3, 1))
    return found


@pytest.mark.parametrize(
    ("day", "status", "overdue_now", "overdue_original", "due"),
    [
        ("2016-08-05", None, False, False, ""),  # published on the day itself: not known when it began
        ("2016-08-06", "Issued", False, False, "1 Dec 2016"),
        ("2016-09-01", "Issued", False, False, "1 Dec 2016"),
        ("2016-09-02", "Responded", False, False, "1 Dec 2016"),
        ("2016-12-01", "Responded", False, False, "1 Dec 2016"),
        ("2016-12-02", "Responded", True, True, "1 Dec 2016Overdue by 1 day"),
        ("2017-01-10", "Responded", True, True, "1 Dec 2016Overdue by 40 days"),
        ("2017-01-11", "Responded", False, True, "1 Jan 2027"),
        ("2020-03-01", "Responded", False, True, "1 Jan 2027"),
        ("2020-03-02", "Closed, not implemented", False, False, "1 Jan 2027"),
    ],
)
def test_as_of_a_day_status_and_dates_are_those_of_that_day(
    day, status, overdue_now, overdue_original, due, over_time, mel, signed_in
):
    client = signed_in(mel)
    response = client.get(f"/recommendations/?as_of={day}")
    assert total(response) == (status is not None)
    if status:
        cells = page(response).find("tbody").find("tr").find_all("td")
        assert cells[1].text == status
        assert cells[2].text.startswith(due)
    for name, expected in (("now", overdue_now), ("original", overdue_original)):
        assert (total(client.get(f"/recommendations/?as_of={day}&overdue={name}")) == 1) == expected
    is_open = status in ("Issued", "Responded")
    assert (total(client.get(f"/recommendations/?as_of={day}&open=true")) == 1) == is_open
    codes = {
        "Issued": "issued",
        "Responded": "responded",
        "Closed, not implemented": "closed_not_implemented",
    }
    for label, code in codes.items():
        assert (total(client.get(f"/recommendations/?as_of={day}&status={code}")) == 1) == (status == label)


def test_where_no_date_was_set_there_was_none_before_the_first_was_agreed(
    recommendation, ines, mary, mel, signed_in
):
    recommendation.propose_due_date(by=ines, due_on=date(2027, 1, 1), reason="Why.", on=date(2017, 1, 9))
    recommendation.decide_due_date(by=mary, approve=True, on=date(2017, 1, 10))
    client = signed_in(mel)
    assert total(client.get("/recommendations/?as_of=2017-01-10&undated=true")) == 1
    assert total(client.get("/recommendations/?as_of=2017-01-11&undated=true")) == 0


def test_one_withdrawn_since_is_named_without_its_words(over_time, finding, mary, mel, signed_in):
    finding.move("withdraw", by=mary, reason="The wrong force.")
    client = signed_in(mel)
    assert total(client.get("/recommendations/")) == 0
    response = client.get("/recommendations/?as_of=2016-09-02")
    assert total(response) == 1
    assert "withdrawn since with its finding" in text(response)
    assert "Challenge" not in response.content.decode()
    assert shown(response) == [finding.get_absolute_url()]
    assert total(client.get("/recommendations/?as_of=2016-09-02&q=challenge")) == 0
    assert "Challenge" not in client.get("/recommendations/?as_of=2016-09-02&take=csv").getvalue().decode(
        "utf-8-sig"
    )


# Files


def rows_of_file(response, format):
    content = response.getvalue()
    if format == "csv":
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        return rows[rows.index([]) + 1 :]
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("Table").to_python()


@pytest.mark.parametrize("format", ["csv", "xlsx", "ods"])
def test_a_file_holds_the_issued_ones_of_the_filter_in_its_order(format, some, ines, signed_in):
    response = signed_in(ines).get(f"/recommendations/?about=cleveland&sort=addressee&take={format}")
    head, *rows = rows_of_file(response, format)
    assert head[:3] == ["Reference", "Recommendation", "Addressed to"]
    table = [dict(zip(head, row, strict=True)) for row in rows]
    names = {row.reference: name for name, row in some.items() if row.reference}
    assert {names[row["Reference"]] for row in table} == {
        "overdue",
        "undated",
        "claimed",
        "closed",
    }  # no draft
    assert [row["Addressed to"] for row in table] == sorted(row["Addressed to"] for row in table)
    (overdue,) = [row for row in table if names[row["Reference"]] == "overdue"]
    assert overdue["Recommendation"] == "Challenge the police."
    assert str(overdue["Due date now"])[:10] == "2016-12-01"
    assert (overdue["Overdue"], overdue["Priority"], overdue["Status"]) == ("Yes", "High", "Issued")
    assert overdue["Where it comes from"] == "Printed in the report"
    assert overdue["About the practice of"] == "Cleveland Police"


def test_a_file_says_what_it_is_and_holds_no_draft_for_anybody(some, ines, audrey, signed_in):
    for reader in (ines, audrey):
        response = signed_in(reader).get("/recommendations/?take=csv")
        content = response.getvalue().decode("utf-8-sig")
        assert "SECRET" not in content
        assert content.startswith("List,Recommendations")
        assert response["Content-Disposition"] == 'attachment; filename="recommendations.csv"'
    assert signed_in(ines).get("/recommendations/?take=pdf").status_code == 404


def test_the_list_can_be_kept_as_a_view(some, ines, signed_in):
    client = signed_in(ines)
    seen = client.get("/recommendations/?overdue=now")
    (link,) = [a["href"] for a in page(seen).find_all("a") if a.text == "Keep this view"]
    asked = client.get(link)
    assert "Overdue: By the due date now" in text(asked)
    from .browsing import submit

    assert submit(client, asked, name="Overdue ones", seen_by="private").status_code == 302
    kept = page(client.get("/views/")).find("a", class_="govuk-link")
    assert choices(seen, "overdue")
    assert kept is not None
