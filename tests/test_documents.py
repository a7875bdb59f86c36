"""Documents: the same words, numbers and tables as a page, a PDF, a Word file and plain text, and nothing that was typed acts."""

import random
import re
import zipfile
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from threading import Thread
from urllib.request import urlopen

import docx
import pdfplumber
import pypdfium2
import pytest
from django.http import Http404
from django.template.loader import render_to_string
from django.test import RequestFactory
from docx.oxml.ns import qn
from pdfminer.pdftypes import resolve1

from agencies.tables import Cell, Column, Table
from findings.charts import quarters
from findings.documents import (
    Chart,
    Cite,
    Document,
    Heading,
    Items,
    Link,
    Marking,
    Paragraph,
    Source,
    TableBlock,
    Text,
    content,
    paragraph,
    pdf,
    plain,
    typesetting,
    word,
)
from findings.documents.files import file_of

from .reading_documents import bare, needs_pango, of_page, of_pdf, of_word

# The end of a response looks at the database's connection, where another test has left one open.
pytestmark = pytest.mark.django_db

REPORT = Source(
    "Joint inspection of Stockton-on-Tees", "page 12, paragraph 47", "https://example.org/r.pdf#page=12"
)
FIGURE = Source("Forces with a serious weakness, 33 of 42", url="/figures/forces/?as_of=2016-10-17")
TABLE = Table(
    "by-theme",
    "Findings by theme",
    (Column("Theme"), Column("Weaknesses", numeric=True), Column("Of reports read", numeric=True)),
    (
        (Cell("Strategy discussions", url="/findings/?theme=x"), Cell(12), Cell(None)),
        (Cell("Missing children"), Cell(0.28, shown="12 of 43 (28%)"), Cell(3, note="so far")),
    ),
    note="Reports that nobody has read are left out.",
)
EMPTY = Table("none", "Open serious weaknesses", (Column("Force"),), (), empty="None is open.")
CHART = quarters(
    [{"label": "January to March 2016", "n": 2, "total": 5, "url": "", "known": True}],
    n_label="serious",
    total_label="all",
)


def document(*blocks, **values):
    return Document(
        **{
            "code": "briefing-cleveland",
            "title": "Briefing: Cleveland Police",
            "subtitle": "What inspections found",
            "blocks": blocks,
            "marking": Marking.draft(),
            "generated_by": "Mary Marsh",
            "generated_at": datetime.fromisoformat("2016-11-01T10:30:00+00:00"),
            "address": "https://register.example.org/briefings/cleveland/?as_of=2016-10-17",
            "as_of": date(2016, 10, 17),
            **values,
        }
    )


def page_of(document):
    return render_to_string("components/documents/body.html", {"document": document})


WHOLE = document(
    paragraph("The first words, before any heading."),
    Heading("What was found"),
    paragraph(
        "In ",
        Text("33 of 42", strong=True),
        " reports",
        Cite(FIGURE),
        ", see ",
        Link("the report", REPORT.url),
        Cite(REPORT),
        ".",
    ),
    Items(((Text("one"), Cite(REPORT)), (Text("two\nlines"),))),
    Heading("By theme", 3),
    TableBlock(TABLE, {(1, 1): (REPORT,)}),
    TableBlock(EMPTY),
    Items(((Text("first ask"),), (Text("second ask"),)), numbered=True),
    Items(((Text("first of another list"),),), numbered=True),
    Chart("quarters", CHART, TableBlock(TABLE)),
)


def test_the_page_says_all_of_it_in_order():
    assert of_page(page_of(WHOLE)) == [
        ("p", "Draft:notsent,notforuse"),
        ("h1", "Briefing:ClevelandPolice"),
        ("p", "Whatinspectionsfound"),
        ("item", "Asknownon:17October2016"),
        ("item", "Writtenoutby:MaryMarsh"),
        ("item", "Writtenouton:1November2016,10:30"),
        ("p", "Thefirstwords,beforeanyheading."),
        ("h2", "Whatwasfound"),
        ("p", "In33of42reports[1],seethereport[2]."),
        ("item", "one[2]"),
        ("item", "twolines"),
        ("h3", "Bytheme"),
        ("caption", "Findingsbytheme"),
        ("head", "Theme"),
        ("head", "Weaknesses"),
        ("head", "Ofreportsread"),
        ("row", "Strategydiscussions"),
        ("cell", "12"),
        ("cell", "–"),
        ("row", "Missingchildren"),
        ("cell", "12of43(28%)[2]"),
        ("cell", "3(sofar)"),
        ("p", "Reportsthatnobodyhasreadareleftout."),
        ("p", "Openseriousweaknesses"),
        ("p", "Noneisopen."),
        ("item", "firstask"),
        ("item", "secondask"),
        ("item", "firstofanotherlist"),
        ("caption", "Findingsbytheme"),
        *[
            ("head", "Theme"),
            ("head", "Weaknesses"),
            ("head", "Ofreportsread"),
            ("row", "Strategydiscussions"),
            ("cell", "12"),
            ("cell", "–"),
            ("row", "Missingchildren"),
            ("cell", "12of43(28%)"),
            ("cell", "3(sofar)"),
            ("p", "Reportsthatnobodyhasreadareleftout."),
        ],
        ("h2", "Sources"),
        ("item", "Forceswithaseriousweakness,33of42"),
        ("item", "JointinspectionofStockton-on-Tees,page12,paragraph47"),
    ]


def without_addresses(said):
    """Files print the address of a source behind it; the page has it in its link."""
    return [(kind, re.sub(r"<?https?://.*", "", words)) for kind, words in said]


def assert_same(said, expected):
    """What a PDF says, where the end of a page parts words and heads of tables are said again."""
    rest = iter(said)
    for kind, words in expected:
        parts = ""
        while parts != words:
            next_kind, more = next(rest)
            if next_kind == "head" != kind:
                continue
            assert (next_kind, (parts + more)[: len(words)]) == (kind, words[: len(parts + more)])
            parts += more
    assert not list(rest)


@needs_pango
def test_the_pdf_says_the_same_to_a_screen_reader():
    assert without_addresses(of_pdf(pdf.pdf(WHOLE))) == of_page(page_of(WHOLE))


def test_the_word_file_says_the_same():
    assert without_addresses(of_word(word.word(WHOLE))) == of_page(page_of(WHOLE))


def test_the_plain_text():
    assert (
        plain.plain(WHOLE)
        == """\
DRAFT: NOT SENT, NOT FOR USE

Briefing: Cleveland Police
==========================
What inspections found

As known on: 17 October 2016
Written out by: Mary Marsh
Written out on: 1 November 2016, 10:30

The first words, before any heading.


What was found
--------------

In 33 of 42 reports[1], see the report (link 1)[2].

- one[2]
- two
  lines

By theme

Findings by theme

                                         Of reports
Theme                        Weaknesses        read
--------------------  -----------------  ----------
Strategy discussions                 12           –
Missing children      12 of 43 (28%)[2]  3 (so far)

Reports that nobody has read are left out.

Open serious weaknesses
None is open.

1. first ask
2. second ask

1. first of another list

Findings by theme

                                      Of reports
Theme                     Weaknesses        read
--------------------  --------------  ----------
Strategy discussions              12           –
Missing children      12 of 43 (28%)  3 (so far)

Reports that nobody has read are left out.

Sources
-------
[1] Forces with a serious weakness, 33 of 42
    https://register.example.org/figures/forces/?as_of=2016-10-17
[2] Joint inspection of Stockton-on-Tees, page 12, paragraph 47
    https://example.org/r.pdf#page=12

Links
-----
(link 1) https://example.org/r.pdf#page=12
"""
    )


# Any content


def random_words(chance):
    words = [
        "Cleveland",
        "discussed",
        "12",
        "of",
        "43",
        "(28%)",
        "naïve–café",
        "<b>",
        "{{ x }}",
        "=1+1",
        "a" * 30,
        "&amp;",
    ]
    return " ".join(chance.choices(words, k=chance.randint(1, 9)))


def random_runs(chance):
    kinds = (
        lambda: Text(random_words(chance), strong=chance.random() < 0.3),
        lambda: Link(random_words(chance), "https://example.org/?a=1&b=2"),
        lambda: Cite(Source(random_words(chance), "page 3", "https://example.org/r.pdf")),
    )
    return tuple(chance.choice(kinds)() for _run in range(chance.randint(1, 4)))


def random_table(chance, number):
    columns = tuple(
        Column(f"column {place}", numeric=place % 2 == 1) for place in range(chance.randint(1, 5))
    )
    rows = tuple(
        tuple(
            Cell(chance.choice([chance.randint(0, 999), random_words(chance), None])) for _column in columns
        )
        for _row in range(chance.randint(0, 4))
    )
    return Table(f"table-{number}", random_words(chance), columns, rows)


def random_block(chance, number):
    kinds = (
        lambda: Heading(random_words(chance), chance.choice((2, 3))),
        lambda: Paragraph(random_runs(chance)),
        lambda: Items(tuple(random_runs(chance) for _item in range(3)), numbered=chance.random() < 0.5),
        lambda: TableBlock(random_table(chance, number)),
    )
    return chance.choice(kinds)()


@pytest.fixture(scope="module")
def anything():
    chance = random.Random(2016)
    return document(*(random_block(chance, number) for number in range(50)))


@needs_pango
def test_whatever_it_holds_pdf_and_word_say_what_the_page_says(anything):
    said = without_addresses(of_page(page_of(anything)))
    assert {"h2", "h3", "p", "item", "caption", "head", "row", "cell"} <= {kind for kind, _words in said}
    assert_same(without_addresses(of_pdf(pdf.pdf(anything))), said)
    assert without_addresses(of_word(word.word(anything))) == said


def test_whatever_it_holds_plain_text_has_all_of_it_in_order_in_72_columns(anything):
    text = plain.plain(anything)
    rest = bare(re.sub(r"\(link\s+\d+\)", "", text))
    for kind, words in of_page(page_of(anything))[1:]:
        if kind != "head":
            assert words in rest, words
            rest = rest[rest.index(words) + len(words) :]
    too_long = [line for line in text.splitlines() if plain.columns_of(line) > 72]
    assert not [line for line in too_long if not re.search(r"a{30}|https://", line)]


# What is typed


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=https://evil.example/x.png>",
    "</text></svg><style>*{display:none}</style>",
    "{{ request.user }} {% url 'home' %}",
    "=HYPERLINK(1)",
    "\x00\x1b[31mred\x07 \ud800 \ufffe",
    "\u202e42\u202c",
    "w" * 3000,
    "a]]>b &lt; & &#x41;",
    "_x000D_",
    "§ – “quoted” £ ½",
]


@pytest.mark.parametrize("typed", HOSTILE)
def test_what_was_typed_comes_out_as_text_everywhere(typed):
    table = Table(
        "typed", typed, (Column(typed), Column(typed)), ((Cell(typed), Cell(typed, note=typed)),), note=typed
    )
    source = Source(typed, typed, "https://example.org/")
    it = document(
        Heading(typed),
        paragraph(typed, Text(typed, strong=True), Link(typed, "https://example.org/"), Cite(source)),
        Items(((Text(typed),),)),
        TableBlock(table),
        title=typed,
        subtitle=typed,
        generated_by=typed,
    )
    plain_words = bare(content.written(typed))
    page = of_page(page_of(it))
    assert (
        page.count(("row", plain_words))
        == page.count(("h2", plain_words))
        == page.count(("item", plain_words))
        == 1
    )
    assert ("h1", plain_words) in page
    assert ("p", f"{plain_words * 3}[1]") in page
    assert ("cell", f"{plain_words}({plain_words})") in page
    assert without_addresses(of_word(word.word(it))) == without_addresses(page)
    assert bare(plain.plain(it)).count(plain_words) >= 10


@needs_pango
def test_what_was_typed_comes_out_as_text_in_a_pdf_too():
    it = document(*(paragraph(typed) for typed in HOSTILE), title=" ".join(HOSTILE))
    assert_same(of_pdf(pdf.pdf(it)), of_page(page_of(it)))


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//evil.example/",
        "mailto:x@example.org",
        "",
        "x",
    ],
)
def test_an_address_that_nobody_may_open_is_no_link(url):
    it = document(paragraph(Link("words", url), Cite(Source("a source", url=url))))
    assert "words" in page_of(it)
    assert set(re.findall(r'href="([^"]*)"', page_of(it))) == {"#source-1"}
    assert "https://" not in plain.plain(it)


def test_an_address_of_the_register_is_one_that_paper_can_keep():
    text = plain.plain(document(paragraph(Link("the list", "/findings/?theme=x"))))
    assert "(link 1) https://register.example.org/findings/?theme=x" in text


def test_words_from_right_to_left_stand_apart_from_the_figures_beside_them():
    runs = paragraph("\u05e9\u05dc\u05d5\u05dd", "33 of 42").runs
    assert [run.words for run in runs] == ["\u2068\u05e9\u05dc\u05d5\u05dd\u2069", "33 of 42"]


# PDF


@needs_pango
def test_the_pdf_is_tagged_titled_in_a_language_and_bookmarked():
    with pdfplumber.open(BytesIO(pdf.pdf(WHOLE))) as file:
        catalog = file.doc.catalog
        assert catalog["Lang"].decode() == "en-GB"
        assert resolve1(catalog["MarkInfo"])["Marked"] is True
        assert resolve1(catalog["ViewerPreferences"])["DisplayDocTitle"] is True
        assert b'pdfuaid:part="1"' in resolve1(catalog["Metadata"]).get_data()
        assert file.metadata["Title"] == "Briefing: Cleveland Police"
        assert file.metadata["Author"] == "Mary Marsh"
        assert file.metadata["Keywords"] == "Draft: not sent, not for use"
        assert [(level, title) for level, title, *_rest in file.doc.get_outlines()] == [
            (1, "Briefing: Cleveland Police"),
            (2, "What was found"),
            (3, "By theme"),
            (2, "Sources"),
        ]


@needs_pango
def test_each_page_of_the_pdf_has_the_marking_who_when_and_its_number():
    long = document(*(paragraph("Words of a long letter. " * 60) for _paragraph in range(12)))
    with pdfplumber.open(BytesIO(pdf.pdf(long))) as file:
        assert len(file.pages) > 2
        for number, page in enumerate(file.pages, 1):
            lines = page.extract_text().splitlines()
            assert lines[0] == "Draft: not sent, not for use"
            foot = " ".join(lines[-2:])
            assert (
                "As known on: 17 October 2016 · Written out by: Mary Marsh · Written out on: 1 November 2016"
                in foot
            )
            assert f"{number} / {len(file.pages)}" in foot


@needs_pango
def test_the_heads_of_a_table_stand_on_each_page_and_no_heading_at_the_foot_of_one():
    long = Table(
        "long",
        "A long table",
        (Column("Name"), Column("Number", numeric=True)),
        tuple((Cell(f"row {n}"), Cell(n)) for n in range(120)),
    )
    blocks = [Heading("Long"), TableBlock(long)]
    for number in range(30):
        blocks += [Heading(f"Heading {number}"), paragraph("Some words under it. " * 12)]
    with pdfplumber.open(BytesIO(pdf.pdf(document(*blocks)))) as file:
        pages = [page.extract_text().splitlines() for page in file.pages]
    with_rows = [lines for lines in pages if any(line.startswith("row ") for line in lines)]
    assert len(with_rows) > 1
    assert all("Name Number" in lines for lines in with_rows)
    assert len(pages) > 4
    assert not [lines for lines in pages if lines[-2].startswith("Heading ")]


@needs_pango
def test_a_picture_in_a_pdf_has_words_for_those_who_do_not_see_it():
    file = pdf.pdf(document(Chart("quarters", CHART, TableBlock(TABLE))))
    with pdfplumber.open(BytesIO(file)) as opened:
        assert "'alt_text': 'Findings by theme'" in str(opened.structure_tree)
    with closing(pypdfium2.PdfDocument(file)) as opened:
        assert "2 of 5" in opened[0].get_textpage().get_text_bounded()


@needs_pango
def test_a_pdf_that_would_take_too_much_is_not_made(monkeypatch):
    monkeypatch.setattr(pdf, "MEGABYTES", 64)
    with pytest.raises(pdf.NoPDF) as refused:
        pdf.pdf(WHOLE)
    assert not refused.value.library


@needs_pango
def test_a_pdf_that_would_take_too_long_is_not_made(monkeypatch):
    monkeypatch.setattr(pdf, "WAIT", 0.01)
    with pytest.raises(pdf.NoPDF):
        pdf.pdf(WHOLE)


@pytest.fixture
def asked_for():
    """(address, [paths asked for]…) of a server on this machine."""
    paths = []

    class Told(BaseHTTPRequestHandler):
        def do_GET(self):
            paths.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    with HTTPServer(("127.0.0.1", 0), Told) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", paths
        server.shutdown()


@needs_pango
def test_a_pdf_fetches_nothing_whatever_the_page_says(asked_for, tmp_path):
    address, paths = asked_for
    secret = tmp_path / "secret.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg"><text x="9" y="9">SECRET</text></svg>')
    html = f"""<html lang="en"><head><title>t</title><base href="{address}/">
        <link rel="stylesheet" href="{address}/a.css"><style>@import "{address}/b.css";
        body {{ background: url({address}/c.png) }}</style></head>
        <body>words<img src="{address}/d.png" alt=""><img src="{secret.as_uri()}" alt="">
        <object data="{address}/e.svg"></object><link rel="attachment" href="{secret.as_uri()}">
        <svg xmlns="http://www.w3.org/2000/svg"><image href="{address}/f.png" width="9" height="9"/></svg></body></html>"""
    file = typesetting.set_as_pdf(html, "p { color: red }", "text { fill: red }", f"{address}/")
    assert not paths
    with closing(pypdfium2.PdfDocument(file)) as opened:
        assert opened[0].get_textpage().get_text_bounded().strip() == "words"
    with urlopen(f"{address}/asked") as answer:
        assert answer.status == 200
    assert paths == ["/asked"]


# Word


def test_the_properties_of_the_word_file():
    file = docx.Document(BytesIO(word.word(WHOLE)))
    properties = file.core_properties
    assert (properties.title, properties.author, properties.language) == (
        "Briefing: Cleveland Police",
        "Mary Marsh",
        "en-GB",
    )
    assert properties.keywords == properties.content_status == "Draft: not sent, not for use"
    assert properties.created.replace(tzinfo=None) == datetime(2016, 11, 1, 10, 30)
    assert {node.get(qn("w:val")) for node in file.styles.element.iter(qn("w:lang"))} == {"en-GB"}


def test_each_page_of_the_word_file_has_the_marking_who_when_and_its_number():
    file = docx.Document(BytesIO(word.word(WHOLE)))
    (section,) = file.sections
    assert section.header.paragraphs[0].text == "Draft: not sent, not for use"
    foot = section.footer.paragraphs[0]
    assert foot.text.startswith("As known on: 17 October 2016 · Written out by: Mary Marsh")
    assert [node.get(qn("w:instr")) for node in foot._p.iter(qn("w:fldSimple"))] == ["PAGE", "NUMPAGES"]


def test_links_of_the_word_file_lead_to_its_sources_and_out():
    file = docx.Document(BytesIO(word.word(WHOLE)))
    links = list(file.element.body.iter(qn("w:hyperlink")))
    bookmarks = {node.get(qn("w:name")) for node in file.element.body.iter(qn("w:bookmarkStart"))}
    anchors = {link.get(qn("w:anchor")) for link in links} - {None}
    assert anchors == bookmarks == {"source_1", "source_2"}
    out = {file.part.rels[link.get(qn("r:id"))].target_ref for link in links if link.get(qn("r:id"))}
    assert out == {
        REPORT.url,
        "https://register.example.org/figures/forces/?as_of=2016-10-17",
        "https://register.example.org/findings/?theme=x",
    }


def test_each_numbered_list_of_the_word_file_begins_at_one():
    file = docx.Document(BytesIO(word.word(WHOLE)))
    numbers = [line._p.pPr.numPr.numId.val for line in file.paragraphs if line.style.name == "List Number"]
    assert numbers[0] == numbers[1] != numbers[2]


def test_the_word_file_holds_nothing_that_acts():
    with zipfile.ZipFile(BytesIO(word.word(WHOLE))) as file:
        assert not [name for name in file.namelist() if re.search(r"vba|embed|activeX", name)]


# Files


def ask(file_format):
    request = RequestFactory().post("/", {"format": file_format})
    return file_of(request, WHOLE)


@pytest.mark.parametrize(
    ("file_format", "begins"),
    [pytest.param("pdf", b"%PDF-", marks=needs_pango), ("docx", b"PK"), ("txt", b"DRAFT: NOT SENT")],
)
def test_a_file_is_taken_away_under_its_own_name(file_format, begins):
    response = ask(file_format)
    assert response.status_code == 200
    assert (
        response["Content-Disposition"]
        == f'attachment; filename="briefing-cleveland-2016-10-17.{file_format}"'
    )
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response.content.startswith(begins)


@pytest.mark.parametrize("file_format", ["", "exe", "html", "PDF"])
def test_a_format_that_there_is_none_of_is_not_found(file_format):
    with pytest.raises(Http404):
        ask(file_format)


def test_without_the_library_a_page_says_so_and_the_other_files_are_there(monkeypatch, tmp_path):
    without = tmp_path / "without.py"
    without.write_text(f"import sys\nsys.exit({typesetting.NO_LIBRARY})")
    monkeypatch.setattr(pdf, "PROGRAM", without)
    response = ask("pdf")
    assert response.status_code == 503
    assert "This server lacks a part" in response.content.decode()
    assert ask("docx").status_code == ask("txt").status_code == 200


@needs_pango
def test_a_line_that_ends_before_a_link_is_as_long_as_any():
    words = "Of the inspections of councils’ children’s services that were published in the twelve months to 16 October 2016, "
    more = " found at least one serious weakness in what the police did to help and protect children."
    document = replace(WHOLE, blocks=(paragraph(words, Link("9 of 40 (23%)", "/figures/"), more),))
    with pdfplumber.open(BytesIO(pdf.pdf(document))) as pages:
        lines = pages.pages[0].extract_text().split("\n")
    assert any(line.startswith("Of the inspections of councils’") for line in lines), lines
