"""What a document in a zip container is: read from its own table of contents, of which no part is unpacked but two.

The container itself is read strictly: one list of entries that ends where the file ends, nothing before, between
or after. Programs read damaged containers in different ways, and a file is the same for all of them or refused.
"""

import struct
import zlib
from xml.etree import ElementTree  # nosec B405 # see _xml
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from django.utils.translation import gettext as _

from . import refusals

LIST_BYTES = 512 * 1024  # the list of entries: some thousands, where a large document has some hundreds
PART_BYTES = 1024 * 1024  # of the parts that are unpacked: tables of contents, of some kilobytes
UNPACKED_BYTES = 1024**3  # that a document may claim to hold
END = struct.Struct("<4s4H2LH")  # the end of the list; a comment would follow, which no office program writes
END_64 = b"PK\x06\x07"
UNREADABLE = (
    BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)

OOXML = "application/vnd.openxmlformats-officedocument."
MAIN_PARTS = {
    f"{OOXML}{part}.main+xml": f"{OOXML}{part}"
    for part in ("wordprocessingml.document", "spreadsheetml.sheet", "presentationml.presentation")
}
OPENDOCUMENT = {
    f"application/vnd.oasis.opendocument.{kind}" for kind in ("text", "spreadsheet", "presentation")
}
CONTENTS, MANIFEST = "[content_types].xml", "meta-inf/manifest.xml"

MACRO_TYPES = ("macro", "vbaproject", "activex")
MACRO_NAMES = ("vbaproject.bin", "vbadata.xml", "vbaprojectsignature.bin")
MACRO_FOLDERS = ("/macrosheets/", "/activex/")
# LibreOffice writes these lists also where there is no macro.
EMPTY_LISTS = ("script-lc.xml", "script-lb.xml", "dialog-lc.xml", "dialog-lb.xml")
# Charts keep their figures as a workbook; anything else that is embedded is a file of its own.
MAY_BE_EMBEDDED = (".docx", ".xlsx", ".pptx", ".xml", ".rels")
FOREIGN = tuple(
    [
        ".exe",
        ".dll",
        ".com",
        ".scr",
        ".msi",
        ".bat",
        ".cmd",
        ".ps1",
        ".vbs",
        ".js",
        ".jse",
        ".wsf",
        ".hta",
        ".lnk",
        ".jar",
        ".htm",
        ".html",
        ".mht",
        ".mhtml",
        ".rtf",
        ".eml",
        ".msg",
        ".docm",
        ".xlsm",
        ".pptm",
        ".xlsb",
        ".doc",
        ".xls",
        ".ppt",
        ".zip",
        ".iso",
    ]
)


def content_type(file, size):
    """The content type of the office document in the file, of `size` bytes; raises Refused for any other container."""
    try:
        entries = _entries(file, size)
        with ZipFile(file) as archive:
            names = _names(archive, entries)
            _refuse_contents(archive, names)
            return _kind(archive, names)
    except UNREADABLE as error:
        raise _damaged() from error


def _damaged():
    return refusals.damaged(_("an Office document"))


def _entries(file, size):
    """How many entries the container has; refuses one whose list is not exactly at its end."""
    file.seek(max(0, size - END.size - 20))
    tail = file.read()
    mark, disk, first_disk, here, entries, length, start, comment = END.unpack(tail[-END.size :])
    whole = (
        mark == b"PK\x05\x06"
        and (disk, first_disk, comment) == (0, 0, 0)
        and here == entries
        and start + length == size - END.size
    )
    if not whole or tail.startswith(END_64) or length > LIST_BYTES:
        raise _damaged()
    return entries


def _names(archive, entries):
    """Entries by name in lower case, as office programs look them up."""
    infos = archive.infolist()
    names = {info.filename.lower(): info for info in infos}
    if len(infos) != entries or len(names) != entries:
        raise _damaged()
    if sum(info.file_size for info in infos) > UNPACKED_BYTES:
        raise refusals.unpacks_too_large()
    packed = sum(info.compress_size + 30 + len(info.orig_filename) for info in infos)
    if packed > archive.start_dir:  # entries that overlap: a few bytes unpacked many times over
        raise refusals.unpacks_too_large()
    return names


def _refuse_contents(archive, names):
    for name, info in names.items():
        if info.flag_bits & 0x1:
            raise refusals.password()
        leads_out = name.startswith("/") or ".." in name.split("/")
        if leads_out or "\\" in info.orig_filename or "\0" in info.orig_filename:
            raise _damaged()
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise _damaged()


def _kind(archive, names):
    if ("mimetype" in names) == (CONTENTS in names):
        raise _damaged() if CONTENTS in names else refusals.archive()
    kind = _opendocument(archive, names) if "mimetype" in names else _ooxml(archive, names)
    if any(_is_macro(name) for name in names):
        raise refusals.macros()
    if any(_is_embedded(name) for name in names):
        raise refusals.embedded()
    return kind


def _is_macro(name):
    path = f"/{name}"
    if path.endswith(MACRO_NAMES) or any(folder in path for folder in MACRO_FOLDERS):
        return True
    return path.startswith(("/basic/", "/scripts/")) and not path.endswith(("/", *EMPTY_LISTS))


def _is_embedded(name):
    if name.endswith(FOREIGN):
        return True
    return "/embeddings/" in name and not name.endswith(("/", *MAY_BE_EMBEDDED))


def _ooxml(archive, names):
    if "_rels/.rels" not in names:
        raise refusals.archive()
    declared = {
        element.get("ContentType", "").strip().lower()
        for element in _xml(archive, names[CONTENTS]).iter()
        if element.tag.rpartition("}")[2] in ("Default", "Override")
    }
    if any(mark in kind for kind in declared for mark in MACRO_TYPES):
        raise refusals.macros()
    found = [MAIN_PARTS[kind] for kind in declared if kind in MAIN_PARTS]
    if len(found) != 1:
        raise refusals.other_office()
    return found[0]


def _opendocument(archive, names):
    kind = _part(archive, names["mimetype"]).strip().decode("ascii")
    if kind not in OPENDOCUMENT:
        is_document = kind.startswith("application/vnd.oasis.opendocument.")
        raise refusals.other_office() if is_document else refusals.archive()
    if MANIFEST not in names:
        raise _damaged()
    for element in _xml(archive, names[MANIFEST]).iter():
        if element.tag.rpartition("}")[2] == "encryption-data":
            raise refusals.password()
        if any("oleobject" in value.lower() for value in element.attrib.values()):
            raise refusals.embedded()
    return kind


def _xml(archive, info):
    """The part as XML, without entities of its own, which could make it grow. Nothing that it names is fetched."""
    text = _part(archive, info).decode("utf-8-sig")
    if "<!ENTITY" in text:
        raise _damaged()
    try:
        return ElementTree.fromstring(text)  # nosec B314 # of limited size, and without entities
    except ElementTree.ParseError as error:
        raise _damaged() from error


def _part(archive, info):
    if info.file_size > PART_BYTES:
        raise _damaged()
    with archive.open(info) as part:
        content = part.read(PART_BYTES + 1)
    if len(content) > PART_BYTES:
        raise _damaged()
    return content
