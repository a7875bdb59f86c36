"""Destroys the files of evidence that are kept beyond their day, and what is kept for a while only."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from agencies import passing
from agencies.models import Channel
from findings.models import Evidence
from inspections.models import IllegalTransition


class Command(BaseCommand):
    help = (
        "Destroys the file of each evidence past the day until which it is kept. Its row stays, with its SHA-256 and "
        "the event that says so. Files of open recommendations are kept on. Also deletes sessions that have ended, text "
        "that was typed a month ago and not saved, and counts of tries to sign in of more than a day ago."
    )

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="Only say what would be destroyed.")

    def handle(self, *, dry_run, **options):
        today, destroyed = timezone.localdate(), 0
        for evidence in Evidence.objects.past_retention(today).order_by("pk"):
            if dry_run or self._destroy(evidence, today):
                destroyed += 1
                what = "To be destroyed" if dry_run else "Destroyed"
                self.stdout.write(f"{what}: {evidence.public_id}, kept until {evidence.retain_until}")
        overdue = Evidence.objects.kept().filter(retain_until__lt=today)
        waiting = overdue.exclude(pk__in=Evidence.objects.past_retention(today).values("pk")).count()
        self.stdout.write(
            f"{destroyed} {'to be destroyed' if dry_run else 'destroyed'}, "
            f"{waiting} kept on because the recommendation is open."
        )

        for what, rows in passing.past().items():
            number = rows.count() if dry_run else rows.delete()[0]
            if number:
                self.stdout.write(f"{'To be deleted' if dry_run else 'Deleted'}: {number} {what}")

    def _destroy(self, evidence, today):
        """Each in a transaction of its own: one that cannot be destroyed keeps none of the others."""
        reason = f"Kept until {evidence.retain_until}."
        try:
            evidence.destroy(by=None, on=today, reason=reason, channel=Channel.COMMAND)
        except IllegalTransition:
            # Its recommendation was reopened, or another run was faster.
            return False
        return True
