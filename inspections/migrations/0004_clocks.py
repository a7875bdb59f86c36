from django.core.validators import MaxValueValidator
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0002_event_guard"),
        ("inspections", "0003_fill_published_here"),
    ]

    operations = [
        migrations.CreateModel(
            name="Clock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=0, editable=False, verbose_name="version")),
                (
                    "framework",
                    models.ForeignKey(
                        on_delete=models.PROTECT,
                        related_name="clocks",
                        to="inspections.framework",
                        verbose_name="framework",
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[("response", "Written response"), ("action_plan", "Action plan")],
                        max_length=20,
                        verbose_name="what is due",
                    ),
                ),
                (
                    "starts_from",
                    models.CharField(
                        choices=[
                            ("publication", "Publication of the report"),
                            ("pre_publication_letter", "Letter before publication"),
                        ],
                        max_length=30,
                        verbose_name="runs from",
                    ),
                ),
                (
                    "length",
                    models.PositiveSmallIntegerField(
                        help_text="The day from which it runs is not counted.",
                        validators=[MaxValueValidator(5000)],
                        verbose_name="length",
                    ),
                ),
                (
                    "unit",
                    models.CharField(
                        choices=[
                            ("working_days", "working days"),
                            ("calendar_days", "calendar days"),
                            ("weeks", "weeks"),
                            ("months", "months"),
                        ],
                        max_length=20,
                        verbose_name="unit",
                    ),
                ),
                (
                    "valid_from",
                    models.DateField(
                        blank=True,
                        help_text="The first day on which this clock can start.",
                        null=True,
                        verbose_name="valid from",
                    ),
                ),
                (
                    "valid_to",
                    models.DateField(
                        blank=True,
                        help_text="The last day on which this clock can start.",
                        null=True,
                        verbose_name="valid to",
                    ),
                ),
                ("source", models.TextField(blank=True, verbose_name="source")),
            ],
            options={
                "verbose_name": "clock",
                "ordering": ["framework__code", "purpose", F("valid_from").asc(nulls_first=True), "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(length__gt=0),
                        name="clock_has_a_length",
                        violation_error_message="A clock runs for at least one day.",
                    ),
                    models.CheckConstraint(
                        condition=Q(valid_to__gte=F("valid_from")) | Q(valid_to=None) | Q(valid_from=None),
                        name="clock_ends_after_start",
                        violation_error_message="The last day cannot be before the first.",
                    ),
                    models.UniqueConstraint(
                        fields=["framework", "purpose", "valid_from"],
                        name="clock_once_from_a_day",
                        violation_error_message="This framework already has such a clock from this day.",
                    ),
                    models.UniqueConstraint(
                        condition=Q(valid_from=None),
                        fields=["framework", "purpose"],
                        name="clock_once_from_the_beginning",
                        violation_error_message="This framework already has such a clock from the beginning.",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="inspection",
            name="pre_publication_letter_on",
            field=models.DateField(blank=True, null=True, verbose_name="pre-publication letter sent on"),
        ),
        migrations.AddConstraint(
            model_name="inspection",
            constraint=models.CheckConstraint(
                condition=Q(published_on__gte=F("pre_publication_letter_on"))
                | Q(published_on=None)
                | Q(pre_publication_letter_on=None),
                name="inspection_letter_before_publication",
                violation_error_message="The pre-publication letter cannot be sent after publication.",
            ),
        ),
        migrations.AlterField(
            model_name="stateddate",
            name="kind",
            field=models.CharField(
                choices=[
                    ("fieldwork_from", "First day of fieldwork"),
                    ("fieldwork_to", "Last day of fieldwork"),
                    ("pre_publication_letter", "Pre-publication letter sent"),
                    ("published", "Published"),
                ],
                max_length=30,
                verbose_name="which date",
            ),
        ),
    ]
