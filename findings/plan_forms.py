"""Forms of action plans: the plan with its actions as rows, the steps of its life, and progress of one action."""

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from agencies.forms import Lines
from agencies.screened import Screened
from inspections.periods import within_the_calendar

from .follow_up_forms import DATE_INVALID, DayField, OnBehalfForm
from .forms import record_id
from .models import Action, ActionPlan, ActionStatus, PlanStatus
from .plan_history import action_in_words

MOST_ACTIONS = 60


class PlanForm(Screened, forms.ModelForm):
    class Meta:
        model = ActionPlan
        fields = ["title", "introduction"]
        widgets = {"introduction": Lines({"rows": 5})}
        help_texts = {"introduction": _("What the plan rests on, and who watches over it.")}
        error_messages = {"title": {"required": _("Give the plan a title.")}}

    def values(self):
        """Field values for the model's verbs."""
        return {name: self.cleaned_data[name] for name in self._meta.fields}


class ActionForm(Screened, forms.Form):
    """One row. Blank ones are left out: a recommendation alone is no action yet."""

    WRITTEN = ("text", "owner", "milestone", "due_on")
    NAMES_EXPECTED = frozenset({"owner"})

    public_id = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    recommendation = forms.ChoiceField(
        label=_("For the recommendation"),
        error_messages={
            "required": _("Choose the recommendation that the action is for."),
            "invalid_choice": _("Choose one of the recommendations in the list."),
        },
    )
    text = forms.CharField(
        label=_("What will be done"),
        widget=Lines({"rows": 3}),
        max_length=Action._meta.get_field("text").max_length,
        error_messages={"required": _("Say what will be done, or remove the action.")},
    )
    owner = forms.CharField(
        label=_("Owner"),
        max_length=Action._meta.get_field("owner").max_length,
        help_text=_("A post, not a person: for example, head of public protection."),
        error_messages={"required": _("Say who sees to it: a post, not a person.")},
    )
    milestone = forms.CharField(
        label=_("Milestone"),
        required=False,
        max_length=Action._meta.get_field("milestone").max_length,
        help_text=_("How it can be seen that it is done."),
    )
    due_on = forms.DateField(
        label=_("Due on"),
        required=False,
        widget=forms.DateInput({"data-date": True}),
        help_text=_("For example, 31/3/2027."),
        validators=[within_the_calendar],
        error_messages={"invalid": DATE_INVALID},
    )
    status = forms.ChoiceField(
        label=_("Status"), choices=ActionStatus.choices, initial=ActionStatus.NOT_STARTED
    )

    def __init__(self, *args, recommendations, **kwargs):
        super().__init__(*args, **{**kwargs, "empty_permitted": True})
        self.recommendations = {found.public_id: found for found in recommendations}
        self.fields["recommendation"].choices = [
            ("", _("Choose a recommendation")),
            *((found.public_id, _named(found)) for found in recommendations),
        ]

    @property
    def which_row(self):
        """Which row it is, for the error summary."""
        return _now("Action %d") % (record_id(self.prefix.rpartition("-")[2]) + 1)

    @property
    def is_blank(self):
        """Whether nothing is written in the row of an action that is not in the plan yet."""
        written = [self[name].data for name in ("public_id", *self.WRITTEN)]
        return not any(isinstance(value, str) and value.strip() for value in written)

    def has_changed(self):
        return not self.is_blank

    def values(self):
        """Field values of the action for the model's verbs; None of a blank row."""
        if not self.cleaned_data:
            return None
        return {
            **self.cleaned_data,
            "recommendation": self.recommendations[self.cleaned_data["recommendation"]],
        }


def _named(recommendation):
    return f"{recommendation.reference}: {Truncator(recommendation.text).chars(90)}"


class ActionFormSet(
    forms.formset_factory(
        ActionForm, extra=0, max_num=MOST_ACTIONS, absolute_max=MOST_ACTIONS, validate_max=True
    )
):
    default_error_messages = {
        **forms.BaseFormSet.default_error_messages,
        "too_many_forms": _("A plan has at most 60 actions."),
    }

    def values(self):
        """Field values of the actions that are filled in, in order."""
        return [values for form in self if (values := form.values())]


def to_choose_from(plan):
    """The recommendations that an action of this plan can be for: open ones, and those it has an action for."""
    issued = plan.recommendations()
    named = issued.filter(pk__in=plan.actions.values("recommendation_id")) if plan.pk else issued.none()
    return list((issued.open() | named).distinct().order_by("reference"))


def action_formset(plan, data=None):
    """The rows of the plan; of a new one an empty row for each open recommendation. Once submitted, the form alone
    says what they are."""
    recommendations = to_choose_from(plan)
    if data is not None:
        initial = []
    elif plan.pk:
        initial = [_as_initial(action) for action in plan.actions.select_related("recommendation")] or [{}]
    else:
        initial = [{"recommendation": found.public_id} for found in recommendations[:MOST_ACTIONS]]
    return ActionFormSet(
        data, prefix="actions", initial=initial, form_kwargs={"recommendations": recommendations}
    )


def _as_initial(action):
    names = ("public_id", "text", "owner", "milestone", "due_on", "status")
    return {
        **{name: getattr(action, name) for name in names},
        "recommendation": action.recommendation.public_id,
    }


def asks_only_to_redraw(posted):
    """Buttons that work without script: another action, or one less. Nothing is saved."""
    return bool({"add_action", "remove_action"} & set(posted))


def to_redraw(posted):
    """(what was sent with a row more or less, the number of the row to go on with)."""
    data = posted.copy()
    total = min(record_id(data.get("actions-TOTAL_FORMS")) or 0, MOST_ACTIONS)
    row = record_id(data.get("remove_action", ""))
    if row is not None and row < total:
        for number in range(row, total):
            for name in ActionForm.base_fields:
                _move(data, f"actions-{number + 1}-{name}", f"actions-{number}-{name}")
        total, goes_on = total - 1, min(row, total - 2)
    else:
        total = min(total + 1, MOST_ACTIONS)
        goes_on = total - 1
    data["actions-TOTAL_FORMS"] = str(total)
    return data, goes_on


def _move(data, source, target):
    data.pop(target, None)
    if source in data:
        data.setlist(target, data.pop(source))


def action_differences(formset, plan):
    """Where the submitted actions differ from those of the plan as it is saved: rows of label, yours, theirs."""
    yours = [(form["public_id"].value() or "", _typed_words(form)) for form in formset if not form.is_blank]
    theirs = {
        action.public_id: _saved_words(action) for action in plan.actions.select_related("recommendation")
    }
    rows = []
    for number, (public_id, words) in enumerate(yours, 1):
        if public_id not in theirs:  # new in the form; sent before, it is there already with the same words
            public_id = next((key for key, saved in theirs.items() if saved == words), public_id)
        saved = theirs.pop(public_id, "")
        if words != saved:
            rows.append({"label": _now("Action %d") % number, "yours": words, "theirs": saved})
    for words in theirs.values():
        rows.append({"label": _now("An action that is not in yours"), "yours": "", "theirs": words})
    return rows


def _typed_words(form):
    """As `_saved_words`, of what was typed, right or wrong."""
    typed = {name: str(form[name].value() or "") for name in form.fields}
    recommendation = form.recommendations.get(typed["recommendation"])
    due_on = form.cleaned_data.get("due_on") if hasattr(form, "cleaned_data") else None
    status = typed["status"] if typed["status"] in ActionStatus.values else ""
    return action_in_words(
        recommendation.reference if recommendation else "–",
        typed["text"].strip(),
        typed["owner"].strip(),
        typed["milestone"].strip(),
        due_on.isoformat() if due_on else "",
        status,
    )


def _saved_words(action):
    return action_in_words(*action.recorded()[:-1])


# Steps


class SubmitForm(OnBehalfForm):
    """Submitting asks to confirm; who submits for the agency says on which day the plan came in."""

    on = DayField(label=_("Received on"), help_text=_("The day on which the agency sent it: 23/5/2026."))


class ProgressForm(Screened, forms.Form):
    status = forms.ChoiceField(
        label=_("Status"), choices=ActionStatus.choices, widget=forms.RadioSelect({"data-small": True})
    )
    note = forms.CharField(
        label=_("Progress"),
        required=False,
        widget=Lines({"rows": 5}),
        max_length=Action._meta.get_field("note").max_length,
        help_text=_("What was done, and what is in the way. No names of children or families."),
    )

    def __init__(self, *args, plan, action, **kwargs):
        super().__init__(*args, initial={"status": action.status, "note": action.note}, **kwargs)
        if plan.status == PlanStatus.SUBMITTED:
            # It is decided as it was sent in.
            self.fields["status"].choices = [
                choice for choice in ActionStatus.choices if choice[0] != ActionStatus.DROPPED
            ]
