"""Lists every address of the register."""

import json

from django.core.management.base import BaseCommand

from findings.url_manifest import manifest


class Command(BaseCommand):
    help = "Prints every route with its name, methods, arguments and the kind of record that it is of."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="As a JSON list; else a line for each.")

    def handle(self, **options):
        if options["json"]:
            self.stdout.write(json.dumps(manifest(), indent=1))
            return
        for row in manifest():
            self.stdout.write(f"{'/'.join(row['methods']):14} {row['route']}  {row['name']}  {row['object']}")
