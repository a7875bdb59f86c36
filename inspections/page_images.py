"""A page of a kept PDF as a picture, made in a process of its own with limits: files of strangers are never opened
in the process that answers people."""

import resource
import subprocess  # nosec B404 # no shell, a fixed program
import sys

from django.conf import settings

SECONDS, MEMORY = 15, 1024 * 1024 * 1024
WIDTH = 1100  # pixels
HIGHEST = 3000


class NoPicture(Exception):
    """The page cannot be drawn: there is none of that number, or it takes too long or too much memory."""


def page_as_png(path, number):
    """The page (from 1) as PNG; raises NoPicture."""
    command = [sys.executable, "-m", "inspections.page_images", str(path), str(number)]
    try:
        done = subprocess.run(  # nosec B603 # our own program, no shell
            command, cwd=settings.BASE_DIR, env={}, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as problem:
        raise NoPicture from problem
    if done.returncode or not done.stdout.startswith(b"\x89PNG\r\n\x1a\n"):
        raise NoPicture
    return done.stdout


def _draw(path, number):
    """Within the other process: writes the picture to standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    page = document[number - 1]
    width, height = page.get_size()
    bitmap = page.render(scale=min(WIDTH / width, HIGHEST / height))
    bitmap.to_pil().save(sys.stdout.buffer, format="PNG")


if __name__ == "__main__":
    _draw(sys.argv[1], int(sys.argv[2]))
