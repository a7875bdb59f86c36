"""One person's work as one ordered list, counted and cut into pages by the database."""

from django.db.models import CharField, IntegerField, Subquery, Value
from django.utils.functional import cached_property

from agencies.models import User

from .answering import (
    Actions,
    Commitments,
    LettersToAnswer,
    PlansBegun,
    PlansReturned,
    Shared,
    ToAnswer,
    ToCheck,
    ToClaim,
    WithoutPlan,
)
from .following import Dates, Letters, Overdue, Plans, Referrals, ToIssue, Unanswered, Verify
from .making import Accuracy, Drafts, Embargo, LeftBehind, Returned, Reviews, ToPublish
from .source import in_order

INSPECTORATE = (
    Returned(),
    Reviews(),
    Drafts(),
    LeftBehind(),
    Accuracy(),
    Embargo(),
    ToPublish(),
    ToIssue(),
    Dates(),
    Plans(),
    Verify(),
    Overdue(),
    Unanswered(),
    Referrals(),
    Letters(),
    LettersToAnswer(),
)
AGENCY = (
    ToCheck(),
    ToAnswer(),
    PlansReturned(),
    WithoutPlan(),
    PlansBegun(),
    Actions(),
    ToClaim(),
    LettersToAnswer(),
    Commitments(),
    Shared(),
)
ALL = {source.code: source for source in (*INSPECTORATE, *AGENCY)}


def sources_of(user):
    """The kinds of work that the person's role can have; none without such a role."""
    if user.is_inspector or user.is_manager:
        return INSPECTORATE
    return AGENCY if user.is_respondent else ()


class CountOf(Subquery):
    """How many rows a query has, as a number within another query."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()
    empty_result_set_value = 0


class Queue:
    """What waits for the person on that day: a sequence that a paginator cuts, of Items.

    However long it is, it is counted by one query and a page is found by another, in SQL over all kinds together;
    then one query for each kind on the page loads what it names.
    """

    def __init__(self, user, on, kinds=()):
        self.user, self.on = user, on
        self.sources = sources_of(user)
        self.chosen = [source for source in self.sources if not kinds or source.code in kinds]

    @cached_property
    def _rows(self):
        return {source.code: source.rows(self.user, self.on).order_by() for source in self.sources}

    @cached_property
    def counts(self):
        """{kind: how many}, of every kind that the person can have."""
        if not self.sources:
            return {}
        counted = {code: CountOf(rows.values("pk")) for code, rows in self._rows.items()}
        return User.objects.filter(pk=self.user.pk).values(**counted).get()

    def count(self):
        return sum(self.counts[source.code] for source in self.chosen)

    def rows(self):
        """(kind, pk, due, since) of everything, in order: a queryset to cut before it is read, or []."""
        parts = [
            self._rows[source.code]
            .annotate(kind=Value(source.code, output_field=CharField()))
            .values_list("kind", "pk", "due", "since")
            for source in self.chosen
            if self.counts[source.code]
        ]
        if not parts:
            return []
        first, *others = parts
        return first.union(*others, all=True).order_by(*in_order())

    def __getitem__(self, cut):
        return self.items(list(self.rows()[cut]))

    def items(self, rows):
        """Items of these rows, without those that went meanwhile."""
        pks = {}
        for kind, pk, _due, _since in rows:
            pks.setdefault(kind, []).append(pk)
        loaded = {kind: ALL[kind].load(self.user, found) for kind, found in pks.items()}
        return [
            ALL[kind].item(loaded[kind][pk], user=self.user, on=self.on, due=due, since=since)
            for kind, pk, due, since in rows
            if pk in loaded[kind]
        ]
