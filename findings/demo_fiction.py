"""What the demonstration invents: inspections under way and their unpublished findings. Nothing here happened.

Days count from the day of seeding. Real places are used so that the pages look as they would; every record says
that it is fictional.
"""

from agencies.demo import HMICFRS_INSPECTOR, INSPECTOR, INSPECTOR_2, MANAGER, MET_LEAD

from .models import FindingType, Severity, Status

NOTE = "Fictional, for demonstration."

REDCAR = {
    "key": "fiction-redcar",
    "by": INSPECTOR,
    "framework": "ILACS",
    "inspected": "redcar-and-cleveland-borough-council",
    "days": (-9, 3),
    "steps": ["start_fieldwork"],
    "findings": [
        {
            "key": "fiction-redcar-1",
            "type": FindingType.WEAKNESS,
            "about": "cleveland",
            "theme": "strategy-discussions",
            "severity": Severity.SERIOUS,
            "rationale": "Protection was planned without what the police knew in more than half of the cases sampled.",
            "summary": "Officers joined four of eleven sampled strategy discussions; the others went ahead without them.",
            "recommends": [
                {
                    "to": "cleveland",
                    "text": "Send an officer who knows the case to every strategy discussion.",
                    "priority": "immediate",
                    "timescale": (3, "months"),
                },
                {
                    "to": "redcar-and-cleveland-borough-council",
                    "text": "Record each discussion that went ahead without the police, and raise it the same week.",
                },
            ],
            "detail": "Minutes of seven discussions record apologies. In two of them police records held a relevant warning.",
            "recurs": ("stockton-on-tees-borough-council", "strategy-discussions"),
            "place": (4, "9"),
        },
        {
            "key": "fiction-redcar-2",
            "type": FindingType.WEAKNESS,
            "about": "cleveland",
            "theme": "domestic-abuse-information-sharing",
            "severity": Severity.MODERATE,
            "summary": "Domestic abuse notifications reach the front door in weekly batches.",
            "detail": "The oldest notification in the batch read during fieldwork was eight days old.",
            "place": (4, "11"),
        },
        {
            "key": "fiction-redcar-3",
            "type": FindingType.STRENGTH,
            "about": "cleveland",
            "theme": "missing-children",
            "summary": "Officers return to talk with children who were missing, usually within a day, and pass on what they learn.",
            "place": (5, "14"),
        },
        {
            "key": "fiction-redcar-4",
            "type": FindingType.AREA_FOR_IMPROVEMENT,
            "about": "cleveland",
            "theme": "joint-investigation",
            "severity": Severity.MINOR,
            "summary": "Joint visits are agreed at once but their outcome is recorded late in three sampled cases.",
            "place": (5, "16"),
            "status": Status.IN_REVIEW,
            "comments": [
                (
                    MANAGER,
                    "inspectorate",
                    "Were the three cases all from one team? If so, say so in the summary.",
                ),
                (
                    INSPECTOR,
                    "inspectorate",
                    "Two teams. I have the sample sheet and will add it to the detail.",
                ),
            ],
        },
    ],
}

ENFIELD = {
    "key": "fiction-enfield",
    "by": INSPECTOR,
    "framework": "JTAI",
    "inspected": "london-borough-of-enfield",
    "topic": "Children in homes where there is violence",
    "partners": ["hmicfrs"],
    "participating": ["metropolitan"],
    "team": [HMICFRS_INSPECTOR],
    "days": (-40, -26),
    "steps": ["start_fieldwork", "start_drafting"],
    "findings": [
        {
            "key": "fiction-enfield-1",
            "type": FindingType.PRIORITY_ACTION,
            "about": "metropolitan",
            "theme": "front-door-and-referrals",
            "severity": Severity.SERIOUS,
            "rationale": "A backlog of unread reports leaves children at risk that nobody has assessed.",
            "summary": "Police reports about children wait unread at the front door when the unit is short of staff.",
            "place": (3, "8"),
            "status": Status.IN_REVIEW,
            "reviewer": INSPECTOR_2,
        },
        {
            "key": "fiction-enfield-2",
            "type": FindingType.WEAKNESS,
            "about": "metropolitan",
            "theme": "child-protection-conferences",
            "severity": Severity.MODERATE,
            "with_partners": True,
            "summary": "Police and health reports for conferences arrive on the day itself, too late to be read.",
            "place": (4, "12"),
        },
        {
            "key": "fiction-enfield-3",
            "by": HMICFRS_INSPECTOR,
            "type": FindingType.WEAKNESS,
            "about": "metropolitan",
            "theme": "police-custody-and-protection-powers",
            "severity": Severity.SERIOUS,
            "rationale": "Children stay overnight in cells because no other bed is asked for.",
            "summary": "Custody records do not show that another bed was sought for children held overnight.",
            "place": (5, "15"),
            "status": Status.IN_REVIEW,
        },
        {
            "key": "fiction-enfield-4",
            "by": HMICFRS_INSPECTOR,
            "type": FindingType.STRENGTH,
            "about": "metropolitan",
            "theme": "joint-investigation",
            "summary": "Officers and social workers plan their visits together and share one record of them.",
            "place": (5, "17"),
        },
    ],
}

MERTON = {
    "key": "fiction-merton",
    "by": INSPECTOR,
    "framework": "ILACS",
    "inspected": "london-borough-of-merton",
    "days": (-62, -51),
    "steps": ["start_fieldwork", "start_drafting", "send_for_factual_accuracy"],
    "comments_due_days": 5,
    "accuracy": [
        {
            "by": MET_LEAD,
            "about": "fiction-merton-agreed-met",
            "place": "Page 4, paragraph 10",
            "text": "Since June notifications at weekends go out on the same day; the sample was drawn before that.",
            "decision": ("partly_upheld", "The date of the sample is added. What the sample shows stays."),
        },
        {
            "by": MET_LEAD,
            "about": "fiction-merton-agreed-met",
            "place": "Page 4, paragraph 10",
            "text": "Two of the children named as missing had been found before the council's office opened.",
        },
    ],
    "findings": [
        {
            "key": "fiction-merton-agreed-met",
            "type": FindingType.WEAKNESS,
            "about": "metropolitan",
            "theme": "missing-children",
            "severity": Severity.MODERATE,
            "summary": "The council learns of missing children a day late when they go missing at a weekend.",
            "place": (4, "10"),
            "status": Status.AGREED,
            "recommends": [
                {
                    "to": "metropolitan",
                    "text": "Tell the council of every missing child within the hour, at weekends too.",
                    "priority": "high",
                    "timescale": (6, "weeks"),
                },
            ],
        },
        {
            "key": "fiction-merton-agreed-council",
            "type": FindingType.AREA_FOR_IMPROVEMENT,
            "about": "london-borough-of-merton",
            "theme": "strategy-discussions",
            "severity": Severity.MINOR,
            "summary": "Actions from strategy discussions have owners but not always dates.",
            "place": (4, "12"),
            "status": Status.AGREED,
        },
        {
            "key": "fiction-merton-draft-met",
            "type": FindingType.WEAKNESS,
            "about": "metropolitan",
            "theme": "child-sexual-exploitation",
            "severity": Severity.MODERATE,
            "summary": "What the police know of exploitation in the borough is not yet mapped together with the council's records.",
            "place": (6, "21"),
        },
    ],
}

CLEVELAND = {
    "key": "fiction-cleveland",
    "by": HMICFRS_INSPECTOR,
    "framework": "NCPI",
    "inspected": "cleveland",
    "days": (-4, 8),
    "steps": ["start_fieldwork"],
    "findings": [
        {
            "key": "fiction-cleveland-1",
            "type": FindingType.CAUSE_OF_CONCERN,
            "about": "cleveland",
            "theme": "partnership-governance",
            "severity": Severity.SERIOUS,
            "systemic": True,
            "rationale": "No manager in the sample had checked whether investigations about children kept to their plan.",
            "summary": "Supervisors seldom review child protection investigations after the first week.",
            "place": (2, "5"),
        },
    ],
}

DARLINGTON = {
    "key": "fiction-darlington",
    "by": INSPECTOR,
    "framework": "ILACS",
    "inspected": "darlington-borough-council",
    "days": (-80, -69),
    "embargo_days": 6,
    "steps": ["start_fieldwork", "start_drafting", "send_for_factual_accuracy", "embargo"],
    "findings": [
        {
            "key": "fiction-darlington-1",
            "type": FindingType.STRENGTH,
            "about": "durham",
            "theme": "strategy-discussions",
            "summary": "A named officer attends every strategy discussion and brings what the police know.",
            "place": (3, "7"),
            "status": Status.AGREED,
        },
        {
            "key": "fiction-darlington-2",
            "type": FindingType.WEAKNESS,
            "about": "durham",
            "theme": "vetting-and-checks",
            "severity": Severity.MINOR,
            "summary": "Checks on family carers took longer than planned in two of nine sampled cases.",
            "place": (5, "18"),
            "status": Status.AGREED,
        },
    ],
}

INSPECTIONS = [REDCAR, ENFIELD, MERTON, CLEVELAND, DARLINGTON]


def inspection_keys():
    return [inspection["key"] for inspection in INSPECTIONS]


def finding_keys():
    return [finding["key"] for inspection in INSPECTIONS for finding in inspection["findings"]]
