"""Says whether the history is as it was written, and seals it."""

from django.core.management.base import BaseCommand, CommandError

from agencies.models import Event
from inspections.audit import problems
from inspections.models import ReadLogEntry, Seal
from inspections.sealing import seal


class Command(BaseCommand):
    help = (
        "Looks at every event, seal and sealed view: prints what was changed, removed or cut off outside the register, "
        "and ends with an error if there is anything. Then seals what happened since the last run."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--only-read", action="store_true", help="Set no seal: for a copy that was restored."
        )
        parser.add_argument(
            "--expect",
            metavar="NUMBER:HASH",
            help="A seal as an earlier run printed it, kept elsewhere: it has to be there still.",
        )

    def handle(self, *, only_read, expect, **options):
        found = list(problems())
        if expect and not self._has(expect):
            found.append(f"Seal {expect} is not there: this is another history, or its end was cut off.")
        last = Seal.objects.last() if only_read else seal()
        for problem in found:
            self.stdout.write(problem)
        if found:
            raise CommandError(f"{len(found)} found.")
        self.stdout.write(
            f"{Event.objects.count()} events and {ReadLogEntry.objects.count()} views are as they were written."
        )
        if last:
            self.stdout.write(f"Seal {last}")

    @staticmethod
    def _has(expect):
        number, _colon, digest = expect.partition(":")
        return number.isdecimal() and Seal.objects.filter(number=number, hash=digest).exists()
