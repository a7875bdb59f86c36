"""When: frameworks and their grades, inspections with their dates and judgements, reports and passages."""

from .break_glass import BreakGlass
from .clocks import Clock, ClockUnit, Purpose, StartsFrom, due_on
from .concerns import Concern
from .frameworks import Framework, Grade, GradeScale, JudgementArea
from .inspections import Inspection
from .judgements import DateKind, Judgement, StatedDate
from .life import Coverage, IllegalTransition, Provenance, Status
from .read_log import ReadLogEntry
from .reports import HandedInBefore, Passage, Reading, Report
from .seals import Seal, SealedHead

__all__ = [
    "BreakGlass",
    "Clock",
    "ClockUnit",
    "Concern",
    "Coverage",
    "DateKind",
    "Framework",
    "Grade",
    "GradeScale",
    "HandedInBefore",
    "IllegalTransition",
    "Inspection",
    "Judgement",
    "JudgementArea",
    "Passage",
    "Provenance",
    "Purpose",
    "ReadLogEntry",
    "Reading",
    "Report",
    "Seal",
    "SealedHead",
    "StartsFrom",
    "StatedDate",
    "Status",
    "due_on",
]
