"""My work: everything that waits for this person, what is late first."""

from types import SimpleNamespace

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.listing import PAGE_SIZE, chips
from inspections.models import BreakGlass

from ..choices import Counted, checkboxes
from ..work.queue import Queue, sources_of


class KindForm(forms.Form):
    """Which kinds of work are shown."""

    kind = forms.MultipleChoiceField(label=_("Kind of work"), required=False, widget=checkboxes())

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(source.code, source.label) for source in sources_of(user)]

    def count_choices(self, counts):
        """Puts the counts beside the kinds; those of which nothing waits are left out unless chosen."""
        chosen = self.data.getlist("kind")
        self.fields["kind"].widget.choices = [
            (code, Counted(label, counts[code]))
            for code, label in self.fields["kind"].choices
            if counts[code] or code in chosen
        ]


def work(request):
    user = request.user
    if not user.has_work:
        raise PermissionDenied
    form = KindForm(request.GET, user=user)
    # What is not understood is an error beside the filter, and no list: it would not be what was asked for.
    valid = form.is_valid()
    queue = Queue(user, timezone.localdate(), form.cleaned_data["kind"] if valid else ())
    form.count_choices(queue.counts)
    paginator = Paginator(queue if valid else [], PAGE_SIZE)
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "section": "work",
        "form": form,
        "chips": chips(SimpleNamespace(form=form), request),
        "clear_url": request.path,
        "page_obj": page,
        "page_range": paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "total": paginator.count,
        "has_errors": not valid,
        "may_hand_over": user.is_inspector or user.is_manager,
        "openings": _openings(user),
    }
    return render(request, "findings/work.html", context)


def _openings(user):
    """By break-glass, lately, of inspections that the manager may read before publication."""
    if not user.is_manager:
        return []
    shown_with = ("by", "inspection__inspected_agency", "inspection__framework")
    lately = BreakGlass.objects.visible_to(user).lately().select_related(*shown_with)
    return lately.annotate(reads_total=Count("reads"))
