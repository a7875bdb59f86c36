"""The life of a letter: its levels, posts, statuses and legal steps."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.IntegerChoices):
    LOCAL = 0, _("Level 0: between agencies locally")
    LEAD = 1, _("Level 1: inspector to the safeguarding lead")
    CHIEF_OFFICER = 2, _("Level 2: manager to chief constable or director")
    INSPECTORATE = 3, _("Level 3: inspectorate to inspectorate")
    CHIEF_INSPECTOR = 4, _("Level 4: chief inspector to chief inspector")
    MONITORING = 5, _("Level 5: enhanced monitoring")


class Post(models.TextChoices):
    """Who holds a post changes; whom a letter was written to does not."""

    CHIEF_CONSTABLE = "chief_constable", _("Chief constable")
    COMMISSIONER = "commissioner", _("Commissioner")
    SAFEGUARDING_LEAD = "safeguarding_lead", _("Safeguarding lead")
    DIRECTOR = "director", _("Director of children’s services")
    CHIEF_EXECUTIVE = "chief_executive", _("Chief executive")
    CHIEF_INSPECTOR = "chief_inspector", _("Chief inspector")
    HEAD = "head", _("Head of inspection")
    BOARD_CHAIR = "board_chair", _("Chair of the safeguarding board")
    POLICING_BODY = "policing_body", _("Police and crime commissioner")


class LetterStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    AGREED = "agreed", _("Agreed")
    SENT = "sent", _("Sent")
    REPLIED = "replied", _("Replied")
    CLOSED = "closed", _("Closed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


UNSENT = (LetterStatus.DRAFT, LetterStatus.AGREED)
SENT = (LetterStatus.SENT, LetterStatus.REPLIED, LetterStatus.CLOSED)
AGREED_FROM = Level.INSPECTORATE  # letters of this level and above are agreed by a second person

LETTER_TRANSITIONS = {
    "agree": ({LetterStatus.DRAFT}, LetterStatus.AGREED, _("Agree")),
    "take_back": ({LetterStatus.AGREED}, LetterStatus.DRAFT, _("Take back to change it")),
    "send": (set(UNSENT), LetterStatus.SENT, _("Send")),
    "acknowledge": ({LetterStatus.SENT}, LetterStatus.SENT, _("Confirm receipt")),
    "reply": ({LetterStatus.SENT}, LetterStatus.REPLIED, _("Reply")),
    "close": ({LetterStatus.SENT, LetterStatus.REPLIED}, LetterStatus.CLOSED, _("Close")),
    "withdraw": (set(UNSENT), LetterStatus.WITHDRAWN, _("Withdraw")),
}
LETTER_NEEDS_REASON = {"take_back", "withdraw"}
