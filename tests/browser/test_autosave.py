"""Text that was typed and not saved outlives the browser, the session, the connection and the lid."""

import secrets
from contextlib import contextmanager, suppress
from urllib.parse import quote_plus

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, expect

from agencies.demo import HMICFRS_INSPECTOR, INSPECTOR, MANAGER, PASSWORD

from .conftest import CHROMIUM_FLAGS, NARROW, WIDE, chromium, path_of, visit
from .test_nothing_is_lost import fill_in, logged, save, words
from .test_pages import AXE

pytestmark = pytest.mark.xdist_group("browser")

SAVED = "Saved as you type at"
BACK = "What you had typed is back in the form"
NOTICE = "You were typing here at"


@pytest.fixture
def form(server):
    return f"/inspections/{server.inspections['fiction-redcar']}/findings/new/"


@pytest.fixture
def edit(server):
    return f"/findings/{server.findings['fiction-redcar-1']}/edit/"


def saving(page):
    return page.locator(".app-saving")


def type_in(page, summary):
    page.get_by_label("Summary").press_sequentially(summary)


@contextmanager
def saves(page, summary):
    """Waits until the page has sent these words and they are kept."""

    def are_kept(answer):
        words_sent = answer.request.post_data or ""
        return path_of(answer) == "/typed/" and quote_plus(summary) in words_sent and answer.status == 204

    with page.expect_response(are_kept):
        yield
    expect(saving(page)).to_contain_text(SAVED)


def at_rest(page, form):
    """Opens the form with a clock that stands still: page.clock.run_for(ms) moves it on."""
    page.clock.install(time=0)
    visit(page, form)
    page.clock.pause_at(600_000)
    return page


def offer(page, summary):
    """The part of the notice about this text."""
    return page.locator("[data-typed-key]").filter(has_text=summary)


def put_back(page, summary, known_by=None):
    offer(page, known_by or summary).get_by_role("button", name="Put it back").click()
    expect(page.get_by_text(BACK)).to_be_visible()
    expect(page.get_by_label("Summary")).to_have_value(summary)


def discard(page, summary):
    offer(page, summary).get_by_role("button", name="Discard it").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(offer(page, summary)).to_have_count(0)


@pytest.fixture
def asked(browse):
    """asked(page): the messages that the page has sent while somebody typed."""

    def listen(page):
        sent = []
        page.on("request", lambda request: sent.append(request) if path_of(request) == "/typed/" else None)
        return sent

    return listen


def test_after_a_crash_it_is_put_back_on_another_computer_and_saved_once(
    playwright, browse, server, cookies_of, form
):
    summary = words("Typed before the crash")
    other = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
    page = other.new_context(base_url=server.url, storage_state=cookies_of(INSPECTOR)).new_page()
    visit(page, form)
    with saves(page, summary):
        fill_in(page, summary)
    with suppress(Error):
        other.new_browser_cdp_session().send("Browser.crash")
    assert not other.is_connected()

    page = visit(browse(INSPECTOR), form)
    expect(offer(page, summary)).to_contain_text(NOTICE)
    expect(page.get_by_label("Summary")).to_have_value("")
    put_back(page, summary)
    expect(page.get_by_label("Strength", exact=True)).to_be_checked()
    expect(page.get_by_role("combobox", name="Theme")).to_have_value("Missing children")
    expect(page.locator(".govuk-error-summary, .govuk-error-message")).to_have_count(0)
    save(page)
    expect(page.get_by_role("alert")).to_contain_text("logged as a draft")
    visit(page, form)
    expect(offer(page, summary)).to_have_count(0)
    expect(page.get_by_label("Summary")).to_have_value("")
    assert logged(page, summary) == 1


def test_without_script_it_can_be_put_back_saved_and_discarded(browse, form):
    first, second = words("To be saved without script"), words("To be discarded without script")
    for summary in (first, second):
        page = visit(browse(INSPECTOR), form)
        page.get_by_label("Strength", exact=True).check()
        with saves(page, summary):
            type_in(page, summary)
        page.context.close()
    page = visit(browse(INSPECTOR, java_script_enabled=False), form)
    discard(page, second)
    assert path_of(page) == form
    put_back(page, first)
    expect(page.get_by_label("Strength", exact=True)).to_be_checked()
    page.get_by_label("Attributed to").select_option("Cleveland Police")
    page.get_by_label("Theme").select_option("Missing children")
    save(page)
    expect(page.locator("main")).to_contain_text("logged as a draft")
    visit(page, form)
    expect(offer(page, first)).to_have_count(0)
    expect(offer(page, second)).to_have_count(0)


def test_leaving_the_page_within_the_pause_sends_what_was_typed(browse, form):
    page, summary = visit(browse(INSPECTOR), form), words("Left at once")
    type_in(page, summary)
    visit(page, "/findings/")
    page.wait_for_timeout(500)
    other = visit(browse(INSPECTOR), form)
    discard(other, summary)


def test_a_hidden_page_sends_what_was_typed(browse, form):
    """A closed lid, another window, an application that comes to the front."""
    page, summary = visit(browse(INSPECTOR), form), words("The lid is closed")
    type_in(page, summary)
    page.evaluate(
        """() => {
            Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true })
            document.dispatchEvent(new Event('visibilitychange'))
        }"""
    )
    expect(saving(page)).to_contain_text(SAVED, timeout=1500)
    discard(visit(browse(INSPECTOR), form), summary)


def test_typing_on_and_on_sends_few_messages(browse, form, asked):
    page, summary = at_rest(browse(INSPECTOR), form), words("Typed without a pause")
    sent = asked(page)
    for second in range(1, 10):
        type_in(page, "word ")
        page.clock.run_for(1000)
        assert len(sent) == 0, second
    with saves(page, "word " * 10):
        type_in(page, "word ")
        page.clock.run_for(1000)
    assert len(sent) == 1  # ten seconds after the first key
    page.get_by_label("Summary").fill(summary)
    page.clock.run_for(1900)
    assert len(sent) == 1
    with saves(page, summary):
        page.clock.run_for(200)
    page.clock.run_for(60_000)
    assert len(sent) == 2  # nothing was typed, nothing is sent
    discard(visit(browse(INSPECTOR), form), summary)


def test_while_an_answer_is_awaited_nothing_else_is_sent(browse, form):
    page, summary = at_rest(browse(INSPECTOR), form), words("A slow connection")
    held_up = []
    page.route("**/typed/", lambda route: held_up.append(route))
    type_in(page, summary)
    page.clock.run_for(2100)
    type_in(page, " and more")
    page.clock.run_for(30_000)
    page.wait_for_timeout(300)
    assert len(held_up) == 1
    held_up[0].continue_()
    page.unroute("**/typed/")
    expect(saving(page)).to_contain_text(SAVED)
    with saves(page, f"{summary} and more"):
        page.clock.run_for(2100)
    discard(visit(browse(INSPECTOR), form), f"{summary} and more")


def test_without_a_connection_it_says_so_and_saves_when_the_connection_returns(
    browse, form, expected_problems
):
    expected_problems.append("ERR_INTERNET_DISCONNECTED")
    page, summary = visit(browse(INSPECTOR), form), words("On a train")
    page.context.set_offline(True)
    type_in(page, summary)
    expect(saving(page)).to_have_text("Not saved: no connection. Your words are kept in this tab.")
    assert saving(page).get_attribute("role") == "status"
    page.context.set_offline(False)
    expect(saving(page)).to_contain_text(SAVED, timeout=2000)
    discard(visit(browse(INSPECTOR), form), summary)


def test_retries_become_rarer(browse, form, asked, expected_problems):
    expected_problems.append("ERR_CONNECTION_REFUSED")
    page, summary = at_rest(browse(INSPECTOR), form), words("No answer")
    sent = asked(page)
    page.route("**/typed/", lambda route: route.abort("connectionrefused"))
    type_in(page, summary)
    for number, (pause, wait) in enumerate([(0, 2), (4, 2), (8, 3), (19, 2), (38, 3), (58, 3), (58, 3)]):
        page.clock.run_for(pause * 1000)
        page.wait_for_timeout(200)
        assert len(sent) == number
        type_in(page, ".")  # does not hasten it
        page.clock.run_for(wait * 1000)
        expect(saving(page)).to_contain_text("Not saved: no connection.")
        page.wait_for_timeout(200)
        assert len(sent) == number + 1
    page.unroute("**/typed/")
    with saves(page, summary):
        page.evaluate("window.dispatchEvent(new Event('online'))")
        page.clock.run_for(10)
    discard(visit(browse(INSPECTOR), form), summary)


def test_a_session_that_ends_while_somebody_types_loses_nothing(browse, form):
    page, summary = visit(browse(INSPECTOR), form), words("Typed as the session ended")
    with saves(page, summary[:6]):
        type_in(page, summary[:6])
    page.context.clear_cookies(name="sessionid")
    type_in(page, summary[6:])
    expect(saving(page)).to_have_text("You are signed out: your words are kept in this tab.")
    # In another tab, the person signs in again; then this one goes on by itself.
    other = visit(page.context.new_page(), "/sign-in/")
    other.get_by_label("Email address").fill(INSPECTOR)
    other.get_by_label("Password", exact=True).fill(PASSWORD)
    other.get_by_role("button", name="Sign in").click()
    expect(other.get_by_role("button", name="Sign out")).to_be_visible()
    with saves(page, summary):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    visit(other, form)
    expect(offer(other, summary)).to_have_count(1)
    # The form's own token is of the earlier session: it comes back, to be saved once more.
    page.get_by_label("Strength", exact=True).check()
    save(page)
    expect(page.get_by_text("This page was out of date, so nothing was saved yet.")).to_be_visible()
    expect(page.get_by_label("Summary")).to_have_value(summary)
    expect(offer(page, summary)).to_have_count(0)
    discard(visit(other, form), summary)


@pytest.fixture(autouse=True)
def _refused_once(expected_problems):
    """A token of an earlier session is refused before another is tried."""
    expected_problems.append(r"status 403: \S+/typed/")


def test_somebody_else_who_signs_in_meanwhile_gets_none_of_it(browse, form):
    page, summary = visit(browse(INSPECTOR), form), words("Typed before the other came")
    page.context.clear_cookies()
    other = visit(page.context.new_page(), "/sign-in/")
    other.get_by_label("Email address").fill(MANAGER)
    other.get_by_label("Password", exact=True).fill(PASSWORD)
    other.get_by_role("button", name="Sign in").click()
    expect(other.get_by_role("button", name="Sign out")).to_be_visible()
    type_in(page, summary)
    expect(saving(page)).to_have_text("Not saved: this page is out of date. Your words are kept in this tab.")
    visit(other, form)
    expect(offer(other, summary)).to_have_count(0)


def test_too_much_text_is_said_and_not_tried_again(browse, form, asked, expected_problems):
    expected_problems.append(r"status 413: \S+/typed/")
    page = visit(browse(INSPECTOR), form)
    sent = asked(page)
    page.get_by_label("Detail").fill("x" * 250_000)
    expect(saving(page)).to_contain_text("Not saved: too much text to keep while you type.")
    page.wait_for_timeout(6000)
    assert len(sent) == 1
    page.get_by_label("Detail").fill("A few words")
    expect(saving(page)).to_contain_text(SAVED, timeout=10_000)
    page.get_by_label("Detail").fill("")
    expect(saving(page)).to_have_text("")  # as it was opened: nothing is kept


def test_a_reload_puts_it_back_without_a_second_offer(browse, form):
    page, summary = visit(browse(INSPECTOR), form), words("Typed and reloaded")
    with saves(page, summary):
        type_in(page, summary)
    page.reload()
    expect(page.locator(".app-kept")).to_contain_text("We put back what you had typed in this tab.")
    expect(page.get_by_label("Summary")).to_have_value(summary)
    expect(offer(page, summary)).to_have_count(0)
    page.locator(".app-kept").get_by_role("button", name="Discard it").click()
    expect(page.locator(".app-kept")).to_have_count(0)
    expect(page.get_by_label("Summary")).to_have_value("")
    expect(offer(page, summary)).to_have_count(0)


def test_text_put_back_and_typed_on_outlives_a_reload_whole(browse, form):
    page, summary = visit(browse(INSPECTOR), form), words("Put back")
    page.get_by_label("Detail").fill("Much detail")
    with saves(page, summary):
        type_in(page, summary)
    page.context.close()
    page = visit(browse(INSPECTOR), form)
    offer(page, summary).get_by_role("button", name="Put it back").click()
    with saves(page, f"{summary} and typed on"):
        page.get_by_label("Summary").fill(f"{summary} and typed on")
    page.reload()
    expect(page.get_by_label("Summary")).to_have_value(f"{summary} and typed on")
    expect(page.get_by_label("Detail")).to_have_value("Much detail")
    expect(offer(page, summary)).to_have_count(0)
    page.locator(".app-kept").get_by_role("button", name="Discard it").click()
    expect(page.locator(".app-kept")).to_have_count(0)
    expect(offer(page, summary)).to_have_count(0)


def test_what_somebody_else_saved_meanwhile_is_a_conflict_also_after_a_reload(browse, edit):
    page, mine = visit(browse(INSPECTOR), edit), words("Mine")
    with saves(page, mine):
        page.get_by_label("Summary").fill(mine)
    page.context.close()
    manager, theirs = visit(browse(MANAGER), edit), words("Theirs")
    manager.get_by_label("Summary").fill(theirs)
    save(manager)
    expect(manager.get_by_role("alert")).to_contain_text("saved")

    page = visit(browse(INSPECTOR), edit)
    expect(page.get_by_label("Summary")).to_have_value(theirs)
    put_back(page, mine, known_by=NOTICE)  # its longest text is another
    with saves(page, f"{mine}, typed on"):
        page.get_by_label("Summary").fill(f"{mine}, typed on")
    page.reload()
    expect(page.get_by_label("Summary")).to_have_value(f"{mine}, typed on")
    save(page)
    expect(page.get_by_role("alert").first).to_contain_text("Somebody else changed this meanwhile")
    differing = page.get_by_role("row").filter(has_text="Summary")
    expect(differing).to_contain_text(mine)
    expect(differing).to_contain_text(theirs)
    save(page)
    expect(page.get_by_role("alert")).to_contain_text("saved")
    expect(offer(visit(page, edit), NOTICE)).to_have_count(0)


def test_a_save_right_after_the_last_key_leaves_nothing_behind(browse, form):
    page, summary = visit(browse(INSPECTOR), form), words("Saved at once")
    fill_in(page, summary)
    save(page)
    expect(page.get_by_role("alert")).to_contain_text("logged as a draft")
    page.wait_for_timeout(500)
    visit(page, form)
    expect(page.get_by_label("Summary")).to_have_value("")
    expect(page.locator(".app-kept")).to_have_count(0)
    expect(offer(page, summary)).to_have_count(0)


def test_a_reason_typed_and_given_at_once_is_not_put_back_into_the_next_step(browse, server):
    page = browse(MANAGER)
    inspection = f"/inspections/{server.inspections['fiction-redcar']}/"
    for verb in ("pause", "resume", "pause", "resume"):
        visit(page, f"{inspection}{verb}/confirm/")
        expect(page.get_by_label("Reason")).to_have_value("")
        page.get_by_label("Reason").fill(f"Reason to {verb}")
        page.locator("main form button[type=submit]").last.click()
        expect(page.get_by_role("alert")).to_contain_text("Done")


def test_text_of_a_form_with_errors_is_kept_too(browse, form):
    page, summary = visit(browse(INSPECTOR), form), words("With errors")
    type_in(page, summary)
    save(page)
    expect(page.get_by_role("alert").first).to_contain_text("There is a problem")
    expect(saving(page)).to_contain_text(SAVED)
    other = visit(browse(INSPECTOR), form)
    expect(offer(other, summary)).to_have_count(1)
    discard(other, summary)


def test_the_notice_is_accessible_and_fits_the_screen(browse, form):
    summary = words("W" * 60)
    page = visit(browse(HMICFRS_INSPECTOR), "/inspections/new/")
    page.get_by_label("Notes").fill(f"{'Long words ' * 30} {summary}")
    expect(saving(page)).to_contain_text(SAVED)
    page.context.close()
    page = visit(browse(HMICFRS_INSPECTOR), "/inspections/new/")
    notice = page.get_by_role("region", name="Important")
    expect(notice).to_contain_text(NOTICE)
    page.get_by_label("Notes").fill("Typed meanwhile")
    expect(saving(page)).to_contain_text(SAVED)
    page.evaluate(Axe().axe_script)
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        found = page.evaluate("options => axe.run(options).then((found) => found.violations)", AXE)
        assert not found
        assert not page.evaluate("document.scrollingElement.scrollWidth > window.innerWidth")
    put = notice.get_by_role("button", name="Put it back")
    put.focus()
    page.keyboard.press("Space")  # a button, though it is a link
    expect(page.get_by_text(BACK)).to_be_visible()
    expect(page.get_by_label("Notes")).to_have_value(f"{'Long words ' * 30} {summary}")
    page.evaluate("sessionStorage.clear()")


def test_the_status_is_read_out_when_it_changes_and_not_each_time(browse, form):
    page = at_rest(browse(INSPECTOR), form)
    said = []
    page.expose_function("said", lambda live, text: said.append((live, text)))
    page.evaluate(
        """() => {
            const line = document.querySelector('.app-saving')
            new MutationObserver(() => window.said(line.getAttribute('aria-live'), line.textContent))
                .observe(line, { childList: true, characterData: true, subtree: true })
        }"""
    )
    for _time in range(3):
        word = secrets.token_hex(3)
        type_in(page, word)
        with saves(page, word):
            page.clock.run_for(61_000)
    assert [live for live, text in said if text.startswith(SAVED)] == ["polite", "off", "off"]
    page.get_by_label("Summary").fill("")
    page.clock.run_for(2100)
    expect(saving(page)).to_have_text("")
