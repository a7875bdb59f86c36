"""The history of a plan in words: of its actions only those that an event added, changed or took away."""

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from agencies.timeline import changes_of

from .history import timeline
from .models import ActionPlan, ActionStatus

VERBS = {
    "begun": _("Begun"),
    "edited": _("Changed"),
    "submit": _("Submitted"),
    "accept": _("Accepted"),
    "return": _("Returned: it does not reflect the findings"),
    "progress reported": _("Progress reported"),
}


def plan_timeline(events):
    """As history.timeline; an event that changed actions tells of those alone."""
    events = list(events)
    entries = timeline(events, ActionPlan)
    for event, entry in zip(reversed(events), entries, strict=True):
        entry["heading"] = VERBS.get(event.verb, entry["heading"])
        if event.sequence > 1:
            entry["changes"] = [
                _of_actions(event) if change["name"] == "actions" else change
                for change in changes_of(event, ActionPlan)
            ]
    return entries


def _of_actions(event):
    before, after = event.before.get("actions") or [], event.after["actions"] or []
    gone = [row for row in before if row not in after]
    added = [row for row in after if row not in before]
    if not gone and not added:
        return {"label": _now("Actions"), "before": _now("another order"), "after": _now("this order")}
    return {
        "label": _now("Actions"),
        "before": "\n".join(action_in_words(*row) for row in gone) or _now("nothing"),
        "after": "\n".join(action_in_words(*row) for row in added) or _now("nothing"),
    }


def action_in_words(reference, text, owner, milestone, due_on, status, note=""):
    """An action in a line or two, from what the history keeps of it. `due_on`: as ISO date or ""."""
    parts = [
        _now("%(reference)s: %(text)s") % {"reference": reference, "text": text},
        _now("Owner: %(owner)s.") % {"owner": owner},
        _now("Milestone: %(milestone)s.") % {"milestone": milestone.rstrip(".")} if milestone else "",
        _now("Due on %(day)s.") % {"day": date_format(parse_date(due_on), "j F Y")} if due_on else "",
        f"{ActionStatus(status).label}." if status else "",
        note,
    ]
    return " ".join(part for part in parts if part)
