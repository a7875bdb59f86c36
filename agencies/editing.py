"""Forms of records that several people may change: nothing typed is overwritten, nothing is saved twice."""

from django import forms
from django.utils.translation import gettext_lazy as _

from . import held


class VersionForm(forms.Form):
    """The version of the record that the form was filled in against, and the form's one-time key."""

    version = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
    submission_key = forms.CharField(max_length=200, widget=forms.HiddenInput, required=False)


def hidden_fields(request, version=""):
    """What the form carries unseen: kept when it comes back or is put back, issued anew when it is rendered fresh."""
    posted = request.POST if request.method == "POST" else getattr(request, "put_back", None) or {}
    hidden = {
        held.KEY_FIELD: posted.get(held.KEY_FIELD) or held.new_submission_key(request.user),
        "version": version,
    }
    if sheets := held.sheets(posted):
        hidden[held.SHEETS_FIELD] = " ".join(f"{key}.{order}" for key, order in sheets.items())
    return hidden


def read_version(request):
    """The version that the person saw; -1, which no record has, when the form does not say."""
    form = VersionForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else None
    return -1 if version is None else version


def say_sent_before(request, form):
    """The form was sent before, with other words: says so in it, and issues it anew, so that sending it adds a record."""
    request.POST = request.POST.copy()
    request.POST[held.KEY_FIELD] = held.new_submission_key(request.user)
    form.add_error(
        None,
        _(
            "This form was sent already, with other words. Those below are not saved yet: save them to add another."
        ),
    )


def differences(yours, theirs):
    """Where the submitted form differs from the record as somebody else left it.

    `yours` is the bound form, `theirs` an unbound one of the current record. Rows of label, yours, theirs.
    """
    rows = []
    for name, field in yours.fields.items():
        if name not in theirs.fields or not field.has_changed(theirs[name].value(), yours[name].value()):
            continue
        rows.append(
            {
                "label": yours[name].label,
                "yours": in_words(field, yours[name].value()),
                "theirs": in_words(field, theirs[name].value()),
            }
        )
    return rows


def in_words(field, value):
    """A form value as a person reads it."""
    if isinstance(value, (list, tuple, set)) or hasattr(value, "all"):
        items = [getattr(item, "pk", item) for item in value]
        return ", ".join(in_words(field, item) for item in items)
    if isinstance(field, forms.BooleanField):
        return _("Yes") if value else _("No")
    for choice, label in getattr(field, "choices", ()):
        if isinstance(label, (list, tuple)):
            for inner, words in label:
                if str(inner) == str(value) and str(inner):
                    return str(words)
        elif str(choice) == str(value) and str(choice):
            return str(label)
    return "" if value is None else str(value)
