"""Fills an empty register with the demonstration: people, published inspections, invented ones under way."""

import json
import secrets

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from agencies.csv_rows import BadRows, Files
from agencies.demo import ADDRESSES, add_missing_people
from agencies.models import User
from findings import demo as findings
from findings import demo_fiction
from findings.demo_story import record_story
from findings.demo_unpublished import record_unpublished
from findings.models import Citation, Finding, Theme
from inspections import demo as inspections
from inspections.models import Inspection, Provenance, Report


class Command(BaseCommand):
    help = (
        "Adds the demonstration's people, inspections and findings. Prints their ids as JSON. A register that "
        "has them already gets only the people it lacks."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--profile", choices=["small"], default="small", help="How much: so far one size."
        )
        parser.add_argument(
            "--seed", help="The same seed gives the same public ids; without one they are random."
        )
        parser.add_argument("--without-unpublished", action="store_true", help="Published records only.")
        parser.add_argument("--force", action="store_true", help="Also where neither DEMO nor DEBUG is set.")

        parser.add_argument(
            "--from", dest="folder", default=settings.BASE_DIR, help="A folder laid out like the project."
        )

    def handle(self, *, seed, folder, without_unpublished, force, **options):
        if not (settings.DEMO or settings.DEBUG or force):
            raise CommandError(
                "The demonstration's people have a password that everybody can know. Set DEMO=1 where that is "
                "meant, or give --force."
            )
        is_there = Inspection.objects.filter(provenance__in=(Provenance.REPORT, Provenance.FICTION)).exists()
        if not is_there and not force and User.objects.exclude(email__in=ADDRESSES).exists():
            raise CommandError(
                "This register has people of its own. The demonstration would let anybody sign in to it; give it "
                "a database of its own, or say --force."
            )
        if not Theme.objects.exists():
            raise CommandError("The reference data is not loaded yet: run load_reference first.")
        seed = seed or secrets.token_hex(16)
        files = Files(folder)
        try:
            with transaction.atomic():
                people = add_missing_people()
                if is_there:
                    self.stderr.write(
                        "The demonstration is there already: at most missing people were added."
                    )
                else:
                    record_demo(files, people, seed, unpublished=not without_unpublished)
        except BadRows as bad:
            raise CommandError("Nothing was added:\n" + "\n".join(bad.problems)) from bad
        self.stdout.write(json.dumps(ids(files, people, seed), indent=1))


def record_demo(files, people, seed, *, unpublished):
    """Records everything; raises BadRows when a file has a bad row."""
    recorded = inspections.record_inspections(files, people=people, seed=seed)
    reports = inspections.record_reports(files, recorded, seed=seed)
    published = findings.record_findings(files, inspections=recorded, reports=reports, seed=seed)
    files.finish()
    record_story(published, seed=seed)
    if unpublished:
        record_unpublished(people=people, on=timezone.localdate(), seed=seed)


def ids(files, people, seed):
    """What is there: counts; people's ids by address; public ids by key, as far as they were made with this seed."""
    return {
        "counts": {
            "inspections": Inspection.objects.count(),
            "reports": Report.objects.count(),
            "findings": Finding.objects.count(),
            "citations": Citation.objects.count(),
        },
        "users": {email: user.pk for email, user in people.items()},
        "inspections": _public_ids(
            Inspection,
            [*inspections.keys(files), *demo_fiction.inspection_keys()],
            inspections.public_id,
            seed,
        ),
        "findings": _public_ids(
            Finding, [*findings.keys(files), *demo_fiction.finding_keys()], findings.public_id, seed
        ),
    }


def _public_ids(model, keys, public_id, seed):
    there = set(model._base_manager.values_list("public_id", flat=True))
    expected = {key: public_id(seed, key) for key in keys}
    return {key: public_id for key, public_id in expected.items() if public_id in there}
