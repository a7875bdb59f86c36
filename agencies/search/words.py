"""What people type into a search, as both databases are asked for it: words, "phrases", -without, the last one begun.

Nothing that is typed is an error of syntax. Words are folded as the index folds its texts (`FOLDED`): signs part
words, accents are left out, so that "Ynys Môn" is found by "ynys mon".
"""

import re
import unicodedata
from dataclasses import dataclass
from itertools import combinations

# The words that the English configuration of PostgreSQL leaves out, left out of every query on both databases.
_COMMON = (
    "i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she "
    "her hers herself it its itself they them their theirs themselves what which who whom this that "
    "these those am is are was were be been being have has had having do does did doing a an the and "
    "but if or because as until while of at by for with about against between into through during "
    "before after above below to from up down in out on off over under again further then once here "
    "there when where why how all any both each few more most other some such no nor not only own "
    "same so than too very s t can will just don should now"
)
COMMON = frozenset(_COMMON.split())
SIGNS = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~‘’“”–—…•·\u00a0"
LATIN = [*range(0xC0, 0x180), *range(0x1E80, 0x1E86), 0x1EF2, 0x1EF3]
SHORTEST_BEGINNING = 3  # letters; fewer begin too many words
PART = re.compile(r'(-?)(?:"([^"]*)"?|([^\s"]+))')
POSSESSIVE = re.compile(r"['’]s\b", re.IGNORECASE)
WORD = re.compile(r"[^\W_]+")


def _folded():
    """{sign or letter: what stands for it}: one for one, so that a place in the text is the same place folded."""
    folded = dict.fromkeys(SIGNS, " ")
    for code in LATIN:
        base = unicodedata.normalize("NFKD", chr(code))[0]
        if base.isascii() and base.isalpha():
            folded[chr(code)] = base
    return folded


FOLDED = _folded()
_TABLE = str.maketrans(FOLDED)


def folded(text):
    """The text as it is indexed, in small letters, as long as it was."""
    return text.translate(_TABLE).lower()


def words_of(text):
    """The words of a text, folded, in order."""
    return WORD.findall(folded(POSSESSIVE.sub("", text)))


@dataclass(frozen=True)
class Term:
    """One or more words beside each other; `begun`: the last may go on."""

    words: tuple
    begun: bool = False

    @property
    def exact(self):
        return Term(self.words)


@dataclass(frozen=True)
class Query:
    """What a text must have, all of it, and must not have. `spoken`: all that was asked for, as one phrase."""

    wanted: tuple = ()
    unwanted: tuple = ()
    spoken: Term | None = None

    @classmethod
    def read(cls, typed):
        """Of what a person typed. `wanted` is empty where nothing is left to look for."""
        typed = unicodedata.normalize("NFC", typed).translate(str.maketrans("“”", '""'))
        parts = list(PART.finditer(typed))
        wanted, unwanted, spoken = [], [], []
        for part in parts:
            minus, phrase, bare = part.groups()
            words = words_of(bare if phrase is None else phrase)
            begun = phrase is None and part is parts[-1] and _may_go_on(words)
            term = _without_common_ends(words, begun)
            if minus:
                unwanted += [term] if term else []
            else:
                wanted += [term] if term and term not in wanted else []
                spoken += words
        return cls(tuple(wanted), tuple(unwanted), _without_common_ends(spoken))

    @property
    def exact(self):
        """Without what only begins as asked."""
        return Query(tuple(term.exact for term in self.wanted))

    @property
    def words(self):
        """[(word, whether it may go on)] of all that is wanted, for marking."""
        return [
            (word, term.begun and number == len(term.words))
            for term in self.wanted
            for number, word in enumerate(term.words, 1)
        ]

    def postgresql(self, weights=""):
        """For to_tsquery; `weights`: "A" for words of the main text only."""
        return " & ".join(
            [
                *(_lexemes(term, weights) for term in self.wanted),
                *(f"!{_lexemes(term, '')}" for term in self.unwanted),
            ]
        )

    def sqlite(self):
        """For MATCH of FTS5."""
        found = " AND ".join(_phrase(term) for term in self.wanted)
        return f"({found})" + "".join(f" NOT {_phrase(term)}" for term in self.unwanted)


@dataclass(frozen=True)
class Shared:
    """Of these words at least so many."""

    among: tuple
    at_least: int

    @property
    def words(self):
        return [(word, False) for word in self.among]

    def _groups(self):
        return combinations([Term((word,)) for word in self.among], self.at_least)

    def postgresql(self, weights=""):
        return " | ".join(
            f"({' & '.join(_lexemes(term, weights) for term in group)})" for group in self._groups()
        )

    def sqlite(self):
        return " OR ".join(f"({' AND '.join(map(_phrase, group))})" for group in self._groups())


def _may_go_on(words):
    return bool(words) and len(words[-1]) >= SHORTEST_BEGINNING and words[-1] not in COMMON


def _without_common_ends(words, begun=False):
    """The term of these words; None where all of them are common."""
    kept = list(words)
    while kept and kept[0] in COMMON:
        kept.pop(0)
    while kept and kept[-1] in COMMON:
        kept.pop()
    return Term(tuple(kept), begun) if kept else None


def _lexemes(term, weights):
    """Words have letters and digits only, so nothing in them ends the quotation."""
    label = ("*" if term.begun else "") + weights
    return f"'{' '.join(term.words)}'" + (f":{label}" if label else "")


def _phrase(term):
    return f'"{" ".join(term.words)}"' + (" *" if term.begun else "")
