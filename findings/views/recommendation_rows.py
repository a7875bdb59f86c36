"""Recommendations as rows: of the list, of the panel on other pages, and of the files to take away."""

from dataclasses import dataclass
from datetime import date

from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from agencies.listing import url_with
from agencies.tables import Cell, Column, Table

from ..models import Recommendation, RecommendationStatus, Status
from ..models.follow_up import NOT_ISSUED, OPEN
from ..recommendation_words import due_in_words
from .list_files import ROWS_AT_ONCE

SHOWN_WITH = (
    "addressee",
    "finding__theme",
    "finding__attributed_to",
    "finding__inspection__inspected_agency",
    "finding__inspection__framework",
)
SHOWN = 25  # rows of a panel; the list behind its link has them all


@dataclass(frozen=True)
class Row:
    """One recommendation as it was known on a day, or as it is today."""

    recommendation: Recommendation
    on: date  # the day against which it is overdue

    @property
    def status(self):
        return self.recommendation.status_then

    @property
    def status_label(self):
        return RecommendationStatus(self.status).label

    @property
    def due_on(self):
        return self.recommendation.due_on_then

    @property
    def due_first(self):
        return self.recommendation.due_first_then

    @property
    def is_open(self):
        return self.status in OPEN

    @property
    def is_issued(self):
        return self.status not in NOT_ISSUED

    @property
    def is_moved(self):
        """Whether the due date is another one than the one first set."""
        return self.due_on != self.due_first

    @property
    def is_overdue(self):
        return self.is_open and self.due_on is not None and self.due_on < self.on

    @property
    def due_words(self):
        """How far off the due date of an open one is; "" for others."""
        return due_in_words(self.due_on, self.on) if self.is_open else ""

    @property
    def is_withdrawn(self):
        """Withdrawn since, with its finding: it is named, its words are not shown."""
        return self.recommendation.finding.status == Status.WITHDRAWN


def rows_of(recommendations, day=None):
    """Rows of recommendations read with `as_known_on(day)` and SHOWN_WITH."""
    on = day or timezone.localdate()
    return [Row(recommendation, on) for recommendation in recommendations]


def recommendations_panel(user, *, finding=None, **only):
    """What components/recommendations_panel.html needs: the recommendations of a finding, or with `inspection`,
    `addressee` or `about` (an agency) those of one of these; only what the person may see.

    Of a finding it also offers to add one, to those who may. One query, and what rights ask.
    """
    columns = {
        "inspection": "finding__inspection",
        "addressee": "addressee",
        "about": "finding__attributed_to",
    }
    visible = Recommendation.objects.visible_to(user).exclude(status=RecommendationStatus.WITHDRAWN)
    if finding:
        visible = visible.filter(finding=finding)
    else:
        visible = visible.exclude(finding__status=Status.WITHDRAWN)
    visible = visible.filter(**{columns[name]: value for name, value in only.items()})
    found = rows_of(
        visible.as_known_on(None)
        .select_related(*SHOWN_WITH)
        .order_by(F("issued_on").desc(nulls_first=True), "pk")[: SHOWN + 1]
    )
    query = {name: getattr(value, "slug", None) or value.public_id for name, value in only.items()}
    if finding:
        query["finding"] = finding.public_id
    may_add = finding is not None and finding.takes_recommendations_from(user)
    return {
        "recommendation_rows": found[:SHOWN],
        "recommendations_more": len(found) > SHOWN,
        "recommendations_url": url_with(reverse("recommendations"), **query),
        "recommendation_add_url": reverse("recommendation_add", args=[finding.public_id]) if may_add else "",
    }


COLUMNS = (
    _("Reference"),
    _("Recommendation"),
    _("Addressed to"),
    _("About the practice of"),
    _("Inspected"),
    _("Inspection"),
    _("Finding"),
    _("Theme"),
    _("Priority"),
    _("Timescale as printed"),
    _("Issued on"),
    _("First issued on"),
    _("Due date as first set"),
    _("Where it comes from"),
    _("Due date now"),
    _("Status"),
    _("Overdue"),
)


def recommendations_table(recommendations, day):
    """Issued ones of published findings; as of a day those withdrawn since too, without their words."""
    kept = recommendations if day else recommendations.issued()
    on = day or timezone.localdate()
    return Table(
        code="recommendations",
        title=_("Recommendations"),
        columns=tuple(Column(label) for label in COLUMNS),
        rows=(_cells(Row(found, on)) for found in kept.iterator(chunk_size=ROWS_AT_ONCE)),
    )


def _cells(row):
    found = row.recommendation
    finding, inspection = found.finding, found.inspection
    values = (
        found.reference,
        _now("Withdrawn: its words are not given.") if row.is_withdrawn else found.text,
        found.addressee.full_name,
        finding.attributed_to.full_name,
        inspection.inspected_agency.full_name,
        inspection.reference,
        finding.reference,
        finding.theme.name,
        found.get_priority_display(),
        "" if row.is_withdrawn else found.timescale,
        found.issued_on,
        found.first_issued_on,
        row.due_first,
        found.get_due_basis_display() if found.due_basis else "",
        row.due_on,
        row.status_label,
        _now("Yes") if row.is_overdue else _now("No"),
    )
    return tuple(Cell(value) for value in values)
