"""Backs the register up."""

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from agencies.backups.making import make


class Command(BaseCommand):
    help = (
        "Writes a copy of the database, of the files that people sent in and a manifest of both into a new folder, "
        "while the register runs. It holds everything, unpublished inspections included: keep it as closed as the "
        "database. SECRET_KEY is not in it, nor who is signed in."
    )

    def add_arguments(self, parser):
        parser.add_argument("folder", metavar="DIR", help="a folder that is not there yet, or empty")

    def handle(self, *, folder, **options):
        manifest = make(folder, connection)
        content = manifest.content
        self.stdout.write(
            f"Backed up: {sum(content.rows.values())} rows of {len(content.rows)} tables, {len(content.heads)} chains "
            f"of events, {len(manifest.files)} files."
        )
        if manifest.wanting:
            raise CommandError(
                f"The backup is made, but {len(manifest.wanting)} files were missing or changed before it: "
                "`sweep_files --dry-run` names them."
            )
