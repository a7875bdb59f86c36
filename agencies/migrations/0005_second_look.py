"""What somebody looked at again is kept with the change. A column that may be empty: the table is not rebuilt."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0004_tries_of_passwords"),
    ]

    operations = [
        migrations.AddField(
            model_name="event",
            name="second_look",
            field=models.JSONField(
                blank=True,
                help_text="In which fields something looked like a child's data, of what kind, and why it is none.",
                null=True,
                verbose_name="looked at again",
            ),
        ),
    ]
