"""Reading a file that came from outside: in a process of its own, in bounded time and memory."""

import json
import os
import signal
import subprocess  # nosec B404 # no shell, a fixed program
import sys
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

from .child import ANSWER, OUT_OF_MEMORY
from .gazetteer import Gazetteer
from .report import Fact, Paragraph, ReadReport, Unreadable

LARGEST = 50 * 1024 * 1024  # bytes; the largest real report has one
PATIENCE = 60  # seconds by the clock
ROOT = Path(__file__).resolve().parents[2]
TOO_LONG = (
    "The file takes too long to read: it is damaged, or made to. Get it again from where it was published."
)


def read_file(path, gazetteer=None):
    """The report in the file at `path`. Raises Unreadable, whose message is for whoever handed the file in.

    `gazetteer`: whose councils and forces are looked for; without it, those of the files that the product ships.
    """
    path = Path(path).resolve()
    size = path.stat().st_size
    if not size:
        raise Unreadable("The file is empty.")
    if size > LARGEST:
        raise Unreadable(f"The file is larger than {LARGEST // 1024 // 1024} MB. No report is.")
    with open(path, "rb") as file:
        if b"%PDF-" not in file.read(1024):
            raise Unreadable("The file is not a PDF.")
    return _report(_answer(path, gazetteer.as_json() if gazetteer else _shipped()))


@cache
def _shipped():
    return Gazetteer.from_files().as_json()


def _answer(path, gazetteer):
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as taken:
        given.write(gazetteer.encode())
        given.seek(0)
        child = subprocess.Popen(  # nosec B603 # no shell
            [sys.executable, "-m", "inspections.reading.child", str(path)],
            stdin=given,
            stdout=taken,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env={
                "PATH": os.environ.get("PATH", ""),
                "PYTHONIOENCODING": "utf-8",
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            start_new_session=True,
        )
        try:
            code = child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            raise Unreadable(TOO_LONG) from None
        finally:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        if code == -signal.SIGXCPU or code == -signal.SIGKILL:
            raise Unreadable(TOO_LONG)
        if code:
            raise Unreadable(OUT_OF_MEMORY)
        taken.seek(0)
        return taken.read(ANSWER)


def _report(answer):
    try:
        told = json.loads(answer)
    except ValueError:
        raise Unreadable(OUT_OF_MEMORY) from None
    if "unreadable" in told:
        raise Unreadable(told["unreadable"])
    given = told["report"]
    return ReadReport(
        sha256=given["sha256"],
        pages=given["pages"],
        title=given["title"],
        facts=tuple(Fact(**fact) for fact in given["facts"]),
        paragraphs=tuple(_paragraph(**paragraph) for paragraph in given["paragraphs"]),
        notes=tuple(given["notes"]),
    )


def _paragraph(headings, breaks, **rest):
    return Paragraph(headings=tuple(headings), breaks=tuple((at, page) for at, page in breaks), **rest)
