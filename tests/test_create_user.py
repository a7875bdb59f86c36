"""Adding a person from the command line."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from agencies.management.commands import create_user
from agencies.models import Channel, User


@pytest.fixture(autouse=True)
def _nobody_at_the_keyboard(monkeypatch):
    monkeypatch.delenv("REGISTER_PASSWORD", raising=False)
    monkeypatch.setattr(create_user.sys, "stdin", StringIO())


def add(email="nora@people.example", role="inspector", **options):
    said = StringIO()
    call_command("create_user", email, role=role, stdout=said, **options)
    return said.getvalue()


def test_a_person_is_added_with_the_password_of_the_environment(ofsted, monkeypatch):
    monkeypatch.setenv("REGISTER_PASSWORD", "correct horse battery")
    add(agency="ofsted", first_name="Nora", last_name="Example")
    nora = User.objects.get()
    assert (nora.get_full_name(), nora.role, nora.agency) == ("Nora Example", "inspector", ofsted)
    assert nora.check_password("correct horse battery")
    assert [(event.verb, event.by, event.channel) for event in nora.events()] == [
        ("added", None, Channel.COMMAND)
    ]


def test_where_nobody_can_be_asked_the_person_cannot_sign_in_yet(ofsted):
    assert "cannot sign in yet" in add(agency="ofsted")
    assert not User.objects.get().has_usable_password()


def test_a_password_is_typed_twice(ofsted, monkeypatch):
    monkeypatch.setattr(create_user.sys.stdin, "isatty", lambda: True)
    typed = iter(["correct horse battery", "correct horse batter"])
    monkeypatch.setattr(create_user, "getpass", lambda prompt: next(typed))
    with pytest.raises(CommandError, match="differ"):
        add(agency="ofsted")
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"role": "boss"}, "“boss” is not a role. The roles are inspector, manager"),
        ({"agency": "nowhere"}, "No agency has the slug “nowhere”"),
        ({"agency": "cleveland"}, "agency: This role needs an agency of kind: inspectorate"),
        ({}, "agency: This role needs an agency"),
        ({"agency": "ofsted", "email": "not an address"}, "email: Enter a valid email address"),
        ({"agency": "ofsted", "email": "Ines@people.example"}, "already signs in with this address"),
    ],
)
def test_refusals_say_what_is_wrong(options, complaint, ines, cleveland):
    with pytest.raises(CommandError, match=complaint):
        add(**options)
    assert User.objects.get() == ines


def test_a_weak_password_is_refused(ofsted, monkeypatch):
    monkeypatch.setenv("REGISTER_PASSWORD", "short")
    with pytest.raises(CommandError, match="password: This password is too short"):
        add(agency="ofsted")
    assert not User.objects.exists()
