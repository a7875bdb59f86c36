"""Who sees what, from domain.md: the people of the tables, and how every page's answer is held against them.

Tables of routes stand in test_visibility and in the modules that tests/tables.py names.
"""

import re
from functools import cache

from django.test.client import Client, ClientHandler
from django.urls import get_resolver, reverse

from agencies.public_ids import new_public_id

from .states import FINDING_STEPS

SHOWN, REFUSED, MISSING, SIGN_IN = "shown", "refused", "missing", "sign in"
LED_ON = 302  # to another page of the register

# People. HMICFRS is partner of the inspections in the table, CQC is not.
AT_WORK = {"ines", "mary", "hugo"}  # on the team, or manager of the lead
READERS = {*AT_WORK, "hanna", "audrey"}  # and the partner's manager, and the auditor
OUTSIDERS = {"otto", "hetty", "colin", "mel", "adam"}
WITH_A_ROLE = {*READERS, *OUTSIDERS, "clara", "stan"}
EVERYBODY = [*sorted(WITH_A_ROLE), "nobody", "anonymous"]

PUBLIC = {"published", "closed"}
SHARED = {"factual_accuracy", "embargoed"}


def sees_inspection(name, status):
    """Clara's force has an agreed finding in each of the inspections, Stan's council is the inspected one."""
    if name in READERS:
        return True
    return name in WITH_A_ROLE and (status in PUBLIC or (status in SHARED and name in ("clara", "stan")))


def sees_finding(name, state, status):
    """A finding about Clara's force in an inspection of that status."""
    if name in READERS:
        return True
    return name in WITH_A_ROLE and (
        state == "published" or (state == "agreed" and status in SHARED and name == "clara")
    )


def may(rule):
    """Seen and allowed, seen and refused, or not there."""

    def answer(name, *state):
        sees = sees_inspection if len(state) == 1 else sees_finding
        return MISSING if not sees(name, *state) else SHOWN if rule(name, *state) else REFUSED

    return answer


STEP = {"inspection_step": "pause", "finding_step": "agree", "letter_figure": "serious-weakness"}


UNPUBLISHED_FINDING = ["draft", "in_review", "agreed", "withdrawn"]
FINDINGS = [
    *((state, "drafting") for state in UNPUBLISHED_FINDING),
    *((state, "factual_accuracy") for state in UNPUBLISHED_FINDING),
    ("agreed", "embargoed"),
    *((state, "published") for state in FINDING_STEPS),
]


def patterns(resolver=None):
    """(name, names of its arguments) of all routes, the administration's apart."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if getattr(pattern, "app_name", None) == "admin":
            continue
        if hasattr(pattern, "url_patterns"):
            yield from patterns(pattern)
        else:
            yield pattern.name, list(pattern.pattern.converters)


def routes():
    """The names of all routes, the administration's apart."""
    return (name for name, _arguments in patterns())


class Browser(Client):
    """A test client for thousands of requests: all share one handler, and no templates are kept."""

    handle = ClientHandler(enforce_csrf_checks=False)

    def request(self, **request):
        response = Browser.handle(self._base_environ(**request))
        self.cookies.update(response.cookies)
        return response


def browser(person=None):
    client = Browser()
    if person:
        client.force_login(person)
    return client


def outcome(response):
    if response.status_code in (200, 409):
        return SHOWN
    if response.status_code == 302 and response["Location"].startswith(reverse("sign_in")):
        return SIGN_IN
    return {403: REFUSED, 404: MISSING}.get(response.status_code, response.status_code)


def ask(client, method, route, public_id):
    args = [public_id, STEP[route]] if route in STEP else [public_id]
    address = reverse(route, args=args)
    # A version that no record has: whoever may take the step is told that the page is out of date.
    return (
        client.get(address) if method == "GET" else client.post(address, {"version": "0", "reason": "Why."})
    )


def as_read(response, public_id="-"):
    """Status, headers and body, apart from what differs between any two answers."""
    body = response.content.decode()
    body = re.sub(r'(name="(?:csrfmiddlewaretoken|submission_key|held)" value=")[^"]*', r"\1", body)
    body = re.sub(r"<time .*?</time>", "", body)
    body = re.sub(r"Written out on: [\w ]+, \d+:\d+", "", body)  # of documents, to the minute
    headers = {
        name: value
        for name, value in response.headers.items()
        if name not in ("Expires", "Content-Length", "X-Request-ID")
    }
    # The first is set with the first form of a session, the other is renewed by the clock.
    cookies = sorted(set(response.cookies) - {"csrftoken", "sessionid"})
    return repr((response.status_code, sorted(headers.items()), cookies, body)).replace(public_id, "ID")


@cache
def as_of_a_random_id(name, method, route, verb):
    """What this person reads at the address of nothing: the same in every test, so asked only once for each step."""
    unknown = new_public_id()
    return as_read(ask(_asking[name], method, route, unknown), unknown)


_asking = {}


def mismatches(people, route, public_id, expected):
    """[(name, method, expected, got)] of one record's page, and every denial that tells it from a random id."""
    wrong = []
    _asking.update(people)
    for name, client in people.items():
        wanted = SIGN_IN if name == "anonymous" else expected(name)
        for method in ("GET", "POST"):
            response = ask(client, method, route, public_id)
            got = outcome(response)
            if method == "POST" and wanted == REFUSED and got == SHOWN and response.status_code == 409:
                got = REFUSED  # a step that is not possible now is refused with one sentence why
            if got != wanted:
                wrong.append((name, method, wanted, got))
            elif wanted in (MISSING, SIGN_IN) and (
                as_read(response, public_id) != as_of_a_random_id(name, method, route, STEP.get(route))
            ):
                wrong.append((name, method, "same as a random id", "different"))
    return wrong
