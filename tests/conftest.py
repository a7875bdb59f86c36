"""People and things by name: a small world in which every rule of the register can be seen.

Ofsted inspects Stockton; Cleveland Police polices Stockton. Ines is on the team, Otto is an Ofsted inspector
who is not, Mary manages Ofsted. Hugo and Hanna are HMICFRS's inspector and manager. Clara leads safeguarding at
Cleveland Police, Mel at the Met, Stan at Stockton's council. Audrey audits, Adam administers.
"""

import os
from datetime import date

import pytest
from django.http import FileResponse
from django.test import Client, TransactionTestCase

from agencies import guard
from agencies.models import Agency, Channel, Kind, Nation, Policing, Role, User
from findings.figures import FIGURES, Scope
from findings.models import Finding, Recommendation, Theme
from findings.statistics.known import Known
from inspections.models import (
    Framework,
    Grade,
    GradeScale,
    Inspection,
    JudgementArea,
)
from inspections.periods import Period, Window

from .states import logged, moved, planned
from .who_sees_what import PUBLIC, browser

PASSWORD = "a long enough password"


@pytest.fixture(autouse=True)
def _quick_settings(settings, tmp_path_factory):
    """Passwords hash quickly, pages need no collected static files, and files sent in go to a folder of the tests."""
    settings.FILES_DIR = tmp_path_factory.getbasetemp() / "files"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECOND_STEP_FOR = []  # but in test_second_step.py
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    # Else every test client would look through the collected files, some hundreds of them.
    settings.STATIC_ROOT = None


@pytest.fixture(autouse=True)
def _files_are_closed(monkeypatch):
    """Files that a test asked for and did not read to the end are closed after it, as a server closes them."""
    opened = []
    begin = FileResponse.set_headers

    def set_headers(self, file):
        opened.append(file)
        begin(self, file)

    monkeypatch.setattr(FileResponse, "set_headers", set_headers)
    yield
    for file in opened:
        file.close()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """On SQLite, tests that commit do not wait for the disk: none of them is read again after a crash."""
    from django.db import connection

    if connection.vendor == "sqlite":
        options = connection.settings_dict["OPTIONS"]
        options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")


@pytest.fixture(autouse=True, scope="session")
def _events_can_be_flushed():
    """Tests that commit are cleaned up by emptying all tables, which the guard over events would refuse."""
    from django.db import connection

    original = TransactionTestCase._fixture_teardown

    def teardown(self):
        for table in guard.GUARDED:
            guard.remove(connection, table)
        try:
            original(self)
        finally:
            for table in guard.GUARDED:
                guard.install(connection, table)

    TransactionTestCase._fixture_teardown = teardown
    yield
    TransactionTestCase._fixture_teardown = original


def pytest_sessionfinish(session):
    """With FAIL_ON_SKIP a run in which anything was skipped or expected to fail is a failed run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if not os.environ.get("FAIL_ON_SKIP") or reporter is None:
        return
    left_out = [report for kind in ("skipped", "xfailed") for report in reporter.stats.get(kind, ())]
    if left_out and session.exitstatus == pytest.ExitCode.OK:
        reporter.write_line(f"FAIL_ON_SKIP: {len(left_out)} left out", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


# Agencies


def agency(name, kind, short_code, **fields):
    slug = fields.pop("slug", name.lower().replace(" ", "-"))
    return Agency(
        name=name,
        official_name=fields.pop("official_name", name),
        kind=kind,
        slug=slug,
        short_code=short_code,
        **fields,
    ).add(by=None, channel=Channel.COMMAND)


@pytest.fixture
def ofsted(db):
    return agency("Ofsted", Kind.INSPECTORATE, "OFS", nation=Nation.ENGLAND)


@pytest.fixture
def hmicfrs(db):
    return agency("HMICFRS", Kind.INSPECTORATE, "HMIC")


@pytest.fixture
def cleveland(db):
    return agency(
        "Cleveland",
        Kind.POLICE_FORCE,
        "CLEV",
        official_name="Cleveland Police",
        nation=Nation.ENGLAND,
        region="North East",
        code="E23000013",
    )


@pytest.fixture
def met(db):
    return agency(
        "Metropolitan",
        Kind.POLICE_FORCE,
        "METP",
        official_name="Metropolitan Police Service",
        nation=Nation.ENGLAND,
        region="London",
    )


@pytest.fixture
def stockton(cleveland):
    council = agency(
        "Stockton-on-Tees",
        Kind.LOCAL_AUTHORITY,
        "STO",
        official_name="Stockton-on-Tees Borough Council",
        slug="stockton-on-tees-borough-council",
        nation=Nation.ENGLAND,
        region="North East",
        code="E06000004",
    )
    Policing(force=cleveland, authority=council).add(by=None, channel=Channel.COMMAND)
    return council


@pytest.fixture
def camden(met):
    council = agency(
        "Camden",
        Kind.LOCAL_AUTHORITY,
        "CAM",
        official_name="London Borough of Camden",
        slug="london-borough-of-camden",
        nation=Nation.ENGLAND,
        region="London",
        code="E09000007",
    )
    Policing(force=met, authority=council).add(by=None, channel=Channel.COMMAND)
    return council


# People


def person(first_name, role, agency=None):
    return User.objects.create_user(
        f"{first_name.lower()}@people.example",
        PASSWORD,
        role=role,
        agency=agency,
        first_name=first_name,
        last_name="Example",
    )


@pytest.fixture
def ines(ofsted):
    """Ofsted inspector, on the team."""
    return person("Ines", Role.INSPECTOR, ofsted)


@pytest.fixture
def otto(ofsted):
    """Ofsted inspector, not on the team."""
    return person("Otto", Role.INSPECTOR, ofsted)


@pytest.fixture
def mary(ofsted):
    """Ofsted manager."""
    return person("Mary", Role.MANAGER, ofsted)


@pytest.fixture
def hugo(hmicfrs):
    """HMICFRS inspector."""
    return person("Hugo", Role.INSPECTOR, hmicfrs)


@pytest.fixture
def hanna(hmicfrs):
    """HMICFRS manager."""
    return person("Hanna", Role.MANAGER, hmicfrs)


@pytest.fixture
def clara(cleveland):
    """Safeguarding lead, Cleveland Police."""
    return person("Clara", Role.RESPONDENT, cleveland)


@pytest.fixture
def mel(met):
    """Safeguarding lead, Metropolitan Police."""
    return person("Mel", Role.RESPONDENT, met)


@pytest.fixture
def stan(stockton):
    """Safeguarding lead, Stockton's council."""
    return person("Stan", Role.RESPONDENT, stockton)


@pytest.fixture
def audrey(db):
    return person("Audrey", Role.AUDITOR)


@pytest.fixture
def adam(db):
    return person("Adam", Role.ADMINISTRATOR)


@pytest.fixture
def nobody(db):
    """A person without a role."""
    return person("Nobody", "")


# Frameworks and themes


@pytest.fixture
def four_tier(db):
    scale = GradeScale(code="ofsted-four", name="Ofsted four-point scale").add(by=None)
    for rank, label in enumerate(("Outstanding", "Good", "Requires improvement", "Inadequate"), 1):
        Grade(scale=scale, code=label.lower().replace(" ", "-"), label=label, rank=rank).add(by=None)
    return scale


@pytest.fixture
def sif(four_tier, ofsted):
    framework = Framework(
        code="SIF", name="Single inspection framework", grade_scale=four_tier, evaluates_partnership=True
    ).add(by=None, values={"inspectorates": [ofsted]})
    JudgementArea(
        framework=framework, code="overall-effectiveness", name="Overall effectiveness", order=1
    ).add(by=None)
    JudgementArea(framework=framework, code="help-and-protection", name="Help and protection", order=2).add(
        by=None
    )
    return framework


@pytest.fixture
def jtai(ofsted, hmicfrs):
    return Framework(code="JTAI", name="Joint targeted area inspection", joint=True).add(
        by=None, values={"inspectorates": [ofsted, hmicfrs]}
    )


@pytest.fixture
def strategy(db):
    return Theme(
        code="strategy-discussions",
        name="Strategy discussions",
        definition="Attendance and timeliness.",
        order=4,
    ).add(by=None)


@pytest.fixture
def missing(db):
    return Theme(
        code="missing-children", name="Missing children", definition="Notification and debriefs.", order=2
    ).add(by=None)


# Inspections and findings


@pytest.fixture
def drafting(ines, sif, stockton):
    """An unpublished inspection of Stockton, being drafted by Ines."""
    inspection = Inspection.create(
        by=ines,
        values={
            "framework": sif,
            "inspected_agency": stockton,
            "fieldwork_from": date(2026, 5, 4),
            "fieldwork_to": date(2026, 5, 28),
        },
    )
    inspection.move("start_fieldwork", by=ines)
    return inspection.move("start_drafting", by=ines)


@pytest.fixture
def published(sif, ofsted, stockton, ines):
    """Stockton's inspection of 2016, as published, with Ines on its team."""
    return record_inspection(sif, ofsted, stockton, date(2016, 8, 5), team=[ines])


def record_inspection(framework, lead, inspected, published_on, **values):
    return Inspection.record_published(
        by=None,
        channel=Channel.COMMAND,
        values={
            "framework": framework,
            "lead_inspectorate": lead,
            "inspected_agency": inspected,
            "published_on": published_on,
            **values,
        },
    )


def weakness(attributed_to, theme, severity="moderate", **fields):
    """Field values of a weakness."""
    return {
        "finding_type": "weakness",
        "attributed_to": attributed_to,
        "theme": theme,
        "severity": severity,
        "severity_rationale": "Children waited." if severity in ("serious", "critical") else "",
        "summary": "Officers did not attend strategy discussions.",
        **fields,
    }


def strength(attributed_to, theme, **fields):
    """Field values of a strength."""
    return {
        "finding_type": "strength",
        "attributed_to": attributed_to,
        "theme": theme,
        "summary": "Officers attended every conference.",
        **fields,
    }


@pytest.fixture
def draft(drafting, ines, cleveland, strategy):
    """Ines's draft weakness about Cleveland Police."""
    return Finding.log(
        by=ines,
        inspection=drafting,
        values=weakness(cleveland, strategy, summary="DRAFT-WORDS officers stayed away."),
        citations=[{"page": 12, "paragraph": "16"}],
    )


@pytest.fixture
def finding(published, cleveland, strategy):
    """The published serious weakness of 2016."""
    return record_finding(
        published, weakness(cleveland, strategy, "serious"), [{"page": 12, "paragraph": "16"}]
    )


def record_finding(inspection, values, citations=()):
    return Finding.record_published(
        by=None, channel=Channel.COMMAND, inspection=inspection, values=values, citations=citations
    )


@pytest.fixture
def recommendation(finding, stockton):
    """Addressed to Stockton's council, of the finding of 2016 about Cleveland Police; issued, not answered."""
    return Recommendation.record_issued(
        by=None,
        channel=Channel.COMMAND,
        finding=finding,
        values={"addressee": stockton, "text": "Keep challenging the police about their attendance."},
    )


@pytest.fixture
def random_register(
    request, ofsted, hmicfrs, cleveland, met, stockton, camden, sif, jtai, strategy, missing, ines, mary
):
    """Inspections and findings at random, from the test's parameter as the seed."""
    from .random_register import fill

    world = {
        "ofsted": ofsted,
        "hmicfrs": hmicfrs,
        "cleveland": cleveland,
        "met": met,
        "stockton": stockton,
        "camden": camden,
        "sif": sif,
        "jtai": jtai,
        "strategy": strategy,
        "missing": missing,
        "ines": ines,
        "mary": mary,
    }
    fill(request.param, **world)


@pytest.fixture
def arguments(draft, finding, drafting, recommendation, sif, stockton, cleveland, strategy, ines, mary):
    """{name of a route: [its arguments…]}: a record of every kind, and where its pages are."""
    from .every_address import arguments

    return arguments(
        draft=draft,
        finding=finding,
        drafting=drafting,
        recommendation=recommendation,
        sif=sif,
        stockton=stockton,
        cleveland=cleveland,
        strategy=strategy,
        ines=ines,
        mary=mary,
    )


# Figures


@pytest.fixture
def figure(audrey):
    """figure("serious-weakness", date(2016, 10, 17)): the section that an auditor is shown."""

    def make(code, on, window="year", days=None, corrected=False, **parts):
        period = Period(on, window, *days) if days else Period.ending(on, Window(window))
        return FIGURES[code].of_scope(Scope(Known(audrey, on, corrected), period, **parts))

    return make


@pytest.fixture
def inspect(sif, ofsted, stockton, strategy):
    """inspect(date(2016, 8, 5), (cleveland, "serious")): a graded inspection of Stockton with its weaknesses."""
    good = Grade.objects.get(code="good")

    def make(published_on, *weaknesses, of=stockton, framework=sif, theme=strategy, grade=good, **values):
        values = {"coverage": "all", "lead": ofsted, **values}
        lead = values.pop("lead")
        inspection = record_inspection(framework, lead, of, published_on, **values)
        area = framework.areas.first()
        if grade and area:
            inspection.judge(by=None, judgements=[(area, of, grade)])
        for force, severity in weaknesses:
            record_finding(inspection, weakness(force, theme, severity))
        return inspection

    return make


# The world of the tables of who sees what


@pytest.fixture
def people(ines, otto, mary, hugo, hanna, clara, mel, stan, audrey, adam, nobody, hmicfrs):
    """{name: browser} of the tables of who sees what; Hetty is of the partner and not on the team."""
    cqc = agency("CQC", Kind.INSPECTORATE, "CQC")
    found = {person.first_name.lower(): person for person in (ines, otto, mary, hugo, hanna, clara, mel)}
    found |= {person.first_name.lower(): person for person in (stan, audrey, adam, nobody)}
    found["hetty"] = person("Hetty", Role.INSPECTOR, hmicfrs)  # of the partner, not on the team
    found["colin"] = person("Colin", Role.MANAGER, cqc)
    return {name: browser(found) for name, found in found.items()} | {"anonymous": browser()}


@pytest.fixture
def joint_values(hmicfrs, ines, hugo):
    """A joint inspection with HMICFRS, whose inspector Hugo is on the team."""
    return {
        "partner_inspectorates": [hmicfrs],
        "team": [ines, hugo],
        "fieldwork_from": date(2026, 5, 4),
        "fieldwork_to": date(2026, 5, 28),
    }


@pytest.fixture
def make(joint_values, sif, stockton, cleveland, strategy, ines, mary):
    """make(status): an inspection with an agreed finding about Cleveland Police."""

    def build(status):
        inspection = planned(ines, sif, stockton, **joint_values)
        if status not in PUBLIC:
            logged(inspection, ines, weakness(cleveland, strategy), "agreed", reviewer=mary)
        return moved(inspection, status, mary)

    return build


# Browsers


@pytest.fixture
def signed_in():
    """signed_in(ines): a test client in which Ines has signed in."""

    def sign_in(person):
        client = Client()
        client.force_login(person)
        return client

    return sign_in
