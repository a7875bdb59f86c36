"""Letters: who writes, sends, reads and answers them; one event for each step; nothing about drafts outside."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from agencies.models import Channel, Event
from findings.models import Letter
from inspections.models import IllegalTransition

from .browsing import error_summary, page, submit, text
from .conftest import person
from .who_sees_what import MISSING, REFUSED, SHOWN, Browser, mismatches, outcome

OF_A_LETTER = ("letter", "letter_edit", "letter_step")
ROUTES = {"letters", "letter_add", *OF_A_LETTER}
EVERYBODY = {
    "ines",
    "otto",
    "mary",
    "hugo",
    "hanna",
    "hetty",
    "colin",
    "clara",
    "mel",
    "stan",
    "audrey",
    "adam",
}


@pytest.fixture
def write(mary, hmicfrs):
    """write(by=, **values): a draft of Ofsted's to HMICFRS."""

    def draft(by=mary, **values):
        return Letter.draft(
            by=by,
            values={
                "level": 2,
                "to_agency": hmicfrs,
                "subject": "Strategy discussions in Cleveland",
                "text": "LETTER-WORDS we are concerned.",
                "asks": "Look into attendance.\n\nTell us by the date.",
                **values,
            },
        )

    return draft


STEPS = {"draft": [], "sent": ["send"], "replied": ["send", "reply"], "closed": ["send", "close"]}


def taken(letter, status, by):
    for verb in STEPS[status]:
        if verb == "send":
            letter.send(by=by)
        elif verb == "reply":
            letter.record_reply(by=by, text="We will.", on=letter.sent_on)
        else:
            letter.close(by=by)
    return letter


# Who sees what. Mary of Ofsted writes to HMICFRS (Hugo, Hanna, Hetty).


def reads(name, status):
    addressed = name in ("hugo", "hanna", "hetty") and status != "draft"
    return name in ("mary", "audrey") or addressed


@pytest.mark.parametrize("status", STEPS)
def test_a_letter_is_there_for_its_inspectorate_and_once_sent_for_the_one_addressed(
    status,
    people,
    write,
    mary,
):
    letter = taken(write(), status, mary)
    before = Event.objects.count()
    assert (
        mismatches(people, "letter", letter.public_id, lambda n: SHOWN if reads(n, status) else MISSING) == []
    )

    def edits(name):
        if not reads(name, status):
            return MISSING
        return SHOWN if name == "mary" and status == "draft" else REFUSED

    assert mismatches(people, "letter_edit", letter.public_id, edits) == []
    assert Event.objects.count() == before
    for name in sorted(EVERYBODY):
        listed = "Strategy discussions in Cleveland" in page(people[name].get(reverse("letters"))).text
        assert listed == reads(name, status), name


@pytest.mark.parametrize(
    ("status", "verb", "legal"),
    [(status, verb, verb in legal) for status, legal in {
        "draft": {"send", "withdraw"},
        "sent": {"acknowledge", "reply", "close"},
        "replied": {"close"},
        "closed": set(),
    }.items() for verb in ("send", "acknowledge", "reply", "close", "withdraw")],
)  # fmt: skip
def test_each_step_is_taken_from_its_status_by_a_manager_of_its_side_and_by_nobody_else(
    status,
    verb,
    legal,
    people,
    write,
    mary,
):
    letter = taken(write(), status, mary)
    address = reverse("letter_step", args=[letter.public_id, verb])
    version, events = letter.version, letter.events().count()
    theirs = {"acknowledge": {"hanna"}, "reply": {"mary", "hanna"}}.get(verb, {"mary"})
    for name in sorted(EVERYBODY - theirs):
        fields = {"version": version, "reason": "Why.", "on": "18/10/2026", "text": "Words."}
        expected = REFUSED if reads(name, status) else MISSING
        assert outcome(people[name].get(address)) == expected, name
        # Who takes part, but at another time, is told why the step is not possible now.
        refused = people[name].post(address, fields)
        late = expected == REFUSED and not legal and refused.status_code == 409
        assert late or outcome(refused) == expected, name
    assert letter.events().count() == events
    if not reads(min(theirs), status):
        return
    name = min(theirs)
    client = people[name]
    asked = client.get(address)
    assert outcome(asked) == (SHOWN if legal else REFUSED)
    if legal:
        response = submit(client, asked, reason="Why.", text="Words.")
        assert response.status_code == 302
        assert letter.events().count() == events + 1
        assert letter.events().last().by.email == f"{name}@people.example"
    else:
        assert (
            client.post(
                address, {"version": version, "reason": "Why.", "text": "W", "on": "1/11/2026"}
            ).status_code
            == 409
        )
        assert letter.events().count() == events


def test_inspectors_write_level_1_and_their_manager_sends_it(ines, otto, mary, cleveland, clara, signed_in):
    client = signed_in(ines)
    asked = client.get(reverse("letter_add"))
    offered = [option["value"] for option in page(asked).find("select", name="level").find_all("option")]
    assert offered == ["", "0", "1"]
    assert submit(client, asked, level=4, to_agency=cleveland.pk, subject="X").status_code == 200
    assert not Letter.objects.exists()
    response = submit(client, asked, level=1, to_agency=cleveland.pk, subject="Attendance")
    letter = Letter.objects.get()
    assert response["Location"] == letter.get_absolute_url()
    step = reverse("letter_step", args=[letter.public_id, "send"])
    assert client.get(step).status_code == 403
    assert signed_in(otto).get(letter.get_absolute_url()).status_code == 404
    assert signed_in(clara).get(letter.get_absolute_url()).status_code == 404
    manager = signed_in(mary)
    assert submit(manager, manager.get(step)).status_code == 302
    assert "Attendance" in text(signed_in(clara).get(letter.get_absolute_url()))


@pytest.mark.parametrize(("name", "expected"), [("ines", 200), ("mary", 200), ("clara", 403), ("audrey", 403), ("adam", 403), ("nobody", 403)])  # fmt: skip
def test_letters_are_written_by_inspectorates_only(name, expected, request, signed_in):
    client = signed_in(request.getfixturevalue(name))
    assert client.get(reverse("letter_add")).status_code == expected
    assert client.post(reverse("letter_add"), {}).status_code == expected


def test_a_letter_names_published_findings_by_reference_and_no_others(
    finding, draft, mary, hmicfrs, signed_in
):
    client = signed_in(mary)
    asked = client.get(reverse("letter_add"))
    values = {"level": 3, "to_agency": hmicfrs.pk, "subject": "Attendance"}
    refused = submit(
        client, asked, **values, references=f"{finding.reference} SIF-1999-XXX-01", text="Kept words."
    )
    assert error_summary(refused) == [
        "Findings it is about: No published finding has this reference: SIF-1999-XXX-01."
    ]
    assert "Kept words." in page(refused).find("textarea", name="text").raw
    submit(client, asked, **values, references=f" {finding.reference.lower()}, {finding.reference}\n")
    assert list(Letter.objects.get().findings.all()) == [finding]


def test_a_letter_about_a_withdrawn_finding_is_not_sent_and_quotes_none(
    finding, write, mary, hanna, signed_in
):
    letter = write(findings=[finding])
    finding.move("withdraw", by=mary, reason="A slip.")
    with pytest.raises(IllegalTransition, match="not published"):
        letter.send(by=mary)
    sent = write(subject="Another")
    sent.send(by=mary)
    sent.findings.add(finding)
    assert finding.summary not in text(signed_in(hanna).get(sent.get_absolute_url()))


def test_a_form_sent_twice_is_one_letter(mary, hmicfrs, signed_in):
    client = signed_in(mary)
    asked = client.get(reverse("letter_add"))
    values = {"level": 3, "to_agency": hmicfrs.pk, "subject": "Attendance"}
    first, second = submit(client, asked, **values), submit(client, asked, **values)
    assert first["Location"] == second["Location"]
    assert Letter.objects.count() == 1
    assert Letter.objects.get().events().count() == 1


def test_an_edit_of_an_outdated_form_shows_both_versions(write, mary, ofsted, signed_in):
    letter = write()
    client = signed_in(mary)
    asked = client.get(reverse("letter_edit", args=[letter.public_id]))
    letter.edit(by=person("Milo", "manager", ofsted), values={"subject": "THEIRS"}, expect=letter.version)
    response = submit(client, asked, subject="MINE")
    assert response.status_code == 409
    assert "THEIRS" in text(response)
    assert page(response).find("input", name="subject")["value"] == "MINE"
    assert submit(client, response).status_code == 302
    assert Letter.objects.get().subject == "MINE"


def test_a_step_on_an_outdated_page_is_a_conflict(write, mary, ofsted, signed_in):
    letter = write()
    client = signed_in(mary)
    asked = client.get(reverse("letter_step", args=[letter.public_id, "send"]))
    letter.edit(by=person("Milo", "manager", ofsted), values={"subject": "THEIRS"}, expect=letter.version)
    assert submit(client, asked).status_code == 409
    assert Letter.objects.get().status == "draft"


def test_a_reply_cannot_come_before_the_letter_or_tomorrow(write, mary, signed_in):
    letter = taken(write(), "sent", mary)
    client = signed_in(mary)
    asked = client.get(reverse("letter_step", args=[letter.public_id, "reply"]))
    for day in ("1/1/2016", "1/1/2999"):
        response = submit(client, asked, on=day, text="We will look at it.")
        assert response.status_code == 200
        assert error_summary(response)
        assert "We will look at it." in page(response).find("textarea", name="text").raw
    with pytest.raises(ValidationError):
        letter.record_reply(by=mary, text="No.", on=date(2016, 1, 1))
    assert Letter.objects.get().status == "sent"


def test_a_letter_published_elsewhere_is_for_everybody_with_a_role(people, ofsted, hmicfrs, finding):
    letter = Letter.record_public(
        by=None,
        channel=Channel.COMMAND,
        values={
            "level": 4,
            "from_agency": ofsted,
            "to_agency": hmicfrs,
            "subject": "Police and child protection",
            "findings": [finding],
        },
        sent_on=date(2016, 10, 17),
        replied_on=date(2016, 10, 18),
        reply="Inspections look at this already.",
    )
    everybody = lambda name: SHOWN if name in EVERYBODY else MISSING
    assert mismatches(people, "letter", letter.public_id, everybody) == []
    read = page(people["clara"].get(letter.get_absolute_url())).text
    assert "after 1 day" in read
    assert finding.summary in read
    assert letter.events().count() == letter.version == 1


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_queries_for_one_and_three(
    number, write, mary, signed_in, django_assert_num_queries
):
    for _n in range(number):
        taken(write(), "sent", mary)
    client = signed_in(mary)
    client.get(reverse("letters"))
    with django_assert_num_queries(9):
        client.get(reverse("letters"))


def test_filters_of_replies_read_as_of_their_day(write, mary, signed_in):
    late = write(subject="LATE-ONE", reply_due_on=date(2026, 1, 10))
    late.send(by=mary, on=date(2026, 1, 1))
    late.record_reply(by=mary, text="Sorry.", on=date(2026, 1, 20))
    client = signed_in(mary)
    for query, there in {
        "reply=replied_late": True,
        "reply=in_time": False,
        "reply=late": False,
        "reply=late&as_of=2026-01-15": True,
        "reply=late&as_of=2026-01-10": False,
        "as_of=2026-01-01": False,
        "as_of=2026-01-02": True,
    }.items():
        assert ("LATE-ONE" in page(client.get(f"/letters/?{query}")).text) == there, query
    assert client.get("/letters/?level=99").status_code == 200


def test_anonymous_readers_are_led_to_sign_in():
    for address in (reverse("letters"), reverse("letter_add")):
        assert outcome(Browser().get(address)) == "sign in"
