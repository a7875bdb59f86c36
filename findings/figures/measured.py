"""What figures of recommendations share: whom they are about, and numbers that open exactly their rows."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from agencies.tables import Cell

from .figure import Value

TAKES = ("force", "council", "inspection")
NO_RECOMMENDATIONS = _("No recommendations")
ABOUT_POLICE = _(
    "Recommendations about the police are those of findings attributed to a police force (of a force: to that force), "
    "whomever they are addressed to; of one inspection all its recommendations count. A step counts from the day after "
    "it was taken, whenever it was recorded."
)
SUPERSEDED = _("Superseded ones: the one that took over counts instead, from the dates first set.")


def and_whom(words):
    """What a figure leaves out, and whom recommendations are about."""
    return format_lazy("{} {}", words, ABOUT_POLICE)


def share(scope, n, total, label, *, window=False, nothing=NO_RECOMMENDATIONS, alert=False):
    """n of total, both named by their measures; each opens its rows."""
    counts = scope.follow_up_within if window else scope.follow_up
    return Value(
        n=counts[n],
        total=counts[total],
        label=label,
        url=scope.recommendations_url(n, window=window),
        total_url=scope.recommendations_url("" if total == "all" else total, window=window),
        nothing=nothing,
        tone="alert" if alert and counts[n] else "",
    )


def counted(scope, measure, label):
    """A cell of a table: the number, opening its rows."""
    n = scope.follow_up[measure]
    return Cell(n, scope.recommendations_url(measure) if n else "", label)
