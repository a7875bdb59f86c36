"""Counts every figure a second time, in another way, and says where the two differ."""

import random
from contextlib import contextmanager
from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone, translation

from findings.figures import FIGURES
from findings.recount.comparison import Mismatch, mismatches
from findings.recount.lists import Lists
from findings.recount.samples import Sampler


@contextmanager
def one_moment():
    """On PostgreSQL everything is read as of one moment, so that work going on meanwhile is no mismatch."""
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


class Command(BaseCommand):
    help = (
        "Recomputes every figure of the dashboards row by row, for random people, days, windows, forces, councils "
        "and themes, compares all numbers and tables, and counts the rows behind every link. Changes nothing. "
        "Prints each mismatch and fails if there is one."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--as-of", help="The day as of which to count, such as 2016-10-17; else random days."
        )
        parser.add_argument("--samples", type=int, default=20, help="How many combinations; 20 without it.")
        parser.add_argument("--seed", type=int, help="Draws the same combinations again; else a new one.")

    def handle(self, *, as_of, samples, seed, **options):
        on = self._day(as_of)
        if samples < 1:
            raise CommandError("Give at least 1 sample.")
        seed = random.randrange(10**6) if seed is None else seed  # nosec B311 # samples, no secrets
        self.stdout.write(f"Seed {seed}")
        with one_moment(), translation.override("en-gb"):
            found = self._verify(Sampler(random.Random(seed), on), samples)  # nosec B311 # the same
        compared = f"{len(FIGURES)} figures compared over {samples} samples"
        if found:
            raise CommandError(f"{compared}: {found} mismatches. --seed {seed} draws the same samples again.")
        self.stdout.write(f"{compared}: no mismatch")

    def _day(self, as_of):
        if not as_of:
            return None
        try:
            day = date.fromisoformat(as_of)
        except ValueError as error:
            raise CommandError(f"“{as_of}” is not a day, such as 2016-10-17.") from error
        if not date(1990, 1, 1) < day <= timezone.localdate():
            raise CommandError("Give a day after 1 January 1990 that has come.")
        return day

    def _verify(self, sampler, samples):
        """The number of mismatches, each printed: of people who see, then of people who must see nothing."""
        drawn = [sampler.draw() for _number in range(samples)]
        drawn += [sampler.draw(user) for user in sampler.without_a_role()]
        lists, found = {}, 0
        for sample in drawn:
            user = sample.scope.known.user
            behind = lists.setdefault((user.pk, user.role), Lists(user))
            for mismatch in self._of(sample, behind):
                found += 1
                self.stdout.write(
                    f"{mismatch.figure} | {sample.words} | {mismatch.what} | "
                    f"expected {mismatch.expected} | got {mismatch.got}"
                )
        return found

    def _of(self, sample, lists):
        asked, period = sample.asked, sample.scope.period
        before = period.before and (period.before.start, period.before.end)
        if period.end != asked.end or (asked.start != date.min and period.start != asked.start):
            yield Mismatch("window", "days", (asked.start, asked.end), (period.start, period.end))
        if before != asked.before:
            yield Mismatch("window", "the one before", asked.before, before)
        for code in FIGURES:
            found = list(mismatches(code, sample, lists))
            if found and not asked.sees:
                first = f"{len(found)} differences, the first: {found[0].what}, {found[0].got}"
                found = [Mismatch(code, "shown to a person without a role", "nothing", first)]
            yield from found
