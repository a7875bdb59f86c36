"""The log: what each request leaves in it, and that nothing of what people typed is ever there."""

import json
import logging

import pytest
from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.test import Client
from django.urls import include, path

from agencies.models import User
from agencies.request_log import HEADER, Json, Plain, configuration

from .browsing import submit
from .conftest import PASSWORD


def broken(request, name):
    words = request.POST.get("text", "")
    errors = {"404": Http404, "400": SuspiciousOperation, "403": PermissionError}
    local = request.POST.dict()  # never in the log either
    raise errors.get(request.GET.get("as"), ValueError)(f"These words: {words} {local} {name}")


urlpatterns = [path("broken/<str:name>/", broken, name="broken"), path("", include("config.urls"))]
handler500 = "agencies.errors.server_error"


@pytest.fixture
def log(caplog, settings):
    """log(): [lines, read as JSON] since the last time; log.text: all of it."""
    settings.ROOT_URLCONF = __name__
    caplog.set_level(logging.INFO, "register.requests")
    caplog.handler.setFormatter(Json())
    seen = 0

    def lines():
        nonlocal seen
        found = caplog.text.splitlines()[seen:]
        seen += len(found)
        return [json.loads(line) for line in found]

    lines.whole = lambda: caplog.text
    return lines


def quiet(client):
    client.raise_request_exception = False
    return client


def test_a_request_leaves_one_line_with_route_status_time_and_person(log, ines, signed_in):
    client = signed_in(ines)
    answer = client.get("/findings/", {"q": "SEARCH-WORD"})
    (line,) = log()
    assert line.pop("ms") > 0
    assert line.pop("at").endswith("+00:00")
    assert line == {
        "level": "info",
        "logger": "register.requests",
        "request": answer.headers[HEADER],
        "method": "GET",
        "route": "findings",
        "status": 200,
        "user": ines.pk,
    }
    Client().get("/healthz")
    assert [(line["route"], line["user"]) for line in log()] == [("healthz", None)]


@pytest.mark.parametrize(
    ("given", "is_taken"),
    [
        ("6f1c7d0a", True),
        ("A-request_of-the-proxy-" + "0" * 40, True),
        ("short", False),
        ("x" * 65, False),
        ("a request\r\nSet-Cookie: a=b", False),
        ('6f1c7d0a", "user": 1, "x": "', False),
        ("6f1c7d0a\n", False),
        ("\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668", False),
    ],
)
def test_an_id_is_taken_over_in_a_safe_form_only(given, is_taken, log, db):
    answer = Client().get("/healthz", headers={HEADER: given})
    (line,) = log()
    assert (answer.headers[HEADER] == given) is is_taken
    assert line["request"] == answer.headers[HEADER]
    assert len({Client().get("/healthz").headers[HEADER] for _ in range(3)}) == 3


HOSTILE = 'WORDS\x1b[31m\r\n{"level": "forged"}\u2028\u202e\x00'


def test_nothing_that_was_typed_is_in_the_log(log, ines, mary, drafting, signed_in):
    client = quiet(signed_in(ines))
    client.get("/findings/", {"q": HOSTILE, "WORDS": "x"})
    client.get(f"/no/such/{HOSTILE}/")
    client.get("/findings/", headers={"User-Agent": HOSTILE, "Referer": HOSTILE, "X-Forwarded-For": HOSTILE})
    client.generic("WORDS", "/findings/")
    client.get("/findings/", headers={"Host": "words.example"})
    form = client.get(f"/inspections/{drafting.public_id}/findings/new/")
    submit(client, form, summary=HOSTILE, detail=HOSTILE)
    for kind in ("500", "404", "400", "403"):
        client.post(f"/broken/{HOSTILE}/?as={kind}", {"text": HOSTILE})
    stranger = quiet(Client(enforce_csrf_checks=True))
    stranger.post("/sign-in/", {"login": mary.email, "password": "WORDS of a password"})
    stranger = Client()
    stranger.post("/sign-in/", {"login": mary.email, "password": "WORDS of a password"})
    stranger.post("/sign-in/", {"login": mary.email, "password": PASSWORD})
    lines = log()
    assert {line.get("level") for line in lines} <= {"info", "warning", "error"}
    assert len([line for line in lines if line["logger"] == "register.requests"]) >= 14
    whole = log.whole().lower()
    for words in ("words", "forged", "people.example", PASSWORD, "127.0.0.1", drafting.public_id.lower()):
        assert words not in whole.replace("keywords", ""), words
    assert all(character == "\n" or " " <= character <= "~" for character in log.whole())


def test_an_exception_is_told_by_its_kind_and_place(log, ines, signed_in):
    client = quiet(signed_in(ines))
    assert client.post("/broken/x/", {"text": "SECRET"}).status_code == 500
    told, line = log()
    assert (told["level"], told["message"]) == ("error", "about this request")
    (exception,) = told["exception"]
    assert exception["kind"] == "builtins.ValueError"
    assert exception["where"][-1].endswith(" broken")
    assert "test_request_log.py:" in exception["where"][-1]
    assert (line["status"], line["route"], line["request"]) == (500, "broken", told["request"])


def test_an_error_of_the_database_is_told_without_the_row(log, ines):
    try:
        with transaction.atomic():
            User(email=ines.email, first_name="SECRET-NAME").save()
    except IntegrityError:
        logging.getLogger("agencies").exception("It failed")
    (line,) = log()
    kinds = [exception["kind"] for exception in line["exception"]]
    assert kinds[0] == "django.db.utils.IntegrityError"
    if connection.vendor == "postgresql":
        assert line["exception"][-1]["sqlstate"] == "23505"
        assert "email" in line["exception"][-1]["constraint"]
    assert ines.email not in log.whole()
    assert "SECRET" not in log.whole()


def test_for_development_it_is_readable_and_still_one_line_each():
    record = logging.LogRecord("agencies", logging.WARNING, "f", 1, "Two\nlines \x1b[31m %s", ("here",), None)
    text = Plain().format(record)
    assert text.endswith("message=Two\\nlines \\x1b[31m here")
    assert configuration("plain")["formatters"]["lines"]["()"].endswith("Plain")
    with pytest.raises(KeyError):
        configuration("xml")
