"""The history of an inspection or a finding, as its page shows it."""

from django.utils.translation import gettext_lazy as _

from agencies.timeline import changes_of

VERBS = {
    "logged": _("Logged"),
    "created": _("Created"),
    "recorded as published": _("Recorded from the published report"),
    "edited": _("Changed"),
    "judged": _("Judgements recorded"),
    "date stated": _("Date recorded from a source"),
    "submit": _("Sent for review"),
    "agree": _("Agreed"),
    "return to draft": _("Returned to draft"),
    "publish": _("Published"),
    "withdraw": _("Withdrawn"),
    "close": _("Closed"),
    "pause": _("Paused"),
    "resume": _("Resumed"),
    "cancel": _("Cancelled"),
    "embargo": _("Embargoed"),
    "start fieldwork": _("Fieldwork started"),
    "start drafting": _("Drafting started"),
    "send for factual accuracy": _("Sent for factual accuracy check"),
}


def timeline(events, model):
    """Events of one record as the timeline component draws them, newest first."""
    return [
        {
            "heading": VERBS.get(event.verb, event.verb),
            "when": event.at,
            "who": event.by.get_full_name() if event.by else _("the system"),
            "reason": event.reason,
            "changes": [] if event.sequence == 1 else changes_of(event, model),
        }
        for event in reversed(list(events))
    ]
