"""Who is named in a sentence, and how the police stand in it. Plain lists, the language of inspection reports."""

import re

from .words import any_of

# A word may count for several kinds.
ACTORS = {
    "police": any_of(
        r"(?:the )?polic(?:e|ing)(?! (?:and crime|and criminal|proceedings))",
        r"constabulary",
        r"(?:the|this|each) force(?!d)",
        r"police officers?",
        r"(?:detective|frontline|response|custody|trained|patrol) officers",
        r"(?:borough|force) command(?:er)?s?",
        r"chief constable",
        r"chief superintendent",
        r"(?:detective|chief) inspector",
        r"merlins?",
        r"public protection (?:unit|team|department|notices?|notifications?)",
        r"ppns?",
        r"ppus?",
        r"encompass",
        r"force control room",
        r"detectives?",
        r"investigating officers?",
        r"vulnerability (?:unit|assessments?)",
        r"child abuse investigation (?:team|unit|command)s?",
        r"caits?",
        r"operation [A-Z]\w+",
    ),
    "partners": any_of(
        r"partners?(?! of)",
        r"partner agencies",
        r"partnerships?",
        r"multi-?agency",
        r"inter-?agency",
        r"agencies",
        r"joint(?:ly)?",
        r"all professionals",
        r"professionals",
        r"section 47",
        r"strategy (?:discussion|meeting)s?",
        r"mash",
        r"marac",
        r"mappa",
        r"mase",
    ),
    "council": any_of(
        r"(?:local )?authority(?:’s|'s)?",
        r"council(?:’s|'s)?",
        r"children(?:’s|'s) (?:social care|services)",
        r"social (?:workers?|work|care)",
        r"managers?",
        r"trust",
        r"emergency duty (?:team|service)",
        r"independent reviewing officers?",
        r"iros?",
        r"dcs",
    ),
    "health": any_of(
        r"health",
        r"hospitals?",
        r"gps?",
        r"nurses?",
        r"midwi(?:fe|ves|fery)",
        r"camhs",
        r"ccgs?",
        r"practitioners in health",
        r"doctors?",
        r"a&e",
        r"paediatric\w*",
    ),
    "probation": any_of(r"probation", r"crcs?", r"community rehabilitation compan(?:y|ies)", r"nps"),
    "education": any_of(r"schools?", r"education", r"colleges?", r"teachers?"),
    "board": any_of(r"lscbs?", r"(?:safeguarding )?board(?:’s|'s)?", r"sub-?groups?"),
    "justice": any_of(
        r"youth (?:offending|justice)\w*",
        r"yos",
        r"yot",
        r"prisons?",
        r"remand(?:ed)?",
        r"courts?",
        r"secure",
    ),
    "checks": any_of(r"dbs", r"disclosure and barring", r"vett(?:ed|ing)", r"checks"),
}

# How the police stand in the sentence: who is asked, left out, called or waited for.
_FORCE = r"(?:\w+ ){0,3}?(?:police|constabulary|force)\b"
STANDING = {
    "police received": re.compile(
        r"\b(?:to|with|contact(?:ed|ing)?|call(?:ed|ing)?|inform(?:ed|ing)?|notif(?:y|ied)|alert(?:ed)?) "
        + _FORCE,
        re.I,
    ),
    "police asked": re.compile(
        r"\bpolice(?: \w+){0,2} (?:are|were|was|is|be|been)(?: \w+)? (?:called|informed|contacted|notified|invited|involved|consulted|engaged)\b",
        re.I,
    ),
    "police gave": re.compile(r"\b(?:by|from) " + _FORCE, re.I),
    "only police": re.compile(
        r"\b(?:only|solely|mainly|largely|usually|predominantly|primarily|other than|beyond|limited to)\b[^.;]{0,50}\b(?:police|social care)\b"
        r"|\bpolice (?:and|or) (?:\w+’s )?(?:social (?:care|work\w*)|services) (?:only|alone)\b"
        r"|\b(?:discussions?|meetings?|conversations?)\b[^.;]{0,40}\bbetween\b[^.;]{0,50}\bpolice\b"
        r"|\b(?:discussions?|meetings?)\b[^.;]{0,30}\b(?:do|does|did) not (?:\w+ ){0,3}(?:include|involve) (?:\w+ ){0,3}(?:agencies|professionals|partners|health|schools)"
        r"|\bonly the police\b|\bnot the wider\b",
        re.I,
    ),
    "police act": re.compile(
        r"\bpolice(?:,| officers?| colleagues| partners| staff| service| managers| leaders| supervisors)*"
        r"(?: (?:\w+ly|also|still|generally))? (?:do|does|did|have|has|had|are|is|were|was|cannot|can|fail\w*|make\w*|record\w*|rarely|seldom|refer\w*|attend\w*|see|use\w*|share\w*|send|submit\w*|recogni\w+|need\w*)\b",
        re.I,
    ),
    "police attendance": re.compile(
        r"\b(?:attend\w*|absen\w+|involve\w*|participat\w+|contribut\w+|engage\w*|represent\w*|presence|available|availability|capacity|resourc\w+|staffing)\b[^.;]{0,50}\b(?:police|constabulary|force)\b"
        r"|\b(?:police|constabulary|force)\b[^.;]{0,50}\b(?:attend\w*|absen\w+|involve\w*|participat\w+|contribut\w+|engage\w*|represent\w*|presence|available|availability|capacity|resourc\w+|staffing)\b",
        re.I,
    ),
    "police held to account": re.compile(
        r"\b(?:challeng\w+|escalat\w+|concerns?)\b[^.;]{0,40}\b(?:police|constabulary)\b", re.I
    ),
    "delay by police": re.compile(
        r"\b(?:delay\w*|late\w*|backlog\w*|slow\w*|wait\w*)\b[^.;]{0,60}\b(?:from|by|with) " + _FORCE, re.I
    ),
    "police mentioned": any_of(
        r"police (?:and criminal evidence|proceedings|checks|powers|station|custody|protection(?! noti)|cells|and crime commissioner)",
        r"reported to the police",
        r"(?:care of|contact(?:ed)?|call(?:ed)?) (?:the )?police",
    ),
    "because of the council": re.compile(
        r"\b(?:due to|because of|owing to)\b[^.;]{0,50}\b(?:social work\w*|out-of-hours|placements?|accommodation|emergency duty|carers?)\b",
        re.I,
    ),
    "detained": any_of(
        r"detain(?:ed|ing)?", r"detention", r"custody", r"cells?", r"arrest(?:s|ed)?", r"appropriate adults?"
    ),
    "refers to": re.compile(r"\((?:see )?(?:paragraphs?|recommendations?)\b[^)]*\)", re.I),
}
