"""The job that reads a report: file in; passages, facts and proposals out, written once however often it is tried."""

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from agencies.files.keys import path_of
from agencies.models import Agency
from inspections.gazetteer import of_register
from inspections.models import Report
from inspections.models.reports import READER
from inspections.reading import Unreadable, read_file

from .models import FindingType, Proposal, ProposalStatus, Severity, Theme
from .proposals import propose
from .proposals.weights import current

# What is neither for nor against anybody is proposed too, so that no passage about the police is lost.
TYPES = {
    "weakness": FindingType.WEAKNESS,
    "strength": FindingType.STRENGTH,
    "neutral": FindingType.OBSERVATION,
}
# A weakness in these parts of a report is what the framework calls it there.
TYPES_OF_PARTS = {
    "improvement": FindingType.AREA_FOR_IMPROVEMENT,
    "priority action": FindingType.PRIORITY_ACTION,
}


class ReportReading:
    """What the worker does with a report that was handed in (agencies/jobs.py)."""

    @classmethod
    def work(cls, pk):
        report = Report._base_manager.get(pk=pk)
        if not report.is_waiting:
            return _nothing
        try:
            read = read_file(path_of(report.stored_key), of_register())
        except Unreadable as problem:
            words = str(problem)
            return lambda: _refuse(pk, words)
        candidates = propose(read)
        return lambda: _take_in(pk, read, candidates)

    @classmethod
    def give_up(cls, pk):
        _refuse(
            pk,
            _(
                "Reading it broke off several times. Open it, save it again under a new name, and hand that in."
            ),
        )


def _nothing():
    """It is read already, or was refused."""


def _refuse(pk, problem):
    report = Report._base_manager.select_for_update().get(pk=pk)
    if report.is_waiting:
        report.refuse_file(problem=problem, reader=READER)


def _take_in(pk, read, candidates):
    report = Report._base_manager.select_for_update().get(pk=pk)
    if not report.is_waiting:
        return
    report.take_in(read=read, reader=READER)
    for proposal in report.proposals.filter(status=ProposalStatus.OPEN):
        proposal.supersede()
    decided = [
        (proposal.text, range(proposal.start, proposal.end))
        for proposal in report.proposals.exclude(status=ProposalStatus.SUPERSEDED)
    ]
    themes = {theme.code: theme for theme in Theme.objects.current()}
    force = _force(read)
    for order, candidate in enumerate(candidates, 1):
        if not _is_decided(candidate, decided):
            values = _values(candidate, themes, force)
            values |= {"order": order, "reader": f"{READER} {current().version}"}
            Proposal.propose(by=None, report=report, values=values)


def _is_decided(candidate, decided):
    """Whether a person has decided about some of these words already."""
    return any(
        candidate.text == text and candidate.start < words.stop and words.start < candidate.end
        for text, words in decided
    )


def _values(candidate, themes, force):
    is_weakness = candidate.type == "weakness"
    finding_type = TYPES[candidate.type]
    if is_weakness:
        finding_type = TYPES_OF_PARTS.get(candidate.part, finding_type)
    shared = candidate.attributed_to == "partnership" and candidate.police_role
    agency = Agency.objects.filter(slug=candidate.agency).first() if candidate.agency else None
    if agency is None and (shared or candidate.attributed_to == "police"):
        agency = force
    return {
        "group": candidate.group,
        "page": candidate.page,
        "paragraph": candidate.label[:120],
        "text": candidate.text,
        "start": candidate.start,
        "end": candidate.end,
        "reasons": [[reason.start, reason.end] for reason in candidate.reasons],
        "finding_type": finding_type,
        "attributed_to": agency,
        "with_partners": shared,
        "theme": themes.get(candidate.theme),
        "severity": candidate.severity if is_weakness and candidate.severity in Severity.values else "",
    }


def _force(read):
    """The force that the report names, else the one that polices its council on the last day; None where neither
    is known."""
    said = {fact.name: fact.value for fact in reversed(read.facts)}
    agencies = {
        agency.slug: agency
        for agency in Agency.objects.filter(
            slug__in=[said.get("police_force", ""), said.get("local_authority", "")]
        )
    }
    if said.get("police_force") in agencies:
        return agencies[said["police_force"]]
    council, last_day = agencies.get(said.get("local_authority")), parse_date(said.get("end_date", ""))
    return council.force_on(last_day) if council and last_day else None
