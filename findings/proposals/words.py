"""Lists of words as patterns, and where they stand in a text."""

import re


def any_of(*words):
    """A pattern for whole words, of whatever case."""
    return re.compile(r"(?<![\w-])(?:" + "|".join(words) + r")(?![\w])", re.I)


def found(patterns, text, start=0, end=None):
    """{kind: [(start, end), …]} of the words of each kind that stand in the range of the text."""
    end = len(text) if end is None else end
    spans = {
        kind: [mark.span() for mark in pattern.finditer(text, start, end)]
        for kind, pattern in patterns.items()
    }
    return {kind: ranges for kind, ranges in spans.items() if ranges}
