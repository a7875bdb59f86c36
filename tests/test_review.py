"""Review: a finding is given to somebody, who reads this one finding, agrees or returns it, and nothing else."""

import pytest
from django.urls import reverse

from agencies.models import Event, Role
from findings.models import Finding, Recommendation
from inspections.models import IllegalTransition

from .browsing import choices, error_summary, page, submit, text
from .conftest import person, weakness
from .states import logged, recommended
from .test_visibility import OF_A_FINDING
from .who_sees_what import FINDINGS, MISSING, REFUSED, SHOWN, as_read, ask, may, mismatches, outcome

ROUTES = {"finding_assign"}
AT_WORK = {"ines", "mary", "hugo"}


@pytest.fixture
def in_state(make, ines, mary, cleveland, strategy):
    """in_state(state, status, **values): Ines's finding about Cleveland Police in an inspection of that status."""

    def build(state="in_review", status="drafting", **values):
        return logged(make(status), ines, weakness(cleveland, strategy, **values), state, reviewer=mary)

    return build


def assigns(name, state, status):
    if state == "in_review":
        return name == "mary"
    return state in ("draft", "agreed") and name in AT_WORK


@pytest.mark.parametrize(("state", "status"), FINDINGS)
def test_who_gives_a_finding_to_somebody_in_every_state(state, status, in_state, people):
    finding = in_state(state, status)
    before = Event.objects.count()
    expected = lambda name: may(assigns)(name, state, status)
    assert mismatches(people, "finding_assign", finding.public_id, expected) == []
    assert Event.objects.count() == before


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        ("draft", {"Ines", "Hugo", "Mary"}),
        ("in_review", {"Mary", "Otto"}),  # never its author, nobody else of the team, none of the partner
        ("agreed", {"Ines", "Hugo", "Mary"}),
    ],
)
def test_offered_are_those_who_may_take_it_on(state, offered, in_state, people, mary, adam, ofsted):
    gone = person("Gone", Role.INSPECTOR, ofsted)
    gone.change(by=adam, values={"is_active": False})
    finding = in_state(state)
    found = choices(people["mary"].get(reverse("finding_assign", args=[finding.public_id])), "assigned_to")
    assert {label.split()[0] for value, label in found.items() if value} == offered
    names = {"ines", "otto", "mary", "hugo", "hanna", "clara", "audrey", "adam"}
    everybody = {user.first_name: user for user in type(mary).objects.all()}
    assert {name for name, user in everybody.items() if finding.may_be_assigned_to(user)} == offered
    assert names <= {name.lower() for name in everybody}


@pytest.mark.parametrize("name", ["ines", "hugo", "hanna", "clara", "audrey", "adam"])
def test_who_may_not_take_it_on_is_not_taken(name, in_state, mary, people, request):
    finding, stranger = in_state(), request.getfixturevalue(name)
    opened = people["mary"].get(reverse("finding_assign", args=[finding.public_id]))
    response = submit(people["mary"], opened, assigned_to=stranger.pk)
    assert error_summary(response) == ["Who deals with it next: Choose somebody from the list."]
    with pytest.raises(IllegalTransition):
        finding.assign(by=mary, to=stranger)
    assert Finding.objects.get(pk=finding.pk).assigned_to is None


def test_giving_it_to_somebody_is_one_event(in_state, mary, otto, people):
    finding = in_state()
    opened = people["mary"].get(reverse("finding_assign", args=[finding.public_id]))
    before = Event.objects.count()
    assert (
        submit(people["mary"], opened, assigned_to=otto.pk, reason="He knows Cleveland.").status_code == 302
    )
    assert Event.objects.count() == before + 1
    event = finding.events().last()
    assert (event.verb, event.by, event.reason) == ("assigned", mary, "He knows Cleveland.")
    assert event.after["assigned_to"]["label"] == "Otto Example"
    seen = text(people["mary"].get(finding.get_absolute_url()))
    assert "Otto Example" in seen
    assert "Given to somebody" in seen
    again = people["mary"].get(reverse("finding_assign", args=[finding.public_id]))
    assert submit(people["mary"], again).status_code == 302  # as it is: no event
    assert Event.objects.count() == before + 1


def test_an_outdated_page_gives_it_to_nobody(in_state, mary, ines, otto, people):
    finding = in_state()
    opened = people["mary"].get(reverse("finding_assign", args=[finding.public_id]))
    finding.edit(by=ines, values={"summary": "Newer words."}, citations=[], expect=finding.version)
    response = submit(people["mary"], opened, assigned_to=otto.pk)
    assert response.status_code == 409
    assert "Newer words." in text(response)
    assert Finding.objects.get(pk=finding.pk).assigned_to is None
    assert submit(people["mary"], response).status_code == 302
    assert Finding.objects.get(pk=finding.pk).assigned_to == otto


# The reviewer


@pytest.fixture
def given(in_state, mary, otto):
    """A finding in review, given to Otto, who is off the team."""
    return in_state(summary="GIVEN-WORDS officers stayed away.").assign(by=mary, to=otto)


REVIEWER = {
    "finding": SHOWN,
    "finding_edit": REFUSED,
    "finding_withdraw": REFUSED,
    "finding_step": SHOWN,  # agree
    "finding_assign": REFUSED,
    "finding_correct": REFUSED,
    "finding_recurrence": REFUSED,
    "finding_respond": REFUSED,
    "finding_comment": SHOWN,
    "recommendation_add": REFUSED,
}


def test_the_reviewer_reads_comments_on_and_decides_the_finding_and_nothing_else(given, people):
    assert {*OF_A_FINDING, *ROUTES} <= set(REVIEWER)
    before = Event.objects.count()
    for route, wanted in REVIEWER.items():
        for method in ("GET", "POST"):
            assert outcome(ask(people["otto"], method, route, given.public_id)) == wanted, (route, method)
    assert Event.objects.count() == before
    for name in ("hetty", "colin", "clara", "stan", "mel", "adam"):
        assert outcome(people[name].get(given.get_absolute_url())) == MISSING


@pytest.mark.parametrize(("verb", "wanted"), [("submit", 403), ("publish", 403), ("withdraw", 404)])
def test_other_steps_are_not_the_reviewers(verb, wanted, given, people):
    address = reverse("finding_step", args=[given.public_id, verb])
    assert people["otto"].get(address).status_code == wanted
    expected = 404 if wanted == 404 else (403, 409)
    got = people["otto"].post(address, {"version": given.version, "reason": "Why."}).status_code
    assert got == expected or got in (expected if isinstance(expected, tuple) else ())
    assert Finding.objects.get(pk=given.pk).status == "in_review"


def test_the_page_leads_the_reviewer_nowhere_that_is_closed(given, people):
    client = people["otto"]
    for address in (given.get_absolute_url(), "/findings/?status=in_review", "/", "/my-work/"):
        response = client.get(address)
        links = {link["href"] for link in page(response).find("main").find_all("a")}
        assert given.inspection.get_absolute_url() not in links, address
        for link in sorted(links):
            if link.startswith("/") and "take=" not in link:
                assert client.get(link).status_code == 200, (address, link)
    assert "You are asked to review this finding." in text(client.get(given.get_absolute_url()))
    assert "You are asked to review" not in text(people["mary"].get(given.get_absolute_url()))


def test_the_reviewer_sees_no_sign_of_the_inspection_or_its_other_findings(
    given,
    people,
    ines,
    mary,
    cleveland,
    met,
    strategy,
    stockton,
):
    inspection = given.inspection
    addresses = [
        "/",
        "/my-work/",
        "/findings/",
        "/findings/?status=draft&status=in_review&status=agreed&status=withdrawn",
        f"/findings/?inspection={inspection.public_id}",
        "/inspections/",
        "/inspections/?status=drafting",
        given.get_absolute_url(),
        cleveland.get_absolute_url(),
        stockton.get_absolute_url(),
        strategy.get_absolute_url(),
        "/themes/",
        "/dashboard/",
        inspection.get_absolute_url(),
    ]
    before = {address: as_read(people["otto"].get(address)) for address in addresses}
    for state in ("draft", "in_review", "agreed", "withdrawn"):
        for body in (cleveland, met):
            found = logged(inspection, ines, weakness(body, strategy, "critical"), state, reviewer=mary)
            assert outcome(people["otto"].get(found.get_absolute_url())) == MISSING
    inspection.edit(by=mary, values={"topic": "HIDDEN"}, expect=inspection.version)
    after = {address: as_read(people["otto"].get(address)) for address in addresses}
    changed = [address for address in addresses if before[address] != after[address]]
    # The finding's page says which inspection it is of.
    assert changed in ([], [given.get_absolute_url()])
    assert outcome(people["otto"].get(inspection.get_absolute_url())) == MISSING
    listed = page(people["otto"].get("/findings/")).find("main").find_all("article")
    assert [given.public_id in part.find("a")["href"] for part in listed] == [True]


@pytest.mark.parametrize(
    ("verb", "status", "words"), [("agree", "agreed", "Done: agree."), ("return_to_draft", "draft", "Done:")]
)
def test_the_reviewer_decides_and_then_sees_it_no_more(verb, status, words, given, otto, people):
    client = people["otto"]
    opened = client.get(reverse("finding_step", args=[given.public_id, verb]))
    before = Event.objects.count()
    response = submit(client, opened, button=None, reason="Paragraph 16 says so.")
    assert (response.status_code, response.url) == (302, reverse("work"))
    assert words in text(client.get(response.url))
    assert Event.objects.count() == before + 1
    event = given.events().last()
    assert (event.verb, event.by) == (verb.replace("_", " "), otto)
    decided = Finding.objects.get(pk=given.pk)
    assert (decided.status, decided.assigned_to) == (status, None)
    assert outcome(client.get(given.get_absolute_url())) == MISSING
    assert submit(client, opened, button=None, reason="Again.").status_code == 404
    assert Event.objects.count() == before + 1


def test_the_author_given_the_inspection_later_still_does_not_agree_it(in_state, mary, ines, people):
    """Taken off the team, Ines could be a reviewer: not of what she wrote."""
    finding = in_state()
    finding.inspection.edit(by=mary, values={"team": []}, expect=finding.inspection.version)
    finding = Finding.objects.get(pk=finding.pk)
    assert not finding.may_be_assigned_to(ines)
    with pytest.raises(IllegalTransition):
        finding.assign(by=mary, to=ines)
    assert outcome(people["ines"].get(finding.get_absolute_url())) == MISSING


@pytest.mark.parametrize("change", ["somebody else", "nobody", "returned", "agreed", "elsewhere", "demoted"])
def test_when_the_review_ends_the_next_request_finds_nothing(
    change,
    given,
    people,
    mary,
    otto,
    adam,
    hmicfrs,
):
    assert outcome(people["otto"].get(given.get_absolute_url())) == SHOWN
    {
        "somebody else": lambda: given.assign(by=mary, to=mary),
        "nobody": lambda: given.assign(by=mary, to=None),
        "returned": lambda: given.move("return_to_draft", by=mary, reason="Why."),
        "agreed": lambda: given.move("agree", by=mary),
        "elsewhere": lambda: otto.change(by=adam, values={"agency": hmicfrs}),
        "demoted": lambda: otto.change(by=adam, values={"role": ""}),
    }[change]()
    assert outcome(people["otto"].get(given.get_absolute_url())) == MISSING
    address = reverse("finding_step", args=[given.public_id, "agree"])
    assert people["otto"].post(address, {"version": given.version}).status_code == 404


def test_put_on_the_team_the_reviewer_works_on_it_and_agrees_it_no_more(given, people, mary, otto, ines):
    inspection = given.inspection
    inspection.edit(by=mary, values={"team": [ines, otto]}, expect=inspection.version)
    assert outcome(people["otto"].get(inspection.get_absolute_url())) == SHOWN
    address = reverse("finding_step", args=[given.public_id, "agree"])
    assert people["otto"].get(address).status_code == 403


def test_what_lies_on_a_desk_leaves_it_with_the_next_step(in_state, mary, ines):
    for state, verb in (("agreed", "publish"), ("draft", "withdraw"), ("draft", "submit")):
        finding = in_state(state, "published").assign(by=mary, to=ines)
        finding.move(verb, by=mary, reason="Why.")
        assert finding.assigned_to is None, verb


def test_the_agency_does_not_read_who_has_it(in_state, mary, ines, people):
    finding = in_state("agreed", "factual_accuracy").assign(by=mary, to=ines)
    assert "With" in text(people["mary"].get(finding.get_absolute_url()))
    rows = page(people["clara"].get(finding.get_absolute_url())).find("main").find_all("dt")
    assert "With" not in [row.text for row in rows]


# Publishing a finding of a published inspection


def test_publishing_a_finding_by_its_page_issues_its_recommendations(
    in_state,
    people,
    ines,
    mary,
    stan,
    stockton,
):
    finding = in_state("draft", "published")
    recommended(finding, stockton, "draft", author=ines, manager=mary, lead=stan)
    finding.move("submit", by=ines)
    finding.move("agree", by=mary)
    opened = people["mary"].get(reverse("finding_step", args=[finding.public_id, "publish"]))
    before = Event.objects.count()
    assert submit(people["mary"], opened, button=None).status_code == 302
    assert Event.objects.count() == before + 2  # one of each record
    recommendation = Recommendation.objects.get()
    assert recommendation.status == "issued"
    assert recommendation.reference == f"{Finding.objects.get(pk=finding.pk).reference}-R1"


def test_a_manager_who_changed_it_in_review_does_not_agree_it_but_another_does(
    drafting, cleveland, strategy, ines, mary, ofsted, signed_in
):
    finding = logged(drafting, ines, weakness(cleveland, strategy), "in_review")
    finding.edit(by=mary, values={"summary": "Mary's words."}, citations=[], expect=finding.version)
    client = signed_in(mary)
    asked = client.get(reverse("finding_step", args=[finding.public_id, "agree"]))
    response = submit(client, asked)
    assert response.status_code == 409
    assert error_summary(response) == ["You changed it in review, so somebody else agrees it."]
    milo = signed_in(person("Milo", "manager", ofsted))
    assert submit(milo, milo.get(asked.wsgi_request.path)).status_code == 302
    finding.refresh_from_db()
    assert finding.status == "agreed"


def test_what_was_changed_before_it_was_sent_again_is_no_hindrance(drafting, cleveland, strategy, ines, mary):
    finding = logged(drafting, ines, weakness(cleveland, strategy))
    finding.edit(by=mary, values={"summary": "Mary's words."}, citations=[], expect=finding.version)
    finding.move("submit", by=ines)
    assert finding.move("agree", by=mary).status == "agreed"
