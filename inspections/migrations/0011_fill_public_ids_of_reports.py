from django.db import migrations

from agencies.public_ids import new_public_id


def fill(apps, schema_editor):
    reports = apps.get_model("inspections", "Report")._base_manager
    for pk in reports.filter(public_id=None).values_list("pk", flat=True):
        reports.filter(pk=pk).update(public_id=new_public_id())


class Migration(migrations.Migration):
    dependencies = [
        ("inspections", "0010_reports_are_read"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
