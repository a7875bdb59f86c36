"""When: frameworks and their grades, inspections with their dates and judgements, reports and passages."""

from .clocks import Clock, ClockUnit, Purpose, StartsFrom, due_on
from .concerns import Concern
from .frameworks import Framework, Grade, GradeScale, JudgementArea
from .inspections import Inspection
from .judgements import DateKind, Judgement, StatedDate
from .life import Coverage, IllegalTransition, Provenance, Status
from .reports import Passage, Report

__all__ = [
    "Clock",
    "ClockUnit",
    "Concern",
    "Coverage",
    "DateKind",
    "Framework",
    "Grade",
    "GradeScale",
    "IllegalTransition",
    "Inspection",
    "Judgement",
    "JudgementArea",
    "Passage",
    "Provenance",
    "Purpose",
    "Report",
    "StartsFrom",
    "StatedDate",
    "Status",
    "due_on",
]
