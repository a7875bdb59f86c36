"""What is found by words: findings and passages of reports that the person may see, in an order of their own.

The order depends on the row alone, never on how often a word is in others, and is the same on both databases: what is
not visible can change nothing about it.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, F, IntegerField, Value, When

from agencies.search.index import Matches
from agencies.search.marking import excerpt, marked, stem
from agencies.search.words import COMMON, Query, Shared, words_of
from inspections.models import Passage
from inspections.search_index import PASSAGES

from .models import Finding, Status
from .search_index import FINDINGS

MOST = 1000  # of each kind; of more the latest recorded are put in order
COMPARED = 8  # words of a finding that something similar shares
AT_LEAST = 3  # of them
LONG_ENOUGH = 4  # letters of a word that tells something


def _findings(user):
    """Withdrawn ones are found by their status in the list of findings, never by their words."""
    return Finding.objects.visible_to(user).exclude(status=Status.WITHDRAWN)


@dataclass(frozen=True)
class Source:
    """One kind of what is searched. `visible`: its rows for a person; `inspection`: the way from a row to it."""

    index: object
    visible: object
    inspection: str
    force: str
    shown_with: tuple

    def narrowed(self, user, asked):
        """The rows among which to look. `asked`: cleaned data of the form."""
        paths = {
            "force": self.force,
            "council": f"{self.inspection}__inspected_agency",
            "framework": f"{self.inspection}__framework",
            "published_from": f"{self.inspection}__published_on__gte",
            "published_to": f"{self.inspection}__published_on__lte",
        }
        conditions = {path: asked[name] for name, path in paths.items() if asked.get(name)}
        return self.visible(user).filter(**conditions)


SOURCES = {
    "findings": Source(
        FINDINGS,
        _findings,
        "inspection",
        "attributed_to",
        ("attributed_to", "theme", "inspection__inspected_agency", "inspection__framework"),
    ),
    "passages": Source(
        PASSAGES,
        lambda user: Passage.objects.visible_to(user),
        "report__inspection",
        "report__inspection__concerns__force",
        ("report__inspection__inspected_agency", "report__inspection__framework"),
    ),
}


def found(user, query, sources, asked):
    """([(kind, pk)] in order, whether there are more)"""
    ranked, more = [], False
    for kind in sources:
        source = SOURCES[kind]
        rows = source.narrowed(user, asked).filter(Matches(source.index, query))
        if kind == "findings" and asked.get("like"):
            rows = rows.exclude(pk=asked["like"].pk)
        rows = rows.annotate(rank=_rank(source.index, query), on=F(f"{source.inspection}__published_on"))
        keys = list(rows.order_by("-pk").values_list("rank", "on", "pk")[: MOST + 1])
        more = more or len(keys) > MOST
        ranked += [(rank, -(on or date.min).toordinal(), kind, -pk) for rank, on, pk in keys[:MOST]]
    return [(kind, -pk) for _rank_, _on, kind, pk in sorted(ranked)], more


def _rank(index, query):
    """The lower the nearer: its main text says it word for word; has the words; any text of it does; it only begins so."""
    if isinstance(query, Shared):
        shared = sum(
            Case(When(Matches(index, Shared((word,), 1)), then=Value(1)), default=Value(0))
            for word in query.among
        )
        return Value(0) - shared
    exact, spoken = query.exact, Query((query.spoken,))
    steps = [
        Matches(index, spoken, main=True),
        Matches(index, exact, main=True),
        Matches(index, spoken),
        Matches(index, exact),
    ]
    return Case(
        *(When(step, then=Value(number)) for number, step in enumerate(steps)),
        default=Value(len(steps)),
        output_field=IntegerField(),
    )


def shared_words(finding):
    """What is asked of something similar: the words that the finding says most often, those of its summary first."""
    said = {}
    for word in words_of(f"{finding.summary} {finding.detail}"):
        if len(word) >= LONG_ENOUGH and word not in COMMON and not word.isdigit():
            said.setdefault(stem(word), []).append(word)
    most = Counter({same[0]: len(same) for same in said.values()}).most_common(COMPARED)
    words = tuple(word for word, _times in most)
    return Shared(words, min(AT_LEAST, len(words))) if words else None


def shown(user, keys, query):
    """[{kind, record, title, excerpt}] of one page, with the words marked."""
    rows = {}
    for kind, source in SOURCES.items():
        pks = [pk for of, pk in keys if of == kind]
        if pks:
            rows[kind] = source.visible(user).select_related(*source.shown_with).in_bulk(pks)
    page = [(kind, rows[kind][pk]) for kind, pk in keys if pk in rows[kind]]
    return [{"kind": kind, "record": record, **_words(kind, record, query)} for kind, record in page]


def _words(kind, record, query):
    if kind == "passages":
        return {"excerpt": excerpt(record.text, query.words)}
    detail = excerpt(record.detail, query.words)
    return {
        "title": marked(record.summary, query.words),
        "excerpt": detail if any(piece.is_marked for piece in detail) else [],
    }
