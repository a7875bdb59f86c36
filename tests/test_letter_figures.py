"""Figures in letters: live until sent, then frozen with their rows; who sees them; agreement by a second person."""

import re
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pdfplumber
import pytest
from django.urls import reverse

from agencies.models import Event
from findings.models import FrozenRow, Letter
from findings.recount import RECOUNTS, Rows
from findings.recount.samples import Sample
from inspections.models import IllegalTransition

from .browsing import error_summary, page, submit, text
from .conftest import person
from .reading_documents import needs_pango
from .who_sees_what import MISSING, REFUSED, SHOWN, mismatches, outcome

ROUTES = {"letter_figure_add", "letter_figure", "letter_figure_remove", "letter_file"}
DAY = date(2016, 10, 17)
QUERY = "as_of=2016-10-17&window=year"


@pytest.fixture
def register(inspect, cleveland):
    """Five graded inspections of a year, two of them with a serious weakness of Cleveland Police."""
    found = [(cleveland, "serious")], [(cleveland, "serious")], [(cleveland, "minor")], [], []
    return [inspect(date(2016, month, 1), *weaknesses) for month, weaknesses in enumerate(found, 1)]


@pytest.fixture
def letter(mary, cleveland):
    values = {"level": 2, "to_agency": cleveland, "subject": "What we found", "text": "We found this."}
    return Letter.draft(by=mary, values=values)


def with_figure(letter, by, code="serious-weakness", place=0, query=QUERY):
    name = code if place is not None else f"{code}-table"
    letter.add_figure(by=by, name=name, code=code, query=query, place=place, expect=letter.version)
    letter.edit(by=by, values={"text": f"{letter.text}\n\n{{{{ {name} }}}}"}, expect=letter.version)
    return letter.figures.get(name=name)


def send(client, letter):
    asked = client.get(reverse("letter_step", args=[letter.public_id, "send"]))
    response = submit(client, asked)
    assert response.status_code == 302, error_summary(response)
    return asked


def shown(client, letter, name="serious-weakness"):
    return page(client.get(reverse("letter_figure", args=[letter.public_id, name]))).text


# Choosing one


def test_a_number_is_chosen_shown_and_stands_in_the_text(register, letter, mary, signed_in):
    client = signed_in(mary)
    address = reverse("letter_figure_add", args=[letter.public_id])
    asked = client.get(f"{address}?code=serious-weakness&as_of=17/10/2016&window=year")
    assert "2 of 5 (40%)" in text(asked)
    chosen = page(asked).find("button", type="submit", class_="govuk-button")
    assert chosen is not None
    response = client.post(
        address, {"code": "serious-weakness", "query": QUERY, "place": "0", "version": letter.version}
    )
    assert response["Location"] == f"{reverse('letter_edit', args=[letter.public_id])}#figures"
    letter.refresh_from_db()
    assert letter.events().count() == letter.version == 2
    assert letter.events().last().verb == "figure added"
    editing = client.get(reverse("letter_edit", args=[letter.public_id]))
    assert "{{ serious-weakness }}" in text(editing)
    submit(client, editing, text="In {{ serious-weakness }} inspections.")
    read = page(client.get(letter.get_absolute_url()))
    assert "In 2 of 5 (40%) inspections." in read.text
    assert read.find("a", href=reverse("letter_figure", args=[letter.public_id, "serious-weakness"]))


def test_choosing_the_same_twice_is_one_figure_and_another_has_another_name(
    register, letter, mary, signed_in
):
    client, address = signed_in(mary), reverse("letter_figure_add", args=[letter.public_id])
    for query in (QUERY, QUERY, "as_of=2016-03-02&window=year"):
        letter.refresh_from_db()
        fields = {"code": "serious-weakness", "query": query, "place": "0", "version": letter.version}
        client.post(address, fields)
    assert list(letter.figures.values_list("name", flat=True)) == ["serious-weakness", "serious-weakness-2"]


@pytest.mark.parametrize(
    "fields",
    [
        {"code": "letters", "query": QUERY, "place": "0"},
        {"code": "no-such-figure", "query": QUERY, "place": "0"},
        {"code": "serious-weakness", "query": "as_of=2999-01-01", "place": "0"},
        {"code": "serious-weakness", "query": "force=nowhere", "place": "0"},
        {"code": "serious-weakness", "query": QUERY, "place": "7"},
        {"code": "serious-weakness", "query": QUERY, "place": ""},
        {"code": "timeline", "query": QUERY, "place": ""},
        {},
    ],
)
def test_what_cannot_be_counted_is_not_added(fields, register, letter, mary, signed_in):
    client = signed_in(mary)
    response = client.post(reverse("letter_figure_add", args=[letter.public_id]), {"version": 1, **fields})
    assert response.status_code == 200
    assert error_summary(response)
    assert not letter.figures.exists()
    assert letter.events().count() == 1


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("See {{ nothing-such }}.", "Text: No figure of this letter and no published finding has this name: nothing-such."),
        ("See {{ two words }}.", "Text: Between {{ and }} stands one name, without spaces in it."),
        ("See {{ SIF-1999-XXX-01 }}.", "Text: No figure of this letter and no published finding has this name: SIF-1999-XXX-01."),
    ],
)  # fmt: skip
def test_a_place_that_stands_for_nothing_is_an_error_beside_the_text(words, error, letter, mary, signed_in):
    client = signed_in(mary)
    response = submit(client, client.get(reverse("letter_edit", args=[letter.public_id])), text=words)
    assert error_summary(response) == [error]
    assert page(response).find("textarea", name="text").raw.strip() == words


def test_a_draft_finding_is_no_name_to_write(letter, draft, mary, signed_in):
    """Nor does it tell that there is one: it has no reference before publication."""
    client = signed_in(mary)
    response = submit(
        client,
        client.get(reverse("letter_edit", args=[letter.public_id])),
        text=f"See {{{{ {draft.public_id} }}}}.",
    )
    assert "no published finding has this name" in error_summary(response)[0]


def test_a_finding_named_in_the_text_is_a_numbered_source(finding, letter, mary, signed_in):
    client = signed_in(mary)
    asked = client.get(reverse("letter_edit", args=[letter.public_id]))
    submit(client, asked, text=f"As {{{{ {finding.reference} }}}} says.")
    read = page(client.get(letter.get_absolute_url()))
    assert f"As [1] {finding.reference} says." in read.text
    source = read.find(id="source-1")
    assert finding.summary in source.text
    assert "page 12, paragraph 16" in source.text
    assert list(letter.findings.all()) == [finding]


def test_a_figure_is_taken_out_while_it_is_a_draft(register, letter, mary, signed_in):
    with_figure(letter, mary)
    client = signed_in(mary)
    address = reverse("letter_figure_remove", args=[letter.public_id, "serious-weakness"])
    client.post(address, {"version": letter.version - 1})
    assert letter.figures.count() == 1
    client.post(address, {"version": letter.version})
    assert not letter.figures.exists()
    assert letter.events().last().verb == "figure removed"


# Sending freezes


def test_what_was_sent_stays_and_the_page_says_what_differs_now(
    register, letter, mary, clara, strategy, signed_in
):
    with_figure(letter, mary)
    manager, respondent = signed_in(mary), signed_in(clara)
    send(manager, letter)
    gone = register[0].findings.get()
    gone.move("withdraw", by=mary, reason="A slip.")
    for client in (manager, respondent):
        assert "2 of 5 (40%)" in text(client.get(letter.get_absolute_url()))
        read = shown(client, letter)
        assert "As sent on" in read
        assert "Counted (2)" in read
        assert "Considered, not counted (3)" in read
        assert "1 of 5 (20%)" in read
        assert f"{register[0].reference}: counted in another place now" in read


def test_a_correction_of_a_finding_shows_as_a_difference(register, letter, mary, signed_in):
    with_figure(letter, mary, code="themes", place=None)
    client = signed_in(mary)
    send(client, letter)
    assert "every row is counted now as it was then" in shown(client, letter, "themes-table")
    corrected = register[1].findings.get()
    values = {"severity": "moderate", "severity_rationale": ""}
    corrected.correct(by=mary, values=values, citations=[], reason="Read again.", expect=corrected.version)
    read = shown(client, letter, "themes-table")
    assert f"{corrected.reference}: changed since: Severity" in read
    row = FrozenRow.objects.get(kind="findings.finding", key=corrected.public_id)
    assert ["Severity", "Serious"] in row.words["facts"]


def test_what_is_recorded_later_of_the_same_days_is_named(
    register, letter, mary, inspect, cleveland, signed_in
):
    with_figure(letter, mary)
    client = signed_in(mary)
    send(client, letter)
    late = inspect(date(2016, 9, 1), (cleveland, "serious"))
    read = shown(client, letter)
    assert "2 of 5 (40%)" in read
    assert "3 of 6 (50%)" in read
    assert f"{late.reference}: recorded, or counted here, since" in read


def test_of_a_finding_withdrawn_later_no_word_is_shown_to_who_may_not_see_it(
    register, letter, mary, clara, signed_in
):
    with_figure(letter, mary, code="findings")
    send(signed_in(mary), letter)
    gone = register[0].findings.get()
    name = letter.figures.get().name
    assert gone.summary in shown(signed_in(clara), letter, name)
    for each in register:
        for finding in each.findings.all():
            finding.move("withdraw", by=mary, reason="A slip.")
    read = shown(signed_in(clara), letter, name)
    assert gone.summary not in read
    assert f"{gone.reference}: withdrawn on" in read
    assert gone.summary in shown(signed_in(mary), letter, name)


def test_what_was_shown_is_what_is_sent(register, letter, mary, inspect, cleveland, signed_in):
    with_figure(letter, mary)
    client = signed_in(mary)
    asked = client.get(reverse("letter_step", args=[letter.public_id, "send"]))
    assert "2 of 5 (40%)" in text(asked)
    inspect(date(2016, 9, 1), (cleveland, "serious"))
    response = submit(client, asked)
    assert response.status_code == 409
    assert "3 of 6 (50%)" in text(response)
    assert "changed since you opened this page" in error_summary(response)[0]
    assert Letter.objects.get().status == "draft"
    assert not FrozenRow.objects.exists()
    assert submit(client, response).status_code == 302
    assert letter.figures.get().frozen["words"] == "3 of 6 (50%)"


def test_the_history_seals_what_was_sent(register, letter, mary, signed_in):
    with_figure(letter, mary)
    send(signed_in(mary), letter)
    figure = letter.figures.get()
    event = Event.objects.filter(verb="send").get()
    assert event.after["figures"] == [
        ["serious-weakness", "serious-weakness", QUERY, 0, "2 of 5 (40%)", figure.frozen["digest"]]
    ]
    assert figure.rows.count() == figure.frozen["row_count"] == 5


def test_a_figure_that_the_text_does_not_hold_is_not_sent(register, letter, mary, signed_in):
    letter.add_figure(
        by=mary, name="spare", code="serious-weakness", query=QUERY, place=0, expect=letter.version
    )
    send(signed_in(mary), letter)
    assert not letter.figures.exists()


def test_every_number_of_a_letter_is_found_again_by_the_plain_method(
    register, letter, mary, audrey, signed_in
):
    with_figure(letter, mary)
    letter.refresh_from_db()
    with_figure(letter, mary, code="any-weakness")
    letter.refresh_from_db()
    with_figure(letter, mary, code="themes", place=None)
    letter.refresh_from_db()
    client = signed_in(mary)
    send(client, letter)
    asked = Sample.of(Rows.export(), user=audrey, on=DAY, kind="year").asked
    printed = page(client.get(letter.get_absolute_url()))
    for figure in letter.figures.all():
        expected = RECOUNTS[figure.code](asked)
        if figure.place is not None:
            number = expected.numbers[figure.place]
            assert figure.frozen["words"] == f"{number.n} of {number.total} ({number.percent}%)"
            assert figure.frozen["words"] in printed.text
        else:
            cells = [[cell["value"] for cell in row] for row in figure.frozen["rows"]]
            plain = [[getattr(cell, "value", cell) for cell in row] for row in expected.rows]
            assert sorted(map(str, cells)) == sorted(map(str, plain))
    figures = {figure.frozen["words"] for figure in letter.figures.exclude(place=None)}
    links = {link.text for link in printed.find("main").find_all("a")}
    assert {words for words in links if re.search(r"\d+ of \d+", words)} == figures


# Who sees what


def reads(name, status):
    return name in ("mary", "audrey") or (name == "clara" and status == "sent")


@pytest.mark.parametrize("status", ["draft", "sent"])
def test_figures_are_as_visible_as_their_letter(status, register, people, letter, mary):
    with_figure(letter, mary)
    if status == "sent":
        send(people["mary"], letter)
    shows = lambda name: SHOWN if reads(name, status) else MISSING
    assert mismatches(people, "letter_figure", letter.public_id, shows) == []
    assert people["mary"].get(reverse("letter_figure", args=[letter.public_id, "other"])).status_code == 404

    def adds(name):
        if not reads(name, status):
            return MISSING
        return SHOWN if name == "mary" and status == "draft" else REFUSED

    assert mismatches(people, "letter_figure_add", letter.public_id, adds) == []
    version, address = (
        letter.version,
        reverse("letter_figure_remove", args=[letter.public_id, "serious-weakness"]),
    )
    for name, client in people.items():
        if name not in ("mary", "anonymous"):
            expected = REFUSED if reads(name, status) else MISSING
            assert outcome(client.post(address, {"version": version})) == expected, name
    assert letter.figures.count() == 1


def test_the_addressee_sees_the_frozen_rows_and_nothing_of_drafts(
    register,
    letter,
    mary,
    clara,
    ines,
    cleveland,
    strategy,
    sif,
    ofsted,
    stockton,
    drafting,
    draft,
    signed_in,
):
    with_figure(letter, mary, code="findings")
    send(signed_in(mary), letter)
    read = shown(signed_in(clara), letter, letter.figures.get().name)
    assert "DRAFT-WORDS" not in read
    assert register[0].findings.get().summary in read
    assert signed_in(clara).get(draft.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_reading_a_sent_letter_costs_the_same_for_one_and_three_figures(
    number, register, letter, mary, signed_in, django_assert_num_queries
):
    for code in ["serious-weakness", "any-weakness", "findings"][:number]:
        with_figure(letter, mary, code=code)
        letter.refresh_from_db()
    client = signed_in(mary)
    send(client, letter)
    client.get(letter.get_absolute_url())
    with django_assert_num_queries(12):
        client.get(letter.get_absolute_url())


# Files


def as_file(client, letter, file_format):
    return client.post(reverse("letter_file", args=[letter.public_id]), {"format": file_format})


@pytest.mark.parametrize("status", ["draft", "sent"])
def test_files_are_for_who_may_read_the_letter(status, letter, people):
    if status == "sent":
        send(people["mary"], letter)
    for name, client in people.items():
        if name != "anonymous":
            expected = SHOWN if reads(name, status) else MISSING
            assert outcome(as_file(client, letter, "txt")) == expected, name
            assert client.get(reverse("letter_file", args=[letter.public_id])).status_code == 405
    assert as_file(people["mary"], letter, "exe").status_code == 404
    words = as_file(people["mary"], letter, "txt").content.decode()
    assert ("DRAFT: NOT SENT" in words) == (status == "draft")


@needs_pango
def test_each_file_says_what_the_page_says(register, finding, letter, mary, signed_in):
    with_figure(letter, mary)
    letter.refresh_from_db()
    with_figure(letter, mary, code="themes", place=None)
    letter.refresh_from_db()
    client = signed_in(mary)
    asked = client.get(reverse("letter_edit", args=[letter.public_id]))
    words = f"# A heading\n\n- As {{{{ {finding.reference} }}}} says.\n\n{letter.text}"
    submit(client, asked, text=words, asks="Tell us.\nTell us when.", enclosures="A list.")
    send(client, letter)
    said = ["A heading", "2 of 5 (40%)", "Tell us when.", "A list.", finding.summary, "page 12, paragraph 16"]
    said += [cell["text"] for cell in letter.figures.get(place=None).frozen["rows"][0]]
    read = page(client.get(letter.get_absolute_url())).find("main").text
    plain = " ".join(as_file(client, letter, "txt").content.decode().split())
    with ZipFile(BytesIO(as_file(client, letter, "docx").content)) as word:
        in_word = re.sub(r"<[^>]+>", " ", word.read("word/document.xml").decode())
    with pdfplumber.open(BytesIO(as_file(client, letter, "pdf").content)) as pdf:
        in_pdf = " ".join(" ".join(each.extract_text() for each in pdf.pages).split())
    for where, text_of in {
        "page": read,
        "plain": plain,
        "word": " ".join(in_word.split()),
        "pdf": in_pdf,
    }.items():
        missing = [words for words in said if words.replace(" ", "") not in text_of.replace(" ", "")]
        assert not missing, where


# Agreement


def test_a_letter_between_inspectorates_is_agreed_by_somebody_who_did_not_write_it(
    mary, ofsted, hmicfrs, hanna, signed_in
):
    milo, rosa = person("Milo", "manager", ofsted), person("Rosa", "manager", ofsted)
    values = {"level": 3, "to_agency": hmicfrs, "subject": "Attendance", "text": "We write."}
    letter = Letter.draft(by=mary, values=values)
    letter.edit(by=milo, values={"text": "We write to you."}, expect=letter.version)
    agree, sending = (reverse("letter_step", args=[letter.public_id, verb]) for verb in ("agree", "send"))
    for writer in (mary, milo):
        assert signed_in(writer).get(agree).status_code == 403
        assert signed_in(writer).get(sending).status_code == 403
        with pytest.raises(IllegalTransition):
            letter.agree(by=writer)
        with pytest.raises(IllegalTransition):
            letter.send(by=writer)
    client = signed_in(rosa)
    assert submit(client, client.get(agree)).status_code == 302
    letter.refresh_from_db()
    assert (letter.status, letter.agreed_by) == ("agreed", rosa)
    assert letter.events().last().verb == "agree"
    assert signed_in(mary).get(reverse("letter_edit", args=[letter.public_id])).status_code == 403
    assert signed_in(hanna).get(letter.get_absolute_url()).status_code == 404
    send(signed_in(mary), letter)
    assert "Rosa Example" in text(signed_in(mary).get(letter.get_absolute_url()))
    assert "Rosa Example" not in text(signed_in(hanna).get(letter.get_absolute_url()))


def test_an_agreed_letter_that_is_taken_back_is_agreed_again(mary, ofsted, hmicfrs, signed_in):
    rosa = person("Rosa", "manager", ofsted)
    letter = Letter.draft(by=mary, values={"level": 4, "to_agency": hmicfrs, "subject": "A", "text": "B"})
    letter.agree(by=rosa)
    client = signed_in(mary)
    asked = client.get(reverse("letter_step", args=[letter.public_id, "take_back"]))
    assert submit(client, asked, reason="").status_code == 200
    assert submit(client, asked, reason="A number is to be checked.").status_code == 302
    letter.refresh_from_db()
    assert (letter.status, letter.agreed_by) == ("draft", None)
    with pytest.raises(IllegalTransition):
        letter.send(by=mary)
