"""A real server with the demonstration's data, and Chromium in front of it.

`browse(INSPECTOR)` opens a page of a browser in which that person has signed in. Whatever goes wrong in any such
page fails the test: errors on the console, refusals of the content security policy, requests that fail or leave
the server. The server and its data live as long as the test run, so a test finds what others have logged: it
looks for its own words, never for totals.
"""

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest

from agencies.demo import INSPECTOR, MANAGER, PASSWORD

ROOT = Path(__file__).resolve().parents[2]
REQUIRED = os.environ.get("BROWSER_TESTS") == "required"
WIDE, NARROW, NARROWEST = 1280, 390, 320
CHROMIUM_FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]

# Longer words than any page expects: an agency's names, an inspection, a finding and its places in the report.
# Also a finding that was published and withdrawn.
EXTREMES = f"""
import json
from datetime import date
from datetime import timedelta
from agencies.files import store
from agencies.models import Agency, Channel, Kind, Nation, Policing, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from findings.letters.freezing import taken
from findings.models import ActionPlan, Comment, Commitment, Evidence, Finding, Letter, Recommendation, Theme
from inspections.models import Framework, Inspection

by = User.objects.get(email={INSPECTOR!r})
manager = User.objects.get(email={MANAGER!r})
cleveland = Agency.objects.get(slug="cleveland")
council = Agency(
    name="Llanfair" + "pwllgwyngyll" * 9,
    official_name="The Metropolitan Council of Llanfair" + "pwllgwyngyll" * 13,
    slug="longest-name",
    short_code="LONG",
    kind=Kind.LOCAL_AUTHORITY,
    nation=Nation.ENGLAND,
    region="Yorkshire and the Humber",
).add(by=None, channel=Channel.COMMAND)
Policing(force=cleveland, authority=council).add(by=None, channel=Channel.COMMAND)
inspection = Inspection.create(
    by=by,
    values={{
        "framework": Framework.objects.get(code="ILACS"),
        "inspected_agency": council,
        "topic": "T" * 160,
        "notes": "N" * 400,
        "fieldwork_from": date(2026, 5, 4),
        "fieldwork_to": date(2026, 5, 28),
    }},
)
inspection.move("start_fieldwork", by=by)
inspection.move("start_drafting", by=by)
places = [{{"page": 4999 - n, "paragraph": "p" * 120, "quotation": "q" * 300}} for n in range(4)]
values = {{
    "finding_type": "weakness",
    "attributed_to": council,
    "theme": Theme.objects.get(code="strategy-discussions"),
    "severity": "critical",
    "severity_rationale": "R" * 900,
    "systemic": True,
    "with_partners": True,
    "summary": "s" * 900,
    "detail": "D" * 3000,
}}
finding = Finding.log(by=by, inspection=inspection, values=values, citations=places)
finding = finding.edit(
    by=by, values={{**values, "summary": "S" * 900}}, citations=places, expect=finding.version
)
drafted = Recommendation.draft(by=by, finding=finding, values={{"addressee": council, "text": "r" * 3000}})

# One that was answered twice, planned, looked at and claimed, with another due date proposed.
today = timezone.localdate()
told = Finding.objects.published().filter(inspection__team=by, recommendations=None).order_by("pk").first()
followed = Recommendation.draft(
    by=by,
    finding=told,
    values={{"addressee": council, "text": "R" * 3000, "timescale": "t" * 120, "priority": "immediate"}},
)
followed.issue(by=manager)
for position in ("facts_contested", "partly_accepted"):
    followed.respond(by=by, position=position, text="P" * 3000, received_on=today)
action = {{"recommendation": followed, "text": "A" * 900, "owner": "o" * 120, "milestone": "m" * 300, "note": "n" * 900}}
plan = ActionPlan.begin(
    by=by,
    inspection=told.inspection,
    by_agency=council,
    values={{"title": "T" * 160}},
    actions=[action, {{**action, "due_on": today}}],
)
plan.submit(by=by)
plan.accept(by=manager)
followed.refresh_from_db()
followed.verify(by=manager, kind="desktop", on=today, progress="insufficient", text="V" * 3000)
followed.propose_due_date(by=by, due_on=today + timedelta(90), reason="D" * 1900)
followed.claim_completion(by=by, text="C" * 3000, on=today)

# Further plans, one that waits and one that is being written beside a recommendation that nobody answered; and files.
missed = Recommendation.draft(by=by, finding=told, values={{"addressee": council, "text": "M" * 3000}})
missed.issue(by=manager)
plans = []
for actions in ([action], [action, {{**action, "recommendation": missed}}]):
    values_of_plan = {{"title": "U" * 160, "introduction": "I" * 3000}}
    of_plan = {{"inspection": told.inspection, "by_agency": council, "actions": actions}}
    plans.append(ActionPlan.begin(by=by, values=values_of_plan, **of_plan))
plans[0].submit(by=by)
def keep(ending, **more):
    about = {{"kind": "minutes", "description": "e" * 500, "source": "s" * 200, "retain_until": today + timedelta(900)}}
    with store(SimpleUploadedFile("f" * 190 + ending, b"Minutes of ten meetings.")) as stored:
        return Evidence.add(by=by, recommendation=followed, stored=stored, values=about, **more)
evidence = keep(".csv", replaces=keep(".txt"))
keep(".txt").withdraw(by=by, reason="X" * 900)

# One that was corrected, answered twice, commented on by both sides and found again after it was closed.
corrected = Finding.objects.published().weaknesses().filter(recommendations=None, inspection__team=by).exclude(pk=told.pk)
corrected = corrected.first()
corrected.correct(
    by=manager,
    values={{"summary": "Z" * 900, "theme": values["theme"], "severity": "serious", "severity_rationale": "Y" * 900}},
    citations=places,
    reason="Q" * 1900,
)
for position in ("rejected", "partly_accepted"):
    corrected.respond(by=by, position=position, text="E" * 3000, received_on=today)
for audience in ("inspectorate", "agency"):
    Comment.post(by=by, finding=corrected, audience=audience, text="K" * 3000)
Comment.post(by=by, finding=corrected, audience="agency", text="k").withdraw(by=by, reason="k")
version = Finding.objects.earlier_versions_for(by).get(version_of=corrected)

# Letters: one in the longest words that is a draft, and one that was sent, answered and disputed.
figures = [
    ("serious-weakness", "serious-weakness", "as_of=2016-10-17&window=year", 0),
    ("themes-table", "themes", "as_of=2016-10-17&window=year", None),
]
words = "# " + "H" * 90 + "\\n\\n## Below\\n\\n" + "L" * 900 + "\\n\\n- {{{{ serious-weakness }}}} and {{{{ " + told.reference + " }}}}"
letters = []
for level, to_agency in ((4, Agency.objects.get(slug="hmicfrs")), (2, council), (2, cleveland)):
    values_of_letter = {{
        "level": level,
        "from_post": "chief_inspector",
        "to_agency": to_agency,
        "to_post": "director",
        "subject": "L" * 200,
        "text": words + "\\n\\n{{{{ themes-table }}}}",
        "asks": "A" * 300 + "\\nWhen?",
        "enclosures": "E" * 300,
        "findings": [told],
        "reply_due_on": today,
    }}
    letters.append(Letter.draft(by=manager, values=values_of_letter, figures=figures))
for letter in letters[1:]:
    letter.send(by=manager, frozen=taken(letter, manager))
sent = letters[1]
sent.record_reply(
    by=manager,
    text="R" * 2000,
    on=today,
    answers=[{{"order": 1, "ask": "A" * 300, "position": "facts_contested", "text": "a" * 900}}],
    disputes=[{{"about": name, "text": "d" * 900}} for name in ("serious-weakness", told.reference)],
)
commitment = Commitment.undertake(
    by=manager, letter=sent, values={{"text": "C" * 900, "owner": "o" * 120, "due_on": today - timedelta(9)}}
)

# Reports: one that is no report, one whose facts are to be confirmed, one with proposals in each state.
from tests.reports import handed_in, propose, read_in, written_pdf
unreadable = handed_in(by, written_pdf("No report."), name="u" * 190 + ".pdf")
said = [("framework", "SIF", 1, "f" * 300), ("end_date", "2016-05-06", 1, "Inspection date: 6 May 2016"), ("participant", council.slug, 2, "")]
facts = read_in(by, said, content=written_pdf("Facts."), title="T" * 240, notes=["N" * 300])
read = read_in(by, content=written_pdf("Proposals."), title="Report with proposals").belong_to(told.inspection, by=by)
theme = values["theme"]
proposals = [
    propose(read, attributed_to=council, theme=theme, order=order, **more)
    for order, more in enumerate(
        [{{"group": 1, "severity": "critical", "paragraph": "p" * 120}}, {{"group": 1}}, {{}}, {{}}, {{}}], 1
    )
]
proposals[2].reject(by=by, expect=1)

withdrawn = Finding.objects.published().filter(recommendations=None).order_by("pk").last()
withdrawn.move("withdraw", by=manager, reason="W" * 300)
print(json.dumps({{
    "inspection": inspection.public_id,
    "finding": finding.public_id,
    "withdrawn": withdrawn.public_id,
    "corrected": corrected.public_id,
    "version": version.public_id,
    "comment": Comment.objects.filter(by=by, withdrawn_at=None, finding=corrected).first().public_id,
    "drafted": drafted.public_id,
    "followed": followed.public_id,
    "planned": told.inspection.public_id,
    "plan": plan.public_id,
    "waiting_plan": plans[0].public_id,
    "begun_plan": plans[1].public_id,
    "evidence": evidence.public_id,
    "letter": letters[0].public_id,
    "sent": sent.public_id,
    "unanswered": letters[2].public_id,
    "commitment": commitment.public_id,
    "unreadable": unreadable.public_id,
    "facts": facts.public_id,
    "report": read.public_id,
    "proposal": proposals[0].public_id,
    "rejected": proposals[2].public_id,
    "without_script": proposals[3].public_id,
}}))
"""


def without(what):
    """Skips, or fails where nothing may be skipped."""
    (pytest.fail if REQUIRED else pytest.skip)(what)


def chromium():
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


# The server


@contextmanager
def temporary_database(folder):
    """URL of an empty database of its own, on the engine that the settings use."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield f"sqlite:///{folder / 'register.sqlite3'}"
        return
    import psycopg2

    name = f"browser_tests_{secrets.token_hex(6)}"

    def run(statement):
        connection = psycopg2.connect(urlsplit(url)._replace(scheme="postgresql").geturl())
        connection.autocommit = True
        try:
            connection.cursor().execute(statement)
        finally:
            connection.close()

    run(f"CREATE DATABASE {name}")
    try:
        yield urlsplit(url)._replace(path=f"/{name}").geturl()
    finally:
        run(f"DROP DATABASE {name} WITH (FORCE)")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(url, process, log):
    for _attempt in range(600):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"The server does not answer on {url}:\n{log.read_text()[-3000:]}")


@contextmanager
def started(folder, *scripts):
    """The register in production mode, filled with the demonstration and then by scripts in its own Python, each of
    which prints JSON: its address, the ids of what is there, and what was printed."""
    with temporary_database(folder) as database:
        kept = ("DEBUG", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "TRUST_PROXY_TLS")
        env = {name: value for name, value in os.environ.items() if name not in kept}
        env |= {"DATABASE_URL": database, "SECRET_KEY": secrets.token_hex(32), "PLAIN_HTTP": "1", "DEMO": "1"}
        env["FILES_DIR"] = str(folder / "files")
        env["FRESH_SIGN_IN_SECONDS"] = (
            "86400"  # the tests' people have signed in when the first of them began
        )

        def manage(*arguments):
            done = subprocess.run(
                [sys.executable, "manage.py", *arguments], cwd=ROOT, env=env, capture_output=True, text=True
            )
            assert done.returncode == 0, f"manage.py {arguments[0]}: {done.stdout}{done.stderr}"
            return done.stdout

        manage("migrate", "--no-input")
        manage("load_reference")
        ids = json.loads(manage("seed_demo", "--force", "--seed", "1"))
        printed = [json.loads(manage("shell", "--verbosity", "0", "--command", script)) for script in scripts]
        manage("collectstatic", "--no-input")
        log = folder / "log"
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        options = [f"--bind=127.0.0.1:{port}", "--workers=2", "--threads=4"]
        options += ["--no-control-socket", "--log-level=error"]
        with log.open("w") as written:
            process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "config.wsgi:application", *options],
                cwd=ROOT,
                env=env,
                stdout=written,
                stderr=written,
            )
        with log.open("a") as written:
            worker = subprocess.Popen(
                [sys.executable, "manage.py", "work_queue"], cwd=ROOT, env=env, stdout=written, stderr=written
            )
        try:
            wait_for(f"{url}/healthz", process, log)
            yield SimpleNamespace(url=url, log=log, printed=printed, **ids)
        finally:
            for running in (process, worker):
                running.terminate()
                running.wait(timeout=60)


ERROR_PAGE = """
import json
from django.template.loader import render_to_string
print(json.dumps(render_to_string("500.html")))
"""


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The register of these tests, with the longest words there are."""
    if not chromium():
        without("No browser: install chromium, or name one in CHROMIUM")
    with started(tmp_path_factory.mktemp("server"), EXTREMES, ERROR_PAGE) as running:
        running.extremes, running.error_page = running.printed
        yield running


# The browser. It ends with this folder's tests: while Playwright runs, Django refuses the database to this thread.


@pytest.fixture(scope="package")
def playwright(server):
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        without("Playwright is not installed: requirements-test.txt")
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="package")
def chrome(playwright):
    browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
    yield browser
    browser.close()


@pytest.fixture(scope="package")
def cookies_of(playwright, server):
    """cookies_of(INSPECTOR): the state of a browser in which this person has signed in."""
    states = {}

    def sign_in(email):
        if email not in states:
            client = playwright.request.new_context(base_url=server.url)
            form = client.get("/sign-in/").text()
            token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)[1]
            fields = {"username": email, "password": PASSWORD, "csrfmiddlewaretoken": token}
            answer = client.post("/sign-in/", form=fields)
            assert urlsplit(answer.url).path == "/", f"{email} cannot sign in: {answer.status}"
            states[email] = client.storage_state()
            client.dispose()
        return states[email]

    return sign_in


@pytest.fixture
def expected_problems():
    """Patterns of problems that a test causes on purpose."""
    return []


@pytest.fixture
def browse(chrome, server, cookies_of, expected_problems):
    """browse(INSPECTOR): a page of a new browser in which this person has signed in; browse() of a stranger's."""
    contexts, problems = [], []

    def open_page(person=None, width=WIDE, **options):
        state = cookies_of(person) if person else None
        context = chrome.new_context(
            base_url=server.url, storage_state=state, viewport={"width": width, "height": 900}, **options
        )
        context.set_default_timeout(10_000)
        watch(context, server, problems)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    left = [found for found in problems if not any(re.search(known, found) for known in expected_problems)]
    assert not left, f"{left}\nThe server's log: {server.log.read_text()[-2000:]}"


def watch(context, server, problems):
    """Writes down whatever a person would call broken, or would not want."""
    here = urlsplit(server.url).netloc

    def on_request(request):
        address = urlsplit(request.url)
        if address.scheme in ("http", "https") and address.netloc != here:
            problems.append(f"request to another host: {request.url}")

    def on_response(response):
        # Pages that refuse are tested by their status; nothing else may be missing.
        refused_page = response.request.is_navigation_request() and response.status < 500
        if response.status >= 400 and not refused_page:
            problems.append(f"status {response.status}: {response.url}")

    def on_failure(request):
        # Leaving a page ends what it was still asking for.
        if request.failure != "net::ERR_ABORTED":
            problems.append(f"{request.failure}: {request.url}")

    def on_console(message):
        # Statuses and failures of requests are judged above.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            problems.append(f"console: {message.text}")

    context.on("request", on_request)
    context.on("response", on_response)
    context.on("requestfailed", on_failure)
    context.on("console", on_console)
    context.on("weberror", lambda error: problems.append(f"script: {error.error}"))


# What tests do on pages


def visit(page, path, status=200):
    """Opens a page and checks that it answers as it should."""
    response = page.goto(path)
    assert response.status == status, f"{path}: {response.status}"
    return page


def path_of(page):
    return urlsplit(page.url).path
