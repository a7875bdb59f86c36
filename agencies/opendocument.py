"""Writes spreadsheets in the OpenDocument format (ODS), row by row as the rows come.

Our own, because a text must never turn into a formula and 5,000 rows are wanted within seconds: the kept
library for the format builds a tree of the whole document first and took 18 seconds for them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape, quoteattr  # nosec B406 # writes only
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

CONTENT_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
BUFFER = 2**16  # characters gathered before they are compressed
WIDTH = 0.21  # centimetres for each character of a column's width

# Space at an edge, space after space and tabs fold into one, unless they are written as elements.
FOLDED = re.compile(r"\t|^ +| {2,}| +$")

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMES = "urn:oasis:names:tc:opendocument:xmlns"
MANIFEST = f"""{DECLARATION}<m:manifest xmlns:m="{NAMES}:manifest:1.0" m:version="1.3">
<m:file-entry m:full-path="/" m:version="1.3" m:media-type="{CONTENT_TYPE}"/>
<m:file-entry m:full-path="content.xml" m:media-type="text/xml"/>
<m:file-entry m:full-path="styles.xml" m:media-type="text/xml"/>
<m:file-entry m:full-path="settings.xml" m:media-type="text/xml"/>
</m:manifest>"""
CONTENT = f"""{DECLARATION}<office:document-content office:version="1.3"
 xmlns:office="{NAMES}:office:1.0" xmlns:table="{NAMES}:table:1.0" xmlns:text="{NAMES}:text:1.0"
 xmlns:style="{NAMES}:style:1.0" xmlns:number="{NAMES}:datastyle:1.0" xmlns:fo="{NAMES}:xsl-fo-compatible:1.0">
<office:automatic-styles>
<number:date-style style:name="iso"><number:year number:style="long"/><number:text>-</number:text
><number:month number:style="long"/><number:text>-</number:text><number:day number:style="long"/></number:date-style>
<style:style style:name="date" style:family="table-cell" style:data-style-name="iso"/>
<style:style style:name="head" style:family="table-cell"><style:table-cell-properties fo:wrap-option="wrap"
 style:vertical-align="top"/><style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:name="wrap" style:family="table-cell"><style:table-cell-properties fo:wrap-option="wrap"
 style:vertical-align="top"/></style:style>
{{widths}}</office:automatic-styles>
<office:body><office:spreadsheet>
"""
COLUMN = (
    '<style:style style:name="w{0}" style:family="table-column">'
    '<style:table-column-properties style:column-width="{1:.2f}cm"/></style:style>\n'
)
STYLES = f"""{DECLARATION}<office:document-styles office:version="1.3" xmlns:office="{NAMES}:office:1.0"/>"""
# The first row of a sheet with heads stays in sight.
SETTINGS = f"""{DECLARATION}<office:document-settings office:version="1.3"
 xmlns:office="{NAMES}:office:1.0" xmlns:config="{NAMES}:config:1.0"
 xmlns:ooo="http://openoffice.org/2004/office"><office:settings>
<config:config-item-set config:name="ooo:view-settings"><config:config-item-map-indexed config:name="Views">
<config:config-item-map-entry><config:config-item config:name="ViewId" config:type="string">view1</config:config-item>
<config:config-item-map-named config:name="Tables">{{frozen}}</config:config-item-map-named>
</config:config-item-map-entry></config:config-item-map-indexed></config:config-item-set>
</office:settings></office:document-settings>"""
FROZEN = """<config:config-item-map-entry config:name={0}>
<config:config-item config:name="VerticalSplitMode" config:type="short">2</config:config-item>
<config:config-item config:name="VerticalSplitPosition" config:type="int">1</config:config-item>
<config:config-item config:name="ActiveSplitRange" config:type="short">2</config:config-item>
<config:config-item config:name="PositionTop" config:type="int">0</config:config-item>
<config:config-item config:name="PositionBottom" config:type="int">1</config:config-item>
</config:config-item-map-entry>"""


@dataclass(frozen=True)
class Sheet:
    """One sheet: rows of int, float, date, text or None. Text holds nothing that XML forbids."""

    name: str
    widths: tuple[int, ...]  # of the columns, in characters
    rows: Iterable[tuple]
    headed: bool = True  # the first row names the columns and stays in sight; else the first column is bold
    wrapped: bool = False  # long text goes on in the next line of its cell


def write(file, sheets):
    """Writes the sheets into the binary file; their rows may come from generators."""
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", CONTENT_TYPE, ZIP_STORED)
        headed = []
        with archive.open("content.xml", "w") as content:
            gathered, size = [], 0
            for piece in _content(sheets, headed):
                gathered.append(piece)
                size += len(piece)
                if size > BUFFER:
                    content.write("".join(gathered).encode())
                    gathered, size = [], 0
            content.write("".join(gathered).encode())
        frozen = "".join(FROZEN.format(quoteattr(name)) for name in headed)
        archive.writestr("styles.xml", STYLES)
        archive.writestr("settings.xml", SETTINGS.format(frozen=frozen))
        archive.writestr("META-INF/manifest.xml", MANIFEST)


def _content(sheets, headed):
    """The pieces of content.xml; names of sheets whose first row stays in sight go into `headed`."""
    widths = "".join(COLUMN.format(width, width * WIDTH) for width in range(1, 101))
    yield CONTENT.format(widths=widths)
    for sheet in sheets:
        if sheet.headed:
            headed.append(sheet.name)
        yield f"<table:table table:name={quoteattr(sheet.name)}>"
        for width in sheet.widths:
            yield f'<table:table-column table:style-name="w{min(max(width, 1), 100)}"/>'
        for number, row in enumerate(sheet.rows):
            yield "<table:table-row>"
            for place, value in enumerate(row):
                head = number == 0 if sheet.headed else place == 0
                yield _cell(value, "head" if head else "wrap" if sheet.wrapped else "")
            yield "</table:table-row>\n"
        yield "</table:table>\n"
    yield "</office:spreadsheet></office:body></office:document-content>"


def _cell(value, style):
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, date):
        day = value.isoformat()
        return f'<table:table-cell office:value-type="date" office:date-value="{day}" table:style-name="date"><text:p>{day}</text:p></table:table-cell>'
    styled = f' table:style-name="{style}"' if style else ""
    if isinstance(value, (int, float)):
        return f'<table:table-cell office:value-type="float" office:value="{value}"{styled}><text:p>{value}</text:p></table:table-cell>'
    lines = "".join(f"<text:p>{FOLDED.sub(_kept, escape(line))}</text:p>" for line in value.split("\n"))
    # Some readers know no tab as an element: for them the text stands whole in an attribute as well.
    whole = f" office:string-value={quoteattr(value)}" if "\t" in value else ""
    return f'<table:table-cell office:value-type="string"{whole}{styled}>{lines}</table:table-cell>'


def _kept(space):
    return "<text:tab/>" if space[0] == "\t" else f'<text:s text:c="{len(space[0])}"/>'
