"""What: themes, findings and where reports say them, everything that follows from them, and views that people keep."""

from .accuracy import AccuracyComment, Decision
from .actions import Action
from .citations import Citation
from .comments import Audience, Comment
from .due_dates import DueDateChange
from .escalations import EscalationLevel, EscalationOutcome, LocalEscalation
from .evidence import Evidence, EvidenceKind
from .findings import Finding
from .follow_up import (
    ChangeStatus,
    DueBasis,
    Position,
    Priority,
    Progress,
    RecommendationStatus,
    VerificationKind,
)
from .letter_figures import FrozenRow, LetterFigure
from .letter_life import LetterStatus, Level, Post
from .letter_replies import AskPosition, Commitment, Dispute, LetterAnswer
from .letters import Letter
from .life import FindingType, Severity, Status
from .notices import Frequency, NotificationChoice, SentReminder
from .plan_life import ActionStatus, PlanStatus
from .plans import ActionPlan
from .proposal_steps import DECIDED, ProposalStatus
from .proposals import Proposal
from .recommendations import Recommendation
from .referrals import CaseReferral, ReferralOutcome
from .responses import Response
from .saved_views import SavedView
from .stages import Stage
from .themes import Theme
from .verifications import Verification

__all__ = [
    "DECIDED",
    "AccuracyComment",
    "Action",
    "ActionPlan",
    "ActionStatus",
    "AskPosition",
    "Audience",
    "CaseReferral",
    "ChangeStatus",
    "Citation",
    "Comment",
    "Commitment",
    "Decision",
    "Dispute",
    "DueBasis",
    "DueDateChange",
    "EscalationLevel",
    "EscalationOutcome",
    "Evidence",
    "EvidenceKind",
    "Finding",
    "FindingType",
    "Frequency",
    "FrozenRow",
    "Letter",
    "LetterAnswer",
    "LetterFigure",
    "LetterStatus",
    "Level",
    "LocalEscalation",
    "NotificationChoice",
    "PlanStatus",
    "Position",
    "Post",
    "Priority",
    "Progress",
    "Proposal",
    "ProposalStatus",
    "Recommendation",
    "RecommendationStatus",
    "ReferralOutcome",
    "Response",
    "SavedView",
    "SentReminder",
    "Severity",
    "Stage",
    "Status",
    "Theme",
    "Verification",
    "VerificationKind",
]
