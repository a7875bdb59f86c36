from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from .search_index import FINDINGS


class FindingsConfig(AppConfig):
    name = "findings"
    verbose_name = _("Findings")

    def ready(self):
        post_migrate.connect(_watch_words, sender=self)


def _watch_words(*, using, **kwargs):
    FINDINGS.watch_again(connections[using])
