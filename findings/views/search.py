"""Search: all findings and all passages of reports that the person may see, by their words."""

from types import SimpleNamespace

from django.core.paginator import Paginator
from django.shortcuts import render

from agencies.listing import chips

from ..search_form import SearchForm
from ..searching import MOST, found, shown

PAGE_SIZE = 20


def search(request):
    form = SearchForm(request.GET, user=request.user)
    keys, more = [], False
    if form.is_valid() and form.query:
        keys, more = found(request.user, form.query, form.sources, form.cleaned_data)
    paginator = Paginator(keys, PAGE_SIZE)
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "section": "search",
        "form": form,
        "has_errors": not form.is_valid(),
        "asked": form.query is not None and form.is_valid(),
        "like": form.cleaned_data.get("like"),
        "chips": chips(SimpleNamespace(form=form), request),
        "clear_url": request.path,
        "results": shown(request.user, page.object_list, form.query) if keys else [],
        "total": paginator.count,
        "more": more,
        "most": MOST,
        "page_obj": page,
        "page_range": paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
    }
    return render(request, "findings/search.html", context)
