"""Reads a folder of published reports: into the register, or with --dry-run into a file without touching the database."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from agencies.models import User
from agencies.stopping import Stop
from findings.handing_in import hand_in, read_queued, to_read_again
from findings.proposals.folder import read_folder, reports_in
from findings.proposals.writing import write_whole


class Command(BaseCommand):
    help = (
        "Hands in every PDF beneath FOLDER for the inspectorate of --by, and reads them beside any other worker. Stopped or "
        "killed, it is carried on by the next run: no file is read twice. With --dry-run facts and proposed findings are "
        "written as JSON instead. A file that cannot be read never stops the others; the last lines name every such file."
    )
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, metavar="FOLDER")
        parser.add_argument(
            "--dry-run", action="store_true", help="Write a file, and nothing to the database."
        )
        parser.add_argument("--by", metavar="EMAIL", help="The inspector or manager who hands them in.")
        parser.add_argument(
            "--again",
            action="store_true",
            help="Also read again what an earlier reader read for that inspectorate.",
        )
        parser.add_argument("--json", type=Path, metavar="PROPOSALS.json", help="The file to write.")

    def handle(self, *, folder, dry_run, by, again, **options):
        if not folder.is_dir():
            raise CommandError(f"There is no folder {folder}.")
        file = options["json"]
        if dry_run and file and not by and not again:
            self._dry_run(folder, file)
        elif by and not dry_run and not file:
            self._hand_in(folder, _staff(by), again)
        else:
            raise CommandError("Say --by EMAIL, or --dry-run --json PROPOSALS.json.")

    def _hand_in(self, folder, by, again):
        done = hand_in(reports_in(folder), by=by)
        queued = {**(to_read_again(by=by) if again else {}), **done.queued}
        self.stdout.write(f"{len(queued)} to read, {done.before} here before, {len(done.refused)} refused.")
        stop, unread = Stop(until_end_of_input=False), []
        number = 0
        for number, report in enumerate(read_queued(queued, lambda: stop.is_asked), 1):
            self.stdout.write(
                f"{number} of {len(queued)}: {report.file_name}: {report.get_reading_display()}"
            )
            self.stdout.flush()
            if report.problem:
                unread.append((report.file_name, report.problem))
        if number < len(queued):
            self.stdout.write(
                f"{len(queued) - number} are still to be read: by a worker, or by this command again."
            )
        for name, problem in [*((path.name, why) for path, why in done.refused.items()), *unread]:
            self.stdout.write(f"Not read: {name}: {problem}")

    def _dry_run(self, folder, file):
        total = len(reports_in(folder))
        if not total:
            raise CommandError(f"There is no PDF in {folder}.")
        read = {}
        for number, (path, said) in enumerate(read_folder(folder), 1):
            read[path] = said
            outcome = said["error"] or f"proposals: {len(said['candidates'])}"
            self.stderr.write(f"{number} of {total}: {said['file']}: {outcome}")
        said = [read[path] for path in sorted(read)]
        write_whole(file, json.dumps(said, ensure_ascii=False, indent=1) + "\n")
        self.stdout.write(f"{total - len(self._unread(read))} of {total} read; written to {file}.")
        for said in self._unread(read):
            self.stdout.write(f"Not read: {said['file']}: {said['error']}")

    def _unread(self, read):
        return [read[path] for path in sorted(read) if read[path]["error"]]


def _staff(email):
    found = User.objects.filter(email__iexact=email, is_active=True).first()
    if found is None or not (found.is_inspector or found.is_manager):
        raise CommandError(f"{email} is neither an inspector nor a manager here.")
    return found
