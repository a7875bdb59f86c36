import agencies.public_ids
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0002_event_guard"),
        ("findings", "0004_withdrawn_at_a_moment"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=0, editable=False, verbose_name="version")),
                (
                    "public_id",
                    models.CharField(
                        default=agencies.public_ids.new_public_id,
                        editable=False,
                        max_length=20,
                        unique=True,
                        verbose_name="public id",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "page",
                    models.CharField(
                        choices=[
                            ("findings", "Findings"),
                            ("inspections", "Inspections"),
                            ("agencies", "Agencies"),
                            ("dashboard", "Dashboard"),
                            ("agency", "Agency"),
                            ("compare", "Comparison"),
                            ("figure", "Figure"),
                        ],
                        max_length=20,
                        verbose_name="page",
                    ),
                ),
                (
                    "argument",
                    models.CharField(
                        blank=True,
                        help_text="As it stands in the page's address.",
                        max_length=120,
                        verbose_name="agency or figure",
                    ),
                ),
                ("query", models.CharField(blank=True, max_length=2000, verbose_name="filters")),
                ("submission_key", models.CharField(blank=True, editable=False, max_length=64)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="kept"
                    ),
                ),
                ("removed_at", models.DateTimeField(editable=False, null=True, verbose_name="removed")),
                (
                    "owner",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="saved_views",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="kept by",
                    ),
                ),
                (
                    "shared_with",
                    models.ForeignKey(
                        blank=True,
                        help_text="An inspectorate. Empty: only its owner sees it.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.agency",
                        verbose_name="shared with",
                    ),
                ),
            ],
            options={
                "verbose_name": "kept view",
                "ordering": ["name", "pk"],
                "indexes": [models.Index(fields=["shared_with", "name"], name="saved_view_shared")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["owner", "name"],
                        condition=Q(removed_at=None),
                        name="saved_view_name_of_owner",
                        violation_error_message="You already keep a view of this name. Choose another name.",
                    ),
                    models.UniqueConstraint(
                        fields=["owner", "submission_key"],
                        condition=~Q(submission_key="") & Q(removed_at=None),
                        name="saved_view_submitted_once",
                    ),
                ],
            },
        ),
    ]
