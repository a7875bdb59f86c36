"""Reports are read: what they say of their inspection, and their paragraphs, page by page.

The reports are made here, in the shapes of the frameworks; where the environment names a folder of published ones
(REPORTS_FOLDER), some of those are read as well.
"""

import os
from pathlib import Path

import pytest
from django.core.management import call_command

from inspections.gazetteer import of_register
from inspections.reading import Gazetteer, Unreadable, read_file
from inspections.reading.dates import dates_in
from tests.pdf_writing import Sheets


def facts(report):
    return {fact.name: fact.value for fact in report.facts}


def by_label(report):
    return {paragraph.label: paragraph for paragraph in report.paragraphs}


def cover_of_sif(sheets, council="Cornwall Council", dates="Inspection date: 11 April 2016 – 6 May 2016"):
    sheets.line(council, size=26)
    sheets.line("Inspection of services for children in need of help and", size=14, bold=True, gap=30)
    sheets.line("protection, children looked after and care leavers", size=14, bold=True)
    sheets.line("and", size=14, gap=23)
    sheets.line(
        "Review of the effectiveness of the Local Safeguarding Children Board", size=14, bold=True, gap=23
    )
    sheets.line(dates, size=14, gap=23)
    sheets.line("Report published: 27 June 2016", size=14, gap=23)
    sheets.line("Children’s services in Fairshire are inadequate", size=14, bold=True, gap=40)
    for text, grade, left in (
        ("1. Children who need help and protection", "Requires improvement", 72),
        ("2.1 Adoption performance", "Good", 119),
        ("2.2 Experiences and progress of care leavers", "Outstanding", 119),
        ("3. Leadership, management and governance", "Inadequate", 72),
    ):
        sheets.line(text, left, gap=27)
        sheets.put(grade, 388, sheets.at)
        if left == 72 and text.startswith("1"):
            # A row over two lines, its grade set beside the middle of both.
            sheets.line("2. Children looked after and achieving", gap=27, bold=True)
            sheets.put("Good", 388, sheets.at - 7.2)
            sheets.line("permanence", 90, bold=True)


@pytest.fixture
def sif(tmp_path):
    sheets = Sheets()
    cover_of_sif(sheets)
    sheets.new_page()
    sheets.heading("Executive summary")
    sheets.paragraph(
        "Leaders in this area know what their services do well and what they do badly, and have",
        "made plans that say who is to do what. Not all partners have kept to these plans, and the",
        "board has not asked them why.",
    )
    sheets.new_page()
    sheets.heading("Recommendations")
    sheets.paragraph(
        "Make sure that social workers and police meet", "before decisions are made.", number="1."
    )
    sheets.paragraph("Improve records by:", number="2.")
    sheets.bullet("writing them at once", left=100)
    sheets.bullet("reading them again", left=100)
    sheets.heading("The experiences and progress of children who need help and protection")
    sheets.heading("Inspection findings", size=12)
    sheets.paragraph("Officers come late to meetings in the well-", "run office of the council.", number="3.")
    sheets.at = 140
    sheets.paragraph("Checks take three weeks, which is too", number="4.")
    sheets.put("3", 72, 30, size=20)
    sheets.put("1", 72, 72, size=6.5)
    sheets.put("A register of concerns that the force keeps.", 78, 68, size=10)
    sheets.new_page()
    sheets.line("long for children who wait.", 100)
    sheets.heading("The Local Safeguarding Children Board (LSCB)", size=16)
    sheets.heading("The Local Safeguarding Children Board requires improvement")
    sheets.heading("Inspection findings – the Local Safeguarding Children Board")
    sheets.paragraph("The board meets four times a year.", number="5.")
    sheets.heading("Information about this inspection", size=16)
    sheets.paragraph("Lead inspector: Mary Ann O’Neill HMI")
    return read_file(sheets.save(tmp_path / "report.pdf"))


def test_facts_of_a_single_inspection(sif):
    assert facts(sif) == {
        "framework": "SIF",
        "local_authority": "cornwall-council",
        "police_force": "devon-and-cornwall",
        "start_date": "2016-04-11",
        "end_date": "2016-05-06",
        "published_date": "2016-06-27",
        "judgement:overall-effectiveness": "inadequate",
        "judgement:help-and-protection": "requires-improvement",
        "judgement:looked-after-and-permanence": "good",
        "judgement:adoption": "good",
        "judgement:care-leavers": "outstanding",
        "judgement:leadership": "inadequate",
        "judgement:lscb-effectiveness": "requires-improvement",
        "lead_inspector": "Mary Ann O’Neill",
        "recommendations": "2",
    }
    assert not sif.notes
    assert {fact.name: fact.page for fact in sif.facts}["judgement:lscb-effectiveness"] == 4


def test_paragraphs_of_a_single_inspection(sif):
    told = [(p.label, p.part, p.page) for p in sif.paragraphs]
    assert told == [
        ("summary", "summary", 2),
        ("recommendation 1", "recommendation", 3),
        ("recommendation 2", "recommendation", 3),
        ("3", "body", 3),
        ("4", "body", 3),
        ("footnote", "footnote", 3),
        ("5", "board", 4),
        ("about", "about", 4),
    ]
    labelled = by_label(sif)
    assert (
        labelled["recommendation 2"].text == "Improve records by:\nwriting them at once\nreading them again"
    )
    assert labelled["3"].text == "Officers come late to meetings in the well-run office of the council."
    assert labelled["3"].headings == (
        "The experiences and progress of children who need help and protection",
        "Inspection findings",
    )
    late = labelled["4"]
    assert late.text == "Checks take three weeks, which is too long for children who wait."
    assert (late.page_at(0), late.page_at(late.text.index("long"))) == (3, 4)
    assert labelled["footnote"].text == "A register of concerns that the force keeps."


@pytest.fixture
def earlier_sif(tmp_path):
    """As printed until 2015: another sentence for the overall grade, grades over two lines, unnumbered lists."""
    sheets = Sheets()
    sheets.line("Medway", size=26)
    sheets.line("Inspection of services for children in need of help and", size=14, bold=True, gap=30)
    sheets.line("protection, children looked after and care leavers", size=14, bold=True)
    sheets.line("Inspection dates: 3 – 25 March 2015", size=14, gap=23)
    sheets.line("Report published: 13 May 2015", size=14, gap=23)
    sheets.line("The overall judgement is that children’s services require", size=14, bold=True, gap=40)
    sheets.line("improvement", size=14, bold=True)
    for text, left in (
        ("1. Children who need help and protection", 72),
        ("2. Children looked after and achieving permanence", 72),
        ("2.1 Adoption performance", 119),
        ("2.2 Experiences and progress of care leavers", 119),
        ("3. Leadership, management and governance", 72),
    ):
        sheets.line(text, left, gap=34)
        sheets.put("Requires", 400, sheets.at + 7)
        sheets.put("Improvement", 400, sheets.at - 7)
    sheets.new_page()
    sheets.heading("The local authority", size=16)
    sheets.heading("Summary of findings")
    sheets.paragraph(
        "Services have been slow to change, and children have waited for help that they should have had."
    )
    sheets.heading("What does the local authority need to improve?")
    sheets.bullet("Answer the telephone at night.")
    sheets.bullet("Answer it by day.")
    return read_file(sheets.save(tmp_path / "report.pdf"))


def test_a_single_inspection_of_the_first_years(earlier_sif):
    told = facts(earlier_sif)
    assert told["local_authority"] == "medway-council"
    assert told["police_force"] == "kent"
    assert (told["start_date"], told["end_date"]) == ("2015-03-03", "2015-03-25")
    grades = {name: value for name, value in told.items() if name.startswith("judgement:")}
    assert len(grades) == 6
    assert set(grades.values()) == {"requires-improvement"}
    assert told["recommendations"] == "2"
    assert "lead_inspector" not in told
    assert len([note for note in earlier_sif.notes if "board" in note or "lead inspector" in note]) == 2
    assert [p.label for p in earlier_sif.paragraphs if p.part == "recommendation"] == [
        "recommendation 1",
        "recommendation 2",
    ]


def ilacs(
    tmp_path,
    *rows,
    dates="Inspection dates: 20 to 24 January 2025",
    council="Harrow local authority",
    body=(),
):
    sheets = Sheets()
    sheets.line(f"Inspection of {council}", size=26)
    sheets.line("children’s services", size=26)
    sheets.line(dates, bold=True, gap=30)
    sheets.line("Lead inspector: Jo Field, His Majesty’s Inspector", bold=True, gap=26)
    sheets.line("Judgement", bold=True, gap=40)
    sheets.put("Grade", 304, sheets.at, bold=True)
    for *text, grade in rows:
        sheets.line(text[0], gap=33)
        sheets.put(grade, 304, sheets.at)
        for words in text[1:]:
            sheets.line(words)
    sheets.line(
        "Services for children have become better since the last inspection, and leaders know", gap=40
    )
    sheets.line("what is still to be done. Children who leave care have not been helped as they should be.")
    sheets.heading("What needs to improve?")
    sheets.bullet("The help that care leavers are given.")
    sheets.bullet("How soon the police are told of", "children who go missing.")
    sheets.heading("The experiences and progress of children who need help and protection: good")
    for number, words in enumerate(
        body or ("The police come to meetings.", "Social workers visit."), start=1
    ):
        sheets.paragraph(words, number=f"{number}.")
    return read_file(sheets.save(tmp_path / "report.pdf"))


LEADERS = ("The impact of leaders on social work", "practice with children and families")
PROTECTION = ("The experiences and progress of", "children who need help and protection")


def test_an_inspection_of_childrens_services(tmp_path):
    report = ilacs(
        tmp_path,
        (*LEADERS, "Requires improvement to be good"),
        (*PROTECTION, "Good"),
        ("The experiences and progress of", "children in care", "Outstanding"),
        ("The experiences and progress of care", "leavers", "Inadequate"),
        ("Overall effectiveness", "Inadequate"),
    )
    assert facts(report) == {
        "framework": "ILACS",
        "local_authority": "london-borough-of-harrow",
        "police_force": "metropolitan",
        "start_date": "2025-01-20",
        "end_date": "2025-01-24",
        "judgement:impact-of-leaders": "requires-improvement",
        "judgement:help-and-protection": "good",
        "judgement:in-care": "outstanding",
        "judgement:care-leavers": "inadequate",
        "judgement:overall-effectiveness": "inadequate",
        "lead_inspector": "Jo Field",
        "recommendations": "2",
    }
    assert report.notes == ("The date of publication is not printed.",)
    assert [(p.label, p.part) for p in report.paragraphs] == [
        ("summary", "summary"),
        ("what needs to improve 1", "improvement"),
        ("what needs to improve 2", "improvement"),
        ("1", "body"),
        ("2", "body"),
    ]
    assert by_label(report)["1"].headings[-1] == (
        "The experiences and progress of children who need help and protection"
    )


def test_care_and_care_leavers_were_judged_together(tmp_path):
    report = ilacs(
        tmp_path,
        (*LEADERS, "Good"),
        (*PROTECTION, "Good"),
        ("The experiences and progress of children", "in care and care leavers", "Outstanding"),
        ("Overall effectiveness", "Good"),
    )
    told = facts(report)
    assert told["judgement:care-and-care-leavers"] == "outstanding"
    assert not {"judgement:in-care", "judgement:care-leavers"} & set(told)


def test_a_grade_that_the_report_contradicts_is_not_believed(tmp_path):
    report = ilacs(tmp_path, (*PROTECTION, "Inadequate"), ("Overall effectiveness", "Good"))
    assert "judgement:help-and-protection" not in facts(report)
    assert facts(report)["judgement:overall-effectiveness"] == "good"
    assert [note for note in report.notes if "different grades" in note]


def test_dates_that_cannot_be_are_not_believed(tmp_path):
    rows = [(*LEADERS, "Good"), ("Overall effectiveness", "Good")]
    told = ilacs(tmp_path, *rows, dates="Inspection dates: 24 January 2025 to 20 June 2025")
    assert not {"start_date", "end_date"} & set(facts(told))
    assert [note for note in told.notes if "cannot be right" in note]


@pytest.mark.parametrize(
    ("dates", "council"),
    [
        ("13 to 17 March 2023", "north-yorkshire-county-council"),
        ("3 to 7 April 2023", "north-yorkshire-council"),
    ],
)
def test_the_council_is_the_one_of_the_day(tmp_path, dates, council):
    rows = [(*LEADERS, "Good"), ("Overall effectiveness", "Good")]
    told = facts(ilacs(tmp_path, *rows, dates=f"Inspection dates: {dates}", council="North Yorkshire"))
    assert (told["local_authority"], told["police_force"]) == (council, "north-yorkshire")


def test_a_council_that_is_not_known_is_left_empty(tmp_path):
    rows = [(*LEADERS, "Good"), ("Overall effectiveness", "Good")]
    report = ilacs(tmp_path, *rows, council="Barsetshire")
    assert not {"local_authority", "police_force"} & set(facts(report))
    assert [note for note in report.notes if "council could not be read" in note]


@pytest.fixture
def jtai(tmp_path):
    sheets = Sheets()
    sheets.line("4 January 2018")
    for words in (
        "Ann Other, Director of Children’s Services, London Borough of Croydon",
        "Sir John Doe, Commissioner of the Metropolitan Police Service",
    ):
        sheets.line(words, gap=20)
    sheets.line("Dear local partnership", gap=30)
    sheets.line("Joint targeted area inspection of the multi-agency response to neglect", bold=True, gap=26)
    sheets.line("in the London Borough of Croydon", bold=True)
    sheets.paragraph(
        "Between 27 November and 1 December, Ofsted, the Care Quality Commission, HMICFRS and",
        "the probation inspectorate undertook a joint inspection of the help that children are given.",
    )
    sheets.heading("Key strengths", size=12)
    sheets.bullet("The police and the council work in one room.")
    sheets.heading("Areas for improvement", size=12)
    sheets.heading("Leadership", size=12)
    sheets.bullet("Police do not tell the council of every", "child that they meet.")
    sheets.heading("Case study: area for improvement", size=12, left=92)
    sheets.paragraph("One child waited for six weeks.", left=92)
    sheets.bullet("Nobody counts how long children wait.")
    sheets.heading("Next steps", size=12)
    sheets.paragraph("The council should write down what is to be done.")
    return read_file(sheets.save(tmp_path / "letter.pdf"))


def test_facts_of_a_joint_inspection(jtai):
    assert facts(jtai) == {
        "framework": "JTAI",
        "local_authority": "london-borough-of-croydon",
        "police_force": "metropolitan",
        "participant": "metropolitan",
        "start_date": "2017-11-27",
        "end_date": "2017-12-01",
        "published_date": "2018-01-04",
        "recommendations": "2",
    }


def test_paragraphs_of_a_joint_inspection(jtai):
    assert [(p.label, p.part) for p in jtai.paragraphs] == [
        ("introduction", "summary"),
        ("key strengths 1", "strengths"),
        ("areas for improvement 1", "improvement"),
        ("case study: area for improvement", "body"),
        ("areas for improvement 2", "improvement"),
        ("next steps", "next steps"),
    ]
    assert by_label(jtai)["areas for improvement 1"].headings == ("Areas for improvement", "Leadership") or (
        by_label(jtai)["areas for improvement 1"].headings == ("Leadership",)
    )


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("6 July 2015 to 30 July 2015", ["2015-07-06", "2015-07-30"]),
        ("6 – 30 July 2015", ["2015-07-06", "2015-07-30"]),
        ("6th July–30th July 2015", ["2015-07-06", "2015-07-30"]),
        ("30 November to 11 December 2015", ["2015-11-30", "2015-12-11"]),
        ("14 December to 8 January 2016", ["2015-12-14", "2016-01-08"]),
        ("18 to 22 and 25 to 29 June 2018", ["2018-06-18", "2018-06-22", "2018-06-25", "2018-06-29"]),
        ("28 July 2016", ["2016-07-28"]),
        ("31 February 2016", []),
        ("83% of 120 children", []),
    ],
)
def test_dates_as_they_are_printed(words, days):
    assert [day.isoformat() for day in dates_in(words)] == days


@pytest.mark.parametrize(
    ("words", "councils"),
    [
        ("London Borough of Barking & Dagenham", ["london-borough-of-barking-and-dagenham"]),
        ("Royal Borough of Windsor and Maidenhead", ["royal-borough-of-windsor-and-maidenhead"]),
        ("Hull City Council", ["hull-city-council"]),
        ("North Somerset", ["north-somerset-council"]),
        ("Durham County Council’s services", ["durham-county-council"]),
        ("the reading of reports", []),
        ("Norfolk and Suffolk", ["norfolk-county-council", "suffolk-county-council"]),
    ],
)
def test_councils_by_the_names_that_are_printed(words, councils):
    gazetteer = Gazetteer.from_json(Gazetteer.from_files().as_json())
    assert gazetteer.councils_in(words) == councils


def test_the_force_of_a_council_whose_day_is_unknown():
    gazetteer = Gazetteer.from_files()
    assert gazetteer.force_of("medway-council", "") == "kent"
    assert gazetteer.force_of("barsetshire", "2015-01-01") is None


def test_published_reports_where_a_folder_of_them_is_named(capsys):
    """Some of the reports in the folder, evenly over the list: all are read, and each says what it is and whose."""
    folder = os.environ.get("REPORTS_FOLDER", "")
    paths = sorted(Path(folder).rglob("*.pdf")) if folder else []
    some = paths[:: max(1, len(paths) // 6)][:7]
    with capsys.disabled():
        print(f" [{len(some)} of {len(paths)} published reports]", end="")
    for path in some:
        try:
            report = read_file(path)
        except Unreadable as error:
            pytest.fail(f"{path.name}: {error}")
        told = facts(report)
        assert {"framework", "local_authority", "police_force", "end_date"} <= set(told), path.name
        assert len(report.paragraphs) > 30, path.name


def test_the_gazetteer_of_the_register_is_that_of_the_files(db):
    call_command("load_reference", verbosity=0)
    ours, shipped = of_register(), Gazetteer.from_files()
    assert ours.bodies == shipped.bodies
    assert set(ours.beats) == set(shipped.beats)


def test_a_council_of_the_register_is_found(stockton):
    gazetteer = of_register()
    assert gazetteer.councils_in("Stockton-on-Tees Borough Council") == [stockton.slug]
    assert gazetteer.force_of(stockton.slug, "2016-06-16") == "cleveland"
    assert not gazetteer.councils_in("Medway Council")
