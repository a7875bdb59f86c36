"""What followed from the inspection of Stockton-on-Tees in 2016, as far as it was published, in our own words.

The council was inspected, the weakness was the force's, the recommendation went to the council; the council had
escalated in vain; a case was referred back and reopened; the chief inspector wrote to the chief inspector of
constabulary, who replied; the force made a statement; a joint inspection looked again. Nothing here is invented:
what the council answered or planned was not found, so it is not recorded.
"""

from datetime import date

from agencies.models import Agency, Channel
from agencies.public_ids import seeded_public_id
from inspections.models import Provenance

from .models import CaseReferral, Letter, LocalEscalation, Recommendation

ATTENDANCE = "2016-08-05_80563_stockton-on-tees-05"
CLOSED_CASE = "2016-08-05_80563_stockton-on-tees-06"
BURY, WIRRAL = "2016-05-16_80443_bury-04", "2016-09-20_80581_wirral-05"
DEMAND = "jtai-2018-stockton-02"

COUNCIL, FORCE = "stockton-on-tees-borough-council", "cleveland"
STATEMENT = (
    "https://www.cleveland.pcc.police.uk/News-and-Events/News-Archive/2016/"
    "Police-Response-to-Ofsted-Letter-to-HMIC-Regarding-Child-Protection.aspx"
)
STATEMENT_ON = date(2016, 10, 18)  # as the press reported it, the evening after the letter became known
REPLY = (
    "https://slidelegend.com/"
    "letter-from-sir-thomas-winsor-to-sir-michael-wilshaw_5a89f0871723dd5b5ab09018.html"
)


def public_id(seed, key):
    return seeded_public_id(seed, f"follow-up:{key}")


def record_story(findings, *, seed):
    """Records what followed from the findings, {key: finding}, as far as they are there."""
    agencies = {
        agency.slug: agency for agency in Agency.objects.filter(slug__in=(COUNCIL, FORCE, "ofsted", "hmic"))
    }
    if findings.get(ATTENDANCE) is None or findings.get(CLOSED_CASE) is None:
        return
    recommendation = _recommend(findings[ATTENDANCE], agencies[COUNCIL], seed)
    _escalate(findings[ATTENDANCE], agencies)
    _refer_back(findings[CLOSED_CASE], agencies[COUNCIL], seed)
    _correspond([findings.get(key) for key in (ATTENDANCE, CLOSED_CASE, BURY, WIRRAL)], agencies, seed)
    _state_the_forces_position(findings)
    if demand := findings.get(DEMAND):
        _look_again(recommendation, demand, agencies[FORCE], seed)


def _recommend(finding, council, seed):
    """Recommendation 10 of the report: to the council, about the force."""
    return Recommendation.record_issued(
        by=None,
        channel=Channel.COMMAND,
        finding=finding,
        values={
            "addressee": council,
            "priority": "not_stated",
            "text": "Go on challenging Cleveland Police about their attendance at strategy discussions, and keep "
            "watch on it. (Recommendation 10 of the report, in our words.)",
        },
        provenance=Provenance.REPORT,
        public_id=public_id(seed, "recommendation-10"),
    )


def _escalate(finding, agencies):
    LocalEscalation.record(
        by=None,
        channel=Channel.COMMAND,
        finding=finding,
        values={
            "by_agency": agencies[COUNCIL],
            "to_agency": agencies[FORCE],
            "level": "senior",
            "outcome": "ineffective",
            "note": "Several times, by senior managers of the council with senior officers (paragraph 16).",
        },
    )


def _refer_back(finding, council, seed):
    CaseReferral.refer(
        by=None,
        channel=Channel.COMMAND,
        inspection=finding.inspection,
        values={
            "public_id": public_id(seed, "case-referral"),
            "finding": finding,
            "to_agency": council,
            "reason": "The police had decided to take no further action although the signs of deliberate injury were "
            "clear. The council had made the children safe.",
            "outcome": "reopened",
            "outcome_note": "The council took it to senior officers, who accepted the concern: the investigation was "
            "opened again. The report gives no dates; the force says that it was the same day.",
        },
    )


def _correspond(findings, agencies, seed):
    """The letter that this register would make a query, and its reply a day later."""
    Letter.record_public(
        by=None,
        channel=Channel.COMMAND,
        public_id=public_id(seed, "letter-2016"),
        values={
            "level": 4,
            "from_agency": agencies["ofsted"],
            "to_agency": agencies["hmic"],
            "subject": "The contribution of the police to protecting children",
            "text": "More than half of 42 inspections of children's services in a year had found serious weaknesses in "
            "what the police did. Named among others: domestic abuse reports sent in batches (Bury) or up to four "
            "weeks late (Wirral), missing children not notified quickly, joint visits and conferences without the "
            "police, delayed checks. Most serious: Cleveland Police in Stockton-on-Tees, for strategy discussions "
            "and for an investigation that was closed and reopened only after inspectors stepped in.\n\n"
            "As the press reported it; the text of the letter itself was not at hand.",
            "findings": [finding for finding in findings if finding],
            "source_url": "https://www.localgov.co.uk/Ofsted-chief-accuses-some-police-forces-of-failing-on-child-protection/41864",
        },
        sent_on=date(2016, 10, 17),
        replied_on=date(2016, 10, 18),
        reply="Every force is inspected each year, and how it protects vulnerable people is part of that: in 2015, 27 "
        "forces required improvement and four were inadequate. Besides, child protection inspections visit forces "
        "in turn, each with specialists and some 70 case files. Many of the problems named concern councils and "
        f"other bodies as well.\n\nIn our words, from {REPLY}",
    )


def _state_the_forces_position(findings):
    """The force's public statement, beside the findings that it answers."""
    findings[ATTENDANCE].respond(
        by=None,
        channel=Channel.COMMAND,
        position="partly_accepted",
        received_on=STATEMENT_ON,
        text="The force takes the points seriously and had begun to add staff and to improve attendance. It says that "
        "it shared what the police knew in every case, and that the criticism is about being present at meetings."
        f"\n\nIn our words, from the force's public statement: {STATEMENT}",
    )
    findings[CLOSED_CASE].respond(
        by=None,
        channel=Channel.COMMAND,
        position="facts_contested",
        received_on=STATEMENT_ON,
        text="The force says that the children were safeguarded effectively and that the case was reopened the same "
        "day.\n\nIn our words, as the Northern Echo reported its statement.",
    )


def _look_again(recommendation, demand, force, seed):
    """The joint inspection of November 2017: attendance much better, and new weaknesses with a new recommendation."""
    again = demand.inspection
    recommendation.verify(
        by=None,
        channel=Channel.COMMAND,
        kind="reinspection",
        on=again.published_on,
        progress="good",
        through=again,
        text="The joint inspection letter of January 2018 found the attendance of the police much improved.",
    )
    Recommendation.record_issued(
        by=None,
        channel=Channel.COMMAND,
        finding=demand,
        values={
            "addressee": force,
            "priority": "not_stated",
            "text": "See to it that the teams that protect vulnerable people have the staff that demand calls for. (In "
            "our words, as the press reported it.)",
        },
        provenance=Provenance.REPORT,
        public_id=public_id(seed, "recommendation-demand"),
    )
