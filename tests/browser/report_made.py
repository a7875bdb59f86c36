"""A report of an inspection that never was, as a PDF file in the shape of its framework."""

from ..pdf_writing import Sheets

COUNCIL = "Hartlepool Borough Council"


def made(number=0):
    """The file; another number is another file."""
    sheets = Sheets()
    sheets.line(COUNCIL, size=26)
    sheets.line("Inspection of services for children in need of help and", size=14, bold=True, gap=30)
    sheets.line("protection, children looked after and care leavers", size=14, bold=True)
    sheets.line("Inspection date: 11 April 2016 – 6 May 2016", size=14, gap=23)
    sheets.line("Report published: 27 June 2016", size=14, gap=23)
    sheets.line("Children’s services in Hartlepool require improvement", size=14, bold=True, gap=40)
    for text, grade in (
        ("1. Children who need help and protection", "Requires improvement"),
        ("3. Leadership, management and governance", "Good"),
    ):
        sheets.line(text, gap=27)
        sheets.put(grade, 388, sheets.at)
    sheets.new_page()
    sheets.heading("Executive summary")
    sheets.paragraph(
        "Leaders know their services well. They have plans that say who is to do what, and keep to them."
    )
    sheets.new_page()
    sheets.heading("Recommendations")
    sheets.paragraph("Make sure that records are written at once.", number="1.")
    sheets.heading("The experiences and progress of children who need help and protection")
    sheets.heading("Inspection findings", size=12)
    sheets.paragraph("Social workers know the children well and visit them often.", number="2.")
    sheets.paragraph(
        "Cleveland Police do not notify social workers of domestic abuse in time. Notifications are",
        "delayed by up to three weeks, and children are left at risk of harm.",
        number="3.",
    )
    sheets.paragraph(
        "Police officers do not attend strategy discussions, which means that decisions are made",
        "without the information that the police hold.",
        number="4.",
    )
    sheets.paragraph(
        "The police response to children who go missing is poor. Return home interviews are not",
        "shared with officers, and risks are not understood.",
        number="5.",
    )
    sheets.heading("Information about this inspection", size=16)
    sheets.paragraph("Lead inspector: Mary Ann O’Neill HMI")
    sheets.line(f"Copy {number}")
    return sheets.bytes()
