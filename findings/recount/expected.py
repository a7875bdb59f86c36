"""What a recount says a figure must show: its numbers, and the contents of its table as plain values."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

AS_SHOWN = object()  # as many rows behind the link as the number says


@dataclass(frozen=True)
class Number:
    """n of total, as a `Value` of a figure. `listed`: rows behind the link where the unit of n is another."""

    n: int | float | None
    total: int | None = None
    read: int | None = None
    told: tuple[int, ...] | None = None  # the numbers that its note tells, in their order; None: any
    listed: object = AS_SHOWN

    @property
    def percent(self):
        """Half up; none of fewer than five, and none while reports are unread."""
        if (
            self.n is None
            or self.total is None
            or self.total < 5
            or (self.read is not None and self.read != self.total)
        ):
            return None
        share = Decimal(100) * self.n / self.total
        return int(share.quantize(Decimal(1), ROUND_HALF_UP))


@dataclass(frozen=True)
class Told:
    """A cell of which more than its value is known."""

    value: object
    listed: object = AS_SHOWN
    note: str | None = None


@dataclass(frozen=True)
class Expected:
    """`rows`: tuples in the order of the table's columns; or of `columns`, where these depend on the records."""

    numbers: tuple[Number, ...] = ()
    rows: tuple[tuple, ...] | None = None  # None: no table
    columns: tuple[str, ...] | None = None  # labels, where the table's columns depend on the records
    by_position: bool = False  # rows are told apart by their place, not by their heading


def expect(*numbers, rows=None, columns=None, by_position=False):
    rows = tuple(tuple(row) for row in rows) if rows is not None else None
    return Expected(numbers, rows, tuple(columns) if columns is not None else None, by_position)
