"""Loads the reference data: agencies, frameworks and their grades, themes."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from agencies import reference as agencies
from agencies.csv_rows import BadRows
from agencies.reference_loader import ReferenceLoader
from findings import reference as findings
from inspections import reference as inspections


class Command(BaseCommand):
    help = (
        "Loads agencies, frameworks, grades and themes from the CSV files of the apps. Running it again changes "
        "only what the files change; what administrators have edited is kept. A bad row loads nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--from", dest="folder", default=settings.BASE_DIR, help="A folder laid out like the project."
        )

    def handle(self, *, folder, **options):
        loader = ReferenceLoader(folder)
        try:
            with transaction.atomic():
                for app in (agencies, inspections, findings):
                    app.load(loader)
                loader.files.finish()
        except BadRows as bad:
            raise CommandError("Nothing was loaded:\n" + "\n".join(bad.problems)) from bad
        for outcome in loader.outcomes:
            self.stdout.write(str(outcome))
            for record in outcome.kept:
                self.stdout.write(f"  kept as edited in the administration: {record}")
