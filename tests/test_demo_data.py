"""The demonstration: what it shows of the real inspections, what it invents, and who sees which."""

import csv
import json
from collections import Counter
from datetime import date
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import models, transaction
from django.db.models import Count

from agencies.demo import HMICFRS_INSPECTOR, INSPECTOR, INSPECTOR_2, MANAGER, PASSWORD, PEOPLE
from agencies.models import Event, Role, User
from findings.demo import CITATIONS, FINDINGS
from findings.models import ActionPlan, Citation, Evidence, Finding, Recommendation, Response, Status
from inspections.demo import INSPECTIONS, JUDGEMENTS, REPORTS, STATED_DATES
from inspections.models import Inspection, Judgement, Provenance, Report, StatedDate
from inspections.models import Status as InspectionStatus

SEED = "tests"
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("demo")]
YEAR_BEFORE_THE_LETTER = (date(2015, 10, 17), date(2016, 10, 17))


def seed_demo(**options):
    """Runs the command; its JSON."""
    said = StringIO()
    call_command("seed_demo", force=True, seed=SEED, stdout=said, stderr=StringIO(), **options)
    return json.loads(said.getvalue())


@pytest.fixture(scope="module")
def reference(django_db_setup, django_db_blocker):
    """The database with the reference data, for all tests of this file."""
    # The transactions of the tests stand inside this one.
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_reference", stdout=StringIO())
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def of_stockton(tmp_path_factory):
    """The files of the demonstration, reduced to the inspection of Stockton in 2016."""
    folder = tmp_path_factory.mktemp("stockton")
    inspection = "sif-2016-08-05-stockton-on-tees"
    for path, column in {
        **dict.fromkeys((JUDGEMENTS, STATED_DATES, REPORTS, FINDINGS), "inspection"),
        INSPECTIONS: "key",
        CITATIONS: "finding",
    }.items():
        with open(settings.BASE_DIR / path, newline="") as file:
            rows = list(csv.DictReader(file))
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        with open(folder / path, "w", newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(row for row in rows if row[column] == inspection or "_stockton" in row[column])
    return folder


@pytest.fixture(scope="module")
def before(reference, of_stockton):
    """What came of seeding, each time taken back: without and with unpublished records, and from a bad file."""
    came = {}
    for name, options in {"published": {"without_unpublished": True}, "all": {}}.items():
        with transaction.atomic():
            came[name] = seed_demo(folder=of_stockton, **options)
            transaction.set_rollback(True)
    for path, right, wrong in (
        (FINDINGS, "strategy-discussions", "strategy-talks"),
        (JUDGEMENTS, ",outstanding,", ",splendid,"),
        (STATED_DATES, "2016-08-05,", "2016-8-5,"),
        (CITATIONS, ",12,", ",xii,"),
    ):
        file = of_stockton / path
        file.write_text(file.read_text().replace(right, wrong))
    with pytest.raises(CommandError) as refused:
        seed_demo(folder=of_stockton)
    came["bad"] = str(refused.value)
    came["left behind"] = Inspection.objects.count() + User.objects.count()
    return came


@pytest.fixture(scope="module")
def ids(before):
    """The database with the whole demonstration; what the command says."""
    with transaction.atomic():
        yield seed_demo()
        transaction.set_rollback(True)


def person(email):
    return User.objects.get(email=email)


@pytest.fixture
def letters_year(ids):
    return (
        Inspection.objects.filter(framework__code="SIF")
        .published_within(*YEAR_BEFORE_THE_LETTER)
        .read_for_police()
    )


@pytest.fixture
def stockton(letters_year):
    return letters_year.get(inspected_agency__code="E06000004")


# What the reports say


def test_the_forty_inspections_of_the_letters_year(letters_year):
    about_police = Finding.objects.published().weaknesses().about_police()
    assert letters_year.count() == letters_year.counting_in_share().count() == 40
    assert letters_year.filter(findings__in=about_police).distinct().count() == 29
    assert letters_year.filter(findings__in=about_police.serious()).distinct().count() == 9


def grades(inspections, area):
    judgements = Judgement.objects.filter(inspection__in=inspections, area__code=area)
    return judgements.values_list("grade__rank").annotate(Count("pk")).order_by("grade__rank")


def test_their_grades(letters_year):
    assert list(grades(letters_year, "overall-effectiveness")) == [(1, 2), (2, 12), (3, 16), (4, 10)]
    assert list(grades(letters_year, "lscb-effectiveness")) == [(1, 2), (2, 15), (3, 18), (4, 5)]


def test_stockton(stockton):
    assert (stockton.fieldwork_to, stockton.published_on) == (date(2016, 6, 16), date(2016, 8, 5))
    assert stockton.force().slug == "cleveland"
    published = stockton.stated_dates.filter(kind="published")
    assert published.count() == 2
    assert [stated.date for stated in published.filter(preferred=True)] == [stockton.published_on]
    serious = stockton.findings.serious().get(theme__code="strategy-discussions")
    assert serious.attributed_to.slug == "cleveland"
    assert {"16", "recommendation 10"} <= {citation.paragraph for citation in serious.citations.all()}


def test_a_preferred_date_is_the_inspections_own(ids):
    for stated in StatedDate.objects.filter(preferred=True, date__isnull=False).select_related("inspection"):
        field = "published_on" if stated.kind == "published" else stated.kind
        assert getattr(stated.inspection, field) == stated.date, stated.inspection


def test_every_finding_is_cited(ids):
    recorded = Finding.objects.filter(provenance=Provenance.REPORT)
    citations = Citation.objects.filter(finding__in=recorded)
    assert (recorded.count(), citations.count()) == (364, 450)
    # The joint inspection letter of 2018 is known from the press alone: no page of it can be named.
    uncited = recorded.filter(citations=None)
    assert set(uncited.values_list("inspection__reference", flat=True)) == {"JTAI-2018-STO"}
    assert uncited.count() == 3
    assert citations.filter(report=None).count() == 0
    assert recorded.annotate(places=Count("citations")).filter(places__gte=3).exists()


def test_a_citation_stands_in_a_report_of_its_inspection_and_on_a_page_that_it_has(ids):
    for citation in Citation.objects.filter(report__isnull=False).select_related("report", "finding"):
        assert citation.report.inspection_id == citation.finding.inspection_id
        assert citation.page <= citation.report.pages


def test_references_do_not_repeat_and_follow_the_inspection(ids):
    for finding in Finding.objects.published().select_related("inspection"):
        assert finding.reference.startswith(finding.inspection.reference + "-")


def test_history_is_whole(ids):
    """The version of every record is the number of its events."""
    for model in (Inspection, Finding, Report, User):
        events = Counter(
            Event.objects.filter(subject_type=model._meta.label_lower).values_list("subject_id", flat=True)
        )
        assert events == dict(model.objects.values_list("pk", "version"))


# People


def test_the_people_of_the_demonstration(ids, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    people = User.objects.filter(email__in=[email for email, *_ in PEOPLE])
    assert people.count() == User.objects.count() == 11
    assert all(user.has_a_role for user in people)
    assert all(user.check_password(PASSWORD) for user in people)
    assert set(people.values_list("role", flat=True)) == set(Role.values)


def test_who_is_on_which_team(letters_year):
    inspector, second, of_hmicfrs = map(person, (INSPECTOR, INSPECTOR_2, HMICFRS_INSPECTOR))
    assert letters_year.with_on_team(inspector).count() == 40
    published = Inspection.objects.published()
    assert set(published.with_on_team(second).values_list("framework__code", "coverage")) == {
        ("ILACS", "police")
    }
    joint = published.with_on_team(of_hmicfrs)
    assert joint.exists()
    assert all(
        inspection.framework.joint and inspection.has_inspectorate(of_hmicfrs.agency_id)
        for inspection in joint
    )


# What is invented


def test_what_is_invented_says_so_and_stands_at_every_stage(ids):
    invented = Inspection.objects.filter(provenance=Provenance.FICTION)
    assert set(invented.values_list("notes", flat=True)) == {"Fictional, for demonstration."}
    assert set(invented.values_list("status", flat=True)) == {
        InspectionStatus.FIELDWORK,
        InspectionStatus.DRAFTING,
        InspectionStatus.FACTUAL_ACCURACY,
        InspectionStatus.EMBARGOED,
    }
    assert not invented.published().exists()
    findings = Finding.objects.filter(provenance=Provenance.FICTION)
    assert set(findings) == set(findings.unpublished())
    assert set(findings) == set(Finding.objects.filter(inspection__in=invented))


def test_a_draft_recurs_from_stocktons_finding(stockton):
    draft = Finding.objects.get(recurrence_of__isnull=False)
    assert draft.status == Status.DRAFT
    assert draft.recurrence_of.inspection == stockton
    assert draft.recurrence_of.theme == draft.theme


def test_who_sees_what_is_invented(ids):
    findings = {public_id: key for key, public_id in ids["findings"].items() if key.startswith("fiction")}

    def seen(email):
        visible = Finding.objects.visible_to(person(email)).values_list("public_id", flat=True)
        return {findings[public_id] for public_id in visible if public_id in findings}

    assert len(seen("auditor@example.org")) == len(findings)
    assert seen("lead@met.example") == {"fiction-merton-agreed-met"}
    assert seen("lead@cleveland.example") == seen("admin@example.org") == set()
    # Given to her for review by the manager: that one and nothing else of its inspection.
    assert seen(INSPECTOR_2) == {"fiction-enfield-1"}
    assert seen(HMICFRS_INSPECTOR) == {
        key for key in findings.values() if "enfield" in key or "-cleveland" in key
    }
    assert seen(MANAGER) == seen(INSPECTOR) == {key for key in findings.values() if "-cleveland" not in key}


# The command


def test_the_same_seed_gives_the_same_ids_with_and_without_unpublished(before, ids):
    for kind in ("inspections", "findings"):
        published = {key: i for key, i in before["all"][kind].items() if not key.startswith("fiction")}
        assert before["published"][kind] == published != before["all"][kind]
        assert before["all"][kind].items() <= ids[kind].items()


def test_bad_rows_are_all_named_and_nothing_is_added(before):
    said = before["bad"]
    assert said.startswith("Nothing was added:\njudgements.csv line ")
    assert "grade: “ofsted-four:splendid” is not known" in said
    assert "date: “2016-8-5” is not a date such as 2016-08-05" in said
    assert "theme: “strategy-talks” is not known" in said
    assert "page: “xii” is not a whole number" in said
    assert before["left behind"] == 0


def test_it_names_every_record(ids):
    assert set(ids["inspections"].values()) == set(Inspection.objects.values_list("public_id", flat=True))
    assert set(ids["findings"].values()) == set(Finding.objects.values_list("public_id", flat=True))
    assert ids["users"] == dict(User.objects.values_list("email", "pk"))
    assert ids["counts"]["inspections"] == Inspection.objects.count()


def test_a_second_time_changes_nothing(ids):
    events = Event.objects.count()
    assert seed_demo() == ids
    assert Event.objects.count() == events


def test_a_second_time_adds_missing_people(ids):
    person("admin@example.org").change(by=None, values={"email": "somebody@else.example"})
    seed_demo()
    assert person("admin@example.org").is_administrator


def test_it_refuses_where_no_demonstration_is_meant(settings):
    settings.DEMO = settings.DEBUG = False
    with pytest.raises(CommandError, match="Set DEMO=1"):
        call_command("seed_demo")


def test_it_refuses_to_join_people_of_another_register(settings):
    settings.DEMO = True
    User.objects.create_user("somebody@real.example", role=Role.AUDITOR)
    models.QuerySet(Inspection).update(provenance=Provenance.ENTERED)
    people = User.objects.count()
    with pytest.raises(CommandError, match="people of its own"):
        call_command("seed_demo")
    assert User.objects.count() == people


# What followed in Stockton, as published


def test_the_story_of_stockton_is_there_from_the_finding_to_the_later_inspection(ids):
    attendance = Finding.objects.get(public_id=ids["findings"]["2016-08-05_80563_stockton-on-tees-05"])
    assert attendance.attributed_to.slug == "cleveland"
    assert attendance.inspection.inspected_agency.slug == "stockton-on-tees-borough-council"
    recommendation = attendance.recommendations.get()
    assert recommendation.addressee.slug == "stockton-on-tees-borough-council"
    # 70 working days from 5 August 2016, the August bank holiday left out.
    assert (recommendation.due_first, recommendation.due_basis) == (date(2016, 11, 14), "clock")
    escalation = attendance.local_escalations.get()
    assert (escalation.by_agency.slug, escalation.to_agency.slug, escalation.outcome) == (
        "stockton-on-tees-borough-council",
        "cleveland",
        "ineffective",
    )
    closed_case = Finding.objects.get(public_id=ids["findings"]["2016-08-05_80563_stockton-on-tees-06"])
    assert closed_case.case_referrals.get().outcome == "reopened"
    assert closed_case.responses.get().position == "facts_contested"
    letter = attendance.letters.get()
    assert (letter.level, letter.from_agency.slug, letter.to_agency.slug) == (4, "ofsted", "hmic")
    assert (letter.sent_on, letter.replied_on) == (date(2016, 10, 17), date(2016, 10, 18))
    seen = recommendation.verifications.get()
    assert (seen.progress, seen.through.framework.code, seen.through.published_on.year) == (
        "good",
        "JTAI",
        2018,
    )
    found_new = seen.through.findings.filter(finding_type="area_for_improvement")
    assert found_new.count() == 2
    assert recommendation.is_open  # nobody published that anybody claimed completion, so nobody closed it


def test_nothing_of_what_followed_is_invented(ids):
    """Follow-up of published findings is what was published: plans, evidence and claims were not."""
    published = Finding.objects.filter(status=Status.PUBLISHED)
    assert (
        Recommendation.objects.filter(finding__in=published).exclude(provenance=Provenance.REPORT).count()
        == 0
    )
    for model in (ActionPlan, Evidence):
        assert model.objects.count() == 0
    assert set(Response.objects.values_list("finding__inspection__reference", flat=True)) == {"SIF-2016-STO"}
