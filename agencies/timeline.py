"""Events in words: what changed, as a person reads it."""

from django.core.exceptions import FieldDoesNotExist
from django.db.models import DateField, DateTimeField
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from .identities import Kind
from .templatetags.register import moment


def changes_of(event, model):
    """[{name, label, before, after}] of one event, in words; in the order of the model's HISTORY on every engine,
    parts that stand in other tables last."""
    order = {name: place for place, name in enumerate(model.HISTORY)}
    names = sorted(event.after, key=lambda name: (order.get(name, len(order)), name))
    return [
        {
            "name": name,
            "label": label_of(model, name),
            "before": in_words(model, name, event.before.get(name)),
            "after": in_words(model, name, event.after[name]),
        }
        for name in names
    ]


def looked_again(event, model):
    """What the person looked at again before it was saved, a sentence for each field; never the words themselves."""
    return [
        _("Looked at again in “%(field)s”, which may have %(kinds)s: %(reason)s")
        % {
            "field": label_of(model, again["field"]),
            "kinds": ", ".join(str(Kind(kind).label) for kind in again["kinds"]),
            "reason": again["reason"],
        }
        for again in event.second_look or ()
    ]


def label_of(model, name):
    """The field's name; a part of the record that stands in another table has only that table's."""
    field = _field(model, name)
    return capfirst(getattr(field, "verbose_name", None) or name.replace("_", " "))


def in_words(model, name, value):
    """A recorded value as a person reads it."""
    if value is None or value == "" or value == []:
        return _("nothing")
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, dict):
        return value["label"]
    if isinstance(value, list):
        if not any(isinstance(part, (list, dict)) for part in value):
            return " – ".join(str(part) for part in value if part not in ("", None, True, False))
        return "; ".join(in_words(model, name, part) for part in value)
    field = _field(model, name)
    if getattr(field, "choices", None):
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, DateTimeField) and (at := parse_datetime(str(value))):
        return moment(at)
    if isinstance(field, DateField) and (day := parse_date(str(value)[:10])):
        return date_format(day, "j F Y")
    return str(value)


def _field(model, name):
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
