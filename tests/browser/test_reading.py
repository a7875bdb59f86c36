"""From a published PDF to a confirmed finding, in a browser: handed in, read meanwhile, decided by keys alone, published."""

import re

import pytest
from playwright.sync_api import expect

from agencies.demo import INSPECTOR, MANAGER

from .conftest import path_of, visit
from .report_made import COUNCIL, made
from .test_whole_story import Desk

pytestmark = pytest.mark.xdist_group("browser")
LEAD = "lead@cleveland.example"
READ_WITHIN = 90_000  # milliseconds


def key(page, pressed):
    """Presses a key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(pressed)


def test_a_report_becomes_findings_by_the_keyboard_and_goes_the_usual_way(browse):
    page = browse(INSPECTOR)
    visit(page, "/reports/new/")
    page.get_by_label("The report, as published").set_input_files(
        {"name": "hartlepool.pdf", "mimeType": "application/pdf", "buffer": made()}
    )
    with page.expect_navigation():
        page.get_by_role("button", name="Hand in", exact=True).click()
    report = path_of(page)
    # Progress comes by itself.
    over = page.get_by_role("link", name="Reading is over")
    read = page.get_by_role("link", name="Confirm the facts")
    expect(over.or_(read).first).to_be_visible(timeout=READ_WITHIN)
    visit(page, report)

    # Facts: each beside its page and words; what is missing is not guessed.
    with page.expect_navigation():
        read.click()
    expect(page.get_by_label("Last day of fieldwork")).to_have_value("06/05/2016")
    expect(page.get_by_text("Not read from the report.").first).to_be_visible()
    expect(page.get_by_text("No inspection with these facts is recorded.")).to_be_visible()
    with page.expect_navigation():
        page.get_by_role("button", name="Confirm", exact=True).click()
    expect(page.get_by_text("The inspection is recorded as published elsewhere: SIF-2016-")).to_be_visible()
    inspection = page.get_by_role("link", name=re.compile(f"{COUNCIL}, SIF 2016")).first.get_attribute("href")

    # Decided without a mouse: edited and accepted, merged, rejected.
    page.get_by_role("link", name=re.compile("page 3, Cleveland Police do not notify")).focus()
    key(page, "Enter")
    expect(page.locator("mark").first).to_be_visible()
    picture = page.locator("img")
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True, timeout=30_000)
    assert picture.evaluate("image => image.naturalWidth") > 500
    page.keyboard.press("e")
    summary = page.get_by_label("Summary")
    expect(summary).to_be_focused()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Domestic abuse is reported late, area by area.")  # no letter of it is a key
    expect(summary).to_have_value("Domestic abuse is reported late, area by area.")
    page.keyboard.press("Escape")
    key(page, "a")
    expect(page.get_by_text("Accepted: the finding is logged as a draft.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text("4")

    page.keyboard.press("m")
    page.keyboard.type("Domestic")
    page.get_by_role("option", name=re.compile("Domestic abuse is reported late")).wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Merge", exact=True)).to_be_focused()
    key(page, "Enter")
    expect(page.get_by_text("Merged.")).to_be_visible()
    key(page, "r")
    expect(page.get_by_text("Rejected.")).to_be_visible()
    assert path_of(page) == report
    expect(page.get_by_text("0 places are to be decided.")).to_be_visible()

    # The usual way: sent for review, agreed by somebody else, published; then everybody reads where it stands.
    with page.expect_navigation():
        page.locator("main").get_by_role("link", name=re.compile("^Finding ")).first.click()
    finding = path_of(page)
    expect(page.get_by_text("paragraph 3").first).to_be_visible()
    expect(page.get_by_text("paragraph 4").first).to_be_visible()
    Desk(page).do(f"{finding}submit/confirm/")
    force = visit(browse(INSPECTOR), "/agencies/cleveland/")
    expect(force.get_by_text("Domestic abuse is reported late, area by area.")).to_be_visible()
    manager = Desk(browse(MANAGER))
    manager.do(f"{finding}agree/confirm/")
    manager.do(f"{finding}publish/confirm/")
    lead = visit(browse(LEAD), finding)
    expect(lead.get_by_text("page 3").first).to_be_visible()
    expect(lead.get_by_text("paragraph 3").first).to_be_visible()
    visit(lead, inspection)
    expect(lead.get_by_text("Domestic abuse is reported late, area by area.").first).to_be_visible()


def test_keys_are_turned_off_and_stay_off(browse, server):
    page = visit(browse(INSPECTOR), f"/proposals/{server.extremes['proposal']}/")
    page.get_by_role("button", name="Turn keys off").click()
    page.keyboard.press("e")
    expect(page.get_by_label("Summary")).not_to_be_focused()
    page.reload()
    expect(page.get_by_role("button", name="Turn keys on")).to_be_visible()
    page.get_by_role("button", name="Turn keys on").click()
    page.keyboard.press("e")
    expect(page.get_by_label("Summary")).to_be_focused()


def test_a_proposal_is_decided_without_script(browse, server):
    page = browse(INSPECTOR, java_script_enabled=False)
    visit(page, f"/proposals/{server.extremes['without_script']}/")
    expect(page.get_by_text("Turn keys off")).to_be_hidden()
    with page.expect_navigation():
        page.get_by_role("button", name="Reject", exact=True).click()
    expect(page.get_by_text("Rejected.")).to_be_visible()
