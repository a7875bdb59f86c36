"""Journeys through the dashboards, with the keyboard alone where it matters: from a figure to its rows, and back."""

import csv
import re
import secrets
from io import StringIO
from pathlib import Path

import pytest
from playwright.sync_api import expect

from agencies.demo import HMICFRS_INSPECTOR, INSPECTOR, MANAGER

from .conftest import NARROW, path_of, visit

pytestmark = pytest.mark.xdist_group("browser")

LETTER = "?as_of=2016-10-17&window=year"
WINDOW_OF_THE_LETTER = "published from 17 October 2015 to 16 October 2016, as known on 17 October 2016"
FOCUS = "rgb(255, 221, 0)"


def tab_to(page, target, at_most=60):
    """Presses Tab until this has the focus."""
    for press in range(at_most + 1):
        if press:
            page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return target
    raise AssertionError(f"not reached in {at_most} presses of Tab: {target}")


def press_enter(page):
    with page.expect_navigation():
        page.keyboard.press("Enter")


def number_in(text):
    return int(re.search(r"\d+", text)[0])


# The day and the window


def test_day_and_window_are_set_with_the_keyboard(browse):
    page = visit(browse(MANAGER), "/dashboard/")
    tab_to(page, page.get_by_label("As known on"))
    page.keyboard.type("17/10/2016")
    tab_to(page, page.get_by_label("Published in"), 1)
    page.keyboard.press("Home")
    tab_to(page, page.get_by_role("button", name="Show"), 1)
    press_enter(page)
    expect(page.get_by_text(WINDOW_OF_THE_LETTER)).to_be_visible()
    page.go_back()
    expect(page.get_by_text(WINDOW_OF_THE_LETTER)).to_have_count(0)


def test_a_wrong_day_is_told_and_can_be_mended(browse):
    page = visit(browse(MANAGER), "/agencies/cleveland/?as_of=31/02/2016")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    expect(page.get_by_role("table")).to_have_count(0)
    tab_to(page, page.get_by_role("alert").get_by_role("link"), 2)
    page.keyboard.press("Enter")
    expect(page.get_by_label("As known on")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("29/02/2016")
    press_enter(page)
    expect(page.get_by_text("published before 29 February 2016, as known on that day")).to_be_visible()


def test_days_of_choice_appear_when_chosen(browse):
    page = visit(browse(MANAGER), "/dashboard/")
    first, last = page.get_by_label("From", exact=True), page.get_by_label("To, inclusive")
    expect(first).to_be_hidden()
    page.get_by_label("Published in").select_option("Days of your choice")
    first.fill("01/01/2016")
    last.fill("31/03/2016")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("published from 1 January 2016 to 31 March 2016")).to_be_visible()
    expect(first).to_be_visible()
    page.get_by_label("Published in").select_option("Last 12 months")
    expect(first).to_be_hidden()
    expect(last).to_be_hidden()


def test_days_of_choice_without_javascript(browse):
    page = visit(browse(MANAGER, java_script_enabled=False), "/dashboard/")
    page.get_by_label("Published in").select_option("Days of your choice")
    page.get_by_label("From", exact=True).fill("01/01/2016")
    page.get_by_label("To, inclusive").fill("31/03/2016")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("published from 1 January 2016 to 31 March 2016")).to_be_visible()


# From a figure to its rows


def test_a_figure_opens_its_definition_and_its_rows(browse):
    page = visit(browse(MANAGER), f"/dashboard/{LETTER}")
    panel = page.locator(".app-figures__item").filter(has_text="at least one serious weakness in").first
    counted = number_in(panel.locator(".app-figures__number").inner_text())
    tab_to(page, panel.get_by_role("link", name="How this is counted"))
    press_enter(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("serious weakness")
    expect(page.get_by_text("of severity serious or critical")).to_be_visible()
    tab_to(page, page.get_by_role("link", name=f"The {counted} counted"))
    press_enter(page)
    assert path_of(page) == "/inspections/"
    assert 0 < counted <= 20, "more than a page: choose a smaller figure"
    expect(page.locator("main table tbody tr")).to_have_count(counted)
    expect(page.get_by_text("As known on 17 October 2016", exact=False).first).to_be_visible()


def test_the_heatmap_is_sorted_with_the_keyboard(browse):
    page = visit(browse(INSPECTOR), f"/figures/forces-by-theme/{LETTER}")
    by_all = page.get_by_role("columnheader", name="All weaknesses")
    for order in ("ascending", "descending"):
        tab_to(page, by_all.get_by_role("link"))
        press_enter(page)
        expect(by_all).to_have_attribute("aria-sort", order)
    heatmap = page.locator("#forces-by-theme")
    # Still at the table, not at the top of the page.
    expect(heatmap.locator("thead")).to_be_in_viewport()
    heads = [head.inner_text() for head in heatmap.locator("thead th").all()]
    column = next(n for n, head in enumerate(heads) if "All weaknesses" in head)
    drawn = heatmap.locator(f"tbody tr > :nth-child({column + 1})").all_inner_texts()
    totals = [number_in(text) for text in drawn if re.match("[1-9]", text)]
    assert len(totals) > 1
    assert totals == sorted(totals, reverse=True)
    cell = heatmap.locator("tbody td a").first
    tab_to(page, cell, 120)
    shown = cell.evaluate("link => getComputedStyle(link, '::after').boxShadow")
    assert FOCUS in shown


# The map


def test_tiles_are_reached_and_skipped_with_the_keyboard(browse):
    page = visit(browse(MANAGER), f"/dashboard/{LETTER}")
    tiles = page.locator("#chart-map-title").locator("xpath=..").get_by_role("link")
    expect(tiles).to_have_count(43)
    skip = page.get_by_role("link", name="The same figures in a table").filter(has_text="Inspections read")
    tab_to(page, skip, 120)
    page.keyboard.press("Tab")
    for tile in tiles.all():
        expect(tile).to_be_focused()
        fill = tile.locator(".app-chart__target").evaluate("shape => getComputedStyle(shape).fill")
        assert fill == FOCUS, tile.inner_text()
        page.keyboard.press("Tab")
    # Past them in one step: from the link before the map into the table behind it.
    skip.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#forces :focus")).to_have_count(1)
    cleveland = tiles.filter(has_text="Cleveland Police")
    cleveland.focus()
    press_enter(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Cleveland Police")


def test_on_a_telephone_names_stay_beside_their_numbers(browse):
    page = visit(browse(MANAGER, width=NARROW), f"/dashboard/{LETTER}")
    region = page.get_by_role("region", name="Territorial forces, and others with a finding")
    name = region.get_by_role("rowheader", name="Cleveland Police")
    before = name.bounding_box()["x"]
    last = region.get_by_role("row").filter(has_text="Cleveland Police").get_by_role("link").last
    last.focus()
    expect(last).to_be_in_viewport(ratio=1)
    assert region.evaluate("part => part.scrollLeft") > 0
    assert name.bounding_box()["x"] == pytest.approx(before, abs=1)
    # What has the focus is not under the name.
    assert last.bounding_box()["x"] >= name.bounding_box()["x"] + name.bounding_box()["width"] - 1


# Side by side, taken away, kept


def test_two_forces_side_by_side(browse):
    page = visit(browse(HMICFRS_INSPECTOR), f"/dashboard/{LETTER}")
    page.get_by_role("link", name="Compare two to four forces").click()
    for place, force in enumerate(("Metropolitan Police Service", "Cleveland Police"), 1):
        field = page.get_by_role("combobox", name=f"Force {place}")
        field.fill(force)
        page.get_by_role("option", name=force).click()
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text(WINDOW_OF_THE_LETTER)).to_be_visible()
    table = page.locator("#compare")
    expect(table.get_by_role("columnheader")).to_have_text(
        ["Count", "Cleveland Police", "Metropolitan Police Service"]
    )
    row = table.get_by_role("row").filter(has_text="Serious or critical weaknesses")
    number = row.get_by_role("link").first
    counted = number_in(number.inner_text())
    number.click()
    assert path_of(page) == "/findings/"
    expect(page.locator("main article.app-finding")).to_have_count(counted)


def test_a_table_is_taken_away_and_says_what_it_is(browse):
    page = visit(browse(MANAGER), f"/dashboard/{LETTER}")
    forces = page.locator("#forces")
    with page.expect_download() as started:
        forces.get_by_role("link", name="CSV").click()
    assert started.value.suggested_filename == "forces-2016-10-17.csv"
    text = Path(started.value.path()).read_text(encoding="utf-8-sig")
    lines = list(csv.reader(StringIO(text)))
    about = {line[0]: line[1] for line in lines if len(line) == 2}
    assert about["Window"] == WINDOW_OF_THE_LETTER
    heads = next(n for n, line in enumerate(lines) if line[:2] == ["Force", "Inspections"])
    names = [line[0] for line in lines[heads + 1 :] if line]
    drawn = forces.locator("tbody th").all_inner_texts()
    assert names == [name.strip() for name in drawn]
    # The page is still there.
    expect(page.get_by_role("heading", level=1)).to_have_text("National dashboard")


def test_a_dashboard_is_kept_and_opened_again(browse):
    page = visit(browse(MANAGER), f"/agencies/cleveland/{LETTER}")
    name = f"Cleveland on the day of the letter {secrets.token_hex(4)}"
    page.get_by_role("link", name="Keep this view").click()
    expect(page.get_by_text("so it stays at that date")).to_be_visible()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Keep", exact=True).click()
    visit(page, "/views/")
    page.get_by_role("link", name=name, exact=True).click()
    assert path_of(page) == "/agencies/cleveland/"
    expect(page.get_by_text(WINDOW_OF_THE_LETTER)).to_be_visible()
