"""What the tests of hostile input share: every address of the register, and people to open it."""

import pytest
from django.test import Client
from django.test.client import ClientHandler
from django.urls import reverse

from ..who_sees_what import patterns

UNKNOWN = "2222222222222222"  # where no record stands in for the argument of an address
ROLES = ("ines", "mary", "hanna", "clara", "audrey", "adam", "nobody")


class Visitor(Client):
    """A test client that reports a broken page as the 500 that people would get, over HTTPS where that is asked for.

    All clients of one test share a handler, so that the settings of the test hold and requests are quick.
    """

    def __init__(self, handler):
        super().__init__(raise_request_exception=False)
        self.handler = handler


@pytest.fixture
def handler(db):
    return ClientHandler(enforce_csrf_checks=False)


@pytest.fixture
def stranger(handler):
    return Visitor(handler)


@pytest.fixture
def visitors(handler, stranger, ines, mary, hanna, clara, audrey, adam, nobody):
    """{name: client}: somebody of each role, somebody without one, and a stranger."""
    found = {"stranger": stranger}
    for person in (ines, mary, hanna, clara, audrey, adam, nobody):
        found[person.first_name.lower()] = client = Visitor(handler)
        client.force_login(person)
    assert set(found) == {"stranger", *ROLES}
    return found


@pytest.fixture
def addresses(arguments):
    """[(name, address)] of every page of the register, of those of records one that there is; signing out last."""
    found = []
    for name, parts in patterns():
        known = arguments.get(name, [[UNKNOWN] * len(parts)])
        found += [(name, reverse(name, args=args)) for args in known]
    return sorted(found, key=lambda page: page[0] == "sign_out")
