"""Whether a file is text: it can be read as such from its first byte to its last, without control characters."""

import codecs
import re

CHUNK = 64 * 1024
LOOKED_AT = 1024  # characters at the beginning that tell what sort of text it is; browsers look no further
# Tabs, line breaks and page breaks are text; other control characters are not. Surrogates and the two
# noncharacters come from bytes that were no text.
UNREADABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def beginning(file):
    """The first characters of a text in UTF-8, UTF-16 with its mark, or Windows-1252; None for what is no text."""
    file.seek(0)
    mark = file.read(2)
    encodings = ["utf-16"] if mark in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        found = _beginning_in(file, encoding)
        if found is not None:
            return found
    return None


def _beginning_in(file, encoding):
    decoder = codecs.getincrementaldecoder(encoding)()
    found = ""
    file.seek(0)
    try:
        while chunk := file.read(CHUNK):
            read = decoder.decode(chunk)
            if UNREADABLE.search(read):
                return None
            found += read[: LOOKED_AT - len(found)]
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return None
    return found
