"""Kept views: one's own and those that colleagues share; keeping one, opening, changing and removing it."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Case, Value, When
from django.db.models.functions import Lower
from django.http import Http404, HttpRequest, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import held
from agencies.editing import differences, hidden_fields, read_version
from agencies.filters import AgencyFilter
from agencies.listing import chips, page_of
from agencies.models import Agency, EditConflict
from agencies.screened import Screened
from inspections.models import Inspection

from ..figures import FIGURES
from ..filters import FindingFilter
from ..inspection_filters import InspectionFilter
from ..models import Finding, Recommendation, SavedView
from ..models.saved_views import (
    LONGEST_QUERY,
    NAME_TAKEN,
    NO_SUCH_PAGE,
    Page,
    encoded,
    inspectorate_of,
    pairs_of,
    path_of,
)
from ..recommendation_filters import RecommendationFilter

FILTERS = {
    Page.FINDINGS: (FindingFilter, Finding),
    Page.INSPECTIONS: (InspectionFilter, Inspection),
    Page.RECOMMENDATIONS: (RecommendationFilter, Recommendation),
    Page.AGENCIES: (AgencyFilter, Agency),
}
PRIVATE, SHARED = "private", "shared"
TOO_LONG = gettext_lazy("There are too many filters to keep. Choose fewer, or shorter words to search for.")


class ViewForm(Screened, forms.Form):
    """The name of a kept view and, for those who may share, who sees it."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        error_messages={"required": gettext_lazy("Give the view a name.")},
    )
    seen_by = forms.ChoiceField(
        label=gettext_lazy("Who sees it"),
        widget=forms.RadioSelect({"data-small": True}),
        error_messages={"required": gettext_lazy("Choose who sees the view.")},
    )

    def __init__(self, *args, user, view=None, **kwargs):
        self.inspectorate = inspectorate_of(user)
        shared = view is not None and view.is_shared
        initial = {"name": view.name if view else "", "seen_by": SHARED if shared else PRIVATE}
        super().__init__(*args, initial={**initial, **kwargs.pop("initial", {})}, **kwargs)
        if self.inspectorate is None:
            del self.fields["seen_by"]
            return
        self.fields["seen_by"].choices = [
            (PRIVATE, _("Only me")),
            (SHARED, _("Inspectors and managers of %(inspectorate)s") % {"inspectorate": self.inspectorate}),
        ]
        self.fields["seen_by"].help_text = _(
            "Whoever opens it finds what they may see themselves. They read its name and its filters: "
            "leave out what is not published."
        )

    def values(self):
        """`name` and `shared_with`, for the model's verbs."""
        shared = self.cleaned_data.get("seen_by") == SHARED
        return {"name": self.cleaned_data["name"], "shared_with": self.inspectorate if shared else None}


class NewViewForm(ViewForm):
    """Also which page is kept, with which filters: filled in by the link on that page, never by hand."""

    page = forms.CharField(label=gettext_lazy("Page"), required=False, widget=forms.HiddenInput)
    argument = forms.CharField(
        label=gettext_lazy("Page"), required=False, max_length=120, widget=forms.HiddenInput
    )
    query = forms.CharField(label=gettext_lazy("Filters"), required=False, widget=forms.HiddenInput)

    def clean_query(self):
        query = encoded(self.cleaned_data["query"])
        if len(query) > LONGEST_QUERY:
            raise ValidationError(TOO_LONG)
        return query

    def clean(self):
        cleaned = super().clean()
        page, argument = cleaned.get("page"), cleaned.get("argument")
        is_there = path_of(page, argument) and (page != Page.FIGURE or argument in FIGURES)
        if not is_there:
            self.add_error("page", NO_SUCH_PAGE)
        return cleaned

    def values(self):
        kept = {name: self.cleaned_data[name] for name in ("page", "argument", "query")}
        return {**super().values(), **kept}


def saved_views(request):
    user = request.user
    visible = SavedView.objects.visible_to(user).select_related("owner__agency", "shared_with")
    own_first = Case(When(owner=user, then=Value(0)), default=Value(1))
    page = page_of(request, visible, {"name": (own_first, Lower("name"), "pk")}, default="name")
    views = list(page["page_obj"])
    context = {
        **page,
        "own": [view for view in views if view.owner_id == user.pk],
        "others": [view for view in views if view.owner_id != user.pk],
        "inspectorate": inspectorate_of(user),
    }
    return render(request, "findings/saved_views.html", context)


def saved_view(request, public_id):
    """Opens the page that was kept; who sees what there is that page's own question."""
    address = _visible(request, public_id).address
    if not address:
        raise Http404
    return redirect(address)


def saved_view_add(request):
    user = request.user
    if not user.has_a_role:
        raise PermissionDenied
    kept = held.take(request)
    target = {name: request.GET.get(name, "") for name in ("page", "argument", "query")}
    form = NewViewForm(request.POST or kept, user=user, initial=target)
    token = held.submission_token(request.POST.get(held.KEY_FIELD), user)
    if request.method == "POST":
        if earlier := _sent_before(user, token):
            return _sent_again(request, earlier)
        if form.is_valid():
            try:
                with transaction.atomic():
                    view = SavedView.keep(by=user, values=form.values(), submission_key=token)
            except (IntegrityError, ValidationError) as refusal:
                # Sent twice at the same moment, else the name is taken.
                if earlier := _sent_before(user, token):
                    return _sent_again(request, earlier)
                form.add_error("name", _why_not(refusal))
            else:
                messages.success(request, _("The view “%(name)s” is kept.") % {"name": view})
                return redirect(view)
    unsaved = SavedView(**{name: form[name].value() or "" for name in target})
    return _page(request, form, put_back=kept, **_what_of(unsaved, user))


def saved_view_change(request, public_id):
    view = _changeable(request, public_id)
    kept = held.take(request)
    form = ViewForm(request.POST or kept, user=request.user, view=view)
    context = {"view": view, "put_back": kept, "conflict": None}
    version = request.POST.get("version") or (kept or {}).get("version") or view.version
    if request.method == "POST" and form.is_valid():
        try:
            view.edit(by=request.user, expect=read_version(request), **form.values())
        except (IntegrityError, ValidationError) as refusal:
            form.add_error("name", _why_not(refusal))
        except EditConflict as conflict:
            context["conflict"] = differences(form, ViewForm(user=request.user, view=conflict.current))
            version = conflict.current.version
        if not form.errors and not context["conflict"]:
            messages.success(
                request, _("The view “%(name)s” is saved.") % {"name": form.cleaned_data["name"]}
            )
            return redirect("saved_views")
    return _page(request, form, version=version, **_what_of(view, request.user), **context)


def saved_view_remove(request, public_id):
    if request.method == "POST" and (
        SavedView.objects.removed_by(request.user).filter(public_id=public_id).exists()
    ):
        return redirect("saved_views")  # pressed twice
    view = _changeable(request, public_id)
    form = forms.Form(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            view.remove(by=request.user, expect=read_version(request))
            messages.success(request, _("The view “%(name)s” is removed.") % {"name": view})
            return redirect("saved_views")
        except EditConflict:
            form.add_error(None, _("This view was changed meanwhile. Read it again before you decide."))
            status = 409
    context = {
        "view": view,
        "form": form,
        "hidden": {"version": view.version},
        **_what_of(view, request.user),
    }
    return render(request, "findings/saved_view_remove.html", context, status=status)


def _visible(request, public_id):
    views = SavedView.objects.visible_to(request.user).select_related("owner__agency", "shared_with")
    return get_object_or_404(views, public_id=public_id)


def _changeable(request, public_id):
    view = _visible(request, public_id)
    if not view.may_be_changed_by(request.user):
        raise PermissionDenied
    return view


def _sent_before(user, token):
    """What an earlier sending of the same form kept, or None."""
    return (
        SavedView.objects.visible_to(user).filter(owner=user, submission_key=token).first() if token else None
    )


def _why_not(refusal):
    """What the model says; when the name was taken at the same moment, only the database noticed."""
    return refusal.messages if isinstance(refusal, ValidationError) else NAME_TAKEN


def _sent_again(request, view):
    """The same form again is the same view; with other words it becomes a change of it, shown beside it."""
    form = ViewForm(request.POST, user=request.user, view=view)
    rows = differences(form, ViewForm(user=request.user, view=view))
    if not rows:
        return redirect(view)
    return _page(
        request,
        form,
        view=view,
        version=view.version,
        conflict=rows,
        sent_before=True,
        **_what_of(view, request.user),
    )


def _what_of(view, user):
    """What is kept, as a form shows it: the page, its filters, whether it stays at a date; or why it cannot be."""
    if not view.address or len(encoded(view.query)) > LONGEST_QUERY:
        return {"unfit": TOO_LONG if view.address else NO_SUCH_PAGE}
    facts = [
        (_("Page"), f"{view.get_page_display()} {view.argument}"),
        (_("Filters"), "; ".join(_filters(view, user)) or _("None")),
    ]
    return {"facts": facts, "as_of": dict(pairs_of(view.query)).get("as_of"), "address": view.address}


def _filters(view, user):
    """The filters in the words of the page's own chips, which name only what this person may see."""
    if view.page not in FILTERS:
        return [
            f"{capfirst(name.replace('_', ' '))}: {value}" for name, value in pairs_of(view.query) if value
        ]
    filterset, model = FILTERS[view.page]
    asked = HttpRequest()
    asked.user, asked.GET = user, QueryDict(encoded(view.query))
    applied = filterset(asked.GET, queryset=model.objects.visible_to(user), request=asked)
    applied.is_valid()  # or not: then the chips show the values as they were sent
    return [chip["label"] for chip in chips(applied, asked)]


def _page(request, form, *, version="", conflict=None, put_back=None, **context):
    context |= {
        "form": form,
        "hidden": hidden_fields(request, version),
        "conflict": conflict,
        "put_back": put_back is not None,
        "has_errors": form.is_bound and bool(form.errors),
    }
    return render(request, "findings/saved_view_form.html", context, status=200 if conflict is None else 409)
