"""What is not accepted, in sentences that say what the file is and what to send instead."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .text import LOOKED_AT


class Refused(ValidationError):
    """A file that is not accepted; its message is for the person who sent it."""

    def __init__(self, message, code):
        super().__init__(message, code=code)


def accepted():
    """The kinds that are accepted, in words."""
    return _(
        "PDF, Word (.docx), Excel (.xlsx), PowerPoint (.pptx), OpenDocument (.odt, .ods, .odp), pictures (.jpg, "
        ".png), text (.txt), CSV and e-mail (.eml)"
    )


def _refused(what, advice):
    return Refused(_("This is %(what)s. %(advice)s") % {"what": what, "advice": advice}, "not_accepted")


# What puremagic calls it, what it is, and what to do.
PROGRAM = (gettext_lazy("a program"), gettext_lazy("Programs are not accepted."))
ARCHIVE = (
    gettext_lazy("a compressed folder (an archive)"),
    gettext_lazy("Send the files in it as files of their own."),
)
PICTURE = (
    gettext_lazy("a picture of a kind that is not accepted"),
    gettext_lazy("Save it as JPEG (.jpg) or PNG (.png)."),
)
RECORDING = (gettext_lazy("a recording"), gettext_lazy("Sound and video are not accepted."))
NAMED = {
    **dict.fromkeys(
        (".exe", ".dll", ".sys", ".com", ".class", ".AppImage", ".lnk", ".dex", ".wasm"), PROGRAM
    ),
    **dict.fromkeys((".zip", ".rar", ".7z", ".gz", ".tar", ".bz2", ".xz", ".cab", ".zst", ".iso"), ARCHIVE),
    **dict.fromkeys((".gif", ".tiff", ".tif", ".bmp", ".webp", ".heif", ".heic", ".avif", ".psd"), PICTURE),
    **dict.fromkeys(
        (".mp4", ".mov", ".mp3", ".wav", ".m4a", ".avi", ".mkv", ".ogg", ".flac", ".wmv"), RECORDING
    ),
    ".rtf": (gettext_lazy("an RTF document"), gettext_lazy("Save it as .docx or as PDF.")),
}


def of_signature(guesses):
    """The refusal of a file that is neither text nor of a kind that is accepted."""
    for guess in guesses:
        if guess in NAMED:
            return _refused(*NAMED[guess])
    return Refused(
        _("It cannot be told what kind of file this is. Accepted are %(kinds)s.") % {"kinds": accepted()},
        "not_recognised",
    )


# Text that is more than text

TAGS = r"!doctype\s+html|html|head|body|script|iframe|frameset|object|embed|form"
WEB_PAGE = re.compile(rf"<(?:{TAGS})[\s>/]", re.IGNORECASE)
# At the very beginning a browser takes less for a web page.
BEGINS_WEB_PAGE = re.compile(
    r"\s*<(?:!--|(?:style|title|table|div|span|font|meta|link|img|br|h[1-6]|ul|ol|p|a|b|i)[\s>/])",
    re.IGNORECASE,
)
SVG = re.compile(r"<(?:[a-z]+:)?svg[\s>]", re.IGNORECASE)
MARKS = (
    (re.compile(r"#!|<\?php|@echo off", re.IGNORECASE), gettext_lazy("a script"), PROGRAM[1]),
    (
        re.compile(r"\s*<[?!]"),
        gettext_lazy("an XML file"),
        gettext_lazy("Save what it shows as PDF, or as a table."),
    ),
    (re.compile(r"\{\\rtf"), *NAMED[".rtf"]),
    (re.compile(r"%!"), gettext_lazy("a PostScript file"), gettext_lazy("Save it as PDF.")),
)


def is_web_page(beginning):
    """Whether a browser might take what begins like this for a page."""
    return bool(WEB_PAGE.search(beginning))


def web_page():
    return _refused(
        _("a web page, or another file with a web page in it"),
        _("Print the page to a PDF document and send that."),
    )


def refuse_marked_text(beginning):
    """Raises Refused for text that begins as a page, a drawing, a script or a document in disguise."""
    beginning = beginning[:LOOKED_AT]
    if SVG.search(beginning):
        raise _refused(_("an SVG drawing, which can hold scripts"), _("Save it as PDF or as a PNG picture."))
    for mark, what, advice in MARKS:
        if mark.match(beginning) and not is_web_page(beginning):
            raise _refused(what, advice)
    if is_web_page(beginning) or BEGINS_WEB_PAGE.match(beginning):
        raise web_page()


# Files of an accepted kind that are refused for what is in them, or missing


def damaged(what):
    return Refused(
        _(
            "This looks like %(what)s, but it is damaged, incomplete, or more than that. Open it, save it again under "
            "a new name and send that."
        )
        % {"what": what},
        "damaged",
    )


def older_office():
    return _refused(
        _("a file of an older Office program, an Outlook message, or a document protected by a password"),
        _("Save it without a password as .docx, .xlsx or .pptx; save a message as PDF."),
    )


def archive():
    return _refused(*ARCHIVE)


def other_office():
    return _refused(
        _("an Office file of a kind that is not accepted, such as a template"),
        _("Save it as .docx, .xlsx, .pptx, .odt, .ods, .odp or as PDF."),
    )


def macros():
    return Refused(
        _("This document holds macros or controls (small programs). Save it without them, or as PDF."),
        "macros",
    )


def password():
    return Refused(
        _("This document is protected by a password. Save it without one and send that."), "password"
    )


def embedded():
    return Refused(
        _(
            "This document has other files embedded in it, which cannot be checked. Send those as files of their own, "
            "and this one without them or as PDF."
        ),
        "embedded",
    )


def unpacks_too_large():
    return Refused(
        _("This document would become far too large when it is opened. Save it as PDF, or divide it."), "bomb"
    )


def attachments():
    return Refused(
        _(
            "This e-mail has attachments, which cannot be checked. Send those as files of their own, and print the "
            "message to a PDF document."
        ),
        "attachments",
    )
