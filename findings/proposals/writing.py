"""Writing a file wholly or not at all."""

import os

from django.core.management.base import CommandError


def write_whole(path, text):
    """A run that is cut short leaves the file that was there."""
    beside = path.with_name(path.name + ".part")
    try:
        beside.write_text(text)
        os.replace(beside, path)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
