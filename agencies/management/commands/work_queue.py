"""Does what is queued beside the pages, such as reading reports that were handed in, until it is stopped."""

from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, connection

from agencies.jobs import work_on_next
from agencies.stopping import Stop

PAUSE = 1  # seconds between looks at an empty queue


class Command(BaseCommand):
    help = (
        "Works on the queue until it is stopped (SIGTERM, Ctrl-C): then it finishes the job at hand. Several at once "
        "share the work. Killed, it leaves its job to be done again: nothing is done twice."
    )

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="End when there is nothing to do just now.")
        parser.add_argument(
            "--until-end-of-input",
            action="store_true",
            help="End also when standard input ends, and so together with whatever holds its other end.",
        )

    def handle(self, *, once, until_end_of_input, **options):
        if once:
            while work_on_next():
                pass
            return
        stop, reachable = Stop(until_end_of_input), True
        while not stop.is_asked:
            try:
                # A connection that was lost, or has been open for long, is not used again.
                connection.close_if_unusable_or_obsolete()
                has_worked, reachable = work_on_next(), True
            except (DatabaseError, InterfaceError) as error:
                if reachable:
                    self.stderr.write(f"The database does not answer ({type(error).__name__}); trying again.")
                has_worked, reachable = False, False
                connection.close()  # another one is opened next time
            if not has_worked:
                stop.wait(PAUSE)
