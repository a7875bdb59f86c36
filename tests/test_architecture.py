"""What the code keeps to: imports one way, no drawers, reads through the visibility rule, templates that say what they need."""

import ast
import re
from io import StringIO
from pathlib import Path

from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ["agencies", "inspections", "findings"]  # each may import itself and those before it
MODULES = sorted(path for app in LAYERS for path in (ROOT / app).rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def name_of(path):
    return str(path.relative_to(ROOT))


def tree_of(path):
    return ast.parse(path.read_text(), filename=str(path))


def imported(path):
    """The packages that the module imports, at its top or within functions, by import or by name."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module
        elif isinstance(node, ast.ImportFrom):
            package = path.relative_to(ROOT).parent.parts
            above = package[: len(package) - node.level + 1]
            yield ".".join([*above, *([node.module] if node.module else [])])
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in (
            "import_module",
            "import_string",
            "__import__",
            "get_model",
        ):
            yield from (arg.value for arg in node.args if isinstance(arg, ast.Constant))


def test_imports_go_from_findings_to_inspections_to_agencies():
    upward = []
    for path in MODULES:
        app = path.relative_to(ROOT).parts[0]
        above = {*LAYERS[LAYERS.index(app) + 1 :], "tests", "config"}
        upward += [(name_of(path), name) for name in imported(path) if name.split(".")[0] in above]
    assert not upward


def test_the_check_of_imports_sees_all_kinds(tmp_path):
    path = ROOT / "agencies" / "unwritten.py"
    source = "import findings.models\ndef f():\n    from inspections import x\n    import_module('findings')"

    class Unwritten(type(path)):
        def read_text(self):
            return source

    assert list(imported(Unwritten(path))) == ["findings.models", "inspections", "findings"]


def test_there_are_no_drawers():
    drawers = {
        "utils",
        "util",
        "helpers",
        "common",
        "core",
        "services",
        "mixins",
        "signals",
        "misc",
        "shared",
    }
    assert not [
        name_of(path)
        for path in MODULES
        if drawers & {part.removesuffix(".py") for part in path.relative_to(ROOT).parts}
    ]


def test_every_module_says_what_it_is_for():
    silent = {"urls.py", "apps.py", "__init__.py"}
    assert not [
        name_of(path)
        for path in MODULES
        if path.name not in silent and "migrations" not in path.parts and not ast.get_docstring(tree_of(path))
    ]


def test_migrations_are_up_to_date(db):
    out = StringIO()
    call_command("makemigrations", check=True, dry_run=True, stdout=out)
    assert "No changes" in out.getvalue()


# Reads

HIDDEN_BEFORE_PUBLICATION = {
    "Inspection",
    "Finding",
    "Report",
    "Judgement",
    "Passage",
    "Citation",
    "AccuracyComment",
    "ActionPlan",
    "CaseReferral",
    "Comment",
    "DueDateChange",
    "Evidence",
    "Letter",
    "LocalEscalation",
    "Proposal",
    "Recommendation",
    "Response",
    "Verification",
}
PAGES = [
    path
    for path in MODULES
    if (
        "models" not in path.relative_to(ROOT).parts
        and path.stem.endswith(
            ("views", "forms", "filters", "history", "corrections", "bulk", "choices", "recurrence")
        )
    )
    or {"views", "statistics", "figures", "work"} & set(path.relative_to(ROOT).parts)
]
# known_to: for figures of a day; earlier_versions_for: what published findings said before they were corrected
RULES = {"visible_to", "known_to", "earlier_versions_for", "none"}
# Reads that do not begin with the rule, and why that is right.
WITHOUT_THE_RULE = {
    ("findings/views/findings.py", "_tombstone"): "a rule of its own: withdrawn after publication",
    ("findings/views/agencies.py", "_grades"): "grades of visible, published inspections",
    (
        "findings/views/inspection_steps.py",
        "inspection_step",
    ): "the number of agreed findings, for those at work on it",
    ("findings/views/logging.py", "_sent_again"): "the person's own finding, by their one-time key",
    ("inspections/views.py", "inspection_add"): "the person's own inspection, by their one-time key",
    ("findings/forms.py", "CitationForm.__init__"): "the inspection's own reports",
    (
        "findings/figures/scope.py",
        "Scope.recommendations",
    ): "only of findings that `known_to` gave, issued before the day",
    ("findings/figures/scope.py", "Scope.recommendations_within"): "the same, of the window",
    (
        "findings/recommendation_filters.py",
        "RecommendationFilter.base",
    ): "only of findings that `known_to` gave",
    (
        "findings/recommendation_filters.py",
        "RecommendationFilter.by_measure",
    ): "narrows a list that is visible",
    ("findings/views/letters.py", "letter_add"): "the person's own letter, by their one-time key",
    ("findings/work/following.py", "Dates.rows"): "within recommendations that are visible",
    ("findings/statistics/quality.py", "without_paragraph"): "citations of the findings passed",
    ("findings/statistics/quality.py", "without_citation"): "citations of the findings passed",
}


def reads_without_the_rule(tree):
    """(where, line) of each read of a model that may be hidden which does not begin with a rule."""
    where = {}

    def name_all(node, names):
        for child in ast.iter_child_nodes(node):
            defines = isinstance(child, (ast.FunctionDef, ast.ClassDef))
            inner = [*names, child.name] if defines else names
            where[child] = ".".join(inner)
            name_all(child, inner)

    name_all(tree, [])
    ruled = {node.value for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in RULES}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_base_manager", "_default_manager"):
            model = getattr(node.value, "id", getattr(node.value, "attr", ""))
            if model in HIDDEN_BEFORE_PUBLICATION and node not in ruled:
                yield where[node], node.lineno
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "").startswith("get_"):
            first = node.args[0] if node.args else None
            if getattr(first, "id", "") in HIDDEN_BEFORE_PUBLICATION:
                yield where[node], node.lineno


def test_pages_forms_and_filters_read_through_the_visibility_rule():
    found = [(name_of(path), *read) for path in PAGES for read in reads_without_the_rule(tree_of(path))]
    assert not [read for read in found if read[:2] not in WITHOUT_THE_RULE]
    assert {read[:2] for read in found} == set(WITHOUT_THE_RULE), "an exception that is not needed any more"


def test_the_check_of_reads_sees_what_it_should():
    source = """
def page(request):
    a = Finding.objects.visible_to(request.user).filter(pk=1)
    b = Finding.objects.filter(pk=1)
    c = get_object_or_404(Inspection, pk=1)
    d = models.Report.objects.all()
"""
    assert list(reads_without_the_rule(ast.parse(source))) == [("page", 5), ("page", 4), ("page", 6)]


def test_pages_write_through_verbs():
    """No page, form or filter saves, updates or deletes a row by itself."""
    writes = {
        "save",
        "update",
        "delete",
        "create",
        "bulk_create",
        "bulk_update",
        "get_or_create",
        "update_or_create",
    }
    found = []
    for path in PAGES:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in writes:
                found.append((name_of(path), ast.unparse(node.func)))
    assert found == [("inspections/views.py", "Inspection.create")]  # a verb


# Templates


def test_a_component_begins_by_saying_what_it_needs():
    components = [path for path in TEMPLATES if path.parent.name == "components"]
    assert len(components) > 20
    assert not [name_of(path) for path in components if not re.match(r"\{# .+ #\}", path.read_text())]


# What is not a page: parts of pages, the frame itself, and the errors that must not depend on anything.
NO_PAGES = {"base.html", "bare.html", "500.html", "503.html", "503_read_only.html", "503_too_long.html"}


def test_every_page_stands_in_the_frame_and_is_translated():
    for path in TEMPLATES:
        relative = path.relative_to(ROOT / "templates")
        if relative.parts[0] in ("admin", "components", "django") or "widgets" in relative.parts:
            continue
        if relative.name.startswith("_") or str(relative) in NO_PAGES:
            continue
        first = path.read_text().lstrip()
        assert first.startswith('{% extends "base.html" %}'), relative
        assert re.search(r"\{% load [a-z_ ]*\bi18n\b", first), relative


def test_templates_have_no_inline_scripts_or_styles_and_mark_only_help_texts_as_safe():
    """The policy on content would block the first two; help texts are the developers' own words."""
    for path in TEMPLATES:
        source = path.read_text().replace("help_text|safe", "")
        assert not re.search(r"<script(?![^>]*\bsrc=)", source), path
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", source), path
        assert not re.search(r"\|safe\b|autoescape off", source), path


def test_the_code_marks_no_text_as_safe():
    assert not [name_of(path) for path in MODULES if re.search(r"mark_safe|SafeString", path.read_text())]
