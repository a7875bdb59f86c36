"""Proposed findings: a person decides each once, nothing becomes a finding by itself, and nothing of it is lost."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from agencies.models import Event
from findings.models import Finding, Proposal
from findings.publication import publish_finding
from findings.statistics.reader import agreement
from inspections.models import IllegalTransition
from inspections.reading import Paragraph

from .browsing import error_summary, form, page, submit, text
from .conftest import person, record_finding, record_inspection, weakness
from .reports import PASSAGE, propose, read_in
from .states import logged


@pytest.fixture
def report(ines, published):
    """Ines's report of the inspection of 2016, read."""
    return read_in(ines).belong_to(published, by=ines)


@pytest.fixture
def proposal(report, cleveland, strategy):
    return propose(report, attributed_to=cleveland, theme=strategy)


@pytest.fixture
def another(report, cleveland, strategy):
    """another(order, **values): a further proposal of the same report."""
    return lambda order, **values: propose(
        report, **{"attributed_to": cleveland, "theme": strategy, "order": order, **values}
    )


def opened(client, proposal):
    return client.get(proposal.get_absolute_url())


def press(client, response, button, **changes):
    """The answer when the form of the page is sent by one of its buttons."""
    return submit(client, response, **{button: "1"}, **changes)


# What the page shows


def test_the_passage_stands_in_its_context_with_the_deciding_words_marked(
    ines, published, cleveland, strategy, signed_in
):
    paragraphs = (
        Paragraph(page=1, label="15", text="WORDS-BEFORE.", headings=("Police",)),
        Paragraph(page=1, label="16", text=PASSAGE, headings=("Police", "Information")),
        Paragraph(page=2, label="17", text="WORDS-AFTER."),
    )
    report = read_in(ines, paragraphs=paragraphs).belong_to(published, by=ines)
    proposal = propose(report, attributed_to=cleveland, theme=strategy)
    asked = opened(signed_in(ines), proposal)
    tree = page(asked)
    assert [mark.text for mark in tree.find_all("mark")] == ["often miss"]
    assert (
        "".join(part.raw for part in tree.find_all(class_="app-proposed"))
        == "Officers  strategy discussions."
    )
    assert tree.find("blockquote").text == PASSAGE
    shown = text(asked)
    assert "Police, Information" in shown
    assert shown.index("WORDS-BEFORE.") < shown.index(PASSAGE) < shown.index("WORDS-AFTER.")
    assert tree.find("img")["src"] == reverse("report_page", args=[report.public_id, 1])


def test_the_form_is_filled_in_as_proposed_and_says_its_keys(ines, proposal, cleveland, strategy, signed_in):
    asked = opened(signed_in(ines), proposal)
    fields = form(asked)[1]
    assert fields["summary"] == ["Officers often miss strategy discussions."]
    assert fields["finding_type"] == ["weakness"]
    assert fields["severity"] == ["moderate"]
    assert fields["attributed_to"] == [str(cleveland.pk)]
    assert fields["theme"] == [str(strategy.pk)]
    keys = {element["data-key"] for element in page(asked).walk() if element.get("data-key")}
    assert keys == {"a", "e", "r"}  # nothing to merge into, and nothing next


def test_a_serious_one_has_the_deciding_words_for_a_reason(ines, another, signed_in):
    fields = form(opened(signed_in(ines), another(2, severity="serious")))[1]
    assert fields["severity_rationale"] == ["The report’s words: “often miss”."]


def test_somebody_who_does_not_work_on_the_inspection_reads_and_does_not_decide(
    proposal, otto, audrey, signed_in
):
    for reader in (otto, audrey):
        client = signed_in(reader)
        asked = opened(client, proposal)
        assert "Those who work on the inspection decide." in text(asked)
        assert not page(asked).find("textarea")
        for button in ("accept", "reject", "merge", "reopen"):
            answer = client.post(proposal.get_absolute_url(), {"version": proposal.version, button: "1"})
            assert answer.status_code == 403
    proposal.refresh_from_db()
    assert proposal.is_open


def test_nothing_is_decided_before_the_facts_are_confirmed(ines, cleveland, strategy, signed_in):
    proposal = propose(read_in(ines), attributed_to=cleveland, theme=strategy)
    client = signed_in(ines)
    assert "Confirm the facts of the report first." in text(opened(client, proposal))
    answer = client.post(proposal.get_absolute_url(), {"version": proposal.version, "reject": "1"})
    assert answer.status_code == 403


# Accepted


def test_accepting_logs_a_draft_that_cites_page_and_paragraph_and_leads_to_the_next(
    ines, proposal, another, published, cleveland, strategy, signed_in
):
    following, client = another(2), signed_in(ines)
    response = press(client, opened(client, proposal), "accept")
    assert response["Location"] == following.get_absolute_url()
    finding = Finding.objects.get()
    assert (finding.status, finding.author, finding.inspection) == ("draft", ines, published)
    assert (finding.attributed_to, finding.theme, finding.severity) == (cleveland, strategy, "moderate")
    cited = finding.citations.get()
    assert (cited.report, cited.page, cited.paragraph) == (proposal.report, 1, "16")
    assert cited.quotation == "Officers often miss strategy discussions."
    proposal.refresh_from_db()
    assert (proposal.status, proposal.finding, proposal.decided_by) == ("accepted", finding, ines)
    assert [event.verb for event in proposal.events()] == ["proposed", "accepted"]
    assert [event.verb for event in finding.events()] == ["logged"]


def test_the_last_decision_leads_back_to_the_report(ines, proposal, signed_in):
    client = signed_in(ines)
    response = press(client, opened(client, proposal), "accept")
    assert response["Location"] == proposal.report.get_absolute_url()


def test_what_was_changed_is_on_record_beside_what_was_proposed(ines, proposal, missing, signed_in):
    client = signed_in(ines)
    press(client, opened(client, proposal), "accept", theme=missing.pk, summary="In other words.")
    proposal.refresh_from_db()
    assert (proposal.status, proposal.theme.code) == ("edited", "strategy-discussions")
    assert (proposal.decided_theme, proposal.decided_type) == (missing, "weakness")
    assert Finding.objects.get().summary == "In other words."


def test_words_alone_are_no_change_of_the_proposal(ines, proposal, signed_in):
    client = signed_in(ines)
    press(client, opened(client, proposal), "accept", summary="In other words.")
    proposal.refresh_from_db()
    assert proposal.status == "accepted"


def test_what_is_missing_is_asked_for_and_nothing_is_decided(ines, another, signed_in):
    proposal, client = another(2, severity="", theme=None), signed_in(ines)
    response = press(client, opened(client, proposal), "accept", summary="KEPT-WORDS")
    assert response.status_code == 200
    assert set(error_summary(response)) == {
        "Theme: Choose a theme.",
        "Severity of the weakness: Choose how serious the weakness is.",
    }
    assert form(response)[1]["summary"] == ["KEPT-WORDS"]
    assert not Finding.objects.exists()
    proposal.refresh_from_db()
    assert proposal.is_open


def test_the_reports_words_are_looked_at_like_all_others(ines, another, signed_in):
    words = "Officers did not visit Kayleigh Ramsbottom in time."
    proposal, client = another(2, text=words, start=0, end=len(words), reasons=[]), signed_in(ines)
    response = press(client, opened(client, proposal), "accept")
    assert response.status_code == 200
    assert any("Kayleigh Ramsbottom" in line for line in error_summary(response))
    assert not Finding.objects.exists()
    assert (
        press(client, response, "accept", summary="Officers did not visit a child in time.").status_code
        == 302
    )
    # The quotation would have named her again.
    assert Finding.objects.get().citations.get().quotation == ""


def test_places_that_say_the_same_become_one_finding_with_several_citations(ines, another, signed_in):
    first, second = another(1, group=1, paragraph="summary"), another(2, group=1, paragraph="16")
    alone, third = (
        another(3, group=2, paragraph="20"),
        another(4, group=1, page=2, paragraph="recommendation 10"),
    )
    client = signed_in(ines)
    asked = opened(client, first)
    assert "Says the same, and is decided with it" in text(asked)
    assert page(asked).find(data_key="n")["href"] == alone.get_absolute_url()
    response = press(client, asked, "accept")
    assert response["Location"] == alone.get_absolute_url()
    finding = Finding.objects.get()
    assert [(c.page, c.paragraph) for c in finding.citations.all()] == [
        (1, "summary"), (1, "16"), (2, "recommendation 10"),
    ]  # fmt: skip
    for proposal in (first, second, third):
        proposal.refresh_from_db()
        assert proposal.finding == finding
        assert [event.verb for event in proposal.events()][-1] == (
            "accepted" if proposal == first else "merged"
        )
    assert (second.status, second.merged_into) == ("merged", first)


# Merged, rejected


def test_a_place_is_merged_into_a_draft_which_cites_it_too(
    ines, published, proposal, cleveland, strategy, signed_in
):
    finding = logged(published, ines, weakness(cleveland, strategy, summary="LOGGED-BEFORE"))
    client = signed_in(ines)
    response = press(client, opened(client, proposal), "merge", into=f"finding:{finding.public_id}")
    assert response.status_code == 302
    finding.refresh_from_db()
    assert [(c.page, c.paragraph) for c in finding.citations.all()] == [(12, ""), (1, "16")]
    assert (finding.summary, finding.version) == ("LOGGED-BEFORE", 2)
    proposal.refresh_from_db()
    assert (proposal.status, proposal.finding) == ("merged", finding)
    assert Finding.objects.count() == 1


def test_merging_into_what_is_published_changes_nothing_of_it(
    ines, published, proposal, cleveland, strategy, signed_in
):
    finding = record_finding(published, weakness(cleveland, strategy), [{"page": 12, "paragraph": "16"}])
    client = signed_in(ines)
    press(client, opened(client, proposal), "merge", into=f"finding:{finding.public_id}")
    finding.refresh_from_db()
    proposal.refresh_from_db()
    assert (proposal.status, proposal.finding) == ("merged", finding)
    assert (finding.version, finding.citations.count()) == (1, 1)


def test_a_place_is_merged_into_another_and_decided_with_it(ines, proposal, another, signed_in):
    other, client = another(2, page=2, paragraph="20"), signed_in(ines)
    response = press(client, opened(client, proposal), "merge", into=f"proposal:{other.public_id}")
    assert response["Location"] == other.get_absolute_url()
    press(client, opened(client, other), "accept")
    finding = Finding.objects.get()
    assert [(c.page, c.paragraph) for c in finding.citations.all()] == [(2, "20"), (1, "16")]
    proposal.refresh_from_db()
    assert (proposal.status, proposal.merged_into, proposal.finding) == ("merged", other, finding)


def test_nothing_is_merged_into_what_is_elsewhere_hidden_or_nothing(
    ines, proposal, drafting, draft, sif, ofsted, camden, met, strategy, signed_in
):
    elsewhere = record_finding(
        record_inspection(sif, ofsted, camden, date(2016, 1, 1)), weakness(met, strategy), [{"page": 1}]
    )
    client = signed_in(ines)
    for into in (
        "",
        f"finding:{elsewhere.public_id}",
        f"finding:{draft.public_id}",
        f"proposal:{proposal.public_id}",
    ):
        response = press(client, opened(client, proposal), "merge", into=into)
        assert response.status_code == 200
        assert error_summary(response)
    with pytest.raises(ValidationError):
        proposal.merge(by=ines, expect=proposal.version, finding=elsewhere)
    with pytest.raises(ValidationError):
        proposal.merge(by=ines, expect=proposal.version, into=proposal)
    proposal.refresh_from_db()
    assert proposal.is_open
    assert proposal.events().count() == 1


def test_a_rejected_one_is_no_finding_and_can_be_taken_back(ines, proposal, signed_in):
    client = signed_in(ines)
    asked = opened(client, proposal)
    assert press(client, asked, "reject", summary="").status_code == 302
    proposal.refresh_from_db()
    assert (proposal.status, proposal.decided_by) == ("rejected", ines)
    assert not Finding.objects.exists()
    assert press(client, opened(client, proposal), "reopen").status_code == 302
    proposal.refresh_from_db()
    assert (proposal.status, proposal.decided_by) == ("open", None)
    assert [event.verb for event in proposal.events()] == ["proposed", "rejected", "reopened"]


def test_an_accepted_one_is_not_taken_back(ines, proposal):
    proposal.accept(by=ines, values=values_of(proposal), expect=proposal.version)
    with pytest.raises(IllegalTransition):
        proposal.reopen(by=ines, expect=proposal.version)


def values_of(proposal, **changes):
    return {
        "finding_type": proposal.finding_type,
        "attributed_to": proposal.attributed_to,
        "theme": proposal.theme,
        "severity": proposal.severity,
        "summary": "Officers stay away.",
        **changes,
    }


# Two people


@pytest.mark.parametrize("button", ["accept", "reject", "merge"])
def test_the_second_to_decide_is_told_and_nothing_doubles(button, ines, mary, proposal, another, signed_in):
    other = another(2)
    first, second = signed_in(ines), signed_in(mary)
    asked, asked_too = opened(first, proposal), opened(second, proposal)
    assert press(first, asked, "accept").status_code == 302
    events = Event.objects.count()
    response = press(second, asked_too, button, summary="MY-WORDS", into=f"proposal:{other.public_id}")
    assert response.status_code == 409
    assert "It is “Accepted” by Ines Example." in text(response)
    assert page(response).find("textarea", name="summary").raw.strip() == "MY-WORDS"
    assert Finding.objects.count() == 1
    assert Event.objects.count() == events


def test_the_same_form_sent_twice_is_one_finding(ines, proposal, signed_in):
    client = signed_in(ines)
    asked = opened(client, proposal)
    first, second = press(client, asked, "accept"), press(client, asked, "accept")
    assert (first.status_code, second.status_code) == (302, 302)
    assert Finding.objects.count() == 1
    assert proposal.events().count() == 2


def test_a_form_without_its_version_decides_nothing(ines, proposal, signed_in):
    client = signed_in(ines)
    for version in ("", "0", "99"):
        answer = client.post(proposal.get_absolute_url(), {"version": version, "reject": "1"})
        assert answer.status_code == 409
    proposal.refresh_from_db()
    assert proposal.is_open


# Read again


def test_a_newer_reading_supersedes_only_what_nobody_decided(ines, proposal, another):
    other = another(2)
    proposal.accept(by=ines, values=values_of(proposal), expect=proposal.version)
    with pytest.raises(IllegalTransition):
        proposal.supersede()
    other.supersede()
    proposal.refresh_from_db()
    assert (proposal.status, other.status) == ("accepted", "superseded")
    with pytest.raises(IllegalTransition):
        other.reject(by=ines, expect=other.version)


# How right the reader was


def figures(user):
    return {
        title: {row.label: row.cells for row in rows}
        for title, rows in agreement(Proposal.objects.visible_to(user))
    }


def test_agreement_is_counted_by_theme_and_type_without_shares_of_few(ines, mary, another, missing):
    for order in range(4):
        found = another(order)
        found.accept(by=ines, values=values_of(found), expect=found.version)
    changed = another(5)
    changed.accept(by=ines, values=values_of(changed, theme=missing), expect=changed.version)
    strength = another(6, finding_type="strength", severity="", theme=missing)
    strength.reject(by=ines, expect=strength.version)
    merged, into = another(7), another(8)
    merged.merge(by=ines, expect=merged.version, into=into)
    found = figures(mary)
    # As proposed, same theme, same type, accepted, rejected.
    assert found["All"]["All decided"] == [
        "4 of 6 (67%)",
        "4 of 6 (67%)",
        "5 of 6 (83%)",
        "5 of 6 (83%)",
        "1 of 6 (17%)",
    ]
    assert found["By proposed theme"]["Missing children"] == [
        "0 of 1",
        "0 of 1",
        "0 of 1",
        "0 of 1",
        "1 of 1",
    ]
    assert found["By proposed theme"]["Strategy discussions"][:2] == ["4 of 5 (80%)", "4 of 5 (80%)"]
    assert found["By proposed type"]["Strength"][-1] == "1 of 1"
    assert len(found["By month of the decision"]) == len(found["By version of the reader"]) == 1


def test_the_page_of_figures_has_ones_own_inspectorate_only(ines, mary, hanna, proposal, signed_in):
    proposal.reject(by=ines, expect=proposal.version)
    assert "1 of 1" in text(signed_in(mary).get(reverse("reader_figures")))
    assert "1 of 1" not in text(signed_in(hanna).get(reverse("reader_figures")))


def test_the_figures_cost_the_same_queries_for_one_and_three(
    ines, another, missing, signed_in, django_assert_num_queries
):
    client = signed_in(ines)
    for order in range(3):
        found = another(order, theme=missing if order else None)
        found.reject(by=ines, expect=found.version)
        client.get(reverse("reader_figures"))
        with django_assert_num_queries(9):
            client.get(reverse("reader_figures"))


def test_a_reader_learns_from_what_was_accepted_or_rejected(ines, another):
    accepted, rejected, merged, open_one = (another(order) for order in range(4))
    accepted.accept(by=ines, values=values_of(accepted), expect=accepted.version)
    rejected.reject(by=ines, expect=rejected.version)
    merged.merge(by=ines, expect=merged.version, into=open_one)
    assert list(Proposal.objects.to_learn_from()) == [accepted, rejected]


# The whole way


def test_a_confirmed_finding_goes_the_usual_way_and_is_there_for_everybody(
    ines, mary, proposal, cleveland, clara, signed_in
):
    client, listed = signed_in(ines), reverse("findings")
    press(client, opened(client, proposal), "accept", summary="ITS-WORDS")
    finding = Finding.objects.get()
    assert "ITS-WORDS" not in text(signed_in(clara).get(listed))
    assert signed_in(clara).get(finding.get_absolute_url()).status_code == 404
    finding.move("submit", by=ines)
    manager = signed_in(mary)
    agree = reverse("finding_step", args=[finding.public_id, "agree"])
    assert submit(manager, manager.get(agree)).status_code == 302
    finding.refresh_from_db()
    publish_finding(finding, by=mary)
    assert "ITS-WORDS" in text(signed_in(clara).get(listed))
    read = text(signed_in(clara).get(finding.get_absolute_url()))
    assert "paragraph 16" in read
    assert "page 1" in read.lower()


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_queries_for_one_and_three(
    number, ines, another, signed_in, django_assert_num_queries
):
    proposal = another(1, group=1)
    for order in range(2, 2 + number):
        another(order, group=1)
        another(order + 10)
    client = signed_in(ines)
    opened(client, proposal)
    with django_assert_num_queries(20):
        opened(client, proposal)


def test_a_proposal_of_another_manager_of_the_lead_is_decided_too(proposal, ofsted, signed_in):
    client = signed_in(person("Milo", "manager", ofsted))
    assert press(client, opened(client, proposal), "reject").status_code == 302
