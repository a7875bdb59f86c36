"""Published reports: handed in once, read in the background, their facts confirmed by a person, seen by whom they concern."""

import hashlib
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from agencies.models import Event, Job
from inspections.models import HandedInBefore, Inspection, Passage, ReadLogEntry, Report
from inspections.models.reports import READER
from inspections.reading import Paragraph

from .browsing import error_summary, form, page, submit, text
from .conftest import person
from .reports import PASSAGE, as_read, handed_in, propose, proposed_in, read_in, written_pdf
from .sample_files import ooxml, pdf
from .who_sees_what import MISSING, REFUSED, SHOWN, Browser, mismatches, outcome

ROUTES = {
    "reports",
    "report_add",
    "report",
    "report_facts",
    "report_file",
    "report_page",
    "proposal",
    "reader_figures",
}
STAFF = {"ines", "otto", "mary"}  # of Ofsted, which hands the report in
READERS = {*STAFF, "audrey"}
FACTS = [
    ("framework", "SIF", 1, "Inspection of services"),
    ("local_authority", "stockton-on-tees-borough-council", 1, "Stockton-on-Tees"),
    ("start_date", "2016-05-23", 2, "Inspection date: 23 May 2016"),
    ("end_date", "2016-06-16", 2, "to 16 June 2016"),
    ("published_date", "2016-08-05", 1, "Report published: 5 August 2016"),
    ("lead_inspector", "Ann Other", 2, "Lead inspector: Ann Other"),
    ("judgement:overall-effectiveness", "good", 1, "Good"),
]
LISTS = ("reports", "reader_figures")


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    """A folder of their own for the files of each test."""
    settings.FILES_DIR = tmp_path
    return lambda: [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.fixture
def hand_in(signed_in):
    """hand_in(ines, content, name): the answer to the form."""

    def send(by, content=None, name="report.pdf"):
        client = signed_in(by)
        address, fields = form(client.get(reverse("report_add")))
        content = written_pdf(PASSAGE) if content is None else content
        return client.post(address, {**fields, "file": SimpleUploadedFile(name, content)})

    return send


# Who sees what


def shows(names, refused=()):
    return lambda name: SHOWN if name in names else REFUSED if name in refused else MISSING


def test_a_report_that_belongs_to_no_inspection_is_there_for_those_who_handed_it_in(
    people, ines, cleveland, strategy
):
    report, proposal = proposed_in(ines, attributed_to=cleveland, theme=strategy)
    before = Event.objects.count()
    assert mismatches(people, "report", report.public_id, shows(READERS)) == []
    assert mismatches(people, "report_file", report.public_id, shows(READERS)) == []
    assert mismatches(people, "report_facts", report.public_id, shows(STAFF, {"audrey"})) == []
    proposals = lambda name: MISSING if name not in READERS else SHOWN
    address = reverse("proposal", args=[proposal.public_id])
    for name, client in people.items():
        assert outcome(client.get(address)) == ("sign in" if name == "anonymous" else proposals(name)), name
        posted = "sign in" if name == "anonymous" else REFUSED if name in READERS else MISSING
        assert outcome(client.post(address, {"version": proposal.version, "reject": "1"})) == posted, name
    assert Event.objects.count() == before


def test_a_page_of_it_is_a_picture_for_the_same_people(people, ines):
    report = read_in(ines)
    address = reverse("report_page", args=[report.public_id, 1])
    answers = {
        name: people[name].get(address) for name in ("ines", "audrey", "hanna", "clara", "adam", "nobody")
    }
    assert {name: outcome(answer) for name, answer in answers.items()} == {
        "ines": SHOWN, "audrey": SHOWN, "hanna": MISSING, "clara": MISSING, "adam": MISSING, "nobody": MISSING,
    }  # fmt: skip
    assert answers["ines"].content.startswith(b"\x89PNG")
    assert answers["ines"]["Content-Type"] == "image/png"
    assert answers["ines"]["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answers["ines"]["Cache-Control"]
    for beyond in (0, 2, 99):
        assert people["ines"].get(reverse("report_page", args=[report.public_id, beyond])).status_code == 404


def test_a_page_that_cannot_be_drawn_is_not_there(ines, signed_in):
    report = read_in(ines, content=pdf())
    assert signed_in(ines).get(reverse("report_page", args=[report.public_id, 1])).status_code == 404


@pytest.mark.parametrize("name", ["reports", "reader_figures"])
def test_lists_of_reports_are_for_inspectorates_and_auditors(name, people):
    for person_, client in people.items():
        staff = person_ in {"ines", "otto", "mary", "hugo", "hanna", "hetty", "colin", "audrey"}
        expected = "sign in" if person_ == "anonymous" else SHOWN if staff else REFUSED
        assert outcome(client.get(reverse(name))) == expected, person_
        linked = reverse("reports") in {
            link.get("href") for link in page(client.get("/about/")).find_all("a")
        }
        assert linked == staff, person_


def test_reports_are_handed_in_by_inspectors_and_managers(people):
    for name, client in people.items():
        may = name in {"ines", "otto", "mary", "hugo", "hanna", "hetty", "colin"}
        expected = "sign in" if name == "anonymous" else SHOWN if may else REFUSED
        assert outcome(client.get(reverse("report_add"))) == expected, name
        assert outcome(client.post(reverse("report_add"), {})) == expected, name


def test_the_list_has_ones_own_inspectorates_reports_only(people, ines, hugo):
    read_in(ines, title="OFSTED-REPORT")
    read_in(hugo, title="HMICFRS-REPORT", content=written_pdf("Another"))
    for name, own in {"otto": "OFSTED-REPORT", "hanna": "HMICFRS-REPORT"}.items():
        listed = text(people[name].get(reverse("reports")))
        assert {word for word in ("OFSTED-REPORT", "HMICFRS-REPORT") if word in listed} == {own}
    assert "handed in yet" in text(people["colin"].get(reverse("reports")))
    everything = text(people["audrey"].get(reverse("reports")))
    assert "OFSTED-REPORT" in everything
    assert "HMICFRS-REPORT" in everything


def test_the_text_of_a_published_inspections_report_is_for_everybody_and_its_proposals_are_not(
    people, ines, published, cleveland, strategy
):
    report, proposal = proposed_in(ines, attributed_to=cleveland, theme=strategy)
    report.belong_to(published, by=ines)
    for name in ("clara", "mel", "stan", "hanna", "colin", "adam"):
        read = people[name].get(report.get_absolute_url())
        assert PASSAGE in text(read), name
        assert proposal.public_id not in read.content.decode(), name
        assert people[name].get(proposal.get_absolute_url()).status_code == 404, name
    assert people["nobody"].get(report.get_absolute_url()).status_code == 404
    assert proposal.public_id in people["otto"].get(report.get_absolute_url()).content.decode()


def test_the_report_of_an_unpublished_inspection_is_for_those_who_see_that(
    people, ines, drafting, cleveland, strategy
):
    report, proposal = proposed_in(ines, attributed_to=cleveland, theme=strategy)
    report.belong_to(drafting, by=ines)
    for address in (report.get_absolute_url(), proposal.get_absolute_url()):
        seen = {name for name, client in people.items() if client.get(address).status_code == 200}
        assert seen == {"ines", "mary", "audrey"}
    assert report.title not in text(people["otto"].get(reverse("reports")))


def test_passages_are_as_visible_as_their_report(ines, otto, clara, audrey, nobody, drafting, published):
    unmatched, of_draft, public = (
        read_in(ines, content=written_pdf(word)) for word in ("one", "two", "three")
    )
    of_draft.belong_to(drafting, by=ines)
    public.belong_to(published, by=ines)
    seen = lambda user: set(Passage.objects.visible_to(user).values_list("report", flat=True))
    assert seen(ines) == seen(audrey) == {unmatched.pk, of_draft.pk, public.pk}
    assert seen(otto) == {unmatched.pk, public.pk}
    assert seen(clara) == {public.pk}
    assert seen(nobody) == set()


def test_whoever_opens_an_unpublished_report_its_file_or_a_proposal_leaves_a_row(
    ines, otto, mary, published, signed_in, cleveland, strategy
):
    report, proposal = proposed_in(ines, attributed_to=cleveland, theme=strategy)
    client = signed_in(otto)
    addresses = (
        report.get_absolute_url(),
        reverse("report_file", args=[report.public_id]),
        proposal.get_absolute_url(),
    )
    for address in addresses:
        list(client.get(address))
    rows = ReadLogEntry.objects.order_by("pk")
    assert list(rows.values_list("route", "public_id", "inspectorate")) == [
        ("report", report.public_id, otto.agency_id),
        ("report_file", report.public_id, otto.agency_id),
        ("proposal", proposal.public_id, otto.agency_id),
    ]
    assert text(signed_in(mary).get(reverse("read_log"))).count("Otto Example") == 3
    report.belong_to(published, by=ines)
    client.get(report.get_absolute_url())
    assert rows.count() == 3
    client.get(proposal.get_absolute_url())
    assert rows.count() == 4


# Handing in


def test_a_report_is_handed_in_and_queued_once(hand_in, files, ines):
    response = hand_in(ines)
    report = Report.objects.get()
    assert response["Location"] == report.get_absolute_url()
    assert report.sha256 == hashlib.sha256(written_pdf(PASSAGE)).hexdigest()
    assert (report.reading, report.inspectorate, report.handed_in_by) == ("waiting", ines.agency, ines)
    assert [event.verb for event in report.events()] == ["handed in"]
    assert Job.objects.filter(kind="read_report", about=report.pk).count() == 1
    again = hand_in(ines, name="another-name.pdf")
    assert again["Location"] == report.get_absolute_url()
    assert Report.objects.count() == Job.objects.count() == 1
    assert report.events().count() == 1
    assert len(files()) == 1  # the second file is gone again


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (ooxml(), "report.docx", "This is no PDF document"),
        (b"%PDF-1.7\nnot whole", "report.pdf", "damaged, incomplete"),
        (b"", "report.pdf", "The file is empty."),
        (written_pdf(PASSAGE), "report.txt", "its name ends in .txt"),
    ],
)
def test_what_is_no_pdf_is_refused_and_not_kept(content, name, words, hand_in, files, ines):
    response = hand_in(ines, content, name)
    assert response.status_code == 200
    assert any(words in line for line in error_summary(response)), error_summary(response)
    assert not Report.objects.exists()
    assert not files()


def test_another_inspectorate_learns_that_it_was_handed_in_and_nothing_else(hand_in, ines, hugo):
    hand_in(ines)
    response = hand_in(hugo)
    assert response.status_code == 409
    assert error_summary(response) == [
        "The report, as published: This file was handed in before, by another inspectorate."
    ]
    assert Report.objects.get().public_id not in response.content.decode()


def test_a_report_that_was_only_listed_takes_its_file_and_keeps_its_inspection(hand_in, ines, published):
    listed = Report(
        inspection=published,
        title="Listed",
        file_name="a.pdf",
        sha256=hashlib.sha256(written_pdf(PASSAGE)).hexdigest(),
        pages=2,
    ).add(by=None)
    response = hand_in(ines)
    assert response["Location"] == listed.get_absolute_url()
    listed.refresh_from_db()
    assert (listed.reading, listed.inspection) == ("waiting", published)
    listed.take_in(read=as_read(listed, FACTS), reader=READER)
    # Matched by its file: nothing is asked.
    assert listed.inspection == published
    assert listed.passages.count() == 1


def test_a_file_that_could_not_be_read_is_not_kept_and_is_tried_again_only_by_a_newer_reader(
    files, ines, django_capture_on_commit_callbacks
):
    report = handed_in(ines)
    with django_capture_on_commit_callbacks(execute=True):
        report.refuse_file(problem="It has no text.", reader=READER)
    assert not files()
    with pytest.raises(HandedInBefore):
        handed_in(ines)
    report = Report.objects.get()
    assert (report.reading, report.problem, report.stored_key) == ("unreadable", "It has no text.", None)
    from agencies.files import store

    from .sample_files import upload

    with store(upload(written_pdf(PASSAGE), "report.pdf")) as stored:
        report = Report.hand_in(by=ines, stored=stored, reader=f"{READER}+")
    assert (report.reading, report.problem) == ("waiting", "")


def test_the_page_says_how_far_reading_is(ines, signed_in):
    client, report = signed_in(ines), handed_in(ines)
    assert "It waits for its turn" in text(client.get(report.get_absolute_url()))
    Job.take()
    assert "It is being read now" in text(client.get(report.get_absolute_url()))
    part = client.get(report.get_absolute_url(), headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    assert page(part).find("div", id="progress")["data-hx-get"] == report.get_absolute_url()
    report.take_in(read=as_read(report, notes=["No lead inspector is named."]), reader=READER)
    shown = text(client.get(report.get_absolute_url()))
    assert PASSAGE in shown
    assert "No lead inspector is named." in shown
    assert "1 report : 0 to be read, 1 read" in text(client.get(reverse("reports"))).replace(
        "report:", "report :"
    )


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_queries_for_one_and_three(
    number, ines, signed_in, django_assert_num_queries
):
    for n in range(number):
        read_in(ines, content=written_pdf(str(n)))
    client = signed_in(ines)
    client.get(reverse("reports"))
    with django_assert_num_queries(6):
        client.get(reverse("reports"))


@pytest.mark.parametrize("number", [1, 3])
def test_a_report_costs_the_same_queries_for_one_and_three_proposals(
    number, ines, signed_in, published, cleveland, strategy, django_assert_num_queries
):
    report = read_in(ines)
    report.belong_to(published, by=ines)
    for n in range(number):
        propose(report, attributed_to=cleveland, theme=strategy, order=n)
    client = signed_in(ines)
    client.get(report.get_absolute_url())
    with django_assert_num_queries(10):
        client.get(report.get_absolute_url())


# What it says of its inspection


def test_facts_stand_beside_their_page_and_words_and_what_was_not_read_is_empty(
    ines, sif, stockton, signed_in
):
    report = read_in(ines, FACTS[:-3])
    asked = signed_in(ines).get(reverse("report_facts", args=[report.public_id]))
    shown = text(asked)
    assert "Inspection date: 23 May 2016" in shown
    fields = form(asked)[1]
    assert fields["fieldwork_to"] == ["16/06/2016"]
    assert fields["published_on"] == [""]
    assert fields["lead_inspector"] == [""]
    assert fields["grade_overall-effectiveness"] == [""]
    assert shown.count("Not read from the report.") == 6
    assert "No inspection with these facts is recorded." in shown


def test_confirmed_facts_become_an_inspection_published_elsewhere(ines, sif, stockton, cleveland, signed_in):
    report, client = read_in(ines, FACTS), signed_in(ines)
    asked = client.get(reverse("report_facts", args=[report.public_id]))
    response = submit(client, asked, lead_inspector="", **{"grade_help-and-protection": "not-graded"})
    assert response["Location"] == report.get_absolute_url()
    inspection = Inspection.objects.get()
    report.refresh_from_db()
    assert report.inspection == inspection
    assert (inspection.status, inspection.reference) == ("published", "SIF-2016-STO")
    assert (inspection.fieldwork_to, inspection.published_on) == (date(2016, 6, 16), date(2016, 8, 5))
    assert (inspection.provenance, inspection.coverage) == ("report", "grades")
    assert (inspection.lead_inspectorate, inspection.author) == (ines.agency, ines)
    assert [(j.area.code, j.given) for j in inspection.judgements.all()] == [
        ("overall-effectiveness", "Good"),
        ("help-and-protection", "Not graded"),
    ]
    assert [event.verb for event in inspection.events()] == ["recorded as published"]
    assert [event.verb for event in report.events()] == ["handed in", "read", "matched"]
    assert not inspection.is_read_for_police  # until somebody says that all its findings are recorded


def test_an_inspection_that_is_recorded_is_matched_and_not_doubled(ines, sif, stockton, ofsted, signed_in):
    from .conftest import record_inspection

    recorded = record_inspection(
        sif,
        ofsted,
        stockton,
        date(2016, 8, 5),
        team=[ines],
        fieldwork_to=date(2016, 6, 16),
        topic="As it was",
    )
    version = recorded.version
    report, client = read_in(ines, FACTS), signed_in(ines)
    asked = client.get(reverse("report_facts", args=[report.public_id]))
    assert f"Recorded already: {recorded}" in text(asked)
    assert submit(client, asked).status_code == 302
    report.refresh_from_db()
    recorded.refresh_from_db()
    assert report.inspection == recorded == Inspection.objects.get()
    assert recorded.version == version


def test_an_inspection_of_others_is_not_matched_by_somebody_who_does_not_work_on_it(
    otto, ines, sif, stockton, ofsted, signed_in
):
    from .conftest import record_inspection

    record_inspection(sif, ofsted, stockton, date(2016, 8, 5), team=[ines], fieldwork_to=date(2016, 6, 16))
    report, client = read_in(ines, FACTS), signed_in(otto)
    response = submit(client, client.get(reverse("report_facts", args=[report.public_id])))
    assert response.status_code == 409
    assert "you do not work on it" in error_summary(response)[0]
    report.refresh_from_db()
    assert report.inspection is None
    assert Inspection.objects.count() == 1


def test_the_second_to_confirm_is_told_and_nothing_is_recorded_twice(ines, mary, sif, stockton, signed_in):
    report = read_in(ines, FACTS)
    first, second = signed_in(ines), signed_in(mary)
    address = reverse("report_facts", args=[report.public_id])
    asked, asked_too = first.get(address), second.get(address)
    assert submit(first, asked).status_code == 302
    response = submit(second, asked_too)
    assert response.status_code == 409
    assert "belongs to an inspection already" in text(response)
    assert Inspection.objects.count() == 1
    assert second.get(address).status_code == 403


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"fieldwork_to": ""}, "Give the last day of fieldwork."),
        ({"published_on": "1/6/2016"}, "A report cannot be published before fieldwork ends."),
        ({"fieldwork_from": "1/7/2016"}, "The last day of fieldwork cannot be before the first."),
        ({"published_on": "1/1/2999"}, ""),
        ({"inspected_agency": ""}, "Choose the inspected agency."),
    ],
)
def test_facts_that_cannot_be_are_refused_beside_their_field(changes, error, ines, sif, stockton, signed_in):
    report, client = read_in(ines, FACTS), signed_in(ines)
    response = submit(client, client.get(reverse("report_facts", args=[report.public_id])), **changes)
    assert response.status_code == 200
    assert any(error in line for line in error_summary(response))
    assert not Inspection.objects.exists()


def test_another_framework_asks_for_its_own_judgements(ines, sif, jtai, stockton, hmicfrs, signed_in):
    report, client = read_in(ines, FACTS), signed_in(ines)
    asked = client.get(reverse("report_facts", args=[report.public_id]))
    response = submit(client, asked, framework=jtai.pk)
    assert "Its judgements are asked for below now" in error_summary(response)[0]
    assert "grade_overall-effectiveness" not in form(response)[1]
    assert submit(client, response).status_code == 302
    inspection = Inspection.objects.get()
    assert inspection.framework == jtai
    assert list(inspection.partner_inspectorates.all()) == [hmicfrs]


def test_only_frameworks_of_ones_own_inspectorate_are_recorded(hugo, sif, jtai, stockton, signed_in):
    report, client = read_in(hugo, FACTS), signed_in(hugo)
    asked = client.get(reverse("report_facts", args=[report.public_id]))
    assert form(asked)[1]["framework"] == [""]
    assert submit(client, asked, framework=sif.pk).status_code == 200
    assert not Inspection.objects.exists()


def test_a_report_read_again_by_a_newer_reader_replaces_its_passages(ines):
    report = read_in(ines)
    report = report.read_again(by=ines)
    assert Job.objects.of("read_report", report).exists()
    again = as_read(
        report, paragraphs=[Paragraph(page=2, label="17", text="Other words.", headings=("Part",))]
    )
    report.take_in(read=again, reader="2")
    assert [(p.page, p.paragraph, p.text, p.headings) for p in report.passages.all()] == [
        (2, "17", "Other words.", ["Part"])
    ]
    assert report.reader == "2"


def test_anonymous_readers_are_led_to_sign_in():
    for name in ("reports", "report_add", "reader_figures"):
        assert outcome(Browser().get(reverse(name))) == "sign in"


def test_reports_of_two_inspectorates_do_not_meet(ines, hugo, ofsted):
    report = read_in(ines)
    assert not report.may_be_confirmed_by(hugo)
    assert report.may_be_confirmed_by(person("Olga", "manager", ofsted))
