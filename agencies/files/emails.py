"""E-mails as files (.eml): accepted when they carry nothing but words and pictures.

What is attached to a message cannot be checked as files of their own are, so it is sent as files of its own.
"""

import re
from email import message_from_bytes

from django.utils.translation import gettext as _

from . import refusals
from .names import split_ending

HEADERS = 256 * 1024  # bytes that the headers of a message may have
FIELD = re.compile(rb"[!-9;-~]+[ \t]*:")

WINDOW = 1024 * 1024  # bytes of the message that are looked at together
HEADER = 16 * 1024  # bytes that one header of a part may have
PARTS = 1000  # headers that describe parts; a long conversation has some tens
# A header that describes a part, or a file in the old way, after whatever a program may take for a line's end.
DESCRIPTION = re.compile(
    rb"(?<![^\r\n])(?:content-(?:type|disposition)[ \t]*:[^\r\n]*(?:(?:\r\n?|\n)[ \t][^\r\n]*)*"
    rb"|(?-i:begin) [0-7]{3,4} [^\r\n]*)",
    re.IGNORECASE,
)
WORDS = {"text", "multipart"}
PICTURES = {"image/png", "image/jpeg", "image/gif"}
PICTURE_ENDINGS = {".png", ".jpg", ".jpeg", ".gif"}


def is_email(file):
    """True for a message without attachments, False for other text; raises Refused for one with attachments."""
    names = _header_names(file)
    if b"from" not in names or not names & {b"date", b"received", b"message-id"}:
        return False
    for count, description in enumerate(_descriptions(file)):
        if count > PARTS or len(description) > HEADER:
            raise refusals.damaged(_("an e-mail"))
        if _is_attachment(description):
            raise refusals.attachments()
    return True


def _header_names(file):
    """The names of the headers that the file begins with, in lower case; none if it does not begin with headers."""
    names = set()
    file.seek(0)
    beginning = file.read(HEADERS)
    for line in beginning.splitlines():
        if not line:
            return names
        if line[:1] not in (b" ", b"\t") or not names:
            if not FIELD.match(line):
                return set()
            names.add(line.partition(b":")[0].strip().lower())
    return names if len(beginning) < HEADERS else set()


def _descriptions(file):
    """Every line that could describe a part, wherever it stands: rather one too many than one too few."""
    file.seek(0)
    kept, chunk = b"", file.read(WINDOW)
    while chunk:
        window, following = kept + chunk, file.read(WINDOW)
        for found in DESCRIPTION.finditer(window):
            # One that reaches the end of the window is whole in the next.
            if found.end() < len(window) or not following or len(found.group()) > HEADER:
                yield found.group()
        kept, chunk = window[-2 * HEADER :], following


def _is_attachment(description):
    name, mark, value = description.partition(b":")
    if not mark or name[:6].lower() == b"begin ":
        return True
    part = message_from_bytes(name.strip() + b":" + value)
    kind = part.get_content_type() if "content-type" in part else "text/plain"
    if not (part.get_content_maintype() in WORDS or kind in PICTURES):
        return True
    if (file_name := part.get_filename()) is not None:
        return split_ending(file_name)[1].lower() not in PICTURE_ENDINGS
    return part.get_content_disposition() == "attachment"
