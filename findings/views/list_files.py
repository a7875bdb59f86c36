"""The lists of findings, inspections and cases as tables to take away: every row, in the order shown, published ones only."""

from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from agencies.tables import Cell, Column, Table

from ..models import Status
from .inspection_tallies import NOTHING, tallies_of

ROWS_AT_ONCE = 1000


def about_list(request, listing, title, day):
    """The header of a list's file: its filters in words, as of when, taken by whom and when."""
    filters = "; ".join(chip["label"] for chip in listing["chips"])
    return [
        (_("List"), title),
        (_("Filter"), filters or _("none")),
        (_("As known on"), day or _("now")),
        (_("Left out"), _("records that are not published")),
        (_("Taken by"), request.user.get_full_name()),
        (_("Taken on"), timezone.now()),
        (_("Address"), request.build_absolute_uri()),
        (_("Licence"), "Open Government Licence v3.0"),
    ]


def findings_table(findings, day):
    """Published findings, those withdrawn since the day without their words."""
    kept = findings if day else findings.published()
    return Table(
        code="findings",
        title=_("Findings"),
        columns=tuple(
            Column(label)
            for label in (
                _("Reference"),
                _("Type"),
                _("Severity"),
                _("Attributed to"),
                _("With partners"),
                _("Theme"),
                _("Systemic"),
                _("Inspected"),
                _("Framework"),
                _("Inspection"),
                _("Published on"),
                _("Status"),
                _("Summary"),
                _("Where the report says it"),
            )
        ),
        rows=(
            _finding_row(finding)
            for finding in kept.select_related(
                "theme",
                "attributed_to",
                "inspection__inspected_agency",
                "inspection__framework",
                "version_of",
            )
            .prefetch_related("citations")
            .iterator(chunk_size=ROWS_AT_ONCE)
        ),
    )


def _finding_row(finding):
    withdrawn = finding.as_now.status == Status.WITHDRAWN
    inspection = finding.inspection
    places = "; ".join(str(citation) for citation in finding.citations.all())
    values = (
        finding.as_now.reference,
        finding.get_finding_type_display(),
        finding.get_severity_display(),
        finding.attributed_to.full_name,
        _now("Yes") if finding.with_partners else _now("No"),
        finding.theme.name,
        _now("Yes") if finding.systemic else _now("No"),
        inspection.inspected_agency.full_name,
        inspection.framework.code,
        inspection.reference,
        inspection.published_on,
        _now("Corrected since")
        if finding.version_of_id and not withdrawn
        else finding.as_now.get_status_display(),
        _now("Withdrawn: its words are not given.") if withdrawn else finding.summary,
        "" if withdrawn else places,
    )
    return tuple(Cell(value) for value in values)


def inspections_table(user, inspections, day):
    """Published inspections with what each found about the police."""
    return Table(
        code="inspections",
        title=_("Inspections"),
        columns=(
            Column(_("Reference")),
            Column(_("Inspected")),
            Column(_("Framework")),
            Column(_("Cycle")),
            Column(_("Inspectorate in the lead")),
            Column(_("First day of fieldwork")),
            Column(_("Last day of fieldwork")),
            Column(_("Published on")),
            Column(_("Overall grade")),
            Column(_("What is recorded here")),
            Column(_("Weaknesses of the police"), numeric=True),
            Column(_("Serious or critical"), numeric=True),
            Column(_("Strengths"), numeric=True),
        ),
        rows=_inspection_rows(user, inspections.published().select_related("lead_inspectorate"), day),
    )


def _inspection_rows(user, inspections, day):
    batch = []
    for inspection in inspections.iterator(chunk_size=ROWS_AT_ONCE):
        batch.append(inspection)
        if len(batch) == ROWS_AT_ONCE:
            yield from _with_counts(user, batch, day)
            batch = []
    yield from _with_counts(user, batch, day)


def _with_counts(user, batch, day):
    counts = tallies_of(user, batch, day)
    for inspection in batch:
        grade = inspection.overall[0].given if inspection.overall else None
        found = counts.get(inspection.pk, NOTHING)
        read = inspection.is_read_for_police or any(found.values())
        values = (
            inspection.reference,
            inspection.inspected_agency.full_name,
            inspection.framework.code,
            inspection.cycle,
            inspection.lead_inspectorate.name,
            inspection.fieldwork_from,
            inspection.fieldwork_to,
            inspection.published_on,
            grade,
            inspection.get_coverage_display(),
            *(found[name] if read else None for name in NOTHING),
        )
        yield tuple(Cell(value) for value in values)


def cases_table(referrals, day):
    """Cases referred back that everybody may see; as of a day those of findings withdrawn since, without their words."""
    kept = referrals if day else referrals.public()
    return Table(
        code="cases-referred-back",
        title=_("Cases referred back"),
        columns=tuple(
            Column(label)
            for label in (
                _("Referred to"),
                _("Referred on"),
                _("Inspected"),
                _("Inspection"),
                _("Finding"),
                _("Why it was referred back"),
                _("Outcome"),
                _("Resolved on"),
                _("Days from referral to resolution"),
                _("What came of it"),
            )
        ),
        rows=(_case_row(referral, day) for referral in kept.iterator(chunk_size=ROWS_AT_ONCE)),
    )


def _case_row(referral, day):
    finding, inspection = referral.finding, referral.inspection
    withdrawn = finding is not None and finding.status == Status.WITHDRAWN
    unknown = not referral.outcome or bool(day and referral.resolved_on and referral.resolved_on >= day)
    values = (
        referral.to_agency.full_name,
        referral.referred_on,
        inspection.inspected_agency.full_name,
        inspection.reference,
        finding.reference if finding else "",
        _now("Withdrawn: its words are not given.") if withdrawn else referral.reason,
        _now("Not known yet") if unknown else referral.get_outcome_display(),
        None if unknown else referral.resolved_on,
        None if unknown else referral.days,
        "" if unknown or withdrawn else referral.outcome_note,
    )
    return tuple(Cell(value) for value in values)
