"""Kept views: a page with its filters under a name, for oneself or for one's inspectorate, and never a way round the rules."""

from urllib.parse import urlencode

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agencies.models import Event, Kind, Role
from agencies.public_ids import new_public_id
from findings.models import SavedView

from .browsing import choices, error_summary, errors_beside, form, page, submit, text
from .conftest import PASSWORD, agency, person
from .test_concurrency import pages, sent_at_once, statuses
from .who_sees_what import as_read

SERIOUS = "severity=serious&severity=critical&force=cleveland"
KEPT = "What you had typed is back in the form. It is not saved yet: check it, then save."


def new(query=SERIOUS, page="findings", argument=""):
    """The address of the form that keeps this page."""
    return f"/views/new/?{urlencode({'page': page, 'argument': argument, 'query': query})}"


def keep(client, name="Serious", address=None, **changes):
    """Keeps a view through its form, as a person does."""
    return submit(client, client.get(address or new()), button=None, name=name, **changes)


def kept(name="Serious"):
    return SavedView._base_manager.get(name=name)


def events():
    """[(verb, who, through)] of all views, oldest first."""
    found = Event.objects.filter(subject_type="findings.savedview").order_by("pk")
    return [(event.verb, event.by and event.by.first_name, event.channel) for event in found]


def listed(client):
    """{table: names in it} on the page of kept views."""
    return {
        table.find("caption").text: [
            row.find("th").find("a").text for row in table.find("tbody").find_all("tr")
        ]
        for table in page(client.get("/views/")).find_all("table")
    }


@pytest.fixture
def desk(signed_in, ines):
    return signed_in(ines)


@pytest.fixture
def private(ines):
    values = {"name": "Serious", "page": "findings", "query": SERIOUS}
    return SavedView.keep(by=ines, values=values)


@pytest.fixture
def shared(ines, ofsted):
    values = {"name": "Serious", "page": "findings", "query": SERIOUS, "shared_with": ofsted}
    return SavedView.keep(by=ines, values=values)


@pytest.fixture
def people(ines, otto, mary, hugo, hanna, clara, mel, stan, audrey, adam, nobody):
    return [ines, otto, mary, hugo, hanna, clara, mel, stan, audrey, adam, nobody]


# Keeping and opening


def test_a_filtered_list_is_kept_under_a_name_and_opens_with_its_filters(desk, finding):
    shown = desk.get(f"/findings/?{SERIOUS}&page=2")
    (link,) = (link for link in page(shown).find_all("a") if link.text == "Keep this view")
    opened = desk.get(link["href"])
    assert "Police force: Cleveland Police" in text(opened)
    assert "It has no “as of” date, so it moves along" in text(opened)
    answer = submit(desk, opened, button=None, name="  Serious ones ")
    view = kept("Serious ones")
    assert (view.page, view.argument, view.query, view.shared_with) == ("findings", "", SERIOUS, None)
    assert answer.url == view.get_absolute_url()
    assert desk.get(answer.url).url == f"/findings/?{SERIOUS}"
    assert "The view “Serious ones” is kept." in text(desk.get(f"/findings/?{SERIOUS}"))
    assert events() == [("kept", "Ines", "page")]


def test_a_page_with_an_argument_is_kept_with_it(desk, cleveland):
    assert keep(desk, address=new("tab=grades", "agency", "cleveland")).status_code == 302
    view = kept()
    assert (view.page, view.argument) == ("agency", "cleveland")
    assert desk.get(view.get_absolute_url()).url == "/agencies/cleveland/?tab=grades"


def test_a_list_without_filters_can_be_kept_too(desk):
    keep(desk, address=new("", "inspections"))
    assert desk.get(kept().get_absolute_url()).url == "/inspections/"


def test_with_an_as_of_date_it_stays_there(desk):
    seen = text(desk.get(new("as_of=2016-08-05")))
    assert "It has an “as of” date, so it stays at that date: 2016-08-05." in seen
    keep(desk, address=new("as_of=2016-08-05"))
    assert desk.get(kept().get_absolute_url()).url == "/findings/?as_of=2016-08-05"


def test_the_link_carries_the_filters_and_not_the_page_of_the_list(desk, finding):
    for path, name in (("/findings/", "findings"), ("/inspections/", "inspections")):
        tree = page(desk.get(f"{path}?q=a%26b+%C3%A9&page=1"))
        (link,) = (link for link in tree.find_all("a") if link.text == "Keep this view")
        fields = form(desk.get(link["href"]))[1]
        assert (fields["page"], fields["argument"]) == ([name], [""])
        keep(desk, name=name, address=link["href"])
        assert kept(name).query == "q=a%26b+%C3%A9"


def test_everybody_with_a_role_is_offered_it_and_nobody_else(people, signed_in):
    for somebody in people:
        client = signed_in(somebody)
        for path in ("/findings/", "/inspections/"):
            seen = text(client.get(path))
            assert ("Keep this view" in seen, "Kept views" in seen) == (somebody.has_a_role,) * 2
        assert client.get(new()).status_code == (200 if somebody.has_a_role else 403)
        answer = client.post(new(), {"name": "x", "page": "findings", "seen_by": "private"})
        assert answer.status_code == (302 if somebody.has_a_role else 403)
    assert SavedView.objects.count() == 10


def test_signed_out_there_is_only_sign_in(private, client):
    for address in ("/views/", new(), private.get_absolute_url(), f"{private.get_absolute_url()}change/"):
        assert client.get(address).url.startswith("/sign-in/")


# Who sees what


def test_a_private_view_is_for_its_owner_alone(private, people, signed_in, ines):
    for somebody in people:
        client = signed_in(somebody)
        own = somebody == ines
        assert listed(client) == ({"Yours": ["Serious"]} if own else {})
        for page_of_it, answer in (("", 302), ("change/", 200), ("remove/", 200)):
            seen = client.get(private.get_absolute_url() + page_of_it)
            assert seen.status_code == (answer if own else 404), (somebody, page_of_it)


def test_a_shared_view_is_for_the_inspectors_and_managers_of_the_inspectorate(
    shared, people, signed_in, ines
):
    for somebody in people:
        client = signed_in(somebody)
        colleague = somebody.first_name in ("Otto", "Mary")
        table = "Yours" if somebody == ines else "Shared by others in Ofsted" if colleague else None
        assert listed(client) == ({table: ["Serious"]} if table else {})
        opened = client.get(shared.get_absolute_url())
        assert opened.status_code == (302 if table else 404), somebody
        for page_of_it in ("change/", "remove/"):
            for ask in (client.get, client.post):
                seen = ask(shared.get_absolute_url() + page_of_it, {"version": "7", "name": "Mine"})
                expected = (200, 409) if somebody == ines else (403,) if colleague else (404,)
                assert seen.status_code in expected, (somebody, page_of_it)
    assert kept().version == 1


def test_the_list_says_whose_it_is_own_ones_first(desk, signed_in, otto, ines, ofsted):
    for somebody, name in ((otto, "A"), (otto, "c"), (ines, "b"), (ines, "D")):
        SavedView.keep(by=somebody, values={"name": name, "page": "findings", "shared_with": ofsted})
    assert listed(desk) == {"Yours": ["b", "D"], "Shared by others in Ofsted": ["A", "c"]}
    tables = page(desk.get("/views/")).find_all("table")
    assert "Otto Example" in tables[1].text
    links = [[link["href"].split("/")[-2] for link in table.find_all("a")] for table in tables]
    assert [("change" in found, "remove" in found) for found in links] == [(True, True), (False, False)]


def test_what_is_shown_is_what_the_one_who_opens_it_may_see(
    desk, signed_in, otto, ines, ofsted, draft, finding
):
    query = "status=draft&status=published"
    values = {"name": "All", "page": "findings", "query": query, "shared_with": ofsted}
    address = SavedView.keep(by=ines, values=values).get_absolute_url()
    mine, his = (client.get(client.get(address).url) for client in (desk, signed_in(otto)))
    assert "DRAFT-WORDS" in text(mine)
    assert finding.summary in text(his)
    assert "DRAFT-WORDS" not in text(his)


def test_a_shared_filter_by_a_hidden_inspection_answers_as_for_a_random_id(
    signed_in, otto, ines, ofsted, drafting
):
    answers = []
    for public_id in (drafting.public_id, new_public_id()):
        values = {"page": "findings", "query": f"inspection={public_id}", "shared_with": ofsted}
        view = SavedView.keep(by=ines, values={**values, "name": public_id})
        opened = signed_in(otto).get(view.get_absolute_url())
        assert opened.url == f"/findings/?inspection={public_id}"
        answers.append(as_read(signed_in(otto).get(opened.url), public_id))
    assert answers[0] == answers[1]
    assert "Stockton" not in answers[0].split("<main")[1].split("app-columns__main")[1]


def test_the_form_names_a_filter_only_to_those_who_may_see_what_it_filters_by(
    desk, signed_in, otto, drafting
):
    address = new(f"inspection={drafting.public_id}")
    assert "Inspection: Stockton-on-Tees" in text(desk.get(address))
    his, unknown = new_public_id(), new_public_id()
    answers = [
        as_read(signed_in(otto).get(new(f"inspection={key}")), key)
        for key in (drafting.public_id, his, unknown)
    ]
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize(
    "values",
    [
        {"is_active": False},
        {"role": ""},
        {"role": Role.AUDITOR, "agency": None},
        {"agency": "Estyn"},
    ],
    ids=["deactivated", "without a role", "auditor", "elsewhere"],
)
def test_when_the_owner_is_no_longer_there_it_is_shared_no_longer_and_comes_back_with_them(
    shared, values, ines, otto, adam, ofsted, signed_in
):
    colleague = signed_in(otto)
    if values.get("agency"):
        values = {"agency": agency("Estyn", Kind.INSPECTORATE, "EST")}
    ines.change(by=adam, values=values)
    assert listed(colleague) == {}
    assert colleague.get(shared.get_absolute_url()).status_code == 404
    if ines.has_a_role:
        assert listed(signed_in(ines)) == {"Yours": ["Serious"]}
        assert "Only me" in text(signed_in(ines).get("/views/"))
        assert signed_in(ines).get(shared.get_absolute_url()).status_code == 302
    ines.change(by=adam, values={"is_active": True, "role": Role.INSPECTOR, "agency": ofsted})
    assert listed(colleague) == {"Shared by others in Ofsted": ["Serious"]}


def test_whoever_moves_elsewhere_may_still_rename_share_and_remove_there(
    shared, ines, adam, hugo, hmicfrs, signed_in
):
    ines.change(by=adam, values={"agency": hmicfrs})
    client = signed_in(ines)
    opened = client.get(f"{shared.get_absolute_url()}change/")
    assert form(opened)[1]["seen_by"] == ["private"]
    assert submit(client, opened, button=None, name="Moved", seen_by="shared").status_code == 302
    assert kept("Moved").shared_with == hmicfrs
    assert listed(signed_in(hugo)) == {"Shared by others in HMICFRS": ["Moved"]}
    submit(client, client.get(f"{shared.get_absolute_url()}remove/"), button=None)
    assert listed(client) == {}


def test_somebody_who_left_an_inspectorate_sees_its_views_no_more(shared, otto, adam, hmicfrs, signed_in):
    client = signed_in(otto)
    assert client.get(shared.get_absolute_url()).status_code == 302
    otto.change(by=adam, values={"agency": hmicfrs})
    assert client.get(shared.get_absolute_url()).status_code == 404


# Sharing


def test_inspectors_and_managers_share_with_their_own_inspectorate(desk, signed_in, mary, ofsted):
    for client, name in ((desk, "Hers"), (signed_in(mary), "The manager's")):
        assert choices(client.get(new()), "seen_by") == {
            "private": "Only me",
            "shared": "Inspectors and managers of Ofsted",
        }
        keep(client, name=name, seen_by="shared")
        assert kept(name).shared_with == ofsted


def test_nobody_else_is_offered_to_share_and_what_they_post_stays_private(
    clara, stan, audrey, adam, signed_in, ofsted
):
    for somebody in (clara, stan, audrey, adam):
        client = signed_in(somebody)
        assert choices(client.get(new()), "seen_by") == {}
        keep(client, name=somebody.first_name, seen_by="shared", shared_with=ofsted.pk)
        assert kept(somebody.first_name).shared_with is None


def test_the_verbs_refuse_to_share_with_another_inspectorate(private, ines, clara, hmicfrs, cleveland):
    for somebody, body in ((ines, hmicfrs), (ines, cleveland), (clara, cleveland)):
        with pytest.raises(ValidationError, match="only with their own inspectorate"):
            SavedView.keep(by=somebody, values={"name": "X", "page": "findings", "shared_with": body})
    with pytest.raises(ValidationError, match="only with their own inspectorate"):
        private.edit(by=ines, name="X", shared_with=hmicfrs, expect=1)
    assert len(events()) == 1


@pytest.mark.parametrize("seen_by", ["", "everybody", "1\x00"])
def test_another_choice_of_who_sees_it_is_refused(desk, seen_by):
    answer = keep(desk, seen_by=seen_by)
    assert answer.status_code == 200
    assert len(errors_beside(answer, "id_seen_by")) == 1
    assert not SavedView.objects.exists()


# Changing and removing


def test_the_owner_renames_shares_and_takes_back_each_with_one_event(desk, private, signed_in, otto, ofsted):
    colleague = signed_in(otto)
    change = f"{private.get_absolute_url()}change/"
    steps = [
        ({"name": "Renamed"}, ("Renamed", None)),
        ({"seen_by": "shared"}, ("Renamed", ofsted)),
        ({"seen_by": "private"}, ("Renamed", None)),
    ]
    for changes, wanted in steps:
        answer = submit(desk, desk.get(change), button=None, **changes)
        assert answer.url == "/views/"
        assert "The view “Renamed” is saved." in text(desk.get("/views/"))
        private.refresh_from_db()
        assert (private.name, private.shared_with) == wanted
        assert bool(listed(colleague)) == (wanted[1] is not None)
    assert events() == [("kept", "Ines", "page"), *[("edited", "Ines", "page")] * 3]
    assert private.version == 4
    submit(desk, desk.get(change), button=None)  # nothing changed
    assert len(events()) == 4
    assert desk.get(private.get_absolute_url()).url == f"/findings/?{SERIOUS}"


def test_what_is_kept_cannot_be_changed_under_its_name(desk, private):
    change = desk.get(f"{private.get_absolute_url()}change/")
    submit(desk, change, button=None, page="agencies", query="x=1", owner="1", argument="x", name="Renamed")
    view = kept("Renamed")
    assert (view.page, view.query, view.owner.first_name) == ("findings", SERIOUS, "Ines")


def test_a_removed_view_is_gone_for_everybody_and_its_name_free_again(desk, shared, signed_in, otto, ines):
    colleague = signed_in(otto)
    asked = desk.get(f"{shared.get_absolute_url()}remove/")
    assert "It disappears for you and for the inspectors and managers of Ofsted." in text(asked)
    assert listed(desk) == {"Yours": ["Serious"]}
    answer = submit(desk, asked, button=None)
    assert answer.url == "/views/"
    assert "The view “Serious” is removed." in text(desk.get("/views/"))
    assert listed(desk) == listed(colleague) == {}
    for client in (desk, colleague):
        for page_of_it in ("", "change/", "remove/"):
            gone, unknown = (
                as_read(client.get(f"/views/{public_id}/{page_of_it}"), public_id)
                for public_id in (shared.public_id, new_public_id())
            )
            assert gone == unknown
            assert gone.startswith("(404")
    assert events() == [("kept", "Ines", "page"), ("removed", "Ines", "page")]
    assert submit(desk, asked, button=None).url == "/views/"  # pressed twice
    assert len(events()) == 2
    keep(desk)
    assert listed(desk) == {"Yours": ["Serious"]}


def test_a_view_changed_meanwhile_is_not_removed(desk, private, ines):
    asked = desk.get(f"{private.get_absolute_url()}remove/")
    private.edit(by=ines, name="Renamed", shared_with=None, expect=1)
    answer = submit(desk, asked, button=None)
    assert answer.status_code == 409
    assert error_summary(answer) == ["This view was changed meanwhile. Read it again before you decide."]
    assert listed(desk) == {"Yours": ["Renamed"]}
    assert submit(desk, answer, button=None).status_code == 302
    assert listed(desk) == {}


@pytest.mark.parametrize("version", ["", "abc", "-1", "99"])
def test_without_a_sound_version_nothing_is_changed_or_removed(desk, private, version):
    for page_of_it in ("change/", "remove/"):
        address = private.get_absolute_url() + page_of_it
        answer = desk.post(address, {"version": version, "name": "Renamed", "seen_by": "private"})
        assert answer.status_code == 409
    assert kept().version == 1


# Names


def test_a_view_needs_a_name(desk):
    for name in ("", "   "):
        answer = keep(desk, name=name)
        assert errors_beside(answer, "id_name") == ["Give the view a name."]
        assert form(answer)[1]["query"] == [SERIOUS]
    assert len(errors_beside(keep(desk, name="n" * 121), "id_name")) == 1
    assert keep(desk, name="n" * 120).status_code == 302


def test_one_person_keeps_one_view_of_a_name_others_may_have_the_same(desk, private, signed_in, otto):
    answer = keep(desk, address=new("severity=minor"), seen_by="shared")
    assert answer.status_code == 200
    taken = ["You already keep a view of this name. Choose another name."]
    assert errors_beside(answer, "id_name") == taken
    fields = form(answer)[1]
    assert (fields["name"], fields["seen_by"], fields["query"]) == (
        ["Serious"],
        ["shared"],
        ["severity=minor"],
    )
    assert submit(desk, answer, button=None, name="Minor").status_code == 302
    change = desk.get(f"{private.get_absolute_url()}change/")
    answer = submit(desk, change, button=None, name="Minor")
    assert (answer.status_code, errors_beside(answer, "id_name")) == (200, taken)
    assert form(answer)[1]["name"] == ["Minor"]
    assert keep(signed_in(otto), name="Serious").status_code == 302


def test_the_database_itself_refuses_a_second_view_of_a_name(private, ines):
    second = SavedView(owner=ines, name="Serious", page="findings")
    second._in_verb = True
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save()


def test_a_hostile_name_is_shown_as_it_was_typed(desk, signed_in, otto):
    name = "<script>alert(1)</script>\"'&lt;{{ 7|add:7 }}"
    keep(desk, name=name, seen_by="shared")
    public_id = kept(name).public_id
    seen = [
        desk.get("/findings/"),  # with the message
        desk.get("/views/"),
        desk.get(f"/views/{public_id}/change/"),
        desk.get(f"/views/{public_id}/remove/"),
        signed_in(otto).get("/views/"),
    ]
    for answer in seen:
        assert name in text(answer) or form(answer)[1]["name"] == [name]
        assert "<script>alert" not in answer.content.decode()


# Nothing but pages of the register


@pytest.mark.parametrize(
    ("query", "stored"),
    [
        ("javascript:alert(1)", "javascript%3Aalert%281%29="),
        ("//evil.example/", "%2F%2Fevil.example%2F="),
        ("q=a\r\nSet-Cookie: x=1", "q=a%0D%0ASet-Cookie%3A+x%3D1"),
        ("q=%0d%0aLocation:%20//evil.example", "q=%0D%0ALocation%3A+%2F%2Fevil.example"),
        ("q=x#//evil.example", "q=x%23%2F%2Fevil.example"),
        ("q=<script>", "q=%3Cscript%3E"),
        ("q=%00", "q=%00"),
        ("q=%ff", "q=%EF%BF%BD"),
        ("page=7&q=x&page=8", "q=x"),
        ("page=7", ""),
        ("&&&", ""),
        ("q=", "q="),
    ],
)
def test_a_query_is_taken_apart_and_put_together_again(desk, query, stored):
    answer = desk.post(new(), {"name": "Hostile", "page": "findings", "query": query, "seen_by": "private"})
    view = kept("Hostile")
    assert view.query == stored
    assert answer.url == view.get_absolute_url()
    opened = desk.get(answer.url)
    assert opened.url == ("/findings/?" + stored if stored else "/findings/")
    assert desk.get(opened.url).status_code == 200


@pytest.mark.parametrize("query", ["q=" + "x" * 4998, "q=" + "é" * 400, "a&" * 1000])
def test_too_long_a_query_is_an_error_and_the_name_stays(desk, query):
    """It counts as it is stored: encoded, every name with its “=”."""
    answer = desk.post(new(""), {"name": "Long", "page": "findings", "query": query, "seen_by": "shared"})
    too_long = "There are too many filters to keep. Choose fewer, or shorter words to search for."
    assert error_summary(answer) == [f"Filters: {too_long}"]
    fields = form(answer)[1]
    assert (fields["name"], fields["seen_by"]) == (["Long"], ["shared"])
    assert too_long in text(desk.get(new(query)))
    assert not SavedView.objects.exists()


def test_the_longest_query_fits(desk):
    longest = "q=" + "x" * 1998
    assert keep(desk, address=new(longest)).status_code == 302
    assert desk.get(kept().get_absolute_url()).url == f"/findings/?{longest}"


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        ("", ""),
        ("home", ""),
        ("finding", "bcdfghjkmnpqrstv"),
        ("admin:index", ""),
        ("sign_out", ""),
        ("https://evil.example/", ""),
        ("//evil.example", ""),
        ("findings", "extra"),
        ("agency", ""),
        ("agency", "../admin"),
        ("agency", "cleveland/../../admin"),
        ("agency", "//evil.example"),
        ("agency", "clev\neland"),
        ("agency", "c" * 121),
        ("agency", "é"),
        ("findings\x00", ""),
    ],
)
def test_no_other_page_can_be_kept(desk, name, argument):
    answer = desk.post(new(), {"name": "Elsewhere", "page": name, "argument": argument, "seen_by": "private"})
    assert answer.status_code == 200
    assert any("Page: " in line for line in error_summary(answer))
    assert form(answer)[1]["name"] == ["Elsewhere"]
    if len(argument) <= 120:
        asked = desk.get(new("", name, argument))
        assert "This page cannot be kept." in text(asked)
        assert "evil" not in asked.content.decode()
    with pytest.raises(ValidationError):
        SavedView.keep(by=answer.context["user"], values={"name": "E", "page": name, "argument": argument})
    assert not SavedView.objects.exists()


def test_a_page_that_the_register_has_no_more_is_missing_and_can_be_removed(desk, private):
    table = SavedView._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET page = 'agency', argument = ''")
    assert desk.get(private.get_absolute_url()).status_code == 404
    assert listed(desk) == {"Yours": ["Serious"]}
    assert desk.get(f"{private.get_absolute_url()}change/").status_code == 200
    submit(desk, desk.get(f"{private.get_absolute_url()}remove/"), button=None)
    assert listed(desk) == {}


# Sent twice, too late, or without a session


def test_the_same_form_sent_twice_keeps_one(desk):
    opened = desk.get(new())
    first, second = (submit(desk, opened, button=None, name="Serious") for _ in range(2))
    assert first.url == second.url == kept().get_absolute_url()
    assert events() == [("kept", "Ines", "page")]


def test_sent_again_with_other_words_it_is_a_change_of_what_was_kept(desk, ofsted):
    opened = desk.get(new())
    submit(desk, opened, button=None, name="Serious")
    again = submit(desk, opened, button=None, name="Serious ones", seen_by="shared")
    assert again.status_code == 409
    assert "You have kept this view already" in text(again)
    fields = form(again)[1]
    assert (fields["name"], fields["seen_by"]) == (["Serious ones"], ["shared"])
    assert kept().version == 1
    assert submit(desk, again, button=None).status_code == 302
    assert SavedView.objects.count() == 1
    assert kept("Serious ones").shared_with == ofsted


def test_a_key_of_another_person_keeps_nothing_twice_and_hides_nothing(desk, signed_in, otto):
    opened = desk.get(new())
    submit(desk, opened, button=None, name="Serious")
    address, fields = form(opened)
    colleague = signed_in(otto)
    for _ in range(2):
        colleague.post(address, {name: value[0] for name, value in fields.items()} | {"name": "Otto's"})
    assert SavedView.objects.filter(owner=otto).count() == 1


def test_a_change_against_an_older_version_shows_both_and_saves_neither(desk, private, ines, ofsted):
    opened = desk.get(f"{private.get_absolute_url()}change/")
    private.edit(by=ines, name="From another window", shared_with=ofsted, expect=1)
    late = submit(desk, opened, button=None, name="From this one")
    assert late.status_code == 409
    assert "This view was changed meanwhile, in another window" in text(late)
    rows = page(late).find("table").find("tbody").find_all("tr")
    assert [[cell.text for cell in row.children if hasattr(cell, "text")] for row in rows] == [
        ["Name", "From this one", "From another window"],
        ["Who sees it", "Only me", "Inspectors and managers of Ofsted"],
    ]
    assert form(late)[1]["name"] == ["From this one"]
    assert kept("From another window").version == 2
    assert submit(desk, late, button=None).status_code == 302
    assert kept("From this one").version == 3


def test_the_same_change_sent_twice_is_saved_once(desk, private):
    opened = desk.get(f"{private.get_absolute_url()}change/")
    for _ in range(2):
        assert submit(desk, opened, button=None, name="Renamed").status_code == 302
    assert events()[1:] == [("edited", "Ines", "page")]


@pytest.mark.django_db(transaction=True)
def test_eight_clicks_at_once_keep_one_view(signed_in, ines):
    client = signed_in(ines)
    opened = [(client, *form(client.get(new())))] * 8
    answers = sent_at_once(opened, lambda number: {"name": "Serious"})
    assert statuses(answers) == [302] * 8
    assert {answer.url for answer in answers} == {kept().get_absolute_url()}
    assert events() == [("kept", "Ines", "page")]


@pytest.mark.django_db(transaction=True)
def test_of_eight_windows_at_once_one_gets_the_name(signed_in, ines):
    client = signed_in(ines)
    answers = sent_at_once(pages([client] * 8, new()), lambda number: {"name": "Serious"})
    assert statuses(answers) == [200] * 7 + [302]
    assert SavedView.objects.count() == len(events()) == 1
    for number in range(8):
        SavedView.keep(by=ines, values={"name": f"{number}", "page": "findings"})
    changes = [f"{view.get_absolute_url()}change/" for view in SavedView.objects.exclude(name="Serious")]
    opened = [(client, *form(client.get(address))) for address in changes]
    assert statuses(sent_at_once(opened, lambda number: {"name": "The one"})) == [200] * 7 + [302]
    assert SavedView.objects.filter(name="The one").count() == 1


@pytest.fixture
def browser(ines):
    """Ines's browser, which checks CSRF tokens as a real one has to."""
    client = Client(enforce_csrf_checks=True)
    sign_in(client, client.get("/sign-in/"), ines)
    return client


def sign_in(client, response, somebody):
    return submit(client, response, button=None, username=somebody.email, password=PASSWORD)


def test_what_was_typed_outlives_the_session(browser, ines):
    opened = browser.get(new())
    browser.session.flush()
    lost = submit(browser, opened, button=None, name="Typed before", seen_by="shared")
    assert "We have kept what you typed" in text(lost)
    assert not SavedView.objects.exists()
    back = browser.get(sign_in(browser, lost, ines).url)
    assert KEPT in text(back)
    fields = form(back)[1]
    assert (fields["name"], fields["seen_by"], fields["query"]) == (["Typed before"], ["shared"], [SERIOUS])
    assert submit(browser, back, button=None).status_code == 302
    assert kept("Typed before").query == SERIOUS


def test_a_changed_name_outlives_the_session_with_the_version_it_was_made_against(browser, private, ines):
    opened = browser.get(f"{private.get_absolute_url()}change/")
    browser.session.flush()
    lost = submit(browser, opened, button=None, name="Typed before")
    private.edit(by=ines, name="Meanwhile", shared_with=None, expect=1)
    back = browser.get(sign_in(browser, lost, ines).url)
    assert (form(back)[1]["name"], form(back)[1]["version"]) == (["Typed before"], ["1"])
    assert submit(browser, back, button=None).status_code == 409


def test_a_removal_without_a_session_removes_nothing(browser, private, ines):
    opened = browser.get(f"{private.get_absolute_url()}remove/")
    browser.session.flush()
    lost = submit(browser, opened, button=None)
    assert lost.url.startswith("/sign-in/?next=")
    assert SavedView.objects.visible_to(ines).count() == 1


# History, and what the list costs


def test_a_view_changes_only_through_its_verbs(private):
    for attempt in (private.save, private.delete, lambda: SavedView.objects.filter(pk=private.pk).delete()):
        with pytest.raises(TypeError, match=r"only through its verbs|is never deleted"):
            attempt()
    for verb in (SavedView.keep, private.edit, private.remove):
        with pytest.raises(TypeError):
            verb()


def test_nobody_reads_in_the_administration_what_others_keep(private, shared_events, adam, signed_in):
    seen = signed_in(adam).get("/admin/agencies/event/").content.decode()
    assert "Serious" not in seen
    assert "savedview" not in seen


@pytest.fixture
def shared_events(private, ines, ofsted):
    return private.edit(by=ines, name="Serious, shared", shared_with=ofsted, expect=1)


def test_the_list_costs_the_same_with_one_row_and_three(ines, otto, ofsted, signed_in):
    client = signed_in(ines)
    asked = []
    for count in (1, 2, 3):
        for somebody in (ines, otto):
            SavedView.keep(
                by=somebody, values={"name": f"{count}", "page": "findings", "shared_with": ofsted}
            )
        with CaptureQueriesContext(connection) as queries:
            assert sum(map(len, listed(client).values())) == 2 * count
        asked.append(len(queries))
    assert asked == [5, 5, 5]


def test_a_long_list_has_pages(ines, ofsted, signed_in):
    for number in range(51):
        SavedView.keep(by=ines, values={"name": f"View {number:02}", "page": "findings"})
    somebody = person("Olga", Role.INSPECTOR, ofsted)
    SavedView.keep(by=somebody, values={"name": "A", "page": "findings", "shared_with": ofsted})
    client = signed_in(ines)
    assert len(listed(client)["Yours"]) == 50
    second = page(client.get("/views/?page=2"))
    assert [table.find("caption").text for table in second.find_all("table")] == [
        "Yours",
        "Shared by others in Ofsted",
    ]
