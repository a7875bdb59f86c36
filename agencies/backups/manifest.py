"""The manifest: rows of every table, heads of the chains of events, migrations, and the checksum of every file."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass

from . import BackupError

NAME = "manifest.json"
FORMAT = 1
CHUNK = 1024 * 1024  # bytes in memory at a time
# Sessions are keys to the register: whoever signed out since the backup must stay signed out after a restore.
LEFT_OUT = ("django_session", "usersessions_usersession")

HEADS = """
SELECT event.subject_type, event.subject_id, event.sequence, event.hash FROM agencies_event event
  JOIN (SELECT subject_type, subject_id, MAX(sequence) AS sequence FROM agencies_event
         GROUP BY subject_type, subject_id) latest
    ON event.subject_type = latest.subject_type AND event.subject_id = latest.subject_id
   AND event.sequence = latest.sequence
"""


@dataclass(frozen=True)
class Content:
    """What a database holds. `heads`: {"findings.finding 7": [number of events, hash of the last]}."""

    rows: dict[str, int]
    heads: dict[str, list]
    migrations: list[str]

    @classmethod
    def of(cls, cursor, tables):
        """Counts through a DB-API cursor; `tables`: the names of all tables."""

        def rows(sql):
            cursor.execute(sql)
            return cursor.fetchall()

        return cls(
            rows={table: rows(f'SELECT COUNT(*) FROM "{table}"')[0][0] for table in sorted(tables)},  # nosec B608 # names of our own tables
            heads={f"{kind} {pk}": [sequence, digest] for kind, pk, sequence, digest in rows(HEADS)},
            migrations=sorted(
                f"{app}.{name}" for app, name in rows("SELECT app, name FROM django_migrations")
            ),
        )

    def difference(self, other):
        """What the other one has otherwise, in words; "" when they are equal."""
        if self.migrations != other.migrations:
            return "the migrations differ"
        for table in sorted({*self.rows, *other.rows}):
            if self.rows.get(table) != other.rows.get(table):
                return f"{table} has {other.rows.get(table)} rows instead of {self.rows.get(table)}"
        if self.heads != other.heads:
            return "the heads of the chains of events differ"
        return ""


@dataclass(frozen=True)
class Manifest:
    """`made_at`: ISO 8601. `database`: SHA-256 of its copy. `files`: {key: SHA-256}. `wanting`: keys of rows whose
    file was missing, or not what its row says, already when the backup was made."""

    made_at: str
    engine: str
    content: Content
    database: str
    files: dict[str, str]
    wanting: list[str]
    format: int = FORMAT

    def write(self, folder):
        """Safe from a power cut: what is called a backup is one."""
        path = folder / NAME
        path.touch(mode=0o600)
        with open(path, "w", encoding="utf-8") as file:
            json.dump(asdict(self), file, indent=1, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())

    @classmethod
    def read(cls, folder):
        """Raises BackupError where the folder holds no manifest that can be understood."""
        try:
            found = json.loads((folder / NAME).read_text(encoding="utf-8"))
            manifest = cls(**{**found, "content": Content(**found["content"])})
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise BackupError(f"{folder} holds no backup: its {NAME} cannot be read.") from error
        if manifest.format != FORMAT:
            raise BackupError(f"The backup has format {manifest.format}; this version reads {FORMAT}.")
        return manifest


def checksum(path):
    """SHA-256 of a file, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copy(source, target):
    """Copies a file in chunks to a new one that only this account reads; SHA-256 of what was copied."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with open(source, "rb") as file:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with open(descriptor, "wb") as kept:
            while chunk := file.read(CHUNK):
                kept.write(chunk)
                digest.update(chunk)
            kept.flush()
            os.fsync(kept.fileno())
    return digest.hexdigest()
