"""Logging and changing findings: what is asked, what is kept, and what happens when a form comes twice."""

from datetime import date

import pytest
from django.urls import reverse

from agencies.held import new_submission_key
from agencies.models import Kind, Policing
from findings.models import Citation, Finding
from inspections.models import Inspection, Report

from .browsing import choices, error_summary, errors_beside, form, page, submit, text
from .conftest import agency, record_finding, weakness

WORDS = "Officers came late to strategy discussions."


@pytest.fixture
def desk(signed_in, ines):
    """Ines's browser."""
    return signed_in(ines)


def log_url(inspection):
    return reverse("finding_log", args=[inspection.public_id])


@pytest.fixture
def blank(desk, drafting, strategy):
    """The empty form for a finding of the inspection that Ines is drafting."""
    return desk.get(log_url(drafting))


@pytest.fixture
def typed(cleveland, strategy):
    """What Ines types: a moderate weakness of Cleveland Police."""
    return {
        "finding_type": "weakness",
        "attributed_to": cleveland.pk,
        "theme": strategy.pk,
        "summary": WORDS,
        "severity": "moderate",
    }


def the_only_finding():
    return Finding.objects.get()


# Required fields


def test_four_fields_and_a_severity_make_a_draft_of_the_person_who_logged_it(
    desk, blank, typed, drafting, ines
):
    response = submit(desk, blank, **typed)
    finding = the_only_finding()
    assert response.url == finding.get_absolute_url()
    assert (finding.inspection, finding.author, finding.status) == (drafting, ines, "draft")
    assert (finding.summary, finding.severity) == (WORDS, "moderate")
    assert [event.verb for event in finding.events()] == ["logged"]
    assert "The finding is logged as a draft." in text(desk.get(response.url))


@pytest.mark.parametrize(
    ("name", "label", "first", "error"),
    [
        ("finding_type", "Type", "id_finding_type_0", "Choose a type."),
        ("attributed_to", "Attributed to", "id_attributed_to", "Choose whose practice it is."),
        ("theme", "Theme", "id_theme", "Choose a theme."),
        ("summary", "Summary", "id_summary", "Say in a sentence or two what was found."),
    ],
)
def test_a_missing_field_is_said_beside_it_and_in_the_summary_that_leads_to_it(
    desk, blank, typed, name, label, first, error
):
    missing = {**typed, name: None if name == "finding_type" else ""}
    response = submit(desk, blank, **missing)
    assert response.status_code == 200
    assert errors_beside(response, f"id_{name}") == [error]
    assert error_summary(response) == [f"{label}: {error}"]
    tree = page(response)
    assert tree.find("ul", class_="govuk-error-summary__list").find("a")["href"] == f"#{first}"
    assert tree.find(id=first) is not None
    assert tree.find("title").text.startswith("Error:")
    assert not Finding.objects.exists()


def test_an_empty_form_names_all_four(desk, blank):
    response = submit(desk, blank)
    assert len(error_summary(response)) == 4
    assert not Finding.objects.exists()


def test_a_weakness_needs_a_severity(desk, blank, typed):
    response = submit(desk, blank, **{**typed, "severity": None})
    assert errors_beside(response, "id_severity") == ["Choose how serious the weakness is."]
    assert form(response)[1]["summary"] == [WORDS]
    assert not Finding.objects.exists()


@pytest.mark.parametrize("severity", ["serious", "critical"])
@pytest.mark.parametrize("rationale", ["", "   ", "\n\n"])
def test_a_serious_weakness_needs_a_written_rationale(desk, blank, typed, severity, rationale):
    response = submit(desk, blank, **{**typed, "severity": severity, "severity_rationale": rationale})
    assert len(errors_beside(response, "id_severity_rationale")) == 1
    assert not Finding.objects.exists()
    submit(desk, response, severity_rationale="A child stayed at risk for weeks.")
    assert the_only_finding().severity_rationale == "A child stayed at risk for weeks."


@pytest.mark.parametrize("kind", ["strength", "observation"])
def test_a_strength_keeps_no_severity_that_was_chosen_before(desk, blank, typed, kind):
    submit(
        desk, blank, **{**typed, "finding_type": kind, "severity": "serious", "severity_rationale": "Because"}
    )
    finding = the_only_finding()
    assert (finding.finding_type, finding.severity, finding.severity_rationale) == (kind, "", "")


# Where the report says it


@pytest.fixture
def cited(typed):
    return {**typed, "citations-0-page": "12", "citations-0-paragraph": "16"}


def places(finding):
    return [(c.page, c.paragraph, c.quotation) for c in finding.citations.all()]


def test_a_finding_without_a_place_is_logged(desk, blank, typed):
    submit(desk, blank, **typed)
    assert places(the_only_finding()) == []


def test_a_place_is_page_paragraph_and_quotation(desk, blank, cited):
    submit(desk, blank, **cited, **{"citations-0-quotation": "“did not attend”"})
    assert places(the_only_finding()) == [(12, "16", "“did not attend”")]


@pytest.mark.parametrize("field", ["paragraph", "quotation"])
def test_a_paragraph_or_quotation_needs_its_page(desk, blank, typed, field):
    response = submit(desk, blank, **typed, **{f"citations-0-{field}": "recommendation 10"})
    assert errors_beside(response, "id_citations-0-page") == ["Give the page of the report."]
    assert error_summary(response) == ["Page: Give the page of the report."]
    assert form(response)[1][f"citations-0-{field}"] == ["recommendation 10"]
    assert not Finding.objects.exists()


def test_a_page_that_is_no_page_is_said_beside_it_and_stays_in_the_field(desk, blank, typed):
    for bad in ["twelve", "12a", "0", "-3", "5001", "99999999999999999999", "1.5", "²"]:
        response = submit(desk, blank, **typed, **{"citations-0-page": bad})
        assert len(errors_beside(response, "id_citations-0-page")) == 1, bad
        assert form(response)[1]["citations-0-page"] == [bad]
    assert not Finding.objects.exists()


def test_another_place_is_added_without_losing_anything_or_calling_the_form_wrong(desk, blank, typed):
    begun = {
        "finding_type": "weakness",
        "summary": "Half a sent",
        "citations-0-paragraph": "16",
        "citations-0-page": "x",
    }
    response = submit(desk, blank, button="add_citation", **begun)
    assert response.status_code == 200
    assert error_summary(response) == []
    assert not page(response).find_all("ul", class_="errorlist")
    kept = form(response)[1]
    assert {name: kept[name] for name in begun} == {name: [value] for name, value in begun.items()}
    assert kept["citations-1-page"] == [""]
    again = submit(
        desk,
        response,
        button="add_citation",
        **typed,
        **{
            "citations-0-page": "12",
            "citations-1-page": "40",
            "citations-1-paragraph": "recommendation 10",
        },
    )
    submit(desk, again, **{"citations-2-page": "3", "citations-2-paragraph": "summary"})
    assert places(the_only_finding()) == [(12, "16", ""), (40, "recommendation 10", ""), (3, "summary", "")]


def test_an_empty_place_between_two_is_left_out(desk, blank, typed):
    response = submit(desk, submit(desk, blank, button="add_citation"), button="add_citation")
    submit(desk, response, **typed, **{"citations-0-page": "1", "citations-2-page": "3"})
    assert places(the_only_finding()) == [(1, "", ""), (3, "", "")]


@pytest.mark.parametrize("button", ["save", "add_citation"])
def test_a_tampered_number_of_places_is_no_server_error(desk, blank, cited, button):
    for total in [None, "", "x", "²", "31", "1000000000", "1e3"]:
        response = submit(desk, blank, button=button, **{**cited, "citations-TOTAL_FORMS": total})
        assert response.status_code == 200, total
        assert form(response)[1]["summary"] == [WORDS]
    assert not Finding.objects.exists()


def test_the_report_of_a_place_is_one_of_the_inspections_own(desk, drafting, published, strategy, typed):
    first, second, foreign = (
        Report(inspection=inspection, title=title, file_name="a.pdf", sha256=title, pages=40).add(by=None)
        for inspection, title in ((drafting, "Report"), (drafting, "Annex"), (published, "Elsewhere"))
    )
    blank = desk.get(log_url(drafting))
    assert set(choices(blank, "citations-0-report")) == {"", str(first.pk), str(second.pk)}
    response = submit(desk, blank, **typed, **{"citations-0-page": "2", "citations-0-report": foreign.pk})
    assert len(errors_beside(response, "id_citations-0-report")) == 1
    submit(desk, response, **{"citations-0-report": second.pk})
    assert Citation.objects.get().report == second


# Who and what is offered


def first_offered(response):
    group = page(response).find("select", name="attributed_to").find("optgroup")
    return group["label"], [option.text for option in group.find_all("option")]


def test_the_inspected_council_and_its_force_come_first(blank):
    assert first_offered(blank) == (
        "In this inspection",
        ["Stockton-on-Tees Borough Council", "Cleveland Police"],
    )


def test_the_force_offered_is_the_one_policing_on_the_last_day_of_fieldwork(
    desk, ines, sif, camden, met, cleveland, strategy
):
    Policing.objects.get(authority=camden).change(by=None, values={"valid_to": date(2026, 5, 28)})
    Policing(force=cleveland, authority=camden, valid_from=date(2026, 5, 29)).add(by=None)
    for last_day, force in (
        (date(2026, 5, 28), "Metropolitan Police Service"),
        (date(2026, 5, 29), "Cleveland Police"),
    ):
        inspection = Inspection.create(
            by=ines,
            values={
                "framework": sif,
                "inspected_agency": camden,
                "fieldwork_from": date(2026, 5, 1),
                "fieldwork_to": last_day,
            },
        )
        offered = first_offered(desk.get(log_url(inspection)))[1]
        assert offered == ["London Borough of Camden", force]


def test_a_council_that_has_closed_since_is_still_offered_first(desk, drafting, stockton, strategy):
    stockton.change(by=None, values={"closed_on": date(2026, 6, 1)})
    assert first_offered(desk.get(log_url(drafting)))[1][0] == "Stockton-on-Tees Borough Council"


def test_agencies_of_a_joint_inspection_come_first_too(desk, drafting, met, strategy, ines):
    health = agency("Tees Health", Kind.HEALTH, "TEES")
    drafting.edit(by=ines, values={"participating_agencies": [health]}, expect=drafting.version)
    offered = first_offered(desk.get(log_url(drafting)))[1]
    assert offered == ["Stockton-on-Tees Borough Council", "Cleveland Police", "Tees Health"]


def test_an_inspectorate_is_nobody_to_attribute_to(desk, blank, typed, ofsted):
    assert str(ofsted.pk) not in choices(blank, "attributed_to")
    response = submit(desk, blank, **{**typed, "attributed_to": ofsted.pk})
    assert len(errors_beside(response, "id_attributed_to")) == 1
    assert not Finding.objects.exists()


def test_a_retired_theme_is_not_offered_but_stays_on_a_finding_that_has_it(desk, draft, strategy, missing):
    strategy.retire(by=None, reason="Renamed", into=missing)
    new = desk.get(log_url(draft.inspection))
    assert {theme for theme in choices(new, "theme") if theme} == {str(missing.pk)}
    edit = desk.get(reverse("finding_edit", args=[draft.public_id]))
    assert {theme for theme in choices(edit, "theme") if theme} == {str(missing.pk), str(strategy.pk)}
    submit(desk, edit, summary="Changed words")
    draft.refresh_from_db()
    assert (draft.summary, draft.theme) == ("Changed words", strategy)


def test_a_retired_theme_sent_all_the_same_is_refused(desk, blank, typed, strategy, missing):
    strategy.retire(by=None, reason="Renamed", into=missing)
    response = submit(desk, blank, **typed)
    assert len(errors_beside(response, "id_theme")) == 1
    assert not Finding.objects.exists()


@pytest.mark.parametrize("name", ["attributed_to", "theme", "recurrence_of", "finding_type", "severity"])
def test_a_choice_that_was_not_offered_is_refused_beside_its_field(desk, blank, typed, name):
    for value in ["0", "-1", "999999", "9" * 30, "“Cleveland”", "²", "abc", "1 OR 1=1", "1\x00"]:
        response = submit(desk, blank, **{**typed, name: value})
        assert response.status_code == 200, value
        assert len(errors_beside(response, f"id_{name}")) == 1, value
        assert len(error_summary(response)) == 1
    assert not Finding.objects.exists()


# Save and add another


def test_save_and_add_another_keeps_the_inspection_and_the_agency(desk, blank, typed, drafting, cleveland):
    response = submit(desk, blank, button="another", **typed)
    assert response.url == f"{log_url(drafting)}?attributed_to={cleveland.pk}"
    following = desk.get(response.url)
    address, fields = form(following)
    assert address == log_url(drafting)
    assert fields["attributed_to"] == [str(cleveland.pk)]
    assert fields["summary"] == [""]
    submit(desk, following, **{**typed, "summary": "A second one."})
    assert sorted(Finding.objects.values_list("summary", flat=True)) == ["A second one.", WORDS]


def test_a_tampered_agency_to_carry_over_gives_the_plain_form(desk, drafting, strategy):
    for value in ["x", "²", "9" * 30, "-1", "%00", "1&attributed_to=y", "", "999999"]:
        response = desk.get(f"{log_url(drafting)}?attributed_to={value}")
        assert response.status_code == 200, value
        assert form(response)[1]["attributed_to"] == [""]


# Recurrence


def earlier_url(inspection, **query):
    return reverse("findings_earlier", args=[inspection.public_id]), query


def test_earlier_findings_of_garbage_are_none(desk, drafting, finding, cleveland, strategy):
    garbage = ["", "x", "²", "9" * 30, "“Cleveland Police”", "-1", "\x00", "0"]
    pairs = [(value, strategy.pk) for value in garbage]
    pairs += [(cleveland.pk, value) for value in garbage] + [(value, value) for value in garbage]
    for agency_value, theme_value in pairs:
        url, query = earlier_url(drafting, attributed_to=agency_value, theme=theme_value)
        response = desk.get(url, query)
        assert response.status_code == 200
        assert not page(response).find_all("input")
    assert desk.get(earlier_url(drafting)[0]).status_code == 200


def test_a_recurrence_is_found_and_linked_in_one_step(
    desk, blank, typed, finding, drafting, cleveland, strategy
):
    url, query = earlier_url(drafting, attributed_to=cleveland.pk, theme=strategy.pk)
    offered = choices(desk.get(url, query), "recurrence_of")
    assert offered == {"": "No, or not known", finding.public_id: f"SIF-2016-STO-01: {finding.summary}"}
    submit(desk, blank, **typed, recurrence_of=finding.public_id)
    logged = Finding.objects.get(status="draft")
    assert logged.recurrence_of == finding
    assert "SIF-2016-STO-01" in text(desk.get(logged.get_absolute_url()))


def test_without_script_a_button_shows_the_earlier_findings_and_keeps_what_was_typed(
    desk, blank, typed, finding
):
    response = submit(desk, blank, button="show_earlier", **{**typed, "summary": ""})
    assert error_summary(response) == []
    assert finding.public_id in choices(response, "recurrence_of")
    submit(desk, response, summary=WORDS, recurrence_of=finding.public_id)
    assert Finding.objects.get(status="draft").recurrence_of == finding


def test_only_published_findings_of_other_inspections_same_agency_and_theme_are_earlier(
    desk, draft, finding, published, drafting, cleveland, met, strategy, missing, stockton
):
    record_finding(published, weakness(met, strategy))
    record_finding(published, weakness(cleveland, missing))
    withdrawn = record_finding(published, weakness(cleveland, strategy))
    withdrawn.move("withdraw", by=None, reason="Wrong")
    url, query = earlier_url(drafting, attributed_to=cleveland.pk, theme=strategy.pk)
    assert set(choices(desk.get(url, query), "recurrence_of")) == {"", finding.public_id}


def test_earlier_findings_of_a_theme_merged_into_the_chosen_one_are_found(
    desk, drafting, finding, cleveland, strategy, missing
):
    strategy.retire(by=None, reason="Merged", into=missing)
    url, query = earlier_url(drafting, attributed_to=cleveland.pk, theme=missing.pk)
    assert finding.public_id in choices(desk.get(url, query), "recurrence_of")


def test_a_finding_of_another_agency_or_the_same_inspection_is_no_recurrence(
    desk, blank, typed, draft, published, met, strategy
):
    for other in (draft, record_finding(published, weakness(met, strategy))):
        response = submit(desk, blank, **typed, recurrence_of=other.public_id)
        assert error_summary(response) != []
    assert Finding.objects.count() == 2


def test_a_finding_goes_on_when_the_one_it_recurs_from_is_withdrawn(
    signed_in, mary, ines, desk, blank, typed, finding
):
    submit(desk, blank, **typed, recurrence_of=finding.public_id)
    logged = Finding.objects.get(status="draft")
    finding.move("withdraw", by=mary, reason="The report was corrected")
    step = desk.get(reverse("finding_step", args=[logged.public_id, "submit"]))
    assert submit(desk, step, button=None).status_code == 302
    logged.refresh_from_db()
    assert logged.status == "in_review"


# Sent twice


def test_the_same_form_sent_twice_logs_one_finding(desk, blank, cited):
    first, second = submit(desk, blank, **cited), submit(desk, blank, **cited)
    assert first.status_code == second.status_code == 302
    assert first.url == second.url == the_only_finding().get_absolute_url()
    assert places(the_only_finding()) == [(12, "16", "")]
    assert the_only_finding().events().count() == 1


def test_sent_again_with_other_words_they_become_an_edit_of_the_first(desk, blank, cited, typed):
    submit(desk, blank, **cited)
    response = submit(desk, blank, **{**cited, "summary": "Better words.", "citations-0-page": "13"})
    assert response.status_code == 409
    assert the_only_finding().summary == WORDS
    shown = text(response)
    assert "You have logged this finding already" in shown
    rows = [
        [cell.text for cell in row.children if not isinstance(cell, str)]
        for row in page(response).find("table", class_="app-table--cards").find_all("tr")[1:]
    ]
    assert rows == [
        ["Summary", "Better words.", WORDS],
        ["Where the report says it", "13, 16", "12, 16"],
    ]
    saved = submit(desk, response)
    assert saved.status_code == 302
    assert the_only_finding().summary == "Better words."
    assert places(the_only_finding()) == [(13, "16", "")]


def test_sent_again_with_other_words_the_place_that_did_not_change_is_kept(desk, blank, cited):
    submit(desk, blank, **cited)
    response = submit(desk, blank, **{**cited, "summary": "Better words."})
    submit(desk, response)
    assert the_only_finding().summary == "Better words."
    assert places(the_only_finding()) == [(12, "16", "")]


def test_two_forms_log_two_findings_of_the_same_words(desk, drafting, strategy, typed):
    for _ in range(2):
        submit(desk, desk.get(log_url(drafting)), **typed)
    assert Finding.objects.count() == 2


def test_a_key_issued_to_somebody_else_is_not_honoured(desk, blank, typed, mary):
    """It counts as no key: the finding is logged, and Mary's own submission stays free."""
    key = new_submission_key(mary)
    submit(desk, blank, **typed, submission_key=key)
    assert the_only_finding().submission_key == ""


def test_a_garbled_key_is_no_key(desk, blank, typed):
    keys = ["", "garbage", "a:b:c", "\x00", "é" * 300, None]
    for key in keys:
        assert submit(desk, blank, **typed, submission_key=key).status_code == 302
    assert list(Finding.objects.values_list("submission_key", flat=True)) == [""] * len(keys)


# Text

TRICKY = {
    "long": "Many words. " * 4000,
    "emoji": "Child spoke 👧🏽 of family 👨‍👩‍👧 and flag 🏴󠁧󠁢󠁷󠁬󠁳󠁿",
    "welsh": "Nid oedd yr heddlu’n bresennol; ŵ ŷ Ŵ â ê î ô û",
    "right to left": "بلاغ الشرطة وصل متأخرا – ההודעה הגיעה מאוחר \u202eabc\u202c",
    "combining": "Zoe\u0308 and cafe\u0301, not normalised: Zoë, café",
    "word": "“Curly” ‘quotes’ – dash — dash… non\u00a0breaking soft\u00adhyphen\x0bvertical\ttab\u2028separator\u200bzero",
    "lines": "First line\n\nSecond line\n   indented",
    "html": "<script>alert(1)</script> <b>bold</b> & &amp; &lt; </textarea> \"q\" 'q' <!-- -->",
    "template": "{{ finding.author.password }} {% url 'home' %} {# no #} ${x} %(name)s",
    "numbers": "=1+1 @SUM -2 +3 \\' ;-- DROP TABLE",
}


@pytest.mark.parametrize("words", TRICKY.values(), ids=TRICKY)
def test_text_survives_unchanged_and_is_shown_as_it_was_typed(desk, blank, typed, signed_in, mary, words):
    detail, summary = words.strip(), words[:400].strip()
    submit(
        desk,
        blank,
        **{
            **typed,
            "summary": summary,
            "detail": detail,
            "severity": "serious",
            "severity_rationale": detail,
        },
        **{"citations-0-page": "1", "citations-0-quotation": words[:290].split("\n")[0].strip()},
    )
    finding = the_only_finding()
    assert finding.detail == detail
    assert finding.summary == summary
    assert finding.severity_rationale == detail
    assert finding.citations.get().quotation == words[:290].split("\n")[0].strip()
    shown = desk.get(finding.get_absolute_url())
    typed_parts = [part.raw for part in page(shown).find_all(class_="app-typed")]
    assert summary in typed_parts
    assert detail in typed_parts
    edit = desk.get(reverse("finding_edit", args=[finding.public_id]))
    assert form(edit)[1]["detail"] == [detail]
    assert not page(edit).find("textarea", name="detail").find_all()
    # Opened and saved again without a change, nothing is a change.
    submit(desk, edit)
    finding.refresh_from_db()
    assert (finding.version, finding.detail) == (1, detail)


def test_markup_in_text_is_escaped_on_every_page(desk, draft, ines, cleveland):
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    draft.edit(
        by=ines,
        values={"summary": evil, "detail": evil},
        citations=[{"page": 1, "paragraph": evil, "quotation": evil}],
        expect=draft.version,
    )
    for address in [
        "/",
        "/findings/",
        "/findings/?q=script",
        draft.get_absolute_url(),
        draft.inspection.get_absolute_url(),
        reverse("finding_edit", args=[draft.public_id]),
        reverse("finding_step", args=[draft.public_id, "submit"]),
        cleveland.get_absolute_url(),
    ]:
        content = desk.get(address).content.decode()
        assert "&lt;script&gt;alert(1)" in content, address
        assert "<script>alert" not in content
        assert "<img src=x" not in content


def test_a_line_break_is_kept_as_files_have_it_whatever_the_browser_sends(desk, drafting, strategy, typed):
    for sent in ("One\r\nTwo", "One\nTwo"):
        address, fields = form(desk.get(log_url(drafting)))
        desk.post(address, {**fields, **typed, "detail": sent})
    assert list(Finding.objects.values_list("detail", flat=True)) == ["One\nTwo", "One\nTwo"]


def test_blanks_around_the_text_are_taken_away(desk, blank, typed):
    """What a person cannot see is not kept: also a non-breaking space that Word leaves at the end."""
    submit(desk, blank, **{**typed, "summary": "\r\n  Words with  two blanks.\u00a0\r\n"})
    assert the_only_finding().summary == "Words with  two blanks."


def test_text_of_blanks_alone_is_missing_text(desk, blank, typed):
    response = submit(desk, blank, **{**typed, "summary": " \u00a0\r\n\t"})
    assert errors_beside(response, "id_summary") == ["Say in a sentence or two what was found."]


def test_text_that_is_too_long_says_so_and_stays_in_the_form(desk, blank, typed):
    response = submit(desk, blank, **{**typed, "summary": "x" * 1001})
    assert "at most 1000 characters (it has 1001)" in errors_beside(response, "id_summary")[0]
    assert form(response)[1]["summary"] == ["x" * 1001]
    submit(desk, response, summary="x" * 1000)
    assert len(the_only_finding().summary) == 1000


def test_a_nul_byte_is_an_error_beside_the_field(desk, blank, cited):
    for name in ["summary", "detail", "severity_rationale", "citations-0-paragraph"]:
        response = submit(desk, blank, **{**cited, name: "before\x00after"})
        assert response.status_code == 200
        assert errors_beside(response, f"id_{name}") == ["Null characters are not allowed."]
    assert not Finding.objects.exists()


# Two people change one finding


@pytest.fixture
def two(desk, signed_in, mary, draft):
    """Ines and Mary have both opened the draft, then Mary saves."""
    edit = reverse("finding_edit", args=[draft.public_id])
    his, hers = desk.get(edit), signed_in(mary)
    assert (
        submit(
            hers,
            hers.get(edit),
            summary="Mary's words.",
            detail="Mary's detail.",
            **{"citations-0-page": "99"},
        ).status_code
        == 302
    )
    return his


def conflict_rows(response):
    rows = page(response).find("table", class_="app-table--cards").find_all("tr")[1:]
    return {row.find("th").text: tuple(cell.find("div").raw for cell in row.find_all("td")) for row in rows}


def test_the_second_to_save_sees_both_versions_of_every_field_that_differs(desk, two, draft, missing):
    response = submit(desk, two, summary="Ines's words.", systemic="on", **{"citations-0-page": "12"})
    assert response.status_code == 409
    assert conflict_rows(response) == {
        "Summary": ("Ines's words.", "Mary's words."),
        "Detail": ("–", "Mary's detail."),
        "Systemic": ("Yes", "No"),
        "Where the report says it": ("12, 16", "99, 16"),
    }
    draft.refresh_from_db()
    assert (draft.summary, draft.version) == ("Mary's words.", 2)
    assert form(response)[1]["summary"] == ["Ines's words."]


def test_saving_again_after_comparing_works_and_history_has_both(desk, two, draft, ines, mary):
    response = submit(desk, two, summary="Ines's words.")
    assert submit(desk, response, detail="Mary's detail.").status_code == 302
    draft.refresh_from_db()
    assert (draft.summary, draft.detail) == ("Ines's words.", "Mary's detail.")
    assert places(draft) == [(12, "16", "")]
    assert [(event.by, event.after.get("summary")) for event in draft.events()][1:] == [
        (mary, "Mary's words."),
        (ines, "Ines's words."),
    ]


def test_a_third_change_while_comparing_is_a_conflict_again(desk, two, draft, mary):
    response = submit(desk, two, summary="Ines's words.")
    draft.edit(by=mary, values={"summary": "Third."}, citations=[], expect=2)
    assert submit(desk, response).status_code == 409
    draft.refresh_from_db()
    assert draft.summary == "Third."


def test_the_same_content_is_no_conflict(desk, two, draft):
    response = submit(
        desk, two, summary="Mary's words.", detail="Mary's detail.", **{"citations-0-page": "99"}
    )
    assert response.status_code == 302
    draft.refresh_from_db()
    assert draft.version == 2


def test_the_same_lines_saved_by_a_command_are_no_conflict(desk, draft, ines, mary):
    """Text that did not come from a browser has its line breaks as LF."""
    edit = reverse("finding_edit", args=[draft.public_id])
    opened = desk.get(edit)
    lines = "First line\nSecond line"
    draft.edit(by=mary, values={"detail": lines}, citations=[{"page": 12, "paragraph": "16"}], expect=1)
    assert submit(desk, opened, detail=lines).status_code == 302
    draft.refresh_from_db()
    assert (draft.version, draft.detail) == (2, lines)


def test_a_missing_or_garbled_version_never_overwrites(desk, two, draft):
    for version in [None, "", "x", "-1", "0", "9" * 25, "1.0", "²", "\x00"]:
        response = submit(desk, two, summary="Ines's words.", version=version)
        assert response.status_code == 409, version
        draft.refresh_from_db()
        assert draft.summary == "Mary's words."
    assert submit(desk, response).status_code == 302


def test_an_error_in_the_form_does_not_make_the_version_newer(desk, two, draft):
    wrong = submit(desk, two, summary="")
    assert error_summary(wrong) == ["Summary: Say in a sentence or two what was found."]
    assert submit(desk, wrong, summary="Ines's words.").status_code == 409
    draft.refresh_from_db()
    assert draft.summary == "Mary's words."


def test_adding_a_place_does_not_make_the_version_newer(desk, two, draft):
    redrawn = submit(desk, two, button="add_citation", summary="Ines's words.")
    assert submit(desk, redrawn).status_code == 409


def test_a_place_taken_away_in_the_form_is_taken_away(desk, draft):
    edit = desk.get(reverse("finding_edit", args=[draft.public_id]))
    submit(desk, edit, **{"citations-0-page": "", "citations-0-paragraph": ""})
    assert places(draft) == []


def test_places_survive_an_edit_whose_form_says_it_began_with_none(desk, draft):
    edit = desk.get(reverse("finding_edit", args=[draft.public_id]))
    submit(desk, edit, summary="Other words", **{"citations-INITIAL_FORMS": "0"})
    assert places(draft) == [(12, "16", "")]


# Who may


def test_logging_is_for_those_who_work_on_the_inspection(
    signed_in, drafting, published, ines, otto, mary, hugo, clara, audrey, adam, nobody, draft
):
    log, edit = log_url(drafting), reverse("finding_edit", args=[draft.public_id])
    answers = {
        person.first_name: (signed_in(person).get(log).status_code, signed_in(person).get(edit).status_code)
        for person in (ines, otto, mary, hugo, clara, audrey, adam, nobody)
    }
    assert answers == {
        "Ines": (200, 200),
        "Otto": (404, 404),
        "Mary": (200, 200),
        "Hugo": (404, 404),
        "Clara": (404, 404),
        "Audrey": (403, 403),
        "Adam": (404, 404),
        "Nobody": (404, 404),
    }
    assert signed_in(clara).get(log_url(published)).status_code == 403


def test_nothing_is_logged_on_a_paused_inspection(desk, blank, typed, drafting, ines):
    drafting.move("pause", by=ines, reason="Waiting")
    assert submit(desk, blank, **typed).status_code == 403
    assert not Finding.objects.exists()


def test_an_edit_that_comes_after_the_finding_was_agreed_is_shown_and_not_saved(draft, ines, mary, signed_in):
    client = signed_in(ines)
    opened = client.get(reverse("finding_edit", args=[draft.public_id]))
    draft.move("submit", by=ines)
    draft.move("agree", by=mary)
    response = submit(client, opened, summary="Words that took an hour.")
    assert response.status_code == 403
    assert "Words that took an hour." in response.content.decode()
    draft.refresh_from_db()
    assert (draft.status, draft.summary) == ("agreed", "DRAFT-WORDS officers stayed away.")
