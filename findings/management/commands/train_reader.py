"""Teaches the reader of reports: from examples that people have decided, or anew from reports with labelled statements."""

import csv
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from findings.models import Proposal
from findings.proposals.decided import WrongExample, examples_in, examples_of_proposals
from findings.proposals.folder import reports_in
from findings.proposals.labelled import examples_of, rows_by_file
from findings.proposals.training import learn
from findings.proposals.weights import shipped
from findings.proposals.writing import write_whole
from inspections.reading import Unreadable, read_file

THEMES = Path(__file__).resolve().parents[2] / "data" / "themes.csv"


class Command(BaseCommand):
    help = (
        "Teaches the reader of reports what people have decided: about the proposals of the register or, with --examples, "
        "about passages in a file. It goes on from what comes with the product. --reports and --labels begin anew. The "
        "same examples always teach the same. Without --to the result is what the reader uses from then on (READER_FILE)."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--examples", type=Path, metavar="CSV", help="Passages that people have decided.")
        parser.add_argument(
            "--reports", type=Path, metavar="FOLDER", help="With --labels: the reports labelled."
        )
        parser.add_argument(
            "--labels", type=Path, metavar="CSV", help="With --reports: their labelled statements."
        )
        parser.add_argument("--to", type=Path, metavar="FILE", help="Where to write the weights.")

    def handle(self, *, examples, reports, labels, to, **options):
        themes = themes_known()
        try:
            if bool(reports) != bool(labels) or (examples and reports):
                raise CommandError(
                    "Say --examples CSV, or --reports FOLDER with --labels CSV, or none of them."
                )
            if reports:
                start, given = None, list(self._labelled(reports, labels))
            else:
                found = (
                    examples_in(examples, themes)
                    if examples
                    else examples_of_proposals(Proposal.objects.to_learn_from(), themes)
                )
                start, given = shipped(), list(found)
        except (OSError, WrongExample) as error:
            raise CommandError(str(error)) from error
        if not given:
            raise CommandError("There is no example to learn from.")
        weights = learn(given, themes=themes, start=start)
        to = to or settings.READER_FILE
        to.parent.mkdir(parents=True, exist_ok=True)
        write_whole(to, weights.dumps())
        self.stdout.write(f"Sentences learnt from: {len(given)}. Version {weights.version}, written to {to}.")

    def _labelled(self, folder, labels):
        rows = rows_by_file(labels)
        for path in reports_in(folder):
            if path.name not in rows:
                continue
            try:
                report = read_file(path)
            except Unreadable as error:
                self.stderr.write(f"Not learnt from: {path.name}: {error}")
                continue
            yield from examples_of(report, rows[path.name], path.name)


def themes_known():
    """Codes of the themes that come with the product, in their order."""
    with THEMES.open(newline="") as file:
        return [row["code"] for row in csv.DictReader(file)]
