"""Writes the whole history out: who changed what, who read what, and the seals."""

import json

from django.core.management.base import BaseCommand
from django.core.serializers.json import DjangoJSONEncoder

from agencies.models import Event
from inspections.models import ReadLogEntry, Seal
from inspections.sealing import AT_ONCE

EVENT = (*(field.attname for field in Event._meta.concrete_fields), "by__email")
READ = (
    "by",
    "by__email",
    "subject_type",
    "public_id",
    "inspection__public_id",
    "inspectorate__slug",
    "route",
    "at",
    "break_glass__public_id",
    "break_glass__reason",
)
SEAL = ("number", "at", "heads_hash", "reads_until", "reads_count", "reads_hash", "previous_hash", "hash")


class Command(BaseCommand):
    help = "Prints all events, views of unpublished matter and seals, oldest first. It holds what is not published."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="As one JSON object; else a line for each.")

    def handle(self, **options):
        parts = {
            "events": Event.objects.order_by("pk").values(*EVENT),
            "reads": ReadLogEntry.objects.order_by("pk").values(*READ),
            "seals": Seal.objects.order_by("number").values(*SEAL),
        }
        if options["json"]:
            self._as_json(parts)
        else:
            for name, rows in parts.items():
                for row in rows.iterator(chunk_size=AT_ONCE):
                    self.stdout.write(f"{name} {_json(row)}")

    def _as_json(self, parts):
        """Row by row: the history need not fit into memory."""
        for place, (name, rows) in enumerate(parts.items()):
            self.stdout.write(f'{"," if place else "{"}"{name}": [')
            before = ""
            for row in rows.iterator(chunk_size=AT_ONCE):
                self.stdout.write(f"{before}{_json(row)}")
                before = ","
            self.stdout.write("]")
        self.stdout.write("}")


def _json(row):
    return json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False)
