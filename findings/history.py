"""Events in words: what the pages show of a record's history."""

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

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
LABELS = {"judgements": _("Judgements"), "stated_dates": _("Dates in sources"), "citations": _("Citations")}


def timeline(events, model):
    """Events of one record as the timeline component draws them, newest first."""
    return [
        {
            "heading": VERBS.get(event.verb, event.verb),
            "when": event.at,
            "who": event.by.get_full_name() if event.by else _("the system"),
            "reason": event.reason,
            "changes": [] if event.sequence == 1 else changes(event, model),
        }
        for event in reversed(list(events))
    ]


def changes(event, model):
    """[{label, before, after}] of one event, in words."""
    return [
        {
            "label": label_of(model, name),
            "before": in_words(model, name, event.before.get(name)),
            "after": in_words(model, name, after),
        }
        for name, after in event.after.items()
    ]


def label_of(model, name):
    if name in LABELS:
        return LABELS[name]
    label = str(model._meta.get_field(name).verbose_name)
    return label[:1].upper() + label[1:]


def in_words(model, name, value):
    """A recorded value as a person reads it."""
    if value is None or value == "" or value == []:
        return _("nothing")
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, dict):
        return value["label"]
    if isinstance(value, list):
        return "; ".join(
            " – ".join(str(part) for part in item if part not in ("", None, True, False))
            if isinstance(item, list)
            else in_words(model, name, item)
            for item in value
        )
    if name not in LABELS:
        field = model._meta.get_field(name)
        if field.choices:
            return str(dict(field.flatchoices).get(value, value))
        if field.get_internal_type() == "DateField" and (day := parse_date(str(value))):
            return date_format(day, "j F Y")
    return str(value)
