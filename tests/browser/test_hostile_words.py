"""Whatever people type, a browser shows it as words: every text of the register is a script here, and none runs."""

import json
from urllib.parse import urlsplit

import pytest

from agencies.demo import INSPECTOR, MANAGER, MET_LEAD, PASSWORD

from .conftest import EXTREMES, WIDE, started, watch
from .test_pages import ADMINISTRATOR, AUDITOR, CLEVELAND_LEAD, PLAIN, addresses

pytestmark = pytest.mark.xdist_group("browser")

MARK = "zq7"
# Breaks out of an attribute, of an element and of a template, and leaves something to be found where it succeeds.
HOSTILE = f"{MARK}'\"><img class={MARK} src=x onerror=alert(1)><script class={MARK}>alert(2)</script>{{{{7*7}}}}${{7*7}}"
SHORT = f'{MARK}"><b class={MARK}>'

# Behind the back of the verbs, so that nothing is refused: into every column that holds words of people. Then a few
# changes by verbs, so that the history holds them too.
FILL = f"""
import json
from django.apps import apps
from django.db import models
from django.db.models import Value
from django.db.models.functions import Cast, Concat
from agencies.models import User
from findings.models import Finding, Theme
from inspections.models import Inspection

WORDS = set('''name official_name note region source first_name last_name place decision_reason text milestone owner quotation
    paragraph reason description file_name detail provenance severity_rationale summary asks reply subject introduction title
    claim timescale outcome_note definition includes excludes label notes topic lead_inspector stated'''.split())
written = []
for model in apps.get_models():
    if not model.__module__.startswith(("agencies.", "inspections.", "findings.")) or model.__name__ in ("Event", "TypedText"):
        continue
    for field in model._meta.concrete_fields:
        if type(field) not in (models.CharField, models.TextField) or field.choices or field.name not in WORDS:
            continue
        room = (field.max_length or 500) - 8
        words = {HOSTILE!r} if room >= {len(HOSTILE)} else {SHORT!r}[:room]
        rows = models.QuerySet(model).exclude(**{{field.name: ""}}).exclude(**{{field.name: None}})
        if rows.update(**{{field.name: Concat(Value(words), Cast("pk", models.CharField()))}}):
            written.append(f"{{model.__name__}}.{{field.name}}")

by = User.objects.get(email={INSPECTOR!r})
manager = User.objects.get(email={MANAGER!r})
draft = Finding.objects.filter(status="draft", author=by).first()
draft.edit(by=by, values={{"summary": {HOSTILE!r}}}, citations=[], expect=draft.version)
draft.move("withdraw", by=manager, reason={HOSTILE!r})
inspection = Inspection.objects.filter(status="drafting", team=by).first()
inspection.edit(by=by, values={{"topic": {SHORT!r}, "notes": {HOSTILE!r}}}, expect=inspection.version)
theme = Theme.objects.first()
theme.change(by=None, values={{"definition": {HOSTILE!r}}})
print(json.dumps([written, draft.public_id, theme.pk]))
"""

# Forms in which nothing stands yet, and what shows words of nobody.
LEFT_OUT = (
    "/new/",
    "/confirm/",
    "/account/",
    "/app/",
    "/passkey/",
    "/password/",
    "/changed/",
    "/second-step/",
    "/sessions/",
)
PEOPLE = (INSPECTOR, MANAGER, CLEVELAND_LEAD, MET_LEAD, AUDITOR, ADMINISTRATOR)
ADMINISTRATION = [
    "/admin/",
    "/admin/findings/theme/",
    "/admin/findings/theme/{theme}/change/",
    "/admin/findings/theme/{theme}/history/",
    "/admin/agencies/agency/",
    "/admin/agencies/user/",
    "/admin/agencies/event/",
    "/admin/inspections/framework/",
    "/admin/inspections/grade/",
]
LEFT_BY_A_SCRIPT = f"""() => [
    document.querySelectorAll('.{MARK}').length,
    [...document.querySelectorAll('*')].filter(e => e.getAttributeNames().some(name => name.startsWith('on'))).length,
    document.body.textContent.includes('{MARK}'),
    document.title + [...document.querySelectorAll('h1')].map(e => e.textContent).join(),
]"""


@pytest.fixture(scope="module")
def hostile(server, tmp_path_factory):
    """A register of its own: the words of the other tests' one are looked for by what they say."""
    with started(tmp_path_factory.mktemp("hostile"), EXTREMES, FILL) as running:
        running.extremes, (running.written, running.draft, running.theme) = running.printed
        running.error_page = ""
        yield running


def pages(server):
    """{person: addresses}: each kind of page that shows or asks for something of the register, as one who works with it."""
    at, found, known = addresses.__wrapped__(server), {person: {} for person in PEOPLE}, set()
    for person, address in PLAIN.values():
        path, kind = urlsplit(address.format(**at)).path, urlsplit(address).path
        if person in PEOPLE and kind not in known and not kind.endswith(LEFT_OUT):
            known.add(kind)
            found[person][path] = None
    found[INSPECTOR] |= {f"/findings/{server.draft}/": None}
    found[ADMINISTRATOR] |= {address.format(theme=server.theme): None for address in ADMINISTRATION}
    return found


def test_no_word_of_anybody_runs_in_a_browser(hostile, chrome):
    assert len(hostile.written) > 50, json.dumps(hostile.written)
    problems, wrong, seen = [], [], []
    for person, paths in pages(hostile).items():
        context = chrome.new_context(base_url=hostile.url, viewport={"width": WIDE, "height": 900})
        context.set_default_timeout(20_000)
        watch(context, hostile, problems)
        page = context.new_page()
        page.on("dialog", lambda dialog: (problems.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.goto("/sign-in/")
        page.get_by_label("Email address").fill(person)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/")
        if person == MANAGER:  # a kept view has a name of its owner's choice
            page.goto("/views/new/?page=findings")
            page.get_by_label("Name").fill(HOSTILE[:110])
            page.get_by_role("button", name="Keep").click()
            paths |= {"/views/": None}
        for path in paths:
            page.goto(path)
            elements, handlers, shown, head = page.evaluate(LEFT_BY_A_SCRIPT)
            seen += [path] if shown else []
            if elements or handlers or f"{MARK}49" in head:
                wrong.append((person, path, elements, handlers))
        context.close()
    assert (wrong, problems) == ([], [])
    assert len(seen) > 40, seen
