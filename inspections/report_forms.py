"""Forms of reports: handing one in, and confirming what it says of its inspection."""

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from agencies.files.forms import AsksForFileAgain, EvidenceFileField
from agencies.files.kinds import PDF, limit_in_words, recognise
from agencies.forms import AgenciesField, AgencyField
from agencies.models import Agency, Kind
from agencies.screened import Screened

from .forms import NOT_GRADED, JudgementsForm
from .models import Framework, Inspection
from .periods import NOT_A_DAY, not_in_the_future, within_the_calendar
from .reading.report import FACTS

JUDGEMENT = "judgement:"


class ReportFileField(EvidenceFileField):
    """A file that is a PDF document by its content."""

    def widget_attrs(self, widget):
        return {**super().widget_attrs(widget), "accept": ",".join(PDF.endings)}

    def to_python(self, data):
        file = super().to_python(data)
        if file is not None and recognise(file, file.name) is not PDF:
            raise forms.ValidationError(_("This is no PDF document. Hand in the report as it was published."))
        return file


class ReportForm(Screened, AsksForFileAgain, forms.Form):
    """A published report, as a PDF file."""

    # Councils are named in the names of such files.
    NAMES_EXPECTED = frozenset({"file"})

    file = ReportFileField(label=_("The report, as published"), help_text=None)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = _(
            "A PDF document, up to %(limit)s. It must open without a password."
        ) % {"limit": limit_in_words()}


def _day(label, **kwargs):
    return forms.DateField(
        label=label,
        widget=forms.DateInput({"data-date": True}),
        validators=[not_in_the_future, within_the_calendar],
        error_messages={**NOT_A_DAY, **kwargs.pop("error_messages", {})},
        **kwargs,
    )


class FactsForm(Screened, forms.Form):
    """What a report says of its inspection, as read and then confirmed by a person. Nothing is filled in that was not
    read: `said` has for each field where the report says it."""

    NAMES_EXPECTED = frozenset({"lead_inspector"})
    # {field: the facts that fill it in}
    FROM = {
        "framework": ("framework",),
        "inspected_agency": ("local_authority", "police_force"),
        "participating_agencies": ("participant",),
        "fieldwork_from": ("start_date",),
        "fieldwork_to": ("end_date",),
        "published_on": ("published_date",),
        "lead_inspector": ("lead_inspector",),
        "recommendations_printed": ("recommendations",),
    }

    framework = forms.ModelChoiceField(
        label=_("Framework"),
        queryset=Framework.objects.none(),
        empty_label=_("Choose a framework"),
        error_messages={"required": _("Choose a framework.")},
    )
    inspected_agency = AgencyField(
        label=_("Inspected agency"),
        error_messages={
            "required": _("Choose the inspected agency."),
            "invalid_choice": _("Choose an agency from the list."),
        },
    )
    participating_agencies = AgenciesField(label=_("Other agencies inspected with it"), required=False)
    fieldwork_from = _day(_("First day of fieldwork"), required=False)
    fieldwork_to = _day(
        _("Last day of fieldwork"),
        help_text=_("It decides which police force is concerned, and tells one inspection from another."),
        error_messages={"required": _("Give the last day of fieldwork.")},
    )
    published_on = _day(
        _("Published on"),
        error_messages={"required": _("Give the day on which the report was published.")},
    )
    lead_inspector = forms.CharField(label=_("Lead inspector"), max_length=120, required=False)
    recommendations_printed = forms.IntegerField(
        label=_("Number of recommendations printed"),
        min_value=0,
        validators=[MaxValueValidator(500)],
        required=False,
        widget=forms.TextInput({"inputmode": "numeric", "data-width": "4"}),
    )
    judged_under = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, user, report):
        facts = [fact for fact in report.facts if fact[0] in FACTS]
        self.said = {
            field: [fact for fact in facts if fact[0] in names] for field, names in self.FROM.items()
        }
        super().__init__(data)
        agencies = Agency.objects.visible_to(user).exclude(kind=Kind.INSPECTORATE)
        self.fields["framework"].queryset = Framework.objects.visible_to(user).filter(
            inspectorates=user.agency_id
        )
        self.fields["inspected_agency"].offer(agencies)
        self.fields["participating_agencies"].offer(agencies)
        self.initial = self._as_read(agencies)
        self.framework_shown = self._framework_shown()

    def _as_read(self, agencies):
        """Initial values: of each field the first fact that names it; what was not read stays empty."""
        values = {field: [fact[1] for fact in said] for field, said in self.said.items()}
        by_slug = {
            agency.slug: agency
            for agency in agencies.filter(
                slug__in=values["inspected_agency"] + values["participating_agencies"]
            )
        }
        found = {
            "framework": self.fields["framework"].queryset.filter(code__in=values["framework"]).first(),
            "inspected_agency": next(
                (by_slug[slug].pk for slug in values["inspected_agency"] if slug in by_slug), None
            ),
            "participating_agencies": [
                by_slug[slug].pk for slug in values["participating_agencies"] if slug in by_slug
            ],
        }
        first = {field: next(iter(given), None) for field, given in values.items()} | found
        days = ("fieldwork_from", "fieldwork_to", "published_on")
        return first | {name: parse_date(first[name] or "") for name in days}

    def _framework_shown(self):
        """Whose questions are asked below: the framework chosen so far."""
        if not self.is_bound:
            return self.initial["framework"]
        chosen = str(self["framework"].value() or "")
        known = self.fields["framework"].queryset
        return known.filter(pk=chosen).first() if chosen.isdecimal() and len(chosen) < 19 else None

    def rows(self):
        """(field, [(page, words)]): each field beside where the report says it."""
        return [
            (self[name], [(page, words or value) for _name, value, page, words in self.said[name]])
            for name in self.FROM
        ]

    def clean(self):
        cleaned = super().clean()
        first, last, published = (
            cleaned.get(name) for name in ("fieldwork_from", "fieldwork_to", "published_on")
        )
        if first and last and last < first:
            self.add_error("fieldwork_to", _("The last day of fieldwork cannot be before the first."))
        elif last and published and published < last:
            self.add_error("published_on", _("A report cannot be published before fieldwork ends."))
        framework = cleaned.get("framework")
        if framework and cleaned.get("judged_under") != framework.pk:
            self.add_error(
                "framework", _("Its judgements are asked for below now: check them, and confirm again.")
            )
        return cleaned

    def values(self):
        """Field values of the inspection."""
        return {name: self.cleaned_data[name] for name in self.FROM}


class ReadJudgementsForm(JudgementsForm):
    """The judgements that a report gives, under the framework that was read or chosen."""

    def __init__(self, data=None, *, framework, report):
        grades = {
            f"grade_{name.removeprefix(JUDGEMENT)}": (value or NOT_GRADED, page, words)
            for name, value, page, words in report.facts
            if name.startswith(JUDGEMENT)
        }
        self.said = grades
        super().__init__(
            data,
            inspection=Inspection(framework=framework),
            initial={name: value for name, (value, _page, _words) in grades.items()},
        )

    def rows(self):
        """(field, [(page, words)]) as FactsForm has them."""
        return [(self[name], [self.said[name][1:]] if name in self.said else []) for name in self.fields]

    def judgements_of(self, agency):
        """The judgements; those of no agency in particular are of the inspected one."""
        self.inspection.inspected_agency = agency
        return self.judgements()
