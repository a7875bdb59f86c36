"""Restoring a backup: into nothing, checked before and after, wholly or not at all."""

import os
from pathlib import Path

from django.db.migrations.loader import MigrationLoader

from agencies.files.keys import INCOMING, KEY, path_of, root

from . import BackupError
from .making import ENGINES
from .manifest import Manifest, checksum, copy


def restore(folder, connection):
    """Fills the empty database and the empty FILES_DIR from the backup in `folder`; returns its Manifest.

    No verb of the register runs: nothing is published, nobody is told. Raises BackupError, and then database and
    folder are as empty as they were.
    """
    folder = Path(folder).absolute()
    manifest = Manifest.read(folder)
    engine = _engine(manifest, connection)
    _refuse_what_is_there(connection)
    _check_backup(folder, manifest, engine)
    placed = []
    try:
        _place_files(folder / "files", manifest, placed)
        engine.restore(connection, folder / engine.COPY)
        _check_database(manifest, engine, connection)
    except BaseException:
        for path in placed:
            path.unlink(missing_ok=True)
        raise
    return manifest


def _engine(manifest, connection):
    if manifest.engine != connection.vendor:
        raise BackupError(f"The backup is of {manifest.engine}; DATABASE_URL names {connection.vendor}.")
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    if unknown := sorted(set(manifest.content.migrations) - known):
        raise BackupError(
            f"The backup was made by another version of the register: this one does not know {unknown[0]}. "
            "Restore it with the version that made it, then upgrade."
        )
    return ENGINES[connection.vendor]


def _refuse_what_is_there(connection):
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor, include_views=True)
    if tables:
        raise BackupError(
            f"The database is not empty: it has {len(tables)} tables. A backup is restored into a new database only."
        )
    if any(names for _folder, _folders, names in os.walk(root())):
        raise BackupError(
            f"{root()} is not empty. A backup is restored into an empty folder only; if an earlier restore was "
            "cut off, delete what it left there."
        )


def _check_backup(folder, manifest, engine):
    """Everything is there and unchanged: found out before anything is touched."""
    expected = {folder / engine.COPY: manifest.database}
    for key, digest in manifest.files.items():
        if not KEY.match(key):
            raise BackupError("The manifest names a file that is none of the register's.")
        expected[_copy_of(folder / "files", key)] = digest
    for path, digest in expected.items():
        try:
            is_same = checksum(path) == digest
        except OSError:
            raise BackupError(f"The backup is not whole: {path.relative_to(folder)} is missing.") from None
        if not is_same:
            raise BackupError(f"The backup is damaged: {path.relative_to(folder)} was changed.")
    engine.check_copy(folder / engine.COPY, manifest.content)


def _copy_of(files, key):
    return files / path_of(key).relative_to(root())


def _place_files(files, manifest, placed):
    root().mkdir(mode=0o700, parents=True, exist_ok=True)
    (root() / INCOMING).mkdir(mode=0o700, exist_ok=True)
    for key, digest in manifest.files.items():
        placed.append(path_of(key))
        if copy(_copy_of(files, key), path_of(key)) != digest:
            raise BackupError(f"The file {key} could not be copied as it was.")


def _check_database(manifest, engine, connection):
    if difference := manifest.content.difference(engine.content_of(connection)):
        engine.clear(connection)
        raise BackupError(
            f"What was restored is not what the manifest says: {difference}. It was taken out again."
        )
