"""The rows behind a figure, in words that stay: what each record said, and where a report says it."""

from dataclasses import dataclass

from django.apps import apps
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from inspections.models import Inspection

from ..models import CaseReferral, Finding, FrozenRow, Recommendation, Status

LOADED = {
    Finding: (
        "attributed_to",
        "theme",
        "inspection__inspected_agency",
        "inspection__framework",
        "version_of",
    ),
    Inspection: ("inspected_agency", "framework", "lead_inspectorate"),
    Recommendation: ("addressee", "finding__inspection__inspected_agency", "finding__inspection__framework"),
    CaseReferral: ("to_agency", "inspection__inspected_agency", "inspection__framework"),
}


def with_what_rows_say(records):
    """The queryset with what `row_of` reads."""
    records = records.select_related(*LOADED[records.model])
    return records.prefetch_related("citations__report") if records.model is Finding else records


def row_of(record):
    """{kind, key, at_version, words}: words are title, text, facts [[label, value]] and sources [[report, place]]."""
    words = WORDS[type(record)](record)
    now = record.as_now if isinstance(record, Finding) else record
    return {
        "kind": record._meta.label_lower,
        "key": now.public_id,
        "at_version": record.version,
        "words": words,
    }


def _finding(finding):
    if finding.as_now.status == Status.WITHDRAWN:
        # It counted on the day; what it said is not repeated.
        return _words(finding.reference, _("Withdrawn since."), [])
    facts = [
        (_("Inspection"), str(finding.inspection)),
        (_("Published"), _day(finding.inspection.published_on)),
        (_("Attributed to"), finding.attributed_to.full_name),
        (_("Type"), finding.get_finding_type_display()),
        (_("Severity"), finding.get_severity_display()),
        (_("Theme"), finding.theme.name),
    ]
    sources = [
        [str(citation.report) if citation.report else str(finding.inspection), str(citation)]
        for citation in finding.citations.all()
    ]
    return _words(finding.reference, finding.summary, facts, sources)


def _inspection(inspection):
    facts = [
        (_("Inspected"), inspection.inspected_agency.full_name),
        (_("Framework"), str(inspection.framework)),
        (_("Inspectorate"), inspection.lead_inspectorate.full_name),
        (_("Published"), _day(inspection.published_on)),
    ]
    return _words(inspection.reference, str(inspection), facts)


def _recommendation(recommendation):
    facts = [
        (_("Inspection"), str(recommendation.inspection)),
        (_("Addressed to"), recommendation.addressee.full_name),
        (_("Status"), recommendation.get_status_display()),
    ]
    return _words(recommendation.reference, recommendation.text, facts)


def _case(case):
    facts = [
        (_("Inspection"), str(case.inspection)),
        (_("Referred to"), case.to_agency.full_name),
        (_("Outcome"), case.get_outcome_display()),
    ]
    return _words(_("Case referred back"), case.reason, facts)


def _words(title, text, facts, sources=()):
    return {
        "title": title or "",
        "text": text,
        "facts": [[label, value] for label, value in facts if value],
        "sources": list(sources),
    }


def _day(day):
    return date_format(day, "j F Y") if day else ""


WORDS = {Finding: _finding, Inspection: _inspection, Recommendation: _recommendation, CaseReferral: _case}


@dataclass(frozen=True)
class ReadableRow:
    """A kept row as this person may read it: of a finding withdrawn since no words, unless they may see it still."""

    row: FrozenRow
    url: str
    withdrawn_at: object = None

    @property
    def title(self):
        return self.row.words["title"]

    @property
    def words(self):
        return None if self.withdrawn_at else self.row.words


def readable(rows, user):
    """The rows, each with the address of its record where the person may open it."""
    rows = list(rows)
    records = records_of({(row.kind, row.key) for row in rows}, user)
    gone = {
        finding.public_id: finding.withdrawn_at
        for finding in Finding.objects.tombstones(user)
        .filter(public_id__in=[row.key for row in rows if row.kind == Finding._meta.label_lower])
        .exclude(pk__in=Finding.objects.visible_to(user).values("pk"))
    }
    return [
        ReadableRow(
            row,
            records[row.kind, row.key].get_absolute_url() if (row.kind, row.key) in records else "",
            gone.get(row.key),
        )
        for row in rows
    ]


def records_of(known, user):
    """{(kind, public id): the record as it is now}, of those that the person may see, and withdrawn findings."""
    by_kind = {}
    for kind, key in known:
        by_kind.setdefault(kind, set()).add(key)
    found = {}
    for kind, keys in by_kind.items():
        model = apps.get_model(kind)
        visible = model.objects.visible_to(user).filter(public_id__in=keys)
        found |= {(kind, record.public_id): record for record in visible}
        if model is Finding:
            gone = model.objects.tombstones(user).filter(public_id__in=keys)
            found |= {(kind, record.public_id): record for record in gone}
    return found
