"""What is asked before a letter is drafted from a start: as of which day, about what, to whom."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.forms import AgencyField, Lines
from agencies.models import Agency, Kind
from agencies.screened import Screened
from inspections.periods import NOT_A_DAY, Period, not_before_records, not_in_the_future

from .letter_forms import published_findings
from .models import ActionPlan, Letter
from .statistics.known import Known


def _day(label, help_text, **more):
    return forms.DateField(
        label=label,
        help_text=help_text,
        widget=forms.DateInput({"data-date": True}),
        error_messages=NOT_A_DAY,
        **more,
    )


class StartForm(Screened, forms.Form):
    """`scope` is that of the twelve months before the day; forms of other starts add what they are about."""

    reply_due_on = _day(_("Reply asked for by"), _("For example, 31/10/2026."), required=False)

    def __init__(self, *args, user, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_reply_due_on(self):
        day = self.cleaned_data["reply_due_on"]
        if day is not None and day < timezone.localdate():
            raise forms.ValidationError(_("This day has passed."))
        return day

    def period(self):
        return Period.ending(self.cleaned_data.get("as_of") or timezone.localdate())

    def known(self):
        return Known(self.user, self.period().as_of)


class OfDayForm(StartForm):
    as_of = _day(
        _("Twelve months before"),
        _("The day as of which figures are counted. Empty: today."),
        required=False,
        validators=[not_before_records, not_in_the_future],
    )

    field_order = ["as_of", "to_agency"]


class ToInspectorateForm(OfDayForm):
    to_agency = AgencyField(
        label=_("To"),
        error_messages={
            "required": _("Choose whom the letter goes to."),
            "invalid_choice": _("Choose an agency from the list."),
        },
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        others = Agency.objects.visible_to(self.user).filter(kind=Kind.INSPECTORATE)
        self.fields["to_agency"].offer(others.exclude(pk=self.user.agency_id))


class AlertForm(ToInspectorateForm):
    references = forms.CharField(
        label=_("Findings it is about"),
        widget=Lines({"rows": 3}),
        help_text=_("References of published findings, such as SIF-2016-STO-01, parted by spaces or lines."),
        error_messages={"required": _("Name at least one published finding.")},
    )
    as_of = None

    def clean_references(self):
        return published_findings(self.cleaned_data["references"], self.user)


class OfPlanForm(StartForm):
    """A plan that was sent in and that the person may read."""

    plan = forms.ModelChoiceField(
        ActionPlan.objects.none(),
        label=_("Action plan"),
        to_field_name="public_id",
        error_messages={
            "required": _("Choose the plan."),
            "invalid_choice": _("Choose a plan from the list."),
        },
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["plan"].queryset = (
            ActionPlan.objects.visible_to(self.user)
            .exclude(submitted_on=None)
            .select_related("by_agency", "inspection__inspected_agency", "inspection__framework")
        )
        self.fields["plan"].label_from_instance = lambda plan: (
            f"{plan.by_agency.full_name}: {plan.title} ({plan.inspection})"
        )


class ToLetterForm(StartForm):
    """A letter that came to the person's inspectorate."""

    letter = forms.ModelChoiceField(
        Letter.objects.none(),
        label=_("Letter"),
        to_field_name="public_id",
        error_messages={
            "required": _("Choose the letter."),
            "invalid_choice": _("Choose a letter from the list."),
        },
    )
    reply_due_on = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        came = Letter.objects.visible_to(self.user).sent().filter(to_agency_id=self.user.agency_id)
        self.fields["letter"].queryset = came.select_related("from_agency")
        self.fields["letter"].label_from_instance = lambda letter: (
            f"{letter.from_agency.full_name}: {letter.subject}"
        )
