"""Making a backup: the database at one moment first, then the files that its rows name."""

import os
import shutil
from pathlib import Path

from django.utils import timezone

from agencies.files.keys import path_of
from agencies.files.sweep import stored_columns

from . import BackupError, postgresql, sqlite
from .manifest import Manifest, checksum, copy

ENGINES = {"postgresql": postgresql, "sqlite": sqlite}


def make(folder, connection):
    """Writes the backup into `folder`, which must not be there or be empty; returns its Manifest.

    The folder appears when it is complete: under its name there is a whole backup or none. A file is written before
    its row and never changed, so that every file that the copied rows name is there to be copied after them.
    """
    folder = Path(folder).absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BackupError(f"{folder} is not empty: each backup has a folder of its own.")
    part = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    part.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part.mkdir(mode=0o700)
    try:
        manifest = _fill(part, connection)
        part.rename(folder)
        _sync(folder.parent)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return manifest


def _fill(folder, connection):
    engine = ENGINES[connection.vendor]
    made_at = timezone.now().isoformat()
    with engine.copied(connection, folder) as (content, cursor):
        named = _named(cursor)
    database = folder / engine.COPY
    database.chmod(0o600)
    _sync(database)
    files, wanting = _copy_files(named, folder / "files")
    manifest = Manifest(made_at, connection.vendor, content, checksum(database), files, wanting)
    manifest.write(folder)
    _sync(folder)
    return manifest


def _named(cursor):
    """[(model, column, key, SHA-256)] of the rows of the copy that name a file."""
    found = []
    for model, column in stored_columns():
        table = model._meta.db_table
        cursor.execute(f'SELECT "{column}", sha256 FROM "{table}" WHERE "{column}" <> \'\'')  # nosec B608 # names of our own tables
        found += [(model, column, key, digest) for key, digest in cursor.fetchall()]
    return found


def _copy_files(named, folder):
    """({key: SHA-256} of what was copied, keys of files that are missing or not what their row says)."""
    files, wanting = {}, []
    for model, column, key, digest in named:
        try:
            files[key] = copy(path_of(key), folder / path_of(key).relative_to(path_of(key).parents[2]))
        except FileNotFoundError:
            if not model._base_manager.filter(**{column: key}).exists():
                raise BackupError(
                    "A file was destroyed while the backup was made, so the copy would name a file that it does not "
                    "have. Make the backup again."
                ) from None
        if files.get(key) != digest:
            wanting.append(key)
    return files, wanting


def _sync(path):
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
