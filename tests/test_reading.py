"""Reports are read: what they say of their inspection, and their paragraphs, page by page.

The reports are made here, in the shapes of the frameworks; where the environment names a folder of published ones
(REPORTS_FOLDER), some of those are read as well.
"""

import pytest

from inspections.reading import read_file
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
