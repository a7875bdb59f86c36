"""Requests at random over every address, parameter and form field, the same for the same seed."""

import json
from dataclasses import dataclass
from urllib.parse import quote_from_bytes

from django.contrib.admin.views.main import IGNORED_PARAMS
from django_filters import FilterSet

from inspections.periods import PeriodForm

from ..browsing import _fields, page
from ..sample_files import pdf

# Whatever a page reads of its address beside filters and periods.
READ_BY_PAGES = {
    *("page", "sort", "take", "table", "next", "put_back", "argument", "query", "kind", "view", "measure"),
    *("force", "forces", "agency", "attributed_to", "theme", "type", "submission_key", "version", "held"),
}
READ_BY_ADMIN = {
    *IGNORED_PARAMS,
    *("o", "p", "q", "id__exact", "pk__in", "status__exact", "name__regex", "kind__in", "opened_on__gte"),
    *("opened_on__year", "agency__name__iregex", "x__y__z", "password__startswith", "_to_field", "_popup"),
    *(
        "_changelist_filters",
        "role__exact",
        "author__password__contains",
        "inspection__team__email__startswith",
    ),
}

HOSTILE = [
    *(b"", b" ", b"\x00", b"a\x00b", b"%", b"%%", b"%s", b"%(x)s", b"{0}", b"{{7*7}}", b"{% now %}", b"\\", b"\\x00"),
    *(b"0", b"-1", b"1", b"1e9", b"1000000000", b"9" * 25, b"9" * 5000, b"-" + b"9" * 30, b"1.5", b"NaN", b"Infinity"),
    *("٣".encode(), "²".encode(), "①".encode(), b"\xef\xbc\x91", b"0x10", b"1_000", b" 1 ", b"+1", b"1,2", b"None", b"null"),
    *(b"9999-12-31", b"0001-01-01", b"1000000-01-01", b"10000-01-01", b"2026-02-30", b"0000-00-00", b"-2026-01-01"),
    *(b"31/12/9999", b"1/1/1", b"29/2/2023", b"2026-W01-1", b"2026-11-25T00:00:00Z", b"1 January 99999", b"25/11/2026"),
    *(b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf4\x90\x80\x80", b"\xf0\x9f\x98\x80", "\u202eevil\u202c".encode()),
    *("\ufeff\u200b\u2028".encode(), "e\u0301".encode() * 400, "ﷺ".encode() * 200, b"\xc4\xb0\xc4\xb1\xc5\xbf\xe2\x84\xaa", "\U000e0001".encode()),
    *(b"'", b'"', b"' OR 1=1 --", b'") UNION SELECT 1 --', b"<script>alert(1)</script>", b"javascript:alert(1)"),
    *(b"../../etc/passwd", b"..\\..\\", b"/" * 300, b"//evil.example", b"\\\\evil.example", b"\r\nX-Evil: 1", b"\n", b"\r"),
    *(b"true", b"false", b"yes", b"on", b"[]", b"{}", b"[object Object]", b"csv", b"xlsx", b"ods", b"-name", b"--name", b"?"),
    *(b"a" * 300, b"a" * 10_000, b"a " * 5000, "ä".encode() * 5000, b"(((((((((a+)+)+)+)+)+)+)+)+)$", b"*" * 1000, b"_%" * 500),
    *(b"published", b"draft", b"all", b"custom", b"year", b"serious", b"cleveland", b"stockton-on-tees-borough-council"),
    *(b"strategy-discussions", b"SIF", b"ofsted", b"2222222222222222", b"serious-weakness", b"2016-10-17", b"2016-01-01"),
]  # fmt: skip
METHODS = ("get",) * 6 + ("post",) * 4


def parameters():
    """Names that pages read of their address: of every filter and of the period, and those named above."""
    found = set(PeriodForm.base_fields) | READ_BY_PAGES
    waiting = [FilterSet]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            if kind.__module__.startswith(("agencies", "inspections", "findings")):
                found |= set(kind.base_filters)
    return sorted(found)


def encoded(pairs):
    """Pairs of (name, bytes) as an address or a form carries them."""
    return "&".join(f"{quote_from_bytes(name.encode())}={quote_from_bytes(value)}" for name, value in pairs)


@dataclass(frozen=True)
class Asked:
    """One request, as it can be sent again."""

    who: str
    method: str
    address: str
    pairs: tuple
    with_files: bool = False

    def send(self, client):
        if self.method == "get":
            return client.get(f"{self.address}?{encoded(self.pairs)}" if self.pairs else self.address)
        if not self.with_files:
            kind = "application/x-www-form-urlencoded"
            return client.generic("POST", self.address, encoded(self.pairs), content_type=kind)
        return client.generic("POST", self.address, multipart(self.pairs), "multipart/form-data; boundary=b")

    def __str__(self):
        shown = json.dumps([(name, repr(value[:60])) for name, value in self.pairs])
        return f"{self.who}: {self.method.upper()} {self.address} {shown}{' with files' if self.with_files else ''}"


def multipart(pairs):
    parts = []
    for name, value in pairs:
        file = b'; filename="a.pdf"' if name == "file" else b""
        content = pdf() if name == "file" and value == b"a file" else value
        parts.append(
            b'--b\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
            % (name.encode(), file, content)
        )
    return b"".join(parts) + b"--b--\r\n"


class Fuzz:
    """Makes up requests for the people in `clients`, of `addresses`, all pages of the register."""

    def __init__(self, chance, clients, addresses):
        self.chance, self.clients = chance, clients
        self.addresses = [address for name, address in addresses if name != "sign_out"]
        self.names = parameters()
        self.forms = {}

    def value(self):
        return self.chance.choice(HOSTILE)

    def asked(self):
        who = self.chance.choice(sorted(self.clients))
        method = self.chance.choice(METHODS)
        address = self.bent(self.chance.choice(self.addresses))
        if method == "get":
            return Asked(who, method, address, tuple(self.query()))
        pairs, with_files = self.form(who, address)
        return Asked(who, method, address, tuple(pairs), with_files)

    def bent(self, address):
        """Now and then an address that no page has: one part of it is something else."""
        if self.chance.random() > 0.05:
            return address
        parts = address.split("/")
        place = self.chance.randrange(len(parts))
        parts[place] = quote_from_bytes(self.value()[:200], safe="")
        return "/" + "/".join(parts).lstrip("/")

    def query(self):
        """A few parameters, some of them repeated."""
        names = self.chance.choices(self.names, k=self.chance.choice((0, 1, 1, 2, 3, 8)))
        return [(name, self.value()) for name in names for _ in range(self.chance.choice((1, 1, 1, 2, 30)))]

    def form(self, who, address):
        """The form of the page with one to three answers replaced, one taken away, or nonsense where it has none."""
        if (who, address) not in self.forms:
            self.forms[who, address] = self._form(self.clients[who], address)
        fields = self.forms[who, address]
        if not fields:
            return self.query(), False
        pairs = [(name, str(value).encode()) for name, values in fields.items() for value in values]
        for _ in range(self.chance.randint(1, 3)):
            place = self.chance.randrange(len(pairs))
            pairs[place] = (pairs[place][0], self.value())
        if self.chance.random() < 0.2:
            pairs.pop(self.chance.randrange(len(pairs)))
        return [*pairs, ("save", b"1")], "file" in fields

    @staticmethod
    def _form(client, address):
        response = client.get(address)
        if response.streaming:
            list(response)
        if response.status_code != 200 or not response.get("Content-Type", "").startswith("text/html"):
            return {}
        found = page(response).find("form", class_="app-form")
        return _fields(found) if found is not None else {}
