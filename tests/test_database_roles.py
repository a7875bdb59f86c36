"""The roles of PostgreSQL that deploy/ sets up: the program can do its work, and not change what happened."""

import os
import shutil
import subprocess
import sys

import psycopg2
import pytest
from django.conf import settings as project
from django.db import connection
from psycopg2.errors import InsufficientPrivilege, QueryCanceled

from agencies import guard
from agencies.models import Event
from findings.models import Finding

PREFIX = "drill"
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("roles"),  # they are of the whole server
]
WORK = """
from django.test import Client
from agencies.models import Agency, User
from findings.models import Finding
from inspections.models import Inspection
ines = User.objects.get(email="ines@people.example")
inspection = Inspection.objects.get(status="drafting")
agency = Agency.objects.get(slug="ofsted").change(by=None, values={"name": "OFSTED"})
values = Finding.objects.values("finding_type", "attributed_to", "theme", "severity").get(status="draft")
values["attributed_to"] = Agency.objects.get(pk=values["attributed_to"])
values["theme"] = type(Finding.objects.first().theme).objects.get(pk=values["theme"])
Finding.log(by=ines, inspection=inspection, values={**values, "summary": "As the program's role."}, citations=[{"page": 1}])
client = Client()
client.force_login(ines)
for path in ("/", "/dashboard/", "/findings/", inspection.get_absolute_url(), "/my-work/"):
    assert client.get(path).status_code == 200, path
"""


def psql(file, name, **variables):
    values = connection.settings_dict
    done = subprocess.run(
        [
            shutil.which("psql"), "--no-psqlrc", "--quiet", f"--host={values['HOST']}", f"--port={values['PORT']}",
            f"--username={values['USER']}", f"--dbname={name}", f"--file={project.BASE_DIR / 'deploy' / file}",
            *(f"--set={key}={value}" for key, value in variables.items()),
        ],
        env={**os.environ, "PGPASSWORD": values["PASSWORD"]}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.fixture
def roles():
    """roles(name): a connection to the tests' database as that role."""
    name, opened = connection.settings_dict["NAME"], []
    for _again in range(2):
        psql("roles.sql", "postgres", prefix=PREFIX, database=name)
        psql("grants.sql", name, prefix=PREFIX)
    with connection.cursor() as cursor:
        for role in ("web", "jobs", "owner"):
            cursor.execute(f"ALTER ROLE {PREFIX}_{role} PASSWORD 'drill'")

    def connect(role):
        values = connection.settings_dict
        where = {"host": values["HOST"], "port": values["PORT"], "dbname": name}
        opened.append(psycopg2.connect(user=f"{PREFIX}_{role}", password="drill", **where))
        opened[-1].autocommit = True
        return opened[-1]

    yield connect
    for other in opened:
        other.close()
    with connection.cursor() as cursor:
        for role in ("web", "jobs", "app", "owner"):
            cursor.execute(f"DROP OWNED BY {PREFIX}_{role}")
            cursor.execute(f"DROP ROLE {PREFIX}_{role}")
        cursor.execute(f'GRANT CONNECT, TEMPORARY ON DATABASE "{name}" TO PUBLIC')


def refused(opened, statement):
    with opened.cursor() as cursor, pytest.raises(InsufficientPrivilege):
        cursor.execute(statement)


def first(opened, statement):
    with opened.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def test_the_program_works_and_changes_nothing_that_happened(request):
    if connection.vendor == "sqlite":
        # A file has no roles: there the triggers alone keep what happened, whoever asks.
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            triggers = {name for (name,) in cursor.fetchall()}
        assert triggers >= {f"{table}_no_{what}" for table in guard.GUARDED for what in ("update", "delete")}
        return
    draft, roles = request.getfixturevalue("draft"), request.getfixturevalue("roles")
    web, jobs = roles("web"), roles("jobs")
    for opened in (web, jobs):
        assert first(opened, "SELECT COUNT(*) FROM agencies_event") == Event.objects.count()
        for table in guard.GUARDED:
            refused(opened, f"UPDATE {table} SET id = id")
            refused(opened, f"DELETE FROM {table}")
            refused(opened, f"TRUNCATE {table}")
            refused(opened, f"DROP TRIGGER {table}_append_only ON {table}")
            refused(opened, f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        refused(opened, "CREATE TABLE public.mine (id int)")
        refused(opened, "DELETE FROM django_migrations")
        refused(opened, "TRUNCATE agencies_agency")
    assert [first(opened, "SHOW statement_timeout") for opened in (web, jobs)] == ["5s", "0"]
    assert first(web, "SHOW timezone") == "UTC"
    with web.cursor() as cursor, pytest.raises(QueryCanceled):
        cursor.execute("SELECT pg_sleep(20)")

    values = connection.settings_dict
    address = f"postgres://{PREFIX}_web:drill@{values['HOST']}:{values['PORT']}/{values['NAME']}"
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--command", WORK],
        cwd=project.BASE_DIR,
        env={
            **os.environ,
            "DATABASE_URL": address,
            "ALLOWED_HOSTS": "testserver",
            "DEBUG": "1",
            "PGBOUNCER": "1",
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert Finding.objects.filter(inspection=draft.inspection).count() == 2
