"""Publishes the inspections whose embargo has ended: once, or again and again as a service."""

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from agencies.stopping import Stop
from findings.publication import release_due

DATABASE_ERRORS = (DatabaseError, InterfaceError)


class Command(BaseCommand):
    help = (
        "Publishes every inspection whose embargo has ended and prints one line for each. Ends with an error when one "
        "could not be published; the others are published all the same. Two of them at once publish once."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--every",
            type=int,
            metavar="SECONDS",
            help="Go on, looking again after so many seconds, until SIGTERM or Ctrl-C ends it.",
        )
        parser.add_argument(
            "--until-end-of-input",
            action="store_true",
            help="With --every: end also when standard input ends, and so together with whatever holds its other end.",
        )

    def handle(self, *, every, until_end_of_input, **options):
        if every is not None and every < 1:
            raise CommandError("--every takes a number of seconds, 1 or more.")
        if every is not None:
            return self._go_on(every, Stop(until_end_of_input))
        try:
            problems = self._release({})
        except DATABASE_ERRORS as error:
            raise CommandError(f"The database does not answer ({type(error).__name__}).") from error
        if problems:
            raise CommandError(f"Not published: {len(problems)}. Each is named above.")

    def _release(self, told, stop=None):
        """Publishes what is due; {public id: problem} of what could not be. Problems already told are not told again."""
        problems = {}
        for inspection, problem in release_due(timezone.now()):
            if problem:
                problems[inspection.public_id] = problem
                if told.get(inspection.public_id) != problem:
                    # By its id: logs are read by people who may not know of it yet.
                    self._say(f"Not published: the inspection {inspection.public_id}: {problem}")
            else:
                self._say(f"Published: {inspection.reference}, {inspection.public_id}")
            if stop and stop.is_asked:
                break
        return problems

    def _go_on(self, every, stop):
        told, reachable = {}, True
        while not stop.is_asked:
            try:
                # A connection that was lost, or has been open for long, is not used again.
                connection.close_if_unusable_or_obsolete()
                told = self._release(told, stop)
            except DATABASE_ERRORS as error:
                if reachable:
                    self._say(f"The database does not answer ({type(error).__name__}); trying again.")
                reachable = False
                connection.close()  # another one is opened next time
            else:
                if not reachable:
                    self._say("The database answers again.")
                reachable = True
            stop.wait(every)

    def _say(self, words):
        self.stdout.write(f"{timezone.localtime():%Y-%m-%d %H:%M:%S} {words}")
        self.stdout.flush()
