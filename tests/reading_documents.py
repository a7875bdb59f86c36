"""Files of documents read back by programs that had no part in writing them: [(kind, words)…] in reading order.

Kinds: h1, h2, h3, p, item, caption, head (of a column), row (heading of a row), cell, source. White space is left out of
the words, since lines break where a format breaks them; so are the marks that stand words from right to left apart.
"""

import re
from io import BytesIO

import docx
import pdfplumber
import pytest
from docx.oxml.ns import qn
from lxml import html as lxml_html
from pdfplumber.structure import PDFStructTree

try:
    import weasyprint  # noqa: F401 - whether its libraries are there
except OSError:
    HAS_PANGO = False
else:
    HAS_PANGO = True
needs_pango = pytest.mark.skipif(not HAS_PANGO, reason="Pango is missing: no PDF can be set")

KINDS_OF_PAGE = {
    "h1": "h1",
    "h2": "h2",
    "h3": "h3",
    "p": "p",
    "li": "item",
    "caption": "caption",
    "td": "cell",
}
KINDS_OF_PDF = {"H1": "h1", "H2": "h2", "H3": "h3", "P": "p", "Caption": "caption", "TD": "cell"}
KINDS_OF_WORD = {
    "Title": "h1",
    "Heading 1": "h2",
    "Heading 2": "h3",
    "List Bullet": "item",
    "List Number": "item",
    "Caption": "caption",
    "Source": "item",
    "About": "item",
}


def bare(words):
    return re.sub(r"[\s\u2066-\u2069\u200b\xad]+", "", words)


def of_page(source):
    """What the article of a page says, without its pictures."""
    article = lxml_html.fromstring(source).xpath("//article")[0]
    for left_out in article.xpath(".//figure"):
        left_out.drop_tree()
    found = []
    for node in article.iter():
        if node.tag == "th":
            kind = "head" if node.get("scope") == "col" else "row"
        else:
            kind = KINDS_OF_PAGE.get(node.tag)
        if kind:
            for line in node.xpath(".//br"):
                line.tail = f"\n{line.tail or ''}"
            found.append((kind, bare(node.text_content())))
    return found


def of_word(content):
    """What the body of a Word file says, in its order."""
    file = docx.Document(BytesIO(content))
    found = []
    for part in file.element.body:
        if part.tag == qn("w:p"):
            style = docx.text.paragraph.Paragraph(part, file).style.name
            found.append((KINDS_OF_WORD.get(style, "p"), _words_of(part)))
        elif part.tag == qn("w:tbl"):
            for row in docx.table.Table(part, file).rows:
                is_head = row._tr.find(f".//{qn('w:tblHeader')}") is not None
                for place, cell in enumerate(row.cells):
                    kind = "head" if is_head else "row" if place == 0 else "cell"
                    found.append((kind, _words_of(cell._tc)))
    return [(kind, words) for kind, words in found if words]


def _words_of(part):
    return bare("".join(node.text or "" for node in part.iter(qn("w:t"))))


def of_pdf(content):
    """What the tags of a PDF say: what a screen reader reads, in its order, whatever stands where on the paper."""
    found = []
    with pdfplumber.open(BytesIO(content)) as file:
        words = {}
        for page in file.pages:
            for char in page.chars:
                if char["mcid"] is not None:
                    key = (page.page_number, char["mcid"])
                    words[key] = words.get(key, "") + char["text"]

        def said(element):
            return bare("".join(words.get(key, "") for key in element.all_mcids()))

        def walk(element, within=""):
            kind = element.type
            if kind == "Lbl" or any(child.type == "Figure" for child in element.children):
                return
            if kind == "TH":
                found.append(("head" if within == "THead" else "row", said(element)))
            elif kind == "LBody":
                found.append(("item", said(element)))
            elif kind in KINDS_OF_PDF:
                found.append((KINDS_OF_PDF[kind], said(element)))
            else:
                for child in element.children:
                    walk(child, kind if kind in ("THead", "TBody") else within)

        for element in PDFStructTree(file):
            walk(element)
    return [(kind, words) for kind, words in found if words]
