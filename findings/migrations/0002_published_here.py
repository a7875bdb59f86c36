from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("findings", "0001_initial"),
        ("inspections", "0003_fill_published_here"),
    ]

    operations = [
        migrations.AddField(
            model_name="finding",
            name="published_here",
            field=models.BooleanField(
                default=False,
                editable=False,
                help_text="Became public by a step in this register, not before it was recorded here.",
            ),
        ),
        migrations.AddField(
            model_name="finding",
            name="withdrawn_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="withdrawn"),
        ),
    ]
