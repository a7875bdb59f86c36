"""The main job: an inspector logs what the police did not do. With script, without it, and by keyboard alone."""

import re
import secrets

import pytest
from playwright.sync_api import expect

from agencies.demo import HMICFRS_INSPECTOR, INSPECTOR, INSPECTOR_2, MANAGER, PASSWORD

from .conftest import path_of, visit

pytestmark = pytest.mark.xdist_group("browser")

STOCKTON = "Stockton-on-Tees Borough Council"
EARLIER = "SIF-2016-MID-03"  # a weakness of Cleveland Police in the same theme, found in Middlesbrough
MET_LEAD = "lead@met.example"

# What shows that the focused element has the focus; a radio and a checkbox show it on their label.
FOCUS_IS_VISIBLE = """() => {
    const element = document.activeElement
    if (element === document.body) return false
    const seen = (style) => (
        (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 && !/, 0\\)$/.test(style.outlineColor)) ||
        style.boxShadow !== 'none' || style.backgroundColor === 'rgb(255, 221, 0)')
    if (seen(getComputedStyle(element))) return true
    return [...(element.labels ?? [])].some((label) => seen(getComputedStyle(label, '::before')))
}"""


def words():
    """A summary that no other test writes."""
    return f"Officers stayed away from partnership meetings, case {secrets.token_hex(4)}."


def sign_in(page):
    visit(page, "/")
    page.get_by_label("Email address").fill(INSPECTOR)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Hello Imogen")).to_be_visible()


def type_ahead(page, label, typed, chosen):
    field = page.get_by_role("combobox", name=label)
    field.fill("")
    field.press_sequentially(typed)
    page.get_by_role("option", name=chosen).first.click()
    expect(field).to_have_value(re.compile(chosen))


def open_stockton(page):
    """From the list of inspections: the one of 2016, with the list already filtered."""
    page.locator("tbody").get_by_role("link", name=STOCKTON).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(STOCKTON)
    expect(page.get_by_text("SIF-2016-STO", exact=False).first).to_be_visible()
    page.get_by_role("link", name="Log a finding").click()


def fill_in_the_rest(page, summary):
    page.get_by_label("Summary").fill(summary)
    page.get_by_label("Serious", exact=True).check()
    page.get_by_label("Why this severity").fill("Children were left at risk between two meetings.")
    page.get_by_label("Page", exact=True).first.fill("12")
    page.get_by_label("Paragraph", exact=False).first.fill("16")


def assert_logged(page, summary):
    expect(page.get_by_role("alert")).to_contain_text("The finding is logged as a draft.")
    main = page.locator("main")
    for shown in (summary, "Cleveland Police", "Partnership and governance", EARLIER, "Serious", "Page 12"):
        expect(main).to_contain_text(shown)


def assert_shown_where_it_belongs(page, browse, summary):
    """On the force's page and in the lists of those who work on it; nowhere for the others."""
    address = path_of(page)
    visit(page, "/agencies/cleveland/")
    unpublished = page.locator("#unpublished ~ article").filter(has_text=summary)
    expect(unpublished).to_have_count(1)
    for query in ("mine=on", "force=cleveland", "mine=on&force=cleveland"):
        visit(page, f"/findings/?{query}&q={summary.split()[-1].strip('.')}")
        expect(page.get_by_role("link", name=summary)).to_have_count(1)
    visit(page, "/findings/?force=durham&mine=on")
    expect(page.get_by_role("link", name=summary)).to_have_count(0)
    expect(visit(browse(MANAGER), address).locator("main")).to_contain_text(summary)
    for stranger in (INSPECTOR_2, MET_LEAD, HMICFRS_INSPECTOR):
        visit(browse(stranger), address, status=404)


def test_an_inspector_logs_a_serious_weakness(browse):
    page, summary = browse(), words()
    sign_in(page)
    page.get_by_role("link", name="Inspections", exact=True).click()
    type_ahead(page, "Inspected agency", "stockt", STOCKTON)
    page.get_by_label("Published from").fill("1/1/2016")
    page.get_by_label("Published to").fill("31/12/2016")
    page.get_by_role("button", name="Apply filters").click()
    expect(page.get_by_role("status").filter(has_text="1 inspection")).to_be_visible()
    open_stockton(page)

    page.get_by_label("Weakness", exact=True).check()
    type_ahead(page, "Attributed to", "clevel", "Cleveland Police")
    type_ahead(page, "Theme", "govern", "Partnership and governance")
    again = page.get_by_role("group", name="Is it one of these again?")
    expect(again).to_contain_text(EARLIER)
    again.get_by_label(EARLIER).check()
    fill_in_the_rest(page, summary)
    page.get_by_role("button", name="Save draft").click()

    assert_logged(page, summary)
    assert_shown_where_it_belongs(page, browse, summary)


def test_without_script(browse):
    page, summary = browse(java_script_enabled=False), words()
    sign_in(page)
    page.get_by_role("link", name="Inspections", exact=True).click()
    page.get_by_label("Inspected agency").select_option(STOCKTON)
    page.get_by_label("Published to").fill("31/12/2016")
    page.get_by_role("button", name="Apply filters").click()
    expect(page.get_by_text("1 inspection", exact=True)).to_be_visible()
    open_stockton(page)

    page.get_by_label("Weakness", exact=True).check()
    page.get_by_label("Attributed to").select_option("Cleveland Police")
    page.get_by_label("Theme").select_option("Partnership and governance")
    page.get_by_label("Summary").fill(summary)
    page.get_by_role("button", name="Show earlier findings").click()
    again = page.get_by_role("group", name="Is it one of these again?")
    again.get_by_label(EARLIER).check()
    fill_in_the_rest(page, summary)
    page.get_by_role("button", name="Add another place").click()
    expect(page.get_by_label("Summary")).to_have_value(summary)
    expect(again.get_by_label(EARLIER)).to_be_checked()
    expect(page.locator(".govuk-error-summary")).to_have_count(0)
    page.get_by_label("Page", exact=True).nth(1).fill("13")
    page.get_by_label("Paragraph", exact=False).nth(1).fill("20")
    page.get_by_role("button", name="Save draft").click()

    assert_logged(page, summary)
    expect(page.locator("main")).to_contain_text("Page 13")
    assert_shown_where_it_belongs(page, browse, summary)


class Keyboard:
    """Moves through a page by Tab and checks at every stop that the focus can be seen."""

    def __init__(self, page):
        self.page = page

    def tab_to(self, locator):
        for _stop in range(80):
            if locator.evaluate("element => element === document.activeElement"):
                expect_focus_visible(self.page)
                return
            self.page.keyboard.press("Tab")
            expect_focus_visible(self.page)
        raise AssertionError(f"Tab does not reach {locator}")

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text):
        self.page.keyboard.type(text)

    def choose(self, label, typed, chosen):
        """In a type-ahead: text, then the first suggestion."""
        field = self.page.get_by_role("combobox", name=label)
        self.tab_to(field)
        self.type(typed)
        expect(self.page.get_by_role("option", name=chosen).first).to_be_visible()
        self.press("ArrowDown", "Enter")
        expect(field).to_have_value(re.compile(chosen))


def expect_focus_visible(page):
    shown = page.evaluate(FOCUS_IS_VISIBLE)
    assert shown, "focus not visible on " + page.evaluate("document.activeElement.outerHTML.slice(0, 300)")


def test_by_keyboard_alone(browse):
    page, summary = browse(), words()
    keys = Keyboard(page)
    visit(page, "/inspections/")
    expect(page.get_by_label("Email address")).to_be_focused()
    keys.type(INSPECTOR)
    keys.tab_to(page.get_by_label("Password", exact=True))
    keys.type(PASSWORD)
    keys.press("Enter")
    page.wait_for_url("**/inspections/")

    # The first stop leads past the menu.
    keys.tab_to(page.get_by_role("link", name="Skip to main content"))
    keys.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main-content"
    keys.tab_to(page.get_by_role("link", name="New inspection"))

    keys.choose("Inspected agency", "stockt", STOCKTON)
    keys.tab_to(page.get_by_label("Published to"))
    keys.type("31/12/2016")
    keys.press("Enter")
    expect(page.get_by_role("status").filter(has_text="1 inspection")).to_be_visible()
    keys.tab_to(page.locator("tbody").get_by_role("link", name=STOCKTON))
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(STOCKTON)
    keys.tab_to(page.get_by_role("link", name="Log a finding"))
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Log a finding")

    # The first of a group of radios gets the focus; arrows choose among them.
    keys.tab_to(page.get_by_label("Strength", exact=True))
    keys.press("ArrowDown", "ArrowDown")
    expect(page.get_by_label("Weakness", exact=True)).to_be_checked()
    keys.choose("Attributed to", "cleveland pol", "Cleveland Police")
    keys.choose("Theme", "governance", "Partnership and governance")
    keys.tab_to(page.get_by_role("radio", name="No, or not known"))
    keys.press("ArrowDown")
    expect(page.get_by_label(EARLIER)).to_be_checked()
    keys.tab_to(page.get_by_label("Summary"))
    keys.type(summary)
    keys.tab_to(page.get_by_label("Minor", exact=True))
    keys.press("ArrowDown", "ArrowDown")
    keys.tab_to(page.get_by_label("Why this severity"))
    keys.type("Children were left at risk.")
    keys.tab_to(page.get_by_label("Page", exact=True).first)
    keys.type("12")
    keys.tab_to(page.get_by_label("Paragraph", exact=False).first)
    keys.type("16")
    keys.tab_to(page.get_by_label("Systemic"))
    keys.press("Space")
    expect(page.get_by_label("Systemic")).to_be_checked()
    keys.tab_to(page.get_by_role("button", name="Save draft"))
    keys.press("Enter")

    assert_logged(page, summary)
    expect(page.locator("main")).to_contain_text("Systemic")
