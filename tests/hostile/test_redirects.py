"""Nothing leads away from the register: no redirect, no link and no form, whatever an address says."""

from urllib.parse import quote, urlencode, urlsplit

import pytest
from django.urls import reverse

from findings.models import SavedView

from ..browsing import page, submit
from ..conftest import PASSWORD
from .conftest import Visitor
from .fuzzing import parameters

AWAY = [
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    " //evil.example",
    "https:evil.example",
    "https:/evil.example",
    "HtTpS://evil.example",
    "javascript://evil.example/%0aalert(1)",
    "data:text/html,evil.example",
    "//evil.example@testserver/",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
    "//evil。example",
    "/\r\nLocation: https://evil.example/",
    "evil.example",
    "findings",
]


def leads_away(response):
    """Whether the answer sends the browser elsewhere, or sets a header of somebody else's making."""
    location = response.headers.get("Location")
    if location is None:
        return False
    is_path = location.startswith("/") and location[1:2] not in ("/", "\\") and location.isprintable()
    return not is_path or bool(urlsplit(location).netloc)


def links(response):
    """Where the links and forms of a page lead."""
    if not response.get("Content-Type", "").startswith("text/html"):
        return []
    tree = page(response)
    return [element["href"] for element in tree.find_all("a") if "href" in element.attrs] + [
        element.get("action", "") for element in tree.find_all("form")
    ]


def sent(client, method, address, query):
    if method == "get":
        return client.get(f"{address}?{query}")
    return client.post(address, query, content_type="application/x-www-form-urlencoded")


def with_all(value):
    """Every parameter of every page with this value."""
    return urlencode(dict.fromkeys(["next", "back", "url", "redirect", "return_to", *parameters()], value))


@pytest.mark.parametrize("who", ["stranger", "mary", "adam"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_parameter_of_any_page_leads_away(method, who, addresses, visitors):
    """Every page with one of the values in all its parameters; those that redirect with each of the values."""
    found, led = [], 0
    for number, (name, address) in enumerate(addresses):
        client = visitors[who]
        response = sent(client, method, address, with_all(AWAY[number % len(AWAY)]))
        evil = [link for link in links(response) if "evil" in link.lower()]
        found += [
            (name, link) for link in evil if not link.startswith(("/", "?", "#")) or link[1:2] in ("/", "\\")
        ]
        inside = sent(client, method, address, with_all("/findings/"))
        answers = [response, inside]
        if "Location" in inside.headers or "Location" in response.headers:
            answers += [sent(client, method, address, with_all(away)) for away in AWAY]
        for answer in answers:
            list(answer)
            led += "Location" in answer.headers
            if leads_away(answer):
                found.append((name, answer["Location"]))
    assert found == []
    assert led > 0


def test_signing_in_leads_away_to_no_other_site(handler, ines):
    for away in AWAY:
        client = Visitor(handler)
        address = f"{reverse('sign_in')}?{urlencode({'next': away})}"
        answer = submit(client, client.get(address), button=None, username=ines.email, password=PASSWORD)
        again = client.get(address)  # signed in already
        for led in (answer, again):
            assert led.status_code == 302
            assert not leads_away(led), away


def test_signing_in_leads_to_the_page_of_the_register_that_was_asked_for(stranger, ines, finding):
    inside = finding.get_absolute_url()
    address = f"{reverse('sign_in')}?{urlencode({'next': inside})}"
    answer = submit(stranger, stranger.get(address), button=None, username=ines.email, password=PASSWORD)
    assert (answer.status_code, answer["Location"]) == (302, inside)


@pytest.mark.parametrize(
    "path", ["//evil.example", "//evil.example/%2e%2e", "/\\evil.example", "/%5cevil.example", "/%0d%0aX:1"]
)
def test_no_path_leads_away_when_its_slash_is_added_or_sign_in_is_asked_for(path, visitors):
    for client in (visitors["stranger"], visitors["mary"]):
        for response in (client.get(path), client.post(path, {"submission_key": "x"})):
            assert response.status_code in (200, 301, 302, 404)
            assert not leads_away(response), response["Location"]
            assert "evil.example" not in urlsplit(response.headers.get("Location", "/")).netloc


def test_a_kept_view_opens_pages_of_the_register_only(visitors, mary):
    client, address = visitors["mary"], reverse("saved_view_add")
    for number, away in enumerate(AWAY):
        for target in (
            {"page": away},
            {"page": "agency", "argument": away},
            {"page": "findings", "query": away},
        ):
            shown = client.get(f"{address}?{urlencode(target)}")
            answer = client.post(address, {"name": f"View {number}", "seen_by": "private", **target})
            assert not leads_away(shown)
            assert not leads_away(answer)
    kept = SavedView.objects.filter(owner=mary)
    assert kept.count() > len(AWAY) / 2
    for view in kept:
        answer = client.get(reverse("saved_view", args=[view.public_id]))
        assert answer["Location"].startswith("/findings/")
        assert not leads_away(answer)


def test_no_word_of_an_address_becomes_a_header(addresses, visitors):
    words = ["\r\nX-Evil: 1", "\nSet-Cookie: a=b", "\x00\r\nX-Evil: 1", quote("\r\nX-Evil: 1")]
    for number, (_name, address) in enumerate(addresses):
        query = urlencode(dict.fromkeys(parameters(), words[number % len(words)]))
        for who in ("mary", "stranger"):
            response = visitors[who].get(f"{address}?{query}")
            list(response)
            assert "X-Evil" not in response.headers
            assert "a" not in response.cookies
            assert all(value.isprintable() for value in response.headers.values())
