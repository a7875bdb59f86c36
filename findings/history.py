"""The history of a record, as its page shows it: each event under the words of its verb."""

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from agencies.timeline import changes_of, looked_again

from .models import ActionPlan, Finding, Letter, Position

VERBS = {
    "logged": _("Logged"),
    "created": _("Created"),
    "added": _("Added"),
    "changed": _("Changed"),
    "edited": _("Changed"),
    "removed": _("Removed"),
    "recorded": _("Recorded"),
    "recorded as published": _("Recorded from the published report"),
    "publish": _("Published"),
    "withdraw": _("Withdrawn"),
    "withdrawn": _("Withdrawn"),
    "close": _("Closed"),
    "opened": _("Opened by break-glass"),
    "ended": _("Break-glass ended"),
    "assigned": _("Given to somebody"),
    # inspections
    "judged": _("Judgements recorded"),
    "date stated": _("Date recorded from a source"),
    "start fieldwork": _("Fieldwork started"),
    "start drafting": _("Drafting started"),
    "send for factual accuracy": _("Sent for factual accuracy check"),
    "embargo": _("Embargoed"),
    "embargo changed": _("Embargo changed"),
    "put on hold": _("Publication put on hold"),
    "hold lifted": _("Hold lifted"),
    "pause": _("Paused"),
    "resume": _("Resumed"),
    "cancel": _("Cancelled"),
    # findings
    "submit": _("Sent for review"),
    "agree": _("Agreed"),
    "return to draft": _("Returned to draft"),
    "corrected": _("Corrected"),
    "recurrence linked": _("Link to an earlier finding changed"),
    "respond": _("Response of the agency recorded"),
    # comments, factual accuracy
    "posted": _("Posted"),
    "submitted": _("Sent in"),
    "decided": _("Decided"),
    # recommendations
    "drafted": _("Drafted"),
    "recorded as issued": _("Recorded from the published report"),
    "issue": _("Issued"),
    "respond again": _("Further version of the response"),
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
    "due date proposed": _("Another due date proposed"),
    "due date approved": _("Due date approved"),
    "due date refused": _("Due date refused"),
    # reports and what is proposed from them
    "handed in": _("Handed in"),
    "read": _("Read"),
    "could not be read": _("Could not be read"),
    "queued again": _("To be read again"),
    "matched": _("Matched with its inspection"),
    "proposed": _("Proposed"),
    "accepted": _("Accepted"),
    "rejected": _("Rejected"),
    "reopened": _("To be decided again"),
    "superseded": _("Superseded by a newer reading"),
    "merged": _("Merged"),
    # plans and evidence
    "begun": _("Begun"),
    "accept": _("Accepted"),
    "return": _("Returned"),
    "progress reported": _("Progress reported"),
    "replaced": _("Added in place of an earlier file"),
    "destroy": _("File destroyed"),
    # cases referred back, letters
    "referred": _("Referred back"),
    "resolved": _("Outcome recorded"),
    "send": _("Sent"),
    "acknowledge": _("Receipt confirmed"),
    "reply": _("Replied"),
    "undertaken": _("Undertaken"),
    "take back": _("Taken back to be changed"),
    "figure added": _("Figure added"),
    "figure removed": _("Figure taken out"),
    # views and reminders
    "kept": _("Kept"),
    "chosen": _("Chosen"),
}
# Where a verb means something else for records of one kind.
VERBS_OF = {
    ActionPlan: {"submit": _("Submitted")},
    Letter: {"recorded as published": _("Recorded from where it was published")},
}


def timeline(events, model):
    """Events of one record as the timeline component draws them, newest first."""
    words = {**VERBS, **VERBS_OF.get(model, {})}
    return [
        {
            "heading": words.get(event.verb, event.verb),
            "when": event.at,
            "who": event.by.get_full_name() if event.by else _("the system"),
            "reason": event.reason,
            "looked_again": looked_again(event, model),
            "changes": [] if event.sequence == 1 else changes_of(event, model),
        }
        for event in reversed(list(events))
    ]


def finding_timeline(events):
    """As `timeline`; of a response only what was added, in words."""
    events = list(events)
    entries = timeline(events, Finding)
    for event, entry in zip(reversed(events), entries, strict=True):
        if event.verb == "respond":
            before = event.before.get("responses") or []
            added = [row for row in event.after["responses"] if row not in before]
            entry["changes"] = [
                {"label": _now("Response"), "before": _now("nothing"), "after": _responses(added)}
            ]
    return entries


def _responses(rows):
    return "; ".join(
        _now("%(agency)s, version %(number)s, received on %(day)s: %(position)s. %(text)s")
        % {
            "agency": agency,
            "number": number,
            "day": date_format(parse_date(received_on), "j F Y"),
            "position": Position(position).label,
            "text": text,
        }
        for number, agency, position, received_on, text in rows
    )
