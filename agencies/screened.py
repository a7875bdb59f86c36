"""Forms that ask for a second look: every free text of theirs is screened before it is saved.

`class NoteForm(Screened, forms.Form)`. Its page draws the box by `components/hidden.html`, which every form with typed
text has. A test goes over all forms and fails for one with free text that is not of this kind.
"""

from django import forms
from django.utils.text import capfirst

from . import second_look

NO_FREE_TEXT = (forms.EmailField, forms.URLField, forms.SlugField, forms.RegexField)
MOST_ERRORS = 10  # beside one field


class Screened:
    """Goes before the form class. What is noticed is an error beside its field until the person confirms it."""

    NAMES_EXPECTED = frozenset()  # fields in which names of people who work in the field belong

    def _clean_form(self):
        super()._clean_form()
        look = second_look.current()
        look.has_looked = True
        for name, field in self.fields.items():
            if is_free_text(field):
                self._screen(look, name, field)

    def _screen(self, look, name, field):
        but_names = name in self.NAMES_EXPECTED or name in getattr(_model_of(self), "NAMES_EXPECTED", ())
        saved = _text(field, self.get_initial_for_field(field, name))
        text = _text(field, self.cleaned_data.get(name))
        if not text:
            return
        found = second_look.look_through(text)
        if found:
            let_be = second_look.look_through(saved) if saved else []
            let_be += [notice for notice in found if but_names and notice.kind == second_look.Kind.NAME]
            look.let_be |= {second_look.token(notice) for notice in let_be if not notice.is_refused}
        errors = []
        for notice in found:
            if not look.accepts(notice):
                errors.append(second_look.words_about(notice))
                if not notice.is_refused:
                    look.asks.append((capfirst(self[name].label), notice))
        if errors:
            self.add_error(name, list(dict.fromkeys(errors))[:MOST_ERRORS])


def is_free_text(field):
    """Whether people write what they like into this field of a form; the name of a file is such a text."""
    if isinstance(field, forms.FileField):
        return True
    hidden = (forms.HiddenInput, forms.PasswordInput)
    return (
        isinstance(field, forms.CharField)
        and not isinstance(field, NO_FREE_TEXT)
        and not isinstance(field.widget, hidden)
    )


def _text(field, value):
    if isinstance(field, forms.FileField):
        return second_look.as_words("file_name", getattr(value, "name", ""))
    return value if isinstance(value, str) else ""


def _model_of(form):
    return getattr(getattr(form, "_meta", None), "model", None)
