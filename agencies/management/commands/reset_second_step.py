"""Takes the second step of signing in away from somebody who has lost it and whom no administrator can help."""

from django.core.management.base import BaseCommand, CommandError

from agencies.models import Channel, User
from agencies.sign_in import second_step


class Command(BaseCommand):
    help = (
        "Takes apps, passkeys and recovery codes away from one person and signs them out everywhere. They sign in "
        "by password alone, and set up another second step if they have to have one."
    )

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, *, email, **options):
        person = User.objects.filter(email__iexact=email).first()
        if person is None:
            raise CommandError(f"Nobody signs in with {email}.")
        second_step.reset(person, by=None, channel=Channel.COMMAND)
        self.stdout.write(f"{person.email} signs in by password alone until they set up another second step.")
