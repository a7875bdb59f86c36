from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _

from .concern_view import drop_before, make_after


class InspectionsConfig(AppConfig):
    name = "inspections"
    verbose_name = _("Inspections")

    def ready(self):
        pre_migrate.connect(drop_before, sender=self)
        post_migrate.connect(make_after, sender=self)
