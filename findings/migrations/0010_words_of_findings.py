"""The words of findings are indexed, by the database itself."""

from django.db import migrations

from findings.search_index import FINDINGS


def install(apps, schema_editor):
    FINDINGS.install(schema_editor.connection)


def remove(apps, schema_editor):
    FINDINGS.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("findings", "0009_proposals")]

    operations = [migrations.RunPython(install, remove)]
