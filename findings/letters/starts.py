"""Where a letter can start from: drafts whose figures and sources are already in their places."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.models import Kind

from ..models import (
    CaseReferral,
    EscalationOutcome,
    Finding,
    Level,
    LocalEscalation,
    Post,
    ReferralOutcome,
    Severity,
)
from ..plan_coverage import coverage_of

# From the most serious.
SEVERITY = [Severity.CRITICAL, Severity.SERIOUS, Severity.MODERATE, Severity.MINOR]


@dataclass(frozen=True)
class Start:
    """Field values of a draft, and the figures that its text holds: (name, code, query, place)."""

    values: dict
    figures: tuple = field(default=())


def police_contribution(scope, *, to_agency, on, **_fields):
    """Patterns of what the police contribute, nationally: the headline, theme by theme, the most serious case."""
    found = _weaknesses(scope)
    worst = _worst(scope, found)
    parts = [
        "# " + _("What inspections found"),
        _(
            "Of the inspections of councils’ children’s services that were published in the twelve months to "
            "%(day)s, {{ serious-weakness }} found at least one serious weakness in what the police did to help and "
            "protect children, and {{ any-weakness }} found a weakness of any severity. Of the forces that these "
            "inspections concern, {{ forces }} have a serious weakness among their findings."
        )
        % {"day": date_format(scope.period.last_day, "j F Y")},
        "# " + _("Theme by theme"),
        _(
            "What joint inspections found is counted apart from the shares above, and named here with the rest."
        ),
        "{{ themes-table }}",
        *_by_theme(scope, found),
    ]
    if worst:
        parts += ["# " + _("The most serious case"), *_case(scope, worst)]
    query = _query(scope)
    return Start(
        values={
            "level": Level.CHIEF_INSPECTOR,
            "from_post": Post.CHIEF_INSPECTOR,
            "to_agency": to_agency,
            "to_post": Post.CHIEF_INSPECTOR,
            "subject": _("The contribution of the police to protecting children"),
            "text": "\n\n".join(parts),
            "asks": "\n".join(
                [
                    _("Consider these findings when forces are inspected next, and tell us which will be."),
                    _("Say what you expect of the forces named, and by when."),
                    _("Share with us what your own inspections found of the same themes."),
                ]
            ),
            "findings": found,
            "reply_due_on": on,
        },
        figures=(
            ("serious-weakness", "serious-weakness", query, 0),
            ("any-weakness", "any-weakness", query, 0),
            ("forces", "forces-with-serious-weakness", query, 0),
            ("themes-table", "themes", query, None),
        ),
    )


def reassurance(scope, *, on, **_fields):
    """One letter for each territorial force, with what inspections found of that force and no other."""
    return [_to_force(scope.of(force=force), on) for force in scope.known.forces.order_by("official_name")]


def _to_force(scope, on):
    found = _weaknesses(scope)
    parts = [
        _(
            "Inspections published in the twelve months to %(day)s found weaknesses in what police forces did to help "
            "and protect children. We write to every chief constable. This is what they found of your force."
        )
        % {"day": date_format(scope.period.last_day, "j F Y")},
    ]
    query = _query(scope)
    figures = (
        ("serious-weakness", "serious-weakness", query, 0),
        ("any-weakness", "any-weakness", query, 0),
    )
    if scope.inspections.counting_in_share().exists():
        parts.append(
            _(
                "Of the inspections of councils’ children’s services that concern your force, {{ serious-weakness }} "
                "found a serious weakness of your force, and {{ any-weakness }} one of any severity."
            )
        )
    else:
        figures = ()
        parts.append(
            _(
                "No graded inspection of councils’ children’s services that concerns your force was published in that "
                "time: we do not take that for a good result."
            )
        )
    parts += (
        _by_theme(scope, found)
        if found
        else [_("No weakness attributed to your force is recorded in these inspections.")]
    )
    return Start(
        values={
            "level": Level.CHIEF_OFFICER,
            "from_post": Post.CHIEF_INSPECTOR,
            "to_agency": scope.force,
            "to_post": Post.COMMISSIONER
            if scope.force.slug in ("metropolitan", "city-of-london")
            else Post.CHIEF_CONSTABLE,
            "subject": _("Request for reassurance about the protection of children"),
            "text": "\n\n".join(parts),
            "asks": "\n".join(
                [
                    _(
                        "Tell us what your force has changed since these inspections, and how you know that it works."
                    ),
                    _(
                        "Say which of these weaknesses are still open, who owns each, and by when it will be closed."
                    ),
                ]
            ),
            "findings": found,
            "reply_due_on": on,
        },
        figures=figures,
    )


def alert(scope, *, to_agency, findings, on, **_fields):
    """Tells another inspectorate of findings that concern bodies which it inspects."""
    lines = "\n".join(f"- {_line(finding)}" for finding in findings)
    parts = [
        _(
            "Our inspections found what follows about bodies that you inspect. We share it so that you can act on it."
        ),
        lines,
        _("The reports are published; each finding opens to its page and paragraph."),
    ]
    return Start(
        values={
            "level": Level.INSPECTORATE,
            "to_agency": to_agency,
            "subject": _("Findings about bodies that you inspect"),
            "text": "\n\n".join(part for part in parts if part),
            "asks": _("Tell us how you will take these findings into account."),
            "findings": findings,
            "reply_due_on": on,
        }
    )


def plan_received(scope, *, plan, **_fields):
    return _about_plan(
        plan,
        scope.known.user,
        on=None,
        subject=_("Your action plan was received"),
        opening=_("We have your action plan “%(title)s” after %(inspection)s. Thank you."),
        asks="",
    )


def plan_returned(scope, *, plan, on, **_fields):
    missed = coverage_of(plan, scope.known.user).missed
    start = _about_plan(
        plan,
        scope.known.user,
        on=on,
        subject=_("Your action plan does not reflect the findings"),
        opening=_(
            "We have read your action plan “%(title)s” after %(inspection)s. It does not reflect the findings."
        ),
        asks=_("Send a plan that answers each recommendation, by the date asked."),
    )
    if missed:
        lines = "\n".join(f"- {found.reference}: {found.text}" for found in missed)
        text = f"{start.values['text']}\n\n{_('It says nothing about these recommendations:')}\n\n{lines}"
        start.values["text"] = text
    return start


def _about_plan(plan, user, *, on, subject, opening, asks):
    about = plan.recommendations().values("finding")
    findings = Finding.objects.visible_to(user).published().filter(pk__in=about).order_by("reference")
    post = Post.DIRECTOR if plan.by_agency.kind == Kind.LOCAL_AUTHORITY else Post.CHIEF_CONSTABLE
    return Start(
        values={
            "level": Level.CHIEF_OFFICER,
            "to_agency": plan.by_agency,
            "to_post": post,
            "subject": subject,
            "text": opening % {"title": plan.title, "inspection": plan.inspection},
            "asks": asks,
            "findings": list(findings),
            "reply_due_on": on,
        }
    )


def answer(scope, *, letter, on, **_fields):
    """A letter back to whoever wrote one."""
    asks = [line.strip() for line in letter.asks.splitlines() if line.strip()]
    parts = [
        _("Thank you for your letter of %(day)s about “%(subject)s”.")
        % {"day": date_format(letter.sent_on, "j F Y"), "subject": letter.subject}
    ]
    if asks:
        parts += [_("You asked:"), "\n".join(f"- {ask}" for ask in asks)]
    return Start(
        values={
            "level": letter.level,
            "from_post": letter.to_post,
            "to_agency": letter.from_agency,
            "to_post": letter.from_post,
            "subject": _("Reply: %(subject)s") % {"subject": letter.subject},
            "text": "\n\n".join(parts),
            "reply_due_on": None,
        }
    )


# What the drafts say


def _query(scope):
    return urlencode([(name, value) for name, value in scope.query.items() if value])


def _weaknesses(scope):
    """Weaknesses of the window that still stand, as they read now, the most serious first."""
    counted = scope.findings_within.weaknesses()
    found = Finding.objects.visible_to(scope.known.user).published().filter(pk__in=counted.standing_for())
    found = found.select_related("attributed_to", "theme__retired_into", "inspection__inspected_agency")
    return sorted(found, key=lambda each: (SEVERITY.index(each.severity), each.reference))


def _by_theme(scope, found):
    """A list for each theme with a serious weakness, the most of them first; each names force and council."""
    grouped = {}
    for each in found:
        if each.is_serious:
            grouped.setdefault(each.theme.counted_with(scope.on), []).append(each)
    parts = []
    for theme, those in sorted(grouped.items(), key=lambda pair: (-len(pair[1]), pair[0].order)):
        parts += [f"## {theme.name}", "\n".join(f"- {_line(each)}" for each in those)]
    return parts


def _line(finding):
    return _("%(agency)s (%(council)s): %(summary)s {{ %(reference)s }}") % {
        "agency": finding.attributed_to.full_name,
        "council": finding.inspection.inspected_agency.name,
        "summary": finding.summary.rstrip(". ") + ".",
        "reference": finding.reference,
    }


def _worst(scope, found):
    """The gravest: where a case was referred back and reopened; else the first of the gravest."""
    reopened = set(_reopened(scope, found).values_list("finding", flat=True))
    return next((each for each in found if each.pk in reopened), found[0] if found else None)


def _case(scope, finding):
    parts = [_line(finding)]
    if finding.severity_rationale:
        parts.append(finding.severity_rationale)
    raised = LocalEscalation.objects.visible_to(scope.known.user).filter(
        inspection=finding.inspection,
        to_agency=finding.attributed_to,
        outcome=EscalationOutcome.INEFFECTIVE,
    )
    if escalation := raised.select_related("by_agency").first():
        words = _("%(agency)s had raised its concerns with the force before, without effect.")
        parts.append(words % {"agency": escalation.by_agency.full_name})
    if _reopened(scope, [finding]).exists():
        parts.append(_("Inspectors referred the case back, and the investigation was opened again."))
    return parts


def _reopened(scope, findings):
    cases = CaseReferral.objects.visible_to(scope.known.user)
    return cases.filter(finding__in=[each.pk for each in findings], outcome=ReferralOutcome.REOPENED)
