"""The database's own guard over tables of record: rows can be added, never changed or removed."""

# {table: the columns beside its id of which no two rows agree}
GUARDED = {
    "agencies_event": ("subject_type", "subject_id", "sequence"),
    "inspections_readlogentry": (),
    "inspections_seal": ("number",),
    "inspections_sealedhead": ("subject_type", "subject_id", "sequence"),
}
EVENTS = "agencies_event"


def _words(table):
    return "events are append-only" if table == EVENTS else f"{table} is append-only"


def _postgresql(table):
    return f"""
CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{_words(table)}'; END $$;
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_refuse();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse();
"""


def _postgresql_remove(table):
    return f"""
DROP TRIGGER IF EXISTS {table}_append_only ON {table};
DROP TRIGGER IF EXISTS {table}_no_truncate ON {table};
DROP FUNCTION IF EXISTS {table}_refuse();
"""


def _sqlite(table):
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_words(table)}'); END"
    same = "id = NEW.id"
    if GUARDED[table]:
        same += f" OR ({' AND '.join(f'{column} = NEW.{column}' for column in GUARDED[table])})"
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        # INSERT OR REPLACE would remove a row without firing the DELETE trigger.
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "  # nosec B608 # names of our own
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) {refuse}",
    ]


def _sqlite_remove(table):
    return [f"DROP TRIGGER IF EXISTS {table}_{name}" for name in ("no_update", "no_delete", "no_replace")]


def _run(connection, postgresql, sqlite):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(postgresql)
        elif connection.vendor == "sqlite":
            for statement in sqlite:
                cursor.execute(statement)
        else:
            raise NotImplementedError(f"No guard over events is written for {connection.vendor}.")


def install(connection, table=EVENTS):
    """Sets the triggers up. A migration that rebuilds a guarded table must call this again."""
    _run(connection, _postgresql(table), _sqlite(table))


def remove(connection, table=EVENTS):
    """Takes the triggers away: for reversing the migration and emptying a test database."""
    _run(connection, _postgresql_remove(table), _sqlite_remove(table))
