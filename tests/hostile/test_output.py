"""What people type is printed as typed: in no page does it become a part of the page, of its template or of a formula."""

import re

import pytest
from django.urls import reverse

from findings.models import Finding

from ..browsing import filled, form, page
from ..conftest import agency
from .fuzzing import parameters

MARK = "zq7"
PAYLOAD = f"{MARK}'\"><img src=x onerror=alert(1)><script>alert(1)</script>{{{{7*7}}}}{{% now 'Y' %}}&lt;b&gt;${{7*7}}"
# As it may stand in a page: not one character of it is the page's own.
AS_MARKUP = ("<img src=x", "<script>alert", f"{MARK}'\">", f"{MARK}'\">", f"{MARK}49")
# Fields that say something else than words.
NOT_WORDS = re.compile(
    "csrf|submission_key|version|typed|save|page|next|held|password|_on$|_from$|_to$|until|due|TOTAL|INITIAL|MIN|MAX|number|id$"
)


def typed_into(fields, document):
    """The form's fields, each text field of it filled in with the payload."""
    texts = {
        element["name"]
        for element in document.walk()
        if element.tag == "textarea"
        or (element.tag == "input" and element.get("type", "text") in ("text", "search", "url", "email"))
        if element.get("name") and not NOT_WORDS.search(element["name"])
    }
    return {name: PAYLOAD if name in texts else values for name, values in fields.items()}, texts


def is_page(response):
    """Not a file or a picture, which no browser takes for a page."""
    return not response.streaming and response.get("Content-Type", "").startswith("text/html")


def spoilt(response):
    if not is_page(response):
        return []
    content = response.content.decode()
    tree = page(response)
    found = [sign for sign in AS_MARKUP if sign in content]
    found += [element.tag for element in tree.walk() if any(name.startswith("on") for name in element.attrs)]
    found += [script.raw[:40] for script in tree.find_all("script") if script.raw.strip()]
    return found


def test_what_people_type_is_printed_as_typed_on_every_page(visitors, addresses, draft, ines):
    """Into each text field of each form, its answer looked at and then every page, as everybody."""
    agency("<img src=x onerror=alert(1)>", "local_authority", "EVIL", slug="evil", official_name=PAYLOAD)
    ines.change(by=None, values={"first_name": "<img src=x onerror=alert(1)>", "last_name": PAYLOAD[:60]})
    draft.edit(
        by=ines,
        values={"summary": PAYLOAD, "detail": PAYLOAD},
        citations=[{"page": 1, "paragraph": PAYLOAD[:80]}],
        expect=draft.version,
    )
    found, filled_in, saved = [], set(), 0
    for who in ("ines", "mary", "clara"):
        client = visitors[who]
        for name, address in addresses:
            opened = client.get(address)
            document = (
                None
                if opened.status_code != 200 or not is_page(opened)
                else page(opened).find("form", class_="app-form")
            )
            if opened.streaming:
                list(opened)
            if document is None or name in ("password_change", "confirm", "sign_in"):
                continue
            fields, texts = typed_into(form(opened)[1], document)
            answer = client.post(address, filled(fields, {"save": "1"}))
            filled_in |= {(name, text) for text in texts}
            saved += answer.status_code == 302
            found += [(who, name, sign) for sign in spoilt(answer)]
    assert len(filled_in) > 20
    assert saved > 3
    seen = 0
    for who, client in visitors.items():
        for name, address in addresses:
            response = client.get(address)
            found += [(who, name, sign) for sign in spoilt(response)]
            seen += not response.streaming and MARK in response.content.decode(errors="replace")
    assert found == []
    assert seen > 20


@pytest.mark.parametrize(
    "route", ["findings", "inspections", "recommendations", "agencies", "dashboard", "work", "plans"]
)
def test_what_stands_in_an_address_is_printed_as_typed(route, visitors, arguments):
    names = parameters()
    for some in (names[::3], names[1::3], names[2::3]):
        response = visitors["mary"].get(reverse(route), dict.fromkeys(some, PAYLOAD))
        assert spoilt(response) == []


def test_braces_stay_braces(visitors, draft, ines):
    draft.edit(
        by=ines, values={"summary": "{{7*7}} {% now 'Y' %} ${7*7}"}, citations=[], expect=draft.version
    )
    shown = page(visitors["ines"].get(draft.get_absolute_url())).text
    assert "{{7*7}} {% now 'Y' %} ${7*7}" in shown
    assert Finding.objects.get(pk=draft.pk).summary == "{{7*7}} {% now 'Y' %} ${7*7}"
