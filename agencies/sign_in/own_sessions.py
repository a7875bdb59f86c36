"""Where somebody is signed in: how long that lasts, and ending it.

Sessions are Django's; beside each stands a row of django-allauth's that says whose it is and on which device. Both
are stamped at most once a minute, so that a page costs no query more for it.
"""

import time
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY as USER_ID
from django.contrib.auth import logout, update_session_auth_hash
from django.utils import timezone
from django.utils.translation import gettext as _

BEGAN_AT, SEEN_AT = "began at", "seen at"  # in the session, in seconds since 1970
STAMPED_EVERY = 60  # seconds

# What a browser says it is, in the order in which the words tell: Edge says that it is Chrome, Chrome that it is Safari.
BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


def begin(request):
    """Somebody has just signed in."""
    request.session[BEGAN_AT] = request.session[SEEN_AT] = int(time.time())


def forget(request):
    """Somebody signs out."""
    if key := request.session.session_key:
        UserSession.objects.filter(session_key=key).delete()


class SessionsEnd:
    """Signs out whoever did nothing for SESSION_IDLE_SECONDS, or signed in SESSION_MAX_SECONDS ago.

    It stands before whatever asks for sign-in, so that a form sent afterwards is held like any other's.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if settings.SESSION_COOKIE_NAME in request.COOKIES and USER_ID in request.session:
            now = int(time.time())
            began, seen = request.session.get(BEGAN_AT, 0), request.session.get(SEEN_AT, 0)
            # One that is ahead of the clock, since the clock was set back, would last for as long as that longer.
            if (
                now - began >= settings.SESSION_MAX_SECONDS
                or now - seen >= settings.SESSION_IDLE_SECONDS
                or max(began, seen) > now + STAMPED_EVERY
            ):
                logout(request)
            elif now - seen >= STAMPED_EVERY:
                request.session[SEEN_AT] = now
                rows = UserSession.objects.filter(session_key=request.session.session_key)
                rows.update(last_seen_at=timezone.now())
        return self.get_response(request)


def go_on_with_new_password(request, person):
    """The person changed their password here: this session goes on under a new key, all others have ended by it."""
    before = request.session.session_key
    update_session_auth_hash(request, person)
    UserSession.objects.filter(session_key=before).update(session_key=request.session.session_key)


def of(person):
    """The person's sessions that have not ended, the one seen last first."""
    now = timezone.now()
    return UserSession.objects.filter(
        user_id=person.pk,
        last_seen_at__gt=now - timedelta(seconds=settings.SESSION_IDLE_SECONDS + STAMPED_EVERY),
        created_at__gt=now - timedelta(seconds=settings.SESSION_MAX_SECONDS),
    ).order_by("-last_seen_at", "pk")


def device_of(user_agent):
    """The device as a person knows it: "Firefox on Windows"."""
    browser = next((name for word, name in BROWSERS.items() if word in user_agent), "")
    system = next((name for word, name in SYSTEMS.items() if word in user_agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("An unknown device")
