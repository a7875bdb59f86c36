"""The words of passages are indexed, by the database itself."""

from django.db import migrations

from inspections.search_index import PASSAGES


def install(apps, schema_editor):
    PASSAGES.install(schema_editor.connection)


def remove(apps, schema_editor):
    PASSAGES.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("inspections", "0012_reports_have_public_ids")]

    operations = [migrations.RunPython(install, remove)]
