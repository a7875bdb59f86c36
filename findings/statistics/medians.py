"""Medians of days, counted in SQL: the middle rows are read, never all of them."""

from django.db.models import DurationField, ExpressionWrapper


def median_days(rows, days):
    """(median of this difference of two dates over the rows, or None of nothing; how many rows).

    Unit: calendar days; an even number of rows gives the mean of the middle two. The caller passes rows of which
    both dates are known.
    """
    n = rows.count()
    if not n:
        return None, 0
    taken = rows.annotate(taken=ExpressionWrapper(days, output_field=DurationField()))
    middle = taken.order_by("taken").values_list("taken", flat=True)[(n - 1) // 2 : n // 2 + 1]
    numbers = [row.days for row in middle]
    return sum(numbers) / len(numbers), n
