"""SQLite's part of a backup: its online backup, which copies one moment while others read and write."""

import sqlite3
from contextlib import closing, contextmanager

from django.db.backends.sqlite3._functions import register

from . import BackupError
from .manifest import LEFT_OUT, Content

COPY = "database.sqlite3"
TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"


@contextmanager
def copied(connection, folder):
    """Copies the database as it is at this moment; the block gets (content, cursor) of the copy."""
    with (
        closing(sqlite3.connect(connection.settings_dict["NAME"])) as source,
        closing(sqlite3.connect(folder / COPY, isolation_level=None)) as copy,
    ):
        source.backup(copy)
        register(copy)  # Django's functions, which constraints use
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, without others beside it
        copy.execute("PRAGMA synchronous = FULL")
        for table in {table for (table,) in copy.execute(TABLES)}.intersection(LEFT_OUT):
            copy.execute(f"DELETE FROM {table}")  # nosec B608 # names of our own tables
        copy.execute("VACUUM")  # else what was deleted could still be read in the file
        cursor = copy.cursor()
        yield _content(cursor), cursor


def content_of(connection):
    """What the database holds now."""
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as opened:
        return _content(opened.cursor())


def _content(cursor):
    cursor.execute(TABLES)
    return Content.of(cursor, [table for (table,) in cursor.fetchall()])


def check_copy(path, content):
    """Whether the copy is a sound database that holds this; raises BackupError."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as copy:
            register(copy)
            sound = [row[0] for row in copy.execute("PRAGMA integrity_check")] == ["ok"]
            difference = content.difference(_content(copy.cursor()))
    except sqlite3.DatabaseError as error:
        raise BackupError(f"The copy of the database is damaged ({error}).") from error
    if not sound or difference:
        raise BackupError(
            f"The copy of the database is not what its manifest says: {difference or 'damaged'}."
        )


def restore(connection, path):
    """Fills the empty database, in one transaction of SQLite: wholly or not at all."""
    connection.close()
    with (
        closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as copy,
        closing(sqlite3.connect(connection.settings_dict["NAME"])) as target,
    ):
        target.execute("PRAGMA synchronous = FULL")
        copy.backup(target)


def clear(connection):
    """Takes everything out of the database again, which was empty before."""
    connection.close()
    with (
        closing(sqlite3.connect(":memory:")) as nothing,
        closing(sqlite3.connect(connection.settings_dict["NAME"])) as target,
    ):
        nothing.backup(target)
