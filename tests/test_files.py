"""Files from the form to the folder and back: whole, private, together with their rows, and never a full disk."""

import hashlib
import logging
import os
import re
import signal
import stat
import subprocess
import sys
import tracemalloc
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path
from textwrap import dedent

import pytest
from django import forms
from django.core.management import CommandError, call_command
from django.db import IntegrityError, models, transaction
from django.test.utils import isolate_apps

from agencies.files import Stored, StoredKeyField, discard, store, write
from agencies.files import uploads as uploads_module
from agencies.files.forms import EvidenceFileField
from agencies.files.keys import path_of
from agencies.files.kinds import KINDS
from agencies.files.refusals import Refused
from agencies.models import Policing
from findings.models import Evidence

from .file_pages import add_evidence
from .sample_files import CSV, GOOD, numbered, ooxml, pdf, upload

ROOT = Path(__file__).resolve().parent.parent
A_DAY_AND_MORE = 25 * 3600


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    """A folder of its own for the files of a test, and the two pages of file_pages."""
    settings.FILES_DIR = tmp_path / "files"
    settings.ROOT_URLCONF = "tests.file_pages"
    return settings.FILES_DIR


def files_in(folder):
    return [path for path in folder.rglob("*") if not path.is_dir()]


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def make_old(path):
    moment = path.stat().st_mtime - A_DAY_AND_MORE
    os.utime(path, (moment, moment))


# Storing


@pytest.mark.parametrize(("name", "content", "content_type"), numbered(GOOD))
def test_a_file_is_kept_byte_for_byte(db, folder, name, content, content_type):
    with store(upload(content, name)) as stored:
        pass
    assert stored == Stored(
        key=stored.key,
        name=name,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        content_type=content_type,
    )
    assert [path.read_bytes() for path in files_in(folder)] == [content]


def test_only_the_account_of_the_service_can_read_what_is_kept(db, folder):
    with store(upload(pdf(), "plan.pdf")) as stored:
        pass
    path = path_of(stored.key)
    assert path == folder / stored.key[:2] / stored.key[2:4] / stored.key
    assert re.fullmatch("[0-9a-f]{32}", stored.key)
    assert mode(path) == 0o600
    assert {mode(inside) for inside in folder.rglob("*") if inside.is_dir()} == {0o700}
    assert mode(folder) == 0o700


def test_the_folder_is_made_when_the_first_file_comes(db, folder):
    assert not folder.exists()
    with pytest.raises(Refused), store(upload(b"<html>", "plan.pdf")):
        pytest.fail("A refused file reached the transaction")
    assert not folder.exists()


def test_what_was_not_checked_by_a_form_is_checked_again(db, folder):
    for content, name in ((b"<html>", "plan.pdf"), (b"", "plan.pdf"), (pdf(), "plan.exe")):
        with pytest.raises(Refused):
            write(upload(content, name))
    assert files_in(folder) == []


def test_the_name_is_made_safe(db):
    assert write(BytesIO(pdf()), "../../\u202eplan.pdf").name == "plan.pdf"


def test_the_same_file_twice_is_kept_twice(db, folder):
    keys = {write(upload(pdf(), "plan.pdf")).key for _ in range(20)}
    assert len(keys) == len(files_in(folder)) == 20


def test_a_source_that_ends_early_leaves_nothing(db, folder):
    class Breaking(BytesIO):
        reads = 0

        def read(self, size=-1):
            self.reads += 1
            return super().read(size) if self.reads < 9 else b""

    source = Breaking(b"a,b\n" * 100_000)
    with pytest.raises(OSError, match="could be read"):
        write(source, "plan.csv")
    assert files_in(folder) == []


def test_a_full_disk_leaves_nothing(db, folder, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"), store(upload(pdf(), "plan.pdf")):
        pytest.fail("A file that is not safe reached the transaction")
    assert files_in(folder) == []


@pytest.mark.parametrize(
    "key", ["", "../../../etc/passwd", "a" * 31, "A" * 32, "a" * 32 + "\n", "a/" * 16, None, 7]
)
def test_no_text_but_a_key_leads_to_a_path(key):
    with pytest.raises(ValueError, match="Not the key"):
        path_of(key)


# Together with the row


def test_file_and_row_come_together(recommendation, folder):
    with store(upload(pdf(), "plan.pdf")) as stored:
        evidence = add_evidence(stored)
    assert path_of(Evidence.objects.get().stored_key).read_bytes() == pdf()
    assert evidence.sha256 == hashlib.sha256(pdf()).hexdigest()


def test_a_block_that_fails_leaves_neither(recommendation, folder):
    with pytest.raises(ZeroDivisionError), store(upload(pdf(), "plan.pdf")) as stored:
        add_evidence(stored).size / 0
    assert not Evidence.objects.exists()
    assert files_in(folder) == []


def test_a_row_that_is_refused_leaves_no_file(recommendation, folder):
    with pytest.raises(forms.ValidationError), store(upload(pdf(), "plan.pdf")) as stored:
        add_evidence(stored, kind="no such kind")
    assert files_in(folder) == []


def test_a_transaction_that_is_taken_back_without_an_error_leaves_neither(recommendation, folder):
    with store(upload(pdf(), "plan.pdf")) as stored:
        add_evidence(stored)
        transaction.set_rollback(True)
    assert not Evidence.objects.exists()
    assert files_in(folder) == []


@pytest.mark.django_db(transaction=True)
def test_within_another_transaction_nothing_is_kept(folder):
    file = upload(pdf(), "plan.pdf")
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic(), store(file):
        pytest.fail("The end of the outer transaction is not known here")
    assert files_in(folder) == []


@pytest.mark.django_db(transaction=True)
def test_a_commit_that_fails_leaves_the_file_to_the_sweep(folder):
    """A commit whose answer is lost may have happened: a row would then be without its file."""
    with pytest.raises(IntegrityError), store(upload(pdf(), "plan.pdf")):
        # A row that leads nowhere, which the database refuses at the commit.
        models.QuerySet(Policing).bulk_create([Policing(force_id=10**6, authority_id=10**6)])
    [kept] = files_in(folder)
    make_old(kept)
    assert "Removed, no row names it" in sweep()
    assert files_in(folder) == []


def test_a_file_is_discarded_when_the_row_has_let_it_go(db, folder, django_capture_on_commit_callbacks):
    stored = write(upload(pdf(), "plan.pdf"))
    with django_capture_on_commit_callbacks(execute=True):
        discard(stored.key)
        assert path_of(stored.key).exists()
    assert not path_of(stored.key).exists()


@pytest.mark.django_db(transaction=True)
def test_a_file_is_not_discarded_when_the_transaction_is_taken_back(folder):
    stored = write(upload(pdf(), "plan.pdf"))

    def let_go_and_fail():
        discard(stored.key)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        transaction.atomic(let_go_and_fail)()
    assert path_of(stored.key).exists()
    discard(stored.key)
    assert not path_of(stored.key).exists()


KILLED = """
    import os, signal
    from io import BytesIO

    import django

    django.setup()
    from django.core.files.base import File

    from agencies.files import store
    from agencies.files.keys import root


    class Source(BytesIO):
        def read(self, size=-1):
            if {in_the_copy} and self.tell() > 200_000 and list(root().glob("incoming/*")):
                os.kill(os.getpid(), signal.SIGKILL)
            return super().read(size)


    with store(File(Source(b"a,b\\n" * 100_000), "plan.csv")):
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(("in_the_copy", "found"), [(False, "no row names it"), (True, "half written")])
def test_a_kill_between_file_and_row_leaves_what_the_sweep_finds(
    recommendation, folder, tmp_path, in_the_copy, found
):
    environment = {
        **os.environ,
        "FILES_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'scratch.sqlite3'}",
        "SECRET_KEY": "only-for-the-tests",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    program = dedent(KILLED).format(in_the_copy=in_the_copy)
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, timeout=60, check=False
    )
    assert ended.returncode == -signal.SIGKILL
    [left] = files_in(folder)
    assert "1 younger than a day" in sweep()
    assert left.exists()
    make_old(left)
    assert f"To be removed, {found}" in sweep("--dry-run")
    assert left.exists()
    assert f"Removed, {found}: {left.relative_to(folder)}" in sweep()
    assert not left.exists()


# The sweep


def sweep(*arguments):
    out = StringIO()
    call_command("sweep_files", *arguments, stdout=out)
    return out.getvalue()


def failing_sweep(*arguments):
    """What a sweep prints that ends with an error, and the error."""
    out = StringIO()
    with pytest.raises(CommandError) as failed:
        call_command("sweep_files", *arguments, stdout=out)
    return out.getvalue() + str(failed.value)


@pytest.fixture
def evidence(recommendation):
    with store(upload(CSV, "plan.csv")) as stored:
        return add_evidence(stored)


def test_the_sweep_leaves_what_belongs_together(evidence, folder):
    make_old(path_of(evidence.stored_key))
    assert sweep() == (
        "1 rows with files: 0 missing, 0 changed. "
        "Files without a row: 0 old, 0 half written, 0 younger than a day.\n"
    )
    assert path_of(evidence.stored_key).read_bytes() == CSV


def test_the_sweep_of_nothing(db, folder):
    assert sweep().startswith("0 rows")
    assert not folder.exists()


def test_the_sweep_finds_a_changed_byte(evidence):
    path = path_of(evidence.stored_key)
    path.write_bytes(CSV.replace(b"12", b"13"))
    found = failing_sweep()
    assert f"Changed: the file {evidence.stored_key} of findings.Evidence {evidence.pk}" in found
    assert "restore them from a backup" in found
    assert path.exists()


def test_the_sweep_finds_a_missing_file(evidence):
    path_of(evidence.stored_key).unlink()
    assert f"Missing: the file {evidence.stored_key} of findings.Evidence {evidence.pk}" in failing_sweep()


def test_a_file_that_was_let_go_during_the_sweep_is_not_missing(evidence, monkeypatch):
    def let_go(key, digest):
        changed(evidence, stored_key=None, destroyed_on=date(2026, 11, 25))
        return "missing"

    monkeypatch.setattr("agencies.files.sweep._problem", let_go)
    assert "0 missing" in sweep()


def test_the_sweep_leaves_alone_what_is_no_stored_file(evidence, folder):
    others = [folder / "README", folder / "ab" / "cd" / "x.pdf", folder / "ab" / "cd" / ("0" * 32)]
    others[1].parent.mkdir(parents=True)
    for other in others:
        other.write_text("Somebody put this here.")
        make_old(other)
    pointer = path_of("0" * 32)
    pointer.parent.mkdir(parents=True)
    pointer.symlink_to(ROOT / "manage.py")
    told = sweep()
    assert told.count("Not a stored file, left alone") == 4
    assert all(other.exists() for other in others)
    assert pointer.is_symlink()


def test_the_sweep_does_not_empty_the_folder_of_another_database(evidence, folder):
    for _ in range(11):
        make_old(path_of(write(upload(pdf(), "plan.pdf")).key))
    assert "is this the right database?" in failing_sweep()
    assert len(files_in(folder)) == 12
    assert sweep("--dry-run").count("To be removed") == 11
    assert sweep("--force").count("Removed") == 11
    assert [path.name for path in files_in(folder)] == [evidence.stored_key]


@isolate_apps("agencies")
def test_a_model_with_a_file_keeps_its_digest():
    class Bare(models.Model):
        stored = StoredKeyField()

        class Meta:
            app_label = "agencies"

        def __str__(self):
            return self.stored

    assert [problem.msg for problem in Bare._meta.get_field("stored").check()] == [
        "A model with a StoredKeyField also has a field sha256."
    ]
    assert not Evidence._meta.get_field("stored_key").check()


def test_the_column_of_a_key_is_made_the_same_again():
    field = StoredKeyField(null=True)
    _name, path, arguments, options = field.deconstruct()
    assert path == "agencies.files.keys.StoredKeyField"
    assert StoredKeyField(*arguments, **options).deconstruct()[2:] == field.deconstruct()[2:]


# Giving back


@pytest.fixture
def give(signed_in, ines):
    client, responses = signed_in(ines), []

    def get(evidence):
        responses.append(client.get(f"/give/{evidence.pk}/"))
        return responses[-1]

    yield get
    for response in responses:
        response.close()


def body(response):
    return b"".join(response.streaming_content)


def test_a_download_is_the_file_and_nothing_that_a_browser_would_open(evidence, give):
    response = give(evidence)
    assert response.status_code == 200
    assert body(response) == CSV
    expected = {
        "Content-Disposition": 'attachment; filename="plan.csv"',
        "Content-Type": "text/csv",
        "Content-Length": str(len(CSV)),
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        "Cache-Control": "no-store",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
    }
    assert {name: response[name] for name in expected} == expected


@pytest.mark.parametrize(("name", "content", "content_type"), numbered(GOOD))
def test_every_kind_comes_back_as_it_went(recommendation, give, name, content, content_type):
    with store(upload(content, name)) as stored:
        evidence = add_evidence(stored)
    response = give(evidence)
    assert body(response) == content
    assert response["Content-Type"] == (
        "application/octet-stream" if content_type == "message/rfc822" else content_type
    )


def test_no_kind_is_one_that_a_browser_runs():
    assert not {kind.content_type for kind in KINDS} & {"text/html", "image/svg+xml", "application/xhtml+xml"}


@pytest.mark.parametrize(
    "content_type",
    ["text/html", "image/svg+xml", "message/rfc822", "text/csv; charset=x", "", "x\r\nSet-Cookie: y"],
)
def test_any_other_type_is_given_out_as_bytes(evidence, give, content_type):
    changed(evidence, content_type=content_type)
    assert give(evidence)["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("name", "disposition"),
    [
        ("Ôl-ofal – 子.csv", "attachment; filename*=utf-8''%C3%94l-ofal%20%E2%80%93%20%E5%AD%90.csv"),
        ('a"; filename="b.exe', 'attachment; filename="a__ filename=_b.exe"'),
        ("../\r\nSet-Cookie: x.csv", 'attachment; filename="Set-Cookie_ x.csv"'),
    ],
)
def test_the_name_of_a_download_stays_in_its_header(evidence, give, name, disposition):
    changed(evidence, file_name=name)
    response = give(evidence)
    assert response["Content-Disposition"] == disposition.replace("a__ filename", "a_; filename")
    assert "Set-Cookie" not in response


def changed(evidence, **columns):
    """Changes a row behind the back of its verbs, as a damaged database would have it."""
    for name, value in columns.items():
        setattr(evidence, name, value)
    models.Model.save(evidence)


def test_a_missing_file_is_told_on_a_page_and_logged_without_its_name(evidence, give, caplog):
    path_of(evidence.stored_key).unlink()
    with caplog.at_level(logging.ERROR, "agencies.files"):
        response = give(evidence)
    assert response.status_code == 503
    assert "The file cannot be given out" in response.text
    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert f"Stored file '{evidence.stored_key}' cannot be read: FileNotFoundError" in caplog.text
    assert "plan.csv" not in caplog.text


def test_a_changed_file_is_not_given_out(evidence, give, caplog):
    path_of(evidence.stored_key).write_bytes(b"changed")
    response = give(evidence)
    assert response.status_code == 503
    assert "is not what was stored" in caplog.text


def test_a_row_cannot_name_a_file_outside_the_folder(evidence, give, caplog):
    changed(evidence, stored_key="../../../../../../etc/hostname")
    assert give(evidence).status_code == 503


# Memory


def test_a_file_at_the_limit_takes_little_memory(db, settings, tmp_path, rf):
    """25 MB of a table, of an e-mail and of a document: checked, stored and hashed in a few megabytes."""
    from agencies.files import download

    limit = settings.EVIDENCE_MAX_BYTES
    assert limit == 25 * 1024 * 1024
    samples = {
        "plan.csv": lambda file: file.write(b"a,b\n" * (limit // 4)),
        "plan.eml": lambda file: file.write(b"From: a\nDate: b\n\n" + b"words\n" * (limit // 6 - 4)),
        "plan.docx": lambda file: file.write(
            ooxml(more={"word/media/image1.png": os.urandom(limit - 20_000)})
        ),
    }
    for name, fill in samples.items():
        with open(tmp_path / name, "wb") as file:
            fill(file)
        with open(tmp_path / name, "rb") as file:
            tracemalloc.start()
            stored = write(file, name)
            response = download(
                rf.get("/"), key=stored.key, name=name, content_type=stored.content_type, sha256=stored.sha256
            )
            given = sum(len(chunk) for chunk in response.streaming_content)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            response.close()
        assert limit - 25_000 < stored.size <= limit
        assert given == stored.size
        assert peak < 8 * 1024 * 1024, (name, peak)


# On the way in


@pytest.fixture
def send(signed_in, ines, recommendation):
    client = signed_in(ines)
    return lambda **fields: client.post("/send/", {"note": "Audit", **fields})


def test_a_form_takes_a_file(send, folder):
    response = send(file=upload(pdf(), "C:\\fakepath\\Cynllun – Ôl.pdf"))
    assert response.status_code == 302, response.text
    evidence = Evidence.objects.get()
    assert evidence.file_name == "Cynllun – Ôl.pdf"
    assert [path.read_bytes() for path in files_in(folder)] == [pdf()]


@pytest.mark.parametrize("size", [600, 600_000])
def test_a_file_in_memory_or_on_disk_arrives_whole(send, folder, size):
    content = (b"a,b\n" * size)[:size]
    assert send(file=upload(content, "plan.csv")).status_code == 302
    assert [path.read_bytes() for path in files_in(folder)] == [content]


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (upload(b"<html><script>", "plan.pdf"), "This is a web page"),
        (upload(b"", "plan.pdf"), "The file is empty."),
        (upload(pdf(), "plan.exe"), "its name ends in .exe"),
        (upload(pdf(), "\u202efdp.exe"), "its name ends in .exe"),
        ("", "Choose a file. If you had chosen one, choose it again."),
        ("not a file", "Choose a file. If you had chosen one, choose it again."),
    ],
)
def test_a_refusal_stands_beside_the_field_and_typed_text_stays(send, folder, file, words):
    response = send(file=file, note="Audit of June")
    assert response.status_code == 200
    assert words in error_of(response, "file")
    assert 'value="Audit of June"' in response.text
    assert files_in(folder) == []


def error_of(response, name):
    """The text of the error message beside a field."""
    found = re.search(rf'<[a-z]+[^>]* id="id_{name}_error".*?</(?:p|div|ul)>', response.text, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found.group()).split()) if found else ""


def test_a_good_file_is_asked_for_again_when_something_else_is_wrong(send, folder):
    response = send(file=upload(pdf(), "plan.pdf"), note="x" * 21)
    assert "Choose the file again" in response.text
    assert response.text.count("Choose the file again") == 2  # beside the field and in the summary
    assert f'value="{"x" * 21}"' in response.text
    assert files_in(folder) == []


def test_a_good_file_is_asked_for_again_after_a_conflict(send):
    from .file_pages import NoteForm

    form = NoteForm({"note": "Audit"}, {"file": upload(pdf(), "plan.pdf")})
    assert form.is_valid()
    form.add_error(None, "Somebody changed it meanwhile.")
    assert form.errors["file"] == ["Choose the file again: the browser did not keep it."]
    form.add_error(None, "Twice.")
    assert len(form.errors["file"]) == 1
    assert "file" not in NoteForm({}, {}).errors.get("__all__", [])


def test_a_file_beyond_the_limit_is_told_beside_its_field_and_does_not_fill_the_disk(
    send, folder, settings, monkeypatch
):
    settings.EVIDENCE_MAX_BYTES = 1_000_000
    written = []

    class Counting(uploads_module.SpooledTemporaryFile):
        def write(self, content):
            written.append(len(content))
            return super().write(content)

    monkeypatch.setattr(uploads_module, "SpooledTemporaryFile", Counting)
    response = send(file=upload(b"a" * 3_000_000, "plan.txt"), note="Audit of June")
    assert "The file is too large: 2.9\xa0MB" in response.text
    assert 'value="Audit of June"' in response.text  # it comes after the file
    assert 0 < sum(written) <= 1_000_000
    assert files_in(folder) == []


def test_one_byte_more_than_the_limit_is_refused_and_the_limit_accepted(send, settings):
    settings.EVIDENCE_MAX_BYTES = 300_000
    response = send(file=upload(b"a" * 300_001, "plan.txt"))
    assert "300001 bytes. The limit is 300000 bytes" in response.text
    assert send(file=upload(b"a" * 300_000, "plan.txt")).status_code == 302


def test_files_of_people_who_are_not_signed_in_are_not_kept_anywhere(db, client, monkeypatch):
    def refuse(*args, **kwargs):
        pytest.fail("A file was about to be written")

    monkeypatch.setattr(uploads_module, "SpooledTemporaryFile", refuse)
    response = client.post("/send/", {"file": upload(b"a" * 1_000_000, "plan.txt"), "note": "Audit"})
    assert response.status_code == 302
    assert "/sign-in/" in response["Location"]


def test_a_request_far_beyond_any_form_is_answered_before_it_is_read(send, settings, monkeypatch):
    settings.REQUEST_MAX_BYTES = 100_000

    def refuse(*args, **kwargs):
        pytest.fail("The body was read")

    monkeypatch.setattr("django.http.multipartparser.MultiPartParser.parse", refuse)
    response = send(file=upload(b"a" * 200_000, "plan.txt"))
    assert response.status_code == 413
    assert "A file may have up to 25 MB" in response.text
    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert response["Cache-Control"]


def test_more_files_than_any_form_has_are_refused(send, signed_in, ines):
    response = send(file=[upload(b"a", "plan.txt") for _ in range(6)])
    assert response.status_code == 400


def test_the_settings_leave_room_for_the_form_around_the_file(settings):
    assert settings.REQUEST_MAX_BYTES > settings.EVIDENCE_MAX_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def test_the_field_says_what_it_takes():
    class OneForm(forms.Form):
        file = EvidenceFileField(label="File")

    drawn = OneForm()["file"].as_field_group()
    assert "PDF, Word (.docx)" in drawn
    assert "Up to 25 MB" in drawn
    assert 'accept=".pdf,.docx,' in drawn
    assert 'class="govuk-file-upload"' in drawn
    assert OneForm().is_multipart()
