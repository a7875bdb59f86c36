"""Tables of judgements: rows of what is judged, each with the grade that stands beside it."""

import re
from dataclasses import dataclass, replace

from .grades import cells_with_grades, grade_of
from .pages import Cell

CROWDED = re.compile(r"(.{12,}\S) (Outstanding|Good|Inadequate|Requires(?: [Ii]mprovement(?: to be good)?)?)")
NEAR = 22  # points by which a grade may stand off the middle of its row


@dataclass
class Row:
    """What is judged, as printed over one or more lines."""

    area: str
    page: int
    top: float
    bottom: float
    text: str

    def distance(self, cell):
        """How far a graded cell stands from the row, in points; 0 beside it."""
        return max(0.0, self.bottom - cell.base, cell.base - self.top)


def table(lines, areas):
    """{area: (code or "", page, words)} of a table in the lines; an area whose grade is not sure is left out.

    `areas`: (code of the area, the pattern of its row), the first that fits counts.
    """
    lines = [_parted(line) for line in lines]
    rows, cells = _rows(lines, areas), cells_with_grades(lines)
    found, doubtful = {}, set()
    for cell in cells:
        near = sorted(
            (row.distance(cell), place)
            for place, row in enumerate(rows)
            if row.page == cell.page and row.distance(cell) <= NEAR
        )
        if not near or (len(near) > 1 and near[1][0] - near[0][0] < 2):
            doubtful.update(rows[place].area for _distance, place in near)
            continue
        row = rows[near[0][1]]
        if row.area in found and found[row.area][0] != cell.code:
            doubtful.add(row.area)
        found[row.area] = (cell.code, cell.page, f"{row.text} {cell.words}")
    return {area: grade for area, grade in found.items() if area not in doubtful}


def _parted(line):
    """The line with a grade at its end in a cell of its own, however narrow the room before it."""
    match = CROWDED.fullmatch(line.cells[-1].text)
    if not match:
        return line
    last = line.cells[-1]
    middle = last.left + (last.right - last.left) * match.start(2) / len(last.text)
    return replace(
        line, cells=(*line.cells[:-1], Cell(last.left, middle, match[1]), Cell(middle, last.right, match[2]))
    )


def _rows(lines, areas):
    rows, text, open_ = [], "", None
    for line in lines:
        words = " ".join(cell.text for cell in line.cells if not _is_grade(cell.text))
        if not words:
            continue
        begins = re.match(r"^\d(?:\.\d)?\.?\s|^the\s", words, re.IGNORECASE)
        near = open_ is not None and open_.page == line.page and 0 <= open_.base - line.base < 1.5 * line.size
        if near and not begins:
            text = f"{text} {words}"
            rows[-1].text, rows[-1].bottom = text, line.base
        else:
            text = words
            rows.append(Row("", line.page, line.base, line.base, text))
        open_ = line
    for row in rows:
        row.area = next((code for code, pattern in areas if re.search(pattern, row.text, re.IGNORECASE)), "")
    return [row for row in rows if row.area]


def _is_grade(text):
    return grade_of(text) is not None or bool(
        re.fullmatch(r"requires?|(?:improvement )?to be good|improvement", text.strip(), re.IGNORECASE)
    )
