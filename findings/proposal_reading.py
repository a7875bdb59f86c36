"""What stands around a proposal: its words marked, the paragraphs beside it, and the one to decide next."""

import itertools

from django.db.models import Q

AROUND = 2  # paragraphs before and after


def marked(proposal):
    """[(text, whether proposed, whether it decided)]: the passage in parts."""
    edges = {0, proposal.start, proposal.end, len(proposal.text)}
    for start, end in proposal.reasons:
        edges |= {start, end}
    edges = sorted(edge for edge in edges if 0 <= edge <= len(proposal.text))
    return [
        (
            proposal.text[start:end],
            proposal.start <= start < proposal.end,
            any(first <= start < last for first, last in proposal.reasons),
        )
        for start, end in itertools.pairwise(edges)
    ]


def surroundings(proposal):
    """The paragraphs before and after the passage; none where a newer reading has it no more."""
    passages = proposal.report.passages
    here = passages.filter(page__lte=proposal.page, text=proposal.text).order_by("-page", "order").first()
    if here is None:
        return {"before": [], "after": [], "headings": []}
    near = passages.filter(order__gte=here.order - AROUND, order__lte=here.order + AROUND).order_by("order")
    return {
        "before": [passage for passage in near if passage.order < here.order],
        "after": [passage for passage in near if passage.order > here.order],
        "headings": here.headings,
    }


def next_after(proposals, proposal):
    """The open one that comes next in the report, from its beginning again after the last; None when all are decided.

    Of a group only the first is asked about.
    """
    waiting = proposals.open().filter(report_id=proposal.report_id).exclude(pk=proposal.pk)
    if proposal.is_open and proposal.group is not None:
        waiting = waiting.exclude(group=proposal.group)
    waiting = waiting.order_by("order", "pk")
    later = Q(order__gt=proposal.order) | Q(order=proposal.order, pk__gt=proposal.pk)
    found = waiting.filter(later).first() or waiting.first()
    if found is None or found.group is None:
        return found
    return waiting.filter(group=found.group).first()
