from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("findings", "0003_fill_publication_moments")]

    operations = [
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.CheckConstraint(
                condition=Q(status="withdrawn", withdrawn_at__isnull=False)
                | (~Q(status="withdrawn") & Q(withdrawn_at=None)),
                name="finding_withdrawn_at_a_moment",
            ),
        ),
    ]
