"""Processes are killed while people save: nothing that was acknowledged is lost, nothing is there twice or by half.

The database is of the engine that the test run uses.

FAULT_SUBMITS says how many forms are sent; by hand 1,000.
"""

import json
import os
import random
import re
import resource
import subprocess
import sys
import threading
import time

from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import OperationalError

from agencies.errors import bad_request

from ..sample_files import pdf
from . import world
from .register import ROOT, Person

SUBMITS = int(os.environ.get("FAULT_SUBMITS", 120))
PEOPLE = 6


def said(text):
    """What the error summary of a page says."""
    return (
        re.findall(r'<li><a href="#[^>]*>(.*?)</a>', text)[:5]
        or re.findall(r"<h1.*?</h1>", text)
        or text[-300:]
    )


class Desk(threading.Thread):
    """Somebody who logs findings, sends them for review and adds files, one after the other, and notes what they were told."""

    def __init__(self, number, register, ids, share):
        super().__init__(daemon=True)
        self.number, self.ids, self.share = number, ids, share
        self.person = Person(register, ids["people"][number])
        self.told = {"finding": [], "step": [], "evidence": []}
        self.sent, self.times, self.problems = [], 0, []

    def run(self):
        for number in range(self.share):
            try:
                (self.log, self.log_and_submit, self.add_file)[number % 3](
                    f"Words of desk {self.number} number {number}"
                )
            except Exception as problem:
                self.problems.append(f"{type(problem).__name__}: {problem}")

    def log(self, words):
        path = f"/inspections/{self.ids['inspection']}/findings/new/"
        fields = self.person.form(path)
        fields |= {
            "finding_type": "weakness", "attributed_to": self.ids["force"], "theme": self.ids["theme"],
            "severity": "minor", "summary": words, "citations-0-page": "12", "save": "1",
        }  # fmt: skip
        self.sent.append(words)
        status, text, location, times = self.person.send(path, fields)
        self.times += times
        if status == 302:
            self.told["finding"].append(words)
            return re.search(r"/findings/(\w{16})/", location)[1]
        self.problems.append(f"finding: {status} {said(text)}")
        return None

    def log_and_submit(self, words):
        if found := self.log(words):
            path = f"/findings/{found}/submit/confirm/"
            fields = self.person.form(path)
            status, text, _location, times = self.person.send(path, fields | {"save": "1"})
            self.times += times
            # Sent again after its answer was lost, the step is there already: told in a sentence, or done.
            if status in (302, 409):
                self.told["step"].append(found)
            else:
                self.problems.append(f"step: {status} {said(text)}")

    def add_file(self, words):
        path = f"/recommendations/{self.ids['recommendation']}/evidence/new/"
        fields = self.person.form(path)
        fields.pop("file", None)
        fields |= {"kind": "audit", "description": words, "retain_until": self.ids["until"], "save": "1"}
        self.sent.append(words)
        status, text, _location, times = self.person.send(
            path, fields, [("file", "audit.pdf", pdf(b"%" * 70_000 + b"\n"))]
        )
        self.times += times
        if status == 302:
            self.told["evidence"].append(words)
        else:
            self.problems.append(f"evidence: {status} {said(text)}")


def work(register, ids, submits, disturb):
    """Everybody works while `disturb(n)` is called again and again; the desks, when all are done."""
    desks = [Desk(number, register, ids, submits // PEOPLE) for number in range(PEOPLE)]
    for desk in desks:
        desk.start()
    turn = 0
    until = time.monotonic() + 600
    while any(desk.is_alive() for desk in desks) and time.monotonic() < until:
        disturb(turn)
        turn += 1
    for desk in desks:
        desk.join(timeout=120)
        assert not desk.is_alive(), "somebody still waits for an answer"
    return desks


def check(found, desks):
    """0 acknowledged lost, 0 doubled, 0 half-written."""
    figures = {
        "sent": sum(len(desk.sent) for desk in desks),
        "times": sum(desk.times for desk in desks),
        "acknowledged": sum(len(told) for desk in desks for told in desk.told.values()),
        "found": sum(found["findings"].values()) + sum(found["evidence"].values()),
        "files without a row": found["no_row"],
    }
    print(json.dumps(figures))
    problems = [problem for desk in desks for problem in desk.problems]
    assert not problems, "\n".join(problems)
    for desk in desks:
        for kind, where in (("finding", "findings"), ("evidence", "evidence")):
            lost = [words for words in desk.told[kind] if words not in found[where]]
            assert lost == [], kind
        assert [step for step in desk.told["step"] if found["statuses"].get(step) != "in_review"] == []
        assert [step for step in desk.told["step"] if found["submitted"].get(step) != 1] == []
        sent = set(desk.sent)
        for where in ("findings", "evidence"):
            doubled = {words: n for words, n in found[where].items() if words in sent and n > 1}
            assert doubled == {}, where
    assert (found["half"], found["orphans"], found["no_file"]) == ([], [], [])
    return figures


def test_nothing_is_lost_doubled_or_half_written_while_everything_is_killed(register, filled):
    chance, back = random.Random(3), []
    register.start()

    def disturb(turn):
        time.sleep(1 + chance.random())
        if turn >= max(9, SUBMITS // 12):
            return  # enough: now they may finish
        if turn % 9 == 5:
            register.kill_master()
            back.append(("master", register.start()))
        elif turn % 9 == 2 and register.cluster:
            register.cluster.kill()
            time.sleep(0.5)
            register.cluster.start()
            back.append(("database", register.wait("/inspections/", session=filled["people"][0])))
        else:
            register.kill_worker(chance)

    desks = work(register, filled, SUBMITS, disturb)
    register.stop()
    figures = check(register.run(world.COUNT), desks)
    assert figures["acknowledged"] >= figures["sent"] >= SUBMITS - PEOPLE
    assert figures["times"] > figures["sent"], "nothing was ever disturbed"
    print(back)
    assert 0 < max(seconds for _what, seconds in back) < 60
    # A page that asks the database, from the moment at which it is there again.
    assert max((seconds for what, seconds in back if what == "database"), default=0) < 10
    register.manage("sweep_files", "--dry-run")  # ends with an error when a row's file is missing or changed


def test_a_full_disk_refuses_and_loses_nothing(register, filled):
    """No file may grow any further: the register says so, keeps what it had, and goes on when there is room again."""
    # PostgreSQL is a process of its own: there the files that people send in find no room.
    size = 40_000 if register.cluster else (register.folder / "register.sqlite3").stat().st_size + 150_000
    register.start(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)))
    person = Person(register, filled["people"][0])
    path = f"/recommendations/{filled['recommendation']}/evidence/new/"
    fields = person.form(path)
    fields.pop("file", None)
    fields |= {
        "kind": "audit",
        "description": "Too large for the disk",
        "retain_until": filled["until"],
        "save": "1",
    }
    content = pdf(b"%" * (size + 100_000) + b"\n")
    status, _text, _location, _times = person.send(path, fields, [("file", "audit.pdf", content)], tries=1)
    assert status is None  # a page that says that it could not be kept, with a status that is no success
    desk = Desk(1, register, filled, 0)
    if not register.cluster:
        for number in range(150):
            fields = desk.person.form(f"/inspections/{filled['inspection']}/findings/new/", patience=5)
            fields |= {
                "finding_type": "weakness", "attributed_to": filled["force"], "theme": filled["theme"],
                "severity": "minor", "summary": f"Words {number} " + "w" * 900, "citations-0-page": "12", "save": "1",
            }  # fmt: skip
            status, _text, _location, _times = desk.person.send(
                f"/inspections/{filled['inspection']}/findings/new/", fields, tries=1
            )
            if status != 302:
                break
            desk.told["finding"].append(f"Words {number} " + "w" * 900)
        assert status is None, "the disk was never full"
    register.stop()
    found = register.run(world.COUNT)
    assert "Too large for the disk" not in found["evidence"]
    assert found["no_row"] == 0, "half a file was left"
    check(found, [desk])
    register.start()
    again = Desk(0, register, filled, 3)
    again.run()
    check(register.run(world.COUNT), [again])


def test_publication_that_is_killed_is_finished_by_the_next_run(register, filled):
    script = """
import json
from datetime import date, timedelta
from django.utils import timezone
from agencies.models import User
from findings.models import Finding, Theme
from inspections.models import Framework, Inspection
from agencies.models import Agency
manager, author = (User.objects.get(email=f"{n}@people.example") for n in ("manager", "person0"))
values = {"framework": Framework.objects.get(), "inspected_agency": Agency.objects.get(slug="stockton")}
ids = []
for number in range(12):
    inspection = Inspection.create(by=author, values={**values, "fieldwork_from": date(2026, 5, 4), "fieldwork_to": date(2026, 5, 28)})
    inspection.move("start_fieldwork", by=author)
    inspection.move("start_drafting", by=author)
    for n in range(4):
        finding = Finding.log(by=author, inspection=inspection, values={"finding_type": "weakness", "severity": "minor",
            "attributed_to": Agency.objects.get(slug="cleveland"), "theme": Theme.objects.get(), "summary": f"Finding {n}"},
            citations=[{"page": 1}])
        finding.move("submit", by=author)
        finding.move("agree", by=manager)
    inspection.move("send_for_factual_accuracy", by=manager)
    inspection.move("embargo", by=manager, embargo_until=timezone.now() + timedelta(seconds=3))
    ids.append(inspection.pk)
print(json.dumps(ids))
"""
    ids = register.run(script)
    time.sleep(3)
    killed = 0
    for _run in range(40):
        process = subprocess.Popen(
            [sys.executable, "manage.py", "publish_due"], cwd=ROOT, env=register.env,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1,
        )  # fmt: skip
        if process.stdout.readline():
            process.kill()
            killed += 1
        process.stdout.close()
        if process.wait() == 0:
            break
        if killed >= 3:
            break
    register.manage("publish_due")
    state = f"""
import json
from agencies.models import Event
from findings.models import Finding
from inspections.models import Inspection
rows = Inspection.objects.filter(pk__in={ids})
print(json.dumps({{
    "statuses": sorted(set(rows.values_list("status", flat=True))),
    "references": len(set(rows.values_list("reference", flat=True))),
    "findings": sorted(set(Finding.objects.filter(inspection__in=rows).values_list("status", flat=True))),
    "events": Event.objects.filter(subject_type="inspections.inspection", subject_id__in={ids}, verb="publish").count(),
    "of_findings": Event.objects.filter(subject_type="findings.finding", verb="publish").count(),
}}))
"""
    assert killed >= 1
    assert register.run(state) == {
        "statuses": ["published"], "references": 12, "findings": ["published"], "events": 12, "of_findings": 48,
    }  # fmt: skip
    found = register.run(world.COUNT)
    assert (found["half"], found["orphans"]) == ([], [])


def test_a_database_that_goes_while_the_session_is_saved_is_told_as_away(rf):
    """Django raises SessionInterrupted then, a bad request; of a session that was deleted it stays one."""
    try:
        try:
            raise OperationalError("gone")
        except OperationalError:
            raise UpdateError from None
    except UpdateError as error:
        gone = SessionInterrupted()
        gone.__context__ = error
    assert bad_request(rf.get("/"), gone).status_code == 503
    assert bad_request(rf.get("/"), SessionInterrupted()).status_code == 400
