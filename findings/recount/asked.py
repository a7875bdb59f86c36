"""What a figure is asked of, on plain rows: what a person may count as of a day, and in which window."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from .rows import Rows

PUBLIC = ("published", "closed")
READ = ("all", "police")
WEAKNESSES = ("area_for_improvement", "weakness", "priority_action", "cause_of_concern")
SERIOUS = ("serious", "critical")


def months_back(day, months):
    """The same day of an earlier month, or its last day where it has no such day."""
    year, month = day.year, day.month - months
    while month < 1:
        year, month = year - 1, month + 12
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def window(kind, on, days=None):
    """((first day, first day after), the same of the window before or None) of a window as of a day."""
    yesterday = on - timedelta(1)
    if kind == "all":
        return (date.min, on), None
    if kind == "custom":
        start, end = days
        return (start, end), (start - (end - start), start)
    if kind == "year":
        start = months_back(on, 12)
    else:
        month = {"financial": 4, "academic": 9}[kind]
        start = date(yesterday.year if yesterday.month >= month else yesterday.year - 1, month, 1)
    return (start, on), (months_back(start, 12), months_back(on, 12))


def is_weakness(finding):
    return finding["finding_type"] in WEAKNESSES


def is_serious(finding):
    return is_weakness(finding) and finding["severity"] in SERIOUS


def is_read(inspection):
    return inspection["coverage"] in READ


@dataclass(frozen=True)
class Asked:
    """`sees`: the person is active and has a complete role. Force, council, theme and inspection are ids.

    `reader`: the person's (id, role, agency's id), for the letters that not everybody may read.
    """

    rows: Rows
    sees: bool
    on: date
    start: date
    end: date
    before: tuple | None = None
    corrected: bool = False
    force: int | None = None
    council: int | None = None
    theme: int | None = None
    inspection: int | None = None
    reader: tuple = (None, "", None)

    def within(self, inspection):
        return self.start <= inspection["published_on"] < self.end

    # Known on the day

    def _is_known(self, inspection):
        """Published before the day began: by the date of its report and, if it came out here, by its coming out."""
        return (
            self.sees
            and inspection["status"] in PUBLIC
            and inspection["published_on"] is not None
            and inspection["published_on"] < self.on
            and (inspection["here_on"] is None or inspection["here_on"] < self.on)
        )

    @cached_property
    def known(self):
        return {pk: row for pk, row in self.rows.inspections.items() if self._is_known(row)}

    @cached_property
    def known_findings(self):
        """Those published before the day began and not withdrawn by its end, as they read at its end; corrected:
        as they read now, without those withdrawn since."""
        return [
            finding if self.corrected else self._as_it_read(finding)
            for finding in self.rows.findings
            if finding["version_of_id"] is None
            and finding["inspection_id"] in self.known
            and (finding["here_on"] is None or finding["here_on"] < self.on)
            and (finding["status"] == "published" or self._was_withdrawn_later(finding))
        ]

    def _was_withdrawn_later(self, finding):
        return (
            not self.corrected
            and finding["status"] == "withdrawn"
            and finding["reference"] is not None  # else it never was published
            and finding["withdrawn_on"] > self.on
        )

    def _as_it_read(self, finding):
        """The version that was replaced first after the day; the finding itself where none was."""
        later = [row for row in self._earlier_versions.get(finding["pk"], []) if row["replaced_on"] > self.on]
        return min(later, key=lambda row: row["replaced_at"], default=finding)

    @cached_property
    def _earlier_versions(self):
        versions = {}
        for row in self.rows.findings:
            if row["version_of_id"] is not None:
                versions.setdefault(row["version_of_id"], []).append(row)
        return versions

    @cached_property
    def known_grades(self):
        """Judgements with a grade, oldest first; of one day in the order in which they were recorded."""
        graded = [
            judgement
            for judgement in self.rows.judgements
            if judgement["grade_id"] is not None and judgement["inspection_id"] in self.known
        ]
        return sorted(graded, key=lambda row: (row["inspection"]["published_on"], row["pk"]))

    # Of the scope

    @cached_property
    def concerning(self):
        """Known inspections: this one, of the council, or that concern the force, or all."""
        return {
            pk: row
            for pk, row in self.known.items()
            if (self.inspection is None or pk == self.inspection)
            and (self.council is None or row["inspected_agency_id"] == self.council)
            and (self.force is None or self.force in self.rows.concerned[pk])
        }

    @cached_property
    def inspections(self):
        """Those published in the window."""
        return {pk: row for pk, row in self.concerning.items() if self.within(row)}

    @cached_property
    def read(self):
        return {pk: row for pk, row in self.inspections.items() if is_read(row)}

    @cached_property
    def findings(self):
        """Attributed to the force, else to any police force; of the council's inspections."""
        return [
            finding
            for finding in self.known_findings
            if (self.inspection is None or finding["inspection_id"] == self.inspection)
            and (self.council is None or finding["inspection"]["inspected_agency_id"] == self.council)
            and (
                finding["attributed_to_id"] == self.force
                if self.force
                else self.rows.is_force(finding["attributed_to_id"])
            )
        ]

    @cached_property
    def findings_within(self):
        return [finding for finding in self.findings if self.within(finding["inspection"])]

    # Recommendations of the scope

    def recommendations_of(self, findings):
        """Those of these findings that were issued before the day: each row with its finding as it read then."""
        by_id = {finding["version_of_id"] or finding["pk"]: finding for finding in findings}
        return [
            {**row, "finding": by_id[row["finding_id"]]}
            for row in self.rows.recommendations
            if row["finding_id"] in by_id
            and row["status"] not in ("draft", "withdrawn")
            and row["issued_on"] < self.on
        ]

    @cached_property
    def recommendations(self):
        """Of findings about the police, or about the force; of one inspection all."""
        if self.inspection is not None:
            return self.recommendations_of(
                [finding for finding in self.known_findings if finding["inspection_id"] == self.inspection]
            )
        return self.recommendations_of(self.findings)

    @cached_property
    def recommendations_within(self):
        return [row for row in self.recommendations if self.within(row["finding"]["inspection"])]

    def reads_letter(self, letter):
        """A sent one: published, or of their own; a manager's inspectorate's; to their agency. Auditors read all."""
        person, role, agency = self.reader
        if not self.sees:
            return False
        to_it = letter["to_agency_id"] == agency and role in ("inspector", "manager", "respondent")
        from_it = letter["from_agency_id"] == agency
        return (
            letter["public"]
            or role == "auditor"
            or to_it
            or (role == "manager" and from_it)
            or (role == "inspector" and from_it and letter["author_id"] == person)
        )

    # Forces and themes of the day

    def exists(self, agency):
        return (agency["opened_on"] is None or agency["opened_on"] <= self.on) and (
            agency["closed_on"] is None or self.on <= agency["closed_on"]
        )

    @cached_property
    def forces(self):
        """The territorial forces that existed on the day."""
        return {
            pk
            for pk, agency in self.rows.agencies.items()
            if self.sees
            and agency["kind"] == "police_force"
            and not agency["special"]
            and self.exists(agency)
        }

    def counted_as(self, theme):
        """The theme that had taken it over by the day, at the end of the chain; else itself."""
        seen = set()
        while theme not in seen:
            seen.add(theme)
            row = self.rows.themes[theme]
            if row["retired_into_id"] is not None and row["retired_on"] <= self.on:
                theme = row["retired_into_id"]
        return theme

    def is_of_theme(self, finding):
        """Under the theme asked for or one merged into it by the day, directly or through another."""
        if self.theme is None:
            return True
        theme, seen = finding["theme_id"], set()
        while theme not in seen:
            if theme == self.theme:
                return True
            seen.add(theme)
            row = self.rows.themes[theme]
            if row["retired_into_id"] is not None and row["retired_on"] <= self.on:
                theme = row["retired_into_id"]
        return False

    @cached_property
    def forces_inspected(self):
        """Territorial forces that an inspection of the window concerns, or to which one attributes a finding."""
        return self._inspected(self.inspections)

    @cached_property
    def forces_read(self):
        """The same of inspections whose reports are read."""
        return self._inspected(self.read)

    def _inspected(self, inspections):
        forces = set().union(*(self.rows.concerned[pk] for pk in inspections))
        forces |= {f["attributed_to_id"] for f in self.findings if f["inspection_id"] in inspections}
        return forces & self.forces
