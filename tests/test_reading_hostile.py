"""Files made to do harm, or damaged: each ends in a clear message, in bounded time, and leaves no process behind."""

import subprocess
import zlib

import pytest

from inspections.reading import Unreadable, process, read_file
from tests.pdf_writing import Sheets, assemble
from tests.test_reading import cover_of_sif

ROOT = b"<</Type/Catalog/Pages 2 0 R>>"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
PAGE = (
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>/XObject<</X 5 0 R>>>>"
    b"/Contents 11 0 R>>"
)


def stream(data, entries=b""):
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(data), entries, data)


def one_page(content, **others):
    """A PDF of one page; `others` are objects by number, as o5=…"""
    objects = {
        1: ROOT,
        2: b"<</Type/Pages/Count 1/Kids[10 0 R]>>",
        3: FONT,
        10: PAGE,
        11: content if content.startswith(b"<<") else stream(content),
    }
    return assemble(objects | {int(name[1:]): body for name, body in others.items()})


def report():
    sheets = Sheets()
    cover_of_sif(sheets)
    return sheets


def encrypted():
    """Locked with a password of the reader's, which nobody gave."""
    lock = b"<</Filter/Standard/V 1/R 2/P -4/O(%s)/U(%s)>>" % (b"o" * 32, b"u" * 32)
    objects = {1: ROOT, 2: b"<</Type/Pages/Count 1/Kids[10 0 R]>>", 3: FONT, 4: lock, 10: PAGE}
    return assemble(objects, trailer=b"/Encrypt 4 0 R/ID[(0123456789012345)(0123456789012345)]")


def truncated():
    return report().bytes()[:900]


def many_pages():
    kids = b"10 0 R " * 5000
    objects = {1: ROOT, 2: b"<</Type/Pages/Count 5000/Kids[%s]>>" % kids, 3: FONT, 10: PAGE}
    return assemble(objects | {11: stream(b"BT ET")})


def pages_that_hold_themselves():
    return assemble(
        {
            1: ROOT,
            2: b"<</Type/Pages/Count 3/Kids[4 0 R 4 0 R 4 0 R]>>",
            4: b"<</Type/Pages/Count 9/Parent 2 0 R/Kids[2 0 R 4 0 R]>>",
        }
    )


def deep_pages():
    objects = {1: ROOT}
    for number in range(2, 20_000):
        objects[number] = b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % (number + 1)
    objects[20_000] = b"<</Type/Page/MediaBox[0 0 9 9]>>"
    return assemble(objects)


def deep_content():
    return one_page(b"[" * 2_000_000 + b"]" * 2_000_000)


def without_text():
    return one_page(b"0 0 595 842 re f")


def bomb():
    """A kilobyte that becomes 400 MB."""
    squeezer = zlib.compressobj(9)
    block = b"\0" * 1_000_000
    once = b"".join(squeezer.compress(block) for _ in range(400)) + squeezer.flush()
    return one_page(stream(zlib.compress(once, 9), b"/Filter[/FlateDecode/FlateDecode]"))


def wall_of_letters():
    """A content that writes more letters than a page can hold."""
    content = b"BT /F1 1 Tf 72 700 Td " + b"(words and more words of it) Tj 0 -1 Td " * 3000 + b"ET"
    return one_page(stream(zlib.compress(content, 9), b"/Filter/FlateDecode"))


def form_that_holds_itself():
    form = stream(
        b"/X Do BT /F1 12 Tf (again) Tj ET /X Do",
        b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 5 0 R>>/Font<</F1 3 0 R>>>>",
    )
    return one_page(b"/X Do " * 50, o5=form)


def forms_within_forms():
    """Ten forms, each of which shows the next ten times: ten thousand million times the last."""
    entries = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>"
    forms = {f"o{number}": stream(b"/X Do " * 10, entries % (number + 1)) for number in range(20, 30)}
    return one_page(b"/X Do " * 10, o5=forms["o20"], **forms, o30=stream(b"", entries % 30))


def huge_image():
    image = stream(
        zlib.compress(b"\0" * 1_000_000, 9),
        b"/Type/XObject/Subtype/Image/Width 60000/Height 60000/BitsPerComponent 8/ColorSpace/DeviceRGB/Filter/FlateDecode",
    )
    return one_page(b"q 595 0 0 842 0 0 cm /X Do Q", o5=image)


def broken_font():
    program = stream(b"\0\1\0\0" + b"\xff" * 5000, b"/Length1 5004")
    return one_page(
        b"BT /F1 12 Tf 72 700 Td (abc) Tj ET",
        o3=b"<</Type/Font/Subtype/TrueType/BaseFont/Bad/FirstChar 0/LastChar 999999/Widths[1 2]/FontDescriptor 6 0 R/ToUnicode 7 0 R>>",
        o6=b"<</Type/FontDescriptor/FontName/Bad/Flags 4/FontFile2 8 0 R>>",
        o7=stream(b"beginbfrange <00> <ffffffff> <0000> endbfrange"),
        o8=program,
    )


NOT_A_REPORT = "not a report of a kind"
KINDS = {
    "empty": (lambda: b"", "is empty"),
    "another kind": (lambda: b"PK\3\4" + b"x" * 5000, "not a PDF"),
    "a name only": (lambda: b"%PDF-1.7\n" + b"x" * 5000, "damaged"),
    "truncated": (truncated, "damaged|no pages|no text|not a report"),
    "encrypted": (encrypted, "password"),
    "thousands of pages": (many_pages, "5000 pages"),
    "a page tree with loops": (pages_that_hold_themselves, "damaged|no text|no pages"),
    "a deep page tree": (deep_pages, "damaged|no text"),
    "deep nesting": (deep_content, "no text"),
    "no text": (without_text, "may be a scan"),
    "a bomb": (bomb, "no text|memory|too long"),
    "a wall of letters": (wall_of_letters, "more text than a printed page"),
    "a form that holds itself": (form_that_holds_itself, "memory|too long"),
    "a huge image": (huge_image, "may be a scan"),
    "a broken font": (broken_font, NOT_A_REPORT + "|no text"),
    "another report": (
        lambda: one_page(b"BT /F1 12 Tf 72 700 Td (A report of a school) Tj ET"),
        NOT_A_REPORT,
    ),
}


def children():
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if "inspections.reading.child" in line]


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_files_end_in_a_message(kind, tmp_path):
    make, words = KINDS[kind]
    path = tmp_path / "report.pdf"
    path.write_bytes(make())
    with pytest.raises(Unreadable, match=words):
        read_file(path)
    assert not [line for line in children() if str(path) in line]


def test_a_file_that_keeps_the_reader_busy_is_given_up(tmp_path, monkeypatch):
    """The clock of the one that waits ends it, whatever the reader is doing."""
    monkeypatch.setattr(process, "PATIENCE", 2)
    path = tmp_path / "report.pdf"
    path.write_bytes(forms_within_forms())
    with pytest.raises(Unreadable, match=r"takes too long|memory"):
        read_file(path)
    assert not [line for line in children() if str(path) in line]


def test_scripts_are_not_run_and_are_told_of(tmp_path):
    path = tmp_path / "report.pdf"
    script = b"/Names<</JavaScript<</Names[(a) 9 0 R]>>>>/OpenAction 9 0 R"
    action = b"9 0 obj\n<</S/JavaScript/JS(app.alert\\(1\\))>>\nendobj\n"
    sheets = report()
    path.write_bytes(sheets.bytes(catalogue=script, extra=action))
    assert [note for note in read_file(path).notes if "not run" in note]
    path.write_bytes(sheets.bytes())
    assert not [note for note in read_file(path).notes if "not run" in note]
