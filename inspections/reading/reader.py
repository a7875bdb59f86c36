"""Reads a report within this process. Files from outside go through `read_file`, which does it in another."""

import hashlib

from .frameworks import framework_of
from .layout import lay_out
from .pages import lines_of
from .printed import Printed
from .report import ReadReport, Unreadable

ASKED_FOR = ("recommendation", "improvement", "priority action")  # parts
SCRIPTS = "The file holds scripts. They were not run."


def read(path, gazetteer):
    """The report at `path` as read; raises Unreadable."""
    pages, title, scripts = lines_of(path)
    if not any(pages):
        raise Unreadable(
            "The file has no text in it: it may be a scan. Get the file that the inspectorate published, or one "
            "that was made readable by text recognition."
        )
    printed = Printed(pages, lay_out(pages))
    framework = framework_of(printed)
    if framework is None:
        raise Unreadable(
            "This is not a report of a kind that can be read. Reports of Ofsted's single inspection framework and of "
            "its inspections of children's services, and letters of joint targeted area inspections, can be."
        )
    found = framework.facts(printed, gazetteer)
    found.add("framework", framework.CODE, 1, _title(printed) or title)
    paragraphs = framework.paragraphs(printed)
    _count(found, paragraphs)
    if scripts or _names_scripts(path):
        found.note(SCRIPTS)
    return ReadReport(
        sha256=_sha256(path),
        pages=len(pages),
        title=_title(printed) or title,
        facts=tuple(found.found),
        paragraphs=paragraphs,
        notes=tuple(found.notes),
    )


def _title(printed):
    """The first heading or two of the first page."""
    headings = [p.text for p in printed.passages if p.kind == "heading" and p.page == 1]
    return " ".join(headings[:2])[:200]


def _count(found, paragraphs):
    """The number of recommendations: numbers or bullets of the lists that the framework has for them."""
    listed = [p for p in paragraphs if p.part in ASKED_FOR and p.label[-1:].isdigit()]
    if listed:
        found.add(
            "recommendations", len({(p.headings, p.label) for p in listed}), listed[0].page, listed[0].label
        )
    else:
        found.note("No list of recommendations or areas for improvement was found.")


def _names_scripts(path):
    """Whether the file names a script outside the lists that the library counts, such as one at its opening."""
    with open(path, "rb") as file:
        return b"/JavaScript" in file.read()


def _sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
