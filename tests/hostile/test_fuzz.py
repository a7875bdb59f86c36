"""Thousands of requests at random: none breaks the register.

FUZZ_REQUESTS says how many for each seed; a long run is made by hand: FUZZ_REQUESTS=5000.
"""

import os
import random
import traceback

import pytest
from django.core.signals import got_request_exception

from agencies.admin import site

from .fuzzing import HOSTILE, READ_BY_ADMIN, Asked, Fuzz

REQUESTS = int(os.environ.get("FUZZ_REQUESTS", 500))


def broken(clients, requests):
    """The requests that were answered with a server error, each with its error; and how many each status had."""
    found, statuses, errors = [], {}, []

    def note(sender, **kwargs):
        errors.append("".join(traceback.format_exc(limit=-4)[-1500:]))

    got_request_exception.connect(note)
    try:
        for asked in requests:
            response = asked.send(clients[asked.who])
            list(response)
            statuses[response.status_code] = statuses.get(response.status_code, 0) + 1
            if response.status_code >= 500:
                found.append(f"{asked}\n{errors[-1]}")
    finally:
        got_request_exception.disconnect(note)
    print(statuses)
    return found, statuses


@pytest.mark.parametrize("seed", range(4))
def test_no_request_at_random_breaks_the_register(seed, visitors, addresses):
    fuzz = Fuzz(random.Random(seed), visitors, addresses)
    found, statuses = broken(visitors, (fuzz.asked() for _ in range(REQUESTS)))
    assert not found, "\n".join(found)
    # Requests got through to what they were meant for, and not only to refusals.
    assert min(statuses[200], statuses[302]) > REQUESTS / 50


def test_no_request_at_random_breaks_the_administration(visitors, finding, drafting, adam, cleveland):
    from django.contrib.admin.sites import site as _unused  # noqa: F401

    chance = random.Random(7)
    pages = ["/admin/", "/admin/jsi18n/", "/admin/autocomplete/"]
    for model in site._registry:
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        first = model._default_manager.first()
        pages += [base, f"{base}add/", f"{base}{'9' * 30}/change/", f"{base}_0Ax/change/"]
        pages += [f"{base}{first.pk}/change/", f"{base}{first.pk}/history/"] if first else []

    def requests():
        for _ in range(REQUESTS):
            names = chance.choices(sorted(READ_BY_ADMIN), k=chance.randint(1, 3))
            pairs = tuple((name, chance.choice(HOSTILE)) for name in names)
            yield Asked("adam", chance.choice(("get", "get", "get", "post")), chance.choice(pages), pairs)

    found, statuses = broken(visitors, requests())
    assert not found, "\n".join(found)
    assert statuses[200] > REQUESTS / 20
