"""The reference data as delivered, and the rules by which it is loaded."""

import csv
import shutil
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from agencies.models import Agency, Channel, Event, Kind, Policing, Succession
from findings.models import Theme
from inspections.models import Clock, Framework, Grade, GradeScale, JudgementArea

FILES = [
    "agencies/data/agencies.csv",
    "agencies/data/successions.csv",
    "agencies/data/policing.csv",
    "inspections/data/grade_scales.csv",
    "inspections/data/frameworks.csv",
    "inspections/data/judgement_areas.csv",
    "inspections/data/clocks.csv",
    "findings/data/themes.csv",
]
AGENCIES = FILES[0]

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("demo")]


@pytest.fixture(autouse=True, scope="module")
def _loaded(django_db_setup, django_db_blocker):
    """The database with the reference data, for all tests of this file: loading it takes seconds."""
    with django_db_blocker.unblock(), transaction.atomic():
        load()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def files(tmp_path, settings):
    """A copy of the files, to be spoilt."""
    for path in FILES:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(settings.BASE_DIR / path, tmp_path / path)
    return tmp_path


def load(folder=None):
    said = StringIO()
    call_command("load_reference", **({"folder": folder} if folder else {}), stdout=said)
    return said.getvalue()


def refusal(folder):
    with pytest.raises(CommandError) as refused:
        load(folder)
    return str(refused.value)


def edit(file, column, change, **where):
    """Changes one cell; says in which line."""
    with open(file, newline="") as opened:
        rows = list(csv.DictReader(opened))
    (index,) = [i for i, row in enumerate(rows) if all(row[name] == value for name, value in where.items())]
    rows[index][column] = change
    _write(file, rows)
    return index + 2


def append(file, **cells):
    """Adds a row; says in which line."""
    with open(file, newline="") as opened:
        rows = list(csv.DictReader(opened))
    rows.append({name: cells.get(name, "") for name in rows[0]})
    _write(file, rows)
    return len(rows) + 1


def _write(file, rows):
    with open(file, "w", newline="") as opened:
        writer = csv.DictWriter(opened, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def new_council(**cells):
    return {
        "slug": "new-council",
        "name": "New",
        "official_name": "New Council",
        "kind": "local_authority",
        "special": "no",
        "nation": "england",
        "short_code": "NEWC",
        **cells,
    }


# What is delivered


def test_every_force_and_council_is_there():
    assert Agency.objects.forces().count() == 46
    assert Agency.objects.territorial_forces().count() == 43
    assert Agency.objects.filter(kind=Kind.LOCAL_AUTHORITY).count() == 183
    assert Framework.objects.filter(code__in=("SIF", "ILACS", "JTAI", "PEEL", "NCPI")).count() == 5
    assert Theme.objects.current().count() == 13


def test_every_council_is_policed_by_one_force_and_every_agency_has_a_short_code():
    assert Policing.objects.values("authority").distinct().count() == 183
    assert not Agency.objects.filter(short_code="").exists()


def test_cleveland_police_stockton():
    stockton = Agency.objects.get(code="E06000004")
    assert stockton.force_on(date(2016, 6, 16)).slug == "cleveland"


def test_hmic_became_hmicfrs():
    succession = Succession.objects.get(predecessor__slug="hmic")
    assert (succession.successor.slug, succession.on) == ("hmicfrs", date(2017, 7, 19))


def test_frameworks_have_their_scales_and_areas():
    sif = Framework.objects.get(code="SIF")
    assert (sif.evaluates_partnership, sif.joint) == (True, False)
    assert [grade.rank for grade in sif.grade_scale.grades.all()] == [1, 2, 3, 4]
    assert sif.areas.exists()
    assert Framework.objects.get(code="JTAI").joint


def test_each_record_has_one_event_of_the_command():
    for model in (Agency, Succession, Policing, GradeScale, Grade, Framework, Clock, JudgementArea, Theme):
        events = Event.objects.filter(subject_type=model._meta.label_lower)
        assert events.count() == model.objects.count() > 0
        assert set(events.values_list("channel", "by")) == {(Channel.COMMAND, None)}


# Loading again


def test_loading_again_writes_nothing_in_few_queries():
    events = Event.objects.count()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        said = load()
    assert Event.objects.count() == events
    assert "agencies: 0 added, 0 changed" in said
    assert all("0 added, 0 changed" in line for line in said.splitlines())
    assert len(queries) <= 50


def test_a_changed_row_changes_the_record_with_an_event(files):
    edit(files / AGENCIES, "region", "Teesside", slug="cleveland")
    assert "agencies: 0 added, 1 changed" in load(files)
    cleveland = Agency.objects.get(slug="cleveland")
    event = cleveland.events().last()
    assert (cleveland.region, cleveland.version) == ("Teesside", 2)
    assert (event.after, event.by, event.channel) == ({"region": "Teesside"}, None, Channel.COMMAND)


def test_a_new_row_adds_a_record_that_later_files_can_name(files):
    append(files / AGENCIES, **new_council())
    append(files / FILES[2], force="cleveland", authority="new-council", valid_from="2026-04-01")
    load(files)
    assert Policing.objects.get(authority__slug="new-council").force.slug == "cleveland"


def test_a_changed_list_of_inspectorates_changes_the_framework(files):
    edit(files / "inspections/data/frameworks.csv", "inspectorates", "ofsted;cqc", code="SIF")
    assert "frameworks: 0 added, 1 changed" in load(files)
    inspectorates = Framework.objects.get(code="SIF").inspectorates
    assert set(inspectorates.values_list("slug", flat=True)) == {"ofsted", "cqc"}


def test_what_an_administrator_edited_is_kept_and_reported(files):
    Agency.objects.get(slug="cleveland").change(
        by=None, channel=Channel.ADMIN, values={"note": "Renamed soon."}
    )
    edit(files / AGENCIES, "region", "Teesside", slug="cleveland")
    events = Event.objects.count()
    said = load(files)
    assert "agencies: 0 added, 0 changed" in said
    assert "1 kept as edited in the administration" in said
    assert "kept as edited in the administration: Cleveland Police" in said
    assert Event.objects.count() == events
    assert Agency.objects.get(slug="cleveland").note == "Renamed soon."


def test_a_key_that_an_administrator_edited_still_belongs_to_its_row():
    cleveland = Agency.objects.get(slug="cleveland")
    cleveland.change(by=None, channel=Channel.ADMIN, values={"slug": "cleveland-police"})
    policing = Policing.objects.get(authority__code="E06000004")
    policing.change(by=None, channel=Channel.ADMIN, values={"valid_from": date(1974, 4, 1)})
    agencies, events = Agency.objects.count(), Event.objects.count()
    load()
    assert (Agency.objects.count(), Event.objects.count()) == (agencies, events)
    assert Agency.objects.get(pk=cleveland.pk).slug == "cleveland-police"


# Bad files


def test_every_bad_row_is_named_and_nothing_is_loaded(files):
    append(files / AGENCIES, **new_council())
    kind = append(files / AGENCIES, **new_council(slug="bad-kind", short_code="BADK", kind="forse"))
    day = append(files / AGENCIES, **new_council(slug="bad-day", short_code="BADD", opened_on="2016-02-30"))
    code = append(files / AGENCIES, **new_council(slug="bad-code", short_code="METP2345"))
    force = append(files / FILES[2], force="nowhere", authority="new-council")
    events = Event.objects.count()
    said = refusal(files)
    assert f"agencies.csv line {kind}, kind: “forse” is not one of police_force, local_authority" in said
    assert f"agencies.csv line {day}, opened_on: “2016-02-30” is not a date such as 2016-08-05" in said
    assert f"agencies.csv line {code}, short_code: 8 characters are more than 6" in said
    assert f"policing.csv line {force}, force: “nowhere” is not known" in said
    assert len(said.splitlines()) == 5  # those and "Nothing was loaded"
    assert Event.objects.count() == events


def test_what_only_the_whole_register_can_tell_is_named_too(files):
    line = append(files / AGENCIES, **new_council(code="E06000004"))
    overlapping = append(
        files / FILES[2],
        force="durham",
        authority="stockton-on-tees-borough-council",
        valid_from="2020-01-01",
    )
    rank = append(files / FILES[3], scale="ofsted-four", name="", code="middling", label="Middling", rank="2")
    said = refusal(files)
    assert f"agencies.csv line {line}: Another agency has this official code." in said
    assert f"policing.csv line {overlapping}, valid_from: " in said
    assert f"grade_scales.csv line {rank}, " in said


def test_a_row_that_names_a_bad_row_is_not_complained_of_twice(files):
    line = edit(files / AGENCIES, "kind", "forse", slug="cleveland")
    said = refusal(files).splitlines()
    assert len(said) == 2
    assert said[1].startswith(f"agencies.csv line {line}, kind: ")


def test_a_key_stands_in_one_row_only(files):
    append(files / AGENCIES, **new_council())
    line = append(files / AGENCIES, **new_council())
    assert f"agencies.csv line {line}, slug: “new-council” stands in line {line - 1} already" in refusal(
        files
    )


def test_missing_and_unknown_columns_are_refused(files):
    file = files / "findings/data/themes.csv"
    file.write_text(file.read_text().replace("definition", "meaning", 1))
    said = refusal(files)
    assert "themes.csv line 1: the column “definition” is missing" in said
    assert "themes.csv line 1: “meaning” is not one of the columns code, name" in said


def test_short_rows_and_missing_files_are_refused(files):
    with open(files / AGENCIES, "a") as file:
        file.write("just-a-slug,Name\n")
    (files / "findings/data/themes.csv").unlink()
    said = refusal(files)
    assert "the row does not have 14 cells" in said
    assert "findings/data/themes.csv: there is no such file" in said
