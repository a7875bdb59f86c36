"""A register filled at random, the same for the same seed: for counting things in a second, slower way."""

import random
from datetime import date, timedelta

from agencies.models import Kind, Nation, Policing
from findings.models import Finding, Theme
from inspections.models import Framework, Grade, Inspection, JudgementArea

from . import random_follow_up
from .conftest import agency, record_finding, record_inspection

DAYS = [
    date(2015, 3, 31),
    date(2015, 12, 31),
    date(2016, 1, 1),
    date(2016, 8, 5),
    date.today() - timedelta(200),
    None,
]
KINDS = [
    "strength",
    "area_for_improvement",
    "weakness",
    "weakness",
    "priority_action",
    "cause_of_concern",
    "observation",
]
SEVERITIES = ["minor", "moderate", "serious", "critical"]
WORDS = ["strategy", "late", "100% of checks", "under_score", "Ψ"]


def follow_up(dice, finding, agencies):
    """A chain of recommendations of the finding, on days since its publication."""
    start, today = finding.inspection.published_on, date.today()
    days = [start + timedelta(dice.randrange((today - start).days)) for _day in range(20)]
    for chain in random_follow_up.chains(dice, days)[:1]:
        random_follow_up.take(finding, chain, agencies, today)


def fill(
    seed, *, ofsted, hmicfrs, cleveland, met, stockton, camden, sif, jtai, strategy, missing, ines, mary
):
    """12 published inspections and 5 under way, with some 60 findings in every status."""
    dice = random.Random(seed)
    special = agency("BTP", Kind.POLICE_FORCE, "BTP", official_name="British Transport Police", special=True)
    gwent = agency("Gwent", Kind.POLICE_FORCE, "GWEN", official_name="Gwent Police", nation=Nation.WALES)
    moved = agency("Moved", Kind.LOCAL_AUTHORITY, "MOV", official_name="Moved Council", region="London")
    Policing(force=cleveland, authority=moved, valid_to=date(2015, 12, 31)).add(by=None)
    Policing(force=met, authority=moved, valid_from=date(2016, 1, 1)).add(by=None)
    merged = Theme(code="merged", name="Merged theme", definition="Old.").add(by=None)
    retired = Theme(code="retired", name="Retired theme", definition="Old.").add(by=None)
    peel = Framework(code="PEEL", name="PEEL", grade_scale=sif.grade_scale).add(
        by=None, values={"inspectorates": [hmicfrs]}
    )
    JudgementArea(framework=peel, code="overall-effectiveness", name="Overall", order=1).add(by=None)
    grades = list(Grade.objects.order_by("rank"))
    councils, forces = [stockton, camden, moved], [cleveland, met, special, gwent]
    inspections = []
    for _number in range(12):
        framework = dice.choice([sif, sif, sif, jtai, peel])
        inspected = dice.choice(forces if framework == peel else councils)
        published_on = dice.choice(DAYS)
        last = (
            published_on - timedelta(dice.choice([0, 1, 40]))
            if published_on and dice.random() < 0.7
            else None
        )
        inspection = record_inspection(
            framework,
            hmicfrs if framework == peel else ofsted,
            inspected,
            published_on,
            fieldwork_to=last,
            coverage=dice.choice(["all", "police", "grades", "none"]),
            team=dice.choice([[], [ines]]),
        )
        areas = list(framework.areas.all())
        inspection.judge(
            by=None,
            judgements=[
                (area, inspected, dice.choice([*grades, None])) for area in areas if dice.random() < 0.8
            ],
        )
        if dice.random() < 0.2:
            inspection.move("close", by=None)
        inspections.append(inspection)
    under_way = []
    for number in range(5):
        inspection = Inspection.create(
            by=dice.choice([ines, mary]),
            values={
                "framework": dice.choice([sif, jtai]),
                "inspected_agency": dice.choice(councils),
                "fieldwork_to": dice.choice(DAYS),
            },
        )
        for verb in ["start_fieldwork", "start_drafting", "send_for_factual_accuracy", "embargo"][
            : dice.randrange(5)
        ]:
            inspection.move(verb, by=mary)
        if number == 0:
            inspection.move("pause", by=mary, reason="Waiting")
        under_way.append(inspection)

    def values():
        kind = dice.choice(KINDS)
        severity = dice.choice(SEVERITIES) if kind not in ("strength", "observation") else ""
        return {
            "finding_type": kind,
            "severity": severity,
            "severity_rationale": "Because." if severity in ("serious", "critical") else "",
            "attributed_to": dice.choice([*forces, *councils]),
            "with_partners": dice.random() < 0.3,
            "systemic": dice.random() < 0.3,
            "theme": dice.choice([strategy, missing, merged, retired]),
            "summary": f"A finding, {dice.choice(WORDS)}.",
        }

    for inspection in inspections:
        for _number in range(dice.randrange(6)):
            finding = record_finding(inspection, values())
            if inspection.published_on and not finding.is_strength and dice.random() < 0.3:
                follow_up(dice, finding, [cleveland, met, stockton, camden])
            if dice.random() < 0.1:
                other = {**values(), "finding_type": "weakness", "severity": "moderate"}
                finding.correct(by=mary, values=other, citations=[], reason="Misread")
            if dice.random() < 0.15:
                finding.move("withdraw", by=mary, reason="Wrong")
    for inspection in [*under_way, *inspections[:3]]:
        for _number in range(dice.randrange(5)):
            finding = Finding.log(by=dice.choice([ines, mary]), inspection=inspection, values=values())
            for verb in ["submit", "agree"][: dice.randrange(3)]:
                finding.move(verb, by=None)
            if dice.random() < 0.15:
                finding.move("withdraw", by=mary, reason="Wrong")
    merged.retire(by=None, reason="Merged", into=strategy)
    retired.retire(by=None, reason="No longer used")
