"""What is accepted from outside and what is refused: by content, name, size, and what is in a container."""

import io
import struct
import zipfile
import zlib
from contextlib import suppress

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies.files import office
from agencies.files.kinds import HEAD, KINDS, SIGNED, recognise
from agencies.files.names import MAX_BYTES, RESERVED, safe_name
from agencies.files.refusals import Refused

from .sample_files import (
    CSV,
    GOOD,
    MACRO_WORD,
    OOXML,
    WORD,
    container,
    content_types,
    email,
    jpeg,
    numbered,
    odf,
    ooxml,
    pdf,
    png,
    xlsx,
)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
PAGE = b"<!DOCTYPE html>\n<html><body><script>alert(1)</script></body></html>"
SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
PROGRAM = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0" + b"\0" * 100
MANIFEST = "<m:manifest xmlns:m='urn:m'><m:file-entry {}>{}</m:file-entry></m:manifest>"


def refusal(content, name):
    """The message with which a file is refused."""
    with pytest.raises(Refused) as refused:
        recognise(io.BytesIO(content), name)
    return " ".join(refused.value.messages)


@pytest.mark.parametrize(("name", "content", "content_type"), numbered(GOOD))
def test_a_file_of_every_kind_is_accepted(name, content, content_type):
    file = io.BytesIO(content)
    assert recognise(file, name).content_type == content_type
    assert file.tell() == 0


def test_every_kind_has_an_example():
    assert {content_type for _name, _content, content_type in GOOD} == {kind.content_type for kind in KINDS}


HOSTILE = [
    # What a browser or a computer would run
    ("plan.pdf", PAGE, "web page"),
    ("plan.txt", PAGE, "web page"),
    ("plan.html", PAGE, "web page"),
    ("plan.csv", "\ufeff \n<HTML>".encode("utf-16-le"), "web page"),
    ("plan.txt", b"<p onclick='x'>", "web page"),
    ("plan.pdf", b"%PDF-1.7\n" + PAGE, "web page"),
    ("plan.pdf", pdf(PAGE), "web page"),
    ("plan.jpg", jpeg(PAGE), "web page"),
    ("plan.svg", SVG, "SVG"),
    ("plan.png", SVG, "SVG"),
    ("plan.txt", b"<!-- x --><svg>", "SVG"),
    ("plan.docx", b"<?xml version='1.0'?><a/>", "XML"),
    ("plan.docx", PROGRAM, "a program"),
    ("plan.exe", PROGRAM, "a program"),
    ("plan.txt", b"\x7fELF\2\1\1" + b"\0" * 90, "a program"),
    ("plan.txt", b"#!/bin/sh\nrm -rf /\n", "a script"),
    ("plan.txt", b"<?php system('x') ?>", "a script"),
    ("plan.bat", b"@echo off\r\ndel *\r\n", "a script"),
    ("plan.js", b"alert(1)", "ends in .txt or .csv"),
    ("plan.txt", b"{\\rtf1 x}", "RTF"),
    ("plan.txt", b"%!PS-Adobe-3.0", "PostScript"),
    # Kinds that are not accepted
    ("plan.doc", OLE, "older Office"),
    ("plan.docx", OLE, "protected by a password"),
    ("plan.zip", container({"plan.pdf": pdf()}), "as files of their own"),
    ("plan.docx", container({"plan.pdf": pdf()}), "as files of their own"),
    ("plan.zip", container({}), "as files of their own"),
    ("plan.rar", b"Rar!\x1a\7\0" + b"\0" * 90, "as files of their own"),
    ("plan.7z", b"7z\xbc\xaf\x27\x1c" + b"\0" * 90, "as files of their own"),
    ("plan.gif", b"GIF89a" + b"\0" * 90, "JPEG"),
    ("plan.heic", b"\0\0\0\x18ftypheic" + b"\0" * 90, "JPEG"),
    ("plan.mp4", b"\0\0\0\x18ftypmp42" + b"\0" * 90, "Sound and video"),
    ("plan.dat", bytes(range(256)), "what kind"),
    ("plan.dotx", ooxml(f"{OOXML}wordprocessingml.template.main+xml"), "template"),
    ("plan.odg", odf("graphics"), "template"),
    # Names
    ("plan.docx", pdf(), "a PDF document, but its name ends in .docx"),
    ("plan", pdf(), "no ending"),
    ("plan.pdf", b"Only words", "plain text"),
    ("plan.xlsx", ooxml(), "a Word document"),
    ("plan.csv", xlsx(), "an Excel workbook"),
    ("plan.jpg", png(), "ends in .png"),
    ("plan.exe", b"Only words", "plain text"),
    ("plan.eml", b"Only words", "plain text"),
    # Incomplete, or more than it says
    ("plan.pdf", pdf()[:-30], "damaged"),
    ("plan.pdf", b"\n" + pdf(), "damaged"),
    ("plan.png", png()[:-8], "damaged"),
    ("plan.png", png(after=b"what was cut away"), "damaged"),
    ("plan.jpg", jpeg()[:20], "damaged"),
    ("plan.jpg", b"\xff\xd8\xff\xe0" + PROGRAM, "damaged"),
    ("plan.docx", ooxml()[:-30], "damaged"),
    ("plan.docx", ooxml() + b"more", "damaged"),
    ("plan.docx", PROGRAM + ooxml(), "a program"),
    ("plan.txt", b"words\0words", "what kind"),
    ("plan.txt", b"\x1b[31mred", "what kind"),
    ("plan.txt", b"\xff\xfeA", "what kind"),
    ("plan.txt", b"\xff\xfe\0\xd8A\0", "what kind"),
    ("plan.txt", "no mark".encode("utf-16-le"), "what kind"),
    ("plan.txt", b"\xff\xfe\0\0" + "x".encode("utf-32-le"), "what kind"),
]


@pytest.mark.parametrize(("name", "content", "words"), numbered(HOSTILE))
def test_anything_else_is_refused_with_a_sentence_that_says_why(name, content, words):
    assert words in refusal(content, name)


# Office documents

VBA = "application/vnd.ms-office.vbaProject"
CONTAINERS = [
    ("plan.docx", ooxml(MACRO_WORD), "macros"),
    ("plan.docm", ooxml(MACRO_WORD), "macros"),
    ("plan.docx", ooxml(more={"word/vbaProject.bin": b"x"}), "macros"),
    ("plan.docx", ooxml(more={"word/VBAPROJECT.BIN": b"x"}), "macros"),
    ("plan.docx", ooxml(types=[VBA], more={"word/harmless.bin": b"x"}), "macros"),
    ("plan.xlsx", ooxml("spreadsheetml.sheet", {"xl/vbaProject.bin": b"x"}), "macros"),
    ("plan.xlsx", ooxml("spreadsheetml.sheet", {"xl/macrosheets/sheet1.xml": "x"}), "macros"),
    ("plan.xlsx", ooxml("application/vnd.ms-excel.sheet.macroEnabled.main+xml"), "macros"),
    ("plan.xlsb", ooxml("application/vnd.ms-excel.sheet.binary.macroEnabled.main"), "macros"),
    ("plan.docx", ooxml(more={"word/activeX/activeX1.xml": "x"}), "macros"),
    ("plan.odt", odf(more={"Basic/Standard/Module1.xml": "x"}), "macros"),
    ("plan.odt", odf(more={"Scripts/python/x.py": "x"}), "macros"),
    ("plan.docx", ooxml(more={"word/embeddings/oleObject1.bin": b"x"}), "embedded"),
    ("plan.docx", ooxml(more={"word/embeddings/x.exe": PROGRAM}), "embedded"),
    ("plan.docx", ooxml(more={"word/afchunk.mht": PAGE}), "embedded"),
    (
        "plan.odt",
        odf(manifest=MANIFEST.format("m:media-type='application/vnd.sun.star.oleobject'", "")),
        "embedded",
    ),
    ("plan.odt", odf(manifest=MANIFEST.format("", "<m:encryption-data/>")), "password"),
    ("plan.docx", ooxml(more={"../../etc/passwd": "x"}), "damaged"),
    ("plan.docx", ooxml(more={"/etc/passwd": "x"}), "damaged"),
    ("plan.docx", ooxml(more={"WORD/document.xml": "twice"}), "damaged"),
    ("plan.docx", ooxml(more={"mimetype": "application/vnd.oasis.opendocument.text"}), "damaged"),
    ("plan.docx", container({"[Content_Types].xml": content_types(f"{OOXML}{WORD}.main+xml")}), "own"),
    ("plan.docx", container({"[Content_Types].xml": "<Types", "_rels/.rels": ""}), "damaged"),
    ("plan.docx", container({"[Content_Types].xml": b"\xff\xfe<", "_rels/.rels": ""}), "damaged"),
    (
        "plan.docx",
        container({"[Content_Types].xml": "<!DOCTYPE x [<!ENTITY a 'aa'>]><x/>", "_rels/.rels": ""}),
        "damaged",
    ),
    (
        "plan.docx",
        container({"[Content_Types].xml": " " * (office.PART_BYTES + 1), "_rels/.rels": ""}),
        "dama",
    ),
    ("plan.docx", ooxml(types=[f"{OOXML}presentationml.presentation.main+xml"]), "template"),
    ("plan.odt", container({"mimetype": "application/vnd.oasis.opendocument.text"}), "damaged"),
    ("plan.epub", container({"mimetype": "application/epub+zip"}), "own"),
    ("plan.odt", container({"mimetype": "ä"}), "damaged"),
]


@pytest.mark.parametrize(("name", "content", "words"), numbered(CONTAINERS))
def test_documents_with_more_in_them_than_a_document_are_refused(name, content, words):
    assert words in refusal(content, name)


def test_what_office_programs_write_into_ordinary_documents_is_accepted():
    word = {
        "word/embeddings/Microsoft_Excel_Sheet.xlsx": xlsx(),
        "word/printerSettings/printerSettings1.bin": b"x",
        "word/media/": "",
        "word/media/image1.png": png(),
    }
    assert recognise(io.BytesIO(ooxml(more=word)), "plan.docx").endings == (".docx",)
    empty_lists = {
        "Basic/script-lc.xml": "x",
        "Basic/Standard/script-lb.xml": "x",
        "Object 1/content.xml": "x",
    }
    manifest = "<!DOCTYPE m PUBLIC 'x' 'Manifest.dtd'><m/>"
    assert recognise(io.BytesIO(odf(more=empty_lists, manifest=manifest)), "plan.odt").endings == (".odt",)


def test_a_main_part_may_be_declared_as_the_default():
    types = f'<Types xmlns="x"><Default Extension="xml" ContentType="{OOXML}{WORD}.main+xml"/></Types>'
    content = container({"[Content_Types].xml": types, "_rels/.rels": ""})
    assert recognise(io.BytesIO(content), "plan.docx").endings == (".docx",)


def declaring(size):
    """A document of some hundred bytes whose list says that a part has so many."""
    content = bytearray(ooxml())
    entry = content.index(b"PK\1\2", content.index(b"PK\1\2") + 1)
    struct.pack_into("<I", content, entry + 24, size)
    return bytes(content)


def test_a_document_that_would_unpack_to_gigabytes_is_refused():
    assert len(declaring(2**32 - 2)) < 1000
    assert "far too large" in refusal(declaring(2**32 - 2), "plan.docx")


def test_entries_that_share_the_same_bytes_are_refused():
    """The list names one packed part a thousand times; each time it would be unpacked again."""
    packed = zlib.compress(b"\0" * 1_000_000)[2:-4]
    parts = [("[Content_Types].xml", content_types(f"{OOXML}{WORD}.main+xml")), ("_rels/.rels", "")]
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            archive.writestr(name, content)
        archive.writestr("word/document.xml", b"\0" * 1_000_000)
        shared = archive.getinfo("word/document.xml")
        assert shared.compress_size == len(packed)
        for number in range(900):
            again = zipfile.ZipInfo(f"word/{number}.xml")
            for name in ("header_offset", "CRC", "compress_size", "file_size", "compress_type"):
                setattr(again, name, getattr(shared, name))
            archive.filelist.append(again)
            archive.NameToInfo[again.filename] = again
    assert "far too large" in refusal(made.getvalue(), "plan.docx")


def test_a_list_of_very_many_entries_is_not_read():
    many = container([(f"word/{number:060}", "") for number in range(6000)])
    assert "damaged" in refusal(many, "plan.docx")


def test_a_part_that_unpacks_to_more_than_it_says_is_not_unpacked_further(monkeypatch):
    """The table of contents says 100 bytes and holds 50 MB: no more than a bounded part of it is ever in memory."""
    bomb = bytearray(container({"[Content_Types].xml": b" " * 50_000_000, "_rels/.rels": ""}))
    for mark, at in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        struct.pack_into("<I", bomb, bomb.index(mark) + at, 100)
    assert "damaged" in refusal(bytes(bomb), "plan.docx")


def test_encrypted_entries_are_refused():
    content = bytearray(ooxml())
    struct.pack_into("<H", content, content.index(b"PK\1\2") + 8, 1)
    assert "password" in refusal(bytes(content), "plan.docx")


@pytest.mark.parametrize("name", ["plan.docx", "plan.odt"])
@given(data=st.data())
@hypothesis.settings(deadline=None)
def test_a_container_with_changed_bytes_is_accepted_or_refused_and_nothing_else(name, data):
    content = bytearray(ooxml() if name == "plan.docx" else odf())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    with suppress(Refused):
        assert name.endswith(recognise(io.BytesIO(bytes(content)), name).endings)


@given(
    st.sampled_from([b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"PK\3\4", b"From: a\nDate: b\n"]),
    st.binary(),
)
def test_any_bytes_are_accepted_or_refused_and_nothing_else(start, rest):
    for name in ("plan.pdf", "plan.eml", "plan.txt"):
        with suppress(Refused):
            assert name.endswith(recognise(io.BytesIO(start + rest), name).endings)


# E-mails

ATTACHED = [
    email((PROGRAM, "application", "octet-stream", {"filename": "plan.exe"})),
    email((b"x", "application", "pdf", {"filename": "plan.pdf"})),
    email((b"x", "application", "pdf", {})),
    email((b"x", "image", "png", {"filename": "plan.exe"})),
    email((b"x", "image", "svg+xml", {})),
    email((b"x", "text", "x-python", {"filename": "plan.py"})),
    email((b"x", "application", "ms-tnef", {"filename": "winmail.dat"})),
    email() + b"\nbegin 644 plan.exe\n#0V%T\n`\nend\n",
    email().replace(b"Content-Type: text/html", b"Content-Type : application/x-msdownload"),
    email().replace(b"Content-Type: text/html", b"X-A: b\rContent-Type:\r\n application/x-msdownload"),
    email().replace(b"Content-Type: text/html", b"Content-Type: text/html;\n name*0=a; name*1=.exe"),
]


@pytest.mark.parametrize("content", ATTACHED, ids=range(len(ATTACHED)))
def test_an_email_with_attachments_is_refused(content):
    assert "has attachments" in refusal(content, "plan.eml")


def test_an_email_whose_name_says_text_is_text():
    assert recognise(io.BytesIO(b"From: a\nDate: b\n\nbegin 644 plan.exe\n"), "plan.txt").endings == (".txt",)


@pytest.mark.parametrize("before", [2**20 - 60, 2**20 - 16 * 1024, 2**20 + 16 * 1024, 3 * 2**20])
@pytest.mark.parametrize("after", [b"", b"\nmore", b"\n" * 2**20])
def test_an_attachment_is_found_wherever_it_stands_in_a_long_email(before, after):
    start = b"From: a\nDate: b\n\n"
    words = start + (b"words\n" * 2**20)[: before - len(start) - 1] + b"\n"
    assert recognise(io.BytesIO(words + after), "plan.eml")
    header = b"Content-Disposition: inline;\n" + b" x=y;\n" * 20 + b" filename=plan.exe"
    assert "has attachments" in refusal(words + header + after, "plan.eml")


def test_an_email_that_would_take_long_to_read_is_refused():
    start = b"From: a\nDate: b\n\n"
    assert "damaged" in refusal(start + b"Content-Type: text/plain\n" * 2000, "plan.eml")
    assert "damaged" in refusal(start + b"Content-Type: text/plain;\n" + b" x\n" * 900_000, "plan.eml")


def test_a_list_of_headers_that_never_ends_is_not_an_email():
    assert "plain text" in refusal(b"From: a\nDate: b\n" + b"X-More: yes\n" * 30_000, "plan.eml")


# Size


@pytest.mark.parametrize("name", ["plan.pdf", "plan.txt", "plan"])
def test_an_empty_file_is_refused(name):
    assert refusal(b"", name) == "The file is empty."


def test_the_limit_is_a_number_of_bytes(settings):
    settings.EVIDENCE_MAX_BYTES = 3 * 1024 * 1024
    assert recognise(io.BytesIO(b"a" * 3 * 1024 * 1024), "plan.txt")
    assert "3145729 bytes" in refusal(b"a" * (3 * 1024 * 1024 + 1), "plan.txt")
    assert "5.0\xa0MB. The limit is 3 MB" in refusal(b"a" * 5 * 1024 * 1024, "plan.txt")


def test_a_csv_with_formulas_is_kept_as_it_is():
    assert b"=1+1" in CSV
    assert recognise(io.BytesIO(CSV), "plan.csv").content_type == "text/csv"


def test_signatures_are_within_what_is_read():
    import puremagic

    assert puremagic.main.max_head <= HEAD
    assert {guess for guess, _confirm in SIGNED} <= {
        row.extension for row in puremagic.main.magic_header_array
    }


# Names

NAMES = [
    ("plan.pdf", "plan.pdf"),
    ("../../etc/passwd", "passwd"),
    ("..\\..\\plan.pdf", "plan.pdf"),
    ("C:\\x", "x"),
    ("C:\\fakepath\\plan.pdf", "plan.pdf"),
    ("C:plan.pdf", "C_plan.pdf"),
    ("/", "file"),
    ("", "file"),
    ("...", "file"),
    (". . .", "file"),
    (".pdf", "file.pdf"),
    (".htaccess", "file.htaccess"),
    ("plan.pdf.", "plan.pdf"),
    ("plan.pdf ", "plan.pdf"),
    ("plan .pdf", "plan.pdf"),
    ("a\0b.pdf", "ab.pdf"),
    ("\u202efdp.plan.exe", "fdp.plan.exe"),
    ("plan\u202e\u2066.pdf", "plan.pdf"),
    ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie_ x.pdf"),
    ("a\u2028b\u00a0\t c.pdf", "a b c.pdf"),
    ("\ud800plan.pdf", "plan.pdf"),
    ("CON", "_CON"),
    ("nul.pdf", "_nul.pdf"),
    ("com1.tar.pdf", "_com1.tar.pdf"),
    ("COM¹.pdf", "_COM¹.pdf"),
    ("console.pdf", "console.pdf"),
    ('what? <"x">|*.pdf', "what_ __x____.pdf"),
    ("e\u0301.pdf", "é.pdf"),
    ("e\u200b\u0301.pdf", "é.pdf"),
    ("Cynllun gwaith – Ôl-ofal.pdf", "Cynllun gwaith – Ôl-ofal.pdf"),
    ("👮🏽\u200d♀️.pdf", "👮🏽\u200d♀️.pdf"),
    ("plan v1. final draft", "plan v1. final draft"),
    ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ("👮" * 300 + ".pdf", "👮" * 49 + ".pdf"),
]


@pytest.mark.parametrize(("name", "safe"), NAMES)
def test_names_are_readable_and_harmless(name, safe):
    assert safe_name(name) == safe


@given(
    st.text(st.characters())
    | st.text("./\\ :*aé\u0301\u200d\u202e\0\ud800", max_size=300)
    | st.sampled_from(sorted(RESERVED))
)
def test_any_name_becomes_a_safe_one_and_stays_it(name):
    safe = safe_name(name)
    assert safe
    assert safe_name(safe) == safe
    assert len(safe.encode()) <= MAX_BYTES
    assert not set(safe) & set('/\\<>:"|?*\0\r\n\u202e')
    assert safe == safe.strip(" .")
    assert safe.partition(".")[0].casefold() not in RESERVED
