"""One run of reminders: who would get a mail, the guard against a storm of them, and sending them one by one.

Each person's mail is made up, marked in the log and handed to the mail server within one transaction, in that order:
first the marks, then the sending, then the commit. If the server refuses, or the process dies before it has taken the
mail, the marks go back with the transaction and the next run sends it: nothing is lost. If the process dies in the
moment between the server's acceptance and the commit, the next run sends that one mail again: at least once, at most
one person twice, rather than once at most and perhaps never. Everybody before is committed and is not sent to again.
The row of the person's choice is locked meanwhile, so that two runs at once do not both send.
"""

import logging

from django.core.mail import get_connection
from django.db import transaction

from ..models import NotificationChoice, SentReminder
from .digest import digest_of
from .mail import message_of


def digests(on):
    """What everybody would be told now. Nothing is changed."""
    choices = NotificationChoice.objects.switched_on().select_related("person__agency").order_by("pk")
    for choice in choices.iterator():
        digest = digest_of(choice, on)
        if digest.entries:
            yield choice, digest


def send_all(choices, on):
    """Sends to these; (how many mails went, [the people whose mail failed])."""
    sent, failed = 0, []
    connection = get_connection()
    for choice in choices:
        try:
            sent += send_one(choice.pk, on, connection)
        except Exception:
            # One refused address, or one person's odd data, keeps no reminder from the others.
            logging.getLogger(__name__).exception(
                "The reminders of user %s could not be sent", choice.person_id
            )
            failed.append(choice.person)
            connection.close()
    connection.close()
    return sent, failed


def send_one(choice_pk, on, connection):
    """Sends one person what there is to tell at this moment; whether there was anything."""
    with transaction.atomic():
        choice = NotificationChoice.objects.select_for_update(of=("self",))
        choice = choice.switched_on().select_related("person__agency").filter(pk=choice_pk).first()
        digest = digest_of(choice, on) if choice else None
        if digest is None or not digest.entries:
            return False
        SentReminder.objects.bulk_create(digest.marks)
        message = message_of(digest)
        message.connection = connection
        message.send()
    return True
