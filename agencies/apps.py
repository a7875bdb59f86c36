from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AgenciesConfig(AppConfig):
    name = "agencies"
    verbose_name = _("Agencies and people")

    def ready(self):
        from django.contrib.auth.signals import user_logged_in, user_logged_out

        user_logged_in.connect(note_sign_in)
        user_logged_out.connect(note_sign_out)


def note_sign_in(sender, request, user, **about):
    """However somebody signs in: their session begins now, and they have just proved who they are."""
    from .sign_in import fresh, own_sessions

    own_sessions.begin(request)
    fresh.note_proof(request)


def note_sign_out(sender, request, user, **about):
    from .sign_in import own_sessions

    own_sessions.forget(request)
