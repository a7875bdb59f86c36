"""Replies to letters: a position on each thing asked, disputed facts beside the facts, commitments that are followed."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from findings.models import Commitment, Letter
from findings.work.queue import Queue

from .browsing import error_summary, page, submit, text
from .who_sees_what import MISSING, REFUSED, SHOWN, outcome

ROUTES = {"commitment_report"}


@pytest.fixture
def letter(mary, cleveland, finding):
    letter = Letter.draft(
        by=mary,
        values={
            "level": 2,
            "to_agency": cleveland,
            "subject": "Attendance",
            "text": f"See {{{{ {finding.reference} }}}} and {{{{ serious-weakness }}}}.",
            "asks": "Attend each discussion.\nTell us when.",
            "findings": [finding],
            "reply_due_on": timezone.localdate() + timedelta(10),
        },
        figures=[("serious-weakness", "serious-weakness", "as_of=2016-10-17&window=year", 0)],
    )
    return letter


@pytest.fixture
def sent(letter, mary, signed_in):
    client = signed_in(mary)
    submit(client, client.get(reverse("letter_step", args=[letter.public_id, "send"])))
    letter.refresh_from_db()
    return letter


def replying(client, letter):
    return client.get(reverse("letter_step", args=[letter.public_id, "reply"]))


def reply(client, letter, **fields):
    return submit(client, replying(client, letter), **{"text": "Thank you.", **fields})


def test_the_safeguarding_lead_answers_each_ask_disputes_facts_and_undertakes(
    sent, finding, mary, clara, signed_in
):
    client = signed_in(clara)
    response = reply(
        client,
        sent,
        position_1="agreed",
        answer_1="We attend since May.",
        position_2="rejected",
        disputed_1="serious-weakness",
        why_1="The window is too long.",
        disputed_2=finding.reference,
        why_2="We were not invited.",
        undertaken_1="Name a sergeant for each team.",
        owner_1="Head of public protection",
        due_1="1/3/2099",
    )
    assert response["Location"] == sent.get_absolute_url()
    sent.refresh_from_db()
    assert (sent.status, sent.replied_on) == ("replied", timezone.localdate())
    event = sent.events().last()
    assert (event.verb, event.by) == ("reply", clara)
    assert event.after["answers"] == [[1, "agreed", "We attend since May."], [2, "rejected", ""]]
    assert event.after["disputes"] == [
        ["serious-weakness", "The window is too long."],
        [finding.reference, "We were not invited."],
    ]
    undertaken = Commitment.objects.get()
    assert undertaken.events().count() == undertaken.version == 1
    read = page(signed_in(mary).get(sent.get_absolute_url()))
    assert "We attend since May." in read.text
    assert "Disputed in the reply: We were not invited." in read.find(id="source-1").text
    assert "Name a sergeant for each team." in read.find(id=f"commitment-{undertaken.public_id}").text
    figure = signed_in(mary).get(reverse("letter_figure", args=[sent.public_id, "serious-weakness"]))
    assert "Disputed in the reply: The window is too long." in text(figure)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"text": ""}, "The reply: This field is required."),
        ({"answer_1": "Yes."}, "Position: Choose the position that the answer takes."),
        ({"why_1": "No."}, "What is disputed: Choose what is disputed."),
        ({"disputed_1": "serious-weakness"}, "Why: Say why it is disputed."),
        ({"owner_1": "Head"}, "What will be done: Say what will be done."),
        ({"undertaken_1": "Do it.", "due_1": "soon"}, None),
        ({"on": "1/1/2016"}, None),
        ({"on": "1/1/2999"}, "Replied on: This day is still to come."),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(fields, error, sent, clara, signed_in):
    response = reply(signed_in(clara), sent, **{"answer_2": "KEPT-WORDS", "position_2": "agreed", **fields})
    assert response.status_code == 200
    assert error is None or error in error_summary(response)
    assert error_summary(response)
    assert "KEPT-WORDS" in page(response).find("textarea", name="answer_2").raw
    sent.refresh_from_db()
    assert sent.status == "sent"
    assert not Commitment.objects.exists()


def test_a_reply_sent_twice_is_one(sent, clara, signed_in):
    client = signed_in(clara)
    asked = replying(client, sent)
    assert submit(client, asked, text="Thank you.", undertaken_1="Do it.").status_code == 302
    assert submit(client, asked, text="Thank you.", undertaken_1="Do it.").status_code == 409
    assert Commitment.objects.count() == 1
    assert sent.events().filter(verb="reply").count() == 1


def test_receipt_is_confirmed_once_by_who_got_it(sent, mary, clara, signed_in):
    address = reverse("letter_step", args=[sent.public_id, "acknowledge"])
    assert signed_in(mary).get(address).status_code == 403
    client = signed_in(clara)
    assert submit(client, client.get(address)).status_code == 302
    sent.refresh_from_db()
    assert (sent.status, sent.received_on) == ("sent", timezone.localdate())
    assert "Receipt confirmed" in text(signed_in(mary).get(sent.get_absolute_url()))
    assert client.get(address).status_code == 403
    assert sent.events().filter(verb="acknowledge").count() == 1


def test_what_waits_is_in_the_work_of_who_answers(letter, mary, clara, ines, signed_in):
    today = timezone.localdate()
    assert Queue(clara, today).counts["letter_answer"] == 0
    client = signed_in(mary)
    submit(client, client.get(reverse("letter_step", args=[letter.public_id, "send"])))
    assert Queue(clara, today).counts["letter_answer"] == 1
    reply(signed_in(clara), letter, undertaken_1="Do it.")
    counts = Queue(clara, today).counts
    assert counts.get("letter_answer", 0) == 0
    assert counts["commitment"] == 1


# Commitments


@pytest.fixture
def commitment(sent, clara, signed_in):
    reply(signed_in(clara), sent, undertaken_1="Name a sergeant.", due_1="1/3/2020")
    return Commitment.objects.select_related("letter").get()


def test_progress_of_a_commitment_is_reported_by_its_agency_or_on_its_behalf(commitment, people):
    events = commitment.events().count()
    for name, client in people.items():
        if name == "anonymous":
            continue
        expected = SHOWN if name in ("clara", "mary") else REFUSED if name == "audrey" else MISSING
        assert outcome(client.get(commitment.report_url)) == expected, name
        if expected != SHOWN:
            assert outcome(client.post(commitment.report_url, {"status": "done", "note": "X"})) == expected
    assert commitment.events().count() == events
    asked = people["clara"].get(commitment.report_url)
    assert error_summary(submit(people["clara"], asked, status="done", note="")) == [
        "Progress: Say what was done, or why it was dropped."
    ]
    assert submit(people["clara"], asked, status="done", note="Six named.").status_code == 302
    commitment.refresh_from_db()
    assert (commitment.status, commitment.note) == ("done", "Six named.")
    assert commitment.events().last().verb == "progress reported"


def test_two_who_report_at_once_are_shown_both_versions(commitment, mary, clara, signed_in):
    ours, theirs = signed_in(clara), signed_in(mary)
    asked = ours.get(commitment.report_url)
    submit(theirs, theirs.get(commitment.report_url), status="under_way", note="THEIRS")
    response = submit(ours, asked, status="under_way", note="MINE")
    assert response.status_code == 409
    assert "THEIRS" in text(response)
    assert "MINE" in page(response).find("textarea", name="note").raw


def test_a_late_commitment_is_named_late(commitment, mary, signed_in):
    assert "Late: due on 1 March 2020" in text(signed_in(mary).get(commitment.letter.get_absolute_url()))


def test_a_commitment_does_not_end_without_a_word(commitment, clara):
    with pytest.raises(ValidationError):
        commitment.report(by=clara, status="dropped", note="")


def test_a_reply_before_the_letter_is_refused(sent, mary):
    with pytest.raises(ValidationError):
        sent.record_reply(by=mary, text="No.", on=date(2016, 1, 1))
