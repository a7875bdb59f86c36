"""The printed lines of a PDF: where each stands, how large and heavy it is, and what it says."""

import ctypes
import re
import unicodedata
from dataclasses import dataclass, field, replace

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from .report import Unreadable

MOST_PAGES = 400
MOST_CHARACTERS = 3_000_000  # of the whole file; a long report has some 150,000
MOST_ON_A_PAGE = 60_000
GAP = 1.6  # of the size of the letters: a wider gap than this parts two cells of a table
BOLD = 600
LIGATURES = {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl"}
SPACES = {"\u00a0", "\u2002", "\u2003", "\u2009", "\t"}
UNSEEN = {"\u200b", "\u00ad", "\ufeff", "\x00"}


@dataclass(frozen=True)
class Cell:
    """Words of a line with no wide gap between them."""

    left: float
    right: float
    text: str


@dataclass(frozen=True)
class Line:
    """One printed line. Distances are in points from the left and the bottom of the page.

    `base` is where its letters stand, `size` their most frequent size, `height` that of the page.
    `hyphen`: it ends in a hyphen at which a word is broken. `mark`: the small raised figure it begins with.
    """

    page: int
    left: float
    right: float
    base: float
    size: float
    bold: bool
    cells: tuple[Cell, ...]
    height: float
    hyphen: bool = False
    mark: str = ""

    @property
    def text(self):
        return " ".join(cell.text for cell in self.cells)

    def after(self, other):
        """The line with what stands to the right of it, `other`."""
        cells = [*self.cells, *other.cells]
        if 0 <= other.left - self.right <= GAP * self.size:
            space = " " if other.left - self.right > 0.12 * self.size else ""
            joined = Cell(
                self.cells[-1].left, other.cells[0].right, self.cells[-1].text + space + other.cells[0].text
            )
            cells = [*self.cells[:-1], joined, *other.cells[1:]]
        return replace(
            self, right=max(self.right, other.right), cells=tuple(cells), hyphen=other.hyphen, size=self.size
        )


def lines_of(path):
    """(the lines of each page, the number of pages, the title that the file states, whether it holds scripts)."""
    try:
        document = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        raise _unopened(error) from error
    try:
        pages = len(document)
        if not pages:
            raise Unreadable("The file has no pages.")
        if pages > MOST_PAGES:
            raise Unreadable(
                f"The file has {pages} pages. A report of more than {MOST_PAGES} pages is not read."
            )
        found, characters = [], 0
        for number in range(pages):
            lines, count = _lines_of_page(document, number)
            characters += count
            if characters > MOST_CHARACTERS:
                raise Unreadable("The file holds more text than a report can.")
            found.append(lines)
        title = document.get_metadata_value("Title").strip()
        return found, title, bool(raw.FPDFDoc_GetJavaScriptActionCount(document.raw) > 0)
    finally:
        document.close()


def _unopened(error):
    code = getattr(error, "err_code", None)
    if code == raw.FPDF_ERR_PASSWORD:
        return Unreadable("The file is locked with a password. Save it without one and hand it in again.")
    if code == raw.FPDF_ERR_SECURITY:
        return Unreadable(
            "The file is locked in a way that is not known. Save it without a lock and hand it in again."
        )
    return Unreadable("The file is not a PDF, or it is damaged. Get it again from where it was published.")


def _lines_of_page(document, number):
    try:
        page = document[number]
    except pdfium.PdfiumError as error:
        raise Unreadable(
            f"Page {number + 1} of the file is damaged. Get it again from where it was published."
        ) from error
    try:
        height = page.get_height()
        text = page.get_textpage()
        try:
            count = raw.FPDFText_CountChars(text.raw)
            if count > MOST_ON_A_PAGE:
                raise Unreadable(f"Page {number + 1} holds more text than a printed page can.")
            return _merged(list(_pieces(text.raw, count, number + 1, height))), count
        finally:
            text.close()
    finally:
        page.close()


@dataclass
class _Piece:
    """A line while it is being put together."""

    page: int
    height: float
    cells: list
    sizes: dict
    heavy: int
    left: float
    right: float
    base: float
    hyphen: bool = False
    letters: list = field(default_factory=list)  # where in the file's text its letters are

    def line(self, text):
        cells = tuple(
            Cell(left, right, " ".join("".join(letters).split())) for left, right, letters in self.cells
        )
        cells = tuple(cell for cell in cells if cell.text)
        if not cells:
            return None
        size = max(self.sizes, key=self.sizes.get) if self.sizes else 1.0
        letters = sum(self.sizes.values()) or 1
        return Line(
            self.page,
            round(cells[0].left, 1),
            round(cells[-1].right, 1),
            round(self.base, 1),
            size,
            self.heavy * 2 > letters or self._is_named_bold(text),
            cells,
            self.height,
            self.hyphen,
        )

    def _is_named_bold(self, text):
        """Whether the font of its first and last letter has a bold name: not every file states the weight."""
        name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
        for index in {*self.letters[:1], *self.letters[-1:]}:
            length = raw.FPDFText_GetFontInfo(text, index, name, 128, flags)
            if not (0 < length <= 128 and re.search(rb"bold|black|heavy|demi", name.value, re.IGNORECASE)):
                return False
        return bool(self.letters)


def _pieces(text, count, page, height):
    """Runs of letters on one height, in the order of the file. Small raised figures are runs of their own."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    x, y = ctypes.c_double(), ctypes.c_double()
    piece = None
    for index in range(count):
        code = raw.FPDFText_GetUnicode(text, index)
        if code in (10, 13):
            yield from _done(piece, text)
            piece = None
            continue
        if raw.FPDFText_IsGenerated(text, index) == 1:
            if piece:
                piece.cells[-1][2].append(" ")
            continue
        character = _readable(code)
        if not character:
            if code == 2 and piece:  # how the library writes a hyphen at the end of a line
                piece.cells[-1][2].append("-")
                piece.hyphen = True
            continue
        raw.FPDFText_GetCharBox(text, index, left, right, bottom, top)
        raw.FPDFText_GetCharOrigin(text, index, x, y)
        size = round(raw.FPDFText_GetFontSize(text, index), 1) or 1.0
        if piece and _begins_anew(piece, character, size, y.value):
            yield from _done(piece, text)
            piece = None
        if piece is None:
            piece = _Piece(
                page, height, [[left.value, right.value, []]], {}, 0, left.value, right.value, y.value
            )
        elif character != " " and left.value - piece.right > GAP * size:
            piece.cells.append([left.value, right.value, []])
        piece.cells[-1][2].append(character)
        if character != " ":
            piece.cells[-1][1] = piece.right = right.value
            piece.sizes[size] = piece.sizes.get(size, 0) + 1
            piece.heavy += raw.FPDFText_GetFontWeight(text, index) >= BOLD
        if character.isalpha():
            piece.letters.append(index)
    yield from _done(piece, text)


def _begins_anew(piece, character, size, base):
    """Whether the letter stands on another height than the run before it, or is a small figure beside large letters."""
    if abs(base - piece.base) > 0.25 * max(size, 4):
        return True
    usual = max(piece.sizes, key=piece.sizes.get, default=size)
    return character.isdigit() and size < 0.75 * usual


def _done(piece, text):
    line = piece.line(text) if piece else None
    if line:
        yield line


def _readable(code):
    """The character as text: spaces of all widths alike, ligatures opened, what cannot be seen left out."""
    if not 0 < code < 0x110000 or 0xD800 <= code < 0xE000:
        return ""
    character = chr(code)
    if character in SPACES:
        return " "
    if character in UNSEEN or (unicodedata.category(character) == "Cc"):
        return ""
    return LIGATURES.get(character, character)


def _merged(pieces):
    """Lines: runs that stand on one height beside each other are one; raised figures within a line are dropped."""
    lines, mark = [], None
    for piece in pieces:
        before = lines[-1] if lines else None
        if _is_mark(piece):
            if before and _raised_on(piece, before):
                continue
            mark = piece
            continue
        if mark and piece.size > mark.size and -2 < mark.base - piece.base < piece.size:
            piece = replace(piece, mark=mark.text, left=min(piece.left, mark.left))
        mark = None
        if before and abs(piece.base - before.base) < 0.25 * piece.size and piece.left >= before.right - 2:
            lines[-1] = before.after(piece)
        else:
            lines.append(piece)
    return lines


def _is_mark(piece):
    return piece.text.isdigit() and len(piece.text) <= 3 and piece.size <= 9


def _raised_on(piece, line):
    return (
        -1 < piece.base - line.base < line.size and piece.size < 0.85 * line.size and piece.left >= line.left
    )
