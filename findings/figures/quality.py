"""What the published records lack."""

from django.utils.translation import gettext_lazy as _

from agencies.tables import Cell, Column, Table

from ..models.life import WEAKNESSES
from ..statistics.quality import quality_of_findings, quality_of_inspections
from .figure import Section, figure


@figure(
    "data-quality",
    takes=("force", "council"),
    number="21",
    title=_("Data quality"),
    counts=_(
        "Published findings about the police without a page of a report, without a paragraph, without a reason for "
        "their severity, or under the theme “other”; published inspections without the last day of "
        "fieldwork, or whose report nobody has read for findings; open recommendations about the police without an "
        "owner, that is in no submitted plan (every action of a plan names one), or without a due date."
    ),
    of=_(
        "Published findings about the police, or weaknesses among them, of the window; inspections of the window; "
        "recommendations of inspections of the window that were open when the day began."
    ),
    leaves_out=_(
        "The reason for a serious or critical severity is never missing: the register does not accept one "
        "without. Inspections without a date of publication are in no window: today’s dashboards name them. "
        "Recommendations that were closed or superseded."
    ),
)
def data_quality(scope):
    findings = quality_of_findings(scope.findings_within)
    inspections = quality_of_inspections(scope.inspections)

    def finding(label, name, lacks, total="total", **filters):
        return _row(
            label,
            findings[name],
            scope.findings_url(lacks=lacks, **filters),
            findings[total],
            scope.findings_url(**filters),
        )

    def recommendation(label, lacking):
        return _row(
            label,
            scope.follow_up_within[lacking],
            scope.recommendations_url(lacking, window=True),
            scope.follow_up_within["open"],
            scope.recommendations_url("open", window=True),
        )

    def inspection(label, name, lacks):
        return _row(
            label,
            inspections[name],
            scope.inspections_url(lacks=lacks),
            inspections["total"],
            scope.inspections_url(),
        )

    table = Table(
        code="data-quality",
        title=_("What published records lack"),
        columns=(Column(_("Lacking")), Column(_("Records"), numeric=True), Column(_("Of all"), numeric=True)),
        rows=(
            finding(_("Findings without a page of a report"), "no_citation", "citation"),
            finding(_("Findings without a paragraph"), "no_paragraph", "paragraph"),
            finding(
                _("Weaknesses without a reason for their severity"),
                "no_rationale",
                "rationale",
                "weaknesses",
                finding_type=WEAKNESSES,
            ),
            finding(_("Findings under the theme “other”"), "other_theme", "theme"),
            inspection(_("Inspections whose report is not read for findings"), "unread", "reading"),
            inspection(_("Inspections without the last day of fieldwork"), "no_fieldwork", "fieldwork"),
            recommendation(_("Open recommendations without an owner: in no submitted plan"), "without-plan"),
            recommendation(_("Open recommendations without a due date"), "open-undated"),
        ),
    )
    return Section(table=table)


def _row(label, n, url, total, total_url):
    return (
        Cell(label),
        Cell(n, url if n else "", _("lacking")),
        Cell(total, total_url if total else "", _("records")),
    )
