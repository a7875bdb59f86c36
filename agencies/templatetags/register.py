"""How words of the register look: the colour of a status, severity or grade. The word itself is always shown."""

from django import template
from django.forms import BaseForm, BaseFormSet
from django.utils import timezone
from django.utils.formats import date_format

from .. import held

register = template.Library()

COLOURS = {
    # finding type
    "strength": "green",
    "area_for_improvement": "yellow",
    "weakness": "orange",
    "priority_action": "red",
    "cause_of_concern": "red",
    "observation": "grey",
    # severity
    "minor": "yellow",
    "moderate": "orange",
    "serious": "red",
    "critical": "magenta",
    # status
    "draft": "grey",
    "in_review": "purple",
    "agreed": "teal",
    "published": "blue",
    "closed": "grey",
    "withdrawn": "magenta",
    "embargoed": "purple",
    "paused": "yellow",
    "cancelled": "magenta",
    "corrected": "grey",
    # follow-up
    "issued": "blue",
    "responded": "light-blue",
    "plan_submitted": "purple",
    "in_progress": "yellow",
    "completion_claimed": "orange",
    "closed_verified": "green",
    "closed_not_implemented": "magenta",
    "superseded": "grey",
    "reopened": "red",
    "submitted": "purple",
    "accepted": "green",
    "partly_accepted": "yellow",
    "rejected": "red",
    "facts_contested": "orange",
    "returned": "orange",
    "sent": "blue",
    "under_way": "yellow",
    "done": "green",
    "dropped": "magenta",
    "replied": "green",
    # decisions on facts, outcomes of cases referred back and of escalations
    "upheld": "green",
    "partly_upheld": "yellow",
    "safeguarded": "green",
    "effective": "green",
    "ineffective": "orange",
    # progress
    "none": "red",
    "insufficient": "orange",
    "reasonable": "teal",
    # reports and what is proposed from them
    "waiting": "yellow",
    "read": "green",
    "unreadable": "red",
    "open": "yellow",
    "edited": "green",
    "merged": "teal",
    # grade
    "outstanding": "green",
    "good": "teal",
    "adequate": "yellow",
    "requires-improvement": "orange",
    "inadequate": "red",
}


@register.filter
def colour(code):
    """The tag colour of a code; grey for what has none."""
    return COLOURS.get(code, "grey")


@register.filter
def moment(value):
    """A moment as the GOV.UK style writes it: 5 August 2016, 3:18pm."""
    local = timezone.localtime(value)
    return f"{date_format(local, 'j F Y')}, {local.hour % 12 or 12}:{local:%M}{'am' if local.hour < 12 else 'pm'}"


@register.filter
def groups(text):
    """A long row of characters in groups of eight, to be compared by eye or read aloud."""
    return [text[start : start + 8] for start in range(0, len(text), 8)]


@register.simple_tag(takes_context=True)
def put_back_quietly(context):
    """Forms of the page that are filled in with text nobody has sent are drawn without errors. base.html uses it."""
    if not getattr(context.get("request"), "is_put_back_unsent", False):
        return ""
    for value in context.flatten().values():
        if isinstance(value, (BaseForm, BaseFormSet)) and value.is_bound:
            held.without_errors(value)
    context["has_errors"] = False
    return ""
