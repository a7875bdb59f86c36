"""The administration: who gets in, one event for each save, nothing deleted, no draft read."""

from datetime import date

import pytest
from django import forms
from django.contrib.auth.hashers import identify_hasher
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.test import Client
from django.urls import NoReverseMatch, reverse

from agencies import admin, second_look
from agencies.identities import noticed
from agencies.models import Agency, Channel, Event, Kind, Policing, Role, Succession, User
from findings.models import Theme
from findings.publication import publish
from inspections.models import Clock, Framework, Grade, GradeScale, JudgementArea, Passage, Report

from .conftest import PASSWORD, agency, person, record_finding, record_inspection, weakness

NEW_PASSWORD = "seven green bottles"
EVERY_LIST = sorted(f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry)


@pytest.fixture
def desk(adam, signed_in):
    """Adam's browser."""
    return signed_in(adam)


def page(name, *args, **query):
    return reverse(f"admin:{name}", args=args, query=query)


def page_of(record, name="change"):
    opts = record._meta
    return page(f"{opts.app_label}_{opts.model_name}_{name}", key_of(record))


def key_of(record):
    return getattr(record, admin.site.get_model_admin(type(record)).key)


def filled(response, **changes):
    """What a browser would post of the rendered form, with these changes."""
    data = {}
    form = response.context["adminform"].form
    for name, field in form.fields.items():
        value = form[name].value()
        widget = getattr(field.widget, "widget", field.widget)  # without the links beside it
        if isinstance(widget, forms.CheckboxInput):
            data |= {name: "on"} if value else {}
            continue
        shown = widget.format_value(value)
        if isinstance(widget, forms.Select) and not isinstance(widget, forms.SelectMultiple):
            shown = shown[0]
        data[name] = "" if shown is None else shown
    data |= changes
    return {name: value for name, value in data.items() if value is not None}


def save(client, record, **changes):
    """Opens the record's page, changes these fields and saves."""
    return client.post(page_of(record), filled(client.get(page_of(record)), **changes))


def errors(response):
    assert response.status_code == 200
    form = response.context["adminform"].form
    return " ".join(str(error) for messages in form.errors.values() for error in messages)


def told(event):
    return event.verb, event.by, event.channel, event.before, event.after


# Who gets in


@pytest.mark.parametrize("name", EVERY_LIST)
def test_an_administrator_opens_every_list(desk, name):
    assert desk.get(page(f"{name}_changelist")).status_code == 200


@pytest.mark.parametrize("name", ["ines", "mary", "clara", "audrey", "nobody"])
@pytest.mark.parametrize(
    "place", ["index", "login", "agencies_user_changelist", "agencies_user_add", "autocomplete"]
)
def test_nobody_else_gets_in(request, signed_in, name, place):
    client = signed_in(request.getfixturevalue(name))
    response = client.get(page(place), follow=True)
    assert response.status_code == 403


def test_a_deactivated_administrator_is_asked_to_sign_in(adam, desk):
    adam.change(by=None, values={"is_active": False})
    assert desk.get(page("index"), follow=True).resolver_match.url_name == "sign_in"


@pytest.mark.parametrize(
    "place", ["index", "login", "agencies_user_changelist", "agencies_user_add", "autocomplete"]
)
def test_a_stranger_is_sent_to_the_sign_in_page(db, place):
    response = Client().get(page(place), follow=True)
    assert response.resolver_match.url_name == "sign_in"
    assert "Select person" not in response.content.decode()


def test_signing_in_leads_back_to_the_administration(adam):
    client = Client()
    asked = client.get(page("agencies_agency_changelist"), follow=True)
    response = client.post(
        asked.request["PATH_INFO"] + "?" + asked.request["QUERY_STRING"],
        {
            "username": adam.email,
            "password": PASSWORD,
            "next": asked.context["next"],
        },
    )
    assert response.url == page("agencies_agency_changelist")


def test_no_address_is_made_from_a_bare_number():
    """Django's "view on site" would tell the address of any record, hidden ones included."""
    with pytest.raises(NoReverseMatch):
        page("view_on_site", 1, 1)


# What a list costs


def one_agency(n):
    return agency(f"Force {n}", Kind.POLICE_FORCE, f"F{n}", region="North")


def one_inspectorate(n):
    return agency(f"Inspectorate {n}", Kind.INSPECTORATE, f"I{n}")


def one_policing(n):
    council = agency(f"Council {n}", Kind.LOCAL_AUTHORITY, f"C{n}")
    return Policing(force=one_agency(n), authority=council, valid_from=date(2000, 1, 1)).add(by=None)


def one_succession(n):
    successor = agency(f"Later {n}", Kind.POLICE_FORCE, f"L{n}")
    return Succession(predecessor=one_agency(n), successor=successor, on=date(2010, 1, 1)).add(by=None)


def one_person(n):
    return person(f"Person{n}", Role.RESPONDENT, one_agency(n))


def one_scale(n):
    return GradeScale(code=f"scale-{n}", name=f"Scale {n}").add(by=None)


def one_grade(n):
    return Grade(scale=one_scale(n), code="good", label="Good", rank=1).add(by=None)


def one_framework(n):
    return Framework(code=f"FW{n}", name=f"Framework {n}", grade_scale=one_scale(n)).add(by=None)


def one_area(n):
    return JudgementArea(framework=one_framework(n), code="overall", name="Overall", order=1).add(by=None)


def one_clock(n):
    return Clock(
        framework=one_framework(n), purpose="response", starts_from="publication", length=56, unit="weeks"
    ).add(by=None)


def one_theme(n):
    parent = Theme(code=f"parent-{n}", name="Parent", definition="Wide.").add(by=None)
    return Theme(code=f"theme-{n}", name=f"Theme {n}", definition="Narrow.", parent=parent).add(by=None)


def one_inspection(n):
    return record_inspection(one_framework(n), one_inspectorate(n), one_agency(n), date(2016, 1, n))


def one_finding(n):
    inspection = one_inspection(n)
    return record_finding(inspection, weakness(inspection.inspected_agency, one_theme(n)), [{"page": n}])


def one_report(n):
    return Report(
        inspection=one_inspection(n), title=f"Report {n}", file_name="r.pdf", sha256=str(n) * 64, pages=9
    ).add(by=None)


def one_passage(n):
    return Passage.objects.create(report=one_report(n), page=1, paragraph="1", text="Words.")


@pytest.mark.parametrize(
    ("name", "make", "queries"),
    [
        ("agencies_agency", one_agency, 5),
        ("agencies_policing", one_policing, 7),
        ("agencies_succession", one_succession, 6),
        ("agencies_user", one_person, 4),
        ("agencies_event", one_agency, 9),
        ("inspections_framework", one_framework, 5),
        ("inspections_judgementarea", one_area, 5),
        ("inspections_clock", one_clock, 5),
        ("inspections_gradescale", one_scale, 4),
        ("inspections_grade", one_grade, 5),
        ("inspections_inspection", one_inspection, 7),
        ("inspections_report", one_report, 5),
        ("inspections_passage", one_passage, 4),
        ("findings_theme", one_theme, 4),
        ("findings_finding", one_finding, 8),
    ],
)
def test_a_list_costs_the_same_with_one_row_and_three(desk, django_assert_num_queries, name, make, queries):
    make(1)
    with django_assert_num_queries(queries):
        one = desk.get(page(f"{name}_changelist")).context["cl"].result_count
    make(2)
    make(3)
    with django_assert_num_queries(queries):
        three = desk.get(page(f"{name}_changelist")).context["cl"].result_count
    assert three >= one + 2


# Adding: one event


ADDED = {
    "agencies_agency": (
        lambda get: {
            "name": "Kent",
            "official_name": "Kent Police",
            "slug": "kent-police",
            "short_code": "KENT",
            "kind": "police_force",
            "closed_on": "31/12/2030",
        },
        {"name": "Kent", "slug": "kent-police", "kind": "police_force", "closed_on": "2030-12-31"},
    ),
    "agencies_policing": (
        lambda get: {
            "force": get("met").pk,
            "authority": agency("Brent", Kind.LOCAL_AUTHORITY, "BRE").pk,
            "valid_from": "1/4/2030",
        },
        {
            "valid_from": "2030-04-01",
            "force": {"key": "metropolitan", "label": "Metropolitan Police Service"},
        },
    ),
    "agencies_succession": (
        lambda get: {"predecessor": get("met").pk, "successor": get("cleveland").pk, "on": "1/4/2020"},
        {"on": "2020-04-01", "successor": {"key": "cleveland", "label": "Cleveland Police"}},
    ),
    "agencies_user": (
        lambda get: {
            "email": "Nina@people.example",
            "first_name": "Nina",
            "role": "inspector",
            "agency": get("ofsted").pk,
            "password1": NEW_PASSWORD,
            "password2": NEW_PASSWORD,
        },
        {
            "email": "Nina@people.example",
            "first_name": "Nina",
            "last_name": "",
            "role": "inspector",
            "agency": {"key": "ofsted", "label": "Ofsted"},
            "is_active": True,
        },
    ),
    "inspections_framework": (
        lambda get: {
            "code": "ILACS",
            "name": "Inspection of services",
            "inspectorates": [get("ofsted").pk, get("hmicfrs").pk],
            "grade_scale": get("four_tier").pk,
            "evaluates_partnership": "on",
        },
        {
            "code": "ILACS",
            "inspectorates": [{"key": "hmicfrs", "label": "HMICFRS"}, {"key": "ofsted", "label": "Ofsted"}],
            "evaluates_partnership": True,
            "joint": False,
        },
    ),
    "inspections_gradescale": (
        lambda get: {"code": "peel-five", "name": "PEEL"},
        {"code": "peel-five", "name": "PEEL"},
    ),
    "inspections_grade": (
        lambda get: {"scale": get("four_tier").pk, "code": "fifth", "label": "Fifth", "rank": "5"},
        {
            "scale": {"key": "ofsted-four", "label": "Ofsted four-point scale"},
            "code": "fifth",
            "label": "Fifth",
            "rank": 5,
        },
    ),
    "inspections_judgementarea": (
        lambda get: {"framework": get("sif").pk, "code": "leadership", "name": "Leadership", "order": "3"},
        {
            "framework": {"key": "SIF", "label": "Single inspection framework"},
            "code": "leadership",
            "order": 3,
        },
    ),
    "inspections_clock": (
        lambda get: {
            "framework": get("sif").pk,
            "purpose": "action_plan",
            "starts_from": "publication",
            "length": "70",
            "unit": "working_days",
            "valid_from": "1/11/2013",
        },
        {
            "framework": {"key": "SIF", "label": "Single inspection framework"},
            "purpose": "action_plan",
            "length": 70,
            "valid_from": "2013-11-01",
            "valid_to": None,
        },
    ),
    "findings_theme": (
        lambda get: {"code": "custody", "name": "Custody", "definition": "Detention.", "order": "7"},
        {"code": "custody", "name": "Custody", "order": 7, "retired_on": None},
    ),
}


@pytest.mark.parametrize("name", ADDED)
def test_adding_is_one_event(request, adam, desk, name):
    data, expected = ADDED[name]
    data = data(request.getfixturevalue)
    before = set(Event.objects.values_list("pk", flat=True))
    form = filled(desk.get(page(f"{name}_add")))
    response = desk.post(page(f"{name}_add"), {**form, **data})
    assert response.status_code == 302, errors(response)
    event = Event.objects.exclude(pk__in=before).get()
    assert (event.verb, event.by, event.channel, event.before) == ("added", adam, Channel.ADMIN, {})
    assert {field: event.after[field] for field in expected} == expected
    assert f"{event.subject_type}".replace(".", "_") == name


def test_every_record_that_can_be_added_is_in_the_test_above(desk):
    offered = {
        f"{model._meta.app_label}_{model._meta.model_name}"
        for model in admin.site._registry
        if desk.get(page(f"{model._meta.app_label}_{model._meta.model_name}_add")).status_code == 200
    }
    assert offered == set(ADDED)


# Changing: one event, none for nothing


CHANGED = {
    "cleveland": ({"region": "Teesside"}, {"region": "North East"}, {"region": "Teesside"}),
    "otto": ({"last_name": "Other"}, {"last_name": "Example"}, {"last_name": "Other"}),
    "sif": (
        {"inspectorates": ["hmicfrs"], "evaluates_partnership": None, "valid_from": "1/11/2013"},
        {"inspectorates": ["Ofsted"], "evaluates_partnership": True, "valid_from": None},
        {"inspectorates": ["HMICFRS"], "evaluates_partnership": False, "valid_from": "2013-11-01"},
    ),
    "four_tier": ({"name": "Four"}, {"name": "Ofsted four-point scale"}, {"name": "Four"}),
    "strategy": ({"includes": "Timing."}, {"includes": ""}, {"includes": "Timing."}),
}


@pytest.mark.parametrize("name", CHANGED)
def test_changing_is_one_event(request, adam, desk, name, hmicfrs):
    record = request.getfixturevalue(name)
    changes, before, after = CHANGED[name]
    if "inspectorates" in changes:
        changes = {**changes, "inspectorates": [hmicfrs.pk]}
    count = Event.objects.count()
    assert save(desk, record, **changes).status_code == 302
    assert Event.objects.count() == count + 1
    event = record.events().last()
    assert (event.verb, event.by, event.channel) == ("changed", adam, Channel.ADMIN)
    assert (labels(event.before), labels(event.after)) == (before, after)


def labels(values):
    return {
        name: [item["label"] for item in value] if isinstance(value, list) else value
        for name, value in values.items()
    }


@pytest.mark.parametrize("make", [one_policing, one_succession, one_grade, one_area, one_clock])
def test_changing_a_row_that_links_is_one_event(adam, desk, make):
    record, field = make(1), {one_grade: "label", one_area: "name"}.get(make, "source")
    was = getattr(record, field)
    count = Event.objects.count()
    assert save(desk, record, **{field: "New words"}).status_code == 302
    assert Event.objects.count() == count + 1
    assert told(record.events().last()) == (
        "changed",
        adam,
        Channel.ADMIN,
        {field: was},
        {field: "New words"},
    )


def test_changing_an_inspection_is_one_event_with_its_reason(adam, desk, published, hmicfrs, met, cleveland):
    earlier = record_inspection(published.framework, published.lead_inspectorate, cleveland, date(2015, 1, 1))
    count = Event.objects.count()
    response = save(
        desk,
        published,
        cycle="2016",
        partner_inspectorates=[hmicfrs.pk],
        participating_agencies=[met.pk],
        follows=earlier.pk,
        reason="As printed.",
    )
    assert response.status_code == 302, errors(response)
    assert Event.objects.count() == count + 1
    event = published.events().last()
    assert (event.verb, event.by, event.channel, event.reason) == (
        "edited",
        adam,
        Channel.ADMIN,
        "As printed.",
    )
    assert set(event.after) == {"cycle", "partner_inspectorates", "participating_agencies", "follows"}
    assert event.after["follows"]["key"] == earlier.public_id
    assert set(published.partner_inspectorates.all()) == {hmicfrs}


def test_changing_an_inspection_needs_a_reason(desk, published):
    assert "required" in errors(save(desk, published, cycle="2016"))
    assert published.events().count() == 1


@pytest.mark.parametrize(
    "field", ["status", "framework", "inspected_agency", "notes", "team", "embargo_until"]
)
def test_what_an_inspection_is_cannot_be_changed_here(desk, published, field, jtai, met):
    posted = {"status": "drafting", "framework": jtai.pk, "inspected_agency": met.pk}.get(field, "2030")
    assert save(desk, published, reason="Why.", **{field: posted}).status_code == 302
    assert published.events().count() == 1


def test_inspections_are_not_added_here(desk):
    assert desk.get(page("inspections_inspection_add")).status_code == 403
    assert desk.post(page("inspections_inspection_add"), {}).status_code == 403


EVERY_FORM = ["cleveland", "otto", "sif", "four_tier", "strategy", "published"]


@pytest.mark.parametrize("name", EVERY_FORM)
def test_saving_without_a_change_is_no_event(request, desk, name):
    record = request.getfixturevalue(name)
    count = Event.objects.count()
    version = record.version
    assert save(desk, record, **({"reason": "None."} if name == "published" else {})).status_code == 302
    record.refresh_from_db()
    assert (Event.objects.count(), record.version) == (count, version)


def test_what_a_verb_refuses_is_an_error_of_the_form(desk, stockton, met):
    """Two forces at once: the model refuses it."""
    count = Event.objects.count()
    response = desk.post(page("agencies_policing_add"), {"force": met.pk, "authority": stockton.pk})
    assert "already polices this council" in errors(response)
    assert (Policing.objects.count(), Event.objects.count()) == (1, count)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("ValidationError", "The register says no."),
        ("IntegrityError", "same values"),
        ("field", "No such region."),
    ],
)
def test_what_only_the_verb_finds_is_an_error_of_the_form(desk, cleveland, monkeypatch, error, said):
    raised = {
        "ValidationError": ValidationError("The register says no."),
        "IntegrityError": IntegrityError("unique"),
        "field": ValidationError({"region": "No such region."}),
    }[error]

    def refuse(*args, **kwargs):
        raise raised

    monkeypatch.setattr(Agency, "change", refuse)
    response = save(desk, cleveland, region="Teesside")
    assert said in errors(response)
    assert response.context["adminform"].form["region"].value() == "Teesside"


# Two people at once


def test_a_stale_form_saves_nothing_and_keeps_what_was_typed(desk, mary, cleveland):
    form = filled(desk.get(page_of(cleveland)), region="Teesside")
    cleveland.change(by=mary, values={"note": "Mary's note"})
    response = desk.post(page_of(cleveland), form)
    assert "Somebody else changed this meanwhile" in errors(response)
    assert "Mary Example changed “Note” from “nothing” to “Mary&#x27;s note”" in response.content.decode()
    assert response.context["adminform"].form["region"].value() == "Teesside"
    cleveland.refresh_from_db()
    assert (cleveland.region, cleveland.note, cleveland.version) == ("North East", "Mary's note", 2)

    again = filled(response)
    assert desk.post(page_of(cleveland), again).status_code == 302
    cleveland.refresh_from_db()
    assert (cleveland.region, cleveland.version) == ("Teesside", 3)


def test_a_form_that_says_no_version_saves_nothing(desk, cleveland):
    response = save(desk, cleveland, region="Teesside", seen_version="")
    assert "Somebody else changed this meanwhile" in errors(response)
    assert cleveland.events().count() == 1


def test_a_change_between_reading_and_saving_is_found_too(desk, cleveland, monkeypatch):
    """The form was checked against the record as it was before the other person's change arrived."""
    form = filled(desk.get(page_of(cleveland)), region="Teesside")
    agencies = admin.site.get_model_admin(Agency)
    now, before = agencies.get_object, [Agency.objects.get(pk=cleveland.pk)]
    cleveland.change(by=None, values={"note": "First"})
    monkeypatch.setattr(agencies, "get_object", lambda *args: before.pop() if before else now(*args))
    response = desk.post(page_of(cleveland), form)
    assert "Somebody else changed this meanwhile" in errors(response)
    cleveland.refresh_from_db()
    assert cleveland.region == "North East"


# Nothing is deleted


EVERY_RECORD = [
    one_agency,
    one_policing,
    one_succession,
    one_person,
    one_scale,
    one_grade,
    one_framework,
    one_area,
    one_theme,
    one_inspection,
    one_finding,
    one_report,
    one_passage,
]


@pytest.mark.parametrize("make", EVERY_RECORD)
def test_nothing_is_deleted(desk, make):
    record = make(1)
    opts = record._meta
    deletion = page(f"{opts.app_label}_{opts.model_name}_delete", key_of(record))
    listing = page(f"{opts.app_label}_{opts.model_name}_changelist")
    assert desk.get(deletion).status_code == 403
    assert desk.post(deletion, {"post": "yes"}).status_code == 403
    assert b'name="action"' not in desk.get(listing).content
    desk.post(listing, {"action": "delete_selected", "_selected_action": record.pk, "post": "yes"})
    assert type(record)._base_manager.filter(pk=record.pk).exists()


def test_an_event_is_not_deleted(desk, cleveland):
    event = cleveland.events().get()
    assert desk.post(page("agencies_event_delete", event.hash), {"post": "yes"}).status_code == 403
    assert Event.objects.filter(pk=event.pk).exists()


# Drafts stay hidden


@pytest.fixture
def hidden(draft, drafting, strategy, published):
    """Records an administrator must not find, beside a published one."""
    report = Report(
        inspection=drafting, title="DRAFT-WORDS report", file_name="d.pdf", sha256="d" * 64, pages=3
    )
    report.add(by=None)
    Passage.objects.create(report=report, page=1, paragraph="1", text="DRAFT-WORDS passage")
    return [draft, drafting, report]


@pytest.mark.parametrize("name", EVERY_LIST)
@pytest.mark.parametrize("search", ["", "DRAFT-WORDS", "2026"])
def test_drafts_are_in_no_list_and_no_search(desk, hidden, name, search):
    draft, drafting, _report = hidden
    text = desk.get(page(f"{name}_changelist", q=search)).content.decode()
    for own_words in (f'value="{search}"', f"q={search}", f"q%3D{search}"):
        text = text.replace(own_words, "")
    assert "DRAFT-WORDS" not in text
    assert draft.public_id not in text
    assert drafting.public_id not in text
    assert "May 2026" not in text


@pytest.mark.parametrize(
    "name", ["inspections_inspection", "findings_finding", "inspections_report", "inspections_passage"]
)
def test_a_list_counts_only_what_is_published(desk, hidden, finding, name):
    context = desk.get(page(f"{name}_changelist")).context
    expected = {"inspections_inspection": 1, "findings_finding": 1}.get(name, 0)
    assert (context["cl"].result_count, len(context["cl"].result_list)) == (expected, expected)


@pytest.mark.parametrize("place", ["change", "history"])
def test_a_draft_and_a_missing_record_answer_alike(desk, hidden, place):
    missing = "23456789bcdfghjk"
    for record in hidden:
        opts = record._meta
        name = f"{opts.app_label}_{opts.model_name}_{place}"
        for key in (key_of(record), record.pk):
            there, not_there = desk.get(page(name, key)), desk.get(page(name, missing))
            assert (
                (there.status_code, there.url)
                == (not_there.status_code, not_there.url)
                == (302, page("index"))
            )


def test_a_draft_cannot_be_posted_to(desk, drafting, published):
    form = filled(desk.get(page_of(published)), cycle="CHANGED", reason="Why.")
    response = desk.post(page_of(drafting), form)
    assert (response.status_code, response.url) == (302, page("index"))
    drafting.refresh_from_db()
    assert drafting.cycle == ""


@pytest.mark.parametrize(
    ("app", "model", "field", "found"),
    [
        ("inspections", "inspection", "follows", 1),
        ("findings", "finding", "inspection", 1),
        ("inspections", "report", "inspection", 1),
        ("findings", "citation", "finding", 0),
        ("findings", "finding", "recurrence_of", 0),
    ],
)
@pytest.mark.parametrize("term", ["", "Stockton", "SIF"])
def test_suggestions_offer_nothing_unpublished(
    desk, drafting, draft, published, app, model, field, found, term
):
    query = {"app_label": app, "model_name": model, "field_name": field, "term": term}
    results = desk.get(page("autocomplete", **query)).json()["results"]
    assert [result["id"] for result in results] == [str(published.pk)] * found


def test_an_unpublished_inspection_cannot_be_followed(desk, published, drafting):
    """The same answer as for a number that does not exist."""
    refused = errors(save(desk, published, follows=drafting.pk, reason="Why."))
    assert refused == errors(save(desk, published, follows=987654, reason="Why."))
    assert "Select a valid choice" in refused


def test_an_unpublished_predecessor_is_neither_shown_nor_lost(desk, published, drafting, ines):
    published.edit(by=ines, values={"follows": drafting}, expect=1)
    response = desk.get(page_of(published))
    assert "follows" not in response.context["adminform"].form.fields
    assert drafting.public_id not in response.content.decode()
    assert save(desk, published, topic="Neglect", reason="Why.").status_code == 302
    published.refresh_from_db()
    assert (published.topic, published.follows) == ("Neglect", drafting)


@pytest.mark.parametrize(
    "lookup", ["inspections", "inspections__id", "inspections__id__gt", "findings__isnull"]
)
def test_no_filter_reaches_back_to_hidden_records(desk, drafting, draft, lookup):
    """Which agency is the hidden inspection's? The address does not tell."""
    query = {lookup: 0 if "gt" in lookup else drafting.pk}
    response = desk.get(page("agencies_agency_changelist", **query))
    assert response.status_code == 400


def test_a_theme_counts_published_findings_only(desk, draft, finding, strategy):
    response = desk.get(page("findings_theme_changelist"))
    assert [theme.published_count for theme in response.context["cl"].result_list] == [1]


# The history that administrators read


def test_events_of_drafts_are_hidden_and_those_since_publication_shown(desk, drafting, mary, ines, draft):
    for verb in ("send_for_factual_accuracy", "embargo"):
        drafting.move(verb, by=mary)
    draft.move("submit", by=ines)
    draft.move("agree", by=mary)
    assert shown(desk, "inspections.inspection", "findings.finding") == []
    publish(drafting, by=mary)
    drafting.edit(by=mary, values={"cycle": "2026"}, expect=drafting.version)
    draft.refresh_from_db()
    assert shown(desk, "inspections.inspection", "findings.finding") == ["publish", "publish", "edited"]
    for record, verbs in ((drafting, ["edited", "publish"]), (draft, ["publish"])):
        response = desk.get(page_of(record, "history"))
        assert [event.verb for event, *_ in response.context["rows"]] == verbs
    secret = drafting.events().first()
    assert desk.get(page("agencies_event_change", secret.hash)).status_code == 302
    public = drafting.events().last()
    assert "Cycle: nothing → 2026" in desk.get(page("agencies_event_change", public.hash)).content.decode()

    draft.move("withdraw", by=mary, reason="Wrong force.")
    assert shown(desk, "findings.finding") == []


def shown(client, *kinds):
    events = client.get(page("agencies_event_changelist")).context["cl"].result_list
    return [event.verb for event in reversed(events) if event.subject_type in kinds]


def test_events_of_hidden_records_are_not_listed(desk, hidden):
    events = shown(desk, "inspections.inspection", "findings.finding", "inspections.report")
    assert events == ["recorded as published"]


def test_the_verbs_to_filter_by_are_those_of_readable_events(desk, drafting):
    assert b"start drafting" not in desk.get(page("agencies_event_changelist")).content


def test_a_record_shows_its_history(desk, cleveland):
    save(desk, cleveland, region="Teesside")
    text = desk.get(page_of(cleveland, "history")).content.decode()
    assert "Region: North East → Teesside" in text
    assert "Adam Example" in text
    assert f'href="{page_of(cleveland, "history")}"' in desk.get(page_of(cleveland)).content.decode()


@pytest.mark.parametrize("make", [one_finding, one_report, one_passage])
def test_findings_and_reports_are_only_read(desk, make):
    record = make(1)
    assert desk.get(page_of(record)).status_code == 200
    assert desk.post(page_of(record), {"summary": "Changed", "title": "Changed"}).status_code == 403
    add = page_of(record).replace(f"{key_of(record)}/change/", "add/")
    assert desk.get(add).status_code == 403


def test_the_page_of_an_event_has_an_address_that_nobody_can_count_from(desk, cleveland):
    """From numbers one could tell how much has happened in between that one may not see."""
    event = cleveland.events().get()
    assert f'href="{page_of(event)}' in desk.get(page("agencies_event_changelist")).content.decode()
    assert f"/event/{event.pk}/" not in desk.get(page("agencies_event_changelist")).content.decode()
    missing = desk.get(page("agencies_event_change", event.pk))
    nothing = desk.get(page("agencies_event_change", "f" * 64))
    assert (missing.status_code, missing.url) == (nothing.status_code, nothing.url) == (302, page("index"))


def test_the_page_of_an_event_says_what_was_looked_at_again(desk, rf, published, cleveland, strategy):
    words = "Officers did not look for Kayleigh Ramsbottom."
    shown = " ".join(second_look.token(notice) for notice in noticed(words))
    said = {second_look.BOX: "1", second_look.REASON: "An officer of the report.", second_look.SHOWN: shown}
    with second_look.of(rf.post("/", said)):
        found = record_finding(published, {**weakness(cleveland, strategy), "summary": words})
    text = desk.get(page_of(found.events().get())).content.decode()
    assert "Looked at again in “Summary”, which may have" in text
    assert "An officer of the report." in text


def test_events_are_only_read(desk, cleveland):
    event = cleveland.events().get()
    assert desk.get(page_of(event)).status_code == 200
    assert desk.post(page_of(event), {"verb": "x"}).status_code == 403
    assert desk.get(page("agencies_event_add")).status_code == 403


# Themes


def test_a_theme_is_retired_with_a_reason_and_keeps_its_findings(adam, desk, strategy, finding):
    retire = page("findings_theme_retire", strategy.pk)
    assert "1 published finding has this theme" in desk.get(retire).content.decode()
    assert desk.post(retire, {"reason": "", "into": ""}).status_code == 200
    strategy.refresh_from_db()
    assert not strategy.is_retired

    assert desk.post(retire, {"reason": "No longer used.", "into": ""}).status_code == 302
    strategy.refresh_from_db()
    finding.refresh_from_db()
    assert strategy.is_retired
    assert finding.theme == strategy
    event = strategy.events().last()
    assert (event.verb, event.by, event.channel, event.reason) == (
        "retired",
        adam,
        "admin",
        "No longer used.",
    )
    assert finding.events().count() == 1


def test_a_theme_is_merged_into_another_and_keeps_its_findings(desk, strategy, missing, finding):
    response = desk.post(
        page("findings_theme_retire", strategy.pk), {"reason": "The same thing.", "into": missing.pk}
    )
    assert response.status_code == 302
    strategy.refresh_from_db()
    finding.refresh_from_db()
    assert (strategy.retired_into, finding.theme) == (missing, strategy)
    assert strategy.events().last().verb == "merged"
    assert missing.with_absorbed() == {missing.pk, strategy.pk}
    assert "1" in str(
        desk.get(page("findings_theme_changelist"))
        .context["cl"]
        .result_list.get(pk=strategy.pk)
        .published_count
    )


def test_a_theme_is_not_merged_into_itself_or_a_retired_one(desk, strategy, missing):
    missing.retire(by=None, reason="Gone.")
    for other in (strategy, missing):
        response = desk.post(page("findings_theme_retire", strategy.pk), {"reason": "Why.", "into": other.pk})
        assert response.context["form"].errors["into"]
    strategy.refresh_from_db()
    assert not strategy.is_retired


def test_what_retiring_refuses_is_an_error_of_the_form(desk, strategy, monkeypatch):
    def refuse(*args, **kwargs):
        raise ValidationError("Retired already.")

    monkeypatch.setattr(Theme, "retire", refuse)
    response = desk.post(page("findings_theme_retire", strategy.pk), {"reason": "Why.", "into": ""})
    assert b"Retired already." in response.content


def test_a_retired_theme_is_shown_and_not_changed(desk, strategy):
    strategy.retire(by=None, reason="Gone.")
    response = desk.get(page_of(strategy))
    assert response.status_code == 200
    assert b'name="_save"' not in response.content
    assert desk.post(page_of(strategy), {"name": "Changed"}).status_code == 403
    assert desk.post(page("findings_theme_retire", strategy.pk), {"reason": "Again."}).status_code == 403


# People


@pytest.mark.parametrize(
    "change",
    [{"role": "auditor"}, {"role": ""}],
    ids=["demote", "no role"],
)
def test_administrators_cannot_lock_themselves_out(adam, desk, change):
    assert "Ask another administrator" in errors(save(desk, adam, **change))
    adam.refresh_from_db()
    assert (adam.is_active, adam.role, adam.version) == (True, Role.ADMINISTRATOR, 1)


def test_the_last_sign_in_is_shown_and_not_changed(desk, otto):
    response = desk.get(page_of(otto))
    assert "last_login" not in response.context["adminform"].form.fields
    assert b"Last login" in response.content


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (NEW_PASSWORD, "seven green bottle", "match"),
        ("short", "short", "too short"),
        ("nina@people.example", "nina@people.example", "too similar"),
    ],
)
def test_a_new_person_needs_a_good_password_twice(desk, first, second, said):
    data = {"email": "nina@people.example", "role": "auditor", "password1": first, "password2": second}
    assert said in errors(desk.post(page("agencies_user_add"), data))
    assert not User.objects.filter(email="nina@people.example").exists()


def test_a_new_person_signs_in_with_the_password(desk):
    data = {
        "email": "nina@people.example",
        "role": "auditor",
        "password1": NEW_PASSWORD,
        "password2": NEW_PASSWORD,
    }
    desk.post(page("agencies_user_add"), data)
    assert Client().login(username="nina@people.example", password=NEW_PASSWORD)
    assert no_password_in_events(User.objects.get(email="nina@people.example"))


def test_setting_a_password_is_one_event_without_the_password(adam, desk, otto, signed_in):
    theirs = signed_in(otto)
    data = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    count = Event.objects.count()
    assert desk.post(page("agencies_user_password", otto.pk), data).status_code == 302
    assert Event.objects.count() == count + 1
    assert told(otto.events().last()) == ("password set", adam, Channel.ADMIN, {}, {})
    assert no_password_in_events(otto)
    assert Client().login(username=otto.email, password=NEW_PASSWORD)
    assert theirs.get("/").status_code == 302


def test_setting_ones_own_password_keeps_one_signed_in(adam, desk):
    data = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert desk.post(page("agencies_user_password", adam.pk), data, follow=True).status_code == 200
    assert desk.get(page("index")).status_code == 200


@pytest.mark.parametrize("password", ["short", "", "otto@people.example"])
def test_a_weak_password_is_refused(desk, otto, password):
    response = desk.post(
        page("agencies_user_password", otto.pk), {"password1": password, "password2": password}
    )
    assert response.context["form"].errors
    assert otto.events().count() == 1
    assert Client().login(username=otto.email, password=PASSWORD)


def no_password_in_events(person):
    person.refresh_from_db()
    assert identify_hasher(person.password)
    written = str(list(Event.objects.values("before", "after", "reason", "verb")))
    return NEW_PASSWORD not in written and person.password not in written


# The pages themselves


@pytest.mark.parametrize("make", EVERY_RECORD)
def test_pages_have_nothing_inline_that_the_policy_forbids(desk, make):
    record = make(1)
    for place in ("change", "history") if make is not one_passage else ("change",):
        text = desk.get(page_of(record, place)).content.decode()
        assert " style=" not in text
        assert "<style" not in text
        assert not any(tag for tag in text.split("<script")[1:] if " src=" not in tag.split(">")[0])


@pytest.mark.parametrize("make", [one_agency, one_theme, one_inspection, one_finding])
def test_a_record_links_to_its_own_page(desk, make):
    record = make(1)
    assert f'href="{record.get_absolute_url()}"' in desk.get(page_of(record)).content.decode()


def test_signing_out_and_the_own_password_are_the_products_pages(desk):
    text = desk.get(page("index")).content.decode()
    assert f'action="{reverse("sign_out")}"' in text
    assert f'href="{reverse("password_change")}"' in text
    assert desk.get(page("password_change")).url == reverse("password_change")
