"""A document as an accessible PDF (PDF/UA-1), set by WeasyPrint from the very page that people see."""

import json
import os
import subprocess  # nosec B404 # no shell, a fixed program
import sys
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import translation

from .content import Chart
from .typesetting import NO_LIBRARY

PROGRAM = Path(__file__).with_name("typesetting.py")
SECONDS = 20  # of the processor; a pack of four pages takes about two
WAIT = 60  # seconds by the clock, on a busy machine
MEGABYTES = 1024  # of address space, of which a pack uses a part
# What the process is told of this one: where programs, fonts and their cache are; no settings, no secrets.
TOLD = (
    "PATH",
    "HOME",
    "LANG",
    "TMPDIR",
    "XDG_CACHE_HOME",
    "FONTCONFIG_FILE",
    "FONTCONFIG_PATH",
    "LD_LIBRARY_PATH",
    "DYLD_FALLBACK_LIBRARY_PATH",
)


class NoPDF(Exception):
    """No PDF could be set; `library` says that it is for want of Pango on this machine."""

    def __init__(self, words, *, library=False):
        super().__init__(words)
        self.library = library


def pdf(document):
    """The document as PDF bytes. Raises NoPDF."""
    with translation.override(document.language.lower()):
        html = render_to_string("documents/_paper.html", {"document": document})
    asked = {
        "html": html,
        "css": _stylesheet("css/paper.css"),
        "chart_css": _stylesheet("css/pictures.css") if _has_charts(document) else "",
        "address": document.address,
        "seconds": SECONDS,
        "megabytes": MEGABYTES,
    }
    try:
        done = subprocess.run(  # nosec B603 # our own program, no shell
            [sys.executable, "-I", str(PROGRAM)],
            input=json.dumps(asked).encode(),
            capture_output=True,
            timeout=WAIT,
            env={name: os.environ[name] for name in TOLD if name in os.environ},
        )
    except subprocess.TimeoutExpired as error:
        raise NoPDF("Setting the PDF took too long") from error
    if done.returncode:
        words = done.stderr.decode(errors="replace")[-500:]
        raise NoPDF(words, library=done.returncode == NO_LIBRARY)
    return done.stdout


def _has_charts(document):
    return any(isinstance(block, Chart) for block in document.blocks)


@cache
def _stylesheet(name):
    path = finders.find(name)
    if path is None:
        raise FileNotFoundError(f"{name} is not compiled: bin/setup does it")
    return Path(path).read_text()
