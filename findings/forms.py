"""Forms to log and change a finding and say where the report states it."""

from django import forms
from django.core.validators import MinValueValidator
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from agencies.forms import AgencyField, Autocomplete, Lines
from agencies.models import Agency, Kind
from agencies.screened import Screened
from inspections.models import Report

from .models import Citation, Finding, Severity, Theme
from .models.life import SERIOUS, WEAKNESSES
from .recurrence import suggestions

# Script shows these fields for weaknesses only; without script they are always there.
FOR_WEAKNESSES = {"data-show-when": "finding_type", "data-show-values": " ".join(WEAKNESSES)}


def record_id(value):
    """The id that a field's value holds; None for whatever cannot be one."""
    text = str(value or "")
    return int(text) if text.isdecimal() and len(text) < 19 else None


class EarlierFindingField(forms.ModelChoiceField):
    """Earlier findings (`suggestions`), as radios, each with whether its recommendation was closed."""

    widget = forms.RadioSelect({"data-small": True})
    found_again_on = None  # when the finding that may repeat them was published

    def offer(self, earlier, inspection):
        self.queryset = earlier
        self.found_again_on = inspection.published_on if inspection.is_public else None

    def label_from_instance(self, finding):
        label = f"{finding.reference}: {finding.summary}"
        if finding.closed_on is None:
            return label
        if self.found_again_on and finding.closed_on < self.found_again_on:
            words = _now("closed as verified on %(day)s, then found again")
        else:
            words = _now("its recommendation was closed as verified on %(day)s")
        return f"{label} ({words % {'day': date_format(finding.closed_on, 'j F Y')}})"


class FindingForm(Screened, forms.ModelForm):
    attributed_to = AgencyField(
        label=_("Attributed to"),
        help_text=_("Whose practice it is. Often not the inspected agency."),
        error_messages={
            "required": _("Choose whose practice it is."),
            "invalid_choice": _("Choose an agency from the list."),
        },
    )
    recurrence_of = EarlierFindingField(
        label=_("Is it one of these again?"),
        queryset=Finding.objects.none(),
        to_field_name="public_id",  # numbers would tell how many findings are not published
        required=False,
        blank=True,
        empty_label=_("No, or not known"),
        error_messages={"invalid_choice": _("Choose one of the earlier findings of this agency and theme.")},
    )

    class Meta:
        model = Finding
        fields = [
            "finding_type",
            "attributed_to",
            "theme",
            "summary",
            "severity",
            "severity_rationale",
            "recurrence_of",
            "detail",
            "systemic",
            "with_partners",
        ]
        error_messages = {
            "finding_type": {"required": _("Choose a type.")},
            "theme": {
                "required": _("Choose a theme."),
                "invalid_choice": _("Choose a theme from the list."),
            },
            "summary": {"required": _("Say in a sentence or two what was found.")},
        }
        widgets = {
            "finding_type": forms.RadioSelect({"data-small": True}),
            "theme": Autocomplete,
            "summary": Lines({"rows": 3}),
            "severity": forms.RadioSelect({"data-small": True, **FOR_WEAKNESSES}),
            "severity_rationale": Lines({"rows": 3, **FOR_WEAKNESSES}),
            "detail": Lines({"rows": 6}),
        }

    def __init__(self, *args, user, inspection, **kwargs):
        self.user, self.inspection = user, inspection
        super().__init__(*args, **kwargs)
        self.instance.inspection = inspection
        # Model choices of a radio group: no "-----" among them.
        self.fields["finding_type"].choices = Finding._meta.get_field("finding_type").choices
        self.fields["severity"].choices = Severity.choices
        self.fields["severity"].label = _("Severity of the weakness")
        self.fields["severity"].help_text = _(
            "Minor: isolated. Moderate: a real effect on timeliness or quality. Serious: children left at risk, "
            "a legal requirement not met, or systemic. Critical: a child is or was left unsafe."
        )
        self._offer_agencies()
        themes = Theme.objects.visible_to(user).current()
        if self.instance.theme_id:
            themes |= Theme.objects.filter(pk=self.instance.theme_id)
        self.fields["theme"].queryset = themes
        self.fields["theme"].empty_label = ""
        self.fields["recurrence_of"].offer(self._earlier(), inspection)
        self.linked = self.instance.recurrence_of
        if self.linked:
            self.initial["recurrence_of"] = self.linked.public_id

    def _offer_agencies(self):
        """The inspected council and the force policing it come first: nearly every finding is about them."""
        agencies = Agency.objects.visible_to(self.user).exclude(kind=Kind.INSPECTORATE)
        first = [self.inspection.inspected_agency, *self.inspection.participating_agencies.all()]
        force = self.inspection.force()
        if force and force not in first:
            first.insert(1, force)
        self.fields["attributed_to"].offer(agencies, first, _("In this inspection"))

    def _earlier(self):
        """Published findings of other inspections with the agency and theme now chosen, newest first."""
        agency, theme = record_id(self["attributed_to"].value()), record_id(self["theme"].value())
        if agency is None or theme is None:
            return Finding.objects.none()
        earlier = Finding.objects.visible_to(self.user).earlier_than(self.inspection)
        return suggestions(earlier, agency, theme, self.instance.recurrence_of_id)

    @property
    def has_earlier(self):
        return self.fields["recurrence_of"].queryset.exists()

    @property
    def looks_for_earlier(self):
        """Whether an agency and a theme are chosen, so that finding no earlier ones says something."""
        return bool(self["attributed_to"].value() and self["theme"].value())

    def clean(self):
        cleaned = super().clean()
        severity, kind = cleaned.get("severity"), cleaned.get("finding_type")
        if kind in WEAKNESSES:
            if not severity and "severity" not in self.errors:
                self.add_error("severity", _("Choose how serious the weakness is."))
            if severity in SERIOUS and not cleaned.get("severity_rationale", "").strip():
                self.add_error(
                    "severity_rationale", _("Say why it is serious or critical: what happened to children.")
                )
        elif kind:
            # What a weakness would need and this does not have; script hides the fields, so empty them here.
            cleaned["severity"] = cleaned["severity_rationale"] = ""
        if self.linked and not self.linked.is_published and not cleaned.get("recurrence_of"):
            cleaned["recurrence_of"] = self.linked  # withdrawn since, so not offered, but linked all the same
        return cleaned

    def values(self):
        """Field values for the model's verbs."""
        return {name: self.cleaned_data[name] for name in self._meta.fields}


class CitationForm(Screened, forms.ModelForm):
    page = forms.IntegerField(
        label=_("Page"),
        required=False,
        validators=[MinValueValidator(1)],
        max_value=5000,
        widget=forms.TextInput({"inputmode": "numeric", "data-width": "4"}),
    )

    class Meta:
        model = Citation
        fields = ["page", "paragraph", "quotation", "report"]

    def __init__(self, *args, reports, **kwargs):
        super().__init__(*args, **kwargs)
        self.reports = reports
        if len(reports) > 1:
            self.fields["report"].queryset = Report.objects.filter(pk__in=[report.pk for report in reports])
            self.fields["report"].choices = [("", "---------"), *((report.pk, report) for report in reports)]
        else:
            del self.fields["report"]

    def clean(self):
        cleaned = super().clean()
        says_where = cleaned.get("paragraph") or cleaned.get("quotation")
        if says_where and not cleaned.get("page") and "page" not in self.errors:
            self.add_error("page", _("Give the page of the report."))
        return cleaned

    def values(self):
        """The citation's fields, or None when nothing was filled in."""
        if not self.cleaned_data.get("page"):
            return None
        report = self.cleaned_data.get("report") or (self.reports[0] if len(self.reports) == 1 else None)
        return {
            "report": report,
            "page": self.cleaned_data["page"],
            "paragraph": self.cleaned_data["paragraph"],
            "quotation": self.cleaned_data["quotation"],
        }


CitationFormSet = forms.formset_factory(CitationForm, extra=1, max_num=30, absolute_max=30)


def citation_formset(inspection, data=None, finding=None):
    """The finding's citations and one empty one; once submitted, the form alone says what they are."""
    recorded = finding.citations.all() if finding and data is None else ()
    initial = [
        {
            "page": citation.page,
            "paragraph": citation.paragraph,
            "quotation": citation.quotation,
            "report": citation.report_id,
        }
        for citation in recorded
    ]
    return CitationFormSet(
        data,
        prefix="citations",
        initial=initial,
        form_kwargs={"reports": list(inspection.reports.all())},
    )


def cited(formset):
    """The filled-in citations as field values for the model's verbs."""
    return [values for form in formset if (values := form.values())]


def citation_differences(formset, current):
    """Where the submitted citations differ from those of the finding: a row of label, yours, theirs, or none."""
    yours = [[fields["page"], fields["paragraph"], fields["quotation"]] for fields in cited(formset)]
    theirs = [[place.page, place.paragraph, place.quotation] for place in current.citations.all()]
    if yours == theirs:
        return []
    return [
        {
            "label": _now("Where the report says it"),
            "yours": "; ".join(_place_in_words(place) for place in yours),
            "theirs": "; ".join(_place_in_words(place) for place in theirs),
        }
    ]


def _place_in_words(place):
    return ", ".join(str(part) for part in place if part)
