from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("inspections", "0005_time_to_respond_becomes_clocks")]

    operations = [
        migrations.RemoveConstraint(model_name="framework", name="framework_clock_has_a_unit"),
        migrations.RemoveField(model_name="framework", name="response_clock_length"),
        migrations.RemoveField(model_name="framework", name="response_clock_unit"),
    ]
