"""The read log: each view of what is not published leaves one row that nobody changes, and some people read them."""

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.models import Event
from findings.models import AccuracyComment, Finding, Letter, Recommendation
from inspections.models import ReadLogEntry

from .browsing import page, submit, text
from .conftest import weakness
from .states import add_evidence, logged, moved, planned
from .who_sees_what import REFUSED, SHOWN, SIGN_IN, Browser, outcome

ROUTES = {"read_log"}


def entries():
    rows = ReadLogEntry.objects.order_by("pk").select_related("by")
    return [(row.by.first_name, row.subject_type, row.public_id, row.route) for row in rows]


# What is logged


@pytest.fixture
def unpublished(drafting, draft, ines, mary, sif, stockton, cleveland):
    """{route: (record, address arguments)} of pages that show something unpublished."""
    proposed = Recommendation.draft(
        by=ines, finding=draft, values={"addressee": cleveland, "text": "Attend."}
    )
    in_check = moved(planned(ines, sif, stockton), "factual_accuracy", mary)
    comment = AccuracyComment.submit(by=ines, inspection=in_check, by_agency=stockton, text="It was in June.")
    letter = Letter.draft(by=mary, values={"level": 2, "to_agency": cleveland, "subject": "A", "text": "B"})
    return {
        "inspection": (drafting, []),
        "inspection_edit": (drafting, []),
        "inspection_judge": (drafting, []),
        "inspection_date": (drafting, []),
        "inspection_step": (drafting, ["pause"]),
        "finding_log": (drafting, []),
        "case_referral_add": (drafting, []),
        "finding": (draft, []),
        "finding_edit": (draft, []),
        "finding_step": (draft, ["submit"]),
        "finding_withdraw": (draft, []),
        "finding_comment": (draft, []),
        "recommendation_add": (draft, []),
        "local_escalation_add": (draft, []),
        "recommendation": (proposed, []),
        "recommendation_edit": (proposed, []),
        "recommendation_comment": (proposed, []),
        "accuracy_comments": (in_check, []),
        "accuracy_comment_add": (in_check, []),
        "accuracy_comment_decide": (comment, [comment.public_id]),
        "inspection_hold": (in_check, []),
        "letter": (letter, []),
        "letter_edit": (letter, []),
    }


def test_each_page_of_something_unpublished_leaves_one_row(unpublished, mary, signed_in):
    client, inspections = signed_in(mary), {}
    for route, (record, rest) in unpublished.items():
        first = record.inspection if route == "accuracy_comment_decide" else record
        before = ReadLogEntry.objects.count()
        assert client.get(reverse(route, args=[first.public_id, *rest])).status_code == 200, route
        assert entries()[before:] == [("Mary", record._meta.label_lower, record.public_id, route)]
        inspections[route] = ReadLogEntry.objects.order_by("pk").last().inspection
    assert inspections.pop("letter") is inspections.pop("letter_edit") is None
    assert None not in inspections.values()
    assert not ReadLogEntry.objects.exclude(break_glass=None).exists()


def test_what_is_published_leaves_none(finding, recommendation, ines, mel, adam, signed_in):
    for person in (ines, mel, adam):
        client = signed_in(person)
        for record in (finding, recommendation, finding.inspection):
            assert client.get(record.get_absolute_url()).status_code == 200
    assert entries() == []


def test_neither_a_list_nor_a_refusal_nor_nothing_leaves_a_row(draft, ines, hanna, mel, drafting, signed_in):
    assert draft.summary in text(signed_in(ines).get("/findings/?status=draft"))
    assert signed_in(mel).get(draft.get_absolute_url()).status_code == 404
    hindered = reverse("finding_step", args=[draft.public_id, "agree"])
    assert signed_in(ines).get(hindered).status_code == 403
    assert Browser().get(draft.get_absolute_url()).status_code == 302
    assert entries() == []


def test_a_form_that_comes_back_with_errors_shows_it_again_and_a_redirect_does_not(draft, ines, signed_in):
    client = signed_in(ines)
    asked = client.get(reverse("finding_edit", args=[draft.public_id]))
    assert submit(client, asked, summary="").status_code == 200
    assert submit(client, asked, summary="Other words.").status_code == 302
    assert len(entries()) == 2


def test_a_head_request_is_a_view_like_any_other(draft, ines, signed_in):
    assert signed_in(ines).head(draft.get_absolute_url()).status_code == 200
    assert len(entries()) == 1


def test_each_file_given_out_leaves_a_row_also_when_everything_about_it_is_published(
    recommendation, stan, ines, audrey, signed_in
):
    evidence = add_evidence(recommendation, by=stan)
    for person in (stan, ines, audrey):
        response = signed_in(person).get(reverse("evidence_download", args=[evidence.public_id]))
        assert response.getvalue()
    assert entries() == [
        (name, "findings.evidence", evidence.public_id, "evidence_download")
        for name in ("Stan", "Ines", "Audrey")
    ]
    assert set(ReadLogEntry.objects.values_list("inspection", flat=True)) == {recommendation.inspection.pk}


def test_an_agency_that_checks_its_finding_is_logged_as_well(
    ines, mary, clara, sif, stockton, cleveland, strategy, signed_in
):
    inspection = planned(ines, sif, stockton)
    found = logged(inspection, ines, weakness(cleveland, strategy), "agreed", reviewer=mary)
    moved(inspection, "factual_accuracy", mary)
    assert signed_in(clara).get(found.get_absolute_url()).status_code == 200
    assert entries() == [("Clara", "findings.finding", found.public_id, "finding")]


def test_it_costs_one_insert_and_nothing_else(draft, finding, ines, signed_in):
    client, asked = signed_in(ines), {}
    for name, record in {"draft": draft, "published": finding}.items():
        client.get(record.get_absolute_url())
        with CaptureQueriesContext(connection) as queries:
            client.get(record.get_absolute_url())
        asked[name] = [query["sql"] for query in queries if "readlogentry" in query["sql"]]
    assert asked["published"] == []
    (insert,) = asked["draft"]
    assert insert.startswith("INSERT INTO")


# Nobody changes it, and nothing is shown that cannot be logged

SQL = ["UPDATE inspections_readlogentry SET route = 'x'", "DELETE FROM inspections_readlogentry"]
if connection.vendor == "postgresql":
    SQL += ["TRUNCATE inspections_readlogentry", "TRUNCATE inspections_readlogentry CASCADE"]
else:
    columns = "id, by_id, subject_type, public_id, route, at"
    SQL += [
        f"INSERT OR REPLACE INTO inspections_readlogentry ({columns}) "
        f"SELECT {columns.replace('route', repr('forged'))} FROM inspections_readlogentry"
    ]


@pytest.mark.parametrize("statement", SQL)
def test_the_database_refuses_to_change_or_remove_a_row(statement, draft, ines, signed_in):
    signed_in(ines).get(draft.get_absolute_url())
    before = entries()
    connection.check_constraints()  # what PostgreSQL would still have to check lets no table be emptied
    with (
        pytest.raises((IntegrityError, InternalError), match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert entries() == before != []


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_code_refuses_too(change):
    with pytest.raises(TypeError):
        getattr(ReadLogEntry.objects.all(), change)()


def read_only():
    """The database takes no writes any more, as after a fail-over or on a full disk."""
    if connection.vendor == "sqlite":
        return ["PRAGMA query_only = ON"], ["PRAGMA query_only = OFF"]
    return ["SET default_transaction_read_only = on"], ["SET default_transaction_read_only = off"]


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_logged_is_not_shown(draft, finding, ines, recommendation, stan, signed_in):
    evidence, client = add_evidence(recommendation, by=stan), signed_in(ines)
    begin, end = read_only()
    with connection.cursor() as cursor:
        for statement in begin:
            cursor.execute(statement)
        try:
            refused = [client.get(record.get_absolute_url()) for record in (draft, evidence)]
            public = client.get(finding.get_absolute_url())
        finally:
            for statement in end:
                cursor.execute(statement)
    for response in refused:
        assert response.status_code == 503
        assert "could not note that you read it" in text(response)
        assert "DRAFT-WORDS" not in response.content.decode()
    assert public.status_code == 200
    assert entries() == []
    assert client.get(draft.get_absolute_url()).status_code == 200
    assert len(entries()) == 1


# Who reads it


def test_the_page_is_for_managers_auditors_and_administrators(people):
    before = Event.objects.count()
    for name, client in people.items():
        allowed = name in ("mary", "hanna", "colin", "audrey", "adam")
        wanted = SIGN_IN if name == "anonymous" else SHOWN if allowed else REFUSED
        for method in ("get", "post"):
            assert outcome(getattr(client, method)(reverse("read_log"))) == wanted, (name, method)
    assert Event.objects.count() == before


@pytest.fixture
def read(people, make, mary, cleveland):
    """A joint inspection, its finding and a letter, each read by Mary."""
    inspection = make("drafting")
    letter = Letter.draft(by=mary, values={"level": 2, "to_agency": cleveland, "subject": "A", "text": "B"})
    records = {"inspection": inspection, "finding": Finding.objects.get(), "letter": letter}
    for record in records.values():
        assert people["mary"].get(record.get_absolute_url()).status_code == 200
    return records


def shown(client, query=""):
    """Public ids on the page."""
    rows = page(client.get(reverse("read_log") + query)).find_all("td", data_label="What")
    return {row.find("span", class_="app-quiet").text for row in rows}


def test_managers_read_of_their_own_and_auditors_of_all(read, people):
    ids = {name: record.public_id for name, record in read.items()}
    assert shown(people["mary"]) == set(ids.values())
    assert shown(people["audrey"]) == set(ids.values())
    assert shown(people["hanna"]) == {
        ids["inspection"],
        ids["finding"],
    }  # of the partner; not another's letters
    assert shown(people["colin"]) == set()
    assert shown(people["adam"]) == set()


def test_administrators_read_of_an_inspection_once_it_is_published(people, make, mary):
    inspection = make("embargoed")
    people["mary"].get(inspection.get_absolute_url())
    assert shown(people["adam"]) == set()
    inspection.move("publish", by=mary)
    assert shown(people["adam"]) == {inspection.public_id}


def test_it_is_filtered_by_inspection_and_by_how(read, people):
    audrey, ids = people["audrey"], {name: record.public_id for name, record in read.items()}
    assert shown(audrey, f"?inspection={ids['inspection']}") == {ids["inspection"], ids["finding"]}
    assert shown(audrey, "?how=right") == set(ids.values())
    assert shown(audrey, "?how=break-glass") == set()


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_queries_for_one_and_three(
    number, draft, ines, audrey, signed_in, django_assert_num_queries
):
    for _n in range(number):
        signed_in(ines).get(draft.get_absolute_url())
    client = signed_in(audrey)
    with django_assert_num_queries(5):
        client.get(reverse("read_log"))
