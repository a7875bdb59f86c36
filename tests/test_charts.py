"""Charts: what is drawn, that it stays in the picture and says in words what it shows; and where the forces lie."""

import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from agencies import geography
from agencies.csv_rows import Files
from findings import charts
from findings.charts.drawing import WIDTH, spread, width_of, wrapped

from .browsing import page

ROOT = Path(__file__).resolve().parent.parent
HOSTILE = '"><script>alert(1)</script>&' + "W" * 300

FOUR = [(1, "Outstanding"), (2, "Good"), (3, "Requires improvement"), (4, "Inadequate")]
FIVE = [(1, "Outstanding"), (2, "Good"), (3, "Adequate"), (4, "Requires improvement"), (5, "Inadequate")]


def a_force(slug="cleveland", name="Cleveland Police", n=3, total=5, note=""):
    return {
        "slug": slug,
        "name": name,
        "url": f"/agencies/{slug}/?a=1&b=2",
        "n": n,
        "total": total,
        "note": note,
    }


def all_forces():
    return [
        a_force(tile.slug, tile.slug, None if place % 5 == 4 else place % 5, 5)
        for place, tile in enumerate(geography.tiles())
    ]


def a_quarter(label="2016 Q3", n=3, total=5, known=True, url="/inspections/?q=1"):
    return {"label": label, "n": n, "total": total, "url": url, "known": known}


def a_trend(rows):
    return charts.quarters(rows, n_label="found a weakness", total_label="graded inspections")


def twelve_quarters():
    return [
        a_quarter(f"{2014 + index // 4} Q{index % 4 + 1}", index, index * 3, known=index != 5)
        for index in range(12)
    ]


def a_part(code, n, label=None):
    return {"label": label or code.capitalize(), "n": n, "code": code, "url": f"/inspections/?grade={code}"}


def a_row(parts, label="PEEL 2016", total=43, missing=0):
    return {
        "label": label,
        "parts": parts,
        "total": total,
        "missing": missing,
        "missing_label": "Not recorded",
    }


def rows_of_grades():
    return [
        a_row([a_part("good", 12), a_part("requires-improvement", 27), a_part("inadequate", 4)]),
        a_row([a_part("outstanding", 1), a_part("good", 28), a_part("inadequate", 1)], missing=13),
    ]


def a_series(scale_name, ranks, *points, question="Protecting vulnerable people"):
    return {
        "question": question,
        "scale_name": scale_name,
        "ranks": ranks,
        "points": [
            {
                "on": on and date(*on),
                "label": dict(ranks).get(rank, "?"),
                "rank": rank,
                "url": "/inspections/1/",
            }
            for on, rank in points
        ],
    }


def two_scales():
    return [
        a_series("To 2020", FOUR, ((2015, 12, 15), 4), ((2017, 3, 2), 3), ((2019, 9, 27), 4)),
        a_series("From 2021", FIVE, ((2022, 3, 1), 5), ((2025, 1, 31), 2)),
        a_series("To 2020", FOUR, ((2016, 12, 8), 2), question="Leadership"),
    ]


def drawn(template, chart, **context):
    """The chart's HTML as a tree."""
    html = render_to_string(
        f"components/charts/{template}.html", {"id": "c", "caption": "A caption", "chart": chart, **context}
    )
    return page(HttpResponse(html))


FULL = {
    "tile_map": lambda: charts.tile_map(all_forces()),
    "quarters": lambda: a_trend(twelve_quarters()),
    "grade_bars": lambda: charts.grade_bars(rows_of_grades()),
    "grade_history": lambda: charts.grade_history(two_scales()),
}
EMPTY = {
    "tile_map": lambda: charts.tile_map([]),
    "quarters": lambda: a_trend([]),
    "grade_bars": lambda: charts.grade_bars([]),
    "grade_history": lambda: charts.grade_history([]),
}
EVERY = pytest.mark.parametrize("template", FULL)


# Where the forces lie


def test_there_are_43_tiles_each_with_a_place_and_a_label_of_its_own():
    tiles = geography.tiles()
    assert len(tiles) == 43
    assert len({tile.slug for tile in tiles}) == 43
    assert len({(tile.column, tile.row) for tile in tiles}) == 43
    assert len({tile.label for tile in tiles}) == 43
    assert all(1 <= len(tile.label) <= 5 for tile in tiles)
    assert all(0 <= tile.column < 8 and 0 <= tile.row < 9 for tile in tiles)


def test_the_tiles_are_the_territorial_forces_of_the_reference_data():
    columns = (ROOT / "agencies/data/agencies.csv").read_text().partition("\n")[0].split(",")
    rows = Files(ROOT).rows("agencies/data/agencies.csv", columns)
    forces = {row["slug"] for row in rows if row["kind"] == "police_force" and row["special"] == "no"}
    assert {tile.slug for tile in geography.tiles()} == forces


def test_neighbours_are_mutual_and_no_force_borders_itself():
    slugs = {tile.slug for tile in geography.tiles()}
    for slug in slugs:
        neighbours = geography.neighbours_of(slug)
        assert neighbours, slug
        assert neighbours <= slugs - {slug}
        assert all(slug in geography.neighbours_of(neighbour) for neighbour in neighbours)


def test_neighbours_share_a_boundary_on_land():
    assert geography.neighbours_of("city-of-london") == {"metropolitan"}
    assert geography.neighbours_of("cleveland") == {"durham", "north-yorkshire"}
    assert geography.neighbours_of("devon-and-cornwall") == {"avon-and-somerset", "dorset"}
    assert "kent" not in geography.neighbours_of("essex")  # the Thames lies between
    assert "gwent" not in geography.neighbours_of("avon-and-somerset")  # the Severn does
    assert geography.neighbours_of("btp") == frozenset()


def test_neighbours_are_listed_in_order_and_once():
    lines = (ROOT / "agencies/data/neighbours.csv").read_text().splitlines()[1:]
    pairs = [tuple(line.split(",")) for line in lines]
    assert pairs == sorted(set(pairs))


# Every chart


@EVERY
def test_nothing_is_drawn_outside_the_picture(template):
    tree = drawn(template, FULL[template]())
    picture = tree.find("svg", class_="app-chart__picture")
    width, height = map(float, picture["viewbox"].split()[2:])
    assert width == WIDTH
    for group in (picture, *picture.find_all("g")):
        dx, dy = map(float, re.findall(r"[\d.]+", group.get("transform", "0 0")))
        for shape in group.children:
            if isinstance(shape, str) or shape.tag not in ("rect", "text") or shape.parent.tag == "pattern":
                continue
            x, y = dx + float(shape.get("x", 0)), dy + float(shape.get("y", 0))
            assert 0 <= x <= x + float(shape.get("width", 0)) <= width + 0.2, shape.attrs
            assert 0 <= y <= y + float(shape.get("height", 0)) <= height + 0.2, shape.attrs
    for link in picture.find_all("a"):
        for shape in link.find_all("rect"):
            x, y = float(shape.get("x", 0)), float(shape.get("y", 0))
            assert 0 <= x <= x + float(shape["width"]) <= width + 0.2, shape.attrs
            assert 0 <= y <= y + float(shape["height"]) <= height + 0.2, shape.attrs


@EVERY
def test_every_mark_opens_its_rows_and_says_in_text_and_by_name_what_it_shows(template):
    picture = drawn(template, FULL[template]()).find("svg", class_="app-chart__picture")
    links = picture.find_all("a")
    assert links
    for link in links:
        assert link["href"]
        assert link.find("title").text
        assert link.find("text").text


@EVERY
def test_the_picture_has_a_name_and_a_description_and_its_ids_are_unique(template):
    chart = FULL[template]()
    tree = drawn(template, chart, table_id="the-table")
    ids = [element["id"] for element in tree.walk() if element.get("id")]
    assert len(ids) == len(set(ids))
    picture = tree.find("svg", class_="app-chart__picture")
    assert tree.find("title", id=picture["aria-labelledby"]).text == "A caption"
    assert tree.find("desc", id=picture["aria-describedby"]).text == chart.summary
    assert tree.find("figure").find("figcaption").text == "A caption"
    assert tree.find("a", href="#the-table")
    assert picture["role"] == "group"
    textures = {element["fill"] for element in tree.walk() if element.get("fill")}
    assert textures <= {f"url(#{one})" for one in ids}


def test_two_charts_on_a_page_share_no_id():
    first, second = (drawn("quarters", FULL["quarters"](), id=name) for name in ("one", "two"))
    ids = [element["id"] for tree in (first, second) for element in tree.walk() if element.get("id")]
    assert len(ids) == len(set(ids))


@EVERY
def test_without_figures_the_chart_says_so(template):
    tree = drawn(template, EMPTY[template]())
    picture = tree.find("svg", class_="app-chart__picture")
    assert picture["role"] == "img"
    assert picture.find("text").text == "There is nothing to draw."
    assert not picture.find_all("a")
    assert not tree.find("ul", class_="app-chart__key")


@EVERY
def test_numbers_in_attributes_are_written_with_a_point_in_every_language(template):
    with translation.override("de"):
        tree = drawn(template, FULL[template]())
    written = [
        element[name]
        for element in tree.walk()
        for name in ("x", "y", "width", "height")
        if element.get(name)
    ]
    assert written
    assert all(re.fullmatch(r"\d+(\.\d)?", value) for value in written)


HOSTILES = {
    "tile_map": lambda: charts.tile_map(
        [a_force(name=HOSTILE, note=HOSTILE), a_force("kent", HOSTILE, None)]
    ),
    "quarters": lambda: charts.quarters(
        [a_quarter(HOSTILE, url=f"/?q={HOSTILE}")] * 12, n_label=HOSTILE, total_label=HOSTILE
    ),
    "grade_bars": lambda: charts.grade_bars([a_row([a_part("good", 3, HOSTILE)], label=HOSTILE, missing=2)]),
    "grade_history": lambda: charts.grade_history(
        [a_series(HOSTILE, [(1, HOSTILE)], ((2016, 1, 1), 1), question=HOSTILE)]
    ),
}


@EVERY
def test_hostile_labels_are_text_and_do_not_run_out_of_the_picture(template):
    chart = HOSTILES[template]()
    tree = drawn(template, chart, caption=HOSTILE, id="c")
    assert not tree.find("script")
    assert tree.find("figcaption").raw == HOSTILE
    picture = tree.find("svg", class_="app-chart__picture")
    assert any(HOSTILE in title.raw for title in picture.find_all("title"))
    assert all(width_of(words.text) <= WIDTH for words in picture.find_all("text"))


# The map of tiles


def test_a_tile_shows_label_and_number_and_is_named_in_words():
    (tile,) = charts.tile_map([a_force(note="Two reports not read.")]).tiles
    assert (tile.label, tile.number, tile.of) == ("Clev", "3", "of 5")
    assert tile.title == "Cleveland Police: 3 of 5. Two reports not read."


def test_a_force_of_which_nothing_is_known_has_a_dash_and_no_shade():
    chart = charts.tile_map([a_force(n=None), a_force("kent", "Kent Police", 0, 0), a_force("essex", n=0)])
    cleveland, kent, essex = sorted(chart.tiles, key=lambda tile: tile.slug == "essex")
    for tile in (cleveland, kent):
        assert (tile.number, tile.of, tile.level) == ("–", "", "unknown")
        assert tile.title.endswith(": nothing known")
    assert (essex.number, essex.of, essex.level) == ("0", "of 5", 0)
    assert [entry.code for entry in chart.key] == ["0", "unknown"]
    assert "Nothing is known of 2 forces." in chart.summary


def test_a_number_without_a_total_stands_alone():
    (tile,) = charts.tile_map([a_force(n=7, total=None)]).tiles
    assert (tile.number, tile.of, tile.title) == ("7", "", "Cleveland Police: 7")


def test_bodies_without_a_tile_are_left_to_the_table():
    assert [tile.slug for tile in charts.tile_map([a_force("btp"), a_force()]).tiles] == ["cleveland"]


def test_the_key_says_which_numbers_a_shade_stands_for():
    slugs = ["kent", "essex", "surrey", "sussex", "dorset"]
    chart = charts.tile_map(
        [a_force(slug, n=n, total=None) for slug, n in zip(slugs, (0, 3, 4, 9, 12), strict=True)]
    )
    assert {tile.slug: tile.level for tile in chart.tiles} == {
        "kent": 0,
        "essex": 1,
        "surrey": 2,
        "sussex": 3,
        "dorset": 4,
    }
    assert [entry.label for entry in chart.key] == ["0", "1–3", "4–6", "7–9", "10–12"]


def test_small_numbers_have_a_shade_each():
    chart = charts.tile_map([a_force("kent", n=1, total=None), a_force("essex", n=2, total=None)])
    assert [entry.label for entry in chart.key] == ["0", "1", "2"]


def test_the_shade_can_follow_the_share():
    chart = charts.tile_map([a_force("kent", n=1, total=8), a_force("essex", n=2, total=2)], shade_by="share")
    assert {tile.slug: tile.level for tile in chart.tiles} == {"kent": 1, "essex": 4}
    assert chart.key[-1].label == "more than three quarters"


def test_the_keyboard_goes_through_the_tiles_as_the_eye_does():
    places = [(tile.y, tile.x) for tile in charts.tile_map(all_forces()).tiles]
    assert places == sorted(set(places))


def test_text_contrasts_with_every_shade():
    """4.5 to 1, WCAG 2.2 criterion 1.4.3; the number of the compiled styles."""
    css = (ROOT / "build/static/css/main.css").read_text()
    for level in range(5):
        (ground,) = re.findall(rf"\.app-chart__shape--{level}\{{fill:(#[0-9a-f]+)\}}", css)
        white = re.search(rf"\.app-chart__on--{level} text[^{{}}]*\{{fill:#fff\}}", css)
        text = "#fff" if white else "#0b0c0c"
        assert _contrast(ground, text) >= 4.5, level


def _contrast(one, other):
    light, dark = sorted(map(_luminance, (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


# The trend


def test_a_bar_is_as_high_as_its_total_and_filled_to_n():
    half, whole = a_trend([a_quarter(n=2, total=4), a_quarter("2016 Q4", n=8, total=8)]).quarters
    assert whole.total_height == whole.n_height == 2 * half.total_height == 4 * half.n_height
    assert half.total_y + half.total_height == whole.total_y + whole.total_height
    assert [words.text for words in half.words] == ["2 of 4"]
    assert half.title == "2016 Q3: 2 of 4"


def test_a_quarter_not_wholly_read_is_hatched_and_has_no_share():
    chart = a_trend([a_quarter(n=3, known=False), a_quarter("2016 Q4", n=None)])
    for quarter in chart.quarters:
        assert quarter.n_height == 0
        assert not quarter.known
        assert [words.text for words in quarter.words] == ["– of 5"]
        assert quarter.title.endswith(": 5, not all read, so no share can be given")
    assert [entry.code for entry in chart.key] == ["unread"]
    hatched = drawn("quarters", chart).find_all("rect", fill="url(#c-unread)")
    assert len(hatched) == 3  # two bars and the key


def test_a_quarter_without_anything_is_a_dash():
    (quarter,) = a_trend([a_quarter(n=0, total=0)]).quarters
    assert [words.text for words in quarter.words] == ["–"]
    assert (quarter.total_height, quarter.n_height, quarter.title) == (0, 0, "2016 Q3: none")


def test_the_latest_twelve_quarters_are_drawn_and_their_figures_stacked():
    rows = [a_quarter(f"{2010 + index} Q1", 10, 40) for index in range(14)]
    chart = a_trend(rows)
    assert len(chart.quarters) == 12
    assert [words.text for words in chart.quarters[0].label] == ["2012", "Q1"]
    assert [words.text for words in chart.quarters[0].words] == ["10", "of 40"]
    assert all(a.x + a.width <= b.x + 0.1 for a, b in pairwise(chart.quarters))


# The distribution


def test_the_segments_of_a_bar_fill_it_and_hold_their_counts():
    chart = charts.grade_bars(rows_of_grades())
    for row in chart.rows:
        assert row.segments[0].x == 0
        assert row.segments[-1].x + row.segments[-1].width == pytest.approx(WIDTH, abs=0.2)
        assert row.total.text == "43 in all"
    assert [segment.count.text for segment in chart.rows[0].segments] == ["12", "27", "4"]
    assert chart.rows[0].segments[0].title == "PEEL 2016, Good: 12 of 43"


def test_a_count_too_wide_for_its_segment_stands_below_it_clear_of_others():
    parts = [a_part("outstanding", 1), a_part("good", 1), a_part("adequate", 1), a_part("inadequate", 140)]
    (row,) = charts.grade_bars([a_row(parts, total=143)]).rows
    *narrow, wide = row.segments
    assert wide.plate
    assert all(segment.plate is None and segment.count.y > row.y + row.height for segment in narrow)
    middles = [segment.count.x for segment in narrow]
    assert all(b - a >= width_of("1") for a, b in pairwise(middles))


def test_what_is_not_recorded_is_drawn_as_such():
    chart = charts.grade_bars([a_row([a_part("good", 3)], missing=40)])
    *_, missing = chart.rows[0].segments
    assert (missing.code, missing.url, missing.texture) == ("missing", "", False)
    assert missing.title == "PEEL 2016, Not recorded: 40 of 43"
    assert [entry.label for entry in chart.key] == ["Good", "Not recorded"]
    tree = drawn("grade_bars", chart)
    assert len(tree.find("svg", class_="app-chart__picture").find_all("a")) == 1


def test_each_grade_has_a_texture_of_its_own_and_a_word_in_the_key():
    codes = ["inadequate", "outstanding", "good", "adequate", "requires-improvement", "met"]
    chart = charts.grade_bars([a_row([a_part(code, 7) for code in codes], total=42)])
    assert [entry.code for entry in chart.key] == [
        "outstanding",
        "good",
        "adequate",
        "requires-improvement",
        "inadequate",
        "other",
    ]
    tree = drawn("grade_bars", chart)
    shapes = tree.find("svg", class_="app-chart__picture").find_all("rect", class_="app-chart__shape")
    assert len({shape["fill"] for shape in shapes}) == 6


def test_a_row_without_grades_is_an_empty_frame():
    tree = drawn("grade_bars", charts.grade_bars([a_row([a_part("good", 0)], total=0)]))
    texts = [words.text for words in tree.find_all("text")]
    assert texts == ["PEEL 2016", "0 in all", "–"]


# Grades over time


def test_each_scale_has_a_panel_and_no_line_leaves_it():
    chart = charts.grade_history(two_scales())
    first, second = chart.panels
    assert [words.text for words in first.scale_name] == ["To 2020"]
    assert len(first.plots) == 2
    for panel in chart.panels:
        for plot in panel.plots:
            assert all(panel.top < y < panel.bottom for _x, y in plot.steps)
            assert all(panel.top < point.y < panel.bottom for point in plot.points)
            assert {y for _x, y in plot.steps} <= set(plot.ranks)
    (gap,) = chart.breaks
    assert first.bottom < gap.y < second.top
    assert gap.words.text == "Scale changes: not comparable"
    assert len(drawn("grade_history", chart).find_all("polyline")) == 3


def test_scales_of_one_name_but_other_grades_are_not_joined():
    chart = charts.grade_history(
        [a_series("PEEL", FOUR, ((2015, 1, 1), 2)), a_series("PEEL", FIVE, ((2022, 1, 1), 2))]
    )
    assert len(chart.panels) == 2


def test_steps_go_level_until_the_next_grade_was_given():
    (panel,) = charts.grade_history([a_series("S", FOUR, ((2017, 1, 1), 2), ((2015, 1, 1), 4))]).panels
    (plot,) = panel.plots
    assert [point.text.text for point in plot.points] == ["2015", "2017"]
    (x1, y1), (x2, y2), (x3, y3) = plot.steps
    assert y1 == y2 > y3
    assert x1 < x2 == x3
    assert plot.points[0].title == "Protecting vulnerable people, 1 January 2015: Inadequate"


@pytest.mark.parametrize("count", [1, 2, 7, 8, 11, 20])
def test_marks_of_one_question_never_overlap(count):
    points = [((2016, 1 + index // 28, 1 + index % 28), 2) for index in range(count)]
    chart = charts.grade_history([a_series("S", FOUR, *points)])
    (plot,) = chart.panels[0].plots
    assert len(plot.points) == min(count, 11)
    assert all(a.left + a.width <= b.left + 0.1 for a, b in pairwise(plot.points))
    assert chart.gutter <= plot.points[0].left
    assert plot.points[-1].left + plot.points[-1].width <= WIDTH
    assert chart.left_out == ("9 grades are not drawn." if count == 20 else "")


def test_a_grade_without_a_date_is_not_drawn_and_the_chart_says_so():
    chart = charts.grade_history([a_series("S", FOUR, (None, 2), ((2016, 1, 1), 2))])
    assert chart.left_out == "1 grade is not drawn."
    assert "1 grade is not drawn." in drawn("grade_history", chart).text


# Text and places


def test_wrapped_text_keeps_its_words_and_its_width():
    text = "How well does the force protect those who are vulnerable, and support victims?"
    lines = wrapped(text, 200)
    assert " ".join(lines) == text
    assert all(width_of(line) <= 200 for line in lines)
    assert wrapped("a " * 500, 100, most=2)[-1].endswith("…")
    assert wrapped("", 100) == []


def test_spread_things_keep_their_places_where_they_can():
    assert spread([10, 50], [10, 10], 0, 100) == [10, 50]
    assert spread([10, 10, 99], [10, 10, 10], 0, 100) == [10, 20, 95]
