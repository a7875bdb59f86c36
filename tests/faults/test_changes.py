"""The database is changed under people who work: it can be read only, or an upgrade holds its tables."""

import time
from urllib.parse import urlencode

import psycopg2

from . import world
from .register import Person
from .test_faults import check, work

LOCKED = """
import time
from django.db import connection
with connection.schema_editor(atomic=True) as editor:
    for table in ("findings_finding", "findings_evidence", "agencies_event"):
        editor.execute(f"ALTER TABLE {table} %s")
    time.sleep(3)
print("{}")
"""


def read_only(register, is_so):
    """From the next start of the server on the database takes no change, or does again."""
    register.stop()
    if register.cluster:
        connection = psycopg2.connect(register.cluster.url, options="-c default_transaction_read_only=off")
        connection.autocommit = True
        connection.cursor().execute(
            f"ALTER DATABASE register SET default_transaction_read_only = {'on' if is_so else 'off'}"
        )
        connection.close()
    register.env["READ_ONLY"] = "1" if is_so else ""
    register.start()


def test_a_database_that_can_only_be_read_refuses_and_what_was_typed_is_saved_later(register, filled):
    register.start()
    person = Person(register, filled["people"][0])
    path = f"/inspections/{filled['inspection']}/findings/new/"
    fields = person.form(path) | {
        "finding_type": "weakness", "attributed_to": filled["force"], "theme": filled["theme"],
        "severity": "minor", "summary": "Typed before.", "citations-0-page": "12", "save": "1",
    }  # fmt: skip
    read_only(register, True)
    status, text, _location = person.ask(path, urlencode(fields, doseq=True).encode())
    assert (status, "The register cannot save anything just now" in text) == (503, True)
    # What is published can be read; what is not would leave a row in the read log, so it is not shown.
    assert person.ask(f"/recommendations/{filled['recommendation']}/")[0] == 200
    status, text, _location = person.ask(f"/inspections/{filled['inspection']}/")
    assert (status, "This page cannot be shown now" in text) == (503, True)
    assert "Typed before." not in register.run(world.COUNT)["findings"]
    read_only(register, False)
    assert person.send(path, fields)[0] == 302
    assert register.run(world.COUNT)["findings"]["Typed before."] == 1


def test_an_upgrade_that_holds_the_tables_loses_and_doubles_nothing(register, filled):
    register.start()
    changes = ["ADD COLUMN of_the_next_release integer NULL", "DROP COLUMN of_the_next_release"]

    def disturb(turn):
        time.sleep(1)
        if turn < len(changes):
            register.run(LOCKED % changes[turn])

    desks = work(register, filled, 36, disturb)
    register.stop()
    check(register.run(world.COUNT), desks)
