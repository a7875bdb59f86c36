"""Search: what is found, in which order, what is marked; and that nothing hidden is found, counted or changes anything."""

from datetime import date

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models
from django.db.models.signals import post_migrate
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.public_ids import new_public_id
from agencies.search.index import Matches
from agencies.search.marking import excerpt, marked
from agencies.search.words import Query
from findings.models import Finding
from findings.search_index import FINDINGS as FINDINGS_INDEX
from inspections.models import Passage, Report
from inspections.search_index import PASSAGES

from .browsing import error_summary, page, text
from .conftest import record_finding, record_inspection, weakness
from .states import UNPUBLISHED, logged, moved, planned
from .who_sees_what import (
    FINDINGS,
    PUBLIC,
    SHOWN,
    SIGN_IN,
    as_read,
    outcome,
    sees_finding,
    sees_inspection,
)

ROUTES = {"search"}


def titles(response):
    return [found.text for found in page(response).find_all("h3", class_="app-finding__title")]


@pytest.fixture
def search(signed_in, mel):
    """search(words, **filters): the titles of what Mel of another force finds, in order."""
    client = signed_in(mel)

    def ask(words="", **filters):
        response = client.get(reverse("search"), {"q": words, **filters})
        assert response.status_code == 200
        assert error_summary(response) == []
        return titles(response)

    return ask


@pytest.fixture
def says(published, cleveland, strategy):
    """says(summary, detail): a published finding of 2016 that says it."""
    return lambda summary, detail="": record_finding(
        published, weakness(cleveland, strategy, summary=summary, detail=detail)
    )


@pytest.fixture
def report():
    """report(inspection, *texts): its report, a passage on each page."""

    def record(inspection, *texts):
        number = Report.objects.count()
        values = {"inspection": inspection, "file_name": f"{number}.pdf", "sha256": f"{number:064}"}
        report = Report().add(by=None, values={**values, "title": f"Report {number}", "pages": len(texts)})
        Passage.objects.bulk_create(
            Passage(report=report, order=on, page=on, paragraph=f"{on}.", text=words)
            for on, words in enumerate(texts, 1)
        )
        return report

    return record


# What is found

SAID = "Officers did not attend multi-agency strategy discussions about Ynys Môn’s children, in 2016."


FOUND = [
    "attending", "officer strategy", "STRATEGY", "strateg", "discuss", '"strategy discussions"', "“strategy discussion”",
    "multi-agency", "multi agency", '"attend multi"', "ynys mon", "Ynys Môn's", "the officers of strategy", "officers -sergeants",
    'children "strategy discussions" 2016', "chil", "officers -", '"officers', "officers OR", "officers*", "officers AND NOT",
    "officers & attend", "officers 😀", "officers | ", "(officers",
    "officers!", "officers:*", "'officers'",
]  # fmt: skip


def test_words_are_found_in_any_form(says, search):
    says(SAID)
    assert [words for words in FOUND if search(words) != [SAID]] == []


NOT_FOUND = [
    "sergeants", "officers sergeants", '"discussions strategy"', '"officers attend"', "officers -strategy",
    'officers -"strategy discussions"', "fficers", "off_cers", "NOT sergeants", "NEAR(officers)",
    "summary:officers", "<u>officers</u>", "of*cers",
]  # fmt: skip


def test_words_that_are_not_there_are_not_found(says, search):
    says(SAID)
    assert [words for words in NOT_FOUND if search(words)] == []


def test_the_reference_and_the_detail_are_found_and_why_it_is_severe_is_not(
    published, cleveland, strategy, search
):
    values = weakness(cleveland, strategy, "serious", severity_rationale="Zebras.", detail="It took weeks.")
    found = record_finding(published, values)
    assert search(found.reference) == search("weeks") == [found.summary]
    assert search("zebras") == []


def test_the_nearest_come_first_and_of_those_the_latest_published(
    sif, ofsted, stockton, cleveland, strategy, search
):
    said = {
        "word for word": ("Late police notices.", ""),
        "words": ("Notices by police were late.", ""),
        "word for word in the detail": ("Schools waited.", "Late police notices."),
        "words in the detail": ("Schools were told late.", "Notices by police came after days."),
        "begun": ("Late police noticeboards.", ""),
    }
    days = {"later": date(2018, 1, 2), "earlier": date(2016, 1, 2)}
    # The later published ones are recorded first, those nearest last.
    for name in reversed(said):
        for when, day in days.items():
            inspection = record_inspection(sif, ofsted, stockton, day)
            summary, detail = said[name]
            record_finding(
                inspection, weakness(cleveland, strategy, summary=f"{summary} {when.title()}", detail=detail)
            )
    assert search("late police notice") == [
        f"{summary} {when.title()}" for summary, _detail in said.values() for when in days
    ]


def test_passages_are_found_with_page_and_paragraph_and_lead_to_their_report(
    published, report, says, search, mel, signed_in
):
    says(SAID)
    report(published, "Strategy discussions were held late.", "The council knew.")
    assert search("strategy discussion") == [SAID, "Report 0, page 1, 1."]
    assert search("council knew") == ["Report 0, page 2, 2."]
    assert search("strategy", kind="passages") == ["Report 0, page 1, 1."]
    assert search("strategy", kind="findings") == [SAID]
    assert search("strategy", force="cleveland") == [SAID, "Report 0, page 1, 1."]
    found = page(signed_in(mel).get(reverse("search"), {"q": "council knew"}))
    link = found.find("h3", class_="app-finding__title").find("a")["href"]
    address, _hash, place = link.partition("#")
    assert (
        page(signed_in(mel).get(address)).find("div", id=place).find("p", class_="app-typed").text
        == "The council knew."
    )


def test_it_is_narrowed_by_force_council_framework_and_days(
    sif, jtai, ofsted, stockton, camden, cleveland, met, strategy, report, search
):
    for framework, council, force, day in (
        (sif, stockton, cleveland, date(2016, 8, 5)),
        (jtai, camden, met, date(2018, 3, 1)),
    ):
        inspection = record_inspection(framework, ofsted, council, day)
        record_finding(inspection, weakness(force, strategy, summary=f"Words about {force.name}."))
        report(inspection, f"Words about {council.name}.")
    north = ["Words about Cleveland.", "Report 0, page 1, 1."]
    london = ["Words about Metropolitan.", "Report 1, page 1, 1."]
    assert search("words") == [*london, *north]
    for filters, expected in (
        ({"force": "cleveland"}, north),
        ({"force": "metropolitan"}, london),
        ({"council": stockton.slug}, north),
        ({"framework": "JTAI"}, london),
        ({"published_from": "1/1/2017"}, london),
        ({"published_to": "5/8/2016"}, north),
        ({"published_from": "6/8/2016", "published_to": "28/2/2018"}, []),
        ({"force": "cleveland", "framework": "JTAI"}, []),
    ):
        assert search("words", **filters) == expected, filters


def test_of_very_many_the_latest_are_shown_and_said_so(published, report, mel, signed_in, monkeypatch):
    report(published, *(f"Words {number}." for number in range(1, 6)))
    monkeypatch.setattr("findings.searching.MOST", 4)
    monkeypatch.setattr("findings.views.search.MOST", 4)
    response = signed_in(mel).get(reverse("search"), {"q": "words"})
    assert "More than 4 results" in text(response)
    assert titles(response) == [f"Report 0, page {number}, {number}." for number in (5, 4, 3, 2)]


def test_pages_go_on_where_the_last_ended(published, report, search):
    report(published, *(f"Words {number}." for number in range(1, 24)))
    assert len(search("words")) == 20
    assert search("words", page=2) == [f"Report 0, page {number}, {number}." for number in (3, 2, 1)]


# What is marked


def test_the_words_are_marked_and_the_text_stays_text(says, published, report, mel, signed_in):
    says("Officers <mark>did</mark> not attend & waited.")
    report(published, "Nothing. " * 60 + "An officer\u2019s who attends was <b>late</b>.")
    response = signed_in(mel).get(reverse("search"), {"q": "officers attend"})
    found = [mark.text for mark in page(response).find_all("mark", class_="app-marked")]
    assert found == ["Officers", "attend", "officer", "attends"]
    assert titles(response)[0] == "Officers <mark>did</mark> not attend & waited."
    assert "… Nothing." in text(response)
    assert "&lt;b&gt;late&lt;/b&gt;" in response.content.decode()


@pytest.mark.parametrize(
    ("said", "words", "expected"),
    [
        ("Môn’s children", "mon child", ["Môn", "children"]),
        ("Policing by police", "police", ["Policing", "police"]),
        ("İstanbul is not ﬁne", "istanbul", ["İstanbul"]),
        ("Safeguarding", "safeg", ["Safeguarding"]),
        ("the end", "the", []),
        ("", "police", []),
    ],
)
def test_marks_are_places_in_the_text_as_it_stands(said, words, expected):
    pieces = marked(said, Query.read(words).words)
    assert "".join(piece.text for piece in pieces) == said
    assert [piece.text for piece in pieces if piece.is_marked] == expected


def test_an_excerpt_is_where_most_of_the_words_are():
    said = "Police. " + "Nothing here. " * 100 + "Late notices by police came. " + "Nothing here. " * 100
    pieces = excerpt(said, Query.read("late police notices").words)
    shown = "".join(piece.text for piece in pieces)
    assert "Late notices by police came." in shown
    assert shown[:2] + shown[-2:] == "…  …"
    assert len(shown) < 300


# Who finds what


def test_the_page_is_for_all_who_sign_in(people):
    for name, client in people.items():
        assert outcome(client.get(reverse("search"))) == (SIGN_IN if name == "anonymous" else SHOWN), name


def finders(people, words, title):
    return {
        name
        for name, client in people.items()
        if name != "anonymous" and title in titles(client.get(reverse("search"), {"q": words}))
    }


@pytest.mark.parametrize(("state", "status"), FINDINGS)
def test_findings_are_found_by_those_who_see_them_and_once_withdrawn_by_nobody(
    state, status, people, make, ines, mary, cleveland, strategy
):
    values = weakness(cleveland, strategy, summary="Zebras were seen.")
    found = logged(make(status), ines, values, state, reviewer=mary)
    gone = found.status == "withdrawn"
    expected = {name for name in people if not gone and sees_finding(name, state, status)}
    assert finders(people, "zebra", "Zebras were seen.") == expected


@pytest.mark.parametrize("status", [*UNPUBLISHED, *sorted(PUBLIC)])
def test_passages_are_found_by_those_who_see_the_inspection(status, people, make, report):
    report(make(status), "Zebras were counted.")
    expected = {name for name in people if sees_inspection(name, status)}
    assert finders(people, "zebra", "Report 0, page 1, 1.") == expected


def test_what_is_hidden_changes_no_byte_of_what_others_find(
    people, finding, published, drafting, report, ines, mary, cleveland, strategy, sif, stockton
):
    """Nor the order: how often a word is in what they may not see says nothing."""
    report(published, "Officers did attend.", "Officers, officers, officers.", "Discussions without them.")
    outsiders = ["mel", "colin", "adam", "nobody", "otto"]
    asked = [
        {"q": "officers discussions"},
        {"q": "officers"},
        {"q": "zebra"},
        {"q": "attend -zebra"},
        {"like": finding.public_id},
    ]

    def answers():
        return [as_read(people[name].get(reverse("search"), query)) for name in outsiders for query in asked]

    before = answers()
    hidden = weakness(
        cleveland, strategy, summary="Zebra officers, zebra discussions.", detail="Officers. " * 50
    )
    for state in ("draft", "in_review", "agreed", "withdrawn"):
        logged(drafting, ines, hidden, state, reviewer=mary)
    report(drafting, *["Zebra officers at strategy discussions did not attend."] * 20)
    embargoed = planned(ines, sif, stockton)
    logged(embargoed, ines, hidden, "agreed", reviewer=mary)
    moved(embargoed, "embargoed", mary)
    report(embargoed, *["Zebra officers."] * 20)
    assert answers() == before
    assert len(finders(people, "zebra", hidden["summary"])) > 0


def test_after_a_correction_only_the_words_that_stand_are_found(finding, mary, search):
    values = {name: getattr(finding, name) for name in ("summary", "detail")}
    assert search("attend strategy") == [finding.summary]
    corrected = {**values, "summary": "Sergeants came late."}
    finding.correct(by=mary, values=corrected, citations=[], reason="A slip.")
    assert search("attend strategy") == []
    assert search("sergeants") == ["Sergeants came late."]


# The form


REFUSED_WORDS = [
    ("the of", "Words: Say with at least one word what to look for."), ("-police", "Words: Say with at least one word"),
    ("😀 !", "Words: Say with at least one word"), ("(.*)+$", "Words: Say with at least one word"), ('"', "Words: Say with"),
    ("a\x00b", "Words: Null characters are not allowed."), ("ab " * 11, "Words: Search for at most 10 words."),
    ("a" * 10_000, "Words: Search with at most 200 characters: these are 10000."),
]  # fmt: skip


def test_what_cannot_be_looked_for_is_told_kindly(mel, signed_in, finding):
    client = signed_in(mel)
    for words, said in REFUSED_WORDS:
        response = client.get(reverse("search"), {"q": words})
        assert response.status_code == 200
        assert error_summary(response)[0].startswith(said), words
        assert titles(response) == []


ODD = [
    "שלום עולם", "خدمة", "警察 会议", "\u202eecilop", "é" * 200, "x" * 200, "\ud7ff\ufffd", "a'b\"c", "1 2 3", "٣ officers",
    "ⅷ ² ½", "\u0301\u0301a", "-- --a", '"" "" x', "%s %(x)s {}", "\\' OR 1=1 --", "{summary}: x", "İıſ",
]  # fmt: skip


def test_whatever_is_typed_is_answered(mel, signed_in, finding):
    client = signed_in(mel)
    for words in ODD:
        response = client.get(reverse("search"), {"q": words})
        assert response.status_code == 200, words
        assert titles(response) == [], words


WRONG = [
    {"force": "nowhere"}, {"kind": "letters"}, {"published_from": "tomorrow"}, {"framework": "X"}, {"council": "\x00"},
]  # fmt: skip


def test_a_filter_that_is_not_understood_shows_nothing(mel, signed_in, finding):
    client = signed_in(mel)
    for wrong in WRONG:
        response = client.get(reverse("search"), {"q": "officers", **wrong})
        assert response.status_code == 200
        assert len(error_summary(response)) == 1, wrong
        assert titles(response) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_the_number_of_queries_is_the_same_for_one_and_for_three(
    rows, says, published, report, mel, signed_in
):
    client = signed_in(mel)
    client.get(reverse("search"))
    report(published, *["Officers."] * rows)
    for _row in range(rows):
        says("Officers stayed away.")
    with CaptureQueriesContext(connection) as queries:
        response = client.get(reverse("search"), {"q": "officers"})
    assert len(titles(response)) == 2 * rows
    assert len(queries) == QUERIES


QUERIES = 10


# What is similar


def test_similar_passages_share_three_of_its_words_and_the_nearest_comes_first(
    finding, published, report, mel, signed_in, strategy, met
):
    client = signed_in(mel)
    report(
        published,
        "Officers attend strategy meetings.",
        "Officers seldom attend strategy discussions.",
        "Officers attend.",
        "The weather was fine.",
    )
    link = page(client.get(finding.get_absolute_url())).find_all("a")
    address = next(a["href"] for a in link if a.text == "Find similar passages")
    assert titles(client.get(address)) == ["Report 0, page 2, 2.", "Report 0, page 1, 1."]
    other = record_finding(
        published, weakness(met, strategy, summary="Officers attended discussions on strategy.")
    )
    found = client.get(reverse("search"), {"like": finding.public_id, "kind": "findings"})
    assert titles(found) == [other.summary]
    narrowed = {"like": finding.public_id, "kind": "findings", "force": "cleveland"}
    assert titles(client.get(reverse("search"), narrowed)) == []


def test_what_is_like_a_hidden_finding_is_like_nothing(draft, finding, people):
    for name in ("mel", "otto", "nobody"):
        hidden, none = (
            as_read(people[name].get(reverse("search"), {"like": public_id}), public_id)
            for public_id in (draft.public_id, new_public_id())
        )
        assert hidden == none, name
    assert titles(people["ines"].get(reverse("search"), {"like": draft.public_id})) == []
    assert error_summary(people["ines"].get(reverse("search"), {"like": draft.public_id})) == []


# The index


def found_in(index, model, words):
    return set(model._base_manager.filter(Matches(index, Query.read(words))).values_list("pk", flat=True))


def test_the_index_follows_every_way_of_writing(published, report, finding):
    own = report(published, "Zebras.", "Lions.")
    first, second = own.passages.order_by("page")
    assert found_in(PASSAGES, Passage, "zebra") == {first.pk}
    Passage.objects.filter(pk=second.pk).update(text="Zebras and lions.")
    assert found_in(PASSAGES, Passage, "zebra") == {first.pk, second.pk}
    first.text = "Tigers."
    first.save()
    Passage.objects.bulk_update([Passage(pk=second.pk, text="Bears.")], ["text"])
    assert found_in(PASSAGES, Passage, "zebra") == found_in(PASSAGES, Passage, "lions") == set()
    own.passages.all().delete()
    assert found_in(PASSAGES, Passage, "tigers") == found_in(PASSAGES, Passage, "bears") == set()
    assert found_in(FINDINGS_INDEX, Finding, "strategy") == {finding.pk}


def test_a_text_without_end_is_saved_and_its_beginning_found(published, report):
    words = " ".join(f"w{number}ord" for number in range(150_000))
    own = report(published, words, "𐌀 " * 200_000)
    assert found_in(PASSAGES, Passage, "w7ord") == {own.passages.get(page=1).pk}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("index", "model"), [(PASSAGES, Passage), (FINDINGS_INDEX, Finding)])
def test_the_index_is_taken_away_and_made_again(index, model, published, report, finding):
    report(published, "Strategy.")
    before = found_in(index, model, "strategy")
    assert len(before) == 1
    index.remove(connection)
    index.install(connection)
    assert found_in(index, model, "strategy") == before


@pytest.mark.django_db(transaction=True)
def test_the_index_outlives_a_table_that_is_built_anew(published, report):
    """SQLite does so to alter a column; what is written before the migrations have ended is found afterwards."""
    report(published, "Zebras.")
    was = Passage._meta.get_field("paragraph")
    longer = models.CharField(max_length=was.max_length + 1)
    longer.set_attributes_from_name("paragraph")
    longer.model = Passage
    try:
        with connection.schema_editor() as editor:
            editor.alter_field(Passage, was, longer)
        report(published, "More zebras.")
        post_migrate.send(
            sender=apps.get_app_config("inspections"),
            app_config=apps.get_app_config("inspections"),
            using="default",
        )
        report(published, "Still more zebras.")
        assert len(found_in(PASSAGES, Passage, "zebras")) == 3
    finally:
        with connection.schema_editor() as editor:
            editor.alter_field(Passage, longer, was)
        call_command("migrate", verbosity=0)
