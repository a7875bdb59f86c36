"""Which candidates of one report say the same: an issue is told in the summary, in its paragraph and in a recommendation."""

import math
import re
from collections import Counter
from itertools import pairwise

from .features import COMMON, words_of
from .topics import TOPICS
from .words import found

ALIKE = 0.4  # how alike two passages must be to say the same
RETOLD = 0.15  # the same in two parts of a report: one retells the other
USUAL = frozenset(
    re.findall(
        r"\w+",
        """
    children child young people services service are not all some these there need needs local 
    authority social care work inspectors cases case seen number always been more do does but they 
    police however also any other can may these such
""",
    )
)
POINTS = re.compile(r"\b(paragraph|recommendation)s? ([\d, and]+)", re.I)


def groups(candidates):
    """A number for each candidate, in order; the same for those that say the same, counted from 1."""
    vectors = _vectors([candidate.words for candidate in candidates])
    number, members = [0] * len(candidates), []
    for at, candidate in enumerate(candidates):
        best, chosen = 0.0, None
        for index, group in enumerate(members):
            alike = max(_above(candidate, candidates[other], vectors[at], vectors[other]) for other in group)
            if alike > best:
                best, chosen = alike, index
        if chosen is None:
            members.append([])
            chosen = len(members) - 1
        members[chosen].append(at)
        number[at] = chosen + 1
    return number


def _may_repeat(one, other):
    return one.type == other.type == "weakness" and one.police_role == other.police_role


def _above(one, other, mine, theirs):
    """How far beyond what is asked for the two are alike; nought or less where they are not the same."""
    if not _may_repeat(one, other):
        return 0.0
    retold = one.part != other.part or one.part == "summary"
    return _likeness(one, other, mine, theirs) - (RETOLD if retold else ALIKE)


def _likeness(one, other, mine, theirs):
    alike = sum(weight * theirs.get(word, 0.0) for word, weight in mine.items())
    if one.theme == other.theme:
        alike += 0.12
    topics = set(found(TOPICS, one.words)), set(found(TOPICS, other.words))
    alike += 0.15 * len(topics[0] & topics[1]) / (len(topics[0] | topics[1]) or 1)
    if _points_at(one, other) or _points_at(other, one):
        alike += 0.5
    return alike


def _points_at(one, other):
    for kind, numbers in POINTS.findall(one.words):
        label = other.label if kind.lower() == "paragraph" else other.label.removeprefix("recommendation ")
        if label in re.findall(r"\d+", numbers) and (kind.lower() == "paragraph") == label.isdigit():
            return True
    return False


def _vectors(texts):
    bags = []
    for text in texts:
        words = [word for word, _ in words_of(text) if word not in COMMON]
        pairs = [f"{one} {two}" for one, two in pairwise(words)]
        bags.append({word for word in [*words, *pairs] if word not in USUAL and word != "NAME"})
    spread = Counter(word for bag in bags for word in bag)
    vectors = []
    for bag in bags:
        vector = {word: math.log((len(bags) + 1) / spread[word]) + 0.2 for word in bag}
        size = math.sqrt(sum(weight * weight for weight in vector.values())) or 1.0
        vectors.append({word: weight / size for word, weight in vector.items()})
    return vectors
