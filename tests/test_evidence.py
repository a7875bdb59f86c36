"""Evidence: who adds, replaces, takes back and reads it; row and file together; destroyed when its time is over."""

import hashlib
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.http import FileResponse
from django.urls import reverse
from django.utils import timezone

from agencies.days import months_after
from agencies.files import giving
from agencies.files.keys import path_of
from agencies.models import Event
from agencies.public_ids import new_public_id
from findings.models import Evidence
from inspections.models import IllegalTransition

from .browsing import error_summary, errors_beside, filled, form, page, submit, text
from .conftest import person, weakness
from .sample_files import ooxml, pdf, png, upload
from .states import add_evidence as add
from .states import logged, recommendation_step, recommended
from .test_concurrency import at_once, one_chain, statuses
from .who_sees_what import AT_WORK, EVERYBODY, MISSING, REFUSED, SHOWN, WITH_A_ROLE, as_read, mismatches

ROUTES = {"evidence_add", "evidence_replace", "evidence_withdraw", "evidence_download"}
STAFF = {"ines", "otto", "mary", "hugo", "hetty", "hanna"}  # of the inspectorates that lead and take part
READERS_OF_EVIDENCE = {*STAFF, "audrey", "stan"}
ANSWER = {"stan", *AT_WORK}
OPEN = ("issued", "responded", "in_progress", "completion_claimed")
STATES = ("there", "replaced", "taken back", "closed")
TODAY = timezone.localdate


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"
    return settings.FILES_DIR


@pytest.fixture(autouse=True)
def _files_are_closed(monkeypatch):
    """A server closes what it has given out; test clients leave it open."""
    given = []

    def respond(file, **kwargs):
        given.append(file)
        return FileResponse(file, **kwargs)

    monkeypatch.setattr(giving, "FileResponse", respond)
    yield
    for file in given:
        file.close()


def files_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
def recommend(make, stockton, cleveland, strategy, ines, mary, stan):
    """recommend(status): to Stockton, after an inspection in which HMICFRS takes part."""

    def build(status="in_progress"):
        words = weakness(cleveland, strategy)
        finding = logged(make("published"), ines, words, "published", reviewer=mary)
        return recommended(finding, stockton, status, author=ines, manager=mary, lead=stan)

    return build


@pytest.fixture
def evidence(recommend, stan):
    return add(recommend(), stan)


def sent(client, asked, file=None, **changes):
    """Fills in the form and sends it with a file."""
    address, fields = form(asked)
    fields.pop("file", None)
    data = filled(fields, {"kind": "audit", "description": "Audit of forty cases", **changes})
    return client.post(address, {**data, **({"file": file} if file else {})})


def add_address(recommendation):
    return reverse("evidence_add", args=[recommendation.public_id])


def of(route, evidence):
    return reverse(f"evidence_{route}", args=[evidence.public_id])


def last_event():
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def events_since(before):
    return sorted(Event.objects.filter(pk__gt=before).values_list("subject_type", "verb"))


# Who sees what


def download(name, state):
    if name not in READERS_OF_EVIDENCE:
        return MISSING
    return REFUSED if state == "taken back" and name != "audrey" else SHOWN


def changes(name, state):
    if name not in READERS_OF_EVIDENCE:
        return MISSING
    return SHOWN if name in ANSWER and state == "there" else REFUSED


@pytest.mark.parametrize("state", STATES)
def test_pages_of_evidence_answer_as_the_table_says(state, evidence, people, stan, mary):
    recommendation = evidence.recommendation
    if state == "replaced":
        add(recommendation, stan, replaces=evidence)
    elif state == "taken back":
        evidence.withdraw(by=stan, reason="The wrong file.")
    elif state == "closed":
        recommendation.close_not_implemented(by=mary, reason="Why.")
    before = Event.objects.count()
    for route, rule in {
        "evidence_download": download,
        "evidence_replace": changes,
        "evidence_withdraw": changes,
    }.items():
        expected = lambda name, rule=rule: rule(name, state)
        assert mismatches(people, route, evidence.public_id, expected) == [], route
    for name in EVERYBODY:
        if name not in ("nobody", "anonymous"):
            seen = text(people[name].get(recommendation.get_absolute_url()))
            assert ("Audit of forty cases" in seen) == (name in READERS_OF_EVIDENCE), name
    assert Event.objects.count() == before


@pytest.mark.parametrize("status", [*OPEN, "closed_verified", "draft"])
def test_evidence_is_added_to_what_is_open_by_those_who_answer(status, recommend, people):
    found = recommend(status)

    def expected(name):
        if name not in (WITH_A_ROLE if status != "draft" else {*AT_WORK, "hanna", "audrey"}):
            return MISSING
        return SHOWN if name in ANSWER and status in OPEN else REFUSED

    before = Event.objects.count()
    assert mismatches(people, "evidence_add", found.public_id, expected) == []
    assert (Event.objects.count(), Evidence.objects.count()) == (before, 0)


def test_with_a_withdrawn_finding_its_evidence_is_for_auditors_alone(evidence, people, mary):
    evidence.recommendation.finding.move("withdraw", by=mary, reason="The wrong force.")
    for route in ("evidence_download", "evidence_replace", "evidence_withdraw"):

        def expected(name, route=route):
            return MISSING if name != "audrey" else SHOWN if route == "evidence_download" else REFUSED

        assert mismatches(people, route, evidence.public_id, expected) == [], route


@pytest.mark.parametrize("name", ["mel", "clara", "colin", "adam", "nobody", "anonymous"])
def test_a_download_denied_is_like_that_of_a_random_id(name, evidence, people):
    unknown = new_public_id()
    answers = [
        as_read(people[name].get(reverse("evidence_download", args=[public_id])), public_id)
        for public_id in (evidence.public_id, unknown)
    ]
    assert answers[0] == answers[1]
    assert evidence.file_name not in answers[0]


# Adding


def test_the_agency_adds_a_file_with_one_event(recommend, folder, signed_in, stan, stockton):
    found = recommend()
    client = signed_in(stan)
    asked = client.get(add_address(found))
    proposed = form(asked)[1]["retain_until"][0]
    assert proposed == months_after(TODAY(), 72).strftime("%d/%m/%Y")
    before = last_event()
    answer = sent(client, asked, upload(pdf(), "Audit 2026.pdf"), source="Audit team, June 2026")
    evidence = Evidence.objects.get()
    assert answer["Location"] == f"{found.get_absolute_url()}#evidence"
    assert events_since(before) == [("findings.evidence", "added")]
    assert (evidence.by, evidence.by_agency, evidence.recommendation) == (stan, stockton, found)
    assert [path.read_bytes() for path in files_in(folder)] == [pdf()]
    assert evidence.retain_until == months_after(TODAY(), 72)
    digest = hashlib.sha256(pdf()).hexdigest()
    assert evidence.sha256 == digest
    shown = page(client.get(found.get_absolute_url())).find("section", aria_labelledby="evidence")
    assert "Audit 2026.pdf, a PDF document" in shown.text
    assert "Audit team, June 2026" in shown.text
    assert shown.find("code", class_="app-digest").raw == digest


def test_who_adds_for_the_agency_is_named_with_their_inspectorate(recommend, signed_in, ines, stan):
    found = recommend()
    client = signed_in(ines)
    asked = client.get(add_address(found))
    assert "You record this for Stockton-on-Tees Borough Council." in text(asked)
    sent(client, asked, upload(pdf(), "audit.pdf"))
    seen = text(signed_in(stan).get(found.get_absolute_url()))
    assert "by Ines Example, Ofsted, for Stockton-on-Tees" in seen


HOSTILE = {
    "a page named pdf": (b"<html><script>alert(1)</script></html>", "plan.pdf", "a web page"),
    "a drawing named png": (b"<svg xmlns='x' onload='alert(1)'/>", "plan.png", "an SVG drawing"),
    "a program": (b"MZ" + b"\0" * 200, "plan.exe", ""),
    "a picture named pdf": (png(), "plan.pdf", ""),
    "macros": (ooxml(more={"word/vbaProject.bin": b"x"}), "plan.docx", "macros"),
    "nothing": (b"", "plan.pdf", "empty"),
    "26 MB": (b"%PDF-1.7\n" + b"0" * (26 * 1024 * 1024), "plan.pdf", "too large: 26"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_not_accepted_leaves_nothing_and_keeps_what_was_typed(
    case, recommend, folder, signed_in, stan
):
    content, name, words = HOSTILE[case]
    client = signed_in(stan)
    asked = client.get(add_address(recommend()))
    before = last_event()
    answer = sent(client, asked, upload(content, name), description="TYPED-WORDS", source="SOURCE")
    assert answer.status_code == 200
    (error,) = errors_beside(answer, "id_file")
    assert words in error
    kept = form(answer)[1]
    assert (kept["description"], kept["source"], kept["kind"]) == (["TYPED-WORDS"], ["SOURCE"], ["audit"])
    assert (events_since(before), Evidence.objects.count(), files_in(folder)) == ([], 0, [])


def test_a_good_file_is_asked_for_again_when_another_answer_is_wrong(recommend, folder, signed_in, stan):
    client = signed_in(stan)
    answer = sent(client, client.get(add_address(recommend())), upload(pdf(), "plan.pdf"), description=" ")
    assert errors_beside(answer, "id_file") == ["Choose the file again: the browser did not keep it."]
    assert errors_beside(answer, "id_description") == ["Say what it shows."]
    assert files_in(folder) == []
    assert sent(client, answer).status_code == 200
    assert sent(client, answer, upload(pdf(), "plan.pdf")).status_code == 302


@pytest.mark.parametrize("name", ["<script>alert(1)</script>.pdf", '"><img src=x onerror=alert(1)>.pdf'])
def test_a_script_in_the_name_is_words_on_the_page_and_in_the_header(name, recommend, signed_in, stan):
    found = recommend()
    client = signed_in(stan)
    assert sent(client, client.get(add_address(found)), upload(pdf(), name)).status_code == 302
    seen = client.get(found.get_absolute_url()).content.decode()
    assert "<script>alert" not in seen
    assert "<img src=x" not in seen
    given = client.get(of("download", Evidence.objects.get()))
    assert given["Content-Disposition"].startswith("attachment;")
    assert "<" not in given["Content-Disposition"]
    assert "\n" not in given["Content-Disposition"]


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (lambda: TODAY(), "Give a day to come."),
        (lambda: TODAY() - timedelta(1), "Give a day to come."),
        (lambda: date(2206, 1, 1), "A file is kept for 50 years at most."),
    ],
)
def test_a_file_is_kept_until_a_day_to_come(day, words, recommend, signed_in, stan):
    found, client = recommend(), signed_in(stan)
    refused = sent(
        client,
        client.get(add_address(found)),
        upload(pdf(), "a.pdf"),
        retain_until=day().strftime("%d/%m/%Y"),
    )
    assert errors_beside(refused, "id_retain_until") == [words]
    with pytest.raises(ValidationError):
        add(found, stan, retain_until=day())
    assert not Evidence.objects.exists()


def test_what_is_given_out_is_what_came_in_and_always_a_download(evidence, signed_in, hmicfrs):
    given = signed_in(person("Hetty", "inspector", hmicfrs)).get(of("download", evidence))
    assert b"".join(given.streaming_content) == pdf()
    assert given["Content-Disposition"] == 'attachment; filename="audit.pdf"'
    assert given["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in given["Content-Security-Policy"]
    assert "no-store" in given["Cache-Control"]


# Sent twice, refused late


def test_the_same_form_sent_twice_is_one_row_and_one_file(recommend, folder, signed_in, stan):
    client = signed_in(stan)
    asked = client.get(add_address(recommend()))
    answers = [sent(client, asked, upload(pdf(), "audit.pdf")) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert (Evidence.objects.count(), len(files_in(folder))) == (1, 1)
    assert Evidence.objects.get().events().count() == 1


def test_another_file_in_a_form_sent_before_is_told_and_then_added(recommend, folder, signed_in, stan):
    client = signed_in(stan)
    asked = client.get(add_address(recommend()))
    sent(client, asked, upload(pdf(), "audit.pdf"))
    other = sent(client, asked, upload(png(), "photograph.png"))
    assert other.status_code == 409
    assert "what it held then is saved (audit.pdf)" in error_summary(other)[0]
    assert Evidence.objects.count() == 1
    assert sent(client, other, upload(png(), "photograph.png")).status_code == 302
    assert (Evidence.objects.count(), len(files_in(folder))) == (2, 2)


def test_a_recommendation_closed_meanwhile_takes_no_file(recommend, folder, signed_in, stan, mary):
    found, client = recommend(), signed_in(stan)
    asked = client.get(add_address(found))
    found.close_not_implemented(by=mary, reason="Why.")
    answer = sent(client, asked, upload(pdf(), "audit.pdf"), description="TYPED")
    assert answer.status_code == 409
    assert "Closed, not implemented" in error_summary(answer)[0]
    assert form(answer)[1]["description"] == ["TYPED"]
    assert (Evidence.objects.count(), files_in(folder)) == (0, [])
    with pytest.raises(IllegalTransition):
        add(found, stan)
    assert files_in(folder) == []


def test_a_row_that_the_database_refuses_leaves_no_file(recommend, folder, stan, monkeypatch):
    found = recommend()

    def fail(*args, **kwargs):
        raise IntegrityError

    monkeypatch.setattr(Evidence, "_write_event", fail)
    with pytest.raises(IntegrityError):
        add(found, stan)
    assert (Evidence.objects.count(), files_in(folder)) == (0, [])


def test_a_session_that_ends_keeps_the_words_and_asks_for_the_file(recommend, folder, signed_in, stan):
    client = signed_in(stan)
    address, fields = form(client.get(add_address(recommend())))
    client.logout()
    fields.pop("file", None)
    typed = filled(fields, {"kind": "audit", "description": "Kept words"})
    held = client.post(address, {**typed, "file": upload(pdf(), "audit.pdf")})
    answer = submit(client, held, button=None, username=stan.email, password="a long enough password")
    back = client.get(answer["Location"])
    assert form(back)[1]["description"] == ["Kept words"]
    assert errors_beside(back, "id_file") == ["Choose a file. If you had chosen one, choose it again."]
    assert (Evidence.objects.count(), files_in(folder)) == (0, [])


def test_the_forms_keep_what_is_typed(evidence, signed_in, stan):
    client = signed_in(stan)
    keys = set()
    for address in (
        add_address(evidence.recommendation),
        of("replace", evidence),
        of("withdraw", evidence),
    ):
        drawn = page(client.get(address)).find("form", class_="app-form")
        assert "data-fresh" in drawn.attrs
        keys.add(drawn["data-keep"])
    assert len(keys) == 3


# Replacing


def test_a_replacement_is_a_new_version_and_the_old_one_stays(evidence, folder, signed_in, stan, mary):
    client = signed_in(stan)
    asked = client.get(of("replace", evidence))
    assert form(asked)[1]["description"] == ["Audit of forty cases"]
    before = last_event()
    answers = [
        sent(client, asked, upload(png(), "new.png"), description="Audit, corrected") for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [302, 302]
    newer = Evidence.objects.get(replaces=evidence)
    assert events_since(before) == [("findings.evidence", "replaced")]
    assert evidence.events().count() == 1
    assert len(files_in(folder)) == 2
    for reader in (stan, mary):
        browser = signed_in(reader)
        part = page(browser.get(evidence.recommendation.get_absolute_url())).find(
            "section", aria_labelledby="evidence"
        )
        assert "1 earlier version" in part.text
        for version, content in ((evidence, pdf()), (newer, png())):
            assert part.find("a", href=version.get_absolute_url())
            assert b"".join(browser.get(version.get_absolute_url()).streaming_content) == content
    assert list(Evidence.objects.current()) == [newer]


def test_what_was_replaced_meanwhile_is_not_replaced_again(evidence, folder, signed_in, stan, ines):
    client = signed_in(stan)
    asked = client.get(of("replace", evidence))
    newer = add(evidence.recommendation, ines, replaces=evidence)
    answer = sent(client, asked, upload(png(), "mine.png"), description="MINE")
    assert answer.status_code == 409
    assert "replaced or taken back meanwhile" in error_summary(answer)[0]
    assert form(answer)[1]["description"] == ["MINE"]
    assert list(Evidence.objects.filter(replaces=evidence)) == [newer]
    assert len(files_in(folder)) == 2
    with pytest.raises(IllegalTransition):
        add(evidence.recommendation, stan, replaces=evidence)
    assert len(files_in(folder)) == 2


# Taking back


def test_what_is_taken_back_stays_on_record_with_its_reason(evidence, folder, signed_in, stan, mary, audrey):
    client = signed_in(stan)
    asked = client.get(of("withdraw", evidence))
    assert submit(client, asked, reason=" ").status_code == 200
    before = last_event()
    assert [submit(client, asked, reason="The wrong file.").status_code for _ in range(2)] == [302, 302]
    assert events_since(before) == [("findings.evidence", "withdrawn")]
    evidence.refresh_from_db()
    assert evidence.withdrawn_on == TODAY()
    assert not Evidence.objects.current().exists()
    assert len(files_in(folder)) == 1
    for reader, allowed in ((stan, False), (mary, False), (audrey, True)):
        browser = signed_in(reader)
        part = page(browser.get(evidence.recommendation.get_absolute_url())).find(
            "section", aria_labelledby="evidence"
        )
        assert "The wrong file." in part.text
        assert bool(part.find("a", href=evidence.get_absolute_url())) == allowed
        assert browser.get(evidence.get_absolute_url()).status_code == (200 if allowed else 403)
    with pytest.raises(IllegalTransition):
        evidence.withdraw(by=stan, reason="Again.")


def test_what_was_replaced_meanwhile_is_not_taken_back(evidence, signed_in, stan, ines):
    client = signed_in(stan)
    asked = client.get(of("withdraw", evidence))
    add(evidence.recommendation, ines, replaces=evidence)
    answer = submit(client, asked, reason="MINE")
    assert answer.status_code == 409
    assert "MINE" in page(answer).find("textarea", name="reason").raw
    evidence.refresh_from_db()
    assert evidence.withdrawn_on is None


# Reading changes nothing; queries


@pytest.mark.parametrize("name", EVERYBODY)
def test_reading_changes_nothing(name, evidence, people):
    before = (Event.objects.count(), evidence.version)
    for address in (
        add_address(evidence.recommendation),
        *(of(route, evidence) for route in ("replace", "withdraw", "download")),
    ):
        people[name].get(address)
    evidence.refresh_from_db()
    assert (Event.objects.count(), evidence.version) == before


@pytest.mark.parametrize("state", ["there", "replaced", "taken back"])
def test_the_list_costs_the_same_queries_for_one_and_three(
    state, recommend, signed_in, stan, django_assert_num_queries
):
    from findings.views.evidence import evidence_of

    found = recommend()
    costs = []
    for number in (1, 2):
        for _n in range(number):
            evidence = add(found, stan)
            if state == "replaced":
                add(found, stan, replaces=evidence)
            elif state == "taken back":
                evidence.withdraw(by=stan, reason="Why.")
        fresh = type(found).objects.select_related("finding__inspection", "addressee").get(pk=found.pk)
        with django_assert_num_queries(2 if state == "taken back" else 1):
            costs.append(len(evidence_of(fresh, stan)["evidence"]))
    assert costs == [1, 3]


# Destroyed under the retention schedule


def run(*arguments):
    out = StringIO()
    call_command("retention_run", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def old(evidence):
    """The evidence, added seven years ago and to be kept until yesterday."""
    day = TODAY() - timedelta(1)
    Evidence._base_manager.filter(pk=evidence.pk).update_unrecorded(retain_until=day)
    evidence.refresh_from_db()
    return evidence


@pytest.fixture(autouse=True)
def _update_unrecorded(monkeypatch):
    """For these tests only: time that went by, which no verb can bring about."""
    from django.db.models import QuerySet

    monkeypatch.setattr(
        type(Evidence._base_manager.all()), "update_unrecorded", QuerySet.update, raising=False
    )


def close(recommendation, mary, stan):
    for verb in ("claim", "verify_and_close"):
        recommendation.refresh_from_db()
        recommendation_step(recommendation, verb, manager=mary, lead=stan)


def test_a_file_past_its_day_is_destroyed_and_its_row_stays(
    old, folder, signed_in, stan, mary, mel, django_capture_on_commit_callbacks
):
    close(old.recommendation, mary, stan)
    before, digest = last_event(), old.sha256
    assert f"To be destroyed: {old.public_id}" in run("--dry-run")
    assert (events_since(before), len(files_in(folder))) == ([], 1)
    with django_capture_on_commit_callbacks(execute=True):
        out = run()
    assert f"Destroyed: {old.public_id}" in out
    assert "audit.pdf" not in out
    assert files_in(folder) == []
    assert events_since(before) == [("findings.evidence", "destroy")]
    old.refresh_from_db()
    assert (old.stored_key, old.destroyed_on, old.sha256) == (None, TODAY(), digest)
    event = old.events().last()
    assert (event.by, event.channel) == (None, "command")
    client = signed_in(stan)
    gone = client.get(old.get_absolute_url())
    assert gone.status_code == 410
    assert page(gone).find("code", class_="app-digest").raw == digest
    part = page(client.get(old.recommendation.get_absolute_url())).find("section", aria_labelledby="evidence")
    assert "destroyed under the retention schedule" in part.text
    assert not part.find("a", href=old.get_absolute_url())
    assert signed_in(mel).get(old.get_absolute_url()).status_code == 404
    assert run().startswith("0 destroyed")


@pytest.mark.parametrize("status", ["in_progress", "completion_claimed", "reopened"])
def test_nothing_is_destroyed_while_its_recommendation_is_open(status, old, folder, stan, mary):
    found = old.recommendation
    if status != "in_progress":
        recommendation_step(found, "claim", manager=mary, lead=stan)
    if status == "reopened":
        close_and_reopen(found, mary)
    out = run()
    assert "0 destroyed, 1 kept on because the recommendation is open." in out
    assert len(files_in(folder)) == 1
    with pytest.raises(IllegalTransition):
        old.destroy(by=None, on=TODAY())


def close_and_reopen(found, mary):
    found.refresh_from_db()
    found.close_not_implemented(by=mary, reason="Why.")
    found.reopen(by=mary, reason="Why.")


def test_the_day_itself_is_still_kept(old, stan, mary):
    close(old.recommendation, mary, stan)
    Evidence._base_manager.filter(pk=old.pk).update_unrecorded(retain_until=TODAY())
    assert list(Evidence.objects.past_retention(TODAY())) == []
    assert list(Evidence.objects.past_retention(TODAY() + timedelta(1))) == [old]


def test_with_a_withdrawn_finding_the_file_is_not_needed_any_more(old, mary):
    old.recommendation.finding.move("withdraw", by=mary, reason="The wrong force.")
    assert list(Evidence.objects.past_retention(TODAY())) == [old]


def test_earlier_versions_and_what_was_taken_back_go_too(old, stan, mary):
    newer = add(old.recommendation, stan, replaces=old)
    newer.withdraw(by=stan, reason="Why.")
    close(old.recommendation, mary, stan)
    assert list(Evidence.objects.past_retention(TODAY())) == [old]
    assert set(Evidence.objects.past_retention(months_after(TODAY(), 73))) == {old, newer}


def test_a_file_is_not_destroyed_with_a_transaction_that_is_taken_back(
    old, folder, stan, mary, django_capture_on_commit_callbacks
):
    close(old.recommendation, mary, stan)
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        old.destroy(by=None, on=TODAY())
        transaction.set_rollback(True)
    assert len(files_in(folder)) == 1
    old.refresh_from_db()
    assert path_of(old.stored_key).exists()


def test_the_database_keeps_file_and_destruction_together(evidence):
    with pytest.raises(IntegrityError), transaction.atomic():
        Evidence._base_manager.filter(pk=evidence.pk).update_unrecorded(stored_key=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Evidence._base_manager.filter(pk=evidence.pk).update_unrecorded(destroyed_on=TODAY())


# At the same moment

together = pytest.mark.django_db(transaction=True)


@together
def test_eight_clicks_add_one_row_and_one_file(recommend, folder, signed_in, stan):
    found = recommend()
    address, fields = form(signed_in(stan).get(add_address(found)))
    fields.pop("file", None)
    data = filled(fields, {"kind": "audit", "description": "Audit"})
    clients = [signed_in(stan) for _ in range(8)]
    answers = at_once(
        [
            lambda client=client: client.post(address, {**data, "file": upload(pdf(), "audit.pdf")})
            for client in clients
        ]
    )
    assert statuses(answers) == [302] * 8
    evidence = Evidence.objects.get()
    assert [event.verb for event in one_chain(evidence)] == ["added"]
    assert len(files_in(folder)) == 1


@together
def test_replaced_twice_at_once_one_counts_and_no_file_is_left_over(
    evidence, folder, signed_in, stan, ines, mary, hugo
):
    opened = []
    for who in (stan, ines, mary, hugo):
        client = signed_in(who)
        address, fields = form(client.get(of("replace", evidence)))
        fields.pop("file", None)
        opened.append((client, address, filled(fields, {"description": f"Of {who.first_name}"})))
    answers = at_once(
        [
            lambda client=client, address=address, data=data: client.post(
                address, {**data, "file": upload(png(), "new.png")}
            )
            for client, address, data in opened
        ]
    )
    assert statuses(answers) == [302, 409, 409, 409]
    newer = Evidence.objects.get(replaces=evidence)
    assert len(files_in(folder)) == 2
    assert [event.verb for event in one_chain(newer)] == ["replaced"]
    for (_client, _address, data), answer in zip(opened, answers, strict=True):
        if answer.status_code == 409:
            assert form(answer)[1]["description"] == data["description"]


@together
def test_replaced_and_taken_back_at_once_one_counts(evidence, folder, signed_in, stan, ines):
    first, second = signed_in(stan), signed_in(ines)
    address, fields = form(first.get(of("replace", evidence)))
    fields.pop("file", None)
    back, reason = form(second.get(of("withdraw", evidence)))
    answers = at_once(
        [
            lambda: first.post(address, {**filled(fields, {}), "file": upload(png(), "new.png")}),
            lambda: second.post(back, filled(reason, {"reason": "Why."})),
        ]
    )
    assert statuses(answers) == [302, 409]
    evidence.refresh_from_db()
    replaced = Evidence.objects.filter(replaces=evidence).exists()
    assert replaced != (evidence.withdrawn_on is not None)
    assert len(files_in(folder)) == (2 if replaced else 1)


@together
def test_closed_and_added_to_at_once_the_file_is_there_or_it_is_not(recommend, folder, stan, mary):
    found = recommend()
    results = at_once([lambda: add(found, stan), lambda: found.close_not_implemented(by=mary, reason="Why.")])
    found.refresh_from_db()
    assert found.status == "closed_not_implemented"
    assert not isinstance(results[1], Exception)
    there = not isinstance(results[0], Exception)
    assert there or isinstance(results[0], IllegalTransition)
    assert Evidence.objects.count() == len(files_in(folder)) == int(there)


@together
def test_two_runs_at_once_destroy_a_file_once(old, folder, stan, mary):
    close(old.recommendation, mary, stan)
    results = at_once([run, run])
    assert not [result for result in results if isinstance(result, Exception)], results
    assert files_in(folder) == []
    assert [event.verb for event in one_chain(old)] == ["added", "destroy"]
