"""The form field for a file, and forms that ask for it again when something else has to be put right."""

from django import forms
from django.conf import settings
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import kinds
from .names import safe_name
from .refusals import accepted


def _what_is_accepted():
    return _("%(kinds)s. Up to %(limit)s. It must open without a password.") % {
        "kinds": accepted(),
        "limit": kinds.limit_in_words(),
    }


class EvidenceFileField(forms.FileField):
    """A file of an accepted kind, with a safe name, for `store`. Its messages stand beside the field."""

    default_error_messages = {
        "required": gettext_lazy("Choose a file. If you had chosen one, choose it again."),
        "invalid": gettext_lazy("The file did not arrive. Choose it again."),
        "empty": gettext_lazy("The file is empty."),
    }
    widget = forms.FileInput

    def __init__(self, *, help_text=None, **kwargs):
        super().__init__(help_text=help_text or lazy(_what_is_accepted, str)(), **kwargs)

    def widget_attrs(self, widget):
        return {**super().widget_attrs(widget), "accept": ",".join(kinds.endings())}

    def to_python(self, data):
        file = super().to_python(data)
        if file is None:
            return None
        if file.size > settings.EVIDENCE_MAX_BYTES:
            raise kinds.too_large(file.size)
        file.name = safe_name(file.name)
        kinds.recognise(file, file.name)
        return file


class AsksForFileAgain:
    """A form that says so beside a good file when another answer is wrong: browsers send a file only once.

    Goes before the form class: class EvidenceForm(AsksForFileAgain, forms.Form).
    """

    _cleaning = False

    def full_clean(self):
        self._cleaning = True
        try:
            super().full_clean()
        finally:
            self._cleaning = False
        self._ask_again()

    def add_error(self, field, error):
        super().add_error(field, error)
        if not self._cleaning:
            self._ask_again()

    def _ask_again(self):
        if not self._errors:
            return
        for name, field in self.fields.items():
            if (
                isinstance(field, EvidenceFileField)
                and name not in self._errors
                and self.add_prefix(name) in self.files
            ):
                super().add_error(name, _("Choose the file again: the browser did not keep it."))
