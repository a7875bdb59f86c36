"""The database is taken away under a running server: pages say so, and all is well again when it is back."""

import json
import os
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import closing, suppress

import pytest
from django.conf import settings as project
from django.db import connection, transaction
from django.template.loader import render_to_string

pytestmark = pytest.mark.django_db(transaction=True)


class Wire:
    """The way to PostgreSQL. `passes` connects; `cut` refuses; `hangs` takes every word and gives none."""

    def __init__(self, host, port):
        self.target, self.state, self._open = (host, port), "passes", []
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with suppress(OSError):
            while True:
                near, _ = self._server.accept()
                if self.state == "cut":
                    near.close()
                    continue
                far = socket.create_connection(self.target)
                self._open += [near, far]
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=pair, daemon=True).start()

    def _pass_on(self, source, target):
        with suppress(OSError):
            while data := source.recv(65536):
                while self.state == "hangs":
                    time.sleep(0.05)
                target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def cut(self):
        self.state = "cut"
        for end in self._open:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self):
        self.cut()
        self._server.close()


class PostgreSQL:
    def __init__(self, folder):
        values = connection.settings_dict
        self._wire = Wire(values["HOST"], int(values["PORT"]))
        where = f"127.0.0.1:{self._wire.port}/{values['NAME']}"
        self.address = f"postgres://{values['USER']}:{values['PASSWORD']}@{where}"
        self.take_away, self.close = self._wire.cut, self._wire.close

    def bring_back(self):
        self._wire.state = "passes"

    def hang(self):
        self._wire.state = "hangs"


class SQLite:
    """The folder of the database is moved away; connections that are open go on with it, new ones fail."""

    def __init__(self, folder):
        self._folder, self._away = folder / "database", folder / "away"
        self._folder.mkdir()
        with (
            closing(sqlite3.connect(connection.settings_dict["NAME"])) as source,
            closing(sqlite3.connect(self._folder / "register.sqlite3")) as copy,
        ):
            source.backup(copy)
        self.address = f"sqlite:///{self._folder / 'register.sqlite3'}"

    def take_away(self):
        self._folder.rename(self._away)

    def bring_back(self):
        self._away.rename(self._folder)

    def close(self):
        pass


@pytest.fixture
def database(tmp_path):
    found = {"postgresql": PostgreSQL, "sqlite": SQLite}[connection.vendor](tmp_path)
    yield found
    found.close()


@pytest.fixture
def server(database, tmp_path):
    """get(path, data=None): (status, headers, body) of a server with the settings of production."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    environment = {
        **os.environ, "DATABASE_URL": database.address, "SECRET_KEY": "of this server", "TRUST_PROXY_TLS": "1",
        "FILES_DIR": str(tmp_path / "files"),
    }  # fmt: skip
    for name in ("PLAIN_HTTP", "LOG_FORMAT"):
        environment.pop(name, None)
    # As in production, but for the collected styles.
    (tmp_path / "served.py").write_text(
        "from config.settings import *\n"
        "STORAGES['staticfiles'] = {'BACKEND': 'django.contrib.staticfiles.storage.StaticFilesStorage'}\n"
    )
    environment |= {"PYTHONPATH": str(tmp_path), "DJANGO_SETTINGS_MODULE": "served", "WEB_WORKERS": "1"}
    options = ["--config=deploy/gunicorn.conf.py", f"--bind=127.0.0.1:{port}"]
    log = tmp_path / "log"
    with log.open("w") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "config.wsgi:application", *options],
            cwd=project.BASE_DIR, env=environment, stdout=written, stderr=written,
        )  # fmt: skip

    def get(path, data=None, cookies="sessionid=" + "2" * 32, host=f"127.0.0.1:{port}"):
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data)
        request.add_header("X-Forwarded-Proto", "https")
        request.add_header("Cookie", cookies)
        request.add_header("Host", host)
        request.add_header("Origin", f"https://127.0.0.1:{port}")
        try:
            answer = urllib.request.urlopen(request, timeout=30)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return answer.status, answer.headers, answer.read().decode()

    for _ in range(300):
        with suppress(OSError):
            if get("/healthz")[0] == 200:
                break
        assert process.poll() is None, log.read_text()
        time.sleep(0.1)
    get.log = log
    yield get
    process.terminate()
    process.wait(timeout=30)


def posted(get):
    token = "a" * 32
    form = f"csrfmiddlewaretoken={token}&login=somebody%40example.org&username=x&password=PASSWORD-WORDS"
    return get("/sign-in/", form.encode(), f"csrftoken={token}; sessionid=" + "2" * 32)


def test_pages_say_that_the_database_is_away_and_come_back_with_it(server, database):
    database.take_away()
    assert server("/healthz")[::2] == (200, "ok")
    assert server("/readyz")[::2] == (503, "not ok")
    # Asked about by who is signed in, by who is not, with a form, at an address that is not there, in the administration.
    answers = [server("/findings/"), posted(server), server("/no/such/page/"), server("/admin/")]
    for status, headers, body in answers:
        assert (status, headers["Retry-After"]) == (503, "30")
        assert '<h1 class="govuk-heading-l">The register is not available just now</h1>' in body
        assert "What you typed is still there and can be sent again" in body
        assert "no-store" in headers["Cache-Control"]
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
        assert (headers["X-Frame-Options"], headers["X-Content-Type-Options"]) == ("DENY", "nosniff")
        assert not headers["Set-Cookie"]
    # What needs no database is answered as ever.
    status, headers, body = server("/no/such/page/", cookies="")
    assert (status, "Page not found" in body) == (404, True)
    database.bring_back()
    assert server("/readyz")[::2] == (200, "ok")
    assert server("/sign-in/")[0] == 200
    assert posted(server)[0] != 503
    # The whole log, gunicorn's part and what Django refuses included, is lines of JSON without what was sent.
    assert server("/findings/?q=SEARCH-WORDS", host="host-words.example")[0] == 400
    log = server.log.read_text()
    lines = [json.loads(line) for line in log.splitlines()]
    assert {line["logger"] for line in lines} >= {"gunicorn.error", "register.requests", "findings.readiness"}
    assert {line.get("status") for line in lines} >= {200, 400, 503}
    assert "words" not in log.lower()


def test_a_database_that_hangs_is_told_within_seconds(server, database):
    if connection.vendor == "sqlite":
        # A file does not hang: what can is another writer. Who reads does not wait for it.
        path = database.address.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path, isolation_level=None)) as writer:
            writer.execute("BEGIN IMMEDIATE")
            assert server("/readyz")[::2] == (200, "ok")
        return
    assert server("/readyz")[0] == 200
    database.hang()
    assert server("/readyz")[::2] == (503, "not ok")  # although the question itself is never answered
    database.bring_back()
    # One that was asked before may still be told first.
    assert "ok" in [server("/readyz")[2] for _ in range(4)]
    assert server("/readyz")[::2] == (200, "ok")


if connection.vendor == "postgresql":  # SQLite ends no statement for taking too long

    def test_what_is_stopped_after_its_time_limit_has_words_of_its_own(server):
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER DATABASE {name} SET statement_timeout = '300ms'")
            try:
                with transaction.atomic():
                    cursor.execute("LOCK TABLE django_session")
                    status, headers, body = server("/findings/")
            finally:
                cursor.execute(f"ALTER DATABASE {name} RESET statement_timeout")
        assert (status, headers["Retry-After"]) == (503, "30")
        assert '<h1 class="govuk-heading-l">This took too long</h1>' in body
        assert "no-store" in headers["Cache-Control"]
        assert server("/findings/")[0] == 200  # the page to sign in: the session is of nobody


@pytest.mark.django_db(transaction=False)
def test_error_pages_need_nothing(django_assert_num_queries):
    for status in (400, 403, 404, 500, 503, "503_read_only", "503_too_long"):
        with django_assert_num_queries(0):
            content = render_to_string(f"{status}.html")
        assert content.count("<h1") == 1
        assert "css/main" in content
