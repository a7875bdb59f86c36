"""Which police forces an inspection concerns: one rule, kept as a database view so that every figure joins it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency

from .inspections import Inspection


class Concern(models.Model):
    """One force that one inspection concerns; a row of the view `inspections_concern` (inspections.concern_view).

    The inspected force; the force policing the inspected council on the last day of fieldwork (of publication,
    where that day is not known); and each force inspected with it. An inspection stands here once for each
    force, so a joint inspection counts once in each force's row.
    """

    pk = models.CompositePrimaryKey("inspection_id", "force_id")
    inspection = models.ForeignKey(Inspection, on_delete=models.DO_NOTHING, related_name="concerns")
    force = models.ForeignKey(Agency, on_delete=models.DO_NOTHING, related_name="+")
    polices = models.IntegerField()  # 1: it policed the inspected council; 0: it was inspected or took part

    class Meta:
        managed = False
        db_table = "inspections_concern"
        verbose_name = _("force concerned")

    def __str__(self):
        return f"{self.inspection_id} – {self.force_id}"
