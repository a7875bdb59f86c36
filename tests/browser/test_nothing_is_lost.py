"""Whatever happens between typing and saving, nothing is lost and nothing is logged twice."""

import secrets

import pytest
from playwright.sync_api import Error, expect

from agencies.demo import INSPECTOR, PASSWORD

from .conftest import path_of, visit

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture
def form(server):
    """Where a finding of the inspection under way in Redcar is logged."""
    return f"/inspections/{server.inspections['fiction-redcar']}/findings/new/"


def words(about):
    """Text that no other test writes."""
    return f"{about} {secrets.token_hex(4)}"


def fill_in(page, summary):
    """A strength, which needs least."""
    page.get_by_label("Strength", exact=True).check()
    for label, typed in (("Attributed to", "Cleveland Police"), ("Theme", "Missing children")):
        field = page.get_by_role("combobox", name=label)
        field.fill(typed)
        page.get_by_role("option", name=typed).first.click()
    page.get_by_label("Summary").fill(summary)


def save(page):
    page.get_by_role("button", name="Save", exact=False).first.click()


def logged(page, summary):
    """How many findings with this summary are on the register."""
    visit(page, f"/findings/?q={summary.split()[-1]}")
    return page.locator("article").filter(has_text=summary).count()


def log(page, form, summary):
    """Logs a finding and returns its address."""
    visit(page, form)
    fill_in(page, summary)
    save(page)
    expect(page.get_by_role("alert")).to_contain_text("logged as a draft")
    return path_of(page)


def test_a_double_click_logs_once(browse, form):
    page, summary = browse(INSPECTOR), words("Double click")
    visit(page, form)
    fill_in(page, summary)
    page.get_by_role("button", name="Save draft").dblclick()
    expect(page.get_by_role("alert")).to_contain_text("logged as a draft")
    assert logged(page, summary) == 1


def test_a_double_click_logs_once_even_without_script(browse, form):
    page, summary = browse(INSPECTOR, java_script_enabled=False), words("Double click")
    visit(page, form)
    page.get_by_label("Strength", exact=True).check()
    page.get_by_label("Attributed to").select_option("Cleveland Police")
    page.get_by_label("Theme").select_option("Missing children")
    page.get_by_label("Summary").fill(summary)
    page.get_by_role("button", name="Save draft").dblclick()
    expect(page.locator("main")).to_contain_text("logged as a draft")
    assert logged(page, summary) == 1


def test_back_and_save_again_does_not_log_twice(browse, form):
    page, summary = browse(INSPECTOR), words("Back and again")
    address = log(page, form, summary)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Log a finding")
    if page.get_by_label("Summary").input_value() != summary:
        fill_in(page, summary)
    save(page)
    page.wait_for_load_state()
    times = logged(page, summary)
    assert times == 1
    page.get_by_role("link", name=summary).click()
    assert path_of(page) == address


def test_of_two_editors_the_second_sees_both_versions(browse, form):
    first, summary = browse(INSPECTOR), words("First version")
    address = log(first, form, summary)
    second = first.context.new_page()
    for page in (first, second):
        visit(page, f"{address}edit/")
    first.get_by_label("Summary").fill(words("Saved by the first"))
    saved = first.get_by_label("Summary").input_value()
    save(first)
    expect(first.get_by_role("alert")).to_contain_text("saved")

    mine = words("Typed by the second")
    second.get_by_label("Summary").fill(mine)
    save(second)
    expect(second.get_by_role("alert").first).to_contain_text("Somebody else changed this meanwhile")
    differing = second.get_by_role("row").filter(has_text="Summary")
    expect(differing).to_contain_text(mine)
    expect(differing).to_contain_text(saved)
    expect(second.get_by_label("Summary")).to_have_value(mine)
    save(second)
    expect(second.get_by_role("alert")).to_contain_text("saved")
    expect(second.locator("main")).to_contain_text(mine)


def test_a_lost_session_does_not_lose_the_text(browse, form):
    page, summary = browse(INSPECTOR), words("Signed out meanwhile")
    visit(page, form)
    fill_in(page, summary)
    page.context.clear_cookies(name="sessionid")
    save(page)
    expect(page.get_by_text("We have kept what you typed")).to_be_visible()
    page.get_by_label("Email address").fill(INSPECTOR)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("What you had typed is back in the form")).to_be_visible()
    expect(page.get_by_label("Summary")).to_have_value(summary)
    expect(page.get_by_label("Strength", exact=True)).to_be_checked()
    expect(page.get_by_role("combobox", name="Theme")).to_have_value("Missing children")
    save(page)
    expect(page.get_by_role("alert")).to_contain_text("logged as a draft")
    assert logged(page, summary) == 1


def test_half_typed_text_outlives_a_reload(browse, form):
    page, summary = browse(INSPECTOR), words("Half typed")
    visit(page, form)
    fill_in(page, summary)
    page.reload()
    expect(page.get_by_role("status").filter(has_text="We put back what you had typed")).to_be_visible()
    expect(page.get_by_label("Summary")).to_have_value(summary)
    expect(page.get_by_role("combobox", name="Attributed to")).to_have_value("Cleveland Police")
    save(page)
    expect(page.get_by_role("alert")).to_contain_text("logged as a draft")
    # Once saved it is forgotten: the next form is empty.
    visit(page, form)
    expect(page.get_by_label("Summary")).to_have_value("")
    expect(page.locator(".app-kept")).to_have_count(0)


def test_kept_text_can_be_discarded(browse, form):
    page = browse(INSPECTOR)
    visit(page, form)
    page.get_by_label("Summary").fill(words("To be discarded"))
    page.reload()
    page.locator(".app-kept").get_by_role("button", name="Discard it").click()
    expect(page.locator(".app-kept")).to_have_count(0)
    expect(page.get_by_label("Summary")).to_have_value("")


def test_a_network_that_is_down_does_not_lose_the_text(browse, form, expected_problems):
    expected_problems.append("ERR_INTERNET_DISCONNECTED|chrome-error")
    page, summary = browse(INSPECTOR), words("Network down")
    visit(page, form)
    fill_in(page, summary)
    page.context.set_offline(True)
    save(page)
    page.wait_for_url("chrome-error://**")
    page.context.set_offline(False)
    try:
        page.go_back()
    except Error:
        # Where the failed page took the form's place in the history, Back leads further back.
        visit(page, form)
    if page.get_by_role("heading", level=1).filter(has_text="Log a finding").count() == 0:
        visit(page, form)
    expect(page.get_by_label("Summary")).to_have_value(summary)
    expect(page.get_by_role("combobox", name="Theme")).to_have_value("Missing children")
    save(page)
    expect(page.get_by_role("alert")).to_contain_text("logged as a draft")
    assert logged(page, summary) == 1
