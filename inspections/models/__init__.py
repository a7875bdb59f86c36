"""When: frameworks and their grades, inspections with their dates and judgements, reports and passages."""

from .concerns import Concern
from .frameworks import ClockUnit, Framework, Grade, GradeScale, JudgementArea
from .inspections import Inspection
from .judgements import DateKind, Judgement, StatedDate
from .life import Coverage, IllegalTransition, Provenance, Status
from .reports import Passage, Report

__all__ = [
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
    "Report",
    "StatedDate",
    "Status",
]
