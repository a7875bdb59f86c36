"""The job that reads a report: facts, passages and proposals are written together, once, and decisions of people stay."""

import signal

import pytest
from django.core.management import CommandError, call_command

from agencies.jobs import work_on_next
from agencies.models import Agency, Channel, Job, Kind, Nation, Policing
from findings.handing_in import hand_in, read_queued, to_read_again
from findings.models import Proposal, Theme
from inspections.models import Report

from .browser.report_made import made
from .conftest import person
from .reports import handed_in, written_pdf

CODES = ("domestic-abuse-information-sharing", "strategy-discussions", "missing-children")


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture
def themes(db):
    return [
        Theme(code=code, name=code, definition=code, order=n).add(by=None) for n, code in enumerate(CODES)
    ]


@pytest.fixture
def hartlepool(cleveland):
    council = Agency(
        name="Hartlepool", official_name="Hartlepool Borough Council", slug="hartlepool-borough-council",
        kind=Kind.LOCAL_AUTHORITY, short_code="HPL", nation=Nation.ENGLAND,
    ).add(by=None, channel=Channel.COMMAND)  # fmt: skip
    Policing(force=cleveland, authority=council).add(by=None, channel=Channel.COMMAND)
    return council


def test_a_report_is_read_into_facts_passages_and_proposals(ines, themes, hartlepool, cleveland):
    report = handed_in(ines, made())
    assert work_on_next()
    report.refresh_from_db()
    assert (report.reading, report.pages, report.inspection) == ("read", 3, None)
    facts = {name: (value, page) for name, value, page, _words in report.facts}
    assert facts["framework"] == ("SIF", 1)
    assert facts["local_authority"] == ("hartlepool-borough-council", 1)
    assert facts["end_date"][0] == "2016-05-06"
    assert [(p.page, p.paragraph) for p in report.passages.all()][2:6] == [
        (3, "2"),
        (3, "3"),
        (3, "4"),
        (3, "5"),
    ]
    proposals = list(report.proposals.all())
    assert [(p.page, p.paragraph, p.theme.code, p.attributed_to) for p in proposals] == [
        (3, label, code, cleveland) for label, code in zip("345", CODES, strict=True)
    ]
    assert all(p.is_open and p.finding_type == "weakness" and p.reasons for p in proposals)
    assert proposals[0].words.startswith("Cleveland Police do not notify")
    assert [event.verb for event in report.events()] == ["handed in", "read"]
    assert not work_on_next()


def test_what_is_no_report_is_told_in_words_and_its_file_is_not_kept(
    ines, django_capture_on_commit_callbacks
):
    report = handed_in(ines, written_pdf("A letter about something else."))
    with django_capture_on_commit_callbacks(execute=True):
        assert work_on_next()
    report.refresh_from_db()
    assert (report.reading, report.stored_key) == ("unreadable", None)
    assert "not a report of a kind that can be read" in report.problem
    assert [event.verb for event in report.events()] == ["handed in", "could not be read"]
    assert not report.passages.exists()


def test_reading_again_never_touches_what_a_person_decided(ines, themes, hartlepool, published, monkeypatch):
    report = handed_in(ines, made())
    work_on_next()
    report.refresh_from_db()
    report.belong_to(published, by=ines)
    decided, left, other = report.proposals.all()
    decided.reject(by=ines, expect=decided.version)
    version = decided.events().count()
    assert to_read_again(by=ines) == {}  # by the same reader: never twice
    monkeypatch.setattr("findings.handing_in.READER", "2")
    assert list(to_read_again(by=ines)) == [report.pk]
    assert work_on_next()
    decided.refresh_from_db()
    assert (decided.status, decided.events().count()) == ("rejected", version)
    status = dict(Proposal.objects.filter(pk__in=(left.pk, other.pk)).values_list("pk", "status"))
    assert status == {left.pk: "superseded", other.pk: "superseded"}
    assert list(report.proposals.open().values_list("paragraph", flat=True)) == ["4", "5"]
    report.refresh_from_db()
    assert (report.reading, report.inspection) == ("read", published)


def test_a_folder_is_handed_in_once_and_one_bad_file_stops_no_other(ines, themes, hartlepool, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.pdf").write_bytes(made(1))
    (folder / "b.pdf").write_bytes(b"%PDF-1.7 broken")
    (folder / "c.pdf").write_bytes(written_pdf("No report."))
    (folder / "d.pdf").write_bytes(made(2))
    (folder / "same-as-a.pdf").write_bytes(made(1))
    paths = sorted(folder.iterdir())
    done = hand_in(paths, by=ines)
    assert sorted(path.name for path in done.refused) == ["b.pdf"]
    assert len(done.queued) == Job.objects.count() == 3
    # Cut short here, the next run carries on where this one was.
    again = hand_in(paths, by=ines)
    assert again.queued.keys() == done.queued.keys()
    readings = {report.file_name: report.reading for report in read_queued(again.queued)}
    assert readings == {"a.pdf": "read", "c.pdf": "unreadable", "d.pdf": "read"}
    third = hand_in(paths, by=ines)
    assert (len(third.queued), third.before) == (0, 4)
    assert Report.objects.count() == 3


@pytest.fixture
def signals():
    """The command listens to signals; afterwards the test run does again."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def test_the_command_reads_a_folder_into_the_register_and_says_how_far_it_is(
    ines, themes, hartlepool, tmp_path, capsys, signals
):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.pdf").write_bytes(made())
    (folder / "b.pdf").write_bytes(b"broken")
    (folder / "c.pdf").write_bytes(written_pdf("No report."))
    call_command("read_reports", folder, by=ines.email.upper())
    said = capsys.readouterr().out.splitlines()
    assert said[:3] == [
        "2 to read, 0 here before, 1 refused.",
        "1 of 2: a.pdf: Read",
        "2 of 2: c.pdf: Could not be read",
    ]
    assert said[3].startswith("Not read: b.pdf: ")
    assert said[4].startswith("Not read: c.pdf: This is not a report of a kind that can be read.")
    assert {report.inspectorate for report in Report.objects.all()} == {ines.agency}
    call_command("read_reports", folder, by=ines.email)
    assert capsys.readouterr().out.startswith("0 to read, 2 here before")
    assert Report.objects.get(file_name="a.pdf").proposals.count() == 3


def test_the_command_is_for_staff_of_inspectorates(clara, adam, ofsted, tmp_path):
    left = person("Lena", "inspector", ofsted)
    left.change(by=adam, values={"is_active": False})
    for email in (clara.email, adam.email, left.email, "nobody@at.all"):
        with pytest.raises(CommandError, match="neither an inspector nor a manager"):
            call_command("read_reports", tmp_path, by=email)
    with pytest.raises(CommandError, match="Say --by EMAIL"):
        call_command("read_reports", tmp_path)
    assert not Report.objects.exists()
