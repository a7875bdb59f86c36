"""Nothing with free text is left out: every form is screened or listed with why not, and so is every field of a record."""

import importlib
import pkgutil
import re

import pytest
from django import forms
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.management import call_command

from agencies import second_look
from agencies.admin_site import site
from agencies.models import Agency, Event, Recorded
from agencies.screened import Screened

from .conftest import record_finding, weakness

OURS = ("agencies", "inspections", "findings", "config")

NO_FREE_TEXT = {
    "VersionForm": "what a form carries unseen",
    "SheetForm": "where typed text belongs; the text itself is nobody's but its author's until it is saved",
    "RecordSearchForm": "search words, which are not kept",
    "SearchForm": "search words, which are not kept",
    "CompareForm": "choices in an address",
    "ScopeForm": "choices in an address",
    "PeriodForm": "choices in an address",
    "FigureForm": "choices in an address",
    "KindForm": "choices in an address",
    "SignInForm": "one's own address and password",
    "PasswordAgain": "a password",
    "PasswordForm": "a password",
    "NewPasswordForm": "a password",
    "ForgottenForm": "an e-mail address",
    "AppForm": "a code of six digits",
    "SecondStepForm": "a code",
    "PasskeyForm": "what somebody calls their own device, shown to nobody else",
}
MADE_HERE = {
    "public_id": "drawn by lot",
    "submission_key": "of a form",
    "stored_key": "where a file lies",
    "previous_hash": "computed",
    "hash": "computed",
    "heads_hash": "computed",
    "reads_hash": "computed",
    "subject_type": "the kind of a record",
    "verb": "the name of a verb",
    "route": "the name of a page",
}
# What stands in other tables: the history of the record that it belongs to has its words, and there they are looked at.
PARTS = {
    "Action": "ActionPlan",
    "Citation": "Finding",
    "Response": "Finding",
    "DueDateChange": "Recommendation",
    "Verification": "Recommendation",
    "StatedDate": "Inspection",
    "LetterAnswer": "Letter",
    "Dispute": "Letter",
    "LetterFigure": "Letter",
}
NOT_WRITTEN_HERE = {
    ("Event", "reason"): "looked at with the change that it belongs to",
    ("Tries", "key"): "a digest",
    ("TypedText", "key"): "made up by the page",
    ("TypedText", "path"): "an address",
    ("User", "password"): "a digest",
    ("Inspection", "source"): "said by the files that commands load",
    ("Passage", "paragraph"): "of a published report",
    ("Passage", "text"): "of a published report",
    ("SentReminder", "record"): "which piece of work",
    ("Passage", "part"): "made up by the reader",
    ("Proposal", "text"): "of a published report",
    ("Job", "kind"): "the name of a kind of job",
    ("Job", "claim"): "a random word",
    ("FrozenRow", "kind"): "the kind of a record",
    ("FrozenRow", "key"): "of the record",
}


def subclasses(kind):
    for part in kind.__subclasses__():
        yield part
        yield from subclasses(part)


def our_forms():
    """Every form class of the register, wherever it is defined, and those that the administration makes."""
    importlib.import_module("config.urls")  # whose kinds of argument the addresses of the apps use
    for name in OURS:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            if ".migrations." not in module.name:
                importlib.import_module(module.name)
    return {form for form in subclasses(forms.BaseForm) if form.__module__.split(".")[0] in OURS}


def test_every_form_is_screened_or_listed_with_why_not():
    assert {form.__name__ for form in our_forms() if not issubclass(form, Screened)} == set(NO_FREE_TEXT)


def test_every_page_of_the_administration_that_saves_has_a_screened_form(rf, adam):
    request = rf.get("/")
    request.user, request.session = adam, {}
    checked = 0
    for model_admin in site._registry.values():
        assert not model_admin.list_editable, model_admin
        assert not model_admin.inlines, model_admin
        if isinstance(model_admin, admin.ModelAdmin) and model_admin.has_add_permission(request):
            assert issubclass(model_admin.get_form(request), Screened), model_admin
            checked += 1
    assert checked > 5


def test_text_reaches_records_through_forms_only():
    """No page reads what somebody wrote out of the request itself."""
    read = re.compile(r"POST(?:\.get)?[\[(]\"(\w+)\"")
    named = set()
    for name in OURS:
        for path in (settings.BASE_DIR / name).rglob("*.py"):
            named |= set(read.findall(path.read_text(encoding="utf-8")))
    assert named <= {"version", "held", "next", "shown", "change", "session", "format"}


NO_BOX = {
    "typed_before.html": "lets go of text",
    "opened.html": "ends what was opened",
    "person_confirm.html": "one button",
    "base.html": "signs out",
    "base_site.html": "signs out",
    "passkey_form.html": "a device",
    "single_sign_on.html": "one button",
    "take.html": "buttons",
    "letter_figure_form.html": "buttons, beside choices in an address",
}


def test_every_form_that_is_sent_draws_the_box_or_is_listed_with_why_not():
    without = set()
    for path in (settings.BASE_DIR / "templates").rglob("*.html"):
        source = path.read_text(encoding="utf-8")
        drawn = "components/hidden.html" in source or "components/second_look.html" in source
        if re.search(r'<form[^>]* method="post"', source) and not drawn and path.parent.name != "account":
            without.add(path.name)
    assert without <= set(NO_BOX)


def our_models():
    return [model for name in OURS[:-1] for model in apps.get_app_config(name).get_models()]


def test_every_text_that_people_write_into_a_record_is_looked_at_by_its_verbs_or_listed_with_why_not():
    left_out = set()
    for model in our_models():
        seen = getattr(model, "HISTORY", ()) if issubclass(model, Recorded) else ()
        for field in model._meta.concrete_fields:
            if second_look.is_free_text(field) and field.name not in seen and field.name not in MADE_HERE:
                left_out.add((model.__name__, field.name))
    parts = {(model, field) for model, field in left_out if model in PARTS}
    assert left_out - parts == set(NOT_WRITTEN_HERE)
    assert {model for model, _ in parts} == set(PARTS)


@pytest.mark.parametrize("name", sorted(PARTS))
def test_what_stands_in_other_tables_is_in_the_history_of_its_record(name):
    """So that what is written there passes the same place: the snapshot of the record has its words."""
    owner = next(model for model in our_models() if model.__name__ == PARTS[name])
    assert owner.snapshot is not Recorded.snapshot


# Names that texts may have


def words_asked_about(text):
    return [notice.words for notice in second_look.look_through(text)]


def test_an_agency_is_known_from_the_moment_it_is_added(adam):
    assert words_asked_about("Zedshire Quorn did not attend.") == ["Zedshire Quorn"]
    Agency(
        name="Zedshire Quorn",
        official_name="Vale of Zedshire Quorn",
        slug="zq",
        kind="other",
        short_code="ZQ",
    ).add(by=adam)
    assert words_asked_about("Zedshire Quorn did not attend.") == []
    assert words_asked_about("The Vale of Zedshire Quorn did not attend.") == []


def test_a_text_that_names_nobody_costs_no_query(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert words_asked_about("Cleveland Police did not attend in May.") == []


# The delivered data


def test_what_is_delivered_passes(db):
    """Loading it goes through the verbs, which refuse what nobody has looked at again."""
    call_command("load_reference", verbosity=0)
    assert Event.objects.exists()
    assert not Event.objects.exclude(second_look=None).exists()


def test_a_command_is_refused_what_nobody_looked_at(published, cleveland, strategy):
    with pytest.raises(ValidationError, match="Kayleigh Ramsbottom"):
        record_finding(published, weakness(cleveland, strategy, summary="About Kayleigh Ramsbottom."))
    with pytest.raises(ValidationError, match="is an NHS number"):
        record_finding(published, weakness(cleveland, strategy), [{"page": 3, "quotation": "943 476 5919"}])
    assert record_finding(published, weakness(cleveland, strategy), [{"page": 3, "quotation": "Late."}]).pk


# Small numbers

# Each number that a record keeps. None counts children. One that does brings the rule along: fewer than five are told
# as "fewer than 5" to everybody who is not on the inspection's team, on every page and in every file.
NUMBERS = {
    "version", "at_version", "place", "order", "rank", "subject_id", "sequence", "number",  # which one
    "level",  # of a letter
    "size", "pages", "page", "length", "timescale_length", "minutes", "last_at",  # how long
    "recommendations_printed",  # in a report
    "reads_count",  # rows of a log
    "start", "end", "group",  # of characters; which places say the same
    "about", "tries",  # of a job
}  # fmt: skip
NUMERIC = ("IntegerField", "FloatField", "DecimalField")


def test_no_field_counts_children():
    kept = {
        field.name
        for model in our_models()
        for field in model._meta.concrete_fields
        if field.get_internal_type().endswith(NUMERIC) and not field.primary_key
    }
    assert kept - {"polices"} <= NUMBERS, "Does it count children? Then it brings the rule of small numbers."
