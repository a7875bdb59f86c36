"""Keeping files: written before the row that names them, gone again when that row does not come to be.

A file is never changed. It lies under a random name in settings.FILES_DIR, readable by the service's account only.
A crash between file and row leaves a file without a row, never a row without its file; `sweep` finds the former.
"""

import hashlib
import logging
import os
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction

from . import kinds
from .keys import INCOMING, new_key, path_of, root
from .names import safe_name

CHUNK = 64 * 1024  # bytes in memory at a time
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Stored:
    """What a row keeps of its file. `size` in bytes, `sha256` in hexadecimal."""

    key: str
    name: str
    size: int
    sha256: str
    content_type: str


@contextmanager
def store(file):
    """Writes the file, then runs the block as one transaction that adds its row; together or not at all.

    with store(form.cleaned_data["file"]) as stored:
        Evidence.add(by=request.user, stored=stored, ...)

    Raises Refused (a ValidationError) for what is not accepted, and RuntimeError within another transaction, whose
    end could not be known here.
    """
    stored = write(file)
    row_is_written = False
    try:
        with transaction.atomic(durable=True):
            yield stored
            row_is_written = not transaction.get_rollback()
    finally:
        # A commit that failed may have reached the database all the same: then the sweep decides, a day later.
        if not row_is_written:
            _remove(stored.key)


def write(file, name=None):
    """Checks a binary file and writes it to the folder, safe from a power cut; returns Stored.

    For commands that know no form. The caller adds the row afterwards; without one, the sweep removes the file.
    """
    name = safe_name(name or file.name)
    kind = kinds.recognise(file, name)
    key = new_key()
    kept, part = path_of(key), incoming() / key
    try:
        size, digest = _copy(file, part)
        for folder in (kept.parent.parent, kept.parent):
            _make_folder(folder)
        os.rename(part, kept)
        _sync_folder(kept.parent)
    except BaseException:
        part.unlink(missing_ok=True)
        kept.unlink(missing_ok=True)
        raise
    return Stored(key=key, name=name, size=size, sha256=digest, content_type=kind.content_type)


def discard(key):
    """Removes the file once the transaction that takes it from its row is committed; at once outside of one."""
    transaction.on_commit(lambda: _remove(key))


def incoming():
    """The folder of files that are still being written, made where it is missing."""
    folder = root() / INCOMING
    if not folder.is_dir():
        root().mkdir(mode=0o700, parents=True, exist_ok=True)
        _make_folder(folder)
    return folder


def _copy(file, path):
    """Copies in chunks; (size in bytes, SHA-256). What was checked must be what is copied, to the last byte."""
    size, digest = 0, hashlib.sha256()
    expected = file.seek(0, os.SEEK_END)
    file.seek(0)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with open(descriptor, "wb") as target:
        while chunk := file.read(CHUNK):
            target.write(chunk)
            digest.update(chunk)
            size += len(chunk)
        if size != expected:
            raise OSError(f"{size} of {expected} bytes could be read")
        target.flush()
        os.fsync(target.fileno())
    return size, digest.hexdigest()


def _make_folder(folder):
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        return
    _sync_folder(folder.parent)


def _sync_folder(folder):
    """Without this a power cut may take the name of a file whose content is safe."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(key):
    try:
        path_of(key).unlink(missing_ok=True)
    except OSError:
        logger.exception("Stored file %s could not be removed", key)
