"""Rows that are kept for a while only and are no records of the register: sessions, text not saved, counted tries."""

import time
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from .models import Tries, TypedText
from .models.tries import DAY
from .models.typed import EMPTY_FOR, KEPT_FOR


def past():
    """{what: the rows whose while is over}, to be counted or deleted."""
    now = timezone.now()
    return {
        "sessions that have ended": Session.objects.filter(expire_date__lt=now),
        "devices of sessions that have ended": UserSession.objects.filter(
            created_at__lt=now - timedelta(seconds=settings.SESSION_MAX_SECONDS)
        ),
        "texts typed and not saved": TypedText.objects.filter(saved_at__lt=now - KEPT_FOR),
        "emptied sheets of typed text": TypedText.objects.filter(size=0, saved_at__lt=now - EMPTY_FOR),
        "counts of tries to sign in": Tries.objects.filter(last_at__lt=int(time.time()) - DAY),
    }
