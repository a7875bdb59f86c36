"""One agency’s grades over time: a panel for each scale, because grades on different scales do not compare."""

from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .drawing import LINE, WIDTH, Plate, Words, lines_at, plate_behind, rounded, spread, width_of, wrapped

GUTTER = 82  # for the names of the grades
RANK_HEIGHT = 30
LONG_YEAR, SHORT_YEAR = 36, 25  # how wide the mark of a point is: 2016, ’16
MARK_HEIGHT = 20
BREAK_HEIGHT = 44


@dataclass(frozen=True)
class Point:
    """A grade given: a mark around x, y with the year in it."""

    x: float
    y: float
    left: float
    top: float
    width: float
    height: float
    text: Words
    title: str
    url: str


@dataclass(frozen=True)
class Plot:
    """One question on one scale: a line for each grade, the points, and one step from each to the next."""

    question: tuple[Words, ...]
    ranks: tuple[float, ...]
    rank_names: tuple[Words, ...]
    steps: tuple[tuple[float, float], ...]
    points: tuple[Point, ...]

    @property
    def path(self):
        """The steps, as <polyline points> has them."""
        return " ".join(f"{x},{y}" for x, y in self.steps)


@dataclass(frozen=True)
class Break:
    """The gap between two panels: a torn line at the height y, and words that say why."""

    y: float
    words: Words
    plate: Plate

    @property
    def path(self):
        """The torn line, as <path d> has it."""
        teeth = WIDTH // 12
        return f"M0 {self.y}" + "".join("l6 -4l6 4" for _tooth in range(teeth))


@dataclass(frozen=True)
class Panel:
    """One scale, from top to bottom; nothing in it reaches into another panel."""

    top: float
    bottom: float
    scale_name: tuple[Words, ...]
    plots: tuple[Plot, ...]


@dataclass(frozen=True)
class GradeHistory:
    """Panels below each other, oldest first and a break between them."""

    width: int
    height: int
    gutter: int
    panels: tuple[Panel, ...]
    breaks: tuple[Break, ...]
    summary: str
    left_out: str


def grade_history(series):
    """The grades of one agency: {question, points, scale_name, ranks}, a point being {on, label, rank, url}.

    `ranks` are (rank, label) pairs, best first. Each scale has a panel to itself. Points without a date or with a
    rank that the scale lacks cannot be drawn; nor can more than eleven of a question, of which the latest are drawn.
    `left_out` says how many were not.
    """
    scales, left_out = {}, 0
    for one in series:
        ranks = tuple((rank, label) for rank, label in one["ranks"])
        points = [
            point for point in one["points"] if point["on"] is not None and point["rank"] in dict(ranks)
        ]
        points.sort(key=lambda point: point["on"])
        drawn = points[-int((WIDTH - GUTTER) // SHORT_YEAR) :]
        left_out += len(one["points"]) - len(drawn)
        if drawn:
            scales.setdefault((one["scale_name"], ranks), []).append((one["question"], drawn))

    panels, breaks, y = [], [], 0
    for (scale_name, ranks), plots in sorted(
        scales.items(), key=lambda scale: min(points[0]["on"] for _question, points in scale[1])
    ):
        if panels:
            breaks.append(_break(y))
            y += BREAK_HEIGHT
        panels.append(_panel(scale_name, ranks, plots, y))
        y = panels[-1].bottom
    summary = _("There is nothing to draw.")
    if panels:
        summary = _("Each point is a grade, the best at the top, with its year.")
    if breaks:
        summary += " " + _("Grades on different scales do not compare, so no line joins them.")
    said = (
        ngettext("%(n)s grade is not drawn.", "%(n)s grades are not drawn.", left_out) % {"n": left_out}
        if left_out
        else ""
    )
    return GradeHistory(WIDTH, y or 3 * LINE, GUTTER, tuple(panels), tuple(breaks), summary, said)


def _break(top):
    text = _("Scale changes: not comparable")
    y = top + BREAK_HEIGHT / 2
    words = Words(WIDTH / 2, y + 4, text)
    return Break(y, words, plate_behind(words, min(width_of(text) + 16, WIDTH)))


def _panel(scale_name, ranks, plots, top):
    name = wrapped(scale_name, WIDTH)
    y = top + LINE * len(name) + 6
    days = [point["on"].toordinal() for _question, points in plots for point in points]
    drawn = []
    for question, points in plots:
        plot, y = _plot(question, ranks, points, min(days), max(days), y)
        drawn.append(plot)
    return Panel(top, y, lines_at(0, top + LINE - 2, name), tuple(drawn))


def _plot(question, ranks, points, first, last, top):
    name = wrapped(question, WIDTH)
    grid = top + LINE * len(name) + 6
    y_of = {rank: grid + RANK_HEIGHT * (index + 0.5) for index, (rank, _label) in enumerate(ranks)}
    width = LONG_YEAR if len(points) * (LONG_YEAR + 2) <= WIDTH - GUTTER else SHORT_YEAR - 1
    room = WIDTH - GUTTER - width
    due = [
        GUTTER + width / 2 + room * (point["on"].toordinal() - first) / max(last - first, 1)
        for point in points
    ]
    xs = spread(due, [width + 1] * len(points), GUTTER, WIDTH)
    marks, steps = [], []
    for x, point in zip(xs, points, strict=True):
        y, year = y_of[point["rank"]], f"{point['on'].year:04}"
        if steps:
            steps.append((rounded(x), steps[-1][1]))
        steps.append((rounded(x), y))
        title = _("%(question)s, %(day)s: %(grade)s") % {
            "question": question,
            "day": date_format(point["on"], "j F Y"),
            "grade": point["label"],
        }
        marks.append(
            Point(
                x=rounded(x),
                y=y,
                left=rounded(x - width / 2),
                top=y - MARK_HEIGHT / 2,
                width=width,
                height=MARK_HEIGHT,
                text=Words(rounded(x), y + 4, year if width == LONG_YEAR else f"’{year[-2:]}"),
                title=title,
                url=point["url"],
            )
        )
    names = []
    for rank, label in ranks:
        lines = wrapped(label, GUTTER - 6, most=2)
        names += lines_at(0, y_of[rank] + 4 - LINE * (len(lines) - 1) / 2, lines)
    bottom = grid + RANK_HEIGHT * len(ranks) + LINE
    question_words = lines_at(0, top + LINE - 2, name)
    return Plot(question_words, tuple(y_of.values()), tuple(names), tuple(steps), tuple(marks)), bottom
