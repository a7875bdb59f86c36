"""Reads a folder of published reports and writes what they find to a file, without touching the database."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from findings.proposals.folder import read_folder, reports_in
from findings.proposals.writing import write_whole


class Command(BaseCommand):
    help = (
        "Reads every PDF beneath FOLDER, two at a time, and writes facts and proposed findings as JSON. A file that cannot "
        "be read has its error in the JSON and never stops the others; the last lines name every such file."
    )
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, metavar="FOLDER")
        parser.add_argument(
            "--dry-run", action="store_true", help="Write a file, and nothing to the database."
        )
        parser.add_argument("--json", type=Path, metavar="PROPOSALS.json", help="The file to write.")

    def handle(self, *, folder, dry_run, **options):
        if not folder.is_dir():
            raise CommandError(f"There is no folder {folder}.")
        file = options["json"]
        if not dry_run or file is None:
            raise CommandError("Say --dry-run --json PROPOSALS.json.")
        self._dry_run(folder, file)

    def _dry_run(self, folder, file):
        total = len(reports_in(folder))
        if not total:
            raise CommandError(f"There is no PDF in {folder}.")
        read = {}
        for number, (path, said) in enumerate(read_folder(folder), 1):
            read[path] = said
            outcome = said["error"] or f"{len(said['candidates'])} proposals"
            self.stderr.write(f"{number} of {total}: {said['file']}: {outcome}")
        said = [read[path] for path in sorted(read)]
        write_whole(file, json.dumps(said, ensure_ascii=False, indent=1) + "\n")
        self.stdout.write(f"{total - len(self._unread(read))} of {total} read; written to {file}.")
        for said in self._unread(read):
            self.stdout.write(f"Not read: {said['file']}: {said['error']}")

    def _unread(self, read):
        return [read[path] for path in sorted(read) if read[path]["error"]]
