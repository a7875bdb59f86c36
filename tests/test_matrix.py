"""Every address and method for every person: what is hidden is not there, and nothing new comes in without a place.

The addresses come from `urls_manifest`. What each page answers to those who see its record stands in the tables that
tests/tables.py names; here stands that nobody else can tell a hidden record from none, and what the administration has.
"""

import json
import re
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from agencies.admin_site import site
from agencies.models import Event
from agencies.public_ids import new_public_id
from findings.models import AccuracyComment, Recommendation

from .browsing import form, page, text
from .conftest import weakness
from .states import logged, moved, planned
from .who_sees_what import MISSING, REFUSED, SHOWN, SIGN_IN, as_read, browser, outcome

# Addresses whose argument names nothing that can be hidden.
OF_NOTHING_HIDDEN = {"figure", "password_link", "second_step_remove"}
OPEN_TO_ALL = {"agencies.agency", "findings.theme"}


@pytest.fixture(scope="module")
def manifest():
    said = StringIO()
    call_command("urls_manifest", json=True, stdout=said)
    return json.loads(said.getvalue())


def all_patterns(resolver=None):
    for pattern in (resolver or get_resolver()).url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from all_patterns(pattern)
        else:
            yield pattern


def test_the_manifest_has_every_address(manifest):
    assert len(manifest) == len(list(all_patterns()))
    assert {row["name"].rpartition(":")[2] for row in manifest} == {
        pattern.name or "" for pattern in all_patterns()
    }
    named = [row["name"] for row in manifest if row["name"] and not row["name"].startswith("admin:")]
    assert len(named) == len(set(named))


def test_it_is_known_of_what_kind_of_record_each_address_is(manifest):
    """An address with an argument that names nothing known fails until it is placed."""
    unknown = {
        row["name"]
        for row in manifest
        if row["arguments"] and not row["object"] and not row["name"].startswith("admin:")
    }
    assert unknown == OF_NOTHING_HIDDEN
    assert all(apps.get_model(row["object"]) for row in manifest if row["object"])


def test_the_methods_are_those_that_are_answered(manifest, people):
    methods = {row["name"]: set(row["methods"]) for row in manifest}
    wrong = []
    for row in manifest:
        if row["arguments"] or not row["name"] or row["name"] in ("sign_out", "admin:logout"):
            continue
        address = reverse(row["name"])
        for method in ("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"):
            refused = people["adam"].generic(method, address).status_code == 405
            if refused == (method in methods[row["name"]]):
                wrong.append((row["name"], method))
    assert wrong == []


# Hidden is not there


@pytest.fixture
def hidden(arguments, draft, drafting, ines, cleveland):
    """{kind of record: arguments of its address}: one of each that outsiders may not see."""
    proposed = Recommendation.draft(
        by=ines, finding=draft, values={"addressee": cleveland, "text": "Attend."}
    )
    line = AccuracyComment.objects.get()
    return {
        "inspections.inspection": [drafting.public_id],
        "findings.finding": [draft.public_id],
        "findings.recommendation": [proposed.public_id],
        "findings.accuracycomment": [line.inspection.public_id, line.public_id],
        "findings.commitment": arguments["commitment_report"][0],
        **{
            kind: arguments[route][0][:1]
            for kind, route in {
                "findings.evidence": "evidence_download",
                "findings.actionplan": "plan",
                "findings.casereferral": "case_referral",
                "findings.localescalation": "local_escalation_edit",
                "findings.letter": "letter",
                "findings.comment": "comment_withdraw",
                "findings.savedview": "saved_view",
                "inspections.report": "report",
                "findings.proposal": "proposal",
            }.items()
        },
    }


OUTSIDERS = ["hanna", "colin", "mel", "adam", "nobody"]  # Otto, of the same inspectorate, reads evidence


def ask(client, method, address):
    with CaptureQueriesContext(connection) as queries:
        response = client.generic(
            method, address, data="version=0&reason=Why.", content_type="application/x-www-form-urlencoded"
        )
    return response, [re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in queries]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS", "DELETE"])
def test_a_hidden_record_answers_like_none_at_every_address_also_in_the_number_of_queries(
    method, manifest, arguments, hidden, people
):
    """Status, headers, body and what the database is asked: nothing tells it from a random id."""
    clients = {name: people[name] for name in (*OUTSIDERS, "anonymous")}
    events, wrong, asked = Event.objects.count(), [], 0
    placed = {row["object"] for row in manifest if row["arguments"] and not row["name"].startswith("admin:")}
    assert placed == {*hidden, *OPEN_TO_ALL, ""}
    for row in manifest:
        if row["object"] not in hidden or row["name"].startswith("admin:"):
            continue
        named = hidden[row["object"]]
        rest = arguments[row["name"]][0][len(named) :]
        random = [new_public_id() for _one in named]
        address, nowhere = (reverse(row["name"], args=[*ids, *rest]) for ids in (named, random))
        for name, client in clients.items():
            (found, queries), (none, queries_of_none) = (ask(client, method, at) for at in (address, nowhere))
            asked += 1
            same = as_read(found, named[-1]) == as_read(none, random[-1])
            if len(named) > 1:
                same = as_read(found, named[-1]).replace(named[0], "ID") == as_read(none, random[-1]).replace(
                    random[0], "ID"
                )
            if method in row["methods"] and name != "anonymous" and outcome(found) != MISSING:
                wrong.append((row["name"], name, found.status_code))
            elif not same:
                wrong.append((row["name"], name, "differs"))
            elif queries != queries_of_none and row["object"] != "findings.accuracycomment":
                wrong.append((row["name"], name, "other queries"))
    assert wrong == []
    assert asked > 300
    assert Event.objects.count() == events


@pytest.mark.parametrize("name", ["otto", "mel", "adam"])
def test_an_id_of_something_hidden_in_next_is_like_any_other(name, people, draft):
    for client, address in ((people["anonymous"], "/sign-in/"), (people[name], "/sign-in/")):
        answers = [
            as_read(client.get(address, {"next": f"/findings/{public_id}/"}), public_id)
            for public_id in (draft.public_id, new_public_id())
        ]
        assert answers[0] == answers[1]


# The administration

# {model: whether administrators add, change it}. A new one fails until it stands here.
ADMINISTERED = {
    "agencies.agency": (True, True),
    "agencies.policing": (True, True),
    "agencies.succession": (True, True),
    "agencies.user": (True, True),
    "agencies.event": (False, False),
    "inspections.framework": (True, True),
    "inspections.clock": (True, True),
    "inspections.judgementarea": (True, True),
    "inspections.gradescale": (True, True),
    "inspections.grade": (True, True),
    "inspections.inspection": (False, True),
    "inspections.report": (False, False),
    "inspections.passage": (False, False),
    "findings.theme": (True, True),
    "findings.finding": (False, False),
}
# What administrators are shown of records that may be hidden before they are published.
SHOWN_OF = {
    "inspections.inspection": {
        "reference", "status", "framework", "lead_inspectorate", "inspected_agency", "fieldwork_from",
        "fieldwork_to", "pre_publication_letter_on", "published_on", "cycle", "topic", "lead_inspector",
        "report_url", "recommendations_printed", "coverage", "partner_inspectorates", "participating_agencies",
        "follows", "reason", "judgements_given", "dates_in_sources", "notes",
    },
    "inspections.report": {"title", "of_inspection", "file_name", "sha256", "pages", "url"},
    "inspections.passage": {"of_report", "page", "paragraph", "text"},
    "findings.finding": {
        "reference", "of_inspection", "finding_type", "attributed_to", "with_partners", "theme", "severity",
        "severity_rationale", "systemic", "summary", "detail", "cited", "recurs_from", "published_at",
    },
    "agencies.event": {"at", "by", "channel", "verb", "kind", "subject_link", "reason", "looked_again", "changes"},
}  # fmt: skip


def administered():
    return {model._meta.label_lower: records for model, records in site._registry.items()}


def test_every_model_of_the_administration_has_its_place():
    assert set(administered()) == set(ADMINISTERED)


@pytest.mark.parametrize("label", SHOWN_OF)
def test_no_field_more_is_shown_in_the_administration(label):
    records = administered()[label]
    fields = {
        field
        for _name, options in records.fieldsets or [(None, {"fields": records.fields})]
        for field in options["fields"]
    }
    assert fields == SHOWN_OF[label]
    assert set(records.list_display) <= fields
    assert not records.inlines


def test_the_administration_is_for_administrators_at_each_of_its_addresses(manifest, people, cleveland):
    wrong, asked = [], 0
    for row in manifest:
        kind, _colon, name = row["name"].partition(":")
        if kind != "admin" or name in ("", "login", "logout", "password_change"):
            continue
        arguments = ["agencies"] if name == "app_list" else [1] * len(row["arguments"])
        address = reverse(row["name"], args=arguments)
        for who, client in people.items():
            if who == "adam":
                continue
            for method in ("get", "head", "post"):
                asked += 1
                got = outcome(getattr(client, method)(address))
                if got == 302:  # the administration's own way to the sign-in page
                    got = outcome(client.get(reverse("admin:login")))
                if got != (SIGN_IN if who == "anonymous" else REFUSED):
                    wrong.append((row["name"], who, method, got))
    assert wrong == []
    assert asked > 2000


def test_what_administrators_may_do_there(people, adam, published, finding):
    """Each page of each model, for a record that they see."""
    adam_reads, before = people["adam"], Event.objects.count()
    for label, (adds, changes) in ADMINISTERED.items():
        records, model = administered()[label], apps.get_model(label)
        at = f"admin:{label.replace('.', '_')}"
        assert outcome(adam_reads.get(reverse(f"{at}_changelist"))) == SHOWN, label
        for method in ("get", "post"):
            wanted = SHOWN if adds else REFUSED
            assert outcome(getattr(adam_reads, method)(reverse(f"{at}_add"))) == wanted, label
        record = records.get_queryset(request_of(adam)).first() if hasattr(model, "pk") else None
        if record is None:
            continue
        key = getattr(record, records.key)
        assert outcome(adam_reads.get(reverse(f"{at}_change", args=[key]))) == SHOWN, label
        sent = outcome(adam_reads.post(reverse(f"{at}_change", args=[key])))
        assert sent == (SHOWN if changes else REFUSED), label
        for method in ("get", "post"):
            got = outcome(getattr(adam_reads, method)(reverse(f"{at}_delete", args=[key]), {"post": "yes"}))
            assert got == REFUSED, label
    assert Event.objects.count() == before


def request_of(user):
    from django.test import RequestFactory

    request = RequestFactory().get("/")
    request.user = user
    return request


def test_hidden_records_are_not_there_in_the_administration(manifest, people, drafting, draft):
    """At every address of the two kinds that may be hidden, as of a random id."""
    hidden = {"inspections.inspection": drafting.public_id, "findings.finding": draft.public_id}
    events, compared = Event.objects.count(), 0
    for row in manifest:
        if not row["name"].startswith("admin:") or not row["arguments"] or row["object"] not in hidden:
            continue
        for method in ("get", "head", "post"):
            answers = []
            for public_id in (hidden[row["object"]], new_public_id()):
                response = getattr(people["adam"], method)(reverse(row["name"], args=[public_id]))
                answers.append(as_read(response, public_id))
                if response.status_code == 302:  # says that there is none, on the next page
                    answers[-1] += as_read(people["adam"].get(response["Location"]), public_id)
            assert answers[0] == answers[1], (row["name"], method)
            compared += 1
    assert compared >= 18
    assert Event.objects.count() == events


# Fields: what is not read, and what cannot be sent along


@pytest.fixture
def in_check(ines, mary, sif, stockton, cleveland, strategy):
    """A finding about Cleveland in the factual accuracy check, with a recommendation to Cleveland."""
    inspection = planned(ines, sif, stockton, notes="SECRET notes")
    words = weakness(cleveland, strategy, "serious", severity_rationale="SECRET rationale", summary="Words.")
    found = logged(inspection, ines, words)
    proposed = Recommendation.draft(
        by=ines, finding=found, values={"addressee": cleveland, "text": "Attend."}
    )
    for verb in ("submit", "agree"):
        found.move(verb, by=ines if verb == "submit" else mary)
    moved(inspection, "factual_accuracy", mary)
    return inspection, found, proposed


@pytest.mark.parametrize("name", ["clara", "mary"])
def test_an_agency_reads_neither_who_wrote_a_finding_nor_why_it_is_so_severe_before_publication(
    name, in_check, people
):
    told = "".join(text(people[name].get(record.get_absolute_url())) for record in in_check)
    secrets = {word for word in ("Ines Example", "SECRET rationale", "SECRET notes") if word in told}
    assert secrets == (set() if name == "clara" else {"Ines Example", "SECRET rationale", "SECRET notes"})
    assert "Words." in told


def recorded(record):
    record = type(record)._base_manager.get(pk=record.pk)
    fields = {field.attname: getattr(record, field.attname) for field in record._meta.concrete_fields}
    return {**fields, "events": record.events().count()}


@pytest.mark.parametrize("route", ["finding_edit", "inspection_edit", "recommendation_edit", "letter_edit"])
def test_fields_that_are_sent_along_change_nothing(
    route, draft, drafting, arguments, ines, mary, adam, met, hidden, people, published
):
    """A form answers for its own fields: whatever else is sent, by the name of a field of the record, is ignored."""
    record = {
        "finding_edit": draft,
        "inspection_edit": drafting,
        "recommendation_edit": Recommendation.objects.get(public_id=hidden["findings.recommendation"][0]),
        "letter_edit": apps.get_model("findings.letter").objects.get(),
    }[route]
    client = people["mary"]
    address, fields = form(client.get(reverse(route, args=[record.public_id])))
    own = {name for name in page_fields(client.get(address))}
    extra = {
        field.name: str(adam.pk) if field.related_model else "published"
        for field in record._meta.concrete_fields
        if field.name not in own
    }
    extra |= {
        "inspection": str(published.pk),
        "author": str(adam.pk),
        "team": [str(adam.pk)],
        "is_public": "on",
    }
    extra = {name: value for name, value in extra.items() if name not in own}
    assert len(extra) > 5
    before = recorded(record)
    response = client.post(address, {**fields, **extra, "save": "1"})
    assert response.status_code == 302
    assert recorded(record) == before


def page_fields(response):
    return [element["name"] for element in page(response).walk() if element.get("name")]


def test_a_second_browser_of_the_same_person_reads_the_same(adam, draft):
    """What is compared above is not an accident of one session."""
    answers = [as_read(browser(adam).get(draft.get_absolute_url()), draft.public_id) for _two in range(2)]
    assert answers[0] == answers[1]
