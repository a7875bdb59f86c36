"""The job that reads a report: file in; passages and facts out, written once however often it is tried."""

from django.utils.translation import gettext as _

from agencies.files.keys import path_of
from inspections.gazetteer import of_register
from inspections.models import Report
from inspections.models.reports import READER
from inspections.reading import Unreadable, read_file


class ReportReading:
    """What the worker does with a report that was handed in (agencies/jobs.py)."""

    @classmethod
    def work(cls, pk):
        report = Report._base_manager.get(pk=pk)
        if not report.is_waiting:
            return _nothing
        try:
            read = read_file(path_of(report.stored_key), of_register())
        except Unreadable as problem:
            words = str(problem)
            return lambda: _refuse(pk, words)
        return lambda: _take_in(pk, read)

    @classmethod
    def give_up(cls, pk):
        _refuse(
            pk,
            _(
                "Reading it broke off several times. Open it, save it again under a new name, and hand that in."
            ),
        )


def _nothing():
    """It is read already, or was refused."""


def _refuse(pk, problem):
    report = Report._base_manager.select_for_update().get(pk=pk)
    if report.is_waiting:
        report.refuse_file(problem=problem, reader=READER)


def _take_in(pk, read):
    report = Report._base_manager.select_for_update().get(pk=pk)
    if not report.is_waiting:
        return
    report.take_in(read=read, reader=READER)
