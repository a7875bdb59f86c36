"""Brings reference records in line with their CSV files, without undoing what administrators have changed.

The rule: a record that anybody has ever changed (or added) other than through a command belongs to the
administrators from then on. Where it differs from the file it is kept and reported.
"""

from dataclasses import dataclass, field

from django.core.exceptions import ValidationError

from .csv_rows import Files
from .models import Channel, Event


@dataclass
class Outcome:
    """What became of the rows of one file."""

    kind: str
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    kept: list = field(default_factory=list)

    def __str__(self):
        return f"{self.kind}: {self.added} added, {self.changed} changed, {self.unchanged} unchanged" + (
            f", {len(self.kept)} kept as edited in the administration" if self.kept else ""
        )


class ReferenceLoader:
    """Loads files one after another; later ones may name the records of earlier ones.

    To be used inside one transaction that ends with `files.finish()`: it raises when any row was bad.
    """

    def __init__(self, folder):
        self.files = Files(folder)
        self.outcomes = []
        self.known = {}  # {model: {history key, as the files write it: record, or None for a bad row}}

    def load(self, model, path, *, columns, key, fields=None, repeats=False):
        """Adds and changes the model's records after the file that has these columns.

        `key`: the columns that identify a record. `fields`: {column: field}, where the model does not have just
        the fields that the columns are named after. `repeats`: several rows may tell the same of one record.
        """
        outcome = Outcome(str(model._meta.verbose_name_plural))
        self.outcomes.append(outcome)
        fields = fields or {column: column for column in columns}
        records = Records(model, [fields[column] for column in key])
        known = self.known[model] = {record.history_key(): record for record in records.all}
        first = {}
        for row in self.files.rows(path, columns):
            row_key = tuple(row[column] for column in key)
            earlier = first.setdefault(row_key, row)
            if earlier is not row:
                if not repeats or any(row[column] != earlier[column] for column in fields):
                    row.complain(key[-1], f"“{' '.join(row_key)}” stands in line {earlier.line} already")
                continue
            known_as = ":".join(row_key)
            known.setdefault(known_as, None)
            values = row.read_all(model, fields, self.known)
            if row.is_bad:
                continue
            try:
                known[known_as] = self._bring(
                    model, records.find(row_key, values), values, records.edited, outcome
                )
            except ValidationError as error:
                row.complain_of(error, fields)

    def _bring(self, model, record, values, edited, outcome):
        if record is None:
            outcome.added += 1
            return model().add(by=None, channel=Channel.COMMAND, values=values)
        if not differs(record, values):
            outcome.unchanged += 1
        elif record.pk in edited:
            outcome.kept.append(str(record))
        else:
            record.change(by=None, channel=Channel.COMMAND, values=values, expect=record.version)
            outcome.changed += 1
        return record


class Records:
    """All records of a model, found by the key that the file gives them, now or when they were added."""

    def __init__(self, model, key):
        self.key = key
        relations = [
            model._meta.get_field(name) for name in model.HISTORY if model._meta.get_field(name).is_relation
        ]
        self.all = list(
            model._base_manager.select_related(
                *[field.name for field in relations if not field.many_to_many]
            ).prefetch_related(*[field.name for field in relations if field.many_to_many])
        )
        events = Event.objects.filter(subject_type=model._meta.label_lower)
        self.edited = set(events.exclude(channel=Channel.COMMAND).values_list("subject_id", flat=True))
        self._by_key = {tuple(getattr(record, name) for name in key): record for record in self.all}
        # An administrator may have changed the key itself: the file still means the record it once added.
        by_pk = {record.pk: record for record in self.all}
        self._by_first_key = {
            tuple(as_written(after[name]) for name in key): by_pk[pk]
            for pk, after in events.filter(subject_id__in=self.edited, sequence=1).values_list(
                "subject_id", "after"
            )
        }

    def find(self, row_key, values):
        """The record for this row, or None."""
        return self._by_key.get(tuple(values[name] for name in self.key)) or self._by_first_key.get(row_key)


def as_written(recorded):
    """A value from an event as the file would write it."""
    if isinstance(recorded, dict):
        return recorded["key"]
    return "" if recorded is None else str(recorded)


def differs(record, values):
    """Whether the record has other values than these."""
    for name, value in values.items():
        if record._meta.get_field(name).many_to_many:
            if set(getattr(record, name).all()) != set(value):
                return True
        elif getattr(record, name) != value:
            return True
    return False
