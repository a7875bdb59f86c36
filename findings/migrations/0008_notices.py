import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("findings", "0007_follow_up"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="NotificationChoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=0, editable=False, verbose_name="version")),
                (
                    "frequency",
                    models.CharField(
                        choices=[("off", "Never"), ("daily", "Once a day, when there is something to tell")],
                        default="off",
                        max_length=10,
                        verbose_name="how often",
                    ),
                ),
                ("when_due", models.BooleanField(default=True, verbose_name="what falls due")),
                ("when_late", models.BooleanField(default=True, verbose_name="what is late")),
                ("when_new", models.BooleanField(default=True, verbose_name="what is new")),
                (
                    "left_out",
                    models.JSONField(blank=True, default=list, verbose_name="kinds of work left out"),
                ),
                (
                    "person",
                    models.OneToOneField(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notification_choice",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "choice of notifications",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="SentReminder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("record", models.CharField(max_length=80, verbose_name="piece of work")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("week", "due within 7 days"),
                            ("tomorrow", "due tomorrow"),
                            ("today", "due today"),
                            ("late", "late"),
                            ("new", "new"),
                        ],
                        max_length=10,
                        verbose_name="reason",
                    ),
                ),
                ("day", models.DateField(verbose_name="day")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="told")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "sent reminder",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "record", "reason", "day"), name="reminder_sent_once"
                    )
                ],
            },
        ),
    ]
