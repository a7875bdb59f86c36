"""Mails about changes of signing in: the owner is told what changed and when, and nothing that helps anybody in."""

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.db import transaction
from django.urls import reverse

from agencies.models import Channel, User
from agencies.sign_in import second_step as steps

from .browsing import submit
from .conftest import PASSWORD
from .test_admin import filled
from .test_second_step import SECRET, code

NEW = "seven green bottles"


@pytest.fixture(autouse=True)
def _mail_server(settings):
    settings.BASE_URL = "https://register.example.org"


@pytest.fixture
def mailed(django_capture_on_commit_callbacks):
    """mailed(change): the mails that it sends once it is kept."""

    def of(change):
        before = len(mail.outbox)
        with django_capture_on_commit_callbacks(execute=True):
            change()
        return mail.outbox[before:]

    return of


def tool(name, person):
    return reverse(f"admin:agencies_user_{name}", args=[person.pk])


def test_who_changes_their_password_is_told(signed_in, ines, mailed):
    client = signed_in(ines)
    page = client.get(reverse("password_change"))
    values = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    wrong = mailed(lambda: submit(client, page, button=None, **{**values, "old_password": "wrong"}))
    assert wrong == []
    (told,) = mailed(lambda: submit(client, page, button=None, **values))
    assert told.to == ["Ines Example <ines@people.example>"]
    assert told.subject == "How you sign in to the safeguarding findings register has changed"
    assert "Your password was changed." in told.body
    assert "by somebody who had signed in as you" in told.body
    assert told.extra_headers["Auto-Submitted"] == "auto-generated"
    for secret in (PASSWORD, NEW, "/sign-in/", "?"):
        assert secret not in told.body


def test_each_change_of_the_second_step_is_told(mailed, mary):
    (told,) = mailed(lambda: steps.add_app(mary, SECRET, code()))
    assert "An app that shows codes was added" in told.body
    assert SECRET not in told.body
    (told,) = mailed(lambda: steps.make_codes(mary))
    assert "New recovery codes were made." in told.body
    passkey = Authenticator.objects.create(user=mary, type=steps.PASSKEY, data={"name": "Office"})
    (told,) = mailed(lambda: steps.remove(mary, passkey))
    assert "A passkey was removed" in told.body
    app = Authenticator.objects.get(user=mary, type=steps.APP)
    (told,) = mailed(lambda: steps.remove(mary, app))
    assert "The app that shows codes was removed" in told.body


def test_what_an_administrator_does_is_told_to_the_owner(signed_in, adam, mary, mailed):
    desk = signed_in(adam)
    address = tool("password", mary)
    (told,) = mailed(lambda: desk.post(address, {"password1": NEW, "password2": NEW}))
    assert told.to == ["Mary Example <mary@people.example>"]
    assert "by somebody who manages accounts" in told.body
    assert "adam" not in told.body.lower()
    steps.add_app(mary, SECRET, code())
    (told,) = mailed(lambda: steps.reset(mary, by=adam, channel=Channel.ADMIN))
    assert "The second step of signing in was taken away" in told.body


def test_another_address_is_told_to_the_one_until_then(signed_in, adam, mary, mailed):
    desk = signed_in(adam)
    opened = desk.get(tool("change", mary))
    assert mailed(lambda: desk.post(tool("change", mary), filled(opened, first_name="Maria"))) == []
    opened = desk.get(tool("change", mary))
    (told,) = mailed(lambda: desk.post(tool("change", mary), filled(opened, email="m@elsewhere.example")))
    assert User.objects.get(pk=mary.pk).email == "m@elsewhere.example"
    assert told.recipients() == ["Maria Example <mary@people.example>"]
    assert "elsewhere" not in told.message().as_string()


def test_a_change_that_is_taken_back_is_told_to_nobody(mary, mailed):
    def change():
        with transaction.atomic():
            mary.give_password(NEW, by=mary)
            transaction.set_rollback(True)

    assert mailed(change) == []


def test_a_name_adds_neither_headers_nor_lines(mary, adam, mailed):
    mary.change(by=adam, values={"first_name": "M\r\nBcc: all@evil.example", "last_name": "X\n\nHello"})
    (told,) = mailed(lambda: mary.give_password(NEW, by=mary))
    sent = told.message()
    assert "Bcc" not in sent
    assert len(sent.get_all("To")) == 1
    assert told.body.splitlines()[0] == "Hello M Bcc: all@evil.example X Hello,"


def test_a_mail_server_that_is_away_undoes_nothing(mary, mailed, settings, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert mailed(lambda: mary.give_password(NEW, by=mary)) == []
    assert User.objects.get(pk=mary.pk).check_password(NEW)
    assert "could not be sent" in caplog.text
    assert "mary@" not in caplog.records[-1].getMessage()


def test_without_a_mail_server_nothing_is_written_anywhere(mary, mailed, settings):
    settings.BASE_URL = ""
    assert mailed(lambda: mary.give_password(NEW, by=mary)) == []
