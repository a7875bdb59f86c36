"""Says of each finding whether a step in this register published it, and when it was withdrawn: its events know."""

from django.db import migrations
from django.db.models import Exists, OuterRef, Subquery


def fill(apps, schema_editor):
    Finding = apps.get_model("findings", "Finding")
    Event = apps.get_model("agencies", "Event")
    events = Event.objects.filter(subject_type="findings.finding", subject_id=OuterRef("pk"))
    Finding.objects.filter(Exists(events.filter(verb="publish"))).update(published_here=True)
    withdrawals = events.filter(verb="withdraw").order_by("-sequence").values("at")
    Finding.objects.filter(status="withdrawn").update(withdrawn_at=Subquery(withdrawals[:1]))


class Migration(migrations.Migration):
    dependencies = [("findings", "0002_published_here")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
