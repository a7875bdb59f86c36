"""Follow-up that is not published leaves no trace anywhere for those who may not see it: not one byte differs."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from agencies.files import store
from agencies.models import Event, TypedText
from agencies.public_ids import new_public_id
from findings.models import (
    AccuracyComment,
    ActionPlan,
    CaseReferral,
    Comment,
    Evidence,
    Letter,
    LocalEscalation,
    Recommendation,
)

from .conftest import person, record_finding, record_inspection, weakness
from .crawling import crawl, sent
from .sample_files import pdf
from .states import logged, moved, planned
from .who_sees_what import as_read, browser

OUTSIDERS = ["otto", "hanna", "clara", "mel", "stan", "adam"]
FOLLOW = {
    "otto",
    "mel",
    "adam",
}  # of an inspectorate, of an agency, and the administrator, at everything they reach
SHARED = ("factual_accuracy", "embargoed")
UNPUBLISHED_BY_STAGE = ("drafting", *SHARED)


@pytest.fixture
def world(
    finding,
    recommendation,
    published,
    camden,
    met,
    hmicfrs,
    jtai,
    missing,
    strategy,
    ofsted,
    otto,
    stan,
    mary,
    clara,
):
    """A published finding with a recommendation that was answered, a plan, evidence; and another inspectorate's."""
    other = record_inspection(jtai, hmicfrs, camden, date(2015, 1, 5))
    theirs = record_finding(other, weakness(met, missing))
    Recommendation.record_issued(
        by=None, channel="command", finding=theirs, values={"addressee": met, "text": "Train officers."}
    )
    recommendation.respond(by=stan, position="accepted", text="We do.", received_on=timezone.localdate())
    return {"finding": finding, "recommendation": recommendation, "inspection": published, "theirs": theirs}


class Hidden:
    """What is not published: made by `make`; its ids by kind of record."""

    def __init__(self):
        self.ids = {}

    def add(self, kind, record):
        self.ids.setdefault(kind, []).append(record.public_id)
        return record


@pytest.fixture
def hide(world, ines, mary, stan, sif, stockton, cleveland, met, camden, strategy, missing, hmicfrs, ofsted):
    rita = person("Rita", "inspector", ofsted)  # among the colleagues before anything is hidden

    def of_finding(hidden, draft, reviewer):
        Comment.post(by=ines, finding=draft, text="HIDDEN private", audience="inspectorate")
        LocalEscalation.record(
            by=ines,
            finding=draft,
            values={"by_agency": camden, "to_agency": draft.attributed_to, "note": "HIDDEN"},
        )
        hidden.add(
            "case",
            CaseReferral.refer(
                by=ines,
                inspection=draft.inspection,
                values={"to_agency": draft.attributed_to, "finding": draft, "reason": "HIDDEN"},
            ),
        )
        if draft.status == "in_review":
            draft.assign(by=mary, to=reviewer)

    def inspection_in(hidden, status, about, council):
        inspection = hidden.add("inspection", planned(ines, sif, council, topic="HIDDEN"))
        moved(inspection, {"embargoed": "factual_accuracy"}.get(status, status), mary)
        if status in ("paused", "cancelled"):
            return inspection
        for state in ("draft", "in_review", "agreed", "withdrawn"):
            found = hidden.add(
                "finding",
                logged(
                    inspection,
                    ines,
                    weakness(about, missing, "critical", summary="HIDDEN words"),
                    "draft",
                ),
            )
            hidden.add(
                "recommendation",
                Recommendation.draft(
                    by=ines,
                    finding=found,
                    values={"addressee": about, "text": "HIDDEN", "priority": "immediate"},
                ),
            )
            for verb in {"draft": [], "in_review": ["submit"], "agreed": ["submit", "agree"]}.get(
                state, ["submit", "withdraw"]
            ):
                found.move(verb, by=ines if verb == "submit" else mary, reason="For the test.")
            if state != "withdrawn":
                of_finding(hidden, found, rita)
        if status in SHARED:
            comment = AccuracyComment.submit(by=ines, inspection=inspection, by_agency=council, text="HIDDEN")
            hidden.add("accuracy", comment)
            if status == "embargoed":
                comment.decide(by=mary, decision="upheld", reason="HIDDEN")
                inspection.refresh_from_db()
                inspection.move("embargo", by=mary, embargo_until=timezone.now() + timedelta(9))
                inspection.hold(by=mary, reason="HIDDEN")
        return inspection

    def make(name):
        hidden = Hidden()
        # For a safeguarding lead what is shared with agencies is about others.
        mine = name in ("clara", "stan")
        for status in UNPUBLISHED_BY_STAGE:
            away = mine or status not in SHARED
            if name == "mel" and status in SHARED:
                inspection_in(hidden, status, cleveland, stockton)
            else:
                inspection_in(hidden, status, met if away or not mine else cleveland, camden)
        # On what is published: matter of it that is not.
        first = world["finding"]
        again = logged(
            world["inspection"],
            ines,
            weakness(cleveland, strategy, summary="HIDDEN", recurrence_of=world["theirs"]),
        )
        hidden.add("finding", again)
        of_finding(hidden, again, rita)
        hidden.add(
            "recommendation",
            Recommendation.draft(by=ines, finding=first, values={"addressee": cleveland, "text": "HIDDEN"}),
        )
        Comment.post(by=ines, finding=first, text="HIDDEN private", audience="inspectorate")
        Comment.post(
            by=ines,
            finding=first,
            recommendation=world["recommendation"],
            text="HIDDEN private",
            audience="inspectorate",
        )
        for level, to in ((3, hmicfrs), (2, cleveland), (2, stockton)):
            hidden.add(
                "letter",
                Letter.draft(
                    by=mary,
                    values={"level": level, "to_agency": to, "subject": "HIDDEN", "findings": [first]},
                ),
            )
        if name != "stan":
            plan = ActionPlan.begin(
                by=stan,
                inspection=world["inspection"],
                by_agency=stockton,
                values={"title": "HIDDEN"},
                actions=[{"recommendation": world["recommendation"], "text": "HIDDEN", "owner": "HIDDEN"}],
            )
            hidden.add("plan", plan)
        if name not in ("stan", "otto"):
            with store(SimpleUploadedFile("hidden.pdf", pdf())) as stored:
                hidden.add(
                    "evidence",
                    Evidence.add(
                        by=stan,
                        recommendation=world["recommendation"],
                        stored=stored,
                        values={"kind": "audit", "description": "HIDDEN", "retain_until": date(2036, 6, 1)},
                    ),
                )
        TypedText.keep(
            person=ines,
            key="abcdefgh",
            order=1,
            path=reverse("letter_add"),
            fields={"text": ["HIDDEN words typed"]},
        )
        return hidden

    return make


def addresses(world):
    finding, recommendation = world["finding"], world["recommendation"]
    inspection, theirs = world["inspection"], world["theirs"]
    today = date.today()
    return [
        "/",
        "/my-work/",
        "/my-work/hand-over/",
        "/notifications/",
        "/dashboard/",
        "/dashboard/?window=all",
        "/compare/?window=all&agency=cleveland&agency=metropolitan",
        "/agencies/",
        *(
            f"/agencies/{slug}/?window=all"
            for slug in (
                "cleveland",
                "metropolitan",
                "stockton-on-tees-borough-council",
                "london-borough-of-camden",
                "ofsted",
                "hmicfrs",
            )
        ),
        "/inspections/",
        f"/inspections/?as_of={today}",
        "/inspections/new/",
        "/findings/",
        "/findings/?q=HIDDEN",
        "/findings/?status=in_review&status=draft&status=agreed",
        f"/findings/?as_of={today}",
        "/findings/?take=csv",
        "/findings/change/",
        "/recommendations/",
        "/recommendations/?q=HIDDEN",
        "/recommendations/?status=draft&status=withdrawn",
        f"/recommendations/?as_of={today}",
        "/recommendations/?mine=true",
        "/recommendations/change/",
        "/plans/",
        "/cases/",
        f"/cases/?as_of={today}",
        "/letters/",
        f"/letters/?as_of={today}",
        "/letters/new/",
        "/views/",
        "/themes/",
        "/themes/missing-children/",
        finding.get_absolute_url(),
        theirs.get_absolute_url(),
        inspection.get_absolute_url(),
        theirs.inspection.get_absolute_url(),
        recommendation.get_absolute_url(),
        *(
            f"{recommendation.get_absolute_url()}{step}/"
            for step in ("verify", "supersede", "date", "assign", "respond", "claim", "evidence/new", "edit")
        ),
        *(
            f"{finding.get_absolute_url()}{step}/"
            for step in ("correct", "recurrence", "respond", "assign", "recommendations/new")
        ),
        f"{inspection.get_absolute_url()}plans/new/",
        f"{inspection.get_absolute_url()}factual-accuracy/",
        f"{inspection.get_absolute_url()}findings/new/",
        f"{inspection.get_absolute_url()}edit/",
        f"{theirs.inspection.get_absolute_url()}findings/earlier/?agency=metropolitan&theme=missing-children",
        reverse("admin:index"),
        reverse("admin:findings_finding_changelist"),
        reverse("admin:findings_theme_changelist"),
        reverse("admin:inspections_inspection_changelist"),
        reverse("admin:agencies_agency_changelist"),
        reverse("admin:inspections_framework_changelist"),
        reverse("admin:agencies_event_changelist"),
        reverse("admin:agencies_event_changelist") + "?q=HIDDEN",
        reverse("admin:findings_finding_history", args=[finding.public_id]),
        "/read-log/",
        "/break-glass/",
        *(
            f"/admin/autocomplete/?app_label=inspections&model_name={model}&field_name={field}&term={term}"
            for model, field in (("inspection", "follows"), ("inspection", "participating_agencies"))
            for term in ("", "SIF", "HIDDEN")
        ),
    ]


def difference(before, after):
    """The lines that differ, to read in a failure."""
    lines = [set(said.split("\\n")) for said in (before, after)]
    return [sorted(lines[0] - lines[1])[:3], sorted(lines[1] - lines[0])[:3]]


def walk(client, world, follows=False):
    """What the person is sent at these pages; `follows`: at everything that they lead to as well, that is lists by each
    filter, in each order and format, files, the administration."""
    pages = addresses(world)
    return crawl(client, pages) if follows else {address: sent(client.get(address)) for address in pages}


@pytest.mark.parametrize("name", OUTSIDERS)
def test_no_page_changes_for_those_who_may_not_see_what_is_not_published(name, world, hide, request):
    client, follows = browser(request.getfixturevalue(name)), name in FOLLOW
    before = walk(client, world, follows)
    assert not [address for address, said in before.items() if said.startswith("(5")]
    hide(name)
    after = walk(client, world, follows)
    changed = [address for address in before if before[address] != after.get(address)]
    assert {address: difference(before[address], after.get(address, "")) for address in changed} == {}
    assert set(after) == set(before)
    if follows:  # it went far beyond the pages that it began with
        assert len(before) > 3 * len(addresses(world))
        for taken in ("take=csv", "take=xlsx", "take=ods"):
            assert [address for address in before if taken in address], taken


def test_the_walk_would_notice(world, hide, mary, ines):
    client = browser(ines)
    before = walk(client, world)
    hide("ines")
    after = walk(client, world)
    changed = {address for address in before if before[address] != after.get(address)}
    assert {"/", "/my-work/", "/findings/", "/recommendations/", "/cases/", "/inspections/"} <= changed


@pytest.mark.parametrize("name", ["otto", "hanna", "clara", "adam"])
def test_a_hidden_id_in_filters_and_bulk_answers_like_a_random_one(name, draft, ines, cleveland, request):
    """Addresses of single records are compared with random ones beside the tables of their routes."""
    client = browser(request.getfixturevalue(name))
    hidden = Recommendation.draft(by=ines, finding=draft, values={"addressee": cleveland, "text": "HIDDEN"})
    events = Event.objects.count()
    asked = [
        ("get", "/recommendations/", "finding", draft),
        ("get", "/recommendations/", "inspection", draft.inspection),
        ("get", "/cases/", "inspection", draft.inspection),
        ("post", "/findings/change/", "pick", draft),
        ("post", "/recommendations/change/", "pick", hidden),
    ]
    for method, path, field, record in asked:
        answers = []
        for public_id in (record.public_id, new_public_id()):
            fields = {field: public_id}
            if method == "post":
                fields |= {"change": "withdraw", "reason": "Why.", "confirm": "1"}
            answers.append(as_read(getattr(client, method)(path, fields), public_id))
        assert answers[0] == answers[1], (path, field)
    assert Event.objects.count() == events


def test_an_agency_is_not_told_of_an_agreed_finding_added_after_publication(
    published, ines, mary, mel, met, missing
):
    """Asked for a comment too late, it reads the same as any other agency that the inspection does not concern."""
    client, address = browser(mel), reverse("accuracy_comment_add", args=[published.public_id])
    before = [as_read(client.get(address)), as_read(client.post(address, {"text": "Wrong."}))]
    logged(published, ines, weakness(met, missing, summary="HIDDEN"), "agreed", reviewer=mary)
    assert [as_read(client.get(address)), as_read(client.post(address, {"text": "Wrong."}))] == before
    assert [said.startswith("(403") for said in before] == [True, True]
