"""Medians of days, counted in SQL: the middle rows are read, never all of them."""

from django.db.models import DurationField, ExpressionWrapper


def median_days(rows, days, n):
    """The median of this difference of two dates over the rows, of which there are n; None of nothing.

    Unit: calendar days; an even number of rows gives the mean of the middle two. The caller passes rows of which
    both dates are known.
    """
    if not n:
        return None
    taken = rows.annotate(taken=ExpressionWrapper(days, output_field=DurationField()))
    middle = taken.order_by("taken").values_list("taken", flat=True)[(n - 1) // 2 : n // 2 + 1]
    numbers = [row.days for row in middle]
    return sum(numbers) / len(numbers)
