"""Addresses and forms that ask for too much: a clear word or a 400, never an error and never a long wait."""

import pytest
from django.urls import reverse

from agencies import listing
from agencies.admin import site

from ..browsing import error_summary, errors_beside, page, text

LISTS = [
    "findings",
    "inspections",
    "recommendations",
    "agencies",
    "plans",
    "letters",
    "case_referrals",
    "work",
    "search",
]
SEARCHED = {"findings": "q", "inspections": "q", "recommendations": "q", "agencies": "name"}
ANSWERED = {200, 302, 400, 403, 404, 405, 409, 410, 413}  # neither broken nor cut off
FIGURES = ["dashboard", "compare", "agency", "figure"]


@pytest.fixture
def mary_at_work(visitors):
    return visitors["mary"]


@pytest.mark.parametrize("route", LISTS)
def test_a_page_number_that_there_is_not_gives_a_page_that_there_is(route, mary_at_work, arguments):
    shown = text(mary_at_work.get(reverse(route)))
    for number in (
        "1000000000",
        "9" * 1000,
        "-1",
        "0",
        "1.5",
        "NaN",
        "text",
        "٣",
        "²",
        "",
        "\x00",
        "1e9",
        " 1 ",
    ):
        response = mary_at_work.get(reverse(route), {"page": number})
        assert response.status_code == 200
        assert text(response) == shown


def test_a_page_has_at_most_200_rows(visitors):
    assert listing.PAGE_SIZE <= 200
    for model, admin in site._registry.items():
        assert admin.list_per_page <= 200, model
        assert admin.list_max_show_all <= 200, model
    for size in ("page_size", "per_page", "limit", "size"):
        assert visitors["mary"].get(reverse("findings"), {size: "100000"}).status_code == 200


@pytest.mark.parametrize("route", SEARCHED)
def test_search_takes_words_and_says_so_when_they_are_too_many(route, mary_at_work, arguments):
    name, address = SEARCHED[route], reverse(route)

    def errors(words):
        response = mary_at_work.get(address, {name: words})
        assert response.status_code == 200
        return errors_beside(response, f"id_{name}")

    assert errors(" ".join(["ab"] * 10)) == []
    assert errors(" ".join(["ab"] * 11)) == ["Search for at most 10 words."]
    for words in ("a" * 201, "a" * 5_000_000, "ä" * 100_000):
        assert errors(words)[0].startswith("Ensure this value has at most 200 characters")
    assert errors("a\x00b") == ["Null characters are not allowed."]


def test_search_takes_signs_for_signs_and_not_for_patterns(mary_at_work, finding):
    for sign in ("%", "_", ".*", "^", "[a-z]", "(a+)+$", "\\", "'", '"'):
        response = mary_at_work.get(reverse("findings"), {"q": sign})
        assert errors_beside(response, "id_q") == []
        assert finding.reference not in text(response), sign
    assert finding.reference in text(mary_at_work.get(reverse("findings"), {"q": "attend"}))


@pytest.mark.parametrize("route", [*LISTS, *FIGURES])
def test_ten_thousand_parameters_are_a_400(route, visitors, arguments):
    address = reverse(route, args=arguments.get(route, [[]])[0])
    for name in ("theme", "page", "sort", "x"):
        query = "&".join(f"{name}={number}" for number in range(10_000))
        response = visitors["mary"].get(f"{address}?{query}")
        assert response.status_code == 400
        assert page(response).find("h1").text == "We could not understand that request"
        query = "&".join(f"{name}={number}" for number in range(900))
        assert visitors["mary"].get(f"{address}?{query}").status_code in (200, 404)


def test_a_body_of_five_megabytes_is_refused_or_not_read(addresses, visitors):
    body = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + b"a" * 5_000_000 + b"\r\n--b--\r\n"
    kinds = [
        *("application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "multipart/form-data"),
        *("text/plain", "application/json", "x" * 5000, "", "multipart/form-data; boundary=" + "b" * 500),
    ]
    for number, (route, address) in enumerate(addresses):
        for who in ("stranger", "mary"):
            kind = kinds[number % len(kinds)]
            response = visitors[who].generic("POST", address, body, content_type=kind)
            list(response)
            assert response.status_code in ANSWERED, (kind[:40], route)
    for route in ("finding_log", "letter_add", "typed_save"):
        address = dict(addresses)[route]
        for kind in kinds[:2]:
            assert visitors["mary"].generic("POST", address, body, content_type=kind).status_code == 400


def test_a_form_that_says_nothing_is_told_what_is_missing(addresses, visitors):
    for who in ("mary", "clara"):
        for route, address in addresses:
            response = visitors[who].post(address, {})
            list(response)
            assert response.status_code in ANSWERED, (who, route)
            if (
                route in ("finding_log", "letter_add", "recommendation_respond")
                and response.status_code == 200
            ):
                assert error_summary(response) != [], (who, route)


def test_a_multipart_form_of_a_thousand_parts_or_without_an_end_is_refused(mary_at_work, addresses):
    kind = "multipart/form-data; boundary=b"
    part = b'--b\r\nContent-Disposition: form-data; name="a%d"\r\n\r\n1\r\n'
    file = b'--b\r\nContent-Disposition: form-data; name="f%d"; filename="a.pdf"\r\n\r\n1\r\n'
    bodies = {
        "fields": b"".join(part % number for number in range(1001)) + b"--b--\r\n",
        "files": b"".join(file % number for number in range(50)) + b"--b--\r\n",
        "no end": part % 1 + file % 1,
        "no start": b"nothing",
        "half a head": b'--b\r\nContent-Disposition: form-data; name="',
        "long head": b"--b\r\n" + b"X-A: " + b"a" * 100_000 + b"\r\n\r\n1\r\n--b--\r\n",
        "bad base64": b'--b\r\nContent-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!\r\n--b--\r\n',
    }
    for name, body in bodies.items():
        for route, address in addresses:
            response = mary_at_work.generic("POST", address, body, content_type=kind)
            list(response)
            assert response.status_code in ANSWERED, (name, route)
            if name in ("fields", "files") and route in ("finding_log", "letter_add", "evidence_add"):
                assert response.status_code == 400, (name, route)


@pytest.mark.parametrize(
    "day", ["9999-12-31", "0001-01-01", "1000000-01-01", "31/12/9999", "1/1/1", "2026-02-30"]
)
def test_days_beyond_the_calendar_are_an_error_beside_the_field(day, mary_at_work, arguments):
    for route in ("findings", "inspections", "recommendations", "dashboard", "agency", "compare"):
        address = reverse(route, args=arguments.get(route, [[]])[0])
        response = mary_at_work.get(address, {"as_of": day})
        assert response.status_code == 200
        assert errors_beside(response, "id_as_of") or error_summary(response), route
        if route not in ("findings", "inspections", "recommendations"):
            query = {"window": "custom", "published_from": day, "published_to": "2016-01-01"}
            assert error_summary(mary_at_work.get(address, query)) != []


def test_the_administration_takes_no_pattern_and_no_filter_that_reaches_elsewhere(visitors, finding, adam):
    client = visitors["adam"]
    address = reverse("admin:agencies_agency_changelist")
    assert client.get(address, {"kind__exact": "police_force"}).status_code == 200
    findings = reverse("admin:findings_finding_changelist")
    assert client.get(findings, {"inspection__published_on__year": "2016"}).status_code == 200
    for lookup in (
        *(
            "name__regex",
            "name__iregex",
            "kind__regex",
            "region__iregex",
            "name__startswith",
            "notes__contains",
        ),
        *(
            "employees__password__startswith",
            "user__password__startswith",
            "x__y__z",
            "inspected__status__exact",
        ),
    ):
        response = client.get(address, {lookup: "(a+)+$"})
        assert response.status_code in (302, 400), (
            lookup
        )  # 302: to the list, which says that it was not understood
    users = reverse("admin:agencies_user_changelist")
    for lookup in ("password__startswith", "password__contains", "password__regex"):
        assert client.get(users, {lookup: "a"}).status_code in (302, 400), lookup


def test_search_in_the_administration_has_an_end_too(visitors, finding):
    for model, admin in site._registry.items():
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for words in ("a " * 5000, "a" * 100_000, "a\x00b"):
            response = visitors["adam"].get(address, {"q": words})
            assert response.status_code == 200
            if admin.search_fields:
                assert len(page(response).find_all("ul", class_="messagelist")) == 1, (model, words[:5])


def test_numbers_that_no_record_can_have_are_not_there(visitors, finding, adam):
    client = visitors["adam"]
    for number in ("9" * 30, "-1", "0", "9223372036854775808", "1e5"):
        for model in site._registry:
            base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/{number}/"
            for address in (f"{base}change/", f"{base}history/"):
                assert client.get(address).status_code in (302, 404), address
    for address in (
        "/plans/2222222222222222/progress/99999999999999999999999/",
        f"/inspections/{'2' * 5000}/",
    ):
        assert visitors["mary"].get(address).status_code == 404
