"""Says of each inspection whether a step in this register published it: its events know."""

from django.db import migrations
from django.db.models import Exists, OuterRef


def fill(apps, schema_editor):
    Inspection = apps.get_model("inspections", "Inspection")
    Event = apps.get_model("agencies", "Event")
    steps = Event.objects.filter(
        subject_type="inspections.inspection", subject_id=OuterRef("pk"), verb="publish"
    )
    Inspection.objects.filter(Exists(steps)).update(published_here=True)


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0002_event_guard"),
        ("inspections", "0002_published_here"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
