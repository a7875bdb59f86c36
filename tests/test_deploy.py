"""What deploy/ hands to whoever runs the register: complete, right for this version, and closed."""

import json
import os
import re
import shutil
import subprocess
import sys

from django.conf import settings as project
from django.core.management import get_commands

DEPLOY = project.BASE_DIR / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.*"))
PRODUCTION = {
    "SECRET_KEY": "k" * 20 + "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ",
    "ALLOWED_HOSTS": "register.example.org",
    "BASE_URL": "https://register.example.org",
    "TRUST_PROXY_TLS": "1",
    "TRUSTED_PROXIES": "1",
}


def run(*command, **variables):
    inherited = {
        name: value for name, value in os.environ.items() if name not in ("PLAIN_HTTP", "DEBUG", "DEMO")
    }
    done = subprocess.run(
        list(map(str, command)),
        cwd=project.BASE_DIR,
        env=inherited | variables,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


def checked(**variables):
    return run(
        sys.executable, "manage.py", "check", "--deploy", "--fail-level=WARNING", **PRODUCTION | variables
    )


def test_the_check_of_django_finds_nothing_in_production_and_something_elsewhere():
    assert checked() == (0, "System check identified no issues (0 silenced).\n")
    status, words = checked(PLAIN_HTTP="1", SECRET_KEY="short")
    assert status != 0
    assert {"W004", "W008", "W009", "W012", "W016"} <= set(re.findall(r"security\.(W\d+)", words))


def test_units_start_what_is_there_and_are_understood(tmp_path):
    words = "\n".join(path.read_text() for path in UNITS if path.is_file())
    named = set(re.findall(r"manage\.py ([a-z_]+)", words))
    named |= {match[1] for path in UNITS if (match := re.match(r"register-job@(.+)\.timer", path.name))}
    assert {"publish_due", "backup", "send_reminders", "retention_run", "sweep_files"} <= named
    assert named <= set(get_commands())
    if shutil.which("systemd-analyze"):
        shutil.copytree(DEPLOY / "systemd", tmp_path / "units")
        for path in (tmp_path / "units").glob("*.service"):
            path.write_text(path.read_text().replace("/srv/register/.venv/bin/python", sys.executable))
        units = [path for path in (tmp_path / "units").glob("*.*") if path.is_file()]
        assert run("systemd-analyze", "verify", "--man=no", *units) == (0, "")


def test_every_variable_that_is_suggested_is_explained():
    explained = (project.BASE_DIR / "docs" / "operations.md").read_text()
    suggested = re.findall(r"^(?:# )?([A-Z_]+)=", (DEPLOY / "register.env.example").read_text(), re.M)
    assert len(suggested) > 10
    assert [name for name in suggested if f"`{name}`" not in explained] == []


def test_the_server_is_configured_as_it_understands():
    command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "--check-config"]
    status, words = run(*command, "config.wsgi:application", **PRODUCTION)
    assert (status, "rror" in words) == (0, False)
    status, words = run(*command, "--print-config", "config.wsgi:application", **PRODUCTION, WEB_WORKERS="3")
    assert status == 0
    found = dict(re.findall(r"^(\w+)\s+= (.+)$", words, re.M))
    assert (found["workers"], found["accesslog"], found["bind"]) == ("3", "None", "['127.0.0.1:8000']")
    assert found["control_socket_disable"] == "True"


# bin/audit: what it makes of the answers of pip-audit

SOUND = {"name": "sound", "version": "1", "vulns": []}
UNKNOWN = {"name": "unknown", "skip_reason": "Dependency not found"}
BROKEN = {
    "name": "broken", "version": "2", "vulns": [{"id": "GHSA-1", "aliases": ["CVE-2"], "fix_versions": ["3"]}]
}  # fmt: skip


def judged(folder, packages, explained="# none\n"):
    """(exit code, words) of the part of bin/audit that reads the report; without packages there is no report."""
    script = re.search(
        r"<<'PYTHON'\n(.+)^PYTHON$", (project.BASE_DIR / "bin" / "audit").read_text(), re.M | re.S
    )
    report, explanations = folder / "report.json", folder / "explained.txt"
    report.unlink(missing_ok=True)
    if packages is not None:
        report.write_text(json.dumps({"dependencies": packages}))
    explanations.write_text(explained)
    return run(sys.executable, "-c", script[1], report, explanations)


def test_nobody_to_ask_is_told_apart_from_a_vulnerability(tmp_path):
    assert judged(tmp_path, [SOUND, UNKNOWN])[0] == 0
    assert "not known there: ['unknown']" in judged(tmp_path, [SOUND, UNKNOWN])[1]
    for packages in (None, [UNKNOWN]):
        status, words = judged(tmp_path, packages)
        assert (status, words[:13]) == (0, "NOT LOOKED AT")
    status, words = judged(tmp_path, [SOUND, BROKEN, UNKNOWN])
    assert status == 1
    assert "broken 2: GHSA-1" in words


def test_an_exception_is_explained_and_needed(tmp_path):
    for name in ("GHSA-1", "CVE-2"):
        assert judged(tmp_path, [BROKEN, SOUND], f"{name} The part is not used.\n")[0] == 0
    assert "has no explanation" in judged(tmp_path, [BROKEN], "CVE-2\n")[1]
    assert "not needed any more: CVE-3" in judged(tmp_path, [SOUND], "CVE-3 Of long ago.\n")[1]
