"""What is proposed from a report as read: whose weakness, which strengths, and which words decided. All sentences are ours."""

import csv

import pytest
from django.core.management import CommandError, call_command

from findings.proposals import propose
from findings.proposals.decided import COLUMNS
from findings.proposals.weights import Weights, shipped
from inspections.reading import Fact, Paragraph, ReadReport

from .reports import propose as propose_in_register
from .reports import read_in

FACTS = (Fact("police_force", "cleveland", 1), Fact("local_authority", "cornwall-council", 1))


def report(*passages):
    """A report of passages: text, or (label, part, text)."""
    paragraphs = [
        Paragraph(page=number, label=label, text=text, part=part)
        for number, (label, part, text) in enumerate(
            (passage if isinstance(passage, tuple) else (str(place), "body", passage))
            for place, passage in enumerate(passages, 1)
        )
    ]
    return ReadReport(sha256="", pages=9, title="", facts=FACTS, paragraphs=tuple(paragraphs))


def proposed(*passages):
    return propose(report(*passages), shipped())


def weaknesses_of_the_police(*passages):
    return [one for one in proposed(*passages) if one.type == "weakness" and one.police_role]


ABSENT = "Police officers rarely attend strategy meetings, and decisions are often delayed because they are not there."
LATE = "There are delays in notifications of domestic abuse from the police, so that families wait too long for help."


def test_police_who_do_not_come_to_strategy_meetings_are_a_weakness_of_the_force():
    (one,) = weaknesses_of_the_police(ABSENT)
    assert (one.attributed_to, one.agency, one.theme) == ("police", "cleveland", "strategy-discussions")
    assert one.severity in ("serious", "moderate", "minor")
    assert (one.page, one.label) == (0, "1")


def test_another_force_that_is_named_is_the_one_meant():
    (one,) = weaknesses_of_the_police(
        "Officers of Durham Constabulary do not attend conferences, and their police reports are often late."
    )
    assert one.agency == "durham"


def test_a_council_that_meets_with_the_police_alone_is_not_a_weakness_of_the_police():
    assert not weaknesses_of_the_police(
        "Strategy discussions are usually held by telephone, and only social workers and the police take part. "
        "Schools and health services are not invited by the council."
    )


def test_a_council_that_does_not_tell_the_police_is_not_a_weakness_of_the_police():
    assert not weaknesses_of_the_police(
        "Social workers do not record return interviews well, and these are not passed on to the police."
    )


def test_praise_is_a_strength_and_has_no_severity():
    (one,) = proposed("Police officers work well with social workers, and share good information promptly.")
    assert (one.type, one.police_role, one.severity) == ("strength", True, "")


def test_custody_of_a_prison_is_nobodys_weakness():
    assert not weaknesses_of_the_police(
        "Young people in custody on remand are visited by their social worker."
    )


def test_what_does_not_speak_of_police_or_partners_is_not_proposed():
    assert proposed("Foster carers like their training.", "Rooms in the home are warm.") == ()


def test_how_inspections_are_done_is_not_proposed():
    assert proposed(("about", "about", ABSENT), ("next steps", "next steps", ABSENT)) == ()


def test_the_words_that_decided_are_shown_where_they_stand():
    (one,) = weaknesses_of_the_police("The council knows this. " + ABSENT)
    words = {one.text[start:end] for start, end, about in one.reasons if about == "type"}
    assert any("Police" in shown or "police" in shown for shown in words) or "attend" in words
    assert words & {"rarely", "delayed", "not", "often delayed"}
    themed = [one.text[start:end] for start, end, about in one.reasons if about == "theme"]
    assert any("strategy" in shown for shown in themed)
    assert one.text[one.start : one.end].startswith("Police officers rarely")
    assert all(0 <= start < end <= len(one.text) for start, end, _ in one.reasons)


def test_what_is_told_again_is_one_issue_and_another_is_not():
    told = weaknesses_of_the_police(
        ("summary", "summary", "Police do not regularly attend strategy meetings, which delays decisions."),
        ("16", "body", ABSENT),
        ("17", "body", LATE),
        (
            "recommendation 4",
            "recommendation",
            "Challenge the police about the poor attendance of police officers at strategy meetings (paragraph 16).",
        ),
    )
    group = {one.label: one.group for one in told}
    assert group["summary"] == group["16"] == group["recommendation 4"] != group["17"]


def test_a_passage_about_two_themes_has_a_proposal_for_each():
    told = weaknesses_of_the_police(f"{ABSENT} {LATE}")
    assert [one.theme for one in told] == ["strategy-discussions", "domestic-abuse-information-sharing"]
    assert [one.words for one in told] == [ABSENT, LATE]


def test_a_page_that_follows_is_told_where_the_words_stand_on_it():
    text = "The council knows this. " + ABSENT
    read = ReadReport("", 9, "", FACTS, (Paragraph(4, "9", text, breaks=((20, 5),)),))
    (one,) = [one for one in propose(read, shipped()) if one.type == "weakness"]
    assert one.page == 5


# Learning


def write_examples(path, *rows):
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


WROTE = "The council wrote to the chief constable and to the police and crime commissioner."
EXAMPLE = {
    "text": WROTE,
    "type": "weakness",
    "attributed_to": "police",
    "police_role": "true",
    "theme": "missing-children",
    "severity": "minor",
}


def type_of(weights):
    (one,) = propose(report(WROTE), weights)
    return one.type


def test_what_people_decided_changes_what_is_proposed_and_always_in_the_same_way(tmp_path, capsys):
    assert type_of(shipped()) == "neutral"
    rows = [{**EXAMPLE, "source": f"report {number}"} for number in range(60)]
    learnt = []
    for name in ("one.json", "two.json"):
        to = tmp_path / name
        examples = write_examples(tmp_path / "examples.csv", *rows)
        call_command("train_reader", examples=examples, to=to)
        learnt.append(to.read_text())
    assert learnt[0] == learnt[1]
    after = Weights.loads(learnt[0])
    assert after.version != shipped().version
    assert type_of(after) == "weakness"
    assert f"Version {after.version}" in capsys.readouterr().out
    # What it knew before, it still knows.
    assert [one.theme for one in propose(report(ABSENT), after)] == ["strategy-discussions"]


def test_what_was_decided_in_the_register_is_learnt(ines, published, cleveland, strategy, tmp_path, capsys):
    register = read_in(ines).belong_to(published, by=ines)
    to = tmp_path / "reader.json"
    first, _still_open = (
        propose_in_register(register, attributed_to=cleveland, theme=strategy, order=order)
        for order in (1, 2)
    )
    with pytest.raises(CommandError, match="no example"):
        call_command("train_reader", to=to)
    first.reject(by=ines, expect=first.version)
    call_command("train_reader", to=to)
    assert "Sentences learnt from: 1." in capsys.readouterr().out
    assert Weights.loads(to.read_text()).version != shipped().version


def test_weights_are_written_as_they_are_read():
    assert Weights.loads(shipped().dumps()).dumps() == shipped().dumps()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"type": "odd"}, "Line 2: “odd” is no type"),
        ({"theme": "weather"}, "Line 2: “weather” is no theme"),
        ({"attributed_to": "nobody"}, "Line 2: “nobody” is none of"),
        ({"severity": "grave"}, "Line 2: “grave” is none of"),
        ({"from": "first"}, "Line 2: "),
    ],
)
def test_an_example_that_says_nothing_the_reader_knows_is_refused_by_its_line(tmp_path, wrong, words):
    examples = write_examples(tmp_path / "examples.csv", {**EXAMPLE, **wrong})
    with pytest.raises(CommandError, match=words):
        call_command("train_reader", examples=examples, to=tmp_path / "reader.json")
    assert not (tmp_path / "reader.json").exists()
