"""A text as it reads: look-alikes made plain, invisible characters gone, and where in the original each one stood."""

import re
import unicodedata

CLUSTER = re.compile(r"[^\u0300-\u036f][\u0300-\u036f]{0,4}|[\u0300-\u036f]", re.DOTALL)
LOOKS_LIKE = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201b\u02bc\u02bb\u2032\u00b4\u0060", "'"),
        **dict.fromkeys("\u2010\u2011\u2012\u2212\ufe63\uff0d", "-"),
        **dict.fromkeys("\u2028\u2029\u0085\r\v\f", "\n"),
    }
)
LONGEST = 4  # characters that one may stand for; a few stand for a whole phrase, which is no name


class Plain:
    """`text` as it reads; `place(index)`: where the character stands in the original."""

    def __init__(self, text, places=None):
        self.text, self._places = text, places

    def place(self, index):
        return self._places[index] if self._places is not None else index


def plain(text):
    if text.isascii():
        return Plain(text.translate(LOOKS_LIKE))
    characters, places = [], []
    for match in CLUSTER.finditer(text):
        for character in _as_read(match.group()):
            characters.append(character)
            places.append(match.start())
    return Plain("".join(characters), places)


def _as_read(cluster):
    if unicodedata.category(cluster[0]) == "Cf":
        return cluster[1:]
    made = unicodedata.normalize("NFKC", cluster.translate(LOOKS_LIKE))
    made = made if len(made) <= LONGEST + len(cluster) else cluster
    return "".join(" " if character.isspace() and character != "\n" else character for character in made)
