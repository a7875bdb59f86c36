"""Files on their way in: counted as they arrive, so that none fills the disk before a form can refuse it."""

from io import BytesIO
from tempfile import SpooledTemporaryFile

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.shortcuts import render

from .kinds import limit_in_words
from .store import incoming

IN_MEMORY = 512 * 1024  # bytes; a larger file waits in the folder of incoming files


class OversizedFile(UploadedFile):
    """What is left of a file beyond the limit: its name and size, for the form to refuse it by."""


class LimitedUpload(FileUploadHandler):
    """Takes files of signed-in people, each up to settings.EVIDENCE_MAX_BYTES.

    The rest of a larger file is read and dropped: the fields after it in the form, and what was typed into them,
    still arrive.
    """

    _spool = None  # not "file": Django closes what is called that at the next file

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        user = getattr(self.request, "user", None)
        if user is None or not user.is_authenticated:
            raise SkipFile
        self._spool = SpooledTemporaryFile(IN_MEMORY, dir=incoming())  # noqa: SIM115 - the request closes it

    def receive_data_chunk(self, raw_data, start):
        if start + len(raw_data) <= settings.EVIDENCE_MAX_BYTES:
            self._spool.write(raw_data)
        else:
            self._spool.close()

    def file_complete(self, file_size):
        about = (self.file_name, self.content_type, file_size, self.charset, self.content_type_extra)
        file, self._spool = self._spool, None
        if file.closed:
            return OversizedFile(BytesIO(), *about)
        file.seek(0)
        return UploadedFile(file, *about)

    def upload_interrupted(self):
        if self._spool is not None:
            self._spool.close()


class RefuseHugeRequests:
    """Answers 413 to a request far beyond any form, before its body is read."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        try:
            announced = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            announced = 0
        if announced <= settings.REQUEST_MAX_BYTES:
            return self.get_response(request)
        return render(request, "413.html", {"limit": limit_in_words()}, status=413)
