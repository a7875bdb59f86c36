"""Reports in each state, brought there by their verbs, and small ones as PDF files."""

from agencies.files import store
from findings.models import Proposal
from inspections.models import Report
from inspections.models.reports import READER
from inspections.reading import Fact, Paragraph, ReadReport

from .sample_files import upload

PASSAGE = "The police share information late. Officers often miss strategy discussions. Children wait for decisions."


def written_pdf(*pages):
    """A PDF document with one page for each text; lines of it stand below each other."""
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    kids = []
    for text in pages:
        lines = "".join(
            f"({line.replace('(', '').replace(')', '')}) Tj T*\n" for line in text.splitlines() or [""]
        )
        stream = f"BT /F1 11 Tf 14 TL 60 780 Td\n{lines}ET".encode("latin-1")
        parts.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        kids.append(len(parts) + 1)
        parts.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % len(parts)
        )
    parts[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (
        len(kids),
        b" ".join(b"%d 0 R" % kid for kid in kids),
    )
    content, places = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return content + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Root 1 0 R /Size %d >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(parts) + 1, table, len(parts) + 1, len(content))
    )


def handed_in(by, content=None, name="report.pdf"):
    """A report that waits to be read."""
    with store(upload(content or written_pdf(PASSAGE), name)) as stored:
        return Report.hand_in(by=by, stored=stored, reader=READER)


def as_read(report, facts=(), paragraphs=(), notes=(), title="Inspection of services for children"):
    return ReadReport(
        sha256=report.sha256,
        pages=2,
        title=title,
        facts=tuple(Fact(*fact) for fact in facts),
        paragraphs=tuple(paragraphs) or (Paragraph(page=1, label="16", text=PASSAGE),),
        notes=tuple(notes),
    )


def read_in(by, facts=(), **kwargs):
    """A report that was read, and belongs to no inspection yet."""
    report = handed_in(by, **{name: kwargs.pop(name) for name in ("content", "name") if name in kwargs})
    return report.take_in(read=as_read(report, facts, **kwargs), reader=READER)


def propose(report, *, attributed_to, theme, order=1, **values):
    """An open proposal: the second sentence of the passage, decided by two of its words."""
    start = PASSAGE.index("Officers")
    return Proposal.propose(
        by=None,
        report=report,
        values={
            "order": order,
            "page": 1,
            "paragraph": "16",
            "text": PASSAGE,
            "start": start,
            "end": PASSAGE.index(" Children"),
            "reasons": [[PASSAGE.index("often miss"), PASSAGE.index("often miss") + len("often miss")]],
            "finding_type": "weakness",
            "attributed_to": attributed_to,
            "theme": theme,
            "severity": "moderate",
            "reader": READER,
            **values,
        },
    )


def proposed_in(by, **values):
    """(a report that was read and belongs to no inspection yet, a proposal from it)"""
    report = read_in(by)
    return report, propose(report, **values)
