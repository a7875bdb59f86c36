"""Figures of letters: choosing one for a draft, and the page of one, as sent beside now."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agencies.editing import read_version
from agencies.models import EditConflict
from inspections.models import IllegalTransition

from ..letter_figure_forms import FigureForm
from ..letters.comparing import compared
from ..letters.composed import Composed
from ..letters.freezing import NotCounted, as_kept, scope_asked
from ..letters.rows import readable
from .letters import visible_letter

MOST_FIGURES = 60


def letter_figure_add(request, public_id):
    """Shows what a figure says of a day, window and scope, and puts its number or its table at the letter's hand."""
    letter = visible_letter(request, public_id)
    if not letter.may_be_edited_by(request.user):
        raise PermissionDenied
    if request.method == "POST":
        return _add(request, letter)
    form = FigureForm(request.GET, user=request.user) if request.GET.get("code") else _fresh(request)
    return _page(request, letter, form)


def _page(request, letter, form, *, problem="", status=200):
    context = {"section": "letters", "letter": letter, "form": form, "has_errors": False}
    if form.is_bound:
        context |= _preview(form, request.user)
    if problem:
        form.add_error(None, problem)
        context["has_errors"] = True
    return render(request, "findings/letter_figure_form.html", context, status=status)


def _fresh(request):
    form = FigureForm({}, user=request.user)
    form.is_bound = False
    return form


def _preview(form, user):
    """What the page shows of the figure that the form asks, or that there are errors."""
    if not form.is_valid():
        return {"has_errors": True}
    query = urlencode(form.query())
    try:
        figure, scope = scope_asked(form.cleaned_data["code"], query, user)
    except NotCounted as refusal:
        form.add_error("code", str(refusal))
        return {"has_errors": True}
    return {"figure": figure, "scope": scope, "shown": figure.of_scope(scope), "query": query}


def _add(request, letter):
    code, query, place = (request.POST.get(name, "") for name in ("code", "query", "place"))
    wanted = int(place) if place.isdecimal() and len(place) < 3 else None
    asked = QueryDict(query, mutable=True)
    asked["code"] = code
    form = FigureForm(asked, user=request.user)
    try:
        figure, scope = scope_asked(code, query, request.user)
        as_kept(figure, scope, wanted)
        query = urlencode([(name, value) for name, value in scope.query.items() if value])
        added = _added(request, letter, code=code, query=query, place=wanted)
    except NotCounted as refusal:
        return _page(request, letter, form, problem=str(refusal))
    except (EditConflict, IllegalTransition):
        letter.refresh_from_db()
        words = _("Somebody changed this letter meanwhile. Add the figure again.")
        return _page(request, letter, form, problem=words, status=409)
    messages.success(
        request, _("Write {{ %(name)s }} where the figure belongs in the text.") % {"name": added.name}
    )
    return redirect(f"{reverse('letter_edit', args=[letter.public_id])}#figures")


def _added(request, letter, **asked):
    """The figure of the letter that asks this: the one that is there already, or a new one."""
    if figure := letter.figures.filter(**asked).first():
        return figure
    if letter.figures.count() >= MOST_FIGURES:
        raise NotCounted(_("A letter holds at most %d figures.") % MOST_FIGURES)
    name = _free_name(letter, asked["code"] if asked["place"] is not None else f"{asked['code']}-table")
    letter.add_figure(by=request.user, name=name, expect=read_version(request), **asked)
    return letter.figures.get(name=name)


def _free_name(letter, base):
    taken = set(letter.figures.values_list("name", flat=True))
    names = (base if number == 1 else f"{base}-{number}" for number in range(1, MOST_FIGURES + 2))
    return next(name for name in names if name not in taken)


@require_POST
def letter_figure_remove(request, public_id, name):
    letter = visible_letter(request, public_id)
    if not letter.may_be_edited_by(request.user):
        raise PermissionDenied
    try:
        letter.remove_figure(by=request.user, name=name, expect=read_version(request))
        messages.success(request, _("The figure is taken out."))
    except (EditConflict, IllegalTransition):
        messages.error(request, _("Somebody changed this letter meanwhile. Look at it again."))
    return redirect(f"{reverse('letter_edit', args=[letter.public_id])}#figures")


def letter_figure(request, public_id, name):
    """One figure of a letter: what it counts, what was sent and the rows behind it, what it would be now and why."""
    letter = visible_letter(request, public_id)
    figure = get_object_or_404(letter.figures, name=name)
    shown = Composed(letter, request.user).figures[name]
    if shown.kept is None:
        raise Http404
    context = {
        "section": "letters",
        "letter": letter,
        "figure": figure,
        "shown": shown,
        "kept": shown.kept,
        "groups": _groups(readable(figure.rows.all(), request.user), shown),
        "comparison": compared(figure, request.user) if figure.frozen else None,
    }
    return render(request, "findings/letter_figure.html", context)


def _groups(rows, shown):
    """[(heading, rows)]: those counted apart from those considered only; of a table all that its cells count."""
    if shown.is_table:
        groups = [(_("The rows behind it"), rows)]
    else:
        counted = [row for row in rows if "counted" in row.row.places]
        others = [row for row in rows if "counted" not in row.row.places]
        groups = [(_("Counted"), counted), (_("Considered, not counted"), others)]
    return [(f"{heading} ({len(rows)})", rows) for heading, rows in groups if rows]
