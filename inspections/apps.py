from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _

from .concern_view import drop_before, make_after
from .search_index import PASSAGES


class InspectionsConfig(AppConfig):
    name = "inspections"
    verbose_name = _("Inspections")

    def ready(self):
        pre_migrate.connect(drop_before, sender=self)
        post_migrate.connect(make_after, sender=self)
        post_migrate.connect(_watch_words, sender=self)


def _watch_words(*, using, **kwargs):
    PASSAGES.watch_again(connections[using])
