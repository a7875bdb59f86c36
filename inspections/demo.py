"""The published inspections of the demonstration, from the CSV files in data/demo."""

from collections import defaultdict
from datetime import date

from django.core.exceptions import ValidationError

from agencies.demo import HMICFRS_INSPECTOR, INSPECTOR, INSPECTOR_2
from agencies.models import Agency, Channel
from agencies.public_ids import seeded_public_id

from .models import (
    Coverage,
    Framework,
    Grade,
    Inspection,
    JudgementArea,
    Provenance,
    Report,
    StatedDate,
)

INSPECTIONS = "inspections/data/demo/inspections.csv"
REPORTS = "inspections/data/demo/reports.csv"
JUDGEMENTS = "inspections/data/demo/judgements.csv"
STATED_DATES = "inspections/data/demo/stated_dates.csv"

# {column: field}
FIELDS = {
    "framework": "framework",
    "lead": "lead_inspectorate",
    "partners": "partner_inspectorates",
    "inspected": "inspected_agency",
    "participating": "participating_agencies",
    "cycle": "cycle",
    "topic": "topic",
    "fieldwork_from": "fieldwork_from",
    "fieldwork_to": "fieldwork_to",
    "published_on": "published_on",
    "report_url": "report_url",
    "lead_inspector": "lead_inspector",
    "recommendations_printed": "recommendations_printed",
    "coverage": "coverage",
    "follows": "follows",
    "notes": "notes",
}
NOT_GRADED = "not-graded"
# The twelve months before the chief inspector's letter.
LETTERS_YEAR = (date(2015, 10, 17), date(2016, 10, 17))


def public_id(seed, key):
    return seeded_public_id(seed, f"inspection:{key}")


def keys(files):
    return [row["key"] for row in _rows(files)]


def _rows(files):
    return files.rows(INSPECTIONS, ["key", *FIELDS, "published_source", "source"])


def record_inspections(files, *, people, seed):
    """Records the inspections with their reports; {key: inspection}, None for a bad row."""
    rows = _rows(files)
    recorded = {}
    known = {Agency: by_history_key(Agency), Framework: by_history_key(Framework), Inspection: recorded}
    judgements, stated_dates = _judgements(files, rows), _stated_dates(files, rows)
    # The earlier first, so that the later can follow it.
    for row in sorted(rows, key=lambda row: row["published_on"] or row["fieldwork_to"]):
        values = row.read_all(Inspection, FIELDS, known)
        recorded[row["key"]] = None
        if row.is_bad:
            continue
        try:
            recorded[row["key"]] = Inspection.record_published(
                by=None,
                channel=Channel.COMMAND,
                values={**values, "team": _team(values, people)},
                judgements=judgements[row["key"]],
                stated_dates=stated_dates[row["key"]],
                public_id=public_id(seed, row["key"]),
                provenance=Provenance.REPORT,
                source=_source(row),
            )
        except ValidationError as error:
            row.complain_of(error, FIELDS)
    return recorded


def record_reports(files, inspections, *, seed):
    """Records the reports; {file name: report}, None for a bad row."""
    fields = {name: name for name in ("inspection", "title", "file_name", "sha256", "pages", "url")}
    reports = {}
    for row in files.rows(REPORTS, [*fields]):
        values = row.read_all(Report, fields, {Inspection: inspections})
        reports[row["file_name"]] = None
        if row.is_bad:
            continue
        try:
            report = Report(public_id=seeded_public_id(seed, f"report:{row['sha256']}"))
            reports[row["file_name"]] = report.add(by=None, channel=Channel.COMMAND, values=values)
        except ValidationError as error:
            row.complain_of(error)
    return reports


def _judgements(files, inspections):
    """{inspection's key: [(area, subject, grade)]}"""
    areas = by_history_key(JudgementArea, "framework__grade_scale")
    grades = by_history_key(Grade, "scale")
    agencies = by_history_key(Agency)
    inspected = {row["key"]: row for row in inspections}
    judgements = defaultdict(list)
    for row in files.rows(JUDGEMENTS, ["inspection", "area", "grade", "subject", "note"]):
        inspection = row.find("inspection", row["inspection"], inspected)
        if row.is_bad:
            continue
        area = row.find("area", f"{inspection['framework']}:{row['area']}", areas)
        subject = row.find("subject", row["subject"] or inspection["inspected"], agencies)
        if row.is_bad:
            continue
        grade = None
        if row["grade"] != NOT_GRADED:
            scale = area.framework.grade_scale
            grade = row.find("grade", f"{scale.code if scale else ''}:{row['grade']}", grades)
        if not row.is_bad:
            judgements[row["inspection"]].append((area, subject, grade))
    return judgements


def _stated_dates(files, inspections):
    """{inspection's key: [fields of a stated date]}"""
    keys = {row["key"]: row for row in inspections}
    fields = {name: name for name in ("kind", "stated", "date", "source", "url", "preferred")}
    stated_dates = defaultdict(list)
    for row in files.rows(STATED_DATES, ["inspection", *fields]):
        row.find("inspection", row["inspection"], keys)
        stated = row.read_all(StatedDate, fields, {})
        if not row.is_bad:
            stated_dates[row["inspection"]].append(stated)
    return stated_dates


def _source(row):
    dated = f"Publication date: {row['published_source']}" if row["published_source"] else ""
    return ". ".join(part for part in (row["source"], dated) if part)


def _team(values, people):
    """Whom of the demonstration's people the inspection is given to."""
    framework, day = values["framework"], values["published_on"]
    inspectorates = [values["lead_inspectorate"], *values["partner_inspectorates"]]
    start, end = LETTERS_YEAR
    team = []
    if framework.code == "SIF" and day and start <= day < end:
        team.append(people[INSPECTOR])
    if framework.code == "ILACS" and values["coverage"] == Coverage.POLICE:
        team.append(people[INSPECTOR_2])
    if framework.joint and people[HMICFRS_INSPECTOR].agency in inspectorates:
        team.append(people[HMICFRS_INSPECTOR])
    return team


def by_history_key(model, *related):
    return {record.history_key(): record for record in model._base_manager.select_related(*related)}
