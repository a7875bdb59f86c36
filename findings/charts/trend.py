"""Bars by quarter: a total, and how many of it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from .drawing import DASH, LINE, WIDTH, KeyEntry, Words, lines_at, n_of, rounded, stacked

MOST_QUARTERS = 12
PLOT_HEIGHT = 150
WIDEST_BAR = 48


@dataclass(frozen=True)
class Quarter:
    """A column from x, `width` wide: the bar of the total, n filled within it, and both in words above."""

    x: float
    width: float
    title: str
    url: str
    known: bool
    bar_x: float
    bar_width: float
    total_y: float
    total_height: float
    n_y: float
    n_height: float
    words: tuple[Words, ...]
    label: tuple[Words, ...]


@dataclass(frozen=True)
class Quarters:
    """Bars by quarter, the latest twelve."""

    width: int
    height: int
    baseline: float
    quarters: tuple[Quarter, ...]
    key: tuple[KeyEntry, ...]
    summary: str

    @property
    def target_height(self):
        """Of the area of a column that can be pressed: all of it, with room for the outline when it has focus."""
        return self.height - 2


def quarters(rows, *, n_label, total_label):
    """A bar for each {label, n, total, url, known}, oldest first; `n_label` and `total_label` name the two for the key.

    Where `known` is False or n is None some reports were not read: the total is hatched and no share drawn.
    """
    rows = [{**row, "known": row["known"] and row["n"] is not None} for row in rows[-MOST_QUARTERS:]]
    if not rows:
        return Quarters(WIDTH, 3 * LINE, 2 * LINE, (), (), _("There is nothing to draw."))
    column = WIDTH / len(rows)
    above = stacked([_figure(row) for row in rows], column)
    below = stacked([row["label"] for row in rows], column)
    baseline = LINE * max(map(len, above)) + 6 + PLOT_HEIGHT
    height = baseline + LINE * max(map(len, below)) + 6
    scale = PLOT_HEIGHT / max(1, *(row["total"] for row in rows))
    marks = tuple(
        _quarter(row, index * column, column, baseline, scale, above[index], below[index])
        for index, row in enumerate(rows)
    )
    key = []
    if any(mark.known for mark in marks):
        key = [KeyEntry("n", n_label), KeyEntry("total", total_label)]
    if not all(mark.known for mark in marks):
        key.append(KeyEntry("unread", _("not all read, so no share can be given"), texture=True))
    summary = _("%(first)s to %(last)s: of each quarter’s total (%(total)s), how many %(n)s.")
    words = {"first": rows[0]["label"], "last": rows[-1]["label"], "n": n_label, "total": total_label}
    return Quarters(WIDTH, height, baseline, marks, tuple(key), summary % words)


def _figure(row):
    if not row["total"]:
        return DASH
    return n_of(row["n"] if row["known"] else DASH, row["total"])


def _quarter(row, x, column, baseline, scale, above, below):
    middle = x + column / 2
    width = min(column * 0.72, WIDEST_BAR)
    total = row["total"] * scale
    n = min(row["n"], row["total"]) * scale if row["known"] else 0
    known = row["known"] or not row["total"]
    if not row["total"]:
        figure = _("none")
    elif known:
        figure = n_of(row["n"], row["total"])
    else:
        figure = _("%(total)s, not all read, so no share can be given") % {"total": row["total"]}
    return Quarter(
        x=rounded(x),
        width=rounded(column),
        title=_("%(name)s: %(figure)s") % {"name": row["label"], "figure": figure},
        url=row["url"],
        known=known,
        bar_x=rounded(middle - width / 2),
        bar_width=rounded(width),
        total_y=rounded(baseline - total),
        total_height=rounded(total),
        n_y=rounded(baseline - n),
        n_height=rounded(n),
        words=lines_at(middle, baseline - total - 6 - LINE * (len(above) - 1), above),
        label=lines_at(middle, baseline + LINE, below),
    )
