"""A document as a Word file: styles of headings and lists, tables with header rows, properties, language.

References to sources are links to bookmarks in the list of sources: python-docx has no notes at the foot of a page, and
a numbered list reads the same in all four formats.
"""

from datetime import UTC
from io import BytesIO

import docx
from django.utils import translation
from django.utils.translation import gettext as _
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from .content import Cite, Link, Text

FONT = "Arial"
LINK_COLOUR = RGBColor(0x14, 0x36, 0x5C)


def word(document):
    """The document as the bytes of a .docx."""
    with translation.override(document.language.lower()):
        file = _Writer(document).file()
    kept = BytesIO()
    file.save(kept)
    return kept.getvalue()


def _element(name, /, **attributes):
    """An element of WordprocessingML: w:name with attributes of the same namespace."""
    element = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), str(value))
    return element


class _Writer:
    def __init__(self, document):
        self.document = document
        self.docx = docx.Document()

    def file(self):
        document = self.document
        self._dress()
        self._describe()
        self._margins()
        self._add(document.marking.words, "Marking")
        self._add(document.title, "Title")
        if document.subtitle:
            self._add(document.subtitle, "Subtitle")
        for label, value in document.about:
            self._add(f"{label}: {value}", "About")
        for block in document.blocks:
            getattr(self, f"_{block.kind}")(block)
        if document.sources:
            self._sources()
        return self.docx

    # The look

    def _dress(self):
        styles = self.docx.styles
        self._language(styles)
        for name, size in (("Title", 20), ("Subtitle", 12), ("Heading 1", 14), ("Heading 2", 11.5)):
            style = styles[name]
            self._font(style, size)
            style.font.bold = name != "Subtitle"
            style.font.italic = False
            style.font.color.rgb = RGBColor(0, 0, 0)
            style.paragraph_format.keep_with_next = True
        self._font(styles["Normal"], 10.5)
        styles["Normal"].paragraph_format.space_after = Pt(6)
        for name in ("Caption", "List Bullet", "List Number", "Header", "Footer"):
            self._font(styles[name], 9.5 if name in ("Caption", "Header", "Footer") else 10.5)
        styles["Caption"].font.color.rgb = RGBColor(0, 0, 0)
        styles["Caption"].paragraph_format.keep_with_next = True
        for name, size, after in (
            ("Marking", 11, 8),
            ("About", 9, 0),
            ("Cell", 9, 0),
            ("Note", 9, 6),
            ("Source", 9, 2),
        ):
            style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            style.base_style = styles["Normal"]
            self._font(style, size)
            style.paragraph_format.space_after = Pt(after)
        styles["Marking"].font.bold = True
        hyperlink = styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER)
        hyperlink.font.color.rgb = LINK_COLOUR
        hyperlink.font.underline = True

    @staticmethod
    def _font(style, size):
        """The font for all scripts: the template’s own names fonts of its theme, which would win."""
        style.font.name = FONT
        style.font.size = Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        for script in ("ascii", "hAnsi", "cs"):
            fonts.set(qn(f"w:{script}"), FONT)

    def _language(self, styles):
        for language in styles.element.iter(qn("w:lang")):
            language.set(qn("w:val"), self.document.language)

    def _describe(self):
        document, properties = self.document, self.docx.core_properties
        moment = document.generated_at.astimezone(UTC).replace(tzinfo=None)
        properties.title = document.title[:255]
        properties.subject = document.subtitle[:255]
        properties.author = properties.last_modified_by = document.generated_by[:255]
        properties.keywords = document.marking.words[:255]
        properties.comments = "\n".join(": ".join(pair) for pair in document.about)[:255]
        properties.content_status = document.marking.words[:255]
        properties.language = document.language
        properties.created = properties.modified = moment

    def _margins(self):
        section = self.docx.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(20)
        section.top_margin = section.bottom_margin = Mm(22)
        header = section.header.paragraphs[0]
        header.alignment = WD_ALIGN_PARAGRAPH.CENTER
        header.add_run(self.document.marking.words).bold = True
        footer = section.footer.paragraphs[0]
        footer.add_run(f"{self.document.running} · {_('Page')} ")
        self._field(footer, "PAGE")
        footer.add_run(" / ")
        self._field(footer, "NUMPAGES")

    @staticmethod
    def _field(line, code):
        """A number that the reader’s program reckons."""
        field = _element("fldSimple", instr=code)
        run = OxmlElement("w:r")
        words = OxmlElement("w:t")
        words.text = "1"
        run.append(words)
        field.append(run)
        line._p.append(field)

    # Words

    def _add(self, words, style):
        line = self.docx.add_paragraph(style=style)
        line.add_run(words)
        return line

    def _runs(self, line, runs):
        for run in runs:
            if isinstance(run, Cite):
                number = self.document.number_of(run.source)
                line._p.append(self._link(f"[{number}]", anchor=f"source_{number}"))
            elif isinstance(run, Link) and run.url:
                line._p.append(self._link(run.words, id=self._relation(line.part, run.url)))
            else:
                line.add_run(run.words).bold = True if isinstance(run, Text) and run.strong else None

    def _relation(self, part, url):
        return part.relate_to(self.document.absolute(url), RELATIONSHIP_TYPE.HYPERLINK, is_external=True)

    def _link(self, words, *, id="", anchor=""):
        """A link: to a relation of the file, or to a bookmark in it."""
        link = OxmlElement("w:hyperlink")
        if id:
            link.set(qn("r:id"), id)
        else:
            link.set(qn("w:anchor"), anchor)
        run = docx.text.run.Run(OxmlElement("w:r"), self.docx)
        run.text = words
        run.style = "Hyperlink"
        link.append(run._r)
        return link

    # Blocks

    def _heading(self, block):
        self._add(block.words, f"Heading {block.level - 1}")

    def _paragraph(self, block):
        self._runs(self.docx.add_paragraph(), block.runs)

    def _items(self, block):
        number = self._numbering() if block.numbered else None
        for item in block.items:
            line = self.docx.add_paragraph(style="List Number" if block.numbered else "List Bullet")
            if number:
                self._number(line, number)
            self._runs(line, item)

    def _numbering(self):
        """The id of a numbering that begins at 1: without its own, a list goes on where the one before ended."""
        numbering = self.docx.part.numbering_part.element
        style = self.docx.styles["List Number"].element.pPr.numPr.numId.val
        abstract = numbering.num_having_numId(style).abstractNumId.val
        added = numbering.add_num(abstract)
        added.add_lvlOverride(ilvl=0).add_startOverride(1)
        return added.numId

    @staticmethod
    def _number(line, number):
        properties = line._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_ilvl().val = 0
        properties.get_or_add_numId().val = number

    def _chart(self, block):
        self._table(block.table)

    def _table(self, block):
        if block.rows:
            self._add(block.title, "Caption")
            table = self.docx.add_table(rows=0, cols=len(block.heads), style="Table Grid")
            self._describe_table(table, block.title)
            self._row(
                table, [(numeric, (Text(words, strong=True),)) for words, numeric in block.heads], head=True
            )
            for head, cells in block.rows:
                self._row(table, [(False, head), *cells])
        else:
            self._runs(self.docx.add_paragraph(), (Text(block.title, strong=True),))
            self._add(block.empty, "Normal")
        # Also where there is no note: two tables without a line between them are one.
        self._runs(self.docx.add_paragraph(style="Note"), block.note)

    @staticmethod
    def _describe_table(table, title):
        """What programs that read the page aloud say first; the first row is the heads, the first column headings."""
        properties = table._tbl.tblPr
        look = properties.find(qn("w:tblLook"))
        if look is not None:
            properties.remove(look)
        properties.append(
            _element(
                "tblLook",
                val="04A0",
                firstRow=1,
                lastRow=0,
                firstColumn=1,
                lastColumn=0,
                noHBand=0,
                noVBand=1,
            )
        )
        properties.append(_element("tblCaption", val=title[:250]))

    def _row(self, table, cells, *, head=False):
        row = table.add_row()
        properties = row._tr.get_or_add_trPr()
        properties.append(_element("cantSplit"))
        if head:
            properties.append(_element("tblHeader"))
        for (numeric, runs), cell in zip(cells, row.cells, strict=True):
            line = cell.paragraphs[0]
            line.style = "Cell"
            if numeric:
                line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            self._runs(line, runs)

    def _sources(self):
        self._add(_("Sources"), "Heading 1")
        number = self._numbering()
        for place, source in enumerate(self.document.sources, 1):
            line = self.docx.add_paragraph(style="Source")
            self._number(line, number)
            begin = _element("bookmarkStart", id=place, name=f"source_{place}")
            line._p.append(begin)
            self._runs(line, (Text(source.words),))
            line._p.append(_element("bookmarkEnd", id=place))
            if source.url:
                self._runs(line, (Text(" "), Link(self.document.absolute(source.url), source.url)))
