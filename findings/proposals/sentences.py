"""Sentences and clauses of a passage, as character ranges, so that whatever is said about one can be shown in the text."""

import re

# A full stop, then a space, then what may begin a sentence. A mark of a footnote may stand between.
END = re.compile(
    r"[.!?][\"'”’)\]]*(?:\d{1,2})?(?:\s*\([Rr]ecommendations?[^)]*\)\.?)?\s+(?=[\"'“‘(]?[A-Z0-9•])"
)
SHORT = re.compile(r"(?:\b(?:e\.g|i\.e|etc|St|Mr|Mrs|Ms|Dr|No|para|paras|vs|cf)|\b[A-Z])\.$")
CLAUSE = re.compile(
    r"[;:,–]\s+|\s+(?=(?:but|however|although|though|while|whereas|despite|which|because|so that|and therefore)\b)",
    re.I,
)


def sentences(text):
    """(start, end) of each sentence, without the space around it."""
    begin = 0
    for mark in END.finditer(text):
        if SHORT.search(text, begin, mark.start() + 1):
            continue
        yield begin, len(text[: mark.end()].rstrip())
        begin = mark.end()
    if text[begin:].strip():
        yield begin, len(text.rstrip())


def clauses(text, start, end):
    """(start, end) of each clause of the sentence: cut where a comma or a word of contrast divides it."""
    begin = start
    for mark in CLAUSE.finditer(text, start, end):
        if mark.start() > begin:
            yield begin, mark.start()
        begin = mark.end()
    if begin < end:
        yield begin, end
