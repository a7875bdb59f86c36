"""Forms to create and change an inspection, its judgements and its dates."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.forms import AgenciesField, AgencyField, Lines, RepeatedSelect, SeveralField
from agencies.models import Agency, Kind, Role, User
from agencies.screened import Screened

from .models import DateKind, Framework, Inspection, StatedDate

DATE_INVALID = _("Write a date such as 23/5/2016 or 23 May 2016.")


class TeamField(SeveralField):
    widget = RepeatedSelect

    def label_from_instance(self, person):
        return f"{person.get_full_name()} ({person.agency.name})"


class InspectionForm(Screened, forms.ModelForm):
    inspected_agency = AgencyField(
        label=_("Inspected agency"),
        error_messages={
            "required": _("Choose the inspected agency."),
            "invalid_choice": _("Choose an agency from the list."),
        },
    )
    participating_agencies = AgenciesField(
        label=_("Other agencies inspected with it"),
        required=False,
        help_text=_("In a joint inspection: the force, health bodies, probation."),
    )
    team = TeamField(
        label=_("Team"),
        queryset=User.objects.none(),
        required=False,
        help_text=_("Only the team and managers can read the inspection before it is published."),
    )
    report_url = forms.URLField(
        label=_("Link to the published report"), required=False, max_length=500, assume_scheme="https"
    )
    follows_reference = forms.CharField(
        label=_("Follows"),
        required=False,
        max_length=40,
        help_text=_("Reference of the earlier inspection that this one follows up, such as SIF-2016-STO."),
    )

    class Meta:
        model = Inspection
        fields = [
            "framework",
            "inspected_agency",
            "fieldwork_from",
            "fieldwork_to",
            "published_on",
            "team",
            "partner_inspectorates",
            "participating_agencies",
            "cycle",
            "topic",
            "lead_inspector",
            "report_url",
            "recommendations_printed",
            "coverage",
            "notes",
        ]
        field_classes = {"partner_inspectorates": SeveralField}
        widgets = {
            "fieldwork_from": forms.DateInput({"data-date": True}),
            "fieldwork_to": forms.DateInput({"data-date": True}),
            "published_on": forms.DateInput({"data-date": True}),
            "partner_inspectorates": forms.CheckboxSelectMultiple({"data-small": True}),
            "notes": Lines({"rows": 4}),
        }
        error_messages = {
            "framework": {"required": _("Choose a framework.")},
            "fieldwork_from": {"invalid": DATE_INVALID},
            "fieldwork_to": {"invalid": DATE_INVALID},
            "published_on": {"invalid": DATE_INVALID},
        }
        help_texts = {
            "fieldwork_from": _("For example, 23/5/2016."),
            "fieldwork_to": _("It decides which police force is concerned."),
        }

    def __init__(self, *args, user, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)
        agencies = Agency.objects.visible_to(user)
        lead = self.instance.lead_inspectorate if self.instance.pk else user.agency
        frameworks = Framework.objects.visible_to(user).filter(
            Q(inspectorates=lead) | Q(pk=self.instance.framework_id)
        )
        self.fields["framework"].queryset = frameworks.distinct()
        self.fields["framework"].empty_label = _("Choose a framework")
        self.fields["inspected_agency"].offer(agencies.exclude(kind=Kind.INSPECTORATE))
        self.fields["participating_agencies"].offer(agencies.exclude(kind=Kind.INSPECTORATE))
        self.fields["partner_inspectorates"].queryset = agencies.filter(kind=Kind.INSPECTORATE).exclude(
            pk=lead.pk
        )
        self.fields["team"].queryset = User.objects.filter(
            is_active=True, role__in=(Role.INSPECTOR, Role.MANAGER), agency__kind=Kind.INSPECTORATE
        ).select_related("agency")
        if self.instance.is_public:
            self.fields["reason"] = forms.CharField(
                label=_("Reason for the change"),
                widget=Lines({"rows": 2}),
                max_length=2000,
                help_text=_("The inspection is published: the history says why it was changed."),
            )
        else:
            del self.fields["published_on"]
        if self.instance.follows_id:
            self.initial["follows_reference"] = self.instance.follows.reference

    def clean_follows_reference(self):
        reference = self.cleaned_data["follows_reference"].strip()
        if not reference:
            return None
        earlier = (
            Inspection.objects.visible_to(self.user)
            .filter(reference__iexact=reference)
            .exclude(pk=self.instance.pk)
            .first()
        )
        if earlier is None:
            raise forms.ValidationError(_("No published inspection has the reference “%s”.") % reference)
        return earlier

    def clean_framework(self):
        framework = self.cleaned_data["framework"]
        if "framework" in self.changed_data and self.instance.pk and self.instance.judgements.exists():
            raise forms.ValidationError(_("Judgements are recorded under the framework, so it stays."))
        return framework

    def clean(self):
        cleaned = super().clean()
        if self.instance.is_public:
            for name in {"framework", "inspected_agency"} & set(self.changed_data):
                self.add_error(
                    name, _("This is part of the reference of a published inspection, so it stays.")
                )
        self._check_order(cleaned)
        lead = self.instance.lead_inspectorate if self.instance.pk else self.user.agency
        partners = cleaned.get("partner_inspectorates") or []
        allowed = {lead.pk, *(partner.pk for partner in partners)}
        strangers = [person for person in cleaned.get("team") or [] if person.agency_id not in allowed]
        if strangers:
            names = ", ".join(person.get_full_name() for person in strangers)
            self.add_error(
                "team",
                _("Not of an inspectorate that takes part: %(names)s. Add their inspectorate as a partner.")
                % {"names": names},
            )
        return cleaned

    def _check_order(self, cleaned):
        """The model's constraints say the same, of no field in particular."""
        first, last = cleaned.get("fieldwork_from"), cleaned.get("fieldwork_to")
        published_on = cleaned.get("published_on", self.instance.published_on)
        if first and last and last < first:
            self.add_error("fieldwork_to", _("The last day of fieldwork cannot be before the first."))
        elif last and published_on and published_on < last:
            name = "published_on" if "published_on" in self.fields else "fieldwork_to"
            self.add_error(name, _("A report cannot be published before fieldwork ends."))

    def _post_clean(self):
        # The lead is not a field: the model's own checks need it.
        if not self.instance.pk:
            self.instance.lead_inspectorate = self.user.agency
        super()._post_clean()

    def values(self):
        """Field values for the model's verbs."""
        values = {name: self.cleaned_data[name] for name in self._meta.fields if name in self.cleaned_data}
        return {**values, "follows": self.cleaned_data["follows_reference"]}


NOT_RECORDED, NOT_GRADED = "", "not-graded"


class JudgementsForm(Screened, forms.Form):
    """One grade for each area of the inspection's framework."""

    mark_optional = False

    def __init__(self, *args, inspection, **kwargs):
        self.inspection = inspection
        self.areas = list(inspection.framework.areas.all())
        scale = inspection.framework.grade_scale
        self.grades = {grade.code: grade for grade in scale.grades.all()} if scale else {}
        super().__init__(*args, **kwargs)
        recorded = inspection.judgements.select_related("grade") if inspection.pk else ()
        given = {judgement.area_id: judgement for judgement in recorded}
        choices = [
            (NOT_RECORDED, _("Not recorded")),
            *((code, grade.label) for code, grade in self.grades.items()),
            (NOT_GRADED, _("Not graded")),
        ]
        for area in self.areas:
            judgement = given.get(area.pk)
            grade = judgement.grade.code if judgement and judgement.grade else NOT_GRADED
            self.fields[f"grade_{area.code}"] = forms.ChoiceField(
                label=area.name, choices=choices, required=False, initial=grade if judgement else NOT_RECORDED
            )
            if area.subject_kind:
                subject = AgencyField(
                    label=_("%(area)s: agency judged") % {"area": area.name},
                    required=False,
                    initial=judgement.subject_id if judgement else None,
                    help_text=_("Judged apart from the inspected agency."),
                )
                subject.offer(Agency.objects.filter(kind=area.subject_kind))
                self.fields[f"subject_{area.code}"] = subject
        if inspection.is_public:
            self.fields["reason"] = forms.CharField(
                label=_("Reason for the change"), widget=Lines({"rows": 2}), max_length=2000
            )

    def clean(self):
        cleaned = super().clean()
        for area in self.areas:
            subject = f"subject_{area.code}"
            if subject not in self.fields or subject in self.errors:
                continue
            if cleaned.get(f"grade_{area.code}") and not cleaned.get(subject):
                self.add_error(subject, _("Say which agency was judged."))
        return cleaned

    def judgements(self):
        """[(area, agency judged, grade or None)] for the areas that were judged."""
        return [
            (
                area,
                self.cleaned_data.get(f"subject_{area.code}") or self.inspection.inspected_agency,
                self.grades.get(self.cleaned_data[f"grade_{area.code}"]),
            )
            for area in self.areas
            if self.cleaned_data[f"grade_{area.code}"] != NOT_RECORDED
        ]


class StatedDateForm(Screened, forms.ModelForm):
    """What one source says of one date."""

    url = forms.URLField(
        label=_("Address of the source"), required=False, max_length=500, assume_scheme="https"
    )

    class Meta:
        model = StatedDate
        fields = ["kind", "stated", "date", "source", "url", "preferred"]
        help_texts = {
            "date": _("The day, when the source names one: for example, 5/8/2016."),
            "preferred": _("The register uses this date."),
        }

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("preferred") and not cleaned.get("date"):
            self.add_error("date", _("A preferred date needs a day."))
        return cleaned

    def clean_kind(self):
        return DateKind(self.cleaned_data["kind"])
