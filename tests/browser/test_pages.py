"""Every page, as each role sees it: accessible, valid HTML, no wider than the screen, and fit for paper."""

import json
import secrets
import shutil
import subprocess

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from agencies.demo import HMICFRS_INSPECTOR, INSPECTOR, INSPECTOR_2, MANAGER, MANAGER_2, PASSWORD
from findings import demo_story

from .conftest import NARROW, NARROWEST, ROOT, WIDE, visit, without

pytestmark = pytest.mark.xdist_group("browser")

AUDITOR, ADMINISTRATOR = "auditor@example.org", "admin@example.org"
CLEVELAND_LEAD, MET_LEAD = "lead@cleveland.example", "lead@met.example"
VNU = ROOT / "node_modules/vnu-jar/build/dist/vnu.jar"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AXE = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"], "preload": False}

# The dashboards of the chief inspector's letter.
LETTER = "?as_of=2016-10-17&window=year"

# {name: (person, address)}. {stockton} and its like are filled in by `addresses`.
PLAIN = {
    "home": (INSPECTOR, "/"),
    "home of a manager": (MANAGER, "/"),
    "home of a lead": (CLEVELAND_LEAD, "/"),
    "home of a lead with findings to check": (MET_LEAD, "/"),
    "home of an auditor": (AUDITOR, "/"),
    "home of an administrator": (ADMINISTRATOR, "/"),
    "inspections": (INSPECTOR, "/inspections/"),
    "inspections, filtered": (
        MANAGER,
        "/inspections/?framework=SIF&agency=stockton-on-tees-borough-council&grade=good&weakness=serious",
    ),
    "inspections, under way": (MANAGER, "/inspections/?status=drafting&status=fieldwork&sort=agency"),
    "inspections, wrong date": (AUDITOR, "/inspections/?published_from=tomorrow"),
    "inspections of a lead": (CLEVELAND_LEAD, "/inspections/?page=2"),
    "inspections, none": (ADMINISTRATOR, "/inspections/?q=nowhere-at-all"),
    "inspection": (INSPECTOR, "/inspections/{stockton}/"),
    "inspection, seen by a lead": (CLEVELAND_LEAD, "/inspections/{stockton}/"),
    "inspection, seen by an auditor": (AUDITOR, "/inspections/{stockton}/"),
    "inspection, not read": (INSPECTOR, "/inspections/{not_read}/"),
    "inspection, fieldwork": (INSPECTOR, "/inspections/{redcar}/"),
    "inspection, embargoed": (MANAGER, "/inspections/{darlington}/"),
    "inspection, factual accuracy": (MET_LEAD, "/inspections/{merton}/"),
    "inspection, joint": (HMICFRS_INSPECTOR, "/inspections/{enfield}/"),
    "inspection, longest words": (INSPECTOR, "/inspections/{longest}/"),
    "new inspection": (INSPECTOR, "/inspections/new/"),
    "change inspection": (INSPECTOR, "/inspections/{redcar}/edit/"),
    "change inspection, longest words": (INSPECTOR, "/inspections/{longest}/edit/"),
    "change published inspection": (MANAGER, "/inspections/{stockton}/edit/"),
    "judgements": (INSPECTOR, "/inspections/{redcar}/judgements/"),
    "date from a source": (INSPECTOR, "/inspections/{redcar}/dates/new/"),
    "step of an inspection": (INSPECTOR, "/inspections/{redcar}/start_drafting/confirm/"),
    "cancel an inspection": (MANAGER, "/inspections/{redcar}/cancel/confirm/"),
    "publish an inspection": (MANAGER, "/inspections/{darlington}/publish/confirm/"),
    "send for factual accuracy": (INSPECTOR, "/inspections/{enfield}/send_for_factual_accuracy/confirm/"),
    "embargo, comments undecided": (MANAGER, "/inspections/{merton}/embargo/confirm/"),
    "change the embargo": (MANAGER, "/inspections/{darlington}/embargo/"),
    "put publication on hold": (MANAGER, "/inspections/{darlington}/hold/"),
    "factual accuracy comments": (MANAGER, "/inspections/{merton}/factual-accuracy/"),
    "factual accuracy comments of a lead": (MET_LEAD, "/inspections/{merton}/factual-accuracy/"),
    "comment on the facts": (MET_LEAD, "/inspections/{merton}/factual-accuracy/new/"),
    "record a comment on the facts": (INSPECTOR, "/inspections/{merton}/factual-accuracy/new/"),
    "cases referred back": (INSPECTOR, "/cases/"),
    "cases referred back, filtered": (CLEVELAND_LEAD, "/cases/?outcome=any&as_of=2018-01-01&sort=agency"),
    "record a case": (INSPECTOR, "/inspections/{stockton}/cases/new/"),
    "record what was raised before": (INSPECTOR, "/findings/{serious}/escalations/new/"),
    "log a finding": (INSPECTOR, "/inspections/{stockton}/findings/new/"),
    "briefing, national": (INSPECTOR, f"/briefings/{LETTER}"),
    "briefing of a force": (MANAGER, "/briefings/?force=cleveland&as_of=2018-11-01"),
    "briefing of a council": (CLEVELAND_LEAD, "/briefings/?council=stockton-on-tees-borough-council"),
    "briefing of a theme": (AUDITOR, "/briefings/?theme=child-sexual-exploitation"),
    "briefing, wrong date": (AUDITOR, "/briefings/?as_of=tomorrow"),
    "who read what": (MANAGER, "/read-log/"),
    "who read what, filtered": (AUDITOR, "/read-log/?how=right&sort=who"),
    "break-glass": (ADMINISTRATOR, "/break-glass/"),
    "findings": (INSPECTOR, "/findings/"),
    "findings, filtered": (
        MANAGER,
        "/findings/?force=cleveland&theme=missing-children&severity=serious&status=published&systemic=no",
    ),
    "findings, of mine": (INSPECTOR, "/findings/?mine=on&sort=-severity"),
    "findings, wrong date": (AUDITOR, "/findings/?published_to=31/31/2016"),
    "findings of a lead": (CLEVELAND_LEAD, "/findings/?force=cleveland&page=2"),
    "findings of an administrator": (ADMINISTRATOR, "/findings/?q=strategy"),
    "finding": (INSPECTOR, "/findings/{serious}/"),
    "finding, seen by a lead": (CLEVELAND_LEAD, "/findings/{serious}/"),
    "finding, draft": (INSPECTOR, "/findings/{draft}/"),
    "finding, in review": (MANAGER, "/findings/{in_review}/"),
    "finding, agreed": (MET_LEAD, "/findings/{agreed}/"),
    "finding, seen by an auditor": (AUDITOR, "/findings/{draft}/"),
    "finding, longest words": (INSPECTOR, "/findings/{longest_finding}/"),
    "finding, withdrawn": (ADMINISTRATOR, "/findings/{withdrawn}/"),
    "change finding": (INSPECTOR, "/findings/{draft}/edit/"),
    "change finding, longest words": (INSPECTOR, "/findings/{longest_finding}/edit/"),
    "send finding for review": (INSPECTOR, "/findings/{draft}/submit/confirm/"),
    "return finding to draft": (MANAGER, "/findings/{in_review}/return_to_draft/confirm/"),
    "withdraw finding": (MANAGER, "/findings/{serious}/withdraw/"),
    "choose who reviews a finding": (MANAGER, "/findings/{in_review}/assign/"),
    "finding, seen by its reviewer": (INSPECTOR_2, "/findings/{in_review}/"),
    "return finding as its reviewer": (INSPECTOR_2, "/findings/{in_review}/return_to_draft/confirm/"),
    "finding, corrected, longest words": (MANAGER, "/findings/{corrected}/"),
    "finding, corrected, seen by another lead": (MET_LEAD, "/findings/{corrected}/"),
    "earlier version of a finding": (CLEVELAND_LEAD, "/findings/{version}/"),
    "correct finding": (MANAGER, "/findings/{corrected}/correct/"),
    "link to an earlier finding": (INSPECTOR, "/findings/{corrected}/recurrence/"),
    "respond to a finding": (CLEVELAND_LEAD, "/findings/{serious}/respond/"),
    "respond to a finding again": (INSPECTOR, "/findings/{corrected}/respond/"),
    "comment": (CLEVELAND_LEAD, "/findings/{serious}/comments/new/"),
    "comment, choosing who reads it": (INSPECTOR, "/findings/{corrected}/comments/new/"),
    "take back a comment": (INSPECTOR, "/comments/{comment}/withdraw/"),
    "recommendations": (INSPECTOR, "/recommendations/"),
    "recommendations, filtered": (
        MANAGER,
        "/recommendations/?about=cleveland&open=true&overdue=original&status=issued&priority=routine&sort=-issued",
    ),
    "recommendations, as of a day": (CLEVELAND_LEAD, "/recommendations/?as_of=2016-10-17"),
    "recommendations, wrong date": (AUDITOR, "/recommendations/?issued_to=31/31/2016&overdue=perhaps"),
    "recommendations, none": (ADMINISTRATOR, "/recommendations/?q=nowhere-at-all"),
    "recommendation": (INSPECTOR, "/recommendations/{recommended}/"),
    "recommendation, seen by a lead": (CLEVELAND_LEAD, "/recommendations/{recommended}/"),
    "recommendation, draft": (INSPECTOR, "/recommendations/{drafted}/"),
    "recommendation, longest words": (INSPECTOR, "/recommendations/{followed}/"),
    "recommendation, longest words, seen by another inspectorate": (
        HMICFRS_INSPECTOR,
        "/recommendations/{followed}/",
    ),
    "recommendation, seen by an auditor": (AUDITOR, "/recommendations/{followed}/"),
    "add a recommendation": (INSPECTOR, "/findings/{serious}/recommendations/new/"),
    "change recommendation": (INSPECTOR, "/recommendations/{drafted}/edit/"),
    "withdraw recommendation": (INSPECTOR, "/recommendations/{drafted}/withdraw/confirm/"),
    "close recommendation as not implemented": (
        MANAGER,
        "/recommendations/{followed}/close_not_implemented/confirm/",
    ),
    "respond for the agency": (INSPECTOR, "/recommendations/{recommended}/respond/"),
    "respond again": (MANAGER, "/recommendations/{followed}/respond/"),
    "verify a claim": (MANAGER, "/recommendations/{followed}/verify/"),
    "verify through another inspection": (HMICFRS_INSPECTOR, "/recommendations/{recommended}/verify/"),
    "supersede recommendation": (MANAGER, "/recommendations/{followed}/supersede/"),
    "propose another due date": (INSPECTOR, "/recommendations/{recommended}/date/"),
    "decide on the due date": (MANAGER, "/recommendations/{followed}/date/decide/"),
    "choose who follows it up": (INSPECTOR, "/recommendations/{followed}/assign/"),
    "plans": (MANAGER, "/plans/"),
    "plans, filtered": (INSPECTOR, "/plans/?status=submitted&agency=longest-name&sort=-submitted"),
    "plans, wrong agency": (AUDITOR, "/plans/?agency=nowhere-at-all"),
    "plans of a lead": (CLEVELAND_LEAD, "/plans/"),
    "plan, accepted": (INSPECTOR, "/plans/{plan}/"),
    "plan, waiting": (MANAGER, "/plans/{waiting_plan}/"),
    "plan, being written": (INSPECTOR, "/plans/{begun_plan}/"),
    "plan, seen by an auditor": (AUDITOR, "/plans/{plan}/"),
    "begin a plan": (INSPECTOR, "/inspections/{planned}/plans/new/?agency=longest-name"),
    "change a plan": (INSPECTOR, "/plans/{begun_plan}/edit/"),
    "submit a plan that is not answered": (INSPECTOR, "/plans/{begun_plan}/submit/confirm/"),
    "accept a plan": (MANAGER, "/plans/{waiting_plan}/accept/confirm/"),
    "return a plan": (MANAGER, "/plans/{waiting_plan}/return/confirm/"),
    "report progress": (INSPECTOR, "/plans/{plan}/progress/1/"),
    "add evidence": (INSPECTOR, "/recommendations/{followed}/evidence/new/"),
    "replace evidence": (MANAGER, "/evidence/{evidence}/replace/"),
    "take back evidence": (INSPECTOR, "/evidence/{evidence}/withdraw/"),
    "themes": (INSPECTOR, "/themes/"),
    "search": (INSPECTOR, "/search/"),
    "search, found": (
        CLEVELAND_LEAD,
        "/search/?q=strategy+discussions&force=cleveland&published_from=1/1/2016",
    ),
    "search, nothing found": (AUDITOR, "/search/?q=nowhere-at-all"),
    "search, not understood": (MANAGER, "/search/?q=the&published_to=tomorrow"),
    "theme": (CLEVELAND_LEAD, "/themes/strategy-discussions/"),
    "agencies": (AUDITOR, "/agencies/"),
    "agencies, filtered": (ADMINISTRATOR, "/agencies/?kind=police_force&sort=region"),
    "force": (INSPECTOR, "/agencies/cleveland/"),
    "force, seen by its lead": (MET_LEAD, "/agencies/metropolitan/"),
    "force in Wales": (ADMINISTRATOR, "/agencies/dyfed-powys/"),
    "special force": (AUDITOR, "/agencies/btp/"),
    "council": (MANAGER, "/agencies/stockton-on-tees-borough-council/"),
    "council in Wales": (INSPECTOR, "/agencies/blaenau-gwent-county-borough-council/"),
    "council, closed": (INSPECTOR, "/agencies/borough-of-poole/"),
    "council, longest name": (INSPECTOR, "/agencies/longest-name/"),
    "force, on the day of the letter": (AUDITOR, "/agencies/metropolitan/" + LETTER),
    "force, seen by another's lead": (CLEVELAND_LEAD, "/agencies/metropolitan/?window=all"),
    "force, wrong day": (MANAGER, "/agencies/cleveland/?as_of=31/02/2016"),
    "council, on the day of the letter": (
        HMICFRS_INSPECTOR,
        "/agencies/stockton-on-tees-borough-council/" + LETTER,
    ),
    "council, closed without inspections": (ADMINISTRATOR, "/agencies/cumbria-county-council/"),
    "inspectorate": (INSPECTOR, "/agencies/ofsted/"),
    "partnership": (INSPECTOR, "/agencies/barking-and-dagenham-lscb/"),
    "dashboard": (MANAGER, "/dashboard/"),
    "dashboard, on the day of the letter": (CLEVELAND_LEAD, "/dashboard/" + LETTER),
    "dashboard, everything, sorted": (AUDITOR, "/dashboard/?window=all&sort=-weaknesses"),
    "dashboard, wrong days": (
        ADMINISTRATOR,
        "/dashboard/?as_of=31/02/2016&window=custom&published_from=tomorrow&published_to=2016-01-01",
    ),
    "compare": (MANAGER, "/compare/?agency=cleveland&agency=durham&window=all"),
    "compare four": (
        INSPECTOR,
        "/compare/?agency=cleveland&agency=durham&agency=metropolitan&agency=north-wales&window=all",
    ),
    "compare, nothing chosen": (AUDITOR, "/compare/"),
    "compare, too few": (MET_LEAD, "/compare/?agency=cleveland"),
    "figures": (INSPECTOR, "/figures/"),
    "figure, a share": (MANAGER, "/figures/serious-weakness/" + LETTER),
    "figure, a share that nobody can know": (MANAGER, "/figures/any-weakness/?force=metropolitan"),
    "figure, several counts": (AUDITOR, "/figures/findings/" + LETTER + "&force=cleveland"),
    "figure, as a heatmap": (INSPECTOR, "/figures/forces-by-theme/" + LETTER),
    "figure, many rows": (CLEVELAND_LEAD, "/figures/coverage/" + LETTER),
    "figure, by quarter": (MANAGER, "/figures/trend/" + LETTER),
    "figure, of a theme": (MANAGER, "/figures/spread/" + LETTER + "&theme=strategy-discussions"),
    "figure, of an inspection": (MANAGER, "/figures/inspection/?inspection={stockton}"),
    "figure, open by age": (MANAGER, "/figures/open-recommendations/?force=cleveland"),
    "figure, days to response": (AUDITOR, "/figures/days-to-response/?window=all"),
    "letters": (MANAGER, "/letters/"),
    "letters of a lead": (CLEVELAND_LEAD, "/letters/?level=4"),
    "write a letter": (INSPECTOR, "/letters/new/"),
    "start a letter": (MANAGER, "/letters/start/"),
    "start the pattern letter": (MANAGER, "/letters/start/police-contribution/"),
    "start a letter about a plan": (MANAGER, "/letters/start/plan-returned/"),
    "letter, draft, longest words": (MANAGER, "/letters/{letter}/"),
    "letter, answered, longest words": (MANAGER, "/letters/{sent}/"),
    "letter, seen by an auditor": (AUDITOR, "/letters/{sent}/"),
    "change a letter": (MANAGER, "/letters/{letter}/edit/"),
    "agree to a letter": (MANAGER_2, "/letters/{letter}/agree/confirm/"),
    "choose a figure": (MANAGER, "/letters/{letter}/figures/new/"),
    "choose a figure, shown": (
        MANAGER,
        "/letters/{letter}/figures/new/?code=themes&as_of=17/10/2016&window=year&theme=missing-children",
    ),
    "choose a figure, wrong day": (MANAGER, "/letters/{letter}/figures/new/?code=themes&as_of=31/31/2016"),
    "figure of a letter, live": (MANAGER, "/letters/{letter}/figures/serious-weakness/"),
    "figure of a letter, as sent": (MANAGER, "/letters/{sent}/figures/serious-weakness/"),
    "table of a letter, as sent": (AUDITOR, "/letters/{sent}/figures/themes-table/"),
    "reply to a letter": (CLEVELAND_LEAD, "/letters/{unanswered}/reply/confirm/"),
    "progress of a commitment": (MANAGER, "/letters/{sent}/commitments/{commitment}/"),
    "figure, letters": (MANAGER, "/figures/letters/?window=all"),
    "recommendations that a figure counts": (
        MANAGER,
        "/recommendations/?as_of=2018-03-01&measure=overdue&about_police=true",
    ),
    "figure, of nobody": (MANAGER, "/figures/councils/"),
    "figure, wrong day": (MANAGER, "/figures/themes/?as_of=2099-01-01"),
    "inspections, as of a day": (MANAGER, "/inspections/?as_of=2016-10-17&counts_in_share=true"),
    "findings, as of a day": (MET_LEAD, "/findings/?as_of=2016-10-17&severity=serious"),
    "my work": (INSPECTOR, "/my-work/"),
    "my work of a manager": (MANAGER, "/my-work/"),
    "my work of a lead, of one kind": (CLEVELAND_LEAD, "/my-work/?kind=answer"),
    "my work, wrong kind": (MANAGER, "/my-work/?kind=nonsense"),
    "hand over work": (MANAGER, "/my-work/hand-over/"),
    "hand over own work": (INSPECTOR, "/my-work/hand-over/"),
    "reports": (INSPECTOR, "/reports/"),
    "reports, none": (HMICFRS_INSPECTOR, "/reports/"),
    "reports of all": (AUDITOR, "/reports/"),
    "hand in a report": (MANAGER, "/reports/new/"),
    "report that cannot be read": (INSPECTOR, "/reports/{unreadable}/"),
    "report to confirm": (INSPECTOR, "/reports/{facts}/"),
    "report with proposals": (INSPECTOR, "/reports/{report}/"),
    "report, seen by a lead": (CLEVELAND_LEAD, "/reports/{report}/"),
    "facts of a report": (INSPECTOR, "/reports/{facts}/facts/"),
    "proposal": (INSPECTOR, "/proposals/{proposal}/"),
    "proposal, rejected": (INSPECTOR, "/proposals/{rejected}/"),
    "proposal, seen by an auditor": (AUDITOR, "/proposals/{proposal}/"),
    "how right the reader was": (MANAGER, "/reports/reader/"),
    "reminders": (INSPECTOR, "/notifications/"),
    "reminders of a lead": (MET_LEAD, "/notifications/"),
    "kept views, none": (AUDITOR, "/views/"),
    "keep a view": (INSPECTOR, "/views/new/?page=findings&query=force%3Dcleveland%26severity%3Dserious"),
    "keep a view for oneself": (ADMINISTRATOR, "/views/new/?page=agency&argument=cleveland"),
    "keep what cannot be kept": (INSPECTOR, "/views/new/?page=nowhere"),
    "about the data": (ADMINISTRATOR, "/about/"),
    "confirm who it is": (INSPECTOR, "/account/confirm/?next=/"),
    "own account": (INSPECTOR, "/account/"),
    "second step": (INSPECTOR, "/account/second-step/"),
    "add an app": (INSPECTOR, "/account/second-step/app/"),
    "add a passkey": (INSPECTOR, "/account/second-step/passkey/"),
    "own sessions": (INSPECTOR, "/account/sessions/"),
    "change password": (INSPECTOR, "/account/password/"),
    "password changed": (INSPECTOR, "/account/password/changed/"),
    "sign in": (None, "/sign-in/"),
    "forgotten password": (None, "/sign-in/forgotten/"),
    "forgotten password, asked": (None, "/sign-in/forgotten/sent/"),
}
REFUSED = {
    "not found": (INSPECTOR, "/nowhere/", 404),
    "not found, signed out": (None, "/nowhere/", 404),
    "link that is over": (None, "/sign-in/password/", 404),
    "not allowed": (CLEVELAND_LEAD, "/inspections/new/", 403),
}
DONE = {}  # pages that take some doing: {name: function of browse and addresses, returning the page}


def takes_doing(function):
    DONE[function.__name__.replace("_", " ")] = function
    return function


@takes_doing
def sign_in_refused(browse, at):
    page = visit(browse(), "/sign-in/")
    page.get_by_label("Email address").fill(INSPECTOR)
    page.get_by_label("Password", exact=True).fill("a wrong guess at it")
    return press(page, "Sign in")


@takes_doing
def sign_in_after_losing_the_session(browse, at):
    page = visit(browse(INSPECTOR), at["log"])
    page.get_by_label("Summary").fill("Typed before the session ended.")
    page.context.clear_cookies(name="sessionid")
    return press(page, "Save draft")


@takes_doing
def text_put_back_after_signing_in(browse, at):
    page = sign_in_after_losing_the_session(browse, at)
    page.get_by_label("Email address").fill(INSPECTOR)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    return press(page, "Sign in")


@takes_doing
def signed_out(browse, at):
    page = visit(browse(), "/sign-in/")
    page.get_by_label("Email address").fill(AUDITOR)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Sign in")
    return press(page, "Sign out")


@takes_doing
def plan_refused(browse, at):
    page = visit(browse(INSPECTOR), f"/plans/{at['begun_plan']}/edit/")
    press(page, "Add an action")
    page.get_by_label("Owner").last.fill("o" * 120)
    page.get_by_label("Due on (optional)").last.fill("31/2/2027")
    return press(page, "Save")


@takes_doing
def plan_with_an_action_less(browse, at):
    page = visit(browse(INSPECTOR), f"/plans/{at['begun_plan']}/edit/")
    return press(page, "Remove action 1")


@takes_doing
def return_of_a_plan_refused(browse, at):
    page = visit(browse(MANAGER), f"/plans/{at['waiting_plan']}/return/confirm/")
    return press(page, "Return the plan")


@takes_doing
def evidence_refused(browse, at):
    page = visit(browse(INSPECTOR), f"/recommendations/{at['followed']}/evidence/new/")
    page.get_by_label("What it shows").fill("e" * 500)
    page.get_by_label("File").set_input_files(
        {
            "name": "f" * 190 + ".pdf",
            "mimeType": "application/pdf",
            "buffer": b"<html><script>1</script></html>",
        }
    )
    return press(page, "Add evidence")


@takes_doing
def password_refused(browse, at):
    return press(visit(browse(INSPECTOR), "/account/password/"), "Change password")


@takes_doing
def finding_with_errors(browse, at):
    page = visit(browse(INSPECTOR), at["log"])
    page.get_by_label("Weakness", exact=True).check()
    page.get_by_label("Paragraph").fill("16")
    page.get_by_role("combobox", name="Theme").fill("no such theme")
    return press(page, "Save draft")


@takes_doing
def words_to_look_at_again(browse, at):
    page = visit(browse(INSPECTOR), at["log"])
    page.get_by_label("Weakness", exact=True).check()
    name = "Kayleigh " + "Ramsbottom" * 9
    page.get_by_label("Summary").fill(f"Nobody looked for {name} of TS18 1AB, NHS number 943 476 5919.")
    page.get_by_label("Quotation").fill("Zubayr Quorn was not found.")
    page = press(page, "Save draft")
    expect(page.get_by_role("group", name="Is a child or a family identified?")).to_contain_text("TS18 1AB")
    return page


@takes_doing
def words_looked_at_again_without_a_reason(browse, at):
    page = words_to_look_at_again(browse, at)
    page.get_by_label("I have looked again: nobody is identified").check()
    return press(page, "Save draft")


@takes_doing
def finding_with_earlier_ones(browse, at):
    page = visit(browse(INSPECTOR), at["log"])
    page.get_by_label("Weakness", exact=True).check()
    for label, typed in (("Attributed to", "Cleveland Police"), ("Theme", "Partnership and governance")):
        page.get_by_role("combobox", name=label).fill(typed)
        page.get_by_role("option", name=typed).first.click()
    expect(page.get_by_label("SIF-2016-MID-03")).to_be_visible()
    page.get_by_role("button", name="Add another place").click()
    expect(page.get_by_label("Page", exact=True)).to_have_count(2)
    return page


@takes_doing
def two_versions_of_a_finding(browse, at):
    page = visit(browse(INSPECTOR), at["long finding"] + "edit/")
    page.locator("[name=version]").evaluate("field => { field.value = 0 }")
    page.get_by_label("Summary").fill("Another version. " + "A" * 900)
    return press(page, "Save")


@takes_doing
def two_versions_of_an_inspection(browse, at):
    page = visit(browse(INSPECTOR), at["long inspection"] + "edit/")
    page.locator("[name=version]").evaluate("field => { field.value = 0 }")
    page.get_by_label("Topic").fill("Another topic")
    return press(page, "Save")


@takes_doing
def inspection_with_errors(browse, at):
    page = visit(browse(INSPECTOR), "/inspections/new/")
    page.locator("[name=fieldwork_from]").fill("the day before yesterday")
    page.get_by_label("Follows").fill("SIF-NONE")
    return press(page, "Save")


@takes_doing
def embargo_with_errors(browse, at):
    page = visit(browse(MANAGER), f"/inspections/{at['darlington']}/embargo/")
    page.get_by_label("Time of release").fill("half past nine")
    return press(page, "Change the embargo")


@takes_doing
def comment_on_the_facts_with_errors(browse, at):
    return press(visit(browse(INSPECTOR), f"/inspections/{at['merton']}/factual-accuracy/new/"), "Save")


@takes_doing
def decision_without_a_reason(browse, at):
    page = visit(browse(INSPECTOR), f"/inspections/{at['merton']}/factual-accuracy/")
    page.get_by_role("link", name="Decide").first.click()
    return press(page, "Save the decision")


@takes_doing
def case_referred_back(browse, at):
    page = visit(browse(MANAGER), "/cases/")
    page.get_by_role("rowheader").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Case referred back")
    return page


@takes_doing
def outcome_with_errors(browse, at):
    page = case_referred_back(browse, at)
    page.get_by_role("link", name="Change the outcome").click()
    page.get_by_label("Resolved on").fill("31/31/2016")
    return press(page, "Save")


@takes_doing
def date_with_errors(browse, at):
    return press(visit(browse(INSPECTOR), at["long inspection"] + "dates/new/"), "Save")


@takes_doing
def recommendation_with_errors(browse, at):
    page = visit(browse(INSPECTOR), f"/findings/{at['serious']}/recommendations/new/")
    page.get_by_label("Length of the timescale").fill("many")
    return press(page, "Save draft")


@takes_doing
def two_versions_of_a_recommendation(browse, at):
    page = visit(browse(INSPECTOR), f"/recommendations/{at['drafted']}/edit/")
    page.locator("[name=version]").evaluate("field => { field.value = 0 }")
    page.get_by_label("Recommendation", exact=True).fill("Another version. " + "A" * 900)
    return press(page, "Save")


@takes_doing
def verification_with_errors(browse, at):
    page = visit(browse(MANAGER), f"/recommendations/{at['followed']}/verify/")
    page.get_by_label("No meaningful progress").check()
    page.get_by_label("Close the recommendation").check()
    page.get_by_label("Through the inspection").fill("SIF-NONE")
    return press(page, "Save the verification")


@takes_doing
def correction_with_errors(browse, at):
    page = visit(browse(MANAGER), f"/findings/{at['corrected']}/correct/")
    page.get_by_label("Summary").fill("")
    return press(page, "Correct")


@takes_doing
def two_versions_of_a_correction(browse, at):
    page = visit(browse(MANAGER), f"/findings/{at['corrected']}/correct/")
    page.locator("[name=version]").evaluate("field => { field.value = 0 }")
    page.get_by_label("Summary").fill("Another version. " + "A" * 900)
    page.get_by_label("Why it is corrected").fill("W" * 900)
    return press(page, "Correct")


@takes_doing
def comment_with_errors(browse, at):
    return press(visit(browse(INSPECTOR), f"/findings/{at['corrected']}/"), "Post comment")


@takes_doing
def response_with_errors(browse, at):
    page = visit(browse(INSPECTOR), f"/findings/{at['serious']}/respond/")
    page.get_by_label("Response").fill("")
    return press(page, "Record response")


@takes_doing
def work_to_hand_over(browse, at):
    """Shown, not confirmed: other tests find what they expect."""
    page = visit(browse(MANAGER), "/my-work/hand-over/")
    for label, name in (("Whose work", "Imogen Hartley"), ("To whom", "Samuel Okafor")):
        page.get_by_role("combobox", name=label).fill(name)
        page.get_by_role("option", name=name).first.click()
    page.get_by_label("Reason").fill("R" * 300)
    return press(page, "Show what would move")


@takes_doing
def hand_over_with_errors(browse, at):
    return press(visit(browse(MANAGER), "/my-work/hand-over/"), "Show what would move")


@takes_doing
def reminders_about_nothing(browse, at):
    page = visit(browse(MANAGER), "/notifications/")
    page.get_by_label("Once a day, when there is something to tell").check()
    for box in page.get_by_role("checkbox").all():
        box.uncheck()
    return press(page, "Save")


@takes_doing
def view_without_a_name(browse, at):
    return press(visit(browse(MANAGER), "/views/new/?page=inspections&query=framework%3DSIF"), "Keep")


def keep_view(page, name, shared=False):
    """Keeps a view under that name, made longer and unlike any other; returns the name."""
    name = f"{name} {'N' * 90} {secrets.token_hex(4)}"
    visit(page, "/views/new/?page=findings&query=severity%3Dserious")
    page.get_by_label("Name").fill(name)
    if shared:
        page.get_by_label("Inspectors and managers of Ofsted").check()
    press(page, "Keep")
    return name


def follow(page, link):
    with page.expect_navigation():
        page.get_by_role("link", name=link, exact=True).click()
    return page


@takes_doing
def view_kept(browse, at):
    page = browse(INSPECTOR)
    keep_view(page, "Kept")
    return page


@takes_doing
def kept_views(browse, at):
    page = browse(INSPECTOR)
    keep_view(browse(MANAGER), "Shared", shared=True)
    keep_view(page, "Kept", shared=True)
    return visit(page, "/views/")


@takes_doing
def two_versions_of_a_view(browse, at):
    page = browse(INSPECTOR)
    name = keep_view(page, "Changed")
    follow(visit(page, "/views/"), f"Change {name}")
    page.locator("[name=version]").evaluate("field => { field.value = 0 }")
    page.get_by_label("Name").fill("Another name")
    return press(page, "Save")


@takes_doing
def removal_of_a_view(browse, at):
    page = browse(MANAGER)
    name = keep_view(page, "Removed", shared=True)
    return follow(visit(page, "/views/"), f"Remove {name}")


@takes_doing
def withdrawal_without_a_reason(browse, at):
    return press(visit(browse(INSPECTOR), at["draft finding"] + "withdraw/"), "Withdraw")


@takes_doing
def menu_opened(browse, at):
    page = visit(browse(INSPECTOR, width=NARROW), "/")
    page.get_by_role("button", name="Menu", exact=True).click()
    return page


@takes_doing
def text_kept_in_the_tab(browse, at):
    page = visit(browse(INSPECTOR), at["log"])
    page.get_by_label("Summary").fill("Half typed")
    page.reload()
    expect(page.locator(".app-kept").get_by_role("button", name="Discard it")).to_be_visible()
    return page


@takes_doing
def text_typed_before(browse, at):
    page = visit(browse(INSPECTOR), at["log"])
    page.get_by_label("Detail").fill("Typed and not saved. " + "T" * 200)
    expect(page.locator(".app-saving")).to_contain_text("Saved as you type at")
    page.context.close()
    page = visit(browse(INSPECTOR), at["log"])
    expect(page.get_by_role("region", name="Important")).to_contain_text("You were typing here at")
    return page


@takes_doing
def text_typed_before_put_back(browse, at):
    page = text_typed_before(browse, at)
    page.get_by_role("button", name="Put it back").first.click()
    expect(page.get_by_text("What you had typed is back in the form")).to_be_visible()
    return page


@takes_doing
def proposal_with_errors(browse, at):
    page = visit(browse(INSPECTOR), f"/proposals/{at['proposal']}/")
    page.get_by_label("Summary").fill("About Kayleigh Ramsbottom.")
    return press(page, "Accept")


@takes_doing
def two_decisions_about_a_proposal(browse, at):
    page = visit(browse(INSPECTOR), f"/proposals/{at['proposal']}/")
    page.evaluate("document.querySelector('form.app-form [name=version]').value = 99")
    return press(page, "Reject")


@takes_doing
def facts_with_errors(browse, at):
    page = visit(browse(INSPECTOR), f"/reports/{at['facts']}/facts/")
    page.get_by_label("Last day of fieldwork").fill("")
    return press(page, "Confirm")


@takes_doing
def report_refused(browse, at):
    return press(visit(browse(INSPECTOR), "/reports/new/"), "Hand in")


@takes_doing
def page_open_for_too_long(browse, at):
    page = visit(browse(INSPECTOR), at["log"])
    page.context.clear_cookies()
    return press(page, "Save draft")


@takes_doing
def request_refused(browse, at):
    page = visit(browse(INSPECTOR), at["log"])
    page.evaluate("""() => {
        const form = document.querySelector('main form')
        for (let n = 0; n < 1100; n++) form.append(Object.assign(document.createElement('input'), {name: `n${n}`}))
    }""")
    return press(page, "Save draft")


@takes_doing
def server_error(browse, at):
    page = browse()
    page.route("**/broken/", lambda route: route.fulfill(body=at["error page"], content_type="text/html"))
    return visit(page, "/broken/")


def press(page, button):
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()
    return page


@pytest.fixture(scope="session")
def addresses(server):
    """What the addresses above leave open; for pages that take some doing, whole addresses."""
    inspections, findings, extremes = server.inspections, server.findings, server.extremes
    ids = {
        "stockton": inspections["sif-2016-08-05-stockton-on-tees"],
        "not_read": inspections["sif-2014-02-14-slough"],
        "redcar": inspections["fiction-redcar"],
        "darlington": inspections["fiction-darlington"],
        "merton": inspections["fiction-merton"],
        "enfield": inspections["fiction-enfield"],
        "serious": findings["2016-08-05_80563_stockton-on-tees-05"],
        "draft": findings["fiction-redcar-1"],
        "in_review": findings["fiction-enfield-1"],
        "agreed": findings["fiction-merton-agreed-met"],
        "longest": extremes["inspection"],
        "longest_finding": extremes["finding"],
        "withdrawn": extremes["withdrawn"],
        "corrected": extremes["corrected"],
        "version": extremes["version"],
        "comment": extremes["comment"],
        "drafted": extremes["drafted"],
        "followed": extremes["followed"],
        **{name: extremes[name] for name in ("unreadable", "facts", "report", "proposal", "rejected")},
        **{name: extremes[name] for name in ("planned", "plan", "waiting_plan", "begun_plan", "evidence")},
        **{name: extremes[name] for name in ("letter", "sent", "unanswered", "commitment")},
        "recommended": demo_story.public_id(1, "recommendation-10"),
    }
    return ids | {
        "log": f"/inspections/{ids['stockton']}/findings/new/",
        "long inspection": f"/inspections/{ids['longest']}/",
        "long finding": f"/findings/{ids['longest_finding']}/",
        "draft finding": f"/findings/{ids['draft']}/",
        "error page": server.error_page,
    }


NAMES = [*PLAIN, *REFUSED, *DONE]


@pytest.fixture
def show(browse, addresses):
    """show(name): (the page, the HTML that the server sent for it)."""

    def show_page(name):
        sent = []

        def browse_and_note(person=None, **options):
            page = browse(person, **options)
            page.on("response", lambda response: note(page, response))
            return page

        def note(page, response):
            if response.request.is_navigation_request() and response.frame == page.main_frame:
                sent.append(response)

        if name in DONE:
            page = DONE[name](browse_and_note, addresses)
        else:
            person, address, status = (*PLAIN[name], 200) if name in PLAIN else REFUSED[name]
            page = visit(browse_and_note(person), address.format(**addresses), status)
        return page, sent[-1].text()

    return show_page


@pytest.fixture(scope="session")
def sent_html():
    """{name of the page: its HTML}, of the pages shown so far."""
    return {}


@pytest.mark.parametrize("name", NAMES)
def test_page_is_accessible_and_fits_the_screen(name, show, sent_html):
    page, sent_html[name] = show(name)
    problems = []
    page.evaluate(Axe().axe_script)
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        if width == NARROW:
            # All that is folded away counts too.
            page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true })")
        found = page.evaluate("options => axe.run(options).then((found) => found.violations)", AXE)
        problems += [
            f"{width} px, {rule['id']}: {node['html'][:300]} {node['failureSummary']}"
            for rule in found
            for node in rule["nodes"]
        ]
    for width in (WIDE, NARROW, NARROWEST):
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.scrollingElement.scrollWidth > window.innerWidth"):
            problems.append(f"{width} px, too wide: {page.evaluate(TOO_WIDE)}")
    assert not problems, "\n".join(problems)


# The elements that reach beyond the right edge, outermost first.
TOO_WIDE = """() => [...document.querySelectorAll('body *')]
    .filter((element) => element.getBoundingClientRect().right > window.innerWidth + 1)
    .slice(0, 3).map((element) => element.outerHTML.slice(0, 200))"""


def test_html_is_valid(show, sent_html, tmp_path):
    if not shutil.which("java"):
        without("No Java: install a JRE, for example openjdk-17-jre-headless")
    if not VNU.exists():
        without("No HTML checker: npm ci installs vnu-jar")
    for name in NAMES:
        if name not in sent_html:
            _page, sent_html[name] = show(name)
    for name, html in sent_html.items():
        (tmp_path / f"{name}.html").write_text(html)
    command = [
        "java",
        "-Xss1m",
        "-jar",
        VNU,
        "--errors-only",
        "--format",
        "json",
        "--skip-non-html",
        tmp_path,
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    errors = [
        f"{message['url'].rsplit('/', 1)[-1]}: {message['message']} {message.get('extract', '')}"
        for message in json.loads(done.stderr)["messages"]
    ]
    assert not errors, "\n".join(errors)


PRINTED = [
    "force",
    "force, on the day of the letter",
    "council, on the day of the letter",
    "dashboard, on the day of the letter",
    "compare four",
    "figure, as a heatmap",
    "figure, many rows",
    "inspection, fieldwork",
    "inspection",
    "finding, draft",
    "finding, corrected, longest words",
    "earlier version of a finding",
    "findings",
]
PAPER = 718  # px: what the margins leave of A4


@pytest.mark.parametrize("name", PRINTED)
def test_page_prints_without_its_controls(name, show):
    page, _html = show(name)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": PAPER, "height": 900})
    too_wide = page.evaluate("document.scrollingElement.scrollWidth > window.innerWidth")
    assert not too_wide, page.evaluate(TOO_WIDE)
    controls = page.get_by_role("button").or_(page.get_by_role("navigation", name="Menu"))
    classes = page.locator(
        ".govuk-button, .app-filter, .govuk-skip-link, .govuk-back-link, .govuk-pagination"
    )
    left = [each.inner_text() for each in controls.or_(classes).all() if each.is_visible()]
    assert not left
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    # The first may be folded away: what was corrected since.
    content = page.locator("main :is(table, dl, article)").locator("visible=true").first
    expect(content).to_be_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") != "rgb(255, 255, 255)"
