"""What a published finding said before it was corrected: readable, marked as earlier, and gone with the finding."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agencies.models import Event
from findings.models import Finding

from .browsing import page, text

OLD, NEW = "OLD-WORDS nobody came.", "NEW-WORDS somebody came late."
PEOPLE = ["ines", "otto", "mary", "hugo", "hanna", "clara", "mel", "stan", "audrey", "adam"]


@pytest.fixture
def versions(finding, mary, met, missing):
    """The finding of 2016 corrected twice: (the finding, its first version, its second)."""
    finding.correct(by=mary, values={"summary": OLD}, citations=[{"page": 12}], reason="First reason.")
    finding.correct(
        by=mary,
        values={"summary": NEW, "severity": "minor", "severity_rationale": "", "attributed_to": met},
        citations=[{"page": 12}, {"page": 15}],
        reason="Second reason.",
    )
    first, second = Finding.objects.earlier_versions_for(mary).order_by("replaced_at", "pk")
    return finding, first, second


def address(version):
    return f"/findings/{version.public_id}/"


@pytest.mark.parametrize("name", PEOPLE)
def test_everybody_with_a_role_reads_an_earlier_version_clearly_marked(name, versions, request, signed_in):
    finding, first, second = versions
    client = signed_in(request.getfixturevalue(name))
    before = Event.objects.count()
    seen = text(client.get(address(second)))
    for words in (
        "Earlier version: Weakness, Cleveland Police",
        "This version was replaced on",
        "Because: Second reason.",
        OLD,
        "Page 12",
        "What the correction changed",
    ):
        assert words in seen
    assert "Page 15" not in seen
    changes = page(client.get(address(second))).find("dl", class_="app-changes")
    assert [label.text for label in changes.find_all("dt")] == [
        "Attributed to",
        "Severity",
        "Why this severity",
        "Summary",
        "Citations",
    ]
    assert NEW in changes.text
    assert "First reason." in text(client.get(address(first)))
    now = text(client.get(finding.get_absolute_url()))
    assert NEW in now
    assert (
        OLD
        not in page(client.get(finding.get_absolute_url())).find("main").find("p", class_="govuk-body-l").text
    )
    assert Event.objects.count() == before


def test_somebody_without_a_role_finds_none(versions, nobody, signed_in):
    assert [signed_in(nobody).get(address(version)).status_code for version in versions] == [404] * 3


def test_the_page_of_the_finding_lists_its_earlier_versions_and_they_lead_back(versions, mel, signed_in):
    finding, first, second = versions
    client = signed_in(mel)
    links = [a["href"] for a in page(client.get(finding.get_absolute_url())).find("main").find_all("a")]
    assert [link for link in links if link in (address(first), address(second))] == [
        address(second),
        address(first),
    ]
    for version in (first, second):
        back = [a["href"] for a in page(client.get(address(version))).find("main").find_all("a")]
        assert finding.get_absolute_url() in back
        assert client.post(address(version)).status_code == 200  # nothing to post to; nothing changes
    assert finding.events().count() == 3


@pytest.mark.parametrize(
    "page_of",
    ["edit", "withdraw", "correct", "assign", "recurrence", "respond", "comments/new", "agree/confirm"],
)
def test_nothing_is_done_with_an_earlier_version(page_of, versions, mary, signed_in):
    _finding, first, _second = versions
    client = signed_in(mary)
    for response in (
        client.get(f"{address(first)}{page_of}/"),
        client.post(f"{address(first)}{page_of}/", {"version": "0", "reason": "Why."}),
    ):
        assert response.status_code == 404


@pytest.mark.parametrize("name", PEOPLE)
def test_with_the_finding_its_earlier_versions_are_withdrawn(name, versions, mary, request, signed_in):
    finding, first, second = versions
    finding.move("withdraw", by=mary, reason="The wrong force.")
    client = signed_in(request.getfixturevalue(name))
    for version in (first, second):
        response = client.get(address(version))
        assert response.status_code == 200
        assert "This finding was withdrawn" in text(response)
        assert finding.reference in text(response)
        for words in ("WORDS", "Cleveland", "First reason.", "Second reason."):
            assert words not in text(response)
    assert not Finding.objects.earlier_versions_for(mary).exists()


def test_an_earlier_version_stands_in_no_list_of_today(versions, mary, audrey, signed_in):
    _finding, first, second = versions
    for who in (mary, audrey):
        client = signed_in(who)
        for path in ("/", "/findings/", "/findings/?status=corrected", "/findings/?q=OLD-WORDS", "/themes/"):
            body = client.get(path).content.decode()
            assert first.public_id not in body, path
            assert second.public_id not in body, path


@pytest.fixture
def long_ago(versions, monkeypatch):
    """The same, with the first correction ten days ago and the second five days ago; (the versions, day, day)."""
    finding, first, second = versions
    now = timezone.now()
    moments = {finding.pk: (now - timedelta(5), None), first.pk: (None, now - timedelta(10))}
    moments[second.pk] = (now - timedelta(10), now - timedelta(5))
    from django.db import models

    for pk, (corrected, replaced) in moments.items():
        models.QuerySet.update(
            Finding._base_manager.filter(pk=pk), corrected_at=corrected, replaced_at=replaced
        )
    return versions, timezone.localdate(now - timedelta(20)), timezone.localdate(now - timedelta(7))


def cards(client, day, **query):
    response = client.get("/findings/", {"as_of": day.isoformat(), **query})
    assert response.status_code == 200
    return page(response).find("main").find_all("article")


def test_a_list_of_an_earlier_day_shows_what_the_finding_said_then(long_ago, mel, signed_in):
    (finding, first, second), before, between = long_ago
    client = signed_in(mel)
    today = timezone.localdate()
    for day, version, words in ((before, first, "Officers did not attend"), (between, second, OLD)):
        (card,) = cards(client, day)
        assert words in card.text
        assert finding.reference in card.text
        assert ".v" not in card.text
        assert "as it read then, corrected on" in card.text
        assert address(version) in [link["href"] for link in card.find_all("a")]
    (card,) = cards(client, today)
    assert NEW in card.text
    assert "as it read then" not in card.text


def test_a_list_of_an_earlier_day_names_what_was_withdrawn_since_without_its_words(
    long_ago, mary, mel, signed_in
):
    (finding, _first, second), before, between = long_ago
    finding.move("withdraw", by=mary, reason="The wrong force.")
    client = signed_in(mel)
    for day in (before, between):
        (card,) = cards(client, day)
        assert f"Finding {finding.reference}, withdrawn on" in card.text
        assert "WORDS" not in card.text
        assert "did not attend" not in card.text
        for word in ("OLD-WORDS", "NEW-WORDS", "attend"):
            assert cards(client, day, q=word) == []
        assert len(cards(client, day, withdrawn="true")) == 1
        assert cards(client, day, corrected="true") == []
    assert "This finding was withdrawn" in text(client.get(address(second)))


def test_the_file_of_an_earlier_day_has_the_wording_of_that_day(long_ago, mary, mel, signed_in):
    (finding, _first, _second), _before, between = long_ago
    client = signed_in(mel)

    def taken():
        response = client.get("/findings/", {"as_of": between.isoformat(), "take": "csv"})
        return (
            b"".join(response.streaming_content).decode() if response.streaming else response.content.decode()
        )

    body = taken()
    assert OLD in body
    assert finding.reference in body
    assert f"{finding.reference}.v" not in body
    assert NEW not in body
    finding.move("withdraw", by=mary, reason="The wrong force.")
    body = taken()
    assert "WORDS" not in body
    assert finding.reference in body


# What the agencies read of it


def test_after_a_correction_to_another_agency_each_reads_the_history_that_is_its_own(
    finding, mary, clara, mel, met, adam, ines, signed_in
):
    """Mel's history begins at publication, without what Cleveland had answered; Clara's ends."""
    today = timezone.localdate()
    finding.respond(by=clara, position="rejected", text="CLEVELAND-ANSWER", received_on=today)
    finding.correct(
        by=mary, values={"attributed_to": met}, citations=[{"page": 12}], reason="It was the Met."
    )
    seen = {
        who.first_name: signed_in(who).get(finding.get_absolute_url()).content.decode()
        for who in (clara, mel, adam, ines, mary)
    }
    read = {name for name, body in seen.items() if "CLEVELAND-ANSWER" in body}
    assert read == {"Clara", "Ines", "Mary"}  # her own beside the finding, and those who made it
    assert {name for name, body in seen.items() if 'id="history"' in body} == {"Mel", "Adam", "Ines", "Mary"}
    assert "It answers an earlier version of the finding." in text(
        signed_in(clara).get(finding.get_absolute_url())
    )


def test_administrators_do_not_read_responses_in_the_history_of_the_administration(
    finding, clara, adam, signed_in
):
    finding.respond(by=clara, position="rejected", text="CLEVELAND-ANSWER", received_on=timezone.localdate())
    client = signed_in(adam)
    event = finding.events().get(verb="respond")
    for path in (
        "/admin/agencies/event/",
        f"/admin/agencies/event/{event.pk}/change/",
        f"/admin/findings/finding/{finding.public_id}/history/",
        finding.get_absolute_url(),
    ):
        response = client.get(path, follow=True)
        assert "CLEVELAND-ANSWER" not in response.content.decode(), path
        assert f"/admin/agencies/event/{event.pk}/" not in response.content.decode()
