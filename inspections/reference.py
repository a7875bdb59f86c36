"""Reference data: grade scales, frameworks, what they judge and the time they give."""

from .models import Clock, Framework, Grade, GradeScale, JudgementArea


def load(loader):
    scales, columns = "inspections/data/grade_scales.csv", ["scale", "name", "code", "label", "rank"]
    loader.load(
        GradeScale,
        scales,
        columns=columns,
        key=["scale"],
        fields={"scale": "code", "name": "name"},
        repeats=True,
    )
    loader.load(
        Grade,
        scales,
        columns=columns,
        key=["scale", "code"],
        fields={"scale": "scale", "code": "code", "label": "label", "rank": "rank"},
    )
    loader.load(
        Framework,
        "inspections/data/frameworks.csv",
        key=["code"],
        columns=[
            "code",
            "name",
            "inspectorates",
            "valid_from",
            "valid_to",
            "grade_scale",
            "evaluates_partnership",
            "joint",
            "source",
        ],
    )
    loader.load(
        JudgementArea,
        "inspections/data/judgement_areas.csv",
        key=["framework", "code"],
        columns=["framework", "code", "name", "order", "subject_kind"],
    )
    loader.load(
        Clock,
        "inspections/data/clocks.csv",
        key=["framework", "purpose", "valid_from"],
        columns=[
            "framework",
            "purpose",
            "starts_from",
            "length",
            "unit",
            "valid_from",
            "valid_to",
            "source",
        ],
    )
