"""The index of the words of a table, which the database itself keeps true: one small interface over both engines.

PostgreSQL: a generated column of type tsvector with a GIN index. SQLite: an FTS5 table that reads its texts from the
table that it indexes, and three triggers. Neither needs an extension.
"""

from dataclasses import dataclass

from django.db import models
from django.db.models import F, Func

from .words import FOLDED

LONGEST = 100_000  # characters of a text that PostgreSQL indexes: a tsvector is a megabyte at most
COLUMN = "search_words"


@dataclass(frozen=True)
class TextIndex:
    """`main`: the columns that say what a row is about; `further`: the others. Names of our own, never what people type."""

    table: str
    main: tuple
    further: tuple = ()

    @property
    def columns(self):
        return (*self.main, *self.further)

    @property
    def fts(self):
        return f"{self.table}_words"

    def install(self, connection):
        """Makes the index of what is in the table now and of all that will be."""
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(self._column())
                cursor.execute(f"CREATE INDEX {self.table}_words ON {self.table} USING gin ({COLUMN})")
                return
            cursor.execute(
                f"CREATE VIRTUAL TABLE {self.fts} USING fts5({', '.join(self.columns)}, content='{self.table}', "
                "content_rowid='id', tokenize='porter unicode61 remove_diacritics 2')"
            )
            self._watch(cursor)

    def remove(self, connection):
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(f"ALTER TABLE {self.table} DROP COLUMN {COLUMN}")
                return
            for name in self._triggers():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            cursor.execute(f"DROP TABLE {self.fts}")

    def watch_again(self, connection):
        """SQLite alters a table by building another, and the triggers go with the old one: after migrations they are
        set again, and what was written meanwhile is indexed."""
        if connection.vendor != "sqlite":
            return
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE tbl_name IN (%s, %s)", [self.table, self.fts]
            )
            there = {name for (name,) in cursor.fetchall()}
            if self.fts in there and not set(self._triggers()) <= there:
                self._watch(cursor)

    def _column(self):
        vectors = [
            f"setweight(to_tsvector('english'::regconfig, {_folded(column)}), '{weight}')"
            for columns, weight in ((self.main, "A"), (self.further, "B"))
            for column in columns
        ]
        return (
            f"ALTER TABLE {self.table} ADD COLUMN {COLUMN} tsvector "
            f"GENERATED ALWAYS AS ({' || '.join(vectors)}) STORED"
        )

    def _watch(self, cursor):
        for name, trigger in self._triggers().items():
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            cursor.execute(f"CREATE TRIGGER {name} {trigger}")
        cursor.execute(f"INSERT INTO {self.fts} ({self.fts}) VALUES ('rebuild')")  # nosec B608 # names of our own

    def _triggers(self):
        """{name: what follows it}"""
        columns = ", ".join(self.columns)
        old, new = (", ".join(f"{row}.{name}" for name in self.columns) for row in ("old", "new"))
        forget = f"INSERT INTO {self.fts} ({self.fts}, rowid, {columns}) VALUES ('delete', old.id, {old});"  # nosec B608
        learn = f"INSERT INTO {self.fts} (rowid, {columns}) VALUES (new.id, {new});"  # nosec B608
        return {
            f"{self.fts}_added": f"AFTER INSERT ON {self.table} BEGIN {learn} END",
            f"{self.fts}_removed": f"AFTER DELETE ON {self.table} BEGIN {forget} END",
            f"{self.fts}_changed": f"AFTER UPDATE OF id, {columns} ON {self.table} BEGIN {forget} {learn} END",
        }


def _folded(column):
    """SQL: the column's text with signs as blanks and letters without accents, as `words.folded` reads queries."""
    signs, letters = ("".join(part).replace("'", "''") for part in (FOLDED.keys(), FOLDED.values()))
    return f"translate(left(coalesce({column}, ''), {LONGEST}), '{signs}', '{letters}')"


class Matches(Func):
    """Whether a row of the indexed table has what the query asks for (`words.Query`, `words.Shared`).

    `main`: in the columns that say what it is about.
    """

    output_field = models.BooleanField()

    def __init__(self, index, query, main=False):
        self.index, self.query, self.main = index, query, main
        super().__init__(F("pk"))

    def as_postgresql(self, compiler, connection, **context):
        row = self.get_source_expressions()[0]
        column = f"{connection.ops.quote_name(row.alias)}.{COLUMN}"
        return f"{column} @@ to_tsquery('english', %s)", [self.query.postgresql("A" if self.main else "")]

    def as_sqlite(self, compiler, connection, **context):
        row, params = compiler.compile(self.get_source_expressions()[0])
        asked = self.query.sqlite()
        if self.main:
            asked = f"{{{' '.join(self.index.main)}}} : ({asked})"
        found = f"SELECT rowid FROM {self.index.fts} WHERE {self.index.fts} MATCH %s"  # nosec B608 # names of our own
        return f"{row} IN ({found})", [*params, asked]
