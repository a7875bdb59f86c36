"""Restores a backup."""

from django.core.management.base import BaseCommand
from django.db import connection

from agencies.backups.restoring import restore


class Command(BaseCommand):
    help = (
        "Restores what `backup` wrote into a database without tables and an empty FILES_DIR, and compares both with "
        "the manifest. When anything is wrong nothing is restored. It publishes nothing and sends no mail."
    )
    # A check may look at the database, which is empty.
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("folder", metavar="DIR", help="the folder that `backup` wrote")

    def handle(self, *, folder, **options):
        manifest = restore(folder, connection)
        content = manifest.content
        self.stdout.write(
            f"Restored and compared: {sum(content.rows.values())} rows of {len(content.rows)} tables, "
            f"{len(content.heads)} chains of events, {len(manifest.files)} files, as of {manifest.made_at}."
        )
        if manifest.wanting:
            self.stdout.write(f"{len(manifest.wanting)} files were missing or changed already in the backup.")
