"""The published findings of the demonstration, from the CSV files in data/demo."""

from collections import defaultdict

from django.core.exceptions import ValidationError

from agencies.models import Agency, Channel
from agencies.public_ids import seeded_public_id
from inspections.demo import by_history_key
from inspections.models import Provenance, Report

from .models import Citation, Finding, Theme

FINDINGS = "findings/data/demo/findings.csv"
CITATIONS = "findings/data/demo/citations.csv"

# {column: field}
FIELDS = {
    "type": "finding_type",
    "attributed_to": "attributed_to",
    "with_partners": "with_partners",
    "theme": "theme",
    "severity": "severity",
    "severity_rationale": "severity_rationale",
    "systemic": "systemic",
    "summary": "summary",
    "detail": "detail",
}


def public_id(seed, key):
    return seeded_public_id(seed, f"finding:{key}")


def keys(files):
    return [row["key"] for row in _rows(files)]


def _rows(files):
    return files.rows(FINDINGS, ["key", "inspection", *FIELDS])


def record_findings(files, *, inspections, reports, seed):
    """Records the findings with their citations; {finding's key: finding}, None for a bad row."""
    rows = _rows(files)
    citations = _citations(files, rows, reports)
    known = {Agency: by_history_key(Agency), Theme: by_history_key(Theme)}
    findings = {}
    for row in rows:
        findings[row["key"]] = None
        inspection = row.find("inspection", row["inspection"], inspections)
        values = row.read_all(Finding, FIELDS, known)
        if row.is_bad:
            continue
        try:
            findings[row["key"]] = Finding.record_published(
                by=None,
                channel=Channel.COMMAND,
                inspection=inspection,
                values=values,
                citations=citations[row["key"]],
                public_id=public_id(seed, row["key"]),
                provenance=Provenance.REPORT,
            )
        except ValidationError as error:
            row.complain_of(error, FIELDS)
    return findings


def _citations(files, findings, reports):
    """{finding's key: [fields of a citation]}"""
    keys = {row["key"]: row for row in findings}
    fields = {"file_name": "report", "page": "page", "paragraph": "paragraph"}
    citations = defaultdict(list)
    for row in files.rows(CITATIONS, ["finding", *fields]):
        row.find("finding", row["finding"], keys)
        citation = row.read_all(Citation, fields, {Report: reports})
        if not row.is_bad:
            citations[row["finding"]].append(citation)
    return citations
