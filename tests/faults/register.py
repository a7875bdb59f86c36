"""The register as it runs in production, with processes that can be killed: gunicorn, and a PostgreSQL of its own."""

import http.client
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
from contextlib import suppress
from pathlib import Path

import pytest

from ..browsing import _fields, _Tree

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name))
# One of these is not the register, whoever is asked: the answer is lost, or there is none.
NO_ANSWER = (OSError, http.client.HTTPException)


def ask(port, method, path, data=None, headers=None):
    """(status, text, headers) of one request, whose connection is closed whatever becomes of it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, data, headers or {})
        with connection.getresponse() as response:
            return response.status, response.read().decode(errors="replace"), response.headers
    finally:
        connection.close()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Cluster:
    """A PostgreSQL in a folder of its own, run by a user without rights, as it refuses to run as root."""

    def __init__(self):
        if not PROGRAMS:
            pytest.skip("No PostgreSQL server is installed: its initdb and pg_ctl are needed")
        # Not in pytest's folder, which that user cannot reach.
        self.bin, self.folder, self.port = (
            PROGRAMS[-1],
            Path(tempfile.mkdtemp(prefix="register-")),
            free_port(),
        )
        self.as_user = []
        if os.geteuid() == 0:
            for user in ("postgres", "nobody"):
                if subprocess.run(["id", user], capture_output=True).returncode == 0:
                    self.as_user = ["runuser", "-u", user, "--"]
                    shutil.chown(self.folder, user)
                    break
        self._run("initdb", "-U", "register", "-A", "trust", "-E", "UTF8", "--locale", "C.UTF-8", "--no-sync")
        self.start()
        self._run_plain("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "register", "register")
        self.url = f"postgres://register@127.0.0.1:{self.port}/register"

    def _run_plain(self, program, *arguments):
        command = [*self.as_user, str(self.bin / program), *arguments]
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True, timeout=120)

    def _run(self, program, *arguments):
        self._run_plain(program, "-D", str(self.folder / "data"), *arguments)

    def start(self):
        """Starts it, after a kill too: then what is left of the one before has to end first."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=60"
        for _attempt in range(60):
            with suppress(subprocess.CalledProcessError):
                self._run("pg_ctl", "-l", str(self.folder / "log"), "-s", "-w", "-o", options, "start")
                return
            time.sleep(0.5)
        raise AssertionError(f"PostgreSQL does not start: {(self.folder / 'log').read_text()[-2000:]}")

    def kill(self):
        os.kill(int((self.folder / "data/postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    def stop(self):
        with suppress(subprocess.CalledProcessError, subprocess.TimeoutExpired):
            self._run("pg_ctl", "-s", "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)


class Register:
    """gunicorn in front of a database of its own. `kill_*` are kill -9."""

    WORKERS = 3

    def __init__(self, folder, engine):
        self.folder = Path(folder)
        self.cluster = Cluster() if engine == "postgresql" else None
        database = self.cluster.url if self.cluster else f"sqlite:///{self.folder / 'register.sqlite3'}"
        kept = ("DEBUG", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "TRUST_PROXY_TLS")
        self.env = {name: value for name, value in os.environ.items() if name not in kept}
        self.env |= {
            "DATABASE_URL": database,
            "SECRET_KEY": secrets.token_hex(32),
            "PLAIN_HTTP": "1",
            "DEMO": "1",
        }
        self.env["DJANGO_SETTINGS_MODULE"] = "tests.faults.settings"
        self.env["FILES_DIR"] = str(self.folder / "files")
        self.port, self.master, self.log = free_port(), None, self.folder / "server.log"
        self.manage("migrate", "--no-input")

    def manage(self, *arguments, check=True):
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True, timeout=300)
        assert not check or done.returncode == 0, f"{arguments[0]}: {done.stdout}{done.stderr}"
        return done.stdout

    def run(self, script):
        """What a script in the register's own Python prints, as JSON."""
        return json.loads(self.manage("shell", "--verbosity", "0", "--command", script).splitlines()[-1])

    def start(self, **options):
        """Starts the server and waits for its first answer; seconds that it took."""
        began = time.monotonic()
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "config.wsgi:application",
            f"--bind=127.0.0.1:{self.port}",
        ]
        command += [f"--workers={self.WORKERS}", "--threads=4", "--no-control-socket", "--log-level=error"]
        with self.log.open("a") as written:
            self.master = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.env,
                stdout=written,
                stderr=written,
                start_new_session=True,
                **options,
            )
        self.wait()
        return time.monotonic() - began

    def wait(self, path="/sign-in/", session="", patience=120):
        """Waits until the server answers with the page, to whom this session is of; seconds that it took."""
        began = time.monotonic()
        while time.monotonic() - began < patience:
            with suppress(*NO_ANSWER):
                if ask(self.port, "GET", path, headers={"Cookie": f"sessionid={session}"})[0] == 200:
                    return time.monotonic() - began
            if self.master.poll() is not None:
                self.master = None
                return self.start()  # the port was still held by what was killed
            time.sleep(0.1)
        raise AssertionError(f"The server does not answer: {self.log.read_text()[-3000:]}")

    def workers(self):
        """The process ids of the server's workers."""
        children = Path(f"/proc/{self.master.pid}/task/{self.master.pid}/children")
        with suppress(OSError):
            return [int(pid) for pid in children.read_text().split()]
        return []

    def kill_worker(self, chance):
        if workers := self.workers():
            with suppress(ProcessLookupError):
                os.kill(chance.choice(workers), signal.SIGKILL)

    def kill_master(self):
        self.master.kill()
        self.master.wait()

    def stop(self):
        if self.master and self.master.poll() is None:
            self.master.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.master.wait(timeout=20)
        if self.master:
            with suppress(ProcessLookupError):
                os.killpg(self.master.pid, signal.SIGKILL)

    def close(self):
        self.stop()
        if self.cluster:
            self.cluster.stop()


class Person:
    """Somebody's browser: opens a form and sends it, and sends it again until there is an answer."""

    def __init__(self, register, session):
        self.register, self.cookies = register, {"sessionid": session}

    def ask(self, path, data=None, kind="application/x-www-form-urlencoded"):
        """(status, text, address led to); raises one of NO_ANSWER."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if data is not None:
            headers["Content-Type"] = kind
        status, text, answered = ask(
            self.register.port, "GET" if data is None else "POST", path, data, headers
        )
        for header in answered.get_all("Set-Cookie") or ():
            name, _, value = header.partition(";")[0].partition("=")
            self.cookies[name] = value
        return status, text, answered.get("Location")

    def form(self, path, patience=120):
        """The fields of the form at that address, however long it takes to get it."""
        until = time.monotonic() + patience
        while time.monotonic() < until:
            with suppress(*NO_ANSWER):
                status, text, location = self.ask(path)
                if status == 200:
                    tree = _Tree()
                    tree.feed(text)
                    return _fields(tree.root.find("form", class_="app-form"))
                if status < 500:
                    raise AssertionError(f"{path}: {status}, led to {location}, {text[-200:]}")
            time.sleep(0.2)
        raise AssertionError(f"{path} is not answered")

    def send(self, path, fields, files=(), patience=120, tries=100):
        """Sends the form until there is an answer that is no failure of the server: (status, text, led to, times sent)."""
        until, sent = time.monotonic() + patience, 0
        data, kind = (
            _multipart(fields, files)
            if files
            else (urllib.parse.urlencode(fields, doseq=True).encode(), None)
        )
        while time.monotonic() < until and sent < tries:
            sent += 1
            with suppress(*NO_ANSWER):
                status, text, location = self.ask(path, data, *([kind] if kind else []))
                if status < 500:
                    return status, text, location, sent
            time.sleep(0.2)
        return None, "", None, sent


def _multipart(fields, files):
    boundary, parts = secrets.token_hex(8), []
    for name, values in fields.items():
        for value in values if isinstance(values, list) else [values]:
            parts.append(
                f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            )
    for name, file_name, content in files:
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n\r\n'
        )
        parts.append(head.encode() + content + b"\r\n")
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
