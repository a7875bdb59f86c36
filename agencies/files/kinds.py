"""The kinds of files that are accepted, and what tells each: its content, with which its name has to agree.

puremagic says what a file may be by the signatures it knows; each kind then has a check of its own, because a
signature of four bytes is easily put before something else. Nothing here reads more than the beginning, the end
and a bounded part of a file into memory.
"""

import re
from dataclasses import dataclass

import puremagic
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import emails, office, refusals, text
from .names import split_ending
from .refusals import Refused

HEAD = 40_000  # bytes: puremagic's signatures reach to 36,870
TAIL = 4096
# The list at the end of an archive: programs that look for it take what stands before it for an archive.
ARCHIVE_END = b"PK\5\6"
SEGMENTS = 2000  # before the picture's own data; photographs have some tens


@dataclass(frozen=True)
class FileKind:
    """A kind of file. `endings`: what its name may end in, the usual one first."""

    label: str | Promise
    endings: tuple[str, ...]
    content_type: str


PDF = FileKind(gettext_lazy("a PDF document"), (".pdf",), "application/pdf")
DOCX = FileKind(
    gettext_lazy("a Word document"),
    (".docx",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
)
XLSX = FileKind(
    gettext_lazy("an Excel workbook"),
    (".xlsx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)
PPTX = FileKind(
    gettext_lazy("a PowerPoint presentation"),
    (".pptx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
)
ODT = FileKind(gettext_lazy("an OpenDocument text"), (".odt",), "application/vnd.oasis.opendocument.text")
ODS = FileKind(
    gettext_lazy("an OpenDocument spreadsheet"), (".ods",), "application/vnd.oasis.opendocument.spreadsheet"
)
ODP = FileKind(
    gettext_lazy("an OpenDocument presentation"), (".odp",), "application/vnd.oasis.opendocument.presentation"
)
PNG = FileKind(gettext_lazy("a PNG picture"), (".png",), "image/png")
JPEG = FileKind(gettext_lazy("a JPEG picture"), (".jpg", ".jpeg"), "image/jpeg")
TEXT = FileKind(gettext_lazy("plain text"), (".txt",), "text/plain")
CSV = FileKind(gettext_lazy("a table as CSV"), (".csv",), "text/csv")
EMAIL = FileKind(gettext_lazy("an e-mail"), (".eml",), "message/rfc822")
KINDS = (PDF, DOCX, XLSX, PPTX, ODT, ODS, ODP, PNG, JPEG, TEXT, CSV, EMAIL)
OFFICE = {kind.content_type: kind for kind in (DOCX, XLSX, PPTX, ODT, ODS, ODP)}


def endings():
    """Every ending that is accepted."""
    return [ending for kind in KINDS for ending in kind.endings]


def recognise(file, name):
    """The kind of the file, an open binary one; raises Refused, whose message says what it is and what to do.

    `name` is the name it was sent under: it decides between kinds of text, and must agree with the content.
    """
    size = file.seek(0, 2)
    if not size:
        raise Refused(_("The file is empty."), "empty")
    if size > settings.EVIDENCE_MAX_BYTES:
        raise too_large(size)
    ending = split_ending(name)[1].lower()
    try:
        kind = _of_content(file, size, ending)
    finally:
        file.seek(0)
    if ending not in kind.endings and not (kind is TEXT and ending in CSV.endings):
        raise _misnamed(kind, ending)
    return CSV if ending in CSV.endings else kind


def too_large(size):
    """The refusal of a file of this many bytes."""
    limit = settings.EVIDENCE_MAX_BYTES
    sizes = {"size": filesizeformat(size), "limit": limit_in_words()}
    if sizes["size"] == filesizeformat(limit):
        sizes = {"size": _("%d bytes") % size, "limit": _("%d bytes") % limit}
    return Refused(
        _("The file is too large: %(size)s. The limit is %(limit)s. Divide it, or save it in a smaller form.")
        % sizes,
        "too_large",
    )


def limit_in_words():
    """How large a file may be, as "25 MB"."""
    whole, rest = divmod(settings.EVIDENCE_MAX_BYTES, 1024 * 1024)
    return filesizeformat(settings.EVIDENCE_MAX_BYTES) if rest else _("%d MB") % whole


def _misnamed(kind, ending):
    what = {"what": kind.label, "ending": ending, "right": _(" or ").join(kind.endings)}
    if kind is TEXT:
        what["right"] = _(" or ").join(TEXT.endings + CSV.endings)
    if not ending:
        sentence = _("This is %(what)s, but its name has no ending. Rename it so that it ends in %(right)s.")
    else:
        sentence = _(
            "This is %(what)s, but its name ends in %(ending)s. If it is the file you mean, rename it so that it "
            "ends in %(right)s."
        )
    return Refused(sentence % what, "misnamed")


def _of_content(file, size, ending):
    head, tail = _ends(file, size)
    guesses = _guesses(head, tail)
    for guess, confirm in SIGNED:
        if guess in guesses:
            if refusals.is_web_page(head[: text.LOOKED_AT].decode("latin-1")):
                raise refusals.web_page()
            return confirm(file, size, head, tail)
    if ending in PDF.endings and b"%PDF-" in head[: text.LOOKED_AT]:
        raise refusals.damaged(PDF.label)
    beginning = text.beginning(file)
    if beginning is None:
        raise refusals.of_signature(guesses)
    if ending in EMAIL.endings and emails.is_email(file):
        return EMAIL
    refusals.refuse_marked_text(beginning)
    return TEXT


def _ends(file, size):
    file.seek(0)
    head = file.read(HEAD)
    file.seek(max(0, size - TAIL))
    return head, file.read(TAIL)


def _guesses(head, tail):
    """Endings of what the signatures at the beginning of the file may belong to, likeliest first."""
    try:
        # Without the file's name: given one, the library would look for a file of that name here.
        found = puremagic.magic_string(head + tail)
    except puremagic.PureError:
        return []
    return [match.extension for match in found if match.offset >= 0 and match.confidence >= 0.3]


# Checks of one kind each: (file, size, head, tail), returning the kind or raising Refused.


def _pdf(file, size, head, tail):
    """A PDF from its first byte to its last; readers would also take one that is hidden in something else."""
    end = re.search(rb"startxref\s+(\d{1,10})\s+%%EOF", tail)
    if not re.match(rb"%PDF-[12]\.\d\s", head) or not end or int(end[1]) >= size or ARCHIVE_END in tail:
        raise refusals.damaged(PDF.label)
    return PDF


def _png(file, size, head, tail):
    """A picture and nothing after it: some programs leave there what was cut away."""
    if not head.startswith(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR") or not tail.endswith(
        b"\0\0\0\0IEND\xae\x42\x60\x82"
    ):
        raise refusals.damaged(PNG.label)
    return PNG


def _jpeg(file, size, head, tail):
    """Segments up to the picture's own data. Cameras put more after it, so its end is not looked for."""
    at, framed = 2, False
    for _segment in range(SEGMENTS):
        file.seek(at)
        marker = file.read(4)
        length = int.from_bytes(marker[2:], "big")
        if len(marker) < 4 or marker[0] != 0xFF or marker[1] < 0xC0 or length < 2:
            break
        if marker[1] == 0xDA and framed and ARCHIVE_END not in tail:
            return JPEG
        framed = framed or (marker[1] in range(0xC0, 0xD0) and marker[1] not in (0xC4, 0xC8, 0xCC))
        at += 2 + length
    raise refusals.damaged(JPEG.label)


def _office(file, size, head, tail):
    return OFFICE[office.content_type(file, size)]


def _older_office(file, size, head, tail):
    raise refusals.older_office()


# puremagic takes every zip container for a possible .docx, and every older Office file for a possible .doc.
SIGNED = ((".pdf", _pdf), (".png", _png), (".jpg", _jpeg), (".docx", _office), (".doc", _older_office))
