"""The worker is killed in the middle of a report: it is read again by the next, and nothing of it is there twice."""

import subprocess
import sys

import pytest

from . import world
from .register import ROOT, Register

HAND_IN = """
import json
from agencies.models import User
from tests.browser.report_made import made
from tests.reports import handed_in
by = User.objects.get(email="manager@people.example")
reports = [handed_in(by, made(n)) for n in range(2)]
print(json.dumps([report.pk for report in reports]))
"""
KILL_WHILE_IT_READS = """
import json, os, signal, time
from agencies.models import Job
while not (found := Job.objects.exclude(claim="").first()):
    time.sleep(0.02)
os.kill({pid}, signal.SIGKILL)
from inspections.models import Report
print(json.dumps({{"job": found.about, "read": Report.objects.filter(reading="read").count()}}))
"""
WAIT = """
import json, time
from collections import Counter
from agencies.models import Job
from inspections.models import Report
until = time.monotonic() + 90
while Job.objects.exists() and time.monotonic() < until:
    time.sleep(0.2)
print(json.dumps([
    {
        "reading": report.reading,
        "verbs": [event.verb for event in report.events()],
        "passages": report.passages.count(),
        "proposals": [[p.status, p.paragraph, p.events().count()] for p in report.proposals.all()],
    }
    for report in Report.objects.order_by("pk")
]))
"""


@pytest.fixture
def register(tmp_path, settings):
    running = Register(tmp_path, settings.DATABASES["default"]["ENGINE"].rpartition(".")[2])
    try:
        yield running
    finally:
        running.close()


def worker(register):
    with register.log.open("a") as written:
        return subprocess.Popen(
            [sys.executable, "manage.py", "work_queue"],
            cwd=ROOT,
            env=register.env,
            stdout=written,
            stderr=written,
        )


def test_a_killed_worker_leaves_its_report_to_be_read_again_and_nothing_doubled(register):
    register.run(world.FILL)
    handed_in = register.run(HAND_IN)
    first = worker(register)
    killed = register.run(KILL_WHILE_IT_READS.format(pid=first.pid))
    assert first.wait() == -9
    assert killed == {"job": handed_in[0], "read": 0}
    second = worker(register)
    try:
        reports = register.run(WAIT)
    finally:
        second.terminate()
        second.wait(timeout=60)
    assert second.returncode == 0
    for report in reports:
        assert (report["reading"], report["verbs"]) == ("read", ["handed in", "read"])
        assert report["passages"] == reports[0]["passages"] > 4
        assert report["proposals"] == [["open", label, 1] for label in ("3", "4", "5")]
