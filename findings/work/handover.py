"""Handing one person's work to a colleague: what moves, what stays and why, and all of it or none.

Each move is the verb that the record's own page uses, with the same rights, and one event with the reason. A
recommendation that somebody follows up they may also pass on themselves: it is published. A review they may not: who
reads a finding before publication is a manager's choice. What may not move stays where it is.
"""

import hashlib
import json
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import EditConflict
from inspections.models import IllegalTransition, Inspection
from inspections.models import Status as InspectionStatus
from inspections.models.life import UNDER_WAY

from ..models import Finding, Recommendation, RecommendationStatus, Status

MOST = 200  # records at once: each is locked, checked and shown


@dataclass(frozen=True)
class Row:
    """One piece of the work: what happens to it, or why it stays."""

    record: object
    words: str
    refusal: str = ""

    @property
    def title(self):
        """The record as the people who may read it know it."""
        if isinstance(self.record, Inspection):
            return str(self.record)
        if isinstance(self.record, Finding):
            return f"{self.record.attributed_to.full_name}, {self.record.theme.name}: {self.record.summary}"
        return f"{self.record.reference}, {self.record.addressee.full_name}: {self.record.text}"


@dataclass(frozen=True)
class HandOver:
    """What `by` would hand over from one person to another, as things are now. Nothing is changed by making it."""

    by: object
    giver: object
    receiver: object
    rows: tuple
    more: bool  # there is more than fits into one hand-over

    @property
    def moves(self):
        return [row for row in self.rows if not row.refusal]

    @property
    def stays(self):
        return [row for row in self.rows if row.refusal]

    @property
    def digest(self):
        """The same for the same people, records, versions and hindrances."""
        people = [self.by.pk, self.giver.pk, self.receiver.pk]
        rows = [
            [row.record._meta.label, row.record.pk, row.record.version, row.words, row.refusal]
            for row in self.rows
        ]
        text = json.dumps([people, rows, self.more], separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


class Refused(Exception):
    """Nothing was handed over: something changed. Says what."""


def work_out(*, by, giver, receiver):
    """The hand-over, of what `by` may see."""
    name = {"name": receiver.get_full_name()}
    inspections = list(_inspections(by, giver)[: MOST + 1])
    team_rows = [
        Row(
            inspection,
            _("%(name)s joins the team") % name,
            _hindrance_of_team(inspection, by, receiver),
        )
        for inspection in inspections
        if not inspection.team.filter(pk=receiver.pk).exists()
    ]
    joins = {row.record.pk for row in team_rows if not row.refusal}
    findings = [
        Row(
            finding,
            _finding_words(finding) % name,
            _hindrance_of_finding(finding, by, giver, receiver, joins),
        )
        for finding in _findings(by, giver)[: MOST + 1]
    ]
    recommendations = [
        Row(
            recommendation,
            _("%(name)s follows it up") % name,
            _hindrance_of_recommendation(recommendation, by, receiver),
        )
        for recommendation in _recommendations(by, giver)[: MOST + 1]
    ]
    rows = (*team_rows, *findings, *recommendations)
    return HandOver(by, giver, receiver, rows[:MOST], len(rows) > MOST)


def carry_out(*, by, giver, receiver, reason, digest):
    """Hands everything over that moves, in one transaction; returns how many records. Raises Refused otherwise.

    `digest`: of the hand-over as the person was shown it.
    """
    with transaction.atomic():
        now = work_out(by=by, giver=giver, receiver=receiver)
        if now.digest != digest:
            raise Refused(
                _("Something changed since you were shown this. Look at it again before you confirm.")
            )
        for row in now.moves:
            try:
                _move(row.record, by=by, to=receiver, reason=reason)
            except EditConflict as conflict:
                raise Refused(_("%s was changed by somebody meanwhile.") % row.record) from conflict
            except (IllegalTransition, ValidationError) as problem:
                words = "; ".join(getattr(problem, "messages", [str(problem)]))
                raise Refused(f"{row.record}: {words}") from problem
    return len(now.moves)


def _move(record, *, by, to, reason):
    if isinstance(record, Inspection):
        team = [*record.team.all(), to]
        record.edit(by=by, values={"team": team}, reason=reason, expect=record.version)
    else:
        record.assign(by=by, to=to, reason=reason, expect=record.version)


def on_the_desk(person, *, by):
    """Sentences: what of all that `by` may see waits for somebody who leaves, and who hands it over."""
    if not (person.is_inspector or person.is_manager):
        return []
    about, number = (
        {"name": person.get_full_name(), "agency": person.agency},
        _recommendations(by, person).count(),
    )
    followed = ngettext(
        "%(name)s follows up %(n)d recommendation that is still open.",
        "%(name)s follows up %(n)d recommendations that are still open.",
        number,
    ) % {**about, "n": number}
    how = _(
        "A manager of %(agency)s hands the work of %(name)s over, what is not published too: “My work”, then “Hand "
        "over work”."
    )
    return [followed, how % about] if number else [how % about]


# What there is


def _inspections(by, giver):
    on_team = Inspection.objects.visible_to(by).with_on_team(giver)
    going_on = on_team.filter(status__in=(*UNDER_WAY, InspectionStatus.PAUSED))
    return going_on.select_related("inspected_agency", "framework", "lead_inspectorate").order_by("pk")


def _findings(by, giver):
    """On their desk; and what they wrote that waits for somebody else's review, which is named only."""
    theirs = Q(assigned_to=giver, status__in=(Status.DRAFT, Status.IN_REVIEW, Status.AGREED))
    written = Q(assigned_to=None, author=giver, status__in=(Status.DRAFT, Status.IN_REVIEW))
    found = Finding.objects.visible_to(by).filter(theirs | written)
    found = found.exclude(inspection__status=InspectionStatus.CANCELLED)
    return found.select_related(
        "theme",
        "attributed_to",
        "inspection__inspected_agency",
        "inspection__framework",
        "inspection__lead_inspectorate",
    ).order_by("pk")


def _recommendations(by, giver):
    theirs = Recommendation.objects.visible_to(by).issued().open().filter(assigned_to=giver)
    return theirs.select_related(
        "addressee",
        "finding__inspection__inspected_agency",
        "finding__inspection__framework",
        "finding__inspection__lead_inspectorate",
    ).order_by("pk")


# What is in the way


def _hindrance_of_team(inspection, by, receiver):
    if not inspection.has_inspectorate(receiver.agency_id):
        return _("%(name)s’s inspectorate takes no part in it.") % {"name": receiver.get_full_name()}
    if not inspection.may_be_edited_by(by):
        return _("Its team is chosen by those who work on it and by managers of %(inspectorate)s.") % {
            "inspectorate": inspection.lead_inspectorate
        }
    return ""


def _finding_words(finding):
    if finding.status == Status.IN_REVIEW:
        return _("%(name)s reviews it")
    return _("Goes to %(name)s")


def _hindrance_of_finding(finding, by, giver, receiver, joins):
    name = receiver.get_full_name()
    if finding.status == Status.IN_REVIEW and finding.assigned_to_id is None:
        return _("It is in review and waits for its reviewer. Returned, it comes back to %(name)s.") % {
            "name": giver.get_full_name()
        }
    if not finding.may_be_assigned_by(by):
        if finding.status == Status.IN_REVIEW:
            return _("A manager of %(inspectorate)s chooses who reviews it.") % {
                "inspectorate": finding.inspection.lead_inspectorate
            }
        return _(
            "It is assigned by those who work on the inspection and by managers of %(inspectorate)s."
        ) % {"inspectorate": finding.inspection.lead_inspectorate}
    if finding.status != Status.IN_REVIEW:
        if finding.inspection_id in joins or finding.may_be_assigned_to(receiver):
            return ""
        return _("%(name)s is not on the team of the inspection.") % {"name": name}
    if finding.author_id == receiver.pk:
        return _("%(name)s wrote it, and nobody reviews their own.") % {"name": name}
    if receiver.is_inspector and finding.inspection_id in joins:
        return _("%(name)s joins the team, and an inspector who reviews it is not on the team.") % {
            "name": name
        }
    if not finding.may_be_assigned_to(receiver):
        return _(
            "%(name)s may not review it: a reviewer is of the lead inspectorate, and not an inspector on the team."
        ) % {"name": name}
    return ""


def _hindrance_of_recommendation(recommendation, by, receiver):
    name, inspection = receiver.get_full_name(), recommendation.inspection
    if recommendation.assigned_to_id != by.pk and not recommendation.may_be_assigned_by(by):
        return _(
            "It is assigned by those who work on the inspection and by managers of %(inspectorate)s."
        ) % {"inspectorate": inspection.lead_inspectorate}
    if not recommendation.is_followed_by(receiver):
        return _("%(name)s’s inspectorate takes no part in the inspection.") % {"name": name}
    is_claimed = recommendation.status == RecommendationStatus.CLAIMED
    if is_claimed and not recommendation.may_be_verified_by(receiver):
        return _("Completion is claimed, and %(name)s may not verify it: they wrote it or claimed it.") % {
            "name": name
        }
    return ""
