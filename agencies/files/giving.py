"""Giving files back: as downloads that no browser opens in the register's name, and only unchanged."""

import hashlib
import logging

from django.http import FileResponse
from django.shortcuts import render

from .keys import path_of
from .kinds import EMAIL, KINDS
from .names import safe_name

# An e-mail may hold a page; some programs would open it as one.
SERVED_AS = {kind.content_type for kind in KINDS if kind is not EMAIL}
NEUTRAL = "application/octet-stream"
logger = logging.getLogger(__name__)


def download(request, *, key, name, content_type, sha256):
    """The stored file as an attachment; a page that says so (503) where it is missing or not what was stored."""
    try:
        file = open(path_of(key), "rb")  # noqa: SIM115 - the response closes it
    except (OSError, ValueError) as problem:
        logger.error("Stored file %r cannot be read: %s", key, type(problem).__name__)
        return _unavailable(request)
    if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
        file.close()
        logger.error("Stored file %r is not what was stored", key)
        return _unavailable(request)
    file.seek(0)
    response = FileResponse(
        file,
        as_attachment=True,
        filename=safe_name(name),
        content_type=content_type if content_type in SERVED_AS else NEUTRAL,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    response["Cache-Control"] = "no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _unavailable(request):
    return render(request, "agencies/file_unavailable.html", status=503)
