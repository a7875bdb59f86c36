"""Sends people the reminders that they asked for."""

from datetime import date

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from agencies.mails import CONSOLE
from findings.notices.mail import message_of
from findings.notices.run import digests, send_all


def day(text):
    return date.fromisoformat(text)


class Command(BaseCommand):
    help = (
        "Sends everybody who asked for reminders one e-mail with what falls due, what is late and what is new in "
        "their work. Run it once a day. Nobody is told of the same thing for the same reason twice."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--dry-run", action="store_true", help="Print what would go to whom; send and note nothing."
        )
        parser.add_argument("--on", type=day, help="As of this day (2026-11-25), not today.")

    def handle(self, *, dry_run, on, **options):
        on = on or timezone.localdate()
        if not dry_run:
            self._refuse_where_mail_cannot_go()
        found = list(digests(on))
        if dry_run:
            for _choice, digest in found:
                message = message_of(digest)
                self.stdout.write(f"To: {message.to[0]}\nSubject: {message.subject}\n\n{message.body}\n")
            self.stdout.write(f"{len(found)} mails would go. Nothing was sent.")
        self._refuse_a_storm(len(found))
        if dry_run:
            return
        sent, failed = send_all([choice for choice, _digest in found], on)
        self.stdout.write(f"Sent: {sent}. Failed: {len(failed)}.")
        if failed:
            ids = ", ".join(str(person.pk) for person in failed)
            raise CommandError(
                f"No mail went to these users: {ids}. The log says why. The next run tries again."
            )

    def _refuse_where_mail_cannot_go(self):
        if not settings.BASE_URL:
            raise CommandError(
                "Set BASE_URL, the address of the register: mails lead to it. Nothing was sent."
            )
        if settings.EMAIL_BACKEND == CONSOLE and not settings.DEMO:
            raise CommandError(
                "Set EMAIL_HOST: without a mail server the mails would only be printed. Nothing was sent."
            )

    def _refuse_a_storm(self, mails):
        most = settings.REMINDERS_MAX_PER_RUN
        if mails > most:
            raise CommandError(
                f"{mails} mails would go, more than REMINDERS_MAX_PER_RUN allows ({most}). Nothing was sent. If "
                "that many are right, set it higher for this run."
            )
