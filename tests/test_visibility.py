"""Who sees what: every page for every person in every state, and no sign of what somebody may not see.

The table below is written from domain.md, not read from the code. A page that is not in it fails.
"""

import re
from datetime import date
from importlib import import_module

import pytest
from django.db import transaction
from django.test.client import Client
from django.urls import reverse

from agencies.models import Event, Kind, Role
from agencies.public_ids import new_public_id, seeded_public_id
from findings import publication
from findings.models import Finding, Recommendation, SavedView
from inspections.models import Inspection

from .browsing import choices, page, submit, text
from .conftest import agency, strength, weakness
from .states import FINDING_STEPS, FORWARD, INSPECTION_STEPS, UNPUBLISHED, logged, moved, planned
from .tables import ELSEWHERE
from .who_sees_what import (
    AT_WORK,
    FINDINGS,
    LED_ON,
    MISSING,
    PUBLIC,
    REFUSED,
    SHARED,
    SHOWN,
    SIGN_IN,
    WITH_A_ROLE,
    as_read,
    may,
    mismatches,
    outcome,
    routes,
    sees_finding,
    sees_inspection,
)


def inspection_page(name, status):
    return SHOWN if sees_inspection(name, status) else MISSING


def edits_inspection(name, status):
    if status in PUBLIC:
        return name == "mary"
    return name in AT_WORK and status != "cancelled"


def logs(name, status):
    return name in AT_WORK and status not in ("paused", "cancelled")


def finding_page(name, state, status):
    tombstone = state == "tombstone" and name in WITH_A_ROLE
    return SHOWN if tombstone or sees_finding(name, state, status) else MISSING


def edits_finding(name, state, status):
    return name in AT_WORK if state == "draft" else name in ("ines", "mary") and state == "in_review"


def withdraws(name, state, status):
    if state in ("withdrawn", "tombstone"):
        return False
    return name == "mary" or (name == "ines" and state != "published")


def everybody(name):
    return SHOWN


def with_a_role(name):
    return SHOWN if name in WITH_A_ROLE else MISSING


def inspectorates(name):
    return SHOWN if name in {"ines", "otto", "mary", "hugo", "hetty", "hanna", "colin"} else REFUSED


def those_with_a_role(name):
    return SHOWN if name in WITH_A_ROLE else REFUSED


OPEN = {"sign_in", "sign_out", "healthz"}  # the only pages for somebody who is not signed in
OWN_TEXT = {
    "typed_save",
    "typed_discard",
}  # no pages: what a person types; test_typed_text.py has their rights
PAGES = {
    "home": everybody,
    "about": everybody,
    "password_change": everybody,
    "password_change_done": everybody,
    "agencies": everybody,
    "findings": everybody,
    "inspections": everybody,
    "themes": everybody,
    "agency": with_a_role,
    "theme": with_a_role,
    "inspection_add": inspectorates,
    "dashboard": everybody,
    "compare": everybody,
    "figures": everybody,
    "figure": with_a_role,
    "saved_views": everybody,
    "saved_view_add": those_with_a_role,
}
OF_AN_INSPECTION = {
    "inspection": inspection_page,
    "inspection_edit": may(edits_inspection),
    "inspection_judge": may(edits_inspection),
    "inspection_date": may(edits_inspection),
    "finding_log": may(logs),
    "findings_earlier": may(logs),
    # One step that is legal in every state under way; test_permissions.py has each step.
    "inspection_step": may(
        lambda name, status: name in AT_WORK and status not in (*PUBLIC, "cancelled", "paused")
    ),
}
OF_A_FINDING = {
    "finding": finding_page,
    "finding_edit": may(edits_finding),
    "finding_withdraw": may(withdraws),
    "finding_step": may(lambda name, state, status: name == "mary" and state == "in_review"),
}
# Ines's view, private or shared with Ofsted. Opening it leads to the page that was kept.
COLLEAGUES = {"otto", "mary"}


def sees_view(name, state):
    return name == "ines" or (state == "shared" and name in COLLEAGUES)


def owns_view(name, state):
    return SHOWN if name == "ines" else REFUSED if sees_view(name, state) else MISSING


OF_A_SAVED_VIEW = {
    "saved_view": lambda name, state: LED_ON if sees_view(name, state) else MISSING,
    "saved_view_change": owns_view,
    "saved_view_remove": owns_view,
}


def test_every_route_is_in_the_table():
    here = {*OPEN, *OWN_TEXT, *PAGES, *OF_AN_INSPECTION, *OF_A_FINDING, *OF_A_SAVED_VIEW}
    elsewhere = set().union(*ELSEWHERE.values())
    assert set(routes()) == here | elsewhere
    assert not here & elsewhere


@pytest.mark.parametrize("module", ELSEWHERE)
def test_tables_that_stand_elsewhere_are_there(module):
    assert set(import_module(f"tests.{module}").ROUTES) == ELSEWHERE[module]


@pytest.mark.parametrize("status", INSPECTION_STEPS)
def test_pages_of_an_inspection_answer_as_the_table_says(status, people, make):
    public_id = make(status).public_id
    before = Event.objects.count()
    for route, rule in OF_AN_INSPECTION.items():
        assert mismatches(people, route, public_id, lambda name, rule=rule: rule(name, status)) == [], route
    assert Event.objects.count() == before


@pytest.mark.parametrize(("state", "status"), FINDINGS)
def test_pages_of_a_finding_answer_as_the_table_says(
    state, status, people, make, ines, mary, cleveland, strategy
):
    finding = logged(make(status), ines, weakness(cleveland, strategy), state, reviewer=mary)
    before = Event.objects.count()
    for route, rule in OF_A_FINDING.items():
        expected = lambda name, rule=rule: rule(name, state, status)
        assert mismatches(people, route, finding.public_id, expected) == [], route
    assert Event.objects.count() == before


@pytest.mark.parametrize("state", ["private", "shared"])
def test_pages_of_a_kept_view_answer_as_the_table_says(state, people, ines, ofsted):
    shared_with = ofsted if state == "shared" else None
    values = {"name": "Serious", "page": "findings", "query": "severity=serious", "shared_with": shared_with}
    view = SavedView.keep(by=ines, values=values)
    before = Event.objects.count()
    for route, rule in OF_A_SAVED_VIEW.items():
        expected = lambda name, rule=rule: rule(name, state)
        assert mismatches(people, route, view.public_id, expected) == [], route
    assert Event.objects.count() == before


def test_other_pages_answer_as_the_table_says(people, cleveland, strategy):
    arguments = {"agency": [cleveland.slug], "theme": [strategy.code], "figure": ["themes"]}
    sample = {"ines", "otto", "clara", "nobody", "anonymous"}  # the others are only asked by GET
    before = Event.objects.count()
    for route, rule in PAGES.items():
        address = reverse(route, args=arguments.get(route))
        for name, client in people.items():
            for method in ("get", "post") if name in sample else ("get",):
                if (route, method) == ("password_change_done", "post"):
                    continue
                wanted = SIGN_IN if name == "anonymous" else rule(name)
                got = outcome(getattr(client, method)(address))
                assert got == wanted, (route, name, method)
    assert Event.objects.count() == before


def test_the_open_pages_say_nothing_of_the_register(finding, draft):
    client = Client()
    for route in OPEN:
        response = client.get(reverse(route))
        assert response.status_code == 200 or response["Location"].startswith("/sign-in/"), route
        assert "Cleveland" not in response.content.decode()


def test_without_a_role_the_lists_are_empty_and_offer_nothing(nobody, finding, signed_in):
    client = signed_in(nobody)
    for route in ("home", "findings", "inspections", "agencies", "themes"):
        seen = client.get(reverse(route)).content.decode()
        for word in ("Cleveland", "Stockton", "North East", "Strategy discussions", "Single inspection"):
            assert word not in seen, route


# Lists, counts and pickers: the same bytes with and without what is hidden


@pytest.fixture
def surfaces(otto, mary, sif, ofsted, hmicfrs, stockton, camden, cleveland, met, strategy, missing):
    """Every address on which something hidden could show: lists with filters, pages, parts of forms.

    Otto drafts an inspection of his own, so that he has forms to fill in.
    """
    ottos = moved(planned(otto, sif, camden), "drafting", mary).get_absolute_url()
    addresses = ["/", "/themes/", f"/themes/{strategy.code}/", "/agencies/", "/inspections/new/"]
    for body in (stockton, camden, cleveland, met, ofsted, hmicfrs):
        addresses.append(f"/agencies/{body.slug}/")
    unpublished = {
        "/findings/": "?status=draft&status=in_review&status=agreed&status=withdrawn",
        "/inspections/": "?status=drafting&status=embargoed&status=cancelled",
        "/recommendations/": "?status=draft&status=withdrawn",
    }
    for path, statuses in unpublished.items():
        addresses += [path, f"{path}{statuses}", f"{path}?page=2&sort=agency", f"{path}?q=HIDDEN"]
    earlier = f"attributed_to={cleveland.pk}&theme={strategy.pk}"
    return [
        *addresses,
        f"/findings/?theme={strategy.code}&severity=serious&about_police=true&force=cleveland",
        "/findings/?council=stockton-on-tees-borough-council&finding_type=weakness&systemic=yes",
        "/findings/?published_from=2000-01-01&framework=SIF&inspectorate=ofsted",
        "/inspections/?force=cleveland&weakness=serious&counts_in_share=true",
        "/inspections/?grade=inadequate",
        "/inspections/?about=cleveland&read=yes&sort=-status",
        "/recommendations/?addressee=stockton-on-tees-borough-council&about=cleveland&open=true",
        "/recommendations/?as_of=2026-10-01&undated=true",
        ottos,
        f"{ottos}edit/",
        f"{ottos}findings/new/",
        f"{ottos}findings/new/?attributed_to={cleveland.pk}",
        f"{ottos}findings/earlier/?{earlier}",
    ]


@pytest.fixture
def hide(sif, stockton, cleveland, strategy, ines, mary):
    """hide(statuses): everything that is not published, with words that are on no published record."""

    def make_hidden(statuses):
        worst = sif.grade_scale.grades.last()
        for status in statuses:
            values = {"topic": "HIDDEN", "cycle": "HIDDEN", "fieldwork_to": date(2026, 5, 28)}
            inspection = planned(ines, sif, stockton, **values)
            inspection.judge(by=ines, judgements=[(sif.areas.first(), stockton, worst)])
            words = weakness(cleveland, strategy, "serious", summary="HIDDEN words", systemic=True)
            hidden = {"addressee": stockton, "text": "HIDDEN recommendation"}
            for state in ("draft", "in_review", "agreed", "withdrawn"):
                finding = logged(inspection, ines, words, reviewer=mary)
                Recommendation.draft(by=ines, finding=finding, values=hidden)
                for verb in FINDING_STEPS[state]:
                    finding.move(verb, by=ines if verb == "submit" else mary, reason="For the test.")
            moved(inspection, status, mary)

    return make_hidden


def recommendation_of(public_id):
    """The public id that the recommendation of this finding has each time it is published."""
    return seeded_public_id(0, public_id)


@pytest.fixture
def publish(sif, ofsted, stockton, camden, cleveland, met, strategy, missing):
    """publish(ids, between): the same published records under the same ids, `between` called in between."""

    def inspection(public_id, inspected, day):
        values = {"framework": sif, "lead_inspectorate": ofsted, "inspected_agency": inspected}
        judgements = [(sif.areas.first(), inspected, sif.grade_scale.grades.first())]
        return Inspection.record_published(
            by=None,
            channel="command",
            values={**values, "published_on": day},
            judgements=judgements,
            public_id=public_id,
        )

    def finding(public_id, inspection, values):
        Finding.record_published(
            by=None, channel="command", inspection=inspection, values=values, public_id=public_id
        )

    def publish_all(ids, between):
        between()
        first = inspection(ids[0], stockton, date(2016, 8, 5))
        between()
        finding(ids[1], first, weakness(cleveland, strategy, "serious"))
        between()
        Recommendation.record_issued(
            by=None,
            channel="command",
            finding=Finding.objects.get(public_id=ids[1]),
            values={"addressee": stockton, "text": "Challenge the police."},
            public_id=recommendation_of(ids[1]),
        )
        between()
        finding(ids[2], first, strength(cleveland, missing))
        second = inspection(ids[3], camden, date(2026, 9, 1))
        finding(ids[4], second, weakness(met, strategy))
        between()
        return first

    return publish_all


def without_what_was_asked(answer):
    """The answer without the words that the person put into the search box."""
    return re.sub(r"q(?:=|%3D)HIDDEN|value=\"HIDDEN\"|Words: HIDDEN", "", answer)


@pytest.mark.parametrize(
    ("names", "statuses"),
    [
        (["otto", "colin", "mel", "adam", "nobody"], UNPUBLISHED),
        # From the factual accuracy check on, the agencies concerned see something: until then, nothing.
        (["clara", "stan"], [status for status in UNPUBLISHED if status not in SHARED]),
    ],
    ids=["outsiders", "agencies concerned"],
)
def test_nothing_anywhere_changes_for_those_who_may_not_see_it(
    names, statuses, people, hide, publish, surfaces, cleveland, stockton, strategy, sif, ines, mary
):
    """Twice the same published records: alone, then with hidden ones made before, between and after them."""
    ids = [new_public_id() for _ in range(5)]
    addresses = [
        *surfaces,
        f"/inspections/{ids[0]}/",
        f"/findings/{ids[1]}/",
        f"/findings/?inspection={ids[0]}",
        f"/recommendations/{recommendation_of(ids[1])}/",
    ]

    def answers(between, afterwards):
        with transaction.atomic():
            afterwards(publish(ids, between))
            got = {(name, address): people[name].get(address) for name in names for address in addresses}
            transaction.set_rollback(True)
        return {asked: as_read(response) for asked, response in got.items()}

    def hide_within(first):
        """What was logged on a published inspection since, and a new inspection that follows it."""
        for state in ("draft", "in_review", "agreed", "withdrawn"):
            logged(first, mary, weakness(cleveland, strategy, "critical"), state, reviewer=ines)
        follows = planned(ines, sif, stockton, follows=first, topic="HIDDEN")
        finding = Finding.objects.get(public_id=ids[1])
        again = weakness(cleveland, strategy, recurrence_of=finding)
        logged(follows, ines, again, "agreed", reviewer=mary)
        Recommendation.draft(by=mary, finding=finding, values={"addressee": stockton, "text": "HIDDEN"})

    waves = iter([statuses[:2], statuses[2:3], statuses[3:4], statuses[4:5], statuses[5:]])
    alone = answers(lambda: None, lambda first: None)
    among_hidden = answers(lambda: hide(next(waves)), hide_within)
    assert next(waves, None) is None
    assert [asked for asked in alone if alone[asked] != among_hidden[asked]] == []
    assert not [asked for asked in alone if "HIDDEN" in without_what_was_asked(among_hidden[asked])]


def test_the_comparison_would_notice(people, hide, publish):
    """The same lists do change for somebody who may see what is hidden."""
    publish([new_public_id() for _ in range(5)], lambda: None)
    before = as_read(people["audrey"].get("/findings/"))
    hide(["drafting"])
    assert as_read(people["audrey"].get("/findings/")) != before
    assert "HIDDEN" in as_read(people["audrey"].get("/findings/"))


@pytest.mark.parametrize("name", ["otto", "colin", "mel", "clara", "stan", "adam"])
def test_a_filter_by_a_hidden_inspection_answers_as_for_a_random_id(name, people, make):
    hidden, unknown = make("drafting").public_id, new_public_id()
    for query in ("inspection={}", "inspection={}&status=draft", "q={}"):
        answers = [
            as_read(people[name].get("/findings/?" + query.format(public_id)), public_id)
            for public_id in (hidden, unknown)
        ]
        assert answers[0] == answers[1]


@pytest.mark.parametrize("path", ["/findings/", "/inspections/"])
def test_the_numbers_beside_filters_are_of_visible_records(path, people, make, finding):
    make("drafting")
    name = "theme" if path == "/findings/" else "framework"
    seen = {who: choices(people[who].get(path), name) for who in ("otto", "ines", "audrey")}
    count = {
        who: sum(int(n) for label in found.values() for n in re.findall(r"\((\d+)\)", label))
        for who, found in seen.items()
    }
    assert count == {"otto": 1, "ines": 2, "audrey": 2}


# Pickers: an id of something hidden is no choice


def test_a_hidden_finding_is_no_recurrence_to_choose(
    people, make, otto, mary, sif, camden, cleveland, strategy
):
    """Posting the id of a hidden finding gets the answer of an id that does not exist."""
    hidden = Finding.objects.get(inspection=make("drafting"))
    own = moved(planned(otto, sif, camden), "drafting", mary)
    page_of_form = people["otto"].get(reverse("finding_log", args=[own.public_id]))
    typed = {
        "finding_type": "observation",
        "attributed_to": cleveland.pk,
        "theme": strategy.pk,
        "summary": "Seen again.",
    }
    answers = []
    for key in (str(hidden.pk), "987654321", hidden.public_id, new_public_id()):
        response = submit(people["otto"], page_of_form, **typed, recurrence_of=key)
        assert response.status_code == 200
        answers.append(as_read(response))
    assert [answer == answers[0] for answer in answers] == [True] * 4
    assert not Finding.objects.filter(inspection=own).exists()


def test_a_hidden_inspection_is_none_to_follow(people, make, otto, mary, sif, camden):
    """It has no reference; its public id and its number are nobody's reference."""
    hidden = make("embargoed")
    own = moved(planned(otto, sif, camden), "drafting", mary)
    form = people["otto"].get(reverse("inspection_edit", args=[own.public_id]))
    for key in (hidden.public_id, str(hidden.pk), "SIF-2026-STO"):
        response = submit(people["otto"], form, follows_reference=key)
        assert "No published inspection has the reference" in text(response)
    own.refresh_from_db()
    assert own.follows is None


# Rights are looked up at each request


@pytest.fixture
def in_work(make):
    """A joint inspection being drafted, with an agreed finding."""
    inspection = make("drafting")
    return inspection, inspection.findings.get()


def reads(client, records):
    return [outcome(client.get(record.get_absolute_url())) for record in records]


def test_removed_from_the_team_the_next_request_finds_nothing(in_work, people, ines, hugo, mary):
    inspection, _finding = in_work
    assert reads(people["ines"], in_work) == reads(people["hugo"], in_work) == [SHOWN, SHOWN]
    inspection.edit(by=mary, values={"team": []}, expect=inspection.version)
    for name in ("ines", "hugo"):
        assert reads(people[name], in_work) == [MISSING, MISSING]
        assert "Stockton" not in text(people[name].get("/"))


def test_when_the_partnership_ends_the_partner_finds_nothing(in_work, people, mary):
    inspection, _finding = in_work
    assert reads(people["hanna"], in_work) == reads(people["hugo"], in_work) == [SHOWN, SHOWN]
    inspection.edit(by=mary, values={"partner_inspectorates": []}, expect=inspection.version)
    # Hugo still stands on the team, but being on the team counts only for those who take part.
    assert reads(people["hanna"], in_work) == reads(people["hugo"], in_work) == [MISSING, MISSING]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("mary", {"role": Role.INSPECTOR}),
        ("mary", {"role": Role.ADMINISTRATOR, "agency": None}),
        ("mary", {"role": ""}),
        ("audrey", {"role": ""}),
        ("ines", {"role": ""}),
        ("ines", {"role": Role.ADMINISTRATOR, "agency": None}),
    ],
)
def test_demoted_the_next_request_finds_nothing(name, values, in_work, people, request, adam):
    assert reads(people[name], in_work) == [SHOWN, SHOWN]
    request.getfixturevalue(name).change(by=adam, values=values)
    assert reads(people[name], in_work) == [MISSING, MISSING]
    assert outcome(people[name].post(reverse("finding_edit", args=[in_work[1].public_id]))) == MISSING


def test_moving_to_another_inspectorate_ends_the_access(in_work, people, ines, adam):
    elsewhere = agency("Estyn", Kind.INSPECTORATE, "EST")
    ines.change(by=adam, values={"agency": elsewhere})
    assert reads(people["ines"], in_work) == [MISSING, MISSING]


@pytest.mark.parametrize("name", ["ines", "mary", "audrey"])
def test_deactivated_the_next_request_asks_to_sign_in(name, in_work, people, request, adam):
    assert reads(people[name], in_work) == [SHOWN, SHOWN]
    request.getfixturevalue(name).change(by=adam, values={"is_active": False})
    assert reads(people[name], in_work) == [SIGN_IN, SIGN_IN]


def test_withdrawn_after_publication_it_is_a_tombstone_at_once(finding, people, mary):
    assert finding.summary in text(people["mel"].get(finding.get_absolute_url()))
    finding.move("withdraw", by=mary, reason="The wrong force.")
    seen = people["mel"].get(finding.get_absolute_url())
    assert finding.summary not in seen.content.decode()
    assert finding.reference in text(seen)
    for path in ("/", "/findings/", "/findings/?status=withdrawn", "/themes/", "/agencies/cleveland/"):
        assert finding.public_id not in people["mel"].get(path).content.decode()


# The agency concerned


@pytest.fixture
def shared(in_work, ines, mary, cleveland, met, stockton, strategy):
    """Findings of one inspection: about Cleveland in each state, agreed ones about others, one agreed later."""
    inspection, agreed = in_work
    about = {"agreed": agreed}
    for state in ("draft", "in_review", "withdrawn"):
        words = weakness(cleveland, strategy, summary=f"SECRET {state}")
        about[state] = logged(inspection, ines, words, state, reviewer=mary)
    for name, body in (("of the Met", met), ("of the council", stockton)):
        words = weakness(body, strategy, summary=f"SECRET {name}")
        about[name] = logged(inspection, ines, words, "agreed", reviewer=mary)
    return inspection, about


@pytest.mark.parametrize("status", ["drafting", "factual_accuracy", "embargoed"])
@pytest.mark.parametrize(
    ("name", "own"), [("clara", "agreed"), ("stan", "of the council"), ("mel", "of the Met")]
)
def test_an_agency_reads_its_own_agreed_findings_from_factual_accuracy_on_and_nothing_else(
    name, own, status, shared, people, mary
):
    inspection, about = shared
    for verb in {"drafting": [], "factual_accuracy": FORWARD[2:3], "embargoed": FORWARD[2:]}[status]:
        inspection.move(verb, by=mary)
    shown = {
        key for key, found in about.items() if outcome(people[name].get(found.get_absolute_url())) == SHOWN
    }
    assert shown == ({own} if status in SHARED else set())
    expected = [about[own].public_id] if status in SHARED else []
    for path in (
        "/",
        "/findings/",
        "/findings/?status=draft&status=in_review&status=agreed&status=withdrawn",
        f"/findings/?inspection={inspection.public_id}",
        inspection.get_absolute_url(),
        "/agencies/cleveland/",
        "/agencies/stockton-on-tees-borough-council/",
        "/agencies/metropolitan/",
    ):
        seen = people[name].get(path).content.decode()
        linked = re.findall(r'href="/findings/([0-9a-z]{16})/', seen)
        assert set(linked) <= set(expected), path
        secrets = set(re.findall("SECRET [a-zA-Z_ ]+", seen))
        assert secrets <= {f"SECRET {own}"}, path
    assert outcome(people[name].get(inspection.get_absolute_url())) == (SHOWN if expected else MISSING)


@pytest.mark.parametrize("verb", ["pause", "cancel"])
def test_when_a_shared_inspection_is_paused_or_cancelled_the_agency_reads_no_more(verb, shared, people, mary):
    inspection, about = shared
    inspection.move("send_for_factual_accuracy", by=mary)
    assert outcome(people["clara"].get(about["agreed"].get_absolute_url())) == SHOWN
    inspection.move(verb, by=mary, reason="A storm.")
    assert outcome(people["clara"].get(about["agreed"].get_absolute_url())) == MISSING
    assert outcome(people["stan"].get(inspection.get_absolute_url())) == MISSING


def test_a_finding_returned_to_draft_is_no_longer_shared(shared, people, mary):
    inspection, about = shared
    inspection.move("send_for_factual_accuracy", by=mary)
    assert reads(people["clara"], [inspection, about["agreed"]]) == [SHOWN, SHOWN]
    about["agreed"].move("return_to_draft", by=mary, reason="Contested.")
    assert reads(people["clara"], [inspection, about["agreed"]]) == [MISSING, MISSING]


def test_before_publication_an_agency_sees_only_its_own_judgement(shared, people, mary, met, sif, stockton):
    inspection, _about = shared
    good, worst = sif.grade_scale.grades.all()[1], sif.grade_scale.grades.last()
    overall, help_area = sif.areas.all()
    inspection.judge(by=mary, judgements=[(overall, stockton, worst), (help_area, met, good)])
    inspection.move("send_for_factual_accuracy", by=mary)
    seen = {name: text(people[name].get(inspection.get_absolute_url())) for name in ("stan", "mel", "clara")}
    assert ("Inadequate" in seen["stan"], "Good" in seen["stan"]) == (True, False)
    assert ("Inadequate" in seen["mel"], "Good" in seen["mel"]) == (False, True)
    assert ("Inadequate" in seen["clara"], "Good" in seen["clara"]) == (False, False)
    for name, shown in (("stan", True), ("mel", False), ("clara", False)):
        (row,) = page(people[name].get("/inspections/")).find("tbody").find_all("tr")
        assert ("Inadequate" in row.text) == shown
    assert page(people["mel"].get("/inspections/?grade=inadequate")).find("tbody") is None


def test_an_agency_reads_neither_notes_nor_team_nor_history_before_publication(shared, people, mary):
    inspection, _about = shared
    inspection.edit(by=mary, values={"notes": "SECRET notes"}, expect=inspection.version)
    inspection.move("send_for_factual_accuracy", by=mary)
    for name in ("clara", "stan"):
        seen = people[name].get(inspection.get_absolute_url()).content.decode()
        for word in ("SECRET notes", "Ines Example", 'id="history"'):
            assert word not in seen


def test_publication_shows_it_to_everybody_at_once(shared, people, mary):
    inspection, about = shared
    for state in ("draft", "in_review"):
        about[state].move("withdraw", by=mary, reason="Not needed.")
    for verb in ("send_for_factual_accuracy", "embargo"):
        inspection.move(verb, by=mary)
    outside = [people[name] for name in ("otto", "colin", "mel", "adam")]
    assert {outcome(client.get(inspection.get_absolute_url())) for client in outside} == {SHOWN, MISSING}
    publication.publish(inspection, by=mary)
    for client in outside:
        assert reads(client, [inspection, about["agreed"]]) == [SHOWN, SHOWN]
        assert reads(client, [about["draft"]]) == [MISSING]
        assert about["agreed"].public_id in client.get("/findings/").content.decode()
