"""What is searched for: words, or what is like a finding; among what."""

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.filters import LONGEST_SEARCH, few_words
from agencies.forms import Autocomplete
from agencies.models import Agency, Kind
from agencies.search.words import Query
from inspections.models import Framework
from inspections.periods import NOT_A_DAY, within_the_calendar

from .models import Finding
from .searching import SOURCES, shared_words

NOT_KNOWN = {"invalid_choice": _("Nothing of this name is known here.")}


def _one_of(label, name, empty_label="", widget=Autocomplete):
    return forms.ModelChoiceField(
        Agency.objects.none(),
        to_field_name=name,
        required=False,
        label=label,
        empty_label=empty_label or None,
        widget=widget,
        error_messages=NOT_KNOWN,
    )


def _day(label):
    return forms.DateField(
        required=False,
        label=label,
        widget=forms.DateInput({"data-date": True}),
        validators=[within_the_calendar],
        error_messages=NOT_A_DAY,
    )


class SearchForm(forms.Form):
    """`query` is what is looked for; None where nothing was asked."""

    mark_optional = False

    q = forms.CharField(
        label=_("Words"),
        required=False,
        max_length=LONGEST_SEARCH,
        validators=[few_words],
        widget=forms.TextInput({"type": "search"}),
        help_text=_(
            "All of the words, in any form. “In quotation marks”: next to each other. A minus before a word: without it."
        ),
        error_messages={
            "max_length": _("Search with at most %(limit_value)d characters: these are %(show_value)d.")
        },
    )
    like = _one_of(_("Like the finding"), "public_id", widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=_("Look in"),
        required=False,
        choices=[
            ("", _("Findings and reports")),
            ("findings", _("Findings")),
            ("passages", _("Passages of reports")),
        ],
    )
    force = _one_of(_("Police force"), "slug", _("Any force"))
    council = _one_of(_("Council inspected"), "slug", _("Any council"))
    framework = _one_of(_("Framework"), "code", _("Any framework"), forms.Select)
    published_from = _day(_("Published from"))
    published_to = _day(_("Published to"))

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        agencies = Agency.objects.visible_to(user)
        self.fields["force"].queryset = agencies.forces()
        self.fields["council"].queryset = agencies.filter(kind=Kind.LOCAL_AUTHORITY)
        self.fields["framework"].queryset = Framework.objects.visible_to(user)
        self.fields["like"].queryset = Finding.objects.visible_to(user)
        self.query = None

    @property
    def narrowing(self):
        """The fields that say among what to look."""
        return [field for field in self.visible_fields() if field.name != "q"]

    @property
    def is_narrowed(self):
        return any(field.errors or field.data for field in self.narrowing)

    @property
    def sources(self):
        kind = self.cleaned_data["kind"]
        return [kind] if kind else list(SOURCES)

    def clean(self):
        typed, like = self.cleaned_data.get("q"), self.cleaned_data.get("like")
        if typed:
            self.query = Query.read(typed)
            if not self.query.wanted:
                self.add_error(
                    "q",
                    _(
                        "Say with at least one word what to look for. Words like “the” and “of” are in every text."
                    ),
                )
        elif like:
            self.query = shared_words(like)
        return self.cleaned_data
