"""E-mails as files (.eml): accepted when they carry nothing but words and pictures.

What is attached to a message cannot be checked as files of their own are, so it is sent as files of its own.
"""

import re
from email import message_from_bytes

from . import refusals
from .names import split_ending

LINE = 64 * 1024  # bytes; longer lines are read in pieces
HEADERS = 256 * 1024  # bytes of the headers of a message, and of one header of a part
FIELD = re.compile(rb"[!-9;-~]+[ \t]*:")
DESCRIBES_A_PART = re.compile(rb"content-(?:type|disposition)[ \t]*:", re.IGNORECASE)
UUENCODED = re.compile(rb"begin [0-7]{3,4} \S")
WORDS = {"text", "multipart"}
PICTURES = {"image/png", "image/jpeg", "image/gif"}
PICTURE_ENDINGS = {".png", ".jpg", ".jpeg", ".gif"}


def is_email(file):
    """True for a message without attachments, False for other text; raises Refused for one with attachments."""
    names = _header_names(file)
    if names is None or b"from" not in names or not names & {b"date", b"received", b"message-id"}:
        return False
    _refuse_attachments(file)
    return True


def _lines(file):
    """Lines without their ends, whatever a mail program may take for one."""
    file.seek(0)
    for piece in iter(lambda: file.readline(LINE), b""):
        yield from piece.splitlines()


def _header_names(file):
    """The names of the headers that the file begins with, in lower case; None if it does not begin with headers."""
    names, size = set(), 0
    for line in _lines(file):
        size += len(line)
        if not line:
            break
        if line[:1] in (b" ", b"\t") and names:
            continue
        if not FIELD.match(line) or size > HEADERS:
            return None
        names.add(line.partition(b":")[0].strip().lower())
    return names


def _refuse_attachments(file):
    """Looks at every line that could describe a part, wherever it stands: rather one too many than one too few."""
    header = b""
    for line in _lines(file):
        if header and line[:1] in (b" ", b"\t"):
            header += b"\n" + line[: HEADERS - len(header)]
            continue
        if header:
            _refuse_attachment(header)
        header = line if DESCRIBES_A_PART.match(line) else b""
        if UUENCODED.match(line):
            raise refusals.attachments()
    if header:
        _refuse_attachment(header)


def _refuse_attachment(header):
    name, _colon, value = header.partition(b":")
    part = message_from_bytes(name.strip() + b":" + value)
    kind = part.get_content_type() if "content-type" in part else "text/plain"
    name = part.get_filename()
    if name is not None:
        attached = split_ending(name)[1].lower() not in PICTURE_ENDINGS
    else:
        attached = part.get_content_disposition() == "attachment"
    if attached or not (part.get_content_maintype() in WORDS or kind in PICTURES):
        raise refusals.attachments()
