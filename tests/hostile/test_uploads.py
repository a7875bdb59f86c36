"""Files made to do harm, sent as a browser or a program sends them: refused in a sentence, or given out as a mere download."""

import io
import struct
import tracemalloc
import zipfile
import zlib

import pytest
from django.urls import reverse

from agencies.files.names import MAX_BYTES, RESERVED
from findings.models import Evidence

from ..browsing import errors_beside, filled, form
from ..sample_files import (
    CSV,
    EXCEL,
    OOXML,
    WORD,
    container,
    content_types,
    email,
    jpeg,
    odf,
    ooxml,
    pdf,
    png,
)
from ..states import add_evidence
from .conftest import Visitor

PAGE = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"
SVG = b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
SCRIPT = b"*/=0;alert(1);/*"
MEGABYTE = 1024 * 1024
# What a request may cost in memory beyond the file itself, which is at most a few megabytes here.
BOUND = 30 * MEGABYTE


@pytest.fixture
def folder(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"
    return settings.FILES_DIR


@pytest.fixture
def sender(folder, handler, recommendation, stan):
    client = Visitor(handler)
    client.force_login(stan)
    return client


@pytest.fixture
def send(sender, recommendation):
    """send(content, name): the answer to a file that is added. `name`: as it stands in the request."""
    address = reverse("evidence_add", args=[recommendation.public_id])
    return lambda content, name: post(sender, address, [(name, content)])


def test_files_come_in_by_two_forms_that_look_at_them_alike(sender, recommendation, stan, addresses, folder):
    """So that what is tried below on one of them holds for the other."""
    evidence = add_evidence(recommendation, stan)
    before = kept(folder)
    replace = reverse("evidence_replace", args=[evidence.public_id])
    pages = {route: sender.get(address) for route, address in [*addresses, ("evidence_replace", replace)]}
    taking = {
        route
        for route, response in pages.items()
        if not response.streaming and b'type="file"' in response.content
    }
    assert taking == {"evidence_add", "evidence_replace"}
    for name, content, words in (
        (b"plan.pdf", PAGE, "web page"),
        (b"plan.png", SVG, "SVG"),
        (b"plan.docx", LAUGHS.encode(), "XML"),
    ):
        (said,) = errors_beside(post(sender, replace, [(name, content)]), "id_file")
        assert words in said
    assert kept(folder) == before


def post(client, address, files):
    """Sends the form of this page with files whose names stand in the request as they are, byte for byte."""
    fields = filled(form(client.get(address))[1], {"kind": "audit", "description": "Audit", "save": "1"})
    fields.pop("file", None)
    parts = []
    for name, values in fields.items():
        for value in values if isinstance(values, list) else [values]:
            head = f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            parts.append(head.encode())
    for name, content in files:
        head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\nContent-Type: text/html\r\n\r\n'
        parts.append(head % (name if isinstance(name, bytes) else name.encode()) + content + b"\r\n")
    body = b"".join(parts) + b"--b--\r\n"
    return client.generic("POST", address, body, content_type="multipart/form-data; boundary=b")


def kept(folder):
    """What is stored: (rows, files)."""
    return Evidence.objects.count(), sorted(path for path in folder.rglob("*") if path.is_file())


def zeros(name, size, more):
    """A container in which one part is that many zeros, a thousandth of it packed; written piece by piece."""
    made = io.BytesIO(container(more))
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive, archive.open(name, "w") as part:
        for _ in range(size // MEGABYTE):
            part.write(bytes(MEGABYTE))
    return made.getvalue()


def nested(depth):
    content = container({"a.txt": bytes(MEGABYTE)})
    for level in range(depth):
        content = container({f"{n}-{level}.zip": content for n in range(4)})
    return content


LAUGHS = (
    "<!DOCTYPE x [<!ENTITY a 'ha'>"
    + "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9))
    + "]><x>&j;</x>"
)
OUTSIDE = "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'><!ENTITY % b SYSTEM 'http://127.0.0.1:9/'>%b;]><x>&a;</x>"
WORD_PARTS = {
    "[Content_Types].xml": content_types(f"{OOXML}{WORD}.main+xml"),
    "_rels/.rels": "<Relationships/>",
}
EXCEL_PARTS = {**WORD_PARTS, "[Content_Types].xml": content_types(f"{OOXML}{EXCEL}.main+xml")}
TEXT_PARTS = {
    "mimetype": "application/vnd.oasis.opendocument.text",
    "META-INF/manifest.xml": "<m:manifest xmlns:m='urn:m'/>",
}
REFUSED = {
    # Two things in one file: whichever program opens it finds what it looks for.
    "a PDF with a page before": (b"plan.pdf", PAGE + pdf()),
    "a PDF with a page behind": (b"plan.pdf", pdf() + PAGE),
    "a PDF that is a page within": (b"plan.pdf", pdf(PAGE)),
    "a PDF with an archive behind": (b"plan.pdf", pdf() + container({"a.class": b"\xca\xfe\xba\xbe"})),
    "a picture with a script behind": (b"plan.png", png(after=SCRIPT)),
    "a picture with an archive behind": (b"plan.png", png(after=container({"a.class": b"x"}))),
    "a photograph with a page in its remark": (b"plan.jpg", jpeg(PAGE)),
    "a photograph with an archive behind": (b"plan.jpg", jpeg() + container({"a.class": b"x"})),
    "GIF and archive": (b"plan.gif", b"GIF89a\1\0\1\0\0\0\0;" + container({"a.class": b"\xca\xfe\xba\xbe"})),
    "GIF and script": (b"plan.png", b"GIF89a" + SCRIPT),
    "a document with a page before": (b"plan.docx", PAGE + ooxml()),
    "a document with a PDF before": (b"plan.docx", pdf() + ooxml()),
    "a document with a picture before": (b"plan.docx", png() + ooxml()),
    # What a browser would run.
    "a page": (b"plan.html", PAGE),
    "a page that says PDF": (b"plan.pdf", PAGE),
    "a page in another alphabet": (b"plan.txt", "\ufeff<script>".encode("utf-16-le")),
    "a drawing": (b"plan.svg", SVG),
    "a drawing that says picture": (b"plan.png", SVG),
    # What grows when it is unpacked.
    "64 megabytes of content types": (b"plan.docx", lambda: zeros("[Content_Types].xml", 64 * MEGABYTE, {"_rels/.rels": "<x/>"})),
    "64 megabytes of manifest": (b"plan.odt", lambda: zeros("META-INF/manifest.xml", 64 * MEGABYTE, {"mimetype": TEXT_PARTS["mimetype"]})),
    "more than a gigabyte of rows": (b"plan.xlsx", lambda: zeros("xl/worksheets/sheet1.xml", 1025 * MEGABYTE, EXCEL_PARTS)),
    "archives in archives": (b"plan.zip", lambda: nested(4)),
    "archives in archives, by another name": (b"plan.docx", lambda: nested(4)),
    "archives in a document": (b"plan.docx", lambda: ooxml(more={"word/embeddings/a.zip": nested(4)})),
    "entities in content types": (b"plan.docx", container({**WORD_PARTS, "[Content_Types].xml": LAUGHS})),
    "entities in a manifest": (b"plan.odt", odf(manifest=LAUGHS)),
    "entities from elsewhere": (b"plan.xlsx", container({**EXCEL_PARTS, "[Content_Types].xml": OUTSIDE})),
    "entities from elsewhere in a manifest": (b"plan.ods", odf("spreadsheet", manifest=OUTSIDE)),
    # What is not what its name says.
    "nothing": (b"plan.pdf", b""),
    "an ending before the last": (b"plan.pdf.exe", b"MZ" + bytes(200)),
    "an ending behind the last": (b"plan.exe.pdf", b"MZ" + bytes(200)),
    "an ending turned round": ("plan\u202efdp.exe".encode(), pdf()),
    "an ending behind a zero": (b"plan.pdf\0.exe", pdf()),
    "a picture that says PDF": (b"plan.pdf", png()),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_would_do_harm_is_refused_in_a_sentence_and_leaves_nothing(case, send, folder):
    name, content = REFUSED[case]
    content = content() if callable(content) else content
    before = kept(folder)
    tracemalloc.start()
    answer = send(content, name)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert answer.status_code == 200
    (said,) = errors_beside(answer, "id_file")
    assert said.endswith((".", ")"))
    assert kept(folder) == before
    assert peak < len(content) * 3 + BOUND, peak


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


# Good as what they are, and something else to a program that looks at them otherwise.
ACCEPTED = {
    "a picture with a script in its remark": ("plan.png", png()[:33] + chunk(b"tEXt", b"Comment\0" + SCRIPT) + png()[33:]),
    "a photograph with a script in its remark": ("plan.jpg", jpeg(SCRIPT)),
    "a table that a spreadsheet would calculate": ("plan.csv", CSV),
    "words that look like a page": ("plan.txt", b"Write 5 < 6 and <none>, then alert(1)"),
    "an e-mail with a page in it": ("plan.eml", email()),
    "a document with entities where nobody looks": ("plan.docx", container({**WORD_PARTS, "word/document.xml": LAUGHS})),
    "a PDF that says it runs a script": ("plan.pdf", pdf(b"1 0 obj\n<< /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>\nendobj\n")),
}  # fmt: skip
RUN_BY_BROWSERS = ("html", "svg", "xml;", "javascript", "xhtml", "rfc822", "multipart")


@pytest.mark.parametrize("case", ACCEPTED)
def test_what_is_accepted_comes_back_as_a_download_that_no_browser_runs(case, send, sender):
    name, content = ACCEPTED[case]
    assert send(content, name).status_code == 302
    given = sender.get(reverse("evidence_download", args=[Evidence.objects.latest("pk").public_id]))
    assert b"".join(given) == content
    safe(given)


def safe(given):
    """The headers of a download: it is saved, under the type that it was found to be, and runs nowhere."""
    assert given.status_code == 200
    assert given["Content-Disposition"].startswith("attachment; filename")
    assert all(value.isprintable() for value in given.headers.values())
    assert given["X-Content-Type-Options"] == "nosniff"
    assert given["Content-Security-Policy"] == "sandbox; default-src 'none'; frame-ancestors 'none'"
    assert not any(kind in given["Content-Type"] for kind in RUN_BY_BROWSERS)
    assert "X-Evil" not in given.headers
    assert not given.cookies


NAMES = {
    "folders": b"../../../../etc/cron.d/plan.pdf",
    "folders of Windows": b"..\\\\..\\\\windows\\\\plan.pdf",
    "folders, encoded": b"..%2f..%2fplan.pdf",
    "from the root": b"/etc/plan.pdf",
    "a zero": b"plan\0.pdf",
    "300 letters": b"x" * 300 + b".pdf",
    "60 children": "👧".encode() * 60 + b".pdf",
    "turned round": "fdp\u202e.nalp.pdf".encode(),
    "a new line": b"plan%0d%0aX-Evil: 1.pdf",
    "a new line as it is": b"plan\rX-Evil: 1.pdf",
    "another parameter": b'plan.html\\"; filename=\\"b.pdf',
    "a page": b"<img src=x onerror=alert(1)>.pdf",
    "two endings": b"plan.html.pdf",
    "a formula": b"=cmd|' /C calc'!A0.pdf",
    "signs of a template": b"{{7*7}}{% now 'Y' %}.pdf",
    **{f"reserved: {name}": f"{name.upper()}.pdf".encode() for name in sorted(RESERVED)[:2]},
}


@pytest.mark.parametrize("case", NAMES)
def test_whatever_a_file_is_called_it_is_stored_by_another_name_and_given_out_by_a_safe_one(
    case, send, sender, folder
):
    before = kept(folder)[1]
    assert send(pdf(), NAMES[case]).status_code == 302
    evidence = Evidence.objects.latest("pk")
    (written,) = set(kept(folder)[1]) - set(before)
    assert written.name == evidence.stored_key
    assert folder.resolve() in written.resolve().parents
    assert evidence.stored_key.isalnum()
    assert len(evidence.file_name.encode()) <= MAX_BYTES
    assert evidence.file_name.isprintable()
    assert not set(evidence.file_name) & set('/\\<>:"|?*')
    safe(sender.get(reverse("evidence_download", args=[evidence.public_id])))


def test_a_name_that_breaks_the_head_of_its_part_brings_nothing_in(send, folder):
    """Then no file has arrived, or no form: what stands behind the new line is not taken for a field or a header."""
    before = kept(folder)
    for name in (b'plan.pdf"\r\nX-Evil: 1\r\n\r\n', b'plan.pdf"\r\n\r\n' + PAGE + b"\r\n--b--\r\n"):
        answer = send(b"", name)
        assert answer.status_code in (200, 400, 403)
        assert "X-Evil" not in answer.headers
        assert kept(folder) == before


def test_a_name_that_cannot_be_read_is_a_file_that_did_not_arrive(send, folder):
    assert errors_beside(send(pdf(), b"\xff\xfe\xedplan.pdf"), "id_file") != []
    assert send(pdf(), "👧".encode() * 300 + b".pdf").status_code == 400  # the head of its part is too long
    assert kept(folder) == (0, [])


def test_two_files_where_one_is_asked_for_are_one_file(sender, recommendation, folder):
    address = reverse("evidence_add", args=[recommendation.public_id])
    assert post(sender, address, [("a.pdf", pdf()), ("b.html", PAGE)]).status_code == 200
    assert kept(folder) == (0, [])
    assert post(sender, address, [("b.html", PAGE), ("a.pdf", pdf())]).status_code == 302
    assert len(kept(folder)[1]) == kept(folder)[0] == 1


def test_very_many_files_are_refused(sender, recommendation, folder):
    address = reverse("evidence_add", args=[recommendation.public_id])
    assert post(sender, address, [("a.pdf", pdf())] * 200).status_code == 400
    assert kept(folder) == (0, [])


def test_a_file_sent_to_a_page_that_takes_none_is_not_kept(visitors, addresses, folder):
    """Everywhere but in the two forms above, and where a report is handed in, a file is words that nobody asked for."""
    body = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
        + pdf()
        + b"\r\n--b--\r\n"
    )
    before = Evidence.objects.count()
    for name, address in addresses:
        if name in ("evidence_download", "report_file", "report_page", "report_add"):
            continue  # the files of the records' own were lost with their folder; the last takes one
        for who in ("stranger", "mary"):
            response = visitors[who].generic("POST", address, body, "multipart/form-data; boundary=b")
            list(response)
            assert response.status_code < 500, (who, name)
    assert (Evidence.objects.count(), kept(folder)[1]) == (before, [])
