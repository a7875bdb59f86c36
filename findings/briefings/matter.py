"""What a pack lists: serious weaknesses, open recommendations, contested facts, and what improved and how that was verified.

All of it is published and was known on the day. What has been withdrawn since is counted by the figures of that day and
never listed: the pack says how many.
"""

from collections import Counter
from functools import cached_property

from django.db.models import F, Prefetch
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ..documents import Cite, Items, Link, Source, Text, paragraph
from ..models import Citation, RecommendationStatus, Response, Status, Verification
from ..models.follow_up import OPEN, Position
from ..recommendation_words import due_in_words

LISTED = 10
FINDING_WITH = (
    "theme",
    "attributed_to",
    "inspection__inspected_agency",
    "inspection__framework",
    "version_of",
)
LONGEST = 320  # letters of a text that is longer in the register


def sources_of(finding):
    """The pages and paragraphs of reports that say it, a source for each report; without any the inspection."""
    inspection = finding.inspection
    places = {}
    for citation in finding.citations.all():
        report = citation.report
        url = (report.url if report else "") or inspection.report_url
        places.setdefault(url, []).append(citation)
    title = _report(inspection)
    return [
        Source(title, "; ".join(map(str, cited)), _at_page(url, cited[0].page))
        for url, cited in places.items()
    ] or [Source(title, _("no page recorded"), inspection.report_url)]


def _at_page(url, page):
    """The address of the page where the address is that of a PDF."""
    return f"{url}#page={page}" if url.lower().endswith(".pdf") else url


def _report(inspection):
    """The report by its inspection: whom, under what, and when it was published."""
    day = date_format(inspection.published_on, "j F Y")
    return _("Report on %(inspection)s, published on %(day)s") % {"inspection": inspection, "day": day}


def shortened(words):
    """The first words of a long text, with an ellipsis: all of it stands in the register."""
    if len(words) <= LONGEST:
        return words
    return f"{words[:LONGEST].rsplit(' ', 1)[0]} …"


class Matter:
    """The records of one pack. `themes`: ids of the themes that it is of, where it is of one."""

    def __init__(self, scope):
        self.scope = scope
        self.shows_responses = False  # whether a list that was asked for says what an agency answered
        self.themes = scope.theme.families(scope.on)[scope.theme.pk] if scope.theme else None

    def _of_theme(self, records, path="theme"):
        return records.filter(**{f"{path}__in": self.themes}) if self.themes is not None else records

    # Findings

    @cached_property
    def serious_weaknesses(self):
        """Serious and critical weaknesses of the window, the latest first."""
        findings = self._of_theme(self.scope.findings_within).weaknesses().serious()
        return findings.order_by("-inspection__published_on", "reference", "pk")

    def serious_list(self, most=LISTED):
        """The latest of those that stand, each with its page and paragraph, and how many there are."""
        found = self.serious_weaknesses
        total, withdrawn = found.count(), found.withdrawn().count()
        cited = Prefetch("citations", Citation.objects.select_related("report"))
        shown = list(found.standing().select_related(*FINDING_WITH).prefetch_related(cited)[:most])
        followed = self._followed(shown)
        items = tuple(self._finding(finding, followed.get(finding.as_now.pk, ())) for finding in shown)
        without = [paragraph(_("Where no recommendation is named, none is recorded."))]
        return [
            *_how_many(total, len(shown), withdrawn, _serious_url(self.scope)),
            *([Items(items)] if items else []),
            *(without if len(followed) < len(shown) else []),
        ]

    def _finding(self, finding, recommendations):
        head = f"{finding.get_severity_display()}: " if finding.severity else ""
        about = "" if self.scope.force else f"{finding.attributed_to.full_name}; "
        theme = "" if self.scope.theme else f"{finding.theme.name}; "
        return (
            Text(head, strong=True),
            Text(f"{finding.summary} "),
            *(Cite(source) for source in sources_of(finding)),
            Text(f" ({about}{theme}"),
            Link(finding.as_now.reference, finding.get_absolute_url()),
            Text(f"). {self._what_became(recommendations)}".rstrip()),
        )

    def _followed(self, findings):
        """{finding id: its recommendations as known on the day}."""
        ids = [finding.as_now.pk for finding in findings]
        found = self.scope.known.recommendations.as_known_on(self.scope.on).filter(finding__in=ids)
        followed = {}
        for recommendation in found.order_by("reference"):
            followed.setdefault(recommendation.finding_id, []).append(recommendation)
        return followed

    def _what_became(self, recommendations):
        """A sentence on the recommendations that it led to."""
        if not recommendations:
            return ""
        counts = Counter(RecommendationStatus(found.status_then).label for found in recommendations)
        said = ", ".join(f"{label} {n}" if n > 1 else str(label) for label, n in counts.items())
        return _("Recommendations: %(statuses)s.") % {"statuses": said}

    # Recommendations

    @cached_property
    def recommendations(self):
        """Those of the scope and theme as known on the day, of findings that still stand."""
        found = self._of_theme(self.scope.recommendations, "finding__theme")
        found = found.filter(finding__status=Status.PUBLISHED).as_known_on(self.scope.on)
        return found.select_related("addressee", "finding__attributed_to", "finding__theme")

    @cached_property
    def _open_ones(self):
        return self.recommendations.in_status(*OPEN)

    @cached_property
    def open_total(self):
        return self._open_ones.count()

    def open_list(self):
        """Open recommendations, the longest overdue first."""
        found = self._open_ones.order_by(F("due_on_then").asc(nulls_last=True), "reference")
        shown = list(found[:LISTED])
        positions = self._positions(shown)
        self.shows_responses |= bool(positions)
        items = tuple(
            self._open(recommendation, positions.get(recommendation.pk)) for recommendation in shown
        )
        total = self.open_total
        nothing = [paragraph(_("No recommendation is open."))]
        more = _("The first %(n)s of %(total)s, by the date due:") % {"n": len(shown), "total": total}
        return ([paragraph(more)] if total > len(shown) else []) + ([Items(items)] if items else nothing)

    def _open(self, recommendation, response):
        status = RecommendationStatus(recommendation.status_then).label
        due = due_in_words(recommendation.due_on_then, self.scope.on)
        day = date_format(recommendation.due_on_then, "j F Y") if recommendation.due_on_then else ""
        late = recommendation.due_on_then is not None and recommendation.due_on_then < self.scope.on
        return (
            Text(f"{due}: " if late else "", strong=True),
            Text(f"{shortened(recommendation.text)} "),
            Text(f"({recommendation.addressee.full_name}; "),
            Link(recommendation.reference, recommendation.get_absolute_url()),
            Text(f"; {status}"),
            Text("; " + _("due on %(day)s") % {"day": day} if day else f"; {due}"),
            Text(f"; {response.get_position_display()}" if response else ""),
            Text(")"),
        )

    def _positions(self, recommendations):
        """{recommendation id: the response that was its latest on the day}, of those that the reader may read."""
        found = self._responses().filter(recommendation__in=recommendations)
        return {response.recommendation_id: response for response in found.order_by("received_on", "number")}

    def _responses(self):
        """Responses known on the day that the reader may read."""
        return Response.objects.visible_to(self.scope.known.user).filter(received_on__lt=self.scope.on)

    def contested_list(self):
        """Findings whose facts an agency contests, by the latest that it said before the day."""
        findings = self._of_theme(self.scope.findings)
        latest = {}
        answers = self._responses().filter(recommendation=None, finding__in=findings.standing_for())
        for response in answers.select_related("by_agency", "finding").order_by("received_on", "number"):
            latest[response.finding_id, response.by_agency_id] = response
        contested = [
            response for response in latest.values() if response.position == Position.FACTS_CONTESTED
        ]
        self.shows_responses |= bool(contested)
        items = tuple(
            (
                Link(response.finding.reference, response.finding.get_absolute_url()),
                Text(
                    _(": %(agency)s contests the facts (received on %(day)s).")
                    % {
                        "agency": response.by_agency.full_name,
                        "day": date_format(response.received_on, "j F Y"),
                    }
                ),
            )
            for response in contested
        )
        nothing = _("No response that you may read contests the facts of a finding.")
        return [Items(items)] if items else [paragraph(nothing)]

    def improved_list(self):
        """Recommendations verified and closed, with who saw what: the latest first."""
        found = self.recommendations.in_status(RecommendationStatus.CLOSED)
        seen = Verification.objects.visible_to(self.scope.known.user).filter(
            recommendation__in=found, closes=True, on__lt=self.scope.on
        )
        last = {
            v.recommendation_id: v
            for v in seen.select_related("through__inspected_agency", "through__framework").order_by(
                "on", "pk"
            )
        }
        closed = sorted(
            (recommendation for recommendation in found if recommendation.pk in last),
            key=lambda recommendation: (last[recommendation.pk].on, recommendation.reference),
            reverse=True,
        )
        items = tuple(
            self._improved(recommendation, last[recommendation.pk]) for recommendation in closed[:LISTED]
        )
        if not items:
            return [paragraph(_("No recommendation had been verified and closed."))]
        more = _("The latest %(n)s of %(total)s:") % {"n": len(items), "total": len(closed)}
        return [*([paragraph(more)] if len(closed) > len(items) else []), Items(items)]

    @staticmethod
    def _improved(recommendation, verification):
        through = verification.through
        source = (
            (Cite(Source(_report(through), url=through.report_url or through.get_absolute_url())),)
            if through
            else ()
        )
        return (
            Text(f"{verification.get_progress_display()}: ", strong=True),
            Text(f"{shortened(recommendation.text)} ("),
            Link(recommendation.reference, recommendation.get_absolute_url()),
            Text(
                _("; %(kind)s on %(day)s) ")
                % {
                    "kind": verification.get_kind_display(),
                    "day": date_format(verification.on, "j F Y"),
                }
            ),
            *source,
            Text(" " + _("What was seen: %(text)s") % {"text": shortened(verification.text)}),
        )


def _serious_url(scope):
    themed = {"theme": scope.theme.code} if scope.theme else {}
    return scope.three_urls(**themed)["serious"]


def _how_many(total, shown, withdrawn, url):
    """A line that says how many there are, where they are not all listed."""
    if not total:
        return [paragraph(_("None was found in this window."))]
    said = []
    if total > shown + withdrawn:
        said.append(_("The latest %(n)s of %(total)s.") % {"n": shown, "total": total})
    if withdrawn:
        words = _("%(n)s of the %(total)s counted have been withdrawn since; their words are not given.")
        said.append(words % {"n": withdrawn, "total": total})
    return [paragraph(f"{' '.join(said)} ", Link(_("All of them in the register"), url))] if said else []
