"""The register as plain rows: whole tables in dictionaries, read without any rule."""

from dataclasses import dataclass
from functools import cached_property

from django.utils import timezone

from agencies.models import Agency, Policing, Succession
from inspections.models import Grade, Inspection, Judgement

from ..models import CaseReferral, Citation, Finding, Letter, Recommendation, Theme
from ..models.due_dates import DueDateChange
from ..models.responses import Response
from ..models.stages import Stage


def _day_of(moment):
    return timezone.localdate(moment) if moment else None


def _recommendations():
    """Each with its stages, first responses and approved changes of date, in the order in which they were made."""
    rows = {
        row["pk"]: {**row, "stages": [], "responses": [], "changes": []}
        for row in Recommendation.objects.order_by("pk").values(
            "pk",
            "finding_id",
            "addressee_id",
            "status",
            "issued_on",
            "first_issued_on",
            "answer_due_on",
            "due_first",
            "due_on",
        )
    }
    for stage in Stage.objects.order_by("since", "pk").values("recommendation_id", "status", "since"):
        rows[stage["recommendation_id"]]["stages"].append(stage)
    responses = Response.objects.filter(recommendation__isnull=False).order_by("number")
    for response in responses.values("recommendation_id", "number", "received_on"):
        rows[response["recommendation_id"]]["responses"].append(response)
    changes = DueDateChange.objects.filter(status="approved").order_by("decided_on", "pk")
    for change in changes.values("recommendation_id", "was", "due_on", "decided_on"):
        rows[change["recommendation_id"]]["changes"].append(change)
    return list(rows.values())


@dataclass(frozen=True)
class Rows:
    """Each table as {id: row} where rows are looked up, else as a list. Days are dates, never moments."""

    agencies: dict
    policing: list
    successions: list
    inspections: dict
    judgements: list
    grades: list
    findings: list
    themes: dict
    recommendations: list
    letters: list
    cases: list

    @classmethod
    def export(cls):
        inspections = {}
        for row in Inspection.objects.order_by().values(
            "pk",
            "status",
            "published_on",
            "published_at",
            "published_here",
            "fieldwork_to",
            "coverage",
            "cycle",
            "inspected_agency_id",
            "lead_inspectorate_id",
            "framework__code",
            "framework__joint",
            "framework__evaluates_partnership",
            "framework__grade_scale_id",
        ):
            here_on = _day_of(row["published_at"]) if row["published_here"] else None
            inspections[row["pk"]] = {**row, "here_on": here_on, "with": set()}
        took_part = Inspection.participating_agencies.through.objects.values_list(
            "inspection_id", "agency_id"
        )
        for inspection, agency in took_part:
            inspections[inspection]["with"].add(agency)

        pages = {}
        for row in Citation.objects.order_by().values("finding_id", "paragraph"):
            pages.setdefault(row["finding_id"], []).append(row["paragraph"])
        findings = []
        for row in Finding.objects.order_by("pk").values(
            "pk",
            "inspection_id",
            "finding_type",
            "attributed_to_id",
            "theme_id",
            "severity",
            "severity_rationale",
            "recurrence_of_id",
            "status",
            "reference",
            "published_at",
            "published_here",
            "withdrawn_at",
            "version_of_id",
            "replaced_at",
        ):
            findings.append(
                {
                    **row,
                    "inspection": inspections[row["inspection_id"]],
                    "here_on": _day_of(row["published_at"]) if row["published_here"] else None,
                    "withdrawn_on": _day_of(row["withdrawn_at"]),
                    "replaced_on": _day_of(row["replaced_at"]),
                    "paragraphs": pages.get(row["pk"], []),
                }
            )
        judgements = [
            {**row, "inspection": inspections[row["inspection_id"]]}
            for row in Judgement.objects.order_by("pk").values(
                "pk",
                "inspection_id",
                "subject_id",
                "area_id",
                "area__code",
                "area__name",
                "area__order",
                "area__framework__code",
                "grade_id",
                "grade__code",
                "grade__label",
                "grade__rank",
                "grade__scale_id",
                "grade__scale__name",
            )
        ]
        return cls(
            agencies={
                row["pk"]: row
                for row in Agency.objects.order_by().values(
                    "pk",
                    "name",
                    "official_name",
                    "slug",
                    "kind",
                    "special",
                    "nation",
                    "region",
                    "opened_on",
                    "closed_on",
                )
            },
            policing=list(
                Policing.objects.order_by().values("force_id", "authority_id", "valid_from", "valid_to")
            ),
            successions=list(Succession.objects.order_by().values("predecessor_id", "successor_id", "on")),
            inspections=inspections,
            judgements=judgements,
            grades=list(Grade.objects.order_by("rank").values("pk", "scale_id", "code", "label", "rank")),
            findings=findings,
            themes={
                row["pk"]: row
                for row in Theme.objects.order_by().values(
                    "pk", "code", "name", "order", "retired_on", "retired_into_id"
                )
            },
            recommendations=_recommendations(),
            letters=list(
                Letter.objects.order_by().values(
                    "level",
                    "status",
                    "public",
                    "author_id",
                    "from_agency_id",
                    "to_agency_id",
                    "sent_on",
                    "reply_due_on",
                    "replied_on",
                )
            ),
            cases=list(
                CaseReferral.objects.order_by().values(
                    "inspection_id", "finding_id", "to_agency_id", "referred_on", "outcome", "resolved_on"
                )
            ),
        )

    def is_force(self, pk):
        return self.agencies[pk]["kind"] == "police_force"

    def is_council(self, pk):
        return self.agencies[pk]["kind"] == "local_authority"

    def policed_by(self, council, day):
        """The forces policing the council on the day; both days of a time of policing are part of it.

        A day that is not known lies in no time that begins or ends, and in one that does neither.
        """
        forces = set()
        for row in self.policing:
            if row["authority_id"] != council:
                continue
            begun = row["valid_from"] is None or (day is not None and row["valid_from"] <= day)
            lasts = row["valid_to"] is None or (day is not None and day <= row["valid_to"])
            if begun and lasts:
                forces.add(row["force_id"])
        return forces

    @cached_property
    def concerned(self):
        """{inspection: the forces that it concerns}."""
        concerned = {}
        for pk, inspection in self.inspections.items():
            inspected = inspection["inspected_agency_id"]
            forces = {agency for agency in inspection["with"] if self.is_force(agency)}
            if self.is_force(inspected):
                forces.add(inspected)
            forces |= self.policed_by(inspected, inspection["fieldwork_to"] or inspection["published_on"])
            concerned[pk] = forces
        return concerned

    def inspectorate(self, pk):
        """The inspectorate that it is now: HMIC and HMICFRS are one."""
        seen = set()
        while pk not in seen:
            seen.add(pk)
            later = [row["successor_id"] for row in self.successions if row["predecessor_id"] == pk]
            if later and self.agencies[pk]["kind"] == "inspectorate":
                pk = later[0]
        return pk

    def name(self, pk):
        """As pages write it: the official name, of an inspectorate the short one."""
        agency = self.agencies[pk]
        return agency["name"] if agency["kind"] == "inspectorate" else agency["official_name"]
