"""The history of a recommendation in words: its events, and what each added of responses, dates and verifications."""

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from agencies.timeline import changes_of

from .history import timeline
from .models import ChangeStatus, Position, Progress, Recommendation, VerificationKind

VERBS = {
    "drafted": _("Drafted"),
    "recorded as issued": _("Recorded from the published report"),
    "issue": _("Issued"),
    "respond": _("Responded"),
    "respond again": _("A further version of the response"),
    "submit plan": _("Plan submitted"),
    "return plan": _("Plan returned"),
    "accept plan": _("Plan accepted"),
    "claim": _("Completion claimed"),
    "progress recorded": _("Progress recorded"),
    "find not done": _("Verified: not done yet"),
    "verify and close": _("Verified and closed"),
    "close not implemented": _("Closed, not implemented"),
    "supersede": _("Superseded"),
    "supersedes": _("Issued in place of an earlier one"),
    "reopen": _("Reopened"),
    "assigned": _("Following up given to somebody"),
    "due date proposed": _("Another due date proposed"),
    "due date approved": _("Due date approved"),
    "due date refused": _("Due date refused"),
}


def recommendation_timeline(events):
    """As history.timeline, with the parts that stand in other tables told by what the event added."""
    events = list(events)
    entries = timeline(events, Recommendation)
    for event, entry in zip(reversed(events), entries, strict=True):
        entry["heading"] = VERBS.get(event.verb, entry["heading"])
        if event.sequence > 1:
            entry["changes"] = [
                _added(event, change["name"], change) for change in changes_of(event, Recommendation)
            ]
    return entries


def _added(event, name, change):
    """The change of a part without the rows that stayed as they were."""
    if name not in PARTS:
        return change
    before, after = event.before.get(name) or [], event.after[name] or []
    label, words = PARTS[name]
    return {
        "label": label,
        "before": "; ".join(words(*row) for row in before if row not in after) or _now("nothing"),
        "after": "; ".join(words(*row) for row in after if row not in before),
    }


def _response(number, agency, position, received_on, text):
    return _now("Version %(number)s, received on %(day)s: %(position)s. %(text)s") % {
        "number": number,
        "day": _day(received_on),
        "position": Position(position).label,
        "text": text,
    }


def _due_date_change(was, due_on, status, reason, decided_on, decision_reason):
    return _now("%(due)s instead of %(was)s: %(status)s. %(reason)s") % {
        "due": _day(due_on),
        "was": _day(was) or _now("no date"),
        "status": ChangeStatus(status).label.lower(),
        "reason": decision_reason or reason,
    }


def _verification(kind, on, progress, closes, text, through):
    words = _now("%(kind)s on %(day)s: %(progress)s. %(text)s") % {
        "kind": VerificationKind(kind).label,
        "day": _day(on),
        "progress": Progress(progress).label,
        "text": text,
    }
    return f"{words} ({through})" if through else words


def _day(recorded):
    return date_format(parse_date(recorded)) if recorded else ""


PARTS = {
    "responses": (_("Response"), _response),
    "due_date_changes": (_("Change of due date"), _due_date_change),
    "verifications": (_("Verification"), _verification),
}
