"""Small files of every kind that is sent in, made by code: good ones, and the parts to make bad ones of."""

import io
import struct
import zipfile
import zlib
from datetime import date
from email.message import EmailMessage

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from agencies import opendocument
from agencies.opendocument import Sheet

OOXML = "application/vnd.openxmlformats-officedocument."
WORD, EXCEL, POWERPOINT = "wordprocessingml.document", "spreadsheetml.sheet", "presentationml.presentation"
MACRO_WORD = "application/vnd.ms-word.document.macroEnabled.main+xml"
RELS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>'


def upload(content, name):
    return SimpleUploadedFile(name, content)


def pdf(inside=b"1 0 obj\n<< /Type /Catalog >>\nendobj\n"):
    start = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + inside
    return start + b"xref\n0 1\ntrailer\n<< /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(start)


def container(parts):
    """A zip container of (name, content) pairs or a dict."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items() if isinstance(parts, dict) else parts:
            archive.writestr(name, content)
    return made.getvalue()


def content_types(*types):
    parts = "".join(
        f'<Override PartName="/part{n}.xml" ContentType="{kind}"/>' for n, kind in enumerate(types)
    )
    return f'<?xml version="1.0"?><Types xmlns="http://x.example/content-types">{parts}</Types>'


def ooxml(main=WORD, more=None, types=()):
    """A document of Word, or of another program, with further parts."""
    main = main if "/" in main else f"{OOXML}{main}.main+xml"
    return container(
        {
            "[Content_Types].xml": content_types(main, *types),
            "_rels/.rels": RELS,
            "word/document.xml": "<w:document/>",
            **(more or {}),
        }
    )


def xlsx():
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        book.add_worksheet("Plan").write_row(0, 0, ["Measure", 12])
    return made.getvalue()


def ods():
    made = io.BytesIO()
    opendocument.write(made, iter([Sheet("Plan", (20, 20), iter([("Measure", date(2026, 6, 1))]))]))
    return made.getvalue()


def odf(kind="text", more=None, manifest="<m:manifest xmlns:m='urn:m'/>"):
    return container(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "META-INF/manifest.xml": manifest,
            "content.xml": "<office:document-content/>",
            **(more or {}),
        }
    )


def png(after=b""):
    def chunk(kind, content):
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"") + after
    )


def jpeg(comment=b"a photograph"):
    def segment(marker, content):
        return b"\xff" + marker + struct.pack(">H", len(content) + 2) + content

    return (
        b"\xff\xd8"
        + segment(b"\xe0", b"JFIF\0\1\1\0\0\1\0\1\0\0")
        + segment(b"\xfe", comment)
        + segment(b"\xc0", b"\x08\0\1\0\1\1\1\x11\0")
        + segment(b"\xda", b"\1\1\0\0\x3f\0")
        + b"\x37\xff\xd9"
    )


def email(*attached):
    """A message with a page beside its words, and (content, main type, subtype, arguments) attached."""
    message = EmailMessage()
    message["From"], message["To"] = "clara@force.example", "ines@ofsted.example"
    message["Subject"], message["Date"] = "Conferences", "Mon, 1 Jun 2026 09:00:00 +0100"
    message.set_content("Attendance is monitored.\nContent of the audit follows.")
    message.add_alternative("<html><body><p>Attendance is monitored.</p></body></html>", subtype="html")
    for content, main, sub, more in attached:
        message.add_attachment(content, maintype=main, subtype=sub, **more)
    return message.as_bytes()


def numbered(cases):
    """Parameters of a test under a name of their own: made anew, some files differ, and parallel runs compare names."""
    return [pytest.param(*case, id=f"{case[0]}-{number}") for number, case in enumerate(cases)]


CSV = b"Measure,Count\r\n=1+1,12\r\n+cmd|' /C calc'!A0,3\r\n"
GOOD = [
    ("plan.pdf", pdf(), "application/pdf"),
    ("Plan.PDF", pdf(), "application/pdf"),
    ("plan.docx", ooxml(), OOXML + WORD),
    ("plan.xlsx", xlsx(), OOXML + EXCEL),
    ("plan.pptx", ooxml(POWERPOINT), OOXML + POWERPOINT),
    ("plan.odt", odf(), "application/vnd.oasis.opendocument.text"),
    ("plan.ods", ods(), "application/vnd.oasis.opendocument.spreadsheet"),
    ("plan.odp", odf("presentation"), "application/vnd.oasis.opendocument.presentation"),
    ("plan.png", png(), "image/png"),
    ("plan.jpg", jpeg(), "image/jpeg"),
    ("plan.jpeg", jpeg(), "image/jpeg"),
    ("plan.txt", b"We will attend.\r\n\tEvery time.\x0c", "text/plain"),
    ("plan.txt", "\ufeffÔl-ofal, 子供, 👮🏽".encode(), "text/plain"),
    ("plan.txt", "\ufeff“Attend”\r\n".encode("utf-16-le"), "text/plain"),
    ("plan.txt", "\ufeffÔl-ofal".encode("utf-16-be"), "text/plain"),
    ("plan.txt", "“Attend” – £5".encode("cp1252"), "text/plain"),
    ("plan.txt", b"5 < 6, and 7 > 3; <none>", "text/plain"),
    ("plan.csv", CSV, "text/csv"),
    ("plan.eml", email(), "message/rfc822"),
    ("plan.eml", email((b"\x89PNG", "image", "png", {"filename": "logo.png"})), "message/rfc822"),
]
