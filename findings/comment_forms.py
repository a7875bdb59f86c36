"""The form of a comment: who may read it, chosen before it is posted, and its words."""

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.forms import Lines
from agencies.screened import Screened

from .models import Audience, Recommendation


class CommentForm(Screened, forms.Form):
    """On a finding or a recommendation (`about`). Somebody of an agency only shares: there is nothing to choose.

    The page carries which agency it named (`agency_named`), so that words for one are not sent to another after a
    correction.
    """

    audience = forms.ChoiceField(
        label=_("Who may read it"),
        choices=Audience.choices,
        widget=forms.RadioSelect({"data-small": True}),
        error_messages={"required": _("Choose who may read it.")},
    )
    text = forms.CharField(
        label=_("Comment"),
        widget=Lines({"rows": 4}),
        max_length=4000,
        help_text=_("No names of children or families."),
        error_messages={"required": _("Write the comment.")},
    )

    def __init__(self, *args, user, about, **kwargs):
        super().__init__(*args, auto_id="comment_%s", **kwargs)
        if isinstance(about, Recommendation):
            self.agency, self.is_seen = about.addressee, about.is_seen_by_addressee
        else:
            self.agency, self.is_seen = about.attributed_to, about.is_seen_by_agency
        if user.is_respondent:
            del self.fields["audience"]
            return
        self.fields["audience"].choices = [
            (
                Audience.INSPECTORATE,
                _("Only people of %(ours)s who work on this") % {"ours": user.agency.full_name},
            ),
            (
                Audience.AGENCY,
                _("Everybody who works on this, and %(agency)s") % {"agency": self.agency.full_name},
            ),
        ]

    def clean_audience(self):
        audience = self.cleaned_data["audience"]
        if audience == Audience.AGENCY and not self.is_seen:
            raise forms.ValidationError(_("The agency cannot see this yet."))
        named = self.data.get("agency_named", self.agency.slug)
        if audience == Audience.AGENCY and named != self.agency.slug:
            raise forms.ValidationError(
                _("It was another agency when you opened this form: now it is %(agency)s. Choose again."),
                params={"agency": self.agency.full_name},
            )
        return audience

    def values(self):
        return {
            "text": self.cleaned_data["text"],
            "audience": self.cleaned_data.get("audience", Audience.AGENCY),
        }
