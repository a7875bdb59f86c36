"""What a figure is asked of: whose records, as of which day, of which window, force, council or theme."""

from dataclasses import dataclass, replace
from functools import cached_property

from agencies.listing import url_with
from agencies.models import Agency
from inspections.models import Inspection
from inspections.periods import Period, Window

from ..models import CaseReferral, Recommendation, Theme
from ..models.life import SERIOUS, WEAKNESSES
from ..statistics import follow_up
from ..statistics.known import Known
from ..statistics.themes import recurring


@dataclass(frozen=True)
class Scope:
    """The records of a figure, and the addresses of exactly these records in the lists."""

    known: Known
    period: Period
    force: Agency | None = None
    council: Agency | None = None
    theme: Theme | None = None
    inspection: Inspection | None = None
    sort: str = ""

    # Records

    @cached_property
    def concerning(self):
        """Inspections known on the day: this one, of the council, or that concern the force, or all."""
        inspections = self.known.inspections
        if self.inspection:
            inspections = inspections.filter(pk=self.inspection.pk)
        if self.council:
            inspections = inspections.filter(inspected_agency=self.council)
        return inspections.of_force(self.force) if self.force else inspections

    @cached_property
    def inspections(self):
        """Those published in the window."""
        return self.concerning.published_within(self.period.start, self.period.end)

    @cached_property
    def read(self):
        """Those whose findings about the police are recorded here, so that none means none found."""
        return self.inspections.read_for_police()

    @cached_property
    def findings(self):
        """Findings known on the day: attributed to the force, else to any; of this inspection, of the council's."""
        findings = self.known.findings
        if self.inspection:
            findings = findings.filter(inspection=self.inspection)
        if self.council:
            findings = findings.filter(inspection__inspected_agency=self.council)
        return findings.filter(attributed_to=self.force) if self.force else findings.about_police()

    @cached_property
    def findings_within(self):
        """Those of inspections published in the window."""
        return self._within(self.findings)

    def _within(self, records):
        return records.filter(
            inspection__published_on__gte=self.period.start, inspection__published_on__lt=self.period.end
        )

    @cached_property
    def recurring(self):
        """Weaknesses of the window and theme with `recurs`: whether the force had the theme before, anywhere."""
        among = self.findings
        if self.theme:
            among = among.filter(theme__in=self.theme.families(self.on)[self.theme.pk])
        return recurring(self.known.findings, self.period.start, self.period.end, self.on, among=among)

    @cached_property
    def recommendations(self):
        """Recommendations known on the day: of the findings of this scope, of one inspection those of all its findings."""
        return Recommendation.objects.issued_before(self.on).of_findings(self._recommended)

    @cached_property
    def recommendations_within(self):
        """Those of inspections published in the window."""
        return Recommendation.objects.issued_before(self.on).of_findings(self._within(self._recommended))

    @property
    def _recommended(self):
        return self.known.findings.filter(inspection=self.inspection) if self.inspection else self.findings

    @cached_property
    def follow_up(self):
        """{measure: n} of the recommendations, "all" among them."""
        return follow_up.counts(self.recommendations, self.on, self.known.findings)

    @cached_property
    def follow_up_within(self):
        """The same of those of the window."""
        if self.period.window == Window.ALL:
            return self.follow_up
        return follow_up.counts(self.recommendations_within, self.on, self.known.findings)

    @cached_property
    def cases(self):
        """Cases referred back of inspections of the window: of a force those referred to it."""
        cases = CaseReferral.objects.known_to(self.known.user, on=self.on, corrected=self.known.corrected)
        cases = self._within(cases)
        if self.inspection:
            cases = cases.filter(inspection=self.inspection)
        if self.council:
            cases = cases.filter(inspection__inspected_agency=self.council)
        return cases.filter(to_agency=self.force) if self.force else cases

    @property
    def on(self):
        return self.known.on

    @cached_property
    def inspections_total(self):
        return self.inspections.count()

    @cached_property
    def read_total(self):
        return self.read.count()

    # Addresses

    @property
    def as_known(self):
        return {"as_of": self.on.isoformat(), "corrected": "true" if self.known.corrected else ""}

    @property
    def about(self):
        """The filter of inspections that found a weakness of this force; without a force: of any police force."""
        return {"about": self.force.slug} if self.force else {"weakness": "any"}

    def inspections_url(self, *, window=True, **filters):
        """The list of inspections, of this scope: as known on the day, published in the window."""
        own = {
            "force": self.force.slug if self.force else "",
            "agency": self.council.slug if self.council else "",
            "inspection": self.inspection.public_id if self.inspection else "",
        }
        return url_with(
            "/inspections/", **self.as_known, **(self.period.published if window else {}), **(own | filters)
        )

    def findings_url(self, *, window=True, **filters):
        """The list of findings, of this scope: as known on the day, published in the window."""
        own = {
            "agency": self.force.slug if self.force else "",
            "about_police": "" if self.force else "true",
            "council": self.council.slug if self.council else "",
            "inspection": self.inspection.public_id if self.inspection else "",
        }
        return url_with(
            "/findings/", **self.as_known, **(self.period.published if window else {}), **(own | filters)
        )

    def recommendations_url(self, measure="", *, window=False, **filters):
        """The list of recommendations, of this scope: as known on the day, those that the measure counts."""
        own = {
            "force": self.force.slug if self.force else "",
            "about_police": "" if self.force or self.inspection else "true",
            "council": self.council.slug if self.council else "",
            "inspection": self.inspection.public_id if self.inspection else "",
            "measure": measure,
        }
        return url_with(
            "/recommendations/",
            **self.as_known,
            **(self.period.published if window else {}),
            **(own | filters),
        )

    def cases_url(self, **filters):
        """The list of cases referred back, of this scope."""
        own = {
            "to_agency": self.force.slug if self.force else "",
            "council": self.council.slug if self.council else "",
            "inspection": self.inspection.public_id if self.inspection else "",
        }
        return url_with("/cases/", **self.as_known, **self.period.published, **(own | filters))

    def three_urls(self, **filters):
        """{weaknesses, serious, strengths}: the lists behind them."""
        return {
            "weaknesses": self.findings_url(finding_type=WEAKNESSES, **filters),
            "serious": self.findings_url(finding_type=WEAKNESSES, severity=SERIOUS, **filters),
            "strengths": self.findings_url(finding_type=["strength"], **filters),
        }

    @property
    def query(self):
        """The scope as it stands in the address of a figure."""
        return {
            **self.period.query,
            "force": self.force.slug if self.force else "",
            "council": self.council.slug if self.council else "",
            "theme": self.theme.code if self.theme else "",
            "inspection": self.inspection.public_id if self.inspection else "",
            "corrected": "true" if self.known.corrected else "",
        }

    def figure_url(self, code, **more):
        return url_with(f"/figures/{code}/", **(self.query | more))

    def agency_url(self, agency):
        """The agency's page, of the same day and window."""
        return url_with(agency.get_absolute_url(), **self.day_query)

    @property
    def day_query(self):
        """Day, window and whether without what was withdrawn since: what the next dashboard keeps."""
        return {**self.period.query, "corrected": "true" if self.known.corrected else ""}

    def takeaway_url(self, code, file_format):
        return self.figure_url(code, sort=self.sort, take=file_format)

    def of(self, **changes):
        """The same scope with something changed; what was counted for it is counted anew."""
        return replace(self, **changes)

    @property
    def corrected(self):
        """The same with findings as they read now, without those withdrawn since."""
        return self.of(known=Known(self.known.user, self.on, corrected=True))

    @cached_property
    def withdrawn_since(self):
        """Findings of this scope that counted on the day and have been withdrawn since, of whatever window.

        Of any window, because some figures look beyond theirs; of a council those about the council, too.
        """
        findings = self.known.withdrawn_since
        return findings.none() if self.known.corrected else self.of_whatever_window(findings)

    @cached_property
    def corrected_since(self):
        """What findings of this scope said that counted on the day and have been corrected since."""
        findings = self.known.corrected_since
        return findings.none() if self.known.corrected else self.of_whatever_window(findings)

    def of_whatever_window(self, findings):
        """Those of the findings that touch this scope."""
        if self.inspection:
            return findings.filter(inspection=self.inspection)
        if self.council:
            return findings.filter(inspection__inspected_agency=self.council)
        return findings.filter(attributed_to=self.force) if self.force else findings.about_police()

    @property
    def withdrawn_url(self):
        return self._of_whatever_window_url(withdrawn="true")

    @property
    def corrected_url(self):
        return self._of_whatever_window_url(reworded="true")

    def _of_whatever_window_url(self, **filters):
        about = {"about_police": ""} if self.council or self.inspection else {}
        return self.findings_url(window=False, **filters, **about)
