"""Comments: who reads and posts them, what is private stays within one inspectorate, sent twice is posted once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.models import Event, Role
from findings.models import Comment, Finding, Recommendation
from inspections.models import IllegalTransition

from .browsing import choices, error_summary, form, page, submit, text
from .conftest import person, weakness
from .states import logged
from .who_sees_what import FINDINGS, MISSING, REFUSED, SHOWN, mismatches, sees_finding

ROUTES = {"finding_comment", "recommendation_comment", "comment_withdraw"}
PRIVATE, SHARED = "PRIVATE-WORDS of the inspectorate.", "SHARED-WORDS for the agency."
AT_WORK = {"ines", "mary", "hugo"}  # on the team, or manager of the lead
OURS = "Only people of Ofsted who work on this"


def comments_shown(client, record):
    """The words of the comments on the record's page."""
    main = page(client.get(record.get_absolute_url())).find("main")
    return [part.text for part in main.find_all("article", class_="app-comment")]


def comment(finding, by, audience="inspectorate", text=PRIVATE, **about):
    return Comment.post(by=by, finding=finding, audience=audience, text=text, **about)


# Who posts, in every state


def comments(name, state, status):
    """Those at work on it, and Clara once her force's finding is shown to her."""
    if state in ("withdrawn", "tombstone"):
        return False
    return name in AT_WORK or name == "clara"


@pytest.mark.parametrize(("state", "status"), FINDINGS)
def test_those_at_work_and_the_agency_concerned_comment_on_a_finding(
    state,
    status,
    people,
    make,
    ines,
    mary,
    cleveland,
    strategy,
):
    finding = logged(make(status), ines, weakness(cleveland, strategy), state, reviewer=mary)
    before = Event.objects.count()

    def expected(name):
        if not sees_finding(name, state, status):
            return MISSING
        return SHOWN if comments(name, state, status) else REFUSED

    assert mismatches(people, "finding_comment", finding.public_id, expected) == []
    assert Event.objects.count() == before


@pytest.fixture
def addressed(make, ines, mary, cleveland, stockton, strategy):
    """addressed(issued): a recommendation to Stockton's council, of a finding about Cleveland Police."""

    def build(issued=True):
        finding = logged(make("published"), ines, weakness(cleveland, strategy), "published", reviewer=mary)
        values = {"addressee": stockton, "text": "Challenge the police."}
        found = Recommendation.draft(by=ines, finding=finding, values=values)
        return found.issue(by=mary) if issued else found

    return build


@pytest.mark.parametrize("issued", [True, False])
def test_those_at_work_and_the_addressee_comment_on_a_recommendation(
    issued,
    people,
    addressed,
):
    recommendation = addressed(issued)
    before = Event.objects.count()

    def expected(name):
        if not issued:
            return SHOWN if name in AT_WORK else REFUSED if name in ("hanna", "audrey") else MISSING
        if name == "nobody":
            return MISSING
        return SHOWN if name in (*AT_WORK, "stan") else REFUSED

    assert mismatches(people, "recommendation_comment", recommendation.public_id, expected) == []
    assert Event.objects.count() == before


@pytest.mark.parametrize("audience", ["inspectorate", "agency"])
def test_only_who_posted_a_comment_takes_it_back_and_only_its_readers_know_of_it(
    audience,
    people,
    make,
    ines,
    mary,
    cleveland,
    strategy,
):
    finding = logged(make("published"), ines, weakness(cleveland, strategy), "published", reviewer=mary)
    posted = comment(finding, ines, audience)
    readers = {"mary", "audrey"} | ({"hugo", "hanna", "clara"} if audience == "agency" else set())
    before = Event.objects.count()

    def expected(name):
        return REFUSED if name in readers else SHOWN if name == "ines" else MISSING

    wrong = mismatches(people, "comment_withdraw", posted.public_id, expected)
    assert wrong == [("ines", "POST", SHOWN, 302)]  # she may, so it is done
    assert Event.objects.count() == before + 1


# Posting


@pytest.mark.parametrize(
    ("name", "audience", "of", "shared_with"),
    [
        ("ines", "inspectorate", "ofsted", None),
        ("ines", "agency", "ofsted", "cleveland"),
        ("mary", "inspectorate", "ofsted", None),
        ("hugo", "inspectorate", "hmicfrs", None),
        ("clara", None, None, "cleveland"),
    ],
)
def test_posting_is_one_event_with_the_audience_chosen(
    name, audience, of, shared_with, joint, request, signed_in
):
    by = request.getfixturevalue(name)
    client = signed_in(by)
    opened = client.get(joint.get_absolute_url())
    before, versions = Event.objects.count(), joint.version
    chosen = {} if audience is None else {"audience": audience}
    response = submit(client, opened, button=None, text="Was it  so?\nYes.", **chosen)
    assert (response.status_code, response.url) == (302, f"{joint.get_absolute_url()}#comments")
    posted = Comment.objects.get()
    assert Event.objects.count() == before + 1
    event = posted.events().get()
    assert (event.verb, event.by, event.channel) == ("posted", by, "page")
    assert event.after["text"] == posted.text == "Was it  so?\nYes."
    assert posted.audience == (audience or "agency")
    assert posted.of_inspectorate == (request.getfixturevalue(of) if of else None)
    assert posted.with_agency == (request.getfixturevalue(shared_with) if shared_with else None)
    joint.refresh_from_db()
    assert joint.version == versions


@pytest.fixture
def joint(make, ines, mary, cleveland, strategy):
    """A published finding about Cleveland Police of the joint inspection on which Ines and Hugo work."""
    return logged(make("published"), ines, weakness(cleveland, strategy), "published", reviewer=mary)


def test_the_audience_is_chosen_before_posting_and_has_no_default(joint, ines, clara, signed_in):
    client = signed_in(ines)
    opened = client.get(joint.get_absolute_url())
    assert choices(opened, "audience") == {
        "inspectorate": OURS,
        "agency": "Everybody who works on this, and Cleveland Police",
    }
    response = submit(client, opened, button=None, text="To whom?")
    assert response.status_code == 200
    assert error_summary(response) == ["Who may read it: Choose who may read it."]
    assert "To whom?" in form(response)[1]["text"]
    assert not Comment.objects.exists()
    assert choices(signed_in(clara).get(joint.get_absolute_url()), "audience") == {}


def test_an_empty_comment_is_not_posted(joint, ines, signed_in):
    client = signed_in(ines)
    response = submit(client, client.get(joint.get_absolute_url()), button=None, audience="agency", text=" ")
    assert error_summary(response) == ["Comment: Write the comment."]
    assert not Comment.objects.exists()


def test_an_agency_cannot_post_what_it_could_not_read(joint, clara, signed_in):
    """The choice is not hers, whatever her browser sends."""
    client = signed_in(clara)
    opened = client.get(joint.get_absolute_url())
    assert submit(client, opened, button=None, text="Ours.", audience="inspectorate").status_code == 302
    assert Comment.objects.get().audience == "agency"


@pytest.mark.parametrize(
    ("status", "state", "may"),
    [
        ("drafting", "draft", False),
        ("drafting", "in_review", False),
        ("drafting", "agreed", False),
        ("factual_accuracy", "in_review", False),
        ("factual_accuracy", "agreed", True),
        ("embargoed", "agreed", True),
        ("published", "published", True),
    ],
)
def test_nothing_is_shared_on_what_the_agency_cannot_see(
    status,
    state,
    may,
    make,
    ines,
    mary,
    clara,
    cleveland,
    strategy,
    signed_in,
):
    finding = logged(make(status), ines, weakness(cleveland, strategy), state, reviewer=mary)
    assert finding.is_seen_by_agency == may
    assert Finding.objects.visible_to(clara).filter(pk=finding.pk).exists() == may
    client = signed_in(ines)
    opened = client.get(finding.get_absolute_url())
    response = submit(client, opened, button=None, text=SHARED, audience="agency")
    if may:
        assert response.status_code == 302
    else:
        assert error_summary(response) == ["Who may read it: The agency cannot see this yet."]
        with pytest.raises(IllegalTransition):
            comment(finding, ines, "agency", SHARED)
    assert Comment.objects.exists() == may
    assert submit(client, opened, button=None, text=PRIVATE, audience="inspectorate").status_code in (
        302,
        409,
    )


@pytest.mark.parametrize("issued", [True, False])
def test_a_draft_recommendation_is_not_shared_with_its_addressee(issued, addressed, ines, stan, signed_in):
    recommendation = addressed(issued)
    assert recommendation.is_seen_by_addressee == issued
    assert Recommendation.objects.visible_to(stan).exists() == issued
    client = signed_in(ines)
    opened = client.get(reverse("recommendation_comment", args=[recommendation.public_id]))
    assert choices(opened, "audience")["agency"].endswith("and Stockton-on-Tees Borough Council")
    address, fields = form(opened)
    sent = {**fields, "text": SHARED, "audience": "agency"}
    response = client.post(address, sent)
    assert Comment.objects.exists() == issued
    if not issued:
        assert error_summary(response) == ["Who may read it: The agency cannot see this yet."]


def test_of_a_finding_in_check_its_agency_sees_the_drafted_recommendation_only_when_it_is_addressed_too(
    make,
    ines,
    mary,
    clara,
    stan,
    cleveland,
    stockton,
    strategy,
):
    finding = logged(make("factual_accuracy"), ines, weakness(cleveland, strategy), reviewer=mary)
    for addressee in (cleveland, stockton):
        Recommendation.draft(by=ines, finding=finding, values={"addressee": addressee, "text": "Attend."})
    finding.move("submit", by=ines)
    finding.move("agree", by=mary)
    for recommendation in Recommendation.objects.all():
        reader = clara if recommendation.addressee == cleveland else stan
        seen = Recommendation.objects.visible_to(reader).filter(pk=recommendation.pk).exists()
        assert recommendation.is_seen_by_addressee == seen == (reader is clara)


# Sent twice, sent without a session


def test_the_same_form_sent_twice_posts_one_comment(joint, ines, signed_in):
    client = signed_in(ines)
    opened = client.get(joint.get_absolute_url())
    for _time in range(2):
        response = submit(client, opened, button=None, text=SHARED, audience="agency")
        assert response.status_code == 302
    assert Comment.objects.count() == 1
    assert Event.objects.filter(subject_type="findings.comment").count() == 1


def test_the_same_form_sent_again_with_other_words_asks_before_it_posts_another(joint, ines, signed_in):
    client = signed_in(ines)
    opened = client.get(joint.get_absolute_url())
    submit(client, opened, button=None, text="First.", audience="agency")
    response = submit(client, opened, button=None, text="Second.", audience="agency")
    assert response.status_code == 409
    assert "posted already, with other words" in error_summary(response)[0]
    assert Comment.objects.count() == 1
    assert submit(client, response, button=None).status_code == 302
    assert sorted(Comment.objects.values_list("text", flat=True)) == ["First.", "Second."]


def test_a_comment_sent_without_a_session_comes_back_after_signing_in(joint, ines, signed_in):
    from .conftest import PASSWORD

    client = signed_in(ines)
    opened = client.get(joint.get_absolute_url())
    client.session.flush()
    asked = submit(client, opened, button=None, text="Kept words.", audience="inspectorate")
    response = submit(client, asked, button=None, username=ines.email, password=PASSWORD)
    assert response.url == reverse("finding_comment", args=[joint.public_id])
    back = client.get(response.url)
    assert "What you had typed is back in the form." in text(back)
    fields = form(back)[1]
    assert (fields["text"], fields["audience"]) == (["Kept words."], ["inspectorate"])
    assert not Comment.objects.exists()
    assert submit(client, back, button=None).status_code == 302


def test_what_was_typed_and_not_posted_is_offered_on_the_page_of_the_finding(joint, ines, mary, signed_in):
    from agencies.models import TypedText

    address = reverse("finding_comment", args=[joint.public_id])
    fields = {"text": ["Half a comment."]}
    TypedText.keep(person=ines, key="sheet-of-ines", order=1, path=address, fields=fields)
    assert "You were typing a comment here" in text(signed_in(ines).get(joint.get_absolute_url()))
    assert "Half a comment." in text(signed_in(ines).get(address))
    assert "You were typing a comment here" not in text(signed_in(mary).get(joint.get_absolute_url()))


# Who reads


def posted_by_everybody(finding, ines, hugo):
    """A private one and a shared one of each inspectorate."""
    for by, house in ((ines, "ofsted"), (hugo, "hmicfrs")):
        comment(finding, by, "inspectorate", f"PRIVATE-WORDS {house}")
        comment(finding, by, "agency", f"SHARED-WORDS {house}")


READ = {
    "ines": {"PRIVATE-WORDS ofsted", "SHARED-WORDS ofsted", "SHARED-WORDS hmicfrs"},
    "mary": {"PRIVATE-WORDS ofsted", "SHARED-WORDS ofsted", "SHARED-WORDS hmicfrs"},
    "hugo": {"PRIVATE-WORDS hmicfrs", "SHARED-WORDS ofsted", "SHARED-WORDS hmicfrs"},
    "hanna": {"PRIVATE-WORDS hmicfrs", "SHARED-WORDS ofsted", "SHARED-WORDS hmicfrs"},
    "audrey": {
        "PRIVATE-WORDS ofsted",
        "PRIVATE-WORDS hmicfrs",
        "SHARED-WORDS ofsted",
        "SHARED-WORDS hmicfrs",
    },
    "clara": {"SHARED-WORDS ofsted", "SHARED-WORDS hmicfrs"},
}
EVERYBODY = ["ines", "mary", "hugo", "hanna", "audrey", "clara", "otto", "hetty", "colin"]
EVERYBODY += ["mel", "stan", "adam"]


@pytest.mark.parametrize("name", EVERYBODY)
def test_each_reads_what_is_meant_for_them_and_nobody_else_a_word_on_any_page(
    name,
    joint,
    people,
    ines,
    hugo,
):
    """Pages, lists, the administration: private words are in none of another inspectorate or of the agency."""
    client = people[name]
    addresses = [
        "/",
        "/findings/",
        "/findings/?q=WORDS",
        joint.get_absolute_url(),
        joint.inspection.get_absolute_url(),
        joint.attributed_to.get_absolute_url(),
        "/dashboard/",
        "/inspections/",
        reverse("finding_comment", args=[joint.public_id]),
        "/admin/agencies/event/",
        "/admin/agencies/event/?q=WORDS",
    ]
    plain = {address: client.get(address) for address in addresses}
    posted_by_everybody(joint, ines, hugo)
    read = READ.get(name, set())
    words = {f"{kind}-WORDS {house}" for kind in ("PRIVATE", "SHARED") for house in ("ofsted", "hmicfrs")}
    for address in addresses:
        response = client.get(address)
        body = response.content.decode()
        found = {phrase for phrase in words if phrase in body}
        assert found == (read if address == joint.get_absolute_url() else set()), address
        assert response.status_code == plain[address].status_code
    shown = comments_shown(client, joint)
    assert len(shown) == len(read)


@pytest.mark.parametrize("name", ["clara", "otto", "hetty", "stan", "adam"])
def test_for_those_who_read_none_the_page_is_the_same_with_private_comments_and_without(
    name,
    joint,
    people,
    ines,
    hugo,
):
    from .who_sees_what import as_read

    client = people[name]
    before = as_read(client.get(joint.get_absolute_url()))
    for by in (ines, hugo):
        comment(joint, by).withdraw(by=by)
        comment(joint, by)
    assert as_read(client.get(joint.get_absolute_url())) == before


def test_comments_on_a_recommendation_are_for_its_addressee_not_for_the_agency_of_the_finding(
    addressed, ines, mary, clara, stan
):
    recommendation = addressed()
    finding = recommendation.finding
    comment(finding, ines, "agency", SHARED, recommendation=recommendation)
    comment(finding, ines, "inspectorate", PRIVATE, recommendation=recommendation)
    readers = {who: Comment.objects.visible_to(who).count() for who in (mary, clara, stan)}
    assert readers == {mary: 2, clara: 0, stan: 1}


@pytest.mark.parametrize("name", ["ines", "stan"])
def test_a_comment_on_a_recommendation_is_posted_from_its_page_and_shown_there(
    name, addressed, request, signed_in
):
    recommendation, by = addressed(), request.getfixturevalue(name)
    client = signed_in(by)
    opened = client.get(recommendation.get_absolute_url())
    audience = {"audience": "agency"} if name == "ines" else {}
    response = submit(client, opened, button=None, text=SHARED, **audience)
    assert (response.status_code, response.url) == (302, f"{recommendation.get_absolute_url()}#comments")
    for who in ("ines", "stan"):
        shown = comments_shown(signed_in(request.getfixturevalue(who)), recommendation)
        assert [SHARED in words for words in shown] == [True]
    # It is said of the recommendation, not of the finding.
    assert comments_shown(client, recommendation.finding) == []


def test_comments_in_review_are_read_by_the_reviewer_as_long_as_the_review_lasts(
    make,
    ines,
    mary,
    otto,
    cleveland,
    strategy,
    signed_in,
):
    finding = logged(make("drafting"), ines, weakness(cleveland, strategy), "in_review", reviewer=mary)
    comment(finding, ines, text="See paragraph 16.")
    finding.assign(by=mary, to=otto)
    client = signed_in(otto)
    assert any("See paragraph 16." in words for words in comments_shown(client, finding))
    asked = client.get(finding.get_absolute_url())
    response = submit(client, asked, button=None, text="I did.", audience="inspectorate")
    assert response.status_code == 302
    assert len(comments_shown(signed_in(ines), finding)) == 2
    Finding.objects.get(pk=finding.pk).move("return_to_draft", by=mary, reason="Not yet.")
    assert not Comment.objects.visible_to(otto).exists()


def test_who_left_the_team_or_the_inspectorate_reads_no_comments_any_more(joint, ines, mary, adam, hmicfrs):
    comment(joint, ines)
    comment(joint, ines, "agency", SHARED)
    assert Comment.objects.visible_to(ines).count() == 2
    ines.change(by=adam, values={"agency": hmicfrs})
    assert Comment.objects.visible_to(ines).count() == 1  # on the team of the partner now: what is shared
    joint.inspection.edit(by=mary, values={"team": []}, expect=joint.inspection.version)
    assert not Comment.objects.visible_to(ines).exists()
    mary.change(by=adam, values={"role": Role.ADMINISTRATOR, "agency": None})
    assert not Comment.objects.visible_to(mary).exists()


def test_when_the_finding_is_withdrawn_its_agency_reads_its_comments_no_more(joint, ines, mary, clara):
    comment(joint, ines, "agency", SHARED)
    assert Comment.objects.visible_to(clara).count() == 1
    joint.move("withdraw", by=mary, reason="The wrong force.")
    assert Comment.objects.visible_to(clara).count() == 0
    assert Comment.objects.visible_to(ines).count() == 1


def test_after_a_correction_the_other_agency_reads_nothing_of_what_was_shared(
    joint, ines, mary, clara, mel, met
):
    comment(joint, ines, "agency", SHARED)
    values = {"attributed_to": met}
    joint.correct(by=mary, values=values, citations=[{"page": 12}], reason="It was the Met.")
    assert [Comment.objects.visible_to(who).count() for who in (ines, mel)] == [1, 0]


def test_words_for_one_agency_are_not_sent_to_another_after_a_correction(joint, ines, mary, met, signed_in):
    client = signed_in(ines)
    opened = client.get(joint.get_absolute_url())
    values = {"attributed_to": met}
    joint.correct(by=mary, values=values, citations=[{"page": 12}], reason="It was the Met.")
    response = submit(client, opened, button=None, text=SHARED, audience="agency")
    assert not Comment.objects.exists()
    assert error_summary(response) == [
        "Who may read it: It was another agency when you opened this form: now it is Metropolitan Police Service."
        " Choose again."
    ]
    assert SHARED in response.content.decode()
    submit(client, response, button=None, audience="agency")
    assert Comment.objects.get().with_agency == met


# Taking back


def test_taking_a_comment_back_is_one_event_and_its_words_are_shown_no_more(joint, ines, clara, signed_in):
    client = signed_in(ines)
    posted = comment(joint, ines, "agency", SHARED)
    assert SHARED in text(signed_in(clara).get(joint.get_absolute_url()))
    opened = client.get(reverse("comment_withdraw", args=[posted.public_id]))
    assert SHARED in text(opened)
    before = Event.objects.count()
    assert submit(client, opened, button=None, reason="Wrong finding.").status_code == 302
    assert Event.objects.count() == before + 1
    event = posted.events().last()
    assert (event.verb, event.by, event.reason) == ("withdrawn", ines, "Wrong finding.")
    for who in (ines, clara):
        seen = signed_in(who).get(joint.get_absolute_url())
        assert SHARED not in seen.content.decode()
        assert "Taken back on" in text(seen)
    assert submit(client, opened, button=None).status_code == 302  # sent twice: the same
    assert client.get(reverse("comment_withdraw", args=[posted.public_id])).status_code == 403
    assert Event.objects.count() == before + 1


def test_only_ones_own_comment_offers_to_be_taken_back(joint, ines, mary, signed_in):
    posted = comment(joint, ines)
    address = reverse("comment_withdraw", args=[posted.public_id])
    assert address in signed_in(ines).get(joint.get_absolute_url()).content.decode()
    assert address not in signed_in(mary).get(joint.get_absolute_url()).content.decode()


def test_a_page_asks_equally_often_for_one_comment_and_for_three(joint, ines, mary, signed_in):
    asked = {}
    for count in (1, 3):
        while Comment.objects.count() < count:
            comment(joint, person(f"Team{Comment.objects.count()}", Role.MANAGER, mary.agency))
        client = signed_in(mary)
        with CaptureQueriesContext(connection) as queries:
            response = client.get(joint.get_absolute_url())
        assert response.status_code == 200
        asked[count] = len(queries)
    assert asked == {1: 13, 3: 13}
