"""The second look in use: asked beside the field, answered with a box and a reason, kept in the one event of the write."""

import pytest

from agencies.models import Event
from findings.models import Finding

from .browsing import error_summary, errors_beside, form, page, submit, text
from .test_logging import WORDS, blank, desk, log_url, the_only_finding, typed  # noqa: F401

NAMED = "Officers did not look for Kayleigh Ramsbottom."
WHY = "It is the name of an officer in the report."


def asked(response):
    """The words that the box asks about."""
    box = page(response).find(id="second_look_group")
    return [word.text for word in box.find_all("strong")] if box else []


def test_words_that_may_name_a_child_come_back_with_all_that_was_typed(desk, blank, typed):
    response = submit(desk, blank, **{**typed, "summary": NAMED, "detail": "More."})
    assert response.status_code == 200
    assert errors_beside(response, "id_summary") == ["“Kayleigh Ramsbottom” looks like somebody's name."]
    assert error_summary(response) == ["Summary: “Kayleigh Ramsbottom” looks like somebody's name."]
    assert asked(response) == ["Kayleigh Ramsbottom"]
    fields = form(response)[1]
    assert (fields["summary"], fields["detail"]) == ([NAMED], ["More."])
    assert "second_look" not in fields
    assert not Finding.objects.exists()


def test_ticked_with_a_reason_it_is_saved_and_its_event_says_so_without_the_words(desk, blank, typed, ines):
    response = submit(desk, blank, **{**typed, "summary": NAMED})
    response = submit(desk, response, second_look="1", second_look_reason=WHY)
    assert response.status_code == 302
    [event] = the_only_finding().events()
    assert event.by == ines
    assert event.second_look == [{"field": "summary", "kinds": ["name"], "reason": WHY}]
    assert event.hash == event.digest()
    assert f"Looked at again in “Summary”, which may have somebody's name: {WHY}" in text(desk.get(response.url))


def test_what_names_nobody_is_saved_at_once_and_its_event_says_nothing(desk, blank, typed):
    assert submit(desk, blank, **typed).status_code == 302
    assert [event.second_look for event in the_only_finding().events()] == [None]
