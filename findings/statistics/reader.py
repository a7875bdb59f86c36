"""How right the reader was: of what people decided, how much they left as it was proposed."""

from dataclasses import dataclass

from django.db.models import Count, F, Q
from django.db.models.functions import TruncMonth
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ..models import FindingType, ProposalStatus

KEPT = Q(status__in=(ProposalStatus.ACCEPTED, ProposalStatus.EDITED))
COUNTED = {
    "judged": Count("pk"),
    "accepted": Count("pk", filter=KEPT),
    "rejected": Count("pk", filter=Q(status=ProposalStatus.REJECTED)),
    "same_theme": Count("pk", filter=KEPT & Q(decided_theme=F("theme"))),
    "same_type": Count("pk", filter=KEPT & Q(decided_type=F("finding_type"))),
    "unchanged": Count("pk", filter=Q(status=ProposalStatus.ACCEPTED)),
}
SHARES_FROM = 5  # fewer are counted, without a share


@dataclass(frozen=True)
class Row:
    """What was decided of the proposals with one theme, of one type, or in one month. All are counts."""

    label: str
    judged: int
    accepted: int
    rejected: int
    same_theme: int
    same_type: int
    unchanged: int

    def of_judged(self, number):
        """ "n of N", with the share where N is large enough to say one."""
        words = _("%(n)s of %(all)s") % {"n": number, "all": self.judged}
        if self.judged < SHARES_FROM:
            return words
        return _("%(words)s (%(share)s%%)") % {"words": words, "share": round(100 * number / self.judged)}

    @property
    def cells(self):
        return [
            self.of_judged(number)
            for number in (self.unchanged, self.same_theme, self.same_type, self.accepted, self.rejected)
        ]


def agreement(proposals):
    """[(title, [Row])]: all, by theme, by type and by month of the decision; by the version that proposed last.

    Merged ones are not counted: whether they were right is said by what they went into.
    """
    judged = proposals.judged().order_by()
    total = judged.aggregate(**COUNTED)
    themes = judged.values("theme__name").annotate(**COUNTED).order_by("theme__order", "theme__name")
    types = judged.values("finding_type").annotate(**COUNTED).order_by("finding_type")
    months = (
        judged.annotate(month=TruncMonth("decided_at")).values("month").annotate(**COUNTED).order_by("month")
    )
    readers = judged.values("reader").annotate(**COUNTED).order_by("reader")
    return [
        (_("All"), [Row(_("All decided"), **total)] if total["judged"] else []),
        (_("By proposed theme"), [_row(row, row.pop("theme__name") or _("None proposed")) for row in themes]),
        (_("By proposed type"), [_row(row, FindingType(row.pop("finding_type")).label) for row in types]),
        (_("By month of the decision"), [_row(row, date_format(row.pop("month"), "F Y")) for row in months]),
        (_("By version of the reader"), [_row(row, row.pop("reader")) for row in readers]),
    ]


def _row(counts, label):
    return Row(str(label), **counts)
