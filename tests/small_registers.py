"""Small registers at the edges: days around windows, changes of policing, scales and themes, late publication.

`edges()` makes the bodies, frameworks and themes; the strategy `filled()` says what stands in them, as plain
values; `fill()` writes these rows past the verbs, which would date everything today.
"""

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from hypothesis import strategies as st

from agencies.models import Kind, Nation, Policing, Succession
from agencies.public_ids import new_public_id
from findings.models import Citation, Finding, Theme
from inspections.models import Framework, Grade, GradeScale, Inspection, Judgement, JudgementArea

from . import random_follow_up
from .conftest import agency

DAYS_ASKED = [
    date(2016, 2, 29),
    date(2016, 3, 1),
    date(2016, 4, 1),
    date(2016, 9, 1),
    date(2016, 10, 17),
    date(2017, 2, 28),
    date(2019, 2, 28),
    date(2019, 3, 1),
]
# Publication: the edges of windows, of 24 and of 36 months before the days asked; a change of policing.
DAYS = [
    date(2013, 2, 27),
    date(2013, 2, 28),
    date(2013, 3, 1),
    date(2014, 2, 28),
    date(2014, 3, 1),
    date(2015, 2, 28),
    date(2015, 3, 1),
    date(2015, 3, 31),
    date(2015, 4, 1),
    date(2015, 8, 31),
    date(2015, 9, 1),
    date(2015, 12, 31),
    date(2016, 1, 1),
    date(2016, 2, 28),
    date(2016, 2, 29),
    date(2016, 3, 1),
    date(2016, 10, 16),
    date(2016, 10, 17),
    date(2017, 2, 28),
]
# Of follow-up: also around three, six, twelve and twenty-four months and sixty days before the days asked.
STEP_DAYS = sorted(
    {
        *DAYS,
        *(
            day - timedelta(before + off)
            for day in DAYS_ASKED[1::2]
            for before in (0, 60, 90, 182, 365, 731)
            for off in (-1, 0, 1)
        ),
        date(2016, 11, 30),
        date(2018, 5, 1),
    }
)
TYPES = ["weakness", "area_for_improvement", "strength", "observation"]
SEVERITIES = ["minor", "serious", "critical"]
FORCES = ["a", "b", "special", "closed"]
COUNCILS = ["open", "moved", "late", "welsh"]
THEMES = ["kept", "merged", "merged-before", "retired", "other"]


@dataclass(repr=False)
class Edges:
    agencies: dict
    frameworks: dict
    themes: dict
    grades: dict  # {scale: [grades, best first]}


def edges():
    """Forces a and b and their councils; Ofsted, HMIC and HMICFRS; themes merged and retired on 1 March 2016."""
    england = {"nation": Nation.ENGLAND}
    agencies = {
        "ofsted": agency("Ofsted", Kind.INSPECTORATE, "OFS"),
        "hmic": agency("HMIC", Kind.INSPECTORATE, "HMIC"),
        "hmicfrs": agency("HMICFRS", Kind.INSPECTORATE, "HMFR"),
        "a": agency("A", Kind.POLICE_FORCE, "A", official_name="A Police", **england),
        "b": agency("B", Kind.POLICE_FORCE, "B", official_name="B Police", **england),
        "special": agency("Special", Kind.POLICE_FORCE, "S", official_name="Special Police", special=True),
        "closed": agency(
            "Closed", Kind.POLICE_FORCE, "C", official_name="Closed Police", closed_on=date(2016, 2, 29)
        ),
        "open": agency("Open", Kind.LOCAL_AUTHORITY, "O", **england),
        "moved": agency("Moved", Kind.LOCAL_AUTHORITY, "M", **england),
        "late": agency("Late", Kind.LOCAL_AUTHORITY, "L", opened_on=date(2016, 3, 1), **england),
        "welsh": agency("Welsh", Kind.LOCAL_AUTHORITY, "W", nation=Nation.WALES),
        "board": agency("Board", Kind.SAFEGUARDING_PARTNERSHIP, "BO"),
    }
    Succession(predecessor=agencies["hmic"], successor=agencies["hmicfrs"], on=date(2017, 7, 19)).add(by=None)
    for force, authority, valid_from, valid_to in [
        ("a", "open", None, None),
        ("a", "moved", None, date(2015, 12, 31)),
        ("b", "moved", date(2016, 1, 1), None),
        ("b", "late", date(2016, 3, 1), None),
        ("closed", "welsh", date(2013, 3, 1), date(2016, 2, 29)),
    ]:
        Policing(
            force=agencies[force], authority=agencies[authority], valid_from=valid_from, valid_to=valid_to
        ).add(by=None)
    four = GradeScale(code="four", name="Four grades").add(by=None)
    five = GradeScale(code="five", name="Five grades").add(by=None)
    labels = ["outstanding", "good", "adequate", "requires-improvement", "inadequate"]
    grades = {
        scale.code: [
            Grade(scale=scale, code=code, label=code.title(), rank=rank).add(by=None)
            for rank, code in enumerate([c for c in labels if scale == five or c != "adequate"], 1)
        ]
        for scale in (four, five)
    }
    frameworks = {}
    for code, scale, partnership, joint, questions in [
        ("SIF", four, True, False, ["overall-effectiveness", "help-and-protection"]),
        ("JTAI", None, False, True, []),
        ("PEEL", four, False, False, ["overall-effectiveness", "protecting-vulnerable-people"]),
        ("PEEL21", five, False, False, ["protecting-vulnerable-people"]),
    ]:
        frameworks[code] = Framework(
            code=code, name=code, grade_scale=scale, evaluates_partnership=partnership, joint=joint
        ).add(by=None)
        for order, question in enumerate(questions, 1):
            JudgementArea(framework=frameworks[code], code=question, name=question, order=order).add(by=None)
    themes = {
        code: Theme(code=code, name=code.title(), definition=code, order=order).add(by=None)
        for order, code in enumerate(THEMES)
    }
    day = date(2016, 3, 1)
    themes["merged-before"].retire(by=None, reason="Merged", into=themes["merged"], on=date(2015, 3, 1))
    themes["merged"].retire(by=None, reason="Merged", into=themes["kept"], on=day)
    themes["retired"].retire(by=None, reason="Not used", on=day)
    return Edges(agencies, frameworks, themes, grades)


# What stands in a register, as plain values


def _here(dice):
    """On which day it became public by a step here; None, mostly: it was public before."""
    return dice.choice(DAYS) if dice.random() < 0.25 else None


def a_finding(dice, published_on):
    days = [day for day in STEP_DAYS if published_on is None or day >= published_on]
    return {
        "finding_type": dice.choice(["weakness", *TYPES]),
        "severity": dice.choice(SEVERITIES),
        "about": dice.choice(["a", "b", *FORCES, "open"]),
        "theme": dice.choice(THEMES),
        "here": _here(dice),
        "withdrawn": dice.choice(DAYS) if dice.random() < 0.25 else None,
        "never_published": dice.random() < 0.1,
        "reason": dice.random() < 0.5,
        "cited": dice.choice([[], ["16"], [""], ["", "17"]]),
        "link": dice.randrange(100),
        "corrected": [
            (day, dice.choice(TYPES), dice.choice(SEVERITIES), dice.choice(["a", "b", "open"]))
            for day in sorted(dice.choice(DAYS) for _correction in range(dice.choice([0, 0, 0, 1, 2])))
        ],
        "chains": random_follow_up.chains(dice, days),
    }


def an_inspection(dice):
    published_on = dice.choice(DAYS) if dice.random() < 0.9 else None
    return {
        "framework": dice.choice(["SIF", "SIF", "JTAI", "PEEL", "PEEL21"]),
        "council": dice.choice(COUNCILS),
        "force": dice.choice(FORCES),
        "lead": dice.choice(["hmic", "hmicfrs"]),
        "with": dice.sample(["a", "b", "open"], dice.randrange(3)),
        "published_on": published_on,
        "days": dice.choice([None, 0, 1, 62]),
        "here": _here(dice),
        "status": dice.choice(["published"] * 6 + ["closed", "embargoed"]),
        "coverage": dice.choice(["all", "police", "police", "grades", "none"]),
        "cycle": dice.choice(["", "PEEL 2015", "PEEL 2016"]),
        "grades": [dice.choice([None, 0, 1, 2, 3, 4]) for _area in range(dice.randrange(3))],
        "board": dice.random() < 0.5,
        "findings": [a_finding(dice, published_on) for _finding in range(dice.randrange(5))],
        "letters": [random_follow_up.a_letter(dice, STEP_DAYS) for _letter in range(dice.randrange(2))],
        "cases": [random_follow_up.a_case(dice, STEP_DAYS) for _case in range(dice.randrange(3))],
    }


def filled(most):
    """Up to so many inspections, by a die from a seed: hypothesis' own choices are mostly small and alike."""

    def draw(seed):
        dice = random.Random(seed)
        return [an_inspection(dice) for _inspection in range(dice.randrange(most + 1))]

    return st.integers(0, 2**32).map(draw)


# Into the database


def _moment(day, hour=23):
    return timezone.make_aware(datetime.combine(day, time(hour, 30))) if day else None


def _rows(model):
    return QuerySet(model)  # a plain one: that of the model refuses to write without an event


def fill(world, inspections):
    """Writes the rows. A day of publication here or of a withdrawal is its last half hour, in summer another UTC day."""
    before = _moment(date(2012, 1, 1))
    for number, told in enumerate(inspections, 1):
        framework = world.frameworks[told["framework"]]
        of_force = framework.code.startswith("PEEL")
        inspected = world.agencies[told["force" if of_force else "council"]]
        public = told["status"] != "embargoed"
        published_on = told["published_on"]
        last = published_on - timedelta(told["days"]) if published_on and told["days"] is not None else None
        inspection = Inspection(
            framework=framework,
            reference=f"R-{number}" if public else None,
            lead_inspectorate=world.agencies[told["lead"] if of_force else "ofsted"],
            inspected_agency=inspected,
            published_on=published_on,
            published_at=(_moment(told["here"]) or before) if public else None,
            published_here=public and told["here"] is not None,
            fieldwork_to=last,
            status=told["status"],
            coverage=told["coverage"],
            cycle=told["cycle"] if of_force else "",
        )
        _rows(Inspection).bulk_create([inspection])
        if framework.joint:
            inspection.participating_agencies.add(*(world.agencies[slug] for slug in told["with"]))
        _judge(world, inspection, told)
        found = [
            _find(world, inspection, finding, place, public, before)
            for place, finding in enumerate(told["findings"], 1)
        ]
        _follow_up(world, inspection, told, found)


def _follow_up(world, inspection, told, found):
    """Recommendations of what was published, letters, cases. Published inspections without a date have none."""
    agencies = [world.agencies[slug] for slug in [*FORCES, *COUNCILS]]
    random_follow_up.write_letters(told["letters"], world.agencies["ofsted"], agencies)
    random_follow_up.write_cases(told["cases"], inspection, found, agencies)
    if inspection.published_on is None:
        return
    for finding, of_it in zip(found, told["findings"], strict=True):
        if finding.reference:
            for chain in of_it["chains"]:
                random_follow_up.write(finding, chain, agencies)


def _judge(world, inspection, told):
    scale = inspection.framework.grade_scale
    if scale is None:
        return
    grades = world.grades[scale.code]
    judgements = []
    for area, grade in zip(inspection.framework.areas.order_by("order"), told["grades"], strict=False):
        given = grades[grade % len(grades)] if grade is not None else None
        subject = inspection.inspected_agency
        if told["board"] and area.order == 2 and not subject.is_force:
            subject = world.agencies["board"]
        judgements.append(Judgement(inspection=inspection, area=area, subject=subject, grade=given))
    Judgement.objects.bulk_create(judgements)


def _find(world, inspection, told, place, public, before):
    withdrawn = told["withdrawn"]
    never = told["never_published"] or not public
    status = "withdrawn" if withdrawn else "agreed" if never else "published"
    weak = told["finding_type"] in ("weakness", "area_for_improvement")
    serious = weak and told["severity"] != "minor"
    finding = Finding(
        inspection=inspection,
        reference=None if never else f"{inspection.reference}-{place}",
        finding_type=told["finding_type"],
        severity=told["severity"] if weak else "",
        severity_rationale="Children waited." if serious or (weak and told["reason"]) else "",
        attributed_to=world.agencies[told["about"]],
        theme=world.themes[told["theme"]],
        summary="Words.",
        status=status,
        published_at=None if never else _moment(told["here"]) or before,
        published_here=not never and told["here"] is not None,
        withdrawn_at=_moment(withdrawn),
        recurrence_of=_earlier(inspection, told["link"]) if told["reason"] else None,
    )
    _rows(Finding).bulk_create([finding])
    _cite(finding, told)
    if status == "published" or (withdrawn and not never):
        _correct(world, finding, told, withdrawn)
    return finding


def _earlier(inspection, number):
    """One of the first findings of other inspections, so that several are linked to the same one."""
    others = Finding.objects.filter(version_of=None).exclude(inspection=inspection).order_by("pk")[:3]
    return random_follow_up.one_of(list(others), number) if others else None


def _correct(world, finding, told, withdrawn):
    """Keeps what it said before each correction: the days of the corrections lie before a withdrawal."""
    corrected_at = None
    for number, (day, finding_type, severity, about) in enumerate(told["corrected"], 1):
        if withdrawn and day > withdrawn:
            continue
        weak = finding_type in ("weakness", "area_for_improvement")
        earlier = Finding.objects.get(pk=finding.pk)
        earlier.pk, earlier._state.adding = None, True
        earlier.public_id, earlier.reference = new_public_id(), f"{finding.reference}.v{number}"
        earlier.finding_type, earlier.severity = finding_type, severity if weak else ""
        earlier.severity_rationale = "Children waited." if weak else ""
        earlier.attributed_to = world.agencies[about]
        earlier.status, earlier.withdrawn_at = "corrected", None
        earlier.version_of, earlier.corrected_at = finding, corrected_at
        earlier.replaced_at = corrected_at = _moment(day, hour=22 + number % 2)
        _rows(Finding).bulk_create([earlier])
        _cite(earlier, told)
    _rows(Finding).filter(pk=finding.pk).update(corrected_at=corrected_at)


def _cite(finding, told):
    Citation.objects.bulk_create(
        Citation(finding=finding, page=1, order=order, paragraph=paragraph)
        for order, paragraph in enumerate(told["cited"])
    )
