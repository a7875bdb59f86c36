"""How many have which grade: bars divided by grade, each grade with a texture of its own."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from .drawing import (
    DASH,
    LINE,
    WIDTH,
    KeyEntry,
    Plate,
    Words,
    lines_at,
    n_of,
    plate_behind,
    rounded,
    spread,
    width_of,
    wrapped,
)

GRADES = ("outstanding", "good", "adequate", "requires-improvement", "inadequate")
BAR_HEIGHT = 30
TOTAL_WIDTH = 66  # kept free for the total, at the right of the row's label


@dataclass(frozen=True)
class Segment:
    """A part of a bar with its count: on a plate within, or below it where the segment is too narrow."""

    x: float
    y: float
    width: float
    height: float
    code: str
    title: str
    url: str
    count: Words
    plate: Plate | None

    @property
    def texture(self):
        return self.code != "missing"


@dataclass(frozen=True)
class GradeBar:
    """A row: its label above, the total at the right of it, the segments from left to right; `nothing` where there are none."""

    label: tuple[Words, ...]
    total: Words
    y: int
    height: int
    nothing: Words
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class GradeBars:
    """Horizontal bars, each as wide as the chart whatever its total."""

    width: int
    height: int
    rows: tuple[GradeBar, ...]
    key: tuple[KeyEntry, ...]
    summary: str


def grade_bars(rows):
    """A bar for each {label, parts, total, missing, missing_label}; a part is {label, n, code, url}.

    `missing` are those whose grade is not recorded: drawn as such, at the end. A bar is as long as its total, or its
    parts where they come to more.
    """
    bars, labels, y = [], {}, 0
    for row in rows:
        bar, y = _grade_bar(row, y)
        bars.append(bar)
        labels |= {
            _texture_of(part["code"]): part["label"]
            for part in row["parts"]
            if _texture_of(part["code"]) not in labels
        }
        if row["missing"]:
            labels.setdefault("missing", row["missing_label"])
    drawn = {segment.code for bar in bars for segment in bar.segments}
    key = tuple(
        KeyEntry(code, labels[code], texture=code != "missing")
        for code in (*GRADES, "other", "missing")
        if code in drawn
    )
    if not bars:
        return GradeBars(WIDTH, 3 * LINE, (), (), _("There is nothing to draw."))
    summary = _("Each bar is divided by grade, best first, with the number of each.")
    return GradeBars(WIDTH, y, tuple(bars), key, summary)


def _texture_of(code):
    return code if code in GRADES else "other"


def _grade_bar(row, top):
    parts = [{**part, "code": _texture_of(part["code"])} for part in row["parts"] if part["n"]]
    if row["missing"]:
        missing = {"label": row["missing_label"], "n": row["missing"], "code": "missing", "url": ""}
        parts.append(missing)
    label = wrapped(row["label"], WIDTH - TOTAL_WIDTH)
    bar_y = top + LINE * len(label) + 4
    whole = max(row["total"], sum(part["n"] for part in parts), 1)
    widths = [part["n"] / whole * WIDTH for part in parts]
    starts = [sum(widths[:index]) for index in range(len(widths))]
    needs = [width_of(str(part["n"])) + 6 for part in parts]
    middles = [start + width / 2 for start, width in zip(starts, widths, strict=True)]
    inside = [width >= need + 4 for width, need in zip(widths, needs, strict=True)]
    outside = [index for index, fits in enumerate(inside) if not fits]
    places = spread([middles[i] for i in outside], [needs[i] for i in outside], 0, WIDTH)
    beside = dict(zip(outside, places, strict=True))
    segments = []
    for index, part in enumerate(parts):
        count_y = bar_y + (BAR_HEIGHT / 2 + 4 if inside[index] else BAR_HEIGHT + LINE)
        count = Words(rounded(beside.get(index, middles[index])), count_y, str(part["n"]))
        segments.append(
            Segment(
                x=rounded(starts[index]),
                y=bar_y,
                width=rounded(widths[index]),
                height=BAR_HEIGHT,
                code=part["code"],
                title=_("%(row)s, %(name)s: %(figure)s")
                % {"row": row["label"], "name": part["label"], "figure": n_of(part["n"], whole)},
                url=part["url"],
                count=count,
                plate=plate_behind(count, needs[index]) if inside[index] else None,
            )
        )
    total = Words(WIDTH, top + LINE - 2, _("%(n)s in all") % {"n": whole if parts else row["total"]})
    bottom = bar_y + BAR_HEIGHT + (LINE + 4 if outside else 0) + LINE
    bar = GradeBar(
        label=lines_at(0, top + LINE - 2, label),
        total=total,
        y=bar_y,
        height=BAR_HEIGHT,
        nothing=Words(WIDTH / 2, bar_y + BAR_HEIGHT / 2 + 4, DASH),
        segments=tuple(segments),
    )
    return bar, bottom
