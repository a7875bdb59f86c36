"""PostgreSQL's part of a backup: pg_dump of one snapshot, pg_restore in one transaction."""

import os
import re
import shutil
import subprocess  # nosec B404 # no shell, fixed programs
from contextlib import contextmanager
from pathlib import Path

from django.db import transaction
from django.db.backends.postgresql.client import DatabaseClient

from . import BackupError
from .manifest import LEFT_OUT, Content

COPY = "database.dump"
DEBIAN = Path("/usr/lib/postgresql")  # a folder for each version, not on PATH
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
CLEAR = """
DO $$ DECLARE item text; BEGIN
  FOR item IN SELECT format('DROP TABLE IF EXISTS %I CASCADE', tablename) FROM pg_tables
               WHERE schemaname = current_schema() LOOP EXECUTE item; END LOOP;
  FOR item IN SELECT format('DROP FUNCTION IF EXISTS %s CASCADE', oid::regprocedure) FROM pg_proc
               WHERE pronamespace = current_schema()::regnamespace LOOP EXECUTE item; END LOOP;
END $$
"""


@contextmanager
def copied(connection, folder):
    """Dumps the database as it is at this moment; the block gets (content, cursor) of the same moment."""
    dump = tool("pg_dump", connection)
    with transaction.atomic(using=connection.alias, durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        without = [f"--exclude-table-data={table}" for table in LEFT_OUT]
        _run(
            connection,
            [dump, "--format=custom", f"--snapshot={snapshot}", f"--file={folder / COPY}", *without],
        )
        content = content_of(connection)
        rows = {table: 0 if table in LEFT_OUT else count for table, count in content.rows.items()}
        yield Content(rows, content.heads, content.migrations), cursor


def content_of(connection):
    """What the database holds now."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        tables = [table for (table,) in cursor.fetchall()]
        return Content.of(cursor, tables)


def check_copy(path, content):
    """Nothing beyond its checksum: what a dump holds is known when it is restored."""


def restore(connection, path):
    """Fills the empty database, in one transaction: wholly or not at all."""
    program = tool("pg_restore", connection)
    connection.close()
    options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    _run(connection, [program, *options], str(path))


def clear(connection):
    """Takes everything out of the database again, which was empty before."""
    with connection.cursor() as cursor:
        cursor.execute(CLEAR)


def tool(name, connection):
    """The path of the program: that of the server's own version if there is one, else of a newer one."""
    server = connection.pg_version // 10000
    found = {}
    for path in [shutil.which(name), *sorted(DEBIAN.glob(f"*/bin/{name}"))]:
        if path:
            said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)  # nosec B603 # no shell
            if version := re.search(r"\) (\d+)", said.stdout):
                found[int(version[1])] = str(path)
    fitting = [version for version in found if version >= server]
    if fitting:
        return found[min(fitting)]
    if found:
        raise BackupError(
            f"{name} {max(found)} is too old for the server, which is PostgreSQL {server}. "
            f"Install its own: apt-get install postgresql-client-{server}"
        )
    raise BackupError(f"{name} is not installed. On Debian: apt-get install postgresql-client")


def _run(connection, command, *last):
    arguments, environment = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    *where, name = arguments[1:]
    done = subprocess.run(  # nosec B603 # no shell
        [*command, "--no-password", *where, f"--dbname={name}", *last],
        env=os.environ | (environment or {}),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"]
        # Further lines may quote rows.
        raise BackupError(f"{Path(command[0]).name} failed: {lines[0]}")
