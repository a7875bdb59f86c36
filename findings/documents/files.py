"""A document as a file that somebody takes away: PDF, Word or plain text."""

import logging

from django.http import Http404, HttpResponse
from django.shortcuts import render

from .pdf import NoPDF, pdf
from .plain import plain
from .word import word

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "txt": "text/plain; charset=utf-8",
}
WRITERS = {"pdf": pdf, "docx": word, "txt": lambda document: plain(document).encode()}


def file_of(request, document):
    """The answer to a form of components/documents/take.html: the file whose format it asks for.

    A format that there is none of is a 404; a PDF that cannot be set is a page that says so and what works instead.
    """
    file_format = request.POST.get("format", "")
    if file_format not in WRITERS:
        raise Http404
    try:
        content = WRITERS[file_format](document)
    except NoPDF as error:
        logging.getLogger(__name__).error("No PDF could be set: %s", error)
        context = {"section": "", "library": error.library, "address": document.address}
        return render(request, "documents/no_pdf.html", context, status=503)
    response = HttpResponse(content, content_type=CONTENT_TYPES[file_format])
    response["Content-Disposition"] = f'attachment; filename="{document.file_name}.{file_format}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
