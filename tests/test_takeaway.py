"""Tables: drawn with hostile text escaped, and taken away as CSV, XLSX and ODS without a formula or a lost word."""

import csv
import io
import re
import zipfile
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.http import Http404
from django.template.loader import render_to_string
from django.test import RequestFactory
from python_calamine import CalamineWorkbook

from agencies import takeaway
from agencies.tables import Cell, Column, Table
from agencies.takeaway import FORMATS, FORMULA, download

# The end of a response looks at the database's connection, where another test has left one open.
pytestmark = pytest.mark.django_db

FORMULAS = [
    "=1+1",
    "+44",
    "-1",
    "@SUM(A1)",
    "\tx",
    "  =1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "\u00a0\n@x",
    "\uff1d1+1",  # full-width = + - @
    "\uff0b44",
    "\uff0d1",
    " \uff20SUM",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://x.example/","y")',
    "'=1+1",
    "''=1+1",
]
TEXTS = [
    "'quoted",
    "plain",
    " spaces  within\tand tab ",
    "two\nlines\n\nfour",
    "Ynys Môn, 子供, 👮🏽, e\u0301, \u202eright to left",
    'a "quoted", comma; semicolon',
    "<r>x</r>",
    '<r></t></is></c><c r="B9"><f>1+1</f></c></r>',
    "<script>alert(1)</script> & </text:p>",
    "_x003D_1+1",
    "]]>",
    "007",
    "TRUE",
    "http://example.org/?a=1&b=2",
]
ABOUT = [
    ("Title", "Hostile"),
    ("Definition", "=how it is counted"),
    ("Filter", "Kind: police & \x0bother"),
    ("As of", date(2016, 10, 5)),
    ("When", datetime(2016, 10, 5, 12, 30, tzinfo=UTC)),
    ("Rows", 3),
    ("Who", ""),
]
ABOUT_READ = [
    ["Title", "Hostile"],
    ["Definition", "=how it is counted"],
    ["Filter", "Kind: police & \ufffdother"],
    ["As of", date(2016, 10, 5)],
    ["When", "2016-10-05 13:30"],
    ["Rows", 3],
    ["Who", ""],
]
AS_OF = date(2016, 10, 5)


def table_of(*values, code="hostile", **more):
    """A table of one column, a row for each value."""
    rows = [(value if isinstance(value, Cell) else Cell(value),) for value in values]
    return Table(code, "Hostile", (Column("=Head"),), rows, **more)


def file_of(table, format, about=ABOUT):
    with closing(download(table, about, format, AS_OF)) as response:
        return response.getvalue()


def unquoted(text):
    """What CSV says is text: the one apostrophe that the file adds is taken away."""
    return text[1:] if text.startswith("'") and FORMULA.match(text[1:]) else text


def sheets_of(content):
    """{name: rows} of a spreadsheet."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def column_read(table, format):
    """The first column as the file has it, its head included; from CSV without added apostrophes."""
    content = file_of(table, format)
    if format == "csv":
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        return [unquoted(row[0]) for row in rows[rows.index([]) + 1 :]]
    return [row[0] for row in sheets_of(content)["Table"]]


# Files


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("text", [*FORMULAS, *TEXTS])
def test_text_comes_back_as_it_was(format, text):
    assert column_read(table_of(text, "last"), format) == ["=Head", text, "last"]


@pytest.mark.parametrize("text", FORMULAS)
def test_csv_puts_an_apostrophe_before_what_a_spreadsheet_would_calculate(text):
    content = file_of(table_of(text), "csv").decode("utf-8-sig")
    *_about, _head, row = csv.reader(io.StringIO(content, newline=""))
    assert row == [f"'{text}"]


def test_csv_leaves_other_text_and_numbers_alone():
    content = file_of(table_of("'quoted", "a=b", "x@y", -1, -2.5, date(2016, 8, 5), None), "csv", about=[])
    assert (
        content.decode("utf-8-sig")
        == "\r\n'=Head\r\n'quoted\r\na=b\r\nx@y\r\n-1\r\n-2.5\r\n2016-08-05\r\n\"\"\r\n"
    )


def test_csv_begins_with_a_byte_order_mark_and_the_header():
    content = file_of(table_of("x"), "csv")
    assert content.startswith(b"\xef\xbb\xbfTitle,Hostile\r\nDefinition,'=how it is counted\r\n")
    assert (
        "\r\nAs of,2016-10-05\r\nWhen,2016-10-05 13:30\r\nRows,3\r\nWho,\r\n\r\n'=Head\r\n"
        in content.decode()
    )


@pytest.mark.parametrize("format", ["xlsx", "ods"])
def test_spreadsheets_begin_with_a_sheet_about_the_table(format):
    sheets = sheets_of(file_of(table_of("x"), format))
    assert list(sheets) == ["About", "Table"]
    assert sheets["About"] == ABOUT_READ


@pytest.mark.parametrize("format", ["xlsx", "ods"])
def test_spreadsheets_hold_no_formula_and_no_link(format):
    content = file_of(table_of(*FORMULAS, *TEXTS), format)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                tags = {
                    element.tag.split("}")[-1]
                    for element in ElementTree.fromstring(archive.read(name)).iter()
                }
                assert not tags & {"f", "hyperlink", "a", "script"}, name
                assert b"table:formula" not in archive.read(name)


@pytest.mark.parametrize("format", ["xlsx", "ods"])
def test_numbers_and_dates_stay_numbers_and_dates(format):
    values = [0, -1, 1234567, 0.28, -2.5, date(2016, 8, 5), None, "", float("nan"), Decimal("1.5")]
    read = column_read(table_of(*values, "last"), format)
    assert read == ["=Head", 0, -1, 1234567, 0.28, -2.5, date(2016, 8, 5), "", "", "", 1.5, "last"]
    assert [type(value) for value in read[1:7]] == [float, float, float, float, float, date]


@pytest.mark.parametrize("format", ["xlsx", "ods"])
def test_what_spreadsheets_cannot_count_stays_readable(format):
    read = column_read(table_of(date(1850, 1, 2), 10**17 + 1, True), format)
    assert read[1] in ("1850-01-02", date(1850, 1, 2))
    assert read[2:] == ["100000000000000001", "Yes"]


@pytest.mark.parametrize("format", FORMATS)
def test_what_xml_forbids_is_replaced(format):
    read = column_read(table_of("a\x0bb\x00c\x1fd\ud800e\ufffff", "a\r\nb\rc"), format)
    assert read == ["=Head", "a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf", "a\nb\nc"]


@pytest.mark.parametrize("format", ["xlsx", "ods"])
@pytest.mark.parametrize("letter", ["a", "👮"])
def test_a_text_too_long_for_a_cell_is_whole_on_a_sheet_of_its_own(format, letter):
    text = "=" + letter * 40_000 + "end"
    sheets = sheets_of(file_of(table_of("short", text), format))
    assert list(sheets) == ["About", "Table", "Long texts"]
    cell = sheets["Table"][2][0]
    assert cell.startswith("=" + letter)
    assert cell.endswith("… [The whole text is on the sheet “Long texts”.]")
    heads, *parts = sheets["Long texts"]
    assert heads == ["Sheet", "Row", "Column", "Part", "Text"]
    assert [part[:4] for part in parts] == [["Table", 3, "=Head", number] for number in (1, 2, 3)]
    assert "".join(part[4] for part in parts) == text
    assert max(len(text.encode("utf-16-le")) // 2 for text in [cell, *(part[4] for part in parts)]) <= 32_767


@pytest.mark.parametrize("format", ["xlsx", "ods"])
def test_a_text_that_just_fits_stays_in_its_cell(format):
    assert column_read(table_of("a" * 32_767), format)[1] == "a" * 32_767


def test_csv_holds_a_long_text_whole():
    assert column_read(table_of("a" * 40_000), "csv")[1] == "a" * 40_000


@pytest.mark.parametrize("format", FORMATS)
def test_a_note_goes_with_text_and_not_with_a_number(format):
    read = column_read(
        table_of(Cell("Cleveland", note="until 2016"), Cell(7, note="of 9", shown="seven")), format
    )
    assert read[1] == "Cleveland (until 2016)"
    assert float(read[2]) == 7


@pytest.mark.parametrize("format", FORMATS)
def test_rows_may_come_one_by_one_and_a_row_that_does_not_fit_fails(format):
    heads = (Column("A"), Column("B", numeric=True))
    table = Table("t", "T", heads, ((Cell(f"row {n}"), Cell(n)) for n in range(300)))
    assert column_read(table, format) == ["A", *(f"row {n}" for n in range(300))]
    with pytest.raises(ValueError, match="shorter"):
        download(Table("t", "T", heads, [(Cell(1),)]), [], format)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    ("code", "as_of", "name"),
    [
        ("by-force", AS_OF, "by-force-2016-10-05"),
        ('../../etc/pass"wd\r\nX: y', AS_OF, "etcpasswd-x-y-2016-10-05"),
        ("子供", None, "table"),
        ("a" * 300, None, "a" * 80),
    ],
)
def test_files_have_safe_names_and_types(format, code, as_of, name):
    with closing(download(table_of("x", code=code), [], format, as_of)) as response:
        assert response["Content-Disposition"] == f'attachment; filename="{name}.{format}"'
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Type"] == takeaway.CONTENT_TYPES[format]
        assert int(response["Content-Length"]) == len(response.getvalue())


def test_an_ods_file_says_first_what_it_is():
    content = file_of(table_of("x"), "ods")
    assert content[30:85] == b"mimetypeapplication/vnd.oasis.opendocument.spreadsheetP"


def test_the_heads_of_a_spreadsheet_stay_in_sight():
    with zipfile.ZipFile(io.BytesIO(file_of(table_of("x"), "xlsx"))) as archive:
        assert b'state="frozen"' not in archive.read("xl/worksheets/sheet1.xml")
        assert b'<pane ySplit="1" topLeftCell="A2"' in archive.read("xl/worksheets/sheet2.xml")
    with zipfile.ZipFile(io.BytesIO(file_of(table_of("x"), "ods"))) as archive:
        settings = archive.read("settings.xml").decode()
    assert 'config:name="Table"' in settings
    assert 'config:name="About"' not in settings
    assert 'config:name="VerticalSplitPosition" config:type="int">1<' in settings


def test_links_keep_the_filters_and_leave_the_page_out():
    request = RequestFactory().get("/statistics/", {"kind": ["a", "b"], "page": "2", "take": "x"})
    assert takeaway.links(request, table="by-force") == (
        ("CSV", "/statistics/?kind=a&kind=b&take=csv&table=by-force"),
        ("XLSX", "/statistics/?kind=a&kind=b&take=xlsx&table=by-force"),
        ("ODS", "/statistics/?kind=a&kind=b&take=ods&table=by-force"),
    )


def test_a_format_is_asked_for_by_name():
    assert takeaway.asked(RequestFactory().get("/", {"take": "ods"})) == "ods"
    assert takeaway.asked(RequestFactory().get("/")) is None
    with pytest.raises(Http404):
        takeaway.asked(RequestFactory().get("/", {"take": "exe"}))


# Pages

EVIL = '"><script>alert(1)</script>'
ESCAPED = "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"


def drawn(component, table, query="", **context):
    request = RequestFactory().get(f"/statistics/{query}")
    html = render_to_string(f"components/{component}.html", {"table": table, **context}, request)
    return re.sub(r"\s+", " ", html)


@pytest.fixture(params=["data_table", "heatmap"])
def component(request):
    return request.param


def test_hostile_text_is_escaped_wherever_it_stands(component):
    cell = Cell(EVIL, url=f"/x/?a={EVIL}", label=EVIL, note=EVIL, level=1)
    plain = Cell(1, shown=EVIL, label=EVIL)
    columns = (Column(EVIL, sort=EVIL, short=EVIL), Column(EVIL, numeric=True, short=EVIL + "2"))
    table = Table(EVIL, EVIL, columns, [(cell, plain)], EVIL, f"/{EVIL}", EVIL, EVIL, ((EVIL, EVIL),))
    for html in (
        drawn(component, table, sort=EVIL),
        drawn(component, Table(EVIL, EVIL, columns, [], empty=EVIL)),
    ):
        assert ESCAPED in html
        assert "<script" not in html


def test_a_table_says_how_it_is_counted_and_can_be_taken_away(component):
    table = table_of("x", definition="One finding counts once.", definition_url="/counting/", note="Two unread.", take_urls=(("CSV", "/x/?take=csv"), ("ODS", "/x/?take=ods")))  # fmt: skip
    html = drawn(component, table)
    assert "One finding counts once." in html
    assert 'href="/counting/">How this is counted<span class="govuk-visually-hidden">: Hostile</span>' in html
    assert "Two unread." in html
    assert 'href="/x/?take=csv">CSV<span class="govuk-visually-hidden">: Hostile</span></a>, ' in html
    assert html.count(">Hostile<") >= 1


def test_a_cell_opens_its_rows_and_is_never_without_text(component):
    columns = (Column("Force"), *(Column(str(n), numeric=True) for n in range(5)))
    row = (
        Cell("Cleveland Police", url="/agencies/cleveland/"),
        Cell(3, url="/findings/?a=1&b=2", label="weaknesses", level=4),
        Cell(0, label="weaknesses", level=0),
        Cell(None, label="not inspected"),
        Cell(date(2016, 8, 5)),
        Cell(0.333, note="of three"),
    )
    html = drawn(component, Table("t", "T", columns, iter([row])))
    link = "govuk-link govuk-link--no-visited-state"
    hidden = '<span class="govuk-visually-hidden"> '
    assert f'<th scope="row" class="govuk-table__header"><a class="{link}" href="/agencies/cleveland/">Cleveland Police</a></th>' in html  # fmt: skip
    assert f'<a class="{link}" href="/findings/?a=1&amp;b=2">3{hidden}weaknesses</span></a>' in html
    assert f">0{hidden}weaknesses</span>" in html
    assert f">–{hidden}not inspected</span>" in html
    assert ">5 August 2016<" in html
    assert '>0.3<span class="app-table__note">of three</span>' in html


def test_a_heatmap_shades_what_was_inspected():
    row = (Cell("x"), Cell(9, level=4), Cell(0, level=0), Cell(None))
    columns = (Column("Force"), Column("Voice of the child", short="Voice"), Column("B"), Column("C"))
    html = drawn("heatmap", Table("t", "T", columns, [row]))
    assert '<td class="govuk-table__cell app-heat--4">9</td>' in html
    assert '<td class="govuk-table__cell app-heat--0">0</td>' in html
    assert '<td class="govuk-table__cell">–</td>' in html
    assert (
        '<span aria-hidden="true">Voice</span><span class="govuk-visually-hidden">Voice of the child</span>'
        in html
    )
    assert "<strong>Voice</strong>: Voice of the child." in html
    assert 'tabindex="0" role="region" aria-label="T"' in html


def test_heads_sort_and_go_back_to_page_one(component):
    columns = (
        Column("Force", sort="force"),
        Column("Weaknesses", numeric=True, sort="weaknesses"),
        Column("C"),
    )
    table = Table("t", "T", columns, [(Cell("x"), Cell(1), Cell(2))])
    html = drawn(component, table, "?sort=-weaknesses&page=3&kind=a", sort="-weaknesses")
    assert html.count("aria-sort") == 1
    assert 'aria-sort="descending"' in html
    assert 'href="?sort=weaknesses&amp;kind=a#t"' in html
    assert 'href="?sort=force&amp;kind=a#t"' in html
    html = drawn(component, table, "?sort=force", sort="force")
    assert 'aria-sort="ascending"' in html
    assert 'href="?sort=-force#t"' in html
    assert "aria-sort" not in drawn(component, table)


def test_no_rows_say_what_that_means(component):
    html = drawn(component, Table("t", "Open weaknesses", (Column("A"),), [], empty="None is open."))
    assert "<table" not in html
    assert "Open weaknesses" in html
    assert "None is open." in html
