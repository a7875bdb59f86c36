"""Backing the register up and restoring it: one folder with a copy of the database, the files and a manifest.

    manifest.json       what the copy holds, and when it was made
    database.dump       the database, by pg_dump; or database.sqlite3
    files/              the files that rows of the copy name, in the folders in which FILES_DIR has them

The manifest tells whether a copy is whole: `restore` compares everything with it before it says done.
"""

from django.core.management import CommandError


class BackupError(CommandError):
    """A backup or a restore that cannot be done. The message is for whoever started it."""
