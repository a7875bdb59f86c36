"""Somebody comes by an invitation and signs in by each second step there is, in a browser with a passkey of its own."""

import re
import secrets
import time
from types import SimpleNamespace

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from .conftest import NARROW, WIDE, path_of, visit, watch
from .test_pages import AXE

pytestmark = pytest.mark.xdist_group("browser")

ADMINISTRATOR = "admin@example.org"
PASSWORD = "seven green bottles hanging"
PASSKEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def code(secret, away=0):
    """What an app shows, so many half minutes from now: each is used once, and nobody wants to wait for the next."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + away))


@pytest.fixture
def invited(browse):
    """(address, path of the link) of somebody whom the administrator has just invited; no mail goes out here."""
    email = f"nina.{secrets.token_hex(4)}@example.org"
    page = visit(browse(ADMINISTRATOR), "/admin/agencies/user/add/")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("First name").fill("Nina")
    page.get_by_label("Role").select_option("auditor")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#content")).to_contain_text("gets a link to choose a password")
    page.get_by_role("button", name="Make the link").click()
    return email, re.search(r"/sign-in/password/\S+/", page.get_by_label("The link").input_value())[0]


@pytest.fixture
def at_home(chrome, server):
    """at_home(): a page of a browser of its own. Passkeys need a name, not a number, for the server: localhost."""
    contexts, problems = [], []
    here = SimpleNamespace(url=server.url.replace("127.0.0.1", "localhost"))

    def open_page(**options):
        context = chrome.new_context(base_url=here.url, viewport={"width": WIDE, "height": 900}, **options)
        context.set_default_timeout(10_000)
        watch(context, here, problems)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    assert not problems, f"{problems}\nThe server's log: {server.log.read_text()[-2000:]}"


def with_passkey(page):
    """The browser gets a device that makes passkeys and always agrees."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": PASSKEY})
    return page


def press(page, name):
    """What is read afterwards is read from the next page, also where a script sends the form a moment later."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def follow(page, name):
    with page.expect_navigation():
        page.get_by_role("link", name=name).click()


def is_accessible(page):
    """Pages that only somebody with a second step sees, so that test_pages does not."""
    page.evaluate(Axe().axe_script)
    for width in (NARROW, WIDE):
        page.set_viewport_size({"width": width, "height": 900})
        found = page.evaluate("options => axe.run(options).then((found) => found.violations)", AXE)
        assert not found, (page.url, width, found)
        assert not page.evaluate("document.scrollingElement.scrollWidth > window.innerWidth"), (
            page.url,
            width,
        )


def gives_password(page, email):
    visit(page, "/sign-in/")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Sign in")


def signs_out(page):
    press(page, "Sign out")
    expect(page.get_by_role("heading", level=1)).to_have_text("You have signed out")


def is_in(page):
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    assert path_of(page) == "/"


def test_from_the_invitation_to_each_second_step(invited, at_home):
    email, link = invited
    page = with_passkey(at_home())

    visit(page, link)
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password confirmation").fill(PASSWORD)
    press(page, "Set password")
    expect(page.get_by_role("alert")).to_contain_text("Your password is set.")
    gives_password(page, email)
    is_in(page)

    follow(page, "Your account")
    follow(page, "Set up the second step")
    follow(page, "Add an app that shows codes")
    secret = page.locator("main strong").inner_text().replace(" ", "")
    page.get_by_label("The code that the app shows").fill(code(secret))
    press(page, "Add the app")
    expect(page.get_by_role("alert")).to_contain_text("The app is added.")

    follow(page, "Make recovery codes")
    press(page, "Make recovery codes")
    recovery = page.locator("main ul li").all_inner_texts()
    is_accessible(page)
    follow(page, "Back to the second step")
    expect(page.locator("main")).to_contain_text("10 left")

    follow(page, "Add a passkey")
    page.get_by_label("Name").fill("Work laptop")
    press(page, "Add the passkey")
    expect(page.get_by_role("alert")).to_contain_text("The passkey is added.")
    expect(page.locator("main")).to_contain_text("Work laptop")
    is_accessible(page)
    follow(page, "Remove the app")
    is_accessible(page)
    signs_out(page)

    gives_password(page, email)
    expect(page.get_by_text("No passkey was used")).to_be_hidden()
    is_accessible(page)
    press(page, "Use a passkey")
    is_in(page)
    signs_out(page)

    gives_password(page, email)
    page.get_by_label("Code").fill("000000")
    press(page, "Sign in")
    expect(page.get_by_role("alert").first).to_contain_text("The code is not right")
    is_accessible(page)
    page.get_by_label("Code").fill(code(secret, 1))
    press(page, "Sign in")
    is_in(page)
    visit(page, "/account/confirm/?next=/account/")
    is_accessible(page)
    press(page, "Confirm by a passkey")
    page.wait_for_url("**/account/")
    signs_out(page)

    gives_password(page, email)
    page.get_by_label("Code").fill(recovery[0])
    press(page, "Sign in")
    is_in(page)
    visit(page, "/account/second-step/")
    expect(page.locator("main")).to_contain_text("9 left")

    # On another device, and without script, the passkey is not there; words say so, and a code does.
    elsewhere = at_home(java_script_enabled=False)
    gives_password(elsewhere, email)
    expect(elsewhere.get_by_role("button", name="Use a passkey")).to_be_hidden()
    expect(elsewhere.locator("main")).to_contain_text("A passkey can only be used in a browser that has them")
    elsewhere.get_by_label("Code").fill(recovery[1])
    press(elsewhere, "Sign in")
    expect(elsewhere.get_by_role("button", name="Sign out")).to_be_visible()


def test_a_passkey_of_nobody_here_signs_nobody_in(invited, at_home):
    email, link = invited
    page = with_passkey(at_home())
    visit(page, link)
    for label in ("New password", "New password confirmation"):
        page.get_by_label(label, exact=True).fill(PASSWORD)
    press(page, "Set password")
    gives_password(page, email)
    visit(page, "/account/second-step/passkey/")
    page.get_by_label("Name").fill("Work laptop")
    press(page, "Add the passkey")
    expect(page.get_by_role("alert")).to_contain_text("The passkey is added.")

    stranger = with_passkey(at_home())
    gives_password(stranger, email)
    stranger.get_by_role("button", name="Use a passkey", exact=True).click()
    expect(stranger.get_by_text("No passkey was used. Try again.")).to_be_visible(timeout=70_000)
    visit(stranger, "/")
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Sign in")
