"""The mail of a digest: plain text, to one person, with no word of any finding, plan, comment or letter."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import ngettext

from agencies.mails import AUTOMATIC, addressed, one_line


def message_of(digest):
    """The EmailMessage; sending it is the caller's."""
    return EmailMessage(
        subject=subject_of(digest),
        body=body_of(digest),
        to=[addressed(digest.person)],
        headers=AUTOMATIC,
    )


def subject_of(digest):
    """Numbers only: a subject is read over shoulders and on locked screens."""
    words = ngettext("My work: %(n)s reminder", "My work: %(n)s reminders", digest.total)
    return words % {"n": digest.total}


def body_of(digest):
    context = {
        "name": one_line(digest.person.first_name),
        "total": digest.total,
        "entries": [_entry(entry) for entry in digest.entries],
        "more": digest.more,
        "work_url": absolute(reverse("work")),
        "notifications_url": absolute(reverse("notifications")),
    }
    return render_to_string("email/reminders.txt", context)


def _entry(entry):
    item = entry.item
    agency, inspection = one_line(item.agency), one_line(item.inspection)
    # An inspection begins with the name of the inspected agency, which often is the one concerned.
    places = [inspection] if inspection.startswith(f"{agency},") else [agency, inspection]
    return {
        "what": one_line(item.what),
        "name": one_line(item.name),
        "place": ", ".join(place for place in places if place),
        "when": item.when,
        "why": one_line(item.why),
        "url": absolute(item.url),
        "is_new": entry.is_new,
    }


def absolute(path):
    return f"{settings.BASE_URL}{path}"
