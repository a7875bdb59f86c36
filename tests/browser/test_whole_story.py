"""From an inspection to a verified change and to what was found again, as people of five roles do it in a browser.

Stockton's council is inspected, the weakness is Cleveland Police's, the recommendation goes to the council: the
story of 2016, this time with everything that nobody could look up afterwards.
"""

import re
import secrets
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from agencies.demo import HMICFRS_INSPECTOR, HMICFRS_MANAGER, INSPECTOR, MANAGER, MANAGER_2

from .conftest import path_of, visit

pytestmark = pytest.mark.xdist_group("browser")

FORCE_LEAD, COUNCIL_LEAD = "lead@cleveland.example", "lead@stockton.example"
COUNCIL, FORCE = "Stockton-on-Tees Borough Council", "Cleveland Police"
TODAY = date.today()


class Desk:
    """One person at their browser."""

    def __init__(self, page):
        self.page = page

    def open(self, path, status=200):
        visit(self.page, path, status)
        return self

    def fill(self, **fields):
        """Fills in the form of the page: True ticks, a text is written, chosen or selected by its words."""
        form = self.page.locator("form.app-form").last
        for name, value in fields.items():
            field = form.locator(f"[name='{name}']")
            kind = field.first.get_attribute("type") or ""
            if field.first.evaluate("element => element.tagName") == "SELECT":
                self.choose(field, name, value)
            elif kind == "radio":
                form.locator(f"[name='{name}'][value='{value}']").check()
            elif kind == "checkbox":
                field.first.check()
            elif kind == "file":
                field.set_input_files(value)
            else:
                field.fill(value)
        return self

    def choose(self, select, name, words):
        """Of a select, or of the type-ahead that script makes of it."""
        if select.first.is_visible():
            select.select_option(label=words)
            return
        typed = self.page.locator(f"input[id='id_{name}']")
        typed.fill("")
        typed.press_sequentially(words[:24])
        self.page.get_by_role("option", name=words).first.click()

    def send(self, button=None):
        form = self.page.locator("form.app-form").last
        pressed = (
            form.get_by_role("button", name=button, exact=True)
            if button
            else form.locator(".app-actions button[type=submit]").first
        )
        with self.page.expect_navigation():
            pressed.click()
        alert = self.page.locator(".govuk-error-summary")
        assert alert.count() == 0, alert.first.inner_text()
        return self

    def do(self, path, button=None, **fields):
        """Opens a page, fills in its form, sends it; the address where it leads."""
        self.open(path).fill(**fields).send(button)
        return path_of(self.page)

    def reads(self, *words):
        for word in words:
            expect(self.page.locator("main")).to_contain_text(word)

    def reads_nothing_of(self, *words):
        for word in words:
            expect(self.page.locator("main")).not_to_contain_text(word)


@pytest.fixture
def at_desk(browse):
    desks = {}

    def sit(person):
        if person not in desks:
            desks[person] = Desk(browse(person))
        return desks[person]

    return sit


def found(page, pattern):
    """The first link of the page whose address looks so."""
    for link in page.locator("main a").all():
        if match := re.fullmatch(pattern, link.get_attribute("href").split("?")[0].split("#")[0]):
            return match[0]
    raise AssertionError(f"no link like {pattern} on {page.url}")


def day(ago=0):
    return (TODAY - timedelta(days=ago)).strftime("%d/%m/%Y")


def inspect(desk, framework, agency):
    """Plans an inspection and does its fieldwork; its address."""
    address = desk.do(
        "/inspections/new/",
        framework=framework,
        inspected_agency=agency,
        fieldwork_from=day(40),
        fieldwork_to=day(30),
    )
    for verb in ("start_fieldwork", "start_drafting"):
        desk.do(f"{address}{verb}/confirm/")
    return address


def test_from_the_finding_to_verified_change_and_found_again(at_desk, tmp_path):
    case = secrets.token_hex(4)
    words = f"Officers were absent from most strategy discussions, case {case}."
    inspector, manager = at_desk(INSPECTOR), at_desk(MANAGER)
    force, council = at_desk(FORCE_LEAD), at_desk(COUNCIL_LEAD)

    # The inspection: found, recommended, escalated in vain, a case sent back.
    inspection = inspect(inspector, "Inspection of local authority children's services", COUNCIL)
    finding = inspector.do(
        f"{inspection}findings/new/",
        "Save draft",
        finding_type="weakness",
        attributed_to=FORCE,
        theme="Strategy discussions",
        summary=words,
        severity="serious",
        severity_rationale="Plans were made without what the police knew.",
        **{"citations-0-page": "12", "citations-0-paragraph": "16"},
    )
    advice = f"Keep challenging the police about attendance, case {case}."
    recommendation = inspector.do(f"{finding}recommendations/new/", addressee=COUNCIL, text=advice)
    inspector.do(
        f"{finding}escalations/new/",
        by_agency=COUNCIL,
        to_agency=FORCE,
        level="senior",
        outcome="ineffective",
    )
    referral = inspector.do(
        f"{inspection}cases/new/",
        to_agency=FORCE,
        referred_on=day(35),
        reason="Closed although the signs of injury were clear.",
    )
    inspector.do(f"{referral}outcome/", outcome="reopened", resolved_on=day(34))
    inspector.reads("after 1 day")

    # Review: somebody else agrees; the force knows nothing yet.
    inspector.do(f"{finding}submit/confirm/")
    force.open(finding, 404)
    council.open(inspection, 404)
    manager.open("/my-work/").reads(words)
    manager.do(f"{finding}comments/new/", audience="inspectorate", text=f"Is this all teams? Case {case}.")
    inspector.open(finding).reads(f"Is this all teams? Case {case}.")
    manager.do(f"{finding}agree/confirm/")

    # Factual accuracy: the force reads its finding and comments on it; what is said among inspectors stays there.
    inspector.do(f"{inspection}send_for_factual_accuracy/confirm/")
    force.open(finding).reads(words)
    force.reads_nothing_of("Is this all teams?")
    force.do(
        f"{inspection}factual-accuracy/new/",
        "Save",
        place="Page 12",
        text=f"It was nine of twenty, case {case}.",
    )
    inspector.open(f"{inspection}factual-accuracy/").reads(f"It was nine of twenty, case {case}.")
    decide = found(inspector.page, rf"{inspection}factual-accuracy/\w+/decide/")
    inspector.do(decide, decision="not_upheld", decision_reason="The minutes say eleven.")
    force.open(f"{inspection}factual-accuracy/").reads("The minutes say eleven.")

    # Publication.
    manager.do(f"{inspection}embargo/confirm/")
    council.open(f"/findings/?q={case}").reads("0 findings")
    manager.do(f"{inspection}publish/confirm/", on=day())
    council.open(finding).reads(words, advice, "had raised it with")
    council.open("/my-work/").reads("Respond")

    # The agencies: the force on the facts, the council on what is recommended to it.
    force.do(f"{finding}respond/", position="facts_contested", text=f"Nine of twenty, we say, case {case}.")
    manager.open(finding).reads("What the agency says", f"Nine of twenty, we say, case {case}.")
    force.open(f"{recommendation}respond/", 403)
    council.do(f"{recommendation}respond/", position="accepted", text=f"We accept it, case {case}.")
    plan = council.do(
        f"{inspection}plans/new/",
        "Save",
        title=f"Plan of the council, case {case}",
        **{
            "actions-0-recommendation": council_choice(council, inspection, advice),
            "actions-0-text": "Log each absence and raise it the same week.",
            "actions-0-owner": "Head of safeguarding",
        },
    )
    manager.open(plan, 404)
    council.do(f"{plan}submit/confirm/")
    manager.do(f"{plan}accept/confirm/")
    minutes = tmp_path / "minutes.txt"
    minutes.write_text(f"Minutes of ten discussions, case {case}.\n")
    council.do(
        f"{recommendation}evidence/new/",
        kind="minutes",
        description=f"Minutes of ten discussions, case {case}",
        file=str(minutes),
    )
    council.do(f"{recommendation}claim/", text=f"Every absence is raised, case {case}.")
    council.open(f"{recommendation}verify/", 403)
    council.reads_nothing_of("Verify and close")

    # Verification by another inspectorate, through an inspection of its own that is published.
    other, head = at_desk(HMICFRS_INSPECTOR), at_desk(HMICFRS_MANAGER)
    later = inspect(other, "National child protection inspection", FORCE)
    other.do(f"{later}send_for_factual_accuracy/confirm/")
    head.do(f"{later}embargo/confirm/")
    head.do(f"{later}publish/confirm/", on=day())
    reference = head.open(later).page.locator("main").inner_text()
    reference = re.search(r"NCPI-\d{4}-[A-Z]+(\.\d+)?", reference)[0]
    other.do(
        f"{recommendation}verify/",
        kind="reinspection",
        on=day(),
        progress="good",
        text=f"Ten of ten discussions attended, case {case}.",
        through=reference,
        closes=True,
    )
    council.open(recommendation).reads(
        "Closed, verified", "Good progress", f"Ten of ten discussions attended, case {case}."
    )

    # A letter between inspectorates, and the weakness found again after it was closed.
    letter = manager.do(
        "/letters/new/",
        level="Level 3: inspectorate to inspectorate",
        to_agency="HMICFRS",
        subject=f"Attendance in Cleveland, case {case}",
        references=re.search(
            r"ILACS-\d{4}-STO(\.\d+)?-\d+", manager.open(finding).page.locator("main").inner_text()
        )[0],
        text="We share this with you.",
    )
    head.open(letter, 404)
    at_desk(MANAGER_2).do(f"{letter}agree/confirm/")
    manager.do(f"{letter}send/confirm/")
    head.open(letter).reads(f"Attendance in Cleveland, case {case}", words)
    again = other.do(
        f"{later}findings/new/",
        "Save draft",
        finding_type="weakness",
        attributed_to=FORCE,
        theme="Strategy discussions",
        summary=f"Absent again in the autumn, case {case}.",
        severity="moderate",
        **{"citations-0-page": "3"},
    )
    other.open(f"{again}recurrence/").reads(words)
    other.page.locator("form.app-form").last.get_by_label(re.compile(case)).first.check()
    other.send()
    other.do(f"{again}submit/confirm/")
    head.do(f"{again}agree/confirm/")
    head.do(f"{again}publish/confirm/")
    manager.open(finding).reads("Found again in", f"NCPI {TODAY.year}")


def council_choice(desk, inspection, advice):
    """The words by which the plan's form offers the recommendation."""
    desk.open(f"{inspection}plans/new/")
    options = desk.page.locator("[name='actions-0-recommendation'] option").all_inner_texts()
    return next(option for option in options if advice[:40] in option)
