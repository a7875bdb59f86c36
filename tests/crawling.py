"""Everything that somebody can reach by links and by choices of filters, as the bytes that they are sent."""

import re
from html import unescape
from io import BytesIO
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit
from zipfile import ZipFile

from .browsing import _Tree
from .who_sees_what import as_read

# Pages of one's own sign-in hold a secret that is new each time.
NOT_FOLLOWED = ("/static/", "/sign-out/", "/admin/logout/", "/admin/jsi18n/", "/admin/login/", "/account/")
TAKEN_ON = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?Z?")
MOST = 1500  # addresses; more would be a circle of links
OF_A_PATH = 3  # sets of filters in which one page is opened, beside those that it leads to by itself


def crawl(client, starts):
    """{address: what is answered}, from these addresses on.

    Of addresses that differ in the values of their query alone the first is followed: a list by one value of each
    filter, in each order, in each format. What the others would show is in the counts beside the filters. From a list
    that is filtered already no further filter is tried.
    """
    answers, waiting, seen = {}, list(dict.fromkeys(starts)), {}
    starts = set(starts)
    while waiting:
        address = waiting.pop(0)
        if address in answers:
            continue
        response = client.get(address)
        answers[address] = sent(response)
        assert len(answers) < MOST, sorted(answers)[-40:]
        path = urlsplit(address).path
        if response.status_code == 200 and response.headers.get("Content-Type", "").startswith("text/html"):
            found = leads(address, response)
        else:
            found = within([response["Location"]], address) if "Location" in response.headers else []
        for link in found:
            parts = urlsplit(link)
            filters = tuple(sorted({name for name, _value in parse_qsl(parts.query)}))
            if "take" in filters:
                filters = (*filters, parts.query[-4:])  # each format
            of_path = seen.setdefault(parts.path, set())
            by_itself = parts.path == path and address in starts
            if filters in of_path or (
                filters and not by_itself and (parts.path == path or len(of_path) > OF_A_PATH)
            ):
                continue
            of_path.add(filters)
            waiting.append(link)
    return answers


def sent(response):
    """Status, headers and body; of a file taken away without the moment at which it was."""
    if not response.streaming:
        return as_read(response)
    content = response.getvalue()
    headers = sorted(
        (name, value)
        for name, value in response.headers.items()
        if name in ("Content-Type", "Content-Disposition", "ETag")
    )
    if content.startswith(b"PK"):
        with ZipFile(BytesIO(content)) as files:
            parts = [(name, files.read(name).decode("utf-8", "replace")) for name in files.namelist()]
    else:
        parts = [("", content.decode("utf-8-sig"))]
    return repr((response.status_code, headers, [(name, TAKEN_ON.sub("WHEN", part)) for name, part in parts]))


def leads(address, response):
    """The addresses that a page leads to: its links, and each choice of its filters."""
    tree = _Tree()
    tree.feed(response.content.decode())
    found = [link["href"] for link in tree.root.find_all("a") if link.get("href")]
    for form in tree.root.find_all("form"):
        if form.get("method", "get").lower() == "get":
            action = form.get("action") or urlsplit(address).path
            found += [f"{action}?{urlencode({name: value})}" for name, value in _choices(form)]
    return within(found, address)


def _choices(form):
    """(name, value) of everything that can be chosen in it, one at a time."""
    for select in form.find_all("select"):
        for option in select.find_all("option"):
            if option.get("value"):
                yield select.get("name", ""), option["value"]
    for box in form.find_all("input"):
        if box.get("type") in ("checkbox", "radio") and box.get("value"):
            yield box.get("name", ""), box["value"]


def within(links, address):
    """Those that stay here, whole, each once."""
    found = []
    for link in links:
        parts = urlsplit(urljoin(address, unescape(link)))
        if parts.scheme or parts.netloc or parts.path.startswith(NOT_FOLLOWED):
            continue
        found.append(f"{parts.path}?{parts.query}" if parts.query else parts.path)
    return list(dict.fromkeys(found))
