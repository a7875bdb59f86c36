from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AgenciesConfig(AppConfig):
    name = "agencies"
    verbose_name = _("Agencies and people")

    def ready(self):
        from django.contrib.auth.signals import user_logged_in

        from .sign_in.fresh import note_proof

        user_logged_in.connect(
            lambda sender, request, user, **about: note_proof(request),
            weak=False,
            dispatch_uid="signing in is a proof of who one is",
        )
