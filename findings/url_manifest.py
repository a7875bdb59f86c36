"""Every address of the register: its route, name, methods, arguments, and of what kind of record it is."""

from django.urls import get_resolver

from agencies.admin_site import site
from agencies.middleware import KnownMethods

# What the first argument names, by the first part of the address.
KINDS = {
    "agencies": "agencies.agency",
    "inspections": "inspections.inspection",
    "findings": "findings.finding",
    "recommendations": "findings.recommendation",
    "evidence": "findings.evidence",
    "plans": "findings.actionplan",
    "cases": "findings.casereferral",
    "escalations": "findings.localescalation",
    "letters": "findings.letter",
    "reports": "inspections.report",
    "proposals": "findings.proposal",
    "comments": "findings.comment",
    "views": "findings.savedview",
    "themes": "findings.theme",
}
# Arguments that name a record of another kind, and names of routes that take less than every known method.
FURTHER = {"comment_id": "findings.accuracycomment", "commitment_id": "findings.commitment"}
ONLY = {
    "briefing_file": ["POST"],
    "letter_file": ["POST"],
    "letter_figure_remove": ["POST"],
    "typed_save": ["POST"],
    "sign_out": ["POST"],
    "single_sign_on": ["POST"],
    "single_sign_on_back": ["GET"],
    "autocomplete": ["GET", "HEAD"],
    "jsi18n": ["GET", "HEAD"],
}


def manifest(resolver=None, before="", namespace=""):
    """[{route, name, methods, arguments, object}], in the order in which addresses are looked up.

    `object` is the kind of record that the address is of, the last where it names several; "" where it names none.
    """
    found = []
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            found += manifest(pattern, route, pattern.namespace or namespace)
            continue
        name = pattern.name or ""
        arguments = _arguments(pattern.pattern)
        found.append(
            {
                "route": route,
                "name": f"{namespace}:{name}" if namespace else name,
                "methods": ONLY.get(name, list(KnownMethods.METHODS)),
                "arguments": arguments,
                "object": _of_admin(name) if namespace else _object(route, arguments),
            }
        )
    return found


def _arguments(pattern):
    """{name: what it may be}, as the address writes it."""
    if by := pattern.converters:
        return {
            name: type(converter).__name__.removesuffix("Converter").lower() for name, converter in by.items()
        }
    return dict.fromkeys(pattern.regex.groupindex, "regex")


def _object(route, arguments):
    for name in reversed(arguments):
        if name in FURTHER:
            return FURTHER[name]
    return KINDS.get(route.split("/")[0], "") if arguments else ""


def _of_admin(name):
    """The model whose page in the administration this is."""
    for model in site._registry:
        if name.startswith(f"{model._meta.app_label}_{model._meta.model_name}_"):
            return model._meta.label_lower
    return ""
