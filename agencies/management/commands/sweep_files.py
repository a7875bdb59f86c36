"""Compares the stored files with the rows that name them."""

from django.core.management.base import BaseCommand, CommandError

from agencies.files.keys import root
from agencies.files.sweep import compare


class Command(BaseCommand):
    help = (
        "Compares the folder of stored files with the database. Removes files older than a day that no row names, "
        "which a crash can leave; reports rows whose file is missing or was changed, and fails if there are any."
    )

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="Only say what would be removed.")
        parser.add_argument(
            "--force",
            action="store_true",
            help="Remove also when most files have no row, as with the wrong database or an old copy of it.",
        )

    def handle(self, *, dry_run, force, **options):
        found = compare()
        for what, rows in (("Missing", found.missing), ("Changed", found.changed)):
            for model, pk, key in rows:
                self.stdout.write(f"{what}: the file {key} of {model} {pk}")
        for path in found.foreign:
            self.stdout.write(f"Not a stored file, left alone: {self._name(path)}")
        refused = found.looks_wrong and not force
        if not dry_run and not refused:
            found.remove()
        verb = "Removed" if not dry_run and not refused else "To be removed"
        for what, paths in (("no row names it", found.orphans), ("half written", found.leftovers)):
            for path in paths:
                self.stdout.write(f"{verb}, {what}: {self._name(path)}")
        self.stdout.write(
            f"{found.rows} rows with files: {len(found.missing)} missing, {len(found.changed)} changed. "
            f"Files without a row: {len(found.orphans)} old, {len(found.leftovers)} half written, "
            f"{len(found.young)} younger than a day."
        )
        if refused and not dry_run:
            raise CommandError(
                f"{len(found.orphans)} files have no row, more than have one: is this the right database? Nothing was "
                "removed; --force removes them."
            )
        if found.missing or found.changed:
            raise CommandError("Files are missing or changed: restore them from a backup.")

    def _name(self, path):
        return path.relative_to(root())
