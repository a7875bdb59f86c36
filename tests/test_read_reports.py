"""`read_reports FOLDER --dry-run`: every PDF of a folder is read, one that breaks stops no other, no database is needed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.pdf_writing import Sheets

ROOT = Path(__file__).resolve().parent.parent


def a_report(path):
    sheets = Sheets()
    sheets.line("Cornwall Council", size=26)
    sheets.line("Inspection of services for children in need of help and", size=14, bold=True, gap=30)
    sheets.line("protection, children looked after and care leavers", size=14, bold=True)
    sheets.line("Inspection date: 11 April 2016 – 6 May 2016", size=14, gap=23)
    sheets.line("Report published: 27 June 2016", size=14, gap=23)
    sheets.new_page()
    sheets.heading("Recommendations")
    sheets.paragraph("Make plans that say who does what.", number="1.")
    sheets.heading("The experiences and progress of children who need help and protection")
    sheets.heading("Inspection findings", size=12)
    sheets.paragraph(
        "Police officers rarely attend strategy meetings, and decisions are often",
        "delayed because they are not there.",
        number="2.",
    )
    return sheets.save(path)


@pytest.fixture
def folder(tmp_path):
    within = tmp_path / "reports" / "2016"
    within.mkdir(parents=True)
    a_report(within / "good.pdf")
    (tmp_path / "reports" / "broken.PDF").write_bytes(b"%PDF-1.7 and then nothing")
    (tmp_path / "reports" / "notes.txt").write_text("no report")
    return tmp_path / "reports"


def test_every_pdf_is_read_and_a_broken_one_is_named(folder, tmp_path, capsys):
    to = tmp_path / "proposals.json"
    call_command("read_reports", folder, dry_run=True, json=to)
    good, broken = json.loads(to.read_text())
    assert (good["file"], broken["file"]) == ("2016/good.pdf", "broken.PDF")
    assert broken["error"]
    assert broken["facts"] == {}
    assert broken["candidates"] == []
    assert good["error"] is None
    facts = good["facts"]
    assert (facts["framework"], facts["police_force"]) == ("SIF", "Devon and Cornwall Police")
    assert (facts["start_date"], facts["end_date"], facts["published_date"]) == (
        "2016-04-11",
        "2016-05-06",
        "2016-06-27",
    )
    assert facts["lead_inspector"] is None
    assert facts["judgements"]["adoption"] is None
    (one,) = [one for one in good["candidates"] if one["type"] == "weakness"]
    assert (one["page"], one["paragraph"], one["police_role"]) == (2, "2", True)
    assert (one["attributed_to"], one["agency"]) == ("police", "Devon and Cornwall Police")
    assert one["theme"] == "strategy-discussions"
    assert one["text"][one["from"] : one["to"]].startswith("Police officers rarely")
    assert all(one["text"][why["from"] : why["to"]] == why["words"] for why in one["why"])
    said = capsys.readouterr()
    assert "1 of 2 read" in said.out
    assert f"Not read: broken.PDF: {broken['error']}" in said.out
    assert "1 of 2: " in said.err
    assert "2 of 2: " in said.err


def test_it_needs_no_database(folder, tmp_path):
    """In a process of its own, with a database that is nowhere."""
    to = tmp_path / "proposals.json"
    subprocess.run(
        [sys.executable, "manage.py", "read_reports", folder, "--dry-run", "--json", to],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/nowhere/at/all.sqlite3"},
        check=True,
        capture_output=True,
    )
    assert len(json.loads(to.read_text())) == 2
    assert not (tmp_path / "nowhere").exists()


def test_what_cannot_be_done_is_said_and_leaves_the_file_as_it_was(folder, tmp_path):
    to = tmp_path / "proposals.json"
    to.write_text("before")
    empty = tmp_path / "empty"
    empty.mkdir()
    for given, words in ((tmp_path / "missing", "There is no folder"), (empty, "There is no PDF")):
        with pytest.raises(CommandError, match=words):
            call_command("read_reports", given, dry_run=True, json=to)
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("read_reports", folder, dry_run=True, json=tmp_path / "no" / "such" / "file.json")
    assert to.read_text() == "before"
