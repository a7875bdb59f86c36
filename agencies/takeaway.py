"""A table to take away as CSV, XLSX or ODS: the same cells in all three, with a header that says what they are.

No text becomes a formula: XLSX and ODS hold it as text, CSV puts an apostrophe before it. Texts longer than
a cell of a spreadsheet may be are given whole on a sheet of their own.
"""

import csv
import re
from datetime import date, datetime
from decimal import Decimal
from io import TextIOWrapper
from math import isfinite
from tempfile import SpooledTemporaryFile

import xlsxwriter
from django.http import FileResponse, Http404
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from . import opendocument
from .opendocument import Sheet

FORMATS = ("csv", "xlsx", "ods")
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": opendocument.CONTENT_TYPE,
}
IN_MEMORY = 2**21  # bytes; a larger file waits on disk
CELL_LIMIT = 32_767  # UTF-16 units that a cell of a spreadsheet holds
PART = CELL_LIMIT // 2  # characters of a part of a longer text: each may be two units
EXACT = 2**53  # whole numbers beyond it would lose digits in a spreadsheet
FIRST_YEAR = 1900  # XLSX knows no earlier days
LAST_ROW = 2**20  # of a sheet

# What XML forbids, and halves of characters, which no encoding holds.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# What a spreadsheet may read as a formula, behind anything invisible; and such text behind apostrophes, so
# that taking one apostrophe away always gives the original back.
IGNORED = r"[\s\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u2064\ufeff]*"
FORMULA = re.compile(rf"'*(?:[\t\r\n]|{IGNORED}[=+\-@\uff1d\uff0b\uff0d\uff20])")


def links(request, **query):
    """(format, URL) for `Table.take_urls`: this page with its filters and order, as ?take=csv, whole."""
    found = []
    for format in FORMATS:
        kept = request.GET.copy()
        kept.pop("page", None)
        for name, value in {**query, "take": format}.items():
            kept[name] = value
        found.append((format.upper(), f"{request.path}?{kept.urlencode()}"))
    return tuple(found)


def asked(request):
    """The format that ?take= asks for; None: the page itself."""
    format = request.GET.get("take")
    if format is not None and format not in FORMATS:
        raise Http404
    return format


def download(table, about, format, as_of=None):
    """The table as a file. `about`: (label, value) pairs that go first; `as_of`: the date in the file's name.

    Everything is counted and written before the first byte is sent: a failure is an error page, never half a file.
    """
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the response closes it
    try:
        WRITERS[format](file, table, [(_plain(label), _plain(value)) for label, value in about])
        file.seek(0)
    except BaseException:
        file.close()
        raise
    words = [slugify(table.code)[:80] or "table", as_of.isoformat() if as_of else ""]
    name = f"{'-'.join(filter(None, words))}.{format}"
    response = FileResponse(file, as_attachment=True, filename=name, content_type=CONTENT_TYPES[format])
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _plain(value):
    """The value as int, float, date, text or None. What no file can hold in a text is shown as U+FFFD."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return f"{timezone.localtime(value) if timezone.is_aware(value) else value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value
    if isinstance(value, int):
        return int(value) if abs(value) <= EXACT else str(value)
    if isinstance(value, (float, Decimal)):
        return float(value) if isfinite(value) else None
    return UNWRITABLE.sub("\ufffd", str(value).replace("\r\n", "\n").replace("\r", "\n"))


def _rows(table):
    """The heads, then the values of each row."""
    yield tuple(_plain(column.label) for column in table.columns)
    for row in table.rows:
        yield tuple(_value(cell) for _column, cell in zip(table.columns, row, strict=True))


def _value(cell):
    value = _plain(cell.value)
    return f"{value} ({_plain(cell.note)})" if cell.note and isinstance(value, str) else value


# CSV


def _write_csv(file, table, about):
    text = TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerows([_harmless(value) for value in pair] for pair in about)
    writer.writerow([])
    writer.writerows([_harmless(value) for value in row] for row in _rows(table))
    text.detach()


def _harmless(value):
    """The value as CSV may hold it. An apostrophe before text that begins like a formula keeps it text."""
    if isinstance(value, date):
        return value.isoformat()
    return f"'{value}" if isinstance(value, str) and FORMULA.match(value) else value


# Spreadsheets


def _sheets(table, about):
    """The header, the table, and where they are needed the long texts, each in parts that fit into cells."""
    long = []
    about_rows = _within_limit(about, _("About"), ("", _("Value")), long)
    yield Sheet(_("About"), (20, 56), about_rows, headed=False, wrapped=True)
    heads = tuple(column.label for column in table.columns)
    widths = tuple(
        40 if place == 0 else min(max(12, len(str(column.label)) + 2), 24) if column.numeric else 26
        for place, column in enumerate(table.columns)
    )
    yield Sheet(_("Table"), widths, _within_limit(_rows(table), _("Table"), heads, long))
    if long:
        heads = (_("Sheet"), _("Row"), _("Column"), _("Part"), _("Text"))
        yield Sheet(_("Long texts"), (12, 8, 26, 8, 90), [heads, *long], wrapped=True)


def _within_limit(rows, sheet, heads, long):
    """The rows; a text that no cell can hold goes in parts into `long`, its beginning stays and says so."""
    for number, row in enumerate(rows, 1):
        if number > LAST_ROW:
            raise ValueError("More rows than a sheet can hold: they would be lost")
        kept = list(row)
        for place, text in enumerate(row):
            if isinstance(text, str) and len(text) > PART and len(text.encode("utf-16-le")) > 2 * CELL_LIMIT:
                parts = [text[start : start + PART] for start in range(0, len(text), PART)]
                long += [(sheet, number, heads[place], *part) for part in enumerate(parts, 1)]
                kept[place] = f"{text[: PART - 100]}… [{_('The whole text is on the sheet “Long texts”.')}]"
        yield tuple(kept)


def _write_xlsx(file, table, about):
    as_text = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    # Rows go to temporary files; leaving the block removes them, also when a row fails.
    with xlsxwriter.Workbook(file, {"constant_memory": True, **as_text}) as book:
        for sheet in _sheets(table, about):
            page = book.add_worksheet(sheet.name)
            for place, width in enumerate(sheet.widths):
                page.set_column(place, place, width)
            if sheet.headed:
                page.freeze_panes(1, 0)
            looks = _Looks(book, {"text_wrap": True, "valign": "top"} if sheet.wrapped else {})
            for number, row in enumerate(sheet.rows):
                for place, value in enumerate(row):
                    head = number == 0 if sheet.headed else place == 0
                    _write_cell(page, number, place, value, looks, head)


class _Looks:
    """The formats of a sheet's cells. `quote` tells the spreadsheet that text stays text when it is edited."""

    def __init__(self, book, base):
        self.plain = book.add_format(base)
        self.quote = book.add_format({**base, "quote_prefix": True})
        self.head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "quote_prefix": True})
        self.date = book.add_format({**base, "num_format": "yyyy-mm-dd"})


def _write_cell(page, number, place, value, looks, head):
    if value is None:
        return
    if isinstance(value, date) and value.year < FIRST_YEAR:
        value = value.isoformat()
    if isinstance(value, date):
        page.write_datetime(number, place, value, looks.date)
    elif not isinstance(value, str):
        page.write_number(number, place, value, looks.head if head else looks.plain)
    else:
        look = looks.head if head else looks.quote if FORMULA.match(value) else looks.plain
        if value.startswith("<r>") and value.endswith("</r>"):
            # The library takes such text for markup of its own and would write it as it stands.
            page.write_rich_string(number, place, looks.plain, value[:1], looks.plain, value[1:], look)
        else:
            page.write_string(number, place, value, look)


def _write_ods(file, table, about):
    opendocument.write(file, _sheets(table, about))


WRITERS = {"csv": _write_csv, "xlsx": _write_xlsx, "ods": _write_ods}
