"""Backup and restore: a drill on a real second database, and every refusal beside it. All or nothing."""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from agencies.backups import BackupError
from agencies.backups.manifest import LEFT_OUT
from agencies.backups.restoring import restore
from agencies.models import Event, TypedText
from findings.models import NotificationChoice

from .conftest import weakness
from .sample_files import pdf
from .states import add_evidence, logged, moved, planned

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"
    return settings.FILES_DIR


@pytest.fixture
def embargoed(sif, stockton, cleveland, strategy, ines, mary):
    """Its embargo ends tomorrow."""
    inspection = planned(ines, sif, stockton)
    logged(inspection, ines, weakness(cleveland, strategy, "serious"), "agreed", reviewer=mary)
    moved(inspection, "factual_accuracy", mary)
    return inspection.move("embargo", by=mary, embargo_until=timezone.now() + timedelta(days=1))


@pytest.fixture
def world(embargoed, draft, recommendation, ines, signed_in):
    """Records in every state, two files, text being typed, somebody signed in, somebody to be reminded."""
    add_evidence(recommendation, by=ines)
    add_evidence(recommendation, by=ines, content=pdf(b"another"), name="other.pdf")
    TypedText.keep(person=ines, key="sheet", order=1, path="/x/", fields={"detail": ["Wörds\u2028"]})
    NotificationChoice.of(ines).choose(by=ines, values={"frequency": "daily"})
    signed_in(ines)


@pytest.fixture
def backup(world, tmp_path):
    call_command("backup", tmp_path / "copy", stdout=StringIO())
    return tmp_path / "copy"


@pytest.fixture
def empty(tmp_path):
    """A connection to an empty database beside that of the tests."""
    other = connection.copy(alias="elsewhere")
    name = str(tmp_path / "elsewhere.sqlite3")
    if connection.vendor == "postgresql":
        name = f"{connection.settings_dict['NAME']}_elsewhere"
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
            cursor.execute(f'CREATE DATABASE "{name}"')
    other.settings_dict["NAME"] = name
    yield other
    other.close()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def address_of(other):
    values = other.settings_dict
    if other.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    where = f"{values['HOST']}:{values['PORT']}/{values['NAME']}"
    return f"postgres://{values['USER']}:{values['PASSWORD']}@{where}"


def manage(database, folder, *arguments, **variables):
    """The output of a command in a process of its own, as those who run the register start it."""
    environment = {
        **os.environ, "DATABASE_URL": address_of(database), "FILES_DIR": str(folder), "SECRET_KEY": "another key", **variables
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "manage.py", *map(str, arguments)],
        cwd=project.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def rows_of(opened):
    """{table: its rows, in the order of their text} of a whole database."""
    with opened.cursor() as cursor:
        found = {}
        for table in opened.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found[table] = sorted(map(repr, cursor.fetchall()))
    return found


def files_of(folder):
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mode & 0o777)
        for path in Path(folder).rglob("*")
        if path.is_file()
    }


def is_empty(database, folder):
    return not database.introspection.table_names(include_views=True) and not files_of(folder)


# The drill


def test_what_is_restored_equals_what_was_backed_up_and_tells_nobody(
    world, embargoed, files, empty, tmp_path, settings
):
    settings.BASE_URL = "https://register.example"
    call_command("send_reminders", stdout=StringIO())
    assert len(mail.outbox) == 1
    before = rows_of(connection)
    out = StringIO()
    call_command("backup", tmp_path / "copy", stdout=out)
    assert "2 files" in out.getvalue()
    target = tmp_path / "restored"

    said = manage(empty, target, "restore", tmp_path / "copy")
    assert said.startswith("Restored and compared:")
    after = rows_of(empty)
    assert before["django_session"]
    for table in LEFT_OUT:
        before[table] = []
    assert {table for table, rows in before.items() if rows} > {
        "agencies_event", "agencies_user", "findings_finding", "findings_evidence", "agencies_typedtext",
    }  # fmt: skip
    assert after == before
    assert files_of(target) == files_of(files)
    assert len(files_of(target)) == 2

    # Nothing is published, told or amiss there.
    assert manage(empty, target, "publish_due") == ""
    again = manage(empty, target, "send_reminders", BASE_URL="https://register.example.org", DEMO="1")
    assert "Subject:" not in again
    assert "2 rows with files: 0 missing, 0 changed" in manage(empty, target, "sweep_files", "--dry-run")
    assert "No changes detected" in manage(empty, target, "makemigrations", "--check", "--dry-run")
    with empty.cursor() as cursor:
        cursor.execute("SELECT status FROM inspections_inspection WHERE id = %s", [embargoed.pk])
        assert cursor.fetchone() == ("embargoed",)
    assert rows_of(empty)["agencies_event"] == before["agencies_event"]


def test_what_is_restored_is_found_by_its_words_and_so_is_what_comes_then(backup, draft, empty, tmp_path):
    """The index of the words goes with the backup, and the database goes on keeping it."""
    look = """
from agencies.models import User
from agencies.search.index import Matches
from agencies.search.words import Query
from findings.models import Finding
from findings.search_index import FINDINGS
def found(words):
    return [one.public_id for one in Finding._base_manager.filter(Matches(FINDINGS, Query.read(words)))]
before = found("stay away")
draft = Finding._base_manager.get(public_id=before[0])
draft.edit(by=draft.author, values={"summary": "Zebras were seen."}, citations=[], expect=draft.version)
print(before, found("stay away"), found("zebra"))
"""
    manage(empty, tmp_path / "restored", "restore", backup)
    said = manage(empty, tmp_path / "restored", "shell", "--no-imports", "-c", look)
    assert said.strip() == f"['{draft.public_id}'] [] ['{draft.public_id}']"


def test_the_restored_register_goes_on(backup, empty, tmp_path):
    """New rows get new numbers, the chain of a record goes on, and no event can be changed."""
    go_on = """
from agencies.models import Agency, Event
agency = Agency.objects.get(slug="ofsted").change(by=None, values={"name": "OFSTED"})
one, two = agency.events()
assert two.previous_hash == one.hash and two.hash == two.digest()
assert two.pk == max(Event.objects.values_list("pk", flat=True)) > one.pk
"""
    manage(empty, tmp_path / "restored", "restore", backup)
    manage(empty, tmp_path / "restored", "shell", "--command", go_on)
    for statement in ("UPDATE agencies_event SET verb = 'x'", "DELETE FROM agencies_event"):
        with empty.cursor() as cursor, pytest.raises(Exception, match="append-only"):
            cursor.execute(statement)


def test_the_copy_is_of_one_moment_and_for_its_owner_alone(backup, files):
    manifest = json.loads((backup / "manifest.json").read_text())
    assert manifest["content"]["rows"]["agencies_event"] == Event.objects.count()
    assert manifest["content"]["rows"]["django_session"] == 0
    assert len(manifest["content"]["heads"]) == Event.objects.filter(sequence=1).count()
    assert sorted(manifest["files"].values()) == sorted(
        hashlib.sha256(content).hexdigest() for content, _mode in files_of(files).values()
    )
    assert {mode for _content, mode in files_of(backup).values()} == {0o600}
    assert backup.stat().st_mode & 0o777 == 0o700


def test_nobody_is_signed_in_by_a_copy(backup):
    """Not even in what a file of SQLite keeps of rows that were deleted."""
    from django.contrib.sessions.models import Session

    keys = [session.session_key.encode() for session in Session.objects.all()]
    assert keys
    assert not [name for name, (content, _) in files_of(backup).items() for key in keys if key in content]


# What is refused, and that nothing is left then


def test_a_backup_has_a_folder_of_its_own(world, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "kept.txt").write_text("kept")
    with pytest.raises(CommandError, match="not empty"):
        call_command("backup", tmp_path / "full")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["files", "full"]
    assert (tmp_path / "full" / "kept.txt").read_text() == "kept"


def test_a_missing_file_is_told_and_the_backup_made_all_the_same(world, files, tmp_path, empty, settings):
    lost = next(path for path in files.rglob("*") if path.is_file())
    lost.unlink()
    with pytest.raises(CommandError, match="1 files were missing or changed"):
        call_command("backup", tmp_path / "copy", stdout=StringIO())
    settings.FILES_DIR = tmp_path / "restored"
    assert restore(tmp_path / "copy", empty).wanting == [lost.name]
    assert len(files_of(tmp_path / "restored")) == 1


def test_a_database_with_tables_is_not_overwritten(backup, settings, tmp_path):
    settings.FILES_DIR = tmp_path / "restored"
    before = rows_of(connection)
    with pytest.raises(BackupError, match="The database is not empty"):
        restore(backup, connection)
    assert rows_of(connection) == before
    assert not files_of(settings.FILES_DIR)


def test_a_folder_with_files_is_not_overwritten(backup, empty, files):
    before = files_of(files)
    with pytest.raises(BackupError, match="is not empty"):
        restore(backup, empty)
    assert files_of(files) == before
    assert not empty.introspection.table_names()


def database_copy(folder):
    return next(path for path in folder.iterdir() if path.name.startswith("database."))


def a_file_changed(folder):
    path = next(path for path in (folder / "files").rglob("*") if path.is_file())
    path.write_bytes(path.read_bytes()[:-1] + b"x")


def a_file_lost(folder):
    next(path for path in (folder / "files").rglob("*") if path.is_file()).unlink()


def no_manifest(folder):
    (folder / "manifest.json").unlink()


def database_changed(folder):
    path = database_copy(folder)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def database_cut(folder):
    """Cut in the middle, under a manifest that knows it so."""
    path = database_copy(folder)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    change_manifest(
        folder, lambda found: found.update(database=hashlib.sha256(path.read_bytes()).hexdigest())
    )


def a_row_less(folder):
    change_manifest(folder, lambda found: found["content"]["rows"].update(findings_finding=99))


def another_head(folder):
    def change(found):
        found["content"]["heads"]["findings.finding 1"] = [1, "0" * 64]

    change_manifest(folder, change)


def of_a_later_version(folder):
    change_manifest(folder, lambda found: found["content"]["migrations"].append("agencies.9999_of_tomorrow"))


def of_another_engine(folder):
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[connection.vendor]
    change_manifest(folder, lambda found: found.update(engine=other))


def a_file_outside(folder):
    change_manifest(folder, lambda found: found["files"].update({"../../escape": "0" * 64}))


def change_manifest(folder, change):
    path = folder / "manifest.json"
    found = json.loads(path.read_text())
    change(found)
    path.write_text(json.dumps(found))


DAMAGES = {
    a_file_changed: "was changed",
    a_file_lost: "is missing",
    no_manifest: "holds no backup",
    database_changed: "was changed",
    database_cut: "pg_restore failed|damaged",
    a_row_less: "findings_finding has 3 rows instead of 99",
    another_head: "heads of the chains",
    of_a_later_version: "another version",
    of_another_engine: "The backup is of",
    a_file_outside: "none of the register's",
}


def test_a_damaged_backup_leaves_nothing_behind(backup, empty, settings, tmp_path):
    settings.FILES_DIR = tmp_path / "restored"
    for damage, words in DAMAGES.items():
        damaged = tmp_path / damage.__name__
        shutil.copytree(backup, damaged)
        damage(damaged)
        with pytest.raises(BackupError, match=words):
            restore(damaged, empty)
        assert is_empty(empty, settings.FILES_DIR), damage
    restore(backup, empty)  # for the whole one there is still room


def test_without_the_programs_of_postgresql_it_says_what_to_install(world, tmp_path, monkeypatch):
    if connection.vendor == "sqlite":
        # The copy needs nothing but Python, and is whole while somebody is writing.
        with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            other.execute("UPDATE agencies_agency SET name = 'half written'")
            call_command("backup", tmp_path / "copy", stdout=StringIO())
            other.execute("ROLLBACK")
        with closing(sqlite3.connect(tmp_path / "copy" / "database.sqlite3")) as copy:
            assert copy.execute(
                "SELECT COUNT(*) FROM agencies_agency WHERE name = 'half written'"
            ).fetchone() == (0,)
        return
    from agencies.backups import postgresql

    old = tmp_path / "old" / "pg_dump"
    old.parent.mkdir()
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.1'\n")
    old.chmod(0o755)
    monkeypatch.setattr(postgresql, "DEBIAN", tmp_path / "nowhere")
    for path, words in ((tmp_path / "nowhere", "is not installed"), (old.parent, "pg_dump 9 is too old")):
        monkeypatch.setenv("PATH", f"{path}:/nonexistent")
        with pytest.raises(CommandError, match=words):
            call_command("backup", tmp_path / "copy")
        assert not (tmp_path / "copy").exists()
