from django.db import migrations, models

import agencies.public_ids


class Migration(migrations.Migration):
    dependencies = [
        ("inspections", "0011_fill_public_ids_of_reports"),
    ]

    operations = [
        migrations.AlterField(
            model_name="report",
            name="public_id",
            field=models.CharField(
                default=agencies.public_ids.new_public_id,
                editable=False,
                max_length=20,
                unique=True,
                verbose_name="public id",
            ),
        ),
    ]
